"""The network kernels against slow, obvious definitions: equal on every count."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import pipeline
from data.asof.network import Cycles, TrailLimits, Trails, chains, cycles, passed_on
from data.asof.network.multigraph import Multigraph
from features.build import Params
from features.network import transaction_features
from features.network.degrees import COUNTS, degrees, ports, ports_ever
from features.network.fans import gather_scatters, scatter_gathers
from features.network.neighbours import (
    Counterparties,
    around,
    linked_sharers,
    report_distance,
    reported_sharers,
    sharers,
)
from features.network.queries import Queries
from features.network.roles import CHAIN_LINK, Patterns, roles
from tests.property import network_reference as reference
from tests.property.network_reference import Payment

NODES = 6
HOP, WITHIN = 12, 20
NEVER = np.iinfo(np.int64).max
KEPT = (0.8, 1.05)
BOUNDS = st.sampled_from([1, 2, 3, 50])  # arrivals looked at: below, at and above what occurs
MOST_HOPS = 10
ENOUGH_STEPS = 1_000_000
PAYMENTS = st.lists(
    st.builds(
        Payment,
        payer=st.integers(0, NODES - 1),
        payee=st.integers(0, NODES - 1),
        at=st.integers(0, 30),
        cents=st.sampled_from([100, 95, 90, 82, 50, 200]),
    ),
    max_size=22,
)


def graph_of(payments: list[Payment], nodes: int = NODES) -> Multigraph:
    payer, payee, at, cents = np.array(payments, np.int64).reshape(-1, 4).T
    return Multigraph.of(payer, payee, at, cents, nodes)


def trails_of(graph: Multigraph, most: int, hop: int = HOP) -> Trails:
    return Trails.of(graph, hop, KEPT, most, threads=2)


def moments_of(graph: Multigraph, edges: np.ndarray) -> np.ndarray:
    """Moments of payments, NEVER where the number is none."""
    return np.append(graph.at, NEVER)[edges]


def by_payment(graph: Multigraph, found: Cycles) -> tuple[np.ndarray, np.ndarray]:
    """Counts and shares of cycles by payment, 0 for those that close none."""
    assert (np.diff(found.closing) > 0).all()
    counts, kept = np.zeros((len(graph), found.counts.shape[1]), int), np.zeros(len(graph), np.float32)
    counts[found.closing], kept[found.closing] = found.counts, found.kept
    assert (found.member_kept == kept[found.member_edge]).all()
    return counts, kept


@settings(max_examples=150)
@given(payments=PAYMENTS, window=st.sampled_from([0, 1, 5, 100]), longer=st.sampled_from([0, 8]))
def test_degrees_are_those_of_the_definition(payments, window, longer) -> None:
    graph, known = graph_of(payments), reference.in_order(payments)
    moments = np.repeat(np.arange(33), NODES)
    parties = np.tile(np.arange(NODES), 33)
    queries = Queries.of(parties, moments)
    found, other = degrees(graph, [window, 3], max(window, 3) + longer, queries, threads=2)
    ever = ports_ever(graph, queries)
    for q, (node, as_of) in enumerate(zip(parties, moments, strict=True)):
        for answers, days in ((found, window), (other, 3)):
            expected = reference.degrees(known, node, as_of, days, max(window, 3) + longer)
            assert dict(zip(COUNTS, answers[:, q].tolist(), strict=True)) == expected
        assert tuple(ever[q]) == reference.ports_ever(known, node, as_of)


def test_questions_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="expected queries in order of time"):
        Queries.of(np.array([0, 1]), np.array([5, 4]))


def test_no_payments_have_no_rows_and_all_columns() -> None:
    limits = pipeline.params("build", Params).network
    trails = pipeline.params("observe.trails", TrailLimits)
    none = np.zeros(0, np.int64)
    features = transaction_features(none, none, none, none, 3, limits, trails)
    one = np.ones(1, np.int64)
    assert list(features) == list(transaction_features(0 * one, one, one, one, 3, limits, trails))
    assert len(features) == 0


@settings(max_examples=100)
@given(payments=PAYMENTS)
def test_ports_are_those_of_the_definition(payments) -> None:
    known = reference.in_order(payments)
    found = ports(graph_of(payments))
    assert [tuple(row) for row in found.tolist()] == [reference.ports(known, e) for e in range(len(known))]


@settings(max_examples=150)
@given(payments=PAYMENTS, most=BOUNDS)
def test_the_longest_chain_is_found(payments, most) -> None:
    graph, known = graph_of(payments), reference.in_order(payments)
    found = chains(graph, trails_of(graph, most, WITHIN), HOP, MOST_HOPS)
    for e in range(len(known)):
        ways = [len(reference.paths(known, e, hops, HOP, KEPT, most)) for hops in range(1, MOST_HOPS + 1)]
        assert found[e] == sum(count > 0 for count in ways)


@settings(max_examples=60)
@given(payments=PAYMENTS, most=BOUNDS)
def test_money_is_passed_on_when_the_first_chain_is_complete(payments, most) -> None:
    graph, known = graph_of(payments), reference.in_order(payments)
    found = moments_of(graph, passed_on(graph, trails_of(graph, most, WITHIN), HOP, 3))
    for e in range(len(known)):
        for hops in (1, 2, 3):
            expected = reference.passed_on_at(known, e, hops, HOP, KEPT, most)
            assert found[e, hops - 1] == (NEVER if expected is None else expected)


@settings(max_examples=150)
@given(payments=PAYMENTS, most=BOUNDS, most_hops=st.sampled_from([2, 3, 10]))
def test_every_cycle_is_counted(payments, most, most_hops) -> None:
    graph, known = graph_of(payments), reference.in_order(payments)
    found = cycles(graph, trails_of(graph, most), WITHIN, most_hops, ENOUGH_STEPS, threads=2)
    members: dict[int, dict[int, int]] = {e: {} for e in range(len(known))}
    rows = zip(found.member_edge, found.member, found.member_hops, strict=True)
    for edge, party, hops in rows:
        assert party not in members[edge]
        members[edge][party] = hops
    assert found.given_up == 0
    counts, kept_by = by_payment(graph, found)
    for e, payment in enumerate(known):
        closed = reference.cycles(known, e, WITHIN, most_hops, HOP, KEPT, most)
        lengths = [len(cycle) for cycle in closed]
        assert counts[e].tolist() == [lengths.count(hops) for hops in range(2, most_hops + 1)]
        kept = max((min(1, payment.cents / known[cycle[0]].cents) for cycle in closed), default=0)
        assert kept_by[e] == np.float32(kept)
        longest: dict[int, int] = {}
        for cycle in closed:
            for edge in cycle:
                party = known[edge].payer
                longest[party] = max(longest.get(party, 0), len(cycle))
        assert members[e] == longest


@settings(max_examples=150)
@given(payments=PAYMENTS, most=BOUNDS, least=st.sampled_from([1, 2, 3]))
def test_every_scatter_gather_is_counted(payments, most, least) -> None:
    graph, known = graph_of(payments), reference.in_order(payments)
    found = scatter_gathers(graph, WITHIN, least, most, threads=2)
    for e in range(len(known)):
        middles = reference.scatter_gather(known, e, WITHIN, most)
        assert found.count[e] == sum(size >= least for size in middles.values())
        assert found.middles[e] == max(middles.values(), default=0)
        widest = [source for source, size in middles.items() if size == found.middles[e]]
        assert found.source[e] == min(widest, default=-1)


@settings(max_examples=150)
@given(payments=PAYMENTS, least=st.sampled_from([1, 2, 3]))
@example(payments=[Payment(0, 1, 0, 1), Payment(1, 2, 20, 1), Payment(1, 3, 21, 1)], least=1)
def test_every_gather_scatter_is_counted(payments, least) -> None:
    graph, known = graph_of(payments), reference.in_order(payments)
    gather, scatter = gather_scatters(graph, WITHIN, least, threads=2)
    for e in range(len(known)):
        assert (gather[e], scatter[e]) == reference.gather_scatter(known, e, WITHIN, least)


@settings(max_examples=150)
@given(payments=PAYMENTS, window=st.sampled_from([0, 1, 6, 100]))
def test_a_party_shows_what_its_own_payments_of_the_window_complete(payments, window) -> None:
    graph, known = graph_of(payments), reference.in_order(payments)
    trails = trails_of(graph, 50)
    patterns = Patterns(
        graph,
        chains(graph, trails, HOP, MOST_HOPS),
        passed_on(graph, trails, HOP, 3),
        cycles(graph, trails, WITHIN, MOST_HOPS, ENOUGH_STEPS, threads=2),
        scatter_gathers(graph, WITHIN, 2, 50, threads=2),
        *gather_scatters(graph, WITHIN, 2, threads=1),
    )
    rings, joins = patterns.cycles, patterns.scatter_gather
    told = {"chain": patterns.chain_hops, "passed_on": moments_of(graph, patterns.passed_on)}
    told["kept"] = by_payment(graph, rings)[1]
    told |= {"count": joins.count, "middles": joins.middles, "source": joins.source}
    told["scatter"] = patterns.scatter
    told = {name: values.tolist() for name, values in told.items()}
    members = list(
        zip(*(m.tolist() for m in (rings.member_edge, rings.member, rings.member_hops)), strict=True)
    )
    moments = np.repeat(np.arange(33), NODES)
    parties = np.tile(np.arange(NODES), 33)
    found = roles(patterns, Queries.of(parties, moments), window, threads=2)
    for q, (node, as_of) in enumerate(zip(parties, moments, strict=True)):
        expected = reference.roles(known, told, members, node, as_of, window, CHAIN_LINK)
        np.testing.assert_array_equal(found[q], np.array(expected, np.float32))


# ------------------------------------------------------------ planted patterns

NOISE = st.lists(
    st.builds(
        Payment,
        payer=st.integers(0, 40),
        payee=st.integers(0, 40),
        at=st.integers(0, 60),
        cents=st.integers(1, 10_000),
    ),
    max_size=60,
)
SIZE = st.integers(2, 10)
FIRST = 20  # moment at which a planted pattern begins


def planted(noise: list[Payment], pattern: list[Payment]) -> tuple[Multigraph, list[Payment], list[int]]:
    """Graph of both, its payments in order, and the places of the pattern's payments."""
    known = reference.in_order([*noise, *pattern])
    return graph_of([*noise, *pattern], 64), known, [known.index(payment) for payment in pattern]


