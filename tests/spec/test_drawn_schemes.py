"""The drawn schemes: which one is chosen, where its members stand, what the arrows say."""

from __future__ import annotations

import math
import re
from itertools import combinations

import pandas as pd
import pytest

from data.schema import HOLDER_KINDS
from data.typologies import ROLES, TYPOLOGIES
from models.results.schemes import DrawnTypology
from models.truth import drawn_schemes
from reports import scheme_figures
from reports.wording import Text
from tests.spec.plans import draw

START = pd.Timestamp("2025-01-06", tz="UTC").as_unit("us")
HOUR = pd.Timedelta(hours=1)


def world(*schemes: tuple[str, bool, list[tuple[float, int, int, int]]]) -> list[DrawnTypology]:
    """Draw schemes of (typology, is illicit, payments of hour, payer, payee, yuan).

    Accounts up to 9 are customers' own, others lie outside; account 1 is a collector.
    """
    payments = [(number, *payment) for number, (_, _, mine) in enumerate(schemes) for payment in mine]
    told = pd.DataFrame(
        payments, columns=["scheme_id", "hour", "payer_account_id", "payee_account_id", "yuan"]
    )
    transactions = pd.DataFrame(
        {
            "transaction_id": range(len(told)),
            "at": START + told["hour"] * HOUR,
            "payer_account_id": told["payer_account_id"],
            "payee_account_id": told["payee_account_id"],
            "amount_cents": told["yuan"] * 100,
        }
    )
    is_illicit = [illicit for _, illicit, _ in schemes]
    truth = pd.DataFrame(
        {
            "transaction_id": transactions["transaction_id"],
            "scheme_id": told["scheme_id"],
            "is_illicit": [is_illicit[number] for number in told["scheme_id"]],
            "is_patterned": told["yuan"] != SPENT,
        }
    )
    members = pd.DataFrame(
        [(number, name, illicit, 0, 1, "collector") for number, (name, illicit, _) in enumerate(schemes)],
        columns=["scheme_id", "typology", "is_illicit", "sophistication", "account_id", "role"],
    )
    used = sorted({*told["payer_account_id"], *told["payee_account_id"]})
    accounts = pd.DataFrame(
        {
            "account_id": used,
            "customer_id": pd.array([account if account < 10 else pd.NA for account in used], dtype="Int64"),
            "holder": ["person" if account < 100 else "merchant" for account in used],
        }
    )
    return drawn_schemes.scheme_outlines(transactions, truth, members, accounts).typologies


SPENT = 77  # yuan of a payment of proceeds outside the shape
COLLECTION = [(0.0, 10, 1, 100), (2.0, 11, 1, 300), (5.0, 1, 100, 390)]


def test_a_collection_stands_in_three_columns_with_roles_and_kinds() -> None:
    scheme = world(("fan_in", True, COLLECTION))[0].illicit
    assert [(node.role, node.column, node.is_customer) for node in scheme.nodes] == [
        ("person", 0, False),
        ("collector", 1, True),
        ("person", 0, False),
        ("merchant", 2, False),
    ]
    assert (scheme.payments, scheme.yuan, scheme.hours) == (3, 790.0, 5.0)


def test_the_median_sized_scheme_is_drawn_of_each_side() -> None:
    small, large = COLLECTION[:1], [*COLLECTION, (6.0, 12, 1, 50)]
    row = world(
        ("fan_in", True, large),
        ("fan_in", True, small),
        ("fan_in", True, COLLECTION),
        ("fan_in", False, small),
    )[0]
    assert row.illicit.payments == 3
    assert row.look_alike.payments == 1


def test_of_two_the_smaller_and_of_equals_the_earlier_is_drawn() -> None:
    assert drawn_schemes.median_sized(pd.Series({7: 5, 3: 9})) == 7
    assert drawn_schemes.median_sized(pd.Series({7: 5, 3: 5, 9: 5})) == 7


