"""Ballots: hits of rules laid out as votes on customer-weeks, with what reviews said of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.asof import microseconds, pairs_within
from data.labels.label_models import Votes
from data.schema import DECIDED, WEEK_US

WEEK_DAYS = 7


@dataclass(frozen=True)
class Ballots:
    """All hits that vote, and the order of the rules in every table of votes.

    ``hits`` and ``negative`` are (customer_id, at, rule) with the rule's place and ``at`` in
    microseconds; ``names`` as of `Votes`; weeks end at ``origin`` and every seven days after.
    A decision speaks for the hits of its customer in ``decision_weeks`` weeks.
    """

    rule_ids: list[str]
    negative_ids: list[str]
    names: np.ndarray
    hits: pd.DataFrame
    negative: pd.DataFrame
    customers: int
    origin: int
    decision_weeks: int

    @classmethod
    def of(
        cls,
        rules: pd.DataFrame,
        hits: pd.DataFrame,
        negative: pd.DataFrame,
        customers: int,
        origin: pd.Timestamp,
        decision_weeks: int,
    ) -> Ballots:
        """Keep the hits of rules that vote: of use ``label`` and applied."""
        votes = rules[rules["is_applied"] & (rules["use"] == "label")]
        for_it, against = votes[votes["vote"] > 0], votes[votes["vote"] < 0]
        named = for_it["typologies"].str.split(" ")
        typologies = sorted({name for row in named for name in row if name})
        names = np.array([[name in row for row in named] for name in typologies], bool)
        return cls(
            for_it["rule_id"].tolist(),
            against["rule_id"].tolist(),
            names.reshape(len(typologies), len(for_it)),
            _placed(hits, for_it["rule_id"].tolist()),
            _placed(negative, against["rule_id"].tolist()),
            customers,
            moment(origin),
            decision_weeks,
        )

    def weeks_of(self, at: np.ndarray) -> np.ndarray:
        """Number of the week that ends at or after each moment."""
        return np.asarray(-((self.origin - at) // WEEK_US))

    def before(self, customer_id: pd.Series, at: pd.Series) -> Votes:
        """Votes of the seven days up to each moment, itself included; one row a question."""
        size = len(at)
        asked = pd.DataFrame(
            {"row": np.arange(size), "customer_id": customer_id.to_numpy(), "as_of": microseconds(at)}
        )

        def table(hits: pd.DataFrame, rules: int) -> np.ndarray:
            found = pairs_within(hits, asked, WEEK_DAYS, at_now=True)
            voted = np.zeros((size, rules), bool)
            voted[found["row"], found["rule"]] = True
            return voted

        return Votes(
            table(self.hits, len(self.rule_ids)),
            table(self.negative, len(self.negative_ids)),
            np.ones(size),
            np.full(size, np.nan),
            self.names,
        )

    def known_by(self, decided: pd.DataFrame, now: pd.Timestamp) -> Votes:
        """Votes on every customer-week up to a moment, with the outcomes known by then.

        ``decided`` are dispositions with a decision. One speaks for the week of its event and
        for its customer's hits in the weeks after, while rules that repeat themselves raise no
        alert; of several the most suspicious counts.
        """
        until = moment(now)
        hits, negative = (table[table["at"] <= until] for table in (self.hits, self.negative))
        known = decided[microseconds(decided["known_at"]) <= until]
        told = pd.DataFrame(
            {
                "customer_id": known["customer_id"].to_numpy(),
                "week": self.weeks_of(microseconds(known["event_at"])),
                "outcome": (known["outcome"] == "reported").to_numpy(float),
            }
        )
        keyed = [
            table.assign(week=self.weeks_of(table["at"].to_numpy()))[["customer_id", "week", "rule"]]
            for table in (hits, negative)
        ]
        hit_weeks = keyed[0][["customer_id", "week"]].drop_duplicates()
        repeats = [told.assign(week=told["week"] + further) for further in range(1, self.decision_weeks)]
        told = pd.concat([told, *(later.merge(hit_weeks) for later in repeats)], ignore_index=True)
        every = pd.concat([hit_weeks, told])[["customer_id", "week"]]
        items = pd.MultiIndex.from_frame(every.drop_duplicates())

        def voted(table: pd.DataFrame, rules: int) -> np.ndarray:
            row = items.get_indexer(pd.MultiIndex.from_frame(table[["customer_id", "week"]]))
            result = np.zeros((len(items) + 1, rules), bool)
            result[row[row >= 0], table["rule"].to_numpy()[row >= 0]] = True
            return result

        outcome = np.full(len(items) + 1, np.nan)
        best = told.groupby(["customer_id", "week"])["outcome"].max()
        outcome[items.get_indexer(best.index)] = best
        # The last row stands for all customer-weeks in which nothing was said.
        weight = np.ones(len(items) + 1)
        first = self.weeks_of(hits["at"].to_numpy()).min() if len(hits) else 0
        weeks = int(self.weeks_of(np.array([until]))[0] - first + 1) if len(hits) else 1
        weight[-1] = max(self.customers * weeks - len(items), 1)
        votes = Votes(
            voted(keyed[0], len(self.rule_ids)),
            voted(keyed[1], len(self.negative_ids)),
            weight,
            outcome,
            self.names,
        )
        return votes.gathered()

    def alone(self) -> Votes:
        """One row a rule: this rule fires and no other."""
        size = len(self.rule_ids)
        return Votes(
            np.eye(size, dtype=bool),
            np.zeros((size, len(self.negative_ids)), bool),
            np.ones(size),
            np.full(size, np.nan),
            self.names,
        )


def with_decision(dispositions: pd.DataFrame) -> pd.DataFrame:
    """Dispositions that decide something."""
    return dispositions[dispositions["outcome"].isin(DECIDED)]


def moment(at: pd.Timestamp) -> int:
    """UTC microseconds of one moment."""
    return int(at.value // 1_000)


def _placed(hits: pd.DataFrame, rule_ids: list[str]) -> pd.DataFrame:
    mine = hits[hits["rule_id"].isin(rule_ids)]
    place = pd.Series(np.arange(len(rule_ids)), index=rule_ids, dtype="int64")
    return pd.DataFrame(
        {
            "customer_id": mine["customer_id"].to_numpy(),
            "at": microseconds(mine["hit_at"]),
            "rule": mine["rule_id"].map(place).to_numpy(np.int64),
        }
    )
