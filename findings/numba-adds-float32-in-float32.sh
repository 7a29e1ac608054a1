#!/usr/bin/env bash
# numba 0.68.1: sum() and mean() of a float32 array inside a compiled function add one value
# after the other in float32. A sum of ones stands still at 2**24, and the mean of 20 million
# ones is 0.84. numpy's own functions, which the code looks like, add in pairs and give 1.
#
# Seen:
#   numpy  sum 20000000, mean 1.000
#   numba  sum 16777216, mean 0.839
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check numba==0.68.1 numpy==2.4.6
cat > "$folder/shown.py" <<'PY'
import numba
import numpy as np


@numba.njit
def total(values):
    return values.sum()


@numba.njit
def mean(values):
    return values.mean()


ones = np.ones(20_000_000, np.float32)
print(f"numpy  sum {ones.sum():.0f}, mean {ones.mean():.3f}")
print(f"numba  sum {total(ones):.0f}, mean {mean(ones):.3f}")
assert ones.sum() == 20_000_000, "numpy has changed"
assert total(ones) == 2**24 and mean(ones) < 0.9, "the behaviour has changed"
PY
"$folder/venv/bin/python" "$folder/shown.py"
