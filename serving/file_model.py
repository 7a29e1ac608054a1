"""A model for files: fitted on the bank's own payments as such a file would show them.

The bank's models read over two hundred features, most of which a stranger's file cannot fill.
Trees that never saw a gap send it somewhere all the same, so nothing is left for them to guess:
the bank is narrowed to the file's columns first, measured anew and learnt from.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import pipeline
from data import schema as data_schema
from data.results import Interval
from data.schema import WEEK_US
from models import schema as models_schema
from models.budget import Budget, Watch
from models.examples import Learnt, thinned
from models.judgement import Contest
from models.judgement import Params as JudgeParams
from models.metrics import with_intervals
from models.positives import Positives
from models.results.tuned import Tuned
from models.zoo import MODELS, Choice, Examples, by_row
from models.zoo.gaps import gappy
from parameters import parse_text
from pipeline import BadInput
from serving.card import FileModelCard, MissingFeature, NarrowCost
from serving.ledger import NarrowLedger, narrowed
from serving.measure import EngineParams, MeasuredCustomers, every_feature, measured_customers, why_missing
from serving.settings import FileModelSettings

CARD, MODEL, REFERENCE = "card.json", "model.txt", "reference.parquet"
SCORE = "score"  # column of the reference beside the features


@dataclass(frozen=True)
class FileModel:
    """A fitted model, its card, and training subjects to compare a file with.

    ``reference`` has the model's features and its score, one row a subject.
    """

    card: FileModelCard
    fitted: Any
    reference: pd.DataFrame

    def scores(self, features: pd.DataFrame) -> np.ndarray:
        """Raw margin (log-odds) by row of ``features``; shape (n,)."""
        return np.asarray(self.fitted.scores(unlabelled(features[self.card.features])))


@dataclass(frozen=True)
class BankSide:
    """What the bank brings to such a model.

    ``split`` has the training and validation rows of Split, ``score`` the scores that the bank's own
    model of the same kind gives those of validation, in their order.
    """

    ledger: NarrowLedger
    split: pd.DataFrame
    score: np.ndarray
    choice: Choice
    settings: Any
    engine: EngineParams
    budget: Budget
    learnt: Learnt
    judge: JudgeParams
    psi_bins: int
    split_sha256: str


def unlabelled(features: pd.DataFrame) -> Examples:
    """Examples of which nothing but the features is known."""
    size = len(features)
    never = pd.Series(pd.DatetimeIndex(np.zeros(size, "datetime64[us]"), tz="UTC"))
    return by_row(Examples(features, np.zeros(size, np.int64), never, np.zeros(size), np.ones(size)))


def read_bank(facts: frozenset[str], learner: str, engine: EngineParams) -> BankSide:
    """Read the finished run in ``artifacts`` as far as a model for files needs it.

    Raises
    ------
    BadInput
        where a table is missing
    """
    model = MODELS.lookup(learner, "serving/settings.yaml: model.learner")
    split = pipeline.read(models_schema.Split)
    split = split[split["role"] != "test"].reset_index(drop=True)
    until = pipeline.read(data_schema.Periods).set_index("name")["ends_at"].loc["validation"]
    payments = pipeline.read(
        data_schema.Transactions, ["at", "payer_account_id", "payee_account_id", "amount_cents"]
    )
    accounts = pipeline.read(data_schema.Accounts, ["account_id", "customer_id", "holder"])
    scores = pipeline.read(models_schema.Scores)
    scores = scores[(scores["ranker"] == learner).to_numpy()].set_index("subject_id")["score"]
    path = pipeline.table_path(models_schema.Split)
    return BankSide(
        ledger=narrowed(
            payments[(payments["at"] < until).to_numpy()],
            accounts.sort_values("account_id", kind="stable", ignore_index=True),
            facts,
            int(split["as_of"].astype("int64").min()),
        ),
        split=split,
        score=scores.loc[split.loc[split["role"] == "validation", "subject_id"]].to_numpy(),
        choice=pipeline.read_result(Tuned, learner).choice,
        settings=pipeline.params(f"models.{learner}", model.settings),
        engine=engine,
        budget=pipeline.params("budget", Budget),
        learnt=pipeline.params("learn", Learnt),
        judge=pipeline.params("evaluate", JudgeParams),
        psi_bins=int(engine.build.stability_bins),
        split_sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
    )


def fit_file_model(bank: BankSide, settings: FileModelSettings) -> FileModel:
    """Narrow the bank, measure it, learn from its training weeks and weigh the loss on validation.

    Raises
    ------
    BadInput
        where the training weeks hold nobody suspicious
    """
    training = thinned(
        bank.split[bank.split["role"] == "train"],
        bank.learnt.unsuspected_share,
        np.random.default_rng(bank.learnt.seed),
    )
    validation = bank.split[bank.split["role"] == "validation"].reset_index(drop=True)
    if not (training["label"] >= 0.5).any():
        raise BadInput("the bank's training weeks have nobody suspicious to learn from")
    known = of_the_bank(bank, pd.concat([training, validation]))
    learnt, rows = with_features(training, known)
    names = varying(rows)
    model = MODELS[settings.learner]
    fitted = model.fit(labelled(learnt, rows[names]), bank.choice, bank.settings, bank.settings.seed)
    judged, seen = with_features(validation, known)
    mine = pd.Series(-np.inf, index=validation["subject_id"])
    mine[judged["subject_id"].to_numpy()] = fitted.scores(unlabelled(seen[names]))
    reference = drawn_reference(learnt, rows[names], settings)
    lacking = set(gappy(rows[names]))
    card = FileModelCard(
        facts=sorted(bank.ledger.facts),
        learner=settings.learner,
        choice=bank.choice,
        features=names,
        medians={name: float(rows[name].median()) for name in names if name not in lacking},
        left_out=left_out(names, bank.ledger.facts),
        learnt_from=len(learnt),
        suspicious=int((learnt["label"] >= 0.5).sum()),
        alerts_per_thousand_customers_week=bank.budget.alerts_per_thousand_customers_week,
        suppress_days=bank.budget.suppress_days,
        psi_bins=bank.psi_bins,
        cost=cost_of(validation, bank.score, mine.to_numpy(), bank.budget, bank.judge),
        split_sha256=bank.split_sha256,
    )
    scored = fitted.scores(unlabelled(reference)).astype(np.float32)
    return FileModel(card, fitted, reference.assign(**{SCORE: scored}))


def of_the_bank(bank: BankSide, wanted: pd.DataFrame) -> MeasuredCustomers:
    """The narrowed bank's features at the weekly moments of Split."""
    at_us = wanted["as_of"].astype("int64")
    weeks = np.arange(at_us.min(), at_us.max() + 1, WEEK_US)
    return measured_customers(bank.ledger, weeks, bank.engine, wanted[["customer_id", "as_of"]])


