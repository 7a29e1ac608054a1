"""What a model reads beside the features, for the subjects of a yardstick."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

import pipeline
from models import examples, schema
from models.examples import Learnt, learnt
from models.truth.yardstick import Yardstick
from models.zoo import GRAPH, LIBRARY, LINES, Examples


@dataclass(frozen=True)
class LearntAndRanked:
    """Whom a model learns from and whom it ranks, with all that it reads of them."""

    train: Examples
    judged: Examples


def read_inputs(judge: Yardstick, rows: Learnt, needs: frozenset[str]) -> LearntAndRanked:
    """Read what a model of these needs is given; ``judged`` are the yardstick's subjects in its order."""
    values = pd.DataFrame(judge.values, columns=judge.train.features.columns, copy=False)
    train, judged = judge.train, examples.examples_of(judge.subjects, values, None)
    if needs & {GRAPH, LINES}:
        taught = learnt(pipeline.read(schema.Split), needs, rows)
        train, judged = examples.read_inputs([taught, judge.subjects], needs)
    if LIBRARY in needs:
        (nobody,) = examples.read_inputs([pipeline.read(schema.Split).iloc[:0]], needs)
        train = replace(train, library=nobody.library)
    return LearntAndRanked(train, judged)
