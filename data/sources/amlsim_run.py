"""A complete run of AMLSim: one CSV of transfers that carry their own labels.

Source: the log that IBM AMLSim and its ports write, transactions*.csv with is_sar and
alert_id. Every row is a payment between two accounts, whatever its tx_type says; accounts are
those of the rows, and of accounts.csv where the folder has one.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from data.sources import READERS, World
from data.sources.labels import by_transfer
from data.sources.settings import Terms
from data.sources.sheets import only_file, read_csv
from data.sources.transfer_world import transfer_world
from data.sources.transfers import read_transfers

TRANSFER_COLUMNS = {
    "tran_id": "name",
    "orig_acct": "account",
    "bene_acct": "account",
    "base_amt": "amount",
    "tran_timestamp": "time",
    "is_sar": "flag",
    "alert_id": "name",
}
NO_ALERT = "-1"


@READERS.register("amlsim_run")
def amlsim_run(folder: Path, terms: Terms) -> World:
    """Transactions of alerts, SAR or not, given to both ends at the moment of the payment."""
    sheet = read_csv(only_file(folder, "transactions*.csv"), TRANSFER_COLUMNS, terms)
    sheet.each_once("tran_id")
    transfers = read_transfers(sheet, "orig_acct", "bene_acct", "base_amt", "tran_timestamp", terms)
    accounts, sheets = transfers.parties(), [sheet]
    if (folder / "accounts.csv").exists():
        sheets.append(read_csv(folder / "accounts.csv", {"acct_id": "account"}, terms))
        sheets[-1].each_once("acct_id")
        accounts = sheets[-1].rows["acct_id"].astype(str).tolist()
    alert, is_sar = sheet.rows["alert_id"].astype(str).to_numpy(), sheet.rows["is_sar"].to_numpy()
    # A SAR outside any alert is a scheme of its own.
    alert = np.where((alert == NO_ALERT) & is_sar, "transfer " + sheet.rows["tran_id"].astype(str), alert)
    places = np.flatnonzero(alert != NO_ALERT)
    return transfer_world(
        accounts=accounts,
        transfers=transfers,
        events=by_transfer(
            transfers,
            places,
            scheme=alert[places],
            typology=np.full(len(places), "alert"),
            is_illicit=is_sar[places],
        ),
        sheets=sheets,
        terms=terms,
    )
