"""What a few rankers and the rules find in one world, and who is behind the alerts: for the audit alone."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

from data.asof import happened_within
from data.schema import DECIDED
from models.judgement import Contest
from models.metrics import COMPARED, with_intervals
from models.results.judged import Compared
from models.results.world_run import Caught, RankerGap, ReviewSlice, RuleReach, WorldView
from models.schema import RULES
from models.truth.illicit import scheme_groups


def view_of(contest: Contest, pairs: tuple[tuple[str, str], ...]) -> WorldView:
    """The rankers of a contest, what separates each of the ``pairs``, and whom each ranker catches."""
    catches = contest.catches
    customer = np.unique(contest.watch.judged.customer[contest.positives.is_positive])
    return WorldView(
        customers=len(customer),
        groups=catches.groups,
        metrics={name: _compared(sample) for name, sample in contest.samples.items()},
        gaps=[
            RankerGap(
                first=first,
                second=second,
                difference=_compared(contest.samples[first] - contest.samples[second]),
            )
            for first, second in pairs
        ],
        caught=Caught(
            customers=customer.tolist(),
            groups=catches.group.tolist(),
            caught={
                name: catches.caught(queue.alerted(contest.budget)).astype(int).tolist()
                for name, queue in contest.queues.items()
            },
        ),
    )


def _compared(samples: np.ndarray) -> Compared:
    found = with_intervals(samples)
    return Compared(**{name: found[name] for name in COMPARED})


def decided_alerts(alerts: pd.DataFrame, dispositions: pd.DataFrame) -> pd.DataFrame:
    """Alerts above the line with what was decided of each (outcome, reason); empty where nobody decided."""
    known = dispositions.dropna(subset="alert_id").astype({"alert_id": "int64"})
    known = known.loc[known["outcome"].isin(DECIDED), ["alert_id", "outcome", "reason"]]
    return alerts.merge(known, on="alert_id", how="left")


def rule_reach(decided: pd.DataFrame, illicit: pd.DataFrame, days: int) -> RuleReach:
    """Whom the alerts above the line reach, of all who were illicit since the first of them.

    Parameters
    ----------
    decided : of `decided_alerts`
    illicit : moments (customer_id, at, scheme_id) of illicit payments
    days : after an illicit payment in which an alert counts as a catch
    """
    is_true = happened_within(illicit, decided["customer_id"], decided["alerted_at"], days)
    since = decided["alerted_at"].min() - pd.Timedelta(days=days) if len(decided) else illicit["at"].max()
    watched = illicit[illicit["at"] >= since]
    customer = np.unique(watched["customer_id"].to_numpy())
    caught = np.isin(customer, decided["customer_id"].to_numpy()[is_true])
    return RuleReach(
        alerts=len(decided),
        reviewed=int(decided["outcome"].notna().sum()),
        reported=int((decided["outcome"] == "reported").sum()),
        illicit=int(is_true.sum()),
        caught=Caught(
            customers=customer.tolist(),
            groups=scheme_groups(customer, watched).tolist(),
            caught={RULES: caught.astype(int).tolist()},
        ),
    )


def review_slices(
    decided: pd.DataFrame, occupation: pd.Series, planted: pd.DataFrame, days: int
) -> list[ReviewSlice]:
    """The reviewed alerts by rule and occupation: decisions, stated reasons, and who was behind them.

    ``occupation`` is by customer_id, ``planted`` are moments (customer_id, at, typology,
    is_illicit) of schemes and of their look-alikes.
    """
    illicit = planted[planted["is_illicit"]]
    told = decided.assign(
        occupation=decided["customer_id"].map(occupation).fillna(""),
        is_true=happened_within(illicit, decided["customer_id"], decided["alerted_at"], days),
        rule_id=decided["rule_ids"].str.split(" "),
    )
    alike = {
        str(name): happened_within(mine, decided["customer_id"], decided["alerted_at"], days)
        for name, mine in planted[~planted["is_illicit"]].groupby("typology")
    }
    rows = []
    for (rule_id, work), mine in told.explode("rule_id").groupby(["rule_id", "occupation"]):
        is_known = mine["outcome"].notna()
        is_reported, is_true = mine["outcome"] == "reported", mine["is_true"].to_numpy()
        counts = {name: int((who[mine.index] & ~is_true).sum()) for name, who in alike.items()}
        rows.append(
            ReviewSlice(
                rule_id=rule_id,
                occupation=work,
                alerts=len(mine),
                reviewed=int(is_known.sum()),
                reported=int(is_reported.sum()),
                reasons=dict(sorted(Counter(mine.loc[is_known & ~is_reported, "reason"]).items())),
                illicit=int(is_true.sum()),
                look_alikes={name: count for name, count in counts.items() if count},
            )
        )
    return rows
