"""How much money moves, against the window, the past and the profile."""

import numpy as np

from data.asof import Past, share
from data.indicators import indicator


@indicator("近7天转入金额", "CNY", "volume", "2006办法 Art.11")
def in_amount_7d(past: Past) -> np.ndarray:
    """Money received in 7 days."""
    return past.total("credit", days=7)


@indicator("近7天转出金额", "CNY", "volume", "2006办法 Art.11")
def out_amount_7d(past: Past) -> np.ndarray:
    """Money paid in 7 days."""
    return past.total("debit", days=7)


@indicator("近30天转入金额", "CNY", "volume", "rule R12")
def in_amount_30d(past: Past) -> np.ndarray:
    """Money received in 30 days."""
    return past.total("credit", days=30)


@indicator("近30天转出金额", "CNY", "volume", "rule R12")
def out_amount_30d(past: Past) -> np.ndarray:
    """Money paid in 30 days."""
    return past.total("debit", days=30)


@indicator("近7天转入笔数", "count", "volume", "assumption")
def in_count_7d(past: Past) -> np.ndarray:
    """Payments received in 7 days."""
    return past.count("credit", days=7)


@indicator("近7天转出笔数", "count", "volume", "assumption")
def out_count_7d(past: Past) -> np.ndarray:
    """Payments made in 7 days."""
    return past.count("debit", days=7)


@indicator("近7天无合理解释转入金额", "CNY", "volume", "assumption", needs="purpose")
def unexplained_in_amount_7d(past: Past) -> np.ndarray:
    """Unexplained money received in 7 days."""
    return past.total("unexplained", "credit", days=7)


@indicator("近7天无合理解释的出入比", "ratio", "pass_through", "2006办法 Art.11(1)", needs="purpose")
def out_to_in_ratio_7d(past: Past) -> np.ndarray:
    """Unexplained money paid per yuan of it received in 7 days."""
    return share(past.total("unexplained", "debit", days=7), past.total("unexplained", "credit", days=7))


@indicator("近30天转入与自身基线之比", "ratio", "behaviour_change", "rule R14")
def in_to_baseline_ratio_30d(past: Past) -> np.ndarray:
    """Money received in 30 days against the usual month of the half year before."""
    return share(past.total("credit", days=30), past.usual_month("credit", days=210, gap_days=30))


@indicator("近30天转入与申报收入之比", "ratio", "profile_mismatch", "rule R12", needs="income")
def in_to_income_ratio_30d(past: Past) -> np.ndarray:
    """Money received in 30 days against declared monthly income."""
    return share(past.total("credit", days=30), past.fact("monthly_income"))


@indicator("近30天无合理解释转入金额", "CNY", "volume", "assumption", needs="purpose", has_peers=True)
def unexplained_in_amount_30d(past: Past) -> np.ndarray:
    """Unexplained money received in 30 days."""
    return past.total("unexplained", "credit", days=30)


@indicator(
    "近30天无合理解释转入与申报收入之比", "ratio", "profile_mismatch", "rule R12", needs="income purpose"
)
def unexplained_in_to_income_ratio_30d(past: Past) -> np.ndarray:
    """Unexplained money received in 30 days against declared monthly income."""
    return share(unexplained_in_amount_30d(past), past.fact("monthly_income"))


@indicator("近30天跨境金额占比", "share", "volume", "2006办法 Art.11(5)", has_peers=True)
def overseas_share_30d(past: Past) -> np.ndarray:
    """Share of overseas money in the money moved in 30 days."""
    return share(past.total("with_overseas", days=30), past.total(days=30))
