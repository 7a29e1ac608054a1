"""Stage audit_imbalance: what each handling of rare positives is worth, by the bank and in truth.

A part of the audit: the truth is read to judge rankings. Every handling learns from the
bank's labels, with one fixed choice of everything else, and validation chooses among them.
"""

from __future__ import annotations

import pipeline
from models.budget import Budget
from models.examples import Learnt
from models.probability import probability_calibration
from models.results.imbalance import Imbalance, ImbalanceRow
from models.truth import fixed_trees
from models.truth.fixed_trees import Trees
from models.truth.imbalance import HANDLINGS, Task, Ways
from models.truth.yardstick import Yardstick, read_inputs
from parameters import Draws, Seed

PLAIN = "nothing"  # from which gains are measured


class Params(pipeline.Parameters):
    """Section ``audit_imbalance`` of params.yaml."""

    bootstrap_draws: Draws
    seed: Seed
    ways: Ways
    trees: Trees


def best_on_validation(rows: list[ImbalanceRow]) -> str:
    """The handling that the bank would choose; what was not measured comes last."""

    def order(row: ImbalanceRow) -> tuple[float, float]:
        found = row.worth
        return (
            -1.0 if found.validation_recall is None else found.validation_recall,
            -1.0 if found.validation_average_precision is None else found.validation_average_precision,
        )

    return max(rows, key=order).handling


def compared(yardstick: Yardstick, params: Params) -> Imbalance:
    """Every handling in turn, by one binning of the training rows."""
    train = yardstick.train
    data = fixed_trees.bins(train.features.to_numpy(), params.trees, params.seed)
    task = Task(train, data, yardstick.values, params.trees, params.ways, params.seed)
    scores = {
        name: handling.scores(task)
        for name, handling in pipeline.progress(HANDLINGS.items(), "imbalance", "handling")
    }
    worth = yardstick.judged(scores, PLAIN, params.bootstrap_draws, params.seed)
    test = yardstick.subjects[yardstick.watch.is_judged]
    customer, label = test["customer_id"].to_numpy(), test["label"].to_numpy()
    rows = [
        ImbalanceRow(
            handling=name,
            label_en=handling.label_en,
            label_zh=handling.label_zh,
            worth=worth[name],
            **probability_calibration(customer, scores[name][test.index], label),
        )
        for name, handling in HANDLINGS.items()
    ]
    return Imbalance(
        rows=rows,
        chosen=best_on_validation(rows),
        suspicious=int(task.is_suspicious.sum()),
        balance=round(task.balance, 1),
    )


def main() -> None:
    """Write the comparison of handlings."""
    params, budget = pipeline.params("audit_imbalance", Params), pipeline.params("budget", Budget)
    yardstick = read_inputs(budget, pipeline.params("learn", Learnt))
    pipeline.write_result(compared(yardstick, params))


if __name__ == "__main__":
    pipeline.run_stage("audit_imbalance", main)
