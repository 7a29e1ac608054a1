"""Traits and firms, inside the bank and outside it, with the accounts they hold.

Generators address accounts and customers by position. Public ids are a random
permutation drawn last, so that an id says nothing about who stands behind it.
All shares and medians here are assumptions of this project.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from data.schema import CUSTOMER_KINDS, DAY_US, HOLDER_KINDS, NEVER_US
from data.streams import stream
from data.world import accounts as lifetimes
from data.world.calendar import Calendar
from data.world.custom import IDLE, MAIN, SECOND, draw_activity, draw_standing
from data.world.firms import draw_capital, draw_employers, draw_founded, draw_industries
from data.world.holders import Holders
from data.world.people import Traits, draw_people
from data.world.products import Held, draw_products

# Share of customers who can be dormant: persons who joined long enough before the run.
CAN_SLEEP = 0.66
OUTSIDE = -1
# Accounts outside the bank for each customer of it (assumptions): people with whom customers deal
# again and again, people whom they meet once, firms, shops.
ACQUAINTANCES, STRANGERS = 2.0, 7.3
COMPANIES, MERCHANTS, OVERSEAS = 0.3, 0.2, 0.08


@dataclass(frozen=True)
class Population:
    """Parties by position.

    Customer arrays have shape (customers,), account arrays (from ``owner`` on) shape
    (accounts,); ``account`` is a customer's main account, ``savings`` the second one or -1,
    ``employer`` the account that pays the wages or -1. ``standing`` and ``activity`` are those of
    `data.world.custom`, ``mood`` a number from which busy days follow. ``capital`` is yuan, ``opening`` and
    ``limit`` are cents. From ``moved_us`` on everyday payments of an account are those of its
    ``successor`` (-1: none). ``further`` are positions of accounts opened beside the main one
    during the run.
    """

    kind: np.ndarray
    city: np.ndarray
    birth_year: np.ndarray
    occupation: np.ndarray
    industry: np.ndarray
    income: np.ndarray
    household: np.ndarray
    joined_us: np.ndarray
    is_dormant: np.ndarray
    standing: np.ndarray
    activity: np.ndarray
    mood: np.ndarray
    founded_us: np.ndarray
    capital: np.ndarray
    employer: np.ndarray
    products: dict[str, Held]
    account: np.ndarray
    savings: np.ndarray
    owner: np.ndarray
    holder: Holders
    opening: np.ndarray
    opened_us: np.ndarray
    closed_us: np.ndarray
    limit: np.ndarray
    country: np.ndarray
    successor: np.ndarray
    moved_us: np.ndarray
    further: np.ndarray

    @cached_property
    def _ordinary(self) -> dict[str, np.ndarray]:
        kinds = {kind: np.flatnonzero((self.kind == kind) & ~self.is_dormant) for kind in CUSTOMER_KINDS}
        return {
            kind: members[np.argsort(self.joined_us[members], kind="stable")]
            for kind, members in kinds.items()
        }

    @cached_property
    def _joined(self) -> dict[str, np.ndarray]:
        return {kind: self.joined_us[members] for kind, members in self._ordinary.items()}

    @cached_property
    def _outside(self) -> dict[str, np.ndarray]:
        is_outside = self.owner == OUTSIDE
        return {holder: np.flatnonzero(self.holder.are(holder) & is_outside) for holder in HOLDER_KINDS}

    @cached_property
    def _regulars(self) -> dict[tuple[str, int], np.ndarray]:
        return {
            (kind, standing): members[self.standing[members] == standing]
            for kind, members in self._ordinary.items()
            for standing in (MAIN, SECOND, IDLE)
        }

    def regulars(self, kind: str) -> np.ndarray:
        """Positions of the customers of a kind whose main bank this is, in order of joining."""
        return self._regulars[kind, MAIN]

    @cached_property
    def earners(self) -> np.ndarray:
        """Positions of the main-bank persons who work: neither students nor retired."""
        persons = self.regulars("person")
        return persons[~np.isin(self.occupation[persons], ["student", "retired"])]

    def seconds(self, kind: str = "person") -> np.ndarray:
        """Positions of the customers of a kind whose second bank this is, in order of joining."""
        return self._regulars[kind, SECOND]

    @cached_property
    def acquaintances(self) -> np.ndarray:
        """Accounts of persons at other banks with whom customers deal again and again."""
        return self.outside("person")[: int(len(self.kind) * ACQUAINTANCES)]

    @cached_property
    def strangers(self) -> np.ndarray:
        """Accounts of persons at other banks whom hardly anybody meets twice."""
        return self.outside("person")[int(len(self.kind) * ACQUAINTANCES) :]

    @cached_property
    def own_code(self) -> np.ndarray:
        """Positions of the micro-businesses that are paid by this bank's own code, in order of joining.

        The code of a payment institution stands at the till of the others: the bank sees one
        credit a day and none of their customers (a third is an assumption).
        """
        stalls = self.regulars("micro_business")
        return stalls[self.mood[stalls] % 3 == 0]

    @cached_property
    def is_of_person(self) -> np.ndarray:
        """Shape (accounts,), true where a person holds the account, here or elsewhere."""
        return self.holder.are("person")

    @cached_property
    def elsewhere(self) -> np.ndarray:
        """Account that each customer holds at another bank. Shape (customers,)."""
        return self.acquaintances[np.arange(len(self.kind)) * 7_919 % len(self.acquaintances)]

    @cached_property
    def approachable(self) -> np.ndarray:
        """How readily each person of ``customers_of("person")`` would lend an account, in (0, 1]."""
        eager = np.isin(self.occupation[self._ordinary["person"]], ["student", "unemployed", "self_employed"])
        return np.where(eager, 1.0, 0.75)

    @cached_property
    def enterprising(self) -> np.ndarray:
        """How likely each person of ``customers_of("person")`` is to trade for themselves, in [0, 1]."""
        occupation = self.occupation[self._ordinary["person"]]
        is_employed = np.isin(occupation, ["worker", "clerk", "unemployed"])
        return np.where(occupation == "self_employed", 1.0, np.where(is_employed, 0.05, 0.0))

    @cached_property
    def _students(self) -> np.ndarray:
        persons = self._ordinary["person"]
        return persons[self.occupation[persons] == "student"]

    @cached_property
    def _students_joined(self) -> np.ndarray:
        return self.joined_us[self._students]

    @cached_property
    def leaves_us(self) -> np.ndarray:
        """When each account, or the one that took its place, is closed. Shape (accounts,)."""
        return self.closed_us[np.where(self.successor >= 0, self.successor, np.arange(len(self.owner)))]

    def used(self, account: np.ndarray, at: np.ndarray) -> np.ndarray:
        """The accounts used in place of ``account`` at moments, shape of ``account``."""
        is_moved = (self.successor[account] >= 0) & (at >= self.moved_us[account])
        return np.where(is_moved, self.successor[account], account)

    @cached_property
    def sleepers(self) -> np.ndarray:
        """Positions of the dormant customers."""
        return np.flatnonzero(self.is_dormant)

    def customers_of(self, kind: str, by_us: int | None = None) -> np.ndarray:
        """Positions of the customers of a kind who lead an ordinary life (are not dormant).

        They come in order of joining; with ``by_us`` only those who joined before it.
        """
        members = self._ordinary[kind]
        return members if by_us is None else members[: np.searchsorted(self._joined[kind], by_us)]

    def students(self, by_us: int) -> np.ndarray:
        """Positions of the students who lead an ordinary life and joined before ``by_us``."""
        return self._students[: np.searchsorted(self._students_joined, by_us)]

    def outside(self, holder: str) -> np.ndarray:
        """Positions of the outside accounts of a kind of holder."""
        return self._outside[holder]

    def cash_desk(self, city: np.ndarray | int) -> np.ndarray:
        """Account of the cash desk of a city (code), same shape as ``city``."""
        return self.outside("cash_desk")[city]


def draw_population(
    seed: int, customers: int, cities: int, dormant_share: float, calendar: Calendar
) -> Population:
    """Draw all parties of a bank with ``customers`` customers."""
    rng = stream(seed, "population")
    people = draw_people(rng, seed, customers, cities)
    joining = _draw_joining(rng, people.kind == "person", dormant_share, calendar)
    held = _draw_accounts(seed, calendar, people.kind, cities, joining)
    kind, is_awake = people.kind, ~joining.is_dormant
    standing = draw_standing(stream(seed, "standing"), kind)
    limit = np.zeros(len(held.owner), np.int64)
    lines = lifetimes.draw_credit_lines(stream(seed, "credit lines"), kind, people.income, is_awake)
    limit[:customers] = lines
    movers = np.flatnonzero(held.successor >= 0)
    limit[held.successor[movers]] = limit[movers]  # the line moves along
    work = kind, people.occupation
    return Population(
        kind=kind,
        city=people.city,
        birth_year=calendar.first_day().astype("datetime64[Y]").astype(int) + 1970 - people.age,
        occupation=people.occupation,
        industry=draw_industries(stream(seed, "industries"), kind),
        income=people.income,
        household=people.household,
        joined_us=joining.at_us,
        is_dormant=joining.is_dormant,
        standing=standing,
        activity=draw_activity(stream(seed, "activity"), kind, standing),
        mood=stream(seed, "moods").integers(0, 2**63, customers, np.uint64),
        founded_us=draw_founded(stream(seed, "founding"), kind, joining.at_us),
        capital=draw_capital(stream(seed, "capital"), kind),
        employer=draw_employers(
            stream(seed, "employers"),
            *work,
            is_awake & (standing == MAIN),
            people.income,
            held.owner == OUTSIDE,
            held.holder,
        ),
        products=draw_products(seed, calendar, *work, people.income, people.age, joining.at_us),
        opening=_draw_opening(rng, people, joining, len(held.owner)),
        limit=limit,
        country=lifetimes.draw_countries(stream(seed, "countries"), held.holder),
        **vars(held) | {"holder": Holders.of(held.holder)},
    )


@dataclass(frozen=True)
class Joining:
    """When customers came, who came during the run, and who sleeps: shape (customers,).

    ``savers`` are the positions of those who hold savings.
    """

    at_us: np.ndarray
    is_newcomer: np.ndarray
    is_dormant: np.ndarray
    savers: np.ndarray


def _draw_joining(
    rng: np.random.Generator, is_person: np.ndarray, dormant_share: float, calendar: Calendar
) -> Joining:
    """Long ago, or within the run but for its last month; persons of long standing may sleep."""
    customers = len(is_person)
    tenure_days = np.minimum(rng.exponential(1_500, customers) + 20, 9_000).astype(np.int64)
    is_newcomer = rng.random(customers) < 0.06
    joined = calendar.start_us - tenure_days * DAY_US
    newcomer_day = rng.integers(0, max(calendar.days - 30, 1), customers)
    joined = np.where(is_newcomer, calendar.start_us + newcomer_day * DAY_US, joined)
    is_dormant = is_person & ~is_newcomer & (tenure_days > 400) & (rng.random(customers) < dormant_share)
    has_savings = is_person & ~is_dormant & (rng.random(customers) < 0.15)
    return Joining(joined, is_newcomer, is_dormant, np.flatnonzero(has_savings))


@dataclass(frozen=True)
class HeldAccounts:
    """Who holds which account from when to when; see `Population`."""

    account: np.ndarray
    savings: np.ndarray
    owner: np.ndarray
    holder: np.ndarray
    opened_us: np.ndarray
    closed_us: np.ndarray
    successor: np.ndarray
    moved_us: np.ndarray
    further: np.ndarray


def _draw_accounts(
    seed: int, calendar: Calendar, kind: np.ndarray, cities: int, joining: Joining
) -> HeldAccounts:
    """Main accounts, savings and accounts outside; those opened during the run come last."""
    customers, savers, joined = len(kind), joining.savers, joining.at_us
    account, savings = np.arange(customers), np.full(customers, -1)
    savings[savers] = customers + np.arange(len(savers))
    outside = _outside_holders(customers, cities)
    closed = _closings(seed, calendar, kind, np.append(joined, joined[savers]), savers, joining.is_dormant)
    stays = ~joining.is_dormant & (closed[:customers] == NEVER_US)
    more = lifetimes.draw_further(stream(seed, "further accounts"), calendar, kind, joined, stays)
    owner = np.concatenate([account, savers, np.full(len(outside), OUTSIDE), more.owner])
    number = np.arange(len(owner) - len(more.owner), len(owner))
    successor, moved = np.full(len(owner), -1), np.full(len(owner), NEVER_US)
    is_move = more.replaces >= 0
    movers = more.replaces[is_move]
    successor[movers], moved[movers] = number[is_move], more.moved_us[is_move]
    closed[movers] = lifetimes.close_behind(stream(seed, "old accounts"), calendar, more.moved_us[is_move])
    long_ago, never = (np.full(len(outside), moment) for moment in (calendar.start_us, NEVER_US))
    return HeldAccounts(
        account=account,
        savings=savings,
        owner=owner,
        holder=np.concatenate([kind, kind[savers], outside, kind[more.owner]]),
        opened_us=np.concatenate([joined, joined[savers], long_ago, more.opened_us]),
        closed_us=lifetimes.within_the_run(calendar, np.concatenate([closed, never, more.closed_us])),
        successor=successor,
        moved_us=moved,
        further=number[~is_move],
    )


def _outside_holders(customers: int, cities: int) -> np.ndarray:
    """Kinds of holders of the accounts outside the bank."""
    counts = {
        "person": int(customers * ACQUAINTANCES) + int(customers * STRANGERS),
        "company": max(int(customers * COMPANIES), 40),
        "merchant": max(int(customers * MERCHANTS), 40),
        "utility": 12,
        "cash_desk": cities,
        "lender": 10,
        "broker": 6,
        "insurer": 6,
        "exchange": 8,
        "overseas": max(int(customers * OVERSEAS), 60),
        "wallet": 4,
        "bank": 1,
        "state": 2,
    }
    return np.repeat(list(counts), list(counts.values()))


def _draw_opening(rng: np.random.Generator, people: Traits, joining: Joining, accounts: int) -> np.ndarray:
    """Balances at the start of the run, cents by account: some months of income, little of a sleeper's."""
    kind, savers, customers = people.kind, joining.savers, len(people.kind)
    months = np.where(kind == "company", 2.0, np.where(kind == "micro_business", 1.2, 1.8))
    opening = np.zeros(accounts)
    opening[:customers] = people.income * months * rng.lognormal(0, 0.7, customers)
    saved = people.income[savers] * 3 * rng.lognormal(0, 0.8, len(savers))
    opening[customers : customers + len(savers)] = saved
    opening[:customers][joining.is_newcomer] = 0
    opening[:customers][joining.is_dormant] *= 0.05
    return np.round(opening * 100).astype(np.int64)


