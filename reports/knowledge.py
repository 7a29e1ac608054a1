"""View-model of the section on what the bank can know, and what is true beside it."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from data.results import Interval
from models.results.knowledge import BankKnowledge, Circularity, LostCase, ReviewAnswer, Swap
from reports.audit_figures import Panel, interval_panels, swap_bars
from reports.beyond_tables import BeyondSection, beyond_section
from reports.comparison import size_of, told_apart
from reports.evidence import RECALL, Evidence, in_a_sentence
from reports.fairness_tables import FairRow, fair_chart, fair_rows, fair_seen
from reports.knowledge_figures import answer_name, answers_chart, answers_shown
from reports.rankings import points, points_range
from reports.steps import effect
from reports.wording import (
    RANKERS,
    SEMICOLON,
    Text,
    joined,
    named,
    percent,
    percent_range,
    worded_interval,
)

REASONS = {
    "elsewhen": Text(
        "alerted in another week, or silent for an earlier alert", "在其他周预警，或因先前预警而静默"
    ),
    "near": Text("caught at three times the budget", "预算三倍时可捕获"),
    "far": Text("not caught at three times the budget either", "预算三倍时仍未捕获"),
}


@dataclass(frozen=True)
class AnswerRow:
    """What a number of reviews says."""

    name: Text
    found: ReviewAnswer


def reviews_seen(found: BankKnowledge) -> Text:
    """What today's random reviews say, and what the most reviews that were tried would."""
    random = [row for row in found.answers if row.design == "random" and row.reviews]
    if not random:
        return Text("No review was tried.", "未试任何复核。")
    most = random[-1]
    today = next((row for row in random if row.reviews == found.reviews_today), random[0])
    true = worded_interval(found.true_recall)

    def told(row: ReviewAnswer) -> Text:
        answer, none = percent_range(row.answer), percent(row.found_none)
        return Text(
            f"with {row.reviews:,} random reviews the estimate lies within {answer} %, and {none} of the "
            f"draws find nobody and call recall whole",
            f"随机复核 {row.reviews:,} 次时估计值在 {answer} % 之间，"
            f"{none} 的抽样一个也找不到、误以为召回率为百分之百",
        )

    return Text(
        f"True recall is {true}, hidden are {found.hidden:,} of {found.not_found:,} customers not found. "
        f"Even if no reviewer errs, {told(today).en}; {told(most).en}.",
        f"真实召回率为 {true}，未找到的 {found.not_found:,} 名客户中隐藏着 {found.hidden:,} 名。"
        f"即使复核从不出错，{told(today).zh}；{told(most).zh}。",
    )


def recapture_seen(found: BankKnowledge) -> Text:
    """What recapture claims to have found, and what has been."""
    parts = [
        Text(
            f"{in_a_sentence(row.first).en} and {in_a_sentence(row.second).en} "
            f"say {percent(row.claimed)} found, in truth {worded_interval(row.true)}",
            f"{in_a_sentence(row.first).zh}与{in_a_sentence(row.second).zh}称已找到 {percent(row.claimed)}，"
            f"真实为 {worded_interval(row.true)}",
        )
        for row in found.recaptured
    ]
    told = joined(parts, SEMICOLON)
    return Text(
        f"Counted twice like fish in a pond, {told.en}. The method supposes two that look independently; "
        f"who learnt from the other’s alerts looks where it looked.",
        f"像池塘数鱼那样两次捕捉：{told.zh}。该方法假定两者独立；学自对方预警者，只在对方看过之处寻找。",
    )


def said_aloud(evidence: Evidence) -> Text:
    """The circularity of the whole case in one paragraph that a person can say."""
    found = evidence.experiments.knowledge
    mine = next(row for row in found.circularity if row.ranker == found.chosen)
    parts = [_labels_and_truth(mine), _repeats(mine)]
    parts_found = (row.parts for row in evidence.truth.headlines if row.ranker == found.chosen)
    beyond = next((row.beyond_rules for row in parts_found), None)
    if beyond is not None and beyond.customers:
        share = worded_interval(beyond.recall)
        parts.append(
            Text(
                f"Of the {beyond.customers} illicit customers whom no rule ever hit it finds {share}.",
                f"在 {beyond.customers} 名从未被规则命中的违法客户中，找到 {share}。",
            )
        )
    parts += oracle_gap(evidence) + looked_at(evidence)
    return joined(parts, Text(" ", ""))


