"""Which cases are written out: the highest scores, the nearest below the cut, and who was asked for.

By what the bank knows alone. The nearest below the cut are what a bank samples to learn whether
its line is too high; among them are those whom the model misses by a little.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

import pipeline
from explain.grouping import CaseTies

MODEL, BELOW, RULES_ALONE, ASKED = "model", "below_cut", "rules", "asked"


def weekly_cuts(alerts: pd.DataFrame) -> pd.Series:
    """The lowest score that was alerted in each week, by as_of."""
    return alerts.groupby("as_of")["score"].min()


def below_cut(test: pd.DataFrame, score: np.ndarray, alerts: pd.DataFrame, most: int) -> pd.DataFrame:
    """The subjects that came nearest to an alert, one a customer whom the model never alerted.

    Nearness is the score less the week's cut; a week without alerts has none.
    """
    rows = test[["subject_id", "customer_id", "as_of"]].assign(score=score)
    rows = rows[~rows["customer_id"].isin(alerts["customer_id"])]
    gap = rows["score"] - rows["as_of"].map(weekly_cuts(alerts)).astype(float)
    rows = rows.assign(gap=gap).dropna(subset=["gap"])
    rows = rows.sort_values(["gap", "subject_id"], ascending=[False, True], kind="stable")
    return rows.drop_duplicates("customer_id").head(most).drop(columns="gap")


def asked_for(test: pd.DataFrame, score: np.ndarray, wanted: Iterable[int]) -> pd.DataFrame:
    """Subjects that somebody wants explained; one that is none of the test's is bad input."""
    rows = test[["subject_id", "customer_id", "as_of"]].assign(score=score)
    known = set(rows["subject_id"])
    for subject in wanted:
        if subject not in known:
            raise pipeline.BadInput(
                f"params.yaml: explain.asked: expected subjects of the test, found {subject}"
            )
    return rows[rows["subject_id"].isin(list(wanted))]


def chosen_subjects(
    alerts: pd.DataFrame, below: pd.DataFrame, asked: pd.DataFrame, case: pd.Series, most: int
) -> pd.DataFrame:
    """Subjects with a page: (case_id, subject_id, customer_id, as_of, score, found_by), highest score first.

    The ``most`` alerts with the highest scores, one a case, and all alerts of these cases; of a
    customer who was alerted again in a case, the latest alert.

    Parameters
    ----------
    alerts : of the model, with score; ``case`` is theirs, of one index
    below, asked : as of `below_cut` and `asked_for`
    """
    ranked = alerts.assign(case_id=case, found_by=MODEL)
    best = ranked.sort_values(["score", "subject_id"], ascending=[False, True], kind="stable")
    top = best["case_id"].drop_duplicates().head(most)
    inside = ranked[ranked["case_id"].isin(top)].sort_values("as_of", kind="stable")
    inside = inside.drop_duplicates(["case_id", "customer_id"], keep="last")
    extra = [
        rows.assign(case_id="S" + rows["subject_id"].astype(str), found_by=how)
        for rows, how in ((below, BELOW), (asked, ASKED))
    ]
    columns = ["case_id", "subject_id", "customer_id", "as_of", "score", "found_by"]
    rows = pd.concat([part[columns] for part in (inside, *extra)]).drop_duplicates("subject_id")
    return rows.sort_values(
        ["score", "subject_id"], ascending=[False, True], kind="stable", ignore_index=True
    )


def with_rule_members(
    chosen: pd.DataFrame, test: pd.DataFrame, score: np.ndarray, ties: CaseTies, clock: pd.Series
) -> pd.DataFrame:
    """The same with customers whom rules alone alerted in these cases, as of the case's latest week.

    ``clock`` is the as_of of ``test`` by the bank's clock, which ``ties`` use; subjects of the week of
    a customer who was not scored then are left out.
    """
    rows = test[["subject_id", "customer_id", "as_of"]].assign(score=score, clock=clock)
    by_week = rows.set_index(["customer_id", "as_of"])
    known_at = dict(zip(rows["as_of"], rows["clock"], strict=True))
    found = []
    for case_id, members in chosen.groupby("case_id", sort=False):
        as_of = members["as_of"].max()
        for customer in ties.members(str(case_id), known_at[as_of]):
            if customer in set(members["customer_id"]) or (customer, as_of) not in by_week.index:
                continue
            row = by_week.loc[(customer, as_of)]
            found.append((case_id, int(row["subject_id"]), customer, as_of, row["score"], RULES_ALONE))
    added = pd.DataFrame(found, columns=list(chosen.columns)).astype(chosen.dtypes.to_dict())
    return pd.concat([chosen, added], ignore_index=True)
