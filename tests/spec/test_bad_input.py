"""Bad input is refused with one sentence that names the place, and leaves nothing behind."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pandera.errors
import pytest
import yaml

import pipeline
from data import schema, simulate
from data.observe import Params as ObserveParams
from data.rules import rulebook
from data.rules.rulebook import Rule
from data.sources import World, gather
from data.sources.amlsim import amlsim
from data.sources.amlsim_paper import amlsim_paper
from data.world.calendar import Span
from features.build import Params as BuildParams
from models.results.tuned import Tuned
from pipeline import BadInput
from tests.spec.foreign import stricter, terms

AMOUNT = "a number below 1e+15"
DAYS = "a whole number of days"

RULEBOOK = "data/rules/rulebook.yaml"


def refusal(act: Callable[..., object], *arguments: object) -> str:
    """The one sentence with which an act is refused."""
    with pytest.raises(BadInput) as refused:
        act(*arguments)
    sentence = str(refused.value)
    assert sentence
    assert "\n" not in sentence
    return sentence


@pytest.fixture
def here(tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder with copies of the parameters and the rulebook."""
    for folder in ("data/rules", "docs", "folder"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "data/no_source").touch()
    shutil.copy(root / "params.yaml", tmp_path)
    shutil.copy(root / RULEBOOK, tmp_path / "data/rules")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def edit(path: Path, change: Callable[[Any], object]) -> None:
    """Change a YAML file in place."""
    values = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(values)
    path.write_text(yaml.safe_dump(values, allow_unicode=True), encoding="utf-8")


# --------------------------------------------------------------- parameters


def observe_section() -> ObserveParams:
    return pipeline.params("observe", ObserveParams)


def simulate_section() -> simulate.Params:
    return pipeline.params("simulate", simulate.Params)


def test_the_parameters_of_the_repository_are_accepted(here: Path) -> None:
    assert observe_section().fast_hours > 0
    assert simulate_section().customers > 0
    assert len(rulebook.load().rules) > 0


def test_an_unknown_key_is_refused_with_the_known_ones(here: Path) -> None:
    edit(here / "params.yaml", lambda values: values["observe"].update(fast_hour=3))
    sentence = refusal(observe_section)
    assert sentence.startswith("params.yaml: observe.fast_hour: unknown key, expected one of: ")
    assert "fast_hours" in sentence


def test_an_unknown_nested_key_is_refused_with_the_known_ones_of_its_mapping(here: Path) -> None:
    edit(here / "params.yaml", lambda values: values["simulate"]["calendar"].update(warmup_weeks=3))
    sentence = refusal(simulate_section)
    assert "simulate.calendar.warmup_weeks: unknown key" in sentence
    assert "warm_up_weeks" in sentence


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("customers", "many"),
        ("customers", 3),
        ("customers", 400.5),
        ("start", "the sixth of January"),
        ("dormant_share", 1.5),
        ("sophistication_shares", [0.5, 0.5, 0.5]),
        ("sophistication_shares", [0.5, 0.5]),
        ("festivals", "2025-01-29"),
        ("calendar", None),
        ("calendar", {"warm_up_weeks": 0}),
        ("seed", -1),
    ],
)
def test_a_wrong_value_is_refused_with_its_key(here: Path, key: str, value: object) -> None:
    edit(here / "params.yaml", lambda values: values["simulate"].update({key: value}))
    sentence = refusal(simulate_section)
    assert sentence.startswith(f"params.yaml: simulate.{key}")


@pytest.mark.parametrize(
    ("part", "changes", "sentence"),
    [
        (
            "product_launch",
            {"first_day": 392},
            "product_launch.first_day: expected a day before 392, found 392",
        ),
        ("product_launch", {"first_day": -1}, "product_launch.first_day: "),
        ("product_launch", {"adopter_share": 1.2}, "product_launch.adopter_share: "),
        ("policy_change", {"most_cny": 0}, "policy_change.most_cny: "),
        (
            "policy_change",
            {"careful_part": [0.9, 0.5]},
            "policy_change.careful_part: expected two numbers in order, found [0.9, 0.5]",
        ),
        ("policy_change", {"limit": 3}, "policy_change.limit: unknown key"),
    ],
)
def test_a_drift_plan_that_cannot_be_is_refused(
    here: Path, part: str, changes: dict[str, object], sentence: str
) -> None:
    edit(here / "params.yaml", lambda values: values["simulate"]["drift"][part].update(changes))
    assert refusal(simulate_section).startswith(f"params.yaml: simulate.drift.{sentence}")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("organiser_share", 1.5),
        ("firm_share", -0.1),
        ("weeks", [6, 3]),
        ("incomes_a_month", [0, 1]),
        ("months", 3),
    ],
)
def test_an_integration_that_cannot_be_is_refused(here: Path, key: str, value: object) -> None:
    edit(here / "params.yaml", lambda values: values["simulate"]["integration"].update({key: value}))
    assert refusal(simulate_section).startswith(f"params.yaml: simulate.integration.{key}")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"to_typology": "run_scor"}, "shifts.0.to_typology: unknown typology 'run_scor'"),
        ({"last_day": 180}, "shifts.0.last_day: expected a day after 180, found 180"),
        ({"share": -0.1}, "shifts.0.share: "),
    ],
)
def test_a_shift_that_cannot_be_is_refused(here: Path, changes: dict[str, object], sentence: str) -> None:
    edit(here / "params.yaml", lambda values: values["simulate"]["drift"]["shifts"][0].update(changes))
    assert refusal(simulate_section).startswith(f"params.yaml: simulate.drift.{sentence}")


