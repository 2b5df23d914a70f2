"""The whole record of one procurement as a value: what the tender file holds and everything is recomputed from."""

from __future__ import annotations

from dataclasses import dataclass

from lots.bid import Bid
from lots.organisation import Organisation
from lots.tender import Tender
from scoring.decision import AdmissionDecision, AwardDecision, EnquiryOutcome
from scoring.limits.allocation import LotLimit
from scoring.methodology import Methodology
from scoring.moderation import AgreedScore
from scoring.scale import Scale
from scoring.scoresheet import Declaration, PanelMember, ScoreSheet


@dataclass(frozen=True)
class LotPreference:
    """The order in which a tenderer would rather win lots, and how many it can take, as declared in its bids."""

    tenderer: str
    lots: tuple[str, ...]
    at_most: int | None = None


@dataclass(frozen=True)
class TenderFile:
    """One procurement, complete: the tender, how it is judged, who bid, what was scored, agreed and decided.

    Every figure in every document follows from this value alone. ``prices_shut`` says that the price envelopes are not
    opened yet: bids then have no prices, and none of them is held against its tenderer.
    """

    tender: Tender
    scales: tuple[Scale, ...] = ()
    methodologies: tuple[Methodology, ...] = ()
    lot_limit: LotLimit | None = None
    organisations: tuple[Organisation, ...] = ()
    bids: tuple[Bid, ...] = ()
    lot_preferences: tuple[LotPreference, ...] = ()
    panel: tuple[PanelMember, ...] = ()
    declarations: tuple[Declaration, ...] = ()
    score_sheets: tuple[ScoreSheet, ...] = ()
    agreed_scores: tuple[AgreedScore, ...] = ()
    admissions: tuple[AdmissionDecision, ...] = ()
    enquiries: tuple[EnquiryOutcome, ...] = ()
    award: AwardDecision | None = None
    prices_shut: bool = False

    def methodology_for(self, lot_id: str) -> Methodology | None:
        """Find the methodology that judges a lot."""
        return next((method for method in self.methodologies if lot_id in method.lots), None)

    def organisation(self, organisation_id: str) -> Organisation:
        """Find an organisation by id; KeyError where there is none (the reader has refused such a file already)."""
        for organisation in self.organisations:
            if organisation.id == organisation_id:
                return organisation
        raise KeyError(organisation_id)

    def bids_for(self, lot_id: str) -> tuple[Bid, ...]:
        """List the bids for a lot in the order the file holds them."""
        return tuple(bid for bid in self.bids if bid.lot == lot_id)
