"""Indicators of the whole bank as passes over its tables: joins, groups, kernels by part.

What runs from account to account is found by passes of its own: transfers are dealt by party for the
trails, trails by connected component for chains and round trips, snapshots by kind and week for what
is usual among peers. Only then is each customer measured, from the ends of the own payments and from
what was found of them. No surroundings are copied but those that a question is about: users of the
customer's devices, and dealings of the parties abroad that the customer dealt with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

import pipeline
from data import schema
from data.asof.survey import OVERSEAS
from data.observe import Params as ObserveParams
from data.parts import (
    OUTSIDE,
    MomentsAsked,
    components_of_trails,
    fast_money,
    followed_money,
    indicators_of_part,
    snapshots_of_part,
    trail_edges,
    usual_of_peers,
)
from data.parts.bank import Tables
from data.parts.indicators import FAST_MONEY, SNAPSHOTS, USUAL, as_arrow
from data.parts.trails import EDGES, FOLLOWED, MEMBERS
from data.readings import Readings
from data.schema import CHANNELS, CUSTOMER_KINDS, HOLDER_KINDS, PURPOSES
from engines.hubs import TIE, cut_hubs, dealt_by_party
from engines.relations import Dealing, Engine, Query

BANK = (schema.Transactions, schema.Accounts, schema.Customers, schema.Devices)


@dataclass(frozen=True)
class Asked:
    """What is asked of the bank: moments, what the data set can say, section ``observe``."""

    calendar: MomentsAsked
    offered: frozenset[str]
    params: ObserveParams

    @classmethod
    def read(cls) -> Asked:
        """Read it from params.yaml and the two small tables, each of a few rows."""
        params = pipeline.params("observe", ObserveParams)
        periods = pipeline.read(schema.Periods)
        offered = frozenset(pipeline.read(schema.Offers)["name"])
        return cls(MomentsAsked.of(periods, params.peers_from_day), offered, params)


def coded(column: str, names: tuple[str, ...]) -> str:
    """The position of a text in ``names``, -1 for others, in SQL."""
    cases = " ".join(f"WHEN '{name}' THEN {code}" for code, name in enumerate(names))
    return f"CAST(CASE {column} {cases} ELSE -1 END AS TINYINT)"


def open_bank(engine: Engine, high_risk: tuple[str, ...]) -> None:
    """Name the bank's tables and its payments, with both parties as the kernels know them."""
    for table in BANK:
        engine.table(pipeline.table_name(table), pipeline.table_path(table))
    risky = ", ".join(f"'{name}'" for name in high_risk)
    is_risky = f"name IN ({risky})" if risky else "FALSE"
    engine.view(
        "countries",
        f"""SELECT name, CAST(rank() OVER (ORDER BY name) AS INT) AS country, {is_risky} AS is_high_risk
            FROM (SELECT DISTINCT coalesce(country, '') AS name FROM accounts)""",
    )
    engine.view(
        "holders",
        f"""SELECT coalesce(customer_id, account_id + {OUTSIDE}) AS party,
            max_by(holder, account_id) AS holder, max_by(coalesce(country, ''), account_id) AS country
            FROM accounts GROUP BY 1""",
    )
    engine.once(
        "parties",
        f"""SELECT a.account_id, h.party, {coded("h.holder", HOLDER_KINDS)} AS holder, n.country,
            n.is_high_risk, c.household_id AS household
            FROM accounts a JOIN holders h ON h.party = coalesce(a.customer_id, a.account_id + {OUTSIDE})
            JOIN countries n ON n.name = h.country LEFT JOIN customers c ON c.customer_id = a.customer_id""",
    )
    engine.view(
        "bookings",
        f"""SELECT transaction_id, unix_micros(t.at) AS moment, amount_cents AS cents,
            {coded("channel", CHANNELS)} AS channel, {coded("purpose", PURPOSES)} AS purpose,
            CAST(coalesce(city, -1) AS SMALLINT) AS city, payer_account_id, payee_account_id,
            CAST(payer_balance_cents AS DOUBLE) AS payer_balance,
            CAST(payee_balance_cents AS DOUBLE) AS payee_balance FROM transactions t""",
    )
    party = "{1}.party AS {0}, {1}.holder AS {0}_holder, {1}.country AS {0}_country, "
    party += "{1}.is_high_risk AS {0}_risk, {1}.household AS {0}_household"
    engine.view(
        "paid",
        f"""SELECT t.*, {party.format("payer", "p")} FROM bookings t
            JOIN parties p ON p.account_id = t.payer_account_id""",
        by={"bookings": "payer_account_id", "parties": "account_id"},
    )
    engine.view(
        "payments",
        f"""SELECT t.*, {party.format("payee", "p")} FROM paid t
            JOIN parties p ON p.account_id = t.payee_account_id""",
        by={"paid": "payee_account_id", "parties": "account_id"},
    )


