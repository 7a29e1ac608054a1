"""The bank's own comparison of label models: every one on equal terms, judged by later decisions.

Each model is fitted with and without dispositions and at several shares of random review, up
to the end of training. The judges are decisions on flagged customers that came to be known
between that moment and the start of the test; the test judges nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from pydantic import Field
from scipy.special import xlogy

from data.labels.ballots import Ballots
from data.labels.dated import DatedParams, decision_labels, vote_labels
from data.labels.label_models import LABEL_MODELS, Belief
from data.results import Interval, Judges, LabelChoice, LabelModelName, LabelModels, LabelSet, PriorTrial
from parameters import Draws, Positive, Seed

FLAGGED = ("alert", "below_line")
UNKNOWN_SHARE = 0.5  # of reports among decisions, where none is known


class ComparisonParams(DatedParams):
    """How label models are compared; part of section ``label``."""

    prior_sweep: list[Positive] = Field(min_length=1)
    least_belief: float = Field(ge=1e-9, lt=0.5)
    bootstrap_draws: Draws
    seed: Seed


def log_loss(belief: np.ndarray, reported: np.ndarray, least: float) -> np.ndarray:
    """Loss of each decision; a belief counts as no surer than ``least`` from either end."""
    sure = np.clip(belief, least, 1 - least)
    return np.asarray(-xlogy(1.0, np.where(reported, sure, 1 - sure)))


def with_interval(losses: np.ndarray) -> Interval:
    """The measure that stands first and the middle 95 % of the bootstrap draws behind it, four digits."""
    value, known = losses[0], losses[1:][np.isfinite(losses[1:])]
    if np.isnan(value) or not len(known):
        return Interval(value=None, low=None, high=None)
    low, high = np.quantile(known, [0.025, 0.975])
    return Interval(value=round(float(value), 4), low=round(float(low), 4), high=round(float(high), 4))


class JudgedDecisions:
    """Later decisions on flagged customers, and how well beliefs foretell them.

    Parameters
    ----------
    decisions : with customer_id, event_at, propensity and outcome

    Notes
    -----
    A decision below the line stands for as many as its propensity says. Intervals are a
    bootstrap by customer; the draws are the same for every label set, so that differences
    are paired.
    """

    def __init__(self, decisions: pd.DataFrame, ballots: Ballots, params: ComparisonParams) -> None:
        self.votes = ballots.before(decisions["customer_id"], decisions["event_at"])
        self.reported = (decisions["outcome"] == "reported").to_numpy()
        self.least = params.least_belief
        _, customer = np.unique(decisions["customer_id"], return_inverse=True)
        size = int(customer.max()) + 1 if len(customer) else 1
        rng = np.random.default_rng(params.seed)
        draws = rng.multinomial(size, np.full(size, 1 / size), params.bootstrap_draws)
        self.weight = np.vstack([np.ones(size), draws])[:, customer] / decisions["propensity"].to_numpy()

    def losses(self, belief: np.ndarray) -> np.ndarray:
        """Mean loss, then that of each bootstrap draw; NaN where nothing was decided."""
        total = self.weight.sum(axis=1)
        summed = np.einsum("ij,j->i", self.weight, log_loss(belief, self.reported, self.least))
        return np.divide(summed, total, out=np.full(len(total), np.nan), where=total > 0)

    def of(self, belief: Belief) -> np.ndarray:
        """The same for a label model's beliefs."""
        return self.losses(belief(self.votes))


class TriedSet(NamedTuple):
    """One label set on trial: what it is made of, its labels, and what it believes of votes."""

    choice: LabelChoice
    labels: pd.DataFrame
    belief: Belief


def tried(
    flagged: pd.DataFrame,
    ballots: Ballots,
    trials: pd.DataFrame,
    until: pd.Timestamp,
    params: ComparisonParams,
) -> Iterator[TriedSet]:
    """Every label model with each choice of inputs, as known by ``until``.

    ``flagged`` and ``trials`` are those of `compare`.
    """
    known = flagged[flagged["alerted_at"] <= until]
    questions = ballots.before(known["customer_id"], known["alerted_at"])
    shares = [(True, float(share)) for share in sorted(trials["random_share"].unique())]
    for name, model in LABEL_MODELS.items():
        for uses_dispositions, share in [(False, 0.0), *shares]:
            mine = trials[(trials["random_share"] == share) & (trials["known_at"] <= until)]
            votes = ballots.known_by(mine, until)
            belief = model.fit(votes if uses_dispositions else votes.blind(), params.settings)
            labels = [vote_labels(known, belief(questions), params)]
            labels += [decision_labels(mine, params)] if uses_dispositions else []
            choice = LabelChoice(model=name, uses_dispositions=uses_dispositions, random_share=share)
            yield TriedSet(choice, pd.concat(labels).assign(**choice.model_dump()), belief)


