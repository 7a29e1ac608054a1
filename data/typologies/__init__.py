"""Laundering typologies and their licit look-alikes: one file a typology.

A typology is a function that draws ONE scheme on a `Scene`. Its look-alike draws one
innocent plan of the same outline. To add a typology, add a file; nothing else changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from data.world.scene import Scene
from pipeline import Registry, import_siblings

Draw = Callable[[Scene], None]
# Most rounds of a scheme that goes on, days between two of them (assumption).
ROUNDS = (10, (4.0, 30.0))


@dataclass(frozen=True)
class Typology:
    """A kind of scheme.

    ``source`` names the description that it follows; ``family`` is the family of
    reasons that should explain an alert on it.
    """

    name: str
    label_en: str
    label_zh: str
    family: str
    source: str
    draw: Draw
    look_alike: Draw


TYPOLOGIES: Registry[Typology] = Registry("typology")


def typology(label_zh: str, family: str, source: str, look_alike: Draw) -> Callable[[Draw], Draw]:
    """Register a scheme function; the first line of its docstring is the English label."""

    def enter(draw: Draw) -> Draw:
        name = draw.__name__
        label_en = (draw.__doc__ or "").splitlines()[0].rstrip(".")
        TYPOLOGIES.register(name)(Typology(name, label_en, label_zh, family, source, draw, look_alike))
        return draw

    return enter


import_siblings(__name__, str(Path(__file__).parent))
