"""Difficulty and probes on little worlds whose answer is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from data.results import Interval
from models.metrics import AveragePrecision
from models.results.probes import IndicatorCeilings, SingleIndicator
from models.results.truth import AmountsByKind, ChannelShare, SchemeStarts, TruthView
from models.truth import anatomy, areas, calibration, difficulty, ordinary_life
from models.truth.calibration import JudgedBank
from reports.ordinary_misses import EXPLANATIONS
from reports.world_wording import CALIBRATION
from tests.spec.evidence import evidence_of
from tests.spec.records import partial

DAY = pd.Timedelta(days=1)
SPREADS = ("amounts", "gaps", "counterparties")
START = pd.Timestamp("2025-01-06", tz="UTC").as_unit("us")


def best(
    indicators: dict[str, Any], is_positive: list[bool] | np.ndarray, paired: int = 3
) -> IndicatorCeilings:
    directed = difficulty.directed_ranks(pd.DataFrame(indicators))
    return difficulty.best_indicators(directed, np.asarray(is_positive, dtype=bool), paired)


# ------------------------------------------------------------- indicators


def test_a_perfect_indicator_has_average_precision_one() -> None:
    found = best({"perfect": [1.0, 2, 9, 8], "useless": [5.0, 5, 5, 5]}, [False, False, True, True])
    assert found.best_single == SingleIndicator(
        indicator="perfect", direction="high", average_precision=1.0, auc=1.0
    )
    assert found.base_rate == 0.5


def test_an_indicator_may_be_suspicious_when_low() -> None:
    found = best({"balance": [9.0, 8, 1, 2]}, [False, False, True, True])
    assert (found.best_single.direction, found.best_single.average_precision) == ("low", 1.0)


def test_a_useless_indicator_finds_the_base_rate() -> None:
    found = best({"useless": [5.0] * 8}, [True] + [False] * 7)
    assert found.best_single.average_precision == found.base_rate == 0.125
    assert found.best_single.auc == 0.5


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_missing_values_rank_lowest_in_both_directions(sign: float) -> None:
    ranked = areas.ranks(sign * np.array([np.nan, -7.0, 3.0]))
    assert ranked[0] < ranked[1:].min()


def test_two_indicators_that_add_up_find_more_than_either() -> None:
    rng = np.random.default_rng(1)
    one, other = rng.random(4_000), rng.random(4_000)
    found = best({"one": one, "other": other, "noise": rng.random(4_000)}, one + other > 1.8)
    assert {row.indicator for row in found.best_pair.indicators} == {"one", "other"}
    assert found.best_pair.average_precision > 0.95
    assert found.best_pair.average_precision > found.best_single.average_precision + 0.3


def test_average_precision_equals_that_of_the_metrics_with_ties() -> None:
    rng = np.random.default_rng(2)
    score, is_positive = rng.integers(0, 20, 500).astype(float), rng.random(500) < 0.1
    expected = AveragePrecision(score, is_positive)(np.ones(500))
    assert areas.average_precision(score, is_positive) == pytest.approx(expected)


def test_nothing_to_find_gives_nulls() -> None:
    for found in (best({"one": [1.0, 2]}, [False, False]), best({"one": [np.nan, np.nan]}, [True, False])):
        assert found.best_single is None and found.best_pair is None and found.singles == []
    assert best({"one": []}, []).base_rate is None


def test_the_best_indicator_of_a_typology_without_customers_is_null() -> None:
    known = difficulty.known_ranks(pd.DataFrame({"one": [1.0, 2.0]}))
    row = difficulty.best_by_typology(known, {"cycle": np.zeros(2, bool)}, np.arange(2), 1)[0]
    assert (row.subjects, row.indicator, row.auc) == (0, None, None)


def test_no_indicator_is_looked_for_where_a_typology_has_too_few_customers() -> None:
    """Of many indicators one sets any single customer apart; three weeks of one are one customer."""
    known = difficulty.known_ranks(pd.DataFrame({"one": [1.0, 2, 3, 9, 9, 9]}))
    weeks, customer = {"cycle": np.arange(6) > 2}, np.array([1, 2, 3, 4, 4, 4])
    assert difficulty.best_by_typology(known, weeks, customer, 1)[0].auc == 1
    row = difficulty.best_by_typology(known, weeks, customer, 2)[0]
    assert (row.subjects, row.indicator, row.auc) == (3, None, None)


def test_an_indicator_of_firms_alone_is_not_the_best_because_persons_lack_it() -> None:
    """Three firms, two of them at work, among persons: the firms' own figure tells nothing among firms."""
    measured = pd.DataFrame(
        {
            "of_firms": [5.0, 4.0, 5.0, np.nan, np.nan, np.nan, np.nan],
            "of_all": [7.0, 8.0, 1.0, 3.0, 7.5, 1.0, 2.0],
            "of_one": [np.nan, 9.0, np.nan, 1.0, 1.0, 1.0, 1.0],
        }
    )
    weeks = {"shell": np.array([True, True, False, False, False, False, False])}
    (row,) = difficulty.best_by_typology(difficulty.known_ranks(measured), weeks, np.arange(7), 1)
    assert (row.indicator, row.direction) == ("of_one", "high")  # known of half of its weeks
    (row,) = difficulty.best_by_typology(
        difficulty.known_ranks(measured.drop(columns="of_one")), weeks, np.arange(7), 1
    )
    assert (row.indicator, row.auc) == ("of_all", 0.9)


