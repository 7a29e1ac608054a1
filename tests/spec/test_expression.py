"""Words and digits: one hand writes everybody's payments, ordinary ones and those of plans."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from data.schema import DAY_US, PURPOSES
from data.streams import stream
from data.world.expression import (
    LUCKY_CENTS,
    LUCKY_SHARE,
    NAMED_BY_PRODUCT,
    REMARKS,
    ROUNDING,
    UNITS_CENTS,
    Hand,
    expressed,
)
from data.world.flows import Flow
from data.world.population import holder_codes
from data.world.scene import Scene
from tests.spec.plans import draw, stage_set, wake

SEED = 7
COUNT = 20_000


@cache
def holders() -> np.ndarray:
    return holder_codes(stage_set()[0])


def payments(
    payer: str,
    payee: str,
    channel: str,
    occasion: str,
    yuan: np.ndarray | float = 4_321.09,
    count: int = COUNT,
) -> Flow:
    """Payments of one kind between many pairs at many moments, before they are written."""
    _, calendar = stage_set()
    rng = stream(SEED, "payments", payer, payee, channel, occasion)
    source, target = (rng.choice(pool(kind), count) for kind in (payer, payee))
    apart = source != target
    at = calendar.start_us + rng.integers(0, 300 * DAY_US, count)
    sums = np.broadcast_to(yuan, count)
    return Flow.of(at[apart], source[apart], target[apart], sums[apart], channel, occasion)


def pool(kind: str) -> np.ndarray:
    world, _ = stage_set()
    outside = world.outside(kind)
    return outside if len(outside) else world.account[world.customers_of(kind)]


def words(flow: Flow) -> dict[str, float]:
    """Share of each stated purpose."""
    stated = expressed(flow, holders(), SEED).purpose
    return {PURPOSES[code]: float(np.mean(stated == code)) for code in np.unique(stated)}


def cents_of(flow: Flow) -> np.ndarray:
    return expressed(flow, holders(), SEED).amount


# ------------------------------------------------------------------ words


def test_most_remarks_between_persons_are_empty_and_some_say_only_transfer() -> None:
    said = words(payments("person", "person", "transfer", "rent"))
    empty, vague, told = np.array(REMARKS["person"]) / 1_000
    assert said["unstated"] == pytest.approx(empty, abs=0.02)
    assert said["transfer"] == pytest.approx(vague, abs=0.02)
    assert said["rent"] == pytest.approx(told, abs=0.02)
    assert 0 < said["goods"] < 0.02  # now and then a word means something else


def test_firms_state_more_often_what_they_pay_for_than_persons() -> None:
    firm = words(payments("company", "company", "transfer", "supplies"))
    assert firm["supplies"] > 0.3 > words(payments("person", "person", "transfer", "goods"))["goods"]
    assert firm["unstated"] == pytest.approx(REMARKS["firm"][0] / 1_000, abs=0.02)


def test_what_has_no_reason_gets_a_word_of_everybody_or_none() -> None:
    said = words(payments("person", "person", "transfer", "unstated"))
    assert said["unstated"] == pytest.approx(REMARKS["person"][0] / 1_000, abs=0.02)
    assert 0.02 < said["family"] < 0.15
    assert "payroll" not in said


@pytest.mark.parametrize("occasion", sorted(NAMED_BY_PRODUCT))
def test_a_product_of_the_bank_names_itself(occasion: str) -> None:
    assert words(payments("person", "person", "transfer", occasion, count=500)) == {occasion: 1.0}


@pytest.mark.parametrize(("payee", "occasion"), [("lender", "loan_repayment"), ("insurer", "insurance")])
def test_what_institutions_are_paid_names_itself(payee: str, occasion: str) -> None:
    assert words(payments("person", payee, "transfer", occasion, count=500)) == {occasion: 1.0}


def test_a_code_at_a_till_says_shopping_whatever_is_bought() -> None:
    assert words(payments("person", "micro_business", "qr", "goods", 30.0, 500)) == {"shopping": 1.0}
    assert words(payments("person", "merchant", "pos", "gift", 30.0, 500)) == {"shopping": 1.0}


def test_a_persons_own_code_carries_remarks_like_a_transfer() -> None:
    by_code = words(payments("person", "person", "qr", "goods", 30.0))
    by_transfer = words(payments("person", "person", "transfer", "goods", 30.0))
    assert by_code["unstated"] == pytest.approx(by_transfer["unstated"], abs=0.02)


def test_wages_of_firms_are_paid_in_batches_that_name_themselves() -> None:
    assert words(payments("company", "person", "transfer", "payroll", count=500)) == {"payroll": 1.0}
    large = words(payments("company", "person", "transfer", "payroll", 60_000.0))
    assert large["unstated"] == pytest.approx(REMARKS["firm"][0] / 1_000, abs=0.02)
    assert words(payments("person", "person", "transfer", "payroll"))["payroll"] < 0.3


# ----------------------------------------------------------------- digits


def units(cents: np.ndarray) -> np.ndarray:
    """Share of sums in whole thousands, hundreds, tens, yuan and in cents, shape (5,)."""
    found = np.argmax(cents[:, None] % UNITS_CENTS == 0, axis=1)
    return np.bincount(found, minlength=len(UNITS_CENTS)) / len(cents)


def odd(low: float, high: float, count: int = COUNT) -> np.ndarray:
    return stream(SEED, "odd").uniform(low, high, count)


@pytest.mark.parametrize(("payer", "row"), [("person", "person"), ("company", "firm")])
def test_people_choose_round_sums_and_firms_less_often(payer: str, row: str) -> None:
    found = units(cents_of(payments(payer, "person", "transfer", "family", odd(50_000, 90_000))))
    told = np.array([*ROUNDING[row], 1_000 - sum(ROUNDING[row])]) / 1_000
    np.testing.assert_allclose(found, told, atol=0.11)


def test_prices_are_in_yuan_or_end_in_a_few_digits() -> None:
    found = cents_of(payments("person", "merchant", "qr", "shopping", odd(20, 90)))
    assert 0.3 < np.mean(found % 100 == 0) < 0.7
    assert np.isin(found % 100, [0, 50, 80, 90]).mean() > 0.75


def test_small_gifts_are_lucky_sums() -> None:
    found = cents_of(payments("person", "person", "transfer", "gift", odd(10, 1_500)))
    assert np.isin(found, LUCKY_CENTS).mean() >= LUCKY_SHARE / 1_000 - 0.02


def test_wages_loans_and_bills_keep_their_cents() -> None:
    for payer, payee, occasion in (
        ("company", "person", "payroll"),
        ("person", "lender", "loan_repayment"),
        ("person", "utility", "utility"),
    ):
        flow = payments(payer, payee, "transfer", occasion, odd(100, 40_000))
        np.testing.assert_array_equal(cents_of(flow), flow.amount)


@pytest.mark.parametrize("channel", ["transfer", "qr", "wire"])
@pytest.mark.parametrize("occasion", ["gift", "goods", "rent", "unstated", "payroll", "family"])
def test_nothing_is_written_larger_than_it_is_or_as_nothing(channel: str, occasion: str) -> None:
    for yuan in (0.01, 0.5, 3.33, 49.99, 5_000.0, odd(0.01, 200_000)):
        for payer in ("person", "company"):
            flow = payments(payer, "person", channel, occasion, yuan)
            written = cents_of(flow)
            assert (written <= flow.amount).all()
            assert (written >= np.maximum(flow.amount * 0.65, 1)).all() or occasion == "gift"
            assert (written > 0).all()


def test_everything_that_an_account_holds_stays_everything() -> None:
    flow = payments("person", "person", "transfer", "savings", 1.0, 50)
    flow.amount[:] = 0
    assert (cents_of(flow) == 0).all()


def test_a_refund_has_the_digits_of_what_it_gives_back() -> None:
    bought = payments("person", "person", "transfer", "goods", odd(20, 900))
    back = Flow.of(bought.at + DAY_US, bought.payee, bought.payer, bought.amount / 100, "transfer", "goods")
    np.testing.assert_array_equal(cents_of(bought), cents_of(back))


# ------------------------------------------------------- one hand for all


def test_what_is_written_hangs_on_the_payment_alone_not_on_how_the_run_is_cut() -> None:
    flow = payments("person", "person", "transfer", "family", odd(10, 30_000))
    whole = expressed(flow, holders(), SEED)
    halves = [expressed(flow.take(part), holders(), SEED) for part in (slice(None, 777), slice(777, None))]
    parts = Flow.concat(halves)
    np.testing.assert_array_equal(whole.purpose, parts.purpose)
    np.testing.assert_array_equal(whole.amount, parts.amount)


def test_another_seed_is_another_hand() -> None:
    flow = payments("person", "person", "transfer", "family", odd(10, 30_000))
    assert (expressed(flow, holders(), SEED).amount != expressed(flow, holders(), SEED + 1).amount).any()


def test_a_plan_is_told_what_will_arrive() -> None:
    flow = payments("person", "person", "transfer", "family", odd(10, 30_000))
    told = Hand(holders(), SEED).yuan(flow.at, flow.payer, flow.payee, flow.amount, "transfer", "family")
    np.testing.assert_array_equal(np.round(told * 100).astype(np.int64), cents_of(flow))


def alike(first: Flow, second: Flow) -> float:
    """Chance that two sets of payments of one kind are written by one hand (words, then digits)."""
    found = []
    for kind in ("purpose", "unit"):
        values = []
        for flow in (first, second):
            written = expressed(flow, holders(), SEED)
            unit = np.argmax(written.amount[:, None] % UNITS_CENTS == 0, axis=1)
            values.append(written.purpose if kind == "purpose" else unit)
        size = int(max(value.max() for value in values)) + 1
        table = np.array([np.bincount(value, minlength=size) for value in values])
        found.append(chi2_contingency(table[:, table.sum(axis=0) > 10]).pvalue)
    return float(min(found))


def of_plans(count: int) -> Flow:
    """Payments from person to person for goods, as the plans of one kind pay them."""
    world, calendar = stage_set()
    parts = []
    for seed in range(count):
        scene = Scene(world, calendar, stream(seed, "words"), seed % 3, wake(seed), Hand(holders(), SEED))
        payers = scene.outsiders(20)
        at = scene.spread(scene.start, 3, 20)
        taker, yuan = scene.participants(1), scene.rng.uniform(50_000, 90_000, 20)
        scene.pay(at, payers, taker, yuan, "transfer", "goods")
        parts.append(scene.flow)
    return Flow.concat(parts)


def test_planned_and_ordinary_payments_of_one_kind_get_the_same_words_and_digits() -> None:
    ordinary = payments("person", "person", "transfer", "goods", odd(50_000, 90_000))
    planned = of_plans(300)
    assert alike(ordinary, planned) > 0.001
    # A planted habit of the plans is found: they round what they pay before it is written.
    rounded = planned.take(slice(None))
    rounded.amount[:] = rounded.amount // 10_000 * 10_000
    assert alike(ordinary, rounded) < 1e-6
    stated = planned.take(slice(None))
    stated.purpose[:] = PURPOSES.index("savings")
    assert alike(ordinary, stated) < 1e-6


@pytest.mark.parametrize("name", ["fan_in", "gather_scatter", "smurfing", "stack"])
def test_plans_hand_over_sums_that_nobody_has_rounded(name: str) -> None:
    for side in ("illicit", "licit"):
        flow = Flow.concat([draw(name, side, seed).scene.flow for seed in range(10)])
        transfers = flow.amount[flow.channel == 0]
        assert np.mean(transfers % 100 == 0) < 0.1
