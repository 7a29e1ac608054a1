#!/usr/bin/env bash
# feature-engine 1.9.4, DropHighPSIFeatures with its default strategy, equal_frequency: where
# most values are one (no payment, no flag), all quantiles are that value and collapse into
# one bin with all that lies above it. An amount that is non-zero in 5 % of the rows of one
# period and in all rows of the next has an index of 0.00, and the feature is kept; counted
# in two bins, zero and above, it is 12.9. Sparse columns are most of a payment model's.
#
# Seen:
#   feature-engine 0.00, dropped: []
#   two bins       12.86
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check feature-engine==1.9.4 numpy==2.4.6 pandas==3.1.1 scikit-learn==1.9.1
cat > "$folder/shown.py" <<'PY'
import numpy as np
import pandas as pd
from feature_engine.selection import DropHighPSIFeatures

rows = 20_000
rng = np.random.default_rng(0)


def amounts(share):
    values = np.zeros(rows)
    some = round(share * rows)
    values[:some] = rng.lognormal(5, 1, some)
    return values


before, after = amounts(0.05), amounts(1.0)
table = pd.DataFrame({"amount": np.r_[before, after], "period": np.repeat([0, 1], rows)})
selector = DropHighPSIFeatures(variables=["amount"], split_col="period", cut_off=0.5, threshold=0.25)
selector.fit(table)
one, other = (np.array([(v == 0).mean(), (v > 0).mean()]).clip(0.5 / rows) for v in (before, after))
by_hand = float(((other - one) * np.log(other / one)).sum())
found = float(selector.psi_values_["amount"])
print(f"feature-engine {found:.2f}, dropped: {selector.features_to_drop_}")
print(f"two bins       {by_hand:.2f}")
assert found == 0 and selector.features_to_drop_ == [] and by_hand > 10, "the behaviour has changed"
PY
"$folder/venv/bin/python" "$folder/shown.py"
