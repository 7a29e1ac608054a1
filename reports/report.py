"""Stage report: a folder of pages in two languages, and the metrics kept in git."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

import pipeline
from data import schema as data_schema
from explain import schema as explain_schema
from explain.results.attribution_checks import AttributionChecks
from explain.results.cases import ExplainedCases
from explain.results.explanation_audit import ExplanationAudit
from explain.results.faithfulness import Faithfulness
from features import schema as features_schema
from models import schema as models_schema
from models.results.audited_cases import AuditedCases
from models.results.bank import BankView
from models.results.beyond import Beyond
from models.results.calibration import Calibration
from models.results.costs import ZooCosts
from models.results.drift_trials import DriftTrials
from models.results.graph_honesty import GraphHonesty
from models.results.imbalance import Imbalance
from models.results.injection import Injection
from models.results.knowledge import BankKnowledge
from models.results.labels import LabelAudit, RuleReport
from models.results.ladder import Ladder
from models.results.learning import LearningCurves
from models.results.money import MoneyAudit
from models.results.over_time import OverTime
from models.results.penalties import PenaltyPaths
from models.results.schemes import DrawnSchemes
from models.results.stack import Stack
from models.results.truth import TruthView
from models.results.tuned import Tuned
from models.zoo import MODELS
from reports import decisions, experiments
from reports.adjacent import adjacent_questions
from reports.cards import card
from reports.case_choice import QueueRow, queue_rows
from reports.case_pages import case_pages
from reports.case_queue import queue_page
from reports.catalogue import CataloguedFeature
from reports.evidence import BudgetSettings, Evidence, ServingCosts, WorldSettings
from reports.experiments import Experiments
from reports.known_sources import metrics_with_sources, with_sources
from reports.metrics import metrics
from reports.pages import sections
from reports.questions import questions
from reports.results import Metrics
from reports.site import PAGES, Page, site_files
from reports.tracing import Imprint, unmarked
from reports.wording import (
    CHINESE_FROM,
    LONGEST_WORD,
    RunNames,
    Text,
    count,
    percent,
    percent_range,
    same,
    share_or_count,
    worded_interval,
    yuan,
)
from reports.written import WrittenRulebook
from verdicts import read_verdicts

TEMPLATES = "reports/templates"
SITE = "site"  # the folder of the pages
SIMULATED = "simulate"
FORMULA_SIGNS = ("=", "+", "-", "@")  # with which a spreadsheet takes words for a formula
COSTS = Path("benchmarks/results/zoo.json")  # no time is the same twice: measured by hand
SERVING = Path("benchmarks/results/serve.json")  # likewise
RULEBOOK = Path("data/rules/rulebook.yaml")  # its cases and the sources of its numbers are shown as written


def breakable(words: str) -> Markup:
    """Escaped words; one that is longer than any real word may break after every so many letters."""
    parts = re.split(rf"([^\s{CHINESE_FROM}-\uffff]{{{LONGEST_WORD + 1},}})", words)
    for place in range(1, len(parts), 2):  # between them stand the words that are no longer than that
        word = parts[place]
        pieces = [word[at : at + LONGEST_WORD] for at in range(0, len(word), LONGEST_WORD)]
        parts[place] = Markup("<wbr>").join(pieces)
    return Markup("").join(parts)


def both(text: Text | str) -> Markup:
    """Both languages as HTML; each file of a page keeps one."""
    pair = same(text) if isinstance(text, str) else text
    if pair.en == pair.zh:
        return breakable(pair.en)
    return Markup('<span class="en" lang="en">{}</span><span class="zh" lang="zh-Hans">{}</span>').format(
        breakable(pair.en), breakable(pair.zh)
    )


def plain_markdown(value: object) -> str:
    """What a template prints into Markdown, as plain words within one line and one cell.

    Names come from the data. Signs that would begin a cell, a tag, a link or emphasis are
    escaped, and what breaks a line becomes a blank.
    """
    line = re.sub(r"\s*[\r\n\v\f\x85\u2028\u2029]+\s*", " ", str(value))
    line = re.sub(r"([\\|`*\[\]~]|(?<!\w)_|_(?!\w))", r"\\\1", line)
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def environment() -> Environment:
    """The templates' own words: ``t`` and ``both`` for pairs, and how numbers are printed."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"t": lambda en, zh: both(Text(en, zh))}
    made.filters |= {
        "both": both,
        "percent": percent,
        "percent_range": percent_range,
        "worded": worded_interval,
        "count": count,
        "share_or_count": share_or_count,
        "yuan": yuan,
    }
    return made


