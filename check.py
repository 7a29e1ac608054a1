"""What a stage or a library would refuse later, refused before anything runs.

`python console.py check` calls `everything`. Each fault is one sentence that names the
file and the key. What one value may be, the parameter classes say; here stands what they
cannot know of each other: the calendar in force, the bank's size, the models that
dvc.yaml runs, the rulebook. Rooms are imported where they are asked, so that a fault in
one of their files is a sentence, too.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType
from typing import Any

from parameters import BadInput, Parameters, read_yaml
from pipeline import PARAMS_FILE, section_of

TOP_VALUES = ("source", "source_path", "sources", "models")
DVC_FILE = Path("dvc.yaml")
OVERLAYS = "params.*.yaml"  # what other worlds change of params.yaml

Stages = dict[str, dict[str, Any]]


def everything(stages: Stages) -> None:
    """Refuse wrong parameters, rules and pipelines; the first fault is raised.

    ``stages`` are those of dvc.yaml, unfolded.
    """
    values = read_yaml(PARAMS_FILE)
    parameters(values, stages)
    declarations(values, stages)
    rules(values)
    for overlay in sorted(Path().glob(OVERLAYS)):
        try:
            parameters(laid_over(values, read_yaml(overlay)), stages)
        except BadInput as error:
            raise BadInput(f"{overlay}: {str(error).removeprefix(f'{PARAMS_FILE}: ')}") from None


def laid_over(base: Any, change: Any) -> Any:
    """``base`` with the values that ``change`` has, mapping by mapping.

    >>> laid_over({"bank": {"customers": 50_000, "cities": 8}}, {"bank": {"customers": 300}})
    {'bank': {'customers': 300, 'cities': 8}}
    """
    if isinstance(base, dict) and isinstance(change, dict):
        return base | {key: laid_over(base.get(key), value) for key, value in change.items()}
    return change


def parameters(values: Any, stages: Stages) -> None:
    """Refuse parameters that some stage could not run on."""
    if not isinstance(values, dict):
        raise BadInput(f"{PARAMS_FILE}: expected sections by name")
    for key in TOP_VALUES:
        if key not in values:
            raise BadInput(f"{PARAMS_FILE}: key {key!r} is missing")
    wanted = settings_by_section(values, stages)
    sections: dict[str, Any] = {
        section: section_of(values, section, settings) for section, settings in wanted.items()
    }
    _models(values, stages, sections)
    _stack(sections)
    _source(values)
    calendar = sections["simulate"].calendar
    if values["source"] != "simulate":
        calendar = sections[f"sources.{values['source']}"].calendar
    days = 7 * sum(calendar.weeks().values())
    for key in ("first_day", "peers_from_day"):
        day = getattr(sections["observe"], key)
        if day >= days:
            raise BadInput(f"{PARAMS_FILE}: observe.{key}: expected a day before {days}, found {day}")
    if values["source"] == "simulate":
        _own_bank(sections)


def _stack(sections: dict[str, Any]) -> None:
    from models.zoo import MODELS

    for part in sections["stack"].parts:
        MODELS.lookup(part, f"{PARAMS_FILE}: stack.parts")


def settings_by_section(values: dict[str, Any], stages: Stages) -> dict[str, type[Parameters]]:
    """The parameter class of every section, by its dotted name; unknown sections are refused."""
    from data.sources import READERS, SourceLimits, SourceParams
    from models.budget import Budget
    from models.examples import Learnt
    from models.stack import Params as StackParams
    from models.zoo import MODELS

    wanted: dict[str, type[Parameters]] = {
        "budget": Budget,
        "learn": Learnt,
        "source_limits": SourceLimits,
        "stack": StackParams,
    }
    for name, stage in stages.items():
        settings = stage_settings(importlib.import_module(module_of(stage["cmd"])))
        if settings:
            wanted[name.split("@")[0]] = settings
    known = {*TOP_VALUES, *wanted}
    for section in values:
        if section not in known:
            expected = ", ".join(sorted(known))
            raise BadInput(f"{PARAMS_FILE}: unknown section {section!r}, expected one of: {expected}")
    for key in ("models", "sources"):
        if not isinstance(values[key], dict):
            raise BadInput(f"{PARAMS_FILE}: {key}: expected a mapping of sections, found {values[key]!r:.80}")
    for name in values["models"]:
        wanted[f"models.{name}"] = MODELS.lookup(name, f"{PARAMS_FILE}: models").settings
    for name in values["sources"]:
        READERS.lookup(name, f"{PARAMS_FILE}: sources")
        wanted[f"sources.{name}"] = SourceParams
    return wanted


def stage_settings(stage: ModuleType) -> type[Parameters] | None:
    """The parameter class of a stage, which every stage calls ``Params``; None where it has no section."""
    settings: type[Parameters] | None = vars(stage).get("Params")
    return settings


def _models(values: dict[str, Any], stages: Stages, sections: dict[str, Any]) -> None:
    """Refuse a model without a section, one that no stage fits, and one that cannot be explained."""
    from models.zoo import MODELS

    fitted = [name.split("@")[1] for name in stages if name.startswith("train@")]
    for name in fitted:
        if name not in values["models"]:
            raise BadInput(f"{PARAMS_FILE}: section 'models.{name}' is missing, {DVC_FILE} fits this model")
    for name in values["models"]:
        if name not in fitted:
            raise BadInput(
                f"{PARAMS_FILE}: models.{name}: no stage of {DVC_FILE} fits it, found {', '.join(fitted)}"
            )
    explained = sections["explain"].model
    trees = [name for name in fitted if MODELS[name].is_trees]
    if explained not in trees:
        raise BadInput(
            f"{PARAMS_FILE}: explain.model: expected a tree model ({', '.join(trees)}), found {explained!r}"
        )


def _source(values: dict[str, Any]) -> None:
    """Refuse a source without a reader, a calendar or a folder."""
    from data.simulate import source_of

    source_of(values["source"], values["source_path"])
    if values["source"] != "simulate" and values["source"] not in values["sources"]:
        raise BadInput(f"{PARAMS_FILE}: section 'sources.{values['source']}' is missing")


def _own_bank(sections: dict[str, Any]) -> None:
    """Refuse a simulated bank in which nothing is illicit, alerted or reviewed."""
    from data.typologies import TYPOLOGIES
    from data.world.settings import schemes_of

    bank, team = sections["simulate"], sections["investigate"]
    if not any(schemes_of(name, bank.schemes_per_typology, bank.share_of) for name in TYPOLOGIES):
        raise BadInput(f"{PARAMS_FILE}: simulate.share_of: no typology is left a scheme, nothing is illicit")
    for name in team.reviewers.visibility:
        TYPOLOGIES.lookup(name, f"{PARAMS_FILE}: investigate.reviewers.visibility")
    weekly = sections["budget"].alerts_per_thousand_customers_week * bank.customers / 1_000
    if round(weekly) < 1:
        raise BadInput(
            f"{PARAMS_FILE}: budget.alerts_per_thousand_customers_week: "
            f"the budget allows 0 alerts a week for {bank.customers} customers"
        )
    weeks = bank.calendar.weeks()
    days = 7 * (weeks["warm_up"] + weeks["train"] + weeks["embargo"]) - sections["observe"].first_day
    if team.reviews_per_thousand_customers_day * bank.customers / 1_000 * days < 1:
        raise BadInput(
            f"{PARAMS_FILE}: investigate.reviews_per_thousand_customers_day: "
            f"nobody of {bank.customers} customers is reviewed before validation"
        )


def declarations(values: dict[str, Any], stages: Stages) -> None:
    """Refuse a stage whose code or parameters are not there."""
    for name, stage in stages.items():
        for dep in stage.get("deps", []):
            if not dep.startswith("artifacts/") and not Path(dep).exists():
                raise BadInput(f"{DVC_FILE}: stage {name}: {dep!r} does not exist")
        for key in stage.get("params", []):
            found: Any = values
            for part in key.split("."):
                if not isinstance(found, dict) or part not in found:
                    raise BadInput(f"{DVC_FILE}: stage {name}: {PARAMS_FILE} has no parameter {key!r}")
                found = found[part]


def rules(values: dict[str, Any]) -> None:
    """Refuse a rulebook that no one votes by, or that names what there is not."""
    rulebook = importlib.import_module("data.rules.rulebook")
    typologies = importlib.import_module("data.typologies").TYPOLOGIES
    book = rulebook.load()
    for rule in book.every_rule:
        place = f"{rulebook.RULEBOOK}: rule {rule.id}"
        for name in rule.typologies:
            typologies.lookup(name, place)
    if not any(rule.raises_alerts and rule.computed_in == "data" for rule in book.rules):
        raise BadInput(f"{rulebook.RULEBOOK}: no rule votes, expected 'use: label' of at least one")
    cases = {case.id for case in book.cases}
    for case, names in values["audit"]["trace_examples"].items():
        place = f"{PARAMS_FILE}: audit.trace_examples"
        if case not in cases:
            raise BadInput(f"{place}: {case!r} is no case of {rulebook.RULEBOOK}")
        for name in names:
            typologies.lookup(name, f"{place}.{case}")


def module_of(cmd: str) -> str:
    """The module that a command runs.

    >>> module_of("python -m models.tune lightgbm")
    'models.tune'
    """
    return cmd.split()[2]
