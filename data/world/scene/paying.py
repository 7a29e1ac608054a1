"""What is paid in a scene: intended payments, and the views on them."""

from __future__ import annotations

import numpy as np

from data.world.flows import CHANNEL, LIFE, NOWHERE, PROCEEDS, PURPOSE, SHAPE, Flow
from data.world.intents import Intent, as_flow, in_cents
from data.world.scene.stage import Stage

Numbers = np.ndarray | int  # moments in UTC microseconds, or positions of accounts
Sums = np.ndarray | float  # yuan


class Paying(Stage):
    """Collects payments: those that make the shape of a plan, those with its proceeds, those of life."""

    def pay(
        self,
        at: Numbers,
        payer: Numbers,
        payee: Numbers,
        yuan: Sums,
        channel: str = "transfer",
        purpose: str = "unstated",
        city: int = NOWHERE,
        part: int = SHAPE,
    ) -> np.ndarray:
        """Intend one payment, or many of one kind (arrays broadcast), and return what arrives.

        ``yuan`` is what is meant, ``purpose`` what it is for, or pretends to be for; nobody
        may have a reason (unstated). People write sums down rounded, so that what arrives,
        in yuan, is as much or less. ``part`` says what the payment is to the scheme.
        """
        intent = Intent(at, payer, payee, yuan, CHANNEL[channel], PURPOSE[purpose], city, part)
        if not intent.is_empty:
            self.intents.append(intent)
        return self.hand.yuan(at, payer, payee, in_cents(yuan), channel, purpose)

    def live(
        self,
        at: Numbers,
        payer: Numbers,
        payee: Numbers,
        yuan: Sums,
        channel: str,
        purpose: str,
        city: int = NOWHERE,
    ) -> np.ndarray:
        """Intend payments of a member's everyday life beside the plan, which are no part of it; as `pay`."""
        return self.pay(at, payer, payee, yuan, channel, purpose, city, LIFE)

    def spend(
        self,
        at: Numbers,
        payer: Numbers,
        payee: Numbers,
        yuan: Sums,
        channel: str,
        purpose: str,
        city: int = NOWHERE,
    ) -> np.ndarray:
        """Intend payments with proceeds of the scheme that are no part of its shape; as `pay`."""
        return self.pay(at, payer, payee, yuan, channel, purpose, city, PROCEEDS)

    def remit(
        self,
        at: Numbers,
        payer: int,
        payees: Numbers,
        yuan: Sums,
        purpose: str = "unstated",
    ) -> None:
        """Intend payments by transfer, and by wire to those payees whose accounts are abroad."""
        at, payees, yuan = np.broadcast_arrays(np.atleast_1d(at), payees, yuan)
        is_abroad = self.world.holder[payees] == "overseas"
        for channel, mine in (("transfer", ~is_abroad), ("wire", is_abroad)):
            if mine.any():
                self.pay(at[mine], payer, payees[mine], yuan[mine], channel, purpose)

    def is_seen(self, payer: int, payee: int) -> bool:
        """Whether one of the two banks here; what others pay each other nobody sees."""
        return bool(self.is_inside(payer) or self.is_inside(payee))

    def hop(self, at: int, payer: int, payee: int, yuan: float, purpose: str) -> float:
        """One transfer from hand to hand, entered if the bank sees it; the yuan that arrive."""
        if not self.is_seen(payer, payee):
            return yuan
        return float(self.pay(at, payer, payee, yuan, purpose=purpose))

    def desk(self, city: int) -> int:
        """Cash desk of a city."""
        return int(self.world.cash_desk(city))

    def fetch_cash(self, at: Numbers, account: int, yuan: Sums) -> None:
        """Take whole notes of 100 out of an account at its owner's home."""
        notes, city = np.maximum(np.asarray(yuan) // 100 * 100, 100.0), self.home(account)
        self.pay(at, account, self.desk(city), notes, "cash_withdrawal", "cash", city)

    def bring_cash(self, at: Numbers, account: int, yuan: Sums, purpose: str = "cash") -> np.ndarray:
        """Pay whole notes of 100 in at a counter of the owner's home, so much or a little more; the yuan."""
        notes, city = np.ceil(np.asarray(yuan) / 100) * 100, self.home(account)
        return self.pay(at, self.desk(city), account, notes, "cash_deposit", purpose, city)

    def flow_of(self, *parts: int) -> Flow:
        """The intended payments that are one of some parts: SHAPE, PROCEEDS, LIFE."""
        return as_flow([intent for intent in self.intents if intent.part in parts])

    @property
    def flow(self) -> Flow:
        """The payments of the scheme's shape as one Flow; faster than `flows`."""
        return self.flow_of(SHAPE)

    @property
    def flows(self) -> list[Flow]:
        """The payments of the scheme's shape, one Flow for each call of `pay`."""
        return [as_flow([intent]) for intent in self.intents if intent.part == SHAPE]

    @property
    def spending(self) -> Flow:
        """The payments with proceeds outside the shape of the scheme."""
        return self.flow_of(PROCEEDS)

    @property
    def everyday(self) -> Flow:
        """The payments of members' lives that the plan brings about, which are no part of it."""
        return self.flow_of(LIFE)
