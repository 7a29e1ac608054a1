"""Who the customers are: kinds, work, incomes, ages, cities and households.

All shares and medians here are assumptions of this project.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.streams import stream

# occupation: (share of persons, median monthly income in yuan, youngest, oldest)
OCCUPATIONS = {
    "worker": (0.30, 5_500, 18, 60),
    "clerk": (0.24, 8_000, 21, 60),
    "professional": (0.13, 15_000, 23, 60),
    "self_employed": (0.10, 8_500, 20, 65),
    "student": (0.09, 1_800, 18, 25),
    "retired": (0.11, 4_200, 55, 85),
    "unemployed": (0.03, 2_200, 18, 60),
}
# kind: (median turnover a month in yuan, log spread)
TURNOVER = {"micro_business": (45_000, 0.6), "company": (700_000, 0.9)}


@dataclass(frozen=True)
class Traits:
    """Who the customers are, shape (customers,), as `Population` has it; ``age`` is 0 of a firm."""

    kind: np.ndarray
    occupation: np.ndarray
    income: np.ndarray
    age: np.ndarray
    city: np.ndarray
    household: np.ndarray


def draw_people(rng: np.random.Generator, seed: int, customers: int, cities: int) -> Traits:
    """Kinds, work, incomes, ages, cities and households."""
    kind = rng.choice(np.array(["person", "micro_business", "company"]), customers, p=[0.91, 0.07, 0.02])
    is_person = kind == "person"
    names = np.array(list(OCCUPATIONS))
    share = np.array([OCCUPATIONS[name][0] for name in names])
    occupation = np.where(is_person, rng.choice(names, customers, p=share / share.sum()), "")

    income = np.zeros(customers)
    age = np.zeros(customers, int)
    for name, (_, median, youngest, oldest) in OCCUPATIONS.items():
        members = np.flatnonzero(occupation == name)
        income[members] = median * rng.lognormal(0, 0.4, len(members))
        age[members] = rng.integers(youngest, oldest + 1, len(members))
    for name, (median, spread) in TURNOVER.items():
        members = np.flatnonzero(kind == name)
        income[members] = median * rng.lognormal(0, spread, len(members))

    city_weight = 1 / np.arange(1, cities + 1)
    city = rng.choice(cities, customers, p=city_weight / city_weight.sum())
    return Traits(kind, occupation, income, age, city, _draw_households(rng, seed, city, is_person))


def _draw_households(
    rng: np.random.Generator, seed: int, city: np.ndarray, is_person: np.ndarray
) -> np.ndarray:
    """Persons of one city in runs of one to four, numbered in random order; -1 for a firm."""
    household = np.full(len(city), -1)
    persons = np.flatnonzero(is_person)
    persons = persons[np.lexsort((rng.random(len(persons)), city[persons]))]
    starts = rng.random(len(persons)) < 0.45
    starts |= np.diff(city[persons], prepend=-1) != 0
    place = np.arange(len(persons))
    starts |= (place - np.maximum.accumulate(np.where(starts, place, 0))) % 4 == 0
    number = stream(seed, "households").permutation(np.count_nonzero(starts))
    household[persons] = number[np.cumsum(starts) - 1]
    return household
