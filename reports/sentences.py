"""A rule's SQL predicate as the sentence that a business person would say.

The words of a rule are the labels of its indicators, so the sentence cannot drift from
the predicate. A predicate of a form not known here has no sentence; the report then
prints the predicate alone.
"""

from __future__ import annotations

import re

from reports.wording import Text

BY_KIND = re.compile(r"case when kind = 'person' then ([\d.]+) else ([\d.]+) end")
CLAUSE = re.compile(r"^(?P<what>[\w +]+?) (?P<how>>=|<=|between) (?P<bound>.+)$")

Labels = dict[str, dict[str, str]]


def amount(number: str, unit: str) -> Text:
    """A threshold with its unit."""
    value = float(number)
    if unit == "share":
        return Text(f"{value:.0%}", f"{value:.0%}")
    if unit == "CNY":
        return Text(f"CNY {value:,.0f}", f"{value:,.0f} 元")
    if unit in ("hours", "days"):
        return Text(f"{value:g} {unit}", f"{value:g} {'小时' if unit == 'hours' else '天'}")
    return Text(f"{value:g}", f"{value:g}")


def bound(words: str, unit: str) -> Text | None:
    """A threshold: a number, one by kind of customer, or one scaled by the segment."""
    by_kind = BY_KIND.fullmatch(words)
    if by_kind:
        person, firm = by_kind.groups()
        return Text(f"{person} for a person, {firm} for a firm", f"{person}（个人）或 {firm}（单位）")
    number, _, factor = words.partition(" * ")
    if not re.fullmatch(r"[\d.]+", number) or factor not in ("", "seg"):
        return None
    plain = amount(number, unit)
    return Text(f"{plain.en} × segment", f"{plain.zh} × 客群倍数") if factor else plain


def clause(words: str, labels: Labels) -> Text | None:
    """One comparison of a predicate in words."""
    match = CLAUSE.match(words.strip())
    if match is None:
        return None
    names = [name.strip() for name in match["what"].split(" + ")]
    if any(name not in labels for name in names):
        return None
    what = Text(
        " plus ".join(
            labels[name]["label_en"] if not place else labels[name]["label_en"].lower()
            for place, name in enumerate(names)
        ),
        "加".join(labels[name]["label_zh"] for name in names),
    )
    unit = labels[names[0]]["unit"]
    if match["how"] == "between":
        low, _, high = match["bound"].partition(" and ")
        least, most = bound(low, unit), bound(high, unit)
        if least is None or most is None:
            return None
        return Text(f"{what.en}: {least.en} to {most.en}", f"{what.zh}在 {least.zh} 至 {most.zh} 之间")
    limit = bound(match["bound"], unit)
    if limit is None:
        return None
    least_en, least_zh = ("at least", "不低于") if match["how"] == ">=" else ("at most", "不高于")
    return Text(f"{what.en}: {least_en} {limit.en}", f"{what.zh}{least_zh} {limit.zh}")


def sentence(predicate: str, labels: Labels) -> Text | None:
    """The whole predicate in both languages, or None.

    ``labels`` holds label_en, label_zh and unit of every indicator.
    """
    # An "and" that joins two numbers belongs to a "between", any other joins two clauses.
    clauses = [clause(part, labels) for part in re.split(r" and (?=[a-z])", predicate)]
    known = [part for part in clauses if part is not None]
    if len(known) < len(clauses):
        return None
    first, *others = (part.en for part in known)
    spoken = [first, *(part[:1].lower() + part[1:] for part in others)]
    return Text("; and ".join(spoken) + ".", "；且".join(part.zh for part in known) + "。")