@pytest.mark.parametrize(
    ("key", "changes", "why"),
    [
        ("schemes_per_typology", {"schemes_per_typology": 2_000}, "customers, not 57000"),
        ("schemes_per_typology", {"customers": 300}, r"need \d+ customers, not 300"),
        ("dormant_share", {"dormant_share": 0.002}, r"\d+ plans wake a sleeper each, about 75 customers"),
        ("dormant_share", {"look_alikes_per_scheme": 200}, r"\d+ plans wake a sleeper each"),
        ("stretch_days", {"stretch_days": 393}, "a stretch is longer than the run"),
    ],
)
def test_a_world_that_cannot_be_is_refused_before_it_is_drawn(
    here: Path, key: str, changes: dict[str, object], why: str
) -> None:
    edit(here / "params.yaml", lambda values: values["simulate"].update(changes))
    sentence = refusal(simulate_section)
    assert sentence.startswith(f"params.yaml: simulate.{key}: ")
    assert re.search(why, sentence), sentence


def test_a_run_too_short_for_a_scheme_is_refused(here: Path) -> None:
    weeks = dict.fromkeys(Span.model_fields, 1)
    edit(here / "params.yaml", lambda values: values["simulate"].update(calendar=weeks))
    assert "simulate.calendar: a run of 35 days holds no scheme, 42 are needed" in refusal(simulate_section)


def test_more_plans_than_sleepers_are_refused_before_a_payment_is_drawn(here: Path) -> None:
    params = simulate_section().model_copy(update={"customers": 1_000, "dormant_share": 0.02})
    sentence = refusal(simulate.simulate, params)
    assert sentence.startswith("params.yaml: simulate.dormant_share: the plans wake more accounts than the ")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("kept", [1.01, 0.85]),
        ("kept", [-0.1, 1.0]),
        ("cycle_hops", 1),
        ("fan_least", 1),
        ("memory_days", 7),
        ("most_steps", 0),
        ("hub_degree", "many"),
    ],
)
def test_a_network_limit_that_cannot_be_is_refused(here: Path, key: str, value: object) -> None:
    edit(here / "params.yaml", lambda values: values["build"]["network"].update({key: value}))
    sentence = refusal(lambda: pipeline.params("build", BuildParams))
    assert sentence.startswith("params.yaml: build.network")
    assert key in sentence


def test_a_missing_key_is_named(here: Path) -> None:
    edit(here / "params.yaml", lambda values: values["observe"].pop("night_hours"))
    assert refusal(observe_section) == "params.yaml: observe.night_hours: field required"


def test_a_missing_section_is_named(here: Path) -> None:
    edit(here / "params.yaml", lambda values: values.pop("observe"))
    assert refusal(observe_section) == "params.yaml: section 'observe' is missing"


@pytest.mark.parametrize("value", [None, 7, ["first_day"]])
def test_a_section_that_is_no_mapping_is_refused(here: Path, value: object) -> None:
    edit(here / "params.yaml", lambda values: values.update(observe=value))
    assert refusal(observe_section).startswith("params.yaml: observe: expected a mapping")


def test_a_missing_file_and_broken_yaml_are_named_with_the_line(here: Path) -> None:
    (here / "params.yaml").write_text("observe:\n  first_day: [1\n  other: 2\n", encoding="utf-8")
    assert refusal(observe_section).startswith("params.yaml, line 3: expected valid YAML")
    (here / "params.yaml").unlink()
    assert refusal(observe_section) == "params.yaml: the file is missing"


def test_an_empty_file_misses_every_section(here: Path) -> None:
    (here / "params.yaml").write_text("", encoding="utf-8")
    assert refusal(observe_section) == "params.yaml: section 'observe' is missing"
    assert refusal(pipeline.param, "source") == "params.yaml: key 'source' is missing"


def test_an_unknown_source_is_refused_with_the_known_ones(here: Path) -> None:
    sentence = refusal(simulate.read_inputs, "amlsin", "folder")
    assert sentence.startswith("params.yaml: source: unknown source 'amlsin', expected one of: amlsim")


