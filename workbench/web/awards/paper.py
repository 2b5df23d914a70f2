"""The pages of the decision paper: each saved as it is typed, with what is still missing beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, g, render_template, url_for
from flask.typing import ResponseReturnValue

from lots.calendar import london
from scoring.criteria import walk
from scoring.reasons.letters import letter_gate
from workbench import clock, printing
from workbench.forms.awards.base import PaperForm, Writing
from workbench.forms.awards.paper import AdviceForm, BackgroundForm, DecisionForm, LetterForm, PeopleForm
from workbench.forms.awards.terms import ConditionsForm, DaysForm, NoticeForm, PublicationForm
from workbench.policies import Permission
from workbench.queries.awards.completeness import LETTERS, TITLES, Lack, State, part_name, state_of
from workbench.queries.awards.drafting import drafts, letter_bids, letter_page
from workbench.queries.awards.paper import PaperPart, parts_of
from workbench.services.awards import paper
from workbench.web.access import can, requires
from workbench.web.awards import pages
from workbench.web.awards.entry import enter, evaluated
from workbench.web.evaluation.guard import readable
from workbench.web.tenders.parts import texts_wrong
from workbench.web.writing import is_autosave, not_saved, saved

FORMS: Mapping[str, type[PaperForm]] = {
    "decision": DecisionForm, "background": BackgroundForm, "advice": AdviceForm, "people": PeopleForm,
    "publication": PublicationForm, "conditions": ConditionsForm, "days": DaysForm, "notice": NoticeForm,
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """A page of the paper that is being read or written: its name, or a letter's bid, and its part as saved."""

    page: str
    part: PaperPart
    form: type[PaperForm]
    bid: str = ""

    @property
    def url(self) -> str:
        """Return the address of the page."""
        if self.bid:
            return url_for("awards.letter", tender_id=g.tender.id, bid_id=self.bid)
        return url_for("awards.paper_page", tender_id=g.tender.id, part=self.page)


@pages.get("/tenders/<tender_id>/award/paper/<part>", endpoint="paper_page")
@requires(Permission.AWARD_VIEW)
def show_page(tender_id: str, part: str) -> ResponseReturnValue:
    """Show a page of the decision paper, with a draft from the record where nothing is saved yet."""
    return _show(_place(part))


@pages.post("/tenders/<tender_id>/award/paper/<part>", endpoint="save_paper")
@requires(Permission.AWARD_WRITE)
def save_page(tender_id: str, part: str) -> ResponseReturnValue:
    """Save a page of the decision paper."""
    return _save(_place(part))


@pages.get("/tenders/<tender_id>/award/letters/", endpoint="letter_list")
@requires(Permission.AWARD_VIEW)
def list_letters(tender_id: str) -> ResponseReturnValue:
    """List the letters to unsuccessful tenderers, each with what it lacks."""
    enter()
    parts = parts_of(tender_id)
    state = state_of(evaluated(), parts)
    return render_template(
        "awards/letters.html", tender=g.tender, bids=letter_bids(evaluated()), state=state, parts=parts,
        readiness=rail(state), part_name=part_name, evaluation=evaluated(),
    )  # fmt: skip


@pages.get("/tenders/<tender_id>/award/letters/<bid_id>", endpoint="letter")
@requires(Permission.AWARD_VIEW)
def show_letter(tender_id: str, bid_id: str) -> ResponseReturnValue:
    """Show the words of one letter beside that bid's agreed scores and those of the successful one."""
    return _show(_letter(bid_id))


@pages.post("/tenders/<tender_id>/award/letters/<bid_id>", endpoint="save_letter")
@requires(Permission.AWARD_WRITE)
def save_letter(tender_id: str, bid_id: str) -> ResponseReturnValue:
    """Save the words of one letter."""
    return _save(_letter(bid_id))


# --- the rail ---------------------------------------------------------------------------------------------------


def rail(state: State) -> list[dict[str, Any]]:
    """Prepare what is still missing for its macro: a group for each page."""
    return [
        {
            "title": title, "href": page_url(page), "done": page in state.saved or page == LETTERS,
            "findings": [said(lack) for lack in state.of(page)],
        }
        for page, title in TITLES.items()
        if page in FORMS or state.of(page) or page == LETTERS
    ]  # fmt: skip


