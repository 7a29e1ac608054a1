"""Which cases to read first, chosen by what the simulator knows; the bank could not choose so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import pandas as pd

from explain.results.cases import CaseParty, ExplainedCase
from models.results.audited_cases import AuditedMember
from reports.wording import Text

CLEARED, REPORTED = ("dismissed", "case"), "reported"


class QueueRow(NamedTuple):
    """A row of AlertQueue, as the table and its CSV have it."""

    case_id: str
    subject_id: int
    customer_name: str
    as_of: str
    rank: int
    score: float
    kind: str
    customers: int
    rule_ids: str
    money_in: float
    money_out: float
    reason_en: str
    reason_zh: str
    outcome: str
    has_page: bool


def queue_rows(queue: pd.DataFrame) -> list[QueueRow]:
    """The table AlertQueue as rows."""
    return [QueueRow(**row) for row in queue[list(QueueRow._fields)].to_dict("records")]


@dataclass(frozen=True)
class TrueParts:
    """What a party took part in within the days of its case."""

    illicit: list[AuditedMember]
    innocent: list[AuditedMember]


def true_parts(case: ExplainedCase, customer_id: int, members: list[AuditedMember]) -> TrueParts:
    """Schemes and look-alikes of a customer that overlap with the days before the case."""
    end = date.fromisoformat(case.as_of)
    start = (end - timedelta(days=case.days)).isoformat()
    mine = [
        row
        for row in members
        if row.customer_id == customer_id and row.last >= start and row.first < case.as_of
    ]
    return TrueParts([row for row in mine if row.is_illicit], [row for row in mine if not row.is_illicit])


@dataclass(frozen=True)
class KnownCase:
    """A case with what is true of its parties, in their order."""

    case: ExplainedCase
    parts: list[TrueParts]

    @property
    def lead(self) -> CaseParty:
        """The party with the highest score."""
        return self.case.parties[0]

    @property
    def is_illicit(self) -> bool:
        """Whether any party was in a scheme."""
        return any(part.illicit for part in self.parts)

    @property
    def is_look_alike(self) -> bool:
        """Whether all are innocent and one looks like a scheme."""
        return not self.is_illicit and any(part.innocent for part in self.parts)

    @property
    def state(self) -> str:
        """``caught``, ``wrong`` (alerted, innocent), ``missed`` or ``passed`` (below the cut, innocent)."""
        if self.lead.found_by == "below_cut":
            return "missed" if self.is_illicit else "passed"
        return "caught" if self.is_illicit else "wrong"

    @property
    def ring_size(self) -> int:
        """Parties who are in one and the same scheme, of the largest such group."""
        schemes = [row.scheme_id for part in self.parts for row in part.illicit]
        return max((schemes.count(one) for one in schemes), default=0)

    @property
    def is_cleared(self) -> bool:
        """Whether people looked at a party and cleared it."""
        return any(row.outcome in CLEARED for one in self.case.parties for row in one.later_decisions)

    @property
    def is_reported(self) -> bool:
        """Whether people looked at a party and reported it."""
        return any(row.outcome == REPORTED for one in self.case.parties for row in one.later_decisions)

    @property
    def last_decisions(self) -> list[tuple[TrueParts, str]]:
        """What is true of each party on whom people decided, and the last outcome."""
        return [
            (part, one.later_decisions[-1].outcome)
            for one, part in zip(self.case.parties, self.parts, strict=True)
            if one.later_decisions
        ]

    @property
    def is_rightly_cleared(self) -> bool:
        """Whether a party that only looks like a scheme was cleared in the end."""
        return any(
            outcome in CLEARED and bool(part.innocent) and not part.illicit
            for part, outcome in self.last_decisions
        )

    @property
    def is_wrongly_decided(self) -> bool:
        """Whether people in the end cleared a party in a scheme, or reported one that was in none."""
        return any((outcome in CLEARED) == bool(part.illicit) for part, outcome in self.last_decisions)


def is_beyond_rules(known: KnownCase) -> bool:
    """Whether no rule that raises alerts met any party."""
    return not any(hit.is_line for one in known.case.parties for hit in one.rule_hits)


RING = Text("A ring, seen as a whole", "团伙整体")
CURATED: tuple[tuple[Text, Callable[[KnownCase], bool]], ...] = (
    (RING, lambda known: known.ring_size > 1),
    (
        Text("A catch that no alerting rule made", "预警规则之外的识别"),
        lambda known: known.state == "caught" and is_beyond_rules(known),
    ),
    (
        Text("An innocent look-alike, rightly cleared", "正常对照，正确排除"),
        lambda known: known.is_look_alike and known.is_rightly_cleared,
    ),
    (
        Text("An innocent customer, wrongly alerted", "正常客户被误报"),
        lambda known: known.state == "wrong" and not known.is_cleared,
    ),
    (
        Text("A launderer who was missed", "漏报的涉案客户"),
        lambda known: known.state == "missed" and not known.is_reported,
    ),
    (
        Text("A wrong decision of an investigator", "甄别结论有误"),
        lambda known: known.is_wrongly_decided,
    ),
)


def known_cases(cases: list[ExplainedCase], members: list[AuditedMember]) -> list[KnownCase]:
    """All cases with what is true of them."""
    by_customer: dict[int, list[AuditedMember]] = {}
    for row in members:
        by_customer.setdefault(row.customer_id, []).append(row)
    return [
        KnownCase(
            case,
            [true_parts(case, one.customer_id, by_customer.get(one.customer_id, [])) for one in case.parties],
        )
        for case in cases
    ]


def curated(known: list[KnownCase]) -> list[tuple[Text, KnownCase | None]]:
    """For each kind of story the case with the highest score that tells it, no case twice if it can be.

    Of rings the largest.
    """
    taken: set[str] = set()
    found = []
    for title, tells in CURATED:
        fitting = [one for one in known if tells(one)]
        if title is RING:
            fitting.sort(key=lambda one: -one.ring_size)
        fresh = [one for one in fitting if one.case.case_id not in taken]
        chosen = next(iter(fresh or fitting), None)
        if chosen is not None:
            taken.add(chosen.case.case_id)
        found.append((title, chosen))
    return found
