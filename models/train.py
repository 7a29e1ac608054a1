"""Stage train: fit one model with its tuned choice, on training subjects only."""

from __future__ import annotations

import pipeline
from models import schema
from models.examples import Learnt, learnt, read_inputs
from models.results.tuned import Tuned
from models.zoo import MODELS


def main() -> None:
    """Write one fitted model in its own format."""
    name = pipeline.argument("model")
    model = MODELS.lookup(name, "argument")
    settings = pipeline.params(f"models.{name}", model.settings)
    choice = pipeline.read_result(Tuned, name).choice
    subjects = learnt(pipeline.read(schema.Split), model.needs, pipeline.params("learn", Learnt))
    (train,) = read_inputs([subjects], model.needs)
    with pipeline.timed("fit"):
        fitted = model.fit(train, choice, settings, settings.seed)
    pipeline.save("models", model.file, fitted.save)


if __name__ == "__main__":
    pipeline.run_stage("train@" + pipeline.argument("model"), main)
