"""The recall ladder and the answers on models claim what a paired interval shows, and nothing else."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from data.results import Interval
from models.results.anomaly_share import AnomalyShare
from models.results.bank import BankView
from models.results.costs import ZooCosts
from models.results.graph_honesty import GraphHonesty
from models.results.imbalance import Imbalance
from models.results.injection import Injection
from models.results.ladder import Ladder
from models.results.stack import Stack
from models.results.truth import TruthView, TypologyRecall
from models.results.tuned import Tuned
from reports.evidence import Evidence
from reports.experiments import Experiments
from reports.lesson_tables import (
    coverage_rows,
    coverage_said,
    coverage_seen,
    few_rows,
    graph_rows,
    graph_seen,
    honesty_said,
    lessons_seen,
)
from reports.model_answers import family_answer, graph_answer, library_answer, line_answer
from reports.pages import FEW, few_rankers
from reports.steps import Step, anomaly_step, effect, model_pairs, steps_seen
from reports.trial_figures import caught_map, forest_chart, search_chart
from reports.trial_tables import claim_row, claims_seen, handling_seen
from reports.wording import RANKERS, Text
from tests.spec.evidence import evidence_of
from tests.spec.records import partial
from verdicts import Claim

ABOVE = Interval(value=0.1, low=0.02, high=0.2)
WITHIN = Interval(value=0.1, low=-0.02, high=0.2)
BELOW = Interval(value=-0.1, low=-0.2, high=-0.02)
NOTHING = Interval()
SHARE = Interval(value=0.4, low=0.3, high=0.5)


def view(recalls: dict[str, float], gaps: dict[tuple[str, str], Interval]) -> dict[str, Any]:
    """A judge's metrics and paired differences; what is not given lies within chance."""
    level = {name: Interval(value=recall) for name, recall in recalls.items()}
    return {
        "metrics": {
            name: {"recall_at_budget": found, "average_precision": found} for name, found in level.items()
        },
        "differences": {
            one: {
                other: {"recall_at_budget": gaps.get((one, other), WITHIN), "average_precision": WITHIN}
                for other in recalls
                if other != one
            }
            for one in recalls
        },
    }


def tried_out(**given: Any) -> Experiments:
    """What is given and nothing else."""
    nothing: dict[str, Any] = dict.fromkeys(field.name for field in fields(Experiments))
    return Experiments(**(nothing | given))


def honesty(rewired: Interval = WITHIN) -> GraphHonesty:
    """The graph as it is, wired anew, and wired anew and learnt from."""

    def row(variant: str, gain: Interval | None, is_refitted: bool = False) -> dict[str, Any]:
        seen = {"customers": 9, "caught": 3, "recall": SHARE, "gain": gain}
        return {"variant": variant, "is_refitted": is_refitted, "bank": seen, "true": seen}

    variants = [row("honest", None), row("rewired", rewired), row("rewired", BELOW, is_refitted=True)]
    few = [
        {"most_payments": bound, "customers": size, "caught": 0, "caught_without_edges": 0}
        for bound, size in ((1, 0), (5, 3))
    ]
    return partial(
        GraphHonesty, weeks=4, look_aheads=0, payments_looked_at=12345, variants=variants, few_payments=few
    )


def evidence(
    recalls: dict[str, float], gaps: dict[tuple[str, str], Interval] | None = None, **more: Any
) -> Evidence:
    """Rankers with a recall each, in truth, for the bank and on validation alike."""
    found = view(recalls, gaps or {})
    models = {name: recall for name, recall in recalls.items() if name != "rules"}
    chosen = {"name": max(models, key=lambda name: models[name]), "validation": found["metrics"]}
    spent = [{"ranker": name, "alerts": 9, "silent": 0} for name in recalls]
    weights = {"intercept": 0.0, "weights": {"lightgbm": 1.0, "gnn": 1.0}}
    stack = partial(Stack, fitted=weights)
    return evidence_of(
        bank=partial(BankView, **found, chosen=chosen),
        truth=partial(TruthView, **found, alerts_spent=spent, anomaly_shares=more.pop("shares", [])),
        costs=ZooCosts(cores=2, customers=1, scored_rows=1, models={}),
        experiments=tried_out(stack=stack, graph=honesty()),
        **more,
    )


