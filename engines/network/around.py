"""Those around a customer: links by week, groups of devices and households, and reports filed, in SQL.

What is counted of counterparties is a group-by of weekly links and a join; nearness to a report is as
many joins as there are steps. Whole numbers alone are found here, so that the order of rows is nothing.
"""

from __future__ import annotations

from data.parts import OUTSIDE
from data.schema import DAY_US, HOLDER_KINDS
from engines.hubs import SIDES
from engines.relations import Dealing, Engine, Query
from features.network import Limits
from features.network.columns import NEIGHBOUR_SOURCES, ROLE_DAYS

# How the kernel of the customers is told what was found here; whole numbers, none missing.
STANDING = (
    "counterparties",
    "customers",
    "degree_total",
    "shared",
    "reported",
    "device_customers",
    "device_counterparties",
    "reported_sharers",
    "distance",
)
SOURCES = tuple(source for source, *_ in NEIGHBOUR_SOURCES.values())


def link_parties(engine: Engine) -> None:
    """Who had dealt with whom in the days before each moment, either way and once; and with how many."""
    engine.once(
        "subjects",
        """SELECT customer_id AS customer, unix_micros(as_of) AS as_of FROM weekly_indicators
            WHERE payer_count_30d > 0 OR payee_count_30d > 0""",
    )
    engine.once("moments", "SELECT DISTINCT as_of FROM subjects")
    engine.once(
        "neighbours",
        f"""SELECT DISTINCT as_of, CASE WHEN departs THEN payer ELSE payee END AS me,
            CASE WHEN departs THEN payee ELSE payer END AS you
            FROM (SELECT DISTINCT w.as_of, t.payer, t.payee FROM ties t JOIN moments w
                ON t.moment < w.as_of AND t.moment >= w.as_of - {ROLE_DAYS * DAY_US}) links
            CROSS JOIN {SIDES}""",
        by={"ties": "payer + payee", "moments": ""},
    )
    engine.once(
        "dealt_with",
        f"""SELECT as_of, me AS party, count(*) AS counterparties,
            CAST(sum(CASE WHEN you < {OUTSIDE} THEN 1 ELSE 0 END) AS BIGINT) AS customers
            FROM neighbours GROUP BY as_of, me""",
        by={"neighbours": "me"},
    )
    engine.once(
        "reports",
        """SELECT customer_id AS customer, min(unix_micros(known_at)) AS known_at FROM dispositions
            WHERE outcome = 'reported' AND known_at IS NOT NULL GROUP BY customer_id""",
    )
    person = HOLDER_KINDS.index("person")
    engine.view(
        "persons_outside",
        f"SELECT party FROM parties WHERE party >= {OUTSIDE} AND holder = {person}",
    )
    engine.view(
        "known_neighbours",
        f"""SELECT n.as_of, n.me, n.you, d.customers,
            CASE WHEN p.party IS NULL THEN 0 ELSE d.customers - 1 END AS shared,
            CASE WHEN r.customer IS NULL THEN 0 ELSE 1 END AS reported
            FROM neighbours n JOIN dealt_with d ON d.as_of = n.as_of AND d.party = n.you
            LEFT JOIN (SELECT DISTINCT party FROM persons_outside) p ON p.party = n.you
            LEFT JOIN reports r ON r.customer = n.you AND r.known_at < n.as_of
            WHERE n.me < {OUTSIDE}""",
        by={"neighbours": "you", "dealt_with": "party", "persons_outside": "party", "reports": "customer"},
    )
    engine.once(
        "links_of_customers",
        f"""SELECT as_of, me AS customer, count(*) AS counterparties,
            CAST(sum(CASE WHEN you < {OUTSIDE} THEN 1 ELSE 0 END) AS BIGINT) AS customers,
            CAST(sum(customers) AS BIGINT) AS degree_total, CAST(sum(shared) AS BIGINT) AS shared,
            CAST(sum(reported) AS BIGINT) AS reported FROM known_neighbours GROUP BY as_of, me""",
        by={"known_neighbours": "me"},
    )


