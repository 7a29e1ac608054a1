"""Spark measures the bank as one machine does, and what goes wrong on the way changes nothing.

One session for all, on a cluster of two workers. Skipped where PySpark or Java is missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from typing import Any, get_args

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from engines.features import FeaturesAsked, ScoresAsked
from engines.features.passes import prepare_features, write_features, write_lines
from engines.features.scores import TABLE as SCORES
from engines.parts import PartsEngine
from engines.passes import Asked, deal_customers, open_bank, prepare_bank, write_indicators
from engines.plans import source_row_by_row, tables_of
from engines.puts import Answer, files_of, unique
from engines.relations import By, Dealing, Engine, Named, Query
from engines.session import load_pyspark, session
from engines.spark import SparkEngine, Writer
from features import build
from pipeline import BadInput
from tests.property.dealt import (
    DEALING,
    PARTS,
    differing,
    differing_features,
    gathered,
    in_folder,
    in_one,
    written,
)
from tests.property.harm import Harmed, puts_only
from tests.property.landed import landings
from tests.property.little_cluster import QUICK_JAVA, little_cluster

SETTINGS = {
    "spark.driver.host": "127.0.0.1",
    "spark.executor.memory": "1g",
    "spark.sql.shuffle.partitions": str(PARTS),
    "spark.sql.adaptive.enabled": "false",  # or so little data is one task, which nobody can overtake
    "spark.speculation": "true",
    "spark.speculation.quantile": "0.3",
    "spark.speculation.multiplier": "1.5",
    "spark.speculation.minTaskRuntime": "2s",
    "spark.driver.extraJavaOptions": QUICK_JAVA,
    "spark.executor.extraJavaOptions": QUICK_JAVA,
}
KILLS = ("is killed", "loses its machine")
WRITERS: tuple[Writer, ...] = get_args(Writer)


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    try:
        load_pyspark()
    except BadInput as missing:
        pytest.skip(str(missing))
    with little_cluster(tmp_path_factory.mktemp("cluster")) as master:
        made = session(master, "1g", SETTINGS)
        yield made
        made.stop()


def test_every_column_is_the_same_to_the_byte_on_spark_whoever_writes(
    spark: Any, whole_indicators: dict[str, pd.DataFrame], asked: Asked, written_bank: Path
) -> None:
    dealing = Dealing(PARTS, 7_919, 13)
    between = written_bank / "between"
    by_kernel, by_spark = (SparkEngine(spark, PARTS, between, writer) for writer in WRITERS)
    prepare_bank(by_kernel, asked, dealing)
    for engine, writer in zip((by_kernel, by_spark), WRITERS, strict=True):
        out = written_bank / writer
        rows = write_indicators(engine, asked, dealing, out)
        for name, expected in whole_indicators.items():
            found = in_one(out / name)
            assert rows[name] == len(found) == len(expected) > 0
            assert not differing(found, expected)
    by_kernel.close()


def test_features_lines_and_scores_are_the_same_to_the_byte_on_spark_whoever_writes(
    spark: Any,
    built: build.ModelInputs,
    features_asked: FeaturesAsked,
    drowsy_bank: Path,
    whole_scores: pd.DataFrame,
    scores_asked: ScoresAsked,
) -> None:
    between = drowsy_bank / "between"
    # No table is small enough to be read beside another: all joins are dealt.
    by_kernel, by_spark = (SparkEngine(spark, PARTS, between, w, most_beside=0) for w in WRITERS)
    open_bank(by_kernel, features_asked.network.observe.high_risk_countries)
    deal_customers(by_kernel, DEALING)
    prepare_features(by_kernel, features_asked, DEALING)
    for engine, writer in zip((by_kernel, by_spark), WRITERS, strict=True):
        out = drowsy_bank / writer
        rows = {**write_features(engine, features_asked, DEALING, out, scores_asked)}
        rows |= write_lines(engine, features_asked, out)
        assert set(rows.values()) == {len(built.matrix), len(built.line)}
        assert not differing_features(out, built)
        assert not differing(in_one(out / SCORES), whole_scores)
    by_kernel.close()
    by_spark.close()


@pytest.fixture(scope="module")
def few_tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Facts with keys that occur several times, that nobody knows and that are missing; and what is known."""
    folder = tmp_path_factory.mktemp("tables")
    key = [number * 7 % 23 for number in range(200)]
    facts = pa.table({"number": range(200), "key": key, "cents": [number % 11 for number in range(200)]})
    known = pa.table({"key": range(3, 40), "word": [f"word {number % 5}" for number in range(37)]})
    files = {"facts": folder / "facts.parquet", "known": folder / "known.parquet"}
    for name, table in (("facts", facts), ("known", known)):
        parquet.write_table(table, files[name], row_group_size=50)
    return files


