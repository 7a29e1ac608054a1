"""Stage attribute: what moved the scores of trees, line and graph, and whether one may believe it.

Nothing here knows the truth; what the stage writes is judged by it in `audit_explanations`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from pydantic import Field

import pipeline
from data import schema as data_schema
from explain import schema
from explain.attribution_checks import against_chance, rank_correlation, top_overlap, with_noise
from explain.explainers import Asked, Explainer, Families, RandomExplainer, TreeExplainer
from explain.parties import NOBODY_RANKED, Ranked, ranked, rankings_by_money
from explain.results import AttributionChecks, CheckOutcome, StackPart
from features import schema as features_schema
from models import schema as models_schema
from models.examples import of_role
from models.examples import read_inputs as read_examples
from models.intervals import drawn, mean_by_group
from models.results.stack import Stack
from models.schema import STACK
from models.zoo import GRAPH, LINES, MODELS, Examples
from parameters import Count, Draws, Part, Seed

LINE_MODEL, GRAPH_MODEL = "sequence", "gnn"
RANDOM = "random"  # the planted bad explainer
UNTRAINED = "gnn_untrained"


class Thresholds(pipeline.Parameters):
    """What every check must reach, or must not exceed, stated before anything was measured."""

    additivity_gap: float = Field(gt=0)
    above_chance: float
    rank_correlation: float = Field(ge=-1, le=1)
    top_overlap: float = Field(ge=0, le=1)
    untrained_rank_correlation: float = Field(ge=-1, le=1)


class Params(pipeline.Parameters):
    """Section ``attribute`` of params.yaml."""

    alerts: Count
    background: Count
    reference_rows: Count
    pairs: Count
    steps: Count
    orders: Count
    noise: Part
    parties: Count
    bootstrap_draws: Draws
    thresholds: Thresholds
    seed: Seed


@dataclass(frozen=True)
class AttributeInputs:
    """Subjects with all that models read of them, and who of them is explained.

    ``subjects`` are rows of Split, ``examples`` theirs; ``of_ranker`` holds rows of them by
    ranker, ``ordinary`` those of the background, ``parties_of`` those whose parties are ranked.
    ``places`` are the stack's alerts with the places that its parts give them.
    """

    explained: str
    flow_edges: int
    subjects: pd.DataFrame
    examples: Examples
    kind: np.ndarray
    family: list[str]
    of_ranker: dict[str, np.ndarray]
    ordinary: np.ndarray
    parties_of: np.ndarray
    fitted: dict[str, Any]
    stack: Stack
    places: pd.DataFrame


def some_of(rows: pd.DataFrame, most: int, seed: int) -> pd.DataFrame:
    """At most so many rows, drawn, in their order."""
    if len(rows) <= most:
        return rows
    chosen = np.random.default_rng(seed).permutation(len(rows))[:most]
    return rows.iloc[np.sort(chosen)]


def stack_places(
    scores: pd.DataFrame, test: pd.DataFrame, parts: list[str], alerts: pd.DataFrame
) -> pd.DataFrame:
    """Score of the stack and place by part of its alerts: how far up in the week, as the stack has it.

    ``scores`` are rows of Scores of the test, ``test`` those of Split.
    """
    week = test.set_index("subject_id")["as_of"]
    by_ranker = {name: mine.set_index("subject_id")["score"] for name, mine in scores.groupby("ranker")}
    found = {STACK: by_ranker[STACK].loc[alerts["subject_id"]].to_numpy()}
    for part in parts:
        score = by_ranker[part]
        mine = score.groupby(week.loc[score.index].to_numpy())
        place = np.log(mine.transform("size") / mine.rank(ascending=False))
        found[part] = place.loc[alerts["subject_id"]].to_numpy()
    return pd.DataFrame(found)


def read_inputs(params: Params) -> AttributeInputs:
    """Read the subjects with features, lines and graph, and the fitted models."""
    settings = pipeline.param("explain")
    split = pipeline.read(models_schema.Split)
    test = of_role(split, "test")
    alerts = pipeline.read(models_schema.ModelAlerts)
    explained = str(settings["model"])
    of_ranker = {
        name: alerts[alerts["ranker"] == name] for name in (explained, LINE_MODEL, GRAPH_MODEL, STACK)
    }
    asked = {name: some_of(mine, params.alerts, params.seed) for name, mine in of_ranker.items()}
    parties_of = of_ranker[GRAPH_MODEL].sort_values(["as_of", "rank"]).drop_duplicates("customer_id")
    ordinary = some_of(test, params.background, params.seed)
    everyone = [
        *(mine["subject_id"] for mine in asked.values()),
        ordinary["subject_id"],
        parties_of["subject_id"],
    ]
    subjects = test[test["subject_id"].isin(np.concatenate(everyone))].reset_index(drop=True)
    (examples,) = read_examples([subjects], frozenset({GRAPH, LINES}), training=of_role(split, "train"))

    def rows(mine: pd.DataFrame) -> np.ndarray:
        return np.searchsorted(subjects["subject_id"].to_numpy(), np.sort(mine["subject_id"].to_numpy()))

    catalogue = pipeline.read(features_schema.FeatureCatalogue, columns=["feature", "family"])
    kinds = pipeline.read(data_schema.Customers, columns=["customer_id", "kind"]).set_index("customer_id")[
        "kind"
    ]
    stack = pipeline.read_result(Stack)
    parts = [] if stack.fitted is None else list(stack.fitted.weights)
    read = {*parts, STACK}
    pages = [page[page["ranker"].isin(read)] for page in pipeline.pages(models_schema.Scores)]
    scores = pd.concat(pages, ignore_index=True)
    return AttributeInputs(
        explained=explained,
        flow_edges=int(settings["flow_edges"]),
        subjects=subjects,
        examples=examples,
        kind=kinds.loc[subjects["customer_id"]].to_numpy(),
        family=catalogue.set_index("feature")["family"].loc[list(examples.features)].tolist(),
        of_ranker={name: rows(mine) for name, mine in asked.items() if name != STACK},
        ordinary=rows(ordinary),
        parties_of=rows(parties_of),
        fitted={
            name: MODELS.lookup(name, "params.yaml: explain.model").load(
                pipeline.existing("models", MODELS[name].file)
            )
            for name in dict.fromkeys((explained, LINE_MODEL, GRAPH_MODEL))
        },
        stack=stack,
        places=stack_places(
            scores[scores["subject_id"].isin(test["subject_id"])], test, parts, of_ranker[STACK]
        ),
    )


def rows_of(examples: Examples, rows: np.ndarray) -> Examples:
    """Some of the examples; the graph and who stands around stay."""
    lines = examples.lines
    return replace(
        examples,
        features=examples.features.iloc[rows].reset_index(drop=True),
        customer_id=examples.customer_id[rows],
        as_of=examples.as_of.iloc[rows].reset_index(drop=True),
        label=examples.label[rows],
        weight=examples.weight[rows],
        lines=None
        if lines is None
        else replace(lines, opens=lines.opens[rows], first=lines.first[rows], end=lines.end[rows]),
    )


def medians_by(kind: np.ndarray, values: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Median of every column among rows of a kind, for each kind ``asked``; of all where it has none."""
    table = pd.DataFrame(values)
    by_kind = table.groupby(kind).median()
    result = by_kind.reindex(asked).to_numpy(np.float32)
    has_none = ~np.isin(asked, by_kind.index)
    result[has_none] = table.median().to_numpy(np.float32)
    return result