def test_the_simulation_is_among_the_sources_offered(here: Path) -> None:
    assert "simulate" in refusal(simulate.read_inputs, "simulat", "folder")


@pytest.mark.parametrize(("source", "folder"), [(["amlsim"], "folder"), ("amlsim", 3)])
def test_a_source_or_folder_that_is_no_text_is_refused(here: Path, source: Any, folder: Any) -> None:
    refusal(simulate.read_inputs, source, folder)


def test_a_source_folder_that_is_missing_is_named(here: Path) -> None:
    assert (
        refusal(simulate.read_inputs, "amlsim", "nowhere")
        == "params.yaml: source_path: 'nowhere' does not exist"
    )
    assert refusal(simulate.read_inputs, "amlsim", "folder") == "folder/nodes.csv: the file is missing"
    assert refusal(simulate.read_inputs, "amlsim", "data/no_source") == (
        "params.yaml: source_path: expected a folder, found the file 'data/no_source'"
    )


# ------------------------------------------------------------------- tables


def some_periods() -> pd.DataFrame:
    moments = pd.date_range("2025-01-06", periods=3, freq="7D", tz="UTC", unit="us")
    return pd.DataFrame({"name": ["train", "test"], "starts_at": moments[:2], "ends_at": moments[1:]})


def test_a_missing_table_is_named(here: Path) -> None:
    assert refusal(pipeline.read, schema.RuleHits) == (
        "artifacts/data/rule_hits.parquet: the table is missing, run the stage that writes it"
    )


@pytest.mark.parametrize("broken", ["not parquet at all", "", None])
def test_a_broken_table_is_named(here: Path, broken: str | None) -> None:
    pipeline.write(schema.Periods, some_periods())
    path = here / "artifacts/data/periods.parquet"
    path.write_bytes(path.read_bytes()[:-20] if broken is None else broken.encode())
    assert refusal(pipeline.read, schema.Periods).startswith(
        "artifacts/data/periods.parquet: expected a Parquet file"
    )


@pytest.mark.parametrize("columns", [None, ["name", "ends_at"]])
def test_a_table_that_misses_a_column_is_named(here: Path, columns: list[str] | None) -> None:
    path = here / "artifacts/data/periods.parquet"
    path.parent.mkdir(parents=True)
    some_periods().drop(columns="ends_at").to_parquet(path)
    assert "ends_at" in refusal(pipeline.read, schema.Periods, columns)


def test_a_written_table_comes_back_as_it_was(here: Path) -> None:
    pipeline.write(schema.Periods, some_periods())
    pd.testing.assert_frame_equal(pipeline.read(schema.Periods), some_periods())
    assert [path.name for path in (here / "artifacts/data").iterdir()] == ["periods.parquet"]


@pytest.mark.parametrize(
    "break_it",
    [
        lambda table: table.assign(extra=1),
        lambda table: table.drop(columns="name"),
        lambda table: table.assign(name=["train", "train"]),
        lambda table: table.assign(name=["train", "holiday"]),
        lambda table: table.assign(ends_at=[table["ends_at"][0], None]),
    ],
    ids=["unknown column", "missing column", "key twice", "unknown value", "empty value"],
)
def test_a_table_that_breaks_its_contract_is_not_written(here: Path, break_it) -> None:
    pipeline.write(schema.Periods, some_periods())
    with pytest.raises((pandera.errors.SchemaError, pandera.errors.SchemaErrors)):
        pipeline.write(schema.Periods, break_it(some_periods()))
    pd.testing.assert_frame_equal(pipeline.read(schema.Periods), some_periods())


# ----------------------------------------------------------- foreign sources


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("utc_offset_hours", 15),
        ("time_unit", "weeks"),
        ("time_format", "%Q"),
        ("time_format", "%d/%m/%Y %Z"),
        ("time_format", ""),
        ("start", "some day"),
        ("ties", "apart"),
        ("bank_of", ["orig_bank"]),
        ("rates", {"Euro": 0}),
        ("clock", 8),
    ],
)
def test_what_is_said_of_a_source_is_checked_before_it_is_read(here: Path, key: str, value: object) -> None:
    edit(here / "params.yaml", lambda values: values["sources"]["amlsim"].update({key: value}))
    assert refusal(simulate.read_inputs, "amlsim", "folder").startswith(f"params.yaml: sources.amlsim.{key}")


@pytest.mark.parametrize(
    ("key", "value"), [("utc_offset_hours", float("nan")), ("rates", {"Euro": float("inf")})]
)
def test_what_is_said_of_a_source_is_finite(here: Path, key: str, value: object) -> None:
    edit(here / "params.yaml", lambda values: values["sources"]["amlsim"].update({key: value}))
    said = refusal(simulate.read_inputs, "amlsim", "folder")
    assert re.fullmatch(r"params\.yaml, line \d+: expected a finite number, found \.(nan|inf)", said), said


