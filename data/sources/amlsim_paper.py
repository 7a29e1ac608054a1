"""AMLSim's Python port: accounts, transfers by day, and alerts of which some are not SAR.

Source: an Apache-2.0 port of github IBM/AMLSim, its `aml_paper` preset. Only alerts
that emitted transactions count; cash movements are not read.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from data.sources import READERS, World
from data.sources.labels import by_transfer
from data.sources.settings import Terms
from data.sources.sheets import read_csv, read_parquet
from data.sources.transfer_world import transfer_world
from data.sources.transfers import numbers_of, read_transfers

TRANSFER_COLUMNS = {
    "tran_id": "name",
    "orig_acct": "account",
    "bene_acct": "account",
    "base_amt": "amount",
    "tran_timestamp": "time",
}
ALERT_COLUMNS = {"alert_id": "name", "alert_type": "words", "is_sar": "flag", "tran_id": "name"}


@READERS.register("amlsim_paper")
def amlsim_paper(folder: Path, terms: Terms) -> World:
    """Transactions labelled SAR, given to both ends at the moment of the payment."""
    accounts = read_csv(folder / "accounts.csv", {"acct_id": "account"}, terms)
    sheet = read_parquet(folder / "transactions.zstd.parquet", TRANSFER_COLUMNS, terms)
    alerts = read_csv(folder / "alert_transactions.csv", ALERT_COLUMNS, terms)
    for table, key in ((accounts, "acct_id"), (sheet, "tran_id"), (alerts, "tran_id")):
        table.each_once(key)

    ids = sheet.rows["tran_id"].array
    place_of = np.full(len(ids.categories), -1)
    place_of[ids.codes] = np.arange(len(ids))
    known = numbers_of(alerts.rows["tran_id"].array, ids.categories)
    places = np.where(known >= 0, place_of[known], -1)
    labelled = alerts.rows[places >= 0]
    transfers = read_transfers(sheet, "orig_acct", "bene_acct", "base_amt", "tran_timestamp", terms)
    world = transfer_world(
        accounts=accounts.rows["acct_id"].astype(str),
        transfers=transfers,
        events=by_transfer(
            transfers,
            places[places >= 0],
            scheme=labelled["alert_id"].astype(str).to_numpy(),
            typology=labelled["alert_type"].astype(str).to_numpy(),
            is_illicit=labelled["is_sar"].to_numpy(),
        ),
        sheets=[accounts, sheet, alerts],
        terms=terms,
    )
    lost = alerts.rows[places < 0].astype({"alert_id": str, "alert_type": str, "tran_id": str})
    world.set_aside.append(("amlsim_paper_alerts", "labelled transaction without a transfer", lost))
    return world
