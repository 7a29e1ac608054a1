"""Money across the border: where to, and with whom else."""

import numpy as np

from data.asof import Past
from data.indicators import indicator


@indicator("近7天汇往境外金额", "CNY", "abroad", "汇发〔2009〕56号")
def overseas_out_amount_7d(past: Past) -> np.ndarray:
    """Money sent abroad in 7 days."""
    return past.total("debit", "with_overseas", days=7)


@indicator("近7天同时汇往同一境外收款人的客户数", "count", "abroad", "SAFE notice on split purchases")
def overseas_copayer_count_7d(past: Past) -> np.ndarray:
    """Customers who paid the same party abroad within 3 days, in 7 days."""
    return past.largest_crowd("paying_abroad", "debit", "with_overseas", days=7, within_days=3)


@indicator("近7天同时收到同一境外付款人款项的客户数", "count", "abroad", "SAFE notice on split purchases")
def overseas_copayee_count_7d(past: Past) -> np.ndarray:
    """Customers whom the same party abroad paid within 3 days, in 7 days."""
    return past.largest_crowd("paid_from_abroad", "credit", "with_overseas", days=7, within_days=3)


@indicator("近30天与高风险地区往来金额", "CNY", "abroad", "2006办法 Art.11(5)", needs="country")
def high_risk_country_amount_30d(past: Past) -> np.ndarray:
    """Money to and from jurisdictions of higher risk in 30 days."""
    return past.total("high_risk", days=30)


@indicator("近30天与高风险地区往来笔数", "count", "abroad", "2006办法 Art.11(5)", needs="country")
def high_risk_country_count_30d(past: Past) -> np.ndarray:
    """Payments to and from jurisdictions of higher risk in 30 days."""
    return past.count("high_risk", days=30)


@indicator("近30天新增境外国家数", "count", "abroad", "rule R22", needs="country")
def new_country_count_30d(past: Past) -> np.ndarray:
    """Countries abroad of 30 days not dealt with in the 150 days before."""
    return past.new_count("with_overseas", days=30, known_days=150, key="country")


@indicator("近30天新增高风险地区数", "count", "abroad", "2006办法 Art.11(5)", needs="country")
def new_high_risk_country_count_30d(past: Past) -> np.ndarray:
    """Jurisdictions of higher risk of 30 days not dealt with in the 150 days before."""
    return past.new_count("high_risk", days=30, known_days=150, key="country")
