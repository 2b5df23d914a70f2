"""One card of moderation: shown, saved as several people type, put to signature, signed, taken up again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import abort, flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lots.errors import Finding
from scoring.scoresheet import PanelMember, Score
from workbench import clock, printing
from workbench.cards import WORDS, mark_of, marks_of
from workbench.db import db
from workbench.forms.evaluation.cards import SignForm, TakeUpForm, WordsForm, card_form
from workbench.models.accounts import UserRecord
from workbench.policies import Permission, may
from workbench.queries.bids.opened import opened_bid
from workbench.queries.evaluation import moderation as reads
from workbench.sending import new_key
from workbench.services.evaluation import agreeing, cards
from workbench.services.evaluation.agreeing import NotAgreed
from workbench.services.evaluation.cards import ModerationError, Saved
from workbench.web.access import requires
from workbench.web.evaluation import pages
from workbench.web.evaluation.moderation import board, common
from workbench.web.tenders.parts import texts_wrong
from workbench.web.writing import is_autosave, not_saved

CARD = "/tenders/<tender_id>/moderation/cards/<card_id>/"
_LABELS = {
    "reason": "The reason", "evidence": "Where it can be checked", "why_not_higher": "Why not a level higher",
    "why_not_lower": "Why not a level lower", "dissent": "Dissent", "points": "The agreed level",
    "present": "Who is present", "absent": "Who is not here",
}  # fmt: skip


@pages.get(CARD, endpoint="card")
@requires(Permission.MODERATION_VIEW)
def show(tender_id: str, card_id: str) -> ResponseReturnValue:
    """Show a card."""
    card, found = _card(card_id)
    return _page(card, found, _filled(card, found))


@pages.get(f"{CARD}now", endpoint="card_now")
@requires(Permission.MODERATION_VIEW)
def now(tender_id: str, card_id: str) -> ResponseReturnValue:
    """Tell a page that is open which version the card has, and what is new in it."""
    card, _ = _card(card_id)
    if request.args.get("since", type=int) == card.row.version:
        return jsonify(version=card.row.version)
    return jsonify(_told(card, dict(card.texts)))


@pages.post(CARD, endpoint="save_card")
@requires(Permission.MODERATION_SIGN)
def save(tender_id: str, card_id: str) -> ResponseReturnValue:
    """Save what was typed, field by field, or start from what an evaluator wrote."""
    card, found = _card(card_id)
    form = _sent(card, found)
    if not form.validate():
        return not_saved(texts_wrong(form), lambda: _page(card, found, form))
    try:
        done = cards.save(
            g.tender, card_id, form.texts, form.marks, start=form.start.data or "", actor=g.actor, at=clock.now()
        )
    except ModerationError as refused:
        form.form_errors.append(str(refused))
        return not_saved(texts_wrong(form), lambda: _page(card, found, form))
    return _saved(card, done)


@pages.post(f"{CARD}agree", endpoint="agree")
@requires(Permission.MODERATION_CHAIR)
def agree(tender_id: str, card_id: str) -> ResponseReturnValue:
    """Put the agreed score to the signature of those who are present."""
    card, found = _card(card_id)
    form = _sent(card, found)
    if not form.validate():
        return not_saved(texts_wrong(form), lambda: _page(card, found, form))
    try:
        agreeing.put_to_signature(
            g.tender, card_id, form.texts, form.marks, confirmed=form["confirmed"].data, actor=g.actor, at=clock.now()
        )
    except NotAgreed as refused:
        findings = refused.findings
        _place(form, findings)
        return not_saved(texts_wrong(form), lambda: _page(card, found, form, findings))
    flash("Put to signature. It is agreed once everybody who was present has signed.", "success")
    return redirect(_address("card", card_id), 303)


@pages.post(f"{CARD}sign", endpoint="sign_card")
@requires(Permission.MODERATION_SIGN)
def sign(tender_id: str, card_id: str) -> ResponseReturnValue:
    """Sign the agreed score that the page showed."""
    _card(card_id)
    form = SignForm()
    agreeing.sign(g.tender, [form.agreed.data or ""], actor=g.actor, at=clock.now())
    flash("You signed this agreed score.", "success")
    return redirect(_address("card", card_id), 303)


@pages.post(f"{CARD}take-up", endpoint="take_up")
@requires(Permission.MODERATION_CHAIR)
def take_up(tender_id: str, card_id: str) -> ResponseReturnValue:
    """Take the card up again."""
    card, found = _card(card_id)
    form = TakeUpForm()
    if not form.validate():
        return not_saved({}, lambda: _page(card, found, _filled(card, found), taking=form))
    agreeing.take_up(g.tender, card_id, reason=form.reason.data, actor=g.actor, at=clock.now())
    flash("The card is open again. What was agreed before stays on record.", "success")
    return redirect(_address("card", card_id), 303)


# --- pieces -----------------------------------------------------------------------------------------------------


def _card(card_id: str) -> tuple[reads.Card, reads.Board]:
    found = board()
    card = found.card(card_id)
    return (card, found) if card is not None else abort(404)


def _address(page: str, card_id: str) -> str:
    return url_for(f"evaluation.{page}", tender_id=g.tender.id, card_id=card_id)


def _chairs() -> bool:
    return may(g.actor, Permission.MODERATION_CHAIR, g.tender)


def _form_of(card: reads.Card, found: reads.Board) -> type[WordsForm]:
    if not _chairs():
        return WordsForm
    names = {member.id: member.name for member in found.file.panel}
    return card_form(tuple((name, names.get(name, "a former evaluator")) for name, _ in card.item.given))


def _offered(form: WordsForm, card: reads.Card, found: reads.Board) -> WordsForm:
    if "points" in form:
        form["points"].offer([(str(it.points), f"{it.points}: {it.title}") for it in reversed(card.item.scale.levels)])
        form["present"].offer([(str(reads.number_of(it)), _seat(it)) for it in _table(card, found)])
    return form


def _seat(member: PanelMember) -> str:
    return f"{member.name}, {'moderator' if 'moderator' in member.roles else 'evaluator'}"


def _table(card: reads.Card, found: reads.Board) -> tuple[PanelMember, ...]:
    return reads.at_table(g.tender.id, found.file)[card.bid.id, card.row.criterion]


def _sent(card: reads.Card, found: reads.Board) -> WordsForm:
    return _offered(_form_of(card, found)(), card, found)


def _filled(card: reads.Card, found: reads.Board) -> WordsForm:
    made = _form_of(card, found)
    values: dict[str, Any] = {name: card.texts.get(name, "") for name in made.names_of_texts}
    if "present" in values:
        values["present"] = str(values["present"]).split() or _present_last(found)
    form = made(None, **values)
    form.shown.data = json.dumps(marks_of(card.texts, made.names_of_texts))
    return _offered(form, card, found)


def _present_last(found: reads.Board) -> list[str]:
    """Return who was present when a score was put to signature last: most cards of a meeting are agreed by the same."""
    last = max((each.last for each in found.cards if each.last), key=lambda it: it.row.made_at, default=None)
    return [str(number) for number in last.present] if last else []


def _answer(card: reads.Card) -> str:
    """Return what the tenderer wrote on the question."""
    opened = opened_bid(g.tender.id, card.bid.id)
    answers = opened.submission.answers if opened else ()
    return next((each.text for each in answers if each.criterion == card.row.criterion), "")


def _place(form: WordsForm, findings: tuple[Finding, ...]) -> None:
    """Put each error at its field; what only has to be confirmed is listed on the page."""
    for each in findings:
        if each.severity == "error":
            form[each.place].errors = (*form[each.place].errors, each.message)
    if not any(each.severity == "error" for each in findings):
        form["confirmed"].errors = ("Look at what is noted below, then mend it or confirm it",)


def _saved(card: reads.Card, done: Saved) -> ResponseReturnValue:
    texts = [
        {"name": _label(name), "yours": yours, "saved": theirs} for name, (yours, theirs) in done.conflicts.items()
    ]
    if is_autosave():
        told = _told(card, dict(done.texts)) | {"saved": not texts, "key": new_key(), "taken": sorted(done.taken)}
        both = {name: {"yours": yours, "theirs": theirs} for name, (yours, theirs) in done.conflicts.items()}
        return jsonify(**told, conflicts=both), 409 if both else 200
    if texts:
        back = _address("card", card.row.id)
        return render_template("errors/409.html", tender=g.tender, texts=texts, back_url=back), 409
    return redirect(_address("card", card.row.id), 303)


def _label(name: str) -> str:
    kind = name.partition("-")[0]
    return _LABELS.get(kind) or {"cause": "Why a score moves", "said": "Who spoke for it"}[kind]


def _told(card: reads.Card, texts: dict[str, str]) -> dict[str, object]:
    """Return a card for a script: its version, its texts and their marks, and who wrote last."""
    by = db.session.get(UserRecord, card.row.changed_by)
    return {
        "version": card.row.version, "state": card.row.state, "by": by.name if by else "", "texts": texts,
        "marks": {name: mark_of(text) for name, text in texts.items()},
    }  # fmt: skip


def _page(
    card: reads.Card,
    found: reads.Board,
    form: WordsForm,
    findings: tuple[Finding, ...] = (),
    taking: TakeUpForm | None = None,
) -> str:
    scores = reads.scores_of(found.file, card.bid.id, card.row.criterion)
    at = found.cards.index(card)
    return render_template(
        "evaluation/card.html",
        **common(found),
        card=card,
        writing=form,
        form=taking or form,
        taking=taking or TakeUpForm(None),
        signing=SignForm(None, agreed=card.last.row.id if card.last else ""),
        chairs=_chairs(),
        writes=may(g.actor, Permission.MODERATION_SIGN, g.tender) and g.tender.quality_locked_at is None,
        scores=scores,
        answer=_answer(card),
        moves=_moves(scores, card),
        people=_people(found),
        noted=[each for each in findings if each.severity != "error"],
        beside=(found.cards[at - 1] if at else None, found.cards[at + 1] if at + 1 < len(found.cards) else None),
        place=(at + 1, len(found.cards)),
        words=WORDS,
        typed=printing.typed,
        now_url=_address("card_now", card.row.id),
    )


def _moves(scores: tuple[tuple[PanelMember, Score], ...], card: reads.Card) -> list[tuple[PanelMember, Score]]:
    return [(member, score) for member, score in scores if score.points is not None]


def _people(found: reads.Board) -> Mapping[int, str]:
    return {reads.number_of(member): member.name for member in found.file.panel}
