"""Stage investigate: simulated humans look at alerts, late, under capacity and with errors.

This stage reads the hidden truth because a human looks at the case; nothing but the
decision, its date and its stated reason leaves the room. It also lets the same people
work under other shares of random review, for the comparison of label models.
"""

from __future__ import annotations

import heapq

import numpy as np
import pandas as pd
from pydantic import Field, model_validator
from scipy.special import ndtr

import pipeline
from data import schema
from data.asof import happened_within, moments_of
from data.labels.reviewers import Reviewers, decide, sensitivity, visibility_of
from data.schema import DAY_US
from data.streams import stream
from parameters import Days, Seed, Share

DRAWS = ("impression", "first", "second", "first_case", "second_case", "delay", "excuse", "sample")
WEEK = pd.Timedelta(days=7)
REVIEWED = ["alert_id", "customer_id", "alerted_at", "rule_ids", "rule_count"]


class Params(pipeline.Parameters):
    """Section ``investigate`` of params.yaml."""

    seed: Seed
    reviews_per_thousand_customers_day: float = Field(gt=0, le=1_000)
    random_share: float = Field(ge=0, lt=1)
    below_line_share: float = Field(ge=0, lt=1)
    trial_random_shares: list[Share] = Field(min_length=1)
    second_review_share: float = Field(ge=0, le=1)
    longest_wait_days: Days
    look_back_days: Days
    reviewers: Reviewers

    @model_validator(mode="after")
    def hands_are_left_for_alerts(self) -> Params:
        """The streams share the hands of one team."""
        shares = {"random_share": [self.random_share], "trial_random_shares": self.trial_random_shares}
        for key, values in shares.items():
            if max(values) >= 1 - self.below_line_share:
                raise ValueError(
                    f"a {key} of {max(values)} and a below_line_share of {self.below_line_share} "
                    "leave no hands for alerts"
                )
        return self


def opening_times(alerts: pd.DataFrame, per_day: float, longest_wait_days: int) -> np.ndarray:
    """When each alert is taken up, in UTC microseconds; -1 for one that is never reviewed.

    Each day the queue gives up to ``per_day`` alerts to the investigators, those with
    most rules first, older ones before younger.
    """
    arrival = alerts["alerted_at"].astype("int64").to_numpy()
    opened = np.full(len(alerts), -1, np.int64)
    if not len(alerts):
        return opened
    order = np.argsort(arrival, kind="stable")
    counts = alerts["rule_count"].to_numpy()
    queue: list[tuple[int, int, int]] = []
    position, hands = 0, 0.0
    day = arrival[order[0]]
    while position < len(order) or queue:
        while position < len(order) and arrival[order[position]] <= day:
            alert = int(order[position])
            heapq.heappush(queue, (-int(counts[alert]), int(arrival[alert]), alert))
            position += 1
        # What was not used yesterday is gone, but for a started hour.
        hands = per_day + hands % 1
        while queue and hands >= 1:
            _, came, alert = heapq.heappop(queue)
            if day - came <= longest_wait_days * DAY_US:
                opened[alert] = day
                hands -= 1
        day += DAY_US
    return opened


def drawn_weekly(weeks: pd.Series, weekly: float, seed: int, what: str) -> tuple[pd.DataFrame, np.ndarray]:
    """Rows drawn at random each week: (row, propensity), and their DRAWS, shape (drawn, 8).

    ``weeks`` is the week of each row. On average ``weekly`` rows are drawn a week; the
    propensity is the chance before any coin was tossed. With a smaller ``weekly`` the
    same rows come first, so that shares can be compared.
    """
    parts, draws = [], [np.zeros((0, len(DRAWS)))]
    for week, rows in weeks.groupby(weeks, sort=True).groups.items():
        rng = stream(seed, what, str(week))
        order = rng.permutation(len(rows))
        count = min(int(weekly) + (rng.random() < weekly % 1), len(rows))
        propensity = min(weekly / len(rows), 1.0)
        parts.append(pd.DataFrame({"row": np.asarray(rows)[order[:count]], "propensity": propensity}))
        draws.append(rng.standard_normal((count, len(DRAWS))))
    empty = pd.DataFrame({"row": np.zeros(0, np.int64), "propensity": np.zeros(0)})
    return pd.concat([empty, *parts], ignore_index=True), np.concatenate(draws)


