"""What a tenderer is called on a page: by name, or by letter where the tender keeps names from those who score."""

from __future__ import annotations

from collections.abc import Callable

from workbench.models.bids import OpenedBidRecord
from workbench.models.tenders import TenderRecord
from workbench.policies import Actor
from workbench.queries.bids import opened
from workbench.queries.evaluation.access import SCORING


def shows_letters(tender: TenderRecord, viewer: Actor) -> bool:
    """Say whether a reader sees letters: one who scores or chairs, while quality is open, if the rules say so."""
    if tender.quality_locked_at is not None or not viewer.roles_in(tender.id) & SCORING:
        return False
    rules = opened.rules_of(tender)
    return rules is not None and rules.tender.tenderers_as_letters


def namer(tender: TenderRecord, viewer: Actor) -> Callable[[OpenedBidRecord], str]:
    """Return what names the tenderers of many bids to one reader: the rules are looked up once."""
    by_letter = shows_letters(tender, viewer)
    return lambda row: f"Tenderer {row.letter}" if by_letter else row.tenderer


def tenderer_name(row: OpenedBidRecord, tender: TenderRecord, viewer: Actor) -> str:
    """Name the tenderer of one bid to a reader."""
    return namer(tender, viewer)(row)
