"""What the run adds in numbers to the answers of follow-up questions; None where it measured nothing."""

from __future__ import annotations

from data.results import Interval
from models.schema import RULES
from reports.beyond_tables import ages_seen, study_seen
from reports.comparison import comparison_sentence, gap_between
from reports.drift_tables import drift_seen
from reports.evidence import CONTROL, GRAPH, PRECISION, Evidence, in_a_sentence
from reports.explanation_answer import attribution, checks_met
from reports.explanation_tests import reviewers_seen, ring_seen, signature_seen
from reports.fairness_tables import fair_seen
from reports.knowledge import reviews_seen
from reports.loop_answers import searched, shown_case
from reports.loop_pages import turns_seen, turns_told
from reports.model_answers import LINE_MODEL, PLAIN_NET, compared_in_truth, sentences
from reports.over_time import NAMES, ChangeRow, answers_seen, changes_seen
from reports.steps import REFERENCE, signed
from reports.tracing import how_many
from reports.wording import RANKERS, Text, count, named, worded_interval


def learning_limits(evidence: Evidence) -> Text | None:
    """What the bank's labels cost, by their mistakes and by whom nobody looked at."""
    study = evidence.experiments.studies.rules_out
    return study_seen(study) if study else None


def turns_in_short(evidence: Evidence) -> Text | None:
    """How the turns of the loop ended."""
    found = evidence.experiments.studies.iterations
    return turns_seen(found) if found is not None and found.iterations else None


def taken_back(evidence: Evidence) -> Text | None:
    """The turns that were taken back, and why."""
    found = evidence.experiments.studies.iterations
    back = [] if found is None else [turn for turn in found.iterations if not turn.is_kept]
    if found is None or not back:
        return None
    told = turns_told(found.model_copy(update={"iterations": back}))
    return Text(f"Here: {told.en}.", f"本次：{told.zh}。")


def reasons_and_schemes(evidence: Evidence) -> Text | None:
    """Whether reasons name the scheme."""
    return signature_seen(evidence.explanation_audit)


def reasons_and_people(evidence: Evidence) -> Text | None:
    """What simulated reviewers would need."""
    return reviewers_seen(evidence.explanation_audit)


def failed_checks(evidence: Evidence) -> Text:
    """How many checks were met, and the one that was not."""
    met, size = checks_met(evidence.attribution_checks)
    found = evidence.explanation_audit.signature
    rest = {
        True: Text("naming the scheme met its bound", "点出案件类型达到事先要求"),
        False: Text("naming the scheme missed its bound", "点出案件类型未达到事先要求"),
        None: Text("naming the scheme could not be asked", "点出案件类型无从检验"),
    }[found.is_met if found.alerts else None]
    hit = worded_interval(found.hit)
    return Text(
        f"{met} of {size} checks of faithfulness and stability are met; {rest.en} ({hit}).",
        f"忠实与稳定性检验 {size} 项达到 {met} 项；{rest.zh}（{hit}）。",
    )


def line_shares(evidence: Evidence) -> Text:
    """What the features of the line carry."""
    share = attribution(evidence, LINE_MODEL)
    return Text(
        f"They carry {share} of the attribution among the top features.",
        f"在主要特征中，它们占贡献的 {share}。",
    )


def line_model(evidence: Evidence) -> Text | None:
    """The model of the payments themselves against trees, and against a plain net."""
    told = [compared_in_truth(evidence, LINE_MODEL, other) for other in (REFERENCE, PLAIN_NET)]
    return sentences(told) if any(told) else None


def masked(evidence: Evidence) -> Text:
    """The mask test of the profile: what changes when every later row is deleted."""
    mask = evidence.ladder.rating_mask
    return Text(
        f"With every later row deleted, {count(mask.undated.differences)} of {count(mask.undated.values)} "
        f"values of today’s rating change, of the dated rating {count(mask.dated.differences)} of "
        f"{count(mask.dated.values)}.",
        f"删除其后的所有记录后，当前等级的 {count(mask.undated.values)} 个取值中有 "
        f"{count(mask.undated.differences)} 个改变；带日期的等级 {count(mask.dated.values)} 个中有 "
        f"{count(mask.dated.differences)} 个改变。",
    )


def edges_by_precision(evidence: Evidence) -> Text | None:
    """The same control by average precision, where the answer may differ."""
    if not {GRAPH, CONTROL} <= set(evidence.truth.metrics):
        return None
    gap = gap_between(evidence.truth, GRAPH, CONTROL).average_precision
    return comparison_sentence(in_a_sentence(GRAPH), in_a_sentence(CONTROL), gap, PRECISION)


def future_edges(evidence: Evidence) -> Text:
    """Payments of the future among those that the network looked at."""
    found = evidence.experiments.graph
    return Text(
        f"Counted a second way, {count(found.look_aheads)} of {count(found.payments_looked_at)} payments "
        f"that "
        f"the network looked at are from the future.",
        f"用第二种方法计数，图网络看到的 {count(found.payments_looked_at)} 笔交易中，来自未来的有 "
        f"{count(found.look_aheads)} 笔。",
    )


def rings(evidence: Evidence) -> Text | None:
    """Whom the network's masks point at."""
    return ring_seen(evidence.explanation_audit)


