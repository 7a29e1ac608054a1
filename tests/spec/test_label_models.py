"""From votes to a belief: four label models on hand-drawn votes."""

from __future__ import annotations

import numpy as np
import pytest

import pipeline
from data.labels.label_models import (
    LABEL_MODELS,
    Belief,
    Settings,
    Votes,
    any_rule,
    dawid_skene,
    label_model,
    noisy_or,
    weighted_vote,
)

SETTINGS = Settings(
    class_prior=0.02,
    prior_precision=0.1,
    prior_sensitivity=0.2,
    prior_negative_ratio=0.5,
    prior_reviews=10,
    iterations=200,
)
RULES = 4


def votes(
    *rows: tuple[str, float, float | None], against: list[str] | None = None, names: list[str] | None = None
) -> Votes:
    """Rows (rules that fired, customer-weeks, outcome): ``"1010"`` is the first and the third rule."""
    fired = np.array([[mark == "1" for mark in row[0]] for row in rows])
    no = np.zeros((len(rows), 1), bool)
    return Votes(
        fired,
        no if against is None else np.array([[mark == "1" for mark in row] for row in against]),
        np.array([row[1] for row in rows], float),
        np.array([np.nan if row[2] is None else row[2] for row in rows], float),
        np.array([[mark == "1" for mark in name] for name in names or ["1" * fired.shape[1]]]),
    )


def asked(*patterns: str, against: list[str] | None = None, names: list[str] | None = None) -> Votes:
    return votes(*[(pattern, 1.0, None) for pattern in patterns], against=against, names=names)


def test_every_label_model_brings_its_name_in_both_languages() -> None:
    assert LABEL_MODELS["any_rule"].label == ("Any rule", "任一规则")
    assert len({model.label for model in LABEL_MODELS.values()}) == len(LABEL_MODELS)

    def coin(told: Votes, settings: Settings) -> Belief:
        """Heads."""
        return lambda asked: np.full(len(asked.weight), 0.5)

    with pytest.raises(ValueError, match="label model coin: expected Chinese under 'zh', found 'Heads'"):
        label_model("Heads")(coin)
    assert "coin" not in LABEL_MODELS


# ------------------------------------------------------------------ any rule


def test_any_rule_is_sure_as_soon_as_more_speak_for_than_against() -> None:
    belief = any_rule(asked("00"), SETTINGS)
    assert belief(asked("00", "10", "11", "10", "11", against=["0", "0", "0", "1", "1"])).tolist() == [
        0, 1, 1, 0, 1
    ]  # fmt: skip


# ------------------------------------------------------------- weighted vote


def test_a_rule_votes_with_its_prior_before_anything_is_known() -> None:
    belief = weighted_vote(asked("10", "01"), SETTINGS)
    assert belief(asked("10", "11")) == pytest.approx([0.1, 1 - 0.9**2])


def test_a_rule_votes_with_the_share_of_its_reviews_that_was_reported() -> None:
    belief = weighted_vote(
        votes(("10", 30, 1.0), ("10", 60, 0.0), ("01", 90, 0.0), ("01", 5, None)), SETTINGS
    )
    assert belief(asked("10", "01")) == pytest.approx([(30 + 1) / 100, (0 + 1) / 100])


def test_an_outcome_speaks_for_every_rule_that_fired_and_silence_has_no_belief() -> None:
    belief = weighted_vote(votes(("11", 10, 1.0), ("00", 1_000, 0.0)), SETTINGS)
    assert belief(asked("10", "01", "00")) == pytest.approx([11 / 20, 11 / 20, 0.0])


def test_a_vote_against_lowers_the_belief_and_never_raises_it() -> None:
    told = votes(
        ("10", 10, 1.0), ("10", 90, 0.0), ("10", 0, 1.0), ("10", 100, 0.0), against=["0", "0", "1", "1"]
    )
    belief = weighted_vote(told, SETTINGS)
    alone, cleared = belief(asked("10", "10", against=["0", "1"]))
    overall, share = (10 + 1) / (200 + 10), (0 + 0.5) / (100 + 10)
    assert cleared == pytest.approx(alone * share / overall)
    misled = votes(
        ("10", 0, 1.0), ("10", 100, 0.0), ("10", 90, 1.0), ("10", 10, 0.0), against=["0", "0", "1", "1"]
    )
    alone, raised = weighted_vote(misled, SETTINGS)(asked("10", "10", against=["0", "1"]))
    assert raised == alone


