"""What the probes found, under the names of metrics.json, beside what is wanted."""

from __future__ import annotations

from data.results import Interval
from models.intervals import UNMEASURED
from models.results.probes import Figure, Goal, LookAlikeProbe, PaymentLookAlikes, ProbeFindings
from models.truth.probes.learner import Range


def probe_figures(found: ProbeFindings) -> dict[str, Figure]:
    """The figures of the probes; an interval, or a number where there is none. None: not measured."""
    single, lookup = found.single_payments, found.cell_lookup
    planned, illicit = single.planned, single.illicit
    return {
        "planned_from_life_auc": planned.within.auc,
        "planned_from_life_auc_unstratified": planned.without.auc,
        "planned_without_life_share": single.without_life_share,
        "illicit_payment_auc": illicit.within.auc,
        "illicit_payment_auc_unstratified": illicit.without.auc,
        "illicit_payment_lift": illicit.within.lift,
        "illicit_payment_lift_unstratified": illicit.without.lift,
        "cell_lookup_recall": lookup.recall,
        "cell_lookup_ap_over_base": lookup.over_base,
        "cells_mostly_planned": found.cells.count,
        "digits_auc": found.digits.auc,
        "digits_auc_of_like_sums": found.digits.sized,
        "artefact_probe_auc": found.artefacts.customers.auc,
        "organiser_oracle_recall": found.organisers.recall,
        "look_alike_amounts_auc": _of_enough(found.amount_look_alikes),
        "look_alike_payments_auc": _of_enough(found.payment_look_alikes),
    }


def _of_enough(probe: LookAlikeProbe | PaymentLookAlikes) -> Interval:
    """An area, unless it is exploratory."""
    return UNMEASURED if probe.is_exploratory else probe.auc


def goal_rows(found: ProbeFindings, wanted: dict[str, Range]) -> list[Goal]:
    """Figures beside the range that is wanted, if one is, and whether they lie in it."""
    rows = []
    for name, figure in probe_figures(found).items():
        value = figure.value if isinstance(figure, Interval) else figure
        asked = wanted.get(name)
        is_met = None if asked is None or value is None else asked[0] <= value <= asked[1]
        rows.append(Goal(name=name, figure=figure, wanted=asked, is_met=is_met))
    return rows