def groups_bothered(evidence: Evidence) -> Text:
    """Whom the alerts bother more, and what leaving age out costs."""
    studies = evidence.experiments.studies
    return sentences(
        [fair_seen(evidence.experiments.knowledge), ages_seen(studies.age) if studies.age else None]
    )


def profile_gain(evidence: Evidence) -> Text:
    """What profile columns add to windows."""
    gain = next((row.true.gain for row in evidence.ladder.rankings if row.ranking == "profile"), None)
    size = signed(gain or Interval())
    return Text(
        f"Profile columns on top of windows: {size.en} of true recall.",
        f"在时间窗之上加画像列：真实召回率 {size.zh}。",
    )


def of_whom(evidence: Evidence) -> Text | None:
    """How many illicit customers there are, and how many the bank's labels know."""
    row = next((one for one in evidence.truth.headlines if one.ranker == RULES), None)
    if row is None:
        return None
    parts = row.parts
    return Text(
        f"Here {count(parts.everyone.customers)} customers, of whom the bank’s labels know "
        f"{count(parts.known.customers)}; no rule ever hit {count(parts.beyond_rules.customers)} of them.",
        f"本次为 {count(parts.everyone.customers)} 名，其中银行标签认出 {count(parts.known.customers)} 名；"
        f"{count(parts.beyond_rules.customers)} 名从未被任何规则触发。",
    )


def out_of_reach(evidence: Evidence) -> Text | None:
    """Those outside any pattern: how many, and how many the chosen model finds."""
    row = next((one for one in evidence.truth.headlines if one.ranker == evidence.chosen), None)
    if row is None or not row.parts.patternless.customers:
        return None
    part, name = row.parts.patternless, in_a_sentence(evidence.chosen)
    return Text(
        f"Here {part.customers} customers, of whom {name.en} alerts {part.caught}.",
        f"本次有 {part.customers} 名，{name.zh} 预警其中 {part.caught} 名。",
    )


def dismissed_though_illicit(evidence: Evidence) -> Text:
    """How many truly illicit cases were dismissed."""
    told = evidence.truth.dispositions
    return Text(
        f"Here {count(told.dismissed_true)} truly illicit cases were dismissed, beside "
        f"{count(told.reported_true)} that were reported.",
        f"本次有 {count(told.dismissed_true)} 个真实涉案案例被排除，{count(told.reported_true)} 个被上报。",
    )


def alarms(evidence: Evidence) -> Text:
    """Which drift is told by which alarm, and how often alarms fire."""
    return sentences([drift_seen(evidence.experiments.drift), answers_seen(evidence.experiments.over_time)])


def reviews(evidence: Evidence) -> Text:
    """What random reviews bound."""
    return reviews_seen(evidence.experiments.knowledge)


def recall_over_time(evidence: Evidence) -> Text:
    """Whose recall moved between the halves of the weeks at work."""
    found = evidence.experiments.over_time
    return changes_seen([ChangeRow(named(NAMES, row.ranker), row) for row in found.changes])


def against_others(evidence: Evidence) -> Text | None:
    """Boosting against the forest and against XGBoost."""
    told = [compared_in_truth(evidence, REFERENCE, other) for other in ("random_forest", "xgboost")]
    return sentences(told) if any(told) else None


def shared_budget(evidence: Evidence) -> Text | None:
    """What the first anomaly score brings with its smallest share of the budget."""
    rows = [row for row in evidence.truth.anomaly_shares if row.share > 0]
    if not rows:
        return None
    row = min(rows, key=lambda row: (row.share, row.ranker))
    name, gain = named(RANKERS, row.ranker), signed(row.gain_true)
    return Text(
        f"With {100 * row.share:.0f} % of the alerts chosen by {name.en}, true recall changes by {gain.en}; "
        f"of {row.novel.customers} customers of types new in the test {row.novel.caught} are then caught.",
        f"若 {100 * row.share:.0f} % 的预警由{name.zh}选择，真实召回率变化 {gain.zh}；"
        f"测试期新类型客户的识别为 {row.novel.customers} 名中的 {row.novel.caught} 名。",
    )


def few_known(evidence: Evidence) -> Text:
    """How few suspicious customers validation knows."""
    size, sought = count(evidence.bank.chosen.customers), searched(evidence)
    return Text(
        f"Validation knows {size} suspicious customers. {sought.en}",
        f"验证集仅有 {size} 名可疑客户。{sought.zh}",
    )


def claims_fixed(evidence: Evidence) -> Text:
    """How many claims were written down before."""
    number = how_many(evidence.experiments.verdicts.claims, lambda _: True, "claims")
    return Text(
        f"Here {number} claims were written down before the run; the page shows each, the failed ones too.",
        f"本次运行前写定 {number} 项主张；页面逐项列出，未成立的也在内。",
    )


def people_and_model(evidence: Evidence) -> Text | None:
    """Where people and the model agree in the blind replay."""
    row = shown_case(evidence)
    if row is None:
        return None
    return Text(
        f"In the replay both chose {count(row.both.cases)} cases, {count(row.both.illicit)} of them "
        f"illicit; of "
        f"those that neither chose {count(row.neither.illicit)} of {count(row.neither.cases)} were illicit.",
        f"回放中两者共同选取 {count(row.both.cases)} 个，其中涉案 {count(row.both.illicit)} 个；"
        f"两者都未选的 {count(row.neither.cases)} 个中涉案 {count(row.neither.illicit)} 个。",
    )
