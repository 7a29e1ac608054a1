"""How fast the payment network learns, beside the network that the project had before.

Run by hand from the repository's root: ``python -m benchmarks.gnn``; the result goes to
benchmarks/results/gnn.json. The sources of the earlier commit are unpacked beside, and both
networks are fitted to the same drawn graph in turn, each in a process of its own, with as many
subjects and moments: every subject of the graph (``all_subjects``), and as each project learns
from them (``as_learnt``): the earlier one from all, this one from an eighth. Payments are counted
at each party whose messages they are part of. A number after the
command (``python -m benchmarks.gnn 500``) makes the graph that many customers small and tries
all without writing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pipeline  # before torch: it says how threads wait

# isort: split
import numpy as np
import pandas as pd

from data.schema import CHANNELS, DAY_US, HOLDER_KINDS
from models.examples import Learnt
from models.zoo import MODELS, Examples, Graph, OthersAround
from models.zoo.gnn import GnnModel, GnnSettings

RESULT = Path("benchmarks/results/gnn.json")
EARLIER = "2d30258"  # the commit that this one is compared with
CUSTOMERS = 24_000
OUTSIDE_SHARE = 1.5  # parties outside the bank, by customer
PAYMENTS_SHARE = 8  # payments of a slice, by customer
FEATURES = 206
WEEKS, SLICE_DAYS = 3, 28
SKEW = 0.6  # exponent of the parties' weights by rank
EPOCHS, TURNS = 3, 3
LEARNING_RATE, DROPOUT = 0.005, 0.15

# Fits the earlier network on its own drawn graph, which is the same one; prints what an epoch took.
EARLIER_FIT = """
import pipeline, json, sys, time
from benchmarks.gnn import drawn, use_threads, PaymentNetwork, fit_network, score
from models.zoo.gnn.slices import Scale, Slicer
customers, hidden, layers, epochs, rate, dropout = json.loads(sys.argv[1])
examples = drawn(customers, 1)
parts = Slicer(Scale.of(examples.features))(examples)
use_threads(2, 1)
network = PaymentNetwork(parts[0].features.shape[1], hidden, layers, dropout)
fit = lambda count: fit_network(network, parts, examples.label, examples.weight, count, rate, 1)
fit(1)
wall, cpu = time.perf_counter(), time.process_time()
fit(epochs)
spent = [(time.perf_counter() - wall) / epochs, (time.process_time() - cpu) / epochs]
print(json.dumps(spent + [sum(len(part.payments.other) for part in parts)]))
"""


def drawn(customers: int, seed: int) -> Examples:
    """Subjects of some weeks and a payment graph whose parties' weights fall with their rank."""
    rng = np.random.default_rng(seed)
    nodes = customers + round(OUTSIDE_SHARE * customers)
    weight = np.arange(1, nodes + 1) ** -SKEW
    steps = np.cumsum(weight / weight.sum())
    payments = round(PAYMENTS_SHARE * customers * (SLICE_DAYS + 7 * WEEKS) / SLICE_DAYS)
    ends = [rng.permutation(nodes)[np.searchsorted(steps, rng.random(payments)) % nodes] for _ in range(2)]
    inside = (ends[0] < customers) | (ends[1] < customers)
    payer, payee = (end[inside & (ends[0] != ends[1])] for end in ends)
    at = np.sort(rng.integers(0, (SLICE_DAYS + 7 * WEEKS) * DAY_US, len(payer)))
    edges = pd.DataFrame(
        {
            "at": pd.to_datetime(at, unit="us", utc=True),
            "payer_node": payer,
            "payee_node": payee,
            "log_amount": np.abs(rng.normal(6, 2, len(payer))).astype(np.float32),
            "channel": rng.integers(0, len(CHANNELS), len(payer)).astype(np.uint8),
            "hour": rng.integers(0, 24, len(payer)).astype(np.uint8),
        }
    )
    holder = rng.integers(0, len(HOLDER_KINDS), nodes).astype(np.uint8)
    customer_id = pd.array(np.arange(nodes), dtype="Int64")
    customer_id[customers:] = pd.NA
    moments = SLICE_DAYS * DAY_US + 7 * DAY_US * np.arange(1, WEEKS + 1)
    as_of = pd.to_datetime(moments, unit="us", utc=True)
    bounds = [np.searchsorted(at, moments - days * DAY_US) for days in (SLICE_DAYS, 0)]
    graph = Graph(
        pd.DataFrame({"node": np.arange(nodes), "customer_id": customer_id, "holder": holder}),
        edges,
        pd.DataFrame({"as_of": as_of, "first_edge": bounds[0], "end_edge": bounds[1]}),
    )
    size = customers * WEEKS
    features = rng.normal(size=(FEATURES, size)).astype(np.float32)
    # Who is suspicious pays with partners, so that there is something to learn in the graph.
    told = features[0] + np.tile(np.bincount(payer, minlength=nodes)[:customers] > 40, WEEKS)
    return Examples(
        features=pd.DataFrame(features.T, columns=[f"feature_{k}" for k in range(FEATURES)]),
        customer_id=np.tile(np.arange(customers), WEEKS),
        as_of=pd.Series(as_of.repeat(customers)),
        label=(told > np.quantile(told, 0.99)).astype(float),
        weight=np.ones(size),
        graph=graph,
    )


