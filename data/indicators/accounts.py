"""Accounts opened and closed."""

import numpy as np

from data.asof import Past
from data.indicators import indicator


@indicator("近90天开户数", "count", "dormancy", "2006办法 Art.11(6)")
def account_opening_count_90d(past: Past) -> np.ndarray:
    """Accounts opened in 90 days."""
    return past.happened("opening", days=90)


@indicator("近90天销户数", "count", "dormancy", "2006办法 Art.11(6)")
def account_closing_count_90d(past: Past) -> np.ndarray:
    """Accounts closed in 90 days."""
    return past.happened("closing", days=90)


@indicator("近90天销户前14天最大流水", "CNY", "dormancy", "2006办法 Art.11(6)")
def flow_before_closing_90d(past: Past) -> np.ndarray:
    """Most money moved in the fortnight before an account was closed, in 90 days."""
    return past.largest_flow_before("closing", days=90, flow_days=14)