def explainers_of(inputs: AttributeInputs, params: Params) -> dict[str, Explainer]:
    """One explainer a model, and the planted bad one."""
    from explain.networks import GraphExplainer, LineExplainer  # here, for torch is slow to load

    families, ordinary = Families.of(inputs.family), rows_of(inputs.examples, inputs.ordinary)
    columns = tuple(inputs.examples.features)
    trees = TreeExplainer(inputs.fitted[inputs.explained].booster, families, columns)
    line, graph = (
        kind.of(
            inputs.fitted[name],
            rows_of(inputs.examples, inputs.of_ranker[name]),
            ordinary,
            families,
            params.pairs,
        )
        for name, kind in ((LINE_MODEL, LineExplainer), (GRAPH_MODEL, GraphExplainer))
    )
    return {inputs.explained: trees, LINE_MODEL: line, GRAPH_MODEL: graph, RANDOM: RandomExplainer(trees)}


@dataclass(frozen=True)
class Checked:
    """Turns numbers by alert into outcomes; ``customer`` (n,) are whose the alerts are."""

    explainer: str
    customer: np.ndarray
    params: Params

    def outcome(self, check: str, value: np.ndarray, threshold: float, is_least: bool = True) -> CheckOutcome:
        """A mean over alerts that are measured, with its interval, beside the threshold."""
        known = np.isfinite(value)
        names, number = np.unique(self.customer[known], return_inverse=True)
        if not len(names):
            return CheckOutcome(
                explainer=self.explainer,
                check=check,
                value=None,
                low=None,
                high=None,
                threshold=threshold,
                is_least=is_least,
                is_met=None,
            )
        weight = drawn(len(names), self.params.bootstrap_draws, self.params.seed)
        found = mean_by_group(value[known], number, weight)
        end = found.low if is_least else found.high
        is_met = None if end is None else bool(end > threshold if is_least else end <= threshold)
        return CheckOutcome(
            explainer=self.explainer,
            check=check,
            **dict(found),
            threshold=threshold,
            is_least=is_least,
            is_met=is_met,
        )

    def alike(self, what: str, one: np.ndarray, other: np.ndarray) -> list[CheckOutcome]:
        """Whether two explanations of the same alerts name the same groups in the same order."""
        asked = self.params.thresholds
        return [
            self.outcome(f"{what}_order", rank_correlation(one, other), asked.rank_correlation),
            self.outcome(f"{what}_top", top_overlap(one, other), asked.top_overlap),
        ]