@given(noise=NOISE, size=SIZE)
def test_a_planted_cycle_is_closed_by_its_last_payment(noise, size) -> None:
    ring = [Payment(41 + k, 41 + (k + 1) % size, FIRST + k, 10_000 - 100 * k) for k in range(size)]
    graph, _, places = planted(noise, ring)
    found = cycles(graph, trails_of(graph, 50), WITHIN, 10, ENOUGH_STEPS, threads=1)
    counts, _ = by_payment(graph, found)
    assert counts[places[-1], size - 2] >= 1
    assert set(found.member[found.member_edge == places[-1]]) >= {payment.payer for payment in ring}
    for place in places[:-1]:
        assert counts[place].sum() == 0, "a cycle is known from its closing payment on, no earlier"


@given(noise=NOISE, size=SIZE)
def test_a_planted_chain_is_counted_to_its_last_hop(noise, size) -> None:
    line = [Payment(41 + k, 42 + k, FIRST + k, 10_000 - 100 * k) for k in range(size)]
    graph, _, places = planted(noise, line)
    found = chains(graph, trails_of(graph, 50), HOP, 10)
    assert [found[place] >= hops for hops, place in enumerate(places, 1)] == [True] * size


@given(noise=NOISE, size=SIZE)
def test_a_planted_scatter_gather_is_counted_with_all_its_middles(noise, size) -> None:
    apart = [Payment(41, 43 + k, FIRST, 1_000) for k in range(size)]
    together = [Payment(43 + k, 42, FIRST + 1 + k, 1_000) for k in range(size)]
    graph, _, places = planted(noise, [*apart, *together])
    found = scatter_gathers(graph, WITHIN, size, 50, threads=1)
    last = places[-1]
    assert (found.count[last], found.middles[last], found.source[last]) == (1, size, 41)
    assert found.count[places[:-1]].sum() == 0


