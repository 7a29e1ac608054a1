"""Laws of numbers, read off the code: nothing may hang on the processor's vector width.

Ties: a sort that is not stable orders them by the width. Last digits: numpy's own
exponentials and logarithms of arrays, and matrix products, end in others. Sums: a kernel
that adds in float32 stops growing at 2^24.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TypeGuard, cast

import pytest

from pipeline import ROOMS

STABLE = {"kind": ("stable", "mergesort"), "stable": (True,), "maintain_order": (True,)}
# Ties in the order of the processor unless told otherwise. Python's sorted, np.lexsort,
# nlargest of pandas and np.sort of plain numbers need no word: the first three are stable,
# and equal numbers are one number.
SORTS = {"argsort", "sort_values", "sort_index", "sort_by", "sort_indices", "argpartition", "topk"}
# Answers in the order in which DuckDB's threads end.
UNORDERED_SQL = re.compile(r"\b(ORDER BY|LIMIT|ROW_NUMBER|ANY_VALUE|ARG_MAX|ARG_MIN|FIRST|LAST)\b")
# Calls that are no fault, with the reason.
EXEMPT = {
    ("benchmarks/windows.py", "pl.DataFrame"): "a peer is run as its users do; windows treat ties alike",
    ("benchmarks/windows.py", "ORDER BY"): "the same: a window's order, ties fall into one frame",
    ("benchmarks/spark.py", ".sort_by"): "its keys name one row each",
    ("benchmarks/spark.py", "ORDER BY moment RANGE"): "a frame of time holds all ties",
}

# What numpy has loops for by width; scipy.special and math ask the C library instead.
BY_WIDTH = {
    *("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "power", "float_power", "cbrt"),
    *("sin", "cos", "tan", "arcsin", "arccos", "arctan", "arctan2", "sinh", "cosh", "tanh"),
    *("arcsinh", "arccosh", "arctanh", "logaddexp", "logaddexp2", "hypot", "logspace", "geomspace"),
}
PRODUCTS = {
    "dot",
    "vdot",
    "inner",
    "matmul",
    "tensordot",
    "linalg",
    "convolve",
    "correlate",
    "corrcoef",
    "cov",
}
SUMS = {"sum", "mean", "std", "var", "cumsum", "prod", "cumprod", "nansum", "nanmean", "nanstd", "nanvar"}


def is_stable(call: ast.Call) -> bool:
    """Whether a call says that ties keep their order."""
    return any(
        isinstance(word.value, ast.Constant) and word.value.value in STABLE.get(word.arg or "", ())
        for word in call.keywords
    )


def leaves_ties_open(call: ast.Call) -> bool:
    """Whether a call is a sort that orders ties as it likes, unless told otherwise."""
    name, first = called(call), call.args[0] if call.args else None
    if name in SORTS:
        # By several keys pandas sorts with a stable sort, whatever it is told.
        return not (name == "sort_values" and isinstance(first, ast.List) and len(first.elts) > 1)
    # Frames and tensors have a ``sort`` with columns; lists and arrays have one without.
    is_plain = first is None or ast.unparse(call.func).startswith("np.")
    return name == "sort" and not (is_plain and all(word.arg != "order" for word in call.keywords))


def unstable_sorts(text: str) -> list[tuple[int, str]]:
    """Line and text of every sort whose ties have no order of their own."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and UNORDERED_SQL.search(str(node.value)):
            found.append((node.lineno, str(node.value)))
        if isinstance(node, ast.Call) and leaves_ties_open(node) and not is_stable(node):
            found.append((node.lineno, ast.unparse(node)))
    return found


def is_compiled(node: ast.AST) -> TypeGuard[ast.FunctionDef]:
    """Whether it is a function that numba compiles; there a logarithm is the C library's."""
    decorators = node.decorator_list if isinstance(node, ast.FunctionDef) else []
    return any("njit" in ast.unparse(decorator) for decorator in decorators)


def is_product(node: ast.AST) -> TypeGuard[ast.expr]:
    """Whether an expression is left to the library of linear algebra, in a kernel as well."""
    if isinstance(node, ast.Attribute):
        return ast.unparse(node.value) == "np" and node.attr in PRODUCTS
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult)


def is_by_width(node: ast.AST) -> TypeGuard[ast.expr]:
    """Whether an expression is one of numpy's that the vector width decides."""
    if isinstance(node, ast.Attribute):
        return ast.unparse(node.value) == "np" and node.attr in BY_WIDTH
    # A whole power is a product of two numbers, or of a few.
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow)):
        return False
    return not (isinstance(node.right, ast.Constant) and isinstance(node.right.value, int))


def by_width(text: str) -> list[tuple[int, str]]:
    """Line and text of what is computed by the processor's vector width, outside of kernels and in them.

    Without ``fastmath`` a kernel's sums keep their order, and its logarithms are the C library's.
    """
    tree = ast.parse(text)
    kernels = [node for node in ast.walk(tree) if is_compiled(node)]
    inside = {id(node) for kernel in kernels for node in ast.walk(kernel)}
    faults = [
        node
        for node in ast.walk(tree)
        if is_product(node)
        or (is_by_width(node) and id(node) not in inside)
        or (isinstance(node, ast.keyword) and node.arg == "fastmath")
    ]
    return [(node.lineno, ast.unparse(node)) for node in faults]