@pytest.mark.parametrize(
    ("key", "value"), [("most_outside_share", 1), ("most_unknown_share", -0.1), ("most", 0)]
)
def test_a_limit_that_cannot_be_is_refused(here: Path, key: str, value: object) -> None:
    edit(here / "params.yaml", lambda values: values["source_limits"].update({key: value}))
    assert refusal(simulate.read_inputs, "amlsim", "folder").startswith(f"params.yaml: source_limits.{key}")


def nodes(text: str, transfers: str = "1,2,10.5,1\n2,3,20,28\n") -> Callable[[], World]:
    """Read an AMLSim folder with the given rows."""
    folder = Path("foreign")
    folder.mkdir(exist_ok=True)
    (folder / "nodes.csv").write_text("nodeid,isFraud,init_balance,fraudStep\n" + text)
    (folder / "transactions.csv").write_text("sourceNodeId,targetNodeId,value,time\n" + transfers)
    return lambda: amlsim(folder, terms("amlsim", stricter(most_unreadable_share=0.1)))


NODES = "1,0,5,-1\n2,1,5,9\n3,0,5,-1\n"


def test_a_good_folder_is_read(here: Path) -> None:
    assert len(gather(nodes(NODES)()).transactions) == 2


@pytest.mark.parametrize(
    ("rows", "transfers", "file", "place"),
    [
        ("1,0,5,-1\n2,si,5,9\n", None, "nodes", "row 2, column isFraud: expected true or false, found 'si'"),
        ("1,0,5,-1\n,0,5,9\n", None, "nodes", "row 2, column nodeid: expected an id, found ''"),
        ("1,0,5,-1\n(null),0,5,9\n", None, "nodes", "row 2, column nodeid: expected an id, found '(null)'"),
        (NODES, "1,2,ten,1\n", "transactions", f"row 1, column value: expected {AMOUNT}, found 'ten'"),
        (NODES, "1,2,1,1\n1,2,1,\n", "transactions", f"row 2, column time: expected {DAYS}, found ''"),
        (NODES, "1,2,1,1\n1,2,1,1.5\n", "transactions", f"row 2, column time: expected {DAYS}, found '1.5'"),
    ],
)  # fmt: skip
def test_too_many_malformed_values_are_refused_with_row_and_column_of_the_first(
    here: Path, rows: str, transfers: str | None, file: str, place: str
) -> None:
    read = nodes(rows) if transfers is None else nodes(rows, transfers)
    count = len((rows if transfers is None else transfers).splitlines())
    assert refusal(read) == (
        f"foreign/{file}.csv, {place}; 1 of {count} rows cannot be read, "
        "more than params.yaml: source_limits.most_unreadable_share 0.1 allows"
    )


def test_a_missing_column_is_named_with_those_found(here: Path) -> None:
    read = nodes(NODES)
    Path("foreign/nodes.csv").write_text("id,isFraud\n1,0\n")
    assert refusal(read) == "foreign/nodes.csv: column 'nodeid' is missing, found id, isFraud"


