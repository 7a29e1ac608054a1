"""Each point of extension is used as the README says, in a scratch copy, and the laws hold there.

Every addition is one file or one entry; the rule is put first, where a test that counts on a place
would find it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import console

CATALOGUE = (
    "tests/pipeline/test_form_laws.py",
    "tests/pipeline/test_laws.py",
    "tests/pipeline/test_number_laws.py",
    "tests/spec/test_catalogue.py",
    "tests/spec/test_registry_and_docs.py",
    "tests/spec/test_search_space.py",
)

OF_ALL = {"label model": "tests/spec/test_label_models.py"}  # what holds of every registered one
BY_HAND = "test_tenure.py"  # the value of the feature on a little bank, as its author would test it

INDICATOR = '''"""What arrives in a fortnight."""

import numpy as np

from data.asof import Past
from data.indicators import indicator


@indicator("近14天转入笔数", "count", "volume", "assumption")
def in_count_14d(past: Past) -> np.ndarray:
    """Payments received in 14 days."""
    return past.count("credit", days=14)
'''

RULE = """  - id: R98
    name: {en: Many payments in a month, zh: 一个月内交易笔数多}
    use: feature
    case_refs: []
    red_flags: [sudden_volume]
    predicate: in_count_7d >= {count}
    parameters:
      count: {value: 400, unit: count, source: assumption}
    family: volume
    typologies: [fan_in]
    source: assumption
    evidence: D
    owner: AML operations
    reviewed: 2026-10-15
    known_false_positives:
      - {en: a shop in the season, zh: 旺季商户}
    suppress_days: 30
    amount: in_amount_7d
    growth: 0.5

"""

TYPOLOGY = '''"""T98: one pays one, who keeps it; a gift looks alike."""

from __future__ import annotations

from data.typologies import Scene, typology


def plain_gift(scene: Scene) -> None:
    """One person gives another a present of money."""
    giver, taker = scene.insiders(2)
    scene.join(giver, "well_wisher")
    at = scene.spread(0.0, 1.0, 1)
    scene.pay(at, giver, taker, scene.rng.uniform(500, 2_000, 1), "transfer", "gift")


@typology(
    "单笔收受",
    family="fan_in",
    source="assumption",
    look_alike=plain_gift,
    look_alike_label=("a gift between two", "个人之间的赠与"),
    roles={"well_wisher": ("well-wisher", "赠与人")},
)
def single_bribe(scene: Scene) -> None:
    """Single bribe.

    One stranger pays one person once.
    """
    taker = scene.recruits(1)[0]
    scene.join(taker, "collector")
    giver = scene.outsiders(1)
    at = scene.spread(0.0, 1.0, 1)
    scene.pay(at, giver, taker, scene.rng.uniform(5_000, 20_000, 1), "transfer", "gift")
'''

FEATURE = '''"""How long the customer has been one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from features.profile import CDD, Profile, feature


@feature("开户年限", "years", "profile", "assumption", owner=CDD)
def tenure_years(known: Profile) -> np.ndarray:
    """Years since the customer joined."""
    tenure = known.subjects["as_of"] - known.on_file("joined_at")
    return (tenure / pd.Timedelta(days=365)).to_numpy(dtype=float)
'''
VALUE = '''"""The feature that was added, on a little bank."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.property.worlds import drawn_bank, model_inputs, tags


def test_it_is_a_column_of_the_matrix() -> None:
    ledger = drawn_bank([("2025-03-09 10:00", "eve", "carl", 100)])
    inputs = model_inputs(ledger, tags())
    mine = inputs.subjects["customer_id"] == ledger.customer_id["carl"]
    mine &= inputs.subjects["as_of"] == pd.Timestamp("2025-03-10", tz="UTC")
    row = inputs.matrix.set_index("subject_id").loc[inputs.subjects.loc[mine, "subject_id"].iloc[0]]
    assert row["tenure_years"] == pytest.approx(18 / 365, abs=1 / 365)  # carl joined on 20 February
'''

LABEL_MODEL = '''

@label_model("多数规则")
def most_rules(votes: Votes, settings: Settings) -> Belief:
    """Most rules.

    Suspicious if more than half of the rules vote for it.
    """

    def belief(asked: Votes) -> np.ndarray:
        return (2 * asked.fired.sum(axis=1) > asked.fired.shape[1]).astype(float)

    return belief
'''

MODEL = '''"""The nearest mean: how much closer a customer is to the suspicious ones than to the others."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from models.zoo import (
    FEATURES_ALONE,
    MODELS,
    Anew,
    Choice,
    Examples,
    ModelSettings,
    Trial,
    draw_choice,
    learnable,
)
from parameters import PositiveRange


class MeansSettings(ModelSettings):
    """Section ``models.nearest_mean`` of params.yaml."""

    shrink: PositiveRange


@dataclass(frozen=True)
class FittedMeans:
    """A direction between two means."""

    direction: list[float]

    def scores(self, examples: Examples) -> np.ndarray:
        """The place of each subject along the direction, shape (n,)."""
        values = np.nan_to_num(examples.features.to_numpy(np.float64))
        return np.einsum("nf,f->n", values, np.array(self.direction))

    def save(self, path: Path) -> None:
        """Write the direction as JSON."""
        path.write_text(json.dumps(self.direction), encoding="utf-8")


