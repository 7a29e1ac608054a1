"""Labels that a foreign data set brings along, and the payments that they speak of."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.sources.settings import Terms
from data.sources.transfers import Aside, Transfers, ids_in_order, timestamps

EVENT_COLUMNS = ["account", "at_us", "scheme", "typology", "is_illicit"]


def by_transfer(
    transfers: Transfers,
    places: np.ndarray,
    scheme: np.ndarray,
    typology: np.ndarray,
    is_illicit: np.ndarray,
) -> pd.DataFrame:
    """Labels of single transfers, given to both ends; ``places`` are positions in ``transfers``."""
    columns = {"scheme": scheme, "typology": typology, "is_illicit": is_illicit, "place": places}
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "account": np.asarray(end[places].astype(object)),
                    "at_us": transfers.at_us[places],
                    **columns,
                }
            )
            for end in (transfers.payer, transfers.payee)
        ],
        ignore_index=True,
    )


def matched(
    events: pd.DataFrame,
    transfers: Transfers,
    at_us: np.ndarray,
    order: np.ndarray,
    names: pd.Index,
    ends: tuple[np.ndarray, np.ndarray],
    span: tuple[int, int],
) -> tuple[pd.DataFrame, pd.DataFrame, Aside]:
    """Labels and the payments that they speak of.

    A label by transaction speaks of that one; a label of an account at a moment of all that
    the account paid or was paid then. One that speaks of no used payment is set aside, so that
    what is labelled and what is true are the same.

    Returns
    -------
    tuple
        The events with ``account_id``, ``scheme_id`` and ``judged_us`` (a label judges the
        past: its payments lie strictly before); the Truth rows; what is set aside.
    """
    schemes = ids_in_order(events["scheme"])
    events = events.assign(
        event=np.arange(len(events)),
        scheme_id=schemes.get_indexer(events["scheme"].astype("str")),
        account_id=names.get_indexer(events["account"].astype("str")),
    )
    transaction_id = np.zeros(len(at_us), np.int64)  # 0: not used
    transaction_id[order] = np.arange(1, len(order) + 1)
    columns = ["event", "scheme_id", "is_illicit", "place"]
    if "place" in events:
        links = events[columns]
    else:
        touched = pd.concat(
            [
                pd.DataFrame({"account_id": end[order], "at_us": transfers.at_us[order], "place": order})
                for end in ends
            ]
        )
        links = events.merge(touched, on=["account_id", "at_us"])[
            ["event", "scheme_id", "is_illicit", "place"]
        ]
    links = links.assign(transaction_id=transaction_id[links["place"]], at_us=at_us[links["place"]])
    links = links[links["transaction_id"] > 0]
    last = links.groupby("event")["at_us"].max().reindex(events["event"])
    is_kept = last.notna().to_numpy()
    is_outside = ~((events["at_us"] >= span[0]) & (events["at_us"] < span[1])).to_numpy()
    shown = ["account", "at", "scheme", "typology", "is_illicit"]
    table = events.assign(at=timestamps(events["at_us"].to_numpy()))[shown]
    table = table.astype({"account": str, "scheme": str})
    lost: Aside = [
        ("labels_outside", "a label outside the calendar", table[is_outside & ~is_kept]),
        ("labels_without_payment", "no payment that is used has the label", table[~is_outside & ~is_kept]),
    ]
    judged_us = last.to_numpy(np.float64, na_value=0)[is_kept].astype(np.int64) + 1
    # A foreign data set names the payments of a shape, and none outside it.
    truth = links[["transaction_id", "scheme_id", "is_illicit"]].assign(is_patterned=True)
    return events[is_kept].assign(judged_us=judged_us), truth, lost


def members_of(events: pd.DataFrame) -> pd.DataFrame:
    """The Schemes table without moments."""
    members = events.drop_duplicates(["scheme_id", "account_id"])
    return pd.DataFrame(
        {
            "scheme_id": members["scheme_id"].to_numpy(),
            "typology": members["typology"].to_numpy(),
            "is_illicit": members["is_illicit"].to_numpy(),
            "sophistication": 0,
            "account_id": members["account_id"].to_numpy(),
            "customer_id": pd.array(members["account_id"].to_numpy(), dtype="Int64"),
            "role": "member",
        }
    )


def notes_on_labels(given: pd.DataFrame, calendar: pd.DataFrame, place: str, terms: Terms) -> list[str]:
    """What the log says of labels: which weeks to learn from or to test on have none."""
    counts = {
        role.name: int(((given["event_at"] > role.starts_at) & (given["event_at"] <= role.ends_at)).sum())
        for role in calendar.itertuples(index=False)
        if role.name in ("train", "validation", "test")
    }
    empty = [name for name, count in counts.items() if not count]
    if not empty:
        return []
    found = ", ".join(f"{name} {count}" for name, count in counts.items())
    return [
        f"{place}: no label falls into {' and '.join(empty)} (labels: {found}); rules run, but no model "
        f"can be trained or tested: another {terms.key('calendar')} or params.yaml: source is needed"
    ]
