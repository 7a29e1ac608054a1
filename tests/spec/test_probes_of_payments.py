"""The probes of single payments: each finds what was planted, and nothing in clean data."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data.asof import happened_within
from models.budget import Budget
from models.results.probes import CellLookup, OrganiserOracle, PlannedCells, SinglePayments
from models.truth.probes import cells, organisers, planned
from models.truth.probes.columns import digits, payments_before
from models.truth.probes.sample import Sample, balanced
from models.truth.probes.strata import place
from tests.spec.little_life import DAY, PROBE, START, TEST, World, little_life

DRAWS = 50
BUDGET = Budget(alerts_per_thousand_customers_week=25, suppress_days=28, label_window_days=28)


def sample_of(world: World) -> Sample | None:
    return Sample.of(world.ground(), world.periods, PROBE, np.random.default_rng(1))


def on_plans(world: World) -> SinglePayments:
    return planned.single_payments(sample_of(world), PROBE, DRAWS, seed=1)


# ------------------------------------------------------- planned and illicit


def test_nothing_gives_the_plans_of_the_clean_world_away() -> None:
    found = on_plans(little_life())
    for name in ("planned", "illicit"):
        for how in ("within", "without"):
            assert 0.38 < getattr(getattr(found, name), how).auc.value < 0.62, (name, how)
            assert getattr(getattr(found, name), how).lift.low < 2
    assert found.without_life_share < 0.05


def test_plans_that_pay_at_night_are_found() -> None:
    world = little_life()
    night = world.transactions["at"].dt.floor("D") + pd.Timedelta(hours=3)
    found = on_plans(world.paying(at=world.transactions["at"].mask(world.planned, night)))
    for how in ("within", "without"):
        assert getattr(found.planned, how).auc.low > 0.85
        assert getattr(found.planned, how).columns[0].column == "hour"
    assert found.strata[0].auc > 0.85


def test_schemes_that_pay_at_night_are_told_from_all_others() -> None:
    world = little_life()
    night = world.transactions["at"].dt.floor("D") + pd.Timedelta(hours=3)
    found = on_plans(world.paying(at=world.transactions["at"].mask(world.illicit, night)))
    assert found.illicit.within.auc.low > 0.85
    assert found.illicit.within.lift.low > 5


def test_larger_sums_alone_tell_nothing_within_strata_of_like_sums() -> None:
    """A tenth of life is as large as all plans are."""
    world, rng = little_life(), np.random.default_rng(3)
    large = world.planned | (rng.random(len(world.transactions)) < 0.1)
    cents = world.transactions["amount_cents"]
    found = on_plans(world.paying(amount_cents=cents.mask(large, cents * 1_000)))
    assert found.planned.without.auc.low > 0.75
    assert found.planned.within.auc.value < 0.62


def test_plans_on_a_channel_that_life_does_not_use_are_without_life() -> None:
    world = little_life()
    channel = world.transactions["channel"].astype(str).mask(world.planned, "wire").astype("category")
    found = on_plans(world.paying(channel=channel))
    assert found.without_life_share == 1
    assert found.planned.within.auc.value is None  # nothing to compare with
    assert found.planned.without.auc.value == 1


def test_pairs_that_never_met_are_found() -> None:
    """Shoppers return to a few shops; only plans go where nobody was."""
    world = little_life()
    table = world.transactions
    usual = pd.Series(401 + table["payer_account_id"].to_numpy() % 40)
    found = on_plans(world.paying(payee_account_id=table["payee_account_id"].where(world.planned, usual)))
    assert found.planned.within.auc.low > 0.6


def test_no_scheme_is_learnt_from_and_judged() -> None:
    world = little_life()
    # Every plan works all the time.
    truth = world.truth.assign(scheme_id=np.arange(len(world.truth)) % 20)
    sample = sample_of(replace(world, truth=truth))
    assert sample is not None
    scheme = sample.ground.scheme[sample.rows]
    taught, judged = (np.unique(scheme[mine & (scheme >= 0)]) for mine in (sample.learns, ~sample.learns))
    assert len(taught) and len(judged) and not len(np.intersect1d(taught, judged))


def test_a_sample_stands_for_all_of_life() -> None:
    world = little_life()
    sample = sample_of(world)
    assert sample is not None
    at, life = world.transactions["at"], ~world.planned
    for learns, chosen in ((True, at < START + 84 * DAY), (False, at >= START + TEST * DAY)):
        mine = (sample.learns == learns) & (sample.kind == 0)
        assert sample.weight[mine].sum() == pytest.approx((life & chosen).sum())
        assert mine.sum() < (life & chosen).sum()


@pytest.mark.parametrize("without", ["plans", "test", "payments", "late plans"])
def test_payment_probes_without_anything_to_compare_answer_null(without: str) -> None:
    world = little_life()
    if without == "plans":
        world = replace(world, truth=world.truth[:0], schemes=world.schemes[:0])
    elif without == "test":
        world = replace(world, periods=world.periods[world.periods["name"] != "test"])
    elif without == "payments":
        world = replace(world, truth=world.truth[:0], transactions=world.transactions[:0])
    else:
        early = world.transactions["transaction_id"][world.transactions["at"] < START + TEST * DAY]
        world = replace(world, truth=world.truth[world.truth["transaction_id"].isin(early)])
    found = on_plans(world)
    assert found.planned.within.auc.value is None
    assert found.without_life_share is None
    assert planned.digits_alone(sample_of(world), PROBE, DRAWS, seed=1).auc.value is None


def test_foreign_payments_without_words_or_balances_are_compared_all_the_same() -> None:
    world, size = little_life(), len(little_life().transactions)
    blank = world.paying(
        purpose=pd.Categorical([None] * size, categories=["unstated"]),
        payer_balance_cents=pd.array([pd.NA] * size, dtype="Int64"),
    )
    blank = replace(
        blank,
        accounts=world.accounts.assign(country=None),
        customers=world.customers.assign(
            city=pd.array([pd.NA] * len(world.customers), dtype="Int16"),
            monthly_income_cents=pd.array([pd.NA] * len(world.customers), dtype="Int64"),
        ),
    )
    assert 0.38 < on_plans(blank).planned.within.auc.value < 0.62


# ------------------------------------------------------------------ strata


def placed(score: list[float], positive: list[int], stratum: list[int]) -> Any:
    size = len(score)
    return place(
        np.array(score, float),
        np.array(positive, bool),
        np.ones(size),
        np.array(stratum),
        np.arange(size),
        np.ones(size, bool),
    )


def test_a_positive_is_placed_among_its_own_stratum_only() -> None:
    found = placed([5, 1, 2, 9, 50, 60], [1, 0, 0, 0, 1, 0], [0, 0, 0, 0, 1, 1])
    assert found.below.tolist() == pytest.approx([2 / 3, 0])
    assert found.beyond.tolist() == pytest.approx([(1 + 1) / 4, 1])
    assert found.base_rate == pytest.approx(2 / 6)


def test_ties_count_half_and_strata_without_others_not_at_all() -> None:
    found = placed([5, 5, 5, 1], [1, 0, 1, 0], [0, 0, 7, 0])
    assert found.below.tolist() == [0.75]


def test_the_lift_of_chance_is_one_however_small_the_strata() -> None:
    rng = np.random.default_rng(2)
    size = 40_000
    stratum, positive = rng.integers(0, 2_000, size), rng.random(size) < 0.02
    found = place(
        rng.random(size), positive, np.ones(size), stratum, rng.integers(0, 60, size), np.ones(size, bool)
    )
    assert found.lift(DRAWS, rng).value == pytest.approx(1, abs=0.3)


def test_the_lift_of_a_perfect_score_is_the_base_rate_turned_over() -> None:
    size = 20_000
    positive = np.arange(size) % 100 == 0
    found = place(
        positive.astype(float), positive, np.ones(size), np.zeros(size), np.arange(size), np.ones(size, bool)
    )
    assert found.auc(DRAWS, np.random.default_rng(1)).value == 1
    assert found.lift(DRAWS, np.random.default_rng(1)).value == pytest.approx(100, rel=0.1)


def test_weights_leave_nothing_to_learn_from_how_common_a_stratum_is() -> None:
    is_positive, stratum = np.array([1, 1, 0, 0, 0, 0], bool), np.array([0, 1, 0, 1, 1, 2])
    mass = balanced(is_positive, np.array([1, 1, 7, 3, 3, 90.0]), stratum)
    assert mass.tolist() == [1, 1, 4, 2, 2, 0]


# ------------------------------------------------------------------ digits


def test_digits_of_the_clean_world_tell_nothing() -> None:
    found = planned.digits_alone(sample_of(little_life()), PROBE, DRAWS, seed=1)
    assert 0.38 < found.auc.value < 0.62
    assert 0.38 < found.sized.value < 0.62


def test_round_sums_of_plans_are_found_in_their_channel_and_purpose() -> None:
    world = little_life()
    cents, mine = world.transactions["amount_cents"], world.planned
    found = planned.digits_alone(
        sample_of(world.paying(amount_cents=cents.mask(mine, cents // 1_000 * 1_000 + 1_000))),
        PROBE,
        DRAWS,
        seed=1,
    )
    assert found.auc.low > 0.85 and found.sized.low > 0.85
    assert found.groups[0].auc > 0.85


def test_digits_of_a_sum_are_read_off() -> None:
    rows = digits(np.array([8_800, 123_456, 500_000, 52_000]))
    assert rows["round_to"].tolist() == [1, 0, 4, 2]
    assert rows["last_two_digits"].tolist() == [88, 34, 0, 20]
    assert rows["is_lucky"].tolist() == [True, False, False, True]
    assert rows["sixes_eights_share"].tolist() == [1, 0, 0, 0]
    assert rows["fours"].tolist() == [0, 1, 0, 0]


def test_meetings_are_counted_up_to_the_payment_itself() -> None:
    world = little_life()
    ground, table = world.ground(), world.transactions
    rows = np.array([100, 5_000, 19_999])
    counted = payments_before(ground.payer[rows], ground.payee[rows], ground, rows)
    for row, count in zip(rows, counted, strict=True):
        earlier = table[:row]
        same = (earlier["payer_account_id"] == table["payer_account_id"][row]) & (
            earlier["payee_account_id"] == table["payee_account_id"][row]
        )
        assert count == same.sum()


# ------------------------------------------------------------------- cells


def strange(world: World) -> World:
    """Plans state a purpose that nobody else does."""
    words = world.transactions["purpose"].where(~world.illicit, "donation")
    return world.paying(purpose=words)


def looked_up(world: World) -> CellLookup:
    weeks = [START + (TEST + 7 * week) * DAY for week in range(6)]
    everyone = world.customers["customer_id"].to_numpy()
    subjects = pd.DataFrame(
        {"customer_id": np.tile(everyone, len(weeks)), "as_of": np.repeat(weeks, len(everyone))}
    )
    illicit = world.moments()
    truth = happened_within(illicit, subjects["customer_id"], subjects["as_of"], BUDGET.label_window_days)
    return cells.lookup(world.ground(), subjects, truth, illicit, world.periods, BUDGET, DRAWS, seed=1)


def test_no_cell_of_the_clean_world_is_mostly_planned() -> None:
    world = little_life()
    assert cells.mostly_planned(world.ground(), PROBE) == PlannedCells(count=0, payments=0, worst=[])
    found = looked_up(world)
    assert found.recall.value < 0.25
    assert found.over_base.value < 2


def test_a_word_that_only_plans_use_is_named_and_looked_up() -> None:
    world = strange(little_life())
    found = cells.mostly_planned(world.ground(), PROBE)
    assert found.count >= 1
    assert "donation" in found.worst[0].cell_en
    assert found.worst[0].payments == found.worst[0].planned == found.worst[0].illicit
    ranked = looked_up(world)
    assert ranked.recall.low > 0.7
    assert ranked.over_base.low > 3


def test_a_cell_of_few_payments_does_not_count() -> None:
    world = little_life()
    words = world.transactions["purpose"].copy()
    words[np.flatnonzero(world.illicit)[:10]] = "donation"
    assert cells.mostly_planned(world.paying(purpose=words).ground(), PROBE).count == 0


def test_payments_abroad_are_another_cell() -> None:
    world = little_life()
    accounts = world.accounts.assign(
        country=world.accounts["country"].mask(world.accounts.index >= 420, "HK")
    )
    ground = replace(world, accounts=accounts).ground()
    names = {ground.name_of_cell(code) for code in np.unique(ground.cell)}
    assert ("QR code, shopping, person to merchant, abroad", "扫码，购物，个人至商户，跨境") in names
    assert ("QR code, shopping, person to merchant, domestic", "扫码，购物，个人至商户，境内") in names


def test_without_plans_or_validation_the_lookup_is_null() -> None:
    world = little_life()
    honest = replace(world, truth=world.truth[:0], schemes=world.schemes[:0])
    assert cells.mostly_planned(honest.ground(), PROBE).count is None
    assert looked_up(honest).recall.value is None
    no_validation = replace(world, periods=world.periods[world.periods["name"] == "test"])
    assert looked_up(no_validation).over_base.value is None


# -------------------------------------------------------------- organisers


def oracle(world: World, tell: float) -> OrganiserOracle:
    """Members of schemes called organisers; one column of the features is higher for them by ``tell``."""
    world = replace(world, schemes=world.schemes.assign(role=organisers.ORGANISER))
    weeks = [*range(28, 85, 7), *range(TEST, 140, 7)]
    everyone = world.customers["customer_id"].to_numpy()
    split = pd.DataFrame(
        {
            "subject_id": np.arange(len(weeks) * len(everyone)),
            "customer_id": np.tile(everyone, len(weeks)),
            "as_of": np.repeat([START + day * DAY for day in weeks], len(everyone)),
            "role": np.repeat(["train" if day < 90 else "test" for day in weeks], len(everyone)),
        }
    )
    asked = organisers.Organisers.of(
        split, world.transactions, world.accounts, world.truth, world.schemes, 28, PROBE, seed=1
    )
    rng = np.random.default_rng(1)

    def features(size: int, positive: np.ndarray) -> pd.DataFrame:
        return pd.DataFrame(
            {"spent": rng.standard_normal(size) + tell * positive, "noise": rng.standard_normal(size)}
        )

    learnt, judged = features(len(asked.train), asked.is_train), features(len(asked.test), asked.is_test)
    return organisers.oracle(asked, learnt, judged, BUDGET, PROBE, DRAWS, seed=1)


def test_organisers_who_live_like_others_are_found_by_chance_only() -> None:
    found = oracle(little_life(), tell=0)
    assert found.learnt > 10 and found.organisers > 10
    assert found.recall.value < 0.25


def test_organisers_whose_spending_jumps_are_found() -> None:
    found = oracle(little_life(), tell=6)
    assert found.recall.low > 0.8
    assert found.recall_of_new.value > 0.8
    assert found.average_precision > 0.8


def test_without_organisers_the_oracle_is_null() -> None:
    world = little_life()
    honest = replace(world, truth=world.truth[:0], schemes=world.schemes[:0])
    found = oracle(honest, tell=1)
    assert found.recall.value is None and found.learnt == found.organisers == 0
