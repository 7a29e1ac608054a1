"""View-model of rankings by the fixed model: recall and gain in both views."""

from __future__ import annotations

from dataclasses import dataclass

from data.results import Interval
from models.results.ladder import Ladder, RankingCatch
from reports.wording import DASH, Text


def points(interval: Interval | None) -> str:
    """A paired difference of recall in points, with its sign."""
    return DASH if interval is None or interval.value is None else f"{interval.value * 100:+.1f}"


def points_range(interval: Interval | None) -> str:
    """Its interval, empty without one."""
    if interval is None or interval.low is None or interval.high is None:
        return ""
    return f"{interval.low * 100:+.1f} … {interval.high * 100:+.1f}"


@dataclass(frozen=True)
class RankingView:
    """Whom a ranking catches in one view, and what it gains."""

    recall: Interval
    gain: str
    gain_range: str

    @classmethod
    def of(cls, found: RankingCatch) -> RankingView:
        """As the tables print it."""
        return cls(found.recall, points(found.gain), points_range(found.gain))


@dataclass(frozen=True)
class RankingRow:
    """One ranking under its name."""

    key: str
    name: Text
    columns: int | None
    bank: RankingView
    true: RankingView

    @property
    def views(self) -> tuple[tuple[str, RankingView], tuple[str, RankingView]]:
        """Both views, each under the name of its colour on the page."""
        return ("bank", self.bank), ("true", self.true)


def rankings(ladder: Ladder, names: dict[str, Text]) -> list[RankingRow]:
    """Rankings in the order of ``names``; what was not ranked is left out."""
    found = {row.ranking: row for row in ladder.rankings}
    return [
        RankingRow(name, label, row.columns, RankingView.of(row.bank), RankingView.of(row.true))
        for name, label in names.items()
        if (row := found.get(name)) is not None
    ]
