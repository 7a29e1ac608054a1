"""What a YAML file of this project says: one reading, checked values, one sentence a fault.

The product reads YAML with PyYAML (version 1.1 of the language), DVC with ruamel.yaml
(version 1.2): ``030000`` is 12288 to the one and 30000 to the other, ``on`` is true or a
word. A plain word on which the two do not agree is refused with its line, so that what is
read here is what DVC reads. What the values may be, the parameter classes say; kinds of
numbers that many of them share stand here.
"""

from __future__ import annotations

import datetime
import json
import math
import re
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

Settings = TypeVar("Settings", bound="Parameters")
Pair = TypeVar("Pair", bound=tuple[float, float])


class BadInput(Exception):
    """Input that cannot be used; the message is one sentence that names the place."""


# ------------------------------------------------------------- one reading

NUMBER = re.compile(r"[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?|\.[0-9]+)")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
TRUTHS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
NOTHING = {"", "~", "null", "Null", "NULL"}
# Plain words that are no text to one of the two versions, or to one of the two libraries.
DISPUTED = re.compile(
    r"""yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF|=
    |[-+]?0b[01_]+ |[-+]?0o[0-7_]+ |[-+]?0x[0-9a-fA-F_]+ |[-+][0-9_]+ |[0-9][0-9_]*
    |[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?
    |[-+]?[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)? |[-+]?\.[0-9_]+(?:[eE][-+]?[0-9]+)?
    |[-+]?\.(?:inf|Inf|INF) |\.(?:nan|NaN|NAN)
    |[0-9]{4}-[0-9][0-9]?-[0-9][0-9]?(?:[Tt]|[ \t]+)[0-9][0-9]?:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?
        (?:[ \t]*(?:Z|[-+][0-9][0-9]?(?::?[0-9]{2})?))?""",
    re.X,
)
LEAST_TOO_LARGE = 2**63  # of a whole number; tables hold 64 bits


def kind_of(word: str) -> str:
    """What a plain word of YAML is: null, bool, int, float, timestamp, merge, str or disputed.

    >>> [kind_of(word) for word in ("12", "1e3", "2025-03-03", "cash", "on", "030000")]
    ['int', 'float', 'timestamp', 'str', 'disputed', 'disputed']
    """
    if word in NOTHING or word in TRUTHS:
        return "null" if word in NOTHING else "bool"
    if NUMBER.fullmatch(word):
        return "float" if set(word) & set(".eE") else "int"
    if DATE.fullmatch(word):
        return "timestamp"
    if word == "<<":
        return "merge"
    return "disputed" if DISPUTED.fullmatch(word) else "str"


class Refused(yaml.MarkedYAMLError):
    """Valid YAML that is not taken; ``problem`` says why and ``problem_mark`` where."""

    def __init__(self, node: yaml.Node, problem: str) -> None:
        super().__init__(problem=problem, problem_mark=node.start_mark)


MERGE = "tag:yaml.org,2002:merge"  # PyYAML's own name: it merges mappings
READ = "read:"  # tags of what has none in the file, so that tags in the file are known as such


