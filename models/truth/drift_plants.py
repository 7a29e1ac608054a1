"""Drifts planted into copies of what reaches the model and the alarms; the world itself stays as it is.

Each takes the feeds of the watched stretches and changes them from one stretch on. What an
alarm then reads is compared with what it reads without the change, so that a drift that the
world has by itself is no answer to the planted one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from pydantic import Field

from data.asof import pairs_within
from models.results.drift_trials import DriftKind, Watcher
from parameters import Count, Parameters, Part, Positive, Seed

WEEK_DAYS = 7
MOST_WEEKS = 10_000  # that a run is watched, so that no customer's weeks reach another's


class Planting(Parameters):
    """How strong the planted drifts are; all are assumptions."""

    seed: Seed
    first_stretch: int = Field(ge=1, le=1_000, description="of those at work, counted from 0")
    late_weeks: Count
    lost_group: str
    lost_customers: Part
    idle_part: Part
    unit_multiple: Positive
    dismissed_part: Part
    replaced_part: Part
    replaced_by: str
    youngest_part: Part


@dataclass(frozen=True)
class Feeds:
    """What reaches the model and the alarms.

    ``stretches`` are features of the subjects of every watched stretch, shapes (n, features), in the
    order of ``rows`` of the site.
    """

    stretches: list[np.ndarray]
    dispositions: pd.DataFrame
    labels: pd.DataFrame


@dataclass(frozen=True)
class Site:
    """Where drifts are planted.

    ``watched`` are customer_id and as_of of all subjects at work, ``rows`` their places by stretch,
    ``is_illicit`` the truth of each; ``starts_at`` is when the first changed stretch begins.
    ``behaviour``, ``lost`` and ``money`` are places of columns: all that is no profile of the day,
    those of one group, those in yuan; ``age`` is the place of the column that a population is
    changed by, None where the data lack it.
    """

    watched: pd.DataFrame
    rows: list[np.ndarray]
    is_illicit: np.ndarray
    starts_at: pd.Timestamp
    behaviour: np.ndarray
    lost: np.ndarray
    money: np.ndarray
    age: int | None
    planting: Planting

    @property
    def changed(self) -> range:
        """Places of the stretches that are changed."""
        return range(self.planting.first_stretch, len(self.rows))

    @cached_property
    def key(self) -> np.ndarray:
        """A number by customer and week of each watched subject; a week earlier is one less."""
        at = self.watched["as_of"]
        week = ((at - at.min()) / pd.Timedelta(weeks=1)).round().to_numpy().astype(np.int64)
        return self.watched["customer_id"].to_numpy() * MOST_WEEKS + week + MOST_WEEKS // 2

    @cached_property
    def register(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Sorted keys of the subjects of all stretches, with the stretch and the place within it."""
        rows = np.concatenate(self.rows)
        stretch = np.repeat(np.arange(len(self.rows)), [len(mine) for mine in self.rows])
        within = np.concatenate([np.arange(len(mine)) for mine in self.rows])
        order = np.argsort(self.key[rows], kind="stable")
        return self.key[rows][order], stretch[order], within[order]

    def lacks(self, drift: str) -> bool:
        """Whether the data lack what a drift would change."""
        columns = {"lost_columns": self.lost, "wrong_unit": self.money}
        return (
            self.age is None if drift == "other_population" else not len(columns.get(drift, self.behaviour))
        )

    def rng(self) -> np.random.Generator:
        """A generator that begins anew for every drift."""
        return np.random.default_rng(self.planting.seed)

    def weeks(self, place: int) -> np.ndarray:
        """Number of each subject's week in a stretch, shape (n,)."""
        return np.unique(self.watched["as_of"].to_numpy()[self.rows[place]], return_inverse=True)[1]


def in_stretches(feeds: Feeds, site: Site, change: Callable[[int, np.ndarray], np.ndarray]) -> Feeds:
    """The feeds with the changed stretches' features handed, as copies, to ``change``."""
    changed = list(feeds.stretches)
    for place in site.changed:
        changed[place] = change(place, changed[place].copy())
    return replace(feeds, stretches=changed)


