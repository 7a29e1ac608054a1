"""A value that counts how often it comes to a process; a module of its own, for workers import it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd
import pyarrow as pa

from engines.relations import Engine
from tests.property.dealt import PARTS, gathered


class Landed:
    """A value that is counted wherever it is unpacked, by its name: processes live longer than it."""

    times: ClassVar = Counter[str]()

    def __init__(self, name: str) -> None:
        self.name = name

    def __reduce__(self) -> tuple[Any, ...]:
        return land, (self.name,)


def land(name: str) -> Landed:
    """Come to this process."""
    Landed.times[name] += 1
    return Landed(name)


class Counting:
    """A kernel that asks for a shared value, and says of its process how often one has come there."""

    def __init__(self, shared: Callable[[], Landed]) -> None:
        self.shared = shared

    def __call__(self, part: Mapping[str, pa.Table]) -> Mapping[str, pa.Table]:
        times = Landed.times[self.shared().name]
        return {"landings": pa.table({"process": [os.getpid()], "times": [times]})}


def landings(engine: Engine, bank: Path, out: Path) -> pd.DataFrame:
    """How often a shared value had come to the process of each part, of which there are fewer than parts."""
    engine.table("bank", bank)
    dealt = f"SELECT CAST(customer % {PARTS} AS INT) AS part, customer FROM bank"
    engine.write(out, Counting(engine.shared(Landed(str(out)))), {"bank": dealt}, ["landings"])
    found = gathered(out / "landings").to_pandas()
    assert len(found) == PARTS > found["process"].nunique()
    return found
