"""What this run answers to the question how an alert is explained, and whether that helps."""

from __future__ import annotations

from reports.comparison import told_apart
from reports.evidence import Evidence
from reports.explanation_tests import RANDOM, reviewers_seen, ring_seen, signature_seen
from reports.wording import RANKERS, Text, joined, named

NO_ALERT = Text("Not measured in this run:", "本次运行未测量：")


def conclusion(evidence: Evidence) -> Text:
    """The answer in one sentence: the model’s own reasons, and whether they name the scheme."""
    checks, signature = evidence.attribution_checks, evidence.explanation_audit.signature
    judged = [row.is_met for row in checks.outcomes if row.explainer != RANDOM and row.is_met is not None]
    met, size = sum(judged), len(judged)
    if not signature.alerts:
        worth = Text("whether they name the scheme could not be asked", "是否点出案件类型无从检验")
    else:
        worth = {
            1: Text(
                "they name the scheme more often than exchanged ones", "点出案件类型的频率高于互换后的理由"
            ),
            0: Text(
                "they cannot be told apart from exchanged ones by naming the scheme",
                "在点出案件类型方面，与互换后的理由无法区分",
            ),
            -1: Text(
                "they name the scheme less often than exchanged ones", "点出案件类型的频率低于互换后的理由"
            ),
        }[told_apart(signature.above_exchanged)]
    return Text(
        f"The reasons of an alert are the model’s own ({met} of {size} checks met); {worth.en}: "
        f"they say why the score is high, not what the customer did.",
        f"预警的理由来自模型自身（{size} 项检验达到 {met} 项）；{worth.zh}："
        f"它们说明得分为何高，而非客户做了什么。",
    )


def explained(evidence: Evidence) -> Text:
    """Question 2: reasons, their tests, and what they are worth."""
    found, audit = evidence.faithfulness, evidence.explanation_audit
    name = named(RANKERS, found.model)
    if not found.alerts:
        return Text(
            f"{NO_ALERT.en} no alert of {name.en} fits in the budget of the test weeks.",
            f"{NO_ALERT.zh}测试期预算内没有 {name.zh} 的预警。",
        )
    size = found.deleted_families
    deleted = Text(
        f"Setting the top {size} families of {found.alerts} alerts of {name.en} to the peers’ median "
        f"lowers the raw score by {found.top_families_fall:.2f}, random families by "
        f"{found.random_families_fall:.2f}.",
        f"对 {name.zh} 的 {found.alerts} 条预警，将贡献最大的 {size} 类特征替换为同类中位数，"
        f"原始得分下降 {found.top_families_fall:.2f}，随机替换则下降 {found.random_families_fall:.2f}。",
    )
    told = [conclusion(evidence), deleted, signature_seen(audit), ring_seen(audit), reviewers_seen(audit)]
    return joined([part for part in told if part is not None], Text(" ", ""))