def step(name: str, gain: Interval | None) -> Step:
    return Step(Text(name, name), Text("base", "基准"), None, None, None, SHARE, gain)


@pytest.mark.parametrize(
    ("gap", "said"),
    [
        (ABOVE, "raises recall"),
        (WITHIN, "no difference shown"),
        (BELOW, "lowers recall"),
        (Interval(value=0.3), "not measured"),
        (NOTHING, "not measured"),
        (None, "not measured"),
    ],
)
def test_a_step_raises_recall_only_where_its_paired_interval_leaves_out_zero(
    gap: Interval | None, said: str
) -> None:
    assert effect(gap).en == said


def test_the_ladder_s_sentence_names_what_works_what_harms_and_counts_the_rest() -> None:
    words = steps_seen([step("a", ABOVE), step("b", WITHIN), step("c", BELOW), step("d", None)])
    assert "raising true recall: a (over base)" in words.en
    assert "lowering it: c (over base)" in words.en
    assert "1 of 3 steps compared" in words.en
    assert "a（相对基准）" in words.zh and "3 步中，1 步" in words.zh
    assert "raising true recall: none" in steps_seen([step("b", WITHIN)]).en


def test_a_pair_stands_in_the_ladder_where_both_were_ranked_and_the_stack_meets_its_best_part() -> None:
    few = evidence({"rules": 0.2, "lightgbm": 0.3})
    assert list(model_pairs(few)) == [("lightgbm", "rules")]
    recalls = {"rules": 0.2, "lightgbm": 0.3, "gnn": 0.5, "gnn_without_edges": 0.1, "stack": 0.4}
    assert list(model_pairs(evidence(recalls))) == [
        ("lightgbm", "rules"),
        ("gnn", "lightgbm"),
        ("gnn", "gnn_without_edges"),
        ("stack", "gnn"),
    ]


def shared(ranker: str, share: float) -> AnomalyShare:
    part = {"customers": 10, "caught": 4, "recall": SHARE}
    return partial(
        AnomalyShare,
        ranker=ranker,
        share=share,
        true=part,
        novel=part,
        bank=part,
        gain_true=BELOW,
        gain_bank=WITHIN,
    )


def test_the_shared_budget_in_the_ladder_is_the_middle_share_of_the_score_that_validation_puts_first() -> (
    None
):
    rows = [shared("lightgbm", 0.0)] + [
        shared(name, at) for name in ("pca", "k_means") for at in (0.05, 0.1, 0.2)
    ]
    found = evidence({"rules": 0.2, "lightgbm": 0.4, "pca": 0.1, "k_means": 0.2}, shares=rows)
    row = anomaly_step(found)
    assert row is not None and row.name.en.startswith("10% of the alerts by K-means")
    assert row.verdict.en == "lowers recall"
    assert anomaly_step(evidence({"rules": 0.2, "lightgbm": 0.4})) is None


FAMILIES = {"rules": 0.2, "lightgbm": 0.3, "random_forest": 0.4, "svm_linear": 0.1, "pca": 0.05}


def test_a_higher_recall_alone_puts_no_family_before_boosting() -> None:
    answer = family_answer(evidence(FAMILIES))
    words = answer.said
    assert "None is provably ahead of LightGBM" in words.en
    assert "4 models" in words.en and "Without any label learn PCA" in words.en
    assert "3 others are not told apart" in answer.so.en


def test_a_family_is_placed_by_its_paired_interval() -> None:
    gaps = {("random_forest", "lightgbm"): ABOVE, ("svm_linear", "lightgbm"): BELOW}
    words = family_answer(evidence(FAMILIES, gaps)).said
    assert f"Provably ahead of LightGBM: {RANKERS['random_forest'].en}." in words.en
    assert f"Provably behind: {RANKERS['svm_linear'].en}." in words.en