@pytest.mark.parametrize("text", ["", 'nodeid,isFraud\n"1,0\n', b"\xff\xfe\x00"])
def test_a_file_that_is_no_csv_is_named(here: Path, text: str | bytes) -> None:
    read = nodes(NODES)
    Path("foreign/nodes.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    assert refusal(read).startswith("foreign/nodes.csv: expected a CSV file")


def test_too_few_days_for_the_calendar_are_refused(here: Path) -> None:
    assert "the calendar needs 28 days of transfers, found 2" in refusal(nodes(NODES, "1,2,1,1\n1,2,1,2\n"))
    assert "found 0" in refusal(nodes(NODES, ""))


def test_an_infinite_amount_is_refused(here: Path) -> None:
    for amount in ("inf", "-inf", "1e300"):
        assert refusal(nodes(NODES, f"1,2,{amount},1\n2,3,20,28\n")).startswith(
            f"foreign/transactions.csv, row 1, column value: expected {AMOUNT}, found {amount!r}; "
        )


@pytest.mark.parametrize("number", ["inf", "1e300", "9" * 19, "9" * 20, "9" * 40])
def test_a_number_that_no_int64_holds_is_a_name_like_any_other_but_no_day(here: Path, number: str) -> None:
    world = gather(nodes(NODES + f"{number},0,5,-1\n")())
    assert number in set(world.account_names["name"])
    assert refusal(nodes(NODES, f"1,2,5,1\n2,3,20,{number}\n")).startswith(
        f"foreign/transactions.csv, row 2, column time: expected {DAYS}, found {number!r}; "
    )


def test_an_account_listed_twice_is_refused(here: Path) -> None:
    assert refusal(nodes(NODES + "2,0,5,-1\n")) == (
        "foreign/nodes.csv, row 4, column nodeid: expected each value once, found 2 again"
    )
    read = paper("")
    Path("foreign/accounts.csv").write_text("acct_id\n1\n2\n3\n1\n")
    assert refusal(read).startswith("foreign/accounts.csv, row 4, column acct_id: ")


def paper(alerts: str, transfers: pd.DataFrame | None = None) -> Callable[[], object]:
    folder = Path("foreign")
    folder.mkdir(exist_ok=True)
    (folder / "accounts.csv").write_text("acct_id\n1\n2\n3\n")
    (folder / "alert_transactions.csv").write_text("alert_id,alert_type,is_sar,tran_id\n" + alerts)
    if transfers is None:
        moments = ["2020-01-01T00:00:00Z", "2020-01-27T00:00:00Z"]
        transfers = pd.DataFrame(
            {"tran_id": [1, 2], "orig_acct": [1, 2], "bene_acct": [2, 3], "base_amt": [5.0, 6.0]}
        ).assign(tran_timestamp=moments)
    transfers.to_parquet(folder / "transactions.zstd.parquet")
    return lambda: amlsim_paper(folder, terms("amlsim_paper", stricter(most_unreadable_share=0.1)))


def test_a_parquet_source_names_file_row_and_column_too(here: Path) -> None:
    assert refusal(paper("7,fan_in,perhaps,1\n")).startswith(
        "foreign/alert_transactions.csv, row 1, column is_sar: expected true or false, found 'perhaps'; 1 "
    )
    bad = pd.DataFrame({"tran_id": [1], "orig_acct": [1], "bene_acct": [2], "base_amt": [np.nan]})
    assert refusal(paper("", bad.assign(tran_timestamp="2020-01-01"))).startswith(
        f"foreign/transactions.zstd.parquet, row 1, column base_amt: expected {AMOUNT}, found nothing; "
    )
    read = paper("")
    Path("foreign/transactions.zstd.parquet").write_text("no parquet")
    assert refusal(read).startswith("foreign/transactions.zstd.parquet: expected a Parquet file")


def test_a_transaction_in_two_alerts_is_refused(here: Path) -> None:
    assert refusal(paper("7,fan_in,True,1\n8,cycle,True,1\n")) == (
        "foreign/alert_transactions.csv, row 2, column tran_id: expected each value once, found 1 again"
    )


# ----------------------------------------------------------------- rulebook


def written(book: dict[str, Any], rule_id: str = "R01") -> dict[str, Any]:
    """A rule as it stands in the book, wherever that is."""
    return next(rule for rule in book["rules"] if rule.get("id") == rule_id)


def loaded(rule_id: str = "R01") -> Rule:
    """The same rule read and checked."""
    return next(rule for rule in rulebook.load().rules if rule.id == rule_id)


def rule_one(change: Callable[[dict[str, Any]], object]) -> str:
    """The refusal of the rulebook after a change of rule R01."""
    edit(Path(RULEBOOK), lambda book: change(written(book)))
    return refusal(rulebook.load)


PLACE = "data/rules/rulebook.yaml: rule R01"


def test_a_rule_with_an_unknown_indicator_is_refused(here: Path) -> None:
    sentence = rule_one(lambda rule: rule.update(predicate="cash_in_amuont_7d >= {count} and 1 < {total}"))
    assert sentence == f"{PLACE}: the predicate has an error: unknown indicator 'cash_in_amuont_7d'"


def test_a_rule_that_is_neither_true_nor_false_is_refused(here: Path) -> None:
    sentence = rule_one(lambda rule: rule.update(predicate="cash_in_amount_7d + {total}"))
    assert sentence.startswith(f"{PLACE}: expected a predicate that is true or false, found one of type")


@pytest.mark.parametrize(
    "predicate", ["cash_in_amount_7d >=", "", "cash_in_amount_7d >= 1)", "'a' = kind kind"]
)
def test_a_rule_that_is_no_sql_is_refused(here: Path, predicate: str) -> None:
    assert rule_one(lambda rule: rule.update(predicate=predicate)).startswith(PLACE)


def test_a_rule_with_an_unknown_parameter_is_refused(here: Path) -> None:
    sentence = rule_one(lambda rule: rule.update(predicate="cash_in_amount_7d >= {totl}"))
    assert sentence == f"{PLACE}: the predicate names unknown parameter 'totl'"


def test_a_rule_parameter_without_a_source_is_refused(here: Path) -> None:
    sentence = rule_one(lambda rule: rule["parameters"]["total"].pop("source"))
    assert sentence == f"{PLACE}.parameters.total.source: field required"


@pytest.mark.parametrize(
    ("key", "value"),
    [("value", "a lot"), ("unit", "yuan"), ("source", ""), ("source", "heard it somewhere")],
)
def test_a_malformed_rule_parameter_is_named(here: Path, key: str, value: str) -> None:
    sentence = rule_one(lambda rule: rule["parameters"]["total"].update({key: value}))
    assert sentence.startswith(f"{PLACE}.parameters.total.{key}: ")


def test_an_unknown_key_of_a_rule_is_refused(here: Path) -> None:
    assert rule_one(lambda rule: rule.update(threshold=3)).startswith(f"{PLACE}.threshold: unknown key")


def test_a_number_for_an_unknown_segment_is_refused(here: Path) -> None:
    values = {"person": 3, "micro_business": 5, "giant": 9}
    sentence = rule_one(lambda rule: rule["parameters"]["count"].update(value=values))
    assert sentence.startswith(f"{PLACE}.parameters.count.value: unknown segment 'giant'")


def test_a_number_a_segment_must_leave_no_segment_out(here: Path) -> None:
    sentence = rule_one(lambda rule: rule["parameters"]["count"].update(value={"person": 3, "company": 5}))
    assert "segment 'micro_business' is missing" in sentence


def test_a_segment_that_a_predicate_names_must_exist(here: Path) -> None:
    sentence = rule_one(lambda rule: rule.update(predicate=rule["predicate"] + " and kind = 'persno'"))
    assert sentence.startswith(f"{PLACE}: unknown segment 'persno', expected one of: person")


@pytest.mark.parametrize(
    ("predicate", "units"),
    [
        ("cash_in_amount_7d >= {count}", "CNY and count"),
        ("near_line_cash_count_7d between {count} and {total}", "count and CNY"),
        ("cash_in_amount_7d + near_line_cash_count_7d >= {total}", "CNY and count"),
        ("near_line_cash_count_7d >= {total} * seg", "count and CNY"),
        ("cash_in_share_30d >= cash_in_amount_7d", "share and CNY"),
        ("cash_in_amount_7d >= case when kind = 'person' then {total} else {count} end", "CNY and count"),
        ("greatest(cash_in_amount_7d, tenure_days) >= {total}", "CNY and days"),
    ],
)
def test_a_parameter_of_the_wrong_unit_is_refused(here: Path, predicate: str, units: str) -> None:
    sentence = rule_one(lambda rule: rule.update(predicate=predicate))
    assert sentence == f"{PLACE}: expected one unit on both sides, found {units}"


@pytest.mark.parametrize(
    "predicate",
    [
        "cash_in_amount_7d / in_amount_7d >= residence_hours_7d / residence_hours_7d",
        "cash_in_amount_7d >= {total} * seg * cash_in_share_30d",
        "(tenure_days < silent_days_before_10d)::int + (in_count_7d > {count})::int >= {count}",
        "not (in_amount_7d is null) and coalesce(in_amount_7d, 0) >= {total} and kind in ('company')",
    ],
)
def test_a_predicate_whose_units_agree_is_accepted(here: Path, predicate: str) -> None:
    edit(here / RULEBOOK, lambda book: written(book).update(predicate=predicate))
    assert loaded().sql()


def test_a_bare_number_in_a_predicate_is_refused_because_it_has_no_source(here: Path) -> None:
    sentence = rule_one(lambda rule: rule.update(predicate="cash_in_amount_7d >= 75000"))
    assert sentence == f"{PLACE}: the number 75000 has no source, expected a parameter in its place"


def test_a_predicate_that_asks_other_tables_is_refused(here: Path) -> None:
    sentence = rule_one(lambda rule: rule.update(predicate="cash_in_amount_7d >= (select {total})"))
    assert sentence == f"{PLACE}: expected a predicate over indicators, found a subquery"


def test_a_rule_of_an_unknown_use_is_refused(here: Path) -> None:
    assert rule_one(lambda rule: rule.update(use="sometimes")).startswith(f"{PLACE}.use: ")


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"red_flags": ["smells"]}, "the red flag 'smells' has no words under 'red_flags'"),
        ({"owner": "nobody"}, "the owner 'nobody' has no words under 'owners'"),
        ({"family": "cassh"}, "unknown family 'cassh'"),
    ],
)
def test_a_name_that_has_no_words_is_refused(here: Path, change: dict[str, object], what: str) -> None:
    assert rule_one(lambda rule: rule.update(change)).startswith(f"{PLACE}: {what}")


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ({"en": "bonus"}, ".zh: field required"),
        ({"en": "bonus", "zh": "bonus"}, " expected Chinese under 'zh', found 'bonus'"),
        ({"en": "奖金", "zh": "奖金"}, " expected English under 'en', found '奖金'"),
        ({"en": "", "zh": "奖金"}, " expected English under 'en', found ''"),
    ],
)
def test_words_that_lack_a_language_are_refused(here: Path, words: dict[str, str], what: str) -> None:
    sentence = rule_one(lambda rule: rule.update(known_false_positives=[words]))
    assert sentence.startswith(f"{PLACE}.known_false_positives.0") and what in sentence
    edit(here / RULEBOOK, lambda book: written(book).update(known_false_positives=[]))
    edit(here / RULEBOOK, lambda book: book["red_flags"].update(smells=words))
    assert what in refusal(rulebook.load)


