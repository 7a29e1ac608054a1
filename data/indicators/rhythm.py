"""When, how regularly and in what amounts."""

import numpy as np

from data.asof import Past, share
from data.indicators import indicator


@indicator("近30天夜间金额占比", "share", "rhythm", "rule R18", needs="hour", has_peers=True)
def night_share_30d(past: Past) -> np.ndarray:
    """Share of the money of 30 days that moved at night."""
    return share(past.total("night", days=30), past.total(days=30))


@indicator("近30天整数金额占比", "share", "rhythm", "FFIEC App. F")
def round_amount_share_30d(past: Past) -> np.ndarray:
    """Share of round sums among the payments of 30 days."""
    return share(past.count("round", days=30), past.count(days=30))


@indicator("近10天活动前的沉默天数", "days", "dormancy", "2006办法 Art.11(4)")
def silent_days_before_10d(past: Past) -> np.ndarray:
    """Days of silence before the activity of the last 10 days, the bank's own entries apart."""
    return past.silent_days("not_of_the_bank", before_days=10)


@indicator("开户天数", "days", "profile_mismatch", "rule R10")
def tenure_days(past: Past) -> np.ndarray:
    """Days since the customer joined."""
    return past.tenure_days()