def _closings(
    seed: int,
    calendar: Calendar,
    kind: np.ndarray,
    opened: np.ndarray,
    savers: np.ndarray,
    is_dormant: np.ndarray,
) -> np.ndarray:
    """When main accounts, then savings, are closed; savings at the latest with the main account.

    Sleepers close nothing. Shape of ``opened``.
    """
    customers = len(kind)
    share = np.full(len(opened), lifetimes.SAVINGS_CLOSER_SHARE_A_YEAR)
    for name, of_kind in lifetimes.LEAVER_SHARE_A_YEAR.items():
        share[:customers][kind == name] = of_kind
    share[:customers][is_dormant] = 0
    closed = lifetimes.draw_closings(stream(seed, "closings"), calendar, opened, share)
    closed[customers:] = np.minimum(closed[customers:], closed[savers])
    return closed


def holder_codes(population: Population) -> np.ndarray:
    """Positions in HOLDER_KINDS of the kinds of the accounts' holders, shape (accounts,)."""
    return population.holder.code


@dataclass(frozen=True)
class Names:
    """Public ids by position: ``customer`` shape (customers,), ``account`` shape (accounts,)."""

    customer: np.ndarray
    account: np.ndarray


def draw_names(seed: int, population: Population) -> Names:
    """Ids in random order, so that they carry no information."""
    rng = stream(seed, "names")
    return Names(
        customer=rng.permutation(len(population.kind)) + 100_000,
        account=rng.permutation(len(population.owner)) + 1_000_000,
    )
