"""What stands around the eleven answers, in their order."""

from __future__ import annotations

from reports.interview_inputs import EXPERIENCE, EXPLAINED, GRAPH_FRAME, LINE_FRAME, PROFILE
from reports.interview_judging import CONVINCED, FAMILY, ITERATED, JUDGED, RECALL_FRAME, SUSPICION

FRAMES = (
    EXPERIENCE,
    EXPLAINED,
    LINE_FRAME,
    GRAPH_FRAME,
    PROFILE,
    RECALL_FRAME,
    SUSPICION,
    JUDGED,
    FAMILY,
    ITERATED,
    CONVINCED,
)
