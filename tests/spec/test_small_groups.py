"""Groups of customers are compared only where there are enough of them; of the others counts are said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.intervals import UNMEASURED, group_share, wilson
from models.results.headline import Headline, PartRecall, Parts
from models.results.judged import RankerRecall
from models.truth.alerts import beyond_rules, recall_by
from models.truth.few_schemes import share_of_schemes
from reports.report import environment
from reports.wording import Text, share_or_count

AS_OF = pd.Timestamp("2025-11-03", tz="UTC")
TEST_STARTS = AS_OF - pd.Timedelta(days=14)


def test_a_group_without_a_positive_has_no_recall_rather_than_one_of_zero() -> None:
    """fairlearn 0.13 counts such a group as 0 and reports the largest difference out of nothing."""
    assert group_share(0, 0, least=1) == UNMEASURED
    assert group_share(0, 0, least=0) == UNMEASURED


@pytest.mark.parametrize(("size", "is_compared"), [(4, False), (5, True), (6, True)])
def test_a_group_is_compared_from_the_stated_size_on(size: int, is_compared: bool) -> None:
    assert group_share(2, size, least=5) == (wilson(2, size) if is_compared else UNMEASURED)


def a_bank() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Six customers in a cycle and two in a stack, each illicit yesterday; one of each is alerted."""
    customer = np.arange(8)
    planted = pd.DataFrame(
        {
            "customer_id": customer,
            "at": AS_OF - pd.Timedelta(days=1),
            "scheme_id": customer,
            "is_illicit": True,
            "typology": ["cycle"] * 6 + ["stack"] * 2,
        }
    )
    subjects = pd.DataFrame({"subject_id": customer, "customer_id": customer, "as_of": AS_OF})
    return planted, subjects, subjects.iloc[[0, 6]].assign(ranker="gnn", rank=1)


def test_recall_by_typology_counts_a_small_group_and_gives_no_share() -> None:
    rows = dict(recall_by(*a_bank(), "typology", TEST_STARTS, 28, least=5))
    assert (rows["cycle"].customers, rows["cycle"].caught) == (6, 1)
    assert rows["cycle"].recall == wilson(1, 6)
    assert (rows["stack"].customers, rows["stack"].caught) == (2, 1)
    assert rows["stack"].recall == UNMEASURED


def test_recall_by_typology_is_of_those_who_went_on_in_the_test() -> None:
    planted, subjects, alerts = a_bank()
    is_early = planted["customer_id"].isin([0, 1, 6, 7])
    planted["at"] = planted["at"].where(~is_early, TEST_STARTS - pd.Timedelta(days=1))
    rows = dict(recall_by(planted, subjects, alerts, "typology", TEST_STARTS, 28, 1))
    assert set(rows) == {"cycle"}  # the stack's two are leftovers
    assert (rows["cycle"].customers, rows["cycle"].caught) == (4, 0)


def test_the_interval_of_a_typology_counts_schemes_and_not_their_members() -> None:
    """Two schemes of three in a cycle of six: as much is known as of two customers."""
    planted, subjects, alerts = a_bank()
    planted["scheme_id"] = planted["customer_id"] // 3
    alone = dict(recall_by(*a_bank(), "typology", TEST_STARTS, 28, 1))["cycle"].recall
    found = dict(recall_by(planted, subjects, alerts, "typology", TEST_STARTS, 28, 1))["cycle"].recall
    assert found.value == alone.value
    assert found.low < alone.low and found.high > alone.high
    whole = share_of_schemes(np.array([True] * 3 + [False] * 3), np.arange(6) // 3)
    assert whole == wilson(1, 2)


def test_recall_beyond_the_rules_obeys_the_same_size() -> None:
    part = PartRecall(customers=5, caught=1, recall=wilson(1, 5))
    parts = Parts(**dict.fromkeys(Parts.model_fields, part))
    row = Headline(
        ranker="gnn", parts=parts, recall_at_rule_alerts=UNMEASURED, alert_share_at_rule_recall=UNMEASURED
    )
    rows = [beyond_rules([row], least)[0] for least in (5, 6)]
    assert [(each.customers, each.caught) for each in rows] == [(5, 1), (5, 1)]
    assert [each.recall for each in rows] == [wilson(1, 5), UNMEASURED]


def test_the_page_shows_what_was_counted_of_a_small_group_and_a_dash_for_its_share() -> None:
    row = RankerRecall(ranker="gnn", customers=2, caught=1, recall=UNMEASURED)
    group = {"name": Text("Stack", "多层堆叠"), "customers": 2, "by_ranker": {"gnn": row}}
    source = "{% import 'macros.html' as m with context %}{{ m.group_table(rows, 'Typology') }}"
    names = {"rankers": ["gnn"], "ranker_names": {"gnn": Text("GNN", "GNN")}, "rows": [group]}
    printed = environment().from_string(source).render(names)
    assert '– <small class="inline">1/2</small>' in printed
    assert "50%" not in printed
    assert share_or_count(row) == "1 of 2"
    assert share_or_count(row.model_copy(update={"customers": 0, "caught": 0})) == "–"
    assert share_or_count(row.model_copy(update={"recall": wilson(1, 2)})) == "50% (9–91)"
