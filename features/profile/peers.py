"""How far the customer's behaviour lies from that of customers alike at the same moment.

Alike are customers of one kind, work, age band and tenure band. Sums and counts are compared
in logarithms, so that the spread of a group is not that of its richest member.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
from scipy.special import log1p

from data.asof import deviation_within, groups_alike
from features.profile import Profile, feature
from features.profile.identity import age_years, customer_kind, industry
from features.profile.work import OCCUPATIONS_BY_INCOME, occupation

# Where half of a group agrees, the mean absolute deviation itself stands in for the standard one.
MEAN_FACTOR = 1.0
standing = partial(feature, unit="ratio", family="profile_mismatch", source="rule R13")


def customers_alike(known: Profile) -> np.ndarray:
    """Number of each subject's peer group, -1 without one; shape (subjects,)."""
    work = len(OCCUPATIONS_BY_INCOME) + known.once(industry)
    work = np.where(known.is_person, known.once(occupation), work)
    tenure = (known.subjects["as_of"] - known.on_file("joined_at")) / pd.Timedelta(days=1)
    bands = [
        np.digitize(known.once(age_years), known.peers.age_years),
        np.digitize(tenure, known.peers.tenure_days),
    ]
    kind = known.once(customer_kind)
    return groups_alike(known.subjects["as_of"], kind, [work, *bands], known.peers.least)


def deviation_from_peers(known: Profile, value: np.ndarray) -> np.ndarray:
    """Robust standard deviations between each value and the centre of the subject's peers."""
    return deviation_within(value, known.once(customers_alike), MEAN_FACTOR)


@standing("近30天转出金额的同群偏离", window="30d")
def out_amount_peer_deviation(known: Profile) -> np.ndarray:
    """Money paid in 30 days, in deviations from customers alike."""
    return deviation_from_peers(known, log1p(known.indicator("out_amount_30d")))


@standing("近30天收款方数的同群偏离", window="30d")
def payee_count_peer_deviation(known: Profile) -> np.ndarray:
    """Payees of 30 days, in deviations from customers alike."""
    return deviation_from_peers(known, log1p(known.indicator("payee_count_30d")))


@standing("近7天转入笔数的同群偏离", window="7d")
def in_count_peer_deviation(known: Profile) -> np.ndarray:
    """Receipts of 7 days, in deviations from customers alike."""
    return deviation_from_peers(known, log1p(known.indicator("in_count_7d")))


@standing("近7天快进快出占比的同群偏离", window="7d")
def fast_out_peer_deviation(known: Profile) -> np.ndarray:
    """Share of fast money, in deviations from customers alike."""
    return deviation_from_peers(known, known.indicator("fast_out_share_7d"))