def came_before(
    site: Site, values: list[np.ndarray], place: int, weeks: int, chosen: np.ndarray, of: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Some columns of the same customers some weeks earlier, and which subjects have such a row.

    Parameters
    ----------
    values : features by stretch
    place : the stretch whose subjects are asked for
    chosen : which of them, places within the stretch, shape (n,)
    of : places of columns, shape (k,)

    Returns
    -------
    Rows of shape (m, k), of those that have one, and a mask of shape (n,).
    """
    keys, stretch, within = site.register
    wanted = site.key[site.rows[place][chosen]] - weeks
    found = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    has = keys[found] == wanted
    earlier = np.empty((int(has.sum()), len(of)), values[place].dtype)
    for source in range(place + 1):
        mine = stretch[found[has]] == source
        earlier[mine] = values[source][np.ix_(within[found[has][mine]], of)]
    return earlier, has


def late_month(feeds: Feeds, site: Site) -> Feeds:
    """Everybody's features as they were some weeks ago."""

    def stale(place: int, values: np.ndarray) -> np.ndarray:
        everybody, columns = np.arange(len(values)), np.arange(values.shape[1])
        weeks = site.planting.late_weeks
        earlier, has = came_before(site, feeds.stretches, place, weeks, everybody, columns)
        values[has] = earlier
        return values

    return in_stretches(feeds, site, stale)


def lost_columns(feeds: Feeds, site: Site) -> Feeds:
    """One group of columns without a value."""

    def emptied(_: int, values: np.ndarray) -> np.ndarray:
        values[:, site.lost] = np.nan
        return values

    return in_stretches(feeds, site, emptied)


def half_a_feed(feeds: Feeds, site: Site) -> Feeds:
    """The payments of some customers do not arrive: they look like those who made none."""
    rng = site.rng()
    everybody = np.unique(site.watched["customer_id"])
    lost = everybody[rng.random(len(everybody)) < site.planting.lost_customers]

    def idle(place: int, values: np.ndarray) -> np.ndarray:
        behaved = values[:, site.behaviour]
        busy = (np.nan_to_num(behaved) != 0).sum(axis=1)
        least = np.argsort(busy, kind="stable")[: max(int(len(busy) * site.planting.idle_part), 1)]
        is_lost = np.isin(site.watched["customer_id"].to_numpy()[site.rows[place]], lost)
        behaved[is_lost] = behaved[rng.choice(least, int(is_lost.sum()))]
        values[:, site.behaviour] = behaved
        return values

    return in_stretches(feeds, site, idle)


def wrong_unit(feeds: Feeds, site: Site) -> Feeds:
    """All sums arrive in another unit."""

    def multiplied(_: int, values: np.ndarray) -> np.ndarray:
        values[:, site.money] *= site.planting.unit_multiple
        return values

    return in_stretches(feeds, site, multiplied)


def other_meaning(feeds: Feeds, site: Site) -> Feeds:
    """Launderers behave as innocent customers did and these as launderers did; no distribution changes.

    Each illicit week changes features with one of an innocent customer of the same week. What
    was reported of the illicit is dismissed, for there is nothing left to see.
    """
    rng = site.rng()

    def exchanged(place: int, values: np.ndarray) -> np.ndarray:
        week, illicit = site.weeks(place), site.is_illicit[site.rows[place]]
        for number in np.unique(week[illicit]):
            guilty = np.flatnonzero(illicit & (week == number))
            innocent = np.flatnonzero(~illicit & (week == number))
            other = rng.choice(innocent, min(len(guilty), len(innocent)), replace=False)
            guilty = guilty[: len(other)]
            values[guilty], values[other] = values[other], values[guilty]
        return values

    changed = in_stretches(feeds, site, exchanged)
    guilty = site.watched[site.is_illicit]
    reported = feeds.dispositions[["disposition_id", "customer_id", "event_at"]].rename(
        columns={"event_at": "at"}
    )
    seen = pairs_within(reported, guilty[["customer_id", "as_of"]], WEEK_DAYS, at_now=True)["disposition_id"]
    return dismissed(changed, site, feeds.dispositions["disposition_id"].isin(seen).to_numpy())


def stricter_reviewers(feeds: Feeds, site: Site) -> Feeds:
    """People dismiss a part of what they would have reported."""
    drawn = site.rng().random(len(feeds.dispositions)) < site.planting.dismissed_part
    return dismissed(feeds, site, drawn)


def dismissed(feeds: Feeds, site: Site, chosen: np.ndarray) -> Feeds:
    """Feeds in which the ``chosen`` decisions, shape (dispositions,), report nobody from the start on."""
    made = feeds.dispositions
    is_gone = chosen & (made["outcome"] == "reported").to_numpy()
    is_gone &= (made["event_at"] >= site.starts_at).to_numpy()
    told = pd.MultiIndex.from_frame(made.loc[is_gone, ["customer_id", "event_at"]])
    labels = feeds.labels
    is_told = pd.MultiIndex.from_frame(labels[["customer_id", "event_at"]]).isin(told)
    is_told &= labels["source"].isin(("disposition", "below_line_review", "random_review")).to_numpy()
    return replace(
        feeds,
        dispositions=made.assign(outcome=made["outcome"].where(~is_gone, "dismissed")),
        labels=labels.assign(value=labels["value"].where(~is_told, 0.0)),
    )


def other_population(feeds: Feeds, site: Site) -> Feeds:
    """A part of the innocent customers give way to young ones, who live as the youngest did."""
    rng, age = site.rng(), site.age
    assert age is not None
    customer = site.watched["customer_id"].to_numpy()
    innocent = np.setdiff1d(customer, customer[site.is_illicit])
    gone = innocent[rng.random(len(innocent)) < site.planting.replaced_part]

    def young(place: int, values: np.ndarray) -> np.ndarray:
        known = np.flatnonzero(~np.isnan(values[:, age]) & ~site.is_illicit[site.rows[place]])
        youngest = known[np.argsort(values[known, age], kind="stable")]
        youngest = youngest[: max(int(len(known) * site.planting.youngest_part), 1)]
        is_gone = np.isin(customer[site.rows[place]], gone)
        if len(known):
            values[is_gone] = values[rng.choice(youngest, int(is_gone.sum()))]
        return values

    return in_stretches(feeds, site, young)


@dataclass(frozen=True)
class PlannedDrift:
    """A drift in words, who ought to tell it, and what plants it."""

    kind: DriftKind
    en: str
    zh: str
    expected: tuple[Watcher, ...]
    plant: Callable[[Feeds, Site], Feeds]


DRIFTS: dict[str, PlannedDrift] = {
    "late_month": PlannedDrift(
        "inputs",
        "A shifted month: every feature is that of the same customer four weeks earlier",
        "数据错位一个月：所有特征均为同一客户四周前的值",
        ("repeated",),
        late_month,
    ),
    "lost_columns": PlannedDrift(
        "inputs",
        "A broken feed: the network’s columns arrive empty",
        "数据源中断：网络特征列全部为空",
        ("data", "missing"),
        lost_columns,
    ),
    "half_a_feed": PlannedDrift(
        "inputs",
        "A broken feed: the payments of half of the customers do not arrive",
        "数据源中断：半数客户的流水未到",
        ("data", "behaviour", "threshold"),
        half_a_feed,
    ),
    "wrong_unit": PlannedDrift(
        "inputs",
        "Sums arrive in cents instead of yuan",
        "金额以分而非元传入",
        ("data", "behaviour", "threshold"),
        wrong_unit,
    ),
    "other_meaning": PlannedDrift(
        "meaning",
        "Launderers behave as innocent customers did, and these as launderers did; no distribution moves",
        "洗钱者的行为与无辜客户互换，任何分布都不变",
        ("labels",),
        other_meaning,
    ),
    "stricter_reviewers": PlannedDrift(
        "labels",
        "Reviewers dismiss half of what they would have reported",
        "审核人员将本应上报的一半予以排除",
        ("labels",),
        stricter_reviewers,
    ),
    "other_population": PlannedDrift(
        "population",
        "A third of the innocent customers give way to young ones",
        "三分之一的无辜客户被年轻客户取代",
        ("population",),
        other_population,
    ),
}
