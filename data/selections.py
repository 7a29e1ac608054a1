"""What kind of payment each event is: named choices of events, for the windows of the indicators."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import AfterValidator, Field

import pipeline
from data.asof import Events
from data.asof.money_trail import answers
from data.asof.windows import previous_of_key
from data.schema import CHANNELS, DAY_US, HOLDER_KINDS, HOUR_US, NEVER_US, PURPOSES
from parameters import Count, Days, DaysRange, KeptRange, YuanRange

EXPLAINED = (
    "payroll",
    "utility",
    "loan_repayment",
    "shopping",
    "savings",
    "fee",
    "interest",
    "tax",
    "refund",
)
# Supervised firms that know their own customers: money parked there and back moves no further.
LICENSED = ("broker", "insurer")
CASH = ("cash_deposit", "cash_withdrawal")
CODES = ("qr", "pos")
UPKEEP = ("payroll", "utility", "rent", "tax")  # what a firm that works pays for
OFFICIAL = ("utility", "broker", "lender", "insurer", "bank", "state")
# Whoever deals with everybody is no acquaintance.
IMPERSONAL = ("merchant", "utility", "cash_desk", "wallet", "bank", "state")
ANY_TIME_US = NEVER_US // 2  # added to a moment it is still no overflow


def _apart(hours: tuple[int, int]) -> tuple[int, int]:
    if hours[0] == hours[1]:
        raise ValueError(f"expected two different hours, found {list(hours)}")
    return hours


LocalHour = Annotated[int, Field(ge=0, le=24)]
Night = Annotated[tuple[LocalHour, LocalHour], AfterValidator(_apart)]  # over midnight or not


class SelectionParams(pipeline.Parameters):
    """What counts as near a report line, by night, round, or a sum that comes back; part of ``observe``."""

    near_line_cny: YuanRange
    round_to_cny: Count
    night_hours: Night
    stakes_cny: tuple[Count, ...]
    early_repaid_days: Days
    early_repaid_share: KeptRange
    lent_back_days: DaysRange
    lent_back_kept: KeptRange
    surrendered_days: Days
    surrendered_share: KeptRange


def selections(events: Events, origin_us: int, params: SelectionParams) -> dict[str, np.ndarray]:
    """Row-wise choices of events by name, each of shape (n,).

    ``origin_us`` is a local midnight; hours of the day count from it.
    """
    low, high = (round(yuan * 100) for yuan in params.near_line_cny)
    dusk, dawn = params.night_hours
    hour = (events.at - origin_us) % DAY_US // HOUR_US

    def is_among(codes: np.ndarray, names: tuple[str, ...], chosen: tuple[str, ...]) -> np.ndarray:
        return np.array([*(name in chosen for name in names), False])[codes]  # an unknown code is -1

    return {
        "credit": events.is_credit,
        "debit": ~events.is_credit,
        "cash": is_among(events.channel, CHANNELS, CASH),
        "unexplained": ~(
            is_among(events.purpose, PURPOSES, EXPLAINED) | is_among(events.holder, HOLDER_KINDS, LICENSED)
        ),
        "near_line": (events.cents >= low) & (events.cents < high),
        "night": (hour >= dusk) & (hour < dawn) if dusk < dawn else (hour >= dusk) | (hour < dawn),
        "round": events.cents % (params.round_to_cny * 100) == 0,
        "stake": np.isin(events.cents, [yuan * 100 for yuan in params.stakes_cny]),
        "code": is_among(events.channel, CHANNELS, CODES),
        "upkeep": is_among(events.purpose, PURPOSES, UPKEEP),
        "wages": events.purpose == PURPOSES.index("payroll"),
        "official": is_among(events.holder, HOLDER_KINDS, OFFICIAL),
        "in_city": events.city >= 0,
        "with_cents": events.cents % 100 != 0,
        "personal": ~is_among(events.holder, HOLDER_KINDS, IMPERSONAL),
        "not_of_the_bank": events.holder != HOLDER_KINDS.index("bank"),  # its interest and fees wake nobody
        **{f"with_{name}": events.holder == code for code, name in enumerate(HOLDER_KINDS)},
    }


def met_before(events: Events) -> np.ndarray:
    """The event before with the same counterparty, or -1; shape (n,)."""
    return previous_of_key(events.starts, events.counterparty, np.ones(len(events), bool))


def sums_that_come_back(
    events: Events, met: np.ndarray, chosen: dict[str, np.ndarray], params: SelectionParams
) -> dict[str, np.ndarray]:
    """Events that answer an earlier one with the same party: loans repaid, lent back, policies given up.

    ``met`` is the event before with the same party, see `met_before`.
    """
    debit, credit, lender, insurer = (
        chosen[name] for name in ("debit", "credit", "with_lender", "with_insurer")
    )
    private = chosen["with_person"] | chosen["with_micro_business"] | chosen["with_company"]

    def answered(
        opens: np.ndarray, closes: np.ndarray, days: tuple[int, int], shares: tuple[float, float]
    ) -> np.ndarray:
        after, within = (number * DAY_US for number in days)
        return answers(events.at, events.cents, met, opens, closes, after, within, *shares)

    repaid, given_up = (0, params.early_repaid_days), (0, params.surrendered_days)
    lent, kept = params.lent_back_days, params.lent_back_kept
    insured = credit & insurer
    ever_paid = answers(events.at, events.cents, met, debit, insured, 0, ANY_TIME_US, 0.0, np.inf)
    return {
        "early_repaid": answered(credit & lender, debit & lender, repaid, params.early_repaid_share),
        "lent_back": answered(debit & private, credit & private, lent, kept),
        "surrendered": answered(debit & insurer, insured, given_up, params.surrendered_share),
        "unpaid_for": insured & ~ever_paid,
    }
