"""Whose hands are on the phone."""

import numpy as np

from data.asof import Past
from data.indicators import indicator


@indicator("近30天同设备的非家庭客户数", "count", "network", "FFIEC shared address/phone", needs="device")
def device_sharer_count_30d(past: Past) -> np.ndarray:
    """Customers outside the household on the same device in 30 days."""
    return past.device_sharers(days=30)


@indicator("近30天同设备且快进快出的客户数", "count", "network", "rule R21", needs="device")
def fast_device_sharer_count_30d(past: Past) -> np.ndarray:
    """Sharers of the device who passed on more than a little within a day of its arrival in 30 days."""
    return past.fast_device_sharers(days=30)
