"""What the page of the loop says of a turn: a fall is called one only where it is proven."""

from __future__ import annotations

import pytest

from models.results.audit_studies import RulesLeftOutStudy
from models.results.iterations import Iteration
from reports.beyond_tables import rules_out
from reports.loop_pages import FALSE_ALARMS, turn_row, why_of
from tests.spec.records import partial

GUARD = "lightgbm_library"


def turn(low: float, high: float, reasons: list[str], change: list[str] | None = None) -> Iteration:
    """A turn about false alarms whose guarded figure changed by an interval."""
    counts = {"reviewed": 9, "reported": 1, "alerts": 9, "illicit": 1}
    of_slice = {"reviewed": 9, "false_alarms": 8, "reasons": {}, "alerts": 9, "illicit": 1, "look_alikes": {}}
    guarded = {"value": (low + high) / 2, "low": low, "high": high}
    return partial(
        Iteration,
        name="a_turn",
        title_en="a wish",
        title_zh="诉求",
        hypothesis_en="a hypothesis",
        hypothesis_zh="假设",
        base=[],
        change=change or [],
        aim=FALSE_ALARMS,
        slice_rules=["R12"],
        slice_occupations=[],
        slice_before=of_slice,
        slice_after=of_slice,
        reviews_before=counts,
        reviews_after=counts,
        true=[{"figure": GUARD, "customers": 9, "before": 0.3, "after": 0.2, "change": guarded}],
        bank=[],
        is_kept=not reasons,
        reasons=reasons,
        bank_would_keep=False,
    )


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (-0.09, -0.01, "LightGBM with typology library fell"),
        (-0.09, 0.01, "LightGBM with typology library lost more than is allowed, though no fall is shown"),
    ],
)
def test_a_guarded_figure_fell_only_where_its_interval_lies_below_zero(
    low: float, high: float, said: str
) -> None:
    assert why_of(turn(low, high, [GUARD])).en == said
    assert why_of(turn(low, high, ["aim", GUARD])).en == f"its aim is not reached; {said}"


def test_what_was_changed_is_told_in_letters_that_people_read() -> None:
    found = turn(0.0, 0.1, [], ['rulebook R05.owner: null → {"zh": "\\u4e1a\\u52a1"}'])
    assert turn_row(found, {}).change == ['rulebook R05.owner: null → {"zh": "业务"}']


def test_a_change_of_a_few_who_are_all_alike_has_no_interval() -> None:
    share = {"value": 1.0, "low": 1.0, "high": 1.0}
    hit = {"customers": 2, "recall": share}

    def shown(low: float, high: float) -> str:
        row = {
            "rule_id": "R20",
            "alerts": 59,
            "reports": 3,
            "labelled": 2,
            "hit": hit,
            "hit_left_out": hit,
            "hit_change": {"value": -0.5, "low": low, "high": high},
        }
        return rules_out(partial(RulesLeftOutStudy, rows=[row]))[0].change_range

    assert shown(-0.5, -0.5) == ""
    assert shown(-1.0, 0.0) == "-100.0 … +0.0"
