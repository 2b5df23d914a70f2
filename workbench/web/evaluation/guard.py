"""What every page of the panel asks first: has the reader declared their interests, and is this bid theirs to read?

Whoever scores or chairs the scoring sees nothing of any bid before they have declared. From everybody, whatever their
role, the bids are hidden in which they have an interest.
"""

from __future__ import annotations

from typing import cast

from flask import abort, g, redirect, request, url_for

from workbench.permissions import OPEN_OR_LATER
from workbench.policies import NotForYou
from workbench.queries.bids.opened import rules_of
from workbench.queries.evaluation.access import SCORING, PanelAccess, access_of
from workbench.queries.evaluation.names import shows_letters


def access() -> PanelAccess:
    """Return what the reader may read and score in the tender of this request; worked out once."""
    key = (g.tender.id, g.actor.user_id)
    if g.get("panel_access_of") != key:
        g.panel_access, g.panel_access_of = access_of(g.tender, g.actor), key
    return cast(PanelAccess, g.panel_access)


def scores() -> bool:
    """Say whether the reader scores bids or chairs the scoring."""
    return bool(g.actor.roles_in(g.tender.id) & SCORING)


def declared_first() -> None:
    """Send whoever scores or chairs to their declaration, if anything is missing from it; it changes nothing else."""
    if not scores() or access().declared:
        return
    if request.headers.get("X-Autosave"):
        abort(403)
    abort(redirect(url_for("evaluation.interests", tender_id=g.tender.id), 303))


def readable(bid_id: str) -> None:
    """Go on only where the reader may see a bid; a hidden one is a page that is not there."""
    declared_first()
    allowed = access().may_read(bid_id) if scores() else bid_id not in access().conflicted
    if not allowed:
        abort(404)


def names_shown() -> None:
    """Go on only where the reader may know who bid for which lot: they have declared, and read names, not letters."""
    if g.tender.stage == "closed" or not scores():
        return
    declared_first()
    if why := why_no_names():
        raise NotForYou(why)


def why_no_names() -> str:
    """Say why the record of the opening and lists of bids are kept from somebody who scores; nothing where not."""
    if shows_letters(g.tender, g.actor):
        return (
            "This tender keeps the names of tenderers from those who score until the agreed scores are locked, and the "
            "record of the opening holds them. You read it then"
        )
    if access().hidden:
        return "You have an interest in a tenderer, and the record of the opening shows every bid"
    return ""


def trail_shown() -> None:
    """Go on only where the audit trail names no bid that is kept from the reader: it tells of all of them."""
    if g.tender.stage not in OPEN_OR_LATER or rules_of(g.tender) is None:
        return
    declared_first()
    if shows_letters(g.tender, g.actor):
        raise NotForYou(
            "This tender keeps the names of tenderers from those who score until the agreed scores are locked, and its "
            "history holds them. You read it then"
        )
    if access().conflicted:
        raise NotForYou("You declared an interest in a bid, and the history tells of every bid: somebody else reads it")


def offers_names() -> bool:
    """Say in a template whether to offer the record of the opening: not to whom it would be refused."""
    return g.tender.stage == "closed" or not scores() or not access().declared or not why_no_names()
