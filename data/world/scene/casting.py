"""The people of a scene: which customers, and which others, something is planned with."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from data.schema import DAY_US
from data.world.accounts import HIGHER_RISK_COUNTRIES
from data.world.scene.stage import Stage
from pipeline import PARAMS_FILE, BadInput

STAY_DAYS = 60  # whose account closes sooner takes no part where others are found
MOST_TRIES = 100  # for each one sought, after which those serve who close sooner
HARDLY_ANY = 100  # where no more than so many are of an age, anybody will do
NEW_DAYS = 120  # who joined within so many days is a newcomer

# Of those who take part: share of customers since less than 30 days, since less than
# a year, since longer (assumption: most are older and alive; but for the new ones, as many as among all).
JOINED_SHARES, JOINED_DAYS = (0.15, 0.18, 0.67), (30, 365)
# How readily customers take part, whose main bank this is, whose second, whose hardly used one: most
# accounts of plans are highly active ones (assumption, after a vendor's 79 %), and so are others'.
TAKES_PART = np.array([1.0, 0.25, 0.15])
RETURN_SHARE = 0.25  # of those who deal with a plan, who do so again in its next round (assumption)
PUBLIC_SHARE = 0.22  # of persons who deal with a plan unknowingly, with an account here (assumption)
# Days for which an account that was opened beside the main one, and a plan begins with, must last.
CARD_DAYS = 30


class Casting(Stage):
    """Draws accounts of ordinary customers, and of others outside the bank, for the parts of a plan."""

    def insiders(self, count: int, kind: str = "person") -> np.ndarray:
        """Accounts of distinct ordinary customers of a kind, all customers by then.

        Who does much at this bank is met more often than who hardly uses it.
        """
        pool = self.world.customers_of(kind, by_us=self.start)
        return self.world.account[self._draw(pool, count)]

    def firm(self, kind: str, ages: tuple[float, float], most_capital: float = np.inf) -> int:
        """Account of a firm of a kind, founded so many years ago and with no more capital in yuan.

        Where there are none such, another one serves; these are a few in a hundred.
        """
        pool = self.world.customers_of(kind, by_us=self.start)
        years = (self.start - self.world.founded_us[pool]) / (365 * DAY_US)
        fits = (years >= ages[0]) & (years <= ages[1]) & (self.world.capital[pool] <= most_capital)
        return int(self.world.account[self._draw(pool, 1, np.where(fits, 1.0, 0.01))][0])

    def _draw(
        self, pool: np.ndarray, count: int, keep: np.ndarray | None = None, but: tuple[int, ...] = ()
    ) -> np.ndarray:
        """``count`` different members of a pool in time that does not grow with the pool, none of ``but``.

        ``keep`` (shape as ``pool``) is the chance with which a drawn member is accepted.
        Nobody is whose account closes within `STAY_DAYS`, where enough others are found.
        """
        if count > len(pool) - len(but):
            raise BadInput(
                f"{PARAMS_FILE}: simulate.customers: a scheme needs {count + len(but)} parties of one kind, "
                f"the world has {len(pool)}"
            )
        chosen: dict[int, None] = {}
        customers = len(self.world.kind)
        stays, tries = self.start + STAY_DAYS * DAY_US, 0
        while len(chosen) < count:
            place, tries = int(self.rng.integers(len(pool))), tries + 1
            if pool[place] in but or pool[place] in chosen:
                continue
            if self.world.leaves_us[pool[place]] < stays and tries < MOST_TRIES * count:
                continue
            takes_part = TAKES_PART[self.world.standing[pool[place]]] if pool[place] < customers else 1.0
            if self.rng.random() < takes_part * (1.0 if keep is None else keep[place]):
                chosen[int(pool[place])] = None
        return np.fromiter(chosen, np.int64, count)

    def participants(self, count: int, firm_share: float = 0.0) -> np.ndarray:
        """Accounts of distinct customers with whom something is planned, a crime or not.

        Most have been customers for years, some since lately. Students, workers, the unemployed
        and the self-employed take part more often than others (assumption); nobody is beyond
        reach. ``firm_share`` is the chance that all of them are small firms and not persons.
        """
        if firm_share and self.rng.random() < firm_share:
            return self.insiders(count, "micro_business")
        pool = self.world.customers_of("person", by_us=self.start)
        # The pool is in order of joining, so that customers of an age are neighbours.
        edges = [len(pool)]
        edges += [len(self.world.customers_of("person", self.start - d * DAY_US)) for d in JOINED_DAYS]
        chosen: list[int] = []
        of_age = self.rng.multinomial(count, JOINED_SHARES)
        for number, last, first in zip(of_age, edges, [*edges[1:], 0], strict=True):
            mine = slice(first, last) if last - first > HARDLY_ANY else slice(0, len(pool))
            keep = self.world.approachable[: len(pool)][mine]
            chosen += self._draw(pool[mine], int(number), keep, tuple(chosen)).tolist()
        return self.world.account[self.rng.permutation(np.array(chosen, np.int64))]

    def traders(self, count: int, firm_share: float = 0.0) -> np.ndarray:
        """Accounts of distinct persons who trade for themselves; no student and no pensioner is one.

        ``firm_share`` is the chance that all of them have business accounts.
        """
        if firm_share and self.rng.random() < firm_share:
            return self.insiders(count, "micro_business")
        pool = self.world.customers_of("person", by_us=self.start)
        return self.world.account[self._draw(pool, count, self.world.enterprising)]

    def students(self, count: int) -> np.ndarray:
        """Accounts of distinct students, all customers by then."""
        return self.world.account[self._draw(self.world.students(by_us=self.start), count)]

    def several_accounts(self, chance: float, otherwise: np.ndarray) -> np.ndarray:
        """With a chance the accounts that one person opened lately beside the main one, or ``otherwise``.

        Who opens several accounts within weeks mostly hunts for promotions; some of these
        people sell them. All are open for `CARD_DAYS` yet.
        """
        world, further = self.world, self.world.further
        lasts = world.closed_us[further] >= self.start + CARD_DAYS * DAY_US
        cards = further[lasts & (world.opened_us[further] < self.start)]
        owner, count = np.unique(world.owner[cards], return_counts=True)
        if self.aside.random() >= chance or not (count > 1).any():
            return otherwise
        return np.asarray(cards[world.owner[cards] == self.aside.choice(owner[count > 1])])

    def main_accounts(self, accounts: np.ndarray) -> np.ndarray:
        """The main account of the owner of each account of the bank, shape of ``accounts``."""
        return self.world.account[self.world.owner[accounts]]

    def newcomers(self, count: int) -> np.ndarray:
        """Accounts of distinct persons who joined in the 120 days before the start.

        Where there are too few of them, other participants take the other parts.
        """
        pool = self.world.customers_of("person", by_us=self.start)
        old = self.world.customers_of("person", by_us=self.start - NEW_DAYS * DAY_US)
        fresh = pool[len(old) :]
        chosen = self.world.account[self._draw(fresh, min(count, len(fresh)))]
        others = self.participants(2 * count)
        return np.concatenate([chosen, others[~np.isin(others, chosen)][: count - len(chosen)]])

    def sleeper(self) -> int:
        """The account of a customer who has been silent since before the run, and of no other plan."""
        try:
            return int(self.wake())
        except IndexError:
            raise BadInput(
                f"{PARAMS_FILE}: simulate.dormant_share: the plans wake more accounts "
                f"than the {len(self.world.sleepers)} that sleep"
            ) from None

    def outsiders(self, count: int, holder: str = "person") -> np.ndarray:
        """Distinct accounts outside the bank of a kind of holder."""
        return self._draw(self.world.outside(holder), count)

    def elsewhere(self, count: int, firm_share: float) -> np.ndarray:
        """Distinct accounts outside the bank: all of companies with a chance, else all of persons."""
        return self.outsiders(count, "company" if self.rng.random() < firm_share else "person")

    def abroad(self, count: int, high_risk_share: float) -> np.ndarray:
        """Distinct accounts abroad, with a chance all in jurisdictions of higher risk, else anywhere."""
        pool = self.world.outside("overseas")
        high_risk = pool[np.isin(self.world.country[pool], HIGHER_RISK_COUNTRIES)]
        is_chosen = self.aside.random() < high_risk_share and len(high_risk) >= count
        return np.asarray(self.aside.choice(high_risk if is_chosen else pool, count, replace=False))

    def public(self, count: int, holder: str = "person") -> np.ndarray:
        """Accounts of whoever pays or is paid without being in the know; some of them bank here.

        Players, buyers, victims and hands are no members of a plan.
        """
        accounts = self.outsiders(count, holder)
        own = min(int(self.rng.binomial(count, PUBLIC_SHARE)), count // 2)
        if own:
            chosen = self.insiders(own, holder)
            chosen = chosen[~np.isin(chosen, [account for account, _ in self.members])]
            accounts[: len(chosen)] = chosen
            self.bystanders.update(chosen.tolist())
        return self.rng.permutation(accounts)

    def next_round(
        self,
        accounts: np.ndarray,
        source: Callable[[int], np.ndarray] | None = None,
        but: np.ndarray | None = None,
    ) -> np.ndarray:
        """The same parties when a plan goes on: some return, the others are new.

        New ones come from ``source`` (without one `public`), and none of ``but``. Shape of ``accounts``.
        """
        fresh = (source or self.public)(len(accounts))
        taken = np.isin(fresh, accounts if but is None else np.append(accounts, but))
        stays = taken | (self.rng.random(len(accounts)) < RETURN_SHARE)
        return np.where(stays, accounts, fresh)

    def others_like(self, accounts: np.ndarray) -> np.ndarray:
        """Accounts outside in place of some of these in the next round, of the same kind of holder."""
        kind = str(self.world.holder[accounts[-1]])  # customers of this bank stand first
        return self.next_round(accounts, lambda count: self.outsiders(count, kind))
