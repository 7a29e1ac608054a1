"""Records of results of which a test gives only what it asks about."""

from __future__ import annotations

from collections.abc import Mapping
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

Model = TypeVar("Model", bound=BaseModel)


def partial(record: type[Model], **values: Any) -> Model:
    """A record from plain values, mappings for the records inside it; nothing is checked.

    What is not given and has no default is not there: whoever reads it fails.
    """
    kinds = get_type_hints(record)
    unknown = set(values) - set(kinds)
    assert not unknown, f"{record.__name__} has no {sorted(unknown)}"
    return record.model_construct(**{name: _built(kinds[name], value) for name, value in values.items()})


def _built(kind: Any, value: Any) -> Any:
    """A value of an annotation, with mappings made records where it says so."""
    if get_origin(kind) in (Union, UnionType):
        return next((made for one in get_args(kind) if (made := _built(one, value)) is not value), value)
    if isinstance(kind, type) and issubclass(kind, BaseModel) and isinstance(value, Mapping):
        return partial(kind, **value)
    if get_origin(kind) is list and isinstance(value, list):
        return [_built(get_args(kind)[0], each) for each in value]
    if get_origin(kind) is dict and isinstance(value, Mapping):
        return {key: _built(get_args(kind)[1], each) for key, each in value.items()}
    return value
