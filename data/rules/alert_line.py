"""The line of each rule: which of its alerts the bank has hands for, and which are only recorded.

Banks speak of alerts above and below the line. The rulebook's thresholds stay what a
business person wrote; the line comes on top of them. Every rule may raise the same
number of alerts times its ``room`` in the rulebook, its largest by money, and that number
is as high as the review capacity allows: rare rules pass whole, a noisy one is cut to its
largest hits. An alert
on which several rules agree is always above the line, and so is one of a rule that
names no amount. Another alert of a customer whose alert is still in hand joins it: it
takes no hands, so that the same hands reach more customers.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from pydantic import Field

import pipeline
from data.schema import DAY_US, MONTH_DAYS

MONTH = pd.Timedelta(days=MONTH_DAYS)


class LineParams(pipeline.Parameters):
    """Section ``alert.line`` of params.yaml."""

    alerts_per_thousand_customers_month: float = Field(gt=0, le=1e6)
    agreeing_rules: int = Field(ge=2, le=1_000)
    in_hand_days: int = Field(ge=0, le=36_500)


def votes_of(alerts: pd.DataFrame, hits: pd.DataFrame, multiplier: pd.Series) -> pd.DataFrame:
    """One row an alert and rule that raised it: alert_id, customer_id, rule_id, alerted_at, money_cny.

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
    return votes[["alert_id", "customer_id", "rule_id", "alerted_at", "money_cny"]]


def above_line(votes: pd.DataFrame, lines: pd.Series, agreeing_rules: int) -> pd.Series:
    """Whether an alert reaches the line of one of its rules, or several agree; by alert_id.

    ``votes`` has one row an alert and rule: alert_id, rule_id, money_cny (on the scale of
    a person, NaN where the rule names no amount).
    """
    line = votes["rule_id"].map(lines).astype(float).fillna(0.0)
    reaches = (votes["money_cny"] >= line) | votes["money_cny"].isna()
    by_alert = reaches.groupby(votes["alert_id"])
    return by_alert.any() | (by_alert.size() >= agreeing_rules)


def taken_up(votes: pd.DataFrame, above: pd.Series, days: int) -> pd.Series:
    """Which of the alerts ``above`` the line open a review, by alert_id.

    The others come within ``days`` after one of the same customer that does, and join it.
    ``votes`` has alert_id, customer_id and alerted_at.
    """
    raised = votes.drop_duplicates("alert_id").set_index("alert_id")[["customer_id", "alerted_at"]]
    raised = raised[above.reindex(raised.index)].sort_values(["customer_id", "alerted_at"], kind="stable")
    customer, at = raised["customer_id"].to_numpy(), raised["alerted_at"].astype("int64").to_numpy()
    opens, last = np.zeros(len(raised), bool), 0
    for i in range(len(raised)):
        opens[i] = i == 0 or customer[i] != customer[last] or at[i] >= at[last] + days * DAY_US
        last = i if opens[i] else last
    return pd.Series(opens, raised.index).reindex(above.index, fill_value=False)


def lines_at(votes: pd.DataFrame, most: int, room: Mapping[str, float]) -> pd.Series:
    """Money (CNY) of each rule's ``most``-th largest vote, 0 for a rule with no more than that.

    ``room`` multiplies ``most`` for the rules that it names.
    """
    ranked = votes.dropna(subset="money_cny").sort_values(["rule_id", "money_cny"], ascending=[True, False])
    by_rule = ranked.groupby("rule_id")
    lines = pd.Series(0.0, index=sorted(votes["rule_id"].unique()))
    own = np.ceil(most * lines.index.map(lambda rule: room.get(rule, 1.0))).astype(int)
    own = pd.Series(own, lines.index)
    noisy = by_rule.size()
    noisy = noisy.index[noisy > own[noisy.index]]
    at_line = ranked[by_rule.cumcount() == ranked["rule_id"].map(own) - 1].set_index("rule_id")["money_cny"]
    lines[noisy] = at_line[noisy]
    return lines


def fitted_lines(
    votes: pd.DataFrame, capacity: float, room: Mapping[str, float], params: LineParams
) -> pd.Series:
    """The lines (CNY by rule_id) with the most reviews that stay within ``capacity``.

    Parameters
    ----------
    votes : as of `votes_of`, of the weeks on which the lines are fitted
    capacity : alerts that the bank can review in these weeks
    room : as of `lines_at`
    """
    # However small the capacity, a rule raises its largest.
    low, high = 1, int(votes.groupby("rule_id").size().max()) if len(votes) else 1
    while low < high:
        middle = (low + high + 1) // 2
        above = above_line(votes, lines_at(votes, middle, room), params.agreeing_rules)
        if taken_up(votes, above, params.in_hand_days).sum() <= capacity:
            low = middle
        else:
            high = middle - 1
    return lines_at(votes, low, room)


def drawn_lines(
    alerts: pd.DataFrame,
    votes: pd.DataFrame,
    until: pd.Timestamp,
    customers: int,
    room: Mapping[str, float],
    params: LineParams,
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """The Lines table, fitted on what was raised before ``until``, and by alert: is it above, is it reviewed.

    The lines hold for the whole run; how many alerts they let through after ``until`` is
    what the later weeks bring. What is above and not reviewed joins an alert in hand.
    """
    lines = pd.Series(dtype=float)
    if len(alerts) and alerts["alerted_at"].min() < until:
        months = (until - alerts["alerted_at"].min()) / MONTH
        capacity = params.alerts_per_thousand_customers_month * months * customers / 1_000
        lines = fitted_lines(votes[votes["alerted_at"] < until], capacity, room, params)
    above = above_line(votes, lines, params.agreeing_rules)
    opens = taken_up(votes, above, params.in_hand_days)
    sides = pd.DataFrame({"rule_id": votes["rule_id"]})
    sides["above_count"] = votes["alert_id"].map(opens).astype(bool)
    sides["below_count"] = ~votes["alert_id"].map(above).astype(bool)
    table = sides.groupby("rule_id").sum().astype(np.int64).reset_index()
    table.insert(1, "line_cny", lines.reindex(table["rule_id"]).fillna(0.0).to_numpy())
    by_alert = (alerts["alert_id"].map(side).to_numpy(bool) for side in (above, opens))
    return table, *by_alert
