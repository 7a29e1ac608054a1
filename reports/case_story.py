"""The days of a case in which most of its money moved, as one sentence of plain facts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import pandas as pd

from explain.results.cases import CaseParty, CasePayment
from reports.wording import Text, count, party

WINDOW = timedelta(hours=48)  # the longest burst that is told as one
LEAST_SHARE = 0.5  # of the money of the days, both ways, that a burst must hold to be told
LEAST_PAYMENTS = 3
SMALL = 0.004  # of a burst's money: a payment at its ends below this share does not stretch it
FEW = (  # a count of one, or of none, as a sentence says it
    (r"\b1 (payer|payee)s\b", r"1 \1"),
    (r"\b1 counterparties were new", "1 counterparty was new"),
    (r"\b0 counterparties were new", "no counterparty was new"),
    ("其中 0 个为新交易对手", "无新交易对手"),
)


@dataclass(frozen=True)
class Burst:
    """Payments of one customer that follow each other within the window, in order of time."""

    payments: list[CasePayment]

    @property
    def yuan(self) -> float:
        """Money both ways."""
        return sum(row.yuan for row in self.payments)

    @property
    def ends(self) -> tuple[pd.Timestamp, pd.Timestamp]:
        """The moments of the first and of the last payment."""
        return paid_at(self.payments[0]), paid_at(self.payments[-1])

    @property
    def hours(self) -> int:
        """Whole hours that hold it."""
        first, last = self.ends
        return max(-(-int((last - first).total_seconds()) // 3600), 1)


def paid_at(row: CasePayment) -> pd.Timestamp:
    """When a payment was made."""
    return pd.Timestamp(row.at)


def largest_burst(payments: Sequence[CasePayment]) -> Burst | None:
    """The stretch of the window's length with the most money; None without a payment."""
    bursts = [
        Burst([row for row in payments[place:] if paid_at(row) - paid_at(first) <= WINDOW])
        for place, first in enumerate(payments)
    ]
    best = max(bursts, key=lambda burst: burst.yuan, default=None)
    return best if best is None else trimmed(best)


def trimmed(burst: Burst) -> Burst:
    """A burst without the small payments that only stretch it at its ends."""
    large = [place for place, row in enumerate(burst.payments) if row.yuan >= SMALL * burst.yuan]
    return Burst(burst.payments[large[0] : large[-1] + 1]) if large else burst


def told_burst(one: CaseParty) -> Burst | None:
    """A burst that holds most of the days' money; None where the money moved slowly, or hardly at all.

    Only the largest payments of a case are listed, so that a burst may hold further, smaller ones.
    """
    burst = largest_burst(one.payments)
    if burst is None or len(burst.payments) < LEAST_PAYMENTS:
        return None
    return burst if burst.yuan >= LEAST_SHARE * (one.money_in + one.money_out) else None


def side_words(one: CaseParty, burst: Burst, is_in: bool) -> Text | None:
    """How much came in, or went out, how often, and the party with most of it; None for nothing."""
    rows = [row for row in burst.payments if row.is_in == is_in]
    if not rows:
        return None
    sums: dict[str, float] = {}
    for row in rows:
        sums[row.other] = sums.get(row.other, 0.0) + row.yuan
    first = max(sums, key=lambda name: sums[name])
    is_new = any(row.name == first and row.is_new for row in one.counterparties)
    name, total, times = party(first), count(sum(sums.values())), len(rows)
    new = Text(" (first contact)", "（首次往来）") if is_new else Text("", "")
    most = count(sums[first])
    payments = f"{times} payment{'s' if times > 1 else ''}"
    if len(sums) == 1:
        way = "from" if is_in else "to"
        all_en, all_zh = (", all", "均") if times > 1 else ("", "")
        en = f"CNY {total} in {payments}{all_en} {way} {name.en}{new.en}"
        zh = f"{total} 元（{times} 笔），{all_zh}{'来自' if is_in else '转给'}{name.zh}{new.zh}"
    else:
        way = f"from {len(sums)} payers" if is_in else f"to {len(sums)} payees"
        of = "from" if is_in else "to"
        en = f"CNY {total} in {payments} {way}, CNY {most} of it {of} {name.en}{new.en}"
        zh = (
            f"{total} 元（{times} 笔，{len(sums)} 个{'付款方' if is_in else '收款方'}），"
            f"其中{name.zh}{new.zh or ' '}{most} 元"
        )
    return Text(f"{'received' if is_in else 'paid'} {en}", f"{'转入' if is_in else '转出'} {zh}")


def plain_headline(headline: Text) -> Text:
    """The sentence of all the days, with counts of one and of none as they are said."""
    said = [headline.en, headline.zh]
    for found, better in FEW:
        said = [re.sub(found, better, words) for words in said]
    return Text(*said)


def burst_sentence(one: CaseParty) -> Text | None:
    """When, how much, with whom, and beside which declared income; None where no burst is told."""
    burst = told_burst(one)
    if burst is None:
        return None
    first, last = burst.ends
    sides = [words for is_in in (True, False) if (words := side_words(one, burst, is_in)) is not None]
    hours = f"{burst.hours} hour{'s' if burst.hours > 1 else ''}"
    name = party(f"customer {one.customer_name}")
    income = (
        Text("", "")
        if one.declared_income is None
        else Text(
            f" Declared monthly income is CNY {count(one.declared_income)}.",
            f"申报月收入为 {count(one.declared_income)} 元。",
        )
    )
    end = f"{last:%H:%M}" if first.date() == last.date() else f"{last.day} {last:%b %H:%M}"
    end_zh = f"{last:%H:%M}" if first.date() == last.date() else f"{last.month}月{last.day}日 {last:%H:%M}"
    return Text(
        f"Within {hours}, {first.day} {first:%b %Y %H:%M} to {end}, {name.en} "
        f"{', and '.join(words.en for words in sides)}.{income.en}",
        f"{first.year}年{first.month}月{first.day}日 {first:%H:%M} 至 {end_zh}，{burst.hours} 小时内，"
        f"{name.zh} {'；'.join(words.zh for words in sides)}。{income.zh}",
    )
