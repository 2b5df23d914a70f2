"""From the self-check into a bid, and from a bid to a mailbox: what comes in from, and goes out to, other pages."""

from __future__ import annotations

from flask import Response, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lots.lot import Lot
from workbench import clock
from workbench.forms.bids.following import FollowForm
from workbench.forms.bids.price import TakenSplit, content_of
from workbench.queries.bids.drafts import BidDraft
from workbench.services.bids import drafts, followers
from workbench.web.access import open_to_all
from workbench.web.bids import pages
from workbench.web.bids.bid import STARTING
from workbench.web.bids.desk import Desk, desk_of, draft_here, invited, remember
from workbench.web.limits import limiter
from workbench.web.writing import not_saved
from workbench.workspace import Workspace

REMINDING = "6 per hour; 20 per day"
"""How often somebody may ask from one address of the network."""


@pages.post("/notices/<tender_id>/bid/lots/<key>/take", endpoint="take_split")
@limiter.limit(STARTING)
@open_to_all
def take_split(tender_id: str, key: str) -> ResponseReturnValue:
    """Take a split that was checked into the bid; begin a bid where this browser has none."""
    invitation, at = invited(tender_id), clock.now()
    draft, lot = draft_here(invitation), invitation.lot(key) or abort(404)
    form = TakenSplit(years=lot.years or 1)
    content = content_of(form.typed_sheet)
    if draft is None:
        begun = drafts.start(invitation, at=at, fresh=drafts.with_split(Workspace(), key, content))
        return remember(redirect(url_for("bids.code", tender_id=tender_id), 303), tender_id, begun.code)
    if draft.workspace.part("price", key).content and request.form.get("replace") != "yes":
        return _ask(draft, lot, form)
    drafts.take_split(draft, key, content, at=at)
    return redirect(url_for("bids.bid_part", tender_id=tender_id, key=key, kind="price"), 303)


def _ask(draft: BidDraft, lot: Lot, form: TakenSplit) -> ResponseReturnValue:
    """Ask before one split takes the place of another; nothing is saved yet."""
    desk = Desk(draft.invitation, draft, clock.now())
    tender = draft.invitation.tender
    return render_template("bids/bid_take.html", desk=desk, tender=tender, lot=lot, form=form, fields=form.fields())


@pages.get("/notices/<tender_id>/bid/reminders", endpoint="remind")
@open_to_all
def remind(tender_id: str) -> ResponseReturnValue:
    """Show the form for an address that is reminded of this bid."""
    return _remind_page(desk_of(tender_id), FollowForm(None))


def _is_taken(response: Response) -> bool:
    return response.status_code == 303


@pages.post("/notices/<tender_id>/bid/reminders", endpoint="send_remind")
@limiter.limit(REMINDING, deduct_when=_is_taken)
@open_to_all
def send_remind(tender_id: str) -> ResponseReturnValue:
    """Take an address that is reminded of this bid and of partners who have not confirmed."""
    desk, form = desk_of(tender_id), FollowForm()
    if not form.validate():
        return not_saved({}, lambda: _remind_page(desk, form))
    links = followers.links_of(current_app.config["WORKBENCH"])
    followers.follow(desk.invitation.tender, form.email.data, links, draft_id=desk.draft.id, at=desk.at)
    return redirect(url_for("bids.follow_asked", tender_id=tender_id), 303)


def _remind_page(desk: Desk, form: FollowForm) -> str:
    return render_template("bids/bid_remind.html", desk=desk, tender=desk.invitation.tender, form=form)
