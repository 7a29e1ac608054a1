"""Whether look-alikes are good doubles: a scheme told from an innocent double without its behaviour."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from models.intervals import NOTHING
from models.truth.calibration import JudgedBank
from models.truth.probes.columns import payment_columns
from models.truth.probes.ground import ILLICIT, Ground
from models.truth.probes.learner import Probe, auc_interval, held_out_ranks, stratified_folds

ALL = "all"  # in place of a typology: all of them together


def amount_look_alikes(
    bank: JudgedBank, truth: pd.DataFrame, schemes: pd.DataFrame, probe: Probe, draws: int, seed: int
) -> dict[str, Any]:
    """The look-alike probe on the amounts of the schemes' shapes; spent proceeds have none.

    ``look_alikes`` has a row a typology, ``amount_look_alikes`` is that of all together.
    """
    truth = truth[truth["is_patterned"]]
    cents = bank.transactions.set_index("transaction_id")["amount_cents"]
    amounts = scheme_amounts(truth, cents, probe.round_to_cny)
    together = look_alike_probe(schemes.assign(typology=ALL), amounts, probe, draws, seed)
    nobody = {"typology": ALL, "schemes": 0, "look_alikes": 0, "is_exploratory": True, "auc": NOTHING}
    return {
        "look_alikes": look_alike_probe(schemes, amounts, probe, draws, seed),
        "amount_look_alikes": together[0] if together else nobody,
    }


def scheme_amounts(truth: pd.DataFrame, amounts: pd.Series, round_to_cny: int) -> pd.DataFrame:
    """What the amounts of each scheme look like, whatever their number; index scheme_id.

    ``truth`` has transaction_id and scheme_id; ``amounts`` are cents by transaction id.
    """
    cents = amounts.loc[truth["transaction_id"]].to_numpy()
    log = pd.Series(np.log10(cents)).groupby(truth["scheme_id"].to_numpy())
    is_round = pd.Series(cents % (round_to_cny * 100) == 0).groupby(truth["scheme_id"].to_numpy())
    return pd.DataFrame(
        {
            "log_mean": log.mean(),
            "log_spread": log.std(ddof=0),
            "smallest": log.min(),
            "largest": log.max(),
            "round_share": is_round.mean(),
        }
    )


def look_alike_probe(
    schemes: pd.DataFrame, amounts: pd.DataFrame, probe: Probe, draws: int, seed: int
) -> list[dict[str, Any]]:
    """For each typology, how well amounts alone tell its schemes from its own look-alikes.

    Cross-validated and repeated with other folds; each scheme's rank is its mean over
    the repeats. A group of few schemes is exploratory.
    """
    rows = []
    sides = schemes.drop_duplicates("scheme_id").set_index("scheme_id")
    for typology, mine in sides.loc[sides.index.isin(amounts.index)].groupby("typology"):
        is_illicit = mine["is_illicit"].to_numpy(dtype=bool)
        row = {
            "typology": typology,
            "schemes": int(is_illicit.sum()),
            "look_alikes": int((~is_illicit).sum()),
            "is_exploratory": bool(min(is_illicit.sum(), (~is_illicit).sum()) < probe.exploratory_below),
            "auc": NOTHING,
        }
        if min(row["schemes"], row["look_alikes"]) >= probe.folds:
            rng = np.random.default_rng(seed)
            columns = amounts.loc[mine.index]
            rank = np.zeros(len(mine))
            for repeat in range(probe.repeats):
                fold = stratified_folds(is_illicit, probe.folds, rng)
                rank += held_out_ranks(columns, is_illicit, fold, probe.few_rows, seed + repeat)
            row["auc"] = auc_interval(rank, is_illicit, np.arange(len(mine)), draws, rng)
        rows.append(row)
    return rows


def payment_look_alikes(
    ground: Ground, truth: pd.DataFrame, schemes: pd.DataFrame, probe: Probe, draws: int, seed: int
) -> dict[str, Any]:
    """All columns of one payment of a scheme's shape, a scheme's against a look-alike's.

    Each payment is scored by a model that saw the schemes of the other folds, every scheme
    with the same weight. ``auc`` counts payments, ``auc_by_scheme`` gives every scheme the
    same weight; both draw schemes for their interval. By typology (one model for all) the
    second, where neither side is exploratory.
    """
    shaped = truth["transaction_id"][truth["is_patterned"]]
    rows = np.flatnonzero(ground.is_planned & ground.transactions["transaction_id"].isin(shaped).to_numpy())
    is_illicit, scheme = ground.kind[rows] == ILLICIT, ground.scheme[rows]
    names, first, number, size = np.unique(scheme, return_index=True, return_inverse=True, return_counts=True)
    of_scheme = is_illicit[first]
    result: dict[str, Any] = {
        "schemes": int(of_scheme.sum()),
        "look_alikes": int((~of_scheme).sum()),
        "auc": NOTHING,
        "auc_by_scheme": NOTHING,
        "typologies": [],
    }
    sides = (result["schemes"], result["look_alikes"])
    result["is_exploratory"] = min(sides) < probe.exploratory_below
    if min(sides) < probe.folds:
        return result
    rng = np.random.default_rng(seed)
    fold = stratified_folds(of_scheme, probe.folds, rng)[number]
    weight = np.where(is_illicit, 1 / sides[0], 1 / sides[1]) / size[number] * len(rows) / 2
    rank = held_out_ranks(payment_columns(ground, rows), is_illicit, fold, probe.payments, seed, weight)
    result["auc"] = auc_interval(rank, is_illicit, number, draws, rng)
    result["auc_by_scheme"] = auc_interval(rank, is_illicit, number, draws, rng, weight)
    typology = schemes.drop_duplicates("scheme_id").set_index("scheme_id")["typology"].reindex(names)
    for name, mine in typology.groupby(typology.to_numpy()).groups.items():
        chosen = np.isin(scheme, mine)
        count = int(of_scheme[np.isin(names, mine)].sum())
        row = {"typology": name, "schemes": count, "look_alikes": len(mine) - count, "auc": NOTHING}
        if min(row["schemes"], row["look_alikes"]) >= probe.exploratory_below:
            row["auc"] = auc_interval(
                rank[chosen], is_illicit[chosen], number[chosen], draws, rng, weight[chosen]
            )
        result["typologies"].append(row)
    return result
