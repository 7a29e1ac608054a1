"""Around the answers on how a model is judged, chosen, improved and believed."""

from __future__ import annotations

from reports.interview_frame import METRICS_FILE, TRUTH, FollowUp, Frame, Source
from reports.interview_measured import (
    against_others,
    alarms,
    claims_fixed,
    dismissed_though_illicit,
    few_known,
    of_whom,
    out_of_reach,
    people_and_model,
    recall_over_time,
    reviews,
    shared_budget,
    taken_back,
    turns_in_short,
)
from reports.judging_answer import beyond_said
from reports.loop_answers import worlds_said
from reports.wording import Text

RECALL_FRAME = Frame(
    Text(
        "Do you optimise accuracy or recall, and what did you do to raise it?",
        "你看准确率还是召回率？为提高召回率做了什么？",
    ),
    (
        Source("experiments", Text("every step that was tried", "尝试过的每一步"), METRICS_FILE, "paired"),
        Source("index", Text("the finding in counts", "以人数表述的发现"), METRICS_FILE, "counts"),
    ),
    (
        FollowUp(
            Text("Recall of whom?", "谁的召回率？"),
            Text(
                "Of customers with an illicit payment inside the test weeks, alerted within the budget "
                "while they are illicit; by the bank’s labels, and in truth.",
                "测试期内有涉案交易、并在涉案期间于预算内被预警的客户；按银行标签与按真值各一。",
            ),
            of_whom,
        ),
        FollowUp(
            Text("What raised it most?", "什么最有效？"),
            Text(
                "The steps whose interval leaves out zero, on the page of what raised recall; the others "
                "are not claimed.",
                "“什么提高了召回率”页中区间不含零的步骤；其余不作声称。",
            ),
            beyond_said,
        ),
        FollowUp(
            Text("Whom will nobody catch?", "谁都抓不到的是谁？"),
            Text(
                "Those who only place or spend proceeds outside any pattern; they are in the denominator, "
                "and the page of blind spots counts them.",
                "只在任何形态之外存入或花费赃款的人；他们计入分母，盲区页有人数。",
            ),
            out_of_reach,
        ),
    ),
    Text(
        "A recall without its budget, or a recall that only the bank’s labels support.",
        "不要离开预警量谈召回率，也不要只凭银行标签谈召回率。",
    ),
)

SUSPICION = Frame(
    Text(
        "Is a suspicious transaction an illegal one?",
        "可疑交易就是违法交易吗？",
    ),
    (
        Source("labels", Text("decisions beside the truth", "甄别结论与真值"), TRUTH, "dispositions"),
        Source(
            "cases",
            Text("a draft of a report", "报告草稿"),
            "artifacts/explain/explained_cases.json",
            "cases",
        ),
    ),
    (
        FollowUp(
            Text("Who decides?", "谁来决定？"),
            Text(
                "A person, and the bank’s own procedure. The model ranks; the draft leaves the judgement "
                "and the measures blank for people.",
                "人，按银行自身程序。模型只排序；草稿中的初步判断与措施留给人填写。",
            ),
        ),
        FollowUp(
            Text("May you tell the customer?", "能告诉客户吗？"),
            Text(
                "No. Neither the alert nor a report may be disclosed to the customer or to people without "
                "a need.",
                "不能。预警与报告情况不得向客户及无关人员透露。",
            ),
        ),
        FollowUp(
            Text("What if a cleared customer was guilty after all?", "排除后发现确实涉案怎么办？"),
            Text(
                "The decision stays with its date and reason, and a later alert sees it; the truth block "
                "counts how often it happens here, which no bank can.",
                "结论连同日期与理由保留，后续预警可见；真值部分统计了此类情形，这是真实银行做不到的。",
            ),
            dismissed_though_illicit,
        ),
    ),
    Text(
        "That a report proves a crime, or that a dismissal proves innocence.",
        "不要声称上报即违法，也不要声称排除即清白。",
    ),
)

JUDGED = Frame(
    Text(
        "Without the truth, how do you know that the model works, and what if recall drops?",
        "现实中没有真值，如何判断效果？召回率下降怎么办？",
    ),
    (
        Source(
            "monitoring",
            Text("recall over time, alarms, learning anew", "召回率随时间、警报、重新训练"),
            "artifacts/models/over_time.json",
            "recall",
        ),
        Source(
            "knowledge",
            Text("what reviews can estimate", "甄别能估计什么"),
            "artifacts/models/bank_knowledge.json",
            "",
        ),
    ),
    (
        FollowUp(
            Text("Which alarm comes first?", "哪个警报最先响？"),
            Text(
                "Inputs and scores move before labels mature. Drifts were planted in copies of the tables, "
                "and the page says which alarm told which.",
                "输入与得分先于标签变化。我们在数据副本中植入漂移，页面说明哪种警报识别出哪种漂移。",
            ),
            alarms,
        ),
        FollowUp(
            Text("Is a random sample worth its cost?", "随机抽查值得吗？"),
            Text(
                "It is the only sample that no rule chose. At these base rates a small one bounds recall "
                "only loosely, and the page says how loosely.",
                "它是唯一不由规则挑选的样本。在如此低的占比下，小样本只能给出宽松的界，页面写明有多宽。",
            ),
            reviews,
        ),
        FollowUp(
            Text("What is the first step when recall drops?", "召回率下降第一步做什么？"),
            Text(
                "Ask whether the world, the rules or the reviews changed: with other reviews the yardstick "
                "moves though nothing else did. The runbook on the page begins there.",
                "先问变的是环境、规则还是甄别：甄别一变，尺子就变。页面上的处置手册由此开始。",
            ),
            recall_over_time,
        ),
    ),
    Text(
        "That the bank’s own recall is a recall: it is agreement with reviews that its rules selected.",
        "不要把银行自测的召回率当作召回率：它只是与规则所选甄别结论的一致程度。",
    ),
)

