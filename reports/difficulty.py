"""View-model of the section that says how hard the world is, and whether it came out as meant."""

from __future__ import annotations

from typing import Any

from data.words import MARK_NAMES
from reports import world_figures
from reports.evidence import Evidence, headline
from reports.ordinary_misses import EXPLANATIONS
from reports.wording import DASH, DIRECTIONS, Text, chinese, count, joined, named, yuan
from reports.world_wording import ARTEFACTS, CALENDAR, CALIBRATION, GOALS

CHANCE = 0.5


def figure_of(value: float | None, digits: int = 3) -> str:
    """An area (average precision, AUC) as the tables show it."""
    return DASH if value is None else f"{value:.{digits}f}"


def area(interval: dict[str, float | None]) -> dict[str, Any]:
    """An area with its interval, as words."""
    low, high = interval["low"], interval["high"]
    return {
        "value": interval["value"],
        "shown": figure_of(interval["value"]),
        "range": "" if low is None or high is None else f"{low:.3f}–{high:.3f}",
    }


def indicator(row: dict[str, Any] | None, evidence: Evidence) -> Text | None:
    """An indicator's label and which end of it is suspicious."""
    if row is None or row["indicator"] is None:
        return None
    label = evidence.labels.get(row["indicator"])
    name = Text(label["label_en"], label["label_zh"]) if label else named({}, row["indicator"])
    end = DIRECTIONS[row["direction"]]
    return Text(f"{name.en} ({end.en})", f"{name.zh}（{end.zh}）")


def single_and_pair(evidence: Evidence) -> list[dict[str, Any]]:
    """What nothing, one indicator, two of them and the chosen model find, as the bank sees it and in truth.

    A cell is the average precision, its interval if it has one, and what it is of.
    """
    found = evidence.truth["difficulty"]["indicators"]
    best = headline(evidence)
    rows: list[dict[str, Any]] = [
        {"name": Text("Nothing (base rate)", "不用任何指标（基准占比）"), "cells": []},
        {"name": Text("Best single indicator", "最佳单一指标"), "cells": []},
        {"name": Text("Best pair of indicators", "最佳指标组合（两个）"), "cells": []},
        {"name": best["best_name"], "cells": []},
    ]
    for view, results in (("bank", evidence.bank), ("true", evidence.truth)):
        single, pair = found[view]["best_single"], found[view]["best_pair"]
        model = area(results["metrics"][best["best"]]["average_precision"])
        names = [indicator(one, evidence) for one in (pair or {}).get("indicators", [])]
        parts = [name for name in names if name is not None]
        cells: list[tuple[str, str, Text | None]] = [
            (figure_of(found[view]["base_rate"], 4), "", None),
            (figure_of((single or {}).get("average_precision")), "", indicator(single, evidence)),
            (figure_of((pair or {}).get("average_precision")), "", joined(parts, Text("; ", "；"))),
            (model["shown"], model["range"], None),
        ]
        for row, (shown, ends, of) in zip(rows, cells, strict=True):
            row["cells"].append({"view": view, "shown": shown, "range": ends, "of": of})
    return rows


def artefacts(evidence: Evidence) -> dict[str, Any]:
    """The artefact probe: together, and its columns from the most telling down."""
    found = evidence.truth["difficulty"]["artefacts"]
    columns = [
        row | {"name": named(ARTEFACTS, row["column"]), "shown": figure_of(row["auc"]), "unit": unit}
        for unit, probe in found.items()
        for row in probe["columns"]
    ]
    low = found["customers"]["auc"]["low"]
    return {
        unit: probe
        | {
            "auc": area(probe["auc"]),
            "columns": sorted(
                (row for row in columns if row["unit"] == unit), key=lambda row: -(row["auc"] or 0)
            ),
        }
        for unit, probe in found.items()
    } | {"leaks": low is not None and low > CHANCE}


def goals(evidence: Evidence) -> dict[str, Any]:
    """What the probes find beside what is wanted; a miss is printed as a miss."""
    found = evidence.truth["difficulty"]
    rows = []
    for row in found["goals"]:
        figure, wanted = row["figure"], row["wanted"]
        whole = figure if isinstance(figure, dict) else {"value": figure, "low": None, "high": None}
        ends = [probed(whole[end], row["name"]) for end in ("low", "high") if whole[end] is not None]
        rows.append(
            row
            | {
                "label": named(GOALS, row["name"]),
                "shown": probed(whole["value"], row["name"]),
                "range": DASH.join(ends),
                "asked": "" if wanted is None else asked(wanted[0], wanted[1], row["name"]),
            }
        )
    judged = [row for row in rows if row["is_met"] is not None]
    worst = {name: found[part][name] for part, name in (("cells", "worst"), ("single_payments", "strata"))}
    return {
        "rows": rows,
        "judged": len(judged),
        "met": sum(row["is_met"] for row in judged),
        "cell": worst["worst"][0] if worst["worst"] else None,
        "stratum": worst["strata"][0] if worst["strata"] else None,
    }


def probed(value: float | None, name: str) -> str:
    """A probe's figure: an area, a share, or a number."""
    if "_auc" in name:
        return figure_of(value)
    return amount(value, "share" if name.endswith(("_share", "_recall")) else "").en


def asked(low: float, high: float, name: str) -> str:
    """A range that is wanted; without its lower end where that is nothing."""
    if not high:
        return probed(high, name)
    return DASH.join(probed(end, name) for end in (low, high)) if low else f"≤ {probed(high, name)}"


