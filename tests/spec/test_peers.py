"""What is usual among customers alike: snapshots of the past, small groups, groups without spread."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from data.asof import Peers
from data.observe import Params
from tests.spec.ledger import Customer, Ledger, bank, indicators, observed

MONDAY = "2025-03-10"
RECEIVED = np.linspace(100, 4_000, 40)


def crowd(anna: float = 30_000, moment: str = "2025-03-04 10:00", **how: Any) -> Ledger:
    """Forty clerks, each paid a sum of their own on 20 February, and anna."""
    people = {f"clerk{n}": Customer() for n in range(len(RECEIVED))}
    lines = [("2025-02-20 12:00", f"friend {n}", f"clerk{n}", yuan) for n, yuan in enumerate(RECEIVED)]
    more = how.pop("more", [])
    return bank(*lines, *more, (moment, "source", "anna", anna), anna=Customer(**how), **people)


def deviation(value: float, others: np.ndarray) -> float:
    """The textbook: distance from the median in 1.4826 median absolute deviations."""
    centre = np.median(others)
    return float((value - centre) / (1.4826 * np.median(np.abs(others - centre))))


def test_a_deviation_is_the_robust_z_score_among_customers_of_kind_and_trade(
    observe_params: Params,
) -> None:
    seen = indicators(crowd(), "anna", MONDAY, observe_params)
    peers = np.append(RECEIVED, 30_000)  # the snapshot of this very Monday knows anna's Tuesday
    assert seen["in_peer_deviation_30d"] == pytest.approx(deviation(30_000, peers), rel=1e-5)
    assert seen["in_to_peer_upper_ratio_30d"] == pytest.approx(30_000 / np.percentile(peers, 95), rel=1e-5)


def test_between_two_snapshots_the_older_one_is_asked(observe_params: Params) -> None:
    """On Wednesday the peers are those of Monday: what they received on Tuesday is not known."""
    rich = [("2025-03-04 09:00", f"friend {n}", f"clerk{n}", 50_000) for n in range(40)]
    daily, _ = observed(crowd(more=rich), observe_params)
    ledger = crowd()
    row = daily[
        (daily["customer_id"] == ledger.customer_id["anna"])
        & (daily["as_of"] == pd.Timestamp("2025-03-05", tz="UTC"))
    ].iloc[0]
    assert row["in_peer_deviation_30d"] == pytest.approx(deviation(30_000, np.append(RECEIVED, 0)), rel=1e-5)


def test_before_the_first_snapshot_nobody_deviates(observe_params: Params) -> None:
    late = observe_params.model_copy(update={"peers_from_day": 7 * 37})
    seen = indicators(crowd(), "anna", MONDAY, late)
    assert np.isnan(seen["in_peer_deviation_30d"])


def test_a_small_group_is_judged_by_its_kind_and_a_small_kind_not_at_all(observe_params: Params) -> None:
    peers = np.append(RECEIVED, 30_000)
    alone = indicators(crowd(occupation="acrobat"), "anna", MONDAY, observe_params)
    assert alone["in_peer_deviation_30d"] == pytest.approx(deviation(30_000, peers), rel=1e-5)
    firm = indicators(crowd(kind="company"), "anna", MONDAY, observe_params)
    assert np.isnan(firm["in_peer_deviation_30d"])


def test_two_months_in_a_row_count_as_the_smaller_deviation(observe_params: Params) -> None:
    """January's deviation is taken from the snapshot that knew January."""
    january = [("2025-01-25 12:00", f"friend {n}", f"clerk{n}", yuan) for n, yuan in enumerate(RECEIVED)]
    before = ("2025-01-26 12:00", "source", "anna", 9_000)
    seen = indicators(crowd(more=[*january, before]), "anna", MONDAY, observe_params)
    # As of 8 February the snapshot of the 3rd answers; both months lie in it.
    assert seen["in_peer_deviation_60d"] == pytest.approx(
        deviation(9_000, np.append(RECEIVED, 9_000)), rel=1e-5
    )
    assert seen["in_peer_deviation_60d"] < seen["in_peer_deviation_30d"]


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("payer_peer_deviation_60d", [("12:00", f"payer {n}", "anna", 10) for n in range(20)]),
        ("cash_peer_deviation_60d", [("12:00", "cash@1", "anna", 10, "cash_deposit")]),
        ("night_peer_deviation_60d", [("23:30", "source", "anna", 10)]),
        ("overseas_peer_deviation_60d", [("12:00", "overseas aunt", "anna", 10, "wire")]),
    ],
)
def test_each_way_of_standing_apart_is_measured_in_both_months(
    name: str, lines: list[tuple[Any, ...]], observe_params: Params
) -> None:
    def apart(*days: str) -> float:
        more = []
        for day in ("2025-01-25", "2025-02-25"):  # a few clerks stray a little, all have some money
            for n in range(40):
                more.append((f"{day} 12:00", f"friend {n}", f"clerk{n}", 1_000))
            for n in range(0, 40, 8):
                more.append((f"{day} 23:30", f"other {n}", f"clerk{n}", 10))
                more.append((f"{day} 12:30", "cash@1", f"clerk{n}", 10, "cash_deposit"))
                more.append((f"{day} 12:45", "overseas aunt", f"clerk{n}", 10, "wire"))
        more += [(f"{day} {clock}", *rest) for day in days for clock, *rest in lines]
        return float(indicators(crowd(anna=1, more=more), "anna", MONDAY, observe_params)[name])

    assert apart("2025-01-25", "2025-02-25") > 5
    assert not apart("2025-02-25") > 5


