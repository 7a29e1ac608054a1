"""What the probes found, under the names of metrics.json, beside what is wanted."""

from __future__ import annotations

from typing import Any

from models.intervals import NOTHING, Interval
from models.truth.probes.learner import Range

Figure = float | int | Interval | None


def probe_figures(found: dict[str, Any]) -> dict[str, Figure]:
    """The figures of the probes; an interval, or a number where there is none. None: not measured.

    ``found`` is the part ``difficulty`` of the audit's results.
    """
    single, digits, lookup = found["single_payments"], found["digits"], found["cell_lookup"]
    planned, illicit = single["planned"], single["illicit"]
    return {
        "planned_from_life_auc": planned["within"]["auc"],
        "planned_from_life_auc_unstratified": planned["without"]["auc"],
        "planned_without_life_share": single["without_life_share"],
        "illicit_payment_auc": illicit["within"]["auc"],
        "illicit_payment_auc_unstratified": illicit["without"]["auc"],
        "illicit_payment_lift": illicit["within"]["lift"],
        "illicit_payment_lift_unstratified": illicit["without"]["lift"],
        "cell_lookup_recall": lookup["recall"],
        "cell_lookup_ap_over_base": lookup["over_base"],
        "cells_mostly_planned": found["cells"]["count"],
        "digits_auc": digits["auc"],
        "digits_auc_of_like_sums": digits["sized"],
        "artefact_probe_auc": found["artefacts"]["customers"]["auc"],
        "organiser_oracle_recall": found["organisers"]["recall"],
        "look_alike_amounts_auc": _of_enough(found["amount_look_alikes"]),
        "look_alike_payments_auc": _of_enough(found["payment_look_alikes"]),
    }


def _of_enough(probe: dict[str, Any]) -> Interval:
    """An area, unless it is exploratory."""
    return NOTHING if probe["is_exploratory"] else probe["auc"]


def goal_rows(found: dict[str, Any], wanted: dict[str, Range]) -> list[dict[str, Any]]:
    """Figures beside the range that is wanted, if one is, and whether they lie in it."""
    rows = []
    for name, figure in probe_figures(found).items():
        value = figure["value"] if isinstance(figure, dict) else figure
        asked = wanted.get(name)
        rows.append(
            {
                "name": name,
                "figure": figure,
                "wanted": asked,
                "is_met": None if asked is None or value is None else asked[0] <= value <= asked[1],
            }
        )
    return rows
