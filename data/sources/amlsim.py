"""The sample that IBM's AMLSim ships: nodes.csv and transactions.csv.

Source: github IBM/AMLSim (Apache-2.0). The sample is degenerate (every normal sender
uses one single amount): it proves that the plumbing works, not that a model is good.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from data.schema import DAY_US
from data.sources import READERS, World
from data.sources.clock import read_clock
from data.sources.settings import Terms
from data.sources.sheets import read_csv
from data.sources.transfer_world import transfer_world
from data.sources.transfers import Transfers

NODE_COLUMNS = {"nodeid": "account", "isFraud": "flag", "fraudStep": "step"}
TRANSFER_COLUMNS = {"sourceNodeId": "account", "targetNodeId": "account", "value": "amount", "time": "step"}
# Steps are days without a date; any Monday serves as the first.
FIRST_DAY_US = int(np.datetime64("2018-01-01", "us").astype(np.int64))


@READERS.register("amlsim")
def amlsim(folder: Path, terms: Terms) -> World:
    """Accounts labelled fraud, dated by the step at which they acted."""
    nodes = read_csv(folder / "nodes.csv", NODE_COLUMNS, terms)
    nodes.each_once("nodeid")
    sheet = read_csv(folder / "transactions.csv", TRANSFER_COLUMNS, terms)
    rows = sheet.rows
    first_step = int(rows["time"].min()) if len(rows) else 0
    no_offset = np.full(len(rows), np.nan)
    day_us = FIRST_DAY_US + (rows["time"].to_numpy() - first_step) * DAY_US
    at_us, clock = read_clock(day_us, no_offset, sheet, "time", terms)
    transfers = Transfers(
        payer=rows["sourceNodeId"].array,
        payee=rows["targetNodeId"].array,
        yuan=rows["value"].to_numpy(),
        at_us=at_us,
        row=rows.index.to_numpy(),
        clock=clock,
        place=str(sheet.path),
    )
    is_fraud, is_dated = nodes.rows["isFraud"], nodes.rows["fraudStep"] > 0
    fraud, undated = nodes.rows[is_fraud & is_dated], nodes.rows[is_fraud & ~is_dated]
    events = pd.DataFrame(
        {
            "account": fraud["nodeid"].astype(str).to_numpy(),
            "at_us": FIRST_DAY_US + (fraud["fraudStep"].to_numpy() - first_step) * DAY_US - clock.offset_us,
            "scheme": fraud["nodeid"].astype(str).to_numpy(),
            "typology": "fraud",
            "is_illicit": True,
        }
    )
    # An undated fraud account can be neither a positive nor a negative: it stays a
    # counterparty, but is no customer whose behaviour is scored.
    world = transfer_world(
        accounts=nodes.rows["nodeid"].astype(str),
        unscored=undated["nodeid"].astype(str),
        transfers=transfers,
        events=events,
        sheets=[nodes, sheet],
        terms=terms,
    )
    no_date = undated.astype({"nodeid": str})
    world.set_aside.append(("amlsim_nodes", "fraud account without a date of acting", no_date))
    return world