# ------------------------------------------------------------ unseen schemes


def moments(*rows: tuple[int, str, int, float]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["scheme_id", "typology", "customer_id", "day"]).astype(
        {"customer_id": "int64"}
    )
    return frame.assign(at=START + frame.pop("day").astype(float) * DAY)


def hits(*rows: tuple[int, float]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["customer_id", "day"]).astype({"customer_id": "int64"})
    return pd.DataFrame(
        {"customer_id": frame["customer_id"], "hit_at": START + frame["day"].astype(float) * DAY}
    )


def test_a_scheme_is_unseen_when_no_hit_follows_a_members_payment() -> None:
    took_part = moments((1, "cycle", 10, 20), (2, "cycle", 11, 20), (3, "fan_in", 12, 20))
    # Of customer 10 right after, of 11 too late, of 12 before the payment.
    found = difficulty.rule_invisible(took_part, hits((10, 21), (11, 60), (12, 19)), days=28, least=1)
    counts = {row.typology: (row.schemes, row.unseen) for row in found}
    assert counts == {"all": (3, 2), "cycle": (2, 1), "fan_in": (1, 1)}


def test_a_scheme_that_ended_before_the_rules_looked_does_not_count() -> None:
    took_part = moments((1, "cycle", 10, 2), (2, "cycle", 11, 20))
    found = difficulty.rule_invisible(took_part, hits((99, 10)), days=28, least=1)
    assert [row.schemes for row in found] == [1, 1]


def test_without_schemes_there_are_no_rows() -> None:
    assert difficulty.rule_invisible(moments(), hits((10, 1)), days=28, least=1) == []


def test_a_typology_of_too_few_schemes_is_counted_without_a_share() -> None:
    took_part = moments((1, "cycle", 11, 20), (2, "cycle", 12, 20), (3, "stack", 13, 20))
    found = {
        row.typology: row for row in difficulty.rule_invisible(took_part, hits((99, 10)), days=28, least=2)
    }
    assert found["cycle"].share.value == 1
    assert (found["stack"].schemes, found["stack"].unseen) == (1, 1)
    assert found["stack"].share == Interval()


# -------------------------------------------------------------- calibration


