"""Study audit_doubles: are look-alikes good doubles, typology by typology, asked of many of them.

The world plants some twenty schemes of a typology, of which an interval says little. A bank
of its own, with its own seed, plants as many schemes as look-alikes of every typology, and the
probes of the audit ask them alone. The same probes are asked with the sides dealt by lot, where
nothing is to be found: so often their intervals leave chance out by themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

import pipeline
from data import plant
from data.asof import moments_of
from data.simulate import simulate
from data.sources import Whole, gather
from data.world import settings
from data.world.calendar import Span
from models.audit import Params as AuditParams
from models.intervals import quantile, ratio, rounded
from models.results.audit_studies import Doubles, DoublesStudy
from models.results.probes import LookAlikeProbe
from models.truth.calibration import JudgedBank
from models.truth.illicit import MOMENT_COLUMNS
from models.truth.probes import look_alikes
from models.truth.probes.ground import Ground
from models.truth.probes.learner import Probe
from parameters import Count, Draws, Part, Seed
from provenance import made_now, study_params

SECTIONS = ("audit.probe", "plant", "simulate")
CHANCE = 0.5


class Params(pipeline.Parameters):
    """Section ``audit_doubles`` of studies/params.yaml."""

    seed: Seed
    customers: Count
    schemes_per_typology: Count
    look_alikes_per_scheme: Count
    dormant_share: Part
    calendar: Span
    null_deals: Count
    bootstrap_draws: Draws


@dataclass(frozen=True)
class ProbeBank:
    """The bank that was drawn for the probes, with what is planned in it."""

    bank: JudgedBank
    ground: Ground
    truth: pd.DataFrame
    schemes: pd.DataFrame


def many_doubles(world: settings.Params, planting: plant.Params, params: Params) -> Whole:
    """A bank like the world's without its changes, and with as many schemes of every typology."""
    own = params.model_dump(exclude={"null_deals", "bootstrap_draws", "calendar"})
    told = planting.model_copy(update=own | {"calendar": params.calendar, "unknown": []})
    return gather(simulate(plant.library_world(world, told).model_copy(update={"share_of": {}})))


def judged(whole: Whole) -> ProbeBank:
    """The bank as the audit sees it."""
    accounts = whole.accounts
    planted = moments_of(
        whole.transactions[MOMENT_COLUMNS],
        accounts[["account_id", "customer_id"]],
        whole.truth,
        whole.schemes,
    )
    bank = JudgedBank.of(whole.customers, accounts, whole.transactions, whole.truth, planted, whole.periods)
    ground = Ground.of(
        whole.customers, accounts, whole.transactions, whole.truth, bank.parties, bank.first_day
    )
    return ProbeBank(bank, ground, whole.truth, whole.schemes)


def asked(mine: ProbeBank, probe: Probe, draws: int, seed: int) -> list[Doubles]:
    """Both probes by typology."""
    amounts, _ = look_alikes.amount_look_alikes(mine.bank, mine.truth, mine.schemes, probe, draws, seed)
    found = look_alikes.payment_look_alikes(mine.ground, mine.truth, mine.schemes, probe, draws, seed)
    payments = {row.typology: row for row in found.typologies}
    return [
        Doubles(typology=row.typology, amounts=row, payments=payments[row.typology])
        for row in amounts
        if row.typology in payments
    ]


def of_nothing(mine: ProbeBank, probe: Probe, draws: int, params: Params) -> list[LookAlikeProbe]:
    """The probe of amounts with the sides of every typology dealt by lot, several times."""
    rng, found = np.random.default_rng(params.seed), []
    cents = mine.bank.transactions.set_index("transaction_id")["amount_cents"]
    shaped = mine.truth[mine.truth["is_patterned"]]
    amounts = look_alikes.scheme_amounts(shaped, cents, probe.round_to_cny)
    sides = mine.schemes.drop_duplicates("scheme_id")
    for deal in pipeline.progress(range(params.null_deals), "nothing", "deal"):
        dealt = sides.assign(
            is_illicit=sides.groupby("typology")["is_illicit"].transform(
                lambda side: rng.permutation(side.to_numpy())
            )
        )
        found += look_alikes.look_alike_probe(dealt, amounts, probe, draws, params.seed + deal)
    return [row for row in found if not row.is_exploratory]


def main() -> None:
    """Write the study."""
    params, probe = study_params("audit_doubles", Params), pipeline.params("audit", AuditParams).probe
    world, planting = pipeline.params("simulate", settings.Params), pipeline.params("plant", plant.Params)
    mine, draws = judged(many_doubles(world, planting, params)), params.bootstrap_draws
    nothing = of_nothing(mine, probe, draws, params)
    apart = [not (row.auc.low or 0.0) <= CHANCE <= (row.auc.high or 1.0) for row in nothing]
    far = np.array([abs((row.auc.value or CHANCE) - CHANCE) for row in nothing])
    result = DoublesStudy(
        made_by=made_now((), SECTIONS, "audit_doubles"),
        customers=params.customers,
        least=probe.exploratory_below,
        rows=asked(mine, probe, draws, params.seed),
        null_probes=len(nothing),
        null_excluded=rounded(ratio(sum(apart), len(apart))),
        null_margin=rounded(quantile(far, 0.95)),
    )
    pipeline.write_result(result)


if __name__ == "__main__":
    pipeline.run_stage("audit_doubles", main)
