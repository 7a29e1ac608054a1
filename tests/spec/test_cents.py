"""Money keeps its cents from the ledger through indicators and rules to the hit."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from data import schema
from data.alert import rule_hits
from data.indicators import INDICATORS, indicator
from data.observe import Params
from data.rules.rulebook import Rulebook
from tests.spec.ledger import Customer, Ledger, bank, fires, observed

EXACT_IN_FLOAT32 = 2**24  # cents: above it odd ones are lost there


def received(cents: int) -> Ledger:
    """A firm is paid once."""
    return bank(("2025-03-03 10:00", "firm one", "acme", cents / 100), acme="company")


@pytest.mark.parametrize(
    "cents", [1, EXACT_IN_FLOAT32 + 1, 25_000_001, 49_999_999, 123_456_789, 9_876_543_211, 10**15 + 1]
)
def test_a_hit_keeps_the_cents_of_its_money(cents: int, observe_params: Params, book: Rulebook) -> None:
    daily, _ = observed(received(cents), observe_params)
    plain = book.rules[0].model_copy(
        update={"predicate": "in_amount_7d > 0", "parameters": {}, "amount": "in_amount_7d"}
    )
    only = book.model_copy(update={"rules": [plain], "negative_rules": []})
    kinds = pd.DataFrame({"customer_id": daily["customer_id"].unique(), "kind": "company"})
    assert rule_hits(daily, kinds, only)[0]["amount_cents"].tolist() == [cents]


def firm_pays_persons(total_cents: int) -> Ledger:
    """Ten transfers of a firm to five persons; the last one makes up the total."""
    each = total_cents // 10
    sums = [each] * 9 + [total_cents - 9 * each]
    lines = [
        (f"2025-03-0{3 + n % 3} 10:{n:02}", "acme", f"person {n % 5}", cents / 100)
        for n, cents in enumerate(sums)
    ]
    return bank(*lines, acme="company")


def firm_pays_abroad(total_cents: int) -> Ledger:
    """Four wires of a firm into a jurisdiction of higher risk."""
    wires = [(f"2025-03-0{day} 10:00", "acme", "overseas shop", 100_000, "wire") for day in (2, 3, 4)]
    wires.append(("2025-03-05 10:00", "acme", "overseas shop", total_cents / 100 - 300_000, "wire"))
    return bank(*wires, country={"overseas shop": "XA"}, acme="company")


def young_firm_pays_out(total_cents: int) -> Ledger:
    """A firm of some months is paid, and pays nearly all of it to a person."""
    acme = Customer("company", founded="2024-12-01", capital=500_000)
    lines = [
        ("2025-03-03 10:00", "firm one", "acme", total_cents / 100),
        ("2025-03-04 10:00", "acme", "eve", 250_000),
    ]
    return bank(*lines, acme=acme)


@pytest.mark.parametrize(
    ("rule_id", "drawn", "line_cents"),
    [
        ("R15", firm_pays_persons, 200_000_000),
        ("R22", firm_pays_abroad, 50_000_000),
        ("R24", young_firm_pays_out, 100_000_000),
    ],
)
def test_a_cent_below_the_line_is_below_the_line(
    rule_id: str, drawn, line_cents: int, observe_params: Params, book: Rulebook
) -> None:
    assert fires(drawn(line_cents), rule_id, "acme", observe_params, book)
    assert not fires(drawn(line_cents - 1), rule_id, "acme", observe_params, book)


def test_daily_money_is_exact_to_the_cent_and_the_models_columns_stay_narrow(observe_params: Params) -> None:
    daily, weekly = observed(received(25_000_001), observe_params)
    for name, entry in INDICATORS.items():
        assert daily[name].dtype == (np.float64 if entry.unit == "CNY" else np.float32), name
        assert weekly[name].dtype == np.float32, name
    for table, frame in ((schema.DailyIndicators, daily), (schema.WeeklyIndicators, weekly)):
        written = table.validate(frame)
        assert written.dtypes.to_dict() == frame.dtypes.to_dict()


@pytest.mark.parametrize("name", ["spent_amount_30d", "earned_amount", "flow_before_closing_30d"])
def test_names_of_money_are_told_from_names_of_shares_of_it(name: str) -> None:
    assert re.match(schema.MONEY_INDICATORS, name)
    assert not re.match(
        schema.MONEY_INDICATORS, name.replace("amount", "amount_share").replace("flow", "ebb")
    )


@pytest.mark.parametrize(("name", "unit"), [("spent_yuan_30d", "CNY"), ("spent_amount_30d", "count")])
def test_an_indicator_whose_name_and_unit_disagree_on_money_is_refused(name: str, unit: str) -> None:
    def measure(past: object) -> np.ndarray:
        """Something measured."""
        return np.zeros(1)

    measure.__name__ = name
    with pytest.raises(ValueError, match=f"{name}: expected a name that tells money"):
        indicator("量", unit, "cash", "assumption")(measure)
