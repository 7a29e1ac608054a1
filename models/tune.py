"""Stage tune: search hyper-parameters for recall at the alert budget, on validation only."""

from __future__ import annotations

import numpy as np
import optuna

import pipeline
from models.budget import Budget, alerts_within_budget
from models.examples import examples_of, read_inputs, thinned
from models.metrics import AveragePrecision, recall_at_budget
from models.zoo import MODELS, Examples
from parameters import Part, Seed


class Params(pipeline.Parameters):
    """Section ``tune`` of params.yaml."""

    unsuspected_share: Part
    seed: Seed


def worth(score: np.ndarray, validation: Examples, budget: Budget) -> tuple[float, float]:
    """(recall at the budget, average precision) of a score by the bank's labels."""
    is_positive = validation.label >= 0.5
    as_of_us = validation.as_of.astype("int64").to_numpy()
    alerted = alerts_within_budget(score, validation.customer_id, as_of_us, budget) > 0
    recall = recall_at_budget(validation.customer_id, is_positive, alerted)
    return recall, AveragePrecision(score, is_positive)(np.ones(len(score)))


def tune(name: str, train: Examples, validation: Examples, budget: Budget) -> dict[str, object]:
    """Search one model; ties of the recall are broken by a thousandth of the average precision."""
    model = MODELS.lookup(name, "models.tune")
    settings = pipeline.params(f"models.{name}", model.settings)
    trials: list[dict[str, object]] = []

    def objective(trial: optuna.Trial) -> float:
        choice = model.suggest(trial, settings)
        fitted = model.fit(train, choice, settings, settings.seed)
        recall, precision = worth(fitted.scores(validation), validation, budget)
        trials.append(
            {
                "number": trial.number,
                "choice": choice,
                "recall": round(recall, 6),
                "average_precision": round(precision, 6),
            }
        )
        return recall + precision / 1_000

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=settings.seed))
    for _ in pipeline.progress(range(settings.trials), f"tune {name}", "trial"):
        study.optimize(objective, n_trials=1)
    return {"choice": trials[study.best_trial.number]["choice"], "trials": trials}


def main() -> None:
    """Write the best choice and all trials of one model."""
    name = pipeline.argument("model")
    model = MODELS.lookup(name, "argument")
    split, matrix, graph = read_inputs(model.needs_graph)
    train = examples_of(split, matrix, "train", graph)
    if not model.needs_graph:  # a graph without some of its parties would be another graph
        params = pipeline.params("tune", Params)
        train = thinned(train, params.unsuspected_share, np.random.default_rng(params.seed))
    validation = examples_of(split, matrix, "validation", graph)
    result = tune(name, train, validation, pipeline.params("budget", Budget))
    pipeline.write_json("models", f"tuned_{name}.json", result)


if __name__ == "__main__":
    pipeline.run_stage("tune@" + pipeline.argument("model"), main)
