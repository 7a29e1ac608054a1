"""The name under which a file of one's own is scored: ``python -m models.score_file``.

Reasons and pages lie downstream of this room, so the work is done at the edge, in
``serving.score_file``; a room must not import it, and nothing here can be imported.
"""

from __future__ import annotations

import runpy

if __name__ == "__main__":
    runpy.run_module("serving.score_file", run_name="__main__", alter_sys=True)
