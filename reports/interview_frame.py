"""What stands around an answer: the question as it is asked, evidence, follow-ups, what not to claim.

The answers themselves are made of the run's numbers (`reports.questions`); the words here hold no
number of the run, so that they stay true when it changes.
"""

from __future__ import annotations

from dataclasses import dataclass

from reports.wording import Text


@dataclass(frozen=True)
class Source:
    """Where an answer's evidence stands.

    Parameters
    ----------
    page : key of a page of the site
    shows : what of it
    file : result that the page is made of, and the key in it
    """

    page: str
    shows: Text
    file: str
    key: str


@dataclass(frozen=True)
class FollowUp:
    """What a senior interviewer asks next, and the honest answer."""

    asked: Text
    said: Text


@dataclass(frozen=True)
class Frame:
    """What stands around one answer."""

    asked: Text
    sources: tuple[Source, ...]
    followed: tuple[FollowUp, ...]
    not_to_claim: Text


TRUTH, BANK = "artifacts/models/truth_view.json", "artifacts/models/bank_view.json"
METRICS_FILE = "artifacts/reports/metrics.json"
