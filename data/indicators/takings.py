"""What a shop takes: in cash, by code, from whom and at what hours."""

import numpy as np

from data.asof import Past, share
from data.indicators import indicator


@indicator("近30天现金存入与自身基线之比", "ratio", "cash", "FFIEC cash-intensive business", needs="cash")
def cash_in_to_baseline_ratio_30d(past: Past) -> np.ndarray:
    """Cash paid in over 30 days against the monthly mean of the 60 days before."""
    before = past.total("cash", "credit", days=90, gap_days=30) / 2
    return share(past.total("cash", "credit", days=30), before)


@indicator("近30天扫码刷卡收入与自身基线之比", "ratio", "cash", "FFIEC cash-intensive business")
def code_in_to_baseline_ratio_30d(past: Past) -> np.ndarray:
    """Takings by code and card of 30 days against the monthly mean of the 60 days before."""
    before = past.total("code", "credit", days=90, gap_days=30) / 2
    return share(past.total("code", "credit", days=30), before)


@indicator(
    "近30天现金存入与申报营业额之比", "ratio", "cash", "FFIEC cash-intensive business", needs="cash income"
)
def cash_in_to_income_ratio_30d(past: Past) -> np.ndarray:
    """Cash paid in over 30 days against declared monthly income or turnover."""
    return share(past.total("cash", "credit", days=30), past.fact("monthly_income"))


@indicator("近7天扫码付款人数", "count", "fan_in", "UNODC points running")
def code_payer_count_7d(past: Past) -> np.ndarray:
    """Different payers by code or card in 7 days."""
    return past.distinct("code", "credit", days=7)


@indicator("近30天扫码回头客占比", "share", "fan_in", "UNODC points running")
def repeat_payer_share_30d(past: Past) -> np.ndarray:
    """Share of the payers by code or card of 30 days who paid more than once."""
    return past.repeated_share("code", "credit", days=30)


@indicator("近30天收付款城市熵", "bits", "rhythm", "rule R29")
def city_entropy_30d(past: Past) -> np.ndarray:
    """Entropy of the cities of a firm's counter and terminal payments of 30 days."""
    return past.entropy("in_city", days=30, key="city", of="is_firm")


@indicator("近14天个人付款方数", "count", "fan_in", "bank case of a gambling ring, 2025")
def person_payer_count_14d(past: Past) -> np.ndarray:
    """Different persons who paid in 14 days."""
    return past.distinct("with_person", "credit", days=14)


@indicator("近14天赌注常用金额占比", "share", "rhythm", "rule R28")
def stake_share_14d(past: Past) -> np.ndarray:
    """Share of the usual sums of gambling among the payments received in 14 days."""
    return share(past.count("stake", "credit", days=14), past.count("credit", days=14))


@indicator("近14天夜间金额占比", "share", "rhythm", "rule R18", needs="hour")
def night_share_14d(past: Past) -> np.ndarray:
    """Share of the money of 14 days that moved at night."""
    return share(past.total("night", days=14), past.total(days=14))


@indicator("近14天夜间收款笔数", "count", "rhythm", "rule R18", needs="hour")
def night_count_14d(past: Past) -> np.ndarray:
    """Payments of 14 days at night."""
    return past.count("night", days=14)


@indicator("近14天交易笔数", "count", "volume", "rule R18")
def payment_count_14d(past: Past) -> np.ndarray:
    """Payments made and received in 14 days."""
    return past.count(days=14)


@indicator("近14天收款方数", "count", "fan_out", "rule R28")
def payee_count_14d(past: Past) -> np.ndarray:
    """Different payees in 14 days."""
    return past.distinct("debit", days=14)
