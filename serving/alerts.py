"""From a stranger's payments to alerts: measured, scored, explained. The file and the service share it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pydantic import Field

from data.asof import bank_time
from data.words import FAMILIES
from explain.attribution import contributions
from explain.cases import case_headline, days_of_money, largest_counterparties, own_line
from explain.flow import DAYS
from explain.reasons import VALIDATORS_ONLY, worded, yuan_worded
from explain.results import CaseCounterparty, CaseHeadline, DayOfMoney
from models.budget import Budget, alerts_within_budget
from pipeline import Record
from serving.drift import FeatureDrift, drift_of
from serving.file_model import FileModel
from serving.ledger import NarrowLedger
from serving.measure import EngineParams, every_feature, measured, weekly_moments
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


class ListedPayment(Record):
    """A payment of the days before an alert."""

    at: str = Field(description="date and minute on the file's clock")
    is_in: bool = Field(description="true: received")
    other: str = Field(description="the other side, as the file names it")
    yuan: float = Field(description="amount in the base currency")
    is_new: bool = Field(description="first payment ever with the other side lies in these days")


class FileAlert(Record):
    """An account that is alerted as of a midnight, and why. Contributed to the score, never caused it."""

    account: str = Field(description="as the file names it")
    as_of: str = Field(description="date; payments before its midnight count, later ones do not")
    rank: int = Field(description="place within its week")
    score: float = Field(description="log-odds of the model: a rank, no probability")
    headline: CaseHeadline = Field(description="what the account did, facts alone")
    reasons: list[FileReason] = Field(description="the strongest first")
    timeline: list[DayOfMoney] = Field(description="days with payments")
    counterparties: list[CaseCounterparty] = Field(description="those with the most money")
    payments: list[ListedPayment] = Field(description="the largest ones, in order of time")
    payments_in_all: int = Field(description="payments of these days")


class NewGap(Record):
    """A feature that training always had and some scored account lacks: the training median stands in."""

    feature: str = Field(description="feature")
    rows: int = Field(description="scored accounts, week by week, that lack it")
    fill: float = Field(description="the median, in the feature's unit")


@dataclass(frozen=True)
class Verdicts:
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
) -> Verdicts:
    """Score every active account at each weekly moment, alert within the bank's budget, and explain.

    Parameters
    ----------
    names : of the accounts, by number; each that is looked at is its own customer
    """
    at_us = weekly_moments(ledger, settings.scoring.weeks, settings.scoring.least_days)
    known = measured(ledger, at_us, engine)
    features, gaps = filled_gaps(model, known.features[model.card.features])
    score = model.scores(features)
    customer = known.subjects["customer_id"].to_numpy()
    as_of_us = known.subjects["as_of"].astype("int64").to_numpy()
    budget = Budget(
        alerts_per_thousand_customers_week=model.card.alerts_per_thousand_customers_week,
        suppress_days=model.card.suppress_days,
        label_window_days=DAYS,
    )
    rank = alerts_within_budget(score, customer, as_of_us, budget)
    midnight = pd.Timestamp(ledger.midnight_us * 1_000, tz="UTC")
    local = bank_time(known.subjects["as_of"], midnight)
    scores = pd.DataFrame(
        {"account": [names[who] for who in customer], "as_of": local, "score": score, "rank": rank}
    )
    alerted = np.flatnonzero(rank > 0)
    alerted = alerted[np.lexsort((rank[alerted], -as_of_us[alerted]))]
    last = as_of_us == at_us[-1]
    return Verdicts(
        scores=scores,
        alerts=explained(ledger, names, model, scores.iloc[alerted], features.iloc[alerted], settings),
        drift=drift_of(model, features[last], score[last], settings.drift) if last.any() else [],
        gaps=gaps,
        moments=[
            f"{moment:%Y-%m-%d}"
            for moment in bank_time(pd.Series(pd.to_datetime(at_us, unit="us", utc=True)), midnight)
        ],
    )


def explained(
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
    payments = named_ledger(ledger, names, set(alerts["account"]))
    told = []
    for place, alert in enumerate(alerts.itertuples(index=False)):
        start = alert.as_of - pd.Timedelta(days=DAYS)
        line = own_line(payments, alert.account, alert.as_of, DAYS)
        told.append(
            FileAlert(
                account=alert.account,
                as_of=f"{alert.as_of:%Y-%m-%d}",
                rank=int(alert.rank),
                score=round(float(alert.score), 4),
                headline=case_headline(line, None, start, alert.as_of),
                reasons=reasons_of(model, features.iloc[place], values[place], settings.scoring.reasons),
                timeline=days_of_money(line),
                counterparties=largest_counterparties(line),
                payments=listed(line, settings.scoring.listed_payments),
                payments_in_all=len(line),
            )
        )
    return told


def named_ledger(ledger: NarrowLedger, names: list[str], around: set[str]) -> pd.DataFrame:
    """Payments of some accounts by the file's clock, parties as case pages name them."""
    is_asked = np.isin(np.array(names, dtype=object), list(around))
    payer, payee = ledger.payments["payer"].to_numpy(), ledger.payments["payee"].to_numpy()
    mine = np.flatnonzero(is_asked[payer] | is_asked[payee])
    party = np.array(
        [
            f"{'customer' if owner >= 0 else 'account'} {name}"
            for owner, name in zip(ledger.owner, names, strict=True)
        ],
        dtype=object,
    )
    at = pd.Series(pd.to_datetime(ledger.payments["at_us"].to_numpy()[mine], unit="us", utc=True))
    return pd.DataFrame(
        {
            "at": bank_time(at, pd.Timestamp(ledger.midnight_us * 1_000, tz="UTC")),
            "payer": pd.Series(party[payer[mine]], dtype="str"),
            "payee": pd.Series(party[payee[mine]], dtype="str"),
            "yuan": ledger.payments["cents"].to_numpy()[mine] / 100,
            "channel": "transfer",
        }
    )


def listed(line: pd.DataFrame, most: int) -> list[ListedPayment]:
    """The largest payments of a line, in order of time."""
    chosen = line.sort_values("yuan", ascending=False, kind="stable").head(most)
    return [
        ListedPayment(
            at=f"{row.at:%Y-%m-%d %H:%M}",
            is_in=bool(row.is_in),
            other=row.other.partition(" ")[2],
            yuan=round(row.yuan, 2),
            is_new=bool(row.is_new),
        )
        for row in chosen.sort_values("at", kind="stable").itertuples(index=False)
    ]


def reasons_of(model: FileModel, values: pd.Series, parts: np.ndarray, most: int) -> list[FileReason]:
    """Up to ``most`` families that raised the score, and the one that lowered it most.

    A family is spoken for by its strongest feature, with the training customers beside it: a file
    may hold too few accounts to say what is usual.
    """
    known, by_family = every_feature(), {}
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
        f"{entry.label_en}: {shown[0]} (customers in training: median {shown[1]}, 99th percentile {shown[2]})",
        f"{entry.label_zh}：{mine}（训练客户中位数 {middle}，99 分位 {high}）",
    )
