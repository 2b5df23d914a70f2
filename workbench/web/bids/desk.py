"""Where a tenderer works: the tender, the code in the browser's cookie, and the draft that it opens.

The code stands in a cookie that no script can read, and nowhere on the server. Pages of a draft are never kept by any
cache.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Response, abort, after_this_request, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lots.lot import Lot
from workbench import clock
from workbench.countdown import left
from workbench.queries.bids.drafts import BidDraft, Invitation, draft_by, invitation_to
from workbench.sealing.drafts import UnreadableDraft
from workbench.web.veil import wear

KEPT = timedelta(days=120)
"""How long a browser keeps the code: from an early draft to well after the award."""
_LONGEST = 64  # characters of a cookie that may be a code


@dataclass(frozen=True)
class Desk:
    """What a page of a tenderer works with."""

    invitation: Invitation
    draft: BidDraft
    at: datetime

    @property
    def tender_id(self) -> str:
        """Return the id of the tender."""
        return self.invitation.tender.id

    @property
    def is_open(self) -> bool:
        """Say whether anything can be changed now."""
        return self.invitation.is_open(self.at)

    @property
    def words_left(self) -> str:
        """Say how much time is left, in words."""
        return left(self.invitation.deadline, self.at)

    def lot(self, lot_id: str) -> Lot:
        """Find a lot there are bids for; 404 for another."""
        return self.invitation.lot(lot_id) or abort(404)


def invited(tender_id: str) -> Invitation:
    """Find the tender, for a page that nobody's session matters to; 404 where no bids are received for it here."""
    g.actor = None
    after_this_request(never_kept)
    return invitation_to(tender_id) or abort(404)


def desk_of(tender_id: str) -> Desk:
    """Open the draft that this browser has the code of; without one, lead to where one is started."""
    invitation = invited(tender_id)
    draft = draft_here(invitation)
    if draft is None:
        abort(redirect(url_for("bids.home", tender_id=tender_id), 303))
    return Desk(invitation, draft, clock.now())


def draft_here(invitation: Invitation) -> BidDraft | None:
    """Open the draft that this browser has the code of, if it has one."""
    code = code_here(invitation.tender.id)
    if not code:
        return None
    try:
        return draft_by(invitation, code)
    except UnreadableDraft:
        return None


def sender_has_draft() -> bool:
    """Say, before the body of a request is read, whether it comes from a draft: files of anybody else are not taken."""
    found = invitation_to(str((request.view_args or {}).get("tender_id", "")))
    return found is not None and draft_here(found) is not None


def code_here(tender_id: str) -> str:
    """Return the code that this browser holds for a tender; empty where it holds none."""
    code = request.cookies.get(cookie_name(tender_id), "")
    return code if code.isascii() and len(code) <= _LONGEST else ""


def know_sender() -> None:
    """Tell two tenderers apart before a write begins: by the code in the cookie."""
    tender_id = str((request.view_args or {}).get("tender_id", ""))
    code = code_here(tender_id) if request.path.startswith("/notices/") else ""
    if code:
        wear("bid", code)


def cookie_name(tender_id: str) -> str:
    """Name the cookie of a tender; where pages travel encrypted, by a name that only this very site can set."""
    prefix = "__Host-" if current_app.config["SESSION_COOKIE_SECURE"] else ""
    return f"{prefix}bid_{tender_id[:8]}"


def remember(answer: ResponseReturnValue, tender_id: str, code: str) -> Response:
    """Put the code into the browser."""
    response = current_app.make_response(answer)
    response.set_cookie(
        cookie_name(tender_id), code, max_age=KEPT, path="/", httponly=True, samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )  # fmt: skip
    return response


def forget(answer: ResponseReturnValue, tender_id: str) -> Response:
    """Take the code out of the browser."""
    response = current_app.make_response(answer)
    response.delete_cookie(
        cookie_name(tender_id), path="/", httponly=True, samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )  # fmt: skip
    return response


def never_kept(response: Response) -> Response:
    """Keep an answer out of every cache."""
    response.headers["Cache-Control"] = "no-store"
    return response
