"""The order in which rows arrive changes nothing.

Transactions are in order of time by contract (`schema.Transactions`): the money trail and
the graph rely on it. So only their rows of equal time are shuffled, and ids of equal time
renumbered; every other table is shuffled as a whole.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

import pipeline
from data.alert import alerts, rule_hits, suppressed
from data.label import Params as LabelParams
from data.labels.ballots import Ballots, with_decision
from data.labels.dated import vote_values
from data.labels.label_models import LABEL_MODELS
from data.rules import rulebook
from models.split import FoldPlan, known_label
from models.split import Params as SplitParams
from tests.property.worlds import FUTURE, PAST, Inputs, drawn_bank, model_inputs, payment, tags
from tests.spec.ledger import Ledger, bank, observed

FOLDS = FoldPlan(earlier=0, judged_weeks=1, embargo_weeks=0)
SEED = st.integers(0, 2**32 - 1)
# Moments that collide, so that there are rows of equal time to shuffle.
COLLIDING = st.lists(
    payment(st.sampled_from(["2025-03-03 10:00", "2025-03-04 09:00", "2025-03-04 10:00"])),
    min_size=3,
    max_size=14,
)


def shuffled(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    return frame.iloc[rng.permutation(len(frame))].reset_index(drop=True)


def ties_shuffled(transactions: pd.DataFrame, rng: np.random.Generator, renumber: bool) -> pd.DataFrame:
    """Rows of equal time in another order; with their ids, or with new ones in row order."""
    order = np.lexsort((rng.random(len(transactions)), transactions["at"]))
    frame = transactions.iloc[order].reset_index(drop=True)
    return frame.assign(transaction_id=np.sort(frame["transaction_id"])) if renumber else frame


def in_order(inputs: Inputs) -> dict[str, pd.DataFrame]:
    """All inputs; rows of equal time of the graph, which carry no key, in an order of their own."""
    frames = vars(inputs).copy()
    frames["edges"] = inputs.edges.sort_values(list(inputs.edges.columns), ignore_index=True)
    return frames


@given(past=PAST, more=COLLIDING, seed=SEED)
def test_shuffled_tables_give_the_same_model_inputs(past, more, seed) -> None:
    rng = np.random.default_rng(seed)
    ledger = drawn_bank(past + more)
    mixed = replace(
        ledger,
        customers=shuffled(ledger.customers, rng),
        accounts=shuffled(ledger.accounts, rng),
        periods=shuffled(ledger.periods, rng),
        transactions=ties_shuffled(ledger.transactions, rng, renumber=False),
    )
    one, other = in_order(model_inputs(ledger, tags())), in_order(model_inputs(mixed, shuffled(tags(), rng)))
    for name, frame in one.items():
        assert_frame_equal(frame, other[name], check_exact=True, obj=name)


@given(past=PAST, more=COLLIDING, seed=SEED)
def test_other_ids_for_payments_of_one_moment_give_the_same_indicators(
    past, more, seed, observe_params
) -> None:
    """But for the last cent-hour: the money trail rounds each matched piece down."""
    ledger = drawn_bank(past + more)
    rng = np.random.default_rng(seed)
    mixed = ledger.with_transactions(ties_shuffled(ledger.transactions, rng, renumber=True))
    for one, other in zip(observed(ledger, observe_params), observed(mixed, observe_params), strict=True):
        assert_frame_equal(one, other, check_exact=False, rtol=1e-5, atol=0.05)
        rest = one.columns.drop("residence_hours_7d")
        assert_frame_equal(one[rest], other[rest], check_exact=True)


def test_the_order_of_the_categories_changes_no_indicator(observe_params) -> None:
    ledger = bank(
        ("2025-03-04 10:00", "cash@1", "anna", 45_000, "cash_deposit"),
        ("2025-03-05 10:00", "firm", "anna", 8_000, "transfer", "payroll"),
        ("2025-03-06 10:00", "eve", "anna", 700),
        anna="person",
    )
    other = ledger.transactions.copy()
    for column in ("channel", "purpose"):
        other[column] = other[column].astype(str).astype("category")
    _, one = observed(ledger, observe_params)
    _, two = observed(ledger.with_transactions(other), observe_params)
    assert_frame_equal(one, two)


@settings(max_examples=10)
@given(past=PAST, future=FUTURE, seed=SEED)
def test_shuffled_indicators_give_the_same_hits_and_alerts(past, future, seed, observe_params) -> None:
    rng = np.random.default_rng(seed)
    ledger: Ledger = drawn_bank(past + future)
    daily, _ = observed(ledger, observe_params)
    kinds = ledger.customers[["customer_id", "kind"]]
    book = rulebook.load()
    # A low bar, so that random ledgers hit something.
    every = [rule.model_copy(update={"predicate": f"in_count_7d + out_count_7d >= {n}"}) for n, rule in
             enumerate(book.rules, start=1)]  # fmt: skip
    book = book.model_copy(update={"rules": every})
    quiet = {rule.id: rule for rule in book.rules}
    results = []
    for table, people in ((daily, kinds), (shuffled(daily, rng), shuffled(kinds, rng))):
        hits, _ = rule_hits(table, people, book)
        mixed = hits if table is daily else shuffled(hits, rng)
        kept = mixed[~suppressed(mixed, quiet)].sort_values(["hit_at", "customer_id", "rule_id"])
        results.append((hits, alerts(kept)))
    assert len(results[0][0]) > 0
    assert_frame_equal(results[0][0], results[1][0])
    assert_frame_equal(results[0][1], results[1][1])


MOMENTS = pd.date_range("2025-03-01", periods=6, freq="5D", tz="UTC", unit="us")


@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from([1, 2]),
            st.integers(0, 5),
            st.integers(0, 5),
            st.sampled_from(["rule_vote", "disposition", "random_review"]),
            st.sampled_from([0.0, 0.2, 1.0]),
        ),
        max_size=12,
    ),
    seed=SEED,
)
def test_shuffled_labels_say_the_same_of_a_subject(rows, seed) -> None:
    table = pd.DataFrame(
        [(who, MOMENTS[event], MOMENTS[known], source, value) for who, event, known, source, value in rows],
        columns=["customer_id", "event_at", "known_at", "source", "value"],
    ).assign(weight=1.0)
    subjects = pd.DataFrame({"subject_id": [1, 2], "customer_id": [2, 1], "as_of": MOMENTS[4]})
    params = SplitParams(unreviewed_weight=0.3, maturity_days=60, folds=FOLDS)
    rng = np.random.default_rng(seed)
    mixed = shuffled(table, rng).astype(table.dtypes)
    if len(table):
        one = known_label(subjects, table, MOMENTS[4], 15, params)
        assert_frame_equal(one, known_label(subjects, mixed, MOMENTS[4], 15, params))


@given(
    rows=st.lists(
        st.tuples(
            st.integers(0, 4),
            st.sampled_from(["R01", "R06", "R01 R06"]),
            st.integers(0, 5),
            st.sampled_from(["reported", "dismissed", "unreviewed"]),
        ),
        min_size=1,
        max_size=10,
    ),
    seed=SEED,
)
@settings(max_examples=20)
def test_shuffled_hits_and_dispositions_give_the_same_votes(rows, seed) -> None:
    raised, rules, known, outcome = zip(*rows, strict=True)
    number = np.arange(1, len(rows) + 1)
    alerted = pd.DataFrame({"alert_id": number, "customer_id": number, "alerted_at": MOMENTS[list(raised)]})
    hits = pd.DataFrame(
        [(who, MOMENTS[at], rule) for who, at, ids in zip(number, raised, rules, strict=True)
         for rule in ids.split(" ")],
        columns=["customer_id", "hit_at", "rule_id"],
    )  # fmt: skip
    rulebook_ran = pd.DataFrame({"rule_id": ["R01", "R06"], "typologies": ["fan_in", "fan_out"]})
    rulebook_ran = rulebook_ran.assign(use="label", vote=1, is_applied=True)
    decided = pd.DataFrame(
        {
            "customer_id": number,
            "event_at": MOMENTS[list(raised)],
            "known_at": MOMENTS[list(known)],
            "outcome": outcome,
        }
    )
    params = pipeline.params("label", LabelParams)
    rng = np.random.default_rng(seed)
    for model in LABEL_MODELS:
        chosen = params.model_copy(update={"model": model})
        values = []
        for table, told in ((hits, decided), (shuffled(hits, rng), shuffled(decided, rng))):
            ballots = Ballots.of(rulebook_ran, table, hits.iloc[:0], 10, MOMENTS[0], 4)
            values.append(vote_values(alerted, ballots, with_decision(told), chosen))
        assert np.array_equal(values[0], values[1]), model
