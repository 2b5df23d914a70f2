"""The pages of single criteria: change one, add one, move or remove it, here and where other lots share it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from flask import abort, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from scoring.criteria import Criterion
from scoring.methodology import Methodology
from workbench import clock
from workbench.criteria_tree import TOP, TreeError, added, changed, found, moved, nodes, path_of, without
from workbench.forms.tenders.criteria import CriterionForm, TreeMoveForm, data_of, form_for
from workbench.forms.tenders.funding import title_of
from workbench.forms.tenders.moves import DIRECTIONS, PlainForm
from workbench.forms.tenders.part import plain
from workbench.parts import Part
from workbench.policies import Permission
from workbench.queries.criteria import SHARED, Other, methodology_of, others_under, others_with
from workbench.queries.tenders import Draft, draft_of
from workbench.services import StaleError, tenders
from workbench.services.tenders import Change, flat
from workbench.web.access import requires
from workbench.web.tenders import pages
from workbench.web.tenders.parts import texts_wrong
from workbench.web.writing import not_saved, saved

_TREE = "/tenders/<tender_id>/methodology/<key>/criteria"


@dataclass(frozen=True)
class Opened:
    """A criterion on its page: its methodology and its place; a new one has the place it is put under."""

    draft: Draft
    part: Part
    value: Methodology
    path: tuple[int, ...]
    criterion: Criterion
    new: bool = False

    @property
    def top(self) -> bool:
        """Say whether it is one of the top criteria."""
        return not self.path if self.new else len(self.path) == 1

    @property
    def others(self) -> tuple[Other, ...]:
        """List the methodologies that share it, or could."""
        if self.new:
            return others_under(self.draft, self.part, found(self.value.criteria, self.path) if self.path else None)
        return others_with(self.draft, self.part, self.criterion)


@pages.get(f"{_TREE}/<place>/edit", endpoint="criterion")
@requires(Permission.TENDER_VIEW)
def show_criterion(tender_id: str, key: str, place: str) -> ResponseReturnValue:
    """Show a criterion."""
    opened = _opened(key, place)
    return _page(opened, _shown(opened))


@pages.post(f"{_TREE}/<place>/edit", endpoint="save_criterion")
@requires(Permission.TENDER_EDIT)
def save_criterion(tender_id: str, key: str, place: str) -> ResponseReturnValue:
    """Save a criterion, here and in the lots that were ticked."""
    opened = _opened(key, place)
    form = _sent(opened)
    if not form.validate():
        return not_saved(texts_wrong(form), lambda: _page(opened, form))
    criterion = form.criterion(opened.criterion)
    own = replace(opened.value, criteria=changed(opened.value.criteria, opened.path, criterion))
    kept = {name: texts for name, texts in opened.part.typed.items() if name != f"{_field(opened)}-weight"}
    changes = [Change(opened.part, plain(own), kept), *(_shared(other, criterion) for other in _ticked(opened, form))]
    return _carried_out(opened, changes, f"criterion {criterion.id} changed")


@pages.get(f"{_TREE}/<place>/add")
@requires(Permission.TENDER_EDIT)
def new_criterion(tender_id: str, key: str, place: str) -> ResponseReturnValue:
    """Show the page of a criterion that is to be put under another, or at the top."""
    opened = _opened(key, place, new=True)
    return _page(opened, _shown(opened))


@pages.post(f"{_TREE}/<place>/add")
@requires(Permission.TENDER_EDIT)
def add_criterion(tender_id: str, key: str, place: str) -> ResponseReturnValue:
    """Add a criterion, here and in the lots that were ticked."""
    opened = _opened(key, place, new=True)
    form = _sent(opened)
    if not form.validate():
        return not_saved(texts_wrong(form), lambda: _page(opened, form))
    try:
        changes = _additions(opened, form)
    except TreeError as refusal:
        form.form_errors.append(str(refusal))
        return not_saved(texts_wrong(form), lambda: _page(opened, form))
    return _carried_out(opened, changes, "criterion added")


@pages.get(f"{_TREE}/<place>/remove")
@requires(Permission.TENDER_EDIT)
def ask_remove_criterion(tender_id: str, key: str, place: str) -> ResponseReturnValue:
    """Ask before a criterion, with its parts, is taken out."""
    opened = _opened(key, place)
    names = _names(opened)
    return render_template(
        "tenders/criterion_remove.html", tender=g.tender, opened=opened, names=names, back=_back(opened),
        form=PlainForm(version=opened.part.version), below=len(list(nodes(opened.criterion.parts))),
    )  # fmt: skip


@pages.post(f"{_TREE}/<place>/remove")
@requires(Permission.TENDER_EDIT)
def remove_criterion(tender_id: str, key: str, place: str) -> ResponseReturnValue:
    """Take a criterion out of this methodology."""
    opened = _opened(key, place)
    PlainForm()
    tree = without(opened.value.criteria, opened.path)
    return _carried_out(opened, [_restructured(opened, tree)], f"criterion {opened.criterion.id} removed")


@pages.post(f"{_TREE}/move")
@requires(Permission.TENDER_EDIT)
def move_criterion(tender_id: str, key: str) -> ResponseReturnValue:
    """Move a criterion up or down among those beside it."""
    form = TreeMoveForm()
    direction, _, place = (form.move.data or "").partition(" ")
    if not form.validate() or direction not in DIRECTIONS or place == TOP:
        abort(400)
    opened = _opened(key, place)
    tree = moved(opened.value.criteria, opened.path, DIRECTIONS[direction])
    return _carried_out(opened, [_restructured(opened, tree)], f"criterion {opened.criterion.id} moved {direction}")


# --- opening ------------------------------------------------------------------------------------------------


def _opened(key: str, place: str, *, new: bool = False) -> Opened:
    """Load the criterion that the address names; a write from a page that was overtaken is told of both texts."""
    draft = draft_of(g.tender)
    part = draft.part("methodology", key)
    value = methodology_of(part)
    if value is None:
        abort(404)
    if request.method == "POST" and request.form.get("_version") != str(part.version):
        raise StaleError({name: request.form[name] for name in request.form if name[:1] != "_"}, flat(part.content))
    try:
        path = path_of(place)
        if new:
            parent = found(value.criteria, path) if path else None
            return Opened(draft, part, value, path, _fresh(draft, parent), new=True)
        return Opened(draft, part, value, path, found(value.criteria, path))
    except TreeError:
        abort(404)


def _fresh(draft: Draft, parent: Criterion | None) -> Criterion:
    """Return what a new criterion begins with; the first part of one takes over what that asked."""
    scale = next((each.key for each in draft.of("scale")), "")
    if parent is None:
        return Criterion("", "", Decimal(0), "quality", scale)
    if parent.parts:
        return Criterion("", "", Decimal(0), None, next((each.scale for each in parent.parts if each.scale), scale))
    return Criterion("", "", Decimal(0), None, parent.scale or scale, parent.question, parent.word_limit)


def _form(opened: Opened, *arguments: Any, **values: Any) -> CriterionForm:
    form = form_for(opened.top, bool(opened.criterion.parts))(*arguments, **values)
    scales = [(each.key, title_of(each)) for each in opened.draft.of("scale")]
    form.offer(scales, [(other.part.key, other.title) for other in opened.others], opened.criterion.scale)
    form.rename({"minimum": "Least share of its marks, in per cent" if opened.criterion.parts else "Minimum points"})
    return form


def _shown(opened: Opened) -> CriterionForm:
    """Show what is saved; ticked are the lots in which it is the same now."""
    others = opened.others
    shown = data_of(opened.criterion) | {"also": [other.part.key for other in others if other.same]}
    if opened.new:
        shown["weight"] = None
    seen = " ".join(f"{other.part.key}={other.part.version}" for other in others)
    return _form(opened, None, version=opened.part.version, data={**shown, "seen": seen})


def _sent(opened: Opened) -> CriterionForm:
    return _form(opened)


def _ticked(opened: Opened, form: CriterionForm) -> list[Other]:
    """Return the other methodologies to change; StaleError where one was changed since it was on the page.

    One that still asks what is saved here holds nothing that the page did not show.
    """
    seen = dict(pair.rpartition("=")[::2] for pair in (form.seen.data or "").split())
    ticked = [other for other in opened.others if other.part.key in (form.also.data or ())]
    for other in ticked:
        if seen.get(other.part.key) != str(other.part.version) and not other.same:
            raise StaleError(
                {name: str(form[name].data or "") for name in SHARED if name in form}, flat(other.part.content)
            )
    return ticked


# --- changing -----------------------------------------------------------------------------------------------


def _shared(other: Other, criterion: Criterion) -> Change:
    """Change the same criterion in another methodology; its weight and its parts there stay."""
    there = found(other.value.criteria, other.path)
    common = {name: getattr(criterion, name) for name in SHARED}
    if there.parts or criterion.parts:
        common = {"title": criterion.title}
    tree = changed(other.value.criteria, other.path, replace(there, **common))
    return Change(other.part, plain(replace(other.value, criteria=tree)), other.part.typed)


def _additions(opened: Opened, form: CriterionForm) -> list[Change]:
    """Add the criterion under one id that is free in every methodology it goes into."""
    places = [(opened.part, opened.value, opened.path)]
    places += [(other.part, other.value, other.path) for other in _chosen(opened, form)]
    criterion = form.criterion(opened.criterion)
    taken = {node.criterion.id for _, value, _ in places for node in nodes(value.criteria)}
    free = (name for name in (criterion.id, *(f"{criterion.id}_{n}" for n in range(2, 10**4))) if name not in taken)
    criterion = replace(criterion, id=next(free))
    return [
        Change(part, plain(replace(value, criteria=added(value.criteria, path, criterion))), part.typed)
        for part, value, path in places
    ]


def _chosen(opened: Opened, form: CriterionForm) -> list[Other]:
    """Return the methodologies to add to: adding overwrites nothing, so that their versions do not matter."""
    return [other for other in opened.others if other.part.key in (form.also.data or ())]


def _restructured(opened: Opened, tree: tuple[Criterion, ...]) -> Change:
    """Change the order of things: weights typed and not readable yet belonged to the old places, and go."""
    kept: Mapping[str, Sequence[str]] = {
        name: texts for name, texts in opened.part.typed.items() if not name.startswith("criteria-")
    }
    return Change(opened.part, plain(replace(opened.value, criteria=tree)), kept)


def _carried_out(opened: Opened, changes: Sequence[Change], what: str) -> ResponseReturnValue:
    at = clock.now()
    tenders.save_parts(g.tender, changes, what, actor=g.actor, at=at)
    return saved(_back(opened), version=opened.part.version + 1, at=at)


# --- showing ------------------------------------------------------------------------------------------------


def _field(opened: Opened) -> str:
    return next(node.field for node in nodes(opened.value.criteria) if path_of(node.place) == opened.path)


def _names(opened: Opened) -> dict[str, str]:
    place = "-".join(map(str, opened.path)) or TOP
    return {"tender_id": g.tender.id, "key": opened.part.key, "place": place}


def _back(opened: Opened) -> str:
    """Give the page to go on from: the table of the methodology, at this criterion."""
    page = url_for("tenders.part", tender_id=g.tender.id, kind="methodology", key=opened.part.key)
    return f"{page}#criteria"


def _page(opened: Opened, form: CriterionForm) -> str:
    parent = found(opened.value.criteria, opened.path if opened.new else opened.path[:-1]) if not opened.top else None
    return render_template(
        "tenders/criterion.html", tender=g.tender, opened=opened, form=form, names=_names(opened), back=_back(opened),
        parent=parent, others=opened.others,
    )  # fmt: skip
