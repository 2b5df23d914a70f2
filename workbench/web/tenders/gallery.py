"""The gallery of price formulas: each as it will be printed, drawn and worked for this lot, and chosen here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from flask import abort, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from exports.reports.curves import HEIGHT, WIDTH, curve_svg
from lots.errors import ProcurementError
from lots.money import Money
from scoring.catalogue import FORMULAS
from scoring.figures import Rounding
from scoring.formulas import PriceMethod
from scoring.gallery.entries import Entry, entry
from scoring.gallery.suggestions import suggested
from scoring.methodology import Methodology
from workbench import clock
from workbench.forms.base import PageForm
from workbench.forms.fields import ChoiceField
from workbench.forms.tenders.methodology import grouped
from workbench.forms.tenders.part import plain
from workbench.parts import Part
from workbench.policies import Permission
from workbench.queries.criteria import judged, methodology_of
from workbench.queries.money_of_lots import budget_of
from workbench.queries.tenders import Draft, draft_of
from workbench.services import StaleError, tenders
from workbench.services.tenders import Change, flat
from workbench.web.access import requires
from workbench.web.tenders import pages

_GALLERY = "/tenders/<tender_id>/methodology/<key>/gallery/"
_SIZE = f'width="{WIDTH}" height="{HEIGHT}" '  # left out, so that a curve is as wide as its column
_USUAL = Fraction(30)
"""What price weighs in the examples while it weighs nothing in the methodology."""


class ChooseForm(PageForm):
    """The formula that was chosen."""

    formula = ChoiceField(
        "Formula", choices=[(key, info.title) for key, info in FORMULAS.items()], required="Choose a formula"
    )


@dataclass(frozen=True)
class Shown:
    """One formula of the gallery, its curve drawn; ``chosen`` where the methodology has it now."""

    entry: Entry
    curve: Markup
    chosen: bool


@pages.get(_GALLERY)
@requires(Permission.TENDER_VIEW)
def gallery(tender_id: str, key: str) -> ResponseReturnValue:
    """Show every formula with this lot's budget and price weight."""
    draft, part, value = _opened(key)
    budget, weight = budget_of(draft, value.lots), weight_of(value)
    shown = [_shown(name, value, budget, weight) for name in FORMULAS]
    return render_template(
        "tenders/gallery.html", tender=g.tender, key=key, value=value, lots=judged(draft, part).lots, budget=budget,
        weight=weight, usual=value.priced is None, form=ChooseForm(version=part.version), back=_back(key),
        grouped=grouped, two=Rounding(2), six=Rounding(6),
        marks=[each for each in shown if each.entry.info.kind == "marks"],
        methods=[each for each in shown if each.entry.info.kind == "method"],
    )  # fmt: skip


@pages.post(_GALLERY)
@requires(Permission.TENDER_EDIT)
def choose(tender_id: str, key: str) -> ResponseReturnValue:
    """Choose a formula, with the figures that suit the lot; they can be changed afterwards."""
    draft, part, value = _opened(key)
    form = ChooseForm()
    if not form.validate():
        abort(400)
    if form.version != part.version:
        raise StaleError({"price.formula": form.formula.data}, flat(part.content))
    price = value.price
    if price.formula != form.formula.data:
        price = suggested(form.formula.data, budget_of(draft, value.lots), weight_of(value))
    kept = {name: texts for name, texts in part.typed.items() if not name.startswith("price-parameters-")}
    change = Change(part, plain(replace(value, price=price)), kept)
    what = f"price formula {price.formula} chosen"
    tenders.save_parts(g.tender, [change], what, actor=g.actor, at=clock.now())
    return redirect(_back(key), 303)


def weight_of(value: Methodology) -> Fraction:
    """Return the weight of price for examples: that of the methodology, or a usual one where it has none."""
    weight = value.priced.weight if value.priced else Fraction(0)
    return weight if 0 < weight <= 100 else _USUAL


def _opened(key: str) -> tuple[Draft, Part, Methodology]:
    draft = draft_of(g.tender)
    part = draft.part("methodology", key)
    value = methodology_of(part)
    return (draft, part, value) if value is not None else abort(404)


def _shown(name: str, value: Methodology, budget: Money, weight: Fraction) -> Shown:
    chosen = value.price.formula == name
    made = _entry(value.price if chosen else suggested(name, budget, weight), budget, weight)
    curve = curve_svg(
        made.points, name=f"curve-{name}", title=f"{made.info.title}: one bid’s price moving",
        description=_description(made), axis=made.axis, most=made.most,
    )  # fmt: skip
    return Shown(made, Markup(curve.replace(_SIZE, "", 1)), chosen)


def _entry(method: PriceMethod, budget: Money, weight: Fraction) -> Entry:
    """Work the entry with the figures typed, or with the suggested ones where those cannot be used."""
    try:
        return entry(method, budget, weight)
    except ProcurementError:
        return entry(suggested(method.formula, budget, weight), budget, weight)


def _description(made: Entry) -> str:
    if not made.points:
        return "There is nothing to draw at these prices."
    first, last = made.points[0], made.points[-1]
    return f"From {_say(first.price)} to {_say(last.price)}; the other two bids of the example stay as they are."


def _say(price: Fraction) -> str:
    return str(Money(int(price * 100)))


def _back(key: str) -> str:
    return url_for("tenders.part", tender_id=g.tender.id, kind="methodology", key=key) + "#price"