class _Reader(yaml.CSafeLoader):  # LibYAML's parser takes a tenth of the time
    """YAML as this project takes it; mappings keep their order."""

    def resolve(self, kind: type[yaml.Node], value: Any, implicit: Any) -> str:
        """The tag of a node that has none in the file."""
        if kind is yaml.ScalarNode:
            name = kind_of(value) if implicit[0] else "str"
            return MERGE if name == "merge" else READ + name
        return READ + ("seq" if kind is yaml.SequenceNode else "map")

    def _number(self, node: yaml.ScalarNode) -> int | float:
        if node.tag == f"{READ}int":
            if len(node.value) > 20 or abs(int(node.value)) >= LEAST_TOO_LARGE:
                raise Refused(node, f"expected a whole number of 64 bits, found {node.value:.40}")
            return int(node.value)
        value = float(node.value)
        if not math.isfinite(value):
            raise Refused(node, f"expected a finite number, found {node.value}")
        return value

    def _date(self, node: yaml.ScalarNode) -> datetime.date:
        try:
            return datetime.date.fromisoformat(node.value)
        except ValueError:
            raise Refused(node, f"expected a date, found {node.value}") from None

    def _disputed(self, node: yaml.ScalarNode) -> None:
        if node.value.lower().lstrip("+-") in (".inf", ".nan"):
            raise Refused(node, f"expected a finite number, found {node.value}")
        raise Refused(
            node,
            f"programs do not agree on what {node.value} is in YAML, expected a number in plain "
            "decimal digits, true, false, or text in quotes",
        )

    def _text(self, node: yaml.ScalarNode) -> str:
        if not node.style and kind_of(node.value) != "str":  # a bare mark, which ruamel.yaml passes over
            raise Refused(node, "expected no tag, found !")
        return str(node.value)

    def _mapping(self, node: yaml.MappingNode) -> dict[str, Any]:
        lines: dict[str, int] = {}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag not in (MERGE, f"{READ}str"):
                found = key.value if isinstance(key, yaml.ScalarNode) else "a list or a mapping"
                raise Refused(key, f"expected a key that is text, found {found or 'nothing'}")
            if key.tag != MERGE:
                self.construct_object(key)
            if key.value in lines:
                raise Refused(key, f"the key {key.value!r} stands in line {lines[key.value]} already")
            lines[key.value] = key.start_mark.line + 1
        self.flatten_mapping(node)
        return {key.value: self.construct_object(value, deep=True) for key, value in node.value}

    def _tagged(self, node: yaml.Node) -> None:
        raise Refused(node, f"expected no tag, found {node.tag.replace('tag:yaml.org,2002:', '!!')}")

    yaml_multi_constructors = {}  # noqa: RUF012
    yaml_constructors = {  # noqa: RUF012
        f"{READ}null": lambda self, node: None,
        f"{READ}bool": lambda self, node: TRUTHS[node.value],
        f"{READ}int": _number,
        f"{READ}float": _number,
        f"{READ}timestamp": _date,
        f"{READ}disputed": _disputed,
        f"{READ}str": _text,
        MERGE: _disputed,
        f"{READ}seq": lambda self, node: [self.construct_object(each, deep=True) for each in node.value],
        f"{READ}map": _mapping,
        None: _tagged,
    }


class _Writer(yaml.SafeDumper):
    """What `read_yaml` reads back as it was: text that could be taken for something else in quotes."""

    def resolve(self, kind: type[yaml.Node], value: Any, implicit: Any) -> str:
        """The tag that a reader would give a node without one."""
        if kind is yaml.ScalarNode:
            return f"tag:yaml.org,2002:{kind_of(value) if implicit[0] else 'str'}"
        return str(super().resolve(kind, value, implicit))  # type: ignore[no-untyped-call]


def read_yaml(path: Path) -> Any:
    """Parse a YAML file; a missing, malformed or ambiguous one is bad input."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadInput(f"{path}: the file is missing") from None
    except UnicodeDecodeError:
        raise BadInput(f"{path}: expected text in UTF-8") from None
    except OSError as error:
        raise BadInput(f"{path}: the file cannot be read ({error.strerror})") from None
    directive = re.search(r"^%", text, re.M)  # it may ask for another version of YAML
    if directive:
        number = text.count("\n", 0, directive.start()) + 1
        raise BadInput(f"{path}, line {number}: expected no directive of YAML")
    try:
        return yaml.load(text, _Reader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        where = getattr(error, "problem_mark", None)
        line = f", line {where.line + 1}" if where else ""
        what = error.problem if isinstance(error, Refused) else "expected valid YAML"
        raise BadInput(f"{path}{line}: {what}") from None


def write_yaml(path: Path, values: Any) -> None:
    """Write a YAML file that `read_yaml` and DVC read alike."""
    text = yaml.dump(values, Dumper=_Writer, sort_keys=False, allow_unicode=True)
    path.write_text(text, encoding="utf-8")


# ---------------------------------------------------------- checked values


class Parameters(BaseModel):
    """Base of every parameter class: frozen, finite, and an unknown key is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def in_order(pair: Pair) -> Pair:
    """The two ends of a range, the lower first; a validator of parameter classes.

    >>> in_order((0.85, 1.01))
    (0.85, 1.01)
    >>> in_order((1.01, 0.85))
    Traceback (most recent call last):
    ...
    ValueError: expected two numbers in order, found [1.01, 0.85]
    """
    if pair[0] > pair[1]:
        raise ValueError(f"expected two numbers in order, found {list(pair)}")
    return pair


def increasing(numbers: tuple[int, ...]) -> tuple[int, ...]:
    """The limits between bands, each above the one before.

    >>> increasing((25, 35, 50))
    (25, 35, 50)
    """
    if any(later <= earlier for earlier, later in pairwise(numbers)):
        raise ValueError(f"expected numbers in increasing order, found {list(numbers)}")
    return numbers


