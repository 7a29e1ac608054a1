"""Forms beside plain payments: labels by account, statements, graphfaker's tables, Elliptic's graph."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from data.feeds import gather_stream, read_transactions
from data.feeds.elliptic import CLASSES, EDGES, FEATURE_COLUMNS, FEATURES, read_elliptic
from data.feeds.graphfaker import GraphfakerStream
from data.feeds.labels import LabelMapping, read_account_labels
from data.feeds.mapping import Mapping
from parameters import BadInput, parse


def day(text: str) -> int:
    """Microseconds of a day's midnight in UTC."""
    return int(np.datetime64(text, "us").astype(np.int64))


def labels_of(path: Path, text: str, **more: object):
    path.write_text(text, encoding="utf-8")
    form = {"columns": {"account": "who", "label": "sar", "known": "told"}} | more
    return read_account_labels(path, parse(LabelMapping, form, "mapping"))


def test_an_account_has_the_label_that_was_known_last_strictly_before_the_moment(tmp_path: Path) -> None:
    rows = ["who,sar,told", "0280,1,2024-03-05", "280,0,2024-01-01", "0280,0,2024-02-01"]
    labels, account = labels_of(tmp_path / "labels.csv", "\n".join(rows) + "\n")
    asked = ["280", "0280", "nobody"]
    assert labels.as_of(asked, day("2024-02-01")).tolist() == [0, -1, -1]
    assert labels.as_of(asked, day("2024-03-05")).tolist() == [0, 0, -1]
    assert labels.as_of(asked, day("2024-03-06")).tolist() == [0, 1, -1]
    assert account.lines() == ["3 rows read: 3 kept, 0 set aside"]


def test_labels_that_cannot_be_used_are_counted_and_too_many_refuse_the_file(tmp_path: Path) -> None:
    rows = "who,sar,told\n1,1,2024-01-01\n2,maybe,2024-01-01\n3,1,soon\n,1,2024-01-01\n4,1\n"
    labels, account = labels_of(tmp_path / "a.csv", rows, limits={"most_set_aside_share": 0.9})
    assert labels.account.tolist() == ["1"]
    assert account.read == 5
    assert account.set_aside == {"label": 1, "label_known": 1, "account": 1, "number_of_cells": 1}
    with pytest.raises(BadInput, match="4 of 5 rows cannot be used"):
        labels_of(tmp_path / "b.csv", rows)


def test_labels_name_accounts_as_the_feed_does_where_a_bank_belongs_to_the_key(tmp_path: Path) -> None:
    columns = {"account": "who", "bank": "at", "label": "sar", "known": "told"}
    text = "who,at,sar,told\n7,north,1,2024-01-01\n7,south,0,2024-01-01\n"
    labels, _ = labels_of(tmp_path / "labels.csv", text, columns=columns)
    assert labels.as_of(["north/7", "south/7"], day("2025-01-01")).tolist() == [1, 0]


def test_a_statement_tells_whose_end_is_the_banks_own(tmp_path: Path) -> None:
    path = tmp_path / "statement.csv"
    rows = ["at,who,other,way,sum", "2024-01-01,a,b,D,5", "2024-01-02,a,c,C,6", "2024-01-03,a,d,D,-7"]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    columns = {"time": "at", "account": "who", "counterparty": "other", "direction": "way", "amount": "sum"}
    form = {"columns": columns, "direction": {"out": ["D"], "into": ["C"]}, "amount": {"negative": "reverse"}}
    mapping = parse(Mapping, form, "mapping")
    table = pa.concat_tables(read_transactions(path, mapping))
    assert table["payer"].to_pylist() == ["a", "c", "d"]
    assert table["payee"].to_pylist() == ["b", "a", "a"]
    assert table["own"].to_pylist() == ["payer", "payee", "payee"]
    own = gather_stream(read_transactions(path, mapping)).words["own"]
    assert [own.words[code] for code in own.codes] == ["payer", "payee", "payee"]


def test_a_file_of_payments_has_no_own_end(tmp_path: Path) -> None:
    path = tmp_path / "payments.csv"
    path.write_text("at,a,b,sum\n2024-01-01,x,y,5\n", encoding="utf-8")
    columns = {"time": "at", "payer": "a", "payee": "b", "amount": "sum"}
    table = pa.concat_tables(read_transactions(path, parse(Mapping, {"columns": columns}, "mapping")))
    assert table["own"].to_pylist() == [None]


