"""Contributions as sentences: families ranked, each spoken for by its strongest feature."""

from __future__ import annotations

import numpy as np
import pandas as pd

# A family that is never given as a reason: it describes who somebody is, not what they did.
VALIDATORS_ONLY = "demographic"


def worded(value: float, unit: str) -> str:
    """A value with its unit, the same in both languages; a dash where there is none."""
    if np.isnan(value):
        return "–"
    if unit == "share":
        return f"{value:.0%}"
    if unit == "CNY":
        return f"CNY {value:,.0f}"
    if unit in ("count", "days", "years", "code", "minutes"):
        return f"{value:,.0f}"
    return f"{value:,.1f}"


def yuan_worded(text: str) -> str:
    """A worded value as a Chinese reader writes it."""
    return text.removeprefix("CNY ") + " 元" if text.startswith("CNY") else text


def sentence(row: pd.Series, labels: pd.DataFrame) -> tuple[str, str]:
    """What the leading feature says, in English and Chinese."""
    entry = labels.loc[row["feature"]]
    value, median, p99 = (worded(row[name], entry["unit"]) for name in ("value", "peer_median", "peer_p99"))
    of_own, of_half, of_most = (yuan_worded(text) for text in (value, median, p99))
    return (
        f"{entry['label_en']}: {value} (peers: median {median}, 99th percentile {p99})",
        f"{entry['label_zh']}:{of_own}(同类客户中位数 {of_half}，99 分位 {of_most})",
    )


def reasons(contributions: pd.DataFrame, labels: pd.DataFrame, most: int) -> pd.DataFrame:
    """The Reasons table: up to ``most`` families for each alert, and one against it.

    ``labels`` is the feature catalogue by feature. Additivity makes the sum over a
    family as valid as its parts.
    """
    by_family = contributions.groupby(["subject_id", "family"], sort=True)["contribution"].sum().reset_index()
    rows = []
    parts = dict(iter(contributions.groupby(["subject_id", "family"])))
    for subject_id, families in by_family.groupby("subject_id", sort=True):
        told = families[families["family"] != VALIDATORS_ONLY]
        ordered = told.sort_values(["contribution", "family"], ascending=[False, True])
        for_it = ordered[ordered["contribution"] > 0].head(most)
        against = ordered[ordered["contribution"] < 0].tail(1)
        ranked = [(rank, row) for rank, row in enumerate(for_it.itertuples(index=False), start=1)]
        ranked += [(-1, row) for row in against.itertuples(index=False)]
        for rank, row in ranked:
            features = parts[subject_id, row.family]
            lead = features.loc[(features["contribution"] * np.sign(rank)).idxmax()]
            text_en, text_zh = sentence(lead, labels)
            rows.append(
                {
                    "subject_id": subject_id,
                    "rank": rank,
                    "family": row.family,
                    "feature": lead["feature"],
                    "contribution": row.contribution,
                    "text_en": text_en,
                    "text_zh": text_zh,
                }
            )
    columns = ["subject_id", "rank", "family", "feature", "contribution", "text_en", "text_zh"]
    return pd.DataFrame(rows, columns=columns)
