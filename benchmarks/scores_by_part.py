"""Whether scores by part are those of stage ``score``, on the whole bank, and what they cost.

Run by hand from the repository's root where the pipeline has run: ``python -m benchmarks.scores_by_part``.
The feature matrix of stage ``build`` is scored a row group at a time by the kernel that ``--scores`` of
``python -m engines`` runs, with the model that the bank chose; validation and test are compared to the byte
with what stage ``score`` said of all their subjects at once. The result goes to
benchmarks/results/scores_by_part.json.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet

import pipeline
from engines.features import ScoresAsked
from engines.features.matrix import MATRIX, MEASURED
from engines.features.scores import scores_of_part
from features.schema import FeatureMatrix, Subjects
from models.examples import KEY
from models.results.bank import BankView
from models.schema import Scores

RESULT = Path("benchmarks/results/scores_by_part.json")


def scores_by_row_group(asked: ScoresAsked) -> np.ndarray:
    """Scores of all rows of the feature matrix, in its order."""
    subjects = pa.Table.from_pandas(pipeline.read(Subjects), preserve_index=False)
    found, first = [], 0
    with parquet.ParquetFile(pipeline.table_path(FeatureMatrix)) as file:
        for number in range(file.num_row_groups):
            page = file.read_row_group(number, columns=MEASURED, use_threads=False)
            mine = subjects.slice(first, len(page))
            whole = pa.table([*(mine[name] for name in MATRIX.names[:2]), *page.columns], schema=MATRIX)
            found.append(scores_of_part(whole, asked)["score"].to_numpy())
            first += len(page)
    return np.concatenate(found)


def main() -> None:
    """Score, compare and write."""
    load = os.getloadavg()[0]
    ranker = pipeline.read_result(BankView).chosen.name
    before = time.process_time()
    asked = ScoresAsked.read(ranker)
    read = time.process_time()
    scores = scores_by_row_group(asked)
    scored = time.process_time()
    said = pipeline.read(Scores)
    said = said[(said["ranker"] == ranker).to_numpy()]
    known = pipeline.read(FeatureMatrix, [KEY])[KEY].to_numpy()
    ours = scores[np.searchsorted(known, said[KEY].to_numpy())]
    found = {
        "ranker": ranker,
        "subjects": len(scores),
        "subjects_compared": len(said),
        "scores_that_differ": int((ours.view(np.int64) != said["score"].to_numpy().view(np.int64)).sum()),
        "processor_seconds": {
            "reading the model and the medians of training": round(read - before, 1),
            "reading the matrix and scoring": round(scored - read, 1),
        },
        "load_before_and_after": [round(load, 1), round(os.getloadavg()[0], 1)],
    }
    print(json.dumps(found, indent=2))
    RESULT.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
