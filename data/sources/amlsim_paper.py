"""AMLSim's Python port: accounts, transfers by day, and alerts of which some are not SAR.

Source: an Apache-2.0 port of github IBM/AMLSim, its `aml_paper` preset. Only alerts
that emitted transactions count; cash movements are not read.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from data.sources import READERS, World, read_csv, read_parquet, refuse_repeated
from data.sources.transfers import transfer_world
from data.world.calendar import Span

TRANSFER_COLUMNS = {
    "tran_id": "int",
    "orig_acct": "int",
    "bene_acct": "int",
    "base_amt": "float",
    "tran_timestamp": "time",
}
ALERT_COLUMNS = {"alert_id": "int", "alert_type": "str", "is_sar": "bool", "tran_id": "int"}


@READERS.register("amlsim_paper")
def amlsim_paper(folder: Path, span: Span) -> World:
    """Transactions labelled SAR, given to both ends at the moment of the payment."""
    accounts = read_csv(folder / "accounts.csv", {"acct_id": "int"})
    transfers = read_parquet(folder / "transactions.zstd.parquet", TRANSFER_COLUMNS)
    alerts = read_csv(folder / "alert_transactions.csv", ALERT_COLUMNS)
    refuse_repeated(accounts, folder / "accounts.csv", "acct_id")
    refuse_repeated(transfers, folder / "transactions.zstd.parquet", "tran_id")
    refuse_repeated(alerts, folder / "alert_transactions.csv", "tran_id")

    at_us = transfers["tran_timestamp"].dt.as_unit("us").astype("int64")
    labelled = alerts.merge(transfers.assign(at_us=at_us), on="tran_id", how="left")
    lost = labelled[labelled["at_us"].isna()]
    labelled = labelled.dropna(subset=["at_us"])
    events = pd.concat(
        [
            pd.DataFrame(
                {
                    "account_id": labelled[end],
                    "at_us": labelled["at_us"].astype("int64"),
                    "scheme_id": labelled["alert_id"],
                    "typology": labelled["alert_type"],
                    "is_illicit": labelled["is_sar"].astype(bool),
                    "foreign_id": labelled["tran_id"],
                }
            )
            for end in ("orig_acct", "bene_acct")
        ],
        ignore_index=True,
    )
    world = transfer_world(
        accounts=accounts["acct_id"].to_numpy(),
        scored=None,
        payer=transfers["orig_acct"].to_numpy(),
        payee=transfers["bene_acct"].to_numpy(),
        yuan=transfers["base_amt"].to_numpy(),
        at_us=at_us.to_numpy(),
        events=events,
        span=span,
        place=str(folder),
        foreign_id=transfers["tran_id"].to_numpy(),
    )
    world.set_aside.append(("amlsim_paper_alerts", "labelled transaction without a transfer", lost))
    return world
