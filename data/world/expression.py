"""How payments are written down: which words stand beside a sum, and in which digits it is.

What a payment is really for, or pretends to be for, is its occasion. Little of it reaches the
ledger: the bank's own products name themselves, a code says "purchase", and between people and
firms the payer's remark is mostly empty, vague, or a word that means something else. Sums that
people choose are round, prices and bills are not. Everybody's payments go through the one
function here, ordinary ones and those of schemes, so that neither words nor digits tell who plans.

What a payment looks like hangs on itself and the seed alone, not on how the run is cut. All
shares are assumptions of this project, after samples of personal ledgers and their users'
complaints: remarks between persons are mostly empty, sums between them mostly round.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod

import numpy as np
from numba import njit

from data.schema import CHANNELS, HOLDER_KINDS, PURPOSES
from data.world.flows import CHANNEL, PURPOSE, Flow

# Who writes a remark of their own, and to whom; everybody else's payments name themselves.
WRITERS = ("person", "micro_business", "company", "overseas")
# Occasions that a product of the bank names, whoever pays.
NAMED_BY_PRODUCT = (
    "savings",
    "cash",
    "takings",
    "utility",
    "insurance",
    "fee",
    "interest",
    "tax",
    "refund",
)
BATCH_MOST_CNY = 50_000  # wages above it are paid by single transfers, whose remark is the firm's own
# In a thousand remarks: empty, "transfer", the occasion; the others are words that mean something else.
REMARKS = {"person": (650, 150, 170), "firm": (220, 200, 500)}
# Words between persons and of firms in a thousand: of who states the occasion of a payment that
# has none, and of who writes another one.
WORDS = {
    "person": {
        "family": 420,
        "gift": 90,
        "loan_repayment": 120,
        "loan": 70,
        "rent": 90,
        "goods": 110,
        "other": 100,
    },
    "firm": {
        "supplies": 330,
        "goods": 320,
        "loan_repayment": 90,
        "loan": 60,
        "rent": 60,
        "payroll": 60,
        "other": 80,
    },
}
# In a thousand sums: whole thousands, whole hundreds, tens, yuan; the others have cents.
ROUNDING = {"person": (350, 350, 80, 150), "firm": (250, 200, 100, 200), "price": (0, 40, 100, 410)}
UNITS_CENTS = np.array([100_000, 10_000, 1_000, 100, 1], np.int64)
LEAST_UNITS = 5  # a sum is written in units of which it has at least so many
PRICE_ENDINGS_CENTS = np.array([50, 80, 90, 90], np.int64)
ENDING_SHARE = 670  # of prices with cents in a thousand, those that end so
LUCKY_CENTS = np.array(
    [
        *(520, 600, 666, 800, 888, 1_314, 1_680, 1_888, 5_200, 6_600, 8_800, 9_900, 10_000, 16_600),
        *(16_800, 18_800, 20_000, 28_800, 36_600, 52_000, 60_000, 66_600, 80_000, 88_800, 100_000),
        *(131_400, 168_800, 188_800),
    ],
    np.int64,
)
LUCKY_MOST_CENTS = 200_000
LUCKY_SHARE = 750  # of gifts in a thousand

_PERSON, _FIRM, _PRICE, _LUCKY, _EXACT = range(5)
_BY_CODE = np.isin(CHANNELS, ["qr", "pos"])
_BY_TRANSFER = np.isin(CHANNELS, ["transfer", "wire"])
_WRITES = np.isin(HOLDER_KINDS, WRITERS)
_IS_PERSON = np.isin(HOLDER_KINDS, ["person"])
_IS_WALLET = np.isin(HOLDER_KINDS, ["wallet"])
_TAKES_STAKES = np.isin(HOLDER_KINDS, ["broker", "exchange"])
_IS_NAMED = np.isin(PURPOSES, NAMED_BY_PRODUCT)
_PAYROLL, _SHOPPING, _GIFT, _NOTHING, _VAGUE = (
    PURPOSES.index(name) for name in ("payroll", "shopping", "gift", "unstated", "transfer")
)
_REMARK_EDGES = np.cumsum([REMARKS["person"], REMARKS["firm"]], axis=1)
_WORD_CODES = np.array([[PURPOSES.index(word) for word in WORDS[who]] for who in ("person", "firm")])
_WORD_EDGES = np.array([np.cumsum(list(WORDS[who].values())) for who in ("person", "firm")])
_UNIT_EDGES = np.array([np.cumsum(ROUNDING[who]) for who in ("person", "firm", "price")])


def expressed(flow: Flow, holder: np.ndarray, seed: int) -> Flow:
    """The same payments as the ledger shows them: ``purpose`` is what is stated, sums as written.

    No sum is written larger than it is, so that nobody pays more than they hold.

    Parameters
    ----------
    flow : payments whose ``purpose`` is their occasion
    holder : kind of each account's holder, positions in HOLDER_KINDS, shape (accounts,)
    seed : of the world
    """
    purpose, amount = _expressed(
        flow.at, flow.payer, flow.payee, flow.amount, flow.channel, flow.purpose, holder, np.uint64(seed)
    )
    return replace(flow, purpose=purpose, amount=amount)


@dataclass(frozen=True)
class Hand:
    """The hand that writes one world: who plans what follows from a sum asks here what came in.

    ``holder`` and ``seed`` are those of `expressed`.
    """

    holder: np.ndarray
    seed: int

    def yuan(
        self,
        at: np.ndarray | int,
        payer: np.ndarray | int,
        payee: np.ndarray | int,
        cents: np.ndarray | int,
        channel: str,
        occasion: str,
    ) -> np.ndarray:
        """Sums in yuan as the ledger shows them; arrays broadcast, the result has their shape."""
        shape = np.broadcast(at, payer, payee, cents).shape
        size = prod(shape)

        def column(value: np.ndarray | int, dtype: type) -> np.ndarray:
            out: np.ndarray = np.empty(size, dtype)
            out[:] = value
            return out

        _, written = _expressed(
            column(at, np.int64),
            column(payer, np.int32),
            column(payee, np.int32),
            column(cents, np.int64),
            column(CHANNEL[channel], np.int8),
            column(PURPOSE[occasion], np.int8),
            self.holder,
            np.uint64(self.seed),
        )
        return np.asarray(written.reshape(shape) / 100)


@njit(cache=True)
def mixed(value: np.uint64) -> np.uint64:
    """A number that says nothing of ``value``: the finaliser of splitmix64 (Steele and others, 2014)."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@njit(cache=True)
