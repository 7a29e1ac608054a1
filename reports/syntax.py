"""A rule's SQL predicate as DuckDB reads it: a tree of typed expressions."""

from __future__ import annotations

import json
from typing import Any, TypeVar

import duckdb
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

WRAPPED = "expression"  # DuckDB's key of what a named argument holds

Part = TypeVar("Part")


class Unsaid(Exception):
    """A predicate, or a part of one, for which there are no words."""


class Branch(BaseModel):
    """Base of a part of the tree; what the sentences do not speak of is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Constant(Branch):
    """A number or a text as written."""

    text: str
    kind: str


class Check(Branch):
    """One branch of a CASE."""

    when_expr: Expression
    then_expr: Expression


class Expression(Branch):
    """A node of the tree; which fields are set depends on its class.

    ``class_`` and ``type`` are DuckDB's names, such as COMPARISON and COMPARE_EQUAL.
    """

    class_: str = Field(alias="class")
    type: str
    column_names: list[str] = []
    function_name: str = ""
    literal: Constant | None = None
    child: Expression | None = None
    children: list[Expression] = []
    arguments: list[Expression] = []
    left: Expression | None = None
    right: Expression | None = None
    input: Expression | None = None
    lower: Expression | None = None
    upper: Expression | None = None
    case_checks: list[Check] = []
    else_expr: Expression | None = None

    @field_validator("arguments", mode="before")
    @classmethod
    def unwrapped(cls, parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """What a function is given, without the wrapper that holds its name."""
        return [part.get(WRAPPED, part) for part in parts]

    @property
    def column(self) -> str:
        """Name of a column in small letters; empty for any other expression."""
        return self.column_names[-1].lower() if self.class_ == "COLUMN_REF" else ""

    @property
    def constant(self) -> Constant:
        """The constant that this is; anything else cannot be said."""
        return said(self.literal)

    @property
    def parts(self) -> list[Expression]:
        """The expressions directly inside, of an operator or a cast."""
        return self.children or ([self.child] if self.child else [])


class Selection(Branch):
    """What a statement selects."""

    select_list: list[Expression] = []


class Statement(Branch):
    """One statement of SQL."""

    node: Selection


class Parsed(Branch):
    """What DuckDB says of a text of SQL; without statements where it is in error."""

    statements: list[Statement] = []


def said(part: Part | None) -> Part:
    """A part that a sentence needs; a tree without it cannot be said."""
    if part is None:
        raise Unsaid
    return part


def tree(predicate: str) -> Expression:
    """The syntax tree of a predicate; `Unsaid` where it is not one expression."""
    # On the module's own connection: to open one costs forty times the parse.
    found = duckdb.execute("SELECT json_serialize_sql(?)", [f"SELECT ({predicate})"]).fetchone()
    try:
        statements = Parsed.model_validate(json.loads(found[0]) if found else {}).statements
    except ValidationError:
        raise Unsaid from None
    if len(statements) != 1 or len(statements[0].node.select_list) != 1:
        raise Unsaid
    return statements[0].node.select_list[0]
