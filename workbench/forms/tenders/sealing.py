"""Receiving bids: who holds the keys, whether a tenderer may seal at home, what those who score do not see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from lots.sealing import Custody, Sealing
from workbench.forms.fields import ChoiceField, TickField
from workbench.forms.tenders.whole import TenderForm, values_of
from workbench.parts import Part
from workbench.queries.tenders import Draft

ELSEWHERE = "elsewhere"
HOLDERS = (
    ("custodians", "Custodians: any two of them open the bids together, and one alone nothing"),
    ("server", "The server: lighter, and the public is told so; two people still act together"),
    (ELSEWHERE, "Nobody: bids are received elsewhere, and these pages take none"),
)


class SealingForm(TenderForm):
    """How bids are received. The keys themselves are the custodians' to add, on a page of their own."""

    kind = "sealing"

    custody = ChoiceField("Who holds the keys that open the bids?", choices=HOLDERS, required="Choose who holds them")
    browser_sealing = TickField("Tenderers may also seal a bid on their own device and send only what is sealed")
    price_apart = TickField("Prices stay shut until the quality of every bid is locked")
    tenderers_as_letters = TickField("Those who score see tenderers as letters, until quality is locked")

    @classmethod
    def data_of(cls, content: Any, draft: Draft) -> Mapping[str, Any]:
        """Show what is saved; nothing is chosen beforehand."""
        values = values_of(cls.kind, content)
        sealing: Sealing | None = values["sealing"]
        letters = {"tenderers_as_letters": values["tenderers_as_letters"]}
        if sealing is None:
            return {"custody": "" if content is None else ELSEWHERE} | letters
        return letters | {
            "custody": sealing.custody, "browser_sealing": sealing.browser_sealing, "price_apart": sealing.price_apart,
        }  # fmt: skip

    def value(self, draft: Draft, part: Part) -> Mapping[str, Any]:
        """Give how bids are sealed, with the keys that are there; the other custody's are let go."""
        chosen, letters = self.custody.data, self.tenderers_as_letters.data
        if chosen == ELSEWHERE:
            return {"sealing": None, "tenderers_as_letters": letters}
        before: Sealing = values_of(self.kind, part.content)["sealing"] or Sealing()
        return {
            "sealing": Sealing(
                custody=cast(Custody, chosen),
                custodians=before.custodians if chosen == "custodians" else (),
                server_recipient=before.server_recipient if chosen == "server" else "",
                browser_sealing=self.browser_sealing.data,
                price_apart=self.price_apart.data,
            ),
            "tenderers_as_letters": letters,
        }
