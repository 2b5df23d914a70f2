"""The pages of tenders: the list, the builder with its tasks, publication and what follows it."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("tenders", __name__)

from workbench.web.tenders import panel, parts, showing, starting  # noqa: E402, F401 - they add their routes
from workbench.web.tenders import collaboration, funding, lots  # noqa: E402, F401
from workbench.web.tenders import history, publishing, questions  # noqa: E402, F401
from workbench.web.tenders import criteria, gallery, rehearsal, tree  # noqa: E402, F401
from workbench.web.tenders import basics, engagement, governance, requirements, social_value, timetable  # noqa: E402, F401
