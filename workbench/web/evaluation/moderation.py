"""Moderation as a whole: begun, its agenda, how far evaluators agree, what waits for a signature, the lock."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, abort, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from exports.names import file_name
from exports.reports.moderation_record import moderation_record
from lots.calendar import london
from lots.words import counted
from scoring.agenda import say
from workbench import clock, printing
from workbench.forms.evaluation.cards import BeginForm, LockForm, SignaturesForm, TakeUpLateForm
from workbench.policies import Permission
from workbench.queries.bids.opened import rules_of
from workbench.queries.evaluation import agreement
from workbench.queries.evaluation import moderation as reads
from workbench.queries.evaluation.names import namer
from workbench.queries.evaluation.record import live_file
from workbench.services import StageError
from workbench.services.evaluation import agreeing, locking, moderating
from workbench.services.evaluation.cards import ModerationError
from workbench.web.access import requires
from workbench.web.evaluation import pages
from workbench.web.evaluation.guard import access, declared_first, scores
from workbench.web.writing import not_saved


def board() -> reads.Board:
    """Return the cards that the reader may see."""
    first()
    conflicted = access().conflicted
    return reads.board_of(g.tender, access().may_read if scores() else lambda bid: bid not in conflicted)


def first() -> None:
    """Go on only where there are bids, and the reader has declared their interests in them."""
    if rules_of(g.tender) is None:
        abort(404)
    declared_first()


def common(of: reads.Board) -> Mapping[str, object]:
    """Return what every page of moderation needs."""
    lots = {lot.id: lot.title for lot in of.file.tender.contract_lots}
    return {"tender": g.tender, "board": of, "lots": lots, "name": namer(g.tender, g.actor), "me": g.actor.user_id}


@pages.get("/tenders/<tender_id>/moderation/", endpoint="moderation")
@requires(Permission.MODERATION_VIEW)
def show_agenda(tender_id: str) -> ResponseReturnValue:
    """Show what is to be discussed, what is most at stake first."""
    found = board()
    waiting = [card for card in found.cards if card.waits_for(g.actor.user_id)]
    said = say([card.item for card in found.cards])
    return render_template("evaluation/moderation.html", **common(found), said=said, to_sign=len(waiting))


@pages.get("/tenders/<tender_id>/moderation/begin", endpoint="begin_moderation")
@requires(Permission.MODERATION_BEGIN)
def ask_begin(tender_id: str) -> ResponseReturnValue:
    """Say what individual scoring still lacks, before it ends."""
    first()
    return _begin_page(BeginForm(None))


@pages.post("/tenders/<tender_id>/moderation/begin", endpoint="moderation_begun")
@requires(Permission.MODERATION_BEGIN)
def begin(tender_id: str) -> ResponseReturnValue:
    """End individual scoring."""
    first()
    form = BeginForm()
    if not form.validate():
        return not_saved({}, lambda: _begin_page(form))
    try:
        moderating.begin(g.tender, reason=form.reason.data or "", actor=g.actor, at=clock.now())
    except ModerationError as refused:
        form.form_errors.append(str(refused))
        return not_saved({}, lambda: _begin_page(form))
    flash("Moderation has begun: nobody scores alone any more.", "success")
    return redirect(url_for("evaluation.moderation", tender_id=tender_id), 303)


def _begin_page(form: BeginForm) -> str:
    file = live_file(g.tender)
    left = reads.outstanding(g.tender, file)
    return render_template("evaluation/moderation_begin.html", tender=g.tender, left=left, begin=form, form=form)


@pages.get("/tenders/<tender_id>/moderation/agreement", endpoint="agreement")
@requires(Permission.MODERATION_VIEW)
def show_agreement(tender_id: str) -> ResponseReturnValue:
    """Show how far evaluators agree; it informs the discussion and changes nothing."""
    found = board()
    lots = agreement.of_lots(found)
    return render_template("evaluation/agreement.html", **common(found), found=lots)


@pages.get("/tenders/<tender_id>/moderation/<lot>/record.pdf", endpoint="moderation_record")
@requires(Permission.MODERATION_VIEW)
def send_record(tender_id: str, lot: str) -> ResponseReturnValue:
    """Send the record of a lot's moderation as PDF; nobody from whom any of its bids is kept can have it."""
    found = board()
    bids = [bid.id for bid in reads.in_play(found.file) if bid.lot == lot]
    if not bids or set(bids) - {card.bid.id for card in found.cards}:
        abort(404)
    sittings = reads.sittings_of(found)
    made = moderation_record(found.file, lot, bids, sittings, g.tender.quality_locked_at, london(clock.now()).date())
    response = Response(printing.print_document(made), mimetype="application/pdf")
    response.headers.set("Content-Disposition", "attachment", filename=file_name(made))
    return response


