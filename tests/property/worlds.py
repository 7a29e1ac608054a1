"""Random little banks, and all model inputs of a bank built in memory by the stages themselves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import strategies as st

import pipeline
from data import observe, schema
from data.world.calendar import Span
from features import build
from features import schema as features_schema
from tests.spec.ledger import Customer, Ledger, bank

AS_OF = pd.Timestamp("2025-03-10")  # a Monday, the third weekly moment of the drawn calendar
PEOPLE = {
    "anna": Customer(income=8_000, household=1),
    "ben": Customer(income=None, household=1),
    "carl": Customer(income=3_000, household=2, joined="2025-02-20"),
    "dora": Customer("micro_business", income=50_000),
}
# Ben's phone goes to carl; dora's tablet is ben's as well for a while.
DEVICES = [
    ("ben", "phone", "2021-01-01", "2025-03-01"),
    ("carl", "phone", "2025-03-01"),
    ("dora", "tablet", "2021-01-01"),
    ("ben", "tablet", "2025-02-20", "2025-03-12"),
]
REPORTS = [("carl", pd.Timestamp("2025-03-04 12:00"))]  # known from then on
OUTSIDE = ["eve", "finn", "firm one", "firm two", "shop one", "utility one"]
OUTSIDE += ["overseas aunt", "lender bank", "insurer life", "exchange one"]
DESKS = ["cash@1", "cash@2"]
# One payment of each kind long ago, so that no data set lacks cash, balances or hours.
ONCE = (
    ("2024-07-02 10:00", "cash@1", "anna", 500, "cash_deposit"),
    ("2024-07-03 11:30", "anna", "shop one", 20, "qr", "shopping"),
)

HOURS = st.sampled_from(
    [0, 1, 2, 5, 23, 24, 25, 48, 70, 167, 168, 169, 240, 300, 671, 672, 720, 1_000, 2_160, 4_400]
)
MICROS = st.sampled_from([0, 0, 0, 1, -1, 1_800_000_000])
YUAN = st.sampled_from([1, 10, 88, 199.99, 500, 950, 1_000, 1_000, 4_000, 20_000, 31_000, 45_000, 50_000])


@st.composite
def payment(draw: st.DrawFn, at: st.SearchStrategy[pd.Timestamp]) -> tuple[Any, ...]:
    """One line of a ledger; at least one end is a customer."""
    moment, yuan = draw(at), draw(YUAN)
    who = draw(st.sampled_from(sorted(PEOPLE)))
    kind = draw(
        st.sampled_from(["transfer", "transfer", "transfer", "transfer", "deposit", "withdrawal", "qr"])
    )
    if kind == "deposit":
        return (moment, draw(st.sampled_from(DESKS)), who, yuan, "cash_deposit")
    if kind == "withdrawal":
        return (moment, who, draw(st.sampled_from(DESKS)), yuan, "cash_withdrawal")
    if kind == "qr":
        return (moment, who, "shop one", yuan, "qr", "shopping")
    other = draw(
        st.sampled_from([name for name in [*sorted(PEOPLE), "anna/savings", *OUTSIDE] if name != who])
    )
    purpose = draw(st.sampled_from(["unstated", "unstated", "payroll", "family"]))
    payer, payee = (who, other) if draw(st.booleans()) else (other, who)
    return (moment, payer, payee, yuan, "transfer", purpose)


def _before(hours: int, micros: int) -> pd.Timestamp:
    moment = AS_OF - pd.Timedelta(hours=hours) + pd.Timedelta(microseconds=micros)
    return min(moment, AS_OF - pd.Timedelta(microseconds=1))


def _from_then_on(hours: int, micros: int) -> pd.Timestamp:
    return max(AS_OF + pd.Timedelta(hours=hours) + pd.Timedelta(microseconds=micros), AS_OF)


BEFORE = st.builds(_before, HOURS, MICROS)
FROM_THEN_ON = st.builds(_from_then_on, HOURS.filter(lambda hours: hours < 700), MICROS)
PAST = st.lists(payment(BEFORE), min_size=1, max_size=25)
FUTURE = st.lists(payment(FROM_THEN_ON), max_size=8)


def tags(*changes: tuple[str, str, pd.Timestamp]) -> pd.DataFrame:
    """ProfileTags: everybody is a worker from the start; (who, occupation, moment) changes it."""
    rows = []
    for number, name in enumerate(PEOPLE):
        history = [("worker", pd.Timestamp("2020-01-01")), ("clerk", pd.Timestamp("2025-02-26"))][
            : 1 + number % 2
        ]
        history += [(value, moment) for who, value, moment in changes if who == name]
        history.sort(key=lambda entry: entry[1])
        ends = [moment for _, moment in history[1:]] + [pd.NaT]
        for (value, start), end in zip(history, ends, strict=True):
            rows.append((100 + number, "occupation", value, start, end))
        rows.append((100 + number, "income_band", "2", pd.Timestamp("2020-01-01"), pd.NaT))
    table = pd.DataFrame(rows, columns=["customer_id", "tag", "value", "valid_from", "valid_to"])
    for column in ("valid_from", "valid_to"):
        table[column] = pd.to_datetime(table[column], utc=True).astype("datetime64[us, UTC]")
    return table


def dispositions(*reports: tuple[str, pd.Timestamp]) -> pd.DataFrame:
    """Dispositions: a report on (who, when it was known) each."""
    who = [100 + list(PEOPLE).index(name) for name, _ in reports]
    known_at = pd.to_datetime([moment for _, moment in reports], utc=True).as_unit("us")
    return pd.DataFrame({"customer_id": np.array(who, np.int64), "outcome": "reported", "known_at": known_at})


def drawn_bank(lines: list[tuple[Any, ...]]) -> Ledger:
    """A bank in which everybody of this module exists, whether a line names them or not."""
    span = Span(warm_up_weeks=34, train_weeks=3, embargo_weeks=0, validation_weeks=1, test_weeks=1)
    return bank(*ONCE, *lines, span=span, also=["anna/savings", *OUTSIDE, *DESKS], devices=DEVICES, **PEOPLE)


@dataclass(frozen=True)
class Inputs:
    """Every table that a rule or a model may look at."""

    daily: pd.DataFrame
    weekly: pd.DataFrame
    subjects: pd.DataFrame
    matrix: pd.DataFrame
    line: pd.DataFrame
    nodes: pd.DataFrame
    edges: pd.DataFrame
    slices: pd.DataFrame


def model_inputs(
    ledger: Ledger, profile_tags: pd.DataFrame, reports: Iterable[tuple[str, pd.Timestamp]] = ()
) -> Inputs:
    """Run observe, and then the build stage's own ``main`` on tables in memory."""
    daily, weekly = observe.observe(
        ledger.transactions,
        ledger.accounts,
        ledger.customers,
        ledger.devices,
        ledger.periods,
        frozenset(schema.OFFERS),
        pipeline.params("observe", observe.Params),
    )
    tables = {
        schema.Customers: ledger.customers,
        schema.Transactions: ledger.transactions,
        schema.WeeklyIndicators: weekly,
        schema.Accounts: ledger.accounts,
        schema.Periods: ledger.periods,
        schema.ProfileTags: profile_tags,
        schema.Devices: ledger.devices,
        schema.Dispositions: dispositions(*REPORTS, *reports),
    }
    written: dict[type[pipeline.Table], pd.DataFrame] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "read", lambda table, columns=None: tables[table].copy())
        patch.setattr(pipeline, "write", lambda table, frame: written.update({table: frame}))
        patch.setattr(pipeline, "set_aside", lambda rows, what, reason: None)
        build.main()
    return Inputs(
        daily,
        weekly,
        written[features_schema.Subjects],
        written[features_schema.FeatureMatrix],
        written[features_schema.Sequences],
        written[features_schema.GraphNodes],
        written[features_schema.GraphEdges],
        written[features_schema.GraphSlices],
    )
