"""docs/studies.md: what each study that is kept in git found, what made it, whether that still holds."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pipeline
from data.results import Interval
from models.results.adaptations import AdaptationStudy
from models.results.audit_studies import AgeStudy, DoublesStudy, RulesLeftOutStudy
from models.results.bounds import LimitsStudy, StackStudy
from models.results.fold_stack import FoldStackStudy
from models.results.iterations import Iterations
from models.results.studies import (
    BestLibraryStudy,
    HeadsStudy,
    NoveltyFound,
    NoveltyStudy,
    SearchStudy,
    SeedStudy,
)
from models.results.tuned import Choice
from models.results.worlds import Worlds, WorldSpread
from parameters import parse_text
from pipeline import StudyResult
from provenance import LOCK, changes, locked
from reports.seed_tables import best_of

STUDIES_PAGE = Path("docs/studies.md")
REPLAYS_TIMED = Path("benchmarks/results/replays.json")
Kept = TypeVar("Kept", bound=StudyResult)


def studies_page() -> str:
    """docs/studies.md: what each kept study found, what made it, and whether that still holds."""
    lines = [
        "# Studies",
        "",
        "Long searches and many seeds, which do not run with the pipeline. Rendered from `studies/results` "
        "by `python console.py docs`; `dvc repro studies/dvc.yaml:<stage>` makes one anew.",
    ]
    outs, values = locked(pipeline.read_yaml(LOCK)), pipeline.read_yaml(pipeline.PARAMS_FILE)
    for kind, (title, told) in PAGE.items():
        for study in kept_studies(kind):
            of_model = f": {study.model}" if hasattr(study, "model") else ""
            lines += ["", f"## {title}{of_model}", "", *told(study)]
            lines += [*_timed(kind), "", _made(changes(study.made_by, outs, values))]
    return "\n".join(lines) + "\n"


def kept_studies(kind: type[Kept]) -> list[Kept]:
    """The studies of one kind that are kept in git, by model."""
    alone, folder = pipeline.result_path(kind), pipeline.result_path(kind, "any").parent
    files = [alone] if alone.is_file() else sorted(folder.glob("*.json"))
    return [parse_text(kind, file.read_text(encoding="utf-8"), str(file)) for file in files]


def search_lines(study: SearchStudy) -> list[str]:
    """The choice of a search, and what its hyper-parameters matter."""
    best = best_of(study.trials)
    pruned = sum(trial.is_pruned for trial in study.trials)
    lines = [
        f"{len(study.trials)} trials, {pruned} given up after the first fold. Best: trial {best.number}, "
        f"recall {plain(best.recall, 3)} over the judged folds, average precision "
        f"{plain(best.average_precision, 3)}: {_choice_words(study.choice)}.",
        "",
        "| hyper-parameter | importance | reached by chance |",
        "|---|---|---|",
    ]
    return lines + [f"| {one.parameter} | {one.share:.2f} | {one.noise:.2f} |" for one in study.importances]


def seed_lines(study: SeedStudy) -> list[str]:
    """A model's worth by seed."""
    lines = [
        f"True recall at the budget {plain(study.true_recall_mean, 3)} on average, "
        f"{plain(study.true_recall_spread, 3)} between the best seed and the worst.",
        "",
        "| seed | true recall | less that of the first seed | true average precision |",
        "|---|---|---|---|",
    ]
    for row in study.seeds:
        told = (
            shown(row.worth.true_recall),
            shown(row.worth.true_gain),
            plain(row.worth.true_average_precision, 3),
        )
        lines.append(f"| {row.seed} | " + " | ".join(told) + " |")
    return lines


def novelty_lines(study: NoveltyStudy) -> list[str]:
    """What a model finds of typologies that it was taught, and of the same that it was not."""
    lines = [
        f"Every typology with {study.least_customers} labelled customers and as many in the test, left out "
        "in turn. True recall at the budget of its customers, and the change of all other customers, which "
        "is what another fit changes by itself.",
        "",
        "| typology | left out of | labelled | planted | in the test | taught | left out | change | others |",
        "|---|---|---|---|---|---|---|---|---|",
    ]

    def told(name: str, way: str, taken: tuple[str, str], found: NoveltyFound) -> str:
        cells = [shown(one) for one in (found.known, found.novel, found.change, found.others_change)]
        return "| " + " | ".join([name, way.replace("_", " "), *taken, str(found.customers), *cells]) + " |"

    lines += [
        told(row.typology, row.left_out, (str(row.labelled), str(row.planted)), row.found)
        for row in study.rows
    ]
    return lines + [told("all of them", way, ("", ""), found) for way, found in study.together.items()]