def alerts_of_case(alerts: pd.DataFrame, opened: np.ndarray) -> np.ndarray:
    """How many further alerts of the same case were raised by the time each was opened."""
    at = alerts["alerted_at"].astype("int64").to_numpy()
    order = np.lexsort((at, alerts["case_id"].to_numpy()))
    case = alerts["case_id"].to_numpy()[order]
    found = np.zeros(len(alerts), np.int64)
    for rows in np.split(order, np.flatnonzero(np.diff(case)) + 1):
        found[rows] = np.searchsorted(at[rows], opened[rows], side="right") - 1
    return np.maximum(found, 0)


def above_the_line(alerts: pd.DataFrame, per_day: float, params: Params) -> tuple[pd.DataFrame, np.ndarray]:
    """Every alert with when it is opened, -1 for one that waited too long, and the draws of each.

    Up to ``per_day`` alerts are opened a day.
    """
    opened = opening_times(alerts, per_day, params.longest_wait_days)
    reviews = alerts[REVIEWED].assign(
        stream="alert", propensity=1.0, opened_at=opened, further=alerts_of_case(alerts, opened)
    )
    draws = stream(params.seed, "investigators").standard_normal((len(alerts), len(DRAWS)))
    return reviews.rename(columns={"alerted_at": "event_at"}), draws


def below_the_line(
    below_line: pd.DataFrame, origin: pd.Timestamp, weekly: float, params: Params
) -> tuple[pd.DataFrame, np.ndarray]:
    """Alerts below the line, drawn among those of the week and opened at its end, with their draws.

    Weeks are counted from ``origin``.
    """
    week_end = origin + np.ceil((below_line["alerted_at"] - origin) / WEEK) * WEEK
    drawn, draws = drawn_weekly(week_end, weekly, params.seed, "below the line")
    rows = drawn["row"].to_numpy(int)
    reviews = (
        below_line.iloc[rows]
        .reset_index(drop=True)[REVIEWED]
        .assign(
            stream="below_line",
            propensity=drawn["propensity"],
            opened_at=week_end.astype("datetime64[us, UTC]").astype("int64").to_numpy()[rows],
            further=0,
        )
    )
    return reviews.rename(columns={"alerted_at": "event_at"}), draws


def at_random(active: pd.DataFrame, weekly: float, params: Params) -> tuple[pd.DataFrame, np.ndarray]:
    """Customers drawn each week among those active, opened at once, with their draws."""
    drawn, draws = drawn_weekly(active["as_of"], weekly, params.seed, "random review")
    someone = active.iloc[drawn["row"].to_numpy(int)].reset_index(drop=True)
    reviews = pd.DataFrame(
        {
            "alert_id": pd.array([pd.NA] * len(someone), dtype="Int64"),
            "customer_id": someone["customer_id"],
            "event_at": someone["as_of"],
            "rule_ids": "",
            "rule_count": 0,
            "stream": "random",
            "propensity": drawn["propensity"],
            "opened_at": someone["as_of"].astype("datetime64[us, UTC]").astype("int64"),
            "further": 0,
        }
    )
    return reviews, draws