def said(lack: Lack) -> dict[str, Any]:
    """Prepare one thing that is missing, with the address of the field that mends it."""
    where = url_for("awards.letter", tender_id=g.tender.id, bid_id=lack.bid) if lack.bid else page_url(lack.page)
    href = f"{where}#{lack.field}" if where and lack.field else where
    return {"severity": lack.finding.severity, "message": lack.finding.message, "href": href}


def page_url(page: str) -> str:
    """Give the address of a page of the paper; nothing for what is mended elsewhere."""
    if page == LETTERS:
        return url_for("awards.letter_list", tender_id=g.tender.id)
    return url_for("awards.paper_page", tender_id=g.tender.id, part=page) if page in FORMS else ""


# --- pieces -----------------------------------------------------------------------------------------------------


def _place(page: str) -> Place:
    if page not in FORMS:
        abort(404)
    enter()
    return Place(page, parts_of(g.tender.id).get(page, PaperPart(page)), FORMS[page])


def _letter(bid: str) -> Place:
    enter()
    readable(bid)
    if bid not in {own.bid.id for _, own in letter_bids(evaluated())}:
        abort(404)
    name = part_name(LETTERS, bid)
    return Place(LETTERS, parts_of(g.tender.id).get(name, PaperPart(name)), LetterForm, bid)


def _writing(place: Place) -> Writing:
    file = evaluated().file
    assert file.award is not None
    criteria = {each.id: each.title for method in file.methodologies for each, _ in walk(method.criteria)}
    return Writing(
        file.tender.regime, file.tender.contract_lots, tuple(criteria.items()),
        tuple((each.name, each.title) for each in file.award.signatories),
        g.actor.job_title or g.actor.name, london(clock.now()).date(), place.part,
    )  # fmt: skip


def _show(place: Place) -> str:
    draft = drafts(evaluated()).get(place.page) if place.part.content is None else None
    return _page(place, place.form.open(_writing(place), draft), drafted=bool(draft) and not place.part.typed)


def _save(place: Place) -> ResponseReturnValue:
    writing = _writing(place)
    form = place.form(writing=writing)
    part = PaperPart(place.part.name, place.part.content, version=form.version or 0)
    if not form.validate():
        paper.leave_unfinished(g.tender, part, form.typed(), actor=g.actor, at=clock.now())
        form.hold(part.version + 1)
        g.pop("decision_evaluation", None)
        return not_saved(texts_wrong(form), lambda: _page(place, form), part.version + 1)
    content = form.content(writing)
    content = {"bid": place.bid, **content} if place.bid else content
    at = clock.now()
    paper.save(g.tender, part, content, actor=g.actor, at=at)
    if not is_autosave():
        flash("Saved.", "success")
    return saved(_onward(place), version=part.version + 1, at=at)


def _onward(place: Place) -> str:
    """Lead to the next page of the paper, and from the last one to the decision."""
    if place.bid:
        return url_for("awards.letter_list", tender_id=g.tender.id)
    names = list(FORMS)
    at = names.index(place.page) + 1
    return page_url(names[at]) if at < len(names) else url_for("awards.award", tender_id=g.tender.id)


def _page(place: Place, form: PaperForm, *, drafted: bool = False) -> str:
    state = state_of(evaluated(), parts_of(g.tender.id))
    lacks = [said(lack) for lack in state.of(place.page, place.bid)] + _weak(place)
    editable = can(Permission.AWARD_WRITE, g.tender) and paper.may_write(g.tender.stage, place.part.name)
    return render_template(
        "awards/paper_letter.html" if place.bid else "awards/paper.html",
        tender=g.tender, place=place, form=form, said=lacks, readiness=_calm(rail(state), place), drafted=drafted,
        editable=editable,
        title=TITLES[place.page], letter=letter_page(evaluated(), place.bid) if place.bid else None,
        typed=printing.typed, regime=evaluated().file.tender.regime,
    )  # fmt: skip


def _calm(groups: list[dict[str, Any]], place: Place) -> list[dict[str, Any]]:
    """Tell only what concerns this page; of the others, how much is missing."""
    own = "" if place.bid else TITLES[place.page]
    return [{**group, "shown": group["title"] == own} for group in groups]


def _weak(place: Place) -> list[dict[str, Any]]:
    """Say what a reader of a letter would miss in its words."""
    award = evaluated().file.award
    text = next((each for each in award.letters if each.bid == place.bid), None) if award and place.bid else None
    found = letter_gate(text, award.letters) if award and text else ()
    return [{"severity": each.severity, "message": each.message, "href": f"#{each.place}"} for each in found]
