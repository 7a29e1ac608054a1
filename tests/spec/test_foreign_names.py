"""Case pages print the accounts of a foreign data set as its file writes them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from data.sources import Whole
from explain.results.cases import CaseParty
from reports.case_figures import flow
from reports.wording import party
from tests.spec.case_bank import party_of
from tests.spec.foreign import called, paper_folder

PADDED, LONG, HEX, MARKUP = "0280", "6222021234567890123", "8000EBD30", "<b>7 & 8</b>"
AS_OF = pd.Timestamp("2024-01-20")


@pytest.fixture
def world(tmp_path: Path) -> Whole:
    """0280 is paid by a long number and pays a hexadecimal one, which pays on."""
    table = pd.DataFrame(
        {
            "tran_id": ["a", "b", "c", "d", "e"],
            "orig_acct": [LONG, PADDED, HEX, MARKUP, LONG],
            "bene_acct": [PADDED, HEX, MARKUP, PADDED, HEX],
            "base_amt": [500.0, 490.0, 480.0, 3.0, 1.0],
            "tran_timestamp": ["2024-01-01", "2024-01-10", "2024-01-11", "2024-01-12", "2024-01-28"],
        }
    )
    return paper_folder(tmp_path, ["280", PADDED, LONG, HEX, f'"{MARKUP}"'], table)


def page(world: Whole) -> CaseParty:
    """The case of account 0280."""
    names = called(world)
    (customer,) = [number for number, name in names.items() if name == PADDED]
    return party_of(world, customer, AS_OF, names)


def test_a_case_page_names_customer_and_counterparties_as_the_file_writes_them(world: Whole) -> None:
    found = page(world)
    assert found.customer_name == PADDED
    parties = {f"customer {name}" for name in (PADDED, LONG, HEX, MARKUP)}
    assert {row.name for row in found.counterparties} == parties - {f"customer {PADDED}"}
    assert {(row.step, row.payer, row.payee) for row in found.flow} == {
        (0, f"customer {LONG}", f"customer {PADDED}"),
        (0, f"customer {MARKUP}", f"customer {PADDED}"),
        (1, f"customer {PADDED}", f"customer {HEX}"),
        (2, f"customer {HEX}", f"customer {MARKUP}"),
    }


def test_names_are_drawn_as_text_whatever_they_hold(world: Whole) -> None:
    found = page(world)
    picture = str(flow(found.flow, found.customer_name))
    assert LONG in picture
    assert "<b>" not in picture


def test_a_name_with_blanks_stays_whole_in_chinese() -> None:
    assert party("customer my account 7").zh == "客户 my account 7"
    assert party("micro business 12").zh == "行外个体户 12"
    assert party("customer  7").zh == "客户  7"
