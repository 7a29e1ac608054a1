#!/usr/bin/env bash
# safetensors 0.8.0, safetensors.numpy: an array that is not C-contiguous (a transposed view,
# Fortran order, what DataFrame.to_numpy() or a PCA's components may be) is written with its
# shape but in the order of its memory, and comes back as other numbers. No error, no warning.
# numpy.ascontiguousarray before saving is enough.
#
# Seen:
#   saved  [[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]]
#   loaded [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]
#   after ascontiguousarray [[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check safetensors==0.8.0 numpy==2.4.6
cat > "$folder/shown.py" <<'PY'
import numpy as np
from safetensors.numpy import load, save

array = np.arange(6, dtype=np.float32).reshape(2, 3).T
loaded = load(save({"x": array}))["x"]
whole = load(save({"x": np.ascontiguousarray(array)}))["x"]
print("saved ", array.tolist())
print("loaded", loaded.tolist())
print("after ascontiguousarray", whole.tolist())
assert loaded.shape == array.shape and not np.array_equal(loaded, array), "the behaviour has changed"
assert np.array_equal(whole, array)
PY
"$folder/venv/bin/python" "$folder/shown.py"
