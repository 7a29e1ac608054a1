"""Attempts in AMLworld's format: each declared type is recognised, and a miss has its reason."""

from __future__ import annotations

from pathlib import Path

import pytest

import pipeline
from benchmarks.patterns import CRITERIA, FILES, Attempt, attempts_of, measured, open_limits, recognised

REAL = Path("../shared/data/amlworld")
# Payments of each attempt as (payer, payee), an hour apart.
SHAPES = {
    "FAN-OUT": [("a", "b"), ("a", "c"), ("a", "d")],
    "FAN-IN": [("b", "a"), ("c", "a"), ("d", "a")],
    "CYCLE": [("a", "b"), ("b", "c"), ("c", "a")],
    "SCATTER-GATHER": [("a", "b"), ("a", "c"), ("b", "z"), ("c", "z")],
    "GATHER-SCATTER": [("a", "x"), ("b", "x"), ("x", "c"), ("x", "d")],
    "STACK": [("a", "b"), ("b", "c"), ("d", "e"), ("e", "f")],
    "RANDOM": [("a", "b"), ("b", "c"), ("c", "d")],
    "BIPARTITE": [("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")],
}
# Payments out of order, or too few, and the reason that must be given.
LACKING = [
    ("FAN-OUT", [("a", "b")], "a single payment"),
    ("FAN-IN", [("b", "a"), ("b", "a")], "one payer"),
    ("CYCLE", [("b", "c"), ("a", "b"), ("c", "a")], "not in order of time"),
    ("SCATTER-GATHER", [("b", "z"), ("a", "b"), ("a", "c"), ("c", "z")], "fewer than 2 middle parties"),
    ("GATHER-SCATTER", [("x", "c"), ("x", "d"), ("a", "x"), ("b", "x")], "fewer than 2 payees after"),
    ("STACK", [("b", "c"), ("a", "b")], "nobody pays after having been paid"),
    ("BIPARTITE", [("a", "x"), ("b", "y")], "share no party"),
]


def written(folder: Path, shapes: list[tuple[str, list[tuple[str, str]]]]) -> list[Attempt]:
    lines = []
    for number, (kind, pairs) in enumerate(shapes):
        lines.append(f"BEGIN LAUNDERING ATTEMPT - {kind}:  Max 3 hops")
        for hour, (payer, payee) in enumerate(pairs):
            when = f"2022/09/01 {hour:02}:00"
            lines.append(f"{when},01,{number}{payer},01,{number}{payee},10.50,Euro,10.50,Euro,ACH,1")
        lines += [f"END LAUNDERING ATTEMPT - {kind}", ""]
    path = folder / "patterns.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    return attempts_of(path)


def test_every_declared_type_is_recognised_in_its_own_shape(tmp_path) -> None:
    attempts = written(tmp_path, list(SHAPES.items()))
    for is_apart in (True, False):
        met = recognised(attempts, open_limits(), is_apart)
        for number, attempt in enumerate(attempts):
            assert met.loc[number, attempt.kind], attempt.kind
        assert not met.loc[list(SHAPES).index("FAN-OUT"), "FAN-IN"]
        assert met["SCATTER-GATHER"].sum() == 1
        assert met["GATHER-SCATTER"].sum() == 1


@pytest.mark.parametrize(("kind", "pairs", "reason"), LACKING, ids=[entry[0] for entry in LACKING])
def test_an_attempt_that_lacks_its_shape_is_missed_and_says_why(kind, pairs, reason, tmp_path) -> None:
    block = measured(written(tmp_path, [(kind, pairs)]), open_limits())[kind]
    assert block["recognised"] == 0
    ((told, count),) = block["missed"].items()
    assert reason in told
    assert count == 1


def test_a_broken_line_is_refused_with_its_place(tmp_path) -> None:
    path = tmp_path / "patterns.txt"
    path.write_text("BEGIN LAUNDERING ATTEMPT - CYCLE\n2022/09/01 00:06,021174\n", encoding="utf-8")
    with pytest.raises(pipeline.BadInput, match="line 2: expected 11 fields"):
        attempts_of(path)


@pytest.mark.skipif(not REAL.exists(), reason="AMLworld's pattern files are not here")
@pytest.mark.parametrize("name", FILES)
def test_every_miss_among_the_published_attempts_is_explained(name) -> None:
    attempts = attempts_of(REAL / FILES[name])
    assert len(attempts) == {"HI-Small": 370, "LI-Small": 117}[name]
    found = measured(attempts, open_limits())
    assert sum(block["attempts"] for block in found.values()) == len(attempts)
    assert set(found) == set(CRITERIA)
    for kind, block in found.items():
        assert "not explained" not in block["missed"], kind
        assert block["recognised"] + sum(block["missed"].values()) == block["attempts"]
