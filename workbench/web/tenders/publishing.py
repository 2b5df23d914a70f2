"""The pages of publication for officers and approvers: sign-off, publishing, changing, the deadline, cancelling."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from flask import abort, current_app, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from exports.documents import IncompleteDocument
from exports.reports.methodology import MethodologyAnnex
from exports.rule_changes import rule_set_digest
from lots.calendar import london
from lots.errors import Finding, ProcurementError
from lots.words import listed
from workbench import clock, policies, printing
from workbench.countdown import left
from workbench.forms.base import PageForm
from workbench.forms.publishing import (
    AskToMoveForm,
    CancelForm,
    ChangeForm,
    DiscardForm,
    MoveDeadlineForm,
    PublishForm,
    SignOffForm,
)
from workbench.forms.tenders.moves import PlainForm
from workbench.models.publishing import PublicationRecord
from workbench.policies import Permission
from workbench.queries import publishing as reads
from workbench.queries import questions as asked
from workbench.queries.bids import keys
from workbench.queries.bids.openings import case_of
from workbench.queries.tenders import Draft, draft_of
from workbench.sealing import server_keys
from workbench.services import deadlines, publishing
from workbench.tasks import Item, where
from workbench.web.access import requires
from workbench.web.public import rules_shown
from workbench.web.tenders import pages
from workbench.web.tenders.showing import where_url
from workbench.web.writing import not_saved


def notice_address(tender_id: str) -> str:
    """Give the public page of a tender as the whole world finds it."""
    return f"{current_app.config['WORKBENCH'].base_url}{url_for('public.notice', tender_id=tender_id)}"


# --- sign-off and publication -------------------------------------------------------------------------------


@pages.get("/tenders/<tender_id>/publish", endpoint="publish")
@requires(Permission.TENDER_VIEW)
def show_publish(tender_id: str) -> ResponseReturnValue:
    """Show exactly what will be public, what is still unmet, and who has signed."""
    return _publish_page(SignOffForm(), PublishForm())


@pages.post("/tenders/<tender_id>/sign-off", endpoint="sign_off")
@requires(Permission.TENDER_SIGN_OFF)
def sign_off(tender_id: str) -> ResponseReturnValue:
    """Sign the rules off that the page showed."""
    form = SignOffForm()
    if not form.validate():
        return not_saved({}, lambda: _publish_page(form, PublishForm(None)))
    try:
        publishing.sign_off(g.tender, digest=form.digest.data or "", actor=g.actor, at=clock.now())
    except publishing.NotReadyError as refusal:
        return _refused(form, refusal, lambda: _publish_page(form, PublishForm(None)))
    flash("You have signed the tender off. An officer can publish it now.", "success")
    return redirect(url_for("tenders.publish", tender_id=tender_id), 303)


@pages.post("/tenders/<tender_id>/publish", endpoint="send_publish")
@requires(Permission.TENDER_PUBLISH)
def publish(tender_id: str) -> ResponseReturnValue:
    """Publish what was signed off."""
    form = PublishForm()
    try:
        _check_server_key(draft_of(g.tender))
        publishing.publish(
            g.tender, digest=form.digest.data or "", address=notice_address(tender_id), actor=g.actor, at=clock.now()
        )
    except (publishing.NotReadyError, server_keys.ServerKeyError) as refusal:
        return _refused(form, refusal, lambda: _publish_page(SignOffForm(None), form))
    flash("The tender is published, and its rules are frozen. Anybody can read its public page now.", "success")
    return redirect(url_for("tenders.show", tender_id=tender_id), 303)


def _check_server_key(draft: Draft) -> None:
    """Refuse to publish where the server would hold a key that is not in its data folder."""
    sealing = keys.sealing_of(draft)
    if sealing is not None and sealing.custody == "server":
        server_keys.check(current_app.config["WORKBENCH"].data, draft.tender.id, sealing.server_recipient)


def _publish_page(sign: SignOffForm, publish: PublishForm) -> str:
    draft = draft_of(g.tender)
    today = london(clock.now()).date()
    unmet = reads.unmet_on(draft, today)
    annex, digest = _shown(draft)
    sign.digest.data = publish.digest.data = digest
    return render_template(
        "tenders/publish.html",
        tender=g.tender,
        publication=reads.publication_of(g.tender.id),
        unmet=said(unmet),
        annex=annex,
        digest=digest,
        wrote=reads.wrote_any(g.tender.id, g.actor.user_id),
        sign_form=sign,
        publish_form=publish,
        form=sign if sign.errors or sign.form_errors else publish,
        typed=printing.typed,
        brief=printing.brief,
    )


def _shown(draft: Draft) -> tuple[MethodologyAnnex | None, str]:
    """Return what would be public and its digest; nothing while the draft is too far from complete to show."""
    if draft.file is None:
        return None, ""
    try:
        return rules_shown(draft.file, None), rule_set_digest(draft.file)
    except (IncompleteDocument, ProcurementError):
        return None, rule_set_digest(draft.file)


# --- change notices -----------------------------------------------------------------------------------------


@pages.get("/tenders/<tender_id>/change", endpoint="change")
@requires(Permission.TENDER_VIEW)
def show_change(tender_id: str) -> ResponseReturnValue:
    """Show what the working copy would change."""
    return _change_page(ChangeForm())


@pages.post("/tenders/<tender_id>/change", endpoint="send_change")
@requires(Permission.TENDER_CHANGE)
def change(tender_id: str) -> ResponseReturnValue:
    """Publish the working copy by a numbered notice."""
    form = ChangeForm()
    if not form.validate():
        return not_saved({}, lambda: _change_page(form))
    try:
        publishing.publish_change(
            g.tender, reason=form.reason.data, digest=form.digest.data or "", address=notice_address(tender_id),
            actor=g.actor, at=clock.now(),
        )  # fmt: skip
    except (publishing.NotReadyError, publishing.NothingToChangeError) as refusal:
        return _refused(form, refusal, lambda: _change_page(form))
    flash("The notice of the change is published, and the new rules are in force.", "success")
    return redirect(url_for("tenders.show", tender_id=tender_id), 303)


@pages.post("/tenders/<tender_id>/change/discard", endpoint="discard_change")
@requires(Permission.TENDER_EDIT)
def discard(tender_id: str) -> ResponseReturnValue:
    """Give the working copy up."""
    publishing.discard_copy(g.tender, stand=DiscardForm().stand.data or "", actor=g.actor, at=clock.now())
    return redirect(url_for("tenders.change", tender_id=tender_id), 303)


def _change_page(form: ChangeForm) -> str:
    publication = _publication()
    draft = draft_of(g.tender)
    copy = reads.working_copy(publication, draft)
    form.digest.data = rule_set_digest(copy.file) if copy.file else ""
    unmet = [*reads.unmet_on(draft, london(clock.now()).date())]
    extra = [publishing.deadline_finding(copy)] if copy.deadline_differs else []
    at = clock.now()
    return render_template(
        "tenders/change.html",
        tender=g.tender,
        publication=publication,
        copy=copy,
        changes=copy.changes,
        unmet=[*said(unmet), *_placed(draft, extra)],
        notices=reads.notices_of(g.tender.id),
        late=g.tender.deadline is not None and at >= g.tender.deadline,
        form=form,
        discarding=DiscardForm(None, data={"stand": reads.stand_of(draft)}),
    )


# --- the deadline -------------------------------------------------------------------------------------------


@pages.get("/tenders/<tender_id>/deadline", endpoint="deadline")
@requires(Permission.TENDER_VIEW)
def show_deadline(tender_id: str) -> ResponseReturnValue:
    """Show the deadline and what may be done with it."""
    return _deadline_page(AskToMoveForm() if _passed() else MoveDeadlineForm())


@pages.post("/tenders/<tender_id>/deadline", endpoint="move_deadline")
@requires(Permission.TENDER_EXTEND)
def move_deadline(tender_id: str) -> ResponseReturnValue:
    """Move the deadline, or after it has passed ask a second person to."""
    at = clock.now()
    form = AskToMoveForm() if _passed() else MoveDeadlineForm()
    if not form.validate():
        return not_saved({}, lambda: _deadline_page(form))
    try:
        if isinstance(form, AskToMoveForm):
            deadlines.ask_to_move(
                g.tender, form.deadline.data, reason=form.reason.data, outage=form.outage.data, actor=g.actor, at=at
            )
        else:
            deadlines.move_deadline(
                g.tender, form.deadline.data, reason=form.reason.data, address=notice_address(tender_id),
                actor=g.actor, at=at,
            )  # fmt: skip
    except deadlines.DeadlineError as refusal:
        form.deadline.errors = [*form.deadline.errors, str(refusal)]
        return not_saved({}, lambda: _deadline_page(form))
    return redirect(url_for("tenders.deadline", tender_id=tender_id), 303)


@pages.post("/tenders/<tender_id>/deadline/confirm", endpoint="confirm_deadline")
@requires(Permission.TENDER_CONFIRM_DEADLINE)
def confirm_deadline(tender_id: str) -> ResponseReturnValue:
    """Confirm the later deadline that somebody else asked for."""
    PlainForm()
    deadlines.confirm_move(g.tender, address=notice_address(tender_id), actor=g.actor, at=clock.now())
    return redirect(url_for("tenders.deadline", tender_id=tender_id), 303)


@pages.post("/tenders/<tender_id>/deadline/decline", endpoint="decline_deadline")
@requires(Permission.TENDER_CONFIRM_DEADLINE)
def decline_deadline(tender_id: str) -> ResponseReturnValue:
    """Decline the later deadline that somebody else asked for."""
    PlainForm()
    deadlines.decline_move(g.tender, actor=g.actor, at=clock.now())
    return redirect(url_for("tenders.deadline", tender_id=tender_id), 303)


@pages.post("/tenders/<tender_id>/close", endpoint="close")
@requires(Permission.TENDER_CLOSE)
def close(tender_id: str) -> ResponseReturnValue:
    """Close the tender after its deadline."""
    PlainForm()
    deadlines.close_tender(g.tender, actor=g.actor, at=clock.now())
    return redirect(url_for("tenders.show", tender_id=tender_id), 303)


def _passed() -> bool:
    publication = _publication()
    return clock.now() >= reads.rules_in_force(publication).tender.deadline


def _deadline_page(form: MoveDeadlineForm) -> str:
    at = clock.now()
    publication = _publication()
    return render_template(
        "tenders/deadline.html",
        tender=g.tender,
        publication=publication,
        deadline=reads.rules_in_force(publication).tender.deadline,
        words=left(reads.rules_in_force(publication).tender.deadline, at),
        passed=isinstance(form, AskToMoveForm),
        waiting=reads.open_request(g.tender.id),
        own=(waits := reads.open_request(g.tender.id)) is not None and waits.asked_by == g.actor.user_id,
        moves=[each for each in reads.notices_of(g.tender.id) if each.kind == "deadline"],
        closing=deadlines.closing_waits_for(g.tender, at) if g.tender.stage == "published" else "",
        form=form,
        plain=PlainForm(None),
        typed=printing.typed,
    )


# --- cancelling ---------------------------------------------------------------------------------------------


@pages.get("/tenders/<tender_id>/cancel", endpoint="cancel")
@requires(Permission.TENDER_CANCEL)
def show_cancel(tender_id: str) -> ResponseReturnValue:
    """Ask for the reason of a cancellation."""
    return _cancel_page(CancelForm())


@pages.post("/tenders/<tender_id>/cancel", endpoint="send_cancel")
@requires(Permission.TENDER_CANCEL)
def cancel(tender_id: str) -> ResponseReturnValue:
    """Cancel the tender for good."""
    form = CancelForm()
    if not form.validate():
        return not_saved({}, lambda: _cancel_page(form))
    publishing.cancel(
        g.tender, reason=form.reason.data, address=notice_address(tender_id), actor=g.actor, at=clock.now()
    )
    return redirect(url_for("tenders.show", tender_id=tender_id), 303)


def _cancel_page(form: CancelForm) -> str:
    publication = reads.publication_of(g.tender.id)
    return render_template("tenders/cancel.html", tender=g.tender, publication=publication, form=form)


# --- pieces -------------------------------------------------------------------------------------------------


def said(items: Iterable[Item]) -> list[dict[str, Any]]:
    """Prepare findings for their macro, each with a link to the field that mends it."""
    return [
        {"severity": it.finding.severity, "message": it.finding.message,
         "href": where_url(it.where), "code": it.finding.code}
        for it in items
    ]  # fmt: skip


def _placed(draft: Draft, findings: Sequence[Finding]) -> list[dict[str, Any]]:
    return said(Item(each, where(each.place, draft.parts)) for each in findings)


def _publication() -> PublicationRecord:
    publication = reads.publication_of(g.tender.id)
    return publication if publication is not None else abort(404)


def _refused(form: PageForm, refusal: ProcurementError, page: Any) -> ResponseReturnValue:
    form.form_errors.append(str(refusal))
    return not_saved({}, page)


def next_steps(draft: Draft) -> dict[str, Any]:
    """Give the task list what it says about the next step: nothing is asked of the database before publication."""
    if g.tender.stage in publishing.NOT_PUBLISHED:
        return {}
    at = clock.now()
    counts = asked.counts_of(g.tender.id)
    publication = reads.publication_of(g.tender.id) if g.tender.stage == "published" else None
    copy = reads.working_copy(publication, draft) if publication else None
    return {
        "key_check": _key_check(publication, at),
        "unpublished": len(copy.changes) if copy else 0,
        "open_questions": counts.get("open", 0),
        "time_left": left(g.tender.deadline, at) if g.tender.deadline else "",
        "past_deadline": g.tender.deadline is not None and at >= g.tender.deadline,
        "closing": deadlines.closing_waits_for(g.tender, at) if g.tender.stage == "published" else "",
        "move_waiting": reads.open_request(g.tender.id),
        "opening": case_of(g.tender, "bid") if g.tender.stage in _AFTER_CLOSING else None,
    }


def _key_check(publication: PublicationRecord | None, at: datetime) -> str:
    """Say which keys could not be used, or are to be proved once more before the deadline; empty where all is well."""
    sealing = reads.rules_in_force(publication).tender.sealing if publication else None
    check = keys.check_of(g.tender, sealing, at) if sealing else None
    if check is None or check.words:
        return check.words if check else ""
    waiting = listed(key.row.title for key in check.waiting)
    return f"the deadline is near, and these are to be proved once more: {waiting}" if waiting else ""


_AFTER_CLOSING = policies.POLICY[Permission.OPENING_VIEW].stages - {"cancelled"}

pages.app_template_global("next_steps")(next_steps)
