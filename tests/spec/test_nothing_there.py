"""Nothing to show is an answer: empty tables, and a sentence in both languages."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import pipeline
from data import schema as data_schema
from data.sources import Whole
from explain import explain
from explain import schema as explain_schema
from explain.attribution import contributions
from explain.faithfulness import deletion
from explain.results.cases import ExplainedCases
from explain.results.faithfulness import Faithfulness
from features import schema as features_schema
from features.catalogue import Feature, catalogue_table, differences
from models import schema as models_schema
from models.budget import Budget, Watch
from models.intervals import UNMEASURED
from models.judgement import Params as JudgeParams
from models.judgement import judge
from models.positives import Positives
from models.results.bank import BankView
from models.results.labels import LabelAudit
from models.zoo import MODELS, Examples
from parameters import read_yaml, write_yaml
from reports.metrics import labels_metrics
from reports.report import environment
from reports.wording import Text
from tests.spec.records import partial

COLUMNS = [
    Feature("in_amount_7d", "Money in", "转入", "CNY", "volume", "windows", "Nowhere"),
    Feature("out_amount_7d", "Money out", "转出", "CNY", "fan_out", "windows", "Nowhere"),
]
WEEKS = pd.to_datetime(["2025-11-03", "2025-11-10"], utc=True).astype("datetime64[us, UTC]")
NOBODY = {"value": None, "low": None, "high": None}


def subjects(customer_id: pd.Series) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Split and feature matrix of some customers in two test weeks."""
    size = 2 * len(customer_id)
    split = pd.DataFrame(
        {
            "subject_id": np.arange(size),
            "customer_id": np.tile(customer_id, 2),
            "as_of": np.repeat(WEEKS, len(customer_id)),
            "role": "test",
            "label": 0.0,
            "weight": 1.0,
            "label_source": "unreviewed",
            "label_event_at": pd.Series(pd.NaT, range(size), "datetime64[us, UTC]"),
        }
    )
    drawn = np.random.default_rng(1).lognormal(5, 1, (size, 2)).astype(np.float32)
    matrix = pd.DataFrame(drawn, columns=[f.name for f in COLUMNS])
    matrix.insert(0, "subject_id", np.arange(size))
    return split, matrix


