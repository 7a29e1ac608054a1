"""Money between firms and persons that is neither wages nor a purchase."""

import numpy as np

from data.asof import Past, share
from data.indicators import indicator


@indicator("近14天向个人付款笔数", "count", "fan_out", "银发〔2016〕261号", needs="purpose")
def to_person_count_14d(past: Past) -> np.ndarray:
    """Unexplained transfers to persons in 14 days."""
    return past.count("debit", "transfer", "with_person", days=14)


@indicator("近14天收款个人数", "count", "fan_out", "银发〔2016〕261号", needs="purpose")
def to_person_payee_count_14d(past: Past) -> np.ndarray:
    """Persons who received unexplained transfers in 14 days."""
    return past.distinct("debit", "transfer", "with_person", days=14)


@indicator("近14天向个人付款金额", "CNY", "fan_out", "银发〔2016〕261号", needs="purpose")
def to_person_amount_14d(past: Past) -> np.ndarray:
    """Unexplained money transferred to persons in 14 days."""
    return past.total("debit", "transfer", "with_person", days=14)


@indicator("近14天付款中向个人转账占比", "share", "fan_out", "银发〔2016〕261号", needs="purpose")
def to_person_share_14d(past: Past) -> np.ndarray:
    """Share of unexplained transfers to persons in the money paid in 14 days."""
    return share(past.total("debit", "transfer", "with_person", days=14), past.total("debit", days=14))


@indicator("近14天汇款单位数", "count", "fan_in", "2006办法 Art.11(3)", needs="purpose")
def from_firm_payer_count_14d(past: Past) -> np.ndarray:
    """Firms that sent unexplained transfers in 14 days."""
    return past.distinct("credit", "transfer", "with_company", days=14)


@indicator("近14天收到单位汇款的天数", "days", "fan_in", "2006办法 Art.11(3)", needs="purpose")
def from_firm_day_count_14d(past: Past) -> np.ndarray:
    """Days of 14 with an unexplained transfer from a firm."""
    return past.distinct("credit", "transfer", "with_company", days=14, key="day")


@indicator("近14天收到单位汇款金额", "CNY", "fan_in", "2006办法 Art.11(3)", needs="purpose")
def from_firm_amount_14d(past: Past) -> np.ndarray:
    """Unexplained money from firms in 14 days."""
    return past.total("credit", "transfer", "with_company", days=14)
