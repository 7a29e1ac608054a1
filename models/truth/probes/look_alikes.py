"""Whether look-alikes are good doubles: a scheme told from an innocent double without its behaviour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.results import Interval
from models.intervals import UNMEASURED
from models.results.probes import LookAlikeProbe, PaymentLookAlikes, TypologyPayments
from models.truth.calibration import JudgedBank
from models.truth.difficulty import EVERY
from models.truth.probes.columns import payment_columns
from models.truth.probes.ground import ILLICIT, Ground
from models.truth.probes.learner import Probe, auc_interval, held_out_ranks, stratified_folds


def amount_look_alikes(
    bank: JudgedBank, truth: pd.DataFrame, schemes: pd.DataFrame, probe: Probe, draws: int, seed: int
) -> tuple[list[LookAlikeProbe], LookAlikeProbe]:
    """The look-alike probe on the amounts of the schemes' shapes; spent proceeds have none.

    Returns one row a typology, and that of all together.
    """
    truth = truth[truth["is_patterned"]]
    cents = bank.transactions.set_index("transaction_id")["amount_cents"]
    amounts = scheme_amounts(truth, cents, probe.round_to_cny)
    together = look_alike_probe(schemes.assign(typology=EVERY), amounts, probe, draws, seed)
    nobody = LookAlikeProbe(typology=EVERY, schemes=0, look_alikes=0, is_exploratory=True, auc=UNMEASURED)
    by_typology = look_alike_probe(schemes, amounts, probe, draws, seed)
    return by_typology, together[0] if together else nobody


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
) -> list[LookAlikeProbe]:
    """For each typology, how well amounts alone tell its schemes from its own look-alikes.

    Cross-validated and repeated with other folds; each scheme's rank is its mean over
    the repeats. A group of few schemes is exploratory.
    """
    rows = []
    sides = schemes.drop_duplicates("scheme_id").set_index("scheme_id")
    for typology, mine in sides.loc[sides.index.isin(amounts.index)].groupby("typology"):
        is_illicit = mine["is_illicit"].to_numpy(dtype=bool)
        counts = int(is_illicit.sum()), int((~is_illicit).sum())
        rows.append(
            LookAlikeProbe(
                typology=typology,
                schemes=counts[0],
                look_alikes=counts[1],
                is_exploratory=min(counts) < probe.exploratory_below,
                auc=amounts_auc(amounts.loc[mine.index], is_illicit, probe, draws, seed)
                if min(counts) >= probe.folds
                else UNMEASURED,
            )
        )
    return rows


def amounts_auc(
    columns: pd.DataFrame, is_illicit: np.ndarray, probe: Probe, draws: int, seed: int
) -> Interval:
    """Area of the mean rank of each scheme over repeated cross-validation, interval by scheme."""
    rng, rank = np.random.default_rng(seed), np.zeros(len(is_illicit))
    for repeat in range(probe.repeats):
        fold = stratified_folds(is_illicit, probe.folds, rng)
        rank += held_out_ranks(columns, is_illicit, fold, probe.few_rows, seed + repeat)
    return auc_interval(rank, is_illicit, np.arange(len(rank)), draws, rng)


def payment_look_alikes(
    ground: Ground, truth: pd.DataFrame, schemes: pd.DataFrame, probe: Probe, draws: int, seed: int
) -> PaymentLookAlikes:
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
    sides = int(of_scheme.sum()), int((~of_scheme).sum())
    counts = {"schemes": sides[0], "look_alikes": sides[1]}
    is_exploratory = min(sides) < probe.exploratory_below
    if min(sides) < probe.folds:
        return PaymentLookAlikes(
            **counts, is_exploratory=is_exploratory, auc=UNMEASURED, auc_by_scheme=UNMEASURED, typologies=[]
        )
    rng = np.random.default_rng(seed)
    fold = stratified_folds(of_scheme, probe.folds, rng)[number]
    weight = np.where(is_illicit, 1 / sides[0], 1 / sides[1]) / size[number] * len(rows) / 2
    rank = held_out_ranks(payment_columns(ground, rows), is_illicit, fold, probe.payments, seed, weight)
    typology = schemes.drop_duplicates("scheme_id").set_index("scheme_id")["typology"].reindex(names)
    ranked = Ranked(rank, is_illicit, number, weight)
    return PaymentLookAlikes(
        **counts,
        is_exploratory=is_exploratory,
        auc=auc_interval(rank, is_illicit, number, draws, rng),
        auc_by_scheme=auc_interval(rank, is_illicit, number, draws, rng, weight),
        typologies=[
            ranked.of_typology(str(name), np.isin(names, mine)[number], probe.exploratory_below, draws, rng)
            for name, mine in typology.groupby(typology.to_numpy()).groups.items()
        ],
    )


@dataclass(frozen=True)
class Ranked:
    """Payments of schemes and look-alikes with their ranks; arrays of shape (payments,).

    ``scheme`` numbers the schemes, ``weight`` gives every scheme the same.
    """

    rank: np.ndarray
    is_illicit: np.ndarray
    scheme: np.ndarray
    weight: np.ndarray

    def of_typology(
        self, typology: str, chosen: np.ndarray, least: int, draws: int, rng: np.random.Generator
    ) -> TypologyPayments:
        """The area by scheme of the ``chosen`` payments, if either side has ``least`` schemes."""
        rank, is_illicit, scheme = self.rank[chosen], self.is_illicit[chosen], self.scheme[chosen]
        schemes, look_alikes = (len(np.unique(scheme[side])) for side in (is_illicit, ~is_illicit))
        auc = UNMEASURED
        if min(schemes, look_alikes) >= least:
            auc = auc_interval(rank, is_illicit, scheme, draws, rng, self.weight[chosen])
        return TypologyPayments(typology=typology, schemes=schemes, look_alikes=look_alikes, auc=auc)
