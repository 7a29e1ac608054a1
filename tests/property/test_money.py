"""Money is conserved to the cent: in any ledger, and in a whole simulated bank."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from data.simulate import simulate
from data.sources import Whole, gather
from data.world.flows import SHAPE
from data.world.ledger import EVERYTHING, UNKNOWN, settle
from data.world.population import draw_population
from data.world.schemes import draw_schemes
from data.world.settings import Params, calendar_of
from data.world.stretches import stretches

ACCOUNTS = 5
CENTS = st.one_of(st.just(EVERYTHING), st.integers(1, 1_500))
PAYMENT = st.tuples(st.integers(0, ACCOUNTS - 1), st.integers(0, ACCOUNTS - 1), CENTS)
LEDGERS = {
    "payments": st.lists(PAYMENT, max_size=30),
    "inside": st.lists(st.booleans(), min_size=ACCOUNTS, max_size=ACCOUNTS),
    "opening": st.lists(st.integers(0, 1_000), min_size=ACCOUNTS, max_size=ACCOUNTS),
    "limit": st.lists(st.sampled_from([0, 0, 1, 300, 2_000]), min_size=ACCOUNTS, max_size=ACCOUNTS),
}


def settled(payments, inside, opening, limit) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """What `settle` returns, and the amounts as they became."""
    table = np.array(payments, np.int64).reshape(-1, 3)
    amount = table[:, 2].copy()
    found = settle(
        table[:, 0].astype(np.int32),
        table[:, 1].astype(np.int32),
        amount,
        np.array(inside),
        np.array(limit, np.int64),
        np.array(opening, np.int64),
    )
    assert (amount[table[:, 2] != EVERYTHING] == table[table[:, 2] != EVERYTHING, 2]).all()
    return *found, amount


@settings(max_examples=300)
@given(**LEDGERS)
def test_every_balance_is_opening_plus_credits_minus_debits_and_never_below_the_credit_line(
    payments, inside, opening, limit
) -> None:
    payments = [line for line in payments if inside[line[0]] or line[2] != EVERYTHING]
    done, payer_after, payee_after, amount = settled(payments, inside, opening, limit)
    balance = list(opening)
    for i, (payer, payee, cents) in enumerate(payments):
        if cents == EVERYTHING:
            expected, cents = balance[payer] > 0, max(balance[payer], 0)
        else:
            expected = not inside[payer] or balance[payer] + limit[payer] >= cents
        assert done[i] == expected
        assert amount[i] == cents
        if expected:
            balance[payer] -= cents
            balance[payee] += cents
        for after, account in ((payer_after[i], payer), (payee_after[i], payee)):
            known = expected and inside[account]
            assert after == (balance[account] if known else UNKNOWN)
            assert not known or after >= -limit[account]


@settings(max_examples=200)
@given(**LEDGERS)
def test_declined_payments_change_nothing(payments, inside, opening, limit) -> None:
    done, payer_after, payee_after, _ = settled(payments, inside, opening, limit)
    kept = [payment for payment, is_done in zip(payments, done, strict=True) if is_done]
    again, payer_again, payee_again, _ = settled(kept, inside, opening, limit)
    assert again.all()
    assert (payer_again == payer_after[done]).all()
    assert (payee_again == payee_after[done]).all()


@settings(max_examples=200)
@given(**LEDGERS)
def test_money_inside_changes_only_by_payments_with_outside(payments, inside, opening, limit) -> None:
    done, payer_after, payee_after, amount = settled(payments, inside, opening, limit)
    latest = dict(enumerate(opening))
    for i, (payer, payee, _) in enumerate(payments):
        before = sum(latest[account] for account in range(ACCOUNTS) if inside[account])
        for after, account in ((payer_after[i], payer), (payee_after[i], payee)):
            if after != UNKNOWN:
                latest[account] = int(after)
        change = sum(latest[account] for account in range(ACCOUNTS) if inside[account]) - before
        crossing = int(inside[payee]) - int(inside[payer])
        assert change == (amount[i] * crossing if done[i] else 0)


def ends(world: Whole) -> pd.DataFrame:
    """Both ends of every payment inside the bank: account, order, signed cents, balance after."""
    table = world.transactions
    parts = [
        pd.DataFrame(
            {
                "account_id": table[f"{end}_account_id"],
                "transaction_id": table["transaction_id"],
                "cents": sign * table["amount_cents"],
                "after": table[f"{end}_balance_cents"],
            }
        )
        for end, sign in (("payer", -1), ("payee", 1))
    ]
    both = pd.concat(parts, ignore_index=True).dropna(subset="after")
    return both.sort_values(["account_id", "transaction_id"], ignore_index=True)


def test_every_balance_of_a_simulated_bank_adds_up_to_the_cent(small_world: Whole) -> None:
    both = ends(small_world)
    opening = small_world.accounts.set_index("account_id")["opening_balance_cents"]
    running = both.groupby("account_id")["cents"].cumsum() + both["account_id"].map(opening)
    assert len(both) > 50_000
    assert (running == both["after"]).all()
    limit = both["account_id"].map(small_world.accounts.set_index("account_id")["credit_limit_cents"])
    assert (both["after"] >= -limit).all()
    assert (both.loc[limit > 0, "after"] < 0).any()


def test_balances_go_on_across_the_borders_of_stretches(small_params: Params) -> None:
    world = simulate(small_params)
    balance = world.accounts.dropna(subset="customer_id").set_index("account_id")["opening_balance_cents"]
    latest: dict[int, int] = {int(account): int(cents) for account, cents in balance.items()}
    limit = world.accounts.set_index("account_id")["credit_limit_cents"].dropna().to_dict()
    crossed, numbered, parts = 0, 0, list(world.parts)
    assert len(parts) == 14
    for part in parts:
        seen: set[int] = set()
        columns = ["transaction_id", "payer_account_id", "payee_account_id", "amount_cents"]
        after = (
            part.transactions[["payer_balance_cents", "payee_balance_cents"]]
            .fillna(UNKNOWN)
            .to_numpy(np.int64)
        )
        rows = part.transactions[columns].to_numpy(np.int64)
        for (number, payer, payee, cents), known in zip(rows.tolist(), after.tolist(), strict=True):
            numbered += 1
            assert number == numbered
            for account, change, shown in ((payer, -cents, known[0]), (payee, cents, known[1])):
                if account not in latest:
                    assert shown == UNKNOWN
                    continue
                latest[account] += change
                assert shown == latest[account] >= -limit[account]
                seen.add(account)
        crossed += len(seen)
    assert crossed > 5 * len(latest)


def planned(params: Params) -> Counter[Any]:
    """Payments of the shapes of schemes as they reach the ledger; organisers' lives hang on the stretch."""
    calendar = calendar_of(params)
    population = draw_population(params.seed, params.customers, params.cities, params.dormant_share, calendar)
    scenes = draw_schemes(population, calendar, params)
    found: Counter[Any] = Counter()
    for stretch in stretches(population, calendar, scenes, params):
        flow = stretch.flow.take(stretch.flow.part == SHAPE)
        found.update(
            zip(
                *(c.tolist() for c in (flow.scheme, flow.at, flow.payer, flow.payee, flow.amount)),
                strict=True,
            )
        )
    return found


