"""What the readers share: plain transfers between accounts as a whole World."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.schema import CHANNELS, DAY_US, PURPOSES
from data.sources import Part, World
from data.world.calendar import Span, periods
from pipeline import BadInput

EVENT_COLUMNS = ["account_id", "at_us", "scheme_id", "typology", "is_illicit"]


def _times(us: np.ndarray) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(np.asarray(us, np.int64).astype("datetime64[us]"), tz="UTC")


def transfer_world(
    *,
    accounts: np.ndarray,
    scored: np.ndarray | None,
    payer: np.ndarray,
    payee: np.ndarray,
    yuan: np.ndarray,
    at_us: np.ndarray,
    events: pd.DataFrame,
    span: Span,
    place: str,
    foreign_id: np.ndarray | None = None,
) -> World:
    """Build a World in which every account is its own customer and nothing is known of people.

    Parameters
    ----------
    accounts, scored : shape (accounts,), ids, and which are customers (None: all)
    payer, payee, yuan, at_us : shape (n,), the transfers
    events : labelled behaviour, columns ``EVENT_COLUMNS`` (and ``foreign_id`` where
        labels are by transaction); positives become the labels
    place : folder, for the messages
    """
    start_us = int(at_us.min()) // DAY_US * DAY_US if len(at_us) else 0
    calendar = periods(start_us, span)
    end_us = int(calendar["ends_at"].max().value // 1_000)
    if not len(at_us) or at_us.max() < end_us - 14 * DAY_US:
        found = (int(at_us.max()) - start_us) // DAY_US + 1 if len(at_us) else 0
        wanted = (end_us - start_us) // DAY_US
        raise BadInput(f"{place}: the calendar needs {wanted} days of transfers, found {found}")
    known = np.isin(payer, accounts) & np.isin(payee, accounts)
    usable = known & (yuan > 0) & (payer != payee) & (at_us < end_us)
    raw = pd.DataFrame({"payer": payer, "payee": payee, "yuan": yuan, "at_us": at_us})
    aside = [
        ("transfers_unknown_account", "an end is missing from the accounts", raw[~known]),
        (
            "transfers_unusable",
            "no positive amount, or both ends are one account",
            raw[known & ((yuan <= 0) | (payer == payee))],
        ),
        ("transfers_late", "after the last week of the calendar", raw[known & (at_us >= end_us)]),
    ]
    # Rows inside a day come in an order that gives the labels away: shuffle, then sort.
    order = np.flatnonzero(usable)
    order = np.random.default_rng(0).permutation(order)
    order = order[np.argsort(at_us[order], kind="stable")]
    size = len(order)
    no_balance = pd.array([pd.NA] * size, dtype="Int64")
    transactions = pd.DataFrame(
        {
            "transaction_id": np.arange(1, size + 1),
            "at": _times(at_us[order]),
            "payer_account_id": payer[order],
            "payee_account_id": payee[order],
            "amount_cents": np.maximum(np.round(yuan[order] * 100), 1).astype(np.int64),
            "channel": pd.Categorical.from_codes(np.zeros(size, int), list(CHANNELS)),
            "purpose": pd.Categorical.from_codes(np.full(size, PURPOSES.index("unstated")), list(PURPOSES)),
            "city": pd.array([pd.NA] * size, dtype="Int16"),
            "payer_balance_cents": no_balance,
            "payee_balance_cents": no_balance,
        }
    )

    is_customer = np.ones(len(accounts), bool) if scored is None else scored
    count = int(is_customer.sum())
    first = _times(np.full(count, start_us))
    customers = pd.DataFrame(
        {
            "customer_id": accounts[is_customer],
            "kind": "person",
            "joined_at": first,
            **dict.fromkeys(("birth_year", "gender", "occupation", "industry", "city")),
            "monthly_income_cents": None,
            **dict.fromkeys(("household_id", "founded_at", "registered_capital_cents")),
            "employer_account_id": None,
        }
    )
    owner = pd.Series(pd.array(accounts, dtype="Int64")).where(is_customer)
    accounts_table = pd.DataFrame(
        {
            "account_id": accounts,
            "customer_id": owner,
            "holder": "person",
            "opened_at": pd.Series(_times(np.full(len(accounts), start_us))).where(is_customer),
            **dict.fromkeys(("opening_balance_cents", "closed_at", "credit_limit_cents", "country")),
        }
    )

    members = events.drop_duplicates(["scheme_id", "account_id"])
    members = pd.DataFrame(
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
    truth = _truth(events, order, foreign_id, payer, at_us)
    truth["at"] = _times(at_us[order])[truth["transaction_id"] - 1]
    positive = events[events["is_illicit"] & events["account_id"].isin(accounts[is_customer])]
    given = positive.drop_duplicates(["account_id", "at_us"])
    # A label judges the past: the behaviour lies strictly before event_at.
    judged = _times(given["at_us"].to_numpy() + 1)
    given_labels = pd.DataFrame(
        {
            "customer_id": given["account_id"].to_numpy(),
            "event_at": judged,
            "known_at": judged,
            "value": 1.0,
        }
    ).sort_values(["event_at", "customer_id"])
    return World(
        periods=calendar,
        customers=customers,
        profile_tags=pd.DataFrame(columns=["customer_id", "tag", "value", "valid_from", "valid_to"]),
        accounts=accounts_table,
        devices=pd.DataFrame(columns=["customer_id", "device_id", "valid_from", "valid_to"]),
        members=members,
        given_labels=given_labels,
        # Plain transfers: no cash, no balances, no profile. That none states a purpose is a
        # fact about purposes: all of the money is unexplained.
        offers=frozenset({"purpose", "hour"} if (at_us % DAY_US != at_us[0] % DAY_US).any() else {"purpose"}),
        parts=iter([Part(transactions, truth)]),
        set_aside=aside,
    )


def _truth(
    events: pd.DataFrame,
    order: np.ndarray,
    foreign_id: np.ndarray | None,
    payer: np.ndarray,
    at_us: np.ndarray,
) -> pd.DataFrame:
    """Transactions of the labelled behaviour.

    Labels by transaction are looked up by their foreign id; labels by account mean
    the transfers that the account sent at the labelled moment.
    """
    transaction_id = np.arange(1, len(order) + 1)
    if foreign_id is not None:
        own = pd.DataFrame({"foreign_id": foreign_id[order], "transaction_id": transaction_id})
        found = events.drop_duplicates("foreign_id").merge(own, on="foreign_id")
    else:
        own = pd.DataFrame(
            {"account_id": payer[order], "at_us": at_us[order], "transaction_id": transaction_id}
        )
        found = events.merge(own, on=["account_id", "at_us"])
    # A foreign data set names the payments of a shape, and none outside it.
    found["is_patterned"] = True
    columns = ["transaction_id", "scheme_id", "is_illicit", "is_patterned"]
    return found[columns].sort_values(["transaction_id", "scheme_id"])
