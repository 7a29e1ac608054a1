"""Measuring the bank range by range, from any pages, gives what measuring it whole gives."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from data.asof.ranges import ranges
from data.observe import indicator_pages
from data.observed_ledger import BankTables
from data.schema import OFFERS
from tests.property.worlds import FUTURE, PAST, drawn_bank
from tests.spec.ledger import observed


@given(
    past=PAST,
    future=FUTURE,
    ends_at_a_time=st.sampled_from([1, 2, 3, 5, 12]),
    ends_a_page=st.sampled_from([1, 4, 12]),
    cuts=st.lists(st.integers(1, 30), max_size=4),
)
def test_ranges_and_pages_change_nothing(
    past, future, ends_at_a_time, ends_a_page, cuts, observe_params
) -> None:
    ledger = drawn_bank(past + future)
    payments = ledger.transactions
    edges = sorted({0, len(payments), *(cut for cut in cuts if cut < len(payments))})
    pages = [payments.iloc[first:end] for first, end in itertools.pairwise(edges)]
    tables = (ledger.accounts, ledger.customers, ledger.devices, ledger.periods)
    bank = BankTables(lambda: iter(pages), *tables, frozenset(OFFERS))
    params = observe_params.model_copy(update={"ends_at_a_time": ends_at_a_time, "ends_a_page": ends_a_page})
    pieces = list(indicator_pages(bank, params))
    whole = observed(
        ledger, observe_params.model_copy(update={"ends_at_a_time": 10**9, "ends_a_page": 10**9})
    )
    assert len(pieces) > 1 or ends_a_page > 1
    for cut, one in zip(zip(*pieces, strict=True), whole, strict=True):
        assert_frame_equal(pd.concat(cut, ignore_index=True), one, check_exact=True)


@given(ends=st.lists(st.integers(0, 9), min_size=1, max_size=30), most=st.integers(1, 20))
def test_ranges_cover_the_customers_once_in_order_within_the_bound(ends, most) -> None:
    found = ranges(np.array(ends), most)
    assert [customer for whose in found for customer in whose] == list(range(len(ends)))
    for whose in found:
        assert len(whose) == 1 or sum(ends[whose.start : whose.stop]) <= most
    for one, other in itertools.pairwise(found):
        assert sum(ends[one.start : one.stop]) + ends[other.start] > most
