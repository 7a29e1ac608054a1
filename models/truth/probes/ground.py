"""Every payment of the run as the payment probes see it: codes, its plan, and when it was."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from data.asof import Parties
from data.schema import HOLDER_KINDS
from data.words import CHANNEL_NAMES, HOLDER_NAMES, PURPOSE_NAMES, Words

LIFE, LOOK_ALIKE, ILLICIT = 0, 1, 2
UNPLANNED = -1
DECADES = 13  # of an amount in cents; larger ones share the last
HOME_COUNTRY = "CN"  # where the bank is, if its own accounts do not say


@dataclass(frozen=True)
class Ground:
    """Payments in order of time, one entry each; codes count from 0, an unknown one included.

    ``payer`` and ``payee`` are nodes of ``parties``; ``kind`` is LIFE, LOOK_ALIKE or
    ILLICIT; ``scheme`` is the number of the scheme, UNPLANNED in ordinary life.
    """

    transactions: pd.DataFrame
    customers: pd.DataFrame
    parties: Parties
    first_day: pd.Timestamp
    at_us: np.ndarray
    cents: np.ndarray
    payer: np.ndarray
    payee: np.ndarray
    channel: np.ndarray
    channels: list[str]
    purpose: np.ndarray
    purposes: list[str]
    is_abroad: np.ndarray
    kind: np.ndarray
    scheme: np.ndarray

    @classmethod
    def of(
        cls,
        customers: pd.DataFrame,
        accounts: pd.DataFrame,
        transactions: pd.DataFrame,
        truth: pd.DataFrame,
        parties: Parties,
        first_day: pd.Timestamp,
    ) -> Ground:
        """Put the tables together; customers are ordered as the nodes of ``parties``."""
        channel, channels = _by_frequency(transactions["channel"])
        purpose, purposes = _by_frequency(transactions["purpose"])
        payer = parties.nodes_of(transactions["payer_account_id"])
        payee = parties.nodes_of(transactions["payee_account_id"])
        abroad = _abroad(accounts, parties)
        kind, scheme = _plans(transactions["transaction_id"], truth)
        return cls(
            transactions,
            customers.sort_values("customer_id", kind="stable", ignore_index=True),
            parties,
            first_day,
            transactions["at"].astype("int64").to_numpy(),
            transactions["amount_cents"].to_numpy(),
            payer,
            payee,
            channel,
            channels,
            purpose,
            purposes,
            abroad[payer] | abroad[payee],
            kind,
            scheme,
        )

    def __len__(self) -> int:
        return len(self.at_us)

    @property
    def is_planned(self) -> np.ndarray:
        """Whether a payment is of a scheme or of a look-alike, shape (n,)."""
        return np.asarray(self.kind != LIFE)

    @cached_property
    def kinds(self) -> np.ndarray:
        """The kinds of payer and payee as one code, shape (n,)."""
        holder = self.parties.holder.astype(np.int32)
        return np.asarray(holder[self.payer] * len(HOLDER_KINDS) + holder[self.payee])

    @cached_property
    def decade(self) -> np.ndarray:
        """How many digits the amount has in cents, less one; shape (n,)."""
        return np.searchsorted(10 ** np.arange(1, DECADES), self.cents, side="right")

    @cached_property
    def stratum(self) -> np.ndarray:
        """Channel, kinds of both parties and decade of the amount as one code, shape (n,)."""
        code = self.channel * len(HOLDER_KINDS) ** 2 + self.kinds
        return np.asarray(code * DECADES + self.decade)

    @cached_property
    def cell(self) -> np.ndarray:
        """Channel, purpose, kinds of both parties and domestic or abroad as one code, shape (n,)."""
        code = (self.channel * len(self.purposes) + self.purpose) * len(HOLDER_KINDS) ** 2 + self.kinds
        return np.asarray(code * 2 + self.is_abroad)

    def name_of_stratum(self, code: int) -> str:
        """A stratum in words, the amount in yuan."""
        rest, decade = divmod(int(code), DECADES)
        channel, kinds = divmod(rest, len(HOLDER_KINDS) ** 2)
        return f"{self.channels[channel]}, {_pair(kinds)}, from {10.0 ** (decade - 2):g} yuan"

    def name_of_cell(self, code: int) -> Words:
        """A cell in words; a foreign data set's own names stay as they are."""
        rest, is_abroad = divmod(int(code), 2)
        rest, kinds = divmod(rest, len(HOLDER_KINDS) ** 2)
        channel, purpose = divmod(rest, len(self.purposes))
        payer, payee = (HOLDER_NAMES[HOLDER_KINDS[side]] for side in divmod(kinds, len(HOLDER_KINDS)))
        how, what = (
            names.get(key, Words(key, key))
            for names, key in (
                (CHANNEL_NAMES, self.channels[channel]),
                (PURPOSE_NAMES, self.purposes[purpose]),
            )
        )
        where = Words("abroad", "跨境") if is_abroad else Words("domestic", "境内")
        return Words(
            f"{how.en}, {what.en}, {payer.en} to {payee.en}, {where.en}",
            f"{how.zh}，{what.zh}，{payer.zh}至{payee.zh}，{where.zh}",
        )


def _pair(kinds: int) -> str:
    payer, payee = divmod(kinds, len(HOLDER_KINDS))
    return f"{HOLDER_KINDS[payer]} to {HOLDER_KINDS[payee]}"


def _by_frequency(values: pd.Series) -> tuple[np.ndarray, list[str]]:
    """Codes from the commonest word down, so that one cut of a tree parts off the rare ones."""
    words = values.astype("category").cat
    codes = words.codes.to_numpy(dtype=np.int32)
    names = [str(name) for name in words.categories]
    codes, names = np.where(codes < 0, len(names), codes), [*names, "(none)"]
    order = np.argsort(-np.bincount(codes, minlength=len(names)), kind="stable")
    place = np.empty(len(names), np.int32)
    place[order] = np.arange(len(names))
    return place[codes], [names[number] for number in order]


def _abroad(accounts: pd.DataFrame, parties: Parties) -> np.ndarray:
    """Whether a node's account is kept in another country than the bank's own; shape (nodes,)."""
    own = accounts["country"][accounts["customer_id"].notna()].dropna()
    home = own.mode().iloc[0] if len(own) else HOME_COUNTRY
    known = accounts[accounts["country"].notna()]
    result = np.zeros(len(parties.holder), bool)
    result[parties.nodes_of(known["account_id"])] = (known["country"] != home).to_numpy()
    result[: len(parties.customer_id)] = False  # a customer is at home wherever an account of his is
    return result


def _plans(transaction_id: pd.Series, truth: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Kind and scheme by payment; one of a scheme and of a look-alike is the scheme's."""
    kind = np.full(len(transaction_id), LIFE, np.int8)
    scheme = np.full(len(transaction_id), UNPLANNED, np.int64)
    first = truth.sort_values(["transaction_id", "is_illicit", "scheme_id"], kind="stable")
    first = first.drop_duplicates("transaction_id", keep="last")
    row = pd.Index(transaction_id).get_indexer(first["transaction_id"])
    kind[row] = np.where(first["is_illicit"], ILLICIT, LOOK_ALIKE)
    scheme[row] = first["scheme_id"]
    return kind, scheme
