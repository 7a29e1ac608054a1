"""What a calibrated figure is made of: the parts that say why a target was met or missed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.asof import bank_time
from data.schema import CHANNELS, CUSTOMER_KINDS, MONTH_US
from models.intervals import quantile, ratio, rounded
from models.results.truth import (
    AmountsByKind,
    Anatomy,
    ChannelShare,
    RuleAlerts,
    SchemeStarts,
    Segment,
)
from models.truth.calibration import PAYMENT_KINDS, JudgedBank, gaps

BLOCK_WEEKS = 4  # weeks of one column in the picture of starts


def segments(bank: JudgedBank) -> list[Segment]:
    """Payments, amounts, gaps and counterparties of each kind of customer that the bank has."""
    kind = bank.customers.set_index("customer_id")["kind"].loc[bank.parties.customer_id].to_numpy()
    of_event, months = kind[bank.events.customer], bank.length_us / MONTH_US
    hours, later = gaps(bank)
    rows = []
    for name in CUSTOMER_KINDS:
        mine, is_here = of_event == name, kind == name
        if not is_here.any():
            continue
        met = bank.counterparties[is_here & (bank.counterparties > 0)]
        amounts = bank.events.cents[mine] / 100
        rows.append(
            Segment(
                kind=name,
                customers=int(is_here.sum()),
                payments_per_month=rounded(ratio(float(mine.sum()), months * is_here.sum()), 2),
                amount_median=rounded(quantile(amounts, 0.5), 2),
                amount_p90=rounded(quantile(amounts, 0.9), 2),
                gap_median_hours=rounded(quantile(hours[of_event[later] == name], 0.5), 2),
                counterparties_median=rounded(quantile(met, 0.5), 2),
                counterparties_p99=rounded(quantile(met, 0.99), 2),
            )
        )
    return rows


def channels(bank: JudgedBank) -> list[ChannelShare]:
    """Share and amounts of the payments of each channel, the most used first."""
    yuan, channel = bank.transactions["amount_cents"].to_numpy() / 100, bank.transactions["channel"]
    rows = []
    for name in CHANNELS:
        mine = yuan[(channel == name).to_numpy()]
        if len(mine):
            rows.append(
                ChannelShare(
                    channel=name,
                    share=rounded(len(mine) / len(yuan)),
                    median=rounded(quantile(mine, 0.5), 2),
                    p90=rounded(quantile(mine, 0.9), 2),
                )
            )
    return sorted(rows, key=lambda row: -(row.share or 0))


def amounts_by_kind(bank: JudgedBank) -> AmountsByKind:
    """Median yuan of a payment of each kind: ordinary, of a look-alike, illicit."""
    yuan = bank.transactions["amount_cents"].to_numpy() / 100
    medians = {
        name: rounded(quantile(yuan[bank.kind == code], 0.5), 2) for code, name in enumerate(PAYMENT_KINDS)
    }
    return AmountsByKind(**medians)


def scheme_starts(schemes: pd.DataFrame, first_day: pd.Timestamp) -> SchemeStarts:
    """How many illicit schemes of each typology begin in every four weeks of the run."""
    illicit = schemes[schemes["is_illicit"]].drop_duplicates("scheme_id")
    if illicit.empty:
        return SchemeStarts(starts_at=[], typologies={})
    length = pd.Timedelta(weeks=BLOCK_WEEKS)
    block = ((illicit["starts_at"] - first_day) // length).to_numpy()
    blocks = int(block.max()) + 1
    starts = bank_time(pd.Series(pd.date_range(first_day, periods=blocks, freq=length)), first_day)
    return SchemeStarts(
        starts_at=[f"{day:%Y-%m-%d}" for day in starts],
        typologies={
            str(name): np.bincount(block[(illicit["typology"] == name).to_numpy()], minlength=blocks).tolist()
            for name in sorted(illicit["typology"].unique())
        },
    )


def target_parts(bank: JudgedBank, schemes: pd.DataFrame, alerts: pd.DataFrame) -> Anatomy:
    """Every part that the report explains a target with.

    ``alerts`` are the rules' alerts, with the ids of the rules that raised them.
    """
    raised = alerts["rule_ids"].str.split(" ").explode().value_counts()
    planted = schemes.drop_duplicates("scheme_id")["is_illicit"]
    return Anatomy(
        segments=segments(bank),
        channels=channels(bank),
        amounts_by_kind=amounts_by_kind(bank),
        alerts=len(alerts),
        alerts_by_rule=[
            RuleAlerts(rule_id=str(rule), alerts=int(count))
            for rule, count in sorted(raised.items(), key=lambda pair: (-pair[1], str(pair[0])))
        ],
        schemes=int(planted.sum()),
        look_alikes=int((~planted).sum()),
    )
