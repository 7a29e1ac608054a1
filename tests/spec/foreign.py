"""Small foreign folders, and the terms on which tests read them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from data.sources import SourceLimits, SourceParams, Terms, Whole, gather
from data.sources.amlsim import amlsim
from data.sources.amlsim_paper import amlsim_paper
from data.world.calendar import Span

SPAN = Span(warm_up_weeks=1, train_weeks=1, embargo_weeks=0, validation_weeks=1, test_weeks=1)
# A handful of rows fills no calendar, and one of them is a large share.
GENEROUS = SourceLimits(
    most_unreadable_share=0.9,
    most_unknown_share=0.9,
    most_outside_share=0.9,
    thin_day_share=0,
    least_covered_share=0,
)


def terms(source: str, limits: SourceLimits = GENEROUS, **params: Any) -> Terms:
    """Terms of four weeks."""
    return Terms(source, SourceParams.model_validate({"calendar": SPAN.model_dump()} | params), limits)


def stricter(**limits: float) -> SourceLimits:
    """Generous limits, some of them stricter."""
    return SourceLimits.model_validate(GENEROUS.model_dump() | limits)


def amlsim_folder(folder: Path, nodes: str, transfers: str, **params: Any) -> Whole:
    """The world of an AMLSim folder with the given rows."""
    folder.mkdir(exist_ok=True)
    (folder / "nodes.csv").write_text("nodeid,isFraud,init_balance,fraudStep\n" + nodes)
    (folder / "transactions.csv").write_text("sourceNodeId,targetNodeId,value,time\n" + transfers)
    return gather(amlsim(folder, terms("amlsim", **params)))


def paper_folder(
    folder: Path, accounts: list[str], transfers: pd.DataFrame, alerts: str = "", **params: Any
) -> Whole:
    """The world of an ``amlsim_paper`` folder; rows of alerts are (alert, type, SAR, transfer)."""
    folder.mkdir(exist_ok=True)
    (folder / "accounts.csv").write_text("\n".join(["acct_id", *accounts]) + "\n")
    (folder / "alert_transactions.csv").write_text("alert_id,alert_type,is_sar,tran_id\n" + alerts)
    transfers.to_parquet(folder / "transactions.zstd.parquet")
    return gather(amlsim_paper(folder, terms("amlsim_paper", **params)))


def aside(world: Whole) -> dict[str, int]:
    """How many rows were set aside, by table; tables of which none was are left out."""
    return {what: len(rows) for what, _, rows in world.set_aside if len(rows)}


def rows_aside(world: Whole, wanted: str) -> pd.DataFrame:
    """The rows set aside in one table."""
    (found,) = [rows for what, _, rows in world.set_aside if what == wanted]
    return found


def called(world: Whole) -> dict[int, str]:
    """Number of an account to its name."""
    return dict(zip(world.account_names["account_id"], world.account_names["name"], strict=True))


def payments(world: Whole) -> set[tuple[str, str, str, int]]:
    """Payments as (day, payer, payee, cents), with names."""
    table, name = world.transactions, called(world)
    days = table["at"].dt.strftime("%Y-%m-%d")
    ends = (table[f"{end}_account_id"].map(name) for end in ("payer", "payee"))
    return set(zip(days, *ends, table["amount_cents"], strict=True))
