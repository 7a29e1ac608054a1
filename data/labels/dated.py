"""Labels with a date, a source and a weight, made of rule votes and of people's decisions."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pydantic import field_validator

import pipeline
from data.asof import microseconds
from data.labels.ballots import Ballots
from data.labels.label_models import LABEL_MODELS, Settings
from data.schema import DAY_US
from parameters import Days, Positive

STREAM_SOURCES = {"alert": "disposition", "below_line": "below_line_review", "random": "random_review"}


class DatedParams(pipeline.Parameters):
    """How votes and decisions become labels; part of section ``label``."""

    model: str
    refit_days: Days
    vote_weight: Positive
    disposition_weight: Positive
    settings: Settings

    @field_validator("model")
    @classmethod
    def is_a_label_model(cls, name: str) -> str:
        """One of the registered label models."""
        if name not in LABEL_MODELS:
            raise ValueError(f"unknown label model '{name}', expected one of: {', '.join(LABEL_MODELS)}")
        return name


def vote_values(
    flagged: pd.DataFrame, ballots: Ballots, decided: pd.DataFrame, params: DatedParams
) -> np.ndarray:
    """What the votes say at each flagged moment, from outcomes known when it came; shape (flagged,).

    The model is refitted every ``refit_days``; a moment is judged by the latest fit.
    """
    values = np.zeros(len(flagged))
    if not len(flagged):
        return values
    at = microseconds(flagged["alerted_at"])
    round_of = (at - at.min()) // (params.refit_days * DAY_US)
    fit = LABEL_MODELS[params.model].fit
    for number in np.unique(round_of):
        now = flagged["alerted_at"].min() + pd.Timedelta(days=int(number) * params.refit_days)
        belief = fit(ballots.known_by(decided, now), params.settings)
        mine = flagged[round_of == number]
        values[round_of == number] = belief(ballots.before(mine["customer_id"], mine["alerted_at"]))
    return values


def vote_labels(flagged: pd.DataFrame, values: np.ndarray, params: DatedParams) -> pd.DataFrame:
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


def decision_labels(decided: pd.DataFrame, params: DatedParams) -> pd.DataFrame:
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
