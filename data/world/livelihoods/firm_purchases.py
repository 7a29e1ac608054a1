"""What firms buy and pay here and there: at shops, for helpers, to their owners."""

from __future__ import annotations

import numpy as np

from data.world.calendar import OFFICE, WAKING, Calendar
from data.world.flows import NOWHERE, Flow
from data.world.livelihoods import LIVELIHOODS, Draw, known_or_new, repeat, somebody
from data.world.population import Population
from data.world.weights import picked

# Channel, occasion, payee; payments a month of a stall and of a company, share of turnover, log spread
# (all assumptions).
USES = (
    ("transfer", "tuition", "company", (0.06, 0.15), 0.01, 1.0),
    ("transfer", "family", "owner", (0.12, 0.02), 0.05, 1.2),
    ("transfer", "family", "person", (0.08, 0.02), 0.03, 1.2),
    ("qr", "shopping", "merchant", (3.0, 1.0), 0.004, 1.1),
    ("pos", "shopping", "merchant", (0.8, 1.0), 0.008, 1.1),
    ("qr", "shopping", "stall", (0.8, 0.2), 0.004, 1.1),
    ("qr", "shopping", "wallet", (3.0, 2.0), 0.003, 1.2),
    ("transfer", "goods", "merchant", (0.9, 0.9), 0.03, 1.1),
    ("transfer", "unstated", "owner", (1.2, 0.6), 0.08, 1.0),
    ("transfer", "loan_repayment", "owner", (0.15, 0.15), 0.08, 1.2),
    ("transfer", "other", "person", (1.0, 1.5), 0.02, 1.3),
    ("transfer", "transfer", "wallet", (0.3, 0.3), 0.02, 1.2),
    ("wire", "payroll", "person", (0.02, 0.25), 0.03, 1.0),
    ("wire", "rent", "company", (0.02, 0.12), 0.03, 1.0),
    ("wire", "loan_repayment", "lender", (0.02, 0.12), 0.05, 1.0),
    ("qr", "loan_repayment", "person", (0.15, 0.05), 0.01, 1.0),
    ("qr", "payroll", "person", (0.3, 0.05), 0.015, 0.9),
)
SHOPS, HELPERS, STRANGER_SHARE = 4, 4, 0.3  # known to a firm; of its helpers, new ones (assumption)


@LIVELIHOODS.register("firm_purchases")
def firm_purchases(world: Population, calendar: Calendar, rng: np.random.Generator) -> Draw:
    """Purchases by code, card and transfer, small jobs, and what the owner takes out."""
    groups = [world.customers_of("micro_business"), world.customers_of("company")]
    firms, size = np.concatenate(groups), len(world.kind)
    owner = somebody(world, rng, size, inside_share=0.4)
    helpers = somebody(world, rng, size * HELPERS, inside_share=0.2).reshape(size, HELPERS)
    shops = rng.choice(world.outside("merchant"), (size, SHOPS))
    payees = {
        # A bank of a few customers may have no such stall.
        "stall": np.append(world.account[world.own_code], world.outside("merchant")[:1]),
        "wallet": world.outside("wallet"),
        "company": world.outside("company"),
        "lender": world.outside("lender"),
    }

    def draw(stretch: Calendar, rng: np.random.Generator) -> Flow:
        parts = []
        office = stretch.office_weight()
        for channel, occasion, kind, rate, part, spread in USES:
            per_month = np.repeat(rate, [len(group) for group in groups]) * world.activity[firms]
            weight = office * stretch.is_working_day() if occasion == "payroll" else office
            who = repeat(rng, firms, per_month, weight)
            yuan = world.income[who] * part * rng.lognormal(-0.3, spread, len(who))
            at = stretch.moments(
                rng, stretch.draw_days(rng, len(who), weight), WAKING if channel == "qr" else OFFICE
            )
            if kind in payees:
                payee = picked(rng, payees[kind], len(who))
            elif kind == "merchant":
                payee = shops[who, rng.integers(0, SHOPS, len(who))]
            else:
                payee = owner[who]
                if kind == "person":
                    known = helpers[who, rng.integers(0, HELPERS, len(who))]
                    payee = known_or_new(world, rng, known, STRANGER_SHARE)
            city = world.city[who] if kind in ("merchant", "stall") and channel != "transfer" else NOWHERE
            parts.append(Flow.of(at, world.account[who], payee, np.maximum(yuan, 1), channel, occasion, city))
        return Flow.concat(parts)

    return draw
