"""A whole World of plain transfers between accounts: what every reader ends in."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from data.schema import CHANNELS, PURPOSES
from data.sources import Part, World
from data.sources.clock import in_order_of_file
from data.sources.coverage import covered_calendar
from data.sources.labels import matched, members_of, notes_on_labels
from data.sources.settings import Terms
from data.sources.sheets import Sheet
from data.sources.transfers import Aside, Transfers, ids_in_order, numbers_of, timestamps
from pipeline import BadInput


def transfer_world(
    *,
    accounts: Iterable[str],
    unscored: Iterable[str] = (),
    transfers: Transfers,
    events: pd.DataFrame,
    sheets: list[Sheet],
    terms: Terms,
) -> World:
    """Build a World in which every account is its own customer and nothing is known of people.

    Parameters
    ----------
    accounts, unscored : names, and which of them are no customers
    events : labelled behaviour, columns ``EVENT_COLUMNS``; with ``place``, the position of the
        labelled transfer, where labels are by transaction, else by account and moment
    sheets : all that was read

    Raises
    ------
    BadInput
        If the transfers do not fill the calendar, too many name unknown accounts, or
        ``bank_of`` names a column that holds none.
    """
    holders = frozenset().union(*(sheet.accounts for sheet in sheets))
    for column in terms.params.bank_of:
        if column not in holders:
            known = ", ".join(sorted(holders))
            raise BadInput(
                f"{terms.key('bank_of')}: unknown account column {column!r}, expected one of: {known}"
            )
    names = ids_in_order(accounts)
    payer, payee = numbers_of(transfers.payer, names), numbers_of(transfers.payee, names)
    kept, calendar, aside = usable(transfers, payer, payee, terms)
    order = settled_order(transfers, kept, terms)
    at_us = transfers.at_us
    if terms.params.ties == "in_order_of_file":
        at_us = in_order_of_file(at_us, transfers.place, terms)
    span = calendar["starts_at"].astype("int64").min(), calendar["ends_at"].astype("int64").max()
    events, links, lost = matched(events, transfers, at_us, order, names, (payer, payee), span)
    is_customer = ~names.isin(list(unscored))
    positive = events[events["is_illicit"] & is_customer[events["account_id"]]]
    given = positive.drop_duplicates(["account_id", "judged_us"])
    judged = timestamps(given["judged_us"].to_numpy())
    given_labels = pd.DataFrame(
        {"customer_id": given["account_id"].to_numpy(), "event_at": judged, "known_at": judged, "value": 1.0}
    ).sort_values(["event_at", "customer_id"])
    truth = links.drop_duplicates(["transaction_id", "scheme_id"]).sort_values(
        ["transaction_id", "scheme_id"]
    )
    truth["at"] = timestamps(at_us[order])[truth["transaction_id"] - 1]
    return World(
        periods=calendar,
        **parties_tables(is_customer, span[0]),
        members=members_of(events),
        given_labels=given_labels,
        # Plain transfers: no cash, no balances, no profile. That none states a purpose is a
        # fact about purposes: all of the money is unexplained.
        offers=frozenset({"purpose", "hour"} if transfers.clock.has_hours else {"purpose"}),
        parts=iter([Part(payments_table(transfers, at_us, order, payer, payee), truth)]),
        set_aside=[*aside, *lost, *(sheet.aside for sheet in sheets)],
        account_names=pd.DataFrame({"account_id": np.arange(len(names)), "name": names}),
        notes=[*transfers.clock.notes, *notes_on_labels(given_labels, calendar, transfers.place, terms)],
    )


def usable(
    transfers: Transfers, payer: np.ndarray, payee: np.ndarray, terms: Terms
) -> tuple[np.ndarray, pd.DataFrame, Aside]:
    """Which transfers are used, shape (n,); the calendar; and all others, each with one reason."""
    known = (payer >= 0) & (payee >= 0)
    unknown = int((~known).sum())
    if unknown > terms.limits.most_unknown_share * len(known):
        place = int(np.argmin(known))
        end = transfers.payer if payer[place] < 0 else transfers.payee
        raise BadInput(
            f"{transfers.place}, row {transfers.row[place]}: "
            f"account {end[place]!r} is missing from the accounts; "
            f"{unknown:,} of {len(known):,} transfers name such a one, more than "
            f"{terms.limit('most_unknown_share')} allows"
        )
    fine = known & (transfers.yuan > 0) & (payer != payee)
    calendar = covered_calendar(
        transfers.at_us[fine], transfers.row[fine], transfers.clock, transfers.place, terms
    )
    start_us, end_us = calendar["starts_at"].astype("int64").min(), calendar["ends_at"].astype("int64").max()
    early, late = fine & (transfers.at_us < start_us), fine & (transfers.at_us >= end_us)
    reasons = (
        ("transfers_unknown_account", "an end is missing from the accounts", ~known),
        ("transfers_unusable", "no positive amount, or both ends are one account", known & ~fine),
        ("transfers_early", "before the first week of the calendar", early),
        ("transfers_late", "after the last week of the calendar", late),
    )
    aside = [(what, reason, transfers.table(np.flatnonzero(rows))) for what, reason, rows in reasons]
    return fine & ~early & ~late, calendar, aside


def settled_order(transfers: Transfers, kept: np.ndarray, terms: Terms) -> np.ndarray:
    """Places of the kept transfers in order of time.

    Rows of one moment come in an order that may give the labels away: they are shuffled,
    unless the source's order is said to mean something.
    """
    order = np.flatnonzero(kept)
    if terms.params.ties == "together":
        order = np.random.default_rng(0).permutation(order)
    return order[np.argsort(transfers.at_us[order], kind="stable")]


def payments_table(
    transfers: Transfers, at_us: np.ndarray, order: np.ndarray, payer: np.ndarray, payee: np.ndarray
) -> pd.DataFrame:
    """The Transactions table; amounts in cents, at least one."""
    size = len(order)

    def unknown(kind: type[np.integer]) -> pd.arrays.IntegerArray:
        return pd.arrays.IntegerArray(np.zeros(size, kind), np.ones(size, bool))

    return pd.DataFrame(
        {
            "transaction_id": np.arange(1, size + 1),
            "at": timestamps(at_us[order]),
            "payer_account_id": payer[order],
            "payee_account_id": payee[order],
            "amount_cents": np.maximum(np.round(transfers.yuan[order] * 100), 1).astype(np.int64),
            "channel": pd.Categorical.from_codes(np.zeros(size, int), list(CHANNELS)),
            "purpose": pd.Categorical.from_codes(np.full(size, PURPOSES.index("unstated")), list(PURPOSES)),
            "city": unknown(np.int16),
            "payer_balance_cents": unknown(np.int64),
            "payee_balance_cents": unknown(np.int64),
        }
    )


def parties_tables(is_customer: np.ndarray, start_us: int) -> dict[str, pd.DataFrame]:
    """Customers and accounts, one each, and the tables of which nothing is known."""
    number = np.arange(len(is_customer))
    first = pd.Series(timestamps(np.full(len(number), start_us)))
    customers = pd.DataFrame(
        {
            "customer_id": number[is_customer],
            "kind": "person",
            "joined_at": first[is_customer].array,
            **dict.fromkeys(("birth_year", "gender", "occupation", "industry", "city")),
            "monthly_income_cents": None,
            **dict.fromkeys(("household_id", "founded_at", "registered_capital_cents")),
            "employer_account_id": None,
        }
    )
    accounts = pd.DataFrame(
        {
            "account_id": number,
            "customer_id": pd.Series(number, dtype="Int64").where(is_customer),
            "holder": "person",
            "opened_at": first.where(is_customer),
            **dict.fromkeys(("opening_balance_cents", "closed_at", "credit_limit_cents", "country")),
        }
    )
    return {
        "customers": customers,
        "accounts": accounts,
        "profile_tags": pd.DataFrame(columns=["customer_id", "tag", "value", "valid_from", "valid_to"]),
        "devices": pd.DataFrame(columns=["customer_id", "device_id", "valid_from", "valid_to"]),
    }
