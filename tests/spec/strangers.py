"""A stranger's payments, and a small model for files that has learnt from others like them."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from data.feeds import Mapping
from data.results import Interval
from data.schema import DAY_US, MINUTE_US
from models.zoo import MODELS
from models.zoo.lightgbm import LightgbmSettings
from parameters import parse
from serving.card import FileModelCard, NarrowCost
from serving.file_model import SCORE, FileModel, labelled, left_out, unlabelled, varying
from serving.ledger import CASH, HOUR, NarrowLedger
from serving.measure import measured_customers
from serving.score_file import read_engine
from serving.settings import read_settings

ACCOUNTS, DAYS = 60, 100
FACTS = frozenset({CASH, HOUR})
START = "2025-01-06"
CHOICE: dict[str, int | float | str] = {
    "trees": 10,
    "learning_rate": 0.1,
    "num_leaves": 8,
    "min_sum_hessian_in_leaf": 1.0,
    "lambda_l2": 1.0,
    "feature_fraction": 1.0,
    "positive_weight": 1.0,
}
SETTINGS = dict.fromkeys(("trials", "seed", "threads"), 1) | {
    "trees": [1, 10],
    "learning_rate": [0.01, 0.1],
    "num_leaves": [2, 8],
    "min_sum_hessian_in_leaf": [1.0, 2.0],
    "lambda_l2": [1.0, 2.0],
    "feature_fraction": [0.5, 1.0],
    "positive_weight": [1.0, 2.0],
}


def payments(seed: int = 1, accounts: int = ACCOUNTS, days: int = DAYS) -> pd.DataFrame:
    """Rows of a file: id, booked, from, to, amount, kind; three accounts gather and pass on."""
    rng = np.random.default_rng(seed)
    size = accounts * days // 6
    at = rng.integers(0, days * 24 * 60, size)
    payer, payee = rng.integers(0, accounts, (2, size))
    payee = np.where(payer == payee, (payee + 1) % accounts, payee)
    kind = np.where(rng.random(size) < 0.1, "cash", "transfer")
    rows: list[tuple[Any, ...]] = [
        (at[i], payer[i], -1 if kind[i] == "cash" else payee[i], rng.integers(1_000, 900_000), kind[i])
        for i in range(size)
    ]
    for mule in range(3):
        for day in range(days - 30, days, 2):
            rows += [(day * 1440 + 600 + n, 10 + n, mule, 480_000, "transfer") for n in range(8)]
            rows += [(day * 1440 + 700, mule, 40 + mule, 3_700_000, "transfer")]
    frame = pd.DataFrame(rows, columns=["minute", "payer", "payee", "cents", "kind"])
    frame = frame.sort_values(["minute", "payer", "payee", "cents"], kind="stable", ignore_index=True)
    booked = pd.Timestamp(START) + pd.to_timedelta(frame["minute"], unit="m")
    return pd.DataFrame(
        {
            "id": [f"T{number:05}" for number in range(len(frame))],
            "booked": booked.dt.strftime("%Y-%m-%d %H:%M"),
            "from": [f"{number:04}" for number in frame["payer"]],
            "to": ["" if number < 0 else f"{number:04}" for number in frame["payee"]],
            "amount": (frame["cents"] / 100).map("{:.2f}".format),
            "kind": frame["kind"],
        }
    )


MAPPING = """columns: {id: id, time: booked, payer: from, payee: to, amount: amount, kind: kind}
time: {format: "%Y-%m-%d %H:%M", zone: Asia/Shanghai}
cash: {kinds: [cash]}
"""
READ = {
    "columns": {
        "id": "id",
        "time": "booked",
        "payer": "from",
        "payee": "to",
        "amount": "amount",
        "kind": "kind",
    },
    "time": {"format": "%Y-%m-%d %H:%M", "zone": "Asia/Shanghai"},
    "cash": {"kinds": ["cash"]},
}


def mapping() -> Mapping:
    return parse(Mapping, READ, "mapping")


def ledger_of(rows: list[tuple[int, int, int, int]], accounts: int) -> NarrowLedger:
    """A ledger of (minute, payer, payee, cents) from a midnight on; every account is looked at."""
    frame = pd.DataFrame(rows, columns=["at_us", "payer", "payee", "cents"])
    return NarrowLedger(
        payments=frame.assign(at_us=frame["at_us"] * MINUTE_US, is_cash=False),
        owner=np.arange(accounts),
        is_desk=np.zeros(accounts, bool),
        facts=FACTS,
        midnight_us=0,
    )


@cache
def file_model() -> FileModel:
    """Fitted on another draw of the same life; mules are those known to be suspicious."""
    frame = payments(seed=2)
    at = pd.to_datetime(frame["booked"]).to_numpy().astype("datetime64[us]").astype(np.int64)
    is_cash = (frame["kind"] == "cash").to_numpy()
    desk = ACCOUNTS
    ledger = NarrowLedger(
        payments=pd.DataFrame(
            {
                "at_us": at,
                "payer": frame["from"].astype(int).to_numpy(),
                "payee": np.where(
                    is_cash, desk, pd.to_numeric(frame["to"], errors="coerce").fillna(desk)
                ).astype(int),
                "cents": (frame["amount"].astype(float) * 100).round().astype(np.int64).to_numpy(),
                "is_cash": is_cash,
            }
        ),
        owner=np.append(np.arange(ACCOUNTS), -1),
        is_desk=np.arange(ACCOUNTS + 1) == desk,
        facts=FACTS,
        midnight_us=0,
    )
    last = ledger.midnight_after()
    known = measured_customers(ledger, last - 7 * DAY_US * np.arange(4)[::-1], read_engine())
    suspicious = (known.subjects["customer_id"] < 3).to_numpy(float)
    subjects = known.subjects.assign(label=suspicious, weight=1.0)
    names = varying(known.features)
    features = known.features[names]
    model = MODELS["lightgbm"]
    fitted = model.fit(
        labelled(subjects, features), dict(CHOICE), parse(LightgbmSettings, SETTINGS, "test"), 1
    )
    nothing = Interval()
    card = FileModelCard(
        facts=sorted(FACTS),
        learner="lightgbm",
        choice=CHOICE,
        features=names,
        medians={name: float(features[name].median()) for name in names if not features[name].isna().any()},
        left_out=left_out(names, FACTS),
        learnt_from=len(features),
        suspicious=int(suspicious.sum()),
        alerts_per_thousand_customers_week=20.0,
        suppress_days=28,
        psi_bins=10,
        cost=NarrowCost(
            customers=3,
            **dict.fromkeys(("recall_of_bank", "recall_of_file", "recall_lost"), nothing),
            **dict.fromkeys(("precision_of_bank", "precision_of_file", "precision_lost"), nothing),
        ),
        split_sha256="",
    )
    scores = fitted.scores(unlabelled(features)).astype(np.float32)
    return FileModel(card, fitted, features.reset_index(drop=True).assign(**{SCORE: scores}))


SERVING = read_settings()