@pytest.mark.parametrize(
    ("gap", "said"), [(ABOVE, "earn their place"), (WITHIN, "do not provably help"), (BELOW, "do harm")]
)
def test_the_graph_earns_its_place_against_itself_without_edges(gap: Interval, said: str) -> None:
    ladder = partial(Ladder, rankings=[])
    recalls = {"rules": 0.2, "lightgbm": 0.3, "gnn": 0.5, "gnn_without_edges": 0.4}
    answer = graph_answer(evidence(recalls, {("gnn", "gnn_without_edges"): gap}, ladder=ladder))
    assert f"the edges {said}" in answer.so.en
    assert "not measured in this run" not in f"{answer.said.en} {answer.so.en}".lower()


@pytest.mark.parametrize(
    ("gap", "said"), [(ABOVE, "It pays"), (WITHIN, "It does not provably pay"), (BELOW, "It does harm")]
)
def test_the_library_pays_where_the_pair_shows_it_and_is_not_mentioned_where_none_learnt_from_it(
    gap: Interval, said: str
) -> None:
    recalls = {"rules": 0.2, "lightgbm": 0.3, "lightgbm_library": 0.5}
    words = library_answer(evidence(recalls, {("lightgbm_library", "lightgbm"): gap}))
    assert words is not None and said in words.en
    assert library_answer(evidence({"rules": 0.2, "lightgbm": 0.3})) is None


def test_the_line_helps_only_where_its_rung_gains_provably() -> None:
    def rung(gain: Interval) -> Ladder:
        return partial(Ladder, rankings=[{"ranking": "sequence", "true": {"gain": gain}}])

    assert (
        "not provably to the line"
        in line_answer(evidence({"rules": 0.2, "a": 0.3}, ladder=rung(WITHIN)))[0].en
    )
    assert "yes to the line" in line_answer(evidence({"rules": 0.2, "a": 0.3}, ladder=rung(ABOVE)))[0].en


def test_a_claim_is_shown_with_its_bound_and_its_outcome_in_both_languages() -> None:
    claim = Claim(name="one", en="more", zh="更多", figure="a.b", above=0)
    rows = [claim_row(claim, found) for found in (ABOVE, WITHIN, BELOW, NOTHING)]
    assert [row.verdict.en for row in rows] == ["holds", "not shown", "failed", "not measured"]
    assert [row.is_kept for row in rows] == [True, False, False, False]
    assert rows[0].bound == Text("above 0", "高于 0")
    assert claims_seen([rows[0], rows[0], rows[2]]).en == "Of 3 claims: 2 hold, 1 failed."


def test_the_handling_that_validation_takes_is_said_with_what_it_is_worth_in_truth() -> None:
    def tried(chosen: str) -> Experiments:
        rows = [
            {"handling": name, "label_en": name, "label_zh": "法", "worth": {"true_gain": gain}}
            for name, gain in (("nothing", NOTHING), ("focal", BELOW))
        ]
        found = partial(Imbalance, rows=rows, chosen=chosen)
        return tried_out(imbalance=found)

    assert "“focal”" in handling_seen(evidence_of(experiments=tried("focal"))).en
    assert "lowers recall (-10.0" in handling_seen(evidence_of(experiments=tried("focal"))).en
    assert "do nothing" in handling_seen(evidence_of(experiments=tried("nothing"))).en


# ------------------------------------------------------------------ lessons, the choice, the graph


def test_changes_of_the_graph_are_named_where_they_are_provably_felt_and_never_the_graph_itself() -> None:
    rows = graph_rows(honesty())
    assert [row.verdict.en for row in rows] == ["–", "no difference shown", "lowers recall"]
    assert rows[2].name.en.endswith("learnt from it too")
    assert graph_seen(honesty()).en.count("payees exchanged") == 1
    assert "0 of 12,345" in graph_seen(honesty()).en
    assert [row.most_payments for row in few_rows(honesty())] == [5]