ROW_BY_ROW = (
    "SELECT number + 1 AS number FROM facts WHERE cents > 3",
    "SELECT f.number, s.side FROM facts f CROSS JOIN (SELECT 0 AS side UNION ALL SELECT 1 AS side) s",
    "SELECT f.number, k.word FROM facts f JOIN known k ON k.key = f.key",
    "SELECT f.number, k.word FROM facts f LEFT JOIN known k ON k.key = f.key AND f.cents > 4",
)
NOT_ROW_BY_ROW = (
    "SELECT DISTINCT key FROM facts",
    "SELECT key, sum(cents) AS cents FROM facts GROUP BY key",
    "SELECT number, row_number() OVER (ORDER BY cents, number) AS place FROM facts",
    "SELECT number FROM facts WHERE cents = (SELECT max(cents) FROM facts)",
    "SELECT number FROM facts WHERE key IN (SELECT key FROM facts WHERE cents = 10)",
    "SELECT f.number, g.number AS other FROM facts f JOIN facts g ON g.key = f.key",
    "SELECT k.word, f.number FROM known k LEFT JOIN facts f ON k.key = f.key",
    "SELECT number FROM facts UNION ALL SELECT key AS number FROM known",
    "SELECT number FROM facts ORDER BY cents, number LIMIT 5",
)


@pytest.mark.parametrize("sql", [*ROW_BY_ROW, *NOT_ROW_BY_ROW])
def test_workers_find_rows_alone_only_where_the_other_rows_do_not_matter(
    sql: str, spark: Any, few_tables: dict[str, Path]
) -> None:
    for name, file in few_tables.items():
        spark.read.parquet(str(file)).createOrReplaceTempView(name)
    facts, known = (frozenset({str(file)}) for file in few_tables.values())
    assert source_row_by_row(spark.sql(sql), {known}) == (facts if sql in ROW_BY_ROW else None)
    if "known" in tables_of(sql):  # which may be too large to be read beside
        assert source_row_by_row(spark.sql(sql), {}) is None


JOINS: tuple[tuple[str, Query, By | None], ...] = (
    ("sided", ROW_BY_ROW[1], None),
    ("told", ROW_BY_ROW[3], {"facts": "key", "known": "key"}),
    ("best", "SELECT key, max(cents) AS cents FROM facts GROUP BY key", {"facts": "key"}),
    (
        "of_best",
        "SELECT f.number, b.cents FROM facts f JOIN best b ON b.key = f.key AND b.cents = f.cents",
        {"facts": "key", "best": "key"},
    ),
    (
        "words",
        "SELECT DISTINCT f.cents, k.word FROM facts f JOIN known k ON k.key % 5 = f.cents",
        {"facts": "cents", "known": ""},
    ),
    ("together", ("SELECT number, side AS cents FROM sided", "SELECT number, cents FROM of_best"), None),
    ("dealt", f"SELECT {Dealing(PARTS).of('number')} AS part, number, cents FROM together", None),
)


