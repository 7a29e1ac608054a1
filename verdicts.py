"""Claims that were written down before a run, beside what the run found.

`studies/verdicts.yaml` holds the claims and the hash of the configuration for which they were
fixed. A claim is about one figure of metrics.json and says on which side of a bound it is to
lie; a figure with an interval must lie there with the whole of it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from data.results import Interval
from parameters import BadInput, Parameters, parse, read_yaml
from pipeline import PARAMS_FILE

VERDICTS = Path("studies/verdicts.yaml")
VERDICTS_PAGE = Path("docs/verdicts.md")
RULEBOOK = Path("data/rules/rulebook.yaml")
MODELS_CODE = Path("models/zoo")
# Sections of stages that judge or explain, from which no score and no alert follows.
LOOKERS_ON = ("audit", "calibrate", "evaluate", "explain", "penalise")
CONFIGURATION = re.compile(r"^configuration: [^#\n]*?(?= *(#|$))", re.M)

Outcome = Literal["holds", "failed", "not shown", "not measured"]
OUTCOMES_ZH: dict[Outcome, str] = {
    "holds": "成立",
    "failed": "不成立",
    "not shown": "未能显示",
    "not measured": "未衡量",
}


class Wording(Parameters):
    """One text in both languages."""

    en: str
    zh: str


class Claim(Parameters):
    """One claim about one figure, which is to lie above a bound or below one."""

    name: str
    en: str
    zh: str
    figure: str
    above: float | None = None
    below: float | None = None

    @model_validator(mode="after")
    def has_one_bound(self) -> Claim:
        """A claim says on which side of one bound the figure is to lie."""
        if (self.above is None) == (self.below is None):
            raise ValueError(f"expected one of above and below for {self.name}")
        return self


class Verdicts(Parameters):
    """The file of claims."""

    configuration: str
    champion: Wording
    claims: list[Claim] = Field(min_length=1)


@dataclass(frozen=True)
class JudgedClaim:
    """A claim with the figure that was found, and what follows."""

    claim: Claim
    found: Interval
    outcome: Outcome


def figure_at(metrics: Any, figure: str) -> Interval:
    """A figure of metrics.json by its dotted way; an empty one where the run did not measure it."""
    found = metrics
    for key in figure.split("."):
        found = found.get(key) if isinstance(found, dict) else None
    if isinstance(found, dict):
        return Interval.model_validate(found)
    return Interval(value=found) if isinstance(found, int | float) else Interval()


def outcome(claim: Claim, found: Interval) -> Outcome:
    """Whether a claim holds: the whole interval on its side of the bound, or a bare figure on it."""
    if found.value is None:
        return "not measured"
    low = found.value if found.low is None else found.low
    high = found.value if found.high is None else found.high
    if claim.below is not None:
        low, high = -high, -low
    bound = -claim.below if claim.below is not None else claim.above or 0.0
    if low > bound or low == bound == high:
        return "holds"
    return "failed" if high < bound else "not shown"


def judged_claims(verdicts: Verdicts, metrics: Any) -> list[JudgedClaim]:
    """Every claim beside its outcome."""
    rows = []
    for claim in verdicts.claims:
        found = figure_at(metrics, claim.figure)
        rows.append(JudgedClaim(claim, found, outcome(claim, found)))
    return rows


def configuration_hash(params: Any, files: Iterable[tuple[str, bytes]]) -> str:
    """Short name of the parameters and of files by name; comments and order of keys do not matter."""
    mark = hashlib.blake2b(json.dumps(params, sort_keys=True, default=str).encode(), digest_size=8)
    for name, content in sorted(files):
        mark.update(name.encode() + b"\0" + content)
    return mark.hexdigest()


def in_force() -> str:
    """The hash of the configuration that lies here, but for what only looks on afterwards."""
    files = [RULEBOOK, *MODELS_CODE.rglob("*.py")]
    told = [(path.as_posix(), path.read_bytes()) for path in files]
    params = read_yaml(PARAMS_FILE)
    if not isinstance(params, dict):
        raise BadInput(f"{PARAMS_FILE}: expected sections by name")
    kept = {name: section for name, section in params.items() if not name.startswith(LOOKERS_ON)}
    return configuration_hash(kept, told)


def read_verdicts() -> Verdicts:
    """The claims; a wrong file is bad input."""
    return parse(Verdicts, read_yaml(VERDICTS), str(VERDICTS))


def fixed(text: str, configuration: str) -> str:
    """The text of the file with another hash."""
    changed, count = CONFIGURATION.subn(f'configuration: "{configuration}"', text)
    if count != 1:
        raise BadInput(f"{VERDICTS}: expected one line 'configuration: ...'")
    return changed


def verdicts_page(verdicts: Verdicts, metrics: Any, configuration: str) -> str:
    """docs/verdicts.md: every claim beside what the run found, in both languages."""
    is_same = verdicts.configuration == configuration
    lines = [
        "# Verdicts fixed beforehand",
        "",
        f"Claims of `{VERDICTS}` beside the outcome in `artifacts/reports/metrics.json`. A claim about a "
        "figure with an interval holds only where the whole interval lies on its side of the bound.",
        "",
        "The configuration is the one for which they were fixed."
        if is_same
        else f"STALE: fixed for configuration {verdicts.configuration}, in force is {configuration}.",
        "",
        verdicts.champion.en,
        "",
        verdicts.champion.zh,
        "",
        "| claim | 判断 | bound | found | verdict | 结论 |",
        "|---|---|---|---|---|---|",
    ]
    for row in judged_claims(verdicts, metrics):
        claim = row.claim
        bound = f"above {claim.above:g}" if claim.above is not None else f"below {claim.below:g}"
        cells = [claim.en, claim.zh, bound, _shown(row.found), row.outcome, OUTCOMES_ZH[row.outcome]]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _shown(found: Interval) -> str:
    if found.value is None:
        return "n/a"
    ends = "" if found.low is None or found.high is None else f" ({found.low:.3f} to {found.high:.3f})"
    return f"{found.value:.3f}{ends}"
