"""Stage audit_knowledge: what the bank can know of its own recall, and what is true beside it.

A part of the audit: the truth is read to judge rankings that are there already; nothing
learns here but the linear model that asks how far a ranking repeats the rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field

import pipeline
from data import schema as data_schema
from data.asof import moments_of
from models import judgement, schema
from models.budget import Budget, Watch
from models.intervals import drawn, rounded, wilson
from models.metrics import Catches
from models.positives import Positives, as_labelled
from models.results.bank import BankView
from models.results.knowledge import (
    BankKnowledge,
    Certainty,
    Circularity,
    FairnessRow,
    Recaptured,
    ReviewAnswer,
    Swap,
)
from models.schema import RULES
from models.truth import circularity, fairness, swap_sets, unseen
from models.truth.illicit import MOMENT_COLUMNS, in_truth
from parameters import Count

PERSON_COLUMNS = ["customer_id", "kind", "birth_year", "gender", "city"]
RANDOM_STREAM = "random"


class Params(judgement.Params):
    """Section ``audit_knowledge`` of params.yaml."""

    reviews: tuple[Annotated[int, Field(ge=0, le=1_000_000)], ...] = Field(min_length=1)
    review_draws: Count
    strata: tuple[unseen.ReviewStratum, ...] = Field(min_length=1)
    next_in_line: tuple[Count, ...]
    groups: fairness.Groups


@dataclass(frozen=True)
class KnowledgeInputs:
    """What is judged: the rankers' scores of all that is watched, by ranker, and the truth.

    ``watched`` are the subjects of the scores, ``hits`` those of rules that raise alerts;
    ``rivals`` are the rankers whose place the ``chosen`` one may take.
    """

    watched: pd.DataFrame
    scores: dict[str, np.ndarray]
    illicit: pd.DataFrame
    hits: pd.DataFrame
    persons: pd.DataFrame
    starts_at: pd.Timestamp
    reviews_today: int
    chosen: str
    rivals: list[str]
    budget: Budget

    @cached_property
    def watch(self) -> Watch:
        """The subjects to spend the test's budget on."""
        return Watch.of(self.watched)

    @cached_property
    def subjects(self) -> pd.DataFrame:
        """The test's rows of Split."""
        return self.watched[self.watch.is_judged].reset_index(drop=True)

    @cached_property
    def customer(self) -> np.ndarray:
        """Whose the test's subjects are."""
        return self.subjects["customer_id"].to_numpy()

    @cached_property
    def positives(self) -> dict[str, Positives]:
        """The test's subjects by both views."""
        true = in_truth(self.subjects, self.illicit, self.starts_at, self.budget.label_window_days)
        return {"bank": as_labelled(self.subjects, self.starts_at), "true": true}

    @cached_property
    def catches(self) -> dict[str, Catches]:
        """Whom there is to catch by both views."""
        return {view: Catches.of(self.customer, mine) for view, mine in self.positives.items()}

    @cached_property
    def alerted(self) -> dict[str, np.ndarray]:
        """Whom each ranker alerts in the test, of its subjects."""
        rankers = pipeline.progress(self.scores.items(), "alerts", "ranker")
        return {name: self.watch.alerted(score, self.budget) for name, score in rankers}

    def of_test(self, ranker: str) -> np.ndarray:
        """A ranker's scores of the test's subjects."""
        return self.scores[ranker][self.watch.is_judged]


