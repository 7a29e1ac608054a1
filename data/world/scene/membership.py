"""Who belongs to a scene: members, the devices that they share, the accounts that they give up."""

from __future__ import annotations

import numpy as np

from data.schema import DAY_US
from data.world.accounts import closed_after, new_device_id
from data.world.devices import signed_in
from data.world.flows import PROCEEDS, SHAPE
from data.world.population import OUTSIDE
from data.world.scene.paying import Paying

# Chance that one organiser signs in to all mules from one device, by sophistication; that
# innocent relatives or partners do; that a used-up account is closed (all assumptions).
CONTROL_SHARES = (0.2, 0.1, 0.05)
HELPER_SHARE = 0.15
SHARED_BEFORE_DAYS = (0, 60)  # days before the start from which the device is shared
GIVEN_UP_SHARE = 0.1


class Membership(Paying):
    """Enters members, and tells from the payments of a plan who of them takes part, with which accounts."""

    def join(self, accounts: np.ndarray | list[int] | int, role: str) -> None:
        """Enter members of the scheme."""
        self.members.extend((int(account), role) for account in np.atleast_1d(accounts))

    def taking_part(self) -> set[int]:
        """Accounts that pay or are paid by the plan during the run."""
        flow = self.flow_of(SHAPE, PROCEEDS)
        flow = flow.take((flow.at >= self.calendar.start_us) & (flow.at < self.run_end))
        spenders = {one.account for one in self.spenders if one.until_us > self.calendar.start_us}
        return {*flow.payer.tolist(), *flow.payee.tolist(), *spenders}

    def accounts_of(self, account: int) -> list[int]:
        """The accounts that a member uses: another one from the day on which they move to it."""
        if self.world.successor[account] < 0:
            return [account]
        flow = self.flow_of(SHAPE, PROCEEDS)
        at = flow.at[(flow.payer == account) | (flow.payee == account)].tolist()
        for spender in self.spenders:
            if spender.account == account:
                at += [spender.from_us, min(spender.until_us, self.run_end)]
        moments = np.array(at or [self.start])
        return np.unique(self.world.used(np.full(len(moments), account), moments)).tolist()

    def abandon(self, account: int, at: int) -> None:
        """Let the owner close an account for good at a moment; later payments of it are none.

        An account outside the bank is passed over, nobody here sees it closed; likewise a
        closing before or after the run.
        """
        if self.world.owner[account] != OUTSIDE and self.calendar.start_us + DAY_US <= at < self.run_end:
            self.closings.append((int(account), int(at)))

    def give_up(self, accounts: np.ndarray | int) -> None:
        """Let some of the main accounts be closed some time after their last payment of the plan.

        Those opened beside the main one are closed when their owner's life has it.
        """
        flow = self.flow
        for account in np.atleast_1d(accounts).tolist():
            if self.rng.random() < GIVEN_UP_SHARE and account not in self.world.further:
                at = flow.at[(flow.payer == account) | (flow.payee == account)]
                last = np.array([at.max(initial=self.start)])
                self.abandon(account, int(closed_after(self.rng, self.calendar, last)[0]))

    def control(self, accounts: np.ndarray) -> None:
        """Let one organiser sign in to several accounts from one phone; careful ones seldom do."""
        self._know_each_other(accounts, CONTROL_SHARES[self.sophistication])

    def same_phone(self, accounts: np.ndarray) -> None:
        """Let innocent people who know each other use one phone, as couples and helpers do."""
        self._know_each_other(accounts, HELPER_SHARE)

    def _know_each_other(self, accounts: np.ndarray, share: float) -> None:
        own = np.atleast_1d(accounts)[self.is_inside(np.atleast_1d(accounts))]
        if len(own) > 1 and self.rng.random() < share:
            self.share_device(own, self.start - int(self.rng.uniform(*SHARED_BEFORE_DAYS) * DAY_US))

    def share_device(self, accounts: np.ndarray, begins_us: int) -> None:
        """Let one device, new to all, sign in to these accounts, as people share phones.

        Accounts outside the bank are passed over, their devices are not seen here.
        """
        held = np.unique(self.world.owner[np.atleast_1d(accounts)])
        held = held[held != OUTSIDE]
        device = int(new_device_id(self.rng))
        begun, until = signed_in(self.rng, self.world, self.calendar, held, begins_us)
        self.devices.extend(
            (who, device, since, end)
            for who, since, end in zip(held.tolist(), begun.tolist(), until.tolist(), strict=True)
        )
