"""Around the answers on what goes into a model: experience, reasons, the line, the graph, the profile."""

from __future__ import annotations

from reports.interview_frame import BANK, METRICS_FILE, FollowUp, Frame, Source
from reports.interview_measured import (
    edges_by_precision,
    failed_checks,
    future_edges,
    groups_bothered,
    learning_limits,
    line_model,
    line_shares,
    masked,
    profile_gain,
    reasons_and_people,
    reasons_and_schemes,
    rings,
    turns_in_short,
)
from reports.wording import Text

EXPERIENCE = Frame(
    Text(
        "How do you turn the experience of business people into code?",
        "如何把业务人员的经验变成代码？",
    ),
    (
        Source(
            "rules",
            Text("the rule, its predicate and its results", "规则、判断条件与结果"),
            BANK,
            "rule_table",
        ),
        Source("labels", Text("what its alerts became", "其预警的去向"), BANK, "funnel"),
    ),
    (
        FollowUp(
            Text("Show one sentence of a business person and its code.", "给我看一句业务的话和它的代码。"),
            Text(
                "The trace on the page of rules leads from a public case to a red flag, an indicator, a "
                "predicate and its parameters with their sources; the same words are the labels of the "
                "indicators.",
                "规则页的追溯从公开案例到可疑特征、监测指标、判断条件及带来源的参数；句中用语就是指标名称。",
            ),
        ),
        FollowUp(
            Text("Who may change a threshold, and what happens then?", "谁能改阈值？改了会怎样？"),
            Text(
                "Its owner, in one YAML file and without Python. Everything downstream runs again, and so "
                "do the labels: the yardstick moves with the rule, which docs/change-a-rule.md shows.",
                "规则负责人，改一个 YAML 文件即可，无需 Python。下游全部重跑，标签也随之改变："
                "尺子会跟着规则动，见 docs/change-a-rule.md。",
            ),
            turns_in_short,
        ),
        FollowUp(
            Text("What of experience cannot be written as a rule?", "哪些经验写不成规则？"),
            Text(
                "What depends on papers and talk. Investigators’ decisions carry it into labels, and the "
                "library of typologies carries what people can describe but no rule hits.",
                "依赖材料与面谈的部分。它通过甄别结论进入标签；能描述但规则触发不到的，写入类型库。",
            ),
            learning_limits,
        ),
    ),
    Text(
        "That the thresholds would fit another bank: they were set with a view of a world of our own.",
        "不要声称这些阈值适用于其他银行：它们是参照我们自己的模拟设定的。",
    ),
)

EXPLAINED = Frame(
    Text(
        "How do you explain to an investigator why a customer was alerted?",
        "模型为什么预警这个客户？如何向甄别人员解释？",
    ),
    (
        Source(
            "explanations",
            Text("tests of the reasons", "对理由的检验"),
            "artifacts/explain/explanation_audit.json",
            "signature",
        ),
        Source(
            "cases",
            Text("facts, reasons, evidence against", "事实、理由与反向证据"),
            "artifacts/explain/explained_cases.json",
            "cases",
        ),
    ),
    (
        FollowUp(
            Text("Are the reasons true causes?", "这些理由是原因吗？"),
            Text(
                "No. They say what contributed to the score, not why the customer acts so.",
                "不是。它们只说明什么对得分有贡献，不说明客户为何如此。",
            ),
            reasons_and_schemes,
        ),
        FollowUp(
            Text("Do reasons help people to decide better?", "理由能让人判断得更准吗？"),
            Text(
                "Only simulated reviewers were asked, by a stated mechanism; whether it helps people was "
                "not measured.",
                "只检验了按既定机制模拟的甄别人员；对真人是否有帮助未测量。",
            ),
            reasons_and_people,
        ),
        FollowUp(
            Text("Which explanation failed its test?", "哪些解释没有通过检验？"),
            Text(
                "Those whose checks are marked as missed on the page of explanations; they stay there.",
                "可解释性页上标为未达标的各项；它们保留在页面上。",
            ),
            failed_checks,
        ),
    ),
    Text(
        "That a faithful reason is a helpful one, or that the model knows why a customer acts.",
        "不要声称忠实的理由就是有用的理由，也不要声称模型知道客户为何如此。",
    ),
)