def small_bank(payments: list[tuple[float, int, int, int]], illicit: list[int]) -> JudgedBank:
    """Payments are (day, payer, payee, cents) between customers 1 to 3 and the outside 9."""
    frame = pd.DataFrame(payments, columns=["day", "payer_account_id", "payee_account_id", "amount_cents"])
    frame = frame.astype({"payer_account_id": "int64", "payee_account_id": "int64", "amount_cents": "int64"})
    size = len(frame)
    transactions = frame.assign(
        transaction_id=np.arange(1, size + 1),
        at=START + frame.pop("day").astype(float) * DAY,
        channel=pd.Categorical(["transfer"] * size),
        purpose=pd.Categorical(["unstated"] * size),
        city=pd.array([pd.NA] * size, dtype="Int16"),
        payer_balance_cents=pd.array([pd.NA] * size, dtype="Int64"),
        payee_balance_cents=pd.array([pd.NA] * size, dtype="Int64"),
    )
    customers = pd.DataFrame(
        {
            "customer_id": [1, 2, 3],
            "kind": ["person", "person", "company"],
            "joined_at": [START] * 3,
        }
    )
    accounts = pd.DataFrame(
        {
            "account_id": [1, 2, 3, 9],
            "customer_id": pd.array([1, 2, 3, pd.NA], dtype="Int64"),
            "holder": ["person"] * 4,
        }
    )
    truth = pd.DataFrame({"transaction_id": illicit, "is_illicit": True}).astype({"transaction_id": "int64"})
    return JudgedBank.of(
        customers,
        accounts,
        transactions,
        truth,
        pd.DataFrame({"customer_id": [1], "is_illicit": [True]})[: len(illicit)],
        pd.DataFrame({"starts_at": [START], "ends_at": [START + 14 * DAY]}),
    )


def test_the_life_of_payments_is_measured_as_one_counts_by_hand() -> None:
    bank = small_bank(
        [(0.0, 1, 9, 10_000), (0.5, 1, 2, 20_000), (2.0, 1, 9, 90_000), (8.0, 9, 2, 30_000)], [2]
    )
    life = calibration.payment_life(bank)
    # Gaps: customer 1 after 12 and 36 hours, customer 2 after 180.
    assert life["gap_median_hours"] == 36
    assert life["gap_p90_hours"] == pytest.approx(36 + 0.8 * (180 - 36))
    # Five ends of payments in 14 days of three customers.
    assert life["payments_per_customer_month"] == pytest.approx(5 / 3 / (14 / 30.4))
    assert life["illicit_customers_per_year"] == pytest.approx(1 / 3 / (14 / 365))
    assert life["amount_median_cny"] == 250
    assert life["illicit_transaction_share"] == 0.25
    assert bank.counterparties.tolist() == [2, 2, 0]
    weeks = calibration.weekly_volume(bank)
    assert [(row.starts_at, row.licit, row.illicit) for row in weeks] == [
        ("2025-01-06", 2, 1),
        ("2025-01-13", 1, 0),
    ]


def test_figures_are_taken_apart_by_kind_of_customer() -> None:
    bank = small_bank(
        [(0.0, 1, 9, 10_000), (0.5, 1, 2, 20_000), (2.0, 1, 9, 90_000), (8.0, 9, 2, 30_000)], [2]
    )
    person, company = anatomy.segments(bank)
    assert (person.kind, person.customers, person.amount_median) == ("person", 2, 200.0)
    assert (person.gap_median_hours, person.counterparties_median) == (36.0, 2.0)
    assert (company.customers, company.payments_per_month, company.amount_median) == (1, 0.0, None)
    assert anatomy.channels(bank) == [ChannelShare(channel="transfer", share=1.0, median=250.0, p90=720.0)]
    assert anatomy.amounts_by_kind(bank) == AmountsByKind(licit=300.0, look_alike=None, illicit=200.0)


