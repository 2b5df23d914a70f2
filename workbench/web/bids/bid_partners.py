"""Partners confirm their own figures: the lead's page of links and answers, and the page behind each link."""

from __future__ import annotations

from flask import abort, after_this_request, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from workbench import clock
from workbench.countdown import left
from workbench.forms.bids.acts import ButtonForm, ReplyForm
from workbench.queries.bids import partners as reads
from workbench.queries.bids.partners import PartnerPage, Reply
from workbench.sealing.drafts import UnreadableDraft
from workbench.services.bids import partners
from workbench.web.access import open_to_all
from workbench.web.bids import pages
from workbench.web.bids.desk import desk_of, never_kept
from workbench.web.limits import limiter
from workbench.web.veil import wear
from workbench.web.writing import not_saved

LOOKING = "120 per minute"
"""How often links of partners are opened from one address; their secrets have 256 bits."""


@pages.before_request
def know_partner() -> None:
    """Tell partners apart before a write begins, by the secret in the address."""
    if request.path.startswith("/partners/"):
        wear("partner", str((request.view_args or {}).get("secret", "")))


@pages.get("/notices/<tender_id>/bid/lots/<key>/partners", endpoint="bid_partners")
@open_to_all
def lead_page(tender_id: str, key: str) -> ResponseReturnValue:
    """Show the lead how far each partner's confirmation is, with its link."""
    desk = desk_of(tender_id)
    lot = desk.lot(key)
    base = current_app.config["WORKBENCH"].base_url
    return render_template(
        "bids/bid_partners.html", desk=desk, tender=desk.invitation.tender, lot=lot, base=base, asks=ButtonForm(None),
        partners=reads.partners_of(desk.draft, lot), rules=lot.collaboration,
    )  # fmt: skip


@pages.post("/notices/<tender_id>/bid/lots/<key>/partners/<name>/ask", endpoint="ask_partner")
@open_to_all
def ask_partner(tender_id: str, key: str, name: str) -> ResponseReturnValue:
    """Make a link for a partner."""
    desk = desk_of(tender_id)
    ButtonForm()
    partners.ask(desk.draft, desk.lot(key), name, at=desk.at)
    return redirect(url_for("bids.bid_partners", tender_id=tender_id, key=key), 303)


@pages.post("/notices/<tender_id>/bid/lots/<key>/partners/<name>/withdraw", endpoint="withdraw_link")
@open_to_all
def withdraw_link(tender_id: str, key: str, name: str) -> ResponseReturnValue:
    """End a partner's link."""
    desk = desk_of(tender_id)
    ButtonForm()
    partners.withdraw(desk.draft, desk.lot(key), name, at=desk.at)
    return redirect(url_for("bids.bid_partners", tender_id=tender_id, key=key), 303)


# --- what the partner sees ----------------------------------------------------------------------------------


@pages.get("/partners/<secret>", endpoint="partner")
@limiter.limit(LOOKING)
@open_to_all
def partner(secret: str) -> ResponseReturnValue:
    """Show a partner its own part in a bid."""
    found = _found(secret)
    reply = found.reply
    values = {"name": reply.name, "job": reply.job} if reply else {}
    return _partner_page(found, ReplyForm(None, version=found.link.version, data=values))


@pages.post("/partners/<secret>", endpoint="answer_partner")
@limiter.limit(LOOKING)
@open_to_all
def answer_partner(secret: str) -> ResponseReturnValue:
    """Take a partner's answer."""
    found, form = _found(secret), ReplyForm()
    if not form.validate():
        return not_saved({}, lambda: _partner_page(found, form))
    figure = form.figure.data.plain() if form.figure.data is not None else ""
    reply = Reply(form.answer.data, form.name.data, form.job.data or "", figure, form.words.data or "")
    partners.answer(found, secret, reply, version=form.version or 0, at=clock.now())
    return redirect("?answered=yes", 303)  # relative: the secret is written nowhere


def _found(secret: str) -> PartnerPage:
    g.actor = None
    after_this_request(never_kept)
    try:
        return reads.page_by(secret) or abort(404)
    except UnreadableDraft:
        abort(404)


def _partner_page(found: PartnerPage, form: ReplyForm) -> str:
    at, tender = clock.now(), found.invitation.tender
    return render_template(
        "bids/partner.html", found=found, tender=tender, file=found.invitation.file, form=form,
        is_open=found.invitation.is_open(at), words_left=left(found.invitation.deadline, at),
        answered="answered" in request.args, answers=dict(reads.ANSWERS),
    )  # fmt: skip