def test_the_length_of_a_stretch_changes_no_payment_of_a_scheme(small_params: Params) -> None:
    four, eight = (planned(small_params.model_copy(update={"stretch_days": days})) for days in (28, 56))
    assert len(four) > 100
    assert four == eight


def test_declined_payments_of_all_stretches_are_set_aside(small_params: Params, small_world: Whole) -> None:
    parts = simulate(small_params).parts
    ((_, _, declined),) = small_world.set_aside
    assert len(declined) == sum(len(part.declined) for part in parts if part.declined is not None)
    assert gather(simulate(small_params)).set_aside[0][1] == "would overdraw the payer's account"


def test_a_payment_that_was_declined_would_have_overdrawn_its_account(small_world: Whole) -> None:
    ((what, _, declined),) = small_world.set_aside
    assert what == "declined_payments"
    both = ends(small_world).merge(small_world.transactions[["transaction_id", "at"]], on="transaction_id")
    both = both.sort_values(["at", "transaction_id"])
    opening = small_world.accounts.set_index("account_id")["opening_balance_cents"]
    last = pd.merge_asof(
        declined.sort_values("at"),
        both,
        on="at",
        left_by="payer_account_id",
        right_by="account_id",
        allow_exact_matches=False,
    )
    balance = last["after"].fillna(last["payer_account_id"].map(opening))
    assert len(declined) > 0
    assert declined[["payer_balance_cents", "payee_balance_cents"]].isna().all(axis=None)
    limit = last["payer_account_id"].map(small_world.accounts.set_index("account_id")["credit_limit_cents"])
    assert (balance + limit < last["amount_cents"]).all()