class NearestMean:
    """Two means and the direction between them."""

    label_en = "Nearest mean"
    label_zh = "最近均值"
    settings = MeansSettings
    file = "fitted/nearest_mean.model"
    needs = FEATURES_ALONE
    is_trees = False
    is_supervised = True

    def suggest(self, trial: Trial, settings: MeansSettings) -> Choice:
        """How far the direction is shrunk."""
        return draw_choice(trial, settings)

    def fit(self, examples: Examples, choice: Choice, settings: MeansSettings, seed: int) -> FittedMeans:
        """Find the means."""
        values = np.nan_to_num(learnable(examples).features.to_numpy(np.float64))
        is_suspicious = examples.label >= 0.5
        gap = values[is_suspicious].mean(axis=0) - values[~is_suspicious].mean(axis=0)
        return FittedMeans((gap / (values.var(axis=0) + choice["shrink"])).tolist())

    def learner(self, examples: Examples, settings: Any, seed: int) -> Anew:
        """Nothing is made ready."""
        return Anew(self, examples, settings, seed)

    def load(self, path: Path) -> FittedMeans:
        """Read the direction."""
        return FittedMeans(json.loads(path.read_text(encoding="utf-8")))


MODELS.register("nearest_mean")(NearestMean())
'''
MODEL_SECTION = """  nearest_mean: # the model of an example
    trials: 2
    seed: 1
    threads: 1
    shrink: [0.1, 10.0] # added to the variance (assumption)
"""
MODEL_STAGE = "      nearest_mean: {code: models/zoo/nearest_mean.py, <<: *features}\n"


def written(place: str, text: str) -> Callable[[Path], object]:
    """An addition that is one new file."""
    return lambda copy: (copy / place).write_text(text, encoding="utf-8") and None


def put_before(copy: Path, place: str, mark: str, text: str) -> None:
    """Put an entry before the first line that begins with ``mark``."""
    old = (copy / place).read_text(encoding="utf-8")
    assert f"\n{mark}" in old
    (copy / place).write_text(old.replace(f"\n{mark}", f"\n{text}{mark}", 1), encoding="utf-8")


def first_rule(copy: Path) -> None:
    put_before(copy, "data/rules/rulebook.yaml", "  - id: R01", RULE)


def one_model(copy: Path) -> None:
    written("models/zoo/nearest_mean.py", MODEL)(copy)
    put_before(copy, "params.yaml", "  xgboost:", MODEL_SECTION)
    put_before(copy, "dvc.yaml", "      gnn: &network", MODEL_STAGE)


def one_label_model(copy: Path) -> None:
    with (copy / "data/labels/label_models.py").open("a", encoding="utf-8") as module:
        module.write(LABEL_MODEL)


def one_feature(copy: Path) -> None:
    written("features/profile/tenure.py", FEATURE)(copy)
    written(f"tests/spec/{BY_HAND}", VALUE)(copy)


ADDITIONS: dict[str, Callable[[Path], object]] = {
    "rule": first_rule,
    "indicator": written("data/indicators/fortnight.py", INDICATOR),
    "typology": written("data/typologies/single_bribe.py", TYPOLOGY),
    "feature": one_feature,
    "label model": one_label_model,
    "model": one_model,
}
NAMED = {
    "rule": "R98",
    "indicator": "in_count_14d",
    "typology": "single_bribe",
    "feature": "tenure_years",
    "label model": "most_rules",
    "model": "nearest_mean",
}


def ran(copy: Path, *words: str) -> str:
    """What a command of this Python prints in the copy; it must succeed."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, *words], cwd=copy, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-3_000:]
    return done.stdout


@pytest.mark.parametrize("what", ADDITIONS)
def test_what_the_readme_says_is_all_that_an_addition_takes(
    what: str, tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    console.copy_sources(tmp_path)
    ADDITIONS[what](tmp_path)
    ran(tmp_path, "console.py", "check")
    own = [str(file.relative_to(tmp_path)) for file in (tmp_path / "tests/spec").glob(BY_HAND)]
    own += [OF_ALL[what]] if what in OF_ALL else []
    passed = ran(tmp_path, "-m", "pytest", "-n", "0", "-vv", *CATALOGUE, *own)
    if what == "feature":
        assert "a_known_family[tenure_years] PASSED" in passed
        assert "test_it_is_a_column_of_the_matrix PASSED" in passed
    if what == "label model":
        assert "test_a_belief_is_a_share_whatever_is_asked[most_rules] PASSED" in passed
    known = (
        "from data.indicators import INDICATORS\nfrom data.labels.label_models import LABEL_MODELS\n"
        "from data.rules import rulebook\n"
        "from data.typologies import TYPOLOGIES\nfrom features import profile\n"
        "from models.zoo import MODELS\n"
        "print(*[rule.id for rule in rulebook.load().every_rule], *INDICATORS, *TYPOLOGIES, *MODELS)\n"
        "print(*[feature.name for feature in profile.FEATURES], *LABEL_MODELS)"
    )
    assert NAMED[what] in ran(tmp_path, "-c", known).split()


def test_the_recipes_of_the_readme_are_those_that_are_tried(root: Path) -> None:
    text = (root / "README.md").read_text(encoding="utf-8")
    recipes = text.split("## How to add")[1].split("\n## ")[0]
    for what in ADDITIONS:
        article = "An" if what[0] in "aeiou" else "A"
        assert f"**{article} {what}.**" in recipes
