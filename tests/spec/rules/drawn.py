"""Parts of ledgers that rules of several families are drawn with."""

from __future__ import annotations

from typing import Any

from tests.spec.ledger import Customer, Ledger, bank

CENT = 0.01


def wages(yuan: float) -> list[tuple[Any, ...]]:
    """Half a year in which anna earns so much a month, up to thirty days before the snapshot of 3 March."""
    months = ("2024-08-20", "2024-09-20", "2024-10-20", "2024-11-20", "2024-12-20", "2025-01-20")
    return [(f"{day} 10:00", "firm employer", "anna", yuan, "transfer", "payroll") for day in months]


def among(
    *lines: tuple[Any, ...], kind: str = "person", night: float = 0, cash: float = 0, **people
) -> Ledger:
    """A ledger beside forty ordinary customers of a kind, each with 1,000 yuan of takings by day.

    Every eighth of them takes 10 yuan by night and in cash besides, and each up to the shares
    ``night`` and ``cash`` of all, evenly spread.
    """
    names = [f"other{n}" for n in range(40)]
    ordinary: list[tuple[Any, ...]] = []
    for n, who in enumerate(names):
        ordinary.append(("2025-02-20 12:00", "carl", who, 1_000, "qr", "shopping"))
        for share, least, how in (
            (night, 10 * (n % 8 == 0), ("23:30", "carl", who, "qr", "shopping")),
            (cash, 10 * (n % 8 == 1), ("13:00", "cash@1", who, "cash_deposit", "takings")),
        ):
            part = share * n / 39
            yuan = max(round(1_000 * part / (1 - part), 2), least)
            clock, payer, payee, channel, purpose = how
            if yuan:
                ordinary.append((f"2025-02-20 {clock}", payer, payee, yuan, channel, purpose))
    others = dict.fromkeys(names, Customer(kind))
    return bank(*ordinary, *lines, **people, **others)
