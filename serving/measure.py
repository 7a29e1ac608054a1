"""Features of a narrow ledger's customers, by the very engine that measures the bank."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

import memory
from data import observe
from data.asof import Events, Parties
from data.asof.network import TrailLimits
from data.indicators import INDICATORS
from data.schema import DAY_US, WEEK_US
from features import build, network, profile, sequence
from features.catalogue import Feature, window_features
from features.known import Known
from features.line import LINE
from serving.ledger import CASH, HOUR, NarrowLedger, at_moments

OF_THE_REGISTER = ("tenure_days",)  # without a register it would count the days since the file begins


@dataclass(frozen=True)
class EngineParams:
    """Sections ``observe``, ``build`` and ``observe.trails`` of params.yaml: how a bank is measured."""

    observe: observe.Params
    build: build.Params
    trails: TrailLimits


@dataclass(frozen=True)
class MeasuredCustomers:
    """Customers as of moments, and their features.

    ``subjects`` has customer_id and as_of, ``features`` the float32 columns of a feature matrix in
    the same order; NaN is "not measurable".
    """

    subjects: pd.DataFrame
    features: pd.DataFrame


def weekly_moments(ledger: NarrowLedger, weeks: int, least_days: int) -> np.ndarray:
    """The midnight after the last payment and those whole weeks before it, in order.

    At most ``weeks`` of them, and the earlier ones only where ``least_days`` of payments lie before.
    """
    last, first = ledger.midnight_after(), ledger.first_midnight()
    found = last - WEEK_US * np.arange(weeks)[::-1]
    return found[(found - first >= least_days * DAY_US) | (found == last)]


def periods_of(first_us: int, at_us: np.ndarray) -> pd.DataFrame:
    """A calendar whose weekly moments are ``at_us``: it begins whole weeks before them."""
    begin = at_us[0] - -(-(at_us[0] - first_us) // WEEK_US) * WEEK_US
    starts, ends = [begin, at_us[0]], [at_us[0], at_us[-1] + DAY_US]
    return pd.DataFrame(
        {
            "name": ["warm_up", "train"],
            "starts_at": at_moments(np.array(starts)),
            "ends_at": at_moments(np.array(ends)),
        }
    )


def offered(facts: frozenset[str]) -> frozenset[str]:
    """What the indicators may ask of a ledger with these facts.

    That no payment states a purpose is a fact about purposes: all of the money is unexplained.
    """
    return frozenset(
        {"purpose"} | ({"hour"} if HOUR in facts else set()) | ({"cash"} if CASH in facts else set())
    )


def measured_customers(
    ledger: NarrowLedger, at_us: np.ndarray, params: EngineParams, wanted: pd.DataFrame | None = None
) -> MeasuredCustomers:
    """Features of every active customer at each moment of ``at_us``, whole weeks apart.

    Parameters
    ----------
    wanted : customer_id and as_of; where given, only these are measured to the end
    """
    calendar = periods_of(ledger.first_midnight(), at_us)
    origin = int(calendar["starts_at"].astype("int64").iloc[0])
    transactions, accounts, customers = ledger.transactions(), ledger.accounts(), ledger.customers(origin)
    nobody = without_rows()
    # Rules are not asked here, so no day but the weekly moments is measured.
    weekly_alone = params.observe.model_copy(update={"first_day": 36_500})
    _, weekly = observe.observe(
        transactions, accounts, customers, nobody["devices"], calendar, offered(ledger.facts), weekly_alone
    )
    memory.give_back()
    known = Known(
        customers=customers,
        accounts=accounts,
        transactions=transactions,
        tags=nobody["tags"],
        weekly=weekly,
        devices=nobody["devices"],
        dispositions=nobody["dispositions"],
    )
    parties = Parties.of(customers["customer_id"], accounts)
    events = Events.of(transactions, parties)
    subjects, rows = build.draw_subjects(weekly, events, parties.customer_id, params.build.line)
    if wanted is not None:
        is_wanted = subjects.merge(wanted, how="left", on=["customer_id", "as_of"], indicator=True)
        chosen = np.flatnonzero((is_wanted["_merge"] == "both").to_numpy())
        subjects, rows = subjects.iloc[chosen].reset_index(drop=True), rows[chosen]
    is_new = sequence.new_meetings(events, params.build.line.days)
    built = build.compute(
        subjects,
        known,
        events,
        parties,
        is_new,
        sequence.hours_of(events, origin),
        params.build,
        params.trails,
    )
    windows = weekly.drop(columns=["customer_id", "as_of"]).iloc[rows].reset_index(drop=True)
    found = pd.concat([windows, built], axis=1).drop(columns=list(OF_THE_REGISTER))
    return MeasuredCustomers(subjects[["customer_id", "as_of"]], found)


def without_rows() -> dict[str, pd.DataFrame]:
    """Tables of which a narrow ledger says nothing: profile tags, devices, decisions of people."""
    number, text = pd.Series(dtype="int64"), pd.Series(dtype="str")
    moment = pd.Series(dtype="datetime64[us, UTC]")
    stretch = {"valid_from": moment, "valid_to": moment}
    return {
        "tags": pd.DataFrame({"customer_id": number, "tag": text, "value": text, **stretch}),
        "devices": pd.DataFrame({"customer_id": number, "device_id": number, **stretch}),
        "dispositions": pd.DataFrame({"customer_id": number, "outcome": text, "known_at": moment}),
    }


def every_feature() -> dict[str, Feature]:
    """All features of the bank's matrix by name, in its order."""
    found = [*window_features(), *profile.FEATURES, *LINE, *network.FEATURES]
    return {feature.name: feature for feature in found}


def why_missing(name: str, facts: frozenset[str]) -> tuple[str, str]:
    """Why a file with these facts cannot have a feature, in English and Chinese."""
    feature = every_feature()[name]
    if name in OF_THE_REGISTER:
        return "a file of payments has no register of customers", "流水文件没有客户登记信息"
    needs = INDICATORS[name].needs - offered(facts) if name in INDICATORS else frozenset()
    if needs:
        en, zh = zip(*(NEEDED[need] for need in sorted(needs)), strict=True)
        return f"the file does not say: {', '.join(en)}", f"文件未提供：{'、'.join(zh)}"
    if feature.group == "profile":
        return "a file of payments has no customer profile", "流水文件没有客户画像"
    return (
        "says nothing without shops, devices, countries or earlier reports",
        "缺少商户、设备、国家或既往报送信息，无意义",
    )


NEEDED = {
    "cash": ("cash", "现金"),
    "balance": ("balances", "余额"),
    "income": ("declared income", "申报收入"),
    "purpose": ("purposes", "用途"),
    "hour": ("hours of the day", "时刻"),
    "device": ("devices", "设备"),
    "country": ("countries", "国家"),
    "firm": ("who is a firm", "是否企业"),
}
