"""What a case page says of a customer of a drawn bank, without a model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from explain.cases import Scored, Sizes, case_party
from explain.dossier import Files
from explain.grouping import CaseTies
from explain.ledger import CaseLedger
from explain.results.cases import CaseParty

MIDNIGHT = pd.Timestamp("2024-07-01", tz="UTC")
NO_REASONS = pd.DataFrame(
    columns=["subject_id", "rank", "family", "feature", "contribution", "rarity", "text_en", "text_zh"]
)
LABELS = pd.DataFrame(
    {"label_en": ["Money in"], "label_zh": ["转入金额"], "unit": ["CNY"]}, index=["in_amount_7d"]
)
RULES = pd.DataFrame(
    {
        "name_en": "a rule",
        "name_zh": "规则",
        "predicate": "in_amount_7d >= 1000 * seg",
        "red_flags_en": "money",
        "red_flags_zh": "资金",
        "known_false_positives_en": "a sale",
        "known_false_positives_zh": "出售",
        "family": "volume",
        "use": "label",
    },
    index=["R01", "R06"],
)
NO_HITS = pd.DataFrame({"customer_id": [], "hit_at": pd.to_datetime([]), "rule_id": []})
NO_ALERTS = pd.DataFrame({"customer_id": [], "at": pd.to_datetime([]), "case_id": []})
NO_DECISIONS = pd.DataFrame(
    {
        "disposition_id": [],
        "customer_id": [],
        "event_at": pd.to_datetime([]),
        "known_at": pd.to_datetime([]),
        "outcome": [],
        "stream": [],
        "reason": [],
    }
)
NO_TAGS = pd.DataFrame(
    {"customer_id": [], "tag": [], "value": [], "valid_from": pd.to_datetime([]), "valid_to": pd.NaT}
)
NO_DEVICES = pd.DataFrame(
    {
        "customer_id": np.zeros(0, int),
        "device_id": np.zeros(0, int),
        "valid_from": pd.to_datetime([]),
        "valid_to": pd.to_datetime([]),
    }
)


def local(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Moments of a bank whose midnight is midnight UTC, by its clock."""
    return frame.assign(
        **{name: pd.to_datetime(frame[name], utc=True).dt.tz_localize(None) for name in columns}
    )


def files_of(drawn: Any, **more: Any) -> Files:
    """The files of a drawn bank; ``more`` are tables beside customers, accounts and devices."""
    devices = drawn.devices if hasattr(drawn, "devices") else NO_DEVICES
    devices = local(devices, "valid_from", "valid_to")
    given: dict[str, Any] = {
        "tags": NO_TAGS,
        "rules": RULES,
        "hits": NO_HITS,
        "figures": pd.DataFrame(),
        "labels": LABELS,
        "dispositions": NO_DECISIONS,
        "multiplier": {"person": 1.0},
    }
    return Files(
        customers=local(drawn.customers.set_index("customer_id"), "joined_at", "founded_at"),
        accounts=local(drawn.accounts, "opened_at", "closed_at"),
        devices=devices,
        **(given | more),
    )


def ties_of(drawn: Any, names: dict[int, str] | None = None, alerted: pd.DataFrame = NO_ALERTS) -> CaseTies:
    """Who is tied to whom in a drawn bank."""
    ledger = CaseLedger.of(drawn.transactions, drawn.accounts, MIDNIGHT, names or {})
    return CaseTies(ledger, files_of(drawn).devices, alerted, days=28, most=10, least=1_000)


def party_of(
    drawn: Any,
    customer: int,
    as_of: pd.Timestamp,
    names: dict[int, str] | None = None,
    reasons: pd.DataFrame = NO_REASONS,
    **more: Any,
) -> CaseParty:
    """A customer of a drawn bank as the only party of a case; ``as_of`` by the bank's clock."""
    ties = ties_of(drawn, names)
    scored = Scored(
        subject_id=1,
        customer_id=customer,
        as_of=as_of,
        score=1.5,
        rank=1,
        found_by="model",
        reasons=reasons,
        without=np.zeros((2, int((reasons["rank"] > 0).sum()))),
        cut=1.0,
    )
    files = files_of(drawn, **more)
    return case_party(scored, [customer], {customer}, as_of, ties.ledger, ties, files, Sizes(30, 40))