# --- signatures -------------------------------------------------------------------------------------------------


@pages.get("/tenders/<tender_id>/moderation/signatures", endpoint="signatures")
@requires(Permission.MODERATION_SIGN)
def show_signatures(tender_id: str) -> ResponseReturnValue:
    """Show the reader what waits for their signature."""
    return _signatures_page(SignaturesForm(None))


@pages.post("/tenders/<tender_id>/moderation/signatures", endpoint="sign_all")
@requires(Permission.MODERATION_SIGN)
def sign_all(tender_id: str) -> ResponseReturnValue:
    """Sign what is ticked."""
    form = SignaturesForm()
    _offer(form)
    if not form.validate():
        return not_saved({}, lambda: _signatures_page(form))
    ticked = form.agreed.data or []
    agreeing.sign(g.tender, ticked, actor=g.actor, at=clock.now())
    flash(f"You signed {counted(len(ticked), 'agreed score')}.", "success")
    return redirect(url_for("evaluation.signatures", tender_id=tender_id), 303)


def _offer(form: SignaturesForm) -> tuple[reads.Board, list[reads.Card]]:
    found = board()
    waiting = [card for card in found.cards if card.waits_for(g.actor.user_id)]
    form.agreed.offer([(card.last.row.id, f"I sign: {card.title}") for card in waiting if card.last])
    return found, waiting


def _signatures_page(form: SignaturesForm) -> str:
    found, waiting = _offer(form)
    return render_template("evaluation/signatures.html", **common(found), waiting=waiting, signing=form, form=form)


# --- the lock ---------------------------------------------------------------------------------------------------


@pages.get("/tenders/<tender_id>/moderation/lock", endpoint="lock")
@requires(Permission.MODERATION_CHAIR)
def ask_lock(tender_id: str) -> ResponseReturnValue:
    """Say what is missing before quality can be locked."""
    return _lock_page(LockForm(None))


@pages.post("/tenders/<tender_id>/moderation/lock", endpoint="lock_quality")
@requires(Permission.MODERATION_CHAIR)
def lock(tender_id: str) -> ResponseReturnValue:
    """Lock quality."""
    first()
    form = LockForm()
    if not form.validate():
        return not_saved({}, lambda: _lock_page(form))
    try:
        locking.lock(g.tender, reason=form.reason.data or "", actor=g.actor, at=clock.now())
    except ModerationError as refused:
        form.form_errors.append(str(refused))
        return not_saved({}, lambda: _lock_page(form))
    flash("Quality is locked: the agreed scores stand.", "success")
    return redirect(url_for("evaluation.moderation", tender_id=tender_id), 303)


def _lock_page(form: LockForm) -> str:
    found = board()
    hidden_left = len(reads.board_of(g.tender, lambda _: True, found.file).missing) - len(found.missing)
    return render_template(
        "evaluation/lock.html", **common(found), lock=form, form=form, hidden_left=hidden_left
    )  # fmt: skip


@pages.get("/tenders/<tender_id>/moderation/take-up", endpoint="take_up_late")
@requires(Permission.MODERATION_REOPEN_LATE)
def ask_take_up(tender_id: str) -> ResponseReturnValue:
    """Ask an approver which agreed score is to be taken up again once quality is locked."""
    if g.tender.quality_locked_at is None:
        raise StageError("Quality is not locked: the moderator can take a score up again")
    return _take_up_page(TakeUpLateForm(None))


@pages.post("/tenders/<tender_id>/moderation/take-up", endpoint="taken_up_late")
@requires(Permission.MODERATION_REOPEN_LATE)
def take_up(tender_id: str) -> ResponseReturnValue:
    """Have an agreed score taken up again, which unlocks quality."""
    form = TakeUpLateForm()
    _offer_cards(form)
    if not form.validate():
        return not_saved({}, lambda: _take_up_page(form))
    locking.reopen_late(g.tender, form.card.data, reason=form.reason.data, actor=g.actor, at=clock.now())
    flash("The score is open again, and quality is no longer locked. The moderator goes on from here.", "success")
    return redirect(url_for("tenders.show", tender_id=tender_id), 303)


def _offer_cards(form: TakeUpLateForm) -> reads.Board:
    found = board()
    name = namer(g.tender, g.actor)
    offered = [(each.row.id, f"{name(each.bid)}: {each.title}") for each in found.in_state("agreed")]
    form.card.offer([("", "Choose one"), *sorted(offered, key=lambda pair: pair[1])])
    return found


def _take_up_page(form: TakeUpLateForm) -> str:
    found = _offer_cards(form)
    if not found.cards:
        abort(404)
    return render_template("evaluation/take_up_late.html", **common(found), late=form, form=form)