def group_customers(engine: Engine) -> None:
    """Devices and households of several customers at each moment, and what they tell of a customer."""
    engine.once(
        "members",
        f"""SELECT * FROM (
            SELECT as_of, group_id, member, home, is_device,
            count(*) OVER (PARTITION BY as_of, is_device, group_id) AS size,
            count(*) OVER (PARTITION BY as_of, is_device, group_id, home) AS relatives
            FROM (SELECT DISTINCT w.as_of, TRUE AS is_device, d.device_id AS group_id,
                d.customer_id AS member, coalesce(CASE WHEN unix_micros(c.joined_at) < w.as_of
                    THEN c.household_id END, -1 - d.customer_id) AS home
                FROM devices d JOIN moments w ON unix_micros(d.valid_from) < w.as_of
                AND (d.valid_to IS NULL OR unix_micros(d.valid_to) > w.as_of - {ROLE_DAYS * DAY_US})
                JOIN customers c ON c.customer_id = d.customer_id
                UNION ALL
                SELECT w.as_of, FALSE AS is_device, c.household_id AS group_id, c.customer_id AS member,
                c.household_id AS home FROM customers c JOIN moments w ON unix_micros(c.joined_at) < w.as_of
                WHERE c.household_id IS NOT NULL) everybody) counted
            WHERE size > 1""",
    )
    engine.once(
        "known_members",
        """SELECT m.as_of, m.is_device, m.group_id, m.member, r.customer AS reported FROM members m
            LEFT JOIN reports r ON r.customer = m.member AND r.known_at < m.as_of""",
    )
    engine.once(
        "groups_of_customers",
        """SELECT m.as_of, m.member AS customer,
            max(CASE WHEN m.is_device THEN m.size - m.relatives ELSE 0 END) AS device_customers,
            max(k.known - CASE WHEN r.customer IS NULL THEN 0 ELSE 1 END) AS reported_sharers
            FROM members m JOIN (SELECT as_of, is_device, group_id, count(reported) AS known
                FROM known_members GROUP BY as_of, is_device, group_id) k
            ON k.as_of = m.as_of AND k.is_device = m.is_device AND k.group_id = m.group_id
            LEFT JOIN reports r ON r.customer = m.member AND r.known_at < m.as_of
            GROUP BY m.as_of, m.member""",
    )
    engine.view(
        "sharers_of_devices",
        """SELECT a.as_of, a.member AS me, b.member AS you FROM members a
            JOIN members b ON b.as_of = a.as_of AND b.group_id = a.group_id
            WHERE a.is_device AND b.is_device AND a.member <> b.member""",
        by={"members": "group_id"},
    )
    engine.once(
        "devices_of_customers",
        """SELECT n.as_of, n.me AS customer, count(*) AS device_counterparties FROM neighbours n
            JOIN (SELECT DISTINCT as_of, me, you FROM sharers_of_devices) s
            ON s.as_of = n.as_of AND s.me = n.me AND s.you = n.you GROUP BY n.as_of, n.me""",
        by={"neighbours": "me", "sharers_of_devices": "me"},
    )


