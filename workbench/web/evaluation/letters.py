"""The page behind the link in a letter: a tenderer reads one question about its bid, and replies once."""

from __future__ import annotations

from flask import abort, after_this_request, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from workbench import clock, printing
from workbench.forms.evaluation.letters import TendererReplyForm
from workbench.queries.bids.opened import rules_of
from workbench.queries.evaluation import letters as reads
from workbench.services.evaluation import letters
from workbench.web.access import open_to_all
from workbench.web.bids.desk import never_kept
from workbench.web.evaluation import pages
from workbench.web.limits import limiter
from workbench.web.veil import wear
from workbench.web.writing import not_saved

LOOKING = "120 per minute"
"""How often links of letters are opened from one address; their secrets have 256 bits."""


@pages.before_request
def know_tenderer() -> None:
    """Tell who replies apart before a write begins, by the secret in the address."""
    if request.path.startswith("/letters/"):
        wear("letter", str((request.view_args or {}).get("secret", "")))


@pages.get("/letters/<secret>", endpoint="letter")
@limiter.limit(LOOKING)
@open_to_all
def letter(secret: str) -> ResponseReturnValue:
    """Show a tenderer the question put to it; opening the page changes nothing."""
    return _page(_found(secret), TendererReplyForm(None))


@pages.post("/letters/<secret>", endpoint="send_reply")
@limiter.limit(LOOKING)
@open_to_all
def send_reply(secret: str) -> ResponseReturnValue:
    """Take the tenderer's reply."""
    found, form = _found(secret), TendererReplyForm()
    if not form.validate():
        return not_saved({}, lambda: _page(found, form))
    letters.reply(secret, form.text.data, clock.now())
    return redirect("?replied=yes", 303)  # relative: the secret is written nowhere


def _found(secret: str) -> reads.Letter:
    g.actor = None
    after_this_request(never_kept)
    return reads.letter_by(secret) or abort(404)


def _page(found: reads.Letter, form: TendererReplyForm) -> str:
    rules = rules_of(found.tender)
    lots = {lot.id: lot.title for lot in rules.tender.contract_lots} if rules else {}
    return render_template(
        "evaluation/letter.html",
        letter=found.row,
        bid=found.bid,
        tender=found.tender,
        buyer=rules.tender.buyer.name if rules else "",
        lot=lots.get(found.bid.lot, found.bid.lot),
        takes_reply=found.takes_reply(clock.now()),
        replied="replied" in request.args,
        form=form,
        typed=printing.typed,
    )
