"""Profile features (用户画像) as the bank knew them on the day, and how behaviour fits them.

A feature is a function from a `Profile` to one number a subject. The first line of its
docstring is its English label; Chinese label, unit, family and source stand in the decorator.

Gender and the like are protected and stay out. A tag whose value was learnt after
``as_of`` is not seen: a risk rating raised after a report would be a leaked label. The
risk rating itself is no model input at all, dated or not; the audit shows why.

Trees take the codes as they are: an order where there is one, else a name. A network
looks a vector up for each code (``levels`` of the catalogue), and the mean label of a name
is fitted inside folds, in the models' room, for it needs labels.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from data.words import Words
from features.catalogue import Feature
from features.profile.view import PeerParams, Profile, ProfileMeasure
from pipeline import Registry, import_siblings

# Who answers for a tag.
CDD = Words("customer due diligence", "客户尽职调查")
REGISTER = Words("commercial register", "工商登记")
PRODUCTS = Words("product systems", "产品系统")
# Models and their draws depend on the order of columns. These files come first, others by name.
FIRST = ("identity", "holdings", "work", "products", "fit", "peers")


class ProfileEntry(NamedTuple):
    """A feature and how it is measured."""

    feature: Feature
    measure: ProfileMeasure


PROFILE: Registry[ProfileEntry] = Registry("profile feature")


def feature(
    label_zh: str, unit: str, family: str, source: str, **more: Any
) -> Callable[[ProfileMeasure], ProfileMeasure]:
    """Register a measure as a column of the feature matrix.

    Parameters
    ----------
    label_zh, unit, family, source : see `Feature`
    more : window, encoding, levels, applies_to and owner of `Feature`, where they are not the usual

    Raises
    ------
    ValueError
        where words are missing or unknown
    BadInput
        where another feature has the name
    """

    def enter(measure: ProfileMeasure) -> ProfileMeasure:
        name = measure.__name__
        label_en = ((measure.__doc__ or "").splitlines() or [""])[0].rstrip(".")
        entry = Feature(name, label_en, label_zh, unit, family, "profile", source, **more)
        PROFILE.register(name)(ProfileEntry(entry, measure))
        return measure

    return enter


for name in FIRST:
    importlib.import_module(f"{__name__}.{name}")
import_siblings(__name__, str(Path(__file__).parent))
FEATURES = [entry.feature for entry in PROFILE.values()]


def profile_features(known: Profile) -> pd.DataFrame:
    """Profile features by subject, NaN where the profile is silent; index of the subjects."""
    columns = {name: known.once(entry.measure) for name, entry in PROFILE.items()}
    return pd.DataFrame(columns, index=known.subjects.index).astype(np.float32)


__all__ = ["FEATURES", "PROFILE", "PeerParams", "Profile", "ProfileEntry", "feature", "profile_features"]
