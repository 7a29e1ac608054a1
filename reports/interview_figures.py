"""A small picture beside each answer: a few shares, or a few paired differences, with their intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from markupsafe import Markup

from data.results import Interval
from models.schema import RULES
from reports import figures
from reports.drawing import WIDTH, dot, figure, line, words
from reports.evidence import CONTROL, GRAPH, Evidence
from reports.feature_wording import RUNGS
from reports.lesson_tables import VARIANTS, variant_gain
from reports.loop_pages import turns_chart
from reports.model_answers import PLAIN_NET, true_gap
from reports.pages import funnel_figure, investigators
from reports.several_worlds import gap_chart, pair_name
from reports.steps import EFFECTS, REFERENCE, recall_ladder
from reports.wording import RANKERS, VIEWS, Text, named, percent, shortened

ROW, LEFT, RIGHT = 34.0, 380.0, 850.0  # height of a row; where names end and numbers begin
LETTERS = 54  # of a name
REACHES = (0.06, 0.1, 0.2, 0.4, 0.6, 1.0)  # of an axis of differences, so that its ticks are whole points
FAMILIES = ("random_forest", "svm_linear", "svm_rbf", "logistic", "xgboost", GRAPH, "k_means", "pca")

ShareRow = tuple[Text, Interval, str]  # a name, a share, and whose view it is
GapRow = tuple[Text, Interval, str]


def _row(
    name: Text, y: float, found: Interval, view: str, x: Callable[[float], float], shown: str
) -> list[str]:
    parts = [words(LEFT - 14, y + 4, shortened(name, LETTERS), "name", "end")]
    if found.low is not None and found.high is not None:
        parts.append(line(x(found.low), y, x(found.high), y, f"range {view}"))
    parts.append(dot(x(found.value or 0.0), y, 5.0, f"dot {view}"))
    parts.append(words(WIDTH, y + 4, shown, f"{view} strong", "end"))
    return parts


def share_marks(rows: Sequence[ShareRow], title: Text) -> Markup | None:
    """Shares with their intervals, one a row; None without any."""
    known = [row for row in rows if row[1].value is not None]
    if not known:
        return None
    x, bottom = figures.scale(0, 1, LEFT, RIGHT), 6 + ROW * len(known)
    parts = figures.share_axis(x, 4, bottom, title)
    for place, (name, found, view) in enumerate(known):
        parts += _row(name, 6 + ROW * (place + 0.5), found, view, x, percent(found.value))
    return figure(parts, bottom + 44, title)


def gap_marks(rows: Sequence[GapRow], title: Text) -> Markup | None:
    """Paired differences with their intervals, zero marked; None without any."""
    known = [row for row in rows if row[1].value is not None]
    if not known:
        return None
    ends = [end for _, gap, _ in known for end in (gap.low, gap.value, gap.high) if end is not None]
    farthest = max(abs(end) for end in ends)
    reach = next((one for one in REACHES if one >= farthest), REACHES[-1])
    x, bottom = figures.scale(-reach, reach, LEFT, RIGHT), 6 + ROW * len(known)
    parts = []
    for share in (-reach, -reach / 2, 0.0, reach / 2, reach):
        parts.append(line(x(share), 4, x(share), bottom, "grid" if share else "zero"))
        shown = f"{100 * share:+.0f}" if share else "0"
        parts.append(words(x(share), bottom + 16, shown, "tick", "middle"))
    parts.append(words(x(0), bottom + 36, title, "axis", "middle"))
    for place, (name, gap, view) in enumerate(known):
        parts += _row(name, 6 + ROW * (place + 0.5), gap, view, x, f"{100 * (gap.value or 0.0):+.1f}")
    return figure(parts, bottom + 44, title)


def points_of(what: Text) -> Text:
    """The title of an axis of paired differences."""
    return Text(f"{what.en}, points, paired, with 95% interval", f"{what.zh}，百分点，配对，95% 区间")


TRUE_GAP = points_of(Text("difference of true recall", "真实召回率之差"))
SHARE = Text("share, with 95% interval", "占比及 95% 区间")


def of_signature(evidence: Evidence) -> Markup | None:
    """Question 2: how often the reasons name the scheme, beside two placebos."""
    found = evidence.explanation_audit.signature
    rows = (
        (Text("Alerts on true schemes", "真实涉案预警"), found.hit, "true"),
        (Text("Reasons of other schemes exchanged in", "换入其他案件的理由"), found.exchanged, "true"),
        (Text("Alerts on innocent look-alikes", "正常对照预警"), found.look_alike_hit, "true"),
    )
    title = Text("pages whose reasons name the family of the scheme", "理由点出案件特征类别的页面占比")
    return share_marks(rows, title)


def of_ladder(evidence: Evidence) -> Markup | None:
    """Question 3: true recall of one fixed model, by what it may read."""
    by_name = {row.ranking: row.true.recall for row in evidence.ladder.rankings}
    rows = [(label, by_name[name], "true") for name, label in RUNGS.items() if name in by_name]
    return share_marks(rows, Text("true recall at the same budget", "同一预算下的真实召回率"))


def of_graph(evidence: Evidence) -> Markup | None:
    """Question 4: the network against its controls, and over wrong edges."""
    rows = [
        (pair_name(GRAPH, other), true_gap(evidence, GRAPH, other), "true")
        for other in (CONTROL, PLAIN_NET, REFERENCE)
    ]
    wrong = named(VARIANTS, "rewired")
    name = Text(f"GNN: {wrong.en}", f"GNN：{wrong.zh}")
    rows.append((name, variant_gain(evidence.experiments.graph, "rewired"), "true"))
    return gap_marks(rows, TRUE_GAP)


def of_rating(evidence: Evidence) -> Markup | None:
    """Question 5: the leaked rating on paper and at work."""
    by_name = {row.ranking: row.bank.recall for row in evidence.ladder.rankings}
    names = {
        "rating_leaked": Text("With today’s rating, on paper", "用当前等级，纸面"),
        "rating_leaked_live": Text("The same model at work", "同一模型上线后"),
        "network": Text("Without any rating", "不使用等级"),
    }
    rows = [(label, by_name[name], "bank") for name, label in names.items() if name in by_name]
    return share_marks(rows, Text("recall that the bank measures", "银行测得的召回率"))


def of_steps(evidence: Evidence) -> Markup | None:
    """Question 6: the steps that provably move true recall."""
    rows = [
        (Text(f"{step.name.en}", f"{step.name.zh}"), step.true_gain, "true")
        for step in recall_ladder(evidence)
        if step.true_gain is not None and step.verdict in (EFFECTS[1], EFFECTS[-1])
    ]
    return gap_marks(rows, points_of(Text("change of true recall by the step", "该步带来的真实召回率变化")))


def of_people(evidence: Evidence) -> Markup | None:
    """Question 7: how often the investigators were right."""
    found = investigators(evidence)
    rows = (
        (Text("Reports that are truly illicit", "上报中真实涉案"), found.right, "true"),
        (Text("Illicit cases that were reported", "涉案案例被上报"), found.found, "true"),
        (Text("Innocent cases that were reported", "正常案例被上报"), found.wronged, "true"),
    )
    return share_marks(rows, SHARE)


def of_both_views(evidence: Evidence) -> Markup | None:
    """Question 8: what the bank believes beside what is true."""
    rows = []
    for ranker in dict.fromkeys((RULES, evidence.chosen, REFERENCE)):
        for view, measured in evidence.views:
            if ranker in measured.metrics:
                name, seen = named(RANKERS, ranker), VIEWS[view]
                label = Text(f"{name.en}, {seen.en.lower()}", f"{name.zh}，{seen.zh}")
                rows.append((label, measured.metrics[ranker].recall_at_budget, view))
    return share_marks(rows, Text("recall at the budget", "预算内召回率"))


def of_families(evidence: Evidence) -> Markup | None:
    """Question 9: families against boosting."""
    rows = [(named(RANKERS, name), true_gap(evidence, name, REFERENCE), "true") for name in FAMILIES]
    over = named(RANKERS, REFERENCE)
    return gap_marks(
        rows, points_of(Text(f"true recall less that of {over.en}", f"真实召回率减去 {over.zh}"))
    )


def of_turns(evidence: Evidence) -> Markup | None:
    """Question 10: every turn of the loop; None where it was not run."""
    found = evidence.experiments.studies.iterations
    return turns_chart(found, "true") if found is not None else None


def of_worlds(evidence: Evidence) -> Markup | None:
    """Question 11: the finding in fresh worlds; None where none was run."""
    worlds = evidence.experiments.studies.worlds
    return gap_chart(worlds) if worlds is not None else None


CAPTIONS = {
    8: Text(
        "Blue: what the bank sees. Amber: what is true, and only a simulator knows.",
        "蓝色：银行所见。琥珀色：真值，仅模拟可知。",
    ),
    10: Text(
        "Each row a turn of the loop: the paired change of every figure in truth, and whether it was kept.",
        "每行一轮：各指标真值的配对变化，以及是否保留。",
    ),
    11: Text(
        "Each dot a world, the ring the world of this report; blue by the bank’s labels, amber in truth. At "
        "the right the true spread between worlds and within one world, points.",
        "每点一个世界，圆圈为本报告的世界；蓝色按银行标签，琥珀色按真值。"
        "右侧为真值在世界之间与单个世界之内的离散，百分点。",
    ),
}
"""What a picture needs to be read, by the number of its question."""

FIGURES: tuple[Callable[[Evidence], Markup | None], ...] = (
    funnel_figure,
    of_signature,
    of_ladder,
    of_graph,
    of_rating,
    of_steps,
    of_people,
    of_both_views,
    of_families,
    of_turns,
    of_worlds,
)