def deal_customers(engine: Engine, dealing: Dealing) -> None:
    """Deal customers out to parts, with the ends of their payments and what they have."""
    mine = dealing.of("CASE WHEN is_credit THEN payee ELSE payer END")
    engine.once(
        "ends",
        f"""SELECT {mine} AS part, CASE WHEN is_credit THEN payee ELSE payer END AS customer,
            CASE WHEN is_credit THEN payer ELSE payee END AS counterparty, moment, transaction_id, is_credit,
            cents, CASE WHEN is_credit THEN payee_balance ELSE payer_balance END AS balance_cents,
            CASE WHEN is_credit THEN payer_holder ELSE payee_holder END AS holder, channel, purpose, city,
            CASE WHEN is_credit THEN payer_country ELSE payee_country END AS country,
            CASE WHEN is_credit THEN payer_risk ELSE payee_risk END AS is_high_risk,
            CASE WHEN is_credit THEN payer_household ELSE payee_household END AS household
            FROM payments CROSS JOIN (SELECT TRUE AS is_credit UNION ALL SELECT FALSE AS is_credit) sides
            WHERE payer <> payee AND CASE WHEN is_credit THEN payee ELSE payer END < {OUTSIDE}""",
    )
    engine.once(
        "people",
        f"""SELECT {dealing.of("c.customer_id")} AS part, c.customer_id AS customer, c.kind,
            concat(c.kind, '/', coalesce(c.occupation, c.industry, 'unknown')) AS peer_group, c.joined_at,
            c.founded_at, c.monthly_income_cents, c.registered_capital_cents, c.household_id,
            e.party AS employer
            FROM customers c LEFT JOIN parties e ON e.account_id = c.employer_account_id""",
    )


def deal_components(engine: Engine, dealing: Dealing, payments: str, edges: str, members: str) -> None:
    """Deal payments and the edges of their trails by component: name both, with ``_linked`` behind."""
    component = dealing.of("m.component")
    engine.once(
        f"{payments}_linked",
        f"""SELECT {component} AS part, t.* FROM {payments} t
            JOIN {members} m ON m.transaction_id = t.transaction_id""",
        by={payments: "transaction_id", members: "transaction_id"},
    )
    engine.once(
        f"{edges}_linked",
        f"""SELECT {component} AS part, e.later, e.earlier FROM {edges} e
            JOIN {members} m ON m.transaction_id = e.later""",
        by={edges: "later", members: "transaction_id"},
    )


def follow_money(engine: Engine, dealing: Dealing, params: ObserveParams) -> None:
    """Round trips and quick chains: trails by party, then walks by connected component."""
    transfer = CHANNELS.index("transfer")
    engine.once(
        "transfers",
        f"""SELECT {TIE} FROM payments
            WHERE channel = {transfer} AND payer <> payee""",
    )
    cut_hubs(engine, "transfers", dealing, params.trails.most_arrivals)
    by_party = tuple(f"SELECT part, departs, {TIE} FROM ({sql}) dealt" for sql in dealt_by_party("transfers"))
    engine.by_part("edges", partial(trail_edges, params=params), {"transfers": by_party}, EDGES)
    # One task for all: in an ordinary bank there is one edge to fifteen transfers, of two numbers.
    engine.by_part("members", components_of_trails, {"edges": "SELECT 0 AS part, * FROM edges"}, MEMBERS)
    deal_components(engine, dealing, "transfers", "edges", "members")
    given = {"transfers": "transfers_linked", "edges": "edges_linked"}
    engine.by_part("followed", partial(followed_money, params=params), given, FOLLOWED)


def compare_peers(engine: Engine, asked: Asked) -> None:
    """What is usual among peers: everybody at each week, then one kind and week at a time."""
    engine.by_part(
        "snapshots",
        partial(snapshots_of_part, calendar=asked.calendar, offered=asked.offered, params=asked.params),
        {"ends": "ends", "customers": "people"},
        SNAPSHOTS,
    )
    kinds = coded("kind", CUSTOMER_KINDS)
    first, week = int(asked.calendar.snapshots[0]), 7 * schema.DAY_US
    part = f"CAST(({kinds} + 1) * 100000 + (moment - {first}) / {week} AS INT)"
    given = {"snapshots": f"SELECT {part} AS part, * FROM snapshots"}
    engine.by_part("usual", partial(usual_of_peers, params=asked.params), given, USUAL)


