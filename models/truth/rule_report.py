"""What each rule is worth, as the bank sees it and as it is: the numbers of the rulebook page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from scipy.special import betaincinv

import pipeline
from data.asof import happened_within, pairs_within
from data.results import Interval
from data.schema import DECIDED
from models.intervals import wilson
from models.results.labels import (
    LineSamples,
    NegativeRuleFigures,
    ReportedAndTrue,
    ReviewSample,
    RuleFigures,
)
from parameters import Positive


class Effort(pipeline.Parameters):
    """Section ``audit_labels.effort`` of params.yaml: what a review costs."""

    minutes_per_alert: Positive
    hours_per_case: Positive
    hours_per_report: Positive
    cny_per_hour: Positive


def upper_bound(hits: int, size: int) -> float | None:
    """The largest rate that ``hits`` of ``size`` do not rule out, exact, one-sided, 95 %.

    No hit among 299 bounds the rate below 1 % (ln 0.05 / ln 0.99).
    """
    if size == 0:
        return None
    return 1.0 if hits == size else round(float(betaincinv(hits + 1, size - hits, 0.95)), 6)


@dataclass(frozen=True)
class Reviewed:
    """Alerts above and below the line with what people and the truth say of them.

    ``votes`` has one row an alert and rule: alert_id, rule_id, is_above, rule_count, outcome
    (empty: nobody looked), hours of work that fall to the rule, is_true.
    """

    votes: pd.DataFrame

    @classmethod
    def of(
        cls,
        alerts: pd.DataFrame,
        below_line: pd.DataFrame,
        dispositions: pd.DataFrame,
        illicit: pd.DataFrame,
        days: int,
        effort: Effort,
    ) -> Reviewed:
        """Put the tables together; the hours of a review are shared by the rules that asked for it."""
        columns = ["alert_id", "customer_id", "alerted_at", "rule_ids", "rule_count"]
        both = pd.concat([alerts[columns].assign(is_above=True), below_line[columns].assign(is_above=False)])
        decided = dispositions[dispositions["outcome"].isin(DECIDED)].dropna(subset="alert_id")
        known = both.merge(decided[["alert_id", "outcome"]].astype({"alert_id": "int64"}), "left", "alert_id")
        known["is_true"] = happened_within(illicit, known["customer_id"], known["alerted_at"], days)
        hours = known["outcome"].notna() * effort.minutes_per_alert / 60
        hours += known["outcome"].isin(["case", "reported"]) * effort.hours_per_case
        hours += (known["outcome"] == "reported") * effort.hours_per_report
        known["hours"] = hours / known["rule_count"]
        known["rule_id"] = known["rule_ids"].str.split(" ")
        return cls(known.drop(columns="rule_ids").explode("rule_id", ignore_index=True))

    def sample(self, rule_id: str, is_above: bool) -> ReviewSample:
        """What was reviewed of a rule on one side of its line, beside the truth of all that lies there."""
        mine = self.votes[(self.votes["rule_id"] == rule_id) & (self.votes["is_above"] == is_above)]
        reviewed = mine[mine["outcome"].notna()]
        reported = int((reviewed["outcome"] == "reported").sum())
        return ReviewSample(
            alerts=len(mine),
            alone=int((mine["rule_count"] == 1).sum()),
            reviewed=len(reviewed),
            cases=int(reviewed["outcome"].isin(["case", "reported"]).sum()),
            reported=reported,
            bank=wilson(reported, len(reviewed)),
            at_most=upper_bound(reported, len(reviewed)),
            true=wilson(int(mine["is_true"].sum()), len(mine)),
        )

    def hours(self, rule_id: str) -> float:
        """Hours of work that a rule cost."""
        return round(float(self.votes.loc[self.votes["rule_id"] == rule_id, "hours"].sum()), 1)

    def true_alone(self, rule_id: str) -> Interval:
        """How often a flagged moment was truly illicit when this rule alone spoke."""
        mine = self.votes[(self.votes["rule_id"] == rule_id) & (self.votes["rule_count"] == 1)]
        return wilson(int(mine["is_true"].sum()), len(mine))


def schemes_found(hits: pd.DataFrame, illicit: pd.DataFrame, days: int) -> pd.DataFrame:
    """Which rule hit a member of which scheme within ``days`` after a payment in it.

    ``illicit`` are moments (customer_id, at, scheme_id); the result has one row a rule_id
    and scheme_id. A hit carries the as_of of its indicators, so a payment at that very
    moment is not part of it.
    """
    members = illicit[["customer_id", "at", "scheme_id"]].drop_duplicates()
    asked = hits.loc[hits["customer_id"].isin(members["customer_id"]), ["customer_id", "hit_at", "rule_id"]]
    found = pairs_within(members, asked.rename(columns={"hit_at": "as_of"}), days)
    return found[["rule_id", "scheme_id"]].drop_duplicates()


def rule_rows(
    rules: pd.DataFrame,
    lines: pd.DataFrame,
    hits: pd.DataFrame,
    reviewed: Reviewed,
    illicit: pd.DataFrame,
    learned: dict[str, dict[str, float]],
    days: int,
) -> list[RuleFigures]:
    """One row a rule that speaks for suspicion; rules that raise no alert have hits and truth only.

    ``learned`` holds by label model what it believes when a rule alone votes.
    """
    found = schemes_found(hits, illicit, days)
    uses = rules.set_index("rule_id")["use"]
    by_label_rules = found[found["rule_id"].map(uses) == "label"]
    only_one = named_alone(by_label_rules, ["scheme_id"])
    unique_hits = named_alone(hits[hits["rule_id"].map(uses) == "label"], ["customer_id", "hit_at"])
    line = lines.set_index("rule_id")["line_cny"]
    rows = []
    for rule in rules[rules["vote"] > 0].itertuples(index=False):
        mine, name = hits[hits["rule_id"] == rule.rule_id], rule.rule_id
        is_true = happened_within(illicit, mine["customer_id"], mine["hit_at"], days, at_now=True)
        raised = of_alerts(name, float(line.get(name, 0.0)), reviewed, learned) if rule.use == "label" else {}
        rows.append(
            RuleFigures(
                rule_id=name,
                use=rule.use,
                is_applied=bool(rule.is_applied),
                hits=len(mine),
                hit_customers=int(mine["customer_id"].nunique()),
                unique_hits=int(unique_hits.get(name, 0)),
                hits_true=wilson(int(is_true.sum()), len(mine)),
                schemes_found=int((found["rule_id"] == name).sum()),
                unique_schemes=int(only_one.get(name, 0)),
                **raised,
            )
        )
    return rows


def named_alone(named: pd.DataFrame, keys: list[str]) -> pd.Series:
    """How many keys each rule alone stands with; a count by rule_id."""
    rules = named.groupby(keys)["rule_id"].agg(["size", "first"])
    return rules[rules["size"] == 1]["first"].value_counts()


def of_alerts(
    name: str, line_cny: float, reviewed: Reviewed, learned: dict[str, dict[str, float]]
) -> dict[str, Any]:
    """What is known only of a rule that raises alerts, by field of RuleFigures."""
    return {
        "line_cny": line_cny,
        "above": reviewed.sample(name, True),
        "below": reviewed.sample(name, False),
        "hours": reviewed.hours(name),
        "learned": {model: beliefs.get(name) for model, beliefs in learned.items()},
        "true_alone": reviewed.true_alone(name),
    }


def negative_rows(
    rules: pd.DataFrame, negative: pd.DataFrame, reviewed: Reviewed, alerts: pd.DataFrame
) -> list[NegativeRuleFigures]:
    """One row a negative rule: of the flagged moments that it speaks for, how many were reported, and true.

    ``alerts`` are all flagged moments (alert_id, customer_id, alerted_at), both sides of the line.
    """
    by_alert = reviewed.votes.drop_duplicates("alert_id").set_index("alert_id")
    rows = []
    for name in rules.loc[rules["vote"] < 0, "rule_id"]:
        mine = negative.loc[negative["rule_id"] == name, ["customer_id", "hit_at"]]
        spoken = alerts.merge(mine.rename(columns={"hit_at": "alerted_at"}), on=["customer_id", "alerted_at"])
        with_vote = by_alert[by_alert.index.isin(spoken["alert_id"])]
        without = by_alert[~by_alert.index.isin(spoken["alert_id"])]
        rows.append(
            NegativeRuleFigures(
                rule_id=name,
                hits=len(mine),
                flagged=len(with_vote),
                with_vote=reported_and_true(with_vote),
                without_vote=reported_and_true(without),
            )
        )
    return rows


def reported_and_true(flagged: pd.DataFrame) -> ReportedAndTrue:
    """Flagged moments (outcome, is_true), one row each, as the bank and as the truth count them."""
    reviewed = flagged[flagged["outcome"].notna()]
    reported = int((reviewed["outcome"] == "reported").sum())
    return ReportedAndTrue(
        bank=wilson(reported, len(reviewed)),
        true=wilson(int(flagged["is_true"].sum()), len(flagged)),
    )


def line_samples(reviewed: Reviewed) -> LineSamples:
    """The same samples for the whole rulebook, each alert once."""
    once = Reviewed(reviewed.votes.drop_duplicates("alert_id").assign(rule_id="all"))
    return LineSamples(above=once.sample("all", True), below=once.sample("all", False))
