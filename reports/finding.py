"""The finding in counts: launderers whom the bank's labels know, those they do not, and who catches them.

Its sentences stand at the head of the report and of both READMEs, so they are made from the
metrics that are kept in git, and from nothing else.
"""

from __future__ import annotations

from markupsafe import Markup

from models.schema import RULES, STACK
from reports.comparison import claim_of_both
from reports.drawing import PHONE, at_both_widths, box, figure, line, words
from reports.evidence import GRAPH, RECALL, in_a_sentence
from reports.results import KnownAndUnknown, Metrics
from reports.steps import REFERENCE
from reports.wording import RANKERS, Text, count, joined, named, shortened

NAME_WIDTH, NAME_LENGTH = 232, 34  # of a ranker left of its bars, units of the drawing and letters
BAR, STEP = 24, 46  # height of a bar, and from one ranker to the next
GAP = 26  # between the bar of the known and that of the unknown


def told_rankers(metrics: Metrics) -> list[str]:
    """The rankers that the sentences name: the rules, the model to compare with, the bank's choice."""
    wanted = dict.fromkeys((RULES, REFERENCE, metrics.chosen.name))
    return [name for name in wanted if name == RULES or name in metrics.models]


def drawn_rankers(metrics: Metrics) -> list[str]:
    """The rankers of the picture: those of the sentences, the graph network and the stack."""
    first, *others = told_rankers(metrics)
    more = [name for name in (GRAPH, STACK) if name in metrics.models and name not in others]
    chosen = [name for name in others if name == metrics.chosen.name]
    return [first, *(name for name in others if name not in chosen), *more, *chosen]


def numbers_told_in_order(numbers: list[int]) -> Text:
    """Counts in the order of the names before them."""
    *most, last = map(count, numbers)
    if not most:
        return Text(last, last)
    return Text(f"{', '.join(most)} and {last}", f"{'、'.join(most)}、{last}")


def counted(metrics: Metrics, counts: KnownAndUnknown) -> Text:
    """First sentence: of all who laundered in the test, how many each ranker catches."""
    everyone, alerts = count(counts.known + counts.unknown), count(metrics.rules.alerts_spent)
    names = told_rankers(metrics)
    caught = [count(counts.caught[name].everyone) for name in names]
    first, *others = zip(names, caught, strict=True)
    more = joined(
        [Text(f"{named(RANKERS, name).en} {n}", f"{named(RANKERS, name).zh} {n} 名") for name, n in others],
        Text(", ", "，"),
    )
    return Text(
        f"With the same {alerts} alerts the rulebook catches {first[1]} of the {everyone} customers who "
        f"laundered in the test weeks, {more.en}.",
        f"同样 {alerts} 条预警，测试期 {everyone} 名真实涉案客户中，规则识别 {first[1]} 名，{more.zh}。",
    )


def unseen(metrics: Metrics, counts: KnownAndUnknown) -> Text:
    """Second sentence: whom of them the bank's labels know, and what each ranker catches on both sides."""
    names = told_rankers(metrics)
    known, unknown = (
        numbers_told_in_order([getattr(counts.caught[name], side) for name in names])
        for side in ("known", "unknown")
    )
    both = Text("in the same order", "依次")
    return Text(
        f"The bank cannot see this: its labels know {count(counts.known)} of them, and of these the same "
        f"rankers catch, {both.en}, {known.en}; of the {count(counts.unknown)} whom it never recognised, "
        f"{unknown.en}.",
        f"银行看不到这一点：其标签只认出其中 {count(counts.known)} 名，上述方法{both.zh}识别 {known.zh} 名；"
        f"其余 {count(counts.unknown)} 名银行从未认出，{both.zh}识别 {unknown.zh} 名。",
    )


def opening(metrics: Metrics) -> list[Text]:
    """The two sentences at the head of everything; none where the metrics hold no counts."""
    counts = metrics.counts
    if counts is None or not counts.known + counts.unknown:
        return []
    return [counted(metrics, counts), unseen(metrics, counts)]


def sureness(metrics: Metrics) -> list[Text]:
    """What may be claimed of the bank's choice, in truth and by its own labels; paired, with intervals."""
    chosen = metrics.chosen.name
    claims = []
    for other in (name for name in told_rankers(metrics) if name != chosen):
        gap = metrics.paired.get(f"{chosen}_{other}")
        if gap is not None:
            claims.append(claim_of_both(in_a_sentence(chosen), in_a_sentence(other), gap, RECALL))
    return claims


def known_unknown_bars(metrics: Metrics) -> Markup | None:
    """The picture of the finding: known launderers left, unknown ones right, caught by each ranker."""
    counts = metrics.counts
    if counts is None or not counts.known + counts.unknown:
        return None
    return at_both_widths(lambda width: _bars(metrics, counts, width))


def _bars(metrics: Metrics, counts: KnownAndUnknown, width: float) -> Markup:
    """On a phone each ranker's name stands above its bars."""
    is_phone = width == PHONE
    names, left, above = drawn_rankers(metrics), (2 if is_phone else NAME_WIDTH), (18 if is_phone else 0)
    a_customer = (width - left - GAP) / (counts.known + counts.unknown)
    wide = (counts.known * a_customer, counts.unknown * a_customer)
    starts = (float(left), left + wide[0] + GAP)
    unknown = "never recognised" if is_phone else "whom the bank’s labels never recognised"
    heads = (
        Text(f"{counts.known} known", f"已认出 {counts.known} 名"),
        Text(f"{counts.unknown} {unknown}", f"银行标签从未认出的 {counts.unknown} 名"),
    )
    colours, parts = ("bank", "true"), []
    for start, head, view in zip(starts, heads, colours, strict=True):
        parts.append(words(start, 16, head, f"{view} strong"))
    for place, name in enumerate(names):
        top = 32.0 + above + (STEP + above / 2) * place
        label = shortened(named(RANKERS, name), NAME_LENGTH)
        weight = "name strong" if name == metrics.chosen.name else "name"
        at = (left, top - 6) if is_phone else (left - 12, top + BAR * 0.7)
        parts.append(words(*at, label, weight, "start" if is_phone else "end"))
        found = (counts.caught[name].known, counts.caught[name].unknown)
        for start, whole, caught, view in zip(starts, wide, found, colours, strict=True):
            end = start + caught * a_customer
            parts.append(box(start, top, whole, BAR, f"party {view}"))
            parts.append(box(start, top, caught * a_customer, BAR, f"fill {view}"))
            parts.append(words(end + 7, top + BAR * 0.7, count(caught), f"{view} strong halo"))
    bottom = 32.0 + above + (STEP + above / 2) * (len(names) - 1) + BAR
    if not is_phone:  # where names stand above the bars it would cross them
        parts.append(line(starts[1] - GAP / 2, 4, starts[1] - GAP / 2, bottom, "mark"))
    return figure(parts, bottom + 8, picture_words(metrics, counts), width)


def picture_words(metrics: Metrics, counts: KnownAndUnknown) -> Text:
    """The picture in words, for readers who do not see it."""
    told = [
        (named(RANKERS, name), counts.caught[name].known, counts.caught[name].unknown)
        for name in drawn_rankers(metrics)
    ]
    return Text(
        f"Launderers caught, of {counts.known} known and {counts.unknown} unknown: "
        + "; ".join(f"{name.en} {known} and {unknown}" for name, known, unknown in told),
        f"识别的涉案客户（已认出 {counts.known} 名，未认出 {counts.unknown} 名）："
        + "；".join(f"{name.zh} {known} 与 {unknown}" for name, known, unknown in told),
    )
