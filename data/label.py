"""Stage label: dispositions and rule votes become dated labels with a source and a weight.

What a vote is worth is learnt by a label model (``label.model``), refitted at fixed
moments from what was known by then. Beside it the stage fits every label model on equal
terms, with and without dispositions and at several shares of random review, up to the end
of training, and compares them by what the bank itself learns between that moment and the
start of the test: decisions on flagged customers. The test judges nothing. The label sets
go on to the stage audit_labels, which says what each of them is worth in truth.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pydantic import Field, field_validator
from scipy.special import xlogy

import pipeline
from data import schema
from data.labels.ballots import Ballots, microseconds, with_decision
from data.labels.label_models import LABEL_MODELS, Belief, Settings, Votes
from data.results import Interval, Judges, LabelChoice, LabelModels, LabelSet, PriorTrial
from data.schema import DAY_US
from parameters import Days, Draws, Positive, Seed, Weeks

FLAGGED = ("alert", "below_line")
STREAM_SOURCES = {"alert": "disposition", "below_line": "below_line_review", "random": "random_review"}


class Params(pipeline.Parameters):
    """Section ``label`` of params.yaml."""

    model: str
    refit_days: Days
    decision_weeks: Weeks
    prior_sweep: list[Positive] = Field(min_length=1)
    vote_weight: Positive
    disposition_weight: Positive
    settings: Settings
    least_belief: float = Field(ge=1e-9, lt=0.5)
    bootstrap_draws: Draws
    seed: Seed

    @field_validator("model")
    @classmethod
    def is_a_label_model(cls, name: str) -> str:
        """One of the registered label models."""
        if name not in LABEL_MODELS:
            raise ValueError(f"unknown label model '{name}', expected one of: {', '.join(LABEL_MODELS)}")
        return name


def flagged_moments(alerts: pd.DataFrame, below_line: pd.DataFrame) -> pd.DataFrame:
    """Customers and moments on which rules voted, above and below the line, in order of time.

    ``source`` is the source of the label that the votes give.
    """
    sides = [alerts.assign(source="rule_vote"), below_line.assign(source="below_line_vote")]
    both = pd.concat(sides)[["alert_id", "customer_id", "alerted_at", "source"]]
    return both.sort_values("alert_id", kind="stable", ignore_index=True)


def vote_values(flagged: pd.DataFrame, ballots: Ballots, decided: pd.DataFrame, params: Params) -> np.ndarray:
    """What the votes say at each flagged moment, from outcomes known when it came; shape (flagged,).

    The model is refitted every ``refit_days``; a moment is judged by the latest fit.
    """
    values = np.zeros(len(flagged))
    if not len(flagged):
        return values
    at = microseconds(flagged["alerted_at"])
    round_of = (at - at.min()) // (params.refit_days * DAY_US)
    fit = LABEL_MODELS[params.model]
    for number in np.unique(round_of):
        now = flagged["alerted_at"].min() + pd.Timedelta(days=int(number) * params.refit_days)
        belief = fit(ballots.known_by(decided, now), params.settings)
        mine = flagged[round_of == number]
        values[round_of == number] = belief(ballots.before(mine["customer_id"], mine["alerted_at"]))
    return values


def vote_labels(flagged: pd.DataFrame, values: np.ndarray, params: Params) -> pd.DataFrame:
    """Labels of rule votes; known as soon as the rules have hit."""
    return pd.DataFrame(
        {
            "customer_id": flagged["customer_id"],
            "event_at": flagged["alerted_at"],
            "known_at": flagged["alerted_at"],
            "source": flagged["source"],
            "value": np.clip(values, 0.0, 1.0),
            "weight": params.vote_weight,
        }
    )


def decision_labels(decided: pd.DataFrame, params: Params) -> pd.DataFrame:
    """Labels of people's decisions: suspicious is what they reported.

    A case that was looked into and closed counts as innocent: leaving out such alerts
    harms the model (Jullum et al. 2020).
    """
    return pd.DataFrame(
        {
            "customer_id": decided["customer_id"],
            "event_at": decided["event_at"],
            "known_at": decided["known_at"],
            "source": decided["stream"].map(STREAM_SOURCES),
            "value": (decided["outcome"] == "reported").astype(float),
            "weight": params.disposition_weight,
        }
    )


def label(
    flagged: pd.DataFrame, values: np.ndarray, decided: pd.DataFrame, given: pd.DataFrame, params: Params
) -> pd.DataFrame:
    """The Labels table.

    Where a data set brings labels, people's decisions are left out: the source's labels
    stand in their place, and the rule votes only rank the rulebook.
    """
    brought = given.assign(source="given", weight=params.disposition_weight)
    parts = [
        vote_labels(flagged, values, params),
        brought if len(given) else decision_labels(decided, params),
    ]
    return pd.concat(parts).sort_values(["event_at", "customer_id", "source"], ignore_index=True)


def log_loss(belief: np.ndarray, reported: np.ndarray, least: float) -> np.ndarray:
    """Loss of each decision; a belief counts as no surer than ``least`` from either end."""
    sure = np.clip(belief, least, 1 - least)
    return np.asarray(-xlogy(1.0, np.where(reported, sure, 1 - sure)))


def with_interval(value: float, sample: np.ndarray) -> Interval:
    """A measure and the middle 95 % of its bootstrap sample; empty for what is not measurable."""
    known = sample[np.isfinite(sample)]
    if np.isnan(value) or not len(known):
        return Interval()
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

    def __init__(self, decisions: pd.DataFrame, ballots: Ballots, params: Params) -> None:
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


def compare(
    flagged: pd.DataFrame,
    ballots: Ballots,
    decided: pd.DataFrame,
    trials: pd.DataFrame,
    until: pd.Timestamp,
    judged_by: pd.Timestamp,
    params: Params,
) -> tuple[pd.DataFrame, LabelModels]:
    """Every label model on equal terms: its labels as known by ``until``, and the bank's own verdict.

    Parameters
    ----------
    decided : the bank's decisions; those on flagged customers that came to be known after
        ``until`` and by ``judged_by`` are the judges, whenever the alert was: reports take
        longer than dismissals, and decisions on late alerts alone would lack them
    trials : decisions at other shares of random review, with random_share
    until : end of training; no label set knows anything later
    judged_by : start of the test

    Returns
    -------
    The TrialLabels table, and the comparison.
    """
    known = flagged[flagged["alerted_at"] <= until]
    questions = ballots.before(known["customer_id"], known["alerted_at"])
    is_later = (decided["known_at"] > until) & (decided["known_at"] <= judged_by)
    later = decided[is_later & decided["stream"].isin(FLAGGED)]
    judged = JudgedDecisions(later, ballots, params)
    shares = [(True, float(share)) for share in sorted(trials["random_share"].unique())]
    parts: list[pd.DataFrame] = []
    keys: list[LabelChoice] = []
    losses: list[np.ndarray] = []
    for model, fit in LABEL_MODELS.items():
        for uses_dispositions, share in [(False, 0.0), *shares]:
            mine = trials[(trials["random_share"] == share) & (trials["known_at"] <= until)]
            votes = ballots.known_by(mine, until)
            belief = fit(votes if uses_dispositions else votes.blind(), params.settings)
            labels = [vote_labels(known, belief(questions), params)]
            labels += [decision_labels(mine, params)] if uses_dispositions else []
            key = LabelChoice(model=model, uses_dispositions=uses_dispositions, random_share=share)
            parts.append(pd.concat(labels).assign(**dict(key)))
            losses.append(judged.of(belief))
            keys.append(key)
    table = np.array(losses)
    best = int(np.argmin(np.nan_to_num(table[:, 0], nan=np.inf)))
    sets = [
        LabelSet(
            **dict(key),
            log_loss=with_interval(loss[0], loss[1:]),
            behind_best=with_interval(loss[0] - table[best, 0], loss[1:] - table[best, 1:]),
        )
        for key, loss in zip(keys, table, strict=True)
    ]
    votes = ballots.known_by(decided, until)
    blind = np.full(len(later), _reported_share(decided, until))
    constant = judged.losses(blind)
    result = LabelModels(
        chosen=params.model,
        preferred=keys[best],
        until=f"{until:%Y-%m-%d}",
        judged_by=f"{judged_by:%Y-%m-%d}",
        judges=Judges(
            decisions=len(later),
            reported=int((later["outcome"] == "reported").sum()),
            below_line=int((later["stream"] == "below_line").sum()),
        ),
        constant_belief=with_interval(constant[0], constant[1:]),
        sets=sets,
        prior_sweep=prior_trials(judged, votes, params),
        learned=learned_beliefs(ballots, votes, params),
        least_belief=params.least_belief,
    )
    return pd.concat(parts, ignore_index=True), result


def learned_beliefs(ballots: Ballots, votes: Votes, params: Params) -> dict[str, dict[str, float]]:
    """By label model and rule: what it believes when that rule alone votes."""
    learned = {}
    for model, fit in LABEL_MODELS.items():
        alone = fit(votes, params.settings)(ballots.alone())
        learned[model] = dict(zip(ballots.rule_ids, alone.round(5).tolist(), strict=True))
    return learned


def prior_trials(judged: JudgedDecisions, votes: Votes, params: Params) -> list[PriorTrial]:
    """Every label model with other priors."""
    trials = []
    for model, fit in LABEL_MODELS.items():
        for times in params.prior_sweep:
            prior = min(params.settings.class_prior * times, 0.5)
            loss = judged.of(fit(votes, params.settings.model_copy(update={"class_prior": prior})))
            trials.append(PriorTrial(model=model, times=times, log_loss=with_interval(loss[0], loss[1:])))
    return trials


def _reported_share(decided: pd.DataFrame, until: pd.Timestamp) -> float:
    """Share of the flagged customers' decisions known by a moment that are reports."""
    known = decided[decided["stream"].isin(FLAGGED) & (decided["known_at"] <= until)]
    return float((known["outcome"] == "reported").mean()) if len(known) else 0.5


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


