"""What a rule's predicate says, read off its syntax: names, units, and numbers without a source.

DuckDB parses the predicate; this module walks the tree and gives every expression the
unit of what it measures, so that yuan are compared with yuan and days with days.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NoReturn

import duckdb

from data.schema import CUSTOMER_KINDS
from pipeline import BadInput

# A unit; PLAIN fits any: the customer's kind, the segment's multiplier, a truth value.
Unit = str | None
PLAIN: Unit = None
# Multiplying by one of these leaves the other unit as it is.
SCALES = ("share", "ratio")
# Numbers that are no threshold: "at all" and "once".
FREE_NUMBERS = (0.0, 1.0)


class Units:
    """The units of a predicate's expressions.

    Parameters
    ----------
    names : unit by name, of indicators, columns of the customer and ``{parameter}``s
    place : file and rule, the beginning of every refusal
    """

    def __init__(self, names: Mapping[str, Unit], place: str) -> None:
        self._names = names
        self._place = place
        self._by_class = {
            "COLUMN_REF": self._name,
            "CONSTANT": self._constant,
            "FUNCTION": self._function,
            "COMPARISON": self._comparison,
            "BETWEEN": self._comparison,
            "CONJUNCTION": self._clauses,
            "OPERATOR": self._operator,
            "CASE": self._case,
            "CAST": self._cast,
        }

    def refuse(self, what: str) -> NoReturn:
        """One sentence with the rule's place."""
        raise BadInput(f"{self._place}: {what}")

    def of(self, node: dict[str, Any]) -> Unit:
        """Unit of an expression; the first fault in it is refused."""
        if node["class"] not in self._by_class:
            self.refuse(f"expected a predicate over indicators, found a {node['class'].lower()}")
        return self._by_class[node["class"]](node)

    def _alike(self, nodes: list[dict[str, Any]]) -> Unit:
        """The one unit of expressions that are compared, added or chosen among."""
        found = [unit for unit in map(self.of, nodes) if unit is not PLAIN]
        for unit in found:
            if unit != found[0]:
                self.refuse(f"expected one unit on both sides, found {found[0]} and {unit}")
        return found[0] if found else PLAIN

    def _name(self, node: dict[str, Any]) -> Unit:
        name = node["column_names"][-1].lower()
        if name.startswith("{") and name not in self._names:
            self.refuse(f"the predicate names unknown parameter '{name[1:-1]}'")
        if name not in self._names:
            self.refuse(f"the predicate has an error: unknown indicator '{name}'")
        return self._names[name]

    def _constant(self, node: dict[str, Any]) -> Unit:
        literal = node["literal"]
        text = str(literal.get("text", ""))
        if literal["kind"] == "STRING" and text not in CUSTOMER_KINDS:
            self.refuse(f"unknown segment '{text}', expected one of: {', '.join(CUSTOMER_KINDS)}")
        if literal["kind"] in ("INTEGER", "NUMERIC") and float(text) not in FREE_NUMBERS:
            self.refuse(f"the number {text} has no source, expected a parameter in its place")
        return PLAIN

    def _function(self, node: dict[str, Any]) -> Unit:
        parts = [argument.get("expression", argument) for argument in node["arguments"]]
        name = node["function_name"].lower()
        if name in ("*", "/") and len(parts) == 2:
            left, right = map(self.of, parts)
            if right is PLAIN or right in SCALES:
                return left
            if name == "*" and (left is PLAIN or left in SCALES):
                return right
            return "ratio" if name == "/" and left == right else PLAIN
        return self._alike(parts)

    def _comparison(self, node: dict[str, Any]) -> Unit:
        self._alike([node[key] for key in ("left", "right", "input", "lower", "upper") if key in node])
        return PLAIN

    def _clauses(self, node: dict[str, Any]) -> Unit:
        for child in node["children"]:
            self.of(child)
        return PLAIN

    def _operator(self, node: dict[str, Any]) -> Unit:
        unit = self._alike(node["children"])
        return unit if node["type"] == "OPERATOR_COALESCE" else PLAIN

    def _case(self, node: dict[str, Any]) -> Unit:
        for check in node["case_checks"]:
            self.of(check["when_expr"])
        chosen = [check["then_expr"] for check in node["case_checks"]]
        return self._alike([*chosen, *([node["else_expr"]] if node.get("else_expr") else [])])

    def _cast(self, node: dict[str, Any]) -> Unit:
        """A truth value as a number is a count of one."""
        unit = self.of(node["child"])
        truths = ("COMPARISON", "BETWEEN", "CONJUNCTION")
        return "count" if node["child"]["class"] in truths else unit


def check_units(predicate: str, names: Mapping[str, Unit], place: str) -> None:
    """Refuse unknown names, mixed units and bare numbers in a predicate.

    ``predicate`` holds its parameters as quoted names, ``"{total}"``.
    """
    # On the module's own connection: to open one costs forty times the parse.
    found = duckdb.execute("SELECT json_serialize_sql(?)", [f"SELECT ({predicate})"]).fetchone()
    assert found is not None
    tree = json.loads(found[0])
    if tree["error"]:
        message = str(tree.get("error_message", "no SQL")).splitlines()[0]
        raise BadInput(f"{place}: expected a SQL predicate ({message})")
    columns = tree["statements"][0]["node"].get("select_list", [])
    if len(tree["statements"]) != 1 or len(columns) != 1:
        raise BadInput(f"{place}: expected one predicate, found several")
    Units(names, place).of(columns[0])
