"""Stage label: dispositions and rule votes become dated labels with a source and a weight.

What a vote is worth is learnt by a label model (``label.model``), refitted at fixed
moments from what was known by then. Beside it the stage fits every label model on equal
terms and compares them by what the bank itself learns later, before the test. The label
sets go on to the stage audit_labels, which says what each of them is worth in truth.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

import pipeline
from data import schema
from data.labels.ballots import Ballots, with_decision
from data.labels.comparison import ComparisonParams, compare, verdict
from data.labels.dated import decision_labels, vote_labels, vote_values
from parameters import Weeks


class Params(ComparisonParams):
    """Section ``label`` of params.yaml."""

    decision_weeks: Weeks


def flagged_moments(alerts: pd.DataFrame, below_line: pd.DataFrame) -> pd.DataFrame:
    """Customers and moments on which rules voted, above and below the line, in order of time.

    ``source`` is the source of the label that the votes give.
    """
    sides = [alerts.assign(source="rule_vote"), below_line.assign(source="below_line_vote")]
    both = pd.concat(sides)[["alert_id", "customer_id", "alerted_at", "source"]]
    return both.sort_values("alert_id", kind="stable", ignore_index=True)


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
