"""What the line of a customer's payments makes of each one: strangers, tests, pairs, money passed on.

Every answer looks back along the line of the one customer; see `data.asof.patterns`.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import AfterValidator, Field

import pipeline
from data.asof import Events
from data.asof.patterns import (
    acquainted_since,
    after_test,
    alike_before,
    days_in_a_row,
    passed_on_but_for_commission,
    times_that_day,
)
from data.asof.windows import previous_of_key
from data.schema import CHANNELS, CUSTOMER_KINDS, DAY_US, HOLDER_KINDS, HOUR_US
from parameters import Count, Days, Hours, KeptRange, Yuan

CASH = ("cash_deposit", "cash_withdrawal")


def _of_known_kinds(lines: dict[str, list[float]]) -> dict[str, list[float]]:
    for kind in lines:
        if kind not in CUSTOMER_KINDS:
            raise ValueError(f"unknown kind {kind!r}, expected one of: {', '.join(CUSTOMER_KINDS)}")
    return lines


class PatternParams(pipeline.Parameters):
    """What counts as a stranger, a test, a repetition, as passed on; part of section ``observe``."""

    acquaintance_days: Days
    stranger_days: Days
    test_cny: Yuan
    test_hours: Hours
    pair_days: Days
    alike_within: float = Field(ge=0, lt=1)
    large_lines_cny: Annotated[dict[str, list[Yuan]], AfterValidator(_of_known_kinds)]
    near_large_from: float = Field(gt=0, lt=1)
    newly_met_days: Days
    passed_on_days: Days
    passed_on_kept: KeptRange
    passed_on_from_cny: Yuan
    passed_on_most: Count


def near_a_large_line(events: Events, kind: np.ndarray, params: PatternParams) -> np.ndarray:
    """Whether a payment lies just below a large-value line of its customer's kind, shape (n,).

    ``kind`` is the code of CUSTOMER_KINDS by customer.
    """
    near = np.zeros(len(events), bool)
    mine = kind[events.customer]
    for name, lines in params.large_lines_cny.items():
        for line in lines:
            in_band = (events.cents >= params.near_large_from * line * 100) & (events.cents < line * 100)
            near |= in_band & (mine == CUSTOMER_KINDS.index(name))
    return near


def passed_on_money(
    events: Events, takes_part: np.ndarray, params: PatternParams
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Debits that pass money on but for a small part: (which, cents that had come, in how many payments).

    ``takes_part`` are the payments in cash and with parties newly met. Shape (n,) each.
    """
    came, credits = passed_on_but_for_commission(
        events.starts,
        events.at,
        events.cents,
        events.is_credit,
        takes_part,
        params.passed_on_days * DAY_US,
        *params.passed_on_kept,
        params.passed_on_most,
    )
    enough = came >= params.passed_on_from_cny * 100
    return enough, np.where(enough, came, 0), np.where(enough, credits, 0)


def patterns(
    events: Events,
    met: np.ndarray,
    unexplained: np.ndarray,
    on_file: np.ndarray,
    below_line: np.ndarray,
    kind: np.ndarray,
    origin_us: int,
    params: PatternParams,
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Selections and columns by event, shape (n,) each.

    Parameters
    ----------
    met : the event before with the same counterparty, or -1
    unexplained, on_file, below_line : selections of events: without an explanation, with the
        household or the employer, of sums below the cash report line
    kind : code of CUSTOMER_KINDS by customer
    """
    known = acquainted_since(events.at, met, params.acquaintance_days * DAY_US)
    transfer = unexplained & (events.channel == CHANNELS.index("transfer"))
    person = events.holder == HOLDER_KINDS.index("person")
    stranger = events.at - known <= params.stranger_days * DAY_US
    test = transfer & (known == events.at) & (events.cents <= params.test_cny * 100)
    burst = transfer & events.is_credit & ~test & (events.at - known <= params.test_hours * HOUR_US)

    day = (events.at - origin_us) // DAY_US
    way = events.counterparty * 2 + events.is_credit
    of_pair = previous_of_key(events.starts, way, transfer)
    near_large = transfer & near_a_large_line(events, kind, params)
    near_of_pair = previous_of_key(events.starts, way, near_large)
    within = params.pair_days * DAY_US
    alike_count, alike_cents = alike_before(events.at, events.cents, of_pair, within, params.alike_within)
    # Any two amounts are alike at a difference of the whole of the larger.
    near_count, _ = alike_before(events.at, events.cents, near_of_pair, within, 1.0)
    newly_met = events.at - known <= params.newly_met_days * DAY_US
    is_cash = np.isin(events.channel, [CHANNELS.index(name) for name in CASH])
    # Money that goes into a policy, or comes out of one, has moved on as well.
    is_insurer = events.holder == HOLDER_KINDS.index("insurer")
    takes_part = (unexplained | is_insurer) & ~on_file & (newly_met | is_cash)
    passes, came, credits = passed_on_money(events, takes_part, params)
    yuan = events.cents // 100
    selections = {
        "stranger": transfer & person & ~on_file & below_line & stranger,
        "after_test": after_test(events.starts, events.at, test, burst, params.test_hours * HOUR_US),
        "transfer": transfer,
        "near_large": near_large,
        "passed_on": passes,
    }
    columns = {
        "day": day,
        "pair_days_in_a_row": days_in_a_row(day, of_pair),
        "pair_times_that_day": times_that_day(day, of_pair),
        "pair_alike_count": alike_count,
        "pair_alike_cents": alike_cents,
        "pair_near_large_count": near_count,
        "passed_on_cents": came,
        "passed_on_credits": credits,
        "last_digit": yuan % 10,
        "last_two_digits": yuan % 100,
    }
    return selections, columns
