"""From a stranger's payments to alerts: measured, scored, explained. The file and the service share it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pydantic import Field

from data.asof import bank_time
from data.words import FAMILIES
from explain.attribution import contributions
from explain.reasons import VALIDATORS_ONLY, worded, yuan_worded
from models.budget import Budget, alerts_within_budget
from pipeline import Record
from serving.account_view import VIEW_DAYS, AccountView, account_lines, account_view
from serving.drift import FeatureDrift, drift_of
from serving.file_model import FileModel
from serving.ledger import NarrowLedger, at_moments
from serving.measure import EngineParams, every_feature, measured_customers, weekly_moments
from serving.settings import ServingSettings


class FileReason(Record):
    """A family of features that spoke for the score, or against it."""

    rank: int = Field(description="1 is the strongest; -1 the strongest evidence against")
    family_en: str = Field(description="the family in English")
    family_zh: str = Field(description="the family in Chinese")
    feature: str = Field(description="the feature that speaks for the family")
    contribution: float = Field(description="sum over the family, log-odds of the score")
    text_en: str = Field(description="its leading feature in English")
    text_zh: str = Field(description="its leading feature in Chinese")


class FileAlert(Record):
    """An account that is alerted as of a midnight, and why. Contributed to the score, never caused it."""

    account: str = Field(description="as the file names it")
    as_of: str = Field(description="date; payments before its midnight count, later ones do not")
    rank: int = Field(description="place within its week")
    score: float = Field(description="log-odds of the model: a rank, no probability")
    reasons: list[FileReason] = Field(description="the strongest first")
    view: AccountView = Field(description="what the account did, facts alone")


class NewGap(Record):
    """A feature that training always had and some scored account lacks: the training median stands in."""

    feature: str = Field(description="feature")
    rows: int = Field(description="scored accounts, week by week, that lack it")
    fill: float = Field(description="the median, in the feature's unit")


@dataclass(frozen=True)
class FileVerdicts:
    """What is said of a ledger.

    ``scores`` has account, as_of, score, rank (0: no alert), one row an active account and week;
    ``drift`` is of the last week.
    """

    scores: pd.DataFrame
    alerts: list[FileAlert]
    drift: list[FeatureDrift]
    gaps: list[NewGap]
    moments: list[str]


def filled_gaps(model: FileModel, features: pd.DataFrame) -> tuple[pd.DataFrame, list[NewGap]]:
    """Features with the gaps filled that no training row had: no tree has learnt what they mean."""
    lacking = features[list(model.card.medians)].isna().sum()
    gaps = [
        NewGap(feature=str(name), rows=int(rows), fill=model.card.medians[str(name)])
        for name, rows in lacking.items()
        if rows
    ]
    return features.fillna({gap.feature: np.float32(gap.fill) for gap in gaps}), gaps


def judged(
    ledger: NarrowLedger,
    names: list[str],
    model: FileModel,
    engine: EngineParams,
    settings: ServingSettings,
) -> FileVerdicts:
    """Score every active account at each weekly moment, alert within the bank's budget, and explain.

    Parameters
    ----------
    names : of the accounts, by number; each that is looked at is its own customer
    """
    at_us = weekly_moments(ledger, settings.scoring.weeks, settings.scoring.least_days)
    known = measured_customers(ledger, at_us, engine)
    features, gaps = filled_gaps(model, known.features[model.card.features])
    score = model.scores(features)
    customer = known.subjects["customer_id"].to_numpy()
    as_of_us = known.subjects["as_of"].astype("int64").to_numpy()
    budget = Budget(
        alerts_per_thousand_customers_week=model.card.alerts_per_thousand_customers_week,
        suppress_days=model.card.suppress_days,
        label_window_days=VIEW_DAYS,
    )
    rank = alerts_within_budget(score, customer, as_of_us, budget)
    midnight = pd.Timestamp(ledger.midnight_us * 1_000, tz="UTC")
    local, weeks = (
        bank_time(pd.Series(times), midnight) for times in (known.subjects["as_of"], at_moments(at_us))
    )
    scores = pd.DataFrame(
        {"account": [names[who] for who in customer], "as_of": local, "score": score, "rank": rank}
    )
    alerted = np.flatnonzero(rank > 0)
    alerted = alerted[np.lexsort((rank[alerted], -as_of_us[alerted]))]
    last = as_of_us == at_us[-1]
    return FileVerdicts(
        scores=scores,
        alerts=alerts_told(ledger, names, model, scores.iloc[alerted], features.iloc[alerted], settings),
        drift=drift_of(model, features[last], score[last], settings.drift) if last.any() else [],
        gaps=gaps,
        moments=[f"{week:%Y-%m-%d}" for week in weeks],
    )


def alerts_told(
    ledger: NarrowLedger,
    names: list[str],
    model: FileModel,
    alerts: pd.DataFrame,
    features: pd.DataFrame,
    settings: ServingSettings,
) -> list[FileAlert]:
    """The alerts with reasons and what an investigator looks at first.

    ``alerts`` are rows of scores and ``features`` theirs.
    """
    if alerts.empty:
        return []
    values = contributions(model.fitted.booster, features, alerts["score"].to_numpy())
    numbers = {name: number for number, name in enumerate(names) if ledger.owner[number] >= 0}
    accounts = [numbers[name] for name in alerts["account"]]
    lines = account_lines(ledger, sorted(set(accounts)))
    told = []
    for place, (account, alert) in enumerate(zip(accounts, alerts.itertuples(index=False), strict=True)):
        told.append(
            FileAlert(
                account=alert.account,
                as_of=f"{alert.as_of:%Y-%m-%d}",
                rank=int(alert.rank),
                score=round(float(alert.score), 4),
                reasons=reasons_of(model, features.iloc[place], values[place], settings.scoring.reasons),
                view=account_view(lines[account], alert.as_of, names, settings.scoring.listed_payments),
            )
        )
    return told


def reasons_of(model: FileModel, values: pd.Series, parts: np.ndarray, most: int) -> list[FileReason]:
    """Up to ``most`` families that raised the score, and the one that lowered it most.

    A family is spoken for by its strongest feature, with the training customers beside it: a file
    may hold too few accounts to say what is usual.
    """
    known = every_feature()
    by_family: dict[str, list[tuple[float, str]]] = {}
    for name, part in zip(model.card.features, parts, strict=True):
        by_family.setdefault(known[name].family, []).append((float(part), name))
    sums = {family: sum(part for part, _ in mine) for family, mine in by_family.items()}
    told = sorted((family for family in sums if family != VALIDATORS_ONLY), key=lambda one: (-sums[one], one))
    ranked = [(rank, family) for rank, family in enumerate((f for f in told if sums[f] > 0), start=1)][:most]
    ranked += [(-1, family) for family in told[-1:] if sums[family] < 0]
    found = []
    for rank, family in ranked:
        _, lead = max(by_family[family], key=lambda one: (one[0] * np.sign(rank), one[1]))
        en, zh = in_words(lead, float(values[lead]), model.reference[lead])
        found.append(
            FileReason(
                rank=rank,
                family_en=FAMILIES[family].en,
                family_zh=FAMILIES[family].zh,
                feature=lead,
                contribution=round(sums[family], 3),
                text_en=en,
                text_zh=zh,
            )
        )
    return found


def in_words(name: str, value: float, usual: pd.Series) -> tuple[str, str]:
    """A feature's value beside what is usual in training, in English and Chinese."""
    entry = every_feature()[name]
    half, most = usual.median(), usual.quantile(0.99)
    shown = [worded(float(number), entry.unit) for number in (value, half, most)]
    mine, middle, high = (yuan_worded(text) for text in shown)
    return (
        f"{entry.label_en}: {shown[0]} "
        f"(customers in training: median {shown[1]}, 99th percentile {shown[2]})",
        f"{entry.label_zh}：{mine}（训练客户中位数 {middle}，99 分位 {high}）",
    )
