"""The one way in which the report, the README and the console say that two rankers differ, or do not.

A difference is said to be there only where its paired 95 % interval leaves out zero; two
intervals that stand side by side prove nothing either way.
"""

from __future__ import annotations

from data.results import Interval
from models.results.bank import Chosen
from models.results.judged import Difference, Judged
from reports.results import DifferenceOfBoth
from reports.wording import METRICS, NONE, Text

AREAS = ("average_precision",)  # no share of anything: no percentage points


def told_apart(gap: Interval) -> int:
    """1 where a paired difference is surely above zero, -1 where below, 0 where none is measured."""
    if gap.low is None or gap.high is None:
        return 0
    return int(gap.low > 0) - int(gap.high < 0)


def gap_between(measured: Judged | Chosen, one: str, other: str) -> Difference:
    """By how much ``one`` exceeds ``other`` by metric, from a judge's results; zero for ``one`` itself."""
    if one == other:
        return Difference.alike()
    return measured.differences[one][other]


def size_of(gap: Interval, metric: str) -> Text:
    """A difference with its interval: percentage points, or the plain number of an area."""
    ends = (gap.value, gap.low, gap.high)
    if metric in AREAS:
        value, low, high = (f"{0.0 if end is None else end:+.3f}" for end in ends)
        return Text(f"{value}, 95% {low} to {high}", f"{value}，95% 区间 {low} 至 {high}")
    value, low, high = (f"{0.0 if end is None else 100 * end:+.1f}" for end in ends)
    return Text(f"{value} points, 95% {low} to {high}", f"{value} 个百分点，95% 区间 {low} 至 {high}")


def comparison_sentence(one: Text, other: Text, gap: Interval, metric: str) -> Text:
    """One sentence: which of the two is ahead in a metric, or that no difference was measured.

    Parameters
    ----------
    gap : paired difference of ``one`` over ``other``
    metric : one of METRICS
    """
    what = METRICS[metric]
    subject = Text(what.en[0].lower() + what.en[1:], what.zh)
    if gap.value is None:
        return Text(
            f"In {subject.en} {one.en} and {other.en} could not be compared.",
            f"{one.zh} 与 {other.zh} 的{subject.zh}无法比较。",
        )
    size, side = size_of(gap, metric), told_apart(gap)
    if side == 0:
        return Text(
            f"In {subject.en} no difference was measured between {one.en} and {other.en} ({size.en}).",
            f"{subject.zh}：{one.zh} 与 {other.zh} 之间未测得差异（{size.zh}）。",
        )
    place = Text("ahead of", "领先于") if side > 0 else Text("behind", "落后于")
    return Text(
        f"In {subject.en} {one.en} is {place.en} {other.en} ({size.en}).",
        f"{subject.zh}：{one.zh} {place.zh} {other.zh}（{size.zh}）。",
    )


def claim_of_both(one: Text, other: Text, gap: DifferenceOfBoth, metric: str) -> Text:
    """One sentence: how two rankers stand in truth, and how they stand by the bank's own labels.

    Parameters
    ----------
    gap : paired differences of ``one`` over ``other`` in both views
    metric : one of METRICS
    """
    true, seen = gap.true.figure(metric), gap.bank.figure(metric)
    if true.value is None or seen.value is None:
        return Text(f"{one.en} and {other.en} could not be compared.", f"{one.zh} 与 {other.zh} 无法比较。")
    places = {
        1: Text(f"is ahead of {other.en}", f"领先于{other.zh}"),
        0: Text(f"is not shown to differ from {other.en}", f"与{other.zh}未测得差异"),
        -1: Text(f"is behind {other.en}", f"落后于{other.zh}"),
    }
    real, view = places[told_apart(true)], places[told_apart(seen)]
    sizes = [size_of(side, metric) for side in (true, seen)]
    return Text(
        f"In truth {one.en} {real.en} ({sizes[0].en}); by the bank’s labels it {view.en} ({sizes[1].en}).",
        f"按真值，{one.zh} {real.zh}（{sizes[0].zh}）；按银行标签，{view.zh}（{sizes[1].zh}）。",
    )


def places_sentence(base: Text, ahead: Text | None, behind: Text | None, level: Text | None) -> Text:
    """Where others stand against one ranker, as their paired intervals tell; None: there are none such."""
    first = (
        Text(f"None is provably ahead of {base.en}", f"没有一个经证实领先于 {base.zh}")
        if ahead is None
        else Text(f"Provably ahead of {base.en}: {ahead.en}", f"经证实领先于 {base.zh}：{ahead.zh}")
    )
    behind, level = behind or NONE, level or NONE
    return Text(
        f"{first.en}. Provably behind: {behind.en}. No difference measured: {level.en}.",
        f"{first.zh}。经证实落后：{behind.zh}。未测得差异：{level.zh}。",
    )
