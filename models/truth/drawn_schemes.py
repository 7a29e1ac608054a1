"""One scheme a typology, and one innocent look-alike of it, in the few numbers that a drawing needs.

Which one is no choice of taste: of each side the scheme whose number of payments is the
median, the earlier one of equals. Payments of proceeds outside the typology's shape are
counted, not drawn. Only the audit may look at it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.schema import HOUR_US
from models.results.schemes import Arrow, DrawnSchemes, DrawnTypology, Node, Outline

SIDES = {"illicit": True, "look_alike": False}


def median_sized(schemes: pd.Series) -> int:
    """The scheme id in the middle of a Series of sizes by scheme id, the lower one of two."""
    order = np.lexsort((schemes.index.to_numpy(), schemes.to_numpy()))
    return int(schemes.index[order[(len(order) - 1) // 2]])


def layers(payer: np.ndarray, payee: np.ndarray) -> dict[int, int]:
    """The column in which each account stands, when payments (in order of time) are read one by one.

    Who pays without having been paid stands in column 0; who is paid for the first time
    stands one column right of the payer, and stays there.
    """
    column: dict[int, int] = {}
    for source, target in zip(payer.tolist(), payee.tolist(), strict=True):
        column.setdefault(source, 0)
        column.setdefault(target, column[source] + 1)
    return column


def outline(
    payments: pd.DataFrame,
    roles: dict[int, str],
    holders: pd.Series,
    own: set[int],
    sophistication: int,
    outside: int,
) -> Outline:
    """Members and payments of one scheme, nameless and timed from its first payment.

    Parameters
    ----------
    payments : in order of time: at, payer_account_id, payee_account_id, amount_cents
    roles : role of the members by account id; an account without one goes by its kind
    holders : kind of every account's holder, by account id
    own : the account ids that the bank keeps
    outside : payments of the scheme outside its typology's shape
    """
    payer, payee = (payments[f"{side}_account_id"].to_numpy() for side in ("payer", "payee"))
    column = layers(payer, payee)
    place = {account: number for number, account in enumerate(column)}
    hours = (payments["at"].astype("int64").to_numpy() - payments["at"].min().value // 1_000) / HOUR_US
    told = pd.DataFrame(
        {
            "payer": [place[account] for account in payer.tolist()],
            "payee": [place[account] for account in payee.tolist()],
            "yuan": payments["amount_cents"].to_numpy() / 100,
            "hours": hours,
        }
    )
    arrows = told.groupby(["payer", "payee"], sort=False).agg(
        payments=("yuan", "size"),
        least_yuan=("yuan", "min"),
        most_yuan=("yuan", "max"),
        first_hours=("hours", "min"),
        last_hours=("hours", "max"),
    )
    return Outline(
        sophistication=sophistication,
        outside_payments=outside,
        payments=len(told),
        yuan=round(float(told["yuan"].sum()), 2),
        hours=round(float(hours.max()), 2),
        nodes=[
            Node(
                role=roles.get(account, holders[account]),
                column=column[account],
                is_customer=account in own,
            )
            for account in column
        ],
        arrows=[Arrow(**row) for row in arrows.reset_index().round(2).to_dict("records")],
    )


def scheme_outlines(
    transactions: pd.DataFrame, truth: pd.DataFrame, schemes: pd.DataFrame, accounts: pd.DataFrame
) -> DrawnSchemes:
    """One row a typology: the median-sized scheme and the median-sized look-alike, None without any."""
    shape, outside = truth[truth["is_patterned"]], truth[~truth["is_patterned"]]
    sizes, beyond = (part.groupby("scheme_id").size() for part in (shape, outside))
    sides = schemes.drop_duplicates("scheme_id").set_index("scheme_id")
    sides = sides[sides.index.isin(sizes.index)]
    chosen = {
        (str(typology), side): median_sized(sizes.loc[mine.index])
        for typology, both in sides.groupby("typology")
        for side, is_illicit in SIDES.items()
        if len(mine := both[both["is_illicit"] == is_illicit])
    }
    mine = shape[shape["scheme_id"].isin(chosen.values())]
    told = mine.merge(transactions, on="transaction_id").sort_values(["at", "transaction_id"], kind="stable")
    holders = accounts.set_index("account_id")["holder"]
    own = set(accounts["account_id"][accounts["customer_id"].notna()].tolist())
    members = schemes[schemes["scheme_id"].isin(chosen.values())]
    found = {}
    for key, number in chosen.items():
        parts = members[members["scheme_id"] == number]
        roles = dict(zip(parts["account_id"].tolist(), parts["role"].tolist(), strict=True))
        found[key] = outline(
            told[told["scheme_id"] == number],
            roles,
            holders,
            own,
            int(sides.at[number, "sophistication"]),
            int(beyond.get(number, 0)),
        )
    return DrawnSchemes(
        typologies=[
            DrawnTypology(typology=typology, **{side: found.get((typology, side)) for side in SIDES})
            for typology in dict.fromkeys(name for name, _ in chosen)
        ]
    )
