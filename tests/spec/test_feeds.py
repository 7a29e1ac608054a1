"""Anybody's file of transactions as typed rows: what each cell means, and what costs its row."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from data.feeds import Accounting, Mapping, gather_stream, read_mapping, read_transactions, shipped
from pipeline import BadInput

PLAIN = {"time": "at", "payer": "from", "payee": "to", "amount": "sum"}
HEADER = "id,at,from,to,sum,cur,how,bad\n"


def mapping(columns: dict[str, str] | None = None, **more: Any) -> Mapping:
    """The plain columns and others, every row allowed to be set aside."""
    more.setdefault("limits", {"most_set_aside_share": 1.0})
    return Mapping.model_validate({"columns": PLAIN | (columns or {})} | more)


def read(path: Path, said: Mapping) -> tuple[pd.DataFrame, Accounting, pd.DataFrame]:
    """Rows kept, the account, and the rows set aside."""
    aside = path.with_name("aside.parquet")
    aside.unlink(missing_ok=True)
    stream = read_transactions(path, said, aside)
    tables = list(stream)
    account = stream.accounting
    assert account.read == account.kept + sum(account.set_aside.values())
    rows = pa.concat_tables(tables).to_pandas() if tables else pd.DataFrame({"row": []})
    return rows, account, pd.read_parquet(aside) if aside.exists() else pd.DataFrame({"row": []})


def written(folder: Path, text: str | bytes, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def rows_of(*rows: str) -> str:
    return HEADER + "".join(f"{row}\n" for row in rows)


GOOD = "1,2024-01-02T10:00:00Z,A,B,5.25,CNY,wire,0"


def test_a_row_is_a_payment_from_payer_to_payee_at_a_moment(tmp_path: Path) -> None:
    rows, account, _ = read(written(tmp_path, rows_of(GOOD)), mapping({"id": "id", "currency": "cur"}))
    (row,) = rows.to_dict("records")
    assert (row["id"], row["payer"], row["payee"], row["amount"], row["cents"]) == ("1", "A", "B", 5.25, 525)
    assert row["at"] == pd.Timestamp("2024-01-02 10:00", tz="UTC")
    assert account.lines() == ["1 rows read: 1 kept, 0 set aside"]


@pytest.mark.parametrize(
    "name", ["0280", "280", "8E5", "6222021234567890123", "=1+1", "<script>", "账户", " 7"]
)
def test_an_id_is_the_text_of_its_cell(tmp_path: Path, name: str) -> None:
    rows, _, _ = read(written(tmp_path, rows_of(GOOD.replace("A", name))), mapping())
    assert rows["payer"].tolist() == [name]


def test_one_number_at_two_banks_is_two_accounts(tmp_path: Path) -> None:
    text = "at,b1,from,b2,to,sum\n2024-01-02,010,7,011,7,1\n2024-01-02,a/b,7,011,7,1\n"
    said = mapping({"payer_bank": "b1", "payee_bank": "b2"})
    rows, _, aside = read(written(tmp_path, text), said)
    assert rows[["payer", "payee"]].to_numpy().tolist() == [["010/7", "011/7"]]
    assert aside[["row", "reason", "column", "found"]].to_numpy().tolist() == [
        [2, "end_of_payment", "b1", "a/b"]
    ]


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        (2, "", "end_of_payment"),
        (3, "(null)", "end_of_payment"),
        (2, "x" * 201, "end_of_payment"),
        (2, '"two\nlines"', "end_of_payment"),
        (4, "", "amount"),
        (4, "NaN", "amount"),
        (4, "inf", "amount"),
        (4, "1e300", "amount"),
        (4, "1,5", "number_of_cells"),
        (4, "0", "not_positive"),
        (4, "-3", "not_positive"),
        (1, "", "time"),
        (1, "03/04/2024", "time"),
        (1, "2024-13-01", "time"),
        (1, "1970-01-01", "time_out_of_range"),
        (1, "9999-12-31", "time_out_of_range"),
        (7, "maybe", "label"),
        (0, "", "id"),
        (0, "1", "repeated_id"),
        (5, "XYZ", "currency"),
    ],
)
def test_a_cell_that_cannot_be_used_costs_its_row_and_nothing_else(
    tmp_path: Path, column: int, cell: str, reason: str
) -> None:
    cells = ["2", *GOOD.split(",")[1:]]
    cells[column] = cell
    said = mapping({"id": "id", "currency": "cur", "label": "bad"}, amount={"rates": {"CNY": 1.0}})
    rows, account, aside = read(written(tmp_path, rows_of(GOOD, ",".join(cells), "3" + GOOD[1:])), said)
    assert rows["row"].tolist() == [1, 3]
    assert account.set_aside == {reason: 1}
    assert aside[["row", "reason"]].to_numpy().tolist() == [[2, reason]]


def test_a_payment_to_oneself_is_kept(tmp_path: Path) -> None:
    rows, _, _ = read(written(tmp_path, rows_of(GOOD.replace("B", "A"))), mapping())
    assert rows[["payer", "payee"]].to_numpy().tolist() == [["A", "A"]]


def test_a_negative_amount_is_a_payment_back_where_that_is_said(tmp_path: Path) -> None:
    path = written(tmp_path, rows_of(GOOD.replace("5.25", "-5.25")))
    rows, _, _ = read(path, mapping(amount={"negative": "reverse"}))
    assert rows[["payer", "payee", "cents"]].to_numpy().tolist() == [["B", "A", 525]]


def test_a_statement_says_which_way_the_money_went(tmp_path: Path) -> None:
    text = "at,acct,other,dc,sum\n2024-01-02,A,B,D,1\n2024-01-02,A,B,C,2\n2024-01-02,A,B,?,3\n"
    said = Mapping.model_validate(
        {
            "columns": {
                "time": "at", "account": "acct", "counterparty": "other", "direction": "dc", "amount": "sum"
            },
            "direction": {"out": ["D"], "into": ["C"]},
            "limits": {"most_set_aside_share": 1.0},
        }
    )  # fmt: skip
    rows, account, _ = read(written(tmp_path, text), said)
    assert rows[["payer", "payee"]].to_numpy().tolist() == [["A", "B"], ["B", "A"]]
    assert account.set_aside == {"direction": 1}


def test_cash_without_an_account_comes_from_the_party_cash(tmp_path: Path) -> None:
    path = written(tmp_path, rows_of(GOOD.replace("A", "-").replace("wire", "CASH")))
    rows, _, _ = read(path, mapping({"kind": "how"}, cash={"kinds": ["CASH"]}))
    assert rows[["payer", "payee", "is_cash"]].to_numpy().tolist() == [["cash", "B", True]]


@pytest.mark.parametrize(
    ("time", "cell", "utc"),
    [
        ({"zone": "Asia/Shanghai"}, "2024-01-02 07:00", "2024-01-01 23:00"),
        ({"zone": 5.5}, "2024-01-02 07:00", "2024-01-02 01:30"),
        ({"zone": "Asia/Shanghai"}, "2024-01-02T07:00:00+02:00", "2024-01-02 05:00"),
        ({"format": "%d/%m/%Y %H:%M"}, "03/04/2024 10:00", "2024-04-03 10:00"),
        ({"unit": "ms"}, "1704189600000", "2024-01-02 10:00"),
        ({"unit": "days", "first_day": "2024-01-01"}, "1", "2024-01-02 00:00"),
        ({"zone": "Europe/Berlin"}, "2024-10-27 02:30", "2024-10-27 00:30"),  # passed twice: the earlier
        ({"zone": "Europe/Berlin"}, "2024-03-31 02:30", "2024-03-31 01:00"),  # leapt over
    ],
)
def test_a_time_is_a_moment_in_utc(tmp_path: Path, time: dict[str, Any], cell: str, utc: str) -> None:
    path = written(tmp_path, rows_of(GOOD.replace("2024-01-02T10:00:00Z", cell)))
    rows, account, _ = read(path, Mapping.model_validate_json(mapping(time=time).model_dump_json()))
    assert rows["at"].tolist() == [pd.Timestamp(utc, tz="UTC")], account.lines()


@pytest.mark.parametrize(
    ("amount", "cell", "cents"),
    [
        ({"decimal": ",", "thousands": "."}, '"1.234,50"', 123450),
        ({"thousands": ","}, '"1,234.5"', 123450),
        ({"thousands": ","}, '"1,23"', None),  # three digits follow a mark, or it means something else
        ({"unit": 0.01}, "1234", 1234),
        ({"rates": {"CNY": 7.0}}, "2", 1400),
        ({}, "0.001", 1),
    ],
)
def test_an_amount_is_read_as_it_is_said_to_be_written(
    tmp_path: Path, amount: dict[str, Any], cell: str, cents: int | None
) -> None:
    path = written(tmp_path, rows_of(GOOD.replace("5.25", cell)))
    rows, account, _ = read(path, mapping({"currency": "cur"}, amount=amount))
    assert rows["cents"].tolist() if cents else account.set_aside == {"amount": 1}
    assert cents is None or rows["cents"].tolist() == [cents]


def test_a_label_is_known_from_its_day_on(tmp_path: Path) -> None:
    text = rows_of(GOOD[:-1] + "1", GOOD[:-1], GOOD)
    rows, _, _ = read(written(tmp_path, text), mapping({"label": "bad"}, label={"known_after_days": 2}))
    assert rows["label"].tolist() == [True, None, False]
    known = pd.Timestamp("2024-01-04 10:00", tz="UTC")
    assert rows["known_at"].isna().tolist() == [False, True, False] and rows["known_at"][0] == known


def test_rows_of_the_wrong_length_keep_their_numbers(tmp_path: Path) -> None:
    text = (
        "at,from,to,sum\n\n2024-01-02,A,B,1\nshort\n2024-01-02,A,B,2\nlong,1,2,3,4\nshort\n2024-01-02,A,B,3\n"
    )
    rows, _, aside = read(written(tmp_path, text), mapping())
    assert rows["row"].tolist() == [1, 3, 6] and aside["row"].tolist() == [2, 4, 5]


def test_many_blocks_number_rows_as_one(tmp_path: Path) -> None:
    lines = [("2024-01-02,A,B,1" if number % 7 else "broken") for number in range(1, 5000)]
    path = written(tmp_path, "at,from,to,sum\n" + "\n".join(lines))
    limits = {"most_set_aside_share": 1.0, "longest_row_bytes": 1000}
    rows, account, aside = read(path, mapping(limits=limits))
    assert account.read == 4999
    assert rows["row"].tolist() == [number for number in range(1, 5000) if number % 7]
    assert sorted(aside["row"]) == list(range(7, 5000, 7))


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_a_byte_order_mark_mean_nothing(tmp_path: Path, ends: str, mark: bytes) -> None:
    text = mark + rows_of(GOOD, GOOD).replace("\n", ends).encode()
    assert len(read(written(tmp_path, text), mapping())[0]) == 2


def test_encodings_are_said_and_lost_letters_cost_the_row(tmp_path: Path) -> None:
    text = rows_of(GOOD.replace("A", "甲"))
    wide = written(tmp_path, text.encode("utf-16"), "wide.csv")
    assert read(wide, mapping(encoding="utf-16"))[0]["payer"].tolist() == ["甲"]
    chinese = written(tmp_path, text.encode("gb18030"))
    assert read(chinese, mapping(encoding="gb18030"))[0]["payer"].tolist() == ["甲"]
    assert read(chinese, mapping())[1].set_aside == {"end_of_payment": 1}
    with pytest.raises(BadInput, match="expected text in UTF-8, found UTF-16"):
        read(wide, mapping())


def test_packed_files_are_known_by_what_they_hold(tmp_path: Path) -> None:
    text = rows_of(GOOD).encode()
    packed = written(tmp_path, gzip.compress(text), "a.bin")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("x.csv", text)
    for path in (packed, tmp_path / "a.zip"):
        assert read(path, mapping())[0]["payer"].tolist() == ["A"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"", "the file is empty"),
        (b"\n\n", "the file is empty"),
        (HEADER.encode(), "the file has no rows"),
        (b"a,b\n1,2\n", "column 'at' is missing, found a, b"),
        (b"\x00\x01\x02binary", "found UTF-16 or no text"),
        (b"\x1f\x8bno gzip", "the file cannot be unpacked"),
        (b"PK\x03\x04no zip", "the file cannot be unpacked"),
        (b"PAR1 no parquet", "expected a Parquet file"),
        (HEADER.encode() + b'1,"' + b"x" * 300_000, "is longer than 100,000 bytes"),
        (gzip.compress(HEADER.encode() + b"0" * 90_000_000), "unpacks to more than 200 times"),
    ],
    ids=["empty", "blank", "header", "columns", "binary", "gzip", "zip", "parquet", "huge", "bomb"],
)
def test_what_spoils_the_whole_file_is_one_sentence(tmp_path: Path, text: bytes, sentence: str) -> None:
    limits = {
        "most_set_aside_share": 1.0,
        "longest_row_bytes": 2**27 if text.startswith(b"\x1f") else 100_000,
    }
    with pytest.raises(BadInput, match=sentence) as caught:
        read(written(tmp_path, text), mapping(limits=limits))
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        list(read_transactions(tmp_path / "none.csv", mapping()))


def test_too_many_useless_rows_refuse_the_file_with_the_first(tmp_path: Path) -> None:
    path = written(tmp_path, rows_of(GOOD, GOOD.replace("5.25", "much")))
    aside = tmp_path / "aside.parquet"
    with pytest.raises(BadInput, match=r"1 of 2 rows cannot be used.*row 2, column sum.*'much'"):
        list(read_transactions(path, mapping(limits={"most_set_aside_share": 0.4}), aside))
    assert not list(tmp_path.glob("*aside*"))


def test_parquet_is_read_by_its_types(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "at": pd.to_datetime(["2024-01-02", "2024-01-03"]).tz_localize("Asia/Shanghai"),
            "from": [10**18, 7],
            "to": pd.Categorical(["x", "y"]),
            "sum": [1.5, float("nan")],
        }
    )
    parquet.write_table(pa.Table.from_pandas(frame), tmp_path / "t.parquet")
    rows, account, _ = read(tmp_path / "t.parquet", mapping())
    assert rows[["payer", "payee", "cents"]].to_numpy().tolist() == [["1000000000000000000", "x", 150]]
    assert rows["at"].tolist() == [pd.Timestamp("2024-01-01 16:00", tz="UTC")]
    assert account.set_aside == {"amount": 1}


@pytest.mark.parametrize("kind", [pa.list_(pa.int64()), pa.binary(), pa.struct([("a", pa.int64())])])
def test_a_column_of_no_known_type_is_one_sentence(tmp_path: Path, kind: pa.DataType) -> None:
    table = pa.table({"at": ["2024-01-02"], "to": ["B"], "sum": [1.0], "from": pa.nulls(1, kind)})
    parquet.write_table(table, tmp_path / "t.parquet")
    with pytest.raises(BadInput, match=r"column 'from': expected text or numbers"):
        read(tmp_path / "t.parquet", mapping())


def test_rows_are_gathered_in_order_of_time_and_accounts_by_name(tmp_path: Path) -> None:
    later = GOOD.replace("2024-01-02T10", "2024-01-02T11").replace("A", "C")
    path = written(tmp_path, rows_of(later, GOOD, GOOD.replace("B", "C")))
    ledger = gather_stream(read_transactions(path, mapping({"kind": "how"})))
    assert ledger.row.tolist() == [2, 3, 1]
    assert [ledger.accounts[number] for number in ledger.payee] == ["B", "C", "B"]
    assert ledger.words["kind"].words == ["wire"] and ledger.label.tolist() == [-1, -1, -1]


FIXTURES = {
    "amlworld": (
        "Timestamp,From Bank,Account,To Bank,Account,Amount Received,Receiving Currency,Amount Paid,"
        "Payment Currency,Payment Format,Is Laundering\n"
        "2022/09/01 00:20,010,8000EBD30,010,8000EBD30,3697.34,US Dollar,3697.34,US Dollar,Reinvestment,1\n",
        ("010/8000EBD30", "010/8000EBD30", 369734, True),
    ),
    "saml_d": (
        "Time,Date,Sender_account,Receiver_account,Amount,Payment_currency,Received_currency,"
        "Sender_bank_location,Receiver_bank_location,Payment_type,Is_laundering,Laundering_type\n"
        "10:35:19,2022-10-07,8724731955,2769355426,1459.15,UK pounds,UK pounds,UK,UK,Cash Deposit,0,Normal\n",
        ("8724731955", "2769355426", 145915, False),
    ),
    "amlsim_run": (
        "tran_id,orig_acct,bene_acct,tx_type,base_amt,tran_timestamp,is_sar,alert_id\n"
        "1,-,951,CASH-IN,649.5,2021-01-01T00:00:00Z,False,-1\n",
        ("cash", "951", 64950, False),
    ),
    "amlgentex": (
        "step,type,amount,nameOrig,nameDest,bankOrig,bankDest,isSAR,patternID\n"
        "3,TRANSFER,12.5,7,8,bank_a,bank_b,1,4\n",
        ("bank_a/7", "bank_b/8", 1250, True),
    ),
}


@pytest.mark.parametrize("name", [name for name, told in FIXTURES.items() if told])
def test_shipped_mappings_read_their_form(tmp_path: Path, name: str) -> None:
    text, (payer, payee, cents, label) = FIXTURES[name]
    rows, account, _ = read(written(tmp_path, text), shipped(name))
    assert rows[["payer", "payee", "cents", "label"]].to_numpy().tolist() == [[payer, payee, cents, label]]
    assert account.read == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("columns: {time: a, payer: b, amount: d}", "expected payer and payee, or account"),
        ("columns: {time: a, payer: b, payee: c, amount: d, colour: e}", "unknown key"),
        ("columns: {time: a, payer: b, payee: c, amount: d}\ntime: {zone: Mars}", "unknown time zone 'Mars'"),
        ("columns: {time: a, payer: b, payee: c, amount: d}\nencoding: rot13", "unknown encoding"),
        ("columns: {time: a, payer: b, payee: c, amount: d}\nkeep: [row]", "a name of the batch's own"),
        ("columns: {time: a, payer: b, payee: c, amount: d}\ndelimiter: '\"'", "expected a mark such as"),
        ("columns: {time: a, payer: b, payee: c, amount: d}\ntime: {format: '%d', unit: s}", "found both"),
    ],
)
def test_a_mapping_that_makes_no_sense_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        read_mapping(written(tmp_path, text, "m.yaml"))
