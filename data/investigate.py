"""Stage investigate: simulated humans look at alerts, late, under capacity and with errors.

This stage reads the hidden truth because a human looks at the case; nothing but the
decision, its date and its stated reason leaves the room.
"""

from __future__ import annotations

import heapq

import numpy as np
import pandas as pd
from pydantic import Field

import pipeline
from data import schema
from data.asof import happened_within, moments_of
from data.schema import DAY_US
from data.streams import stream


class Delay(pipeline.Parameters):
    """A log-normal delay in days."""

    median_days: float = Field(gt=0)
    p90_days: float = Field(gt=0)

    def draw(self, rng: np.random.Generator, size: int) -> np.ndarray:
        """Delays in microseconds, shape (size,)."""
        sigma = np.log(self.p90_days / self.median_days) / 1.2816
        days = self.median_days * np.exp(sigma * rng.standard_normal(size))
        return np.round(days * DAY_US).astype(np.int64)


class Params(pipeline.Parameters):
    """Section ``investigate`` of params.yaml."""

    seed: int = Field(ge=0)
    reviews_per_thousand_customers_day: float = Field(gt=0)
    longest_wait_days: int = Field(ge=1)
    look_back_days: int = Field(ge=1)
    sensitivity_one_rule: float = Field(ge=0, le=1)
    sensitivity_per_further_rule: float = Field(ge=0, le=1)
    sensitivity_random: float = Field(ge=0, le=1)
    sensitivity_most: float = Field(ge=0, le=1)
    defensive_report_share: float = Field(ge=0, le=1)
    dismissal_delay: Delay
    report_delay: Delay
    random_reviews_per_thousand_customers_week: float = Field(ge=0)


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


def decide(
    reviewed: pd.DataFrame,
    is_suspicious: np.ndarray,
    sensitivity: np.ndarray,
    rng: np.random.Generator,
    params: Params,
) -> pd.DataFrame:
    """Outcome, date and stated reason of each review; columns outcome, known_at, reason."""
    size = len(reviewed)
    chance = np.where(is_suspicious, sensitivity, params.defensive_report_share)
    reports = rng.random(size) < chance
    delay = np.where(reports, params.report_delay.draw(rng, size), params.dismissal_delay.draw(rng, size))
    excuses = rng.choice(
        np.array(["explained by business", "explained by family", "one-off event", "known customer"]), size
    )
    opened = reviewed["opened_at"].astype("int64").to_numpy()
    return pd.DataFrame(
        {
            "known_at": pd.DatetimeIndex((opened + delay).astype("datetime64[us]"), tz="UTC"),
            "outcome": np.where(reports, "reported", "dismissed"),
            "reason": np.where(reports, "no plausible explanation found", excuses),
        },
        index=reviewed.index,
    )


def random_reviews(active: pd.DataFrame, weekly: float, rng: np.random.Generator) -> pd.DataFrame:
    """Customers drawn at random each week among those active; propensity is logged.

    ``active`` holds (customer_id, as_of) of the weekly indicators.
    """
    parts = []
    for as_of, group in active.groupby("as_of", sort=True):
        count = min(int(weekly) + (rng.random() < weekly % 1), len(group))
        drawn = np.sort(rng.choice(group["customer_id"].to_numpy(), count, replace=False))
        parts.append(
            pd.DataFrame(
                {"customer_id": drawn, "event_at": as_of, "propensity": min(weekly / len(group), 1.0)}
            )
        )
    return pd.concat(parts, ignore_index=True)


def investigate(
    alerts: pd.DataFrame, active: pd.DataFrame, illicit: pd.DataFrame, customers: int, params: Params
) -> pd.DataFrame:
    """The Dispositions table of both streams."""
    rng = stream(params.seed, "investigators")
    thousands = customers / 1_000
    opened = opening_times(
        alerts, params.reviews_per_thousand_customers_day * thousands, params.longest_wait_days
    )
    from_alerts = pd.DataFrame(
        {
            "alert_id": alerts["alert_id"].astype("Int64"),
            "customer_id": alerts["customer_id"],
            "event_at": alerts["alerted_at"],
            "stream": "alert",
            "propensity": 1.0,
            "opened_at": pd.Series(pd.DatetimeIndex(opened.astype("datetime64[us]"), tz="UTC")).where(
                opened >= 0
            ),
            "sensitivity": np.minimum(
                params.sensitivity_one_rule
                + params.sensitivity_per_further_rule * (alerts["rule_count"] - 1),
                params.sensitivity_most,
            ),
        }
    )
    drawn = random_reviews(
        active,
        params.random_reviews_per_thousand_customers_week * thousands,
        stream(params.seed, "random review"),
    )
    at_random = drawn.assign(
        alert_id=pd.array([pd.NA] * len(drawn), dtype="Int64"),
        stream="random",
        opened_at=drawn["event_at"],
        sensitivity=params.sensitivity_random,
    )
    both = pd.concat([from_alerts, at_random], ignore_index=True)
    is_open = both["opened_at"].notna()
    reviewed = both[is_open]
    is_suspicious = happened_within(
        illicit,
        reviewed["customer_id"],
        reviewed["event_at"],
        params.look_back_days,
    )
    decided = decide(reviewed, is_suspicious, reviewed["sensitivity"].to_numpy(), rng, params)
    table = both.drop(columns="sensitivity").join(decided)
    table.loc[~is_open, "outcome"] = "unreviewed"
    table.loc[~is_open, "reason"] = "waited longer than allowed"
    table = table.sort_values(["event_at", "stream", "customer_id"], ignore_index=True)
    table.insert(0, "disposition_id", np.arange(1, len(table) + 1))
    return table


def main() -> None:
    """Write the dispositions."""
    params = pipeline.params("investigate", Params)
    accounts = pipeline.read(schema.Accounts, columns=["account_id", "customer_id"])
    transactions = pipeline.read(
        schema.Transactions, columns=["transaction_id", "at", "payer_account_id", "payee_account_id"]
    )
    planted = moments_of(transactions, accounts, pipeline.read(schema.Truth), pipeline.read(schema.Schemes))
    table = investigate(
        pipeline.read(schema.Alerts),
        pipeline.read(schema.WeeklyIndicators, columns=["customer_id", "as_of"]),
        planted[planted["is_illicit"]],
        accounts["customer_id"].nunique(),
        params,
    )
    pipeline.write(schema.Dispositions, table)


if __name__ == "__main__":
    pipeline.run_stage("investigate", main)
