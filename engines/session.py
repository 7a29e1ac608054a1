"""Spark's session: where it is missing, how its workers see this project, how its memory is used."""

from __future__ import annotations

import os
import shutil
import sys
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import BadInput

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

ROOT = Path(__file__).resolve().parent.parent
# Beside the environment and not in it: see `load_pyspark`.
SPARK_SITE = Path(sys.prefix) / "spark"
VERSION = "4.3.0"
# Rows come and go in masses and nobody waits for an answer: throughput, not short pauses. Arrow's Java
# checks every bound at every value, which took a third of the way from Java to Python.
JAVA = "-XX:+UseParallelGC -Darrow.enable_unsafe_memory_access=true -Darrow.enable_null_check_for_get=false"


def load_pyspark() -> Any:
    """The module ``pyspark``; a clear word where it, or Java, is missing.

    PySpark lies in a folder of its own, for pandera imports it in every process that can see it.

    Raises
    ------
    BadInput
        where PySpark or Java is missing
    """
    if SPARK_SITE.is_dir() and str(SPARK_SITE) not in sys.path:
        sys.path.append(str(SPARK_SITE))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # it does not claim pandas 3 yet
            import pyspark
            import pyspark.sql
    except ImportError:
        raise BadInput(
            f"engine spark: PySpark is missing, expected it after: pip install --target {SPARK_SITE} "
            f"--no-deps pyspark=={VERSION} py4j==0.10.9.9"
        ) from None
    if not os.environ.get("JAVA_HOME") and shutil.which("java") is None:
        raise BadInput(
            "engine spark: Java is missing, expected Java 17 or 21 such as openjdk-17-jre-headless"
        )
    return pyspark


def session(master: str, memory: str = "2g", settings: Mapping[str, str] | None = None) -> SparkSession:
    """A session of Spark whose workers see this project.

    Parameters
    ----------
    master : such as ``local[2,4]``: two cores, four attempts at a task
    memory : of the driver's JVM, in local mode also that of all tasks
    settings : of Spark, beside or instead of those here; what ``spark-submit`` was told goes before all
    """
    pyspark = load_pyspark()
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ["PYTHONPATH"] = str(ROOT)
    os.environ["PYTHONWARNINGS"] = "ignore::FutureWarning"
    chosen = {
        "spark.driver.memory": memory,
        "spark.driver.extraJavaOptions": JAVA,
        "spark.executor.extraJavaOptions": JAVA,
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",  # as everybody else writes them
        "spark.executorEnv.PYTHONPATH": str(ROOT),
        "spark.sql.execution.arrow.maxRecordsPerBatch": "65536",
        # Any other bound has the batch's bytes counted anew at every row: half of the way to Python.
        "spark.sql.execution.arrow.maxBytesPerBatch": str(2**31 - 1),
        "spark.sql.shuffle.partitions": "32",
        # Most of what is shuffled are packets, which are compressed already.
        "spark.shuffle.compress": "false",
        # Sides that fit into memory by partition are not sorted to be joined.
        "spark.sql.adaptive.maxShuffledHashJoinLocalMapThreshold": "128m",
    }
    builder = pyspark.sql.SparkSession.builder.appName("bank")
    for key, value in {"spark.master": master, **chosen, **(settings or {}), **submitted(pyspark)}.items():
        builder = builder.config(key, value)
    made: SparkSession = builder.getOrCreate()
    made.sparkContext.setLogLevel("ERROR")
    return made


def submitted(pyspark: Any) -> dict[str, str]:
    """What ``spark-submit`` was told, where it started this process; nothing elsewhere."""
    if "PYSPARK_GATEWAY_PORT" not in os.environ:
        return {}
    pyspark.SparkContext._ensure_initialized()
    return dict(pyspark.SparkConf().getAll())