def read_inputs(budget: Budget, edges: tuple[int, ...]) -> KnowledgeInputs:
    """Read the tables, the persons with their groups by bands of age that ``edges`` divide."""
    planted = moments_of(
        pipeline.read(data_schema.Transactions, columns=MOMENT_COLUMNS),
        pipeline.read(data_schema.Accounts, columns=["account_id", "customer_id"]),
        pipeline.read(data_schema.Truth),
        pipeline.read(data_schema.Schemes),
    )
    hits = pipeline.read(data_schema.RuleHits, columns=["customer_id", "hit_at", "rule_id", "use"])
    test = pipeline.read(data_schema.Periods).set_index("name").loc["test"]
    drawn_at = pipeline.read(data_schema.Dispositions, columns=["stream", "event_at"])
    is_today = (drawn_at["stream"] == RANDOM_STREAM) & drawn_at["event_at"].between(
        *test[["starts_at", "ends_at"]]
    )
    watched, scores = judgement.watched_scores(pipeline.read(schema.Split), pipeline.read(schema.Scores))
    best = pipeline.read_result(BankView).chosen
    others = {name: found for name, found in best.validation.items() if name not in (best.name, RULES)}
    customers = pipeline.read(data_schema.Customers, columns=PERSON_COLUMNS)
    return KnowledgeInputs(
        watched=watched,
        scores=scores,
        illicit=planted[planted["is_illicit"]],
        hits=hits[hits["use"] == "label"],
        persons=fairness.person_groups(customers, test["starts_at"].year, edges),
        starts_at=test["starts_at"],
        reviews_today=int(is_today.sum()),
        chosen=best.name,
        rivals=[RULES, *([judgement.leading(others)] if others else [])],
        budget=budget,
    )


def review_answers(inputs: KnowledgeInputs, params: Params) -> Iterator[ReviewAnswer]:
    """What every number of reviews says of the chosen model's recall, drawn at random and by strata."""
    catches, chosen = inputs.catches["true"], inputs.chosen
    illicit = swap_sets.positive_customers(catches, inputs.customer)
    is_caught = catches.caught(inputs.alerted[chosen]) > 0
    is_sought = ~np.isin(inputs.customer, illicit[is_caught])
    line = swap_sets.in_line(inputs.of_test(chosen), inputs.customer, is_sought)
    is_hidden = np.isin(line, illicit[~is_caught])
    rng = np.random.default_rng(params.seed)
    for design, strata in (("random", unseen.RANDOM_DESIGN), ("stratified", params.strata)):
        for reviews in sorted({*params.reviews, inputs.reviews_today}):
            yield unseen.review_answer(
                design, reviews, int(is_caught.sum()), is_hidden, strata, params.review_draws, rng
            )


def recaptures(
    inputs: KnowledgeInputs, caught: dict[str, np.ndarray], weight: np.ndarray
) -> Iterator[Recaptured]:
    """Capture and recapture by the chosen model and each of its rivals."""
    for rival in inputs.rivals:
        yield unseen.recaptured(rival, inputs.chosen, caught, inputs.catches["true"], weight)


def certainty(catches: Catches, caught: np.ndarray, weight: np.ndarray) -> Certainty:
    """What the number of schemes allows to say of one ranker's ``caught``, shape (positives,)."""
    return Certainty(
        customers=len(catches.group),
        schemes=catches.groups,
        effective_schemes=rounded(unseen.effective_groups(catches.group), 1),
        largest_scheme=int(np.bincount(catches.group).max(initial=0)),
        by_bootstrap=catches.mean(caught, weight),
        by_jackknife=unseen.jackknife(caught, catches.group),
        by_customer=wilson(int(caught.sum()), len(caught)),
    )


def circular(inputs: KnowledgeInputs, params: Params) -> Iterator[Circularity]:
    """How far every ranker repeats the rules, and how far its apparent recall lies from the true one."""
    days, is_judged = inputs.budget.label_window_days, inputs.watch.is_judged
    flags = circularity.hit_flags(inputs.hits, inputs.watched, days)
    is_hit = flags[is_judged].any(axis=1)
    _, group = np.unique(inputs.positives["true"].group, return_inverse=True)
    weight = drawn(int(group.max(initial=-1)) + 1, params.bootstrap_draws, params.seed)
    first = {}
    for view, catches in inputs.catches.items():
        who = swap_sets.positive_customers(catches, inputs.customer)
        everyone, row = np.unique(inputs.customer, return_index=True)
        first[view] = group[row[np.searchsorted(everyone, who)]]
    for ranker, score in pipeline.progress(inputs.scores.items(), "circularity", "ranker"):
        alerted = inputs.alerted[ranker]
        sides = {view: (mine.caught(alerted), first[view]) for view, mine in inputs.catches.items()}
        told = circularity.told_by_hits(
            flags[~is_judged], score[~is_judged], flags[is_judged], score[is_judged]
        )
        yield Circularity(
            ranker=ranker,
            **circularity.apparent_less_true(sides["bank"], sides["true"], weight),
            mimicry=None if ranker == RULES else rounded(told),
            hit_alerts=rounded(float(is_hit[alerted].mean())) if alerted.any() else None,
        )