FAMILY = Frame(
    Text(
        "Why gradient boosting, and not a forest, SVM, PCA or K-means?",
        "为什么用 GBDT，而不是随机森林、SVM、PCA、K-means？",
    ),
    (
        Source(
            "models", Text("every family at the same budget", "同一预算下的各类模型"), METRICS_FILE, "models"
        ),
        Source("models", Text("seconds and memory", "时间与内存"), "benchmarks/results/zoo.json", "models"),
    ),
    (
        FollowUp(
            Text("So is boosting the best?", "所以 GBDT 最好？"),
            Text(
                "It is not shown to be better than several others here. It is chosen for missing values, "
                "mixed columns, speed and exact attributions.",
                "此处并未显示它比其他数种更好。选它是因为能处理缺失与混合特征、速度快、归因精确。",
            ),
            against_others,
        ),
        FollowUp(
            Text("When would you take anomaly scores?", "什么时候用异常得分？"),
            Text(
                "Where no label exists. They rank what is unusual, and most unusual customers are honest; "
                "what they add beside the others is measured as a share of the budget.",
                "没有标签时。它们按异常排序，而多数异常客户是正常的；其附加价值按占用预算的比例测量。",
            ),
            shared_budget,
        ),
        FollowUp(
            Text("Could more search turn the order round?", "多调参会改变次序吗？"),
            Text(
                "Perhaps: validation knows few suspicious customers. Long searches and many seeds stand in "
                "docs/studies.md.",
                "可能：验证集可疑客户少。长搜索与多种子见 docs/studies.md。",
            ),
            few_known,
        ),
    ),
    Text(
        "That a family wins in general, or by a difference whose interval holds zero.",
        "不要声称某类模型普遍胜出，也不要引用区间含零的差异。",
    ),
)

ITERATED = Frame(
    Text(
        "How do you improve the model from one version to the next?",
        "模型怎么迭代优化？",
    ),
    (
        Source(
            "loop",
            Text("changes, kept and taken back", "保留与撤回的改动"),
            "studies/results/iterations.json",
            "",
        ),
        Source(
            "experiments",
            Text("claims fixed beforehand", "事先写定的主张"),
            "studies/verdicts.yaml",
            "claims",
        ),
    ),
    (
        FollowUp(
            Text("One thing you tried and took back?", "举一个试了又撤回的改动。"),
            Text(
                "The page of the feedback loop lists them with their paired results, where it was run; "
                "else docs/change-a-rule.md walks through one.",
                "若已运行，反馈闭环页列出各项及配对结果；否则见 docs/change-a-rule.md 的一例。",
            ),
            taken_back,
        ),
        FollowUp(
            Text("Have you looked at the test while choosing?", "选择时看过测试集吗？"),
            Text(
                "Searches see weeks before the test alone, and claims carry the hash of the configuration "
                "that they were fixed for; a page says when that has changed.",
                "搜索只看测试期之前的周次；主张带有写定时的配置哈希，变化后页面会注明。",
            ),
            claims_fixed,
        ),
        FollowUp(
            Text("Would the bank have kept the same changes?", "银行会保留同样的改动吗？"),
            Text(
                "Not always: its labels move with its rules. The page sets its decision beside the one by "
                "the truth.",
                "不一定：标签随规则而变。页面把银行的决定与按真值的决定并列。",
            ),
            turns_in_short,
        ),
    ),
    Text(
        "That a change is better because the bank’s figure rose.",
        "不要因为银行所见数字上升就说改动更好。",
    ),
)

CONVINCED = Frame(
    Text(
        "How do you convince the business, and what did you change because of what they said?",
        "如何让业务部门信服？根据他们的意见改过什么？",
    ),
    (
        Source(
            "loop",
            Text("blind replay of past cases", "历史案例盲测回放"),
            "studies/results/worlds.json",
            "reported",
        ),
        Source(
            "worlds",
            Text("the finding in other worlds", "其他世界中的发现"),
            "studies/results/worlds.json",
            "gaps",
        ),
        Source("model-file", Text("the file to sign", "待签的模型文件"), METRICS_FILE, "chosen"),
    ),
    (
        FollowUp(
            Text("What would make you stop the model?", "什么情况下停用模型？"),
            Text(
                "The triggers in the model file; then the rulebook alone goes on, as it did before.",
                "模型文件写明的触发条件；届时只用规则库，与此前一样。",
            ),
            recall_over_time,
        ),
        FollowUp(
            Text("Does the model replace reviewers?", "模型会取代甄别人员吗？"),
            Text(
                "No. It says whom to look at first; the replay shows where people judge better and where "
                "it does.",
                "不会。它只决定先看谁；回放显示哪些地方人更准、哪些地方模型更准。",
            ),
            people_and_model,
        ),
        FollowUp(
            Text("Is this not all simulated?", "这不都是模拟的吗？"),
            Text(
                "Yes, the investigators as well. What carries over is the method: two columns, paired "
                "intervals, blind replay, claims fixed beforehand.",
                "是的，甄别人员也是模拟的。可以照搬的是方法：两列数字、配对区间、盲测回放、事先写定主张。",
            ),
            worlds_said,
        ),
    ),
    Text(
        "That a real business was convinced: no real investigator has seen this.",
        "不要声称已有真实业务部门信服：没有真实甄别人员看过。",
    ),
)