@given(noise=NOISE, size=SIZE)
def test_a_planted_gather_scatter_is_counted_with_all_its_payees(noise, size) -> None:
    together = [Payment(43 + k, 42, FIRST, 1_000) for k in range(size)]
    apart = [Payment(42, 53 + k, FIRST + 1 + k, 1_000) for k in range(size)]
    graph, _, places = planted(noise, [*together, *apart])
    gather, scatter = gather_scatters(graph, WITHIN, size, threads=2)
    assert gather[places[-1]] >= size
    assert scatter[places[-1]] == size


@given(noise=NOISE, size=SIZE, is_in=st.booleans())
def test_a_planted_fan_is_counted_with_all_its_arms(noise, size, is_in) -> None:
    arms = [Payment(42 + k, 41, FIRST + k, 500) for k in range(size)]
    fan = arms if is_in else [Payment(p.payee, p.payer, p.at, p.cents) for p in arms]
    graph, _, _ = planted(noise, fan)
    found = degrees(graph, [WITHIN], WITHIN, Queries.of(np.array([41]), np.array([FIRST + size])), threads=1)
    assert found[0, COUNTS.index("in_degree" if is_in else "out_degree"), 0] == size


# ----------------------------------------------------------------------- hubs


def test_a_search_at_a_hub_stops_at_its_bound_and_says_so() -> None:
    """A crowd that pays round in a circle has ever more ways; the search looks at so many payments."""
    crowd = [Payment(a, (a + step) % 8, 10 * turn + a, 100) for turn in range(12) for step in (1, 2, 3)
             for a in range(8)]  # fmt: skip
    graph = graph_of(crowd, 8)
    trails = Trails.of(graph, 1_000, KEPT, 50, threads=1)
    cut = cycles(graph, trails, 1_000, 10, 100, threads=1)
    longer = cycles(graph, trails, 1_000, 10, 2_000, threads=1)
    assert cut.given_up > longer.given_up > 0
    fewer, more = by_payment(graph, cut)[0], by_payment(graph, longer)[0]
    assert (fewer <= more).all()
    assert fewer.sum() < more.sum()


