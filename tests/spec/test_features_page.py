"""The section on features: both languages, honest verdicts, nothing that a run does not say."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

from data.words import UNITS
from data.words.citations import cited
from features.catalogue import Feature
from features.profile import FEATURES
from reports.feature_wording import APPLIES_TO, ENCODINGS, OWNERS, RUNGS, TESTS, window
from reports.features import features, leakage_tests, points, stability
from reports.wording import Text

CHINESE = re.compile(r"[\u4e00-\u9fff]")
INTERVAL = {"value": 0.4, "low": 0.3, "high": 0.5}


def ranking(name: str, gain: dict | None = None) -> dict:
    view = {"customers": 10, "caught": 4, "recall": INTERVAL, "gain": gain}
    return {"ranking": name, "columns": 3, "bank": view, "true": view}


def entry(feature: Feature, **more) -> dict:
    return {
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
        "owner": feature.owner,
        "missing_share": 0.1,
        "coverage": 0.9,
        "psi": 0.01,
        "masked_values": 100,
        "masked_differences": 0,
    } | more


def evidence(**changes) -> SimpleNamespace:
    names = [*RUNGS, "rating_dated", "rating_leaked", "rating_leaked_live", "encoded", "network_dealt"]
    ladder = {
        "rankings": [ranking(name, None if name == "single_line" else INTERVAL) for name in names],
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
    auc = {"value": 0.52, "low": 0.48, "high": 0.56}
    given = {
        "ladder": ladder,
        "catalogue": [entry(feature) for feature in FEATURES],
        "shap_share": {"age_years": 0.1},
        "truth": {"difficulty": {"artefacts": {"customers": {"auc": auc}}}},
    }
    return SimpleNamespace(**(given | changes))


def texts(value) -> list[Text]:
    if isinstance(value, Text):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
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
        assert feature.owner in OWNERS and feature.unit in UNITS
        assert CHINESE.search(window(feature.look_back()).zh)


def test_there_are_nine_tests_and_each_names_a_file_that_exists(root) -> None:
    rows = leakage_tests(evidence(), features(evidence())["tags"])
    assert [row["number"] for row in rows] == list(range(1, 10))
    for _, place in TESTS:
        assert (root / place).exists(), place


@pytest.mark.parametrize(
    ("number", "change"),
    [
        (1, {"catalogue": [entry(FEATURES[0], masked_differences=1)]}),
        (2, {"label_shuffle": {"areas": [0.6, 0.7], "average_precision": 0.02, "base_rate": 0.01}}),
        (3, {"ids": {"auc": {"value": 0.7, "low": 0.6, "high": 0.8}}}),
        (
            4,
            {
                "rating_mask": {
                    "dated": {"values": 50, "differences": 1},
                    "undated": {"values": 50, "differences": 7},
                }
            },
        ),
        (6, {"encoder": {"in_fold": 0.2, "own_rows": 0.3}}),
        (
            7,
            {
                "truth": {
                    "difficulty": {"artefacts": {"customers": {"auc": {"value": 1, "low": 0.9, "high": 1}}}}
                }
            },
        ),
    ],
)
def test_a_leak_is_printed_as_a_failure(number: int, change: dict) -> None:
    sound, leaking = evidence(), evidence()
    for key, value in change.items():
        if key in ("catalogue", "truth"):
            setattr(leaking, key, value)
        else:
            leaking.ladder[key] = value
    before, after = (features(found)["tests"][number - 1]["passed"] for found in (sound, leaking))
    assert (before, after) == (True, False)


def test_what_was_not_measured_is_neither_passed_nor_failed() -> None:
    bare = evidence(catalogue=[entry(FEATURES[0], masked_values=0)])
    bare.ladder["label_shuffle"]["areas"] = [None]
    bare.ladder["ids"]["auc"] = {"value": None, "low": None, "high": None}
    rows = features(bare)["tests"]
    assert [rows[place]["passed"] for place in (0, 1, 2, 4)] == [None] * 4


def test_a_run_without_the_ladder_has_no_section() -> None:
    assert features(evidence(ladder={})) == {}


def test_gains_carry_their_sign_and_an_unstable_feature_a_warning() -> None:
    assert points({"value": 0.051, "low": 0, "high": 0.1}) == "+5.1"
    assert points({"value": -0.02, "low": 0, "high": 0.1}) == "-2.0"
    assert points(None) == points({"value": None, "low": None, "high": None}) == "–"
    assert [stability(value)["is_warning"] for value in (0.1, 0.3, float("nan"))] == [False, True, False]