LINE_FRAME = Frame(
    Text(
        "Do you look at one transaction at a time, or at the customer’s flow over months?",
        "你们看单笔交易，还是看客户一段时间的连续流水？",
    ),
    (
        Source(
            "features",
            Text("the ladder of features", "特征阶梯"),
            "artifacts/models/ladder.json",
            "rankings",
        ),
        Source("models", Text("the sequence model", "序列模型"), METRICS_FILE, "models.sequence"),
    ),
    (
        FollowUp(
            Text(
                "Why keep features of the line if they bring nothing provable?", "增益未获证实，为何还保留？"
            ),
            Text(
                "An investigator reads them: gaps, bursts, repeated sums. For recall alone one may leave "
                "them out.",
                "甄别人员读得懂：间隔、突发、重复金额。若只看召回率，可以不要。",
            ),
            line_shares,
        ),
        FollowUp(
            Text("Does a sequence model not learn this by itself?", "序列模型不会自己学到吗？"),
            Text(
                "One was trained on the payments themselves and stands in the table with its paired "
                "interval.",
                "已用流水本身训练了一个，配对区间见模型表。",
            ),
            line_model,
        ),
        FollowUp(
            Text("How do you keep the future out?", "如何防止用到未来信息？"),
            Text(
                "Each value is computed as of its moment, strictly before it; a property test changes "
                "everything later and finds every feature unchanged.",
                "每个取值只用该时点之前的事件；性质测试改动其后的一切，特征不变。",
            ),
        ),
    ),
    Text(
        "That long memory is useless: it is only not shown to help on top of windows, in this world.",
        "不要声称长期流水无用：只是在本世界、在时间窗之上未显示增益。",
    ),
)

GRAPH_FRAME = Frame(
    Text(
        "What does the graph neural network bring, and how do you know?",
        "图神经网络带来了什么？怎么证明？",
    ),
    (
        Source(
            "models",
            Text("paired differences", "配对差异"),
            METRICS_FILE,
            "paired.gnn_gnn_without_edges.true.recall_at_budget",
        ),
        Source(
            "experiments",
            Text("the network over changed graphs", "在改动后的图上"),
            "artifacts/models/graph_honesty.json",
            "rows",
        ),
    ),
    (
        FollowUp(
            Text("What is the fair control?", "合理的对照是什么？"),
            Text(
                "The same network without edges, and a plain net on the same features: any gain over trees "
                "alone would be of the network, not of the graph.",
                "去掉边的同一网络，以及同样特征的普通网络；只与树模型比，分不清是网络还是图的作用。",
            ),
            edges_by_precision,
        ),
        FollowUp(
            Text("Could it see edges of the future?", "会不会用到未来的边？"),
            Text(
                "No edge is later than the moment scored; a graph that knows too much is among the changed "
                "graphs, so that one sees what a leak would bring.",
                "不使用评分时点之后的边；改动后的图中特意有一张“知道太多”的，用以显示泄露会带来多少。",
            ),
            future_edges,
        ),
        FollowUp(
            Text("When would you use it?", "什么情况下才用？"),
            Text(
                "Where its edges earn their place in a paired test, or where its view of the ring helps "
                "the investigator. Network features in trees come first: they are cheaper.",
                "当配对检验显示边有增益，或其团伙视图有助于甄别时。先用树模型加关联网络特征，成本更低。",
            ),
            rings,
        ),
    ),
    Text(
        "That graphs beat trees in AML, or that they do not: this is one world and its edges within one "
        "bank.",
        "不要声称图模型在反洗钱中必胜或必败：这里只有一个世界、一家银行内部的边。",
    ),
)

PROFILE = Frame(
    Text(
        "How does the customer profile, with its tags, enter the model?",
        "客户画像和标签如何进入模型？",
    ),
    (
        Source(
            "features",
            Text("the leaked rating and the tests of leakage", "泄露的风险等级与泄露检验"),
            "artifacts/models/ladder.json",
            "rankings",
        ),
        Source(
            "monitoring", Text("features that moved", "发生漂移的特征"), "artifacts/models/over_time.json", ""
        ),
    ),
    (
        FollowUp(
            Text("Which tag is the most dangerous?", "哪个标签最危险？"),
            Text(
                "The risk rating: it is raised after a report. Today’s value as a feature looks splendid "
                "on paper and fails at work; both are on the page.",
                "风险等级：上报后会调高。把当前取值当特征，纸面漂亮、上线失效，两者都在页面上。",
            ),
            masked,
        ),
        FollowUp(
            Text("And protected attributes?", "受保护的属性呢？"),
            Text(
                "Age and the like are no reasons of an alert; what differs between groups is measured on "
                "the page of what the bank can know, with the groups too small to be compared said so.",
                "年龄等不作为预警理由；群体间差异在“银行能知道什么”页测量，过小的群体注明不作比较。",
            ),
            groups_bothered,
        ),
        FollowUp(
            Text("Did the profile raise recall?", "画像提高召回率了吗？"),
            Text(
                "The ladder says so or not, with a paired interval; as a yardstick (money against declared "
                "income) it is in the windows as well.",
                "由特征阶梯的配对区间回答；作为尺度（金额与申报收入之比），它也在时间窗特征中。",
            ),
            profile_gain,
        ),
    ),
    Text(
        "That a tag is safe because it is old: what counts is when it became known.",
        "不要因为标签“老”就认为安全：关键是何时可知。",
    ),
)