@pytest.mark.parametrize("threads", [1, 3])
def test_the_number_of_threads_changes_nothing(threads) -> None:
    rng = np.random.default_rng(5)
    payments = [Payment(*row) for row in rng.integers([0, 0, 0, 80], [30, 30, 400, 100], (600, 4)).tolist()]
    graph = graph_of(payments, 30)
    one, other = (Trails.of(graph, 100, KEPT, 20, count) for count in (2, threads))
    np.testing.assert_array_equal(one.earlier, other.earlier)
    rings = [cycles(graph, one, 200, 10, 100, count) for count in (2, threads)]
    np.testing.assert_array_equal(rings[0].counts, rings[1].counts)
    np.testing.assert_array_equal(rings[0].member_edge, rings[1].member_edge)
    np.testing.assert_array_equal(
        scatter_gathers(graph, 100, 2, 20, 2).source, scatter_gathers(graph, 100, 2, 20, threads).source
    )


# ------------------------------------------------------------------ neighbours

LINKS = st.lists(
    st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda pair: pair[0] != pair[1]), max_size=14
)
GROUPS = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 2)), max_size=8, unique=True)


@settings(max_examples=300)
@given(pairs=LINKS, groups=GROUPS, reported=st.sets(st.integers(0, 7)), most=st.sampled_from([1, 2, 3]))
def test_steps_to_a_reported_customer_are_the_fewest(pairs, groups, reported, most) -> None:
    payments = [Payment(a, b, at, 1) for at, (a, b) in enumerate(pairs)]
    links = Counterparties.of(graph_of(payments, 8), 0, 100)
    assert len(links.other) == 2 * len({frozenset(pair) for pair in pairs})
    table = np.array(groups, np.int64).reshape(-1, 2)
    is_reported = np.isin(np.arange(8), list(reported))
    found = report_distance(links, table[:, 0], table[:, 1], is_reported, hub_degree=100, most_steps=most)
    together = [(a, b) for a, one in groups for b, other in groups if one == other and a < b]
    expected = reference.distances([*pairs, *together], reported, 8, most)
    assert found.tolist() == [most + 1 if steps is None else steps for steps in expected]


