"""The gate itself: errors keep a score from being submitted, warnings have to be confirmed."""

from __future__ import annotations

from lots.errors import Finding
from scoring.reasons.copying import alike, copied
from scoring.reasons.naming import others_named
from scoring.reasons.presence import missing
from scoring.reasons.privacy import out_of_place
from scoring.reasons.questions import untouched
from scoring.reasons.reason import ReasonContext, ReasonText

_CHECKS = (missing, copied, others_named, alike, out_of_place, untouched)


def gate(text: ReasonText, context: ReasonContext) -> tuple[Finding, ...]:
    """Return everything that is wrong or suspicious in a reason; ``place`` names the field of the text."""
    return tuple(finding for check in _CHECKS for finding in check(text, context))
