"""Pages made from the code and from results: tables, results, what was measured, the README's finding."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import json
import types
import typing
from collections import Counter
from pathlib import Path
from typing import Any

import pipeline
from data.results import Interval
from models.results.judged import Compared
from models.results.studies import NoveltyStudy, SearchStudy, SeedStudy
from models.results.tuned import Tuned
from pipeline import Record, Result, Table
from reports.bank_words import terms_table
from reports.comparison import comparison_sentence
from reports.finding import opening, sureness
from reports.results import DifferenceOfBoth, Metrics, ModelMetrics, RulesMetrics
from reports.wording import same
from study_pages import plain, shown

README, README_CHINESE = Path("README.md"), Path("README.zh.md")
TABLES_PAGE, RESULTS_PAGE = Path("docs/tables.md"), Path("docs/results.md")
MEASURED_PAGE, GLOSSARY = Path("docs/benchmarks.md"), Path("GLOSSARY.md")
FINDING_MARK = "finding"
TERMS_MARK = "terms"
RESULTS_MARK = "results"
FOREIGN_MARK = "foreign results"
PATTERNS_MARK = "foreign patterns"
REPORT_MARK = "report"
FOREIGN = Path("benchmarks/results")  # metrics.json of a run on each foreign data set, by source

OF_A_MODEL = (Tuned, SearchStudy, SeedStudy, NoveltyStudy)  # results of which there is one a model
JSON_TYPES = {int: "whole number", float: "number", str: "text", bool: "true or false", type(None): "null"}
CONSTRAINTS = {  # pandera's names of checks
    "greater_than_or_equal_to": "at least",
    "greater_than": "above",
    "less_than_or_equal_to": "at most",
    "less_than": "below",
    "in_range": "from",
}
BAR = "\\|"  # a bar within a cell of Markdown


def finding_in_words(metrics: Metrics) -> str:
    """The run's finding in a few sentences."""
    models, chosen, differences = metrics.models, metrics.chosen, metrics.differences

    def recall(measured: Compared) -> str:
        value = measured.recall_at_budget.value
        return "not measurable" if value is None else f"{value:.0%}"

    def over(gap: DifferenceOfBoth, other: str) -> str:
        found = gap.true.recall_at_budget
        return comparison_sentence(same(chosen.name), same(other), found, "recall_at_budget").en

    other = (
        "The truth would have chosen the same model."
        if chosen.by_truth == chosen.name
        else f"The truth would have chosen {chosen.by_truth}, {recall(models[chosen.by_truth].true)}. "
        + over(differences.chosen_over_by_truth, chosen.by_truth)
    )
    return (
        f"At the same alert budget the rules truly catch {recall(metrics.rules.true)} of the customers "
        f"with an illicit payment in the test (the bank believes {recall(metrics.rules.bank)}). The "
        f"model that the bank chooses by what it sees before the test, {chosen.name}, catches "
        f"{recall(models[chosen.name].true)} (the bank believes {recall(models[chosen.name].bank)}). "
        f"{over(differences.chosen_over_rules, 'the rules')} {other}"
    )


def tables_page() -> str:
    """docs/tables.md: every table with what a row is and what its columns hold."""
    lines = ["# Tables", "", "Rendered from the schemas by `python console.py docs`; a test compares."]
    for room in ("data", "features", "models", "explain"):
        module = importlib.import_module(f"{room}.schema")
        lines += ["", f"## {room}"]
        for _, table in inspect.getmembers(module, inspect.isclass):
            if not issubclass(table, Table) or not table.__module__.startswith(module.__name__):
                continue
            lines += ["", f"### {table.__name__}", "", inspect.cleandoc(table.__doc__ or ""), ""]
            lines += [f"`{pipeline.table_path(table)}`", ""]
            lines += ["| column | type | empty | allowed | meaning |", "|---|---|---|---|---|"]
            for name, column in table.to_schema().columns.items():
                shown = "(one each)" if column.regex else f"`{name}`"
                empty = "may be" if column.nullable else ""
                cells = [shown, str(column.dtype), empty, allowed(column), str(column.description)]
                lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def allowed(column: Any) -> str:
    """What a pandera column may hold beside its type, in words; empty where there is no constraint."""
    told = ["each once"] if column.unique else []
    for check in column.checks:
        given = list(check.statistics.values())
        if check.name == "isin":
            told.append(", ".join(f"`{value}`" for value in sorted(given[0], key=str)))
        elif check.name == "str_matches":
            told.append(f"`{str(given[0]).replace('|', BAR)}`")
        else:
            told.append(f"{CONSTRAINTS[check.name]} {' to '.join(f'{value:g}' for value in given[:2])}")
    return "; ".join(told)