def with_features(subjects: pd.DataFrame, known: MeasuredCustomers) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The subjects that the narrowed bank knows, and their features in the same order.

    Whoever paid nothing but shops in a month is asleep in a file of transfers.
    """
    place = known.subjects.assign(place=np.arange(len(known.subjects)))
    found = subjects.merge(place, how="inner", on=["customer_id", "as_of"])
    return found.drop(columns="place"), known.features.iloc[found["place"].to_numpy()].reset_index(drop=True)


def varying(rows: pd.DataFrame) -> list[str]:
    """Columns in which training rows differ from each other."""
    return [str(name) for name, values in rows.items() if values.max() > values.min()]


def labelled(subjects: pd.DataFrame, features: pd.DataFrame) -> Examples:
    """Training examples of rows of Split."""
    return Examples(
        features,
        subjects["customer_id"].to_numpy(),
        subjects["as_of"].reset_index(drop=True),
        subjects["label"].to_numpy(),
        subjects["weight"].to_numpy(),
    )


def drawn_reference(subjects: pd.DataFrame, rows: pd.DataFrame, settings: FileModelSettings) -> pd.DataFrame:
    """Training subjects drawn as often as each of the thinned ones stands for."""
    chance = np.where(subjects["label"] > 0, 1.0, subjects["weight"] / subjects["weight"].min())
    size = min(settings.reference_subjects, len(rows))
    rng = np.random.default_rng(settings.seed)
    chosen = np.sort(rng.choice(len(rows), size, replace=False, p=chance / chance.sum()))
    return rows.iloc[chosen].reset_index(drop=True)


def left_out(names: list[str], facts: frozenset[str]) -> list[MissingFeature]:
    """The bank's features that are not among ``names``, each with the reason."""
    found = []
    for name, feature in every_feature().items():
        if name not in names:
            en, zh = why_missing(name, facts)
            found.append(
                MissingFeature(
                    feature=name, label_en=feature.label_en, label_zh=feature.label_zh, why_en=en, why_zh=zh
                )
            )
    return found


def cost_of(
    validation: pd.DataFrame, bank: np.ndarray, file: np.ndarray, budget: Budget, params: JudgeParams
) -> NarrowCost:
    """Both models on the bank's validation weeks by the bank's labels; whom a file cannot see is missed.

    ``bank`` and ``file`` are scores of the rows of ``validation``.
    """
    customer = validation["customer_id"].to_numpy()
    is_positive = (validation["label"] >= 0.5).to_numpy()
    contest = Contest.of(
        Watch.of(validation, "validation"),
        {"bank": bank, "file": file},
        Positives.of(customer, is_positive, is_positive),
        budget,
        params,
    )
    by_name = {name: with_intervals(sample) for name, sample in contest.samples.items()}
    lost = contest.differences()["bank"]["file"]

    def told(name: str, metric: str) -> Interval:
        return by_name[name][metric]

    return NarrowCost(
        customers=len(np.unique(customer[is_positive])),
        recall_of_bank=told("bank", "recall_at_budget"),
        recall_of_file=told("file", "recall_at_budget"),
        recall_lost=lost.recall_at_budget,
        precision_of_bank=told("bank", "average_precision"),
        precision_of_file=told("file", "average_precision"),
        precision_lost=lost.average_precision,
    )


def save_file_model(model: FileModel, folder: Path) -> None:
    """Write the three files of a model; the card comes last, for it says that the others are whole."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CARD).unlink(missing_ok=True)
    model.fitted.save(folder / MODEL)
    model.reference.to_parquet(folder / REFERENCE, compression="zstd", index=False)
    text = model.card.model_dump_json(indent=2)
    (folder / CARD).write_text(text + "\n", encoding="utf-8")


def load_file_model(folder: Path) -> FileModel:
    """Read a saved model.

    Raises
    ------
    BadInput
        if a file is missing or broken
    """
    for name in (CARD, MODEL, REFERENCE):
        if not (folder / name).is_file():
            raise BadInput(f"{folder / name}: the file is missing")
    card = parse_text(FileModelCard, (folder / CARD).read_text(encoding="utf-8"), str(folder / CARD))
    model = MODELS.lookup(card.learner, str(folder / CARD))
    try:
        reference = pd.read_parquet(folder / REFERENCE)
        fitted = model.load(folder / MODEL)
    except Exception as error:  # whatever the libraries raise on a broken file
        raise BadInput(f"{folder}: the model cannot be read ({str(error).splitlines()[0]})") from None
    return FileModel(card, fitted, reference)
