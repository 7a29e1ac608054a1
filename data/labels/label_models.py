"""Label models: what the votes of rules, for and against, say of a customer's week.

Ways from votes to a belief, on equal terms: each is fitted on the same customer-weeks
(the silent ones included) with the outcomes of reviews known by then, or without them, and
answers with a belief between 0 and 1 for any pattern of votes. Nothing here reads the truth.
To add one, add a function; the first line of its docstring is its English name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from pydantic import Field
from scipy.special import expit, expm1, log1p, logit, xlogy

import pipeline
from data.words import Words, complete
from parameters import Part, Positive
from pipeline import Registry

FLOOR = 1e-6  # no rule fires never or always


class Settings(pipeline.Parameters):
    """Section ``label.models`` of params.yaml."""

    class_prior: float = Field(ge=1e-9, lt=1)
    prior_precision: float = Field(ge=1e-9, lt=1)
    prior_sensitivity: float = Field(ge=1e-9, lt=1)
    prior_negative_ratio: Part
    prior_reviews: Positive
    iterations: int = Field(ge=1, le=100_000)


@dataclass(frozen=True)
class Votes:
    """Votes on customer-weeks; rows of one pattern and outcome may stand together.

    Parameters
    ----------
    fired : bool, shape (rows, rules), which rules voted for suspicion
    against : bool, shape (rows, negative rules), which voted against it
    weight : shape (rows,), customer-weeks that a row stands for
    outcome : shape (rows,), 1 reported, 0 dismissed or closed, NaN nobody looked
    names : bool, shape (typologies, rules), which rules the rulebook writes for which typology
    """

    fired: np.ndarray
    against: np.ndarray
    weight: np.ndarray
    outcome: np.ndarray
    names: np.ndarray

    @property
    def is_silent(self) -> np.ndarray:
        """Whether no rule voted for suspicion; negative votes are recorded only where one did."""
        return np.asarray(~self.fired.any(axis=1))

    def blind(self) -> Votes:
        """The same votes without the outcome of any review."""
        return Votes(
            self.fired, self.against, self.weight, np.full(len(self.weight), np.nan), self.names
        ).gathered()

    def gathered(self) -> Votes:
        """Rows of one pattern and outcome as one row, in a fixed order."""
        outcome = np.where(np.isnan(self.outcome), -1, self.outcome)[:, None]
        table = np.column_stack([self.fired, self.against, outcome])
        unique, place = np.unique(table, axis=0, return_inverse=True)
        rules, outcome = self.fired.shape[1], unique[:, -1]
        return Votes(
            unique[:, :rules] > 0,
            unique[:, rules:-1] > 0,
            np.bincount(place.ravel(), self.weight, len(unique)),
            np.where(outcome < 0, np.nan, outcome),
            self.names,
        )


Belief = Callable[[Votes], np.ndarray]
Fit = Callable[[Votes, Settings], Belief]


@dataclass(frozen=True)
class LabelModel:
    """A way from votes to a belief, and what the report calls it."""

    name: str
    label: Words
    fit: Fit


LABEL_MODELS: Registry[LabelModel] = Registry("label model")


def label_model(label_zh: str) -> Callable[[Fit], Fit]:
    """Register a function under its own name; the first line of its docstring is its English name.

    Raises
    ------
    ValueError
        where the name is missing in a language
    BadInput
        where another label model has the name
    """

    def enter(fit: Fit) -> Fit:
        name = fit.__name__
        label_en = ((fit.__doc__ or "").splitlines() or [""])[0].rstrip(".")
        try:
            label = complete(Words(label_en, label_zh))
        except ValueError as error:
            raise ValueError(f"label model {name}: {error}") from None
        LABEL_MODELS.register(name)(LabelModel(name, label, fit))
        return fit

    return enter


@label_model("任一规则")
def any_rule(votes: Votes, settings: Settings) -> Belief:
    """Any rule.

    Suspicious as soon as more rules vote for it than against it.
    """

    def belief(asked: Votes) -> np.ndarray:
        return (asked.fired.sum(axis=1) > asked.against.sum(axis=1)).astype(float)

    return belief


@label_model("加权投票")
def weighted_vote(votes: Votes, settings: Settings) -> Belief:
    """Weighted vote.

    Rules count by the share of their reviewed weeks that was reported. A Beta prior of
    ``prior_reviews`` reviews at ``prior_precision`` stands for what is not known yet. Votes for
    suspicion combine as noisy-or; a vote against it scales the belief by how much less often
    weeks with it are reported than others, never upwards.
    """
    known = ~np.isnan(votes.outcome) & ~votes.is_silent
    weight = votes.weight * known
    reported = weight * (votes.outcome == 1)
    prior = settings.prior_reviews
    precision = (_times(reported, votes.fired) + prior * settings.prior_precision) / (
        _times(weight, votes.fired) + prior
    )
    overall = (reported.sum() + prior * settings.prior_precision) / (weight.sum() + prior)
    cleared = settings.prior_negative_ratio * settings.prior_precision
    share = (_times(reported, votes.against) + prior * cleared) / (_times(weight, votes.against) + prior)
    scale = np.minimum(share / overall, 1.0)

    def belief(asked: Votes) -> np.ndarray:
        doubt = np.prod(np.where(asked.fired, 1 - precision, 1.0), axis=1)
        return np.asarray((1 - doubt) * np.prod(np.where(asked.against, scale, 1.0), axis=1))

    return belief


def _times(weight: np.ndarray, fired: np.ndarray) -> np.ndarray:
    """Weight in which each rule fires. The sums of ``@`` end in other digits on another processor."""
    return np.asarray(np.einsum("i,ij->j", weight, fired))


def _evidence(fired: np.ndarray, rate: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Log-odds that votes add, by row; a rule fires with ``rate`` if suspicious, ``other`` if not."""
    present, absent = xlogy(1.0, rate / other), xlogy(1.0, (1 - rate) / (1 - other))
    return np.asarray(np.einsum("ij,j->i", fired, present - absent) + absent.sum())