def test_a_rule_that_refers_to_an_unknown_case_is_refused(here: Path) -> None:
    sentence = rule_one(lambda rule: rule.update(case_refs=["hearsay"]))
    assert sentence == f"{PLACE}: unknown case 'hearsay', expected one of the list under 'cases'"


def test_the_amount_of_a_rule_must_be_money(here: Path) -> None:
    sentence = rule_one(lambda rule: rule.update(amount="near_line_cash_count_7d"))
    assert sentence == f"{PLACE}: expected an amount in CNY, found 'near_line_cash_count_7d' in count"
    sentence = rule_one(lambda rule: rule.update(amount="nothing_7d"))
    assert sentence == f"{PLACE}: the amount is the unknown indicator 'nothing_7d'"


def test_a_negative_rule_is_checked_like_any_other(here: Path) -> None:
    def add(book: dict[str, Any]) -> None:
        book["negative_rules"] = [written(book) | {"id": "R99"}]

    edit(here / RULEBOOK, add)
    assert refusal(rulebook.load).startswith("data/rules/rulebook.yaml: rule R99.id: ")
    edit(here / RULEBOOK, lambda book: book["negative_rules"][0].update(id="N1"))
    assert rulebook.load().negative_rules[0].vote == -1
    edit(
        here / RULEBOOK,
        lambda book: book["negative_rules"][0].update(predicate="in_count_7d"),
    )
    assert refusal(rulebook.load).startswith("data/rules/rulebook.yaml: rule N1: expected a predicate")


