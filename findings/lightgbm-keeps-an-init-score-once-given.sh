#!/usr/bin/env bash
# Where LightGBM 4.7.0 keeps a start that was taken back: Dataset.set_init_score(None) clears the
# Python side of a constructed Dataset alone. The next booster on the same bins still begins there,
# and because its scores leave the start out, all of them are shifted.
#
# Seen (mean log-odds of rows of which 12 % are positive, -2.0):
#   before a start was given    -2.0
#   while one of 1 is given      -3.0
#   after set_init_score(None)   -3.0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check lightgbm==4.7.0 numpy==2.4.6 scipy==1.17.1
cat > "$folder/shown.py" <<'PY'
import lightgbm
import numpy as np

rng = np.random.default_rng(1)
values = rng.standard_normal((4_000, 2))
label = (rng.random(4_000) < 0.12).astype(float)
options = {"objective": "binary", "verbosity": -1, "num_threads": 1, "learning_rate": 0.2, "num_leaves": 2}
data = lightgbm.Dataset(values, label, free_raw_data=False).construct()


def level() -> float:
    booster = lightgbm.train(options, data, 40)
    return float(np.mean(booster.predict(values, raw_score=True)))


before = level()
data.set_init_score(np.full(len(label), 1.0))
given = level()
data.set_init_score(None)
after = level()
print(f"before a start was given   {before:5.1f}")
print(f"while one of 1 is given    {given:5.1f}")
print(f"after set_init_score(None) {after:5.1f}")
assert abs(before + 2) < 0.2, "the sample has changed"
assert abs(after - given) < 1e-9 and abs(after - before + 1) < 0.2, "LightGBM has changed"
PY
"$folder/venv/bin/python" "$folder/shown.py"
