"""The page of social value and indicators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lots.regime import rules_of
from workbench.forms.tenders.part import PartForm
from workbench.forms.tenders.social_value import SocialValueForm, contract_lots, social_criteria
from workbench.forms.tenders.whole import regime_of, values_of
from workbench.parts import Part
from workbench.queries.tenders import Draft
from workbench.web.tenders.registry import PartPage, page


def _context(draft: Draft, part: Part, form: PartForm) -> Mapping[str, Any]:
    """Show each saved measure as the chain it makes, with the lots and the criterion by their names."""
    regime = regime_of(draft)
    return {
        "measures": values_of("social_value", part.content)["social_value"],
        "lot_titles": dict(contract_lots(draft)),
        "criterion_titles": dict(social_criteria(draft)),
        "asks_indicators": bool(regime and rules_of(regime).is_on("kpis")),
    }


page(PartPage("social_value", "Social value", SocialValueForm, "tenders/social_value.html", _context))
