"""The section on features: both languages, honest verdicts, nothing that a run does not say."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from typing import Any

import pytest

from data.results import Interval
from data.words import UNITS, Words
from data.words.citations import cited
from features.catalogue import Feature
from features.profile import FEATURES
from models.results.ladder import Ladder
from models.results.truth import TruthView
from reports.catalogue import CataloguedFeature
from reports.evidence import Evidence
from reports.feature_wording import APPLIES_TO, ENCODINGS, RUNGS, TESTS, window
from reports.features import Stability, features, leakage_tests
from reports.rankings import points
from reports.wording import Text
from tests.spec.evidence import evidence_of
from tests.spec.records import partial

CHINESE = re.compile(r"[\u4e00-\u9fff]")
INTERVAL = Interval(value=0.4, low=0.3, high=0.5)


def ranking(name: str, gain: Interval | None = None) -> dict[str, Any]:
    view = {"customers": 10, "caught": 4, "recall": INTERVAL, "gain": gain}
    return {"ranking": name, "columns": 3, "bank": view, "true": view}


def entry(feature: Feature, **more) -> CataloguedFeature:
    given = {
        "feature": feature.name,
        "label_en": feature.label_en,
        "label_zh": feature.label_zh,
        "unit": feature.unit,
        "family": feature.family,
        "group": feature.group,
        "source_en": cited(feature.source).en,
        "source_zh": cited(feature.source).zh,
        "window": feature.look_back(),
        "encoding": feature.encoding,
        "levels": feature.levels,
        "applies_to": feature.applies_to,
        "owner_en": feature.owner.en,
        "owner_zh": feature.owner.zh,
        "missing_share": 0.1,
        "coverage": 0.9,
        "psi": 0.01,
        "masked_values": 100,
        "masked_differences": 0,
    }
    return CataloguedFeature(**(given | more))


def catalogue(*rows: CataloguedFeature) -> dict[str, CataloguedFeature]:
    return {row.feature: row for row in rows}


def truth_of(low: float, high: float) -> TruthView:
    """A truth in which the artefact probe has an area between two ends."""
    auc = {"value": (low + high) / 2, "low": low, "high": high}
    return partial(TruthView, difficulty={"artefacts": {"customers": {"auc": auc}}})


LADDER = {
    "alerts": 77,
    "gain_share": {"age_years": 0.25},
    "rating_mask": {
        "dated": {"values": 50, "differences": 0},
        "undated": {"values": 50, "differences": 7},
    },
    "label_shuffle": {"areas": [0.45, 0.55], "average_precision": 0.02, "base_rate": 0.01},
    "ids": {"auc": {"value": 0.5, "low": 0.4, "high": 0.6}},
    "encoder": {"in_fold": -0.01, "own_rows": 0.3},
}


def ladder(**changes) -> Ladder:
    names = [*RUNGS, "rating_dated", "rating_leaked", "rating_leaked_live", "encoded", "network_dealt"]
    rankings = [ranking(name, None if name == "single_line" else INTERVAL) for name in names]
    return partial(Ladder, **({"rankings": rankings} | LADDER | changes))


def evidence(**changes) -> Evidence:
    given = {
        "ladder": ladder(),
        "catalogue": catalogue(*(entry(feature) for feature in FEATURES)),
        "shap_share": {"age_years": 0.1},
        "truth": truth_of(0.48, 0.56),
    }
    return evidence_of(**(given | changes))


def texts(value) -> list[Text]:
    if isinstance(value, Words):
        return [value]
    if is_dataclass(value):
        value = [getattr(value, field.name) for field in fields(value)]
    inner = value if isinstance(value, list) else []
    return [text for part in inner for text in texts(part)]


def test_every_text_of_the_section_is_in_both_languages() -> None:
    shown = features(evidence())
    found = texts(shown)
    assert len(found) > 100
    for text in found:
        assert text.en and text.zh
        assert text.en == text.zh or CHINESE.search(text.zh), text
        assert not CHINESE.search(text.en), text


def test_every_feature_of_the_profile_can_be_put_in_words() -> None:
    for feature in FEATURES:
        assert feature.encoding in ENCODINGS and feature.applies_to in APPLIES_TO
        assert feature.unit in UNITS
        assert CHINESE.search(window(feature.look_back()).zh)


def test_there_are_nine_tests_and_each_names_a_file_that_exists(root) -> None:
    rows = leakage_tests(evidence(), features(evidence()).tags)
    assert [row.number for row in rows] == list(range(1, 10))
    for _, place in TESTS:
        assert (root / place).exists(), place


@pytest.mark.parametrize(
    ("number", "change"),
    [
        (1, {"catalogue": catalogue(entry(FEATURES[0], masked_differences=1))}),
        (
            2,
            {
                "ladder": ladder(
                    label_shuffle={"areas": [0.6, 0.7], "average_precision": 0.02, "base_rate": 0.01}
                )
            },
        ),
        (3, {"ladder": ladder(ids={"auc": {"value": 0.7, "low": 0.6, "high": 0.8}})}),
        (
            4,
            {
                "ladder": ladder(
                    rating_mask={
                        "dated": {"values": 50, "differences": 1},
                        "undated": {"values": 50, "differences": 7},
                    }
                )
            },
        ),
        (6, {"ladder": ladder(encoder={"in_fold": 0.2, "own_rows": 0.3})}),
        (7, {"truth": truth_of(0.9, 1.0)}),
    ],
)
def test_a_leak_is_printed_as_a_failure(number: int, change: dict[str, Any]) -> None:
    before, after = (features(found).tests[number - 1].passed for found in (evidence(), evidence(**change)))
    assert (before, after) == (True, False)


def test_what_was_not_measured_is_neither_passed_nor_failed() -> None:
    nothing = ladder(
        label_shuffle={"areas": [None], "average_precision": 0.02, "base_rate": 0.01},
        ids={"auc": Interval()},
    )
    bare = evidence(catalogue=catalogue(entry(FEATURES[0], masked_values=0)), ladder=nothing)
    rows = features(bare).tests
    assert [rows[place].passed for place in (0, 1, 2, 4)] == [None] * 4


def test_gains_carry_their_sign_and_an_unstable_feature_a_warning() -> None:
    assert points(Interval(value=0.051, low=0, high=0.1)) == "+5.1"
    assert points(Interval(value=-0.02, low=0, high=0.1)) == "-2.0"
    assert points(None) == points(Interval()) == "–"
    assert [Stability.of(value).is_warning for value in (0.1, 0.3, float("nan"))] == [False, True, False]
