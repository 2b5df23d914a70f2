"""The pages of tenders: the list, the builder with its tasks, publication and what follows it."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("tenders", __name__)

from workbench.web.tenders import (  # noqa: E402, F401 - they add their routes
    basics,
    collaboration,
    criteria,
    engagement,
    funding,
    gallery,
    governance,
    history,
    lots,
    panel,
    parts,
    publishing,
    questions,
    rehearsal,
    requirements,
    sealing,
    showing,
    social_value,
    starting,
    timetable,
    tree,
)
