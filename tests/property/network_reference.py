"""The network kernels' definitions written down once more: slow, obvious, over lists and sets.

A payment is (payer, payee, at, cents). Nothing here is shared with the kernels.
"""

from __future__ import annotations

from itertools import count
from typing import Any, NamedTuple


class Payment(NamedTuple):
    payer: int
    payee: int
    at: int
    cents: int


def in_order(payments: list[Payment]) -> list[Payment]:
    kept = [p for p in payments if p.payer != p.payee]
    return sorted(kept, key=lambda p: (p.at, p.payer, p.payee, p.cents))


def degrees(payments: list[Payment], node: int, as_of: int, window: int, memory: int) -> dict[str, int]:
    """What the sweep counts of a party over ``[as_of - window, as_of)``."""
    past = [p for p in payments if p.at < as_of]
    now = [p for p in past if p.at >= as_of - window]
    paid = [p for p in now if p.payer == node]
    received = [p for p in now if p.payee == node]
    payees, payers = {p.payee for p in paid}, {p.payer for p in received}

    def is_new(payer: int, payee: int) -> bool:
        """Whether a payment of the window comes after nothing, or after a long silence."""
        moments = [p.at for p in past if (p.payer, p.payee) == (payer, payee)]
        return any(
            at >= as_of - window and not any(at - memory <= other < at for other in moments) for at in moments
        )

    return {
        "paid_count": len(paid),
        "received_count": len(received),
        "out_degree": len(payees),
        "in_degree": len(payers),
        "new_out_degree": sum(is_new(node, payee) for payee in payees),
        "new_in_degree": sum(is_new(payer, node) for payer in payers),
        "repeated_out_degree": sum(sum(p.payee == payee for p in paid) > 1 for payee in payees),
        "repeated_in_degree": sum(sum(p.payer == payer for p in received) > 1 for payer in payers),
        "mutual_degree": len(payees & payers),
    }


def ports_ever(payments: list[Payment], node: int, as_of: int) -> tuple[int, int]:
    past = [p for p in payments if p.at < as_of]
    return len({p.payee for p in past if p.payer == node}), len({p.payer for p in past if p.payee == node})


def ports(payments: list[Payment], e: int) -> tuple[int, int]:
    """The payee's number among its payer's payees by first payment, the payer's likewise."""
    payment = payments[e]
    same = [p.at for p in payments if p[:2] == payment[:2] and p.at < payment.at]
    moment = min(same, default=payment.at)
    payees, payers = ports_ever(payments, payment.payer, moment), ports_ever(payments, payment.payee, moment)
    return payees[0] + 1, payers[1] + 1


def latest_arrivals(payments: list[Payment], node: int, before: int, most: int) -> list[int]:
    arrived = [e for e, p in enumerate(payments) if p.payee == node and p.at < before]
    return arrived[::-1][:most]


def continued(payments: list[Payment], e: int, hop: int, kept: tuple[float, float], most: int) -> list[int]:
    """Payments that ``e`` may carry on, latest first."""
    return [
        f
        for f in latest_arrivals(payments, payments[e].payer, payments[e].at, most)
        if payments[f].at >= payments[e].at - hop
        and kept[0] * payments[f].cents <= payments[e].cents <= kept[1] * payments[f].cents
    ]


def paths(payments: list[Payment], e: int, hops: int, *rest) -> list[list[int]]:
    """Every chain of exactly ``hops`` payments that ends in ``e``, going back in time."""
    if hops == 1:
        return [[e]]
    found = []
    for f in continued(payments, e, *rest):
        if payments[f].payer != payments[e].payee:
            found += [[*path, e] for path in paths(payments, f, hops - 1, *rest)]
    return found


def passed_on_at(payments: list[Payment], e: int, hops: int, *rest) -> int | None:
    """When a chain of ``hops`` further payments from ``e`` was complete for the first time."""
    done = [
        payments[last].at
        for last in range(len(payments))
        for path in paths(payments, last, hops + 1, *rest)
        if path[0] == e
    ]
    return min(done, default=None)


