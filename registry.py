"""Registries: what a decorator enters, found by name; one file or one function more is all it takes."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from parameters import BadInput

Entry = TypeVar("Entry")


class Registry(dict[str, Entry], Generic[Entry]):
    """A dict filled by a decorator; two entries of one name are an error.

    >>> shapes = Registry("shape")
    >>> @shapes.register("square")
    ... def corners():
    ...     return 4
    >>> shapes["square"]()
    4
    >>> shapes.lookup("circle", "params.yaml: shape")
    Traceback (most recent call last):
    ...
    parameters.BadInput: params.yaml: shape: unknown shape 'circle', expected one of: square
    """

    def __init__(self, what: str) -> None:
        super().__init__()
        self.what = what
        self._files: dict[str, str] = {}

    def register(self, name: str) -> Callable[[Entry], Entry]:
        """Enter the decorated object under ``name``."""

        def enter(entry: Entry) -> Entry:
            file = _file_being_run()
            if name in self:
                first = self._files[name]
                where = f"twice in {file}" if file == first else f"in {first} and in {file}"
                raise BadInput(f"two entries of {self.what} are named {name!r}, {where}")
            self[name], self._files[name] = entry, file
            return entry

        return enter

    def lookup(self, name: str, place: str) -> Entry:
        """The entry of ``name``; an unknown name in ``place`` is bad input."""
        if name not in self:
            known = ", ".join(sorted(self))
            raise BadInput(f"{place}: unknown {self.what} {name!r}, expected one of: {known}")
        return self[name]


def _file_being_run() -> str:
    """The file whose top level runs just now, seen from the root."""
    frame = inspect.currentframe()
    while frame is not None and frame.f_code.co_name != "<module>":
        frame = frame.f_back
    file = Path(frame.f_code.co_filename if frame else "")
    return str(file.relative_to(Path.cwd())) if file.is_relative_to(Path.cwd()) else str(file)


def import_siblings(package: str, folder: str) -> None:
    """Import every module of a package in sorted order, so that its registry fills."""
    for name in sorted(module.name for module in pkgutil.iter_modules([folder])):
        importlib.import_module(f"{package}.{name}")
