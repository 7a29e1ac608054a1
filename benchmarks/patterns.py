"""Which of AMLworld's laundering attempts the network features recognise, by declared type.

Run by hand from the repository's root: ``python -m benchmarks.patterns FOLDER`` with the
folder that holds ``HI-Small_Patterns.txt`` and ``LI-Small_Patterns.txt`` (Altman et al.
2023, CDLA-Sharing-1.0); the result goes to benchmarks/results/amlworld_patterns.json, which
the README shows.

An attempt is recognised if at least one of its payments meets the criterion of its declared
type in `features.network.transaction_features`, each payment told from strictly earlier
ones: first as a ledger of its own, so that nothing is recognised by accident, then among all
attempts of the file in one ledger, whose parties take part in several. What else meets a
criterion is counted as well: one that everything met would recognise nothing. The files
hold laundering payments only, so this says which shapes the kernels see, not how well they
detect.
Amounts are in many currencies, so the share of value that a hop keeps is left open.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import pipeline
from data.asof.network import TrailLimits
from data.sources.amlworld import TIME_FORMAT, read_attempts
from features.build import Params
from features.network import Limits, transaction_features

FILES = {"HI-Small": "HI-Small_Patterns.txt", "LI-Small": "LI-Small_Patterns.txt"}
RESULT = Path("benchmarks/results/amlworld_patterns.json")
WINDOW_DAYS = 10  # attempts last up to 8.4 days


@dataclass(frozen=True)
class Attempt:
    """One laundering attempt: its declared type and payments (payer, payee, moment, cents)."""

    kind: str
    payments: list[tuple[str, str, datetime, int]]


def attempts_of(path: Path) -> list[Attempt]:
    """Attempts of a pattern file."""
    rows = read_attempts(path)
    rows["payer"] = rows["From Bank"] + "/" + rows["Account"]
    rows["payee"] = rows["To Bank"] + "/" + rows["Account.1"]
    rows["at"] = pd.to_datetime(rows["Timestamp"], format=TIME_FORMAT)
    rows["cents"] = (rows["Amount Received"].astype(float) * 100).round().clip(lower=1).astype(int)
    return [
        Attempt(kind, list(zip(part["payer"], part["payee"], part["at"], part["cents"], strict=True)))
        for (_, kind), part in rows.groupby(["attempt", "typology"], sort=True)
    ]


# Declared type: (the criterion in words, the criterion on the features of one payment).
CRITERIA: dict[str, tuple[str, Callable[[pd.DataFrame], pd.Series]]] = {
    "FAN-OUT": ("the payer's second or later payee", lambda f: f["out_port"] >= 2),
    "FAN-IN": ("the payee's second or later payer", lambda f: f["in_port"] >= 2),
    "CYCLE": ("closes a cycle of 2 to 10 payments", lambda f: f["cycle_count"] >= 1),
    "SCATTER-GATHER": (
        "one source reached the payee through 2 or more parties",
        lambda f: f["scatter_gather_middles"] >= 2,
    ),
    "GATHER-SCATTER": (
        "the payer gathered from 2 or more and then paid 2 or more",
        lambda f: (f["gather_degree"] >= 2) & (f["scatter_degree"] >= 2),
    ),
    "STACK": ("passes on money that its payer had received", lambda f: f["chain_hops"] >= 2),
    "RANDOM": ("passes on money that its payer had received", lambda f: f["chain_hops"] >= 2),
    "BIPARTITE": (
        "the payer's second or later payee and the payee's second or later payer",
        lambda f: (f["out_port"] >= 2) & (f["in_port"] >= 2),
    ),
}


def _fan(attempt: Attempt, end: int) -> int:
    """Most parties at the other side of one payer (0) or payee (1)."""
    others = defaultdict(set)
    for payment in attempt.payments:
        if payment[0] != payment[1]:
            others[payment[end]].add(payment[1 - end])
    return max(map(len, others.values()), default=0)


def _is_relay(attempt: Attempt) -> bool:
    """Whether somebody pays after having been paid."""
    return any(
        one[1] == other[0] and one[0] != other[1] and one[2] < other[2]
        for one in attempt.payments
        for other in attempt.payments
    )


def _middles_in_order(attempt: Attempt) -> int:
    """Most parties through which one source reached one target, each in order of time."""
    reached = defaultdict(set)
    for one in attempt.payments:
        for other in attempt.payments:
            if one[1] == other[0] and one[2] < other[2] and one[0] != other[1]:
                reached[one[0], other[1]].add(one[1])
    return max(map(len, reached.values()), default=0)


def _scattered_in_order(attempt: Attempt) -> int:
    """Most payees of a party, each paid after two others had paid it."""
    paid = defaultdict(set)
    for one in attempt.payments:
        before = {p[0] for p in attempt.payments if p[1] == one[0] and p[2] < one[2] and p[0] != p[1]}
        if len(before) >= 2 and one[0] != one[1]:
            paid[one[0]].add(one[1])
    return max(map(len, paid.values()), default=0)


def is_ring_in_order(attempt: Attempt) -> bool:
    """Whether the payments, in order of time and no two at once, lead round to the first payer."""
    payments = sorted(attempt.payments, key=lambda payment: payment[2])
    steps = all(one[1] == other[0] and one[2] < other[2] for one, other in pairwise(payments))
    return steps and payments[-1][1] == payments[0][0]


def why_missed(attempt: Attempt) -> str:
    """What the attempt as it stands in the file lacks of its declared type."""
    size, kind = len(attempt.payments), attempt.kind
    if kind == "BIPARTITE" and _fan(attempt, 0) < 2 and _fan(attempt, 1) < 2:
        return "its payments share no party"
    if size == 1:
        return "a single payment"
    if kind == "CYCLE" and size > 10:
        return "a cycle of more than 10 payments"
    if kind == "CYCLE" and not is_ring_in_order(attempt):
        return "payments not in order of time"
    if kind == "FAN-OUT" and _fan(attempt, 0) < 2:
        return "one payee"
    if kind == "FAN-IN" and _fan(attempt, 1) < 2:
        return "one payer"
    if kind == "SCATTER-GATHER" and _fan(attempt, 1) < 2:
        return "one middle party"
    if kind == "SCATTER-GATHER" and _middles_in_order(attempt) < 2:
        return "fewer than 2 middle parties in order of time"
    if kind == "GATHER-SCATTER" and min(_fan(attempt, 0), _fan(attempt, 1)) < 2:
        return "fewer than 2 payers or 2 payees"
    if kind == "GATHER-SCATTER" and _scattered_in_order(attempt) < 2:
        return "fewer than 2 payees after 2 payers"
    if kind in ("STACK", "RANDOM") and not _is_relay(attempt):
        return "nobody pays after having been paid"
    return "not explained"


def open_limits(days: int = WINDOW_DAYS) -> tuple[Limits, TrailLimits]:
    """The parameters with any share of the value kept, and windows of ``days``, as long as an attempt."""
    limits = pipeline.params("build", Params).network
    trails = pipeline.params("observe.trails", TrailLimits)
    any_value = {"kept": (0.0, float("inf")), "hop_hours": days * 24, "cycle_days": days}
    return (
        limits.model_copy(update={"fan_days": days, "fan_least": 2}),
        trails.model_copy(update=any_value),
    )


def recognised(attempts: list[Attempt], limits: tuple[Limits, TrailLimits], is_apart: bool) -> pd.DataFrame:
    """Which criteria each attempt meets, one row an attempt, one column a type.

    ``is_apart`` gives every attempt parties of its own.
    """
    rows = [
        (number, *(f"{number if is_apart else ''}/{party}" for party in ends), *rest)
        for number, attempt in enumerate(attempts)
        for *ends, rest in [(*payment[:2], payment[2:]) for payment in attempt.payments]
    ]
    number, payer, payee, moment, cents = zip(*rows, strict=True)
    parties, ends = np.unique([*payer, *payee], return_inverse=True)
    at = pd.DatetimeIndex(moment).as_unit("us").asi8
    count = len(rows)
    features = transaction_features(ends[:count], ends[count:], at, np.array(cents), len(parties), *limits)
    met = pd.DataFrame({kind: meets(features) for kind, (_, meets) in CRITERIA.items()})
    return met.groupby(np.array(number)).any()


def measured(attempts: list[Attempt], limits: tuple[Limits, TrailLimits]) -> dict[str, Any]:
    """By declared type: attempts, recognised, the misses by reason, and other types that meet it."""
    apart, together = (recognised(attempts, limits, is_apart) for is_apart in (True, False))
    kinds = np.array([attempt.kind for attempt in attempts])
    result: dict[str, Any] = {}
    for kind, (words, _) in CRITERIA.items():
        mine = kinds == kind
        hit = apart[kind].to_numpy()
        misses = [why_missed(attempts[place]) for place in np.flatnonzero(mine & ~hit)]
        result[kind] = {
            "criterion": words,
            "attempts": int(mine.sum()),
            "recognised": int((mine & hit).sum()),
            "recognised_in_one_ledger": int((mine & together[kind].to_numpy()).sum()),
            "missed": dict(sorted(Counter(misses).items())),
            "others": int((~mine).sum()),
            "others_that_meet_it": int((~mine & hit).sum()),
        }
    return result


def main() -> None:
    """Read, measure, print and write."""
    folder = Path(pipeline.argument("folder of AMLworld's pattern files"))
    limits = open_limits()
    result = {name: measured(attempts_of(folder / file), limits) for name, file in FILES.items()}
    print(json.dumps(result, indent=2))
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
