"""Parties with very many payments: their time is cut into slices, each dealt as a party of its own.

What a kernel finds at a party belongs to one payment, the later one, and asks for no more than what came
before it: the latest so many arrivals, or a stretch of time. So a slice takes along the rows before it, and
answers for its own payments alone. Cuts lie at full hours: payments of one moment are never apart. A bank
without such parties is dealt as if there were no slices.
"""

from __future__ import annotations

from data.schema import HOUR_US
from engines.relations import Dealing, Engine

TIE = "transaction_id, moment, cents, payer, payee"
SIDES = "(SELECT TRUE AS departs UNION ALL SELECT FALSE AS departs) sides"


def cut_hubs(engine: Engine, name: str, dealing: Dealing, most: int) -> None:
    """Cut the time of parties with more than ``dealing.hub`` payments, and say where each payment lies.

    Name ``{name}_cuts``: one row a slice, from ``starts`` to before ``ends``, and ``since`` when at least
    ``most`` payments arrived before it, or all that did; ``{name}_placed``: the payments with the parts of
    both parties, ``payer_part`` and ``payee_part``; and ``{name}_before``: arrivals at a party that a later
    slice of it (``slice_part``) takes along, once a part.

    Parameters
    ----------
    name : of payments that were computed once, with the columns of `TIE`
    most : latest arrivals at a party that a kernel looks at
    """
    engine.view(
        f"{name}_ends",
        f"""SELECT CASE WHEN departs THEN payer ELSE payee END AS party, moment,
            CASE WHEN departs THEN 0 ELSE 1 END AS arrives FROM {name} CROSS JOIN {SIDES}""",
    )
    # Once, and of hubs alone: as many rows as they have busy hours.
    engine.once(
        f"{name}_hours",
        f"""SELECT e.party, CAST(floor(moment / {HOUR_US}) AS BIGINT) * {HOUR_US} AS hour,
            count(*) AS payments, CAST(sum(arrives) AS BIGINT) AS arrivals FROM {name}_ends e
            JOIN (SELECT party FROM {name}_ends GROUP BY party HAVING count(*) > {dealing.hub}) h
            ON h.party = e.party GROUP BY 1, 2""",
        by={f"{name}_ends": "party"},
    )
    if engine.is_empty(f"{name}_hours"):
        _leave_whole(engine, name, dealing)
        return
    until = "OVER (PARTITION BY party ORDER BY hour ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
    engine.view(
        f"{name}_counted",
        f"""SELECT party, hour,
            CAST(floor((sum(payments) {until} - payments) / {dealing.hub}) AS BIGINT) AS slice,
            CAST(sum(arrivals) {until} - arrivals AS BIGINT) AS arrived FROM {name}_hours""",
    )
    engine.once(
        f"{name}_cuts",
        f"""SELECT s.party, s.slice, s.starts, s.ends, max(c.hour) AS since
            FROM (SELECT party, slice, min(hour) AS starts, max(hour) + {HOUR_US} AS ends,
                min(arrived) AS arrived FROM {name}_counted GROUP BY party, slice) s
            JOIN {name}_counted c ON c.party = s.party AND c.arrived <= greatest(s.arrived - {most}, 0)
            GROUP BY s.party, s.slice, s.starts, s.ends""",
    )
    placed = {
        end: dealing.of(f"t.{end} + coalesce({end}_cut.slice, 0)") + f" AS {end}_part"
        for end in ("payer", "payee")
    }
    within = " ".join(
        f"""LEFT JOIN {name}_cuts {end}_cut ON {end}_cut.party = t.{end}
            AND t.moment >= {end}_cut.starts AND t.moment < {end}_cut.ends"""
        for end in placed
    )
    engine.view(
        f"{name}_placed",
        f"SELECT t.*, {', '.join(placed.values())} FROM {name} t {within}",
        by={name: "transaction_id", f"{name}_cuts": ""},
    )
    engine.once(
        f"{name}_before",
        f"""SELECT DISTINCT {dealing.of("c.party + c.slice")} AS slice_part, t.payer_part, t.payee_part,
            t.{TIE.replace(", ", ", t.")} FROM {name}_placed t JOIN {name}_cuts c
            ON c.party = t.payee AND t.moment >= c.since AND t.moment < c.starts""",
        by={f"{name}_placed": "transaction_id", f"{name}_cuts": ""},
    )


def _leave_whole(engine: Engine, name: str, dealing: Dealing) -> None:
    """The same names where nobody has so many payments: no rows of joins, and no joins."""
    engine.view(
        f"{name}_cuts",
        f"""SELECT party, hour AS slice, hour AS starts, hour AS ends, hour AS since
            FROM {name}_hours WHERE FALSE""",
    )
    placed = ", ".join(f"{dealing.of(end)} AS {end}_part" for end in ("payer", "payee"))
    engine.view(f"{name}_placed", f"SELECT *, {placed} FROM {name}")
    engine.view(
        f"{name}_before",
        f"SELECT payer_part AS slice_part, payer_part, payee_part, {TIE} FROM {name}_placed WHERE FALSE",
    )


def dealt_by_party(name: str) -> tuple[str, str]:
    """Payments dealt by both parties, each once a part, in SQL, after `cut_hubs`.

    ``departs`` and ``arrives`` tell which party's part it is; both are false where a slice takes a payment
    along. ``target`` is the part of the payee.
    """
    return (
        f"""SELECT CASE WHEN departs THEN payer_part ELSE payee_part END AS part, departs,
            NOT departs OR payer_part = payee_part AS arrives, payee_part AS target, {TIE}
            FROM {name}_placed CROSS JOIN {SIDES} WHERE departs OR payer_part <> payee_part""",
        f"""SELECT slice_part AS part, FALSE AS departs, FALSE AS arrives, payee_part AS target, {TIE}
            FROM {name}_before WHERE slice_part <> payer_part AND slice_part <> payee_part""",
    )


def look_long_before(engine: Engine, name: str, dealing: Dealing, within_us: int) -> None:
    """Name ``{name}_long_before``: all payments of a hub in the time before each of its slices, by slice."""
    found = " UNION ".join(
        f"""SELECT {dealing.of("c.party + c.slice")} AS part, t.{TIE.replace(", ", ", t.")}
            FROM {name} t JOIN {name}_cuts c
            ON c.party = t.{end} AND t.moment >= c.starts - {within_us} AND t.moment < c.starts"""
        for end in ("payer", "payee")
    )
    asked = f"SELECT part, FALSE AS departs, {TIE} FROM ({found}) found"
    if engine.is_empty(f"{name}_cuts"):
        engine.view(f"{name}_long_before", f"{asked} WHERE FALSE")
        return
    engine.once(
        f"{name}_long_before",
        asked,
        by={name: "transaction_id", f"{name}_cuts": ""},
    )