def _of_a_thousand(state: np.uint64) -> int:
    return int((state >> np.uint64(11)) % np.uint64(1000))


@njit(cache=True)
def _written(cents: int, row: int, state: np.uint64) -> int:
    """A sum in the digits that a kind of payer uses."""
    draw = _of_a_thousand(state)
    if row == _LUCKY:
        if cents < LUCKY_MOST_CENTS and cents >= LUCKY_CENTS[0] and draw < LUCKY_SHARE:
            return int(LUCKY_CENTS[np.searchsorted(LUCKY_CENTS, cents, side="right") - 1])
        row, draw = _PERSON, _of_a_thousand(mixed(state))
    unit = 0
    while unit < len(UNITS_CENTS) - 1 and draw >= _UNIT_EDGES[row, unit]:
        unit += 1
    if row == _PRICE and unit == len(UNITS_CENTS) - 1:
        other = mixed(state + np.uint64(1))
        if _of_a_thousand(other) < ENDING_SHARE and cents >= 200:
            ending = PRICE_ENDINGS_CENTS[np.int64(other % np.uint64(len(PRICE_ENDINGS_CENTS)))]
            return (cents - ending) // 100 * 100 + ending
        return cents
    while unit < len(UNITS_CENTS) - 1 and cents < LEAST_UNITS * UNITS_CENTS[unit]:
        unit += 1
    return int(cents // UNITS_CENTS[unit] * UNITS_CENTS[unit])


@njit(cache=True)
def _expressed(
    at: np.ndarray,
    payer: np.ndarray,
    payee: np.ndarray,
    amount: np.ndarray,
    channel: np.ndarray,
    occasion: np.ndarray,
    holder: np.ndarray,
    seed: np.uint64,
) -> tuple[np.ndarray, np.ndarray]:
    purpose, written = occasion.copy(), amount.copy()
    for i in range(len(at)):
        source, target, cents = holder[payer[i]], holder[payee[i]], amount[i]
        if cents == 0:  # everything that the account holds
            continue
        is_code = _BY_CODE[channel[i]]
        is_batch = occasion[i] == _PAYROLL and source != target and not _IS_PERSON[source]
        is_batch = is_batch and cents < BATCH_MOST_CNY * 100
        writes = (
            (_BY_TRANSFER[channel[i]] or (is_code and _IS_PERSON[target]))
            and _WRITES[source]
            and _WRITES[target]
            and not _IS_NAMED[occasion[i]]
            and not is_batch
        )
        who = 0 if _IS_PERSON[source] else 1
        low, high = min(payer[i], payee[i]), max(payer[i], payee[i])
        pair = mixed(seed + (np.uint64(low) << np.uint64(32)) + np.uint64(high))
        if writes:
            state = mixed(pair ^ np.uint64(at[i]) ^ (np.uint64(payer[i]) << np.uint64(40)))
            draw = _of_a_thousand(state)
            if draw < _REMARK_EDGES[who, 0]:
                purpose[i] = _NOTHING
            elif draw < _REMARK_EDGES[who, 1]:
                purpose[i] = _VAGUE
            elif draw >= _REMARK_EDGES[who, 2] or occasion[i] == _NOTHING:
                word = _of_a_thousand(mixed(state + np.uint64(1)))
                purpose[i] = _WORD_CODES[who, np.searchsorted(_WORD_EDGES[who], word, side="right")]
        elif is_code and not _IS_PERSON[target] and not _IS_NAMED[occasion[i]]:
            purpose[i] = _SHOPPING
        row = _EXACT
        if occasion[i] == _GIFT:
            row = _LUCKY
        elif is_code or _IS_WALLET[target]:
            row = _PRICE
        elif writes or (_IS_PERSON[source] and _TAKES_STAKES[target]):
            row = who
        if row != _EXACT:
            # A refund has the digits of what it gives back: the sum and the pair decide.
            written[i] = _written(cents, row, mixed(pair + np.uint64(cents)))
    return purpose, written
