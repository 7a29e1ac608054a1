"""What one livelihood pays in a little bank, and in whose name: for the tests of each."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd

import pipeline
from data.schema import CHANNELS, HOUR_US, PURPOSES
from data.streams import stream
from data.world.calendar import Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS
from data.world.population import OUTSIDE, Population, draw_population
from data.world.settings import Params, calendar_of

SEED = 5
DAY = pd.Timedelta(days=1)


def params(customers: int, **changes: object) -> Params:
    standard = pipeline.params("simulate", Params)
    return standard.model_copy(update={"customers": customers, "seed": SEED, **changes})


@cache
def bank(customers: int = 4_000) -> tuple[Population, Calendar]:
    chosen = params(customers)
    calendar = calendar_of(chosen)
    return draw_population(SEED, customers, chosen.cities, chosen.dormant_share, calendar), calendar


def flow(name: str, customers: int, days: int) -> Flow:
    world, calendar = bank(customers)
    draw = LIVELIHOODS[name](world, calendar, stream(SEED, name))
    parts = [draw(s, stream(SEED, name, str(n))) for n, s in enumerate(calendar.stretches(days))]
    return Flow.concat(parts)


@cache
def payments(name: str, days: int = 28) -> pd.DataFrame:
    """All payments that a livelihood intends, in order of (local) time."""
    world, _ = bank()
    drawn = flow(name, 4_000, days).in_order()
    is_inside = world.owner != OUTSIDE
    return pd.DataFrame(
        {
            "at": pd.to_datetime(drawn.at + 8 * HOUR_US, unit="us"),
            "payer": drawn.payer,
            "payee": drawn.payee,
            "yuan": drawn.amount / 100,
            "channel": np.array(CHANNELS)[drawn.channel],
            "purpose": np.array(PURPOSES)[drawn.purpose],
            "payer_is": world.holder[drawn.payer],
            "payee_is": world.holder[drawn.payee],
            "payer_inside": is_inside[drawn.payer],
            "payee_inside": is_inside[drawn.payee],
        }
    )


# In whose name the money of a livelihood moves: the side, and which payments show it.
LEADERS: dict[str, tuple[str, Callable[[pd.DataFrame], pd.Series]]] = {
    "brokerage_sweep": ("payer", lambda p: p["payee_is"] == "broker"),
    "card_bills": ("payer", lambda p: p["payee_is"] == "lender"),
    "celebration": ("payer", lambda p: p["payee_is"] == "merchant"),
    "charity_spike": ("payee", lambda p: p["purpose"] == "donation"),
    "contractor": ("payee", lambda p: p["payer_is"] == "company"),
    "delivery_rider": ("payer", lambda p: p["purpose"] == "family"),
    "escrow": ("payer", lambda p: p["purpose"] == "loan_repayment"),
    "dues_collector": ("payer", lambda p: p["payer_inside"] & p["yuan"].gt(0) & ~p["payee_is"].eq("person")),
    "firm_costs": ("payer", lambda p: p["payer_inside"]),
    "gold_saver": ("payer", lambda p: p["payee_is"] == "exchange"),
    "grain_buyer": ("payer", lambda p: p["channel"] == "cash_withdrawal"),
    "group_buy_leader": ("payer", lambda p: p["purpose"] == "supplies"),
    "live_stream_seller": ("payer", lambda p: p["purpose"] == "supplies"),
    "marketplace_seller": ("payer", lambda p: p["purpose"] == "supplies"),
    "new_accounts": ("payee", lambda p: p["purpose"] == "gift"),
    "overseas_student_family": ("payer", lambda p: p["channel"] == "wire"),
    "rent_collector": ("payee", lambda p: p["payee_inside"] & (p["purpose"] == "rent")),
    "rotating_savings": ("payer", lambda p: p["payer_inside"]),
    # Who buys now and then is a customer, not a trader.
    "second_hand_trader": ("payer", lambda p: p.groupby("payer")["yuan"].transform("size") > 20),
    "tax_and_social": ("payer", lambda p: p["payer_inside"] & (p["payer_is"] != "person")),
    "treasury_sweep": ("payer", lambda p: p["payer_inside"]),
    "tuition": ("payer", lambda p: p["purpose"] == "payroll"),
    "windfall": ("payee", lambda p: p["payee_inside"]),
}
# What everybody does now and then; tests/spec/test_ordinary_life.py defines these.
EVERYBODY = {
    *("abroad", "bank_itself", "business", "cash", "family", "firm_purchases", "foreign_trade"),
    *("from_firms", "insurance", "loans", "own_accounts", "payroll", "rent", "shop_owners", "shopping"),
    *("street_vendor", "takings", "to_firms", "utilities", "wallets"),
}


def leaders(name: str, days: int = 28) -> set[int]:
    side, shows = LEADERS[name]
    table = payments(name, days)
    return set(table.loc[shows(table), side])


def busiest(table: pd.DataFrame, side: str) -> int:
    """The account inside the bank that is most often on a side."""
    return int(table.loc[table[f"{side}_inside"], side].mode().iloc[0])


def both_sides(name: str, account: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    table = payments(name)
    return table[table["payee"] == account], table[table["payer"] == account]


def kept_share(name: str, chosen: set[int]) -> pd.Series:
    """Of the money that came in, the share that stayed, by leader."""
    table = payments(name)
    came = table[table["payee"].isin(chosen)].groupby("payee")["yuan"].sum()
    left = table[table["payer"].isin(chosen)].groupby("payer")["yuan"].sum()
    return 1 - (left / came)
