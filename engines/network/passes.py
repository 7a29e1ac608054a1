"""The passes of the network features; see `engines.network`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pipeline
from data import schema
from data.observe import Params as ObserveParams
from data.parts import OUTSIDE, components_of_trails, trail_edges
from data.parts.trails import EDGES, MEMBERS
from data.schema import DAY_US, HOLDER_KINDS
from engines.hubs import SIDES, TIE, cut_hubs, dealt_by_party, look_long_before
from engines.network.around import given_of_standing, stand_around
from engines.network.customers import network_of_part
from engines.network.patterns import (
    ATTACHED,
    JOINED,
    LINKED,
    MOVERS,
    RINGS,
    SCATTERED,
    arrivals_of_departures,
    chains_of_components,
    rings_of_components,
    scatter_gathers_of_part,
    scattered_of_part,
)
from engines.passes import deal_components
from engines.relations import Dealing, Engine, Named, Query
from features.build import Params as BuildParams
from features.network import Limits
from features.network.graph import POOLED

TABLE = "network_features"
# What is known of a payment ``t``, in SQL.
TOLD = ", ".join(
    f"t.{name}" for name in (*TIE.split(", "), "chain_hops", "scatter", "joins", "middles", "source", *MOVERS)
)


@dataclass(frozen=True)
class NetworkAsked:
    """Section ``observe``, which bounds trails, and ``build.network``."""

    observe: ObserveParams
    limits: Limits

    @classmethod
    def read(cls) -> NetworkAsked:
        """Read them from params.yaml."""
        return cls(pipeline.params("observe", ObserveParams), pipeline.params("build", BuildParams).network)


def deal_ties(engine: Engine, dealing: Dealing, asked: NetworkAsked) -> None:
    """Payments between parties in their own right, dealt by both parties."""
    pooled = ", ".join(str(HOLDER_KINDS.index(name)) for name in POOLED)
    engine.once(
        "ties",
        # As a difference, for a planner may take an inequality for a join of all parties with all others.
        f"""SELECT {TIE} FROM payments WHERE payer - payee <> 0
            AND payer_holder NOT IN ({pooled}) AND payee_holder NOT IN ({pooled})""",
    )
    most = max(asked.observe.trails.most_arrivals, asked.limits.fan_arrivals)
    cut_hubs(engine, "ties", dealing, most)
    engine.once("ties_by_party", dealt_by_party("ties"))


def follow_ties(engine: Engine, dealing: Dealing, asked: NetworkAsked) -> None:
    """Chains, what moves on, and cycles: trails by party, then walks by connected component."""
    edges = partial(trail_edges, params=asked.observe)
    engine.by_part("tie_edges", edges, {"transfers": "ties_by_party"}, EDGES)
    # One task for all: in an ordinary bank there is one edge to fifteen payments, of two numbers.
    engine.by_part(
        "tie_members", components_of_trails, {"edges": "SELECT 0 AS part, * FROM tie_edges"}, MEMBERS
    )
    deal_components(engine, dealing, "ties", "tie_edges", "tie_members")
    given = {"ties": "ties_linked", "edges": "tie_edges_linked"}
    engine.by_part("linked", partial(chains_of_components, limits=asked.observe.trails), given, LINKED)
    engine.by_part("rings", partial(rings_of_components, limits=asked.observe.trails), given, RINGS)


def find_fans(engine: Engine, dealing: Dealing, limits: Limits) -> None:
    """Gather-scatters by payer; scatter-gathers by payee, to whose payments arrivals are attached."""
    # A payment asks for the gatherings before it, and each of these for what had arrived before itself.
    look_long_before(engine, "ties", dealing, 2 * limits.fan_days * DAY_US)
    given = {"ties": "ties_by_party", "before": "ties_long_before"}
    engine.by_part("scattered", partial(scattered_of_part, limits=limits), given, SCATTERED)
    # Where a slice takes an arrival along, it asks for what is attached to that one too.
    copied = """SELECT payer_part AS part, transaction_id, slice_part AS target FROM ties_before
        WHERE slice_part <> payee_part"""
    given = {"ties": "ties_by_party", "copied": copied}
    engine.by_part("attached", partial(arrivals_of_departures, limits=limits), given, ATTACHED)
    # A payment may be both; the kernel takes it once.
    attached = (
        f"SELECT target AS part, {TIE} FROM attached",
        f"SELECT slice_part AS part, {TIE} FROM ties_before",
    )
    arriving = f"SELECT part, {TIE} FROM ties_by_party WHERE arrives"
    given_to_join: dict[str, Query] = {"ties": arriving, "attached": attached}
    engine.by_part("joined", partial(scatter_gathers_of_part, limits=limits), given_to_join, JOINED)


def tell_ties(engine: Engine) -> None:
    """What each payment completes, beside the payment."""
    movers = ", ".join(f"coalesce(l.{name}, -1) AS {name}" for name in MOVERS)
    engine.once(
        "told",
        f"""SELECT t.*, coalesce(l.chain_hops, 1) AS chain_hops, {movers}, coalesce(s.scatter, 0) AS scatter,
            coalesce(j.joins, 0) AS joins, coalesce(j.middles, 0) AS middles, coalesce(j.source, -1) AS source
            FROM ties t LEFT JOIN linked l ON l.transaction_id = t.transaction_id
            LEFT JOIN scattered s ON s.transaction_id = t.transaction_id
            LEFT JOIN joined j ON j.transaction_id = t.transaction_id""",
        by=dict.fromkeys(("ties", "linked", "scattered", "joined"), "transaction_id"),
    )


def tell_others(engine: Engine, dealing: Dealing) -> None:
    """Payments that concern a customer who is not a party to them, dealt by these customers."""
    payees = dealing.of("payee")
    hops = " UNION ALL ".join(f"SELECT {hop} AS hop" for hop in range(len(MOVERS)))
    mover = f"CASE {' '.join(f'WHEN hop = {hop} THEN {name}' for hop, name in enumerate(MOVERS))} END"
    engine.once(
        "concerned",
        (
            f"""SELECT {dealing.of("source")} AS customer_part, transaction_id FROM told
                WHERE joins > 0 AND source < {OUTSIDE}""",
            f"""SELECT {dealing.of("member")} AS customer_part, transaction_id FROM rings
                WHERE member < {OUTSIDE}""",
            f"""SELECT {payees} AS customer_part, {mover} AS transaction_id FROM told
                CROSS JOIN ({hops}) hops WHERE {mover} >= 0 AND payee < {OUTSIDE}""",
        ),
    )
    engine.once(
        "told_to_others",
        f"""SELECT c.customer_part AS part, {TOLD}
            FROM (SELECT DISTINCT customer_part, transaction_id FROM concerned) c
            JOIN told t ON t.transaction_id = c.transaction_id""",
        by={"concerned": "transaction_id", "told": "transaction_id"},
    )


def given_to_network(dealing: Dealing) -> dict[str, Query]:
    """What the kernel of the network features is given of each part, in SQL; see `network_of_part`."""
    payers, payees = dealing.of("payer"), dealing.of("payee")
    own = f"""SELECT CASE WHEN departs THEN {payers} ELSE {payees} END AS part, {TOLD} FROM told t
        CROSS JOIN {SIDES} WHERE CASE WHEN departs THEN payer ELSE payee END < {OUTSIDE}"""
    return {
        "ties": (own, f"SELECT part, {TOLD} FROM told_to_others t"),
        "rings": f"SELECT {dealing.of('member')} AS part, * FROM rings WHERE member < {OUTSIDE}",
        **given_of_standing(dealing),
    }


def prepare_network(engine: Engine, asked: NetworkAsked, dealing: Dealing) -> None:
    """All passes before customers can be measured; the bank must be open, see `engines.passes.open_bank`."""
    deal_ties(engine, dealing, asked)
    follow_ties(engine, dealing, asked)
    find_fans(engine, dealing, asked.limits)
    tell_ties(engine)
    tell_others(engine, dealing)
    stand_around(engine, asked.limits, dealing)


def measure_network(
    engine: Engine, asked: NetworkAsked, dealing: Dealing, folder: Path, weekly: Sequence[Path] = ()
) -> Mapping[str, int]:
    """Write network features of the whole bank to ``folder``; rows by table.

    Parameters
    ----------
    weekly : files of the weekly indicators, which say who is asked about when; stage ``observe``'s if none
    """
    engine.table("weekly_indicators", *(weekly or [pipeline.table_path(schema.WeeklyIndicators)]))
    engine.table("dispositions", pipeline.table_path(schema.Dispositions))
    prepare_network(engine, asked, dealing)
    kernel = Named(TABLE, partial(network_of_part, limits=asked.limits))
    return engine.write(folder, kernel, given_to_network(dealing), [TABLE])