def look_alikes(evidence: Evidence) -> dict[str, Any]:
    """The look-alike probe by typology, and how often amounts alone beat chance."""
    rows = [
        row | {"name": named(evidence.names.typologies, row["typology"]), "auc": area(row["auc"])}
        for row in evidence.truth["difficulty"]["look_alikes"]
    ]
    measured = [row for row in rows if row["auc"]["value"] is not None]
    told = [
        row for row in evidence.truth["difficulty"]["look_alikes"] if (row["auc"]["low"] or CHANCE) > CHANCE
    ]
    return {
        "rows": rows,
        "measured": len(measured),
        "told": len(told),
        "clearest": max(measured, key=lambda row: row["auc"]["value"], default=None),
        "hardest": min(measured, key=lambda row: row["auc"]["value"], default=None),
    }


def by_typology(evidence: Evidence) -> list[dict[str, Any]]:
    """The best indicator of each typology, and how many of its schemes no rule ever hit."""
    found = evidence.truth["difficulty"]
    best = {row["typology"]: row for row in found["indicators"]["by_typology"]}
    unseen = {row["typology"]: row for row in found["rule_invisible"]}
    names = [name for name in unseen if name in best] + [name for name in best if name not in unseen]
    names = sorted(set(names)) + ["all"] * ("all" in unseen)
    return [
        {
            "name": Text("All", "合计") if name == "all" else named(evidence.names.typologies, name),
            "indicator": indicator(best.get(name), evidence),
            "auc": figure_of(best[name]["auc"] if name in best else None),
            "unseen": unseen.get(name),
        }
        for name in names
    ]


def amount(value: float | None, unit: str) -> Text:
    """A calibrated figure with its unit."""
    if value is None:
        return Text(DASH, DASH)
    if unit == "share":
        return Text(f"{value * 100:.3g}%", f"{value * 100:.3g}%")
    if unit == "CNY":
        return Text(yuan(value), yuan(value))
    if unit == "hours":
        return Text(f"{value:.3g} h", f"{value:.3g} 小时")
    plain = f"{value:.3g}" if value < 1_000 else count(value)
    return Text(plain, plain)


def calibration(evidence: Evidence) -> dict[str, Any]:
    """Targets beside what came out; a miss is printed as a miss."""
    rows = []
    for row in evidence.truth["calibration"]:
        name, unit, view = CALIBRATION.get(row["name"], (named({}, row["name"]), "", "true"))
        low, high = amount(row["low"], unit), amount(row["high"], unit)
        rows.append(
            {
                "name": name,
                "view": view,
                "target": Text(f"{low.en} – {high.en}", f"{low.zh} – {high.zh}"),
                "measured": amount(row["measured"], unit),
                "is_hit": row["is_hit"],
                "why": EXPLANATIONS[row["name"]](evidence) if row["is_hit"] is False else None,
                "mark": MARK_NAMES[row["mark"]],
                "source": Text(row["source_en"], row["source_zh"]),
            }
        )
    judged = [row for row in rows if row["is_hit"] is not None]
    return {"rows": rows, "hits": sum(row["is_hit"] for row in judged), "judged": len(judged)}


def dates(evidence: Evidence) -> list[dict[str, Any]]:
    """What happens during the run, numbered in order of time: the calendar's days and the drift plan."""
    events: list[dict[str, Any]] = [
        {"at": str(day), "what": what, "is_drift": False}
        for key, what in CALENDAR.items()
        for day in evidence.simulate.get(key, [])
    ]
    events += [
        {"at": row["at"], "what": Text(row["en"], chinese(row["zh"])), "is_drift": True}
        for row in evidence.truth["drift"]
    ]
    return [
        row | {"number": number} for number, row in enumerate(sorted(events, key=lambda row: row["at"]), 1)
    ]


def difficulty(evidence: Evidence) -> dict[str, Any]:
    """Everything that the section's template needs."""
    spreads = evidence.truth["distributions"]
    marks = dates(evidence)
    return {
        "dates": marks,
        "finds": single_and_pair(evidence),
        "tried": len(evidence.truth["difficulty"]["indicators"]["true"]["singles"]),
        "artefacts": artefacts(evidence),
        "goals": goals(evidence),
        "look_alikes": look_alikes(evidence),
        "by_typology": by_typology(evidence),
        "calibration": calibration(evidence),
        "figures": {
            "volume": world_figures.volume(spreads["weeks"], evidence.bank["periods"], marks),
            "starts": world_figures.starts(spreads["scheme_starts"], marks, evidence.names.typologies),
            "amounts": world_figures.spread(
                spreads["amounts"],
                Text("amount of a payment (logarithmic)", "单笔金额（对数坐标）"),
                Text("payments", "笔"),
                world_figures.SUMS,
            ),
            "gaps": world_figures.spread(
                spreads["gaps"],
                Text(
                    "time since the customer’s payment before (logarithmic)",
                    "距该客户上一笔交易的时间（对数坐标）",
                ),
                Text("payments", "笔"),
                world_figures.TIMES,
            ),
            "counterparties": world_figures.spread(
                spreads["counterparties"],
                Text(
                    "different counterparties of a customer over the run (logarithmic)",
                    "客户全程交易对手数（对数坐标）",
                ),
                Text("customers", "名客户"),
                world_figures.COUNTS,
            ),
        },
    }