@pytest.fixture
def bank(small_world: Whole, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    """A folder with all that ``explain`` reads but alerts and a model; the split is returned."""
    shutil.copy2("params.yaml", tmp_path)
    shutil.copytree("data/rules", tmp_path / "data/rules")
    monkeypatch.chdir(tmp_path)
    explained("lightgbm")
    for table in ("Periods", "Customers", "Accounts", "Transactions", "Devices"):
        pipeline.write(getattr(data_schema, table), getattr(small_world, table.lower()))
    for table in (
        "AccountNames",
        "Rules",
        "RuleHits",
        "Dispositions",
        "Alerts",
        "ProfileTags",
    ):
        pipeline.write(getattr(data_schema, table), empty(getattr(data_schema, table)))
    pipeline.write(
        data_schema.DailyIndicators,
        pd.DataFrame(columns=["customer_id", "as_of", "in_amount_7d", "in_count_7d"]),
    )
    split, matrix = subjects(small_world.customers["customer_id"].head(30))
    pipeline.write(models_schema.Split, split)
    pipeline.write(features_schema.FeatureMatrix, matrix)
    none = differences(matrix.iloc[:0], matrix.iloc[:0])
    kind = np.full(len(split), "person")
    catalogue = catalogue_table(COLUMNS, matrix, kind, split["role"].to_numpy(), none, 10)
    pipeline.write(features_schema.FeatureCatalogue, catalogue)
    return split


def empty(table: type[pipeline.Table]) -> pd.DataFrame:
    """A table without rows, of its declared columns and types."""
    return pd.DataFrame(columns=list(table.to_schema().columns))


def explained(name: str) -> None:
    """Let ``explain`` speak of one model, whichever the run's parameters name."""
    file = Path("params.yaml")
    values = read_yaml(file)
    values["explain"]["model"] = name
    write_yaml(file, values)


def trained(name: str, split: pd.DataFrame) -> None:
    """Save a model of the zoo that learnt from the bank's subjects."""
    features = pipeline.read(features_schema.FeatureMatrix).drop(columns="subject_id")
    label = (features.iloc[:, 0] > features.iloc[:, 0].median()).to_numpy(float)
    model = MODELS[name]
    settings = pipeline.params(f"models.{name}", model.settings)
    choice = {key: value[0] for key, value in settings if isinstance(value, tuple)}
    examples = Examples(features, split["customer_id"].to_numpy(), split["as_of"], label, np.ones(len(split)))
    fitted = model.fit(examples, choice | {"trees": 3}, settings, 1)
    pipeline.save("models", model.file, fitted.save)


def test_a_budget_that_allows_no_alert_leaves_empty_tables_of_reasons(bank: pd.DataFrame) -> None:
    trained("lightgbm", bank)
    pipeline.write(models_schema.ModelAlerts, empty(models_schema.ModelAlerts))
    explain.main()
    assert len(pipeline.read(explain_schema.Contributions)) == 0
    assert len(pipeline.read(explain_schema.Reasons)) == 0
    assert pipeline.read_result(ExplainedCases).cases == []
    found = pipeline.read_result(Faithfulness)
    assert found.alerts == 0 and found.feature_shares == []
    assert found.top_families_fall is None and found.random_families_fall is None


def test_the_same_bank_with_one_alert_has_its_reasons(bank: pd.DataFrame) -> None:
    """The other side of the test above: the little bank is whole but for its alerts."""
    trained("lightgbm", bank)
    row = bank.iloc[[3]].assign(ranker="lightgbm", rank=1)
    pipeline.write(models_schema.ModelAlerts, row[["ranker", "subject_id", "customer_id", "as_of", "rank"]])
    explain.main()
    assert len(pipeline.read(explain_schema.Contributions)) == len(COLUMNS)
    cases = pipeline.read_result(ExplainedCases).cases
    alerted = [one.subject_id for case in cases for one in case.parties if one.found_by == "model"]
    assert alerted == [3]


def test_another_tree_model_is_explained_by_its_own_name(bank: pd.DataFrame) -> None:
    trained("xgboost", bank)
    explained("xgboost")
    row = bank.iloc[[3]].assign(ranker="xgboost", rank=1)
    pipeline.write(models_schema.ModelAlerts, row[["ranker", "subject_id", "customer_id", "as_of", "rank"]])
    explain.main()
    assert pipeline.read_result(Faithfulness).model == "xgboost"


def test_a_model_that_was_not_trained_is_one_sentence(bank: pd.DataFrame) -> None:
    with pytest.raises(pipeline.BadInput, match=r"/lightgbm\.model: the file is missing, run the stage"):
        explain.main()


def test_no_rows_have_no_contributions_and_nothing_to_delete() -> None:
    nothing = pd.DataFrame({"a": [], "b": []}, dtype=np.float32)
    assert contributions(None, nothing, np.zeros(0)).shape == (0, 2)
    fall = deletion(
        lambda _: np.zeros(0), nothing, np.zeros((0, 2)), np.zeros((0, 2)), np.array(["x", "y"]), 1, 1
    )
    assert fall == (None, None)


def test_nobody_illicit_has_no_recall_at_any_budget_and_the_json_is_valid() -> None:
    size = 6
    weeks = pd.Series(np.repeat(WEEKS, 3))
    table = pd.DataFrame({"customer_id": np.tile([1, 2, 3], 2), "as_of": weeks})
    budget = Budget(alerts_per_thousand_customers_week=400, suppress_days=0, label_window_days=28)
    params = JudgeParams(bootstrap_draws=50, seed=1)
    watch = Watch.alone(table["customer_id"].to_numpy(), table["as_of"])
    nobody = Positives.of(watch.customer, np.zeros(size, bool), np.zeros(size, bool))
    score = np.arange(size, dtype=float)
    found = judge(watch, {"m": score, "rules": score}, np.zeros(size), nobody, budget, params)
    assert {row.recall for row in found.recall_by_budget} == {None}
    assert found.differences["m"]["rules"].recall_at_budget == UNMEASURED
    assert {row.customers for row in found.leftovers} == {0}
    json.dumps(found.model_dump(mode="json"), allow_nan=False)


def test_labels_without_a_decision_are_measured_by_the_votes_alone() -> None:
    row = {
        "model": "any_rule",
        "uses_dispositions": False,
        "log_loss": UNMEASURED,
        "true_recall": UNMEASURED,
        "below_ceiling": UNMEASURED,
    }
    audit = partial(LabelAudit, chosen="any_rule", sets=[row], ceiling=UNMEASURED)
    bank = partial(BankView, reviews={"agreement": {"kappa": None}})
    assert labels_metrics(bank, audit).true_recall == UNMEASURED


SHOWN: dict[str, Any] = {
    "explained_name": Text("XGBoost", "XGBoost"),
    "headline": {"best_name": Text("GNN", "GNN")},
    "faithfulness": {
        "model": "xgboost",
        "alerts": 0,
        "deleted_families": 3,
        "top_families_fall": None,
        "random_families_fall": None,
        "feature_shares": [],
    },
    "leading": None,
    "figures": {"features": ""},
    "queue": {"alerts": 0, "pages": 0, "stories": [], "lines": []},
    "is_simulated": True,
}


def without_alerts() -> dict[str, str]:
    """What both pages print of a run whose budget allows no alert."""
    cases = environment().get_template("pages/cases.html")
    return {
        "explanations": environment().get_template("explanations.html").render(SHOWN),
        "cases": "".join(cases.blocks["parts"](cases.new_context(SHOWN))),
    }


@pytest.mark.parametrize("page", ["explanations", "cases"])
def test_a_page_without_alerts_says_so_in_both_languages_and_names_the_model(page: str) -> None:
    printed = without_alerts()[page]
    assert re.search(r'<span class="en" lang="en">No alert of XGBoost', printed)
    assert re.search(r'<span class="zh" lang="zh-Hans">[^<]*没有[^<]*XGBoost|XGBoost[^<]*没有', printed)
    assert "None" not in printed and "TreeSHAP" not in printed


def test_the_page_names_the_model_that_is_explained() -> None:
    found = SHOWN["faithfulness"] | {"alerts": 7, "top_families_fall": 1.5, "random_families_fall": 0.5}
    printed = environment().get_template("explanations.html").render(SHOWN | {"faithfulness": found})
    assert "The model explained is XGBoost" in printed and "所解释的模型为 XGBoost" in printed
    assert "LightGBM" not in printed
