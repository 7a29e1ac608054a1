"""The page's words on a whole file: how long it takes to read, tell of and score, and beside polars."""

from __future__ import annotations

from typing import Any

AIM_SECONDS, AIM_GB, AIM_RATE = 360, 8, 300_000  # the whole path; payments a second of its features
AIM_READ_GB = 3

Figures = dict[str, Any]


def kept(is_kept: bool) -> str:
    """Whether an aim is kept, in a word."""
    return "kept" if is_kept else "missed"


def speed_lines(found: Figures | None) -> list[str]:
    """A section of the page; how to get the figures where there are none."""
    command = "`python -m benchmarks.feeds`"
    title = ["## A file in AMLworld's form: speed", ""]
    if not found:
        return [*title, f"Not run: {command}.", ""]
    whole, rate = found["whole"], found["whole"]["features_payments_a_second"]
    total, read = whole["read_told_and_scored"]["seconds"], whole["read"]
    is_fast = total <= AIM_SECONDS and whole["peak_gb"] <= AIM_GB
    lines = [
        *title,
        f"{command} draws {whole['rows']:,} payments of {whole['accounts']:,} accounts "
        f"({found['bytes'] / 1e6:,.0f} MB) and measures on {found['cores']} cores. What a model makes of "
        "drawn labels says nothing; speed and memory are all that is measured. Seconds on the clock hold "
        "what else the machine did, those of the processors do not.",
        "",
        "| part | seconds | of the processors | |",
        "|---|---|---|---|",
        _row("read", read, f"peak {read['peak_gb']:.2f} GB"),
        _row(f"features, {whole['columns']} columns", whole["features"], f"{rate:,} payments a second"),
        _row("scored", whole["scored"], ""),
        _row("together", whole["read_told_and_scored"], f"peak {whole['peak_gb']:.2f} GB"),
        "",
        f"Aims: {AIM_SECONDS // 60} minutes and {AIM_GB} GB for all, {kept(is_fast)}; "
        f"{AIM_RATE:,} payments a second for the features, {kept(rate >= AIM_RATE)}; "
        f"reading below {AIM_READ_GB} GB, {kept(read['peak_gb'] < AIM_READ_GB)}.",
        "",
    ]
    return lines + _beside(found["small_set"])


def _row(part: str, took: Figures, more: str) -> str:
    return f"| {part} | {took['seconds']:.1f} | {took['processor_seconds']:.1f} | {more} |"


def _beside(small: Figures) -> list[str]:
    if "polars" not in small:
        return ["Beside polars: not run, it was not installed.", ""]
    ours, theirs, ratio = small["ours"], small["polars"], small["polars_to_ours"]
    spread = "{median:.1f} ({least:.1f} to {most:.1f})"
    return [
        f"A small set of features on the same file (`benchmarks/feed_windows.py`: count, sum and different "
        f"counterparties, both ways, within 1, 7 and 28 days strictly before the day; "
        f"{small['columns_an_end']} columns for each end of {ours['payments']:,} payments), in turn with "
        f"polars {small['polars_version']}, {small['turns']} turns each in a process of its own; "
        f"{small['equal_values']:,} values of drawn payments are equal.",
        "",
        "| | seconds | of the processors | peak GB |",
        "|---|---|---|---|",
        f"| the pipeline's windows | {ours['seconds']:.2f} | {ours['processor_seconds']:.2f} "
        f"| {ours['peak_gb']:.2f} |",
        f"| polars | {theirs['seconds']:.2f} | {theirs['processor_seconds']:.2f} | {theirs['peak_gb']:.2f} |",
        "| polars to ours, median (least to most) | "
        + " | ".join(spread.format(**ratio[key]) for key in ("seconds", "processor_seconds", "peak_gb"))
        + " |",
        "",
        "ExSTraQt was found as no package, and its features look at the whole graph, later payments "
        "included; it is not timed here.",
        "",
    ]
