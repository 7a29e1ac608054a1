"""Contract of what the stage score says of the stack: how much each of its parts counts."""

from __future__ import annotations

from pydantic import Field

from pipeline import Record, Result


class StackWeights(Record):
    """A logistic regression on the places that the parts give a subject within its week."""

    intercept: float = Field(description="log-odds of a subject whom every part places last")
    weights: dict[str, float] = Field(description="by part: log-odds a unit of its place, never negative")


class Stack(Result):
    """A ranker above the models: their places, weighed by what the bank saw in validation.

    The parts learnt before validation began, so that their scores there are out of fold in
    time. The stack's own scores of validation are of weights learnt from other customers.
    """

    customers: int = Field(description="customers suspicious on validation, of whom the weights are learnt")
    fitted: StackWeights | None = Field(description="of all of validation; null: nobody is, all parts alike")
    crossed: list[StackWeights] = Field(
        description="one a fold of customers, learnt from those of the others"
    )
