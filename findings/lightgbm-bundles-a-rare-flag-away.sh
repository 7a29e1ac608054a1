#!/usr/bin/env bash
# LightGBM 4.7.0: a flag set in fewer than one of 10,000 rows vanishes when it stands before
# a dense column. Feature bundling (on by default) may let that share of rows conflict; two
# features of one bundle cannot both be set in a row, and the flag's ones are the ones that
# give way. Here the flag marks 15 of 200,000 rows, all of them positive, and is never split
# on. With the flag as the last column, or with enable_bundle=False, one split finds it.
#
# Seen:
#   flag first                        splits 0, mean score of the 15 flagged rows 0.002
#   flag last                         splits 1, mean score of the 15 flagged rows 1.000
#   flag first, enable_bundle=False   splits 1, mean score of the 15 flagged rows 1.000
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check lightgbm==4.7.0 numpy==2.4.6 scipy==1.17.1
cat > "$folder/shown.py" <<'PY'
import lightgbm
import numpy as np

rows = 200_000
rng = np.random.default_rng(0)
marked = rng.choice(rows, 15, replace=False)
flag = np.zeros(rows)
flag[marked] = 1
label = (rng.random(rows) < 0.002).astype(float)
label[marked] = 1
dense = rng.normal(size=rows)
options = {"objective": "binary", "verbosity": -1, "num_threads": 1, "seed": 1, "min_data_in_leaf": 5}


def shown(name, columns, place, **more):
    values = np.column_stack(columns)
    booster = lightgbm.train(options | more, lightgbm.Dataset(values, label), 10)
    splits = int(booster.feature_importance("split")[place])
    score = booster.predict(values)[marked].mean()
    print(f"{name:<34}splits {splits}, mean score of the 15 flagged rows {score:.3f}")
    return splits


first = shown("flag first", [flag, dense], 0)
last = shown("flag last", [dense, flag], 1)
unbundled = shown("flag first, enable_bundle=False", [flag, dense], 0, enable_bundle=False)
assert first == 0 and last > 0 and unbundled > 0, "the behaviour has changed"
PY
"$folder/venv/bin/python" "$folder/shown.py"