def cycles(payments: list[Payment], e: int, within: int, most_hops: int, *rest) -> list[list[int]]:
    """Every cycle of different parties that ``e`` closes, as its payments."""
    home, found = payments[e].payee, []

    def back(path: list[int]) -> None:
        for f in continued(payments, path[0], *rest):
            if payments[f].at < payments[e].at - within:
                continue
            met = {payments[k].payer for k in path}
            if payments[f].payer == home:
                found.append([f, *path])
            elif payments[f].payer not in met and len(path) + 1 < most_hops:
                back([f, *path])

    back([e])
    return found


def scatter_gather(payments: list[Payment], e: int, within: int, most: int) -> dict[int, int]:
    """Middle parties by source, for the payee of ``e``."""
    middle, target, since = payments[e].payer, payments[e].payee, payments[e].at - within

    def fed_by(f: int) -> set[int]:
        arrived = latest_arrivals(payments, payments[f].payer, payments[f].at, most)
        return {payments[g].payer for g in arrived if payments[g].at >= since}

    sources = fed_by(e) - {target}
    joined = [f for f in latest_arrivals(payments, target, payments[e].at, most) if payments[f].at >= since]
    # Of a middle's payments the latest is looked at: the earlier ones know no more.
    latest = {payments[f].payer: f for f in reversed(joined)} | {middle: e}
    return {s: sum(s in fed_by(f) for f in latest.values()) for s in sources}


def gather_scatter(payments: list[Payment], e: int, within: int, least: int) -> tuple[int, int]:
    payment = payments[e]

    def gathered(f: int) -> int:
        p = payments[f]
        return len({q.payer for q in payments if q.payee == p.payer and p.at - within <= q.at < p.at})

    if gathered(e) < least:
        return gathered(e), 0
    fed = {
        p.payee
        for f, p in enumerate(payments)
        if p.payer == payment.payer and payment.at - within <= p.at < payment.at and gathered(f) >= least
    }
    return gathered(e), len(fed | {payment.payee})


def distances(links: list[tuple[int, int]], sources: set[int], nodes: int, most: int) -> list[int | None]:
    """Steps from each node to the nearest source other than itself, over undirected links."""
    found: list[int | None] = []
    for node in range(nodes):
        seen, front = {node}, {node}
        answer = None
        for step in count(1):
            if step > most or not front:
                break
            front = {b if a in front else a for a, b in links if (a in front) != (b in front)} - seen
            seen |= front
            if front & sources:
                answer = step
                break
        found.append(answer)
    return found


def roles(
    payments: list[Payment],
    told: dict[str, list[Any]],
    rings: list[tuple[int, int, int]],
    node: int,
    as_of: int,
    window: int,
    link: int,
) -> list[float | None]:
    """What a party's own payments of the window show; None for a share of nothing.

    ``told`` is what each payment completes, ``rings`` are (payment, party on its cycle, hops).
    """
    now = [e for e, p in enumerate(payments) if as_of - window <= p.at < as_of]
    received = [e for e in now if payments[e].payee == node]
    paid = [e for e in now if payments[e].payer == node]
    own = received + paid
    sourced = [e for e in now if told["count"][e] > 0 and told["source"][e] == node]
    closed = [(e, hops) for e, party, hops in rings if party == node and e in now]
    cents = sum(payments[e].cents for e in received)

    def moved_share(hop: int) -> float | None:
        moved = sum(payments[e].cents for e in received if told["passed_on"][e][hop] < as_of)
        return moved / cents if received else None

    return [
        *(moved_share(hop) for hop in range(3)),
        max((told["chain"][e] for e in own), default=0),
        sum(told["chain"][e] >= link for e in own),
        len(closed),
        max((hops for _, hops in closed), default=0),
        max((told["kept"][e] for e, _ in closed), default=0),
        max((told["middles"][e] for e in own + sourced), default=0),
        sum(told["count"][e] > 0 for e in own) + len(sourced),
        max((told["scatter"][e] for e in paid), default=0),
        sum(told["scatter"][e] > 0 for e in paid),
    ]