def _labels_and_truth(mine: Circularity) -> Text:
    name, gap = in_a_sentence(mine.ranker), size_of(mine.apparent_less_true, RECALL)
    bank, true = percent(mine.bank_recall.value), percent(mine.true_recall.value)
    verdict = (
        Text("the bank overrates it", "银行高估了它"),
        Text("the bank underrates it", "银行低估了它"),
        Text("no difference shown", "未显示差异"),
    )[{1: 0, -1: 1, 0: 2}[told_apart(mine.apparent_less_true)]]
    return Text(
        f"Our labels come from our rules, and so does our measuring: by them {name.en} finds {bank}, in "
        f"truth {true} ({gap.en}: {verdict.en}).",
        f"我们的标签来自规则，度量也来自规则：按标签，{name.zh} 找到 {bank}；"
        f"真实为 {true}（{gap.zh}：{verdict.zh}）。",
    )


def _repeats(mine: Circularity) -> Text:
    told, hit = percent(mine.mimicry, 0), percent(mine.hit_alerts, 0)
    return Text(
        f"Rule hits tell {told} of the order of its queue, and {hit} of its alerts fall on customers whom "
        f"a rule hit.",
        f"规则命中可解释其排序的 {told}，其预警有 {hit} 落在规则命中过的客户上。",
    )


def oracle_gap(evidence: Evidence) -> list[Text]:
    """What one fixed model would win by the truth for its teacher; nothing where it was not measured."""
    audit = evidence.label_audit
    sets = [row for row in audit.sets if row.model == audit.chosen and row.uses_dispositions]
    gaps = [row.below_ceiling for row in sets if row.below_ceiling.value is not None]
    if not gaps:
        return []
    size = size_of(gaps[0], RECALL)
    verdict = (
        Text("no difference shown", "未显示差异")
        if told_apart(gaps[0]) == 0
        else Text("provably apart", "经证实不同")
    )
    return [
        Text(
            f"One fixed model taught by our labels, less the same taught the truth: {size.en}, {verdict.en}.",
            f"同一固定模型，用我们的标签学习减去用真实情况学习：{size.zh}，{verdict.zh}。",
        )
    ]


def looked_at(evidence: Evidence) -> list[Text]:
    """What labels put right would win, and what looking at everybody would; empty without the study."""
    study = evidence.experiments.studies.rules_out
    if study is None:
        return []
    corrected, looked = (size_of(change, RECALL) for change in (study.corrected_change, study.truth_change))
    words = [effect(change) for change in (study.corrected_change, study.truth_change)]
    unseen = study.illicit - study.illicit_spoken_of
    return [
        Text(
            f"Of {study.illicit} illicit customers in its training weeks {unseen} have no label of a rule or "
            f"a person. Putting every label right: {corrected.en} ({words[0].en}); teaching it besides whom "
            f"nobody looked at: {looked.en} ({words[1].en}).",
            f"其训练期 {study.illicit} 名违法客户中，{unseen} 名没有规则或人工的任何标签。"
            f"标签全部改对：{corrected.zh}（{words[0].zh}）；再教无人看过者：{looked.zh}（{words[1].zh}）。",
        )
    ]


@dataclass(frozen=True)
class SwapRow:
    """A swap under the names of both."""

    champion: Text
    challenger: Text
    found: Swap
    verdict: Text
    lost: list[tuple[Text, int]]


def swap_rows(found: BankKnowledge) -> list[SwapRow]:
    """The chosen model in the place of each rival."""
    return [
        SwapRow(
            champion=named(RANKERS, row.champion),
            challenger=named(RANKERS, row.challenger),
            found=row,
            verdict=swap_verdict(row),
            lost=lost_by_reason(row.lost),
        )
        for row in found.swaps
    ]


