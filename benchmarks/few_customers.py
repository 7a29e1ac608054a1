"""Some customers of the bank in ``artifacts/`` as a bank of their own, which the stages measure there.

``python -m benchmarks.few_customers FOLDER ONE_IN`` lays it out and runs the stages ``observe`` and ``build``
there: a bank for `benchmarks.bank_by_part` of a size that fits the machine and the patience at hand. What the
other customers pay to these and get from them stays, as of people who bank elsewhere.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet

import pipeline
from data import schema

ROOT = Path(__file__).resolve().parent.parent
WHOLE = (schema.Periods, schema.Offers)
BY_CUSTOMER = (schema.Customers, schema.Devices, schema.ProfileTags, schema.Dispositions)
STAGES = ("data.observe", "features.build")


def copy_rows_of(source: Path, target: Path, names: tuple[str, ...], wanted: pa.Array) -> None:
    """Copy the rows of a file of which one of the named columns is among those wanted."""
    file = parquet.ParquetFile(source)
    with parquet.ParquetWriter(target, file.schema_arrow, compression="zstd") as writer:
        for batch in file.iter_batches():
            kept = [pc.is_in(batch.column(name), wanted) for name in names]
            chosen = kept[0] if len(kept) == 1 else pc.or_(*kept)
            writer.write_batch(batch.filter(chosen))


def lay_out_customers(folder: Path, one_in: int) -> None:
    """The bank of one customer in so many, in ``folder/artifacts``.

    Parameters
    ----------
    one_in : every customer whose number is a multiple of it
    """
    data = folder / "artifacts/data"
    data.mkdir(parents=True)
    shutil.copy(pipeline.PARAMS_FILE, folder)
    for table in WHOLE:
        shutil.copy(pipeline.table_path(table), data)
    customers = parquet.read_table(pipeline.table_path(schema.Customers), columns=["customer_id"])
    number = customers.column("customer_id").to_numpy()
    mine = pa.array(number[number % one_in == 0])
    for table in BY_CUSTOMER:
        source = pipeline.table_path(table)
        copy_rows_of(source, data / source.name, ("customer_id",), mine)
    source = pipeline.table_path(schema.Accounts)
    accounts = parquet.read_table(source)
    is_mine = pc.is_in(accounts.column("customer_id"), mine)
    owner = pc.if_else(is_mine, accounts.column("customer_id"), pa.scalar(None, pa.int64()))
    place = accounts.schema.get_field_index("customer_id")
    accounts = accounts.set_column(place, accounts.schema.field(place), owner)
    parquet.write_table(accounts, data / source.name, compression="zstd")
    source = pipeline.table_path(schema.Transactions)
    ours = accounts.filter(is_mine).column("account_id").combine_chunks()
    copy_rows_of(source, data / source.name, ("payer_account_id", "payee_account_id"), ours)


def main() -> None:
    """Lay the bank out and have the stages measure it."""
    folder, one_in = Path(sys.argv[1]).resolve(), int(sys.argv[2])
    lay_out_customers(folder, one_in)
    for stage in STAGES:
        subprocess.run(
            [sys.executable, "-m", stage],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            check=True,
        )


if __name__ == "__main__":
    main()
