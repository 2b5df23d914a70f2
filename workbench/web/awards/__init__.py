"""The pages of the result and of the decision: each module adds its routes to ``pages``."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("awards", __name__)

from workbench.web.awards import (  # noqa: E402, F401 - they add their routes
    assurance,
    award_notice,
    deciding,
    enquiries,
    exports,
    letters,
    matrix,
    paper,
    papers,
    results,
    standstill,
)
