"""The same two, again and again."""

import numpy as np

from data.asof import Past
from data.indicators import indicator


@indicator("近14天同一对手单向单日最多转账笔数", "count", "rhythm", "2006办法 Art.11(2)", needs="purpose")
def same_pair_day_count_14d(past: Past) -> np.ndarray:
    """Most transfers one way with one counterparty on one day of 14."""
    return past.largest("transfer", days=14, column="pair_times_that_day")


@indicator("近14天同一对手单向连续转账天数", "days", "rhythm", "2006办法 Art.11(2)", needs="purpose")
def same_pair_row_14d(past: Past) -> np.ndarray:
    """Longest row of days, within 14, of transfers one way with one counterparty."""
    return past.largest("transfer", days=14, column="pair_days_in_a_row")


@indicator("近14天同一对手金额相近的转账笔数", "count", "rhythm", "CFCA feature 3008", needs="purpose")
def same_pair_alike_count_14d(past: Past) -> np.ndarray:
    """Most alike transfers one way with one counterparty in 14 days."""
    return past.largest("transfer", days=14, column="pair_alike_count")


@indicator("近14天同一对手金额相近的转账总额", "CNY", "rhythm", "CFCA feature 3008", needs="purpose")
def same_pair_alike_amount_14d(past: Past) -> np.ndarray:
    """Most money in alike transfers one way with one counterparty in 14 days."""
    return past.largest("transfer", days=14, column="pair_alike_cents") / 100


@indicator("近14天同一对手接近大额标准的转账笔数", "count", "rhythm", "2006办法 Art.11(2)", needs="purpose")
def same_pair_near_large_count_14d(past: Past) -> np.ndarray:
    """Most transfers just below a large-value line with one counterparty in 14 days."""
    return past.largest("near_large", days=14, column="pair_near_large_count")
