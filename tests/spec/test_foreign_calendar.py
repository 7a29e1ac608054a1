"""The calendar of a foreign data set is not trusted to its extremes; every row and label is accounted for."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import pipeline
from data import simulate
from data.sources import SourceLimits
from data.sources.amlsim import amlsim
from pipeline import BadInput
from tests.spec.foreign import amlsim_folder, aside, called, paper_folder, rows_aside, terms

LIMITS = SourceLimits(
    most_unreadable_share=0.05,
    most_unknown_share=0.05,
    most_outside_share=0.05,
    thin_day_share=0.05,
    least_covered_share=0.5,
)
NODES = "1,0,5,-1\n2,0,5,-1\n3,0,5,-1\n"


def daily(days: range, a_day: int = 4) -> str:
    """Transfers on each of the days."""
    return "".join(f"1,2,{10 + number},{day}\n" for day in days for number in range(a_day))


def refusal(folder: Path, transfers: str, **params: object) -> str:
    """The sentence that refuses them under real limits."""
    with pytest.raises(BadInput) as refused:
        amlsim_folder(folder, NODES, transfers, limits=LIMITS, **params)
    sentence = str(refused.value)
    assert "\n" not in sentence
    return sentence.removeprefix(f"{folder / 'transactions.csv'}: ")


def test_the_limits_of_the_repository_are_accepted_and_none_is_open() -> None:
    limits = pipeline.params("source_limits", SourceLimits)
    assert 0 < limits.most_unreadable_share <= 0.05
    assert 0 < limits.most_unknown_share <= 0.05
    assert 0 < limits.most_outside_share <= 0.1


def test_one_row_of_long_ago_is_refused_with_its_number(tmp_path: Path) -> None:
    assert refusal(tmp_path, daily(range(28)) + "1,3,5,-1000\n") == (
        "112 of 113 transfers lie outside the calendar, more than params.yaml: "
        "source_limits.most_outside_share 0.05 allows; it begins on 2018-01-01, the day of row 113 "
        "(params.yaml: sources.amlsim.start sets another day, "
        "params.yaml: sources.amlsim.calendar its length)"
    )


def test_a_stated_start_sets_what_lies_before_it_aside(tmp_path: Path) -> None:
    transfers = daily(range(28)) + "1,3,5,-1000\n"
    world = amlsim_folder(tmp_path, NODES, transfers, limits=LIMITS, start="2020-09-27")
    assert len(world.transactions) == 112
    assert aside(world) == {"transfers_early": 1}
    assert rows_aside(world, "transfers_early")["row"].tolist() == [113]
    assert world.periods["starts_at"].min() == pd.Timestamp("2020-09-27", tz="UTC")


def test_one_row_of_the_far_future_is_late_and_nothing_else(tmp_path: Path) -> None:
    world = amlsim_folder(tmp_path, NODES, daily(range(28)) + "1,3,5,99999\n", limits=LIMITS)
    assert aside(world) == {"transfers_late": 1}
    assert len(world.transactions) == 112


def test_twenty_days_and_one_far_row_do_not_pass_as_twenty_eight(tmp_path: Path) -> None:
    assert refusal(tmp_path, daily(range(14)) + "1,3,5,27\n") == (
        "transfers lie on 0 of the 7 days of validation, a smaller share than params.yaml: "
        "source_limits.least_covered_share 0.5 "
        "(a day with fewer than 0.05 of the usual 4 transfers does not count)"
    )


def test_a_gap_is_refused_with_the_weeks_that_it_empties(tmp_path: Path) -> None:
    assert refusal(tmp_path, daily(range(8)) + daily(range(15, 28))).startswith(
        "transfers lie on 1 of the 7 days of train, a smaller share than "
    )


def test_a_trickle_is_no_transfers(tmp_path: Path) -> None:
    """A few stragglers a day after the last real day, as simulators leave them."""
    assert "transfers lie on 0 of the 7 days of test" in refusal(
        tmp_path, daily(range(21), 100) + daily(range(21, 28), 4)
    )


def test_quiet_weekends_are_no_gap(tmp_path: Path) -> None:
    working = "".join(daily(range(7 * week, 7 * week + 5)) for week in range(4))
    assert not aside(amlsim_folder(tmp_path, NODES, working, limits=LIMITS))


def test_more_late_rows_than_the_limit_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, daily(range(30))).startswith("8 of 120 transfers lie outside the calendar, more")
    assert aside(amlsim_folder(tmp_path, NODES, daily(range(29)), limits=LIMITS)) == {"transfers_late": 4}


def test_too_short_data_name_the_key_of_the_calendar(tmp_path: Path) -> None:
    assert refusal(tmp_path, daily(range(10))) == (
        "the calendar needs 28 days of transfers, found 10 (params.yaml: sources.amlsim.calendar says so)"
    )


# ------------------------------------------------------------------- cells


def test_one_bad_cell_costs_its_row_and_more_than_the_limit_the_file(tmp_path: Path) -> None:
    bad = "1,2,(null),3\n1,2,,4\n,2,5,5\n1,2,5,\n1,2,nan,6\n"
    world = amlsim_folder(tmp_path, NODES, daily(range(28)) + bad, limits=LIMITS)
    assert len(world.transactions) == 112
    lost = rows_aside(world, "transactions_unreadable")
    assert list(lost.itertuples(index=False, name=None)) == [
        (113, "value", "a number below 1e+15", "'(null)'"),
        (114, "value", "a number below 1e+15", "''"),
        (115, "sourceNodeId", "an id", "''"),
        (116, "time", "a whole number of days", "''"),
        (117, "value", "a number below 1e+15", "'nan'"),
    ]
    with pytest.raises(BadInput) as refused:
        amlsim_folder(tmp_path, NODES, daily(range(28)) + 2 * bad, limits=LIMITS)
    assert str(refused.value) == (
        f"{tmp_path / 'transactions.csv'}, row 113, column value: "
        "expected a number below 1e+15, found '(null)'; 10 of 122 rows cannot be read, "
        "more than params.yaml: source_limits.most_unreadable_share 0.05 allows"
    )


@pytest.mark.parametrize("amount", ["1_000", "1,000", "0x1F", "ten", "1e", "--5", "inf", "1e15", "５"])
def test_an_amount_that_is_no_number_is_not_guessed(tmp_path: Path, amount: str) -> None:
    world = amlsim_folder(tmp_path, NODES, daily(range(28)) + f'1,2,"{amount}",3\n', limits=LIMITS)
    assert aside(world) == {"transactions_unreadable": 1}


@pytest.mark.parametrize(
    ("amount", "cents"), [("5", 500), (" 5.25 ", 525), ("1e3", 100_000), (".5", 50), ("+7.", 700)]
)
def test_an_amount_may_be_written_as_numbers_are(tmp_path: Path, amount: str, cents: int) -> None:
    world = amlsim_folder(tmp_path, NODES, daily(range(28), 3) + f"2,3,{amount},3\n", limits=LIMITS)
    assert world.transactions.loc[world.transactions["payer_account_id"] == 1, "amount_cents"].tolist() == [
        cents
    ]


def test_rows_longer_than_the_header_do_not_shift_the_columns(tmp_path: Path) -> None:
    """Read as pandas does by default, the payer would become an index and the payee the payer."""
    with pytest.raises(BadInput, match="expected a CSV file"):
        amlsim_folder(tmp_path, NODES, "".join(f"9,1,2,5,{day}\n" for day in range(28)))


def test_a_column_that_stands_twice_is_refused(tmp_path: Path) -> None:
    amlsim_folder(tmp_path, NODES, daily(range(28)))
    file = tmp_path / "transactions.csv"
    file.write_text("sourceNodeId,targetNodeId,value,time,value\n1,2,5,1,6\n")
    with pytest.raises(BadInput, match="column 'value' stands twice"):
        amlsim(tmp_path, terms("amlsim"))


def test_a_row_of_accounts_that_cannot_be_read_costs_that_account_alone(tmp_path: Path) -> None:
    nodes = NODES + "".join(f"x{number},0,5,-1\n" for number in range(40)) + "4,maybe,5,-1\n"
    world = amlsim_folder(tmp_path, nodes, daily(range(28)) + "1,4,5,3\n", limits=LIMITS)
    assert aside(world) == {"nodes_unreadable": 1, "transfers_unknown_account": 1}


# ------------------------------------------------------------------ accounts


def test_every_row_read_is_a_payment_or_set_aside_with_one_reason(tmp_path: Path) -> None:
    rows = [
        "1,2,5,1", "1,2,,1", "1,9,5,1", "1,1,5,1", "1,2,-5,1", "9,9,0,1", "1,2,5,26", "1,2,5,40",
        "1,2,ten,40", "9,2,5,40", "1,2,5,-5", "1,2,0,-5",
    ]  # fmt: skip
    nodes = NODES + "5,1,5,3\n6,1,5,-1\n7,1,5,1\n"
    world = amlsim_folder(tmp_path, nodes, "\n".join(rows) + "\n", start="2018-01-05")
    lost = aside(world)
    assert lost == {
        "transactions_unreadable": 2,
        "transfers_unknown_account": 3,
        "transfers_unusable": 3,
        "transfers_early": 1,
        "transfers_late": 1,
        "labels_without_payment": 2,
        "amlsim_nodes": 1,
    }
    transfers = sum(count for what, count in lost.items() if what.startswith("trans"))
    assert transfers + len(world.transactions) == len(rows)
    numbers = pd.concat([table["row"] for what, _, table in world.set_aside if what.startswith("trans")])
    assert numbers.is_unique
    reasons = [reason for _, reason, rows in world.set_aside if len(rows)]
    assert all(reasons)


# -------------------------------------------------------------------- labels


def test_a_label_on_a_day_on_which_the_account_only_receives_has_its_payments(tmp_path: Path) -> None:
    world = amlsim_folder(tmp_path, "1,0,5,-1\n2,1,5,9\n3,0,5,-1\n", "1,3,5,0\n1,2,5,9\n3,2,7,9\n1,3,5,27\n")
    assert world.given_labels["customer_id"].map(called(world)).tolist() == ["2"]
    truth = world.transactions.set_index("transaction_id").loc[world.truth["transaction_id"]]
    assert sorted(truth["amount_cents"]) == [500, 700]
    assert world.schemes["account_id"].map(called(world)).tolist() == ["2"]


def test_a_label_without_a_payment_is_set_aside_so_that_labels_and_truth_coincide(tmp_path: Path) -> None:
    nodes = "1,1,5,3\n2,1,5,9\n3,1,5,12\n4,1,5,99\n"
    transfers = "1,2,5,1\n1,2,5,9\n3,3,5,12\n4,4,5,12\n1,2,5,28\n"  # 3 pays itself alone
    world = amlsim_folder(tmp_path, nodes, transfers)
    assert rows_aside(world, "labels_without_payment")["account"].tolist() == ["1", "3"]
    assert rows_aside(world, "labels_outside")["account"].tolist() == ["4"]
    assert world.given_labels["customer_id"].map(called(world)).tolist() == ["2"]
    assert len(world.given_labels) == world.schemes["account_id"].nunique() == 1


def test_a_labelled_transfer_that_is_not_used_leaves_no_label(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "tran_id": ["a", "b", "c", "d"],
            "orig_acct": ["1", "1", "1", "2"],
            "bene_acct": ["2", "1", "9", "1"],
            "base_amt": [5.0, 5.0, 5.0, 5.0],
            "tran_timestamp": ["2024-01-01", "2024-01-05", "2024-01-06", "2024-01-28"],
        }
    )
    world = paper_folder(tmp_path, ["1", "2"], table, "A,fan,True,b\nB,fan,True,c\nC,fan,True,d\n")
    assert aside(world) == {
        "transfers_unknown_account": 1,
        "transfers_unusable": 1,
        "labels_without_payment": 4,
    }
    assert len(world.truth) == 1
    assert len(world.given_labels) == 2


def said(folder: Path, nodes: str, transfers: str) -> list[str]:
    """What the log says of labels."""
    amlsim_folder(folder, nodes, transfers)
    return [note for note in amlsim(folder, terms("amlsim")).notes if "no label" in note]


def test_a_source_without_labels_says_so_when_it_is_read_and_what_to_change(tmp_path: Path) -> None:
    assert said(tmp_path, NODES, daily(range(28))) == [
        f"{tmp_path / 'transactions.csv'}: no label falls into train and validation and test "
        "(labels: train 0, validation 0, test 0); rules run, but no model can be trained or tested: another "
        "params.yaml: sources.amlsim.calendar or params.yaml: source is needed"
    ]
    every = "1,1,5,8\n2,1,5,15\n3,1,5,22\n"
    assert said(tmp_path, every, "1,3,5,1\n1,2,5,8\n2,1,5,15\n3,1,5,22\n1,2,5,28\n") == []


def test_the_log_of_the_stage_keeps_what_a_source_says(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    amlsim_folder(tmp_path / "foreign", NODES, daily(range(147)))
    text = (root / "params.yaml").read_text(encoding="utf-8")
    text = text.replace("\nsource: simulate ", "\nsource: amlsim ").replace(
        "\nsource_path: data/no_source ", "\nsource_path: foreign "
    )
    (tmp_path / "params.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pipeline, "_run", {"rows_in": {}, "rows_out": {}, "set_aside": {}, "notes": []})
    simulate.main()
    said = capsys.readouterr().err.splitlines()
    assert [line for line in said if line.startswith("note: ")] == [
        f"note: {note}" for note in pipeline._run["notes"]
    ]
    assert len(pipeline._run["notes"]) == 3  # no clock, days only, no labels
    assert pipeline.artifact("data", "account_names.parquet").exists()
