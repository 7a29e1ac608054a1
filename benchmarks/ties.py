"""What it costs that payments of one moment cannot follow each other, on day-dated data.

Run by hand from the repository's root: ``python -m benchmarks.ties FOLDER`` with a folder that
the reader ``amlsim_paper`` reads; the result goes to benchmarks/results/ties.json, which
docs/sources.md shows.

A payment continues only what came strictly before it. Where a file knows days only, money
that is received and sent on one day breaks a trail. Each alert is a ledger of its own, read
three times: the ties of a day together, as the reader has them; one after the other in the
order of the file (``ties: in_order_of_file``); and one after the other in an order drawn by
lot, which says how much of the second is order and how much mere succession. Never does a
payment see itself or what follows it. An alert is recognised as in ``benchmarks.patterns``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import pipeline
from benchmarks.patterns import CRITERIA, Attempt, is_ring_in_order, open_limits, recognised
from data.sources import READERS, SourceLimits, SourceParams, Terms, gather
from data.sources.clock import in_order_of_file

SOURCE = "amlsim_paper"
RESULT = Path("benchmarks/results/ties.json")
WINDOW_DAYS = 60  # alerts last up to 59 days
LOTS = 20  # orders drawn by lot


def payments_of(folder: Path, ties: str) -> pd.DataFrame:
    """The payments of all alerts: (typology, scheme_id, payer, payee, at, cents), by time."""
    params = pipeline.params(f"sources.{SOURCE}", SourceParams).model_copy(update={"ties": ties})
    terms = Terms(SOURCE, params, pipeline.params("source_limits", SourceLimits))
    world = gather(READERS[SOURCE](folder, terms))
    typology = world.schemes.drop_duplicates("scheme_id").set_index("scheme_id")["typology"]
    rows = world.truth.merge(world.transactions, on="transaction_id").sort_values(
        "transaction_id", kind="stable"
    )
    return pd.DataFrame(
        {
            "typology": rows["scheme_id"].map(typology).str.upper().str.replace("_", "-"),
            "scheme_id": rows["scheme_id"],
            "payer": rows["payer_account_id"],
            "payee": rows["payee_account_id"],
            "at": rows["at"],
            "cents": rows["amount_cents"],
        }
    ).reset_index(drop=True)


def by_lot(payments: pd.DataFrame, seed: int, terms: Terms) -> pd.DataFrame:
    """Payments of one moment one after the other, in an order drawn by lot."""
    drawn = payments.iloc[np.random.default_rng(seed).permutation(len(payments))]
    at_us = in_order_of_file(drawn["at"].astype("int64").to_numpy(), "by lot", terms)
    return drawn.assign(at=pd.DatetimeIndex(at_us.astype("datetime64[us]"), tz="UTC"))


def attempts_of(payments: pd.DataFrame) -> list[Attempt]:
    """Alerts as the patterns benchmark takes them."""
    columns = ["payer", "payee", "at", "cents"]
    return [
        Attempt(kind, list(part[columns].itertuples(index=False, name=None)))
        for (_, kind), part in payments.groupby(["scheme_id", "typology"], sort=True)
    ]


def has_tied_hop(attempt: Attempt) -> bool:
    """Whether a party is paid and pays on at one moment."""
    return any(
        one[1] == other[0] and one[2] == other[2] for one in attempt.payments for other in attempt.payments
    )


def counts(payments: pd.DataFrame, limits: Any) -> dict[str, int]:
    """Recognised alerts by typology."""
    attempts = attempts_of(payments)
    met = recognised(attempts, limits, is_apart=True)
    kinds = pd.Series([attempt.kind for attempt in attempts])
    own = pd.Series([met.loc[number, kind] for number, kind in kinds.items()])
    return {kind: int(count) for kind, count in own.groupby(kinds).sum().items()}


def main() -> None:
    """Read, measure, print and write."""
    folder = Path(pipeline.argument("folder of amlsim_paper"))
    limits = open_limits(WINDOW_DAYS)
    terms = Terms(
        SOURCE,
        pipeline.params(f"sources.{SOURCE}", SourceParams),
        pipeline.params("source_limits", SourceLimits),
    )
    together = payments_of(folder, "together")
    attempts = attempts_of(together)
    in_order = payments_of(folder, "in_order_of_file")
    readings = {"together": counts(together, limits), "in_order_of_file": counts(in_order, limits)}
    lots = [counts(by_lot(together, seed, terms), limits) for seed in range(LOTS)]
    result = {
        kind: {
            "criterion": CRITERIA[kind][0],
            "alerts": sum(attempt.kind == kind for attempt in attempts),
            "with_a_tied_hop": sum(attempt.kind == kind and has_tied_hop(attempt) for attempt in attempts),
            **{f"recognised_{reading}": found[kind] for reading, found in readings.items()},
            "recognised_by_lot_mean": round(float(np.mean([found[kind] for found in lots])), 1),
        }
        for kind in sorted({attempt.kind for attempt in attempts})
    }
    result["CYCLE"]["rings_in_order_of_time"] = sum(
        attempt.kind == "CYCLE" and is_ring_in_order(attempt) for attempt in attempts_of(in_order)
    )
    print(json.dumps(result, indent=2))
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
