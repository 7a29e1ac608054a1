"""The line of each rule: which of its alerts the bank has hands for, and which are only recorded.

Banks speak of alerts above and below the line. The rulebook's thresholds stay what a
business person wrote; the line comes on top of them. Every rule may raise the same
number of alerts, its largest by money, and that number is as high as the review
capacity allows: rare rules pass whole, a noisy one is cut to its largest hits. An alert
on which several rules agree is always above the line, and so is one of a rule that
names no amount.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pydantic import Field

import pipeline
from data.schema import MONTH_DAYS

MONTH = pd.Timedelta(days=MONTH_DAYS)


class LineParams(pipeline.Parameters):
    """Section ``alert.line`` of params.yaml."""

    alerts_per_thousand_customers_month: float = Field(gt=0, le=1e6)
    agreeing_rules: int = Field(ge=2, le=1_000)


def votes_of(alerts: pd.DataFrame, hits: pd.DataFrame, multiplier: pd.Series) -> pd.DataFrame:
    """One row an alert and rule that raised it: alert_id, rule_id, alerted_at, money_cny.

    ``multiplier`` puts the money of each customer_id on the scale of a person.
    """
    votes = alerts[["alert_id", "customer_id", "alerted_at", "rule_ids"]]
    votes = votes.assign(rule_id=votes["rule_ids"].str.split(" ")).explode("rule_id")
    amounts = hits[["customer_id", "hit_at", "rule_id", "amount_cents"]]
    votes = votes.merge(
        amounts.rename(columns={"hit_at": "alerted_at"}), "left", ["customer_id", "alerted_at", "rule_id"]
    )
    yuan = votes["amount_cents"].to_numpy(dtype=float, na_value=np.nan) / 100
    votes["money_cny"] = yuan / votes["customer_id"].map(multiplier).to_numpy(float)
    return votes[["alert_id", "rule_id", "alerted_at", "money_cny"]]


def above_line(votes: pd.DataFrame, lines: pd.Series, agreeing_rules: int) -> pd.Series:
    """Whether an alert reaches the line of one of its rules, or several agree; by alert_id.

    ``votes`` has one row an alert and rule: alert_id, rule_id, money_cny (on the scale of
    a person, NaN where the rule names no amount).
    """
    line = votes["rule_id"].map(lines).astype(float).fillna(0.0)
    reaches = (votes["money_cny"] >= line) | votes["money_cny"].isna()
    by_alert = reaches.groupby(votes["alert_id"])
    return by_alert.any() | (by_alert.size() >= agreeing_rules)


def lines_at(votes: pd.DataFrame, most: int) -> pd.Series:
    """Money (CNY) of each rule's ``most``-th largest vote, 0 for a rule with no more than that."""
    ranked = votes.dropna(subset="money_cny").sort_values(["rule_id", "money_cny"], ascending=[True, False])
    by_rule = ranked.groupby("rule_id")
    lines = pd.Series(0.0, index=sorted(votes["rule_id"].unique()))
    noisy = by_rule.size()
    noisy = noisy.index[noisy > most]
    at_line = ranked[by_rule.cumcount() == most - 1].set_index("rule_id")["money_cny"]
    lines[noisy] = at_line[noisy]
    return lines


def fitted_lines(votes: pd.DataFrame, capacity: float, agreeing_rules: int) -> pd.Series:
    """The lines (CNY by rule_id) with the most alerts that stay within ``capacity``.

    Parameters
    ----------
    votes : as of `above_line`, of the weeks on which the lines are fitted
    capacity : alerts that the bank can review in these weeks
    """
    # However small the capacity, a rule raises its largest.
    low, high = 1, int(votes.groupby("rule_id").size().max()) if len(votes) else 1
    while low < high:
        middle = (low + high + 1) // 2
        if above_line(votes, lines_at(votes, middle), agreeing_rules).sum() <= capacity:
            low = middle
        else:
            high = middle - 1
    return lines_at(votes, low)


def drawn_lines(
    alerts: pd.DataFrame, votes: pd.DataFrame, until: pd.Timestamp, customers: int, params: LineParams
) -> tuple[pd.DataFrame, np.ndarray]:
    """The Lines table, fitted on what was raised before ``until``, and which alerts are above.

    The lines hold for the whole run; how many alerts they let through after ``until`` is
    what the later weeks bring.
    """
    lines = pd.Series(dtype=float)
    if len(alerts) and alerts["alerted_at"].min() < until:
        months = (until - alerts["alerted_at"].min()) / MONTH
        capacity = params.alerts_per_thousand_customers_month * months * customers / 1_000
        lines = fitted_lines(votes[votes["alerted_at"] < until], capacity, params.agreeing_rules)
    above = above_line(votes, lines, params.agreeing_rules)
    sides = votes["alert_id"].map(above).astype(bool).groupby(votes["rule_id"]).agg(["sum", "size"])
    table = pd.DataFrame(
        {
            "rule_id": sides.index,
            "line_cny": lines.reindex(sides.index).fillna(0.0).to_numpy(),
            "above_count": sides["sum"].to_numpy(np.int64),
            "below_count": (sides["size"] - sides["sum"]).to_numpy(np.int64),
        }
    )
    return table, alerts["alert_id"].map(above).to_numpy(bool)
