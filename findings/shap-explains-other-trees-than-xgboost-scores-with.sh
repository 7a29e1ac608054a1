#!/usr/bin/env bash
# Where shap 0.51.0 meets XGBoost 3.2.0: Booster.predict scores with every tree, also after
# early stopping; TreeExplainer explains the trees up to the best round. Contributions and
# base miss the score by whole log-odds, and check_additivity=True, the default, passes.
# Cut the booster to its best round, and both agree.
#
# Seen:
#   10 rounds, the best is the 5th
#   contributions miss the score by up to 1.29 log-odds; shap's own check passed
#   after booster[:5]: 0.00
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check xgboost-cpu==3.2.0 shap==0.51.0 numpy==2.4.6
cat > "$folder/shown.py" <<'PY'
import numpy as np
import shap
import xgboost

rng = np.random.default_rng(0)
tables = [rng.normal(size=(size, 5)).astype(np.float32) for size in (600, 300)]
data = [
    xgboost.DMatrix(table, (table[:, 0] + rng.normal(size=len(table)) > 0).astype(float)) for table in tables
]
options = {"objective": "binary:logistic", "nthread": 1, "eta": 0.3}
booster = xgboost.train(
    options, data[0], 400, evals=[(data[1], "later")], early_stopping_rounds=5, verbose_eval=False
)
best = booster.best_iteration + 1


def missed(model):
    explainer = shap.TreeExplainer(model)
    values = np.asarray(explainer.shap_values(tables[1], check_additivity=True))
    base = float(np.ravel(explainer.expected_value)[-1])
    return float(np.abs(values.sum(axis=1) + base - model.predict(data[1], output_margin=True)).max())


whole, cut = missed(booster), missed(booster[:best])
print(f"{booster.num_boosted_rounds()} rounds, the best is the {best}th")
print(f"contributions miss the score by up to {whole:.2f} log-odds; shap's own check passed")
print(f"after booster[:{best}]: {cut:.2f}")
assert whole > 0.1 and cut < 0.001, "the behaviour has changed"
PY
"$folder/venv/bin/python" "$folder/shown.py"