# The largest of each kind lies far beyond any use, and where no library or 64 bits overflow.
Seed = Annotated[int, Field(ge=0, lt=2**32)]  # NumPy and Optuna take 32 bits
Count = Annotated[int, Field(ge=1, le=10**9)]
Draws = Annotated[int, Field(ge=50, le=100_000)]
Threads = Annotated[int, Field(ge=1, le=1024)]
Weeks = Annotated[int, Field(ge=1, le=1_000)]
Days = Annotated[int, Field(ge=1, le=36_500)]
Hours = Annotated[int, Field(ge=1, le=24 * 365)]
Yuan = Annotated[float, Field(gt=0, le=1e12)]
Share = Annotated[float, Field(ge=0, le=1)]
# XGBoost keeps its parameters in 32 bits; 0 has no logarithm.
Positive = Annotated[float, Field(ge=1e-9, le=1e9)]
Part = Annotated[float, Field(ge=1e-9, le=1)]  # a share that is not nothing
Kept = Annotated[float, Field(ge=0, le=100)]  # a multiple of what was there before
TreeCount = Annotated[int, Field(ge=1, le=100_000)]
Leaves = Annotated[int, Field(ge=2, le=131_072)]  # LightGBM's own bounds

CountRange = Annotated[tuple[Count, Count], AfterValidator(in_order)]
DaysRange = Annotated[tuple[Days, Days], AfterValidator(in_order)]
TreesRange = Annotated[tuple[TreeCount, TreeCount], AfterValidator(in_order)]
LeavesRange = Annotated[tuple[Leaves, Leaves], AfterValidator(in_order)]
YuanRange = Annotated[tuple[Yuan, Yuan], AfterValidator(in_order)]
KeptRange = Annotated[tuple[Kept, Kept], AfterValidator(in_order)]
PartRange = Annotated[tuple[Part, Part], AfterValidator(in_order)]
PositiveRange = Annotated[tuple[Positive, Positive], AfterValidator(in_order)]
ShareRange = Annotated[tuple[Share, Share], AfterValidator(in_order)]


def _keys_at(settings: type[BaseModel], path: tuple[int | str, ...]) -> list[str]:
    """Keys that a parameter class allows at a place inside it."""
    inner: Any = settings
    for part in path:
        # A part that is no field is the key of a mapping, or a place in a list.
        is_field = _is_model(inner) and part in inner.model_fields
        annotation = inner.model_fields[part].annotation if is_field else inner
        candidates = [annotation, *get_args(annotation)]
        inner = next((kind for kind in candidates if _is_model(kind)), inner)
    return sorted(inner.model_fields)


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _without_point(value: Any) -> Any:
    """Values in which a number like 300.0 or 3e2 is a whole one, as it would be to a reader."""
    if isinstance(value, dict):
        return {key: _without_point(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_without_point(inner) for inner in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return value


def parse(settings: type[Settings], values: Any, place: str) -> Settings:
    """Check ``values`` against a parameter class; the first fault becomes one sentence.

    A text is no number and a truth value no count.
    """
    if not isinstance(values, dict):
        raise BadInput(f"{place}: expected a mapping of parameters, found {values!r}")
    # Of strict readings only that of JSON takes a list for a pair and a text for a date.
    return parse_text(settings, json.dumps(_without_point(values), default=str), place)


def parse_text(settings: type[Settings], text: str, place: str) -> Settings:
    """Check a JSON text, every number as it is written; the first fault becomes one sentence."""
    try:
        return settings.model_validate_json(text, strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        if first["type"] == "json_invalid":
            line = re.search(r"line (\d+)", first["msg"])
            raise BadInput(f"{place}, line {line[1] if line else 1}: expected valid JSON") from None
        key = ".".join(str(part) for part in (place, *first["loc"]))
        if first["type"] == "extra_forbidden":
            known = ", ".join(_keys_at(settings, first["loc"][:-1]))
            raise BadInput(f"{key}: unknown key, expected one of: {known}") from None
        if first["type"] == "value_error":  # a validator of ours says itself what it found
            raise BadInput(f"{key}: {first['ctx']['error']}") from None
        found = "" if first["type"] == "missing" else f", found {first['input']!r:.80}"
        raise BadInput(f"{key}: {first['msg'].lower()}{found}") from None
