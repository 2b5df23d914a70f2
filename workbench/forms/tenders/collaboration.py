"""The collaboration rules of a lot; a percentage left empty is a rule the tender does not set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, cast

from flask import request

from lots.collaboration import CollaborationRules, Consequence
from workbench.forms.fields import ChoiceField, PercentField, TickField
from workbench.forms.tenders.part import PartForm
from workbench.parts import Part
from workbench.queries.tenders import Draft

CONSEQUENCES = (
    ("reject", "The bid is rejected"),
    ("clarify", "The tenderer is asked to mend it before the award"),
)
COPY = "from"
"""The argument of the address that names the lot whose rules are shown, to be saved here."""
PERCENTAGES = (
    "lead_retention_maximum",
    "provider_maximum",
    "management_fee_maximum",
    "subcontract_minimum",
    "vcse_minimum",
    "by_and_for_minimum",
)
SWITCHES = ("no_top_slice", "no_money_back", "partners_confirmed")


class RulesForm(PartForm):
    """What a lead may keep, what must reach its partners, and what follows from a broken rule."""

    holds = CollaborationRules

    lead_retention_maximum = PercentField("Most the lead may keep", description="Its management fee included.")
    provider_maximum = PercentField("Most any single provider may hold", description="The lead is one of them.")
    management_fee_maximum = PercentField("Highest management fee", description="What the lead takes for leading.")
    subcontract_minimum = PercentField(
        "Least that goes to others", description="Outside the lead and companies of its group."
    )
    vcse_minimum = PercentField(
        "Least that goes to VCSE partners", description="Voluntary, community and social enterprises."
    )
    by_and_for_minimum = PercentField(
        "Least that goes to by-and-for partners",
        description="Led, designed and delivered by and for the community they serve.",
    )
    no_top_slice = TickField("No top-slice: a partner is paid all that is allocated to it, with no levy kept back")
    no_money_back = TickField("No money back: what a partner is paid may not return to the lead or run in a circle")
    partners_confirmed = TickField("Every partner confirms its own figures, so that none is named without knowing")
    consequence = ChoiceField(
        "What follows if a bid breaks a rule",
        choices=CONSEQUENCES,
        required="Say what follows if a bid breaks a rule",
        default="reject",
    )

    @classmethod
    def open(cls, draft: Draft, part: Part) -> Self:
        """Show what is saved; or the rules of another lot, if the address names one, to be saved here."""
        other = draft.part("collaboration", request.args.get(COPY, ""))
        if other.content is None or other.key == part.key:
            return super().open(draft, part)
        return cls(None, version=part.version or None, data=cls.data_of(other.content, draft), draft=draft, part=part)

    @classmethod
    def data_of(cls, content: Any, draft: Draft) -> Mapping[str, Any]:
        """Show the rules; a lot that has none yet starts with no rule set."""
        return super().data_of(content or None, draft)

    def value(self, draft: Draft, part: Part) -> CollaborationRules:
        """Build the rules."""
        percentages = {name: self[name].data for name in PERCENTAGES}
        switches = {name: self[name].data for name in SWITCHES}
        consequence = cast(Consequence, self.consequence.data)
        return CollaborationRules(**percentages, **switches, consequence=consequence)