def with_other_priors(
    ballots: Ballots,
    decided: pd.DataFrame,
    until: pd.Timestamp,
    judged: JudgedDecisions,
    params: ComparisonParams,
) -> list[PriorTrial]:
    """The loss of every label model under multiples of the class prior, fitted by ``until``."""
    votes = ballots.known_by(decided, until)
    sweep = []
    for name, model in LABEL_MODELS.items():
        for times in params.prior_sweep:
            prior = min(params.settings.class_prior * times, 0.5)
            loss = judged.of(model.fit(votes, params.settings.model_copy(update={"class_prior": prior})))
            sweep.append(PriorTrial(model=name, times=times, log_loss=with_interval(loss)))
    return sweep


def learned_of_rules(
    ballots: Ballots, decided: pd.DataFrame, until: pd.Timestamp, params: ComparisonParams
) -> dict[str, dict[str, float]]:
    """By label model and rule: the belief where that rule alone votes, fitted by ``until``."""
    votes = ballots.known_by(decided, until)
    learned = {}
    for name, model in LABEL_MODELS.items():
        alone = model.fit(votes, params.settings)(ballots.alone())
        learned[name] = dict(zip(ballots.rule_ids, alone.round(5).tolist(), strict=True))
    return learned


def compare(
    flagged: pd.DataFrame,
    ballots: Ballots,
    decided: pd.DataFrame,
    trials: pd.DataFrame,
    until: pd.Timestamp,
    judged_by: pd.Timestamp,
    params: ComparisonParams,
) -> tuple[pd.DataFrame, LabelModels]:
    """Every label model on equal terms: its labels as known by ``until``, and the bank's own verdict.

    Parameters
    ----------
    flagged : customers and moments on which rules voted
    decided : the bank's decisions; those on flagged customers that came to be known after
        ``until`` and by ``judged_by`` are the judges, whenever the alert was: reports take
        longer than dismissals, and decisions on late alerts alone would lack them
    trials : decisions at other shares of random review, with random_share
    until : end of training; no label set knows anything later
    judged_by : start of the test

    Returns
    -------
    The TrialLabels table and the comparison.
    """
    is_later = (decided["known_at"] > until) & (decided["known_at"] <= judged_by)
    later = decided[is_later & decided["stream"].isin(FLAGGED)]
    judged = JudgedDecisions(later, ballots, params)
    sets = list(tried(flagged, ballots, trials, until, params))
    losses = np.array([judged.of(each.belief) for each in sets])
    best = int(np.argmin(np.nan_to_num(losses[:, 0], nan=np.inf)))
    constant = np.full(len(later), _reported_share(decided, until))
    result = LabelModels(
        models=[
            LabelModelName(model=name, label_en=model.label.en, label_zh=model.label.zh)
            for name, model in LABEL_MODELS.items()
        ],
        chosen=params.model,
        preferred=sets[best].choice,
        until=f"{until:%Y-%m-%d}",
        judged_by=f"{judged_by:%Y-%m-%d}",
        judges=_judges(later),
        constant_belief=with_interval(judged.losses(constant)),
        sets=[
            LabelSet(
                **each.choice.model_dump(),
                log_loss=with_interval(loss),
                behind_best=with_interval(loss - losses[best]),
            )
            for each, loss in zip(sets, losses, strict=True)
        ],
        prior_sweep=with_other_priors(ballots, decided, until, judged, params),
        learned=learned_of_rules(ballots, decided, until, params),
        least_belief=params.least_belief,
    )
    return pd.concat([each.labels for each in sets], ignore_index=True), result


def _judges(later: pd.DataFrame) -> Judges:
    """How many decisions judge, and of what kind."""
    return Judges(
        decisions=len(later),
        reported=int((later["outcome"] == "reported").sum()),
        below_line=int((later["stream"] == "below_line").sum()),
    )


def _reported_share(decided: pd.DataFrame, until: pd.Timestamp) -> float:
    """Share of the flagged customers' decisions known by a moment that are reports."""
    known = decided[decided["stream"].isin(FLAGGED) & (decided["known_at"] <= until)]
    return float((known["outcome"] == "reported").mean()) if len(known) else UNKNOWN_SHARE


def verdict(result: LabelModels) -> str:
    """One sentence: whether the bank's criterion bears out the chosen label model.

    A model is called better or worse only where its paired interval leaves out zero.
    """
    chosen, preferred = result.chosen, result.preferred.model
    behind: dict[str, float] = {}
    for row in result.sets:
        low = row.behind_best.low
        if low is not None and (row.uses_dispositions or row.model != chosen):
            behind[row.model] = min(low, behind.get(row.model, low))
    if chosen not in behind:
        return f"label model {chosen}: no later decision to judge it by"
    if chosen == preferred:
        close = [name for name, low in behind.items() if name != chosen and low <= 0]
        rest = f", not told apart from {', '.join(close)}" if close else ", ahead of all others"
        return f"label model {chosen}: first by later decisions{rest}"
    word = "not told apart from" if behind[chosen] <= 0 else "worse than"
    return f"label model {chosen}: {word} {preferred} by later decisions"
