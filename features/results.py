"""Contracts of the JSON results of this room."""

from __future__ import annotations

from pydantic import Field

from pipeline import Record, Result


class ToldApart(Record):
    """A column that would tell the library bank from the bank, and is left out of the library."""

    feature: str = Field(description="column of FeatureMatrix")
    difference: float = Field(description="largest distance of the two distributions, 0 to 1")


class LibraryMade(Result):
    """What became of the library bank: how many examples, and which columns they lack."""

    learnt_customers: int = Field(description="customers in planted schemes to learn from")
    held_out_customers: int = Field(
        description="customers in planted schemes to be tried on, and in no other"
    )
    learnt_schemes: dict[str, int] = Field(description="planted schemes to learn from, by typology")
    held_out_schemes: dict[str, int] = Field(description="planted schemes to be tried on, by typology")
    left_out: list[ToldApart] = Field(description="columns left out, the most different first")
    largest_kept_difference: float = Field(description="of the columns that stay, 0 to 1")