def graphfaker_folder(folder: Path, truth: bool = True) -> Path:
    """Two channels, one relation without money, three payments, one of them in a licit look-alike."""
    for name in ("edges", "truth"):
        (folder / name).mkdir()
    at = [np.datetime64("2025-01-01T10:00:00", "us"), np.datetime64("2025-01-02T10:00:00", "us")]
    wire: dict[str, list[Any]] = {
        "source": ["acc_1", "acc_2"], "target": ["acc_2", "acc_3"], "tx_id": ["tx_0", "tx_2"],
        "timestamp": at, "amount": [10.5, 20.0], "memo": ["hidden", ""], "recurring": [False, False],
    }  # fmt: skip
    parquet.write_table(pa.table(wire), folder / "edges" / "WIRE.parquet")
    card = {name: values[:1] for name, values in wire.items()} | {"tx_id": ["tx_1"], "amount": [3.0]}
    parquet.write_table(pa.table(card), folder / "edges" / "CARD.parquet")
    owns = pa.table({"source": ["person_1"], "target": ["acc_1"]})
    parquet.write_table(owns, folder / "edges" / "OWNS.parquet")
    if truth:
        told = {"tx_id": ["tx_2", "tx_1"], "pattern_id": ["p1", "p2"], "typology": ["cycle", "payroll"]}
        table = pa.table(told | {"is_fraud": [True, False]})
        parquet.write_table(table, folder / "truth" / "transactions.parquet")
    return folder


def test_graphfakers_channels_are_kinds_and_its_truth_labels_payments_by_id(tmp_path: Path) -> None:
    stream = GraphfakerStream(graphfaker_folder(tmp_path))
    table = pa.concat_tables(stream)
    assert table["id"].to_pylist() == ["tx_1", "tx_0", "tx_2"]
    assert table["kind"].to_pylist() == ["CARD", "WIRE", "WIRE"]
    assert table["label"].to_pylist() == [False, False, True]
    assert table["typology"].to_pylist() == ["payroll", None, "cycle"]
    assert table["cents"].to_pylist() == [300, 1050, 2000]
    assert "memo" not in table.column_names
    assert stream.accounting.lines() == ["3 rows read: 3 kept, 0 set aside"]
    assert gather_stream(GraphfakerStream(tmp_path)).label.tolist() == [0, 0, 1]


def test_graphfakers_tables_without_their_truth_have_no_labels(tmp_path: Path) -> None:
    table = pa.concat_tables(GraphfakerStream(graphfaker_folder(tmp_path, truth=False)))
    assert table["label"].null_count == 3


def test_a_folder_without_payments_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no table of edges/ has the columns"):
        GraphfakerStream(tmp_path)


def elliptic_folder(folder: Path, **changed: str) -> Path:
    """Three transactions, one of them without a class, and an edge that leads nowhere."""
    rows = (("230425980", "1"), ("55", "2"), ("7", "2"))
    features = "\n".join(",".join([*row, *["0.25"] * FEATURE_COLUMNS]) for row in rows)
    files = {
        FEATURES: features + "\n",
        CLASSES: "txId,class\n55,1\n230425980,2\n",
        EDGES: "txId1,txId2\n230425980,55\n55,999\n",
    } | changed
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_elliptic_is_read_as_nodes_with_features_steps_labels_and_edges(tmp_path: Path) -> None:
    nodes = read_elliptic(elliptic_folder(tmp_path))
    assert nodes.name.tolist() == ["230425980", "55", "7"]
    assert nodes.step.tolist() == [1, 2, 2]
    assert nodes.features.shape == (3, FEATURE_COLUMNS)
    assert nodes.label.tolist() == [0, 1, -1]
    assert nodes.edges.tolist() == [[0, 1]]
    assert nodes.notes == ["1 of 2 edges name an unknown transaction"]


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        (CLASSES, "txId,class\n55,9\n", "row 1: expected class 1, 2 or unknown, found '9'"),
        (CLASSES, "txId,class\n55,1\n55,2\n", "transaction 55 is listed twice"),
        (FEATURES, "1,1,0.5\n", "row 1: expected 167 cells, found 3"),
        (FEATURES, ",".join(["1", "x", *["0"] * FEATURE_COLUMNS]) + "\n", "row 1: column 2 holds no number"),
        (EDGES, "a,b\n1,2\n", "column 'txId1' is missing"),
    ],
)
def test_elliptic_of_another_form_is_refused_in_a_sentence(
    tmp_path: Path, name: str, text: str, sentence: str
) -> None:
    with pytest.raises(BadInput, match=sentence):
        read_elliptic(elliptic_folder(tmp_path, **{name: text}))