def markdown_environment() -> Environment:
    """The same for Markdown: all that a template prints is escaped, its own text is not."""
    return environment().overlay(autoescape=False, finalize=plain_markdown)


def without_formula(value: object) -> object:
    """A cell of one line that a spreadsheet shows and does not reckon.

    Words that begin a formula get an apostrophe.
    """
    if not isinstance(value, str):
        return value
    line = re.sub(r"[\r\n]+", " ", value)
    return f"'{line}" if line.lstrip().startswith(FORMULA_SIGNS) else line


class BudgetPlotRow(NamedTuple):
    """Recall at a multiple of the budget, in both views."""

    budget: float
    ranker: str
    bank_recall: float | None
    true_recall: float | None


class TypologyPlotRow(NamedTuple):
    """True recall of a ranker by typology with its interval."""

    typology: str
    ranker: str
    customers: int
    recall: float | None
    low: float | None
    high: float | None


PlotRow = TypeVar("PlotRow", BudgetPlotRow, TypologyPlotRow, QueueRow)


def table_text(kind: type[PlotRow], rows: list[PlotRow]) -> str:
    """Rows as CSV; the fields of their kind are the columns."""
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\n")
    writer.writerow(kind._fields)
    writer.writerows([without_formula(value) for value in row] for row in rows)
    return page.getvalue()


def budget_rows(bank: BankView, truth: TruthView) -> list[BudgetPlotRow]:
    """Recall by budget, both views in one row."""
    seen = {(row.ranker, row.budget): row.recall for row in bank.recall_by_budget}
    return [
        BudgetPlotRow(row.budget, row.ranker, seen.get((row.ranker, row.budget)), row.recall)
        for row in truth.recall_by_budget
    ]


def typology_rows(truth: TruthView) -> list[TypologyPlotRow]:
    """True recall by typology with its interval."""
    return [
        TypologyPlotRow(
            row.typology, row.ranker, row.customers, row.recall.value, row.recall.low, row.recall.high
        )
        for row in truth.by_typology
    ]


def shares(contributions: pd.DataFrame) -> dict[str, float]:
    """Each feature's share of the whole absolute contribution."""
    size = contributions["contribution"].abs().groupby(contributions["feature"]).sum()
    return {str(name): float(value) for name, value in (size / max(size.sum(), 1e-12)).items()}


