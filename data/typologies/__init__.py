"""Laundering typologies and their licit look-alikes: one file a typology.

A typology is a function that draws ONE scheme on a `Scene`. Its look-alike draws one
innocent plan of the same outline. To add a typology, add a file; nothing else changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from data.words import FAMILIES, HOLDER_NAMES, Words, complete
from data.words.citations import Source, check_source, cited
from data.world.scene import Scene
from pipeline import BadInput, Registry, import_siblings

Draw = Callable[[Scene], None]
Pair = tuple[str, str]  # English and Chinese

# Parts that members of schemes and of look-alikes play (`Scene.join`): those of several
# typologies. Each file adds its own, and who plays none goes by the kind of holder.
ROLES: dict[str, Words] = HOLDER_NAMES | {
    "agency": Words("agency", "公会"),
    "beneficiary": Words("beneficiary", "受益人"),
    "card": Words("card", "银行卡"),
    "client": Words("client", "客户"),
    "collector": Words("collector", "归集账户"),
    "exit": Words("exit", "出口账户"),
    "funder": Words("funder", "出资人"),
    "mule": Words("mule", "卡农"),
    "payee": Words("payee", "收款人"),
    "payer": Words("payer", "付款人"),
    "pool": Words("pool", "资金池"),
    "relative": Words("relative", "亲属"),
    "runner": Words("runner", "跑分者"),
    "seller": Words("seller", "卖家"),
    "shell": Words("shell", "空壳公司"),
    "shop": Words("shop", "门店"),
    "source": Words("source", "来源账户"),
    "spouse": Words("spouse", "夫妻"),
    "third_party": Words("third party", "第三方"),
    "wholesaler": Words("wholesaler", "批发商"),
}
# Most rounds of a scheme that goes on, days between two of them (assumption).
ROUNDS = (10, (4.0, 30.0))


@dataclass(frozen=True)
class Typology:
    """A kind of scheme.

    ``source`` names the description that it follows; ``family`` is the family of
    reasons that should explain an alert on it.
    """

    name: str
    label: Words
    look_alike_label: Words
    family: str
    source: Source
    draw: Draw
    look_alike: Draw


TYPOLOGIES: Registry[Typology] = Registry("typology")


def typology(
    label_zh: str,
    family: str,
    source: Source,
    look_alike: Draw,
    look_alike_label: Pair,
    roles: Mapping[str, Pair] | None = None,
) -> Callable[[Draw], Draw]:
    """Register a scheme function; the first line of its docstring is the English label.

    ``look_alike_label`` says who looks alike, and ``roles`` names the parts of members that
    are not among `ROLES`: English first, then Chinese.

    Raises
    ------
    ValueError : if words are missing in a language, or the family or the source has none
    """

    def enter(draw: Draw) -> Draw:
        name = draw.__name__
        label = Words(((draw.__doc__ or "").splitlines() or [""])[0].rstrip("."), label_zh)
        double, parts = Words(*look_alike_label), {role: Words(*pair) for role, pair in (roles or {}).items()}
        try:
            for words in (label, double, *parts.values()):
                complete(words)
            check_source(source)
        except ValueError as error:
            raise ValueError(f"typology {name}: {error}") from None
        if family not in FAMILIES:
            raise ValueError(f"typology {name}: expected a family of data/words, found {family!r}")
        for role, words in parts.items():
            if ROLES.setdefault(role, words) != words:
                raise BadInput(f"typology {name}: the role {role!r} is called {ROLES[role].en!r} already")
        TYPOLOGIES.register(name)(Typology(name, label, double, family, source, draw, look_alike))
        return draw

    return enter


def typologies_table() -> pd.DataFrame:
    """The Typologies table: every registered one."""
    rows = [
        {
            "typology": entry.name,
            "label_en": entry.label.en,
            "label_zh": entry.label.zh,
            "look_alike_en": entry.look_alike_label.en,
            "look_alike_zh": entry.look_alike_label.zh,
            "family": entry.family,
            "source_en": cited(entry.source).en,
            "source_zh": cited(entry.source).zh,
        }
        for entry in TYPOLOGIES.values()
    ]
    return pd.DataFrame(rows)


def roles_table() -> pd.DataFrame:
    """The MemberRoles table: every part that some typology names."""
    rows = [{"role": role, "label_en": words.en, "label_zh": words.zh} for role, words in ROLES.items()]
    return pd.DataFrame(rows)


import_siblings(__name__, str(Path(__file__).parent))