def test_a_hub_passes_no_nearness_on_unless_the_report_is_its_own() -> None:
    """Everybody is two steps from everybody who shares an employer."""
    wages = [Payment(0, payee, 1, 1) for payee in range(1, 6)]
    links = Counterparties.of(graph_of(wages), 0, 100)
    nobody = np.zeros(0, np.int64)

    def steps(who: int, hub_degree: int) -> list[int]:
        return report_distance(links, nobody, nobody, np.arange(6) == who, hub_degree, 3).tolist()

    assert steps(1, 5) == [1, 4, 2, 2, 2, 2]
    assert steps(1, 4) == [1, 4, 4, 4, 4, 4]
    assert steps(0, 4) == [4, 1, 1, 1, 1, 1]


@settings(max_examples=100)
@given(payments=PAYMENTS, reported=st.sets(st.integers(0, NODES - 1)), data=st.data())
def test_counterparties_are_looked_at_once_each(payments, reported, data) -> None:
    customers = 4
    values = data.draw(
        st.lists(st.sampled_from([np.nan, 0.0, 1.5, 4.0]), min_size=customers, max_size=customers)
    )
    is_person = np.array([False] * customers + [True, False])
    is_reported = np.isin(np.arange(NODES), list(reported))
    links = Counterparties.of(graph_of(payments), 5, 25)
    found = around(links, customers, is_person, np.array(values)[:, None], is_reported)
    now = {frozenset(p[:2]) for p in payments if 5 <= p.at < 25 and p.payer != p.payee}

    def others(node: int) -> list[int]:
        return [b for b in range(NODES) if frozenset((node, b)) in now and b != node]

    for node in range(customers):
        mine = others(node)
        inside = [b for b in mine if b < customers]
        told = [values[b] for b in inside if not np.isnan(values[b])]
        dealt = [sum(a < customers for a in others(b)) for b in mine]
        assert found.counterparties[node] == len(mine)
        assert found.customers[node] == len(inside)
        assert found.reported[node] == sum(b in reported for b in inside)
        assert found.shared_customers[node] == sum(
            size - 1 for b, size in zip(mine, dealt, strict=True) if is_person[b]
        )
        np.testing.assert_equal(found.degree_mean[node], np.mean(dealt) if mine else np.nan)
        np.testing.assert_equal(found.mean[node, 0], sum(told) / len(told) if told else np.nan)
        np.testing.assert_equal(found.largest[node, 0], max(told, default=np.nan))


def test_relatives_on_one_device_are_no_strangers() -> None:
    """Two of a household and one stranger share a phone; a fourth customer is alone on a tablet."""
    members, devices = np.array([0, 1, 2, 3]), np.array([0, 0, 0, 1])
    household = np.array([7, 7, 8, 9])
    assert sharers(members, devices, household, 4).tolist() == [1, 1, 2, 0]
    assert reported_sharers(members, devices, np.array([False, True, False, True])).tolist() == [1, 0, 1, 0]
    links = Counterparties.of(
        graph_of([Payment(0, 1, 1, 1), Payment(2, 3, 1, 1), Payment(3, 0, 1, 1)], 4), 0, 9
    )
    assert linked_sharers(links, members, devices, 4).tolist() == [1, 1, 0, 0]