def test_a_typology_without_a_look_alike_has_none_drawn() -> None:
    assert world(("cycle", True, COLLECTION))[0].look_alike is None


def test_proceeds_spent_outside_the_shape_are_counted_and_not_drawn() -> None:
    scheme = world(("fan_in", True, [*COLLECTION, (90.0, 1, 101, SPENT)]))[0].illicit
    assert (scheme.payments, scheme.outside_payments, scheme.hours) == (3, 1, 5.0)
    assert len(scheme.nodes) == 4


def test_money_that_comes_back_points_to_an_earlier_column() -> None:
    scheme = world(("cycle", True, [(0.0, 1, 2, 100), (1.0, 2, 3, 99), (2.0, 3, 1, 98)]))[0].illicit
    assert [node.column for node in scheme.nodes] == [0, 1, 2]
    where = scheme_figures.plan(scheme.nodes)
    start, bend, end = scheme_figures.bent(where.dots[2], where.dots[0])
    assert end[0] < bend[0] < start[0] and bend[1] > max(where.dots[2][1], where.dots[0][1])


def test_payments_of_one_pair_are_one_arrow_and_of_one_role_one_step() -> None:
    payments = [*COLLECTION, (60.0, 10, 1, 200)]
    scheme = world(("fan_in", True, payments))[0].illicit
    assert [(arrow.payments, arrow.least_yuan, arrow.most_yuan) for arrow in scheme.arrows] == [
        (2, 100.0, 200.0),
        (1, 300.0, 300.0),
        (1, 390.0, 390.0),
    ]
    assert scheme_figures.step_words(scheme, ROLES) == [
        Text(
            "person × 2 → collector: 3 payments, ¥100–300, within 2\u00a0d",
            "个人 × 2 → 归集账户：3 笔，¥100–300，2 天内",
        ),
        Text(
            "collector → merchant: one payment, ¥390, after 5\u00a0h", "归集账户 → 商户：1 笔，¥390，5 小时后"
        ),
    ]


@pytest.mark.parametrize("payers", [1, 14, 15, 120])
def test_every_member_is_drawn_inside_the_picture_and_none_on_another(payers: int) -> None:
    scheme = world(("fan_in", True, [(float(n), 100 + n, 1, 10) for n in range(payers)]))[0].illicit
    where = scheme_figures.plan(scheme.nodes)
    assert len(set(where.dots.values())) == payers + 1
    for x, y in [*where.dots.values(), *where.labels.values()]:
        assert 0 < x < scheme_figures.PANEL and 0 < y < where.height
    picture = str(scheme_figures.drawing(scheme, "illicit", Text("a", "b"), ROLES))
    assert len(re.findall("<circle[^>]*member", picture)) == payers + 1
    assert picture.count("Q") == payers


def test_numbers_of_crossing_arrows_stand_apart() -> None:
    # Money goes forth and back between the same two, so both ways have one middle.
    scheme = world(("cycle", True, [(0.0, 1, 2, 100), (1.0, 2, 3, 99), (2.0, 1, 3, 98), (3.0, 3, 1, 97)]))[0]
    where = scheme_figures.plan(scheme.illicit.nodes)
    taken: list[tuple[float, float]] = []
    for bundle in scheme_figures.arrow_bundles(scheme.illicit):
        taken.append(scheme_figures.badge(bundle, where, taken))
    apart = [math.dist(one, other) for one, other in combinations(taken, 2)]
    assert len(taken) == 4 and min(apart) > 2 * scheme_figures.BADGE


@pytest.mark.parametrize("name", sorted(TYPOLOGIES))
def test_every_role_of_a_typology_has_its_words_in_both_languages(name: str) -> None:
    for side in ("illicit", "licit"):
        for seed in range(4):
            roles = {role for _, role in draw(name, side, seed).scene.members}
            assert roles <= set(ROLES)


def test_every_kind_of_holder_has_its_words_in_both_languages() -> None:
    assert set(HOLDER_KINDS) <= set(ROLES)
