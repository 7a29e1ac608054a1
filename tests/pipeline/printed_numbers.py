"""A second, plain way to the numbers of the prose: the raw files, their keys, and a count by hand.

Nothing here uses the report's own classes of results; only marks and origins are read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from data.results import Interval
from models.zoo import MODELS
from reports.features import UNSTABLE
from reports.time_words import KIND_NAMES
from reports.tracing import OPERATIONS, Origin, ReadFrom, Reckoned

STEP = re.compile(r"\[([^\]]*)\]|([^.\[\]]+)")


@cache
def raw(file: Path) -> Any:
    """What a file holds, as it lies there."""
    if file.suffix == ".parquet":
        return pd.read_parquet(file).to_dict("records")
    text = file.read_text(encoding="utf-8")
    return yaml.safe_load(text) if file.suffix == ".yaml" else json.loads(text)


def found_at(folder: Path, read: ReadFrom) -> Any:
    """The value under a key: names go down, ``[name=words]`` and ``[3]`` choose a row."""
    value = raw((folder / read.file).resolve())
    for row, name in STEP.findall(read.key):
        if name:
            value = value[name]
        elif row.isdigit():
            value = value[int(row)]
        else:
            key, _, words = row.partition("=")
            value = next(one for one in value if str(one[key]) == words)
    return value


def is_apart(gap: dict[str, float | None]) -> bool:
    """Whether a paired interval leaves out zero."""
    low, high = gap["low"], gap["high"]
    return low is not None and high is not None and (low > 0 or high < 0)


def costs_recall(plant: dict[str, Any]) -> bool:
    """Whether a drift that was planted provably lowers true recall."""
    high = plant["true_change"]["high"]
    return plant["is_planted"] and high is not None and high < 0


def told_by(plant: dict[str, Any]) -> set[str]:
    """Who tells a planted drift."""
    return {answer["watcher"] for answer in plant["answers"] if answer["told"] == "tells"}


def is_unheard(plant: dict[str, Any]) -> bool:
    """Whether no alarm tells a drift that costs recall; a check of the feed is no alarm."""
    return costs_recall(plant) and not told_by(plant) & set(KIND_NAMES)


def signs(pair: dict[str, Any]) -> float:
    """Product of both coefficients of a collinear pair."""
    one, other = (member["coefficient"] for member in pair["members"])
    return one * other


BY_ROW: dict[str, Callable[[Any], bool]] = {
    "all": lambda _: True,
    "trials": lambda _: True,
    "turns": lambda _: True,
    "worlds": lambda _: True,
    "claims": lambda _: True,
    "cases": lambda _: True,
    "alerted customers": lambda _: True,
    "features": lambda _: True,
    "handlings": lambda _: True,
    "planned changes": lambda _: True,
    "models and the stack": lambda _: True,
    "models": lambda name: name in MODELS,
    "kept": lambda turn: turn["is_kept"],
    "taken back": lambda turn: not turn["is_kept"],
    "the bank would end otherwise": lambda turn: turn["is_kept"] != turn["bank_would_keep"],
    "between above within": lambda row: (row["true"]["between"] or 0) > (row["true"]["within"] or 0),
    "judged": lambda row: row["explainer"] != "random" and row["is_met"] is not None,
    "judged and met": lambda row: row["explainer"] != "random" and row["is_met"] is True,
    "compared": lambda row: row["true"]["alerted_gap"]["low"] is not None,
    "stability index above the bound": lambda row: row["psi"] > UNSTABLE,
    "planted": lambda plant: plant["is_planted"],
    "provably cost recall in truth": costs_recall,
    "cost recall, and no alarm tells": is_unheard,
    "told by a check alone": lambda plant: is_unheard(plant) and bool(told_by(plant)),
    "told by all who were expected to": lambda plant: (
        plant["is_planted"] and set(plant["expected"]) <= told_by(plant)
    ),
    "answered": lambda event: bool(event["answered"]),
    "readings": lambda alarm: alarm["reading"] is not None,
    "fires": lambda alarm: alarm["reading"] is not None and alarm["fires"] is True,
    "folds with a suspicious customer": lambda fold: fold["customers"] > 0,
}
"""What is counted, by its words: the condition on a raw row."""

BY_KIND: dict[str, Callable[[Any], bool]] = {
    "pairs": lambda _: True,
    "one dropped": lambda pair: any(member["coefficient"] == 0 for member in pair["members"]),
    "opposite signs": lambda pair: signs(pair) < 0,
}
"""The same of collinear pairs, which are counted by kind of penalty."""

BY_INTERVAL: dict[str, Callable[[dict[str, float | None]], bool]] = {
    "bands": lambda _: True,
    "rankers": lambda _: True,
    "apart from zero": is_apart,
    "no difference measured": lambda gap: not is_apart(gap),
    "no difference shown": lambda gap: not is_apart(gap),
    "lowers recall / no difference shown / raises recall": lambda gap: gap["low"] is not None,
}
"""What is counted of paired intervals that lie in several places."""


def recomputed(folder: Path, origin: Origin) -> set[float]:
    """What a number may be, from the raw files; several where a count is told for each of several kinds."""
    if isinstance(origin, ReadFrom):
        return {found_at(folder, origin)}
    if not isinstance(origin, Reckoned):
        return {origin}
    if origin.how in BY_INTERVAL:
        gaps = [found_at(folder, interval_of(part)) for part in origin.parts]
        return {sum(map(BY_INTERVAL[origin.how], gaps))}
    first = origin.parts[0]
    if origin.how in BY_ROW and isinstance(first, ReadFrom):
        return {sum(map(BY_ROW[origin.how], found_at(folder, first)))}
    if origin.how in BY_KIND and isinstance(first, ReadFrom):
        pairs = found_at(folder, first)
        kinds = {pair["l1_share"] for pair in pairs}
        return {
            sum(BY_KIND[origin.how](pair) for pair in pairs if pair["l1_share"] == kind) for kind in kinds
        }
    parts = [next(iter(recomputed(folder, part))) for part in origin.parts]
    if origin.how in ("low", "high"):
        share = Interval.of_count(int(parts[0]), int(parts[1]))
        return {getattr(share, origin.how)}
    return {OPERATIONS[origin.how](*parts)}


def interval_of(end: Origin) -> ReadFrom:
    """The interval of which one end was read."""
    assert isinstance(end, ReadFrom)
    return ReadFrom(end.file, end.key.rpartition(".")[0])