def spread_reports(engine: Engine, limits: Limits) -> None:
    """The two nearest reported customers of each party, step by step: links, and groups of customers.

    A party with more counterparties than `Limits.hub_degree`, or a group of more members, passes nothing
    on, unless the report is its own.
    """
    engine.view(
        "companions",
        f"""SELECT a.as_of, a.member AS me, b.member AS you FROM members a
            JOIN members b ON b.as_of = a.as_of AND b.is_device = a.is_device AND b.group_id = a.group_id
            WHERE a.size <= {limits.hub_degree} AND b.member <> a.member""",
        by={"members": "group_id"},
    )
    engine.once(
        "reached_0",
        """SELECT w.as_of, r.customer AS party, r.customer AS origin, 0 AS steps
            FROM reports r JOIN moments w ON r.known_at < w.as_of""",
    )
    for step in range(limits.report_steps):
        giving = f"""SELECT f.as_of, f.party, f.origin FROM reached_{step} f
            LEFT JOIN dealt_with d ON d.as_of = f.as_of AND d.party = f.party
            WHERE f.steps = {step}
            AND (f.steps = 0 OR coalesce(d.counterparties, 0) <= {limits.hub_degree})"""
        is_last = step == limits.report_steps - 1
        wanted = f"AND n.you < {OUTSIDE}" if is_last else ""
        reached = f"reached_{step}"
        engine.view(
            f"offered_{step + 1}",
            f"""SELECT g.as_of, n.you AS party, g.origin, {step + 1} AS steps FROM ({giving}) g
                JOIN neighbours n ON n.as_of = g.as_of AND n.me = g.party {wanted} UNION ALL
                SELECT g.as_of, c.you AS party, g.origin, {step + 1} AS steps FROM ({giving}) g
                JOIN companions c ON c.as_of = g.as_of AND c.me = g.party""",
            by={reached: "party", "dealt_with": "party", "neighbours": "me", "companions": "me"},
        )
        engine.once(
            f"reached_{step + 1}",
            f"""SELECT as_of, party, origin, steps FROM (
                SELECT as_of, party, origin, steps,
                row_number() OVER (PARTITION BY as_of, party ORDER BY steps, origin) AS place
                FROM (SELECT as_of, party, origin, min(steps) AS steps FROM (
                    SELECT * FROM {reached} UNION ALL SELECT * FROM offered_{step + 1}) offers
                    GROUP BY as_of, party, origin) nearest) ranked WHERE place <= 2""",
            by={reached: "party", f"offered_{step + 1}": "party"},
        )


def stand_around(engine: Engine, limits: Limits, dealing: Dealing) -> None:
    """All that stands around each subject: name ``standing``, one row a customer and moment.

    Name ``told_of_others`` as well: indicators of those with whom the customers of a part dealt.
    """
    link_parties(engine)
    group_customers(engine)
    spread_reports(engine, limits)
    counted = ", ".join(f"coalesce({name}, 0) AS {name}" for name in STANDING[:-1])
    same = "ON {0}.as_of = s.as_of AND {0}.customer = s.customer"
    values = ", ".join(f"w.{name}" for name in SOURCES)
    engine.view(
        "weekly_sources",
        f"SELECT customer_id, unix_micros(as_of) AS as_of, {values} FROM weekly_indicators w",
    )
    engine.once(
        "told_of_others",
        f"""SELECT k.part, k.as_of, k.you AS customer, {values} FROM
            (SELECT DISTINCT {dealing.of("me")} AS part, as_of, you FROM neighbours
                WHERE me < {OUTSIDE} AND you < {OUTSIDE}) k
            JOIN weekly_sources w ON w.customer_id = k.you AND w.as_of = k.as_of""",
        by={"neighbours": "you", "weekly_sources": "customer_id"},
    )
    engine.once(
        "standing",
        f"""SELECT s.as_of, s.customer, {counted},
            coalesce(n.distance, {limits.report_steps + 1}) AS distance FROM subjects s
            LEFT JOIN links_of_customers l {same.format("l")}
            LEFT JOIN groups_of_customers g {same.format("g")}
            LEFT JOIN devices_of_customers d {same.format("d")}
            LEFT JOIN (SELECT as_of, party AS customer, min(steps) AS distance
                FROM reached_{limits.report_steps} WHERE origin <> party GROUP BY as_of, party) n
            {same.format("n")}""",
        by={
            **dict.fromkeys(("subjects", "links_of_customers", "groups_of_customers"), "customer"),
            "devices_of_customers": "customer",
            f"reached_{limits.report_steps}": "party",
        },
    )


def given_of_standing(dealing: Dealing) -> dict[str, Query]:
    """What stands around the customers of a part, and indicators of those with whom they dealt, in SQL."""
    return {
        "subjects": f"SELECT {dealing.of('customer')} AS part, * FROM standing",
        "told": "told_of_others",
    }
