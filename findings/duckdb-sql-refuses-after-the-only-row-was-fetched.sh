#!/usr/bin/env bash
# DuckDB 2.0.0, Python: a query that has one row, read by fetchone, is unfinished to its connection.
# The next execute() does not mind and replaces it; sql() and register() refuse to work. So the usual
# way to ask for one number passes or fails by what the program calls next, lines later. After
# fetchall(), or a second fetchone(), which finds no row, all of them work.
#
# Seen:
#   the only row: (3,)
#   execute after it: [(1,)]
#   the only row: (3,)
#   sql after it: ResourceInUseException
#   the only row: (3,)
#   register after it: ResourceInUseException
#   all rows: [(3,)]
#   sql after them: [(1,)]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check duckdb==2.0.0 pyarrow==26.0.1
cat > "$folder/shown.py" <<'PY'
import duckdb
import pyarrow

bank = duckdb.connect()
bank.execute("CREATE TABLE payments AS SELECT range AS number FROM range(3)")
COUNT = "SELECT count(*) FROM payments"


def tried(call):
    try:
        return call()
    except duckdb.Error as error:
        return type(error).__name__


print("the only row:", bank.execute(COUNT).fetchone())
executed = tried(lambda: bank.execute("SELECT 1").fetchall())
print("execute after it:", executed)
print("the only row:", bank.execute(COUNT).fetchone())
asked = tried(lambda: bank.sql("SELECT 1").fetchall())
print("sql after it:", asked)
print("the only row:", bank.execute(COUNT).fetchone())
registered = tried(lambda: bank.register("others", pyarrow.table({"number": [1]})))
print("register after it:", registered)
print("all rows:", bank.execute(COUNT).fetchall())
finished = tried(lambda: bank.sql("SELECT 1").fetchall())
print("sql after them:", finished)
assert executed == finished == [(1,)], "the behaviour has changed"
assert asked == registered == "ResourceInUseException", "the behaviour has changed"
PY
"$folder/venv/bin/python" -W ignore "$folder/shown.py"