def test_transactions_are_numbered_in_order_of_time(small_world: Whole) -> None:
    table = small_world.transactions
    assert table["at"].is_monotonic_increasing
    assert table["transaction_id"].tolist() == list(range(1, len(table) + 1))
    assert (table["amount_cents"] > 0).all()
    assert (table["payer_account_id"] != table["payee_account_id"]).all()


def test_no_payment_settles_before_an_account_opens_or_after_it_closes(small_world: Whole) -> None:
    accounts = small_world.accounts.set_index("account_id")
    seen = 0
    for end in ("payer", "payee"):
        account = small_world.transactions[f"{end}_account_id"]
        at, opened, closed = (
            small_world.transactions["at"],
            account.map(accounts["opened_at"]),
            account.map(accounts["closed_at"]),
        )
        assert not (at < opened).any()
        assert not (at >= closed).any()
        seen += closed.notna().sum()
    assert seen > 1_000
    assert accounts.loc[accounts["customer_id"].isna(), ["opened_at", "closed_at"]].isna().all(axis=None)
    assert (accounts["closed_at"] > accounts["opened_at"])[accounts["closed_at"].notna()].all()


def test_an_account_that_is_closed_holds_nothing(small_world: Whole) -> None:
    closed = small_world.accounts.dropna(subset="closed_at").set_index("account_id")
    last = ends(small_world).groupby("account_id")["after"].last()
    left = last.reindex(closed.index).fillna(closed["opening_balance_cents"])
    assert len(left) > 20
    # What was overdrawn stays owed.
    assert (left <= 0).all()
    assert (left < 0).mean() < 0.2


def test_every_scheme_and_member_is_in_the_truth_and_no_others(small_world: Whole) -> None:
    truth, schemes = small_world.truth, small_world.schemes
    assert set(truth["scheme_id"]) == set(schemes["scheme_id"])
    verdict = schemes.drop_duplicates("scheme_id").set_index("scheme_id")["is_illicit"]
    assert (truth["is_illicit"] == truth["scheme_id"].map(verdict)).all()
    paid = truth.merge(small_world.transactions, on="transaction_id")
    sides = [
        paid[["scheme_id", f"{end}_account_id"]].set_axis(["scheme_id", "account_id"], axis=1)
        for end in ("payer", "payee")
    ]
    taking_part = pd.concat(sides).drop_duplicates()
    found = schemes.merge(taking_part, on=["scheme_id", "account_id"], how="left", indicator=True)
    # A member whose only payments were declined, or fell after the run, took no part in the end.
    assert (found["_merge"] == "both").mean() > 0.97
    owner = small_world.accounts.set_index("account_id")["customer_id"]
    assert (schemes["account_id"].map(owner).fillna(-1) == schemes["customer_id"].fillna(-1)).all()
    assert not schemes.duplicated(["scheme_id", "account_id"]).any()
    # Whoever of this bank pays in a scheme, or is paid, is either a member or a mere counterparty;
    # every scheme has at least one member here.
    assert schemes.groupby("scheme_id")["customer_id"].count().min() >= 1
