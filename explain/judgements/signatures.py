"""Do the reasons name what a scheme is known by? Hidden truth: for the audit alone.

The signature of a typology is the family of reasons that its author wrote down for it, before
any model learnt. An alert hits if one of the families on the case page is in the signature of a
typology that its customer takes part in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.asof import pairs_within
from explain.results.explanation_audit import MissedSignature, SignatureHits, SignatureOfTypology, ToldReason
from models.intervals import drawn, mean_by_group, wilson


@dataclass(frozen=True)
class JudgedAlerts:
    """Alerts whose customers took part in schemes, or in look-alikes, in the days before.

    ``alerts`` are subject_id, customer_id, as_of and rank; ``named`` holds the families on the
    page of each, ``expected`` those of its typologies; ``scheme`` (n,) is what a bootstrap
    draws, numbered from 0.
    """

    alerts: pd.DataFrame
    typologies: list[tuple[str, ...]]
    named: list[frozenset[str]]
    expected: list[frozenset[str]]
    scheme: np.ndarray

    @property
    def is_hit(self) -> np.ndarray:
        """Whether a named family is expected, (n,)."""
        pairs = zip(self.named, self.expected, strict=True)
        return np.array([bool(named & expected) for named, expected in pairs], bool)

    @property
    def exchanged(self) -> np.ndarray:
        """Share of the other schemes' signatures that the same page would have hit, (n,); NaN without any.

        What a page hits that says of everybody what is said most often.
        """
        found = np.full(len(self.named), np.nan)
        for row, named in enumerate(self.named):
            others = [bool(named & each) for each in np.array(self.expected)[self.scheme != self.scheme[row]]]
            found[row] = np.mean(others) if others else np.nan
        return found


def judged_alerts(
    alerts: pd.DataFrame,
    moments: pd.DataFrame,
    named: Mapping[int, frozenset[str]],
    family: Mapping[str, str],
    days: int,
) -> JudgedAlerts:
    """Alerts with a moment in the ``days`` before.

    Parameters
    ----------
    moments : customer_id, at, scheme_id and typology
    named : families on the page of each subject
    family : signature of each typology
    """
    columns = ["customer_id", "at", "scheme_id", "typology"]
    pairs = pairs_within(moments[columns], alerts, days).drop_duplicates(["subject_id", "scheme_id"])
    by_subject = pairs.groupby("subject_id", sort=True)
    chosen = alerts[alerts["subject_id"].isin(pairs["subject_id"])].sort_values("subject_id", kind="stable")
    typologies = [tuple(sorted(set(mine))) for _, mine in by_subject["typology"]]
    _, scheme = np.unique(by_subject["scheme_id"].min().to_numpy(), return_inverse=True)
    return JudgedAlerts(
        chosen.reset_index(drop=True),
        typologies,
        [named.get(subject, frozenset()) for subject in chosen["subject_id"].tolist()],
        [frozenset(family[name] for name in mine) for mine in typologies],
        scheme,
    )


def signature_hits(
    true: JudgedAlerts, alike: JudgedAlerts, least: float, draws: int, seed: int
) -> SignatureHits:
    """Hits of true alerts beside exchanged signatures and beside look-alikes; by typology."""
    weight = drawn(int(true.scheme.max(initial=-1)) + 1, draws, seed)
    hit, chance = true.is_hit.astype(float), true.exchanged
    known = np.isfinite(chance)
    found = mean_by_group(hit, true.scheme, weight)
    names = sorted({name for mine in true.typologies for name in mine})
    of_typology = {name: np.array([name in mine for mine in true.typologies], bool) for name in names}
    return SignatureHits(
        alerts=len(hit),
        schemes=weight.shape[1],
        hit=found,
        least=least,
        is_met=None if found.low is None else found.low > least,
        exchanged=mean_by_group(chance[known], true.scheme[known], weight),
        above_exchanged=mean_by_group((hit - chance)[known], true.scheme[known], weight),
        look_alikes=len(alike.named),
        look_alike_hit=wilson(int(alike.is_hit.sum()), len(alike.named)),
        typologies=[
            SignatureOfTypology(typology=name, alerts=int(mine.sum()), hits=int(hit[mine].sum()))
            for name, mine in of_typology.items()
        ],
    )


def worst_miss(
    true: JudgedAlerts, reasons: pd.DataFrame, contributions: pd.DataFrame
) -> MissedSignature | None:
    """The true alert that stands highest in its week though no reason on its page fits; None without one.

    Parameters
    ----------
    reasons : rows of Reasons that a page shows, of all alerts
    contributions : rows of Contributions
    """
    missed = true.alerts.assign(place=np.arange(len(true.alerts)))[~true.is_hit]
    if missed.empty:
        return None
    worst = missed.sort_values(["rank", "subject_id"], kind="stable").iloc[0]
    place = int(worst["place"])
    mine = contributions[contributions["subject_id"] == worst["subject_id"]]
    by_family = mine.groupby("family")["contribution"].sum().sort_values(ascending=False, kind="stable")
    expected = max(sorted(true.expected[place]), key=lambda name: by_family.get(name, -np.inf))
    told = reasons[(reasons["subject_id"] == worst["subject_id"]) & (reasons["rank"] > 0)].sort_values(
        "rank", kind="stable"
    )
    return MissedSignature(
        subject_id=int(worst["subject_id"]),
        customer_id=int(worst["customer_id"]),
        as_of=f"{worst['as_of']:%Y-%m-%d}",
        rank=int(worst["rank"]),
        typologies=list(true.typologies[place]),
        expected=expected,
        expected_place=1 + list(by_family.index).index(expected) if expected in by_family else None,
        expected_contribution=round(float(by_family.get(expected, 0.0)), 4),
        reasons=[
            ToldReason(
                family=row.family,
                contribution=round(float(row.contribution), 4),
                text_en=row.text_en,
                text_zh=row.text_zh,
            )
            for row in told.itertuples(index=False)
        ],
    )