def thinned(examples: Examples) -> Examples:
    """An eighth of the subjects, the suspicious among them, with all others around."""
    share = pipeline.params("learn", Learnt).unsuspected_share
    chance = np.random.default_rng(1).random(len(examples.label))
    is_mine = (examples.label > 0) | (chance < share)
    parts = [
        OthersAround(
            examples.features[mask], examples.customer_id[mask], examples.as_of[mask].reset_index(drop=True)
        )
        for mask in (is_mine, ~is_mine)
    ]
    return replace(
        examples,
        features=parts[0].features,
        customer_id=parts[0].customer_id,
        as_of=parts[0].as_of,
        label=examples.label[is_mine],
        weight=examples.weight[is_mine],
        around=parts[1],
    )


def earlier_epoch(folder: Path, customers: int, settings: GnnSettings) -> list[float]:
    """Seconds and processor seconds of an epoch of the earlier network, and its messages."""
    told = json.dumps([customers, settings.hidden, 2, EPOCHS, LEARNING_RATE, DROPOUT])
    environment = os.environ | {"PYTHONPATH": str(folder)}
    command = [sys.executable, "-c", EARLIER_FIT, told]
    done = subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def epoch(examples: Examples, settings: GnnSettings) -> list[float]:
    """Seconds and processor seconds of an epoch of this network, and the payments that its ties stand for."""
    plain = settings.model_copy(update={"members": 1, "foretelling_epochs": 0, "epochs": 1})
    model = MODELS["gnn"]
    assert isinstance(model, GnnModel)
    learner = model.learner(examples, plain, 1)
    choice = {"learning_rate": LEARNING_RATE, "dropout": DROPOUT, "positive_weight": 1.0}
    learner.fit(choice)
    longer = replace(learner, settings=plain.model_copy(update={"epochs": EPOCHS}))
    wall, cpu = time.perf_counter(), time.process_time()
    longer.fit(choice)
    spent = [(time.perf_counter() - wall) / EPOCHS, (time.process_time() - cpu) / EPOCHS]
    ties = learner.shown.ties
    counts = np.expm1(2 * ties.said[:, [1, 6]].astype(np.float64)).sum(axis=1)  # see partners
    return [*spent, float(counts[ties.place].sum())]


def main() -> None:
    """Measure, print and write."""
    customers = int(sys.argv[1]) if len(sys.argv) > 1 else CUSTOMERS
    settings = pipeline.params("models.gnn", GnnSettings)
    examples = drawn(customers, 1)
    rows: dict[str, list[list[float]]] = {"earlier": [], "all_subjects": [], "as_learnt": []}
    with tempfile.TemporaryDirectory(prefix="aml-gnn-") as folder:
        archive = subprocess.run(["git", "archive", EARLIER], check=True, capture_output=True).stdout
        subprocess.run(["tar", "-x", "-C", folder], input=archive, check=True)
        for _ in range(TURNS):
            rows["earlier"].append(earlier_epoch(Path(folder), customers, settings))
            rows["all_subjects"].append(epoch(examples, settings))
            rows["as_learnt"].append(epoch(thinned(examples), settings))
    medians = {name: np.median(found, axis=0).tolist() for name, found in rows.items()}
    result: dict[str, Any] = {
        "earlier_commit": EARLIER,
        "subjects": len(examples.label),
        "hidden": settings.hidden,
        **{
            name: {
                "cpu_seconds_an_epoch": round(cpu, 3),
                "seconds_an_epoch": round(wall, 3),
                "epochs_an_hour": round(3_600 / wall),
                "payments_an_epoch": round(payments),
                "payments_per_second": round(payments / wall),
            }
            for name, (wall, cpu, payments) in medians.items()
        },
        "epochs_an_hour_over_earlier": {
            name: round(medians["earlier"][0] / medians[name][0], 2) for name in ("all_subjects", "as_learnt")
        },
    }
    print(json.dumps(result, indent=2))
    if customers == CUSTOMERS:
        RESULT.parent.mkdir(parents=True, exist_ok=True)
        RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