def find_surroundings(engine: Engine, dealing: Dealing, params: ObserveParams) -> None:
    """Who else uses a customer's devices, and who else deals with the same party abroad."""
    engine.view(
        "users",
        """SELECT d.device_id, d.customer_id, d.valid_from, d.valid_to, c.household_id,
            row_number() OVER (PARTITION BY d.device_id ORDER BY d.customer_id, d.valid_from) AS place
            FROM devices d JOIN customers c ON c.customer_id = d.customer_id""",
    )
    # Of a device the kernel looks at no more than so many users; the customer's own line stays.
    engine.once(
        "uses",
        f"""SELECT DISTINCT {dealing.of("me.customer_id")} AS part, u.device_id, u.customer_id AS customer,
            u.valid_from, u.valid_to, u.household_id, u.place
            FROM devices me JOIN users u ON u.device_id = me.device_id
            WHERE u.place <= {params.most_device_users} OR u.customer_id = me.customer_id""",
    )
    shared = "SELECT device_id FROM devices GROUP BY device_id HAVING count(DISTINCT customer_id) > 1"
    sharers = f"""SELECT DISTINCT d.customer_id FROM devices d
        JOIN ({shared}) s ON s.device_id = d.device_id"""
    of_part = f"SELECT {dealing.of('customer_id')} AS part, customer_id AS customer FROM ({sharers}) sharers"
    given = {"ends": "ends", "sharers": of_part}
    engine.by_part("fast", partial(fast_money, params=params), given, FAST_MONEY)
    abroad = f"payer_holder = {OVERSEAS} OR payee_holder = {OVERSEAS}"
    engine.once(
        "dealings",
        f"""SELECT is_out, CASE WHEN is_out THEN payee ELSE payer END AS party,
            CASE WHEN is_out THEN payer ELSE payee END AS customer, moment
            FROM payments CROSS JOIN (SELECT TRUE AS is_out UNION ALL SELECT FALSE AS is_out) sides
            WHERE ({abroad}) AND CASE WHEN is_out THEN payer ELSE payee END < {OUTSIDE}""",
    )


def given_to_indicators(dealing: Dealing) -> dict[str, Query]:
    """What the kernel of the indicators is given of each part, in SQL; see `indicators_of_part`."""
    mine = dealing.of("customer")
    dealt_with = f"""SELECT DISTINCT {mine} AS part, party, is_out FROM dealings"""
    return {
        "ends": "ends",
        "customers": "people",
        "accounts": f"""SELECT {dealing.of("customer_id")} AS part, customer_id AS customer, opened_at,
            closed_at FROM accounts WHERE customer_id IS NOT NULL""",
        "uses": "SELECT part, device_id, customer, valid_from, valid_to, household_id FROM uses",
        "fast": """SELECT u.part, f.customer, f.moment, f.cents FROM fast f
            JOIN (SELECT DISTINCT part, customer FROM uses) u ON u.customer = f.customer""",
        "chains": f"SELECT {mine} AS part, customer, moment, cents FROM followed WHERE NOT closes",
        "closings": f"SELECT {mine} AS part, transaction_id FROM followed WHERE closes",
        "crowds": f"""SELECT w.part, d.is_out, d.party, d.customer, d.moment FROM dealings d
            JOIN ({dealt_with}) w ON w.party = d.party AND w.is_out = d.is_out""",
        "usual": """SELECT p.part, u.* FROM usual u CROSS JOIN (SELECT DISTINCT part FROM people) p""",
    }


def daily_and_weekly(
    part: Tables, calendar: MomentsAsked, offered: frozenset[str], params: ObserveParams
) -> Mapping[str, pa.Table]:
    """The two tables of `indicators_of_part` by their names."""
    names = (pipeline.table_name(table) for table in (schema.DailyIndicators, schema.WeeklyIndicators))
    return dict(zip(names, indicators_of_part(part, calendar, offered, params), strict=True))


def prepare_bank(engine: Engine, asked: Asked, dealing: Dealing) -> None:
    """All passes before customers can be measured: name what `given_to_indicators` asks for."""
    open_bank(engine, asked.params.high_risk_countries)
    deal_customers(engine, dealing)
    follow_money(engine, dealing, asked.params)
    compare_peers(engine, asked)
    find_surroundings(engine, dealing, asked.params)


def write_indicators(engine: Engine, asked: Asked, dealing: Dealing, folder: Path) -> Mapping[str, int]:
    """Measure each part of a prepared bank and write it to ``folder``; rows by table."""
    kernel = partial(daily_and_weekly, calendar=asked.calendar, offered=asked.offered, params=asked.params)
    return engine.write(folder, kernel, given_to_indicators(dealing), indicator_schemas())


def measure_bank(engine: Engine, asked: Asked, dealing: Dealing, folder: Path) -> Mapping[str, int]:
    """Write daily and weekly indicators of the whole bank to ``folder``; rows by table."""
    prepare_bank(engine, asked, dealing)
    return write_indicators(engine, asked, dealing, folder)


def indicator_schemas() -> dict[str, pa.Schema]:
    """Columns of both tables of indicators: as those of a bank without customers."""
    nobody = np.zeros(0, np.int64)
    tables = (schema.DailyIndicators, np.float64), (schema.WeeklyIndicators, np.float32)
    return {
        pipeline.table_name(table): as_arrow(Readings(nobody, nobody, money).frame()).schema
        for table, money in tables
    }
