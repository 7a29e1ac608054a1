"""Study audit_best_library: what the library would teach if the bank knew the figures of the world.

The library's schemes are drawn once more from the same seed, with the sums, pauses, strangers
and ordinary lives of the world itself: the best case, which no bank has. The same fixed model
learns from the bank's labels alone, with the library as it was written, and with this one.
The truth is read to judge.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

import pipeline
from data import plant, schema
from data.asof import moments_of
from data.asof.network import TrailLimits
from data.observe import Params as ObserveParams
from data.world import settings
from data.world.sketch import Sketch
from features import build, inject
from features.known import Known
from features.results import LibraryMade
from features.schema import LibraryExamples
from models import audit_injection, examples
from models.budget import Budget
from models.examples import OF_THE_LIBRARY, Learnt
from models.intervals import drawn, mean_by_group
from models.results.studies import BestLibraryStudy, LibraryWorth
from models.truth import fixed_trees, yardstick
from models.truth.illicit import MOMENT_COLUMNS
from models.truth.yardstick import Yardstick
from models.zoo import Examples, with_library
from parameters import Draws, Seed
from provenance import made_now, study_params

DATA = (
    "artifacts/features/feature_matrix.parquet",
    "artifacts/features/library_examples.parquet",
    "artifacts/models/split.parquet",
)
SECTIONS = ("audit_injection", "budget", "build", "inject", "learn", "observe", "plant", "simulate")
LABELS = {
    "none": ("the bank's labels alone", "仅银行标签"),
    "written": ("and the library as it was written", "加书面类型库"),
    "same_figures": (
        "and the same library with the world's own figures (best case)",
        "加参数与世界相同的类型库（最佳情形）",
    ),
}


class Params(pipeline.Parameters):
    """Section ``audit_best_library`` of studies/params.yaml."""

    seeds: tuple[Seed, ...]
    bootstrap_draws: Draws


def plain(sketch: Sketch) -> Sketch:
    """A sketch that changes nothing."""
    same = dict.fromkeys(("amounts", "pauses", "partners", "life_amounts", "life_payments"), (1.0, 1.0))
    return sketch.model_copy(update=same)


def of_size(table: pd.DataFrame, customers: int, seed: int) -> pd.DataFrame:
    """Library examples with whole schemes left out by lot, until no more ``customers`` are planted."""
    planted = table[table["label"] == 1]
    order = np.random.default_rng(seed).permutation(planted["scheme_id"].unique())
    kept = len(order)
    while planted.loc[planted["scheme_id"].isin(order[:kept]), "customer_id"].nunique() > customers:
        kept -= 1
    return table[((table["label"] == 0) | table["scheme_id"].isin(order[:kept])).to_numpy()]


def library_of(table: pd.DataFrame) -> Examples:
    """Rows of LibraryExamples to learn from."""
    mine = table.reset_index(drop=True)
    return examples.examples_of(mine, mine.drop(columns=list(OF_THE_LIBRARY)), None)


def compared(
    judge: Yardstick,
    libraries: dict[str, pd.DataFrame | None],
    described: np.ndarray,
    teaching: audit_injection.Params,
    params: Params,
) -> tuple[list[LibraryWorth], dict[str, np.ndarray]]:
    """What each library is worth, and who of the illicit customers of the test is caught with it.

    ``described`` marks those in schemes of typologies that the libraries have, shape (customers,).
    """
    catches = judge.catches["true"]
    weight = drawn(catches.groups, params.bootstrap_draws, params.seeds[0])
    caught: dict[str, np.ndarray] = {}
    for name, table in libraries.items():
        library = None if table is None else library_of(table)
        lesson = with_library(replace(judge.train, library=library), teaching.teaching.library_weight)
        data = fixed_trees.bins(lesson.features.to_numpy(), teaching.trees, params.seeds[0])
        found = []
        for seed in pipeline.progress(params.seeds, name, "fit"):
            booster = fixed_trees.fit_bins(data, lesson.label, lesson.weight, teaching.trees, seed)
            score = fixed_trees.margins(booster, judge.values)
            found.append(catches.caught(judge.watch.alerted(score, judge.budget)))
        caught[name] = np.mean(found, axis=0)
    rows = []
    for name, table in libraries.items():
        planted = None if table is None else table[table["label"] == 1]
        rows.append(
            LibraryWorth(
                library=name,
                label_en=LABELS[name][0],
                label_zh=LABELS[name][1],
                customers=0 if planted is None else planted["customer_id"].nunique(),
                schemes=0 if planted is None else planted["scheme_id"].nunique(),
                recall=catches.mean(caught[name], weight),
                gain=catches.mean(caught[name] - caught["none"], weight),
                described=mean_by_group(caught[name][described], catches.group[described], weight),
                undescribed=mean_by_group(caught[name][~described], catches.group[~described], weight),
            )
        )
    return rows, caught


def drawn_again(written: pd.DataFrame) -> pd.DataFrame:
    """Examples to learn from of the library bank with the world's figures, no more customers planted."""
    planting, injecting = pipeline.params("plant", plant.Params), pipeline.params("inject", inject.Params)
    told = planting.model_copy(update={"sketch": plain(planting.sketch)})
    best = plant.plant(
        pipeline.params("simulate", settings.Params), told, pipeline.params("observe", ObserveParams)
    )
    bank, inputs = best.bank, inject.read_inputs(injecting)
    known = Known(
        customers=bank.customers,
        accounts=bank.accounts,
        transactions=bank.transactions,
        tags=bank.profile_tags,
        weekly=best.weekly,
        devices=bank.devices,
        dispositions=schema.Dispositions.empty(),
    )
    inputs = replace(inputs, known=known, periods=bank.periods, moments=best.moments)
    building, trails = (
        pipeline.params("build", build.Params),
        pipeline.params("observe.trails", TrailLimits),
    )
    table, _ = inject.inject(inputs, injecting, building, trails)
    mine = table[~table["is_held_out"].to_numpy()]
    return of_size(mine, written.loc[written["label"] == 1, "customer_id"].nunique(), injecting.seed)