def test_the_answer_takes_the_rewired_graph_as_scored_and_not_as_learnt_from() -> None:
    assert "+10.0 points, 95% -2.0 to +20.0" in honesty_said(honesty()).en
    assert "by not measured" in honesty_said(honesty()).en  # no transductive graph here


def taught(**gains: Interval) -> Experiments:
    rows = [
        {"lesson": name, "label_en": name, "label_zh": f"{name}课", "worth": {"true_gain": gain}}
        for name, gain in gains.items()
    ]
    return tried_out(injection=partial(Injection, rows=rows))


def test_lessons_are_told_apart_by_their_interval_and_the_first_is_what_they_are_measured_from() -> None:
    words = lessons_seen(evidence_of(experiments=taught(bank=NOTHING, a=ABOVE, b=WITHIN, c=BELOW)))
    assert words.en.startswith("Over bank, true recall rises provably with: a. It falls provably with: c.")
    assert words.en.endswith("No difference shown: b.")
    assert "提高的有：a课" in words.zh


def chosen_by(name: str, by_validation: str, coverage: dict[str, Interval]) -> Evidence:
    found = evidence({"rules": 0.2, "lightgbm": 0.3, "gnn": 0.2})
    chosen = found.bank.chosen.model_copy(
        update={"name": name, "by_validation": by_validation, "coverage": coverage}
    )
    return replace(found, bank=found.bank.model_copy(update={"chosen": chosen}))


def test_where_two_figures_choose_otherwise_the_truth_of_both_choices_is_said() -> None:
    same_choice = chosen_by("lightgbm", "lightgbm", {})
    assert coverage_seen(same_choice).en == "Both figures and validation alone choose LightGBM."
    assert coverage_said(same_choice) is None
    other = chosen_by("lightgbm", "gnn", {"lightgbm": SHARE})
    assert "validation alone would have chosen GNN" in coverage_seen(other).en
    assert "+10.0 points" in coverage_seen(other).en
    said = coverage_said(other)
    assert said is not None and "40.0% (30.0–50.0)" in said.en
    rows = coverage_rows(other)
    assert [(row.coverage.value, row.is_chosen, row.is_by_validation) for row in rows] == [
        (0.4, True, False),
        (None, False, True),
    ]


# ------------------------------------------------------------------ drawings


def caught(typology: str, customers: int, count: int, share: float | None) -> TypologyRecall:
    return partial(
        TypologyRecall,
        typology=typology,
        ranker="rules",
        customers=customers,
        caught=count,
        recall=Interval(value=share),
    )


def test_the_map_shades_a_share_and_only_counts_a_group_too_small_for_one() -> None:
    large = str(caught_map([caught("a", 10, 5, 0.5)], ["rules"], {}))
    small = str(caught_map([caught("a", 3, 2, None)], ["rules"], {}))
    assert 'class="fill true"' in large and ">5<" in large
    assert 'class="fill true"' not in small and ">2<" in small


def test_a_forest_of_nothing_measured_is_not_drawn() -> None:
    name = Text("GNN", "图模型")
    assert forest_chart([(name, NOTHING)], name) is None
    assert 'class="range true"' in str(forest_chart([(name, ABOVE)], name))


def test_a_search_of_one_trial_has_nothing_to_draw() -> None:
    def tuned(recalls: list[float | None]) -> Tuned:
        trials = [
            {"number": place, "recall": recall, "is_pruned": place == 1}
            for place, recall in enumerate(recalls)
        ]
        return partial(Tuned, trials=trials)

    assert search_chart({"lightgbm": tuned([0.5]), "gnn": tuned([None])}) is None
    drawn = str(search_chart({"lightgbm": tuned([0.5, 0.25, None])}))
    assert drawn.count("<circle") == 2 and 'class="member"' in drawn


def test_a_drawing_of_lines_keeps_the_first_rankers_and_always_stack_and_graph() -> None:
    many = [f"m{place}" for place in range(12)] + ["gnn", "stack"]
    assert few_rankers(many) == [*many[: FEW - 2], "stack", "gnn"]
    assert few_rankers(many[:5]) == many[:5]
