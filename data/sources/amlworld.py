"""IBM AMLworld: transfers between accounts of many banks, and the planted attempts beside them.

Source: Altman et al. 2023, "Realistic Synthetic Financial Transactions for Anti-Money
Laundering Models" (CDLA-Sharing-1.0). A folder holds one of its sets, such as LI-Large_Trans.csv
with LI-Large_Patterns.txt. An account is told by its bank and its number.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from data.sources import READERS, World
from data.sources.labels import by_transfer
from data.sources.settings import Terms
from data.sources.sheets import only_file, read_csv
from data.sources.transfer_world import transfer_world
from data.sources.transfers import in_yuan, read_transfers
from pipeline import BadInput

TRANSFER_COLUMNS = {
    "Timestamp": "time",
    "Account": "account",
    "Account.1": "account",  # the second column of that name, the payee's
    "Amount Paid": "amount",
    "Payment Currency": "words",
    "Is Laundering": "flag",
}
# Order and names of the cells of a row, in both files.
CELLS = (
    "Timestamp", "From Bank", "Account", "To Bank", "Account.1", "Amount Received", "Receiving Currency",
    "Amount Paid", "Payment Currency", "Payment Format", "Is Laundering",
)  # fmt: skip
BANK_OF = {"Account": "From Bank", "Account.1": "To Bank"}
TIME_FORMAT = "%Y/%m/%d %H:%M"
BEGIN, END = "BEGIN LAUNDERING ATTEMPT - ", "END LAUNDERING ATTEMPT"


@READERS.register("amlworld")
def amlworld(folder: Path, terms: Terms) -> World:
    """Transactions marked as laundering, given to both ends; an attempt of the patterns is a scheme."""
    form = terms.params.time_format or TIME_FORMAT
    params = terms.params.model_copy(update={"bank_of": BANK_OF | terms.params.bank_of, "time_format": form})
    terms = replace(terms, params=params)
    sheet = read_csv(only_file(folder, "*_Trans.csv"), TRANSFER_COLUMNS, terms, CELLS)
    yuan, notes = in_yuan(sheet, "Amount Paid", "Payment Currency", terms)
    transfers = read_transfers(sheet, "Account", "Account.1", "Amount Paid", "Timestamp", terms, yuan)
    places = np.flatnonzero(sheet.rows["Is Laundering"])
    scheme = np.array([f"row {row}" for row in sheet.rows.index[places]], dtype=object)
    typology = np.full(len(places), "outside patterns", dtype=object)
    aside = []
    patterns = sheet.path.with_name(sheet.path.name.replace("_Trans.csv", "_Patterns.txt"))
    if patterns.exists():
        attempts = read_attempts(patterns)
        texts = sheet.texts.iloc[sheet.rows.index[places] - 1]
        found = positions(attempts["text"], texts[CELLS[0]].str.cat(texts[list(CELLS[1:])], sep=","))
        met = found >= 0
        scheme[found[met]] = [f"attempt {number}" for number in attempts["attempt"][met]]
        typology[found[met]] = attempts["typology"][met]
        aside.append(("amlworld_patterns", "payment of an attempt without a transfer", attempts[~met]))
    world = transfer_world(
        accounts=transfers.parties(),
        transfers=transfers,
        events=by_transfer(transfers, places, scheme, typology, np.ones(len(places), bool)),
        sheets=[sheet],
        terms=terms,
    )
    world.set_aside.extend(aside)
    world.notes.extend(notes)
    return world


def positions(wanted: pd.Series, present: pd.Series) -> np.ndarray:
    """Where each wanted text stands among those present, -1 where it does not, shape (wanted,).

    Of equal texts the first is the first, the second the second.
    """
    sides = [
        pd.DataFrame(
            {"text": side.to_numpy(str), "number": side.groupby(side.to_numpy(str)).cumcount().to_numpy()}
        )
        for side in (wanted, present)
    ]
    there = sides[1].assign(position=np.arange(len(present)))
    return sides[0].merge(there, on=["text", "number"], how="left")["position"].fillna(-1).to_numpy(np.int64)


def read_attempts(path: Path) -> pd.DataFrame:
    """The payments of a pattern file: (attempt from 1, typology, text), and the cells by name.

    Raises
    ------
    BadInput
        If a payment has not the cells of a transfer, or stands in no attempt.
    """
    number, typology, found = 0, "", []
    for line, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        text = raw.strip()
        if text.startswith(BEGIN):
            number, typology = number + 1, text.removeprefix(BEGIN).split(":")[0].strip()
        elif text and not text.startswith(END):
            cells = text.split(",")
            if len(cells) != len(CELLS) or not number:
                raise BadInput(f"{path}, line {line}: expected {len(CELLS)} fields within an attempt")
            found.append((number, typology, text, *cells))
    return pd.DataFrame(found, columns=["attempt", "typology", "text", *CELLS])
