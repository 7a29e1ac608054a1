"""Products that the customer holds and channels that it uses, as of the day.

Their tags say yes or no; a customer without a row never held the product.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from features.profile import PRODUCTS, Profile, feature

held = partial(
    feature,
    unit="code",
    family="profile",
    source="profile tags: product/channel",
    encoding="flag",
    levels=2,
    owner=PRODUCTS,
)


@held("持有储蓄账户")
def product_savings_account(known: Profile) -> np.ndarray:
    """Holds a savings account."""
    return known.is_held("product_savings_account")


@held("持有授信")
def product_credit_line(known: Profile) -> np.ndarray:
    """Holds a credit line."""
    return known.is_held("product_credit_line")


@held("开通银证关联")
def product_broker_link(known: Profile) -> np.ndarray:
    """Account linked to a broker."""
    return known.is_held("product_broker_link")


@held("开通商户收款码")
def product_merchant_qr(known: Profile) -> np.ndarray:
    """Holds a merchant QR code."""
    return known.is_held("product_merchant_qr")


@held("持有理财产品")
def product_wealth_fund(known: Profile) -> np.ndarray:
    """Holds a wealth product."""
    return known.is_held("product_wealth_fund")


@held("使用手机银行")
def channel_mobile(known: Profile) -> np.ndarray:
    """Uses mobile banking."""
    return known.is_held("channel_mobile")


@held("使用柜面")
def channel_counter(known: Profile) -> np.ndarray:
    """Uses the counter."""
    return known.is_held("channel_counter")


@held("使用网上银行")
def channel_web(known: Profile) -> np.ndarray:
    """Uses web banking."""
    return known.is_held("channel_web")
