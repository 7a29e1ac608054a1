"""The sample that IBM's AMLSim ships: nodes.csv and transactions.csv.

Source: github IBM/AMLSim (Apache-2.0). The sample is degenerate (every normal sender
uses one single amount): it proves that the plumbing works, not that a model is good.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from data.schema import DAY_US
from data.sources import READERS, World, read_csv, refuse_repeated
from data.sources.transfers import transfer_world
from data.world.calendar import Span

NODE_COLUMNS = {"nodeid": "int", "isFraud": "bool", "fraudStep": "int"}
TRANSFER_COLUMNS = {"sourceNodeId": "int", "targetNodeId": "int", "value": "float", "time": "int"}
# Steps are days without a date; any Monday serves as the first.
FIRST_DAY_US = int(np.datetime64("2018-01-01", "us").astype(np.int64))


@READERS.register("amlsim")
def amlsim(folder: Path, span: Span) -> World:
    """Accounts labelled fraud, dated by the step at which they acted."""
    nodes = read_csv(folder / "nodes.csv", NODE_COLUMNS)
    refuse_repeated(nodes, folder / "nodes.csv", "nodeid")
    transfers = read_csv(folder / "transactions.csv", TRANSFER_COLUMNS)
    is_fraud, is_dated = nodes["isFraud"].astype(bool), nodes["fraudStep"] > 0
    undated = nodes[is_fraud & ~is_dated]
    fraud = nodes[is_fraud & is_dated]
    first_step = int(transfers["time"].min()) if len(transfers) else 0
    events = pd.DataFrame(
        {
            "account_id": fraud["nodeid"].to_numpy(),
            "at_us": FIRST_DAY_US + (fraud["fraudStep"].to_numpy() - first_step) * DAY_US,
            "scheme_id": np.arange(len(fraud)),
            "typology": "fraud",
            "is_illicit": True,
        }
    )
    # An undated fraud account can be neither a positive nor a negative: it stays a
    # counterparty, but is no customer whose behaviour is scored.
    world = transfer_world(
        accounts=nodes["nodeid"].to_numpy(),
        scored=(~is_fraud | is_dated).to_numpy(),
        payer=transfers["sourceNodeId"].to_numpy(),
        payee=transfers["targetNodeId"].to_numpy(),
        yuan=transfers["value"].to_numpy(),
        at_us=FIRST_DAY_US + (transfers["time"].to_numpy() - first_step) * DAY_US,
        events=events,
        span=span,
        place=str(folder),
    )
    world.set_aside.append(("amlsim_nodes", "fraud account without a date of acting", undated))
    return world
