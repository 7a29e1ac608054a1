"""Compared with customers of the same kind and trade, over a month and over two in a row.

A deviation is a robust z-score: distance from the peers' median in robust standard
deviations, by the latest weekly snapshot.
"""

import numpy as np

from data.asof import Past, share
from data.indicators import Measure, indicator
from data.indicators.cash import cash_in_share_30d
from data.indicators.counterparties import unexplained_payer_count_30d
from data.indicators.flows import overseas_share_30d, unexplained_in_amount_30d
from data.indicators.rhythm import night_share_30d


def _deviation(past: Past, measure: Measure) -> np.ndarray:
    """An indicator in deviations from peers."""
    return past.peer_deviation(measure.__name__, measure(past))


def _lasting_deviation(past: Past, measure: Measure) -> np.ndarray:
    """The smaller deviation of the last 30 days and of the 30 before."""
    return np.minimum(_deviation(past, measure), _deviation(past.earlier(30), measure))


@indicator("近30天无合理解释转入偏离同类程度", "deviations", "profile_mismatch", "rule R12", needs="purpose")
def in_peer_deviation_30d(past: Past) -> np.ndarray:
    """Unexplained money received in 30 days, in deviations from peers."""
    return _deviation(past, unexplained_in_amount_30d)


@indicator("近30天无合理解释转入与同类95分位之比", "ratio", "profile_mismatch", "rule R10", needs="purpose")
def in_to_peer_upper_ratio_30d(past: Past) -> np.ndarray:
    """Unexplained money received in 30 days per yuan of the peers' 95th percentile."""
    return share(unexplained_in_amount_30d(past), past.peer_upper("unexplained_in_amount_30d"))


@indicator("近60天转入持续偏离同类程度", "deviations", "profile_mismatch", "FFIEC App. F", needs="purpose")
def in_peer_deviation_60d(past: Past) -> np.ndarray:
    """Unexplained money received, the smaller deviation from peers of both months of 60 days."""
    return _lasting_deviation(past, unexplained_in_amount_30d)


@indicator("近60天付款方数持续偏离同类程度", "deviations", "fan_in", "FFIEC App. F", needs="purpose")
def payer_peer_deviation_60d(past: Past) -> np.ndarray:
    """Payers of unexplained money, the smaller deviation from peers of both months of 60 days."""
    return _lasting_deviation(past, unexplained_payer_count_30d)


@indicator("近60天现金占比持续偏离同类程度", "deviations", "cash", "FFIEC App. F", needs="cash")
def cash_peer_deviation_60d(past: Past) -> np.ndarray:
    """Share of cash, the smaller deviation from peers of both months of 60 days."""
    return _lasting_deviation(past, cash_in_share_30d)


@indicator("近60天夜间占比持续偏离同类程度", "deviations", "rhythm", "FFIEC App. F", needs="hour")
def night_peer_deviation_60d(past: Past) -> np.ndarray:
    """Share of night money, the smaller deviation from peers of both months of 60 days."""
    return _lasting_deviation(past, night_share_30d)


@indicator("近60天跨境占比持续偏离同类程度", "deviations", "profile_mismatch", "FFIEC App. F")
def overseas_peer_deviation_60d(past: Past) -> np.ndarray:
    """Share of overseas money, the smaller deviation from peers of both months of 60 days."""
    return _lasting_deviation(past, overseas_share_30d)


@indicator("近30天夜间占比偏离同类程度", "deviations", "rhythm", "rule R18", needs="hour")
def night_peer_deviation_30d(past: Past) -> np.ndarray:
    """Share of night money of 30 days, in deviations from peers."""
    return _deviation(past, night_share_30d)


@indicator("近30天现金占比偏离同类程度", "deviations", "cash", "FFIEC App. F", needs="cash")
def cash_peer_deviation_30d(past: Past) -> np.ndarray:
    """Share of cash in the money received in 30 days, in deviations from peers."""
    return _deviation(past, cash_in_share_30d)
