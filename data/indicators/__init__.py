"""The indicator catalogue: every measured behaviour, computed once, under one name.

An indicator is a function from a `Past` to one number a query. The first line of its
docstring is its English label; Chinese label, unit, family and source stand in the
decorator. Rules, models and reason texts use the same name.

Word of the catalogue: *unexplained* money is transfers and cash without wages, bills,
loan instalments and purchases.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from data.schema import MONEY_INDICATORS
from data.words import FAMILIES, UNITS, Words, complete
from data.words.citations import Source, check_source
from pipeline import Registry, import_siblings

if TYPE_CHECKING:
    from data.asof import Past

Measure = Callable[["Past"], np.ndarray]


@dataclass(frozen=True)
class Indicator:
    """One entry of the catalogue.

    ``needs`` names what the data set must offer; where it does not, the indicator is
    empty and the rules that use it step aside. ``has_peers``: what is usual of it among
    customers alike is measured every week, for the indicators that compare with it.
    """

    name: str
    label_en: str
    label_zh: str
    unit: str
    family: str
    source: Source
    needs: frozenset[str]
    measure: Measure
    has_peers: bool = False

    @property
    def is_money(self) -> bool:
        """Whether it is measured in yuan, and so to the cent."""
        return self.unit == "CNY"


INDICATORS: Registry[Indicator] = Registry("indicator")


def indicator(
    label_zh: str, unit: str, family: str, source: Source, needs: str = "", has_peers: bool = False
) -> Callable[[Measure], Measure]:
    """Register a measure; ``needs`` lists among `data.schema.OFFERS`."""

    def enter(measure: Measure) -> Measure:
        name = measure.__name__
        label_en = ((measure.__doc__ or "").splitlines() or [""])[0].rstrip(".")
        try:
            complete(Words(label_en, label_zh))
            check_source(source)
        except ValueError as error:
            raise ValueError(f"indicator {name}: {error}") from None
        if unit not in UNITS or family not in FAMILIES:
            raise ValueError(f"indicator {name}: expected a unit and a family of data/words")
        if (unit == "CNY") != bool(re.match(MONEY_INDICATORS, name)):
            raise ValueError(f"indicator {name}: expected a name that tells money, and money only, as such")
        INDICATORS.register(name)(
            Indicator(
                name, label_en, label_zh, unit, family, source, frozenset(needs.split()), measure, has_peers
            )
        )
        return measure

    return enter


import_siblings(__name__, str(Path(__file__).parent))
