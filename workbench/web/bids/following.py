"""Being told about a tender: asked for on its public page, confirmed and ended by links that only the address gets."""

from __future__ import annotations

from flask import Response, abort, current_app, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from workbench import clock
from workbench.forms.bids.following import FollowForm
from workbench.forms.tenders.moves import PlainForm
from workbench.models.tenders import TenderRecord
from workbench.queries import publishing as reads
from workbench.services.bids import followers
from workbench.web.access import open_to_all
from workbench.web.bids import pages
from workbench.web.limits import limiter
from workbench.web.writing import not_saved

FOLLOWING = "6 per hour; 20 per day"
"""How often somebody may ask from one address of the network."""


def _is_taken(response: Response) -> bool:
    return response.status_code == 303


@pages.get("/notices/<tender_id>/follow", endpoint="follow")
@open_to_all
def follow(tender_id: str) -> ResponseReturnValue:
    """Show the form for an address."""
    return _page(_found(tender_id), FollowForm())


@pages.post("/notices/<tender_id>/follow", endpoint="send_follow")
@limiter.limit(FOLLOWING, deduct_when=_is_taken)
@open_to_all
def send_follow(tender_id: str) -> ResponseReturnValue:
    """Take an address; the answer is the same whether it is known or not."""
    tender, form = _found(tender_id), FollowForm()
    if not form.validate():
        return not_saved({}, lambda: _page(tender, form))
    followers.follow(tender, form.email.data, _links(), at=clock.now())
    return redirect(url_for("bids.follow_asked", tender_id=tender_id), 303)


@pages.get("/notices/<tender_id>/follow-asked", endpoint="follow_asked")
@open_to_all
def follow_asked(tender_id: str) -> ResponseReturnValue:
    """Say that a mail is on its way, and what is in it."""
    return render_template("bids/follow_asked.html", tender=_found(tender_id))


@pages.get("/notices/<tender_id>/follow/<token>", endpoint="follow_confirm")
@open_to_all
def show_confirm(tender_id: str, token: str) -> ResponseReturnValue:
    """Ask for one more press: programs that look into mails open every link."""
    return _link_page("bids/follow_confirm.html", tender_id, token)


@pages.post("/notices/<tender_id>/follow/<token>", endpoint="send_follow_confirm")
@open_to_all
def send_confirm(tender_id: str, token: str) -> ResponseReturnValue:
    """Confirm an address."""
    tender, _ = _found(tender_id), PlainForm()
    if not followers.confirm(tender, token, _links(), at=clock.now()):
        return render_template("bids/follow_over.html", tender=tender), 404
    return redirect(url_for("bids.follow_confirm", tender_id=tender_id, token=token), 303)


@pages.get("/notices/<tender_id>/unfollow/<token>", endpoint="unfollow")
@open_to_all
def show_unfollow(tender_id: str, token: str) -> ResponseReturnValue:
    """Ask for one more press before an address is forgotten."""
    return _link_page("bids/unfollow.html", tender_id, token)


@pages.post("/notices/<tender_id>/unfollow/<token>", endpoint="send_unfollow")
@open_to_all
def send_unfollow(tender_id: str, token: str) -> ResponseReturnValue:
    """Forget an address."""
    tender, _ = _found(tender_id), PlainForm()
    followers.end(tender, token, _links(), at=clock.now())
    return redirect(url_for("bids.unfollowed", tender_id=tender_id), 303)


@pages.get("/notices/<tender_id>/unfollowed", endpoint="unfollowed")
@open_to_all
def unfollowed(tender_id: str) -> ResponseReturnValue:
    """Say that an address is forgotten."""
    return render_template("bids/unfollowed.html", tender=_found(tender_id))


def _link_page(template: str, tender_id: str, token: str) -> ResponseReturnValue:
    tender = _found(tender_id)
    row = followers.found(tender.id, token, _links(), at=clock.now())
    if row is None:
        return render_template("bids/follow_over.html", tender=tender), 404
    return render_template(template, tender=tender, row=row, token=token, form=PlainForm(None))


def _page(tender: TenderRecord, form: FollowForm) -> str:
    return render_template("bids/follow.html", tender=tender, form=form, open=tender.stage in followers.STAGES)


def _found(tender_id: str) -> TenderRecord:
    """Find a published tender; these pages know nobody who is signed in."""
    g.actor = None
    found = reads.published_tender(tender_id)
    return found[1] if found is not None else abort(404)


def _links() -> followers.Links:
    return followers.links_of(current_app.config["WORKBENCH"])