def sums_in_float32(text: str, narrow: dict[str, list[str]]) -> list[tuple[int, str]]:
    """Where kernels add up in float32; ``narrow`` names their float32 arrays by kernel."""
    found = []
    for function in filter(is_compiled, ast.walk(ast.parse(text))):
        mine = set(narrow.get(function.name, []))
        for node in ast.walk(function):
            makes_one = isinstance(node, ast.Attribute) and node.attr == "float32"
            grows = isinstance(node, ast.AugAssign) and named(node.target) in mine
            if makes_one or grows or summed(node) & mine:
                found.append((cast("ast.expr | ast.stmt", node).lineno, ast.unparse(node)))
    return found


def summed(node: ast.AST) -> set[str]:
    """Arrays that a call sums as a whole."""
    if not isinstance(node, ast.Call) or called(node) not in SUMS:
        return set()
    return {named(part) for part in (cast(ast.Attribute, node.func).value, *node.args)}


def called(call: ast.Call) -> str:
    """Name of the method that is called, or ''."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def named(node: ast.AST) -> str:
    """The array that an expression is a part of, or ''."""
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def code(*rooms: str) -> dict[str, str]:
    """Text of every module of the rooms, by path."""
    paths = sorted(path for room in rooms for path in Path(room).rglob("*.py"))
    return {str(path): path.read_text(encoding="utf-8") for path in paths}


def test_no_sort_leaves_ties_to_the_processor() -> None:
    modules = code(*ROOMS, "benchmarks")
    modules |= {name: Path(name).read_text(encoding="utf-8") for name in map(str, Path().glob("*.py"))}
    for name, text in modules.items():
        for line, sort in unstable_sorts(text):
            is_exempt = any(where == name and what in sort for where, what in EXEMPT)
            assert is_exempt, f'{name}:{line}: {sort} leaves ties open, say kind="stable"'


def test_no_number_of_a_table_hangs_on_the_vector_width() -> None:
    for name, text in code("data", "features").items():
        found = by_width(text)
        assert not found, f"{name}: {found} end in other digits elsewhere; take scipy.special, math or einsum"


@pytest.mark.parametrize(
    "text",
    [
        "np.argsort(joined)",
        "joined.argsort()",
        'np.argsort(joined, kind="quicksort")',
        "np.argpartition(score, 10)",
        'frame.sort_values("at")',
        'frame.sort_values(["at"])',
        "frame.sort_values(columns)",
        "counts.sort_index()",
        'np.sort(rows, order="at")',
        'frame.sort("at", "customer")',
        "torch.topk(score, 3)",
        "torch.sort(score)",
        'bench.sql("SELECT customer_id FROM hits ORDER BY hit_at")',
    ],
)
def test_the_law_of_sorts_finds_a_planted_one(text: str) -> None:
    planted = f"def ranked(joined, frame):\n    return {text}\n"
    assert [line for line, _ in unstable_sorts(planted)] == [2]


@pytest.mark.parametrize(
    "text",
    [
        'np.argsort(joined, kind="stable")',
        'np.argsort(joined, kind="mergesort")',
        'frame.sort_values("at", kind="stable")',
        'frame.sort_values(["at", "customer_id"])',
        "np.sort(moments)",
        "moments.sort()",
        "rows.sort(key=len)",
        "sorted(rows, key=len)",
        "np.lexsort((at, customer))",
        'frame.sort("at", maintain_order=True)',
        'bench.sql("SELECT customer_id FROM hits")',
    ],
)
def test_the_law_of_sorts_lets_a_stable_one_pass(text: str) -> None:
    assert not unstable_sorts(text)


@pytest.mark.parametrize(
    "text",
    [
        "np.exp(u)",
        "10.0 ** np.floor(x)",
        "income**0.6",
        "weight @ fired",
        "np.dot(a, b)",
        "np.linalg.norm(a)",
    ],
)
def test_the_law_of_digits_finds_a_planted_one(text: str) -> None:
    assert by_width(f"def drawn(x):\n    return {text}\n")


@pytest.mark.parametrize(
    "text",
    [
        "@njit\ndef kernel(a, b):\n    return a @ b\n",
        "@njit(cache=True)\ndef kernel(a, b):\n    return np.dot(a, b)\n",
        "@njit(cache=True, fastmath=True)\ndef kernel(a):\n    return a.sum()\n",
    ],
)
def test_the_law_of_digits_finds_one_planted_in_a_kernel(text: str) -> None:
    assert by_width(text)


def test_the_law_of_digits_lets_kernels_the_c_library_and_whole_powers_pass() -> None:
    text = "@njit(cache=True)\ndef bits(x):\n    return np.log2(x)\n\ndef area(x):\n    return exp2(x**2)\n"
    assert not by_width(text)


@pytest.mark.parametrize(
    "line",
    ["total[0] += yuan[i]", "return yuan.sum()", "return np.mean(yuan)", "x = np.zeros(3, np.float32)"],
)
def test_the_law_of_sums_finds_a_planted_one(line: str) -> None:
    text = f"@njit(cache=True)\ndef kernel(yuan, total, i):\n    {line}\n"
    assert sums_in_float32(text, {"kernel": ["yuan", "total"]})


def test_the_law_of_sums_lets_a_sum_in_double_pass() -> None:
    text = "@njit\ndef kernel(yuan, total, i):\n    total[0] += yuan[i]\n    yuan[i] = total[0]\n"
    assert not sums_in_float32(text, {"kernel": ["yuan"]})
