"""The figures of the amounts themselves."""

import numpy as np

from data.asof import Past, share
from data.indicators import indicator


@indicator("近14天无合理解释交易笔数", "count", "rhythm", "rule R17", needs="purpose")
def unexplained_count_14d(past: Past) -> np.ndarray:
    """Unexplained payments of 14 days."""
    return past.count("unexplained", days=14)


@indicator("近14天整数金额占比", "share", "rhythm", "FFIEC App. F", needs="purpose")
def round_amount_share_14d(past: Past) -> np.ndarray:
    """Share of round sums among the unexplained payments of 14 days."""
    return share(past.count("round", "unexplained", days=14), past.count("unexplained", days=14))


@indicator("近14天最常见两位尾数占比", "share", "rhythm", "rule R17", needs="purpose")
def same_tail_share_14d(past: Past) -> np.ndarray:
    """Share of the commonest last two figures of the yuan among the unexplained payments of 14 days."""
    return past.commonest_share("unexplained", days=14, column="last_two_digits")


@indicator("近14天金额末位数字熵", "bits", "rhythm", "rule R17", needs="purpose")
def last_digit_entropy_14d(past: Past) -> np.ndarray:
    """Entropy of the last figure of the yuan among the unexplained payments of 14 days."""
    return past.entropy("unexplained", days=14, key="last_digit")