def _rates(fired: np.ndarray, weight: np.ndarray, prior: np.ndarray, worth: float) -> np.ndarray:
    """Share of the weight in which each rule fires, with ``prior`` rates worth so many weeks."""
    return np.clip((_times(weight, fired) + worth * prior) / (weight.sum() + worth), FLOOR, 1 - FLOOR)


@label_model("Dawid-Skene模型")
def dawid_skene(votes: Votes, settings: Settings) -> Belief:
    """Dawid-Skene.

    With a fixed class prior; each rule has its own two error rates. One hidden class by week,
    suspicious with chance ``class_prior``. EM finds how often each rule fires in suspicious and
    in other weeks; where a review's outcome is known the class is known. Rates of suspicious
    weeks lean on ``prior_sensitivity``, worth ``prior_reviews`` weeks. Rules count as
    independent given the class: that those written for one behaviour fire together makes the
    model too sure, a known weakness.
    """
    votes = votes.gathered()
    known, seen = ~np.isnan(votes.outcome), ~votes.is_silent
    overall = _rates(votes.fired, votes.weight, np.zeros(votes.fired.shape[1]), 0.0)
    overall_against = _rates(votes.against[seen], votes.weight[seen], np.full(votes.against.shape[1], 0.5), 1)
    prior = np.full(len(overall), settings.prior_sensitivity)
    prior_against = settings.prior_negative_ratio * overall_against
    rate, other, rate_against, other_against = prior, overall, prior_against, overall_against

    def posterior(asked: Votes) -> np.ndarray:
        odds = logit(settings.class_prior) + _evidence(asked.fired, rate, other)
        odds = odds + ~asked.is_silent * _evidence(asked.against, rate_against, other_against)
        return np.asarray(expit(odds))

    for _ in range(settings.iterations):
        chance = np.where(known, np.nan_to_num(votes.outcome), posterior(votes))
        suspicious, innocent = votes.weight * chance, votes.weight * (1 - chance)
        worth = settings.prior_reviews
        rate = _rates(votes.fired, suspicious, prior, worth)
        other = _rates(votes.fired, innocent, overall, 1.0)
        rate_against = _rates(votes.against[seen], suspicious[seen], prior_against, worth)
        other_against = _rates(votes.against[seen], innocent[seen], overall_against, 1.0)
    return posterior


@label_model("Noisy-OR模型")
def noisy_or(votes: Votes, settings: Settings) -> Belief:
    """Noisy-OR.

    One hidden cause a typology, and any of them suffices. A typology shows only in the rules
    that the rulebook writes for it, so rules written for one behaviour no longer count as
    independent witnesses of everything. ``class_prior`` is shared evenly among the typologies.
    EM as in `dawid_skene`; a reported week has at least one cause, a dismissed one none.
    """
    votes = votes.gathered()
    known, seen = ~np.isnan(votes.outcome), ~votes.is_silent
    names = votes.names[votes.names.any(axis=1)]
    causes = len(names)
    if not causes:  # no rule votes, or none is written for a typology: nothing can show
        return lambda asked: np.zeros(len(asked.weight))
    overall = _rates(votes.fired, votes.weight, np.zeros(votes.fired.shape[1]), 0.0)
    overall_against = _rates(votes.against[seen], votes.weight[seen], np.full(votes.against.shape[1], 0.5), 1)
    prior = np.full(len(overall), settings.prior_sensitivity)
    prior_against = settings.prior_negative_ratio * overall_against
    rate, other = np.tile(prior, (causes, 1)), overall
    rate_against, other_against = prior_against, overall_against

    def by_cause(asked: Votes) -> np.ndarray:
        """Chance of each cause alone, shape (rows, causes)."""
        base = logit(settings.class_prior / causes)
        base = base + ~asked.is_silent * _evidence(asked.against, rate_against, other_against)
        columns = [
            base + _evidence(asked.fired[:, mine], rate[cause, mine], other[mine])
            for cause, mine in enumerate(names)
        ]
        return np.asarray(expit(np.column_stack(columns)))

    def of_any(chance: np.ndarray) -> np.ndarray:
        return np.asarray(-expm1(log1p(-np.minimum(chance, 1 - 1e-12)).sum(axis=1)))

    for _ in range(settings.iterations):
        chance = by_cause(votes)
        some = of_any(chance)
        given_report = chance / np.maximum(some, 1e-300)[:, None]
        told = np.where(votes.outcome[:, None] == 1, np.minimum(given_report, 1.0), 0.0)
        chance = np.where(known[:, None], told, chance)
        some = np.where(known, np.nan_to_num(votes.outcome), some)
        worth = settings.prior_reviews
        rate = np.stack(
            [_rates(votes.fired, votes.weight * chance[:, cause], prior, worth) for cause in range(causes)]
        )
        other = _rates(votes.fired, votes.weight * (1 - some), overall, 1.0)
        rate_against = _rates(votes.against[seen], (votes.weight * some)[seen], prior_against, worth)
        other_against = _rates(votes.against[seen], (votes.weight * (1 - some))[seen], overall_against, 1.0)

    def belief(asked: Votes) -> np.ndarray:
        return of_any(by_cause(asked))

    return belief
