"""Contributions as sentences: families ranked, each spoken for by its leading feature.

A family ranks by what it contributed to the score times how rare its leading value is among
peers: what contributed and is ordinary tells an investigator nothing. Protected attributes are
no reasons, and a reason says what contributed to the score, never what caused anything.
"""

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
    """What the leading feature says, in English and Chinese: value, own past, peers."""
    entry = labels.loc[row["feature"]]
    columns = ("value", "own_median", "peer_median", "peer_p99")
    value, own, median, p99 = (worded(row[name], entry["unit"]) for name in columns)
    zh = [yuan_worded(text) for text in (value, own, median, p99)]
    past_en, past_zh = ("", "") if own == "–" else (f"own past {own}; ", f"本人以往 {zh[1]}，")
    return (
        f"{entry['label_en']}: {value} ({past_en}peers: median {median}, 99th percentile {p99})",
        f"{entry['label_zh']}:{zh[0]}({past_zh}同类客户中位数 {zh[2]}，99 分位 {zh[3]})",
    )


def leading_features(parts: pd.DataFrame) -> pd.DataFrame:
    """Of each alert and family: what it contributed and the feature that speaks for it, each way.

    The feature is the one with the largest contribution times rarity of the family's direction.
    Columns of Contributions with ``sign``, ``weight``; ``contribution`` is the family's.
    """
    family = ["subject_id", "family"]
    told = parts[parts["family"] != VALIDATORS_ONLY]
    total = told.groupby(family)["contribution"].transform("sum")
    sign = np.sign(total).astype(int)
    own = (told["contribution"] * sign).clip(lower=0)
    led = told.assign(sign=sign, own=own * told["rarity"], contribution=total)
    led = led.sort_values([*family, "own", "feature"], ascending=[True, True, False, True], kind="stable")
    led = led[led["sign"] != 0].drop_duplicates(family)
    return led.assign(weight=led["contribution"].abs() * led["rarity"])


def reasons(
    contributions: pd.DataFrame, labels: pd.DataFrame, most: int, beside: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The Reasons table: up to ``most`` families for each alert, and one against it.

    Additivity makes the sum over a family as valid as its parts. Where two families weigh
    alike, the name decides.

    Parameters
    ----------
    contributions : rows of Contributions
    labels : the feature catalogue by feature
    beside : ``rarity`` and ``own_median`` of the same rows; None: all are as rare, no past is known
    """
    known = {"rarity": 1.0, "own_median": np.nan} if beside is None else beside.to_dict("series")
    led = leading_features(contributions.assign(**known))
    led = led.sort_values(["subject_id", "weight", "family"], ascending=[True, False, True], kind="stable")
    led["rank"] = led.groupby(["subject_id", "sign"]).cumcount() + 1
    speaks_for = (led["sign"] > 0) & (led["rank"] <= most)
    against = (led["sign"] < 0) & (led["rank"] == 1)
    chosen = led[speaks_for | against].copy()
    chosen["rank"] = chosen["rank"] * chosen["sign"]
    # The reasons come first, what speaks against the alert last.
    order = chosen["rank"].where(chosen["rank"] > 0, most + 1)
    chosen = chosen.assign(order=order).sort_values(["subject_id", "order"], kind="stable")
    texts = [sentence(row, labels) for _, row in chosen.iterrows()]
    chosen["text_en"], chosen["text_zh"] = [en for en, _ in texts], [zh for _, zh in texts]
    columns = ["subject_id", "rank", "family", "feature", "contribution", "rarity", "text_en", "text_zh"]
    return chosen[columns].reset_index(drop=True)
