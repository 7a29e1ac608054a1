#!/usr/bin/env bash
# pyarrow 26.0.1: a parquet.write_table(..., filesystem=...) that fails clears up on the local
# disk. The file that it began lies in the file system it was given; what it removes is the
# local file of that name, which it never touched. The half file stays.
#
# Seen:
#   refused: Casting from timestamp[ns] to timestamp[ms] would lose data: 1
#   in the lake: ['2026-11.parquet'], on the local disk: []
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pyarrow==26.0.1
mkdir -p "$folder/lake/payments" "$folder/here/payments"
echo "last month's extract" > "$folder/here/payments/2026-11.parquet"
cd "$folder/here"
cat > "$folder/shown.py" <<'PY'
import os

import pyarrow as pa
import pyarrow.parquet as parquet
from pyarrow.fs import LocalFileSystem, SubTreeFileSystem

lake = SubTreeFileSystem(os.path.abspath("../lake"), LocalFileSystem())
payments = pa.table({"at": pa.array([1], pa.timestamp("ns"))})
try:
    parquet.write_table(payments, "payments/2026-11.parquet", filesystem=lake, coerce_timestamps="ms")
except pa.ArrowInvalid as error:
    print(f"refused: {error}")
there, here = (sorted(os.listdir(f"{where}/payments")) for where in ("../lake", "."))
print(f"in the lake: {there}, on the local disk: {here}")
assert there == ["2026-11.parquet"] and here == [], "the behaviour has changed"
PY
"$folder/venv/bin/python" "$folder/shown.py"
