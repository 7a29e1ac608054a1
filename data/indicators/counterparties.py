"""With how many others, and whether they are new."""

import numpy as np

from data.asof import Past
from data.indicators import indicator


@indicator("近7天无合理解释付款方数", "count", "fan_in", "2006办法 Art.11(1)", needs="purpose")
def unexplained_payer_count_7d(past: Past) -> np.ndarray:
    """Different payers of unexplained money in 7 days."""
    return past.distinct("unexplained", "credit", days=7)


@indicator("近7天无合理解释收款方数", "count", "fan_out", "2006办法 Art.11(1)", needs="purpose")
def unexplained_payee_count_7d(past: Past) -> np.ndarray:
    """Different payees of unexplained money in 7 days."""
    return past.distinct("unexplained", "debit", days=7)


@indicator("近30天付款方数", "count", "fan_in", "AMLSim fan-in")
def payer_count_30d(past: Past) -> np.ndarray:
    """Different payers in 30 days."""
    return past.distinct("credit", days=30)


@indicator("近30天收款方数", "count", "fan_out", "AMLSim fan-out")
def payee_count_30d(past: Past) -> np.ndarray:
    """Different payees in 30 days."""
    return past.distinct("debit", days=30)


@indicator("近7天新付款方占比", "share", "fan_in", "rule R14")
def new_payer_share_7d(past: Past) -> np.ndarray:
    """Share of the payers of 7 days not seen in the 90 days before."""
    return past.new_share("credit", days=7, known_days=90)


@indicator("近7天新收款方占比", "share", "fan_out", "rule R14")
def new_payee_share_7d(past: Past) -> np.ndarray:
    """Share of the payees of 7 days not seen in the 90 days before."""
    return past.new_share("debit", days=7, known_days=90)


@indicator("近30天无合理解释付款方数", "count", "fan_in", "rule R10", needs="purpose", has_peers=True)
def unexplained_payer_count_30d(past: Past) -> np.ndarray:
    """Different payers of unexplained money in 30 days."""
    return past.distinct("unexplained", "credit", days=30)


@indicator("近30天新付款方占比", "share", "fan_in", "rule R14")
def new_payer_share_30d(past: Past) -> np.ndarray:
    """Share of the payers of 30 days not seen in the 180 days before."""
    return past.new_share("credit", days=30, known_days=180)
