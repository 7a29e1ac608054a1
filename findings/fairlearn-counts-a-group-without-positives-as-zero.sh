#!/usr/bin/env bash
# fairlearn 0.13.0: the true positive rate of a group without a single positive is 0, not
# undefined, so the difference between groups becomes the other group's whole rate. Here 8 of
# the 10 positives of group a are found and group b has none; the reported gap is 0.8. In
# money laundering nearly every small segment is such a group.
#
# Seen:
#   by group {'a': 0.8, 'b': 0.0}
#   difference 0.8, equal opportunity difference 0.8
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check fairlearn==0.13.0 numpy==2.4.6 pandas==3.1.1 scikit-learn==1.9.1
cat > "$folder/shown.py" <<'PY'
import numpy as np
from fairlearn.metrics import MetricFrame, equal_opportunity_difference, true_positive_rate

label = np.r_[np.ones(10), np.zeros(20)]
found = np.r_[np.ones(8), np.zeros(22)]
group = np.array(["a"] * 20 + ["b"] * 10)
frame = MetricFrame(
    metrics=true_positive_rate, y_true=label, y_pred=found, sensitive_features=group
)
gap = equal_opportunity_difference(label, found, sensitive_features=group)
rates = {name: float(rate) for name, rate in frame.by_group.items()}
print(f"by group {rates}")
print(f"difference {frame.difference():.1f}, equal opportunity difference {gap:.1f}")
assert rates == {"a": 0.8, "b": 0.0} and round(gap, 6) == 0.8, "the behaviour has changed"
PY
"$folder/venv/bin/python" "$folder/shown.py"
