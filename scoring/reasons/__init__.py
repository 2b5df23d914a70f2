"""The reason gate: what a reason for a score lacks, and what had better not be in it, said so that it can be mended."""

from __future__ import annotations

from scoring.reasons.checking import gate
from scoring.reasons.questions import sub_points
from scoring.reasons.reason import ReasonContext, ReasonText

__all__ = ["ReasonContext", "ReasonText", "gate", "sub_points"]
