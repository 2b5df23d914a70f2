"""The pages of the panel: interests, the work list, score sheets, questions, moderation.

Each module adds its routes to ``pages``. No page here shows a price before the agreed scores are locked, nor anything
of a bid that the reader has an interest in.
"""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("evaluation", __name__)

from workbench.web.evaluation import (  # noqa: E402, F401 - they add their routes
    asking,
    cards,
    chair,
    coverage,
    interests,
    letters,
    moderation,
    preparing,
    sheets,
    submitting,
    work_list,
)
