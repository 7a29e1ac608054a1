"""What this run answers to the question how an alert is explained, and whether that helps."""

from __future__ import annotations

from explain.results.attribution_checks import AttributionChecks, CheckOutcome
from explain.results.explanation_audit import ExplanationAudit
from reports.comparison import told_apart
from reports.evidence import Evidence
from reports.explanation_tests import RANDOM, reviewers_seen, ring_seen, signature_seen
from reports.interview_frame import Answer
from reports.tracing import how_many
from reports.wording import DASH, RANKERS, Text, joined, named, percent, worded_interval

NO_ALERT = Text("Not measured in this run:", "本次运行未测量：")


def checks_met(checks: AttributionChecks) -> tuple[int, int]:
    """How many checks of the models' own explanations met their threshold, and how many were judged."""

    def is_judged(row: CheckOutcome) -> bool:
        return row.explainer != RANDOM and row.is_met is not None

    rows = checks.outcomes
    met = how_many(rows, lambda row: is_judged(row) and row.is_met is True, "judged and met")
    return met, how_many(rows, is_judged, "judged")


def conclusion(evidence: Evidence) -> Text:
    """The answer in one sentence: the model’s own reasons, and whether they name the scheme."""
    checks, signature = evidence.attribution_checks, evidence.explanation_audit.signature
    met, size = checks_met(checks)
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


def explained(evidence: Evidence) -> Answer:
    """Question 2: reasons, their tests, and what they are worth."""
    found, audit = evidence.faithfulness, evidence.explanation_audit
    name = named(RANKERS, found.model)
    if not found.alerts:
        return Answer(
            Text(
                f"{NO_ALERT.en} no alert of {name.en} fits in the budget of the test weeks.",
                f"{NO_ALERT.zh}测试期预算内没有 {name.zh} 的预警。",
            ),
            conclusion(evidence),
        )
    size = found.deleted_families
    said = Text(
        f"Facts first, then reasons. A page of a case shows payments, accounts and linked parties; then at "
        f"most a few families of indicators that moved the score, each with the customer’s value, the own "
        f"past and the peers; then what speaks against. Are the reasons the model’s? Setting the top {size} "
        f"families of {found.alerts} alerts of {name.en} to the peers’ median lowers the raw score by "
        f"{found.top_families_fall:.2f}, random families by {found.random_families_fall:.2f}. Are they the "
        f"investigator’s? {named_rarely(audit).en}",
        f"先事实，后理由。案例页先列流水、账户与关联方；再列影响得分的少数几类指标，附本人取值、本人历史与同群；"
        f"最后列反向证据。理由是模型的吗？对 {name.zh} 的 {found.alerts} 条预警，"
        f"将贡献最大的 {size} 类特征替换为同群中位数，原始得分下降 {found.top_families_fall:.2f}，"
        f"随机替换则下降 {found.random_families_fall:.2f}。理由对甄别有用吗？{named_rarely(audit).zh}",
    )
    told = [signature_seen(audit), ring_seen(audit), reviewers_seen(audit)]
    more = joined([part for part in told if part is not None], Text(" ", ""))
    return Answer(said, conclusion(evidence), more)


def named_rarely(audit: ExplanationAudit) -> Text:
    """How often the first reasons name the family by which a true scheme is known."""
    found = audit.signature
    if not found.alerts:
        return Text("No alert on a true scheme was there to ask.", "没有真实涉案预警可供检验。")
    return Text(
        f"Of {found.alerts} alerts on true schemes {worded_interval(found.hit)} name the family that the "
        f"scheme is known by.",
        f"在 {found.alerts} 条真实涉案预警中，点出该类案件特征类别的占 {worded_interval(found.hit)}。",
    )


def attribution(evidence: Evidence, group: str) -> str:
    """Share of the attribution that the listed features of a group carry."""
    shares = evidence.faithfulness.feature_shares
    if not shares:
        return DASH
    groups = {name: row.group for name, row in evidence.catalogue.items()}
    return percent(sum(row.share for row in shares if groups.get(row.feature) == group))