def main() -> None:
    """Write the labels, the label sets on trial and the bank's comparison of them."""
    params = pipeline.params("label", Params)
    periods = pipeline.read(schema.Periods)
    customers = pipeline.read(schema.Customers, columns=["customer_id"])
    flagged = flagged_moments(pipeline.read(schema.Alerts), pipeline.read(schema.BelowLine))
    ballots = Ballots.of(
        pipeline.read(schema.Rules),
        pipeline.read(schema.RuleHits),
        pipeline.read(schema.NegativeHits),
        len(customers),
        periods["starts_at"].min(),
        params.decision_weeks,
    )
    decided = with_decision(pipeline.read(schema.Dispositions))
    values = vote_values(flagged, ballots, decided, params)
    table = label(flagged, values, decided, pipeline.read(schema.GivenLabels), params)
    pipeline.write(schema.Labels, table)
    starts_at = periods.set_index("name")["starts_at"]
    trials = with_decision(pipeline.read(schema.TrialDispositions))
    until, judged_by = starts_at["validation"], starts_at["test"]
    sets, result = compare(flagged, ballots, decided, trials, until, judged_by, params)
    pipeline.write(schema.TrialLabels, sets)
    pipeline.write_result(result)
    print(verdict(result))


if __name__ == "__main__":
    pipeline.run_stage("label", main)
