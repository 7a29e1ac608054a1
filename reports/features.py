"""View-model of the section on features: ladder, leaked rating, leakage tests, tags, catalogue."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import Markup

from data.results import Interval
from data.words import FAMILIES, UNITS
from models.results.ladder import Ladder, MaskCount
from reports import feature_figures
from reports.evidence import Evidence
from reports.feature_wording import (
    APPLIES_TO,
    CHECKS,
    ENCODINGS,
    GROUPS,
    RATINGS,
    RUNGS,
    TESTS,
    window,
)
from reports.rankings import RankingRow, rankings
from reports.wording import DASH, Text, count, named, worded_interval

UNSTABLE = 0.25  # of the population stability index; the usual line
CHANCE = 0.5
TOP_RUNG, DEALT = "network", "network_dealt"
LEAKED, LEAKED_LIVE = "rating_leaked", "rating_leaked_live"


@dataclass(frozen=True)
class Stability:
    """A stability index, and whether it is a warning."""

    shown: str
    is_warning: bool

    @classmethod
    def of(cls, value: float | None) -> Stability:
        """How an index is to be read."""
        if value is None or math.isnan(value):
            return cls(DASH, False)
        return cls(f"{value:.2f}", value > UNSTABLE)


@dataclass(frozen=True)
class FeatureRow:
    """A feature with its words and what became of it in this run."""

    feature: str
    label: Text
    group: str
    family: Text
    unit: Text
    window: Text
    source: Text
    encoding: Text
    levels: int
    applies_to: Text
    owner: Text
    missing: float
    coverage: float | None
    psi: Stability
    masked: int
    differences: int
    gain: float
    shap: float | None


def feature_rows(evidence: Evidence) -> list[FeatureRow]:
    """Every feature with its words and what became of it in this run."""
    return [
        FeatureRow(
            feature=row.feature,
            label=row.label,
            group=row.group,
            family=named(FAMILIES, row.family),
            unit=named(UNITS, row.unit),
            window=window(row.window),
            source=row.source,
            encoding=named(ENCODINGS, row.encoding),
            levels=row.levels,
            applies_to=named(APPLIES_TO, row.applies_to),
            owner=row.owner,
            missing=row.missing_share,
            coverage=None if row.coverage is None or math.isnan(row.coverage) else row.coverage,
            psi=Stability.of(row.psi),
            masked=row.masked_values,
            differences=row.masked_differences,
            gain=evidence.ladder.gain_share.get(row.feature, 0.0),
            shap=evidence.shap_share.get(row.feature),
        )
        for row in evidence.catalogue.values()
    ]


@dataclass(frozen=True)
class FeatureGroup:
    """A group of the catalogue, the features with the largest gain first."""

    name: Text
    rows: list[FeatureRow]
    size: int
    gain: float


def feature_groups(rows: list[FeatureRow]) -> list[FeatureGroup]:
    """The catalogue by group, in each the features with the largest gain first."""
    groups = []
    for key, name in GROUPS.items():
        mine = sorted((row for row in rows if row.group == key), key=lambda row: -row.gain)
        if mine:
            groups.append(FeatureGroup(name, mine, len(mine), sum(row.gain for row in mine)))
    return groups


class Masked(NamedTuple):
    """Features and values computed again with the future deleted, and how many values differ."""

    features: int
    values: int
    differences: int

    @classmethod
    def of(cls, rows: list[FeatureRow]) -> Masked:
        """Of the features that were computed again."""
        again = [row for row in rows if row.masked]
        return cls(len(again), sum(row.masked for row in again), sum(row.differences for row in again))


def holds_chance(interval: Interval) -> bool | None:
    """Whether an area under the ROC may be chance; None where nothing was measured."""
    if interval.low is None:
        return None
    return interval.low <= CHANCE


def area_text(interval: Interval) -> str:
    """An area with its interval."""
    if interval.value is None:
        return DASH
    return f"{interval.value:.3f} ({interval.low:.3f}–{interval.high:.3f})"


@dataclass(frozen=True)
class LeakageTest:
    """One of the nine tests: what it found in this run, whether it passed, and the test in the code."""

    number: int
    name: Text
    test: str
    found: Text
    passed: bool | None


Found = tuple[Text, bool | None]  # what a test found, and whether it passed; None: not judged


def leakage_tests(evidence: Evidence, rows: list[FeatureRow]) -> list[LeakageTest]:
    """The nine tests: what each found in this run, whether it passed, and the test in the code."""
    found = [
        *_of_rows_and_labels(evidence.ladder, rows),
        *_of_the_profile_and_names(evidence.ladder, rows),
        *_of_artefacts_and_graph(evidence),
    ]
    return [
        LeakageTest(number, name, test, text, passed)
        for number, ((name, test), (text, passed)) in enumerate(zip(TESTS, found, strict=True), 1)
    ]


def _of_rows_and_labels(ladder: Ladder, rows: list[FeatureRow]) -> list[Found]:
    """Later rows deleted, labels without meaning, numbers and order of rows."""
    size, values, differ = Masked.of(rows)
    shuffle, ids = ladder.label_shuffle, ladder.ids.auc
    areas = [area for area in shuffle.areas if area is not None]
    spread = f"{min(areas):.3f}–{max(areas):.3f}" if areas else DASH
    return [
        (
            Text(
                f"{count(values)} values of {size} features at one moment, computed again with every later "
                f"row deleted: {count(differ)} differ.",
                f"某一时点 {size} 个特征共 {count(values)} 个取值，删除其后全部数据行重新计算："
                f"{count(differ)} 个不同。",
            ),
            differ == 0 if values else None,
        ),
        (
            Text(
                f"{len(areas)} models taught meaningless labels: true AUC {spread}, median average precision "
                f"{shuffle.average_precision or 0:.3f} at a base rate of {shuffle.base_rate or 0:.3f}.",
                f"用无意义标签训练 {len(areas)} 个模型：真实 AUC {spread}，平均精度中位数 "
                f"{shuffle.average_precision or 0:.3f}，基准占比 {shuffle.base_rate or 0:.3f}。",
            ),
            min(areas) <= CHANCE <= max(areas) if areas else None,
        ),
        (
            Text(
                f"A model of customer numbers and row order, on customers it never saw: true AUC "
                f"{area_text(ids)}.",
                f"仅用客户编号与行序，在未见过的客户上：真实 AUC {area_text(ids)}。",
            ),
            holds_chance(ids),
        ),
    ]


def _of_the_profile_and_names(ladder: Ladder, rows: list[FeatureRow]) -> list[Found]:
    """Tags and ratings as of the day, reports known by then, names encoded in fold."""
    mask, encoder = ladder.rating_mask, ladder.encoder
    profile = Masked.of([row for row in rows if row.group == "profile"])
    reports = Masked.of([row for row in rows if "report" in row.feature])
    return [
        (
            Text(
                f"{count(profile.values)} profile values with the future deleted: "
                f"{count(profile.differences)} differ. "
                f"The dated rating: {mask.dated.differences} of {count(mask.dated.values)}; the "
                f"undated twin: {mask.undated.differences}.",
                f"删除未来数据后 {count(profile.values)} 个画像取值中 {count(profile.differences)} 个不同；"
                f"按日读取的风险等级 {mask.dated.differences} / {count(mask.dated.values)} "
                f"个不同；不按日期的对照 {mask.undated.differences} 个。",
            ),
            profile.differences == 0 and mask.dated.differences == 0,
        ),
        (
            Text(
                f"Nearness to reported customers counts a report from the day it was filed and known: "
                f"{count(reports.values)} values with later reports deleted, "
                f"{count(reports.differences)} differ.",
                f"与已上报客户的距离只使用当日已知的报告：删除之后的报告重算 {count(reports.values)} 个取值，"
                f"{count(reports.differences)} 个不同。",
            ),
            reports.differences == 0 if reports.values else None,
        ),
        (
            Text(
                f"A meaningless name encoded in fold correlates with the label by "
                f"{encoder.in_fold or 0:+.3f}; encoded with its own rows by "
                f"{encoder.own_rows or 0:+.3f}.",
                f"无意义的类别名，折内编码与标签相关系数 {encoder.in_fold or 0:+.3f}；"
                f"若用自身样本编码则为 {encoder.own_rows or 0:+.3f}。",
            ),
            (encoder.in_fold or 0) <= (encoder.own_rows or 0) / 10,
        ),
    ]


def _of_artefacts_and_graph(evidence: Evidence) -> list[Found]:
    """What the simulator gives away, and what wiring alone is worth."""
    artefacts = evidence.truth.difficulty.artefacts.customers.auc
    dealt = next(row.true for row in rankings(evidence.ladder, CHECKS) if row.key == DEALT)
    return [
        (
            Text(
                "A model of ids, order, seconds, devices, counter hours, roundness and own tempo: "
                f"true AUC {area_text(artefacts)}.",
                "仅用编号、顺序、秒数、设备、开销户时刻、整数程度与日常节奏："
                f"真实 AUC {area_text(artefacts)}。",
            ),
            holds_chance(artefacts),
        ),
        (
            Text(
                "The paired harness stands and its test shows the gap; the graph model was not run through "
                "it in this run.",
                "配对检验框架已就绪，其测试能显示差距；本次运行未对图模型执行。",
            ),
            None,
        ),
        (
            Text(
                f"Network features dealt anew among the customers of each week: true recall moves by "
                f"{dealt.gain} points ({dealt.gain_range}). The rewired graph for the graph model is "
                f"harness only.",
                f"每周内把关联网络特征在客户间重新分配：真实召回率变化 {dealt.gain} 个百分点"
                f"（{dealt.gain_range}）。图模型的打乱连边目前仅有框架。",
            ),
            None,
        ),
    ]


@dataclass(frozen=True)
class LeakedRating:
    """The leaked risk rating: what it seems to bring, and what is left of it on the day."""

    rows: list[RankingRow]
    without: str
    leaked: str
    live: str
    undated: MaskCount
    dated: MaskCount


def leaked_rating(ladder: Ladder) -> LeakedRating:
    """The leaked risk rating: what it seems to bring, and what is left of it on the day."""
    rows = rankings(ladder, RATINGS)
    by_key = {row.key: worded_interval(row.bank.recall) for row in rows}
    return LeakedRating(
        rows=rows,
        without=by_key[TOP_RUNG],
        leaked=by_key[LEAKED],
        live=by_key[LEAKED_LIVE],
        undated=ladder.rating_mask.undated,
        dated=ladder.rating_mask.dated,
    )


@dataclass(frozen=True)
class FeaturesPage:
    """Everything that the section's template needs."""

    rungs: list[RankingRow]
    figure: Markup
    alerts: int
    checks: list[RankingRow]
    rating: LeakedRating
    tests: list[LeakageTest]
    passed: int
    failed: int
    tags: list[FeatureRow]
    groups: list[FeatureGroup]
    size: int
    moved: list[FeatureRow]


def features(evidence: Evidence) -> FeaturesPage:
    """Everything that the section's template needs."""
    ladder = evidence.ladder
    rows = feature_rows(evidence)
    rungs = rankings(ladder, RUNGS)
    tests = leakage_tests(evidence, rows)
    return FeaturesPage(
        rungs=rungs,
        figure=feature_figures.ladder(rungs),
        alerts=ladder.alerts,
        checks=rankings(ladder, CHECKS),
        rating=leaked_rating(ladder),
        tests=tests,
        passed=sum(row.passed is True for row in tests),
        failed=sum(row.passed is False for row in tests),
        tags=[row for row in rows if row.group == "profile"],
        groups=feature_groups(rows),
        size=len(rows),
        moved=[row for row in rows if row.psi.is_warning],
    )
