"""Money that does not stay, and money that comes back."""

import numpy as np

from data.asof import Past, share
from data.indicators import indicator


@indicator("近7天快进快出占比", "share", "pass_through", "银发〔2016〕261号")
def fast_out_share_7d(past: Past) -> np.ndarray:
    """Share of the money of 7 days that left within a day of its arrival."""
    return np.minimum(
        share(past.total("debit", days=7, column="fast_cents"), past.total("credit", days=7)), 1.0
    )


@indicator("近7天资金平均停留小时", "hours", "pass_through", "rule R06")
def residence_hours_7d(past: Past) -> np.ndarray:
    """Hours that the money which left in 7 days had stayed."""
    return share(
        past.total("debit", days=7, column="residence_cent_hours"),
        past.total("debit", days=7, column="matched_cents"),
    )


@indicator("近7天最低余额与转入之比", "ratio", "pass_through", "银发〔2016〕261号", needs="balance")
def lowest_balance_ratio_7d(past: Past) -> np.ndarray:
    """Lowest balance of 7 days per yuan received in them."""
    return share(past.lowest_balance(days=7), past.total("credit", days=7))


@indicator("近30天回流金额", "CNY", "round_trip", "AMLTRIX T0039")
def round_trip_amount_30d(past: Past) -> np.ndarray:
    """Money of 30 days that came back over at least two others."""
    return past.total("round_trip", "credit", days=30)
