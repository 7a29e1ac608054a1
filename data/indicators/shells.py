"""Whether a firm looks alive: its age, its capital, what it pays for, with whom it deals."""

import numpy as np

from data.asof import Past, share
from data.indicators import indicator


@indicator("企业成立天数", "days", "profile_mismatch", "FFIEC shell red flags", needs="firm")
def firm_age_days(past: Past) -> np.ndarray:
    """Days since the firm was founded."""
    return past.days_since("founded_us")


@indicator("注册资本", "CNY", "profile_mismatch", "police list of shell firms", needs="firm")
def registered_capital_amount(past: Past) -> np.ndarray:
    """Registered capital of the company."""
    return past.fact("capital")


@indicator("近60天经营性支出占比", "share", "profile_mismatch", "rule R24", needs="purpose")
def upkeep_share_60d(past: Past) -> np.ndarray:
    """Share of wages, taxes, bills and rent in what a firm paid in 60 days."""
    value = share(past.total("upkeep", "debit", days=60), past.total("debit", days=60))
    return np.where(past.fact("is_firm") == 1, value, np.nan)


@indicator("近60天前三大对手金额占比", "share", "profile_mismatch", "rule R24")
def top_counterparty_share_60d(past: Past) -> np.ndarray:
    """Share of a firm's money of 60 days with its three largest counterparties."""
    return past.top_share(days=60, top=3, of="is_firm")


@indicator("近30天对私转出占比", "share", "fan_out", "银发〔2016〕261号")
def private_out_share_30d(past: Past) -> np.ndarray:
    """Share of private accounts in what a firm paid in 30 days, wages apart."""
    private = past.total("with_person", "debit", days=30) - past.total(
        "with_person", "wages", "debit", days=30
    )
    value = share(private, past.total("debit", days=30))
    return np.where(past.fact("is_firm") == 1, value, np.nan)


@indicator("近30天新对手占比", "share", "profile_mismatch", "rule R24")
def new_counterparty_share_30d(past: Past) -> np.ndarray:
    """Share of the counterparties of 30 days not seen in the 90 days before."""
    return past.new_share(days=30, known_days=90)