def checks(
    explainer: Explainer, asked: Asked, values: np.ndarray, background: np.ndarray, told: Checked
) -> list[CheckOutcome]:
    """All checks of one explainer; ``background`` (rows, features) stands in for the baseline once."""
    params, bound = told.params, told.params.thresholds
    gap = np.full(len(values), explainer.gap(asked, values))
    found = [told.outcome("additivity", gap, bound.additivity_gap, is_least=False)]
    moved = against_chance(explainer, asked, values, params.steps, params.orders, params.seed)
    found += [told.outcome(name, mine - chance, bound.above_chance) for name, (mine, chance) in moved.items()]
    noisy = explainer.values(with_noise(asked, params.noise, params.seed), params.seed)
    found += told.alike("noise", values, noisy)
    found += told.alike("seed", values, explainer.values(asked, params.seed + 1))
    found += told.alike("background", values, explainer.against(asked, background, params.seed))
    empty = explainer.untrained(params.seed).values(asked, params.seed)
    return [
        *found,
        told.outcome(
            "untrained_order",
            rank_correlation(values, empty),
            bound.untrained_rank_correlation,
            is_least=False,
        ),
    ]


def stack_parts(inputs: AttributeInputs) -> tuple[list[StackPart], float | None]:
    """The stack's scores in parts, above a customer in mid-week, and how far the parts miss them."""
    fitted, places = inputs.stack.fitted, inputs.places
    if fitted is None or places.empty:
        return [], None
    weight = np.array(list(fitted.weights.values()))
    columns = places[list(fitted.weights)].to_numpy()
    gap = np.abs(fitted.intercept + columns @ weight - places[STACK].to_numpy()).max()
    given = (columns - np.log(2)) * weight
    leads = np.bincount(given.argmax(axis=1), minlength=len(weight))
    return [
        StackPart(
            part=name,
            weight=round(float(weight[place]), 6),
            mean_contribution=round(float(given[:, place].mean()), 4),
            leads=int(leads[place]),
        )
        for place, name in enumerate(fitted.weights)
    ], round(float(gap), 9)


def tie_rankings(inputs: AttributeInputs, params: Params) -> Mapping[str, list[Ranked]]:
    """Parties by what the graph network's margin loses without their tie, trained and untrained."""
    from explain.networks import GraphExplainer

    mine = rows_of(inputs.examples, inputs.parties_of)
    ordinary = rows_of(inputs.examples, inputs.ordinary[:1])
    trained = GraphExplainer.of(inputs.fitted[GRAPH_MODEL], mine, ordinary, Families.of(inputs.family), 1)
    found = {}
    for name, explainer in ((GRAPH_MODEL, trained), (UNTRAINED, trained.untrained(params.seed))):
        parties, lost = explainer.parties(), explainer.without_each_tie()
        found[name] = [
            ranked(party[party >= 0], weight[party >= 0], params.parties)
            for party, weight in zip(parties, lost, strict=True)
        ]
    return found


