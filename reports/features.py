"""View-model of the section on features: ladder, leaked rating, leakage tests, tags, catalogue."""

from __future__ import annotations

import math
from typing import Any

from data.words import FAMILIES, UNITS
from reports import feature_figures
from reports.evidence import Evidence
from reports.feature_wording import (
    APPLIES_TO,
    CHECKS,
    ENCODINGS,
    GROUPS,
    OWNERS,
    RATINGS,
    RUNGS,
    TESTS,
    window,
)
from reports.wording import DASH, Interval, Text, count, named, percent, worded_interval

UNSTABLE = 0.25  # of the population stability index; the usual line
CHANCE = 0.5
TOP_RUNG = "network"


def points(interval: Interval | None) -> str:
    """A paired difference of recall in points, with its sign."""
    return DASH if interval is None or interval["value"] is None else f"{interval['value'] * 100:+.1f}"


def points_range(interval: Interval | None) -> str:
    """Its interval, empty without one."""
    if interval is None or interval["low"] is None or interval["high"] is None:
        return ""
    return f"{interval['low'] * 100:+.1f} … {interval['high'] * 100:+.1f}"


def rankings(evidence: Evidence, names: dict[str, Text]) -> list[dict[str, Any]]:
    """Rankings in the order of ``names``, with recall and gain in both views."""
    found = {row["ranking"]: row for row in evidence.ladder["rankings"]}
    rows = []
    for name, label in names.items():
        if name not in found:
            continue
        row = found[name]
        views = {
            view: {
                "recall": row[view]["recall"],
                "caught": row[view]["caught"],
                "customers": row[view]["customers"],
                "gain": points(row[view]["gain"]),
                "gain_range": points_range(row[view]["gain"]),
            }
            for view in ("bank", "true")
        }
        rows.append({"key": name, "name": label, "columns": row["columns"], "views": views})
    return rows


def stability(value: float | None) -> dict[str, Any]:
    """A stability index and how it is to be read."""
    if value is None or math.isnan(value):
        return {"shown": DASH, "is_warning": False}
    return {"shown": f"{value:.2f}", "is_warning": value > UNSTABLE}


def feature_rows(evidence: Evidence) -> list[dict[str, Any]]:
    """Every feature with its words and what became of it in this run."""
    gains = evidence.ladder["gain_share"]
    rows = []
    for row in evidence.catalogue:
        covered = row["coverage"]
        rows.append(
            {
                "feature": row["feature"],
                "label": Text(row["label_en"], row["label_zh"]),
                "group": row["group"],
                "family": named(FAMILIES, row["family"]),
                "unit": named(UNITS, row["unit"]),
                "window": window(row["window"]),
                "source": Text(row["source_en"], row["source_zh"]),
                "encoding": named(ENCODINGS, row["encoding"]),
                "levels": row["levels"],
                "applies_to": named(APPLIES_TO, row["applies_to"]),
                "owner": named(OWNERS, row["owner"]),
                "missing": row["missing_share"],
                "coverage": None if covered is None or math.isnan(covered) else covered,
                "psi": stability(row["psi"]),
                "masked": row["masked_values"],
                "differences": row["masked_differences"],
                "gain": gains.get(row["feature"], 0.0),
                "shap": evidence.shap_share.get(row["feature"]),
            }
        )
    return rows