def test_an_unknown_key_of_a_rule_parameter_lists_the_known_ones(here: Path) -> None:
    sentence = rule_one(lambda rule: rule["parameters"]["total"].update(unti="CNY"))
    assert sentence == f"{PLACE}.parameters.total.unti: unknown key, expected one of: source, unit, value"


def test_two_rules_of_one_id_are_refused(here: Path) -> None:
    edit(here / RULEBOOK, lambda book: book["rules"].append(written(book)))
    assert refusal(rulebook.load) == f"{PLACE}: the id is used 2 times, expected once"


def test_a_rule_without_a_proper_id_is_named_by_its_place_in_the_list(here: Path) -> None:
    edit(here / RULEBOOK, lambda book: book["rules"][1].pop("id"))
    assert refusal(rulebook.load) == "data/rules/rulebook.yaml: rule number 2.id: field required"
    edit(here / RULEBOOK, lambda book: book["rules"].__setitem__(1, "R02"))
    assert refusal(rulebook.load).startswith("data/rules/rulebook.yaml: rule number 2: expected a mapping")


def test_a_kind_of_customer_without_a_multiplier_is_refused(here: Path) -> None:
    edit(here / RULEBOOK, lambda book: book["segment_multiplier"].pop("company"))
    assert refusal(rulebook.load).startswith(
        "data/rules/rulebook.yaml.segment_multiplier: segment 'company' is missing"
    )


def test_a_rulebook_without_a_list_of_rules_is_refused(here: Path) -> None:
    (here / RULEBOOK).write_text("rules: none\n", encoding="utf-8")
    assert refusal(rulebook.load) == "data/rules/rulebook.yaml: expected a list of rules under 'rules'"


def test_a_threshold_reaches_the_sql_to_its_last_digit(here: Path) -> None:
    edit(
        here / RULEBOOK,
        lambda book: written(book)["parameters"]["total"].update(value=1234567),
    )
    threshold = loaded().sql().split(">=")[-1]
    assert float(threshold) == 1_234_567


def test_the_indicators_of_a_rule_are_found_however_they_are_written(here: Path) -> None:
    edit(
        here / RULEBOOK,
        lambda book: written(book).update(predicate="IN_AMOUNT_7D >= {total}"),
    )
    assert loaded().indicators() == {"in_amount_7d"}


# ------------------------------------------------------------ stages, writers


def run(root: Path, folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(root)}
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def outputs(folder: Path) -> list[str]:
    return [str(path) for path in (folder / "artifacts").rglob("*") if path.is_file()]


