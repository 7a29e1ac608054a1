"""The queue: every alert of the explained model, and the cases to read first."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from reports.case_choice import CLEARED, REPORTED, KnownCase, QueueRow, curated, known_cases
from reports.case_pages import case_sentence, reader_row
from reports.case_rows import with_minus
from reports.case_words import STATE_WORDS
from reports.decisions import DECISION_OUTCOMES
from reports.evidence import Evidence
from reports.queue_figure import QueueMark, queue_chart, queue_seen
from reports.wording import FACTS, RANKERS, Text, named

WHOM_RULES_MET = {True: Text("met a rule", "触发规则"), False: Text("no rule", "未触发规则")}


@dataclass(frozen=True)
class QueueLine:
    """An alert, or a customer nearest below the cut, as the table shows it.

    ``states`` are the words by which the table filters, ``truth`` those that only the simulator knows.
    """

    case_id: str
    has_page: bool
    customer: str
    as_of: str
    rank: str
    score: str
    kind: Text
    customers: int
    rules: str
    money: float
    reason: Text
    outcome: Text
    reader: Text
    states: str
    truth: Text


@dataclass(frozen=True)
class Story:
    """A case to read first, or None where the run has none of its kind."""

    title: Text
    case_id: str | None
    sentence: Text


@dataclass(frozen=True)
class QueuePage:
    """All that the page of the queue shows."""

    seen: Text
    chart: Markup | None
    stories: list[Story]
    lines: list[QueueLine]
    alerts: int
    pages: int
    readers: int


def queue_marks(evidence: Evidence) -> list[QueueMark]:
    """The alerts as the picture shows them."""
    return [
        QueueMark(
            row.as_of,
            row.rank,
            "cleared" if row.outcome in CLEARED else row.outcome,
            is_in_a_scheme(evidence, row.subject_id),
        )
        for row in evidence.queue
    ]


def is_in_a_scheme(evidence: Evidence, subject_id: int) -> bool:
    """Whether an alerted subject took part in a scheme, not only in what looks like one."""
    return any(not name.startswith("like_") for name in evidence.schemes.get(subject_id, "").split())


def bank_states(outcome: str, rules: str) -> list[str]:
    """The states of an alert that the bank knows."""
    found = ["reported"] if outcome == REPORTED else ["cleared"] if outcome in CLEARED else ["undecided"]
    return [*found, "rules" if rules else "beyond"]


def queue_line(evidence: Evidence, row: QueueRow, by_case: dict[str, KnownCase]) -> QueueLine:
    """One alert."""
    known = by_case.get(row.case_id)
    reader = reader_row(evidence.decisions.get(row.case_id), known.case) if known else None
    state = "caught" if is_in_a_scheme(evidence, row.subject_id) else "wrong"
    return QueueLine(
        case_id=row.case_id,
        has_page=row.has_page,
        customer=row.customer_name,
        as_of=row.as_of,
        rank=str(row.rank),
        score=with_minus(row.score),
        kind=named(FACTS, row.kind),
        customers=row.customers,
        rules=row.rule_ids,
        money=row.money_in + row.money_out,
        reason=Text(row.reason_en, row.reason_zh),
        outcome=DECISION_OUTCOMES.get(row.outcome, Text("–", "–")),
        reader=reader.outcome if reader else Text("", ""),
        states=" ".join([*bank_states(row.outcome, row.rule_ids), state]),
        truth=STATE_WORDS[state],
    )


def below_line(evidence: Evidence, known: KnownCase) -> QueueLine:
    """A customer nearest below the cut."""
    one, rules = known.lead, " ".join(hit.rule_id for hit in known.lead.rule_hits)
    reader = reader_row(evidence.decisions.get(known.case.case_id), known.case)
    outcome = one.later_decisions[-1].outcome if one.later_decisions else ""
    first = next((row for row in one.reasons if row.rank == 1), None)
    return QueueLine(
        case_id=known.case.case_id,
        has_page=True,
        customer=one.customer_name,
        as_of=one.as_of,
        rank="–",
        score=with_minus(one.score),
        kind=named(FACTS, one.kind),
        customers=1,
        rules=rules,
        money=one.money_in + one.money_out,
        reason=Text(first.family_en, first.family_zh) if first else Text("", ""),
        outcome=DECISION_OUTCOMES.get(outcome, Text("–", "–")),
        reader=reader.outcome if reader else Text("", ""),
        states=" ".join([*bank_states(outcome, rules), "below", known.state]),
        truth=STATE_WORDS[known.state],
    )


def queue_page(evidence: Evidence) -> QueuePage:
    """The queue of all alerts in order of week and rank, then who came nearest below the cut."""
    known = known_cases(evidence.cases, evidence.members)
    by_case = {one.case.case_id: one for one in known}
    lines = [queue_line(evidence, row, by_case) for row in evidence.queue]
    marks, is_simulated = queue_marks(evidence), evidence.is_simulated
    lines += [below_line(evidence, one) for one in known if one.lead.found_by == "below_cut"]
    return QueuePage(
        seen=queue_seen(marks, named(RANKERS, evidence.faithfulness.model), is_simulated),
        chart=queue_chart(marks, is_simulated),
        stories=[
            Story(
                title,
                one.case.case_id if one else None,
                case_sentence(one.case)
                if one
                else Text("No case of this run is one.", "本次运行没有此类案例。"),
            )
            for title, one in curated(known)
        ]
        if is_simulated
        else [],
        lines=lines,
        alerts=len(evidence.queue),
        pages=len(known),
        readers=sum(bool(line.reader.en) for line in lines),
    )
