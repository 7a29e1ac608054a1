#!/usr/bin/env bash
# Where LightGBM 4.7.0 and XGBoost 3.2.0 score the same rows: a value missing at scoring that
# was never missing in training is 0 for LightGBM and larger than every threshold for XGBoost.
# Two models that agree on all they were shown disagree completely on the row with the gap.
#
# Seen (chance of a positive; positives are those with an amount above 500):
#               amount 0   amount missing   amount 1000
#   LightGBM       0.000            0.000         1.000
#   XGBoost        0.000            1.000         1.000
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check lightgbm==4.7.0 xgboost-cpu==3.2.0 numpy==2.4.6 scipy==1.17.1
cat > "$folder/shown.py" <<'PY'
import lightgbm
import numpy as np
import xgboost

rng = np.random.default_rng(1)
amount = rng.uniform(10, 1_000, (4_000, 1))
label = (amount[:, 0] > 500).astype(float)
asked = np.array([[0.0], [np.nan], [1_000.0]])
light = lightgbm.train(
    {"objective": "binary", "verbosity": -1, "num_threads": 1}, lightgbm.Dataset(amount, label), 100
)
boost = xgboost.train(
    {"objective": "binary:logistic", "nthread": 1, "tree_method": "hist"}, xgboost.DMatrix(amount, label), 100
)
scores = {"LightGBM": light.predict(asked), "XGBoost": boost.predict(xgboost.DMatrix(asked))}
print("            amount 0   amount missing   amount 1000")
for name, (low, gap, high) in scores.items():
    print(f"{name:<10}{low:>10.3f}{gap:>17.3f}{high:>14.3f}")
assert scores["LightGBM"][1] == scores["LightGBM"][0] < 0.1, "LightGBM has changed"
assert scores["XGBoost"][1] == scores["XGBoost"][2] > 0.9, "XGBoost has changed"
PY
"$folder/venv/bin/python" "$folder/shown.py"