def results_page() -> str:
    """docs/results.md: every JSON result and every record inside one, with what its keys hold."""
    lines = ["# Results", "", "Rendered from the classes by `python console.py docs`; a test compares."]
    results = {room: results_of(room) for room in pipeline.ROOMS}
    inside = [kind for found in results.values() for result in found for kind in records_in(result)]
    for room, found in results.items():
        parts = [kind for kind in dict.fromkeys(inside) if kind.__module__.split(".")[0] == room]
        if found:
            lines += ["", f"## {room}"]
        for result in found:
            lines += ["", f"### {result.__name__}", "", *record_words(result)]
        if parts:
            lines += ["", f"### Records inside results: {room}"]
        for kind in parts:
            lines += ["", f"#### {kind.__name__}", "", *record_words(kind)]
    return "\n".join(lines) + "\n"


def results_of(room: str) -> list[type[Result]]:
    """The results that a room writes, in the order of its modules."""
    folder = sorted(Path(room, "results").glob("*.py"))
    names = [f"{room}.results.{file.stem}" for file in folder] or [f"{room}.results"]
    modules = [importlib.import_module(name) for name in names if importlib.util.find_spec(name)]
    return [
        kind
        for module in modules
        for kind in vars(module).values()
        if inspect.isclass(kind) and issubclass(kind, Result) and kind.__module__ == module.__name__
    ]


def records_in(kind: Any) -> list[type[Record]]:
    """The records that a result, or an annotation, is made of, each after those that it stands in."""
    if not (inspect.isclass(kind) and issubclass(kind, Record)):
        return [record for part in typing.get_args(kind) for record in records_in(part)]
    inside = [record for field in kind.model_fields.values() for record in records_in(field.annotation)]
    return inside if issubclass(kind, Result) else [kind, *inside]


def record_words(kind: type[Record]) -> list[str]:
    """A record's docstring, its file where it is a result, and a table of its keys."""
    lines = [inspect.cleandoc(kind.__doc__ or ""), ""]
    if issubclass(kind, Result):
        of = "_<model>" if kind in OF_A_MODEL else ""
        lines += [f"`{pipeline.result_path(kind).with_suffix('')}{of}.json`", ""]
    lines += ["| key | type | meaning |", "|---|---|---|"]
    for name, field in kind.model_fields.items():
        lines.append(f"| `{name}` | {type_words(field.annotation)} | {field.description} |")
    return lines


def type_words(kind: Any) -> str:
    """An annotation as a reader of JSON names it: ``list of Interval``, ``text or null``."""
    origin, inside = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return " or ".join(dict.fromkeys(type_words(one) for one in inside))
    if origin is list:
        return f"list of {type_words(inside[0])}"
    if origin is dict:
        return f"object of {type_words(inside[1])}"
    if origin is tuple:
        return f"{len(inside)} of {type_words(inside[0])}"
    return JSON_TYPES.get(kind, getattr(kind, "__name__", str(kind)))


def marked(page: str, mark: str, text: str) -> str:
    """A page whose words between the two signs of a mark are replaced."""
    begin, end = f"<!-- {mark}: begin -->", f"<!-- {mark}: end -->"
    head, rest = page.split(begin)
    return f"{head}{begin}\n{text}\n{end}{rest.split(end)[1]}"


def finding_sentences(metrics: Metrics, language: str) -> str:
    """The finding in the sentences that open the report, in one language (``en`` or ``zh``)."""
    told = opening(metrics) + sureness(metrics)
    if not told:
        return finding_in_words(metrics)
    return "\n\n".join(getattr(sentence, language) for sentence in told)


def with_finding(readme: str, metrics: Metrics, language: str) -> str:
    """A README whose finding is made anew from the metrics."""
    return marked(readme, FINDING_MARK, finding_sentences(metrics, language))


def with_terms(glossary: str) -> str:
    """The glossary, its table of terms with an official text made anew."""
    return marked(glossary, TERMS_MARK, terms_table())


