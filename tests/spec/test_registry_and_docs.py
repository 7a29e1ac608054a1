"""Every entry of the catalogues says what it is, in both languages, once."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import pipeline
from data.indicators import INDICATORS, indicator
from data.rules.rulebook import Rulebook
from data.schema import OFFERS
from data.sources import READERS
from data.typologies import ROLES, TYPOLOGIES, typology
from data.words import FAMILIES, UNITS
from data.world.livelihoods import LIVELIHOODS
from data.world.settings import Params
from explain.reasons import worded
from features import line, network, profile
from features.catalogue import Feature, window_features
from models.zoo import MODELS
from pipeline import BadInput, Registry

CHINESE = re.compile(r"[\u4e00-\u9fff]")
FEATURES: list[Feature] = [*window_features(), *profile.FEATURES, *line.LINE, *network.FEATURES]


@pytest.mark.parametrize("entry", INDICATORS.values(), ids=lambda entry: entry.name)
def test_an_indicator_has_labels_unit_family_and_source(entry) -> None:
    assert entry.label_en == entry.measure.__doc__.splitlines()[0].rstrip(".")
    assert len(entry.label_en) > 5
    assert CHINESE.search(entry.label_zh)
    assert entry.unit in UNITS
    assert entry.family in FAMILIES
    assert entry.source
    assert entry.needs <= set(OFFERS)


@pytest.mark.parametrize("entry", INDICATORS.values(), ids=lambda entry: entry.name)
def test_the_name_and_the_labels_of_an_indicator_tell_the_same_window(entry) -> None:
    """``in_amount_7d`` speaks of 7 days in both languages."""
    window = re.search(r"_(\d+)d$", entry.name)
    if window:
        assert window[1] in re.findall(r"\d+", entry.label_en) or "10 days" in entry.label_en
        assert f"{window[1]}天" in entry.label_zh


@pytest.mark.parametrize("entry", TYPOLOGIES.values(), ids=lambda entry: entry.name)
def test_a_typology_has_labels_family_source_and_a_look_alike(entry) -> None:
    assert len(entry.label.en) > 4
    assert CHINESE.search(entry.label.zh)
    assert CHINESE.search(entry.look_alike_label.zh)
    assert entry.family in FAMILIES
    assert entry.source
    assert entry.look_alike.__doc__
    assert entry.look_alike is not entry.draw


@pytest.mark.parametrize("entry", FEATURES, ids=lambda entry: entry.name)
def test_a_feature_has_labels_in_both_languages_and_a_known_family(entry: Feature) -> None:
    assert entry.label_en
    assert CHINESE.search(entry.label_zh)
    assert entry.unit in UNITS
    assert entry.family in FAMILIES
    assert entry.source
    assert entry.group in ("windows", "profile", "sequence", "network")


def test_no_two_features_share_a_name_or_a_label() -> None:
    for words in ([f.name for f in FEATURES], [f.label_en for f in FEATURES], [f.label_zh for f in FEATURES]):
        assert len(set(words)) == len(words)


def test_a_rule_has_a_known_family_known_typologies_and_known_false_positives(book: Rulebook) -> None:
    for rule in book.rules:
        assert rule.family in FAMILIES, rule.id
        assert rule.typologies, rule.id
        assert set(rule.typologies) <= set(TYPOLOGIES), rule.id
        assert rule.known_false_positives, rule.id
        assert rule.indicators() or rule.computed_in == "features", rule.id
        assert CHINESE.search(rule.name.zh), rule.id
        assert rule.name.en, rule.id


def test_every_parameter_of_a_rule_is_used_by_its_predicate(book: Rulebook) -> None:
    for rule in book.rules:
        for name in rule.parameters:
            assert f"{{{name}}}" in rule.predicate, f"{rule.id}.{name}"


def test_no_rule_looks_for_a_typology_that_begins_only_in_the_test(book: Rulebook) -> None:
    looked_for = {name for rule in book.rules for name in rule.typologies}
    novel = set(pipeline.params("simulate", Params).first_day_of)
    assert novel and not looked_for & novel
    assert looked_for <= set(TYPOLOGIES)


def test_every_family_is_named_in_both_languages_and_used(book: Rulebook) -> None:
    used = {f.family for f in FEATURES} | {rule.family for rule in book.rules}
    assert used == set(FAMILIES)


@pytest.mark.parametrize("unit", sorted(UNITS))
def test_every_unit_can_be_put_in_words(unit: str) -> None:
    assert worded(1_234.5, unit) != worded(2_345.6, unit)
    assert worded(float("nan"), unit) == "–"


@pytest.mark.parametrize("registry", [INDICATORS, TYPOLOGIES, LIVELIHOODS, READERS, MODELS])
def test_a_second_entry_of_one_name_is_an_error(registry: Registry[Any]) -> None:
    name = next(iter(registry))
    with pytest.raises(BadInput, match=f"two entries of {registry.what} are named {name!r}"):
        registry.register(name)(registry[name])


@pytest.mark.parametrize(
    ("package", "original"), [("data.typologies", "fan_in.py"), ("models.zoo", "lightgbm.py")]
)
def test_a_copied_file_is_refused_with_the_names_of_both(
    package: str, original: str, root: Path, tmp_path: Path
) -> None:
    folder = Path(*package.split("."))
    for part in ("data", "models"):
        shutil.copytree(root / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pipeline.py", "parameters.py", "registry.py", "memory.py"):
        shutil.copy(root / file, tmp_path)
    name = original.replace(".py", "_copy.py")
    shutil.copy(tmp_path / folder / original, tmp_path / folder / name)
    code = f"""
