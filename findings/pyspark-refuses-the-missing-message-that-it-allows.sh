#!/usr/bin/env bash
# PySpark 4.3.0: a data source's writer may return None where it has no message for the commit,
# says the description of DataSourceArrowWriter.write. It may not: the task fails, after the
# writer has written, and is tried again.
#
# Seen (wants Java 17 or 21):
#   None is allowed by the description: True
#   [DATA_SOURCE_TYPE_MISMATCH] Expected 'WriterCommitMessage' as the return type of the
#   `write` method, but got NoneType. (in one line)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pyspark==4.3.0 pyarrow==26.0.1 pandas==3.1.1
cat > "$folder/shown.py" <<'PY'
import os
import re
import sys

os.environ["PYSPARK_PYTHON"] = sys.executable
from pyspark.sql import SparkSession
from pyspark.sql.datasource import DataSource, DataSourceArrowWriter


class Silent(DataSourceArrowWriter):
    def write(self, iterator):
        for _ in iterator:
            pass


class Nowhere(DataSource):
    @classmethod
    def name(cls):
        return "nowhere"

    def writer(self, schema, overwrite):
        return Silent()


described = " ".join(DataSourceArrowWriter.write.__doc__.split())
print("None is allowed by the description:", "or None if there is no commit message" in described)
spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
spark.sparkContext.setLogLevel("OFF")
spark.dataSource.register(Nowhere)
try:
    spark.range(3).write.format("nowhere").mode("append").save()
    seen = "written"
except Exception as error:
    seen = re.search(r"\[DATA_SOURCE_TYPE_MISMATCH\].*", str(error)).group()
print(seen)
assert "or None if there is no commit message" in described, "the description has changed"
assert "NoneType" in seen, "the behaviour has changed"
PY
"$folder/venv/bin/python" -W ignore "$folder/shown.py" 2>/dev/null