def with_results(page: str, metrics: Metrics) -> str:
    """The page of what was measured, its tables made anew from the files that runs wrote."""
    tables = {
        RESULTS_MARK: results_table(metrics),
        FOREIGN_MARK: foreign_table(),
        PATTERNS_MARK: patterns_table(),
        REPORT_MARK: report_sentence(),
    }
    for mark, table in tables.items():
        page = marked(page, mark, table)
    return page


def foreign_table() -> str:
    """Average precision on held-out time of a run on each foreign data set that was kept."""
    lines = [
        "| source | customers | base rate | model | average precision on held-out time |",
        "|---|---|---|---|---|",
    ]
    for file in sorted(FOREIGN.glob("foreign_*.json")):
        metrics = json.loads(file.read_text(encoding="utf-8"))
        for name, block in metrics["models"].items():
            true = block["true"]
            cells = [
                file.stem.removeprefix("foreign_"),
                f"{metrics['world']['customers']:,}",
                plain(true["base_rate"]["value"], 4),
                name,
                shown(Interval.model_validate(true["average_precision"])),
            ]
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def report_sentence() -> str:
    """What the report of many cases costs."""
    found = json.loads((FOREIGN / "report.json").read_text(encoding="utf-8"))
    return (
        f"The report of {found['cases']} cases, each with a page in both languages, takes "
        f"{found['processor_seconds']:.0f} processor seconds in one process and {found['peak_mb']} MB of "
        f"memory. Its folder "
        f"holds {found['files']} files, {found['site_mb']:.1f} MB together; a page of a case has "
        f"{found['case_page_kb']:.0f} kB."
    )


def patterns_table() -> str:
    """Declared laundering attempts of AMLworld that the network features recognise, by type."""
    lines = [
        "| declared type | recognised by a payment that ... | HI-Small | LI-Small | other types that meet it "
        "| the rest |",
        "|---|---|---|---|---|---|",
    ]
    found = json.loads((FOREIGN / "amlworld_patterns.json").read_text(encoding="utf-8"))
    for kind in next(iter(found.values())):
        blocks = [file[kind] for file in found.values()]
        missed: Counter[str] = Counter()
        for block in blocks:
            missed.update(block["missed"])
        others = f"{sum(b['others_that_meet_it'] for b in blocks)} of {sum(b['others'] for b in blocks)}"
        shares = [f"{block['recognised']} of {block['attempts']}" for block in blocks]
        rest = "; ".join(f"{count} {reason}" for reason, count in missed.items())
        lines.append("| " + " | ".join([kind.lower(), blocks[0]["criterion"], *shares, others, rest]) + " |")
    totals = [
        f"{sum(b['recognised'] for b in file.values())} of {sum(b['attempts'] for b in file.values())}"
        for file in found.values()
    ]
    lines.append("| " + " | ".join(["all types", "", *totals, "", ""]) + " |")
    return "\n".join(lines)


def results_table(metrics: Metrics) -> str:
    """Recall, precision and average precision of every ranker, as the bank sees and as it is."""
    world, rules = metrics.world, metrics.rules
    keys = ("recall_at_budget", "precision_at_budget", "average_precision")
    header = ["ranker", "alerts spent"] + [
        f"{key.replace('_', ' ')}, {side}" for key in keys for side in ("bank sees", "true")
    ]
    rows: dict[str, RulesMetrics | ModelMetrics] = {"rules": rules, **metrics.models}
    lines = [finding_in_words(metrics), "", "| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    for name, found in rows.items():
        cells = [shown(side.figure(key)) for key in keys for side in (found.bank, found.true)]
        lines.append("| " + " | ".join([name, f"{found.alerts_spent:,}", *cells]) + " |")
    lines += [
        "",
        "95 % intervals: by scheme in truth, by customer for the bank, who knows of no scheme. World: "
        f"{world.customers:,} customers, {world.transactions:,} transactions, "
        f"{world.illicit_customers_in_test} customers of {world.illicit_groups_in_test} schemes with "
        f"an illicit payment inside the test weeks ({world.leftover_customers_in_test} more, whose "
        f"payments all lie in the label window before, count nowhere); true base rate "
        f"{plain(rules.true.base_rate.value, 4)}, "
        f"true precision ceiling at the budget {plain(rules.true.precision_ceiling.value, 3)}.",
    ]
    return "\n".join(lines)
