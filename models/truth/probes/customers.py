"""What should not matter of a customer: devices, counter hours, digits, the tempo of his own life."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.schema import DAY_US, HOUR_US
from models.truth.calibration import JudgedBank
from models.truth.probes.ground import DECADES, LIFE

BRANCH_HOURS = (9, 17)  # of a branch, local time (assumption)


def device_artefacts(devices: pd.DataFrame, customer_id: np.ndarray, first_day: pd.Timestamp) -> pd.DataFrame:
    """How the customers' devices were written down; one row a customer, NaN without a device.

    Shares are of the customer's rows of the Devices table.
    """
    day_us = first_day.value // 1_000
    starts_us = devices["valid_from"].astype("int64").to_numpy()
    at_midnight = (starts_us - day_us) % DAY_US == 0
    start = [devices["device_id"], devices["valid_from"]]
    together = devices.groupby(start)["customer_id"].transform("nunique").to_numpy()
    rows = pd.DataFrame(
        {
            "device_users": devices.groupby("device_id")["customer_id"].transform("nunique"),
            "device_same_instant": np.where(at_midnight, 1, together),
            "device_midnight_share": at_midnight.astype(float),
            "device_open_share": devices["valid_to"].isna().astype(float),
        }
    )
    by_customer = rows.groupby(devices["customer_id"].to_numpy())
    largest = by_customer[["device_users", "device_same_instant"]].max()
    shares = by_customer[["device_midnight_share", "device_open_share"]].mean()
    return pd.concat([largest, shares], axis=1).reindex(customer_id).reset_index(drop=True).astype(float)


def counter_artefacts(
    accounts: pd.DataFrame, customer_id: np.ndarray, first_day: pd.Timestamp
) -> pd.DataFrame:
    """Hours at which accounts were opened and closed during the run; one row a customer, NaN without.

    ``_hour`` is the mean local hour, ``_off_counter_share`` the share outside BRANCH_HOURS.
    """
    first, end = BRANCH_HOURS
    columns = {}
    for name in ("opened", "closed"):
        during = accounts[accounts[f"{name}_at"].gt(first_day) & accounts["customer_id"].notna()]
        at = during[f"{name}_at"].astype("int64").to_numpy() - first_day.value // 1_000
        hour = pd.Series(at % DAY_US / HOUR_US)
        owner = during["customer_id"].to_numpy(dtype=np.int64)
        columns[f"{name}_hour"] = hour.groupby(owner).mean().reindex(customer_id).to_numpy()
        is_off = ((hour < first) | (hour >= end)).astype(float)
        columns[f"{name}_off_counter_share"] = is_off.groupby(owner).mean().reindex(customer_id).to_numpy()
    return pd.DataFrame(columns)


def roundness(bank: JudgedBank, drawn: np.ndarray) -> np.ndarray:
    """How much rounder customers' payments are than ordinary ones like them; shape (customers,).

    Parameters
    ----------
    drawn : events of each customer, shape (customers, payments)

    Like payments share channel, purpose, kinds of both parties and decade of the amount, since
    persons round in another way than firms. In steps from cents to whole yuan, tens, hundreds and
    thousands; payments without an ordinary like are left out.
    """
    events = bank.events
    decade = np.searchsorted(10 ** np.arange(1, DECADES), events.cents, side="right")
    own = bank.parties.holder[events.customer].astype(np.int64)
    like = np.zeros(len(events), np.int64)
    for part in (own, events.is_credit, events.holder, events.channel, events.purpose, decade):
        code = part.astype(np.int64) - int(part.min(initial=0))
        like = like * (int(code.max(initial=0)) + 1) + code
    steps = sum((events.cents % (100 * 10**power) == 0).astype(np.int8) for power in range(4))
    life, groups = bank.kind[events.payment] == LIFE, int(like.max(initial=0)) + 1
    count = np.bincount(like[life], minlength=groups)
    usual = np.bincount(like[life], steps[life], groups) / np.where(count > 0, count, np.nan)
    excess = steps[drawn] - usual[like[drawn]]
    known = np.isfinite(excess)
    return np.where(known, excess, 0.0).sum(axis=1) / np.where(known.any(axis=1), known.sum(axis=1), np.nan)


def own_burstiness(bank: JudgedBank, chosen: np.ndarray, gaps: int, rng: np.random.Generator) -> np.ndarray:
    """Burstiness of the gaps of a customer's own life, planned payments left out; shape (chosen,).

    (spread - mean) / (spread + mean) of ``gaps`` gaps in a row from a moment drawn at random:
    -1 for a clock, 0 for chance, 1 for bursts. As many gaps of everyone, so that it does not
    tell how active a customer is; NaN of who has fewer.

    Source: Goh and Barabasi 2008, Burstiness and memory in complex systems.
    """
    events = bank.events
    ordinary = np.flatnonzero(bank.kind[events.payment] == LIFE)
    starts = np.searchsorted(ordinary, events.starts)
    count = np.diff(starts)[chosen]
    first = starts[chosen] + np.floor(rng.random(len(chosen)) * np.maximum(count - gaps, 1)).astype(np.int64)
    enough = count > gaps
    result = np.full(len(chosen), np.nan)
    at = events.at[ordinary[first[enough][:, None] + np.arange(gaps + 1)]]
    waited = np.diff(at, axis=1).astype(float)
    mean, spread = waited.mean(axis=1), waited.std(axis=1)
    result[enough] = (spread - mean) / np.where(spread + mean > 0, spread + mean, np.nan)
    return result
