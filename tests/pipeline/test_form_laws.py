"""The laws of form: a thin main, one thing a name, modules and functions that are read in one go."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import ROOMS

MAIN_LINES = 25
MODULE_LINES = 400
FUNCTION_LINES = 50
LONG_FUNCTIONS = 0.005  # of all functions, at most
# Every stage has these; nobody takes one stage's for another's.
IDIOM = {"main", "Params", "read_inputs"}
# Where units of time are defined, and the names of units: elsewhere they are imported.
HOME_OF_TIME = {Path("data/schema.py"), Path("data/schema/vocabulary.py")}
TIME_UNITS = {
    "SECOND_US",
    "MINUTE_US",
    "HOUR_US",
    "DAY_US",
    "WEEK_US",
    "MONTH_US",
    "YEAR_US",
    "MONTH_DAYS",
    "NEVER",
    "NEVER_US",
}

# What does not obey yet. Each entry must still be needed: who mends one takes it off the list.
LONG_MAINS: set[str] = set()
DOUBLED: set[str] = set()
LONG_MODULES: set[str] = set()
UNITS_AGAIN: set[str] = set()


def product() -> list[Path]:
    return sorted(
        [*(file for room in (*ROOMS, "serving") for file in Path(room).rglob("*.py")), *Path().glob("*.py")]
    )


def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def lines_of(function: ast.FunctionDef) -> int:
    """Lines from ``def`` to the end, those of the docstring left out."""
    first = function.body[0]
    is_said = ast.get_docstring(function) is not None
    said = (first.end_lineno or 0) - first.lineno + 1 if is_said else 0
    return (function.end_lineno or 0) - function.lineno + 1 - said


def is_kernel(function: ast.FunctionDef) -> bool:
    """Compiled by numba, or a home of functions that are."""
    return any(
        "njit" in ast.unparse(decorator) for each in functions(function) for decorator in each.decorator_list
    )


def refusal(found: set[str], listed: set[str]) -> str:
    """What breaks a law without being listed, and what is listed and no longer does."""
    return f"breaks the law: {sorted(found - listed)}; obeys by now, off the list: {sorted(listed - found)}"


def test_a_main_reads_calls_and_writes() -> None:
    """What is more than reading, one call and writing is a function that a test can call."""
    found = {
        str(file)
        for file in product()
        for function in parsed(file).body
        if isinstance(function, ast.FunctionDef)
        and function.name == "main"
        and lines_of(function) > MAIN_LINES
    }
    assert found == LONG_MAINS, refusal(found, LONG_MAINS)


def test_no_two_top_level_functions_or_classes_share_a_name() -> None:
    """Who greps for a name finds one thing. A name with an underscore is its module's own business."""
    homes = defaultdict(set)
    for file in product():
        for node in parsed(file).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].add(str(file))
    doubled = {name for name, files in homes.items() if len(files) > 1} - IDIOM
    where = {name: sorted(homes[name]) for name in sorted(doubled - DOUBLED)}
    assert doubled == DOUBLED, f"{refusal(doubled, DOUBLED)} {where}"


def test_a_private_name_is_imported_by_nobody() -> None:
    for file in product():
        for node in ast.walk(parsed(file)):
            if isinstance(node, ast.ImportFrom):
                private = [alias.name for alias in node.names if alias.name.startswith("_")]
                assert not private or node.module == "__future__", f"{file} imports {private}"


def test_a_unit_of_time_is_defined_once() -> None:
    found = {
        f"{file}: {target.id}"
        for file in product()
        if file not in HOME_OF_TIME
        for node in parsed(file).body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name) and target.id in TIME_UNITS
    }
    assert found == UNITS_AGAIN, refusal(found, UNITS_AGAIN)


def test_a_module_is_read_in_one_go() -> None:
    found = {
        str(file) for file in product() if len(file.read_text(encoding="utf-8").splitlines()) > MODULE_LINES
    }
    assert found == LONG_MODULES, refusal(found, LONG_MODULES)


def test_hardly_a_function_is_longer_than_a_page() -> None:
    """Kernels are left out: what they unroll is what makes them fast."""
    lengths = {
        f"{file}: {function.name}": lines_of(function)
        for file in product()
        for function in functions(parsed(file))
        if not is_kernel(function)
    }
    long = {name: lines for name, lines in lengths.items() if lines > FUNCTION_LINES}
    assert len(long) <= LONG_FUNCTIONS * len(lengths), f"{len(long)} of {len(lengths)}: {long}"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("def f():\n    '''Said.'''\n    return 1\n", 2),
        ("def f():\n    '''Said\n\n    at length.'''\n    return 1\n", 2),
        ("def f(\n    a,\n):\n    return a\n", 4),
    ],
)
def test_a_docstring_counts_for_no_length(text: str, lines: int) -> None:
    (function,) = functions(ast.parse(text))
    assert lines_of(function) == lines
