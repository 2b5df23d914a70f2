"""A tenderer's bid: beginning one, its code, its home page, and leaving a browser again."""

from __future__ import annotations

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from workbench import clock
from workbench.forms.bids.acts import ButtonForm, CodeForm, KeptForm
from workbench.queries.bids.drafts import Invitation, draft_by
from workbench.queries.bids.progress import common_tasks, progress_of
from workbench.sealing.drafts import grouped
from workbench.services.bids import drafts
from workbench.web.access import open_to_all
from workbench.web.bids import pages
from workbench.web.bids.desk import Desk, code_here, desk_of, draft_here, forget, invited, know_sender, remember
from workbench.web.limits import GUESSING, limiter
from workbench.web.writing import not_saved

STARTING = "20 per hour; 60 per day"
"""How many bids are begun from one address: a charity’s whole office may sit behind it."""
_WRONG = "No bid for this tender has that code: compare it with your print, or look whether it is for another tender"
_KEEP_FIRST = (
    "This browser holds another bid whose code nobody has kept yet: it would be lost. Open that bid and keep its code "
    "first"
)
pages.before_request(know_sender)


@pages.get("/notices/<tender_id>/bid/", endpoint="home")
@open_to_all
def home(tender_id: str) -> ResponseReturnValue:
    """Show the bid as a list of tasks; without one in this browser, how one is begun."""
    invitation = invited(tender_id)
    draft = draft_here(invitation)
    if draft is None:
        return _start_page(invitation)
    desk = Desk(invitation, draft, clock.now())
    news = [each for each in invitation.notices if each.number > draft.workspace.seen]
    return render_template(
        "bids/bid.html", desk=desk, tender=invitation.tender, common=common_tasks(draft), news=news,
        lots=[progress_of(draft, lot, desk.at) for lot in draft.chosen], asks=ButtonForm(None),
    )  # fmt: skip


@pages.post("/notices/<tender_id>/bid/start", endpoint="start_bid")
@limiter.limit(STARTING)
@open_to_all
def start_bid(tender_id: str) -> ResponseReturnValue:
    """Begin a bid and put its code into the browser."""
    invitation = invited(tender_id)
    ButtonForm()
    if draft_here(invitation) is not None:  # an old tab: the code in this browser must not be lost to a new one
        return redirect(url_for("bids.home", tender_id=tender_id), 303)
    draft = drafts.start(invitation, at=clock.now())
    return remember(redirect(url_for("bids.code", tender_id=tender_id), 303), tender_id, draft.code)


@pages.get("/notices/<tender_id>/bid/code", endpoint="code")
@open_to_all
def code(tender_id: str) -> ResponseReturnValue:
    """Show the code to print or copy, until the tenderer says that it is kept."""
    desk = desk_of(tender_id)
    return _code_page(desk, KeptForm())


@pages.post("/notices/<tender_id>/bid/code", endpoint="keep_code")
@open_to_all
def keep_code(tender_id: str) -> ResponseReturnValue:
    """Remember that the code is kept: it is not shown again."""
    desk, form = desk_of(tender_id), KeptForm()
    if not form.validate():
        return not_saved({}, lambda: _code_page(desk, form))
    drafts.mark(desk.draft, at=desk.at, kept_code=True)
    return redirect(url_for("bids.home", tender_id=tender_id), 303)


@pages.get("/notices/<tender_id>/bid/continue", endpoint="continue_bid")
@open_to_all
def continue_bid(tender_id: str) -> ResponseReturnValue:
    """Ask for the code of a bid that was begun elsewhere."""
    return _continue_page(invited(tender_id), CodeForm(None))


def _is_wrong(response: Response) -> bool:
    """Say whether a code was wrong: only those count against whoever types."""
    return response.status_code == 422


@pages.post("/notices/<tender_id>/bid/continue", endpoint="type_code")
@limiter.limit(GUESSING, deduct_when=_is_wrong)
@open_to_all
def type_code(tender_id: str) -> ResponseReturnValue:
    """Put a code that was typed into this browser."""
    invitation, form = invited(tender_id), CodeForm()
    draft, here = draft_by(invitation, form.code.data) if form.validate() else None, draft_here(invitation)
    if draft is None and not form.code.errors:
        form.code.errors = [_WRONG]
    if draft is not None and here is not None and here.id != draft.id and not here.workspace.kept_code:
        form.code.errors = [_KEEP_FIRST]
    if draft is None or form.code.errors:
        return not_saved({}, lambda: _continue_page(invitation, form))
    drafts.reopened(draft, at=clock.now())
    return remember(redirect(url_for("bids.home", tender_id=tender_id), 303), tender_id, draft.code)


@pages.post("/notices/<tender_id>/bid/leave", endpoint="leave_bid")
@open_to_all
def leave_bid(tender_id: str) -> ResponseReturnValue:
    """Take the code out of this browser; the bid stays, for whoever has the code."""
    draft = draft_here(invited(tender_id))
    ButtonForm()
    if draft is not None and not draft.workspace.kept_code:
        return redirect(url_for("bids.code", tender_id=tender_id, leaving="yes"), 303)
    return forget(redirect(url_for("bids.home", tender_id=tender_id, left="yes"), 303), tender_id)


@pages.post("/notices/<tender_id>/bid/seen", endpoint="seen_notices")
@open_to_all
def seen_notices(tender_id: str) -> ResponseReturnValue:
    """Remember which notices the tenderer has read."""
    desk = desk_of(tender_id)
    ButtonForm()
    seen = max((each.number for each in desk.invitation.notices), default=0)
    drafts.mark(desk.draft, at=desk.at, seen=seen)
    return redirect(url_for("bids.home", tender_id=tender_id), 303)


# --- pieces -------------------------------------------------------------------------------------------------


def _start_page(invitation: Invitation) -> str:
    at = clock.now()
    return render_template(
        "bids/bid_start.html", tender=invitation.tender, is_open=invitation.is_open(at), asks=ButtonForm(None),
        sealing=invitation.sealing, left_here="left" in request.args, stale=bool(code_here(invitation.tender.id)),
    )  # fmt: skip


def _code_page(desk: Desk, form: KeptForm) -> str:
    shown = "" if desk.draft.workspace.kept_code else grouped(desk.draft.code)
    picture = _picture(shown) if shown else ""
    return render_template(
        "bids/bid_code.html",
        desk=desk,
        tender=desk.invitation.tender,
        shown=shown,
        picture=picture,
        form=form,
        leaving="leaving" in request.args,
    )


def _picture(text: str) -> Markup:
    """Draw a code as SVG markup for the page itself, which loads nothing from elsewhere."""
    import qrcode
    from qrcode.image.svg import SvgPathImage

    made = qrcode.make(text, image_factory=SvgPathImage)
    return Markup(made.to_string(encoding="unicode"))


def _continue_page(invitation: Invitation, form: CodeForm) -> str:
    return render_template("bids/bid_continue.html", tender=invitation.tender, form=form)
