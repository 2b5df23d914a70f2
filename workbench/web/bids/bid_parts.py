"""The pages of the parts of a bid: one route shows any, one saves it; what cannot be read is kept as it was typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lots.completeness import words_in
from lots.errors import Finding, ProcurementError
from lots.lot import Lot
from lots.split.editing import EditRefused
from workbench.forms.base import PageForm
from workbench.forms.bids import lot as lot_forms
from workbench.forms.bids import whole
from workbench.forms.bids.price import PriceForm
from workbench.queries.bids.drafts import BidDraft
from workbench.queries.bids.progress import progress_of
from workbench.services import StaleError
from workbench.services.bids import drafts
from workbench.web.access import open_to_all
from workbench.web.bids import pages
from workbench.web.bids.desk import Desk, desk_of
from workbench.web.pages import error_list
from workbench.web.writing import not_saved, saved
from workbench.workspace import Piece

Maker = Callable[[BidDraft, str], Any]


@dataclass(frozen=True)
class BidPage:
    """A part's page: the class of its form, made from the rules, and its template."""

    name: str
    title: str
    form: Maker
    per_lot: bool = False

    @property
    def template(self) -> str:
        """Return the template of the page."""
        return f"bids/bid_{self.name}.html"


def _always(form: type[PageForm]) -> Maker:
    return lambda _draft, _lot: form


PAGES: Mapping[str, BidPage] = {
    page.name: page
    for page in (
        BidPage("lots", "Lots", _always(whole.LotsForm)),
        BidPage("organisations", "Organisations", _always(whole.OrganisationsForm)),
        BidPage("people", "People", _always(whole.PeopleForm)),
        BidPage("declarations", "Declarations", lambda draft, _: whole.declarations_form(draft.file.tender.regime)),
        BidPage("price", "Price and split", _always(PriceForm), per_lot=True),
        BidPage("costs", "Unit prices and other costs", lot_forms.costs_form, per_lot=True),
        BidPage("answers", "Answers", lot_forms.answers_form, per_lot=True),
        BidPage("requirements", "Requirements", lot_forms.requirements_form, per_lot=True),
        BidPage("social_value", "Social value", lot_forms.social_value_form, per_lot=True),
    )
}


@pages.get("/notices/<tender_id>/bid/edit/<kind>", endpoint="bid_part")
@pages.get("/notices/<tender_id>/bid/lots/<key>/edit/<kind>", endpoint="bid_part")
@open_to_all
def show_part(tender_id: str, kind: str, key: str = "") -> ResponseReturnValue:
    """Show a part's page, filled with what is saved or was typed."""
    desk, page = _found(tender_id, kind, key)
    return _page(desk, page, key, page.form(desk.draft, key).open(desk.draft, kind, key))


@pages.post("/notices/<tender_id>/bid/edit/<kind>", endpoint="save_bid_part")
@pages.post("/notices/<tender_id>/bid/lots/<key>/edit/<kind>", endpoint="save_bid_part")
@open_to_all
def save_part(tender_id: str, kind: str, key: str = "") -> ResponseReturnValue:
    """Save a part; what cannot be read yet is kept as it was typed, and the page says what to mend."""
    desk, page = _found(tender_id, kind, key)
    form = page.form(desk.draft, key)(draft=desk.draft, lot=key)
    if "do" in request.form and isinstance(form, PriceForm):
        status = 200 if _acted(form, request.form["do"]) else 422
        form.quiet = status == 200
        return _page(desk, page, key, form), status
    content, version = _content(form), form.version or 0
    if content is None:
        drafts.leave_unfinished(desk.draft, kind, key, form.typed(), version=version, at=desk.at)
        form.hold(version + 1)
        return not_saved(_wrong(form), lambda: _page(desk, page, key, form), version + 1)
    drafts.save_part(desk.draft, kind, key, content, version=version, at=desk.at)
    return saved(url_for("bids.home", tender_id=tender_id), version=version + 1, at=desk.at)


def _acted(form: PriceForm, what: str) -> bool:
    """Do what a button of the split says, on the page alone; nothing is saved by it."""
    try:
        return form.act(what) or abort(400)
    except EditRefused as refusal:
        form.form_errors.append(str(refusal))
        return False


def _content(form: Any) -> Any:
    """Read the form; None where something in it cannot be read, each field saying what."""
    if not form.validate():
        return None
    try:
        return form.content()
    except StaleError:
        raise
    except ProcurementError as refusal:
        form.form_errors.append(str(refusal))
        return None


def _wrong(form: Any) -> dict[str, list[str]]:
    wrong: dict[str, list[str]] = {}
    for entry in error_list(form):
        wrong.setdefault(entry.get("href", "").lstrip("#"), []).append(entry["text"])
    return wrong


def _found(tender_id: str, kind: str, key: str) -> tuple[Desk, BidPage]:
    """Open the draft and find the page; 404 for a part or a lot there is none of."""
    page = PAGES.get(kind)
    if page is None or page.per_lot != bool(key):
        abort(404)
    desk = desk_of(tender_id)
    if key:
        desk.lot(key)
    return desk, page


def _page(desk: Desk, page: BidPage, key: str, form: Any) -> str:
    piece: Piece = desk.draft.workspace.part(page.name, key)
    lot = desk.lot(key) if key else None
    names = {"tender_id": desk.tender_id, "kind": page.name} | ({"key": key} if key else {})
    return render_template(
        page.template, desk=desk, tender=desk.invitation.tender, page=page, form=form, piece=piece, lot=lot,
        names=names, method=desk.invitation.methodology(key) if key else None, file=desk.draft.file,
        words_in=words_in, found=_found_of(desk, page, lot),
    )  # fmt: skip


def _found_of(desk: Desk, page: BidPage, lot: Lot | None) -> list[Finding]:
    """Say what the rules find wrong with a part as it is saved."""
    if lot is None or page.name != "price":
        return []
    return [each for each in progress_of(desk.draft, lot, desk.at).findings if each.place == page.name]