def test_starts_are_counted_by_blocks_of_four_weeks() -> None:
    schemes = pd.DataFrame(
        {
            "scheme_id": [1, 1, 2, 3, 4],
            "typology": ["cycle", "cycle", "cycle", "fan_in", "fan_in"],
            "is_illicit": [True, True, True, True, False],
            "starts_at": [START, START, START + 28 * DAY, START + 57 * DAY, START],
        }
    )
    found = anatomy.scheme_starts(schemes, START)
    assert found.starts_at == ["2025-01-06", "2025-02-03", "2025-03-03"]
    assert found.typologies == {"cycle": [1, 1, 0], "fan_in": [0, 0, 1]}
    assert anatomy.scheme_starts(schemes[:0], START) == SchemeStarts(starts_at=[], typologies={})


@pytest.mark.parametrize(("double", "shared"), [([1.0, 10], 1.0), ([1.0, 1], 0.5), ([100.0], 0.0)])
def test_the_shared_area_of_two_distributions(double: list[float], shared: float) -> None:
    groups = {"illicit": np.array([1.0, 10.0]), "look_alike": np.array(double)}
    found = calibration.overlaps(dict.fromkeys(SPREADS, calibration.histogram(groups, 1)))
    assert found["amount_overlap"] == pytest.approx(shared)
    empty = calibration.overlaps(dict.fromkeys(SPREADS, calibration.histogram({}, 1)))
    assert np.isnan(empty["gap_overlap"])


def test_payments_outside_the_shape_are_a_share_of_the_illicit_ones() -> None:
    truth = pd.DataFrame(
        {
            "transaction_id": [1, 2, 2, 3, 4],
            "is_illicit": [True, True, True, True, False],
            "is_patterned": [True, False, True, False, False],
        }
    )
    # Payment 2 is part of one scheme's shape and spends the proceeds of another.
    assert calibration.patternless_share(truth) == pytest.approx(1 / 3)
    assert np.isnan(calibration.patternless_share(truth[4:]))


def test_every_target_can_be_explained_and_named_in_both_languages() -> None:
    assert set(EXPLANATIONS) == set(calibration.Targets.model_fields) == set(CALIBRATION)


SHARE = {"value": 0.5, "low": 0.3, "high": 0.7}
HISTOGRAM = calibration.histogram({"illicit": np.array([1.0, 50.0]), "look_alike": np.array([2.0, 3.0])}, 1)
EXPLAINING = {
    "world": {"illicit_transactions": 40, "illicit_customers_in_test": 9},
    "anatomy": {
        "segments": [
            {
                "kind": "person",
                "customers": 90,
                "payments_per_month": 12.5,
                "amount_median": 190.0,
                "amount_p90": 3_600.0,
                "gap_median_hours": 29.0,
                "counterparties_median": 44.0,
                "counterparties_p99": 404.0,
            }
        ],
        "channels": [{"channel": "qr", "share": 0.35, "median": 190.0, "p90": 2_000.0}],
        "amounts_by_kind": {"licit": 300.0, "look_alike": 250.0, "illicit": 450.0},
        "alerts": 50,
        "alerts_by_rule": [{"rule_id": "R12", "alerts": 30}],
        "schemes": 6,
        "look_alikes": 60,
    },
    "rule_table": [{"rule_id": "R12", "alerts": 30, "true": 15, "precision": SHARE}],
    "difficulty": {
        "rule_invisible": [{"typology": "cycle", "schemes": 4, "unseen": 2, "share": SHARE}],
    },
    "distributions": dict.fromkeys(SPREADS, HISTOGRAM),
}


@pytest.mark.parametrize(
    ("name", "figure"),
    [
        ("amount_median_cny", "¥190"),
        ("amount_p90_cny", "¥3,600"),
        ("payments_per_customer_month", "12.5"),
        ("gap_median_hours", "29"),
        ("gap_p90_hours", "12.5"),
        ("counterparties_median", "44"),
        ("counterparties_p99", "404"),
        ("rule_alerts_per_thousand_customers_month", "R12 60%"),
        ("rule_precision", "15/30"),
        ("rule_recall", "2/4"),
        ("illicit_customers_per_year", "90"),
        ("illicit_transaction_share", "40"),
        ("patternless_illicit_share", "40"),
        ("amount_overlap", "50.0%"),
        ("gap_overlap", "50.0%"),
        ("counterparties_overlap", "50.0%"),
    ],
)
def test_a_miss_is_explained_with_the_numbers_of_the_run(name: str, figure: str) -> None:
    evidence = evidence_of(truth=partial(TruthView, **EXPLAINING))
    for words in EXPLANATIONS[name](evidence):
        assert figure in words


