"""The picture of what raised recall: every step that was tried, with its paired gain in truth."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from markupsafe import Markup

from reports.comparison import told_apart
from reports.drawing import PHONE, at_both_widths, dot, figure, line, words
from reports.figures import scale
from reports.steps import Step
from reports.wording import Text, shortened

ROW, TALL_ROW = 23, 40  # of a step; on a phone its name stands above its line
LETTERS, PHONE_LETTERS, BASE_LETTERS = 70, 56, 30  # of a name, and of what the step is compared with
TICK = 0.05  # of recall, between two lines of the grid
TOP = 10


def steps_chart(steps: Sequence[Step]) -> Markup | None:
    """Paired gains of true recall with their intervals, best first; None without one.

    Filled discs and strong names where the interval leaves out zero.
    """
    known = [step for step in steps if step.true_gain is not None and step.true_gain.low is not None]
    if not known:
        return None
    known.sort(key=lambda step: -(step.true_gain.value or 0.0) if step.true_gain else 0.0)
    return at_both_widths(lambda width: _drawn(known, width))


def _drawn(steps: Sequence[Step], width: float) -> Markup:
    is_phone = width == PHONE
    row = TALL_ROW if is_phone else ROW
    gaps = [step.true_gain for step in steps if step.true_gain is not None]
    ends = [end for gap in gaps for end in (gap.low, gap.value, gap.high) if end is not None]
    start, end = (12.0, width - 52.0) if is_phone else (432.0, 694.0)
    x, bottom = scale(min(*ends, 0.0) - 0.01, max(*ends, 0.0) + 0.01, start, end), TOP + row * len(steps)
    parts = [line(x(0), TOP - 4, x(0), bottom, "zero")]
    for times in range(int(min(*ends, 0.0) / TICK), int(max(*ends, 0.0) / TICK) + 1):
        if times:
            parts.append(line(x(times * TICK), TOP - 4, x(times * TICK), bottom, "grid"))
        tick = f"{100 * times * TICK:+.0f}" if times else "0"
        parts.append(words(x(times * TICK), bottom + 16, tick, "tick", "middle"))
    axis = Text(
        "gain of true recall, points, paired, 95% by scheme",
        "真实召回率的增减（百分点），配对，95% 区间按案件",
    )
    parts.append(words((start + end) / 2, bottom + 34, axis, "axis", "middle"))
    for place, step in enumerate(steps):
        parts += _row(step, TOP + row * place, x, (start, end), is_phone)
    title = Text("What each step did to true recall", "各步骤对真实召回率的影响")
    return figure(parts, bottom + 42, title, width)


def _row(
    step: Step, top: float, x: Callable[[float], float], ends: tuple[float, float], is_phone: bool
) -> list[str]:
    gap = step.true_gain
    assert gap is not None
    value, low, high = (float(end or 0.0) for end in (gap.value, gap.low, gap.high))
    is_apart = told_apart(gap) != 0
    view, strong = (" true", "strong") if is_apart else ("", "")
    y = top + (28 if is_phone else ROW / 2)
    over = Text(f"over {step.over.en}", f"相对{step.over.zh}")
    size = words(ends[1] + 46, y + 4, f"{100 * value:+.1f}", f"small {strong}{view}", "end")
    parts = [line(x(low), y, x(high), y, f"range{view}"), dot(x(value), y, 4.5, f"dot{view}"), size]
    if is_phone:
        name = Text(f"{step.name.en}, {over.en}", f"{step.name.zh}，{over.zh}")
        return [*parts, words(2, top + 14, shortened(name, PHONE_LETTERS), f"small halo {strong}")]
    parts.append(words(420, y + 4, shortened(step.name, LETTERS), f"small {strong}", "end"))
    return [*parts, words(752, y + 4, shortened(over, BASE_LETTERS), "tiny")]
