"""Contracts of two studies of what cannot be reached: by weighing models, and by a model taught the truth."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from data.results import Interval
from models.results.studies import Provenance
from models.results.trials import TrialWorth
from pipeline import Record, StudyResult

Scale = Literal["places", "margins"]
Learner = Literal["champion", "bank", "oracle", "oracle_of_champion", "hindsight"]


class PartCatch(Record):
    """One part of a stack at the whole budget."""

    part: str = Field(description="model of the zoo")
    recall: Interval = Field(description="true recall at the budget, by scheme")
    alone: int = Field(description="illicit customers whom it catches and no other part does")


class Blend(Record):
    """Weighted means of the parts' scores, the weights chosen by the truth; differences are paired."""

    scale: Scale = Field(
        description="what is weighed: places within the week, as the stack does, or margins over their "
        "standard deviation"
    )
    weightings: int = Field(description="weightings tried, each part alone among them")
    better: float = Field(description="share of the weightings that catch more than the best part")
    equal_lead: Interval = Field(description="recall of equal weights less that of the best part")
    weights: dict[str, float] = Field(
        description="by part, of the weighting that catches most; of several the nearest to equal weights"
    )
    hindsight: Interval = Field(
        description="recall of that weighting, judged by the customers that chose it: an upper bound"
    )
    hindsight_lead: Interval = Field(description="it less the best part; never below zero by construction")
    crossed: Interval = Field(
        description="recall where the weights were chosen by the truth of one half of the schemes and the "
        "other half is judged; mean of the halvings"
    )
    crossed_lead: Interval = Field(description="it less the best part")
    crossed_over_chosen: Interval = Field(description="it less the part that the same half would have chosen")


class BlendedParts(Record):
    """What some parts find together in the weeks of one role, and what weighing them could win."""

    role: str = Field(description="weeks that are judged: validation or test")
    customers: int = Field(description="illicit customers of these weeks")
    groups: int = Field(description="schemes with all who take part in them, which a bootstrap draws as one")
    best_part: str = Field(description="part with the highest true recall in these weeks")
    parts: list[PartCatch] = Field(description="parts alone")
    by_all: int = Field(description="illicit customers whom every part catches")
    together: Interval = Field(
        description="recall of all parts together, each with a whole budget: several times the alerts"
    )
    together_lead: Interval = Field(description="it less the best part, paired")
    shared: Interval = Field(
        description="recall of all parts together, each with an equal part of one budget"
    )
    shared_lead: Interval = Field(description="it less the best part, paired")
    blends: list[Blend] = Field(description="by what is weighed")

    def leads(self, blend: Blend) -> tuple[Interval, ...]:
        """All differences of one blend of the parts, in the order in which tables show them."""
        return (
            self.together_lead,
            self.shared_lead,
            blend.equal_lead,
            blend.hindsight_lead,
            blend.crossed_lead,
            blend.crossed_over_chosen,
        )


class StackStudy(StudyResult):
    """Whether any weighing of models could beat the best of them: the weights are chosen by the truth.

    An oracle, and no contestant: no bank knows the truth by which the weights are chosen.
    """

    made_by: Provenance = Field(description="data and parameters")
    halvings: int = Field(description="ways to deal the schemes into two halves")
    rows: list[BlendedParts] = Field(description="by role and parts")
    stack_lead: Interval = Field(
        description="true recall of the stack as it was fitted less that of its best part, on the test"
    )
    schemes_needed: int | None = Field(
        description="schemes from which on a lead of this size would be shown, were it real: the interval "
        "narrows with the square root of their number; null where it is shown, or no lead"
    )


class Reach(Record):
    """What one learner reaches on the goals; shares of illicit customers of the test, mean of its seeds."""

    learner: Learner = Field(
        description="champion: the bank's model as scored; bank: the fixed trees by the bank's labels; "
        "oracle: the same taught the truth of every week before the test; oracle_of_champion: the champion's "
        "family, settings and library taught so; hindsight: the oracle taught other schemes of the test too"
    )
    everyone: Interval = Field(description="true recall at the budget, by scheme")
    unknown: Interval = Field(description="of those whom the bank's labels do not know")
    patterned: Interval = Field(description="of those with a payment of a typology's shape")
    beyond_rules: Interval = Field(description="of those whom no rule hit")
    alert_share: Interval = Field(
        description="fewest alerts that reach the rules' recall, over the rules' alerts"
    )
    silent: float = Field(
        description="illicit customers whom its own alerts in validation have silenced when the test begins, "
        "mean of its seeds: the test can name them only later"
    )
    unknown_at_twice: Interval = Field(description="of the unknown at twice the budget")
    unknown_at_thrice: Interval = Field(description="of the unknown at three times the budget")
    budget_for_unknown: float | None = Field(
        description="least multiple of the budget that reaches the wanted share of the unknown; null: not "
        "three times"
    )
    over_champion: Interval = Field(description="recall less that of the champion, paired by scheme")
    over_champion_unknown: Interval = Field(description="the same of the unknown")
    over_champion_patterned: Interval = Field(description="the same of the patterned")

    @property
    def over(self) -> tuple[Interval, ...]:
        """All differences from the champion, in the order in which tables show them."""
        return self.over_champion, self.over_champion_unknown, self.over_champion_patterned


class LimitsStudy(StudyResult):
    """What limits the goals, told by learners taught the truth: labels, schemes, alerts, features."""

    made_by: Provenance = Field(description="data and parameters")
    champion: str = Field(description="model that the bank chose")
    seeds: int = Field(description="fits of each learner that is not taken as it was scored")
    folds: int = Field(description="parts into which the test's schemes are dealt for hindsight")
    customers: dict[str, int] = Field(description="illicit customers of the test by part")
    wanted_unknown: float = Field(description="share of the unknown that was wanted")
    rows: list[Reach] = Field(description="by learner")
    tuned: TrialWorth = Field(
        description="LightGBM with its searched settings; gains are measured from fixed trees on the same "
        "labels"
    )
