"""The payments of a run, drawn and settled stretch by stretch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from data import schema
from data.schema import DAY_US, NEVER_US
from data.sources import Part
from data.streams import stream
from data.world.calendar import Calendar
from data.world.drift import Adaptation
from data.world.expression import expressed
from data.world.flows import LIFE, SHAPE, Flow
from data.world.integration import Proceeds
from data.world.ledger import EVERYTHING, UNKNOWN, in_business, move_on, order_by_time, settle
from data.world.lives import lives
from data.world.population import OUTSIDE, Names, Population, holder_codes
from data.world.schemes import Planned, after_schemes, open_hours, plans_of
from data.world.settings import Params


@dataclass(frozen=True)
class Stretch:
    """Payments of one stretch of days in order of time, and what the ledger made of them.

    ``settled`` is a mask of shape (n,); the balances after are cents, UNKNOWN outside.
    """

    flow: Flow
    settled: np.ndarray
    payer_after: np.ndarray
    payee_after: np.ndarray


def stretches(
    world: Population,
    calendar: Calendar,
    scenes: list[Planned],
    params: Params,
    drawn: Iterator[list[Flow]] | None = None,
) -> Iterator[Stretch]:
    """Draw and settle one stretch after the other; memory is bounded by a few of them.

    ``drawn`` are the `lives` of the same world, where they were begun before the schemes.
    """
    cuts = calendar.stretches(params.stretch_days)
    if drawn is None:
        drawn = lives(world, calendar, params.seed, cuts)
    adaptation = Adaptation(world, calendar, params.drift, stream(params.seed, "drift"))
    holder = holder_codes(world)
    planned = plans_of(scenes, adaptation, holder, params.seed)
    hours = open_hours(world, scenes)
    paid_out = payouts(after_schemes(world, scenes))
    proceeds = Proceeds(world, [scene.spenders for _, _, scene in scenes], params.seed)
    is_inside = world.owner != OUTSIDE
    balance = world.opening.copy()
    waiting = planned.take(slice(0, 0))
    for number, stretch in enumerate(cuts):
        start, end = stretch.start_us, stretch.start_us + stretch.days * DAY_US
        adapting = stream(params.seed, "drift", str(number))
        intended = [
            adaptation.of(expressed(flow, holder, params.seed), adapting)
            for life in next(drawn)
            for flow in (life, proceeds.of(life))
        ]
        last = _within(paid_out, start, end)
        flow = Flow.concat([waiting, *intended, _within(planned, start, end), last])
        del intended  # the memory is needed for what is made of it
        for side in (flow.payer, flow.payee):
            move_on(flow.at, side[: len(flow) - len(last)], world.successor, world.moved_us)
        # What follows from a payment of this stretch may fall into the next one.
        waiting = flow.take(flow.at >= end)
        flow = flow.take(_in_order(flow, hours, start, end))
        settled = settle(flow.payer, flow.payee, flow.amount, is_inside, world.limit, balance)
        made = [Stretch(flow, *settled)]
        del flow, settled
        yield made.pop()  # nothing of it stays here while others work on it


def _in_order(flow: Flow, hours: np.ndarray, start: int, end: int) -> np.ndarray:
    """Positions of the payments of a stretch between accounts that are open, in order of time."""
    keep = in_business(flow.at, flow.payer, flow.payee, hours, start, end)
    return np.asarray(keep[order_by_time(flow.at[keep], start, end)])


def payouts(world: Population) -> Flow:
    """What an account holds leaves it when its owner moves to another one, or closes it.

    On closing it goes to an account of the owner that is open then, or to a bank elsewhere.
    """
    account = np.flatnonzero(world.closed_us != NEVER_US)
    at = world.closed_us[account] - 1
    owner, elsewhere = world.owner[account], world.outside("person")
    main = world.used(world.account[owner], at)
    is_open = (main != account) & (world.closed_us[main] > world.closed_us[account])
    # Which account elsewhere hangs on the account closed alone, so that no closing moves another.
    payee = np.where(is_open, main, elsewhere[account * 7_919 % len(elsewhere)])
    moves = np.flatnonzero(world.successor >= 0)
    at, account = np.append(at, world.moved_us[moves]), np.append(account, moves)
    payee = np.append(payee, world.successor[moves])
    flow = Flow.of(at, account, payee, np.ones(len(at)), "transfer", "savings")
    return replace(flow, amount=np.full(len(at), EVERYTHING)).in_order()


def _within(flow: Flow, start: int, end: int) -> Flow:
    """The payments of an ordered flow in ``[start, end)``."""
    return flow.take(slice(*np.searchsorted(flow.at, [start, end])))


def parts(
    world: Population,
    calendar: Calendar,
    scenes: list[Planned],
    names: Names,
    params: Params,
    drawn: Iterator[list[Flow]] | None = None,
) -> Iterator[Part]:
    """Every stretch as tables."""
    is_illicit = np.array([illicit for _, illicit, _ in scenes])
    count = 0
    for stretch in stretches(world, calendar, scenes, params, drawn):
        before, count = count, count + int(np.count_nonzero(stretch.settled))
        made = [_part(stretch, names, is_illicit, before)]
        del stretch
        yield made.pop()  # nothing of it stays here while others work on it


def _part(stretch: Stretch, names: Names, is_illicit: np.ndarray, before: int) -> Part:
    """The tables of one stretch; ``is_illicit`` by scheme, payments are numbered from ``before`` + 1."""
    settled = stretch.settled
    # An empty account pays nothing out; that is no payment declined.
    is_declined = ~settled & (stretch.flow.amount != EVERYTHING)
    done, declined = stretch.flow.take(settled), stretch.flow.take(is_declined)
    transactions = transactions_table(
        done, names, stretch.payer_after[settled], stretch.payee_after[settled], before
    )
    is_planned = done.part != LIFE
    number = done.scheme[is_planned].astype(np.int64)
    truth = pd.DataFrame(
        {
            "transaction_id": transactions["transaction_id"].to_numpy()[is_planned],
            "scheme_id": number,
            "is_illicit": is_illicit[number],
            "is_patterned": done.part[is_planned] == SHAPE,
            "at": transactions["at"][is_planned],
        }
    )
    refused = transactions_table(
        declined, names, stretch.payer_after[is_declined], stretch.payee_after[is_declined], 0
    )
    return Part(transactions, truth.reset_index(drop=True), refused)


def transactions_table(
    flow: Flow, names: Names, payer_after: np.ndarray, payee_after: np.ndarray, before: int
) -> pd.DataFrame:
    """The Transactions table of payments in order of time, numbered from ``before`` + 1."""

    def balance(after: np.ndarray) -> pd.Series:
        return pd.Series(pd.arrays.IntegerArray(after.copy(), after == UNKNOWN))

    return pd.DataFrame(
        {
            "transaction_id": np.arange(before + 1, before + len(flow) + 1),
            "at": pd.DatetimeIndex(flow.at.astype("datetime64[us]"), tz="UTC"),
            "payer_account_id": names.account[flow.payer],
            "payee_account_id": names.account[flow.payee],
            "amount_cents": flow.amount,
            "channel": pd.Categorical.from_codes(flow.channel, list(schema.CHANNELS)),
            "purpose": pd.Categorical.from_codes(flow.purpose, list(schema.PURPOSES)),
            "city": pd.arrays.IntegerArray(flow.city.copy(), flow.city < 0),
            "payer_balance_cents": balance(payer_after),
            "payee_balance_cents": balance(payee_after),
        }
    )
