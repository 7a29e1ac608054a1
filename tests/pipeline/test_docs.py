"""Pages that are made from the code equal the code."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest

import docs_pages
import pipeline
from reports.results import Metrics


def test_tables_page_equals_the_schemas() -> None:
    assert docs_pages.TABLES_PAGE.read_text(encoding="utf-8") == docs_pages.tables_page(), "run: make docs"


def test_results_page_equals_the_classes() -> None:
    assert docs_pages.RESULTS_PAGE.read_text(encoding="utf-8") == docs_pages.results_page(), "run: make docs"


def test_the_glossary_has_the_terms_with_an_official_text() -> None:
    glossary = docs_pages.GLOSSARY.read_text(encoding="utf-8")
    assert glossary == docs_pages.with_terms(glossary), "run: make docs"


def test_every_record_and_every_key_of_a_result_says_what_it_is() -> None:
    results = [result for room in pipeline.ROOMS for result in docs_pages.results_of(room)]
    assert {"BankView", "TruthView", "LabelAudit", "Tuned", "Metrics"} <= {one.__name__ for one in results}
    for kind in {*results, *(record for result in results for record in docs_pages.records_in(result))}:
        assert kind.__doc__ and kind.__doc__ != pipeline.Record.__doc__, kind
        for name, field in kind.model_fields.items():
            assert field.description, f"{kind.__name__}.{name}"


def leaves(kind: Any) -> list[Any]:
    """What an annotation ends in; a choice among written values ends in their types."""
    if get_origin(kind) is Literal:
        return [type(value) for value in get_args(kind)]
    return [leaf for part in get_args(kind) for leaf in leaves(part)] if get_args(kind) else [kind]


def test_no_key_of_a_result_is_a_free_form_map() -> None:
    """A bare dict, ``Any`` and ``object`` would say nothing of what is inside."""
    plain = (int, float, str, bool, type(None))
    for room in pipeline.ROOMS:
        for result in docs_pages.results_of(room):
            for kind in (result, *docs_pages.records_in(result)):
                for name, field in kind.model_fields.items():
                    for leaf in leaves(field.annotation):
                        is_record = isinstance(leaf, type) and issubclass(leaf, pipeline.Record)
                        assert leaf in plain or is_record, f"{kind.__name__}.{name}: {leaf}"


def test_the_finding_of_both_readmes_and_the_tables_of_results_equal_the_metrics() -> None:
    if not pipeline.artifact("reports", "metrics.json").exists():
        pytest.skip("no metrics.json yet: run make report")
    metrics = pipeline.read_result(Metrics)
    for page, language in ((docs_pages.README, "en"), (docs_pages.README_CHINESE, "zh")):
        readme = page.read_text(encoding="utf-8")
        assert readme == docs_pages.with_finding(readme, metrics, language), "run: make docs"
    measured = docs_pages.MEASURED_PAGE.read_text(encoding="utf-8")
    assert measured == docs_pages.with_results(measured, metrics), "run: make docs"


def test_every_parameter_has_a_comment_with_unit_or_source() -> None:
    """A section may be explained at its head; a value inside one needs its own words or its head's."""
    bare = []
    explained_depth = None
    for number, line in enumerate(Path("params.yaml").read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        depth = len(line) - len(line.lstrip())
        if explained_depth is not None and depth <= explained_depth:
            explained_depth = None
        has_comment = "#" in line
        is_head = re.fullmatch(r"\s*\w+:\s*(#.*)?", line) is not None
        if is_head and has_comment and explained_depth is None:
            explained_depth = depth
        if not is_head and not has_comment and explained_depth is None and "seed:" not in line:
            bare.append(f"line {number}: {line.strip()}")
    assert not bare


def test_glossary_words_are_in_both_languages() -> None:
    rows = [
        line.split("|")[1:-1]
        for line in Path("GLOSSARY.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("|") and not line.startswith("|--") and not line.startswith("| word")
    ]
    assert len(rows) >= 20
    for word, chinese, meaning in rows:
        assert word.strip() and re.search(r"[\u4e00-\u9fff]", chinese) and meaning.strip()


def test_the_figures_of_ties_on_the_page_of_sources_are_those_of_the_benchmark() -> None:
    found = json.loads(Path("benchmarks/results/ties.json").read_text(encoding="utf-8"))
    page = Path("docs/sources.md").read_text(encoding="utf-8")
    keys = ("alerts", "with_a_tied_hop", "recognised_together", "recognised_in_order_of_file")
    for kind, row in found.items():
        cells = [kind.lower(), *(str(row[key]) for key in keys), str(row["recognised_by_lot_mean"])]
        assert f"| {' | '.join(cells)} |" in page, kind
    cycles = found["CYCLE"]
    rings = cycles["rings_in_order_of_time"]
    lost = rings - cycles["recognised_together"]
    assert f"Of the {cycles['alerts']} cycles {rings} are rings in order of time" in page
    assert f"ties together lose {lost} of {rings}." in page
