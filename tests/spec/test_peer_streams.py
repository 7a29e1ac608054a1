"""A whole file of payments judged: checksum, roles, columns, and that no later payment is seen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.feed_form import write_file
from benchmarks.peers.rolling import Past
from benchmarks.peers.streams import FORMS, Form, Told, checked, ends_of, judged_rows, learnt_places
from data.feeds import Ledger, gather_stream, read_transactions, shipped
from data.schema import DAY_US
from parameters import BadInput

ROWS = 20_000


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    path = tmp_path_factory.mktemp("drawn") / "Drawn_Trans.csv"
    write_file(path, ROWS)
    return gather_stream(read_transactions(path, shipped("amlworld")))


def test_a_known_file_with_other_bytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "HI-Small_Trans.csv"
    path.write_text("no payments", encoding="utf-8")
    with pytest.raises(BadInput, match="expected SHA-256 b19d39f5"):
        checked(path, FORMS["amlworld"])


@pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
def test_a_form_has_a_mapping_that_is_shipped_and_its_days_in_order(form: Form) -> None:
    assert shipped(form.mapping).columns.label
    assert form.files.endswith(".csv")
    assert form.ends is None or form.ends[0] < form.ends[1]


def test_roles_end_at_midnights_near_the_shares(ledger: Ledger) -> None:
    first, second = ends_of(ledger, FORMS["amlworld"])
    assert first % DAY_US == second % DAY_US == 0
    shares = [np.mean(ledger.at_us < moment) for moment in (first, second)]
    assert shares == pytest.approx([0.6, 0.8], abs=0.04)


def test_thinned_payments_weigh_what_they_stand_for(ledger: Ledger) -> None:
    first, _ = ends_of(ledger, FORMS["amlworld"])
    places, weight = learnt_places(ledger, first)
    ordinary = ledger.label[places] == 0
    assert np.isin(np.flatnonzero(ledger.label[: places.max()] == 1), places).all()
    assert weight[~ordinary].max() == 1
    assert weight[ordinary].sum() == pytest.approx(np.sum(ledger.at_us < first), rel=0.15)


def test_a_piece_of_the_columns_is_the_piece_of_all(ledger: Ledger) -> None:
    told = Told.of(ledger)
    whole = told.columns(slice(0, len(ledger)))
    places = np.array([5, 900, 19_999])
    pd.testing.assert_frame_equal(told.columns(places), whole.iloc[places].reset_index(drop=True))


def test_payments_of_the_same_moment_or_later_change_no_column(ledger: Ledger) -> None:
    place = 12_000
    at = ledger.at_us
    kept = at < at[place]
    amount = ledger.cents / 100
    asked = (ledger.payer[[place]], ledger.payee[[place]], at[[place]], amount[[place]])
    parties = len(ledger.accounts)
    past = Past.of(ledger.payer[kept], ledger.payee[kept], at[kept], amount[kept], parties)
    pd.testing.assert_frame_equal(past.told(*asked), Told.of(ledger).past.told(*asked))


def test_partners_are_counted_as_a_plain_count_of_the_last_28_days_counts_them() -> None:
    rng = np.random.default_rng(3)
    at = np.sort(rng.integers(0, 60, 400)) * DAY_US
    payer, payee, amount = rng.integers(0, 8, 400), rng.integers(0, 30, 400), np.full(400, 5.0)
    found = Past.of(payer, payee, at, amount, 30).told(payer, payee, at, amount)["payer_made_others"]
    for place in range(0, 400, 37):
        mine = np.flatnonzero((payer == payer[place]) & (at < at[place]))[-48:]
        recent = mine[at[mine] >= at[place] - 28 * DAY_US]
        assert found[place] == len(set(payee[recent].tolist()))


def test_rows_with_without_shortcut_and_without_tail(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.peers.streams.ROUNDS", 3)
    monkeypatch.setattr("benchmarks.peers.streams.SEEDS", (0,))
    form = replace(FORMS["amlworld"], tail_day=16)
    marked = replace(ledger, label=(np.arange(len(ledger)) % 97 == 0).astype(np.int8))
    rows = dict(judged_rows(Told.of(marked), form))
    assert list(rows) == [
        "as_of_the_moment",
        "as_of_the_moment_without_tail",
        "without_shortcut",
        "without_shortcut_without_tail",
    ]
    assert rows["without_shortcut"]["features"] == rows["as_of_the_moment"]["features"] - 1
    assert rows["as_of_the_moment_without_tail"]["rows"] < rows["as_of_the_moment"]["rows"]
