"""Whatever this project takes of YAML, DVC reads alike; whatever PyYAML reads otherwise is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from dvc.utils.serialize import ParseError, parse_yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from parameters import NUMBER, BadInput, read_yaml

MANY = 300
ODD = [
    *("yes", "no", "on", "off", "y", "n", "true", "null", "~", "Yes", "NO", "="),
    *("<<", ".inf", "-.Inf", ".NaN", "1e400", "0x", "0o8", "0b2", "-_", "+", "-", "?"),
    *("|", ">", "!", "&", "*", "!!int", "!x", "&a", "*a", "{}", "[]", ","),
    *("#", "%YAML", "---", "..."),
]
WORDS = st.one_of(
    st.text("0123456789_.:+-eExobaf", min_size=1, max_size=10),
    st.from_regex(r"[-+]?0?[0-9]{1,3}(_[0-9]+|:[0-9]{1,2}|\.[0-9]*)?([eE][-+]?[0-9]{1,2})?", fullmatch=True),
    st.from_regex(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([ T][0-9]{1,2}:[0-9]{2}:[0-9]{2})?", fullmatch=True),
    st.sampled_from(ODD),
    st.text(max_size=8),
)
SHAPES = (
    *("key: {}\n", "keys: [a, {}]\n", "- {}\n", "{}: 3\n", "key: {{inner: {}}}\n", "{}\n"),
    *('key: "{}"\n', "key: '{}'\n", "key: |\n  {}\n", "? {}\n: 1\n", "key: &a {}\nother: *a\n"),
)
SCALARS = WORDS | st.booleans() | st.integers(-(2**63) + 1, 2**63 - 1) | st.none()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("yaml") / "some.yaml"


def read_by_dvc(text: str) -> str:
    """What DVC reads, with the types: 1, 1.0 and True are three things; nothing where it refuses."""
    try:
        return repr(parse_yaml(text, "some.yaml"))
    except (ParseError, ValueError, RecursionError):
        return ""


def taken(file: Path, text: str) -> tuple[bool, Any]:
    """Whether the project takes a text, and what it reads."""
    file.write_text(text, encoding="utf-8", newline="")
    try:
        return True, read_yaml(file)
    except BadInput as refused:
        assert "\n" not in str(refused)  # noqa: PT017 (both ways out are right)
        return False, None


@settings(max_examples=MANY)
@given(word=WORDS, shape=st.sampled_from(SHAPES))
def test_what_is_taken_is_what_dvc_reads(word: str, shape: str, file: Path) -> None:
    text = shape.format(word)
    is_taken, value = taken(file, text)
    if is_taken:
        assert read_by_dvc(text) in (repr(value or {}), "")


@settings(max_examples=MANY)
@given(word=WORDS)
def test_what_the_two_versions_read_differently_is_refused(word: str, file: Path) -> None:
    """But for a number that the older takes for text: all others agree on it."""
    text = f"key: {word}\n"
    try:
        older, newer = yaml.safe_load(text), parse_yaml(text, "some.yaml")
    except Exception:
        older = newer = None  # one of the two refuses it
    if repr(older) != repr(newer) and not NUMBER.fullmatch(word.strip()):
        assert not taken(file, text)[0]


@settings(max_examples=MANY)
@given(values=st.recursive(SCALARS, st.lists, max_leaves=20))
def test_lists_in_lists_are_read_as_dvc_reads_them(values: Any, file: Path) -> None:
    text = f"key: {values!r}\n"
    is_taken, value = taken(file, text)
    if is_taken:
        assert read_by_dvc(text) in (repr(value), "")
