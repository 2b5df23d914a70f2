"""A tenderer reads the decision on its bid: by the link in its mail, or in its workspace behind the code of its bid."""

from __future__ import annotations

from flask import abort, after_this_request, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from scoring.tender_file import TenderFile
from workbench import clock
from workbench.forms.awards.papers import OpenForm
from workbench.models.awards import DecisionPaperRecord, IssueRecord
from workbench.models.tenders import TenderRecord
from workbench.queries.awards import papers as reads
from workbench.services.awards import delivering
from workbench.web.access import open_to_all
from workbench.web.awards import pages
from workbench.web.awards.papers import paper_response
from workbench.web.bids.desk import desk_of, know_sender, never_kept
from workbench.web.veil import wear

Found = tuple[DecisionPaperRecord, IssueRecord, TenderRecord]
pages.before_request(know_sender)


@pages.before_request
def know_reader() -> None:
    """Keep what is remembered of a write under the secret of its link, which is kept nowhere else."""
    if request.path.startswith("/decision/"):
        wear("decision", str((request.view_args or {}).get("secret", "")))


@pages.get("/decision/<secret>", endpoint="decision")
@open_to_all
def decision(secret: str) -> ResponseReturnValue:
    """Show what a link leads to: whose letter it is, its digest, how to check it and whom to ask."""
    paper, issue, tender = _by(secret)
    file = delivering.frozen_file(issue)
    return render_template(
        "awards/decision.html", tender=tender, paper=paper, issue=issue, **_told(file), form=OpenForm(None),
        action=url_for("awards.open_decision", secret=secret),
    )  # fmt: skip


@pages.post("/decision/<secret>", endpoint="open_decision")
@open_to_all
def open_decision(secret: str) -> ResponseReturnValue:
    """Note that the letter was opened, and lead to it; programs that look into mails press no buttons."""
    OpenForm()
    paper, _, tender = _by(secret)
    delivering.opened_by(tender, paper, at=clock.now())
    return redirect(url_for("awards.decision_letter", secret=secret), 303)


@pages.get("/decision/<secret>/letter.pdf", endpoint="decision_letter")
@open_to_all
def decision_letter(secret: str) -> ResponseReturnValue:
    """Send the letter exactly as it is kept."""
    return paper_response(_by(secret)[0])


@pages.get("/notices/<tender_id>/bid/decisions", endpoint="decisions")
@open_to_all
def decisions(tender_id: str) -> ResponseReturnValue:
    """List the letters about the bids of the workspace that this browser has the code of."""
    desk = desk_of(tender_id)
    issue = reads.released_issue(tender_id)
    rows = reads.letters_to(tender_id, _own(desk.draft.workspace))
    told = _told(delivering.frozen_file(issue)) if issue else {"contact": "", "until": None}
    return render_template(
        "awards/decisions.html", desk=desk, tender=desk.invitation.tender, issue=issue, letters=rows, **told,
        form=OpenForm(None),
    )  # fmt: skip


@pages.post("/notices/<tender_id>/bid/decisions/<paper_id>", endpoint="open_own_decision")
@open_to_all
def open_own_decision(tender_id: str, paper_id: str) -> ResponseReturnValue:
    """Note that the letter was opened, and lead to it."""
    OpenForm()
    paper, tender = _own_letter(tender_id, paper_id)
    delivering.opened_by(tender, paper, at=clock.now())
    return redirect(url_for("awards.own_decision", tender_id=tender_id, paper_id=paper_id), 303)


@pages.get("/notices/<tender_id>/bid/decisions/<paper_id>", endpoint="own_decision")
@open_to_all
def own_decision(tender_id: str, paper_id: str) -> ResponseReturnValue:
    """Send one of the letters exactly as it is kept."""
    return paper_response(_own_letter(tender_id, paper_id)[0])


def _by(secret: str) -> Found:
    """Find the letter that a link leads to; such a page knows nobody who is signed in, and no cache keeps it."""
    g.actor = None
    after_this_request(never_kept)
    return reads.letter_by(secret) or abort(404)


def _own_letter(tender_id: str, paper_id: str) -> tuple[DecisionPaperRecord, TenderRecord]:
    desk = desk_of(tender_id)
    rows = reads.letters_to(tender_id, _own(desk.draft.workspace))
    found = next((row for row in rows if row.id == paper_id), None) or abort(404)
    return found, desk.invitation.tender


def _own(workspace: object) -> list[str]:
    return [bid.id for bid in workspace.bids.values()]  # type: ignore[attr-defined]


def _told(file: TenderFile) -> dict[str, object]:
    """Say whom to ask about the decision, and until when."""
    award = file.award
    contact = (award.debrief_contact if award else "") or file.tender.buyer.email
    return {"contact": contact, "until": award.debrief_until if award else None}
