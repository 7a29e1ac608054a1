"""Contract of the drawn schemes: HIDDEN TRUTH, for the audit's own pictures."""

from __future__ import annotations

from pydantic import Field

from pipeline import Record, Result


class Node(Record):
    """An account of a drawn scheme, without its name."""

    role: str = Field(description="role in the scheme, or kind of party")
    column: int = Field(description="column of the drawing; 0 pays without having been paid")
    is_customer: bool = Field(description="whether the bank keeps the account")


class Arrow(Record):
    """All payments from one account to another."""

    payer: int = Field(description="place in `nodes`")
    payee: int = Field(description="place in `nodes`")
    payments: int = Field(description="how many")
    least_yuan: float = Field(description="smallest amount, yuan")
    most_yuan: float = Field(description="largest amount, yuan")
    first_hours: float = Field(description="first payment, hours after the scheme's first")
    last_hours: float = Field(description="last payment, likewise")


class Outline(Record):
    """One scheme, nameless and timed from its first payment."""

    sophistication: int = Field(description="0 careless, 1 usual, 2 careful")
    outside_payments: int = Field(description="payments of proceeds outside the shape, not drawn")
    payments: int = Field(description="payments of the shape")
    yuan: float = Field(description="their sum, yuan")
    hours: float = Field(description="from first to last, hours")
    nodes: list[Node] = Field(description="accounts in order of their first payment")
    arrows: list[Arrow] = Field(description="one a pair of payer and payee")


class DrawnTypology(Record):
    """The median-sized scheme of a typology, and its median-sized look-alike."""

    typology: str = Field(description="typology")
    illicit: Outline | None = Field(description="a scheme; null without any")
    look_alike: Outline | None = Field(description="an innocent look-alike; null without any")


class DrawnSchemes(Result):
    """One scheme and one look-alike a typology, in the few numbers that a drawing needs."""

    typologies: list[DrawnTypology] = Field(description="one row a typology")