def test_a_stage_with_bad_parameters_ends_with_code_2_and_writes_nothing(here: Path, root: Path) -> None:
    edit(here / "params.yaml", lambda values: values["simulate"].update(customers="many"))
    ended = run(root, here, "data.simulate")
    assert ended.returncode == 2
    assert ended.stderr.startswith("error: params.yaml: simulate.customers: ")
    assert ended.stderr.count("\n") == 1
    assert ended.stdout == ""
    assert outputs(here) == []


def test_a_stage_without_its_input_ends_with_code_2_and_writes_nothing(here: Path, root: Path) -> None:
    ended = run(root, here, "data.alert")
    assert ended.returncode == 2
    assert ended.stderr == (
        "error: artifacts/data/daily_indicators.parquet: the table is missing, run the stage that writes it\n"
    )
    assert outputs(here) == []


def test_bad_input_inside_a_stage_ends_the_process_with_code_2(here: Path, capsys) -> None:
    def main() -> None:
        raise BadInput("somewhere: something is wrong")

    with pytest.raises(SystemExit) as ended:
        pipeline.run_stage("broken", main)
    assert ended.value.code == 2
    assert capsys.readouterr().err == "error: somewhere: something is wrong\n"
    assert outputs(here) == []


@pytest.mark.parametrize("arguments", [[], ["a", "b"]])
def test_a_stage_of_one_argument_refuses_another_number(arguments, monkeypatch, capsys) -> None:
    monkeypatch.setattr(sys, "argv", ["stage", *arguments])
    with pytest.raises(SystemExit) as ended:
        pipeline.argument("model")
    assert ended.value.code == 2
    assert capsys.readouterr().err == "error: expected one argument, the model\n"


def test_a_writer_that_fails_half_way_leaves_no_file(here: Path) -> None:
    def half(path: Path) -> None:
        path.write_text("the first ha")
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        pipeline.save("models", "model.txt", half)
    assert outputs(here) == []


def test_a_writer_that_fails_leaves_the_file_of_the_run_before(here: Path) -> None:
    pipeline.write_text("models", "model.txt", "whole")

    def half(path: Path) -> None:
        path.write_text("ha")
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        pipeline.save("models", "model.txt", half)
    assert (here / "artifacts/models/model.txt").read_text() == "whole"
    assert len(outputs(here)) == 1


def test_equal_results_are_equal_bytes(here: Path) -> None:
    choice = {"trees": 7, "rate": 2.5, "name": "中"}
    pipeline.write_result(Tuned(choice=choice, trials=[]), "one")
    pipeline.write_result(Tuned(trials=[], choice=dict(reversed(choice.items()))), "two")
    one, two = ((here / f"artifacts/models/tuned/{name}.json").read_bytes() for name in ("one", "two"))
    assert one == two
    assert "中".encode() in one


def test_a_result_comes_back_as_it_was_written_whole_numbers_whole(here: Path) -> None:
    written = Tuned(choice={"trees": 7, "rate": 2.0}, trials=[])
    pipeline.write_result(written, "one")
    found = pipeline.read_result(Tuned, "one")
    assert found == written
    assert [type(value) for value in found.choice.values()] == [float, int]  # in the order of the file


def test_a_broken_result_is_named_with_its_line(here: Path) -> None:
    pipeline.write_text("models", "tuned.json", '{\n  "choice": ,\n}')
    assert refusal(pipeline.read_result, Tuned) == "artifacts/models/tuned.json, line 2: expected valid JSON"
    assert refusal(pipeline.read_result, Tuned, "none").startswith(
        "artifacts/models/tuned/none.json: the file"
    )


def test_an_outdated_result_is_named_with_its_key(here: Path) -> None:
    pipeline.write_text("models", "tuned.json", '{"choice": {}, "trials": [], "best": 1}')
    assert refusal(pipeline.read_result, Tuned) == (
        "artifacts/models/tuned.json.best: unknown key, expected one of: choice, trials"
    )
    pipeline.write_text("models", "tuned.json", '{"choice": {"rate": [1]}, "trials": []}')
    assert refusal(pipeline.read_result, Tuned).startswith("artifacts/models/tuned.json.choice.rate")


def test_rows_set_aside_are_kept_with_the_reason(here: Path) -> None:
    pipeline.set_aside(pd.DataFrame({"row": [1, 2]}), "hits", "too late")
    kept = pd.read_parquet(here / "artifacts/set_aside/hits.parquet")
    assert kept.to_dict("list") == {"row": [1, 2], "reason": ["too late", "too late"]}


def test_a_run_that_sets_nothing_aside_leaves_no_rows_of_an_earlier_run(here: Path) -> None:
    pipeline.set_aside(pd.DataFrame({"row": [1, 2]}), "hits", "too late")
    pipeline.set_aside(pd.DataFrame({"row": []}), "hits", "too late")
    kept = here / "artifacts/set_aside/hits.parquet"
    assert not kept.exists() or pd.read_parquet(kept).empty