def main() -> None:
    """Write the study."""
    params = study_params("audit_best_library", Params)
    teaching = pipeline.params("audit_injection", audit_injection.Params)
    table = pipeline.read(LibraryExamples)
    written = table[~table["is_held_out"].to_numpy()]
    best = drawn_again(written)
    judge = yardstick.read_inputs(pipeline.params("budget", Budget), pipeline.params("learn", Learnt))
    planted = moments_of(
        pipeline.read(schema.Transactions, columns=MOMENT_COLUMNS),
        pipeline.read(schema.Accounts, columns=["account_id", "customer_id"]),
        pipeline.read(schema.Truth),
        pipeline.read(schema.Schemes),
    )
    starts_at = pipeline.read(schema.Periods).set_index("name").loc["test", "starts_at"]
    mine = planted[planted["is_illicit"] & (planted["at"] >= starts_at)]
    test = judge.subjects["customer_id"].to_numpy()[judge.watch.is_judged]
    has = [*pipeline.read_result(LibraryMade).learnt_schemes]
    described = np.isin(
        np.unique(test[judge.is_illicit]), mine.loc[mine["typology"].isin(has), "customer_id"]
    )
    libraries = {"none": None, "written": written, "same_figures": best}
    rows, caught = compared(judge, libraries, described, teaching, params)
    catches = judge.catches["true"]
    weight = drawn(catches.groups, params.bootstrap_draws, params.seeds[0])
    result = BestLibraryStudy(
        made_by=made_now(DATA, SECTIONS, "audit_best_library"),
        rows=rows,
        gap=catches.mean(caught["same_figures"] - caught["written"], weight),
    )
    pipeline.write_result(result)


if __name__ == "__main__":
    pipeline.run_stage("audit_best_library", main)
