"""What a simulated bank is told: section ``simulate`` of params.yaml, and what follows from it at once."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from data.typologies import TYPOLOGIES
from data.world.calendar import Calendar, Span
from data.world.drift import Drift
from data.world.integration import Integration
from data.world.population import CAN_SLEEP
from parameters import Count, Seed
from pipeline import PARAMS_FILE, BadInput, Parameters

SHORTEST_RUN_DAYS = 6 * 7  # most schemes last for some weeks
PARTIES_PER_SCHEME = 2  # customers that a scheme takes, about


class Params(Parameters):
    """Section ``simulate`` of params.yaml."""

    seed: Seed
    start: date = Field(ge=date(1970, 1, 1), le=date(2200, 1, 1))
    calendar: Span
    utc_offset_hours: int = Field(ge=-12, le=14)
    festivals: list[date]
    off_days: list[date]
    make_up_days: list[date]
    first_day_of: dict[str, Annotated[int, Field(ge=0, le=36_500)]]
    share_of: dict[str, Annotated[float, Field(ge=0, le=1_000)]]
    drift: Drift
    integration: Integration
    promotions: list[date]
    stretch_days: int = Field(ge=7)
    customers: int = Field(ge=300, le=10**8)
    cities: int = Field(ge=1, le=1000)
    schemes_per_typology: Count
    look_alikes_per_scheme: int = Field(ge=0, le=10**6)
    dormant_share: float = Field(gt=0, lt=0.5)
    sophistication_shares: tuple[float, float, float]

    @field_validator("calendar")
    @classmethod
    def run_holds_schemes(cls, calendar: Span) -> Span:
        """The run is long enough to see schemes in it."""
        days = 7 * sum(calendar.weeks().values())
        if days < SHORTEST_RUN_DAYS:
            raise ValueError(f"a run of {days} days holds no scheme, {SHORTEST_RUN_DAYS} are needed")
        return calendar

    @field_validator("stretch_days")
    @classmethod
    def stretch_fits_the_run(cls, days: int, info: ValidationInfo) -> int:
        """A stretch is no longer than the run."""
        calendar = info.data.get("calendar")
        if calendar and days > 7 * sum(calendar.weeks().values()):
            raise ValueError("a stretch is longer than the run")
        return days

    @field_validator("schemes_per_typology")
    @classmethod
    def customers_suffice(cls, count: int, info: ValidationInfo) -> int:
        """There are customers enough for all schemes."""
        needed = PARTIES_PER_SCHEME * sum(
            schemes_of(name, count, info.data.get("share_of", {})) for name in TYPOLOGIES
        )
        customers = info.data.get("customers", needed)
        if needed > customers:
            raise ValueError(f"so many schemes of each typology need {needed} customers, not {customers}")
        return count

    @field_validator("dormant_share")
    @classmethod
    def sleepers_suffice(cls, share: float, info: ValidationInfo) -> float:
        """There are sleepers enough for all plans that wake one."""
        drawn = {"customers", "schemes_per_typology", "look_alikes_per_scheme"}
        if drawn <= set(info.data):
            schemes, others = info.data["schemes_per_typology"], info.data["look_alikes_per_scheme"]
            waking = [name for name, typology in TYPOLOGIES.items() if typology.family == "dormancy"]
            share_of = info.data.get("share_of", {})
            plans = sum(schemes_of(name, schemes, share_of) for name in waking) * (1 + others)
            asleep = int(info.data["customers"] * share * CAN_SLEEP)
            if plans > asleep:
                raise ValueError(f"{plans} plans wake a sleeper each, about {asleep} customers would sleep")
        return share

    @field_validator("sophistication_shares")
    @classmethod
    def shares_sum_to_one(cls, shares: tuple[float, float, float]) -> tuple[float, float, float]:
        """Shares are not negative and sum to one."""
        if min(shares) < 0 or abs(sum(shares) - 1) > 1e-9:
            raise ValueError("expected three shares that sum to 1")
        return shares

    @field_validator("first_day_of", "share_of")
    @classmethod
    def names_are_typologies(cls, values: dict[str, float], info: ValidationInfo) -> dict[str, float]:
        """Keys are typologies."""
        for name in values:
            TYPOLOGIES.lookup(name, f"{PARAMS_FILE}: simulate.{info.field_name}")
        return values

    @field_validator("first_day_of")
    @classmethod
    def first_days_lie_in_the_run(cls, values: dict[str, int], info: ValidationInfo) -> dict[str, int]:
        """A typology that began after the end would silently be none."""
        place = f"{PARAMS_FILE}: simulate.first_day_of"
        if "calendar" not in info.data:  # refused itself
            return values
        days = 7 * sum(info.data["calendar"].weeks().values())
        for name, day in values.items():
            if day >= days:
                raise BadInput(f"{place}.{name}: expected a day before {days}, found {day}")
        return values

    @field_validator("drift")
    @classmethod
    def changes_lie_in_the_run(cls, drift: Drift, info: ValidationInfo) -> Drift:
        """Every change happens during the run."""
        place = f"{PARAMS_FILE}: simulate.drift"
        if "calendar" in info.data:  # else refused itself
            days = 7 * sum(info.data["calendar"].weeks().values())
            for key, day in drift.days().items():
                if day >= days:
                    raise BadInput(f"{place}.{key}: expected a day before {days}, found {day}")
        return drift


def schemes_of(name: str, usual: int, share_of: dict[str, float]) -> int:
    """How many schemes of a typology are drawn, where ``usual`` are of one without a share of its own."""
    return round(usual * share_of.get(name, 1.0))


def calendar_of(params: Params) -> Calendar:
    """The local days of the whole run, with its holidays and sales."""
    return Calendar.of(
        params.start,
        sum(params.calendar.weeks().values()),
        params.utc_offset_hours,
        params.festivals,
        params.promotions,
        params.off_days,
        params.make_up_days,
    )
