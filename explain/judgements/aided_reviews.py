"""What reviewers would report who are swayed by reasons: arithmetic on a stated assumption.

No person was asked. The world's reviewers see a true case with a chance that depends on its
typology (section ``investigate.reviewers``). The assumption made here: a reviewer who trusts
reasons by ``trust`` sees a true case that much nearer to surely where a reason fits, and that
much nearer to never, times ``harm``, where all of them mislead; an innocent alert is looked into
more often, for reasons speak for suspicion alone. Whether professionals are moved so is not
known: in published reviews no explanation raised accuracy, all raised confidence.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from explain.judgements.signatures import JudgedAlerts
from explain.results.explanation_audit import AidedReviews
from models.intervals import drawn, mean_by_group, rounded


def seen(typologies: list[tuple[str, ...]], visibility: dict[str, float], otherwise: float) -> np.ndarray:
    """Chance that a reviewer reports each true alert on one rule: that of its plainest typology; (n,)."""
    return np.array([max(visibility.get(name, otherwise) for name in mine) for mine in typologies])


def swayed(chance: np.ndarray, fits: np.ndarray, trust: float, harm: float) -> np.ndarray:
    """The chance with reasons; ``fits`` (n,) is the share of pages on which one fits."""
    return chance + trust * (fits * (1 - chance) - (1 - fits) * harm * chance)


def fitting_share_needed(chance: np.ndarray, harm: float) -> float | None:
    """Share of pages that must fit for reasons to gain nothing and lose nothing; None without an alert."""
    return (
        rounded(float((harm * chance).mean() / (1 - chance + harm * chance).mean())) if len(chance) else None
    )


def aided_reviews(
    true: JudgedAlerts,
    chance: np.ndarray,
    innocent: float,
    sway: float,
    trusts: tuple[float, ...],
    harms: tuple[float, ...],
    draws: int,
    seed: int,
) -> Iterator[AidedReviews]:
    """Reports of true alerts by trust, with the run's reasons, exchanged ones, and ones that always fit.

    Parameters
    ----------
    chance : of `seen`, shape (n,)
    innocent : share of innocent alerts that are looked into without reasons
    sway : share of the others that full trust would add
    """
    weight = drawn(int(true.scheme.max(initial=-1)) + 1, draws, seed)
    exchanged = np.nan_to_num(true.exchanged)
    fits = {"reasons": true.is_hit.astype(float), "exchanged": exchanged, "always_fit": np.ones(len(chance))}
    for harm in harms:
        for trust in trusts:
            for name, share in fits.items():
                change = swayed(chance, share, trust, harm) - chance
                yield AidedReviews(
                    reasons=name,
                    trust=trust,
                    harm=harm,
                    reported=mean_by_group(chance + change, true.scheme, weight),
                    change=mean_by_group(change, true.scheme, weight),
                    innocent_looked_into=round(innocent + trust * sway * (1 - innocent), 4),
                )