def library_lines(study: BestLibraryStudy) -> list[str]:
    """What each library is worth beside the bank's labels."""
    lines = [
        "One fixed model, mean of its seeds. The best case knows what no bank knows. True recall with it "
        f"less that with the written library, paired by scheme: {shown(study.gap)}.",
        "",
        "| taught | planted customers | schemes | true recall | gain | described | all others |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in study.rows:
        cells = [shown(one) for one in (row.recall, row.gain, row.described, row.undescribed)]
        lines.append("| " + " | ".join([row.label_en, str(row.customers), str(row.schemes), *cells]) + " |")
    return lines


def way_lines(study: HeadsStudy) -> list[str]:
    """What each way to learn from the library is worth beside mixing it in."""
    lines = [
        "Mean of the seeds; a typology's head counts "
        f"{study.auxiliary:g} beside the first one. Differences are paired by scheme.",
        "",
        "| family | way | true recall | over the bank's labels | over mixing | by seed |",
        "|---|---|---|---|---|---|",
    ]
    for row in study.rows:
        cells = [shown(one) for one in (row.recall, row.gain, row.over_mixed)]
        seeds = " ".join(f"{one:.3f}" for one in row.by_seed)
        lines.append("| " + " | ".join([row.family, row.way, *cells, seeds]) + " |")
    return lines


def adaptation_lines(study: AdaptationStudy) -> list[str]:
    """What each adaptation of the graph network is worth and costs."""
    lines = [
        "The zoo's graph network with one part more or another, in its shape, passes and hyper-parameters; "
        f"mean of {len(study.rows[0].by_seed)} seeds. Recall at the budget of {study.customers['true']} "
        f"illicit customers of the test, and of {study.customers['bank']} that the bank knows; differences "
        "are paired, by scheme in truth, by customer for the bank. Stopped early: "
        f"{study.held_back_share:.0%} of the training customers held back, patience {study.patience}. "
        "Seconds of processor time a fit.",
        "",
        "| network | weights | seconds | true recall | over the network as it is | over the plain net "
        "| by seed | bank's recall | over the network as it is |",
        "|---" * 9 + "|",
    ]
    for row in study.rows:
        weights = "" if row.weights is None else f"{row.weights:,}"
        true = (row.true.recall, row.true.over_network, row.true.over_net)
        seeds = " ".join(f"{one:.3f}" for one in row.by_seed)
        cells = [row.adaptation.replace("_", " "), weights, f"{row.seconds:.0f}", *map(shown, true), seeds]
        cells += [shown(row.bank.recall), shown(row.bank.over_network)]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def worlds_lines(study: Worlds) -> list[str]:
    """What differs between worlds, beside what one of them is unsure of."""
    lines = [
        f"{len(study.worlds)} worlds of other seeds beside that of the report, each run from its first "
        "payment to its judgement, models with the starts of params.yaml and no search. Recall at the "
        "budget; mean with 95 % by Student's t, standard deviation between worlds and inside one.",
        "",
        "| figure | view | mean | least to most | between | within | above, below zero |",
        "|---|---|---|---|---|---|---|",
    ]

    def told(name: str, view: str, found: WorldSpread, sides: str) -> str:
        ends = f"{plain(found.least, 3)} to {plain(found.most, 3)}"
        cells = (shown(found.mean), ends, plain(found.between, 3), plain(found.within, 3), sides)
        return f"| {name} | {view} | " + " | ".join(cells) + " |"

    for row in study.rankers:
        lines += [told(row.ranker, "true", row.true, ""), told(row.ranker, "bank", row.bank, "")]
    for gap in study.gaps:
        for view, found in (("true", gap.true), ("bank", gap.bank)):
            sides = f"{found.above_zero}, {found.below_zero}"
            lines.append(told(f"{gap.first} less {gap.second}", view, found, sides))
    return lines


def iteration_lines(study: Iterations) -> list[str]:
    """Every turn of the feedback loop, those taken back too."""
    lines = [
        f"A bank of {study.customers:,} customers. Kept by a rule that was fixed before: false alarms of the "
        f"slice fall by {study.least_fewer:.0%} or the aimed recall rises provably, and of "
        f"{', '.join(study.guards)} none falls provably or by more than "
        f"{100 * study.most_lost:.0f} points. True recall, "
        "paired by scheme.",
        "",
        "| turn | false alarms of its slice | "
        + " | ".join(row.figure for row in study.iterations[0].true)
        + " | verdict |",
        "|---" * (3 + len(study.iterations[0].true)) + "|",
    ]
    for turn in study.iterations:
        alarms = f"{turn.slice_before.false_alarms} → {turn.slice_after.false_alarms}"
        verdict = "kept" if turn.is_kept else f"taken back: {', '.join(turn.reasons)}"
        cells = [turn.title_en, alarms, *(shown(row.change) for row in turn.true), verdict]
        lines.append("| " + " | ".join(cells) + " |")
    lines += [
        "",
        "`make experiments` makes every turn an experiment of DVC on the last commit, by name, without "
        "running anything: `dvc exp list` names them, `dvc exp diff turn-00-before "
        "turn-02-contractors_exempt` sets two side by side, `dvc exp show --only-changed` all of them (DVC "
        "reads about a minute the first time), and `dvc exp apply turn-02-contractors_exempt` lays one "
        "turn's params.yaml and rulebook over yours. In a clone that has run nothing, the last one ends "
        "with DVC's complaint about missing tables; the files are laid all the same. The figures are in "
        "`studies/turn/figures.json` of each experiment; the metrics of the pipeline beside them are those "
        "of the commit.",
    ]
    return lines


def _choice_words(choice: Choice) -> str:
    return ", ".join(
        f"{name} {value:.3g}" if isinstance(value, float) else f"{name} {value}"
        for name, value in choice.items()
    )


def rules_out_lines(study: RulesLeftOutStudy) -> list[str]:
    """What a model still finds without one rule, and what its labels lack."""
    lines = [
        f"One fixed model. Taught the bank's labels it finds {shown(study.recall)} of the illicit customers; "
        f"with every label that the bank has put right {shown(study.corrected)}, change "
        f"{shown(study.corrected_change)}; with the truth of everybody besides {shown(study.truth)}, change "
        f"{shown(study.truth_change)}. {study.illicit_spoken_of} of {study.illicit} illicit customers of the "
        f"training weeks have any label; {study.labelled} customers have a suspicious one. All pairs of a "
        f"rule left out and a customer whom it hit: change {shown(study.together)}.",
        "",
        "| rule | alerts of it alone | reports | labels that hang on it | illicit, hit | with it | without "
        "| change |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in study.rows:
        told = (row.rule_id, row.alerts, row.reports, row.labelled, row.hit.customers)
        recalls = (row.hit.recall, row.hit_left_out.recall, row.hit_change)
        lines.append(f"| {' | '.join(map(str, told))} | {' | '.join(shown(one) for one in recalls)} |")
    return lines


def age_study_lines(study: AgeStudy) -> list[str]:
    """Models with and without age."""
    lines = [
        f"Mean of {study.seeds} seeds. Age goes where its loss is at most {study.margin:.2f} in the whole of "
        "the interval.",
        "",
        "| model | with age | without | change | decision |",
        "|---|---|---|---|---|",
    ]
    for row in study.rows:
        recalls = " | ".join(shown(one) for one in (row.recall_with, row.recall_without, row.change))
        lines.append(f"| {row.model} | {recalls} | {row.decision} |")
    return lines


def stack_lines(study: StackStudy) -> list[str]:
    """What the best weights in hindsight win over the best part, and what they win crosswise."""
    needed = study.schemes_needed
    lines = [
        "An oracle: the truth of the judged weeks chooses the weights. True recall at the budget less that "
        "of the best part, paired by scheme; crosswise, one half of the schemes chooses and the other is "
        f"judged, mean of {study.halvings} halvings. The stack as it was fitted: {shown(study.stack_lead)}"
        + (f"; were it real, about {needed} schemes would show it." if needed else "."),
        "",
        "| weeks | schemes | parts | best part | weighed | all together, a budget each | one budget shared "
        "out | equal weights | best in hindsight | crosswise | over the part chosen alike |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in study.rows:
        parts = ", ".join(one.part for one in row.parts)
        for blend in row.blends:
            cells = [row.role, str(row.groups), parts, row.best_part, blend.scale]
            cells += map(shown, row.leads(blend))
            lines.append(f"| {' | '.join(cells)} |")
    return lines


def fold_stack_lines(study: FoldStackStudy) -> list[str]:
    """What a stack taught out of fold finds, and how its parts did in the folds."""
    lines = [
        "Taught by the bank's labels. The first row was asked for, the others are further looks. Positive "
        f"customers caught out of fold: {'; '.join(f'{part.part} {part.caught}' for part in study.parts)}.",
        "",
        "| parts | taught on | suspicious | weights | true recall | over best part | over the run's stack "
        "| bank's recall | over best part | over the run's stack |",
        "|---" * 10 + "|",
    ]
    for row in study.rows:
        cells = [", ".join(row.parts), row.lesson.replace("_", " "), str(row.suspicious), row.told_weights]
        lines.append(f"| {' | '.join([*cells, *map(shown, (*row.true.found, *row.bank.found))])} |")
    return lines


def limits_lines(study: LimitsStudy) -> list[str]:
    """What learners that are taught the truth reach on the goals."""
    lines = [
        f"Oracles beside the bank's model, {study.champion}: mean of {study.seeds} fits each. Illicit "
        "customers of the test: "
        + ", ".join(f"{size} {part.replace('_', ' ')}" for part, size in study.customers.items())
        + f". LightGBM with searched settings less the fixed trees on the same labels, true recall: "
        f"{shown(study.tuned.true_gain)}.",
        "",
        "| learner | recall | of the unknown | of the patterned | beyond the rules | alerts for the rules' "
        "recall | unknown at twice the budget | at three times | budget for "
        f"{study.wanted_unknown:.0%} of the unknown | recall over the champion | of the unknown "
        "| of the patterned |",
        "|---" * 12 + "|",
    ]
    for row in study.rows:
        recalls = (row.everyone, row.unknown, row.patterned, row.beyond_rules, row.alert_share)
        cells = [shown(one) for one in (*recalls, row.unknown_at_twice, row.unknown_at_thrice)]
        cells.append("not three times" if row.budget_for_unknown is None else f"{row.budget_for_unknown:g}")
        learner = row.learner.replace("_", " ")
        lines.append(f"| {' | '.join([learner, *cells, *map(shown, row.over)])} |")
    return lines


def doubles_lines(study: DoublesStudy) -> list[str]:
    """Typologies whose schemes can be told from their look-alikes."""
    lines = [
        f"A bank of {study.customers:,} customers. Of {study.null_probes} probes of nothing the intervals of "
        f"{plain(study.null_excluded, 2)} leave 0.5 out; one in twenty lies further from it than "
        f"{plain(study.null_margin, 3)}.",
        "",
        "| typology | schemes | look-alikes | AUC from amounts | AUC from single payments |",
        "|---|---|---|---|---|",
    ]
    for row in study.rows:
        counts = (row.typology, row.amounts.schemes, row.amounts.look_alikes)
        areas = (row.amounts.auc, row.payments.auc)
        lines.append(f"| {' | '.join(map(str, counts))} | {' | '.join(shown(one) for one in areas)} |")
    return lines


def _timed(kind: type[Any]) -> list[str]:
    name = "worlds" if kind is Worlds else "iterations" if kind is Iterations else None
    known = json.loads(REPLAYS_TIMED.read_text(encoding="utf-8")) if REPLAYS_TIMED.is_file() else {}
    if name not in known:
        return []
    found = known[name]
    return [
        "",
        f"Measured once, from its begin to its end on {found['cores']} cores: {found['minutes']:.0f} minutes "
        f"for {found['runs']} runs, each of {found['least_minutes_a_run']:.1f} to "
        f"{found['most_minutes_a_run']:.1f} (`{REPLAYS_TIMED}`). Cut off, it goes on where it was.",
    ]


def _made(changed: list[str]) -> str:
    if not changed:
        return "Made from the data and parameters in force."
    return f"STALE: other now than when it was made: {', '.join(f'`{name}`' for name in changed)}."


def shown(found: Interval) -> str:
    """A number with its interval."""
    if found.value is None:
        return "n/a"
    return f"{found.value:.3f} ({found.low:.3f} to {found.high:.3f})"


def plain(value: float | None, digits: int) -> str:
    """A number without interval."""
    return "n/a" if value is None else f"{value:.{digits}f}"


# Each kind of study with its title and its lines, in the order of the page.
PAGE: dict[type[Any], tuple[str, Callable[[Any], list[str]]]] = {
    SearchStudy: ("Search", search_lines),
    SeedStudy: ("Seeds", seed_lines),
    NoveltyStudy: ("One typology left out", novelty_lines),
    BestLibraryStudy: ("A library with the figures of the world", library_lines),
    HeadsStudy: ("Other ways to learn from the library", way_lines),
    AdaptationStudy: ("The graph network of the literature, part by part", adaptation_lines),
    StackStudy: ("Weights of a stack, chosen by the truth", stack_lines),
    FoldStackStudy: ("A stack taught out of fold", fold_stack_lines),
    LimitsStudy: ("What limits the goals", limits_lines),
    RulesLeftOutStudy: ("One rule left out, and labels put right", rules_out_lines),
    AgeStudy: ("Age left out", age_study_lines),
    DoublesStudy: ("Schemes and their doubles, many of each", doubles_lines),
    Worlds: ("Several worlds", worlds_lines),
    Iterations: ("The feedback loop", iteration_lines),
}