def swaps(inputs: KnowledgeInputs, weight: np.ndarray) -> Iterator[Swap]:
    """The chosen model in the place of each rival."""
    recent = inputs.illicit[
        inputs.illicit["at"] >= inputs.starts_at - pd.Timedelta(days=inputs.budget.label_window_days)
    ]
    of_customer = recent.groupby("customer_id")["typology"].agg(lambda mine: " ".join(sorted(set(mine))))
    typologies = {int(who): str(names) for who, names in of_customer.items()}
    queues = {name: inputs.watch.queue(inputs.scores[name]) for name in {*inputs.rivals, inputs.chosen}}
    for rival in inputs.rivals:
        yield swap_sets.swap(
            (rival, queues[rival]),
            (inputs.chosen, queues[inputs.chosen]),
            inputs.budget,
            inputs.catches,
            weight,
            typologies,
        )


def fair(inputs: KnowledgeInputs, params: Params) -> Iterator[FairnessRow]:
    """Every group of persons at the cut of the rules and of the chosen model."""
    persons, least = inputs.persons.index.to_numpy(), params.groups.least
    for ranker in (RULES, inputs.chosen):
        bank, true = (
            fairness.Cut.of(
                inputs.customer,
                inputs.positives[view],
                inputs.alerted[ranker],
                persons,
                params.bootstrap_draws,
                params.seed,
            )
            for view in ("bank", "true")
        )
        yield from fairness.fairness_rows(ranker, bank, true, inputs.persons, least)


def bank_knowledge(inputs: KnowledgeInputs, params: Params) -> BankKnowledge:
    """What the bank can know, and what is true beside it."""
    catches, chosen, customer = inputs.catches["true"], inputs.chosen, inputs.customer
    caught = {name: catches.caught(alerted) for name, alerted in inputs.alerted.items()}
    weight = drawn(catches.groups, params.bootstrap_draws, params.seed)
    mine = caught[chosen]
    ever = [
        swap_sets.alerted_ever(inputs.watch.queue(inputs.scores[name]), inputs.budget)
        for name in (RULES, chosen)
    ]
    return BankKnowledge(
        chosen=chosen,
        caught=int(mine.sum()),
        not_found=len(np.unique(customer)) - int(mine.sum()),
        hidden=int((mine == 0).sum()),
        true_recall=catches.mean(mine, weight),
        reviews_today=inputs.reviews_today,
        answers=list(review_answers(inputs, params)),
        recaptured=list(recaptures(inputs, caught, weight)),
        certainty=certainty(catches, mine, weight),
        circularity=list(circular(inputs, params)),
        swaps=list(swaps(inputs, weight)),
        next_in_line=swap_sets.next_in_line(
            inputs.of_test(chosen),
            customer,
            np.isin(customer, np.concatenate(ever)),
            inputs.positives["true"].is_positive,
            params.next_in_line,
        ),
        least_group=params.groups.least,
        fairness=list(fair(inputs, params)),
    )


def main() -> None:
    """Write what the bank can know."""
    params, budget = pipeline.params("audit_knowledge", Params), pipeline.params("budget", Budget)
    pipeline.write_result(bank_knowledge(read_inputs(budget, params.groups.age_edges), params))


if __name__ == "__main__":
    pipeline.run_stage("audit_knowledge", main)
