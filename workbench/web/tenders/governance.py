"""The page of governance: the board, its deliverables, the conflicts assessment and the standards by heading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lots.governance import STANDARDS, headings, standard
from lots.regime import Regime
from workbench.forms.tenders.governance import GovernanceForm
from workbench.forms.tenders.part import PartForm
from workbench.forms.tenders.whole import regime_of
from workbench.parts import Part
from workbench.queries.tenders import Draft
from workbench.web.tenders.registry import PartPage, page

OTHER = "Other points of the file"


def _context(draft: Draft, part: Part, form: PartForm) -> Mapping[str, Any]:
    """Sort the points under their headings, and count how many are answered."""
    groups: dict[str, list[tuple[str, Any]]] = {name: [] for name in headings()}
    answered = 0
    for entry in form.standards.entries:
        found = standard(entry.form.standard.data or "")
        text = found.text if found else str(entry.form.standard.data or "")
        groups.setdefault(found.heading if found else OTHER, []).append((text, entry))
        answered += bool(entry.form.met.data)
    return {
        "groups": groups,
        "answered": answered,
        "points": len(STANDARDS),
        "asks_conflicts": regime_of(draft) != Regime.GRANT,
    }


page(PartPage("governance", "Governance", GovernanceForm, "tenders/governance.html", _context))
