"""The rulebook page: a predicate as a sentence, one alert followed to its label, every table filled."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pandas as pd
import pytest

from data.indicators import INDICATORS
from data.results import Interval
from data.rules.rulebook import load
from models.results.bank import BankView
from models.results.labels import RuleReport
from models.results.truth import TracedLabel, TruthView
from models.truth import trace
from reports.catalogue import CataloguedFeature
from reports.evidence import BudgetSettings
from reports.report import environment
from reports.rulebook import rulebook_page
from reports.sentences import rule_sentence
from reports.wording import Text
from reports.written import WrittenRulebook
from tests.spec.evidence import evidence_of
from tests.spec.records import partial


def labelled(name: str, english: str, chinese: str, unit: str) -> CataloguedFeature:
    """A feature of which words and unit are of interest."""
    nothing = dict.fromkeys(field.name for field in fields(CataloguedFeature))
    told = {"feature": name, "label_en": english, "label_zh": chinese, "unit": unit}
    return CataloguedFeature(**(nothing | told))


LABELS = {
    "in_amount": labelled("in_amount", "Money received", "转入金额", "CNY"),
    "out_amount": labelled("out_amount", "Money paid", "转出金额", "CNY"),
    "payers": labelled("payers", "Different payers", "付款方数", "count"),
    "fast_share": labelled("fast_share", "Share that left fast", "快进快出占比", "share"),
    "stay": labelled("stay", "QR money stayed", "停留时间", "hours"),
}

# ---------------------------------------------------------------- sentences


@pytest.mark.parametrize(
    ("predicate", "english", "chinese"),
    [
        ("payers >= 8", "Different payers: at least 8.", "付款方数不低于 8。"),
        (
            "in_amount >= 20000 * seg and fast_share > 0.125",
            "Money received: at least CNY 20,000 × segment; and share that left fast: more than 12.5%.",
            "转入金额不低于 20,000 元 × 客群倍数；且快进快出占比高于 12.5%。",
        ),
        (
            "stay between 0 and 18",
            "QR money stayed: 0 hours to 18 hours.",
            "停留时间在 0 小时 至 18 小时 之间。",
        ),
        (
            "payers <= case when kind = 'person' then 8 else 25 end",
            "Different payers: at most 8 for a person, 25 for a firm.",
            "付款方数不高于 8（个人）、25（单位）。",
        ),
        (
            "payers < case kind when 'person' then 1 when 'micro_business' then 2 else 3 end",
            "Different payers: less than 1 for a person, 2 for a micro business, 3 for a company.",
            "付款方数低于 1（个人）、2（个体工商户）、3（企业）。",
        ),
        (
            "in_amount + out_amount >= 500",
            "Money received plus money paid: at least CNY 500.",
            "转入金额加转出金额不低于 500 元。",
        ),
        (
            "in_amount / out_amount >= 0.9",
            "Money received over money paid: at least 0.9.",
            "转入金额除以转出金额不低于 0.9。",
        ),
        (
            "in_amount <= 0.5 * out_amount",
            "Money received: at most 0.5 times money paid.",
            "转入金额不高于 0.5 × 转出金额。",
        ),
        (
            "kind = 'person' and (payers > 3 or not stay <= 2)",
            "The customer is a person; and "
            "(different payers: more than 3; or QR money stayed: more than 2 hours).",
            "客户是个人；且（付款方数高于 3；或停留时间高于 2 小时）。",
        ),
        (
            "cast(payers > 3 as integer) + coalesce((stay < 1)::int, 0) >= 1",
            "At least 1 of these hold (different payers: more than 3; QR money stayed: less than 1 hours).",
            "以下成立的项数不低于 1（付款方数高于 3；停留时间低于 1 小时）。",
        ),
    ],
)
def test_a_predicate_is_said_in_both_languages(predicate: str, english: str, chinese: str) -> None:
    assert rule_sentence(predicate, LABELS) == Text(english, chinese)


@pytest.mark.parametrize(
    "predicate", ["unknown_indicator > 3", "list_sum([payers]) > 3", "payers >", "payers"]
)
def test_what_cannot_be_said_has_no_sentence(predicate: str) -> None:
    assert rule_sentence(predicate, LABELS) is None


def test_every_rule_of_the_rulebook_has_a_sentence() -> None:
    labels = {
        name: labelled(name, entry.label_en, entry.label_zh, entry.unit) for name, entry in INDICATORS.items()
    }
    for rule in load().every_rule:
        # A rule that is computed from features finds its words in their catalogue.
        assert rule.computed_in == "features" or rule_sentence(rule.sql(), labels) is not None, rule.id


# -------------------------------------------------------------------- trace

START = pd.Timestamp("2025-01-05T16:00:00", tz="UTC").as_unit("us")  # local midnight of the 6th
DAY = pd.Timedelta(days=1)
EXAMPLES = {"student": ["student_mule"], "ring": ["online_gambling"]}


def rules(**cases: str) -> pd.DataFrame:
    return pd.DataFrame({"rule_id": list(cases), "case_refs": list(cases.values())})


def reported(*rows: tuple[int, int, float, str, str]) -> pd.DataFrame:
    """Candidates from alerts of (id, customer, day, rules, outcome); 1 and 2 launder on day 10."""
    frame = pd.DataFrame(rows, columns=["alert_id", "customer_id", "day", "rule_ids", "outcome"])
    at = START + frame["day"] * DAY
    alerts = frame[["alert_id", "customer_id", "rule_ids"]].assign(alerted_at=at)
    dispositions = frame[["alert_id", "outcome"]].assign(
        opened_at=at + DAY, known_at=at + 9 * DAY, reason="why"
    )
    illicit = pd.DataFrame(
        {
            "customer_id": [1, 2],
            "at": [START + 10 * DAY] * 2,
            "scheme_id": [5, 6],
            "typology": ["online_gambling", "student_mule"],
        }
    )
    return trace.reported_truly(alerts, dispositions, illicit, days=28)


def test_only_alerts_that_were_reported_and_true_can_be_followed() -> None:
    found = reported(
        (1, 1, 5.0, "R01", "reported"),  # before the scheme
        (2, 1, 12.0, "R01", "dismissed"),
        (3, 1, 13.0, "R01", "reported"),
        (4, 1, 60.0, "R01", "reported"),  # long after
        (5, 3, 13.0, "R01", "reported"),  # another customer
    )
    assert found["alert_id"].tolist() == [3]
    assert trace.alert_to_follow(found[:0], rules(R01="ring"), EXAMPLES) is None


def test_the_best_case_goes_first_and_its_rule_must_fit_the_scheme() -> None:
    found = reported((1, 1, 12.0, "R01 R02", "reported"), (2, 2, 13.0, "R03", "reported"))
    picked = trace.alert_to_follow(found, rules(R01="student", R02="ring", R03="student"), EXAMPLES)
    assert picked is not None
    assert (picked["row"].alert_id, picked["rule_id"], picked["case_id"]) == (2, "R03", "student")
    picked = trace.alert_to_follow(found, rules(R01="student", R02="ring", R03=""), EXAMPLES)
    assert picked is not None
    assert (picked["row"].alert_id, picked["rule_id"], picked["case_id"]) == (1, "R02", "ring")
    picked = trace.alert_to_follow(found, rules(R01="", R02="", R03=""), EXAMPLES)
    assert picked is not None
    assert (picked["row"].alert_id, picked["rule_id"], picked["case_id"]) == (1, "R01", None)


def test_the_indicators_of_the_rule_are_named_in_its_order() -> None:
    book = rules(R01="").assign(predicate="stay <= 3 and Payers > 1 and stay > seg")
    assert trace.indicators_of({"rule_id": "R01"}, book, ["payers", "stay", "other"]) == ["stay", "payers"]
    assert trace.indicators_of(None, book, ["payers"]) == []


def test_an_alert_is_followed_through_every_station_in_local_days() -> None:
    found = reported((7, 2, 13.0, "R03", "reported"))
    picked = trace.alert_to_follow(found, rules(R03="student"), EXAMPLES)
    assert picked is not None
    as_of = [START + day * DAY for day in (12, 13)]
    told = trace.followed(
        picked,
        pd.DataFrame({"customer_id": [2, 2], "as_of": as_of, "payers": [3.0, 9.0], "stay": [1.0, None]}),
        ["payers", "stay"],
        pd.DataFrame(
            {
                "customer_id": [2, 2],
                "event_at": [START + 13 * DAY] * 2,
                "known_at": [START + 13 * DAY, START + 22 * DAY],
                "source": ["rule_vote", "disposition"],
                "value": [0.1, 1.0],
                "weight": [0.3, 1.0],
            }
        ),
        pd.DataFrame({"customer_id": [2], "kind": ["person"], "occupation": ["student"]}),
        pd.DataFrame(
            {
                "scheme_id": [6],
                "customer_id": [2],
                "role": ["student"],
                "sophistication": [1],
                "starts_at": [START + 10 * DAY],
            }
        ),
        START,
    )
    assert told is not None
    assert [(row.name, row.value) for row in told.indicators] == [("payers", 9.0), ("stay", None)]
    assert (told.alerted, told.opened, told.known) == ("2025-01-19", "2025-01-20", "2025-01-28")
    assert told.label == TracedLabel(value=1.0, weight=1.0, source="disposition", known="2025-01-28")
    assert (told.typology, told.role, told.first_payment) == (
        "student_mule",
        "student",
        "2025-01-16",
    )


# --------------------------------------------------------------------- page

SHARE = Interval(value=0.5, low=0.3, high=0.7)
SAMPLED = {
    "alerts": 4_000,
    "alone": 9,
    "reviewed": 299,
    "cases": 3,
    "reported": 0,
    "bank": SHARE,
    "true": SHARE,
}


def page(at_most: float | None) -> dict[str, Any]:
    """The page of a rulebook of one voting and one negative rule, after their audit."""
    words = {
        "source_en": "somewhere [D]",
        "source_zh": "某处 [D]",
        "known_false_positives_en": "bonus",
        "known_false_positives_zh": "奖金",
        "red_flags_en": "few payers",
        "red_flags_zh": "付款方少",
    }
    counts = {"is_applied": True, "hits": 12, "alerts": 8, "unique_alerts": 3, "reviewed": 5, "reported": 1}
    bank_rules = [
        {
            "rule_id": "R01",
            "name_en": "One",
            "name_zh": "一",
            "predicate": "payers > 3",
            "use": "label",
            "vote": 1,
        },
        {
            "rule_id": "N1",
            "name_en": "No",
            "name_zh": "无",
            "predicate": "payers < 1",
            "use": "label",
            "vote": -1,
        },
    ]
    owners = {"AML operations": {"en": "AML operations", "zh": "反洗钱运营"}}
    written = {
        "id": "R01",
        "case_refs": ["ring"],
        "owner": "AML operations",
        "reviewed": "2026-10-15",
        "parameters": {
            "count": {"value": {"person": 3, "company": 9}, "unit": "count", "source": "assumption"}
        },
    }
    case = {"id": "ring", "name": {"en": "Ring", "zh": "团伙"}, "source": "news", "evidence": "V2"}
    audited = {
        "rule_id": "R01",
        "hits": 12,
        "unique_hits": 7,
        "hits_true": SHARE,
        "schemes_found": 41,
        "unique_schemes": 13,
        "line_cny": 1_500.0,
        "above": SAMPLED | {"at_most": 0.2},
        "below": SAMPLED | {"at_most": at_most},
        "hours": 77.0,
        "learned": {"weighted_vote": 0.0625, "noisy_or": None},
        "true_alone": SHARE,
    }
    sides = {"bank": SHARE, "true": SHARE}
    report = {
        "rules": [audited],
        "negative_rules": [
            {"rule_id": "N1", "hits": 3, "flagged": 66, "with_vote": sides, "without_vote": sides}
        ],
        "lines": {side: SAMPLED | {"at_most": at_most} for side in ("above", "below")},
        "effort": {
            "minutes_per_alert": 35,
            "hours_per_case": 5,
            "hours_per_report": 2,
            "cny_per_hour": 220,
        },
    }
    truth = {"rule_table": [{"rule_id": "R01", "alerts": 8, "true": 2, "precision": SHARE}], "trace": None}
    evidence = evidence_of(
        bank=partial(BankView, rule_table=[words | counts | rule for rule in bank_rules]),
        truth=partial(TruthView, **truth),
        catalogue=LABELS,
        budget=partial(BudgetSettings, label_window_days=28),
        rulebook=WrittenRulebook.model_validate({"owners": owners, "cases": [case], "rules": [written]}),
        rule_report=partial(RuleReport, **report),
    )
    return {"rulebook": rulebook_page(evidence), "budget": evidence.budget}


@pytest.mark.parametrize(("at_most", "claim"), [(0.00997, True), (0.0101, False), (None, False)])
def test_a_sample_below_the_line_claims_less_than_one_percent_only_where_it_shows_it(
    at_most: float | None, claim: bool
) -> None:
    shown = page(at_most)["rulebook"]
    assert shown.voting[0].below.claim is claim
    assert shown.lines.below.claim is claim


def test_the_page_prints_what_the_audit_found_of_each_rule() -> None:
    printed = environment().get_template("rulebook.html").render(page(0.00997))
    for figure in (
        "41",
        "13",
        "77",
        "¥1,500",
        "≤ 1.0%",
        "299",
        "6.2%",
        "¥16,940",
        "66",
        "团伙",
        "3（个人）、9（企业）",
    ):
        assert figure in printed, figure
    assert printed.count('class="en"') == printed.count('class="zh"') > 50


def test_a_rulebook_of_which_no_rule_speaks_for_suspicion_still_has_its_page() -> None:
    shown = page(None)
    bare = replace(shown["rulebook"], is_audited=False, voting=[], negative=[])
    printed = environment().get_template("rulebook.html").render(shown | {"rulebook": bare})
    assert "Different payers: more than 3." in printed and "付款方数高于 3。" in printed
    assert "¥16,940" not in printed
