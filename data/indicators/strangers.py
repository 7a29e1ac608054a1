"""Payers never dealt with before: many small ones at once, or a burst after a tiny test."""

import numpy as np

from data.asof import Past
from data.indicators import indicator

NOTICE = "police notice on 地下钱庄"


@indicator("近3天陌生个人小额付款方数", "count", "fan_in", "FFIEC App. F", needs="purpose")
def stranger_payer_count_3d(past: Past) -> np.ndarray:
    """Strangers outside the household who paid sums below the report line in 3 days."""
    return past.distinct("stranger", "credit", days=3)


@indicator("近3天陌生个人小额转入金额", "CNY", "fan_in", "FFIEC App. F", needs="purpose")
def stranger_in_amount_3d(past: Past) -> np.ndarray:
    """Money of strangers in sums below the report line in 3 days."""
    return past.total("stranger", "credit", days=3)


@indicator("近3天陌生个人小额转入的金额变异系数", "ratio", "fan_in", "rule R03", needs="purpose")
def stranger_in_variation_3d(past: Past) -> np.ndarray:
    """How unlike the sums of strangers of 3 days are, standard deviation over mean."""
    return past.variation("stranger", "credit", days=3)


@indicator("近7天小额试探后的新付款方数", "count", "behaviour_change", NOTICE, needs="purpose")
def payer_after_test_count_7d(past: Past) -> np.ndarray:
    """New payers of 7 days who came soon after a tiny test payment."""
    return past.distinct("after_test", days=7)


@indicator("近7天小额试探后的转入金额", "CNY", "behaviour_change", NOTICE, needs="purpose")
def in_after_test_amount_7d(past: Past) -> np.ndarray:
    """Money of 7 days from new payers soon after a tiny test payment."""
    return past.total("after_test", days=7)