@pytest.mark.parametrize(
    ("name", "share", "lines"),
    [
        ("night_peer_deviation_30d", "night_share_30d", [("2025-03-05 23:30", "source", "anna", 10_000)]),
        (
            "cash_peer_deviation_30d",
            "cash_in_share_30d",
            [("2025-03-05 12:00", "cash@1", "anna", 10_000, "cash_deposit")],
        ),
    ],
)
def test_a_share_of_one_month_is_set_against_the_peers_of_that_month(
    name: str, share: str, lines: list[tuple[Any, ...]], observe_params: Params
) -> None:
    """Each clerk has a share of another size, so that the median deviation is known."""
    more = [("2025-02-25 12:00", f"friend {n}", f"clerk{n}", 1_000) for n in range(40)]
    for n in range(40):
        more.append(("2025-02-25 23:30", f"other {n}", f"clerk{n}", 10 * n + 1))
        more.append(("2025-02-25 12:30", "cash@1", f"clerk{n}", 10 * n + 1, "cash_deposit"))
    ledger = crowd(anna=1, more=[*more, *lines])
    _, weekly = observed(ledger, observe_params)
    now = weekly[weekly["as_of"] == pd.Timestamp(MONDAY, tz="UTC")].set_index("customer_id")
    anna = now.loc[ledger.customer_id["anna"]]
    assert anna[share] > 0.5
    assert anna[name] == pytest.approx(deviation(anna[share], now[share].to_numpy(float)), rel=1e-3)


def test_where_half_of_the_group_agrees_the_mean_deviation_stands_in() -> None:
    values = np.array([[0.0] * 8 + [1.0, 3.0]])
    one = np.zeros(10, np.int64)
    peers = Peers.of(np.array([0]), {"x": values}, one, one, 5)
    found = peers.deviation("x", np.array([3.0]), peers.place(np.array([9]), np.array([5])))
    assert found[0] == pytest.approx(3 / (1.2533 * 0.4))


def test_a_group_that_wholly_agrees_says_nothing() -> None:
    one = np.zeros(6, np.int64)
    peers = Peers.of(np.array([0]), {"x": np.ones((1, 6))}, one, one, 5)
    assert np.isnan(peers.deviation("x", np.array([9.0]), peers.place(np.array([0]), np.array([5])))[0])