@pytest.mark.parametrize("most_beside", [0, 1_000])
def test_joins_have_the_same_answers_wherever_they_are_made(
    most_beside: int, spark: Any, few_tables: dict[str, Path], tmp_path: Path
) -> None:
    engines: list[Engine] = [
        PartsEngine(tmp_path / "processes", 0),
        SparkEngine(spark, PARTS, tmp_path / "workers", most_beside=most_beside),
    ]
    found: dict[str, list[pa.Table]] = {}
    for number, engine in enumerate(engines):
        for name, file in few_tables.items():
            engine.table(name, file)
        for name, query, by in JOINS:
            engine.once(name, query, by)
            given = {"rows": name if name == "dealt" else f"SELECT CAST(0 AS INT) AS part, * FROM {name}"}
            out = tmp_path / str(number)
            engine.write(out, Named(name, itemgetter("rows")), given, [name])
            rows = gathered(out / name)
            found.setdefault(name, []).append(
                rows.sort_by([(column, "ascending") for column in rows.column_names])
            )
        assert not engine.is_empty("told")
        engine.view("none", "SELECT * FROM told WHERE number < 0")
        assert engine.is_empty("none")
        engine.close()
    for one, other in found.values():
        assert len(one) > 0
        assert one.equals(other.cast(one.schema))


@pytest.mark.parametrize("writer", WRITERS)
def test_a_broadcast_variable_comes_once_to_each_worker(
    writer: Writer, spark: Any, drawn_bank: Path, tmp_path: Path
) -> None:
    engine = SparkEngine(spark, PARTS, tmp_path / "between", writer)
    found = landings(engine, drawn_bank, tmp_path / "out")
    engine.close()
    assert set(found["times"]) == {1}


@pytest.mark.parametrize("harm", ["raises", "is slow", *KILLS])
@pytest.mark.parametrize("writer", WRITERS)
def test_a_task_of_spark_that_is_harmed_changes_nothing(
    harm: str, writer: Writer, spark: Any, drawn_bank: Path, expected_windows: pa.Table, tmp_path: Path
) -> None:
    filesystem = puts_only() if writer == "spark" else None
    engine = SparkEngine(spark, PARTS, tmp_path / "between", writer, filesystem)
    kernel = Harmed(tmp_path / "mark", harm)
    rows = written(engine, drawn_bank, tmp_path / "out", kernel)
    engine.close()
    assert (tmp_path / "mark").read_text(encoding="utf-8").isdigit() is (harm in KILLS)
    assert (tmp_path / "again").exists()  # somebody else did the part that was harmed, or overtook it
    assert rows == len(expected_windows)
    assert in_folder(tmp_path / "out/windows").equals(expected_windows)


@pytest.mark.parametrize("writer", WRITERS)
def test_a_task_that_fails_every_time_is_an_error_and_leaves_no_half_file(
    writer: Writer, spark: Any, drawn_bank: Path, tmp_path: Path
) -> None:
    kernel = Harmed(tmp_path / "no_such_folder" / "mark", "raises")
    engine = SparkEngine(spark, PARTS, tmp_path / "between", writer)
    with pytest.raises(Exception, match="no_such_folder"):
        written(engine, drawn_bank, tmp_path / "out", kernel)
    assert not list((tmp_path / "out").rglob("*.tmp"))
    assert writer == "kernel" or files_of(tmp_path / "out/windows") == []


def test_a_task_without_a_message_is_none_of_the_answer(tmp_path: Path) -> None:
    try:
        load_pyspark()
    except BadInput as missing:
        pytest.skip(str(missing))
    from engines.source import AnswerWriter, Message

    answer = Answer(puts_only(), str(tmp_path), ("windows",), unique())
    answer.begin()
    table = pa.table({"customer": [0, 1]})
    answer.put("windows", 0, table)  # by an attempt that was given up
    counts = Message([answer.put("windows", 1, table)])
    writer = AnswerWriter(answer, Harmed(tmp_path, "raises"), {})
    writer.commit([None, counts, Message([])])
    assert answer.rows() == {"windows": len(table)}
    assert gathered(tmp_path / "windows").equals(table)
    writer.abort([None])  # as when what does not count could not be removed
    assert gathered(tmp_path / "windows").equals(table)
