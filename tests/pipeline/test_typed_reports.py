"""The report reads typed results: no key of an untyped mapping is asked for by name.

A string may stand between brackets, or in ``get``, only behind a name in capitals (the module's
own words) or behind a table, whose columns pandas knows by name and mypy does not. What is not
among these is an attribute, which mypy checks.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

TABLES = {"audited", "catalogue", "contributions", "row"}  # frames of reports/report.py, and a row of one
PYTHON = sorted(Path("reports").glob("*.py"))
TEMPLATES = sorted(path for path in Path("reports/templates").iterdir() if path.suffix in (".html", ".md"))
IN_TEMPLATES = re.compile(r"""\w\[["']|\.get\(["']|\|\s*attr\(""")


def name_of(node: ast.expr) -> str:
    """The name that is asked; empty for what has none."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def looked_up(tree: ast.AST) -> list[tuple[int, str, str]]:
    """Line, asked name and key of every look-up by a string constant."""
    found = []
    for node in ast.walk(tree):
        key: ast.expr | None = None
        if isinstance(node, ast.Subscript):
            line, asked, key = node.lineno, node.value, node.slice
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
            line, asked, key = node.lineno, node.func.value, next(iter(node.args), None)
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            found.append((line, name_of(asked), key.value))
    return found


@pytest.mark.parametrize("file", PYTHON, ids=str)
def test_no_module_of_the_report_looks_a_key_up_by_its_name(file: Path) -> None:
    tables = TABLES if file.name == "report.py" else set()
    for line, asked, key in looked_up(ast.parse(file.read_text(encoding="utf-8"))):
        assert asked.isupper() or asked in tables, f"{file}:{line} looks up {key!r} in {asked or 'a value'}"


@pytest.mark.parametrize("file", TEMPLATES, ids=str)
def test_no_template_looks_a_key_up_by_its_name(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    found = [part for part in re.findall(r"{[{%].*?[}%]}", text, re.S) if IN_TEMPLATES.search(part)]
    assert not found, f"{file}: {found}"


def test_a_look_up_is_recognised_in_both_forms() -> None:
    tree = ast.parse("a['x']; b.c['y'].d; e.get('z', 0); WORDS['w']; f[0]; g[h]")
    assert [(asked, key) for _, asked, key in looked_up(tree)] == [
        ("a", "x"),
        ("e", "z"),
        ("WORDS", "w"),
        ("c", "y"),
    ]