def party_weights(inputs: AttributeInputs, params: Params) -> pd.DataFrame:
    """The PartyWeights table: parties of the graph network's alerts, by every method."""
    graph = inputs.examples.graph
    if graph is None:
        raise ValueError("the examples were read without their graph")
    subjects = inputs.subjects.iloc[inputs.parties_of]
    owner = graph.nodes["customer_id"].dropna().astype("int64").to_numpy()
    node = np.searchsorted(owner, subjects["customer_id"].to_numpy())
    by_method = {
        **tie_rankings(inputs, params),
        **rankings_by_money(
            graph,
            subjects["as_of"].reset_index(drop=True),
            node,
            params.parties,
            inputs.flow_edges,
            params.seed,
        ),
    }
    parts = [
        pd.DataFrame(
            {
                "method": method,
                "subject_id": subject,
                "rank": np.arange(1, len(party) + 1),
                "node": party.astype(np.int64),
                "weight": weight.astype(float),
            }
        )
        for method, rankings in by_method.items()
        for subject, (party, weight) in zip(subjects["subject_id"], rankings, strict=True)
        if len(party)
    ]
    empty = pd.DataFrame(
        {"method": pd.Series(dtype=str), "subject_id": NOBODY_RANKED[0], "rank": NOBODY_RANKED[0]}
        | {"node": NOBODY_RANKED[0], "weight": NOBODY_RANKED[1]}
    )
    return pd.concat(parts or [empty], ignore_index=True)


def attribute(inputs: AttributeInputs, params: Params) -> tuple[pd.DataFrame, AttributionChecks]:
    """The Attributions table, and every check of every explainer."""
    features = inputs.examples.features.to_numpy()
    background = features[inputs.ordinary]
    reference = background[: params.reference_rows]
    tables, outcomes = [], []
    explainers = explainers_of(inputs, params)
    rows = {name: inputs.of_ranker[inputs.explained if name == RANDOM else name] for name in explainers}
    for name, explainer in pipeline.progress(explainers.items(), "explained", "model"):
        mine = rows[name]
        if not len(mine):
            continue
        baseline = medians_by(inputs.kind[inputs.ordinary], background, inputs.kind[mine])
        asked = Asked(features[mine], baseline)
        values = explainer.values(asked, params.seed)
        told = Checked(name, inputs.subjects["customer_id"].to_numpy()[mine], params)
        outcomes += checks(explainer, asked, values, reference, told)
        tables.append(
            pd.DataFrame(
                {
                    "explainer": name,
                    "subject_id": np.repeat(inputs.subjects["subject_id"].to_numpy()[mine], values.shape[1]),
                    "group": np.tile(np.array(explainer.groups, dtype=object), len(mine)),
                    "contribution": values.ravel(),
                }
            )
        )
    columns = {"explainer": str, "subject_id": np.int64, "group": str, "contribution": float}
    empty = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in columns.items()})
    parts, gap = stack_parts(inputs)
    return pd.concat(tables or [empty], ignore_index=True), AttributionChecks(
        explained=inputs.explained,
        alerts={name: len(mine) for name, mine in rows.items()},
        outcomes=outcomes,
        stack=parts,
        stack_gap=gap,
    )


def main() -> None:
    """Write attributions, rankings of parties, and the checks."""
    params = pipeline.params("attribute", Params)
    with pipeline.timed("read"):
        inputs = read_inputs(params)
    with pipeline.timed("explain"):
        table, found = attribute(inputs, params)
    with pipeline.timed("parties"):
        weights = party_weights(inputs, params)
    pipeline.write(schema.Attributions, table)
    pipeline.write(schema.PartyWeights, weights)
    pipeline.write_result(found)


if __name__ == "__main__":
    pipeline.run_stage("attribute", main)
