"""Dirty money that comes back clean: loans, policies, coins."""

import numpy as np

from data.asof import Past, share
from data.indicators import indicator


@indicator("近30天提前还贷金额", "CNY", "integration", "2006办法 Art.11(7)")
def early_repaid_amount_30d(past: Past) -> np.ndarray:
    """Loans of 30 days repaid at once, long before their term."""
    return past.total("early_repaid", days=30)


@indicator("近30天自有资金回贷金额", "CNY", "integration", "AMLTRIX T0098")
def lent_back_amount_30d(past: Past) -> np.ndarray:
    """Money of 30 days from somebody to whom the customer had paid such a sum months before."""
    return past.total("lent_back", days=30)


@indicator("近30天最大单笔保费与月收入之比", "ratio", "integration", "FFIEC insurance", needs="income")
def premium_to_income_ratio_30d(past: Past) -> np.ndarray:
    """Largest premium of 30 days against declared monthly income."""
    return share(past.largest_amount("debit", "with_insurer", days=30), past.fact("monthly_income"))


@indicator("近30天退保金额", "CNY", "integration", "FFIEC insurance")
def surrendered_amount_30d(past: Past) -> np.ndarray:
    """Premiums of half a year that an insurer paid back in 30 days."""
    return past.total("surrendered", days=30)


@indicator("近30天未缴保费而获赔付金额", "CNY", "integration", "FFIEC insurance")
def unpaid_for_payout_amount_30d(past: Past) -> np.ndarray:
    """Money of 30 days from insurers whom the customer never paid."""
    return past.total("unpaid_for", days=30)


@indicator("近7天虚拟币平台转入金额", "CNY", "integration", "FATF VA red flags 2020")
def exchange_in_amount_7d(past: Past) -> np.ndarray:
    """Money received from exchanges of virtual assets in 7 days."""
    return past.total("credit", "with_exchange", days=7)


@indicator("近7天首次付给虚拟币平台金额", "CNY", "integration", "FinCEN FIN-2023-Alert005")
def first_exchange_payment_amount_7d(past: Past) -> np.ndarray:
    """Money of 7 days in first payments to an exchange of virtual assets."""
    return past.total("debit", "with_exchange", "first_time", days=7)


@indicator("近7天个人转入金额", "CNY", "volume", "FATF VA red flags 2020")
def person_in_amount_7d(past: Past) -> np.ndarray:
    """Money received from persons in 7 days."""
    return past.total("credit", "with_person", days=7)


@indicator("近7天非整数金额转入占比", "share", "rhythm", "typology T20")
def odd_amount_share_7d(past: Past) -> np.ndarray:
    """Share of sums with cents among the transfers received in 7 days."""
    return share(past.count("credit", "with_cents", days=7), past.count("credit", days=7))
