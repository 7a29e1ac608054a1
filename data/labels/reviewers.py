"""How a simulated human decides: what they see, what they miss, how they tire, how long they take."""

from __future__ import annotations

from collections import defaultdict
from math import log2

import numpy as np
import pandas as pd
from pydantic import Field, model_validator
from scipy.special import exp2, ndtr

import pipeline
from data.schema import DAY_US
from parameters import Count, Part

EXCUSES = ("explained by business", "explained by family", "one-off event", "known customer")
CLOSED = "unusual, yet explained by documents"
SUSPICIOUS = "no plausible explanation found"


class Delay(pipeline.Parameters):
    """A log-normal delay in days."""

    median_days: float = Field(gt=0, le=36_500)
    p90_days: float = Field(gt=0, le=36_500)

    @model_validator(mode="after")
    def most_wait_no_shorter_than_half(self) -> Delay:
        """The 90th percentile is no smaller than the median."""
        if self.p90_days < self.median_days:
            found = f"{self.median_days} and {self.p90_days}"
            raise ValueError(f"expected median_days and p90_days in order, found {found}")
        return self

    def of(self, quantile: np.ndarray) -> np.ndarray:
        """Delays in microseconds of standard normal draws; shape of ``quantile``."""
        doublings = log2(self.p90_days / self.median_days) / 1.2816
        return np.round(self.median_days * exp2(doublings * quantile) * DAY_US).astype(np.int64)


class Reviewers(pipeline.Parameters):
    """Section ``investigate.reviewers`` of params.yaml.

    A review has two levels: an alert is dismissed or becomes a case, a case is closed or
    reported. ``visibility`` is the chance that a true case of a typology is reported when
    a single rule fired; without an entry ``visibility_else``.
    """

    visibility: dict[str, Part]
    visibility_else: float = Field(gt=0, le=1)
    per_further_rule: float = Field(ge=0, le=1)
    per_further_alert_of_case: float = Field(ge=0, le=1)
    most: float = Field(gt=0, le=1)
    without_alert: float = Field(gt=0, le=1)
    case_report_share: float = Field(gt=0, le=1)
    innocent_case_share: float = Field(ge=0, le=1)
    innocent_report_share: float = Field(ge=0, le=1)
    repetition_fall: float = Field(ge=0, lt=1)
    repetition_reviews: Count
    shared_impression: float = Field(ge=0, le=1)
    dismissal_delay: Delay
    case_delay: Delay
    report_delay: Delay


def visibility_of(
    illicit_typologies: dict[str, np.ndarray], size: int, params: Reviewers
) -> tuple[np.ndarray, np.ndarray]:
    """Whether each reviewed behaviour is illicit, and how visible its plainest typology is.

    ``illicit_typologies`` tells by typology which of the ``size`` reviews it concerns.
    """
    visibility = np.zeros(size)
    for name, concerned in illicit_typologies.items():
        known = params.visibility.get(name, params.visibility_else)
        visibility = np.maximum(visibility, np.where(concerned, known, 0.0))
    return visibility > 0, visibility


def sensitivity(
    visibility: np.ndarray, rule_count: np.ndarray, further_alerts: np.ndarray, params: Reviewers
) -> np.ndarray:
    """Chance that a rested reviewer reports a true case, by evidence; shape (reviews,).

    ``rule_count`` is 0 in the random stream: nothing points the reviewer anywhere.
    """
    evidence = params.per_further_rule * np.maximum(rule_count - 1, 0)
    evidence = evidence + params.per_further_alert_of_case * further_alerts
    aided = np.minimum(visibility + evidence, np.maximum(params.most, visibility))
    return np.where(rule_count > 0, aided, visibility * params.without_alert)


def tired(streak: int, params: Reviewers) -> float:
    """Share of the sensitivity that is left after ``streak`` false positives in a row."""
    return 1 - params.repetition_fall * min(streak, params.repetition_reviews) / params.repetition_reviews


def decide(reviews: pd.DataFrame, draws: pd.DataFrame, params: Reviewers) -> pd.DataFrame:
    """Outcome, second outcome, date and stated reason of each review, in order of opening.

    Parameters
    ----------
    reviews : opened_at (microseconds), is_suspicious, sensitivity, rule_ids
    draws : standard normal columns impression (the case's own, shared by all who look at
        it), first, second, first_case, second_case and delay, and excuse (0 to 1)

    Notes
    -----
    Two reviewers of one case agree more than two coins: part of what each sees is the
    case's own impression. The streak is counted rule by rule: who has dismissed many
    alerts of a rule in a row looks less closely at its next one.
    """
    keep, own = np.sqrt(params.shared_impression), np.sqrt(1 - params.shared_impression)

    def impressions(who: str) -> np.ndarray:
        return np.asarray(ndtr(keep * draws["impression"] + own * draws[who]))

    seen = {who: impressions(who) for who in ("first", "second")}
    # The case is looked at anew, with more material: its impression is drawn apart.
    case_seen = {who: ndtr(draws[f"{who}_case"].to_numpy()) for who in ("first", "second")}
    is_true = reviews["is_suspicious"].to_numpy()
    reported_of_case = np.where(is_true, params.case_report_share, params.innocent_report_share)
    whole = reviews["sensitivity"].to_numpy()
    rules = [ids.split(" ") for ids in reviews["rule_ids"]]
    streak: defaultdict[str, int] = defaultdict(int)
    outcome = {who: np.full(len(reviews), "dismissed", object) for who in ("first", "second")}
    for i in np.argsort(reviews["opened_at"].to_numpy(), kind="stable"):
        left = tired(min(streak[rule] for rule in rules[i]), params)
        chance = min(whole[i] * left / params.case_report_share, 1.0)
        chance = chance if is_true[i] else params.innocent_case_share
        for who in ("first", "second"):
            if seen[who][i] < chance:
                outcome[who][i] = "reported" if case_seen[who][i] < reported_of_case[i] else "case"
        for rule in rules[i]:
            streak[rule] = streak[rule] + 1 if outcome["first"][i] == "dismissed" else 0
    decided = outcome["first"].astype(str)
    level = [decided == name for name in ("dismissed", "case", "reported")]
    delay = draws["delay"].to_numpy()
    waits = [wait.of(delay) for wait in (params.dismissal_delay, params.case_delay, params.report_delay)]
    excuse = np.array(EXCUSES)[(draws["excuse"].to_numpy() * len(EXCUSES)).astype(int)]
    return pd.DataFrame(
        {
            "known_at": reviews["opened_at"].to_numpy() + np.select(level, waits),
            "outcome": decided,
            "second_outcome": outcome["second"].astype(str),
            "reason": np.select(level[:2], [excuse, np.full(len(reviews), CLOSED)], SUSPICIOUS),
        },
        index=reviews.index,
    )
