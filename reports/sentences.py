"""A rule's SQL predicate as the sentence that a business person would say.

The words of a rule are the labels of its indicators, so the sentence cannot drift from
the predicate: both are read off the same tree. A predicate of a form not known here has
no sentence; the report then prints the predicate alone.
"""

from __future__ import annotations

import json
from itertools import chain
from typing import Any

import duckdb

from data.words import UNITS
from reports.catalogue import Labels
from reports.wording import FACTS, Text, joined, named, same

Node = dict[str, Any]
COMPARED = {
    "COMPARE_GREATERTHANOREQUALTO": Text("at least", "不低于"),
    "COMPARE_GREATERTHAN": Text("more than", "高于"),
    "COMPARE_LESSTHANOREQUALTO": Text("at most", "不高于"),
    "COMPARE_LESSTHAN": Text("less than", "低于"),
    "COMPARE_EQUAL": Text("exactly", "等于"),
    "COMPARE_NOTEQUAL": Text("other than", "不等于"),
}
JOINED = {
    "+": Text(" plus ", "加"),
    "-": Text(" less ", "减"),
    "*": Text(" times ", " × "),
    "/": Text(" over ", "除以"),
}
CONJOINED = {"CONJUNCTION_AND": Text("; and ", "；且"), "CONJUNCTION_OR": Text("; or ", "；或")}
NEGATED = {
    "COMPARE_GREATERTHANOREQUALTO": "COMPARE_LESSTHAN",
    "COMPARE_GREATERTHAN": "COMPARE_LESSTHANOREQUALTO",
    "COMPARE_LESSTHANOREQUALTO": "COMPARE_GREATERTHAN",
    "COMPARE_LESSTHAN": "COMPARE_GREATERTHANOREQUALTO",
}
KIND, SEGMENT = "kind", "seg"


class Unsaid(Exception):
    """A part of a predicate for which there are no words."""


def amount(value: float, unit: str) -> Text:
    """A threshold with its unit."""
    if unit == "share":
        return same(f"{value * 100:g}%")
    if unit == "CNY":
        return Text(f"CNY {value:,.0f}", f"{value:,.0f} 元")
    if unit in ("hours", "days"):
        return Text(f"{value:g} {UNITS[unit].en}", f"{value:g} {UNITS[unit].zh}")
    return same(f"{value:,g}")


def tree(predicate: str) -> Node:
    """The syntax tree of a predicate, as DuckDB reads it."""
    # On the module's own connection: to open one costs forty times the parse.
    found = duckdb.execute("SELECT json_serialize_sql(?)", [f"SELECT ({predicate})"]).fetchone()
    parsed: Node = json.loads(found[0]) if found else {"error": True}
    if parsed["error"] or len(parsed["statements"]) != 1:
        raise Unsaid
    columns: list[Node] = parsed["statements"][0]["node"].get("select_list", [])
    if len(columns) != 1:
        raise Unsaid
    return columns[0]


def arguments(node: Node) -> list[Node]:
    """The expressions that a function is given."""
    return [part.get("expression", part) for part in node["arguments"]]


def is_column(node: Node, name: str) -> bool:
    """Whether an expression is the column of a name."""
    return node["class"] == "COLUMN_REF" and node["column_names"][-1].lower() == name


def capital(words: str) -> str:
    """A sentence begins with a capital."""
    return words[:1].upper() + words[1:]


