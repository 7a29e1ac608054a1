"""How behaviour fits what the customer has declared."""

from __future__ import annotations

import numpy as np

from data.asof import share
from features.profile import Profile, feature
from features.profile.identity import declared_monthly_income

MONTHS_OF_WAGES = 3  # in 91 days


@feature(
    "近91天工资与申报收入之比", "ratio", "profile_mismatch", "profile tags: payroll seen", applies_to="person"
)
def wages_to_income_ratio_91d(known: Profile) -> np.ndarray:
    """Wages seen in 91 days per yuan of declared income."""
    monthly = known.past.total("wages", days=91) / MONTHS_OF_WAGES
    return np.where(known.is_person, share(monthly, known.once(declared_monthly_income)), np.nan)


@feature("近30天转出与申报收入之比", "ratio", "profile_mismatch", "rule R12")
def out_to_income_ratio_30d(known: Profile) -> np.ndarray:
    """Money paid in 30 days per yuan of declared income."""
    return share(known.indicator("out_amount_30d"), known.once(declared_monthly_income))


@feature("近30天转入与注册资本之比", "ratio", "profile_mismatch", "rule R24", applies_to="firm")
def in_to_capital_ratio_30d(known: Profile) -> np.ndarray:
    """Money received in 30 days per yuan of capital."""
    return share(known.indicator("in_amount_30d"), known.number("registered_capital_cents") / 100)