def by_group(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The catalogue by group, in each the features with the largest gain first."""
    groups = []
    for key, name in GROUPS.items():
        mine = sorted((row for row in rows if row["group"] == key), key=lambda row: -row["gain"])
        if mine:
            groups.append(
                {"name": name, "rows": mine, "size": len(mine), "gain": sum(row["gain"] for row in mine)}
            )
    return groups


def masked(rows: list[dict[str, Any]]) -> tuple[int, int, int]:
    """Features and values computed again with the future deleted, and how many values differ."""
    again = [row for row in rows if row["masked"]]
    return len(again), sum(row["masked"] for row in again), sum(row["differences"] for row in again)


def holds_chance(interval: Interval) -> bool | None:
    """Whether an area under the ROC may be chance; None where nothing was measured."""
    if interval["low"] is None:
        return None
    return interval["low"] <= CHANCE


def area_text(interval: Interval) -> str:
    """An area with its interval."""
    if interval["value"] is None:
        return DASH
    return f"{interval['value']:.3f} ({interval['low']:.3f}–{interval['high']:.3f})"


def leakage_tests(evidence: Evidence, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The nine tests: what each found in this run, whether it passed, and the test in the code."""
    ladder = evidence.ladder
    size, values, differ = masked(rows)
    shuffle, mask, encoder = ladder["label_shuffle"], ladder["rating_mask"], ladder["encoder"]
    areas = [area for area in shuffle["areas"] if area is not None]
    ids = ladder["ids"]["auc"]
    artefacts = evidence.truth["difficulty"]["artefacts"]["customers"]["auc"]
    profile = masked([row for row in rows if row["group"] == "profile"])
    reports = masked([row for row in rows if "report" in row["feature"]])
    checks = {row["key"]: row for row in rankings(evidence, CHECKS)}
    dealt = checks["network_dealt"]["views"]["true"]
    spread = f"{min(areas):.3f}–{max(areas):.3f}" if areas else DASH
    found: list[tuple[Text, bool | None]] = [
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
                f"{shuffle['average_precision'] or 0:.3f} at a base rate of {shuffle['base_rate'] or 0:.3f}.",
                f"用无意义标签训练 {len(areas)} 个模型：真实 AUC {spread}，平均精确率中位数 "
                f"{shuffle['average_precision'] or 0:.3f}，基准占比 {shuffle['base_rate'] or 0:.3f}。",
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
        (
            Text(
                f"{count(profile[1])} profile values with the future deleted: {count(profile[2])} differ. "
                f"The dated rating: {mask['dated']['differences']} of {count(mask['dated']['values'])}; the "
                f"undated twin: {mask['undated']['differences']}.",
                f"删除未来数据后 {count(profile[1])} 个画像取值中 {count(profile[2])} 个不同；"
                f"按日读取的风险等级 {mask['dated']['differences']} / {count(mask['dated']['values'])} "
                f"个不同；不按日期的对照 {mask['undated']['differences']} 个。",
            ),
            profile[2] == 0 and mask["dated"]["differences"] == 0,
        ),
        (
            Text(
                f"Nearness to reported customers counts a report from the day it was filed and known: "
                f"{count(reports[1])} values with later reports deleted, {count(reports[2])} differ.",
                f"与已上报客户的距离只使用当日已知的报告：删除之后的报告重算 {count(reports[1])} 个取值，"
                f"{count(reports[2])} 个不同。",
            ),
            reports[2] == 0 if reports[1] else None,
        ),
        (
            Text(
                f"A meaningless name encoded in fold correlates with the label by "
                f"{encoder['in_fold'] or 0:+.3f}; encoded with its own rows by "
                f"{encoder['own_rows'] or 0:+.3f}.",
                f"无意义的类别名，折内编码与标签相关系数 {encoder['in_fold'] or 0:+.3f}；"
                f"若用自身样本编码则为 {encoder['own_rows'] or 0:+.3f}。",
            ),
            (encoder["in_fold"] or 0) <= (encoder["own_rows"] or 0) / 10,
        ),
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
                f"{dealt['gain']} points ({dealt['gain_range']}). The rewired graph for the graph model is "
                f"harness only.",
                f"每周内把关联网络特征在客户间重新分配：真实召回率变化 {dealt['gain']} 个百分点"
                f"（{dealt['gain_range']}）。图模型的打乱连边目前仅有框架。",
            ),
            None,
        ),
    ]
    return [
        {"number": number, "name": name, "test": test, "found": text, "passed": passed}
        for number, ((name, test), (text, passed)) in enumerate(zip(TESTS, found, strict=True), 1)
    ]


def rating(evidence: Evidence) -> dict[str, Any]:
    """The leaked risk rating: what it seems to bring, and what is left of it on the day."""
    rows = rankings(evidence, RATINGS)
    by_key = {row["key"]: row["views"]["bank"]["recall"] for row in rows}
    return {
        "rows": rows,
        "without": worded_interval(by_key[TOP_RUNG]),
        "leaked": worded_interval(by_key["rating_leaked"]),
        "live": worded_interval(by_key["rating_leaked_live"]),
        "undated": evidence.ladder["rating_mask"]["undated"],
        "dated": evidence.ladder["rating_mask"]["dated"],
    }


def features(evidence: Evidence) -> dict[str, Any]:
    """Everything that the section's template needs; empty where the stage did not run."""
    if not evidence.ladder:
        return {}
    rows = feature_rows(evidence)
    rungs = rankings(evidence, RUNGS)
    tests = leakage_tests(evidence, rows)
    moved = [row for row in rows if row["psi"]["is_warning"]]
    return {
        "rungs": rungs,
        "figure": feature_figures.ladder(rungs),
        "alerts": evidence.ladder["alerts"],
        "checks": rankings(evidence, CHECKS),
        "rating": rating(evidence),
        "tests": tests,
        "passed": sum(row["passed"] is True for row in tests),
        "failed": sum(row["passed"] is False for row in tests),
        "tags": [row for row in rows if row["group"] == "profile"],
        "groups": by_group(rows),
        "size": len(rows),
        "moved": moved,
        "percent_moved": percent(len(moved) / len(rows)) if rows else DASH,
    }