import importlib
import pipeline
try:
    importlib.import_module({package!r})
except pipeline.BadInput as error:
    pipeline.fail(str(error))
"""
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 2, ended.stderr
    assert ended.stderr.count("\n") == 1
    assert f"in {folder / original} and in {folder / name}" in ended.stderr


def test_a_second_indicator_of_one_name_is_an_error() -> None:
    def in_amount_7d(past):
        """Money received again."""

    before = INDICATORS["in_amount_7d"]
    with pytest.raises(BadInput, match="in_amount_7d"):
        indicator("重复", "CNY", "volume", "Nowhere")(in_amount_7d)
    assert INDICATORS["in_amount_7d"] is before


def test_a_second_typology_of_one_name_is_an_error() -> None:
    def cycle(scene):
        """Round trip again."""

    with pytest.raises(BadInput, match="cycle"):
        typology("重复", "round_trip", "Nowhere", look_alike=cycle, look_alike_label=("again", "重复"))(cycle)


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"doc": ""}, "expected English under 'en'"),
        ({"label_zh": "Nothing Chinese"}, "expected Chinese under 'zh'"),
        ({"look_alike_label": ("a fair", "a fair")}, "expected Chinese under 'zh'"),
        ({"look_alike_label": ("集市", "集市")}, "expected English under 'en'"),
        ({"roles": {"usher": ("usher", "")}}, "expected Chinese under 'zh'"),
        ({"roles": {"mule": ("donkey", "卡农")}}, "the role 'mule' is called 'mule' already"),
        ({"source": "heard somewhere"}, "found 'heard somewhere'"),
        ({"family": "magic"}, "expected a family of data/words, found 'magic'"),
    ],
)
def test_a_typology_without_its_words_is_refused(how: dict[str, Any], why: str, monkeypatch) -> None:
    monkeypatch.setattr("data.typologies.TYPOLOGIES", Registry("typology"))
    monkeypatch.setattr("data.typologies.ROLES", dict(ROLES))

    def fair(scene):
        return None

    fair.__doc__ = how.pop("doc", "A fair.")
    given = {
        "label_zh": "集市",
        "family": "fan_in",
        "source": "Nowhere 2025",
        "look_alike": fair,
        "look_alike_label": ("a fair", "集市"),
    }
    with pytest.raises((ValueError, BadInput), match=re.escape(why)):
        typology(**given | how)(fair)


@pytest.mark.parametrize(
    ("missing", "how"),
    [
        ("an English label", {"doc": ""}),
        ("a Chinese label", {"label_zh": ""}),
        ("a source", {"source": ""}),
        ("a source in both languages", {"source": "heard somewhere"}),
        ("a known unit", {"unit": "furlongs"}),
        ("a known family", {"family": "magic"}),
    ],
)
def test_an_indicator_without_its_words_is_refused(missing: str, how: dict[str, str], monkeypatch) -> None:
    monkeypatch.setattr("data.indicators.INDICATORS", Registry("indicator"))

    def nameless(past):
        return past

    nameless.__doc__ = how.get("doc", "A label.")
    with pytest.raises((ValueError, BadInput)):
        indicator(
            how.get("label_zh", "标签"),
            how.get("unit", "count"),
            how.get("family", "volume"),
            how.get("source", "Somewhere"),
        )(nameless)


def test_an_unknown_name_is_bad_input_that_lists_the_known_ones() -> None:
    known = ", ".join(sorted(MODELS))
    with pytest.raises(BadInput, match=f"unknown model 'oracle', expected one of: {known}"):
        MODELS.lookup("oracle", "here")
