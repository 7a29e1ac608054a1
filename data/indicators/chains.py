"""Money that hurries through several hands."""

import numpy as np

from data.asof import Past
from data.indicators import indicator


@indicator("近7天多层快速划转金额", "CNY", "pass_through", "银发〔2016〕261号; AMLTRIX T0070")
def chain_amount_7d(past: Past) -> np.ndarray:
    """Money of 7 days on chains of three hops or more within a day."""
    return past.traced("chain", days=7)


@indicator("近7天多层快速划转占转入转出比", "ratio", "pass_through", "rule R20")
def chain_to_turnover_ratio_7d(past: Past) -> np.ndarray:
    """Chained money of 7 days against all that moved in them."""
    moved = past.total(days=7)
    return np.divide(past.traced("chain", days=7), moved, out=np.full(len(moved), np.nan), where=moved > 0)
