"""What this run answers to how a model is judged without the truth, and what is done when recall drops."""

from __future__ import annotations

from reports.comparison import told_apart
from reports.drift_tables import drift_counts
from reports.evidence import Evidence, headline, in_a_sentence
from reports.features import UNSTABLE
from reports.interview_frame import Answer
from reports.knowledge import recapture_seen
from reports.lesson_tables import coverage_said
from reports.loop_answers import worlds_said
from reports.model_answers import sentences
from reports.over_time import in_points
from reports.tracing import how_many
from reports.wording import Text, count, percent_range, worded_interval


def judged_answer(evidence: Evidence) -> Answer:
    """Question 8: how far the bank's own measure misleads, and what it has instead of the truth."""
    top = headline(evidence)
    bank, true = worded_interval(top.bank.best), worded_interval(top.true.best)
    said = Text(
        f"By matured labels on later weeks, and these flatter: of {top.best_name.en} the bank believes a "
        f"recall of {bank}, and {true} is true.",
        f"依靠成熟后的标签与更晚的周次，但它们会高估：银行以为 {top.best_name.zh} 的召回率是 {bank}，"
        f"真实为 {true}。",
    )
    more = (
        coverage_said(evidence),
        beyond_said(evidence),
        novel_said(evidence),
        moved_said(evidence),
        recapture_seen(evidence.experiments.knowledge),
        worlds_said(evidence),
    )
    parts = (said, reviews_said(evidence), drift_said(evidence), retraining_said(evidence))
    return Answer(sentences(parts), concluded_of_judging(evidence), sentences(more))


def concluded_of_judging(evidence: Evidence) -> Text:
    """Whether the bank's figure may be believed, by the paired gap of the chosen model."""
    rows = evidence.experiments.knowledge.circularity
    mine = next((row for row in rows if row.ranker == evidence.chosen), None)
    side = 0 if mine is None else told_apart(mine.apparent_less_true)
    end = Text(
        "watch inputs and scores, plant drifts to know which alarm tells which, and go from feed to labels "
        "to population to behaviour before touching a threshold",
        "盯住输入与得分，用植入漂移弄清哪种警报识别哪种变化，先查数据源、再查标签、客群与行为，最后才动阈值",
    )
    if mine is None or side == 0:
        return Text(
            f"The bank’s figure is not shown to be wrong here, and it cannot be checked from inside: "
            f"{end.en}.",
            f"此处未显示银行的数字有误，但从内部也无法核实：{end.zh}。",
        )
    gap = in_points(mine.apparent_less_true)
    word = Text("too high", "偏高") if side > 0 else Text("too low", "偏低")
    return Text(
        f"The bank’s own figure is provably {word.en}, by {gap} points: {end.en}.",
        f"银行自测数字经证实{word.zh} {gap} 个百分点：{end.zh}。",
    )


def reviews_said(evidence: Evidence) -> Text | None:
    """What reviews drawn at random can say; None where none was tried."""
    found = evidence.experiments.knowledge
    random = [row for row in found.answers if row.design == "random" and row.reviews]
    if not random:
        return None
    today, most = next((row for row in random if row.reviews == found.reviews_today), random[0]), random[-1]
    return Text(
        f"What remains are reviews that no rule chose, and they bound little: from {count(today.reviews)} of "
        f"them the estimate lies anywhere within {percent_range(today.answer, 0)} %, from "
        f"{count(most.reviews)} within {percent_range(most.answer, 0)} %.",
        f"余下的只有不由规则挑选的抽查，而它约束力有限：{count(today.reviews)} 次抽查的估计值可落在 "
        f"{percent_range(today.answer, 0)} % 之间，{count(most.reviews)} 次为 "
        f"{percent_range(most.answer, 0)} %。",
    )


def drift_said(evidence: Evidence) -> Text | None:
    """How many planted drifts cost recall, and how many of these the alarms miss; None without any."""
    counts = drift_counts(evidence.experiments.drift)
    if not counts.planted:
        return None
    return Text(
        f"When recall drops, the question is which alarm knew: of {counts.planted} drifts planted on purpose "
        f"{counts.costly} provably cost recall, and the alarms were blind to {counts.silent} of these.",
        f"召回率下降时，要问哪种警报先知道：特意植入的 {counts.planted} 项漂移中，{counts.costly} "
        f"项经证实降低召回率，其中警报未能识别 {counts.silent} 项。",
    )


def retraining_said(evidence: Evidence) -> Text:
    """Whether learning anew wins recall back."""
    gain = evidence.experiments.over_time.retraining.true_gain
    verdict = {
        1: Text("wins true recall back", "使真实召回率恢复"),
        0: Text("is not shown to win anything back", "未显示有所恢复"),
        -1: Text("loses true recall", "使真实召回率下降"),
    }[told_apart(gain)]
    return Text(
        f"Learning anew before each stretch {verdict.en} ({in_points(gain)} points).",
        f"每阶段前重新训练{verdict.zh}（{in_points(gain)} 个百分点）。",
    )


def beyond_said(evidence: Evidence) -> Text | None:
    """Whom the chosen model finds that no rule hit."""
    row = headline(evidence).beyond
    if row is None or not row.customers:
        return None
    share, name = worded_interval(row.recall), in_a_sentence(evidence.chosen)
    return Text(
        f"Outside every rule, {name.en} catches {row.caught} of {row.customers}, {share}.",
        f"在规则之外，{name.zh} 识别 {row.customers} 名中的 {row.caught} 名，即 {share}。",
    )


def novel_said(evidence: Evidence) -> Text | None:
    """Recall on what nobody had seen before the test; None where nothing began in it."""
    row = next((row for row in evidence.truth.anomaly_shares if row.share == 0), None)
    if row is None or not row.novel.customers:
        return None
    name = in_a_sentence(evidence.chosen)
    return Text(
        f"Of typologies that began in the test, {name.en} catches {row.novel.caught} of "
        f"{row.novel.customers} customers.",
        f"对测试期才出现的类型，{name.zh} 识别 {row.novel.customers} 名客户中的 {row.novel.caught} 名。",
    )


def moved_said(evidence: Evidence) -> Text:
    """What warns of a drop before labels mature."""
    rows = evidence.catalogue
    moved = how_many(rows, lambda name: (rows[name].psi or 0.0) > UNSTABLE, "stability index above the bound")
    size = how_many(rows, lambda _: True, "features")
    return Text(
        f"Before labels mature only the inputs can warn: {moved} of {size} features moved between training "
        f"and test by a stability index above the usual bound.",
        f"标签成熟之前只有输入能发出警示：{size} 个特征中有 {moved} 个"
        f"在训练期到测试期的稳定性指标高于常用界限。",
    )
