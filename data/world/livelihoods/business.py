"""Firms: takings by QR code, invoices paid and received, supplies."""

from __future__ import annotations

import numpy as np

from data.world.calendar import OFFICE, WAKING, Calendar
from data.world.flows import Flow
from data.world.livelihoods import LIVELIHOODS, Draw, repeat
from data.world.population import Population


@LIVELIHOODS.register("business")
def business(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """Money of micro-businesses and companies, apart from wages and cash."""
    stalls, companies = world.customers_of("micro_business"), world.customers_of("company")
    people, size = world.outside("person"), len(world.kind)
    suppliers = rng.choice(world.outside("company"), (size, 5)).astype(np.int32)
    owners = rng.choice(people, size)
    clients = rng.choice(np.concatenate([world.outside("company"), world.account[companies]]), (size, 8))

    def between_firms(stretch: Calendar, rng: np.random.Generator) -> list[Flow]:
        office, parts = stretch.office_weight(), []
        for firms, orders_a_month, spent in ((stalls, 5.0, 0.7), (companies, 9.0, 0.45)):
            orders = repeat(rng, firms, orders_a_month, office)
            order_sum = world.income[orders] * spent / orders_a_month
            parts.append(
                Flow.of(
                    stretch.moments(rng, stretch.draw_days(rng, len(orders), office), OFFICE),
                    world.account[orders],
                    suppliers[orders, rng.integers(0, 5, len(orders))],
                    order_sum * rng.lognormal(-0.3, 0.7, len(orders)),
                    "transfer",
                    "supplies",
                )
            )
            # What is left goes to the owner now and then.
            draws = repeat(rng, firms, 1.0, office)
            parts.append(
                Flow.of(
                    stretch.moments(rng, stretch.draw_days(rng, len(draws), office), OFFICE),
                    world.account[draws],
                    owners[draws],
                    world.income[draws] * 0.12 * rng.lognormal(-0.2, 0.6, len(draws)),
                    "transfer",
                    "unstated",
                )
            )
        return parts

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        office, leisure = stretch.office_weight(), stretch.leisure_weight()
        # Passers-by pay the stalls; their banks are elsewhere.
        sales = repeat(rng, stalls, 26.0, leisure)
        takings = Flow.of(
            stretch.moments(rng, stretch.draw_days(rng, len(sales), leisure), WAKING),
            rng.choice(people, len(sales)),
            world.account[sales],
            world.income[sales] / 32 * rng.lognormal(-0.3, 0.8, len(sales)),
            "qr",
            "shopping",
        )
        invoices = repeat(rng, companies, 12.0, office)
        payer = clients[invoices, rng.integers(0, 8, len(invoices))]
        keep = payer != world.account[invoices]
        invoices, payer = invoices[keep], payer[keep]
        received = Flow.of(
            stretch.moments(rng, stretch.draw_days(rng, len(invoices), office), OFFICE),
            payer,
            world.account[invoices],
            world.income[invoices] / 12 * rng.lognormal(-0.3, 0.8, len(invoices)),
            "transfer",
            "supplies",
        )
        return Flow.concat([takings, *between_firms(stretch, rng), received])

    return draw
