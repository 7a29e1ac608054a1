"""Cash over the counter and at machines."""

import numpy as np

from data.asof import Past, share
from data.indicators import indicator


@indicator("近7天现金存入金额", "CNY", "cash", "3号令 Art.5", needs="cash")
def cash_in_amount_7d(past: Past) -> np.ndarray:
    """Cash paid in over 7 days."""
    return past.total("cash", "credit", days=7)


@indicator("近7天接近报告线的现金存入笔数", "count", "cash", "FFIEC App. F/G", needs="cash")
def near_line_cash_count_7d(past: Past) -> np.ndarray:
    """Cash deposits just below the report line in 7 days."""
    return past.count("cash", "credit", "near_line", days=7)


@indicator("近7天存现城市数", "count", "cash", "FFIEC App. F", needs="cash")
def cash_city_count_7d(past: Past) -> np.ndarray:
    """Cities in which cash was paid in over 7 days."""
    return past.distinct("cash", "credit", days=7, key="city")


@indicator("近30天现金占转入比", "share", "cash", "FFIEC App. F", needs="cash", has_peers=True)
def cash_in_share_30d(past: Past) -> np.ndarray:
    """Share of cash in the money received in 30 days."""
    return share(past.total("cash", "credit", days=30), past.total("credit", days=30))


@indicator("近7天接近报告线的现金支取笔数", "count", "cash", "SAFE notice on split purchases", needs="cash")
def near_line_withdrawal_count_7d(past: Past) -> np.ndarray:
    """Cash withdrawals just below the report line in 7 days."""
    return past.count("cash", "debit", "near_line", days=7)
