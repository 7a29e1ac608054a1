"""A rule's SQL predicate as the sentence that a business person would say.

The words of a rule are the labels of its indicators, so the sentence cannot drift from
the predicate: both are read off the same tree. A predicate of a form not known here has
no sentence; the report then prints the predicate alone.
"""

from __future__ import annotations

from itertools import chain

from data.words import UNITS
from reports.catalogue import Labels
from reports.syntax import Expression, Unsaid, said, tree
from reports.wording import FACTS, SEMICOLON, Text, joined, named, same

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
TRUTHS = ("COMPARISON", "BETWEEN", "CONJUNCTION")  # classes of what is true or not


def amount(value: float, unit: str) -> Text:
    """A threshold with its unit."""
    if unit == "share":
        return same(f"{value * 100:g}%")
    if unit == "CNY":
        return Text(f"CNY {value:,.0f}", f"{value:,.0f} 元")
    if unit in ("hours", "days"):
        return Text(f"{value:g} {UNITS[unit].en}", f"{value:g} {UNITS[unit].zh}")
    return same(f"{value:,g}")


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

    def unit(self, node: Expression) -> str:
        """The unit of the first indicator in an expression; empty without any."""
        if node.column:
            known = self.labels.get(node.column)
            return known.unit if known else ""
        if node.class_ == "FUNCTION":
            units = [self.unit(part) for part in node.arguments]
            if node.function_name == "/" and len(set(units)) == 1:
                return "ratio"
            return next((unit for unit in units if unit), "")
        return next((unit for unit in map(self.unit, node.parts) if unit), "")

    def value(self, node: Expression, unit: str) -> Text:
        """An expression in words; a number takes the unit of what it is compared with."""
        if node.class_ == "CONSTANT":
            return amount(float(node.constant.text), unit)
        if node.column:
            return self.name(node)
        if node.class_ == "FUNCTION" and node.function_name in JOINED:
            return self.joined(node, unit)
        if node.class_ == "CASE":
            return self.by_kind(node, unit)
        if node.type == "OPERATOR_COALESCE":
            return self.value(node.children[0], unit)
        raise Unsaid

    def name(self, node: Expression) -> Text:
        """An indicator's label."""
        label = self.labels.get(node.column)
        if label is None:
            raise Unsaid
        return Text(small(label.label_en), label.label_zh)

    def joined(self, node: Expression, unit: str) -> Text:
        """Two expressions added, divided or scaled by the segment."""
        parts = node.arguments
        if len(parts) != 2:
            raise Unsaid
        if parts[1].column == SEGMENT:
            plain = self.value(parts[0], unit)
            return Text(f"{plain.en} × segment", f"{plain.zh} × 客群倍数")
        if node.function_name == "*":  # a number that scales has no unit
            whole = self.unit(parts[0])
            return joined(
                [self.value(parts[0], whole), self.value(parts[1], self.unit(parts[1]))], JOINED["*"]
            )
        return joined([self.value(part, unit) for part in parts], JOINED[node.function_name])

    def by_kind(self, node: Expression, unit: str) -> Text:
        """One threshold for each kind of customer."""
        told = []
        for check in node.case_checks:
            when = check.when_expr
            if when.class_ != "COMPARISON" or said(when.left).column != KIND:
                raise Unsaid
            who, limit = said(when.right).constant.text, self.value(check.then_expr, unit)
            told.append((named(FACTS, who), limit))
        other = node.else_expr
        if other and other.class_ == "CONSTANT" and other.constant.kind != "SQL_NULL":
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

    def clause(self, node: Expression) -> Text:
        """One truth value in words, without a full stop."""
        found = {
            "COMPARISON": self.comparison,
            "BETWEEN": self.between,
            "CONJUNCTION": self.conjunction,
            "OPERATOR": self.operator,
        }.get(node.class_)
        if found is None:
            raise Unsaid
        return found(node)

    def comparison(self, node: Expression) -> Text:
        """What is compared, how, and with what."""
        left, right, how = said(node.left), said(node.right), node.type
        if left.column == KIND:
            who = named(FACTS, right.constant.text)
            isnt = how == "COMPARE_NOTEQUAL"
            return Text(
                f"the customer is {'no' if isnt else 'a'} {who.en}", f"客户{'不是' if isnt else '是'}{who.zh}"
            )
        if how not in COMPARED:
            raise Unsaid
        casts = self.added_truths(left)
        if casts:
            least = self.value(right, "count")
            clauses = joined([self.clause(part) for part in casts], SEMICOLON)
            many = COMPARED[how]
            return Text(
                f"{many.en} {least.en} of these hold ({clauses.en})",
                f"以下成立的项数{many.zh} {least.zh}（{clauses.zh}）",
            )
        unit = self.unit(left) or self.unit(right)
        what, limit = self.value(left, unit), self.value(right, unit)
        return Text(f"{what.en}: {COMPARED[how].en} {limit.en}", f"{what.zh}{COMPARED[how].zh} {limit.zh}")

    def added_truths(self, node: Expression) -> list[Expression]:
        """The clauses of a sum of truth values, ``cast(a as int) + ...``; empty for another sum."""
        if node.type == "OPERATOR_COALESCE":  # unknown counts as untrue
            return self.added_truths(node.children[0])
        if node.class_ == "CAST" and node.child and node.child.class_ in TRUTHS:
            return [node.child]
        if node.class_ == "FUNCTION" and node.function_name == "+":
            parts = [self.added_truths(part) for part in node.arguments]
            return list(chain.from_iterable(parts)) if all(parts) else []
        return []

    def between(self, node: Expression) -> Text:
        """A range with both ends."""
        unit = self.unit(said(node.input))
        what, low, high = (self.value(said(part), unit) for part in (node.input, node.lower, node.upper))
        return Text(f"{what.en}: {low.en} to {high.en}", f"{what.zh}在 {low.zh} 至 {high.zh} 之间")

    def conjunction(self, node: Expression) -> Text:
        """Clauses that hold together, or one of which does."""
        told = []
        for child in node.children:
            words = self.clause(child)
            inner = child.class_ == "CONJUNCTION" and child.type != node.type
            told.append(Text(f"({words.en})", f"（{words.zh}）") if inner else words)
        return joined(told, CONJOINED[node.type])

    def operator(self, node: Expression) -> Text:
        """Not, known, unknown, or one of several kinds."""
        first, kind = node.children[0], node.type
        if kind == "OPERATOR_NOT":
            if first.class_ == "COMPARISON" and first.type in NEGATED:
                return self.comparison(first.model_copy(update={"type": NEGATED[first.type]}))
            words = self.clause(first)
            return Text(f"not ({words.en})", f"并非（{words.zh}）")
        if kind in ("OPERATOR_IS_NULL", "OPERATOR_IS_NOT_NULL"):
            words, known = self.value(first, ""), kind == "OPERATOR_IS_NOT_NULL"
            return Text(
                f"{words.en}: {'known' if known else 'unknown'}", f"{words.zh}{'已知' if known else '未知'}"
            )
        if kind == "COMPARE_IN" and first.column == KIND:
            names = [named(FACTS, part.constant.text) for part in node.children[1:]]
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