def small(words: str) -> str:
    """A label within a sentence; one that begins with an abbreviation keeps its capitals."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


class Speech:
    """Says the parts of a predicate; ``labels`` are the indicators by name."""

    def __init__(self, labels: Labels) -> None:
        self.labels = labels

    # -- expressions

    def unit(self, node: Node) -> str:
        """The unit of the first indicator in an expression; empty without any."""
        if node["class"] == "COLUMN_REF":
            known = self.labels.get(node["column_names"][-1].lower())
            return known.unit if known else ""
        if node["class"] == "FUNCTION":
            units = [self.unit(part) for part in arguments(node)]
            if node["function_name"] == "/" and len(set(units)) == 1:
                return "ratio"
            return next((unit for unit in units if unit), "")
        children = node.get("children", [node["child"]] if "child" in node else [])
        return next((unit for unit in map(self.unit, children) if unit), "")

    def value(self, node: Node, unit: str) -> Text:
        """An expression in words; a number takes the unit of what it is compared with."""
        if node["class"] == "CONSTANT":
            return amount(float(node["literal"]["text"]), unit)
        if node["class"] == "COLUMN_REF":
            return self.name(node)
        if node["class"] == "FUNCTION" and node["function_name"] in JOINED:
            return self.joined(node, unit)
        if node["class"] == "CASE":
            return self.by_kind(node, unit)
        if node["class"] == "OPERATOR" and node["type"] == "OPERATOR_COALESCE":
            return self.value(node["children"][0], unit)
        raise Unsaid

    def name(self, node: Node) -> Text:
        """An indicator's label."""
        label = self.labels.get(node["column_names"][-1].lower())
        if label is None:
            raise Unsaid
        return Text(small(label.label_en), label.label_zh)

    def joined(self, node: Node, unit: str) -> Text:
        """Two expressions added, divided or scaled by the segment."""
        parts = arguments(node)
        if len(parts) != 2:
            raise Unsaid
        if is_column(parts[1], SEGMENT):
            plain = self.value(parts[0], unit)
            return Text(f"{plain.en} × segment", f"{plain.zh} × 客群倍数")
        if node["function_name"] == "*":  # a number that scales has no unit
            whole = self.unit(parts[0])
            return joined(
                [self.value(parts[0], whole), self.value(parts[1], self.unit(parts[1]))], JOINED["*"]
            )
        return joined([self.value(part, unit) for part in parts], JOINED[node["function_name"]])

    def by_kind(self, node: Node, unit: str) -> Text:
        """One threshold for each kind of customer."""
        told = []
        for check in node["case_checks"]:
            when = check["when_expr"]
            if not (when["class"] == "COMPARISON" and is_column(when["left"], KIND)):
                raise Unsaid
            who, limit = when["right"]["literal"]["text"], self.value(check["then_expr"], unit)
            told.append((named(FACTS, who), limit))
        other = node.get("else_expr")
        if other and other["class"] == "CONSTANT" and other["literal"]["kind"] != "SQL_NULL":
            told.append(
                (
                    Text("firm" if len(told) == 1 else "company", "单位" if len(told) == 1 else "企业"),
                    self.value(other, unit),
                )
            )
        return Text(
            ", ".join(f"{limit.en} for a {who.en}" for who, limit in told),
            "、".join(f"{limit.zh}（{who.zh}）" for who, limit in told),
        )

    # -- clauses

    def clause(self, node: Node) -> Text:
        """One truth value in words, without a full stop."""
        found = {
            "COMPARISON": self.comparison,
            "BETWEEN": self.between,
            "CONJUNCTION": self.conjunction,
            "OPERATOR": self.operator,
        }.get(node["class"])
        if found is None:
            raise Unsaid
        return found(node)

    def comparison(self, node: Node) -> Text:
        """What is compared, how, and with what."""
        left, right, how = node["left"], node["right"], node["type"]
        if is_column(left, KIND):
            who = named(FACTS, right["literal"]["text"])
            isnt = how == "COMPARE_NOTEQUAL"
            return Text(
                f"the customer is {'no' if isnt else 'a'} {who.en}", f"客户{'不是' if isnt else '是'}{who.zh}"
            )
        if how not in COMPARED:
            raise Unsaid
        casts = self.added_truths(left)
        if casts:
            least = self.value(right, "count")
            clauses = joined([self.clause(part) for part in casts], Text("; ", "；"))
            many = COMPARED[how]
            return Text(
                f"{many.en} {least.en} of these hold ({clauses.en})",
                f"以下成立的项数{many.zh} {least.zh}（{clauses.zh}）",
            )
        unit = self.unit(left) or self.unit(right)
        what, limit = self.value(left, unit), self.value(right, unit)
        return Text(f"{what.en}: {COMPARED[how].en} {limit.en}", f"{what.zh}{COMPARED[how].zh} {limit.zh}")

    def added_truths(self, node: Node) -> list[Node]:
        """The clauses of a sum of truth values, ``cast(a as int) + ...``; empty for another sum."""
        if node["class"] == "OPERATOR" and node["type"] == "OPERATOR_COALESCE":  # unknown counts as untrue
            return self.added_truths(node["children"][0])
        if node["class"] == "CAST" and node["child"]["class"] in ("COMPARISON", "BETWEEN", "CONJUNCTION"):
            return [node["child"]]
        if node["class"] == "FUNCTION" and node["function_name"] == "+":
            parts = [self.added_truths(part) for part in arguments(node)]
            return list(chain.from_iterable(parts)) if all(parts) else []
        return []

    def between(self, node: Node) -> Text:
        """A range with both ends."""
        unit = self.unit(node["input"])
        what, low, high = (
            self.value(node["input"], unit),
            *(self.value(node[end], unit) for end in ("lower", "upper")),
        )
        return Text(f"{what.en}: {low.en} to {high.en}", f"{what.zh}在 {low.zh} 至 {high.zh} 之间")

    def conjunction(self, node: Node) -> Text:
        """Clauses that hold together, or one of which does."""
        told = []
        for child in node["children"]:
            words = self.clause(child)
            inner = child["class"] == "CONJUNCTION" and child["type"] != node["type"]
            told.append(Text(f"({words.en})", f"（{words.zh}）") if inner else words)
        return joined(told, CONJOINED[node["type"]])

    def operator(self, node: Node) -> Text:
        """Not, known, unknown, or one of several kinds."""
        first, kind = node["children"][0], node["type"]
        if kind == "OPERATOR_NOT":
            if first["class"] == "COMPARISON" and first["type"] in NEGATED:
                return self.comparison(first | {"type": NEGATED[first["type"]]})
            words = self.clause(first)
            return Text(f"not ({words.en})", f"并非（{words.zh}）")
        if kind in ("OPERATOR_IS_NULL", "OPERATOR_IS_NOT_NULL"):
            words, known = self.value(first, ""), kind == "OPERATOR_IS_NOT_NULL"
            return Text(
                f"{words.en}: {'known' if known else 'unknown'}", f"{words.zh}{'已知' if known else '未知'}"
            )
        if kind == "COMPARE_IN" and is_column(first, KIND):
            names = [named(FACTS, part["literal"]["text"]) for part in node["children"][1:]]
            kinds = Text(" or a ".join(name.en for name in names), "或".join(name.zh for name in names))
            return Text(f"the customer is a {kinds.en}", f"客户是{kinds.zh}")
        raise Unsaid


def rule_sentence(predicate: str, labels: Labels) -> Text | None:
    """The whole predicate in both languages, or None."""
    try:
        words = Speech(labels).clause(tree(predicate))
    except Unsaid:
        return None
    return Text(capital(words.en) + ".", words.zh + "。")