def to_review(
    alerts: pd.DataFrame,
    below_line: pd.DataFrame,
    active: pd.DataFrame,
    customers: int,
    random_share: float,
    params: Params,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What the team looks at in its three streams and when, and the draws of each review.

    ``active`` are the customers (customer_id, as_of) among whom the random stream is drawn.
    ``opened_at`` is -1 for an alert that waited too long.
    """
    hands = params.reviews_per_thousand_customers_day * customers / 1_000
    streams = [
        above_the_line(alerts, hands * (1 - random_share - params.below_line_share), params),
        below_the_line(below_line, active["as_of"].min(), hands * params.below_line_share * 7, params),
        at_random(active, hands * random_share * 7, params),
    ]
    reviews = pd.concat([each.astype({"alert_id": "Int64"}) for each, _ in streams], ignore_index=True)
    draws = np.concatenate([draws for _, draws in streams])
    return reviews, pd.DataFrame(draws, columns=list(DRAWS))


def investigate(
    alerts: pd.DataFrame,
    below_line: pd.DataFrame,
    active: pd.DataFrame,
    illicit: pd.DataFrame,
    customers: int,
    random_share: float,
    params: Params,
) -> pd.DataFrame:
    """The Dispositions table of the three streams when ``random_share`` of the hands look at random.

    ``illicit`` are moments (customer_id, at, typology) of illicit behaviour.
    """
    reviews, draws = to_review(alerts, below_line, active, customers, random_share, params)
    is_open = (reviews["opened_at"] >= 0).to_numpy()
    seen, noise = reviews[is_open], draws[is_open]
    concerned = {
        str(name): happened_within(moments, seen["customer_id"], seen["event_at"], params.look_back_days)
        for name, moments in illicit.groupby("typology")
    }
    is_suspicious, visibility = visibility_of(concerned, len(seen), params.reviewers)
    chance = sensitivity(
        visibility, seen["rule_count"].to_numpy(), seen["further"].to_numpy(), params.reviewers
    )
    case = seen[["opened_at", "rule_ids"]].assign(is_suspicious=is_suspicious, sensitivity=chance)
    noise = noise.assign(excuse=ndtr(noise["excuse"]))
    decided = decide(case, noise, params.reviewers)
    is_second = ndtr(noise["sample"].to_numpy()) < params.second_review_share
    decided["second_outcome"] = decided["second_outcome"].where(is_second)
    table = reviews.drop(columns=["rule_ids", "rule_count", "further"]).join(decided)
    table.loc[~is_open, "outcome"] = "unreviewed"
    table.loc[~is_open, "reason"] = "waited longer than allowed"
    for column in ("opened_at", "known_at"):
        moments = table[column].where(is_open).fillna(0).astype("int64").to_numpy()
        stamped = pd.Series(pd.DatetimeIndex(moments.astype("datetime64[us]"), tz="UTC"))
        table[column] = stamped.where(is_open)
    table = table.sort_values(["event_at", "stream", "customer_id"], ignore_index=True)
    table.insert(0, "disposition_id", np.arange(1, len(table) + 1))
    return table


def main() -> None:
    """Write the dispositions, and those of other shares of random review."""
    params = pipeline.params("investigate", Params)
    accounts = pipeline.read(schema.Accounts, columns=["account_id", "customer_id"])
    transactions = pipeline.read(
        schema.Transactions, columns=["transaction_id", "at", "payer_account_id", "payee_account_id"]
    )
    planted = moments_of(transactions, accounts, pipeline.read(schema.Truth), pipeline.read(schema.Schemes))
    alerts, below_line = pipeline.read(schema.Alerts), pipeline.read(schema.BelowLine)
    active = pipeline.read(schema.WeeklyIndicators, columns=["customer_id", "as_of"])
    # A human recognises a shape; rent and purchases paid with proceeds look like anybody's.
    illicit = planted[planted["is_illicit"] & planted["is_patterned"]]
    customers = accounts["customer_id"].nunique()

    def with_random(share: float) -> pd.DataFrame:
        return investigate(alerts, below_line, active, illicit, customers, share, params)

    pipeline.write(schema.Dispositions, with_random(params.random_share))
    trials = [with_random(share).assign(random_share=share) for share in params.trial_random_shares]
    pipeline.write(schema.TrialDispositions, pd.concat(trials, ignore_index=True))


if __name__ == "__main__":
    pipeline.run_stage("investigate", main)
