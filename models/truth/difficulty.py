"""How hard the world is to see through: what one column finds alone, and what no rule ever hits.

The truth chooses the best column here, on the very weeks that are judged. These figures
are therefore ceilings of what so little can find, never results of a method.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from data.asof import happened_within, pairs_within
from models.intervals import group_share, ratio, rounded
from models.results.probes import (
    Direction,
    IndicatorCeilings,
    IndicatorPair,
    Indicators,
    RuleInvisible,
    SingleIndicator,
    TypologyIndicator,
)
from models.truth.areas import area_under_roc, average_precision, ranks

DIRECTIONS = {"high": 1.0, "low": -1.0}  # which end of an indicator is the suspicious one
APPLIES = 0.5  # of a typology's weeks of which an indicator is known that may be its best one
CHANCE = 0.5  # area under the ROC of an indicator that tells nothing
EVERY = "all"  # in place of a typology: all of them together


def directed_ranks(indicators: pd.DataFrame) -> dict[tuple[str, str], np.ndarray]:
    """Ranks of every indicator that is known anywhere, by (name, direction)."""
    return {
        (str(name), direction): ranks(sign * indicators[name].to_numpy(dtype=float))
        for name in indicators
        if indicators[name].notna().any()
        for direction, sign in DIRECTIONS.items()
    }


def best_indicators(
    directed: dict[tuple[str, str], np.ndarray], is_positive: np.ndarray, paired: int
) -> IndicatorCeilings:
    """What the best indicator finds alone, and the best two of them together.

    Parameters
    ----------
    directed : ranks of shape (subjects,) by indicator and direction
    is_positive : shape (subjects,)
    paired : how many of the best single indicators are tried in pairs; a pair is the sum
        of two ranks, each in the direction that is best alone
    """
    tried = directed if is_positive.any() else {}
    found = sorted((-average_precision(rank, is_positive), key) for key, rank in tried.items())
    by_name: dict[str, tuple[float, tuple[str, str]]] = {}
    for value, key in found:
        by_name.setdefault(key[0], (-value, key))
    best = list(by_name.values())[:paired]
    singles = [
        SingleIndicator(
            indicator=key[0],
            direction=key[1],
            average_precision=rounded(value),
            auc=rounded(area_under_roc(directed[key], is_positive)),
        )
        for value, key in best
    ]
    return IndicatorCeilings(
        subjects=len(is_positive),
        positives=int(is_positive.sum()),
        base_rate=rounded(ratio(float(is_positive.sum()), len(is_positive))),
        singles=singles,
        best_single=singles[0] if singles else None,
        best_pair=best_pair(directed, is_positive, [key for _, key in best]),
    )


def best_pair(
    directed: dict[tuple[str, str], np.ndarray], is_positive: np.ndarray, keys: list[tuple[str, str]]
) -> IndicatorPair | None:
    """The pair of some indicators whose ranks find most as a sum; None of fewer than two."""
    pairs = [
        (average_precision(directed[one] + directed[other], is_positive), (one, other))
        for one, other in combinations(keys, 2)
    ]
    if not pairs:
        return None
    value, names = max(pairs)
    return IndicatorPair(
        indicators=[Direction(indicator=name, direction=direction) for name, direction in names],
        average_precision=rounded(value),
    )


def known_ranks(indicators: pd.DataFrame) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """By indicator, the subjects of whom it is known, a mask, and the ranks of these among each other."""
    found = {}
    for name in indicators:
        values = indicators[name].to_numpy(dtype=float)
        is_known = ~np.isnan(values)
        if is_known.any():
            found[str(name)] = (is_known, ranks(values[is_known]))
    return found


def best_by_typology(
    known: dict[str, tuple[np.ndarray, np.ndarray]],
    active: dict[str, np.ndarray],
    customer: np.ndarray,
    least: int,
) -> list[TypologyIndicator]:
    """For each typology the indicator that separates its customer-weeks from all others best.

    An indicator is asked of those alone to whom it applies: that a firm has a value which no
    person can have tells firms from persons and no scheme. It must be known for `APPLIES` of
    the typology's weeks. ``known`` is of `known_ranks`; ``active`` marks the subjects of each
    typology, shape (subjects,) each. Of hundreds of indicators one always sets a single customer
    apart, so typologies of fewer than ``least`` customers have none.
    """
    rows = []
    for typology, is_positive in sorted(active.items()):
        is_enough = len(np.unique(customer[is_positive])) >= least
        values = {}
        for name, (is_known, rank) in known.items() if is_enough else ():
            mine = is_positive[is_known]
            area = area_under_roc(rank, mine)
            if mine.sum() >= APPLIES * is_positive.sum() and not np.isnan(area):
                values[(name, "high" if area >= CHANCE else "low")] = max(area, 1 - area)
        key = max(values, key=lambda one: values[one], default=None)
        rows.append(
            TypologyIndicator(
                typology=typology,
                subjects=int(is_positive.sum()),
                indicator=key[0] if key else None,
                direction=key[1] if key else None,
                auc=rounded(values[key]) if key else None,
            )
        )
    return rows


def of_indicators(
    subjects: pd.DataFrame,
    weekly: pd.DataFrame,
    is_illicit: np.ndarray,
    illicit: pd.DataFrame,
    paired: int,
    days: int,
    least: int,
) -> Indicators:
    """What one or two indicators find, by the bank's labels and in truth, and by typology.

    Parameters
    ----------
    subjects : the test subjects; customer_id, as_of and the bank's label
    weekly : every indicator by customer_id and as_of
    is_illicit : the truth of the subjects, shape (subjects,)
    illicit : moments of illicit schemes: customer_id, at, typology
    paired : see `best_indicators`
    days : the label window
    least : customers of a typology from which on its best indicator is looked for
    """
    keys = ["customer_id", "as_of"]
    measured = subjects[keys].merge(weekly, on=keys, how="left").drop(columns=keys)
    directed = directed_ranks(measured)
    active = {
        str(typology): happened_within(moments, subjects["customer_id"], subjects["as_of"], days)
        for typology, moments in illicit.groupby("typology")
    }
    customer = subjects["customer_id"].to_numpy()
    return Indicators(
        bank=best_indicators(directed, (subjects["label"] >= 0.5).to_numpy(), paired),
        true=best_indicators(directed, is_illicit, paired),
        by_typology=best_by_typology(known_ranks(measured), active, customer, least),
    )


def rule_invisible(moments: pd.DataFrame, hits: pd.DataFrame, days: int, least: int) -> list[RuleInvisible]:
    """Share of the schemes of which no rule ever hit a member who had just taken part.

    Parameters
    ----------
    moments : when customers took part in illicit schemes: scheme_id, typology, customer_id, at
    hits : customer_id and hit_at; a hit counts within ``days`` after the member's payment,
        whatever behaviour it was for
    days : the label window
    least : schemes of a group from which on a share is given

    Returns
    -------
    One row a typology and one for all. Schemes that had ended before the rules first
    looked are left out; schemes without a member at the bank have no moments at all.
    """
    watched = moments
    if len(hits):
        last = moments.groupby("scheme_id")["at"].transform("max")
        watched = moments[last >= hits["hit_at"].min()]
    asked = hits[["customer_id", "hit_at"]].rename(columns={"hit_at": "as_of"})
    caught = pairs_within(watched[["customer_id", "at", "scheme_id"]], asked, days)["scheme_id"].unique()
    schemes = watched.drop_duplicates("scheme_id")
    is_unseen = ~schemes["scheme_id"].isin(caught)
    groups = [(EVERY, is_unseen)] if len(schemes) else []
    groups += [(str(name), is_unseen[mine.index]) for name, mine in schemes.groupby("typology")]
    return [
        RuleInvisible(
            typology=name,
            schemes=len(unseen),
            unseen=int(unseen.sum()),
            share=group_share(int(unseen.sum()), len(unseen), least),
        )
        for name, unseen in groups
    ]
