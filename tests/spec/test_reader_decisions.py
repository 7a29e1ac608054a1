"""What a reader decides in the browser is read back in one form, and shown; anything else is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from explain.results.cases import ExplainedCase, ReportDrafts
from pipeline import BadInput
from reports.case_pages import reader_row
from reports.decisions import DECISIONS, ReaderDecision, of_another_run, read_inputs
from tests.spec.case_bank import party_of
from tests.spec.ledger import bank

SAVED = {
    "version": 1,
    "case_id": "M7",
    "as_of": "2025-03-10",
    "outcome": "reported",
    "reasons": ["source_unknown", "pattern_of_typology"],
    "documents": ["contract of 2025-01-03"],
    "note": "said nothing",
    "decided_by": "reader",
    "decided_on": "2025-03-12",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of decisions of an empty workplace."""
    monkeypatch.chdir(tmp_path)
    DECISIONS.mkdir()
    (DECISIONS / "README.md").touch()
    return DECISIONS


def saved(folder: Path, name: str = "M7", **changes: object) -> Path:
    file = folder / f"{name}.json"
    file.write_text(json.dumps(SAVED | changes), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def case() -> ExplainedCase:
    """A case of one customer who paid once."""
    lead = party_of(bank(("2025-03-01", "anna", "bob", 9), anna="person"), 100, pd.Timestamp("2025-03-10"))
    return ExplainedCase(
        case_id="M7",
        opened="2025-03-10",
        as_of="2025-03-10",
        deadline="2025-04-09",
        days=28,
        parties=[lead],
        ring=[],
        drafts=ReportDrafts(narrative=[], report=[]),
    )


def test_a_saved_decision_is_read_back_word_for_word(folder: Path) -> None:
    saved(folder)
    (found,) = read_inputs().values()
    assert json.loads(found.model_dump_json()) == SAVED


def test_a_folder_without_decisions_holds_none(folder: Path) -> None:
    assert read_inputs() == {}


def test_a_workplace_without_the_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadInput, match="decisions: expected the folder"):
        read_inputs()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"outcome": "freed"}, "outcome"),
        ({"reasons": ["gut_feeling"]}, "reasons"),
        ({"as_of": "yesterday"}, "as_of"),
        ({"note": "x" * 2_001}, "note"),
        ({"case_id": "../M7"}, "case_id"),
        ({"case_id": "M8"}, "case_id: expected the name of the file"),
        ({"version": 2}, "version"),
        ({"documents": [""]}, "documents"),
        ({"more": 1}, "more"),
    ],
)
def test_a_wrong_field_is_refused_in_one_sentence_with_file_and_field(
    folder: Path, changes: dict[str, object], told: str
) -> None:
    saved(folder, **changes)
    with pytest.raises(BadInput) as refused:
        read_inputs()
    sentence = str(refused.value)
    assert sentence.startswith("decisions/M7.json")
    assert told in sentence
    assert "\n" not in sentence


def test_a_file_that_is_no_json_is_refused(folder: Path) -> None:
    (folder / "M7.json").write_text("{", encoding="utf-8")
    with pytest.raises(BadInput, match=r"M7\.json"):
        read_inputs()


def test_a_decision_on_this_run_is_shown_and_one_on_another_is_left_out_and_told(case: ExplainedCase) -> None:
    here = ReaderDecision.model_validate(SAVED)
    older = ReaderDecision.model_validate(SAVED | {"as_of": "2025-02-03"})
    row = reader_row(here, case)
    assert row is not None
    assert (row.outcome.en, row.documents, row.note) == ("reported", "contract of 2025-01-03", "said nothing")
    assert row.reasons.en == "source of funds unknown; pattern of a known typology"
    assert reader_row(older, case) is None
    assert of_another_run({"M7": here}, [case]) == []
    assert len(of_another_run({"M7": older, "M9": here}, [case])) == 2
