"""Pictures of the queue and of the steps show what was decided, what is true, and what is proven."""

from __future__ import annotations

import re

from data.results import Interval
from models.results.bank import Period
from reports.drawing import PHONE, WIDTH, boxes
from reports.page_figures import LETTER, NAME_TALL, calendar, clear_of_each_other
from reports.queue_figure import QueueMark, queue_chart, queue_seen
from reports.site import packed
from reports.step_figures import steps_chart
from reports.steps import Step, steps_counted
from reports.wording import Text
from tests.spec.records import partial

MODEL = Text("the model", "模型")
MARKS = [
    QueueMark("2026-01-05", 1, "reported", True),
    QueueMark("2026-01-05", 2, "cleared", True),
    QueueMark("2026-01-05", 11, "", True),
    QueueMark("2026-01-12", 1, "", False),
]


def step(name: str, gap: Interval | None) -> Step:
    both = Text(name, name)
    return Step(both, Text("the base", "基准"), None, None, None, None, gap)


def test_the_queue_is_drawn_for_a_desk_and_for_a_phone() -> None:
    drawn = str(queue_chart(MARKS, is_simulated=True))
    assert re.findall(r'viewBox="0 0 (\d+) ', drawn) == [str(WIDTH), str(PHONE)]


def test_the_queue_marks_what_people_decided_and_beside_it_what_is_true() -> None:
    drawn = str(queue_chart(MARKS, is_simulated=True)).split("</svg>")[0]
    a_key = 1  # each colour once more in the key
    assert drawn.count('class="fill bank"') == 1 + a_key
    assert drawn.count('class="fill bank pale"') == 1 + a_key
    assert drawn.count('class="fill true"') == 3 + a_key


def test_the_queue_of_a_world_without_truth_shows_none() -> None:
    assert "fill true" not in str(queue_chart(MARKS, is_simulated=False))
    assert "truth" not in queue_seen(MARKS, MODEL, is_simulated=False).en
    assert queue_chart([], is_simulated=True) is None


def test_the_sentence_counts_decisions_and_the_illicit_of_the_first_places() -> None:
    said = queue_seen(MARKS, MODEL, is_simulated=True)
    assert re.findall(r"\d+", said.en) == ["4", "1", "1", "2", "3", "2", "3", "10"]
    assert re.findall(r"\d+", said.zh) == ["4", "1", "1", "2", "3", "2", "10", "3"]


PROVEN = Interval(value=0.1, low=0.02, high=0.2)
UNPROVEN = Interval(value=0.1, low=-0.02, high=0.2)
LOWERED = Interval(value=-0.1, low=-0.2, high=-0.02)


def test_only_a_step_whose_interval_leaves_out_zero_is_drawn_in_colour() -> None:
    drawn = str(steps_chart([step("unproven", UNPROVEN), step("proven", PROVEN), step("lowered", LOWERED)]))
    desk = drawn.split("</svg>")[0]
    assert desk.count('class="dot true"') == 2
    assert desk.count('class="dot"') == 1
    places = [desk.index(f">{name}<") for name in ("unproven", "lowered")]
    assert places == sorted(places)  # the best first


def test_a_step_without_an_interval_is_not_drawn() -> None:
    assert steps_chart([step("start", None), step("bare", Interval(value=0.1))]) is None


def test_steps_are_counted_by_what_they_prove() -> None:
    steps = [step("start", None), step("a", PROVEN), step("b", UNPROVEN), step("c", LOWERED)]
    assert re.findall(r"\d+", steps_counted(steps).en) == ["3", "1", "1", "1"]


def test_bars_of_one_class_are_one_path_and_bars_of_no_size_are_none() -> None:
    assert boxes([(1, 2, 3, 4), (5, 6, 7, 0)], "money-in") == '<path d="M1 2h3v4h-3z" class="money-in"/>'
    assert boxes([(5, 6, 0, 7)], "money-in") == ""


def test_a_packed_script_loses_its_comments_and_nothing_else() -> None:
    script = '/* What it does. */\nif (a) {\n  b("/* kept */");\n}\n  /* More. */\n\nc();\n'
    assert packed(script) == 'if (a) {\nb("/* kept */");\n}\nc();'


def test_names_of_a_chart_move_until_none_covers_another() -> None:
    heights = clear_of_each_other([(10, 50, "R1"), (12, 50, "R2"), (200, 50, "R3"), (11, 52, "R4")])
    assert heights[0] == 50
    assert heights[2] == 50  # far from the others
    near = sorted([heights[0], heights[1], heights[3]])
    assert min(near[1] - near[0], near[2] - near[1]) > NAME_TALL


def test_every_period_of_the_calendar_stands_within_it() -> None:
    days = ["2025-01-06", "2025-04-07", "2025-08-04", "2025-09-29", "2025-11-17", "2026-02-02"]
    names = ["warm_up", "train", "embargo", "validation", "test"]
    periods = [
        partial(Period, name=name, starts_at=first, ends_at=last)
        for name, first, last in zip(names, days, days[1:], strict=False)
    ]
    drawn = str(calendar(periods))
    starts = re.findall(r'<text x="([\d.]+)" y="[\d.]+" class="small halo en">([^<]+)', drawn)
    assert len(starts) + drawn.count('text-anchor="end" class="small halo en"') == len(names)
    assert all(float(x) + LETTER * len(said) <= WIDTH for x, said in starts)
