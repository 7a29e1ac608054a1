#!/usr/bin/env bash
# numpy 2.4.6: argsort of int64 values without kind="stable" orders equal values by which SIMD
# instructions the processor has. Not the order of the rows: that is documented. But the same
# program with the same numpy gives another order on another machine, so that whatever is
# drawn, numbered or joined in that order differs too. Switching instructions off shows it on
# one machine; on one that has neither AVX-512 nor AVX2 there is nothing to switch off.
#
# Seen (SHA-256 of the order, its first letters):
#   all instructions      unstable 0735edc2f6da  stable 088bc8a294a4
#   without AVX-512       unstable 8c171812d507  stable 088bc8a294a4
#   without AVX2 as well  unstable 1a404f253122  stable 088bc8a294a4
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check numpy==2.4.6
cat > "$folder/shown.py" <<'PY'
import hashlib
import sys

import numpy as np

values = np.random.default_rng(0).integers(0, 5_000, 24_000)
orders = [np.argsort(values), np.argsort(values, kind="stable")]
unstable, stable = (hashlib.sha256(order.tobytes()).hexdigest()[:12] for order in orders)
print(f"{sys.argv[1]:<21} unstable {unstable}  stable {stable}")
PY
shown() { NPY_DISABLE_CPU_FEATURES=$2 "$folder/venv/bin/python" "$folder/shown.py" "$1"; }
{
  shown "all instructions" ""
  shown "without AVX-512" "X86_V4"
  shown "without AVX2 as well" "X86_V4 X86_V3"
} 2>/dev/null | tee "$folder/lines"
grep -qw avx2 /proc/cpuinfo || { echo "this processor has nothing to switch off"; exit 0; }
orders=$(sed 's/.*unstable \([^ ]*\).*/\1/' "$folder/lines" | sort -u | wc -l)
stable=$(sed 's/.*  stable //' "$folder/lines" | sort -u | wc -l)
if [ "$orders" -lt 2 ] || [ "$stable" -ne 1 ]; then
  echo "the behaviour has changed"
  exit 1
fi
