"""The page of the engagement with the market."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lots.regime import Regime
from workbench.forms.tenders.engagement import EngagementForm
from workbench.forms.tenders.part import PartForm
from workbench.forms.tenders.whole import regime_of
from workbench.parts import Part
from workbench.queries.tenders import Draft
from workbench.web.tenders.registry import PartPage, page

UNDER_THE_ACT = (Regime.PA2023_LIGHT_TOUCH, Regime.PA2023_FULL)


def _context(draft: Draft, part: Part, form: PartForm) -> Mapping[str, Any]:
    """Say whether a notice of the engagement is due."""
    return {"under_the_act": regime_of(draft) in UNDER_THE_ACT}


page(PartPage("engagement", "Market engagement", EngagementForm, "tenders/engagement.html", _context))