def test_shares_of_a_histogram_sum_to_one_by_group() -> None:
    found = calibration.histogram({"licit": np.array([1.0, 10, 99]), "illicit": np.array([1_000.0])}, 1)
    assert found.edges == [1, 10, 100, 1_000, 10_000]
    assert found.shares == {"licit": [0.3333, 0.6667, 0.0, 0.0], "illicit": [0.0, 0.0, 0.0, 1.0]}


def test_an_empty_bank_gives_nulls_and_empty_lists() -> None:
    bank = small_bank([], [])
    life = calibration.payment_life(bank)
    counted = {"payments_per_customer_month", "illicit_customers_per_year"}
    assert {name for name, value in life.items() if not np.isnan(value)} == counted
    assert [life[name] for name in counted] == [0, 0]
    assert calibration.weekly_volume(bank) == []
    assert calibration.histograms(bank, per_decade=4)["amounts"].edges == []


def test_ordinary_life_of_an_empty_bank_is_unknown_and_of_a_small_one_counted() -> None:
    nothing = ordinary_life.life_figures(small_bank([], []))
    assert {name for name, value in nothing.items() if not np.isnan(value)} == {
        *("main_events_month", "second_events_month", "person_transfers_month")
    }
    # Two transfers to the person outside, one from there, none with a remark; the outsider came thrice.
    found = ordinary_life.life_figures(small_bank([(0, 1, 9, 100), (1, 1, 9, 300), (2, 9, 2, 800)], []))
    assert found["person_transfer_median_cny"] == 3
    assert found["person_transfer_mean_cny"] == 4
    assert found["empty_remark_share"] == 1
    assert found["outsider_met_once_share"] == 0
    assert np.isnan(found["purchase_median_cny"])


def test_shops_of_one_size_are_equal_and_one_that_has_all_is_not() -> None:
    assert ordinary_life.gini(np.array([5, 5, 5])) == 0
    assert ordinary_life.gini(np.array([1, 1, 98])) == pytest.approx(0.647, abs=0.001)


def test_a_target_is_hit_missed_or_not_measured() -> None:
    target = {"low": 0.1, "high": 0.2, "mark": "D", "source": "no source"}
    targets = calibration.Targets.model_validate(dict.fromkeys(calibration.Targets.model_fields, target))
    measured = dict.fromkeys(calibration.Targets.model_fields, float("nan"))
    rows = calibration.target_rows(measured | {"rule_recall": 0.2, "rule_precision": 0.21}, targets)
    found = {row.name: row.is_hit for row in rows}
    assert (found["rule_recall"], found["rule_precision"], found["declined_share"]) == (True, False, None)


def test_rules_are_measured_by_their_alerts() -> None:
    illicit = moments((1, "cycle", 10, 20), (2, "cycle", 11, 20), (3, "cycle", 12, 1))
    alerts = hits((10, 21), (10, 25), (99, 10), (11, 60)).rename(columns={"hit_at": "alerted_at"})
    found = calibration.rule_performance(alerts, illicit, days=28, months=2.0, customers=1_000)
    # Customer 12 was illicit before the first alert of all: nobody looked yet.
    assert found["rule_recall"] == 0.5
    assert found["rule_precision"] == 0.5
    assert found["rule_alerts_per_thousand_customers_month"] == 2


def test_a_source_that_knows_no_declined_payments_says_nothing() -> None:
    assert np.isnan(calibration.declined_share(None, 10))
    assert calibration.declined_share(10, 90) == 0.1
