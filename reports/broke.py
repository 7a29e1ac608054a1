"""What broke: defects of this project's own world, yardstick, models and tests, and what holds them now.

Everything here is told with its evidence: a commit, a finding that anybody can run, or a test.
"""

from __future__ import annotations

from dataclasses import dataclass

from reports.wording import Text


@dataclass(frozen=True)
class Defect:
    """One defect.

    Parameters
    ----------
    wrong : what was wrong, and what it would have made one believe
    changed : what was changed
    evidence : file, test or commit that shows it, as written in the repository
    """

    title: Text
    wrong: Text
    changed: Text
    evidence: str


@dataclass(frozen=True)
class Room:
    """Where defects were found."""

    title: Text
    defects: tuple[Defect, ...]

    @property
    def size(self) -> int:
        """How many were found here."""
        return len(self.defects)


WORLD = Room(
    Text("In the world", "模拟世界中"),
    (
        Defect(
            Text("Interest told the future", "利息透露了未来"),
            Text(
                "Interest was paid only to accounts that never close. Its absence told a model that the "
                "account "
                "would close later.",
                "只有永不销户的账户才计息；没有利息即预示账户日后会销户。",
            ),
            Text(
                "Interest is paid for every account; a probe of how rows are made looks for such traces.",
                "所有账户均计息；另有探针检查数据生成方式留下的痕迹。",
            ),
            "cdb3e83",
        ),
        Defect(
            Text("Money gathered before a scheme began", "案件开始前资金已在聚集"),
            Text(
                "To make payers of a scheme known beforehand, earlier dealings had been written, all in one "
                "direction: several months' income stood with the members before anything happened.",
                "为让付款方事先“已知”，补写了此前的往来，但方向单一：案件未开始，成员账户已积累数月收入。",
            ),
            Text("Earlier dealings go both ways.", "此前往来改为双向。"),
            "5b5810d",
        ),
        Defect(
            Text("Strangers gave plans away", "陌生关系暴露了案件"),
            Text(
                "A pair that had met once or twice was a sign of a scheme, and firms had paid members "
                "fortunes.",
                "只往来过一两次的对手方成了案件的标志，且企业此前曾向成员支付巨款。",
            ),
            Text(
                "Parties of plans have dealt with each other all year, in the sums of ordinary life.",
                "案件各方全年均有往来，金额与日常生活一致。",
            ),
            "497efb1, ceee90a",
        ),
        Defect(
            Text("The bank differed from processor to processor", "换一种处理器，银行就不同"),
            Text(
                "A sort that leaves ties to the processor draws another bank on another machine.",
                "不稳定排序在不同处理器上对并列项的次序不同，同一程序会生成不同的银行。",
            ),
            Text(
                "Every deciding sort is stable; a test runs at every vector width that it can switch to.",
                "所有起决定作用的排序均为稳定排序；测试在各向量宽度下运行。",
            ),
            "findings/numpy-orders-ties-by-processor.sh, tests/pipeline/test_same_bytes.py",
        ),
    ),
)