def swap_verdict(row: Swap) -> Text:
    """What the swap gains in truth, as far as it is proven."""
    size = size_of(row.gain, RECALL)
    side = told_apart(row.gain)
    word = {
        1: Text("the challenger finds more", "挑战者找到更多"),
        0: Text("no difference shown", "未显示差异"),
        -1: Text("the champion finds more", "冠军模型找到更多"),
    }[side]
    return Text(f"{word.en} ({size.en})", f"{word.zh}（{size.zh}）")


def lost_by_reason(lost: list[LostCase]) -> list[tuple[Text, int]]:
    """How many true cases are lost for which reason; reasons without any are left out."""
    counts = [(word, sum(case.reason == reason for case in lost)) for reason, word in REASONS.items()]
    return [(word, number) for word, number in counts if number]


def circular_chart(rows: list[CircularRow]) -> Markup | None:
    """How far the bank overrates each ranker."""
    title = Text(
        "apparent less true recall, points, 95% interval; filled: zero left out",
        "表观减真实召回率，百分点，95% 区间；实心点表示区间不含零",
    )
    panel = Panel(Text("overrated by", "高估幅度"), "true", [row.found.apparent_less_true for row in rows])
    return interval_panels([row.name for row in rows], [panel], title)


@dataclass(frozen=True)
class RecapturedRow:
    """Two rankers under their names, and what their overlap claims."""

    first: Text
    second: Text
    caught_by_first: int
    caught_by_second: int
    caught_by_both: int
    estimated: float
    claimed: float | None
    true: Interval


@dataclass(frozen=True)
class CircularRow:
    """A ranker under its name, and how far it repeats the rules."""

    name: Text
    found: Circularity
    gap: str
    gap_range: str


@dataclass(frozen=True)
class KnownSection:
    """Everything that the template of the section needs."""

    found: BankKnowledge
    chosen: Text
    reviews_seen: Text
    chart: Markup
    answers: list[AnswerRow]
    recapture_seen: Text
    recaptured: list[RecapturedRow]
    said: Text
    circular: list[CircularRow]
    circular_chart: Markup | None
    swaps: list[SwapRow]
    swap_chart: Markup
    fair: list[FairRow]
    fair_chart: Markup | None
    fair_seen: Text
    beyond: BeyondSection


def knowledge_section(evidence: Evidence) -> KnownSection:
    """The whole section."""
    found = evidence.experiments.knowledge
    by_ranker = {row.ranker: row for row in found.circularity}
    circular = [
        CircularRow(
            named(RANKERS, ranker),
            by_ranker[ranker],
            points(by_ranker[ranker].apparent_less_true),
            points_range(by_ranker[ranker].apparent_less_true),
        )
        for ranker in evidence.rankers
        if ranker in by_ranker
    ]
    return KnownSection(
        found=found,
        chosen=named(RANKERS, found.chosen),
        reviews_seen=reviews_seen(found),
        chart=answers_chart(found.answers, found.true_recall),
        answers=[AnswerRow(answer_name(row), row) for row in answers_shown(found.answers)],
        recapture_seen=recapture_seen(found),
        recaptured=[
            RecapturedRow(
                first=named(RANKERS, row.first),
                second=named(RANKERS, row.second),
                caught_by_first=row.caught_by_first,
                caught_by_second=row.caught_by_second,
                caught_by_both=row.caught_by_both,
                estimated=row.estimated,
                claimed=row.claimed,
                true=row.true,
            )
            for row in found.recaptured
        ],
        said=said_aloud(evidence),
        circular=circular,
        circular_chart=circular_chart(circular),
        swaps=swap_rows(found),
        swap_chart=swap_bars(found.swaps),
        fair=fair_rows(found),
        fair_chart=fair_chart(found),
        fair_seen=fair_seen(found),
        beyond=beyond_section(evidence),
    )
