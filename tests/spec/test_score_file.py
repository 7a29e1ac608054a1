"""A file of one's own is scored: same bytes, one sentence on bad input, nothing dropped in silence."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.feeds import Mapping
from data.results import Interval
from models.zoo.gaps import gappy
from parameters import parse
from serving.alerts import filled_gaps
from serving.card import NarrowCost
from serving.drift import by_chance, drift_of
from serving.feed import read_feed
from serving.file_model import load_file_model, save_file_model
from serving.ledger import CASH, HOUR, narrowed
from serving.measure import every_feature, weekly_moments, why_missing
from serving.pages import cost_in_words
from serving.score_file import main, safe_cell
from serving.summary import no_alert_said
from tests.spec import strangers

HISTORY = 400


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a saved model, a mapping and a file."""
    folder = tmp_path_factory.mktemp("stranger")
    save_file_model(strangers.file_model(), folder / "model")
    (folder / "mapping.yaml").write_text(strangers.MAPPING, encoding="utf-8")
    strangers.payments().to_csv(folder / "payments.csv", index=False)
    return folder


def scored(place: Path, out: Path, file: Path | None = None, *more: str) -> Path:
    given = ["--model", str(place / "model"), "--mapping", str(place / "mapping.yaml"), *more]
    main([*given, str(file or place / "payments.csv"), "--out", str(out)])
    return out


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def refusal(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    with pytest.raises(SystemExit) as stopped:
        main([str(argument) for argument in arguments])
    assert stopped.value.code == 2
    said = capsys.readouterr().err.strip()
    assert said.startswith("error: ") and "\n" not in said
    return said


def test_equal_files_give_equal_bytes_and_a_second_run_takes_the_place_of_the_first(
    place: Path, tmp_path: Path
) -> None:
    first = contents(scored(place, tmp_path / "one"))
    (tmp_path / "one" / "alert-old.html").write_text("left by an earlier run")
    assert contents(scored(place, tmp_path / "one")) == first
    assert contents(scored(place, tmp_path / "two")) == first
    alerts = json.loads(first["alerts.json"])
    assert {"0000", "0001", "0002"} & {alert["account"] for alert in alerts}
    assert all(alert["reasons"] for alert in alerts)


def test_the_order_of_rows_changes_no_score(place: Path, tmp_path: Path) -> None:
    rows = strangers.payments().drop_duplicates("booked")  # rows of one moment follow the file
    rows.to_csv(tmp_path / "a.csv", index=False)
    rows.sample(frac=1, random_state=1).to_csv(tmp_path / "b.csv", index=False)
    one, other = (
        scored(place, tmp_path / name, tmp_path / f"{name}.csv") / "scores.csv" for name in ("a", "b")
    )
    assert one.read_bytes() == other.read_bytes()


def test_what_cannot_be_read_is_counted_and_written(place: Path, tmp_path: Path) -> None:
    rows = strangers.payments()
    rows.loc[5, "amount"], rows.loc[6, "booked"], rows.loc[7, "amount"] = "NaN", "31/31/2025", "-1"
    rows.to_csv(tmp_path / "bad.csv", index=False)
    out = scored(place, tmp_path / "out", tmp_path / "bad.csv")
    summary = json.loads((out / "summary.json").read_text())
    aside = pd.read_parquet(out / "set_aside.parquet")
    assert summary["rows_read"] == len(rows) == summary["rows_kept"] + summary["rows_set_aside"]
    assert len(aside) == summary["rows_set_aside"] == 3 and set(aside["row"]) == {6, 7, 8}


def test_names_from_a_file_are_escaped_on_pages_and_defused_in_tables(place: Path, tmp_path: Path) -> None:
    rows = strangers.payments()
    hostile = {"0000": "<script>alert(1)</script>", "0001": "=cmd|'/c calc'!A0", "0002": '"><img src=x>'}
    rows[["from", "to"]] = rows[["from", "to"]].replace(hostile)
    rows.to_csv(tmp_path / "hostile.csv", index=False)
    out = scored(place, tmp_path / "out", tmp_path / "hostile.csv")
    assert "&lt;script&gt;" in (out / "index.html").read_text(encoding="utf-8")
    for page in out.glob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "<script" not in text and "<img" not in text, page
    table = pd.read_csv(out / "scores.csv", dtype=str)
    assert "'=cmd|'/c calc'!A0" in set(table["account"]) and not table["account"].str.startswith("=").any()


def test_a_folder_of_somebody_else_is_left_alone(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("mine")
    said = refusal(
        capsys, "--model", place / "model", "--mapping", place / "mapping.yaml", place / "payments.csv",
        "--out", tmp_path / "letters",
    )  # fmt: skip
    assert "letters" in said and [path.name for path in tmp_path.rglob("*.*")] == ["dear.txt"]


@pytest.mark.parametrize(
    ("file", "mapping", "model"),
    [
        ("nowhere.csv", "mapping.yaml", "model"),
        ("payments.csv", "nowhere.yaml", "model"),
        ("payments.csv", "mapping.yaml", "nowhere"),
        ("empty.csv", "mapping.yaml", "model"),
        ("header.csv", "mapping.yaml", "model"),
        ("other.csv", "mapping.yaml", "model"),
        ("payments.csv", "mapping.yaml", "broken"),
    ],
)
def test_bad_input_is_one_sentence_and_leaves_nothing(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], file: str, mapping: str, model: str
) -> None:
    (place / "empty.csv").write_text("")
    (place / "header.csv").write_text("id,booked,from,to,amount,kind\n")
    (place / "other.csv").write_text("a,b\n1,2\n")
    save_file_model(strangers.file_model(), place / "broken")
    (place / "broken" / "reference.parquet").write_text("no table")
    refusal(
        capsys,
        "--model",
        place / model,
        "--mapping",
        place / mapping,
        place / file,
        "--out",
        tmp_path / "out",
    )
    assert not list(tmp_path.iterdir())


def test_a_model_that_knows_cash_refuses_a_file_that_does_not(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    columns = "columns: {time: booked, payer: from, payee: to, amount: amount}\n"
    time = 'time: {format: "%Y-%m-%d %H:%M"}\nlimits: {most_set_aside_share: 1}\n'
    (place / "plain.yaml").write_text(columns + time)
    said = refusal(
        capsys, "--model", place / "model", "--mapping", place / "plain.yaml", place / "payments.csv",
        "--out", tmp_path / "out",
    )  # fmt: skip
    assert said.endswith("the model needs what the file does not say: cash")


def test_the_command_has_the_name_that_people_type(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "models.score_file",
        "--model",
        "m",
        "--mapping",
        str(tmp_path / "no.yaml"),
    ]
    done = subprocess.run([*command, "x.csv", "--out", str(tmp_path / "o")], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr == f"error: {tmp_path / 'no.yaml'}: the file is missing\n"


def test_a_statement_is_about_its_own_accounts(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text(
        "mine,other,way,day,sum\n007,9,out,2025-01-06 10:00,5\n007,8,in,2025-01-07 11:00,6\n"
    )
    columns = {
        "account": "mine", "counterparty": "other", "direction": "way", "time": "day", "amount": "sum"
    }  # fmt: skip
    said = {"columns": columns, "direction": {"out": ["out"], "into": ["in"]}}
    mapping = parse(Mapping, said, "mapping")
    feed = read_feed(tmp_path / "s.csv", mapping, HISTORY)
    looked_at = [name for name, owner in zip(feed.names, feed.ledger.owner, strict=True) if owner >= 0]
    assert looked_at == ["007"] and set(feed.names) == {"007", "8", "9"}


def test_a_stray_row_of_another_age_is_left_out_and_said(tmp_path: Path) -> None:
    rows = strangers.payments()
    rows.loc[0, "booked"] = "1999-01-01 00:00"
    rows.to_csv(tmp_path / "old.csv", index=False)
    feed = read_feed(tmp_path / "old.csv", strangers.mapping(), HISTORY)
    assert len(feed.ledger.payments) == len(rows) - 1
    assert any(note.startswith("1 payments lie more than 400 days") for note in feed.notes)


def test_moments_are_the_last_midnight_and_whole_weeks_before_it() -> None:
    day = 24 * 60
    ledger = strangers.ledger_of([(0, 0, 1, 100), (40 * day + 5, 1, 0, 100)], 2)
    found = weekly_moments(ledger, weeks=4, least_days=28) // (day * 60_000_000)
    assert found.tolist() == [34, 41]
    short = strangers.ledger_of([(5, 0, 1, 100)], 2)
    assert (weekly_moments(short, weeks=4, least_days=28) // (day * 60_000_000)).tolist() == [1]


def test_the_bank_seen_as_a_file_has_no_shops_and_cash_only_where_the_file_tells_it() -> None:
    accounts = pd.DataFrame(
        {
            "account_id": [3, 5, 8, 9],
            "customer_id": pd.array([1, 2, None, None], dtype="Int64"),
            "holder": ["person", "company", "merchant", "cash_desk"],
        }
    )
    payments = pd.DataFrame(
        {
            "at": pd.to_datetime(["2025-01-06"] * 3, utc=True),
            "payer_account_id": [3, 3, 9],
            "payee_account_id": [5, 8, 3],
            "amount_cents": [10, 20, 30],
        }
    )
    assert narrowed(payments, accounts, frozenset({HOUR}), 0).payments["cents"].tolist() == [10]
    ledger = narrowed(payments, accounts, frozenset({HOUR, CASH}), 0)
    assert ledger.payments["cents"].tolist() == [10, 30]
    table = ledger.transactions()
    assert table["channel"].astype(str).tolist() == ["transfer", "cash_deposit"]


def test_every_feature_that_is_left_out_has_a_reason_in_both_languages() -> None:
    for name in every_feature():
        assert all(why_missing(name, frozenset()))
    assert why_missing("cash_in_amount_7d", frozenset())[0] == "the file does not say: cash"


def test_a_saved_model_scores_as_it_did(place: Path) -> None:
    model = load_file_model(place / "model")
    assert np.allclose(model.scores(model.reference), model.reference["score"], atol=1e-5)


def test_a_gap_that_training_never_had_gets_its_median_and_others_stay() -> None:
    model = strangers.file_model()
    rows = model.reference.head(3).copy()
    always, sometimes = next(iter(model.card.medians)), gappy(model.reference)[0]
    rows.loc[1, [always, sometimes]] = np.nan
    filled, gaps = filled_gaps(model, rows)
    assert filled.loc[1, always] == np.float32(model.card.medians[always]) and np.isnan(
        filled.loc[1, sometimes]
    )
    assert [(gap.feature, gap.rows) for gap in gaps] == [(always, 1)]


def test_drift_is_told_where_it_is_and_not_where_it_is_not() -> None:
    model, settings = strangers.file_model(), strangers.SERVING.drift
    same = drift_of(model, model.reference, model.reference["score"].to_numpy(), settings)
    assert not any(one.is_drifted for one in same)
    shifted = model.reference.assign(in_amount_30d=model.reference["in_amount_30d"] * 100 + 1e7)
    found = drift_of(model, shifted, model.reference["score"].to_numpy(), settings)
    assert [one.feature for one in found if one.is_drifted] == ["in_amount_30d"]
    assert by_chance(20, 200, 20, 0.01) > by_chance(20, 200, 2_000, 0.01)


def test_no_difference_is_claimed_whose_interval_holds_zero() -> None:
    def cost(low: float, high: float) -> NarrowCost:
        one = Interval(value=0.6, low=0.4, high=0.8)
        lost = Interval(value=0.1, low=low, high=high)
        return NarrowCost(
            customers=9, recall_of_bank=one, recall_of_file=one, recall_lost=lost,
            precision_of_bank=one, precision_of_file=one, precision_lost=lost,
        )  # fmt: skip

    assert cost_in_words(cost(-0.1, 0.3))[0].endswith("not told apart.")
    assert "not told apart" not in cost_in_words(cost(0.05, 0.3))[0]


def test_a_file_without_an_alert_says_what_the_budget_allows() -> None:
    (small,) = no_alert_said(30, 0, 2.1)
    assert "2.1 a thousand accounts and week, 0.063 a week among the 30 here;" in small
    (large,) = no_alert_said(5_000, 0, 2.1)
    assert "among" not in large
    assert no_alert_said(5_000, 3, 2.1) == []


def test_a_text_that_begins_like_a_formula_is_none_in_a_spreadsheet() -> None:
    assert [safe_cell(text) for text in ("=1", "+1", "-1", "@a", "\t=1", "6222")] == [
        "'=1", "'+1", "'-1", "'@a", "'\t=1", "6222"
    ]  # fmt: skip