YARDSTICK = Room(
    Text("In the yardstick", "度量中"),
    (
        Defect(
            Text("Yesterday’s launderers counted as today’s", "昨天的涉案客户被算在今天"),
            Text(
                "Customers whose illicit payments all lay before the test were counted in it, since labels "
                "look "
                "back four weeks.",
                "标签回看四周，因此仅在测试前涉案的客户也被计入测试。",
            ),
            Text(
                "A customer counts by an event inside the test; leftovers are a row of their own.",
                "客户须在测试期内有事件才计入；此前遗留者单列。",
            ),
            "a0db3fe",
        ),
        Defect(
            Text("Intervals by customer were too narrow", "按客户计算的区间过窄"),
            Text(
                "Members of one scheme are caught or missed together, so drawing them one by one claims more "
                "certainty than there is.",
                "同一案件的成员往往一起被识别或漏掉，逐个抽样会高估把握。",
            ),
            Text(
                "The truth is drawn scheme by scheme, and every pair of rankers on the same draws.",
                "真值按案件抽样，任意两种方法用同一组抽样比较。",
            ),
            "a0db3fe, tests/spec/test_coverage_of_intervals.py",
        ),
        Defect(
            Text("A model was chosen by labels that know only the rules", "仅按只反映规则的标签选模型"),
            Text(
                "On validation the bank’s labels know whom rules hit; whoever repeats the rules looks best.",
                "验证集上的标签只涉及规则触发的客户，重复规则者看起来最好。",
            ),
            Text(
                "The bank also asks how many planted, never learnt schemes a model finds; what validation "
                "alone "
                "would choose is said beside it.",
                "银行同时看模型能发现多少从未学习过的植入案件；仅凭验证会选谁也一并写出。",
            ),
            "a80dde2",
        ),
        Defect(
            Text("The alarm for shifted inputs was blind", "输入漂移警报失明"),
            Text(
                "A stability index over quantiles reads zero where most values are one; this project’s own "
                "did.",
                "多数取值相同时，按分位数的稳定性指标恒为零；本项目自己的实现也如此。",
            ),
            Text(
                "Frequent values, new codes and missing values have bins of their own.",
                "高频值、新编码与缺失值各设分箱。",
            ),
            "findings/feature-engine-psi-is-blind-on-sparse-features.sh, tests/spec/test_catalogue.py",
        ),
        Defect(
            Text("A changed rule changed the yardstick", "改规则等于改尺子"),
            Text(
                "When one threshold was doubled, the bank’s figures moved far and the true ones did not: "
                "other "
                "alerts were reviewed, so others were known to be suspicious.",
                "一条规则阈值加倍后，银行所见变化很大，真实数字却没有：被甄别的预警变了，"
                "认出的可疑客户也就变了。",
            ),
            Text(
                "Nothing to repair: it is how labels work, and every page shows both columns.",
                "无需修复：标签本来如此，因此每页都并列两列数字。",
            ),
            "docs/change-a-rule.md",
        ),
    ),
)

MODELS = Room(
    Text("In the models", "模型中"),
    (
        Defect(
            Text("A loss was least where the chance was wrong", "损失最小处概率是错的"),
            Text(
                "Focal loss of a belief between 0 and 1 is not least at the belief.",
                "标签为 0 到 1 之间的置信度时，focal loss 的最小值不在该置信度。",
            ),
            Text("The distance of chance and belief takes its place.", "改用概率与置信度的距离。"),
            "dd057d4, tests/spec/test_imbalance.py",
        ),
        Defect(
            Text("One trial leaked into the next", "前一次试验影响下一次"),
            Text(
                "A start taken back stays in LightGBM’s bins, so a later model began from an earlier one’s "
                "scores.",
                "撤回的初始得分仍留在 LightGBM 的分箱数据中，后一个模型从前一个的得分起步。",
            ),
            Text("Such a fit has bins of its own.", "此类拟合使用独立的分箱。"),
            "findings/lightgbm-keeps-an-init-score-once-given.sh",
        ),
        Defect(
            Text("Explanations could be of other trees", "解释的可能是另一组树"),
            Text(
                "After early stopping one library scores with all trees and another explains some of them; "
                "its own "
                "check of additivity passes.",
                "提前停止后，评分用全部树而解释只用部分树，库自带的可加性检查照样通过。",
            ),
            Text(
                "Every attribution is checked against the score; no fit stops early.",
                "每个归因都与得分核对；任何拟合都不提前停止。",
            ),
            "findings/shap-explains-other-trees-than-xgboost-scores-with.sh",
        ),
    ),
)

TESTS = Room(
    Text("In the tests", "测试中"),
    (
        Defect(
            Text("A dependency looked needless", "依赖看似多余"),
            Text(
                "A test called a dependency needless where a stage ended well without it. The report did: "
                "it left "
                "out the study that was gone, and said something else.",
                "阶段缺少某依赖仍能正常结束，测试即判其多余；报告正是如此：略去该研究，内容却变了。",
            ),
            Text(
                "A dependency is needless only where what the stage writes stays the same.",
                "只有输出完全不变，依赖才算多余。",
            ),
            "9d965a3, tests/pipeline/test_hermetic.py",
        ),
        Defect(
            Text("A missing score was its neighbour’s", "缺失的得分取了邻居的"),
            Text(
                "Scores are looked up by subject. Where one was missing, as after a new split, the score "
                "of its "
                "neighbour in the list was taken without a word.",
                "得分按主体查找；重新划分后若缺少某主体，会不声不响地取其相邻主体的得分。",
            ),
            Text("Such scores are refused.", "此类得分一律拒绝。"),
            "2ed73b6, tests/spec/judging/test_metrics.py",
        ),
    ),
)

BROKE = (WORLD, YARDSTICK, MODELS, TESTS)
