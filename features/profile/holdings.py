"""Accounts, credit and devices of the customer on the day."""

from __future__ import annotations

import numpy as np

from features.profile import PRODUCTS, Profile, feature


@feature("在用账户数", "count", "profile", "profile tags: product", owner=PRODUCTS)
def open_account_count(known: Profile) -> np.ndarray:
    """Open accounts."""
    return known.accounts.count("opened_at") - known.accounts.count("closed_at")


@feature("最新账户开立天数", "days", "profile", "rule R11", owner=PRODUCTS)
def newest_account_days(known: Profile) -> np.ndarray:
    """Days since the newest account was opened."""
    return known.accounts.days_since_latest("opened_at")


@feature("已销户数", "count", "profile", "rule R11", owner=PRODUCTS)
def closed_account_count(known: Profile) -> np.ndarray:
    """Accounts closed so far."""
    return known.accounts.count("closed_at")


@feature("授信额度", "CNY", "profile", "profile tags: value/credit", owner=PRODUCTS)
def credit_limit(known: Profile) -> np.ndarray:
    """Credit line."""
    granted, ended = (
        known.accounts.total("credit_limit_cents", moment) for moment in ("opened_at", "closed_at")
    )
    return np.where(known.accounts.count("opened_at") > 0, granted - ended, np.nan) / 100


@feature("在用设备数", "count", "profile", "profile tags: relationship", owner=PRODUCTS)
def device_count(known: Profile) -> np.ndarray:
    """Devices in use."""
    used, put_away = known.devices.count("valid_from"), known.devices.count("valid_to")
    return np.where(used > 0, used - put_away, np.nan)


@feature("最新设备启用天数", "days", "profile", "rule R09", owner=PRODUCTS)
def newest_device_days(known: Profile) -> np.ndarray:
    """Days since the newest device came into use."""
    return known.devices.days_since_latest("valid_from")
