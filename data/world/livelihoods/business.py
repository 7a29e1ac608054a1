"""Firms: takings by QR code, invoices paid and received, supplies."""

from __future__ import annotations

import numpy as np

from data.world.calendar import OFFICE, WAKING, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, repeat
from data.world.population import Population


@LIVELIHOODS.register("business")
def business(world: Population, calendar: Calendar, rng: np.random.Generator) -> Flow:
    """Money of micro-businesses and companies, apart from wages and cash."""
    stalls, companies = world.customers_of("micro_business"), world.customers_of("company")
    office, leisure = calendar.office_weight(), calendar.leisure_weight()

    # Passers-by pay the stalls; their banks are elsewhere.
    sales = repeat(rng, stalls, 26.0, calendar.days)
    takings = Flow.of(
        calendar.moments(rng, calendar.draw_days(rng, len(sales), leisure), WAKING),
        rng.choice(world.outside("person"), len(sales)),
        world.account[sales],
        world.income[sales] / 32 * rng.lognormal(-0.3, 0.8, len(sales)),
        "qr",
        "shopping",
    )
    parts = [takings]

    suppliers = rng.choice(world.outside("company"), (len(world.kind), 5))
    owners = rng.choice(world.outside("person"), len(world.kind))
    for firms, orders_a_month, spent in ((stalls, 5.0, 0.7), (companies, 9.0, 0.45)):
        orders = repeat(rng, firms, orders_a_month, calendar.days)
        order_sum = world.income[orders] * spent / orders_a_month
        parts.append(
            Flow.of(
                calendar.moments(rng, calendar.draw_days(rng, len(orders), office), OFFICE),
                world.account[orders],
                suppliers[orders, rng.integers(0, 5, len(orders))],
                order_sum * rng.lognormal(-0.3, 0.7, len(orders)),
                "transfer",
                "supplies",
            )
        )
        # What is left goes to the owner now and then.
        draws = repeat(rng, firms, 1.0, calendar.days)
        parts.append(
            Flow.of(
                calendar.moments(rng, calendar.draw_days(rng, len(draws), office), OFFICE),
                world.account[draws],
                owners[draws],
                world.income[draws] * 0.12 * rng.lognormal(-0.2, 0.6, len(draws)),
                "transfer",
                "unstated",
            )
        )

    clients = rng.choice(
        np.concatenate([world.outside("company"), world.account[companies]]), (len(world.kind), 8)
    )
    invoices = repeat(rng, companies, 12.0, calendar.days)
    payer = clients[invoices, rng.integers(0, 8, len(invoices))]
    keep = payer != world.account[invoices]
    invoices, payer = invoices[keep], payer[keep]
    parts.append(
        Flow.of(
            calendar.moments(rng, calendar.draw_days(rng, len(invoices), office), OFFICE),
            payer,
            world.account[invoices],
            world.income[invoices] / 12 * rng.lognormal(-0.3, 0.8, len(invoices)),
            "transfer",
            "supplies",
        )
    )
    return Flow.concat(parts)
