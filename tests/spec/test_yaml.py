"""One reading of YAML: what is taken, and what is refused with its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from dvc.utils.serialize import dumps_yaml, parse_yaml

from parameters import BadInput, read_yaml, write_yaml


def read(folder: Path, text: str) -> Any:
    (folder / "some.yaml").write_text(text, encoding="utf-8")
    return read_yaml(folder / "some.yaml")


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(BadInput) as refused:
        read(folder, text)
    sentence = str(refused.value).removeprefix(f"{folder}/")
    assert "\n" not in sentence
    return sentence


@pytest.mark.parametrize(
    "word",
    [
        *("030000", "-017", "0o17", "0b11", "0x1F", "2_8", "75_000", "1_0.5", "012.5", ".5e3"),
        *("1:30", "1:30:00", "190:20:30.15", "on", "off", "Yes", "no", "NO", "=", "-2_"),
        *("2025-01-06 10:00:00", "2025-01-06T10:00:00Z", "2025-1-6 1:00:00"),
    ],
)
def test_a_word_that_programs_read_differently_is_refused_with_its_line(word: str, tmp_path: Path) -> None:
    for text in (f"first: 1\nkey: {word}\n", f"first: 1\nkeys: [3, {word}]\n", f"first: 1\n{word}: 3\n"):
        sentence = refusal(tmp_path, text)
        assert sentence.startswith("some.yaml, line 2: ")
        assert word in sentence
    assert read(tmp_path, f"key: '{word}'") == {"key": word}


@pytest.mark.parametrize("word", [".inf", "-.inf", "+.INF", ".nan", ".NaN", "1e999", "-1e999"])
def test_an_infinity_is_refused_with_its_line(word: str, tmp_path: Path) -> None:
    assert refusal(tmp_path, f"\nkey: {word}") == f"some.yaml, line 2: expected a finite number, found {word}"


def test_a_whole_number_that_no_table_holds_is_refused(tmp_path: Path) -> None:
    assert read(tmp_path, f"key: {2**63 - 1}") == {"key": 2**63 - 1}
    assert refusal(tmp_path, f"key: {2**63}") == (
        f"some.yaml, line 1: expected a whole number of 64 bits, found {2**63}"
    )
    assert "64 bits" in refusal(tmp_path, f"key: {'9' * 5_000}")


@pytest.mark.parametrize(
    ("text", "line", "first"),
    [("a: 1\nb: 2\na: 3", 3, 1), ("x:\n- {k: 1,\n   k: 2}", 3, 2), ('a: 1\n"a": 2', 2, 1)],
)
def test_a_key_that_stands_twice_is_refused_with_both_lines(
    text: str, line: int, first: int, tmp_path: Path
) -> None:
    sentence = refusal(tmp_path, text)
    assert sentence.startswith(f"some.yaml, line {line}: the key ")
    assert sentence.endswith(f"stands in line {first} already")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("a: !!int '030'", "expected no tag, found !!int"),
        ("a: !!str 030", "expected no tag, found !!str"),
        ("a: !!python/name:os.system x", "expected no tag, found !!python/name:os.system"),
        ("a: !", "expected no tag, found !"),
        (
            "a: <<",
            "programs do not agree on what << is in YAML, expected a number in plain decimal digits, "
            "true, false, or text in quotes",
        ),
        ("a: !!set {b}", "expected no tag, found !!set"),
        ("%YAML 1.1\n---\na: 1", "expected no directive of YAML"),
        ("7: a", "expected a key that is text, found 7"),
        ("null: a", "expected a key that is text, found null"),
        ("? [a, b]\n: 1", "expected a key that is text, found a list or a mapping"),
        ("a: 2025-13-45", "expected a date, found 2025-13-45"),
        ("a: &x [*x]", "expected valid YAML"),
        ("--- 1\n--- 2", "expected valid YAML"),
        ("[" * 5_000, "expected valid YAML"),
    ],
)
def test_what_only_some_programs_take_is_refused(text: str, what: str, tmp_path: Path) -> None:
    assert refusal(tmp_path, text).endswith(f": {what}")


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "some.yaml").write_bytes("a: 现金".encode("gb18030"))
    with pytest.raises(BadInput, match="expected text in UTF-8"):
        read_yaml(tmp_path / "some.yaml")
    with pytest.raises(BadInput, match="the file cannot be read"):
        read_yaml(tmp_path)


@pytest.mark.parametrize(
    ("word", "value"),
    [
        *(("7.5e4", 75_000.0), ("1e5", 100_000.0), ("1e-05", 0.00001), ("-.5", -0.5), ("5.", 5.0)),
        *(("30000", 30_000), ("+5", 5), ("-0", 0), ("0.50", 0.5), ("true", True), ("FALSE", False)),
        *(("~", None), ("", None), ("y", "y"), ("n", "n"), ("1:75", "1:75"), ("v1.2.3", "v1.2.3")),
        *(("2025-01-06", date(2025, 1, 6)), ("10-12", "10-12"), ("75,000", "75,000")),
    ],
)
def test_a_word_that_is_one_thing_to_dvc_is_the_same_here(word: str, value: object, tmp_path: Path) -> None:
    text = f"key: {word}\n"
    found = read(tmp_path, text)["key"]
    assert found == value
    assert type(found) is type(value)
    assert parse_yaml(text, "some.yaml") == {"key": value}


@pytest.mark.parametrize("value", [1e-05, 0.1, 3e40, 7, True, "on", "1:30", "030", "1e5", ["a", 2.5]])
def test_what_an_experiment_of_dvc_sets_is_read_as_it_was_set(value: object, tmp_path: Path) -> None:
    """``dvc exp run -S`` writes params.yaml; a word that it leaves bare is refused, not misread."""
    text = dumps_yaml({"key": value})
    if value in ("on", "1:30"):
        assert refusal(tmp_path, text).startswith("some.yaml, line 1: programs do not agree")
    else:
        assert read(tmp_path, text) == {"key": value}


def test_anchors_and_merges_are_those_of_dvc(tmp_path: Path) -> None:
    text = "a: &x {k: 1, l: 2}\nb: &y {k: 3, m: 4}\nc: {<<: *x, k: 9}\nd: {k: 9, <<: [*x, *y]}\ne: *y\n"
    assert read(tmp_path, text) == parse_yaml(text, "some.yaml")
    assert read(tmp_path, text)["d"] == {"k": 9, "l": 2, "m": 4}


@pytest.mark.parametrize(
    "file",
    [
        "params.yaml",
        "dvc.yaml",
        "data/rules/rulebook.yaml",
        *(f"params.{n}.yaml" for n in ("smoke", "low", "large")),
    ],
)
def test_the_files_of_the_repository_are_what_dvc_reads(file: str, root: Path) -> None:
    text = (root / file).read_text(encoding="utf-8")
    assert read_yaml(root / file) == parse_yaml(text, file)


def test_what_is_written_is_read_as_it_was(tmp_path: Path) -> None:
    values = {
        "words": ["on", "yes", "1:30", "030", "1e5", "0o17", "2025-01-06", ".inf", "=", "~", "", "2_8", "<<"],
        "numbers": [1e-05, 1e5, 0.1, 7, -3, 3e40],
        "others": [True, None, date(2025, 1, 6), {"on": "现金\nmore"}],
    }
    write_yaml(tmp_path / "some.yaml", values)
    assert read_yaml(tmp_path / "some.yaml") == values
    assert parse_yaml((tmp_path / "some.yaml").read_text(encoding="utf-8"), "some.yaml") == values