# --------------------------------------------------------------- dawid-skene

SENSITIVITY = np.array([0.5, 0.3, 0.4, 0.25])
FALSE_RATE = np.array([0.005, 0.02, 0.01, 0.002])
PRIOR = 0.02


def drawn_votes(size: int = 300_000, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Independent rules of known error rates on weeks of known class."""
    rng = np.random.default_rng(seed)
    suspicious = rng.random(size) < PRIOR
    rate = np.where(suspicious[:, None], SENSITIVITY, FALSE_RATE)
    return rng.random((size, RULES)) < rate, suspicious


def laid_out(fired: np.ndarray, outcome: np.ndarray | None = None) -> Votes:
    size = len(fired)
    names = np.eye(RULES, dtype=bool)
    told = np.full(size, np.nan) if outcome is None else outcome
    return Votes(fired, np.zeros((size, 1), bool), np.ones(size), told, names)


def true_beliefs(patterns: Votes) -> np.ndarray:
    odds = np.log(PRIOR / (1 - PRIOR)) + np.where(
        patterns.fired,
        np.log(SENSITIVITY / FALSE_RATE),
        np.log((1 - SENSITIVITY) / (1 - FALSE_RATE)),
    ).sum(axis=1)
    return 1 / (1 + np.exp(-odds))


def test_dawid_skene_recovers_known_accuracies_without_any_outcome() -> None:
    fired, _ = drawn_votes()
    belief = dawid_skene(laid_out(fired), SETTINGS)
    patterns = asked("1000", "0100", "0010", "0001", "1100", "0000")
    assert belief(patterns) == pytest.approx(true_beliefs(patterns), abs=0.05)


def test_dawid_skene_needs_the_class_prior_it_is_given() -> None:
    fired, _ = drawn_votes()
    patterns = asked("1000", "0100", "0010", "0001")
    wrong = dawid_skene(laid_out(fired), SETTINGS.model_copy(update={"class_prior": 4 * PRIOR}))
    assert np.abs(wrong(patterns) - true_beliefs(patterns)).max() > 0.1


def test_dawid_skene_listens_to_reviews_where_votes_alone_mislead() -> None:
    """Two rules that copy each other look like two witnesses, until reviews say otherwise."""
    fired, suspicious = drawn_votes()
    copied = np.random.default_rng(2).random(len(fired)) < 0.01
    fired[copied, 0] = fired[copied, 1] = True
    patterns = asked("1100")
    share = suspicious[(fired == [True, True, False, False]).all(axis=1)].mean()
    blind = dawid_skene(laid_out(fired), SETTINGS)(patterns)[0]
    told = dawid_skene(laid_out(fired, np.where(fired.any(axis=1), suspicious, np.nan)), SETTINGS)(patterns)[
        0
    ]
    assert blind > 0.9 > 0.3 > share
    assert abs(told - share) < abs(blind - share)


def test_a_vote_against_is_learnt_where_rules_fired() -> None:
    told = votes(
        ("10", 50, 1.0), ("10", 50, 0.0), ("10", 5, 1.0), ("10", 95, 0.0), ("00", 1_000, None),
        against=["0", "0", "1", "1", "0"],
    )  # fmt: skip
    for model in (dawid_skene, noisy_or):
        without, with_vote = model(told, SETTINGS)(asked("10", "10", against=["0", "1"]))
        assert with_vote < without / 2


# ------------------------------------------------------------------ noisy-or


def test_noisy_or_counts_rules_of_one_typology_together_and_of_two_apart() -> None:
    """Both rules fire: for one cause that is strong evidence, for two causes two weak ones."""
    told = votes(("11", 20, None), ("10", 200, None), ("01", 200, None), ("00", 50_000, None))
    one = noisy_or(
        votes(*[("11", 20, None), ("10", 200, None), ("01", 200, None), ("00", 50_000, None)], names=["11"]),
        SETTINGS.model_copy(update={"iterations": 1}),
    )
    apart = noisy_or(
        Votes(told.fired, told.against, told.weight, told.outcome, np.eye(2, dtype=bool)),
        SETTINGS.model_copy(update={"iterations": 1}),
    )
    together = one(asked("11", names=["11"]))[0]
    two = apart(asked("11", names=["10", "01"]))[0]
    single = apart(asked("10", names=["10", "01"]))[0]
    assert together > two > single


def test_noisy_or_believes_what_reviews_say_of_a_pattern() -> None:
    told = votes(("10", 80, 1.0), ("10", 20, 0.0), ("01", 2, 1.0), ("01", 98, 0.0), ("00", 20_000, None),
                 names=["10", "01"])  # fmt: skip
    often, seldom = noisy_or(told, SETTINGS)(asked("10", "01", names=["10", "01"]))
    assert often > 0.6
    assert seldom < 0.15


# ------------------------------------------------------------- common ground


@pytest.mark.parametrize("name", LABEL_MODELS)
def test_a_belief_is_a_share_whatever_is_asked(name: str) -> None:
    rng = np.random.default_rng(3)
    told = Votes(
        rng.random((60, RULES)) < 0.3,
        rng.random((60, 1)) < 0.2,
        rng.integers(1, 50, 60).astype(float),
        rng.choice([np.nan, 0.0, 1.0], 60),
        np.eye(RULES, dtype=bool),
    )
    belief = LABEL_MODELS[name].fit(told, SETTINGS)(told)
    assert belief.shape == (60,)
    assert ((belief >= 0) & (belief <= 1)).all()


@pytest.mark.parametrize("name", LABEL_MODELS)
def test_rows_that_stand_together_say_what_they_say_apart(name: str) -> None:
    rng = np.random.default_rng(4)
    told = Votes(
        rng.random((200, 3)) < 0.4, rng.random((200, 1)) < 0.2, np.ones(200),
        rng.choice([np.nan, 0.0, 1.0], 200), np.eye(3, dtype=bool),
    )  # fmt: skip
    settings = SETTINGS.model_copy(update={"iterations": 20})
    patterns = asked("100", "010", "111", "000", names=["100", "010", "001"])
    apart, together = (LABEL_MODELS[name].fit(given, settings)(patterns) for given in (told, told.gathered()))
    assert apart == pytest.approx(together)
    shuffled = rng.permutation(200)
    other = Votes(
        told.fired[shuffled], told.against[shuffled], told.weight, told.outcome[shuffled], told.names
    )
    assert LABEL_MODELS[name].fit(other, settings)(patterns) == pytest.approx(apart)


@pytest.mark.parametrize("name", LABEL_MODELS)
def test_nothing_known_is_no_error(name: str) -> None:
    belief = LABEL_MODELS[name].fit(asked("00"), SETTINGS)(asked("10", "00"))
    assert np.isfinite(belief).all()


@pytest.mark.parametrize("name", LABEL_MODELS)
def test_a_rulebook_without_a_voting_rule_believes_nothing(name: str) -> None:
    """As on trial, when every rule is only recorded; a review may have reported a week all the same."""
    none = np.zeros((0, 0), bool)
    silent = Votes(
        np.zeros((3, 0), bool),
        np.zeros((3, 1), bool),
        np.array([900.0, 5, 1]),
        np.array([np.nan, 0, 1]),
        none,
    )
    for known in (silent, silent.blind()):
        belief = LABEL_MODELS[name].fit(known, SETTINGS)
        found = belief(Votes(np.zeros((2, 0), bool), np.eye(2, 1, dtype=bool), np.ones(2), np.ones(2), none))
        assert found.shape == (2,)
        assert ((found >= 0) & (found < 0.1)).all()


def test_noisy_or_believes_nothing_of_rules_that_are_written_for_no_typology() -> None:
    belief = noisy_or(asked("11", names=["00"]), SETTINGS)
    assert belief(asked("11", "01", names=["00"])).tolist() == [0, 0]


def test_blind_votes_know_no_outcome() -> None:
    told = votes(("10", 3, 1.0), ("10", 4, 0.0), ("00", 9, None)).blind()
    assert np.isnan(told.outcome).all()
    assert sorted(told.weight) == [7, 9]


@pytest.mark.parametrize(
    "change", [{"class_prior": 0.0}, {"class_prior": 1.0}, {"prior_reviews": 0}, {"iterations": 0}]
)
def test_impossible_settings_are_refused(change: dict[str, float]) -> None:
    with pytest.raises(pipeline.BadInput, match=next(iter(change))):
        pipeline.parse(Settings, SETTINGS.model_dump() | change, "params.yaml: label.settings")