def read_inputs() -> Evidence:
    """Read what earlier stages found."""
    truth = pipeline.read_result(TruthView)
    faithfulness = pipeline.read_result(Faithfulness)
    audited = pipeline.read(models_schema.AuditedAlerts)
    audited = audited[audited["ranker"] == faithfulness.model]
    catalogue = pipeline.read(features_schema.FeatureCatalogue)
    label_audit = pipeline.read_result(LabelAudit)
    contributions = pipeline.read(explain_schema.Contributions, ["feature", "contribution"])
    models = [name for name in truth.metrics if name in MODELS]
    return Evidence(
        bank=pipeline.read_result(BankView),
        truth=truth,
        drawn=pipeline.read_result(DrawnSchemes).typologies,
        tuned={name: pipeline.read_result(Tuned, name) for name in models},
        faithfulness=faithfulness,
        attribution_checks=pipeline.read_result(AttributionChecks),
        explanation_audit=pipeline.read_result(ExplanationAudit),
        cases=pipeline.read_result(ExplainedCases).cases,
        queue=queue_rows(pipeline.read(explain_schema.AlertQueue)),
        members=pipeline.read_result(AuditedCases).members,
        decisions=decisions.read_inputs(),
        schemes=dict(zip(audited["subject_id"].tolist(), audited["schemes"].tolist(), strict=True)),
        catalogue={row["feature"]: CataloguedFeature(**row) for row in catalogue.to_dict("records")},
        budget=BudgetSettings.model_validate(pipeline.param("budget")),
        simulate=WorldSettings.model_validate(pipeline.param("simulate"))
        if pipeline.param("source") == SIMULATED
        else None,
        rulebook=WrittenRulebook.model_validate(pipeline.read_yaml(RULEBOOK)),
        label_audit=label_audit,
        ladder=pipeline.read_result(Ladder),
        rule_report=pipeline.read_result(RuleReport),
        costs=pipeline.parse(ZooCosts, pipeline.read_yaml(COSTS), str(COSTS)),
        serving=ServingCosts.model_validate(pipeline.read_yaml(SERVING)),
        experiments=Experiments(
            imbalance=pipeline.read_result(Imbalance),
            curves=pipeline.read_result(LearningCurves),
            calibration=pipeline.read_result(Calibration),
            stack=pipeline.read_result(Stack),
            injection=pipeline.read_result(Injection),
            graph=pipeline.read_result(GraphHonesty),
            penalties=pipeline.read_result(PenaltyPaths),
            studies=experiments.read_inputs(),
            over_time=pipeline.read_result(OverTime),
            knowledge=pipeline.read_result(BankKnowledge),
            drift=pipeline.read_result(DriftTrials),
            beyond=pipeline.read_result(Beyond),
            verdicts=read_verdicts(),
        ),
        money=pipeline.read_result(MoneyAudit),
        shap_share=shares(contributions),
        names=RunNames.of(
            pipeline.read(data_schema.Typologies), pipeline.read(data_schema.MemberRoles), label_audit.models
        ),
    )


@dataclass(frozen=True)
class Rendered:
    """The report as text: files of the site by name, and its twin in Markdown."""

    site: dict[str, str]
    twin: str


def rendered(found: Evidence, result: Metrics) -> Rendered:
    """The site and its twin; what is told of a run is told with the sources of its numbers."""
    imprint = Imprint()
    known, figures = with_sources(found, imprint), metrics_with_sources(result, imprint)
    asked = {"questions": questions(known, found), "adjacent": adjacent_questions(known)}
    shown = sections(known, figures) | {"queue": queue_page(found)} | asked
    twin = unmarked(markdown_environment().get_template("report.md").render(shown))
    pages = [
        *PAGES,
        *(
            Page(f"cases/{case.case_id}", case.title, "pages/case.html", {"case": case}, False, "form.js")
            for case in case_pages(found)
        ),
    ]
    site = site_files(environment(), pages, shown, imprint)
    return Rendered(site | {"queue.csv": table_text(QueueRow, found.queue)}, twin)


def model_cards(found: Evidence, result: Metrics) -> dict[str, str]:
    """A page in Markdown for each model of the zoo."""
    template = markdown_environment().get_template("card.md")
    return {name: template.render(card=card(found, result, name)) for name in found.tuned}


def remove_others(folder: Path, names: Container[str]) -> None:
    """Remove the pages of an earlier run that this one does not write."""
    for file in folder.rglob("*"):
        if file.is_file() and file.relative_to(folder).as_posix() not in names:
            file.unlink()


def main() -> None:
    """Write the report, the metrics and the tables behind the plots."""
    found = read_inputs()
    result = metrics(found.bank, found.truth, found.label_audit, found.experiments)
    report = rendered(found, result)
    for sentence in decisions.of_another_run(found.decisions, found.cases):
        pipeline.say(sentence)
    remove_others(pipeline.artifact("reports", SITE), report.site)
    for name, text in report.site.items():
        pipeline.write_text("reports", f"{SITE}/{name}", text)
    pipeline.write_text("reports", "report.md", report.twin)
    pipeline.write_result(result)
    for name, text in model_cards(found, result).items():
        pipeline.write_text("reports", f"cards/{name}.md", text)
    by_budget = table_text(BudgetPlotRow, budget_rows(found.bank, found.truth))
    pipeline.write_text("reports", "plots/recall_by_budget.csv", by_budget)
    by_typology = table_text(TypologyPlotRow, typology_rows(found.truth))
    pipeline.write_text("reports", "plots/recall_by_typology.csv", by_typology)


if __name__ == "__main__":
    pipeline.run_stage("report", main)
