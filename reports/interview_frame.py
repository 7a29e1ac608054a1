"""What stands around an answer: the question as it is asked, evidence, follow-ups, what not to claim.

The answers themselves are made of the run's numbers (`reports.questions`); the words here hold no
number of the run, so that they stay true when it changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reports.evidence import Evidence
from reports.wording import Text

Sentence = Callable[[Evidence], Text | None]  # of the run's numbers; None where it did not measure them


@dataclass(frozen=True)
class Source:
    """Where an answer's evidence stands.

    Parameters
    ----------
    page : key of a page of the site
    shows : what of it
    file : result that the page is made of, and the key in it
    anchor : part of the page that holds the table
    """

    page: str
    shows: Text
    file: str
    key: str
    anchor: str = ""


@dataclass(frozen=True)
class FollowUp:
    """What a senior interviewer asks next, and the honest answer.

    Parameters
    ----------
    measured : what the run adds to it in numbers
    """

    asked: Text
    said: Text
    measured: Sentence | None = None


@dataclass(frozen=True)
class Frame:
    """What stands around one answer."""

    asked: Text
    sources: tuple[Source, ...]
    followed: tuple[FollowUp, ...]
    not_to_claim: Text


@dataclass(frozen=True)
class Answer:
    """What this run says to a question.

    Parameters
    ----------
    said : a minute of speech
    so : the conclusion, as far as the run's intervals carry it
    more : what else the run measured of it
    """

    said: Text
    so: Text
    more: Text | None = None


TRUTH, BANK = "artifacts/models/truth_view.json", "artifacts/models/bank_view.json"
METRICS_FILE = "artifacts/reports/metrics.json"
