#!/usr/bin/env bash
# Where PyYAML 6.0.3 (YAML 1.1) meets ruamel.yaml 0.19.1 (YAML 1.2, the reader that DVC uses
# for params.yaml): one parameter file, two sets of parameters, and neither complains. A
# threshold of 030000 is 12,288 for the code and 30,000 for the tool that decides whether the
# code must run again; the tool writes 1e-05, which the code reads as text.
#
# Seen:
#   030000    PyYAML 12288      ruamel.yaml 30000
#   1e-05     PyYAML '1e-05'    ruamel.yaml 1e-05
#   on        PyYAML True       ruamel.yaml 'on'
#   1:30      PyYAML 90         ruamel.yaml '1:30'
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check PyYAML==6.0.3 ruamel.yaml==0.19.1
cat > "$folder/shown.py" <<'PY'
import yaml
from ruamel.yaml import YAML

written = {"030000": (12288, 30000), "1e-05": ("1e-05", 1e-05), "on": (True, "on"), "1:30": (90, "1:30")}
other = YAML(typ="safe", pure=True)
for literal, expected in written.items():
    found = yaml.safe_load(literal), other.load(literal)
    print(f"{literal:<9} PyYAML {found[0]!r:<10} ruamel.yaml {found[1]!r}")
    assert found == expected, "the behaviour has changed"
PY
"$folder/venv/bin/python" "$folder/shown.py"
