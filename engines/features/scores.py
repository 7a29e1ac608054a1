"""Scores of a part's customers, by the model that the bank chose in its last run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pyarrow as pa

import pipeline
from engines.features.matrix import KEYS, MEASURED
from engines.relations import Kernel
from features.schema import FeatureMatrix
from models.examples import KEY, examples_of, filled, of_role
from models.schema import Scores, Split
from models.zoo import GRAPH, LINES, MODELS, Fitted, by_row
from pipeline import BadInput

TABLE = pipeline.table_name(Scores)
COLUMNS_AT_ONCE = 16  # of the training subjects' features


def refuse_more_than_trees(ranker: str) -> None:
    """Let pass what scores a row by nothing but the row.

    Raises
    ------
    BadInput
        where there is no such model, or its scores depend on what else there is
    """
    model = MODELS.lookup(ranker, "scores by part")
    if model.is_trees:
        return
    reads = {GRAPH: "the graph around a customer", LINES: "the customer's line of payments"}
    beside = [words for need, words in reads.items() if need in model.needs]
    why = f"it reads {beside[0]}" if beside else "the last bits of sums may depend on the rows beside"
    raise BadInput(f"scores by part: expected a model of boosted trees, found {ranker}: {why}")


def typical(training: pd.DataFrame) -> pd.DataFrame:
    """A row that fills gaps as all training rows do; none where there are none.

    It has the median of a feature that training always had, and a gap where training had one.
    """
    if training.empty:
        return training
    values = {name: training[name].to_numpy() for name in training}
    row = {name: np.nan if np.isnan(known).any() else np.median(known) for name, known in values.items()}
    return pd.DataFrame([row], dtype=np.float32)


def read_typical(names: Sequence[str]) -> pd.DataFrame:
    """What is `typical` of the training subjects of the bank's run; some columns are held at once."""
    training = of_role(pipeline.read(Split, [KEY, "role"]), "train")
    known = pipeline.read(FeatureMatrix, [KEY])[KEY].to_numpy()
    rows = np.searchsorted(known, training[KEY].to_numpy())
    found = []
    for start in range(0, len(names), COLUMNS_AT_ONCE):
        others = [*names[:start], *names[start + COLUMNS_AT_ONCE :]]
        (learnt,) = pipeline.read_matrix(FeatureMatrix, [rows], without=(KEY, *others))
        found.append(typical(learnt))
    return pd.concat(found, axis=1)


@dataclass(frozen=True)
class ScoresAsked:
    """The model that scores, as its file has it, and what is `typical` of those whom it learnt from."""

    ranker: str
    model: bytes
    typical: pd.DataFrame

    @classmethod
    def read(cls, ranker: str) -> ScoresAsked:
        """Read a model of the bank's run.

        Raises
        ------
        BadInput
            where it cannot score by part, or its features are not those that are measured by part
        """
        refuse_more_than_trees(ranker)
        model = pipeline.existing("models", MODELS[ranker].file).read_bytes()
        nobody = np.zeros(0, np.int64)
        (learnt,) = pipeline.read_matrix(FeatureMatrix, [nobody], without=(KEY,))
        if list(learnt) != MEASURED:
            path = pipeline.table_path(FeatureMatrix)
            raise BadInput(f"{path}: other features than are measured by part, run the stage build")
        return cls(ranker, model, read_typical(MEASURED))


@lru_cache(maxsize=1)
def opened_model(ranker: str, model: bytes) -> Fitted:
    """The model, which a process opens once for all parts."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "model"  # a model reads its own format from a file
        file.write_bytes(model)
        return MODELS[ranker].load(file)


def scores_of_part(matrix: pa.Table, asked: ScoresAsked) -> pa.Table:
    """Scores as stage ``score`` gives them, in the order of the rows.

    Parameters
    ----------
    matrix : the feature matrix of a part
    """
    keys = matrix.select(list(KEYS))
    if not len(matrix):
        return keys.append_column("score", pa.array([], pa.float64()))
    subjects = keys.to_pandas().assign(label=0.0, weight=1.0)  # nobody knows, and no score asks
    given = filled(examples_of(subjects, matrix.select(MEASURED).to_pandas(), None), asked.typical)
    score = opened_model(asked.ranker, asked.model).scores(by_row(given))
    return keys.append_column("score", pa.array(score.astype(np.float64)))


class Scored:
    """The feature matrix of a part, and the scores of its customers while it is at hand.

    Parameters
    ----------
    measure : what makes the matrix of a part
    asked : gives the model to the process that scores; see `engines.relations.Engine.shared`
    """

    def __init__(self, measure: Kernel, asked: Callable[[], ScoresAsked]) -> None:
        self.measure, self.asked = measure, asked

    def __call__(self, tables: Mapping[str, pa.Table]) -> Mapping[str, pa.Table]:
        """Both tables by name."""
        matrix = self.measure(tables)
        return {pipeline.table_name(FeatureMatrix): matrix, TABLE: scores_of_part(matrix, self.asked())}
