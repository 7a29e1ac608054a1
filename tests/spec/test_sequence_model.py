"""The sequence network: what a line tells it, and that no payment outside tells it anything."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from features.schema import TOKEN_COLUMNS, Sequences
from models.zoo import Examples, PaymentLines
from models.zoo.nets.lines import LATEST, LEVELS, SEEN, LineReader, LineStretch
from tests.spec.nets import chance_in_order, drawn, fitted


def random_lines(seed: int = 5, payments: int = 90) -> tuple[PaymentLines, np.ndarray]:
    """Four lines of two customers of unequal length, one of them empty; and their customers."""
    rng = np.random.default_rng(seed)
    tokens = np.column_stack([rng.integers(0, LEVELS[name], payments) for name in TOKEN_COLUMNS])
    opens = np.array([0, 0, 60, 60])
    first, end = np.array([20, 25, 60, 70]), np.array([41, 60, 60, 90])
    return PaymentLines(tokens.astype(np.uint8), opens, first, end), np.array([7, 7, 9, 9])


def read(reader: LineReader, lines: PaymentLines, customer: np.ndarray) -> np.ndarray:
    rows = np.arange(len(customer))
    with torch.inference_mode():
        return reader(*LineStretch.of(lines, customer, rows, SEEN).tensors()).numpy()


@pytest.fixture
def reader() -> LineReader:
    torch.manual_seed(2)
    return LineReader(6)


def test_the_tokens_have_the_levels_that_their_table_allows() -> None:
    bounds = Sequences.to_schema().columns
    assert tuple(LEVELS) == TOKEN_COLUMNS
    for name, level in LEVELS.items():
        limits = [
            check.statistics["max_value"] for check in bounds[name].checks if "max_value" in check.statistics
        ]
        assert level == (limits[0] + 1 if limits else level)


def test_a_pattern_in_the_order_of_payments_is_found_in_lines_never_seen() -> None:
    other = drawn("lines", 2)
    found = fitted("sequence", drawn("lines", 1)).scores(other)
    assert chance_in_order(found, other.label > 0.5) > 0.95


def test_a_line_is_read_the_same_beside_other_lines_and_alone(reader: LineReader) -> None:
    lines, customer = random_lines()
    whole = read(reader, lines, customer)
    for row in range(len(customer)):
        mine = PaymentLines(lines.tokens, *(each[[row]] for each in (lines.opens, lines.first, lines.end)))
        assert read(reader, mine, customer[[row]]) == pytest.approx(whole[[row]], abs=1e-5)


def test_the_state_of_each_payment_is_that_of_the_plain_convolution(reader: LineReader) -> None:
    """Payment by payment over its own past, as it is written down on paper."""
    lines, _ = random_lines()
    tokens = torch.from_numpy(lines.tokens[:60].astype(np.int64))
    with torch.inference_mode():
        found = reader.states(tokens, torch.arange(60))
        state = [
            reader.embed.weight[token + reader.begins].sum(0) + reader.slope(token[reader.ordered] / 64.0)
            for token in tokens
        ]
        for layer in reader.layers:
            past = [torch.zeros_like(state[0])] * 12 + state
            state = [
                state[at]
                + torch.relu(layer.mix(torch.cat([past[12 + at - tap * layer.stride] for tap in range(4)])))
                for at in range(60)
            ]
    assert found.numpy() == pytest.approx(torch.stack(state).numpy(), abs=1e-5)


def test_a_line_is_the_mean_of_its_states_and_of_its_last_ones(reader: LineReader) -> None:
    lines, customer = random_lines()
    with torch.inference_mode():
        states = reader.states(torch.from_numpy(lines.tokens[:60].astype(np.int64)), torch.arange(60)).numpy()
    row = read(reader, lines, customer)[1]
    means = [states[max(25, 60 - latest) : 60].mean(axis=0) for latest in LATEST]
    expected = np.concatenate([*means, states[25:60].mean(axis=0), [np.log1p(35)]])
    assert row == pytest.approx(expected, abs=1e-4)


def test_an_empty_line_is_nothing_and_says_so(reader: LineReader) -> None:
    lines, customer = random_lines()
    assert (read(reader, lines, customer)[2] == 0).all()


@pytest.mark.parametrize(
    ("changed", "is_told"), [(41, False), (59, False), (40, True), (20, True), (5, True), (4, False)]
)
def test_a_payment_tells_the_lines_that_hold_it_or_follow_it_closely_and_no_other(
    reader: LineReader, changed: int, is_told: bool
) -> None:
    """The first line is payments 20 to 40; those up to fifteen before it tell what its first ones are."""
    lines, customer = random_lines()
    tokens = lines.tokens.copy()
    tokens[changed] = (tokens[changed].astype(int) + 1) % [LEVELS[name] for name in TOKEN_COLUMNS]
    before, after = (read(reader, replace(lines, tokens=each), customer) for each in (lines.tokens, tokens))
    assert (np.abs(before[0] - after[0]).max() > 1e-6) == is_told
    assert (before[3] == after[3]).all(), "of another customer"


def test_no_payment_at_or_after_the_moment_changes_a_fit_or_a_score() -> None:
    examples = drawn("lines")
    lines = examples.lines
    assert lines is not None
    last = np.arange(2, len(examples.label), 3)  # of each customer: what follows its line is never read
    cut = np.zeros(len(lines.tokens), bool)
    earlier = np.setdiff1d(np.arange(len(examples.label)), last)
    for row in earlier:
        cut[lines.opens[row] : lines.end[row]] = True
    changed = lines.tokens.copy()
    changed[~cut] = 1 - changed[~cut]
    few: Examples = replace(
        examples,
        features=examples.features.iloc[earlier],
        customer_id=examples.customer_id[earlier],
        as_of=examples.as_of.iloc[earlier].reset_index(drop=True),
        label=examples.label[earlier],
        weight=examples.weight[earlier],
        lines=PaymentLines(lines.tokens, *(each[earlier] for each in (lines.opens, lines.first, lines.end))),
    )
    assert few.lines is not None
    other = replace(few, lines=replace(few.lines, tokens=changed))
    assert (fitted("sequence", few).scores(few) == fitted("sequence", other).scores(other)).all()


def test_without_lines_it_says_what_it_needs() -> None:
    with pytest.raises(ValueError, match="needs the lines"):
        fitted("sequence", replace(drawn("features"), lines=None))
