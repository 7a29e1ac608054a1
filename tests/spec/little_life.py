"""A little bank whose schemes look like its life in everything, and one artefact at a time.

In the clean world the planned payments are drawn at random from ordinary ones, so that
whatever a probe finds there is chance. Each artefact changes one thing of the planned
payments, or of those who make them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from data.asof import moments_of
from models.truth.calibration import JudgedBank
from models.truth.fixed_trees import Trees
from models.truth.probes.ground import Ground
from models.truth.probes.learner import Probe

START = pd.Timestamp("2025-01-06", tz="UTC").as_unit("us")
DAY = pd.Timedelta(days=1)
DAYS, VALIDATION, TEST = 140, 84, 98  # the run, and the days on which the last two periods begin
PERSONS, SHOPS = 400, 40
WORDS = ["shopping", "family", "gift", "unstated", "donation"]  # nobody uses the last
PAYMENTS = 20_000
SCHEMES, LOOK_ALIKES, EACH = 50, 70, 4  # plans of one member each, and the payments of each

FEW_ROWS = Trees(
    objective="binary",
    count=30,
    learning_rate=0.1,
    num_leaves=5,
    min_data_in_leaf=10,
    min_sum_hessian_in_leaf=1,
    lambda_l2=5,
    feature_fraction=1,
    positive_weight=1,
    max_bin=255,
    threads=1,
)
PROBE = Probe(
    few_rows=FEW_ROWS,
    own_payments=10,
    licit_per_illicit=2,
    folds=5,
    repeats=2,
    round_to_cny=100,
    exploratory_below=60,
    life_per_planned=6,
    life_least=200,
    life_share=0.05,
    ordinary_least=20,
    cell_least=20,
    cell_planned_share=0.3333,
    others_learnt=2_000,
    wanted={},
    payments=FEW_ROWS.model_copy(
        update={"num_leaves": 7, "min_data_in_leaf": 20, "min_sum_hessian_in_leaf": 3}
    ),
)


@dataclass(frozen=True)
class World:
    """The tables of the little bank."""

    customers: pd.DataFrame
    accounts: pd.DataFrame
    devices: pd.DataFrame
    transactions: pd.DataFrame
    truth: pd.DataFrame
    schemes: pd.DataFrame
    periods: pd.DataFrame

    @property
    def planned(self) -> np.ndarray:
        """Whether a payment is of a plan, by row."""
        return self.transactions["transaction_id"].isin(self.truth["transaction_id"]).to_numpy()

    @property
    def illicit(self) -> np.ndarray:
        """Whether a payment is of a scheme, by row."""
        of_schemes = self.truth["transaction_id"][self.truth["is_illicit"]]
        return self.transactions["transaction_id"].isin(of_schemes).to_numpy()

    @property
    def members(self) -> np.ndarray:
        """The customers of illicit schemes."""
        return self.schemes["customer_id"][self.schemes["is_illicit"]].dropna().unique().astype(int)

    def paying(self, **columns: object) -> World:
        """The same world with other columns of payments."""
        return replace(self, transactions=self.transactions.assign(**columns))

    def bank(self) -> JudgedBank:
        """The bank as the audit sees it."""
        planted = moments_of(self.transactions, self.accounts, self.truth, self.schemes)
        tables = (self.customers, self.accounts, self.transactions, self.truth)
        return JudgedBank.of(*tables, planted, self.periods)

    def moments(self) -> pd.DataFrame:
        """When members took part in illicit schemes."""
        planted = moments_of(self.transactions, self.accounts, self.truth, self.schemes)
        return planted[planted["is_illicit"]]

    def ground(self) -> Ground:
        """The payments as the probes see them."""
        bank = self.bank()
        return Ground.of(
            self.customers, self.accounts, self.transactions, self.truth, bank.parties, bank.first_day
        )


def little_life(seed: int = 1) -> World:
    """The clean world."""
    rng = np.random.default_rng(seed)
    transactions = _payments(rng)
    truth, schemes = _plans(transactions, rng)
    customers = pd.DataFrame(
        {
            "customer_id": np.arange(1, PERSONS + 1),
            "kind": "person",
            "joined_at": START,
            "city": pd.array(rng.integers(1, 9, PERSONS), dtype="Int16"),
            "monthly_income_cents": pd.array(rng.integers(300_000, 2_000_000, PERSONS), dtype="Int64"),
        }
    )
    opened = START + pd.to_timedelta(
        rng.uniform(9, 17, PERSONS) + 24 * rng.integers(1, 60, PERSONS), unit="h"
    )
    ids = np.arange(1, PERSONS + SHOPS + 1)
    none = [pd.NaT] * SHOPS
    accounts = pd.DataFrame(
        {
            "account_id": ids,
            "customer_id": pd.array([*range(1, PERSONS + 1), *([pd.NA] * SHOPS)], dtype="Int64"),
            "holder": ["person"] * PERSONS + ["merchant"] * SHOPS,
            "country": "CN",
            "opened_at": pd.Series([*opened, *none], dtype="datetime64[us, UTC]"),
            "closed_at": pd.Series([*(opened + 60 * DAY), *none], dtype="datetime64[us, UTC]"),
        }
    )
    devices = pd.DataFrame(
        {
            "customer_id": np.arange(1, PERSONS + 1),
            "device_id": np.arange(PERSONS) // 2,  # two of a household
            "valid_from": START + pd.to_timedelta(rng.integers(0, 90 * 86_400, PERSONS), unit="s"),
            "valid_to": pd.Series([pd.NaT] * PERSONS, dtype="datetime64[us, UTC]"),
        }
    )
    starts = [0, 14, VALIDATION, TEST, DAYS]
    periods = pd.DataFrame(
        {
            "name": ["warm_up", "train", "validation", "test"],
            "starts_at": [START + day * DAY for day in starts[:-1]],
            "ends_at": [START + day * DAY for day in starts[1:]],
        }
    )
    return World(customers, accounts, devices, transactions, truth, schemes, periods)


def _payments(rng: np.random.Generator) -> pd.DataFrame:
    """Purchases at shops by QR, and transfers between persons."""
    is_purchase = rng.random(PAYMENTS) < 0.5
    payee = np.where(
        is_purchase, rng.integers(1, SHOPS + 1, PAYMENTS) + PERSONS, rng.integers(1, PERSONS + 1, PAYMENTS)
    )
    yuan = rng.lognormal(np.where(is_purchase, 4.0, 6.0), 1.0)
    words = np.where(is_purchase, "shopping", rng.choice(["family", "gift", "unstated"], PAYMENTS))
    at_us = np.sort(rng.integers(0, DAYS * 86_400_000_000, PAYMENTS))
    balance = pd.array(rng.integers(1_000, 10_000_000, PAYMENTS), dtype="Int64")
    return pd.DataFrame(
        {
            "transaction_id": np.arange(1, PAYMENTS + 1),
            "at": START + pd.to_timedelta(at_us, unit="us"),
            "payer_account_id": rng.integers(1, PERSONS + 1, PAYMENTS),
            "payee_account_id": payee,
            "amount_cents": np.maximum((yuan * 100).astype(np.int64), 1),
            "channel": pd.Categorical(np.where(is_purchase, "qr", "transfer")),
            "purpose": pd.Categorical(
                words, categories=["shopping", "family", "gift", "unstated", "donation"]
            ),
            "city": pd.array([pd.NA] * PAYMENTS, dtype="Int16"),
            "payer_balance_cents": balance,
            "payee_balance_cents": pd.array([pd.NA] * PAYMENTS, dtype="Int64"),
        }
    )


def _plans(transactions: pd.DataFrame, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A few of a member's own payments, drawn at random before validation or in the test."""
    plans = SCHEMES + LOOK_ALIKES
    member = rng.permutation(PERSONS)[:plans] + 1
    is_illicit = np.arange(plans) < SCHEMES
    day = (transactions["at"] - START) / DAY
    key = pd.Series(rng.random(PAYMENTS))
    sides = [
        key[(transactions["payer_account_id"] == who) & (day >= TEST if late else day < VALIDATION)]
        for who, late in zip(member, rng.random(plans) < 0.5, strict=True)
    ]
    rows = [mine.nsmallest(EACH).index.to_numpy() for mine in sides]
    number = np.repeat(np.arange(plans), [len(mine) for mine in rows])
    truth = pd.DataFrame(
        {
            "transaction_id": transactions["transaction_id"].to_numpy()[np.concatenate(rows)],
            "scheme_id": number,
            "is_illicit": is_illicit[number],
            "is_patterned": True,
        }
    )
    schemes = pd.DataFrame(
        {
            "scheme_id": np.arange(plans),
            "typology": "cycle",
            "is_illicit": is_illicit,
            "sophistication": 0,
            "account_id": member,
            "customer_id": pd.array(member, dtype="Int64"),  # the account of a person has his number
            "role": "mule",
        }
    )
    return truth, schemes
