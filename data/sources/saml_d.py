"""SAML-D: transfers with their place, kind and typology, labelled one by one.

Source: Oztas et al. 2023, "Enhancing Anti-Money Laundering: Development of a Synthetic
Transaction Monitoring Dataset". Nothing in it says which payments belong together.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from data.sources import READERS, World
from data.sources.labels import by_transfer
from data.sources.settings import Terms
from data.sources.sheets import only_file, read_csv
from data.sources.transfer_world import transfer_world
from data.sources.transfers import in_yuan, read_transfers

TRANSFER_COLUMNS = {
    "Date+Time": "time",
    "Sender_account": "account",
    "Receiver_account": "account",
    "Amount": "amount",
    "Payment_currency": "words",
    "Is_laundering": "flag",
    "Laundering_type": "words",
}


@READERS.register("saml_d")
def saml_d(folder: Path, terms: Terms) -> World:
    """Transactions marked as laundering, given to both ends; each is a scheme of its own."""
    sheet = read_csv(only_file(folder, "*.csv"), TRANSFER_COLUMNS, terms)
    yuan, notes = in_yuan(sheet, "Amount", "Payment_currency", terms)
    transfers = read_transfers(
        sheet, "Sender_account", "Receiver_account", "Amount", "Date+Time", terms, yuan
    )
    places = np.flatnonzero(sheet.rows["Is_laundering"])
    labelled = sheet.rows.iloc[places]
    world = transfer_world(
        accounts=transfers.parties(),
        transfers=transfers,
        events=by_transfer(
            transfers,
            places,
            scheme=np.array([f"row {row}" for row in labelled.index], dtype=object),
            typology=labelled["Laundering_type"].astype(str).to_numpy(),
            is_illicit=np.ones(len(places), bool),
        ),
        sheets=[sheet],
        terms=terms,
    )
    world.notes.extend(notes)
    return world
