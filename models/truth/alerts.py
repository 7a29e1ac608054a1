"""What was really going on at alerts, of rankers and of rules, and at the investigators' decisions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from data.asof import happened_within
from data.schema import DECIDED
from models.intervals import UNMEASURED, wilson
from models.positives import Positives
from models.results.headline import Headline
from models.results.judged import RankerRecall
from models.results.truth import AlertsInTruth, InvestigatorErrors, RuleTruth
from models.truth.few_schemes import share_of_schemes
from models.truth.illicit import concerned, scheme_groups


def recall_by(
    planted: pd.DataFrame,
    subjects: pd.DataFrame,
    alerts: pd.DataFrame,
    column: str,
    starts_at: pd.Timestamp,
    days: int,
    least: int,
) -> list[tuple[Any, RankerRecall]]:
    """Share of the customers illicit in the test who are alerted while so, by one property.

    The test begins at ``starts_at``. Groups of fewer than ``least`` such customers are
    counted, and have no share. The interval counts as many schemes of equal size as say as much
    as those of the group. Returns pairs of a value of ``column`` and a ranker's recall.
    """
    rows = []
    illicit = planted[planted["is_illicit"]]
    group = scheme_groups(subjects["customer_id"].to_numpy(), illicit)
    for value, moments in illicit.groupby(column):
        customer = subjects["customer_id"].to_numpy()
        whole = Positives.of(customer, *concerned(subjects, moments, starts_at, days))
        active = subjects[whole.is_positive]
        who, first = np.unique(active["customer_id"], return_index=True)
        if not len(who):  # all of it lies before the test
            continue
        for ranker, mine in alerts.groupby("ranker"):
            caught = active[active["subject_id"].isin(mine["subject_id"])]["customer_id"]
            rows.append(
                (
                    value,
                    _ranker_recall(str(ranker), np.isin(who, caught), group[whole.is_positive][first], least),
                )
            )
    return rows


def _ranker_recall(ranker: str, is_caught: np.ndarray, group: np.ndarray, least: int) -> RankerRecall:
    """Whom of a group a ranker catches; both arrays (customers,), no share of fewer than ``least``."""
    share = share_of_schemes(is_caught, group) if len(group) >= least else UNMEASURED
    return RankerRecall(ranker=ranker, customers=len(group), caught=int(is_caught.sum()), recall=share)


def beyond_rules(rows: Iterable[Headline], least: int) -> list[RankerRecall]:
    """Recall among illicit customers whom no rule hit while they were; no share of fewer than ``least``."""
    return [
        RankerRecall(
            ranker=row.ranker,
            customers=part.customers,
            caught=part.caught,
            recall=part.recall if part.customers >= least else UNMEASURED,
        )
        for row in rows
        for part in [row.parts.beyond_rules]
    ]


def audited_alerts(
    planted: pd.DataFrame, subjects: pd.DataFrame, alerts: pd.DataFrame, days: int
) -> pd.DataFrame:
    """The AuditedAlerts table: what was really going on at each alert."""
    alerted = alerts.merge(subjects[["subject_id"]], on="subject_id")
    names = pd.Series("", index=alerted.index)
    is_illicit = np.zeros(len(alerted), bool)
    for (illicit, name), moments in planted.groupby(["is_illicit", "typology"]):
        active = happened_within(moments, alerted["customer_id"], alerted["as_of"], days)
        typology = "_".join(str(name).split()) or "unnamed"  # a foreign name may hold blanks, or nothing
        names = names.where(~active, names + (f"{typology} " if illicit else f"like_{typology} "))
        is_illicit |= active & illicit
    return pd.DataFrame(
        {
            "ranker": alerted["ranker"],
            "subject_id": alerted["subject_id"],
            "is_illicit": is_illicit,
            "schemes": names.str.strip(),
        }
    )


def rules_in_truth(alerts: pd.DataFrame, illicit: pd.DataFrame, days: int) -> list[RuleTruth]:
    """True precision of every rule's alerts over the whole run."""
    is_true = happened_within(illicit, alerts["customer_id"], alerts["alerted_at"], days)
    votes = alerts.assign(is_true=is_true, rule_id=alerts["rule_ids"].str.split(" ")).explode("rule_id")
    return [
        RuleTruth(
            rule_id=rule_id,
            alerts=len(mine),
            true=int(mine["is_true"].sum()),
            precision=wilson(int(mine["is_true"].sum()), len(mine)),
        )
        for rule_id, mine in votes.groupby("rule_id")
    ]


def disposition_errors(dispositions: pd.DataFrame, illicit: pd.DataFrame, days: int) -> InvestigatorErrors:
    """How often the simulated investigators were right, by outcome."""
    decided = dispositions[dispositions["outcome"].isin(DECIDED)]
    is_true = happened_within(illicit, decided["customer_id"], decided["event_at"], days)
    reported = (decided["outcome"] == "reported").to_numpy()
    return InvestigatorErrors(
        reported_true=int((reported & is_true).sum()),
        reported_false=int((reported & ~is_true).sum()),
        dismissed_true=int((~reported & is_true).sum()),
        dismissed_false=int((~reported & ~is_true).sum()),
    )


def alert_counts(audited: pd.DataFrame) -> list[AlertsInTruth]:
    """How many alerts of each ranker were illicit, and how many a look-alike."""
    return [
        AlertsInTruth(
            ranker=ranker,
            alerts=len(mine),
            illicit=int(mine["is_illicit"].sum()),
            look_alike=int((~mine["is_illicit"] & (mine["schemes"] != "")).sum()),
        )
        for ranker, mine in audited.groupby("ranker")
    ]
