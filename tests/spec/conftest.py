"""The rule after which a test class is named, and whether it hits somebody."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from data.observe import Params
from data.rules.rulebook import Rulebook
from tests.spec.ledger import Ledger, fires


@pytest.fixture
def rule(request: pytest.FixtureRequest, book: Rulebook) -> SimpleNamespace:
    """The thresholds of the rule after which the test class is named; a person's where segments differ."""
    (entry,) = [entry for entry in book.every_rule if entry.id == request.cls.rule_id]
    return SimpleNamespace(
        **{
            name: parameter.value["person"] if isinstance(parameter.value, dict) else parameter.value
            for name, parameter in entry.parameters.items()
        },
        by_segment={name: parameter.value for name, parameter in entry.parameters.items()},
    )


@pytest.fixture
def hit(request: pytest.FixtureRequest, observe_params: Params, book: Rulebook) -> Callable[..., bool]:
    """Whether the rule of the test class hits a customer, anna if nobody is named."""

    def ask(ledger: Ledger, who: str = "anna") -> bool:
        return fires(ledger, request.cls.rule_id, who, observe_params, book)

    return ask
