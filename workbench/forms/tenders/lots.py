"""A lot with its three numbers and its term, and the limit on what one tenderer may win."""

from __future__ import annotations

from typing import Any, cast

from wtforms import FieldList, Form, FormField

from lots.funding import LONGEST_TERM
from lots.lot import Break, Lot, Route, Term
from scoring.limits.lot_limit import LotLimit, Rule
from workbench.forms.fields import (
    ChoiceField,
    DayField,
    LongTextField,
    MoneyField,
    PickField,
    TextField,
    TickField,
    WholeField,
)
from workbench.forms.tenders.funding import lot_choices, with_gone
from workbench.forms.tenders.part import PartForm, saved, slug
from workbench.forms.tenders.rows import BLANK_ROWS, Rows, is_blank
from workbench.parts import Part
from workbench.queries.tenders import Draft

ROUTES = (
    ("contract", "Contract: tendered for here"),
    ("grant", "Grant: given outside this procurement"),
    ("to_be_confirmed", "Not settled yet"),
)
RULE_TITLES = {
    "lot_order": "The lots in their order",
    "tenderer_preference": "What each tenderer prefers",
    "greatest_total_score": "The greatest sum of scores",
}
NO_LIMIT = "none"
MOST_TEXTS = 60


class Texts(FieldList):
    """Texts of one line each, and some empty boxes below them; an emptied one disappears with the save."""

    def __init__(self, label: str, *, blank: int = BLANK_ROWS, longest: int = 200, **options: Any) -> None:
        self.blank = blank
        super().__init__(TextField(label, most=longest), label, max_entries=MOST_TEXTS, **options)

    def process(self, formdata: Any, *args: Any, **options: Any) -> None:
        """Fill the boxes; a page that is shown anew ends in empty ones."""
        super().process(formdata, *args, **options)
        for _ in range(self.blank if not formdata else 0):
            if len(self.entries) < (self.max_entries or 0):
                self.append_entry()

    def filled(self) -> tuple[str, ...]:
        """Return what stands in the boxes that are not empty."""
        return tuple(entry.data for entry in self.entries if entry.data)


class BreakRow(Form):
    """A right to end the contract early."""

    after_year = WholeField(
        "After year", least=1, most=LONGEST_TERM, required="Enter the contract year after which it may end"
    )
    notice_months = WholeField("Months’ notice", most=600, required="Enter how many months’ notice is due")


class TermForm(Form):
    """How long the contract runs; all of it empty for a lot that is no contract."""

    start = DayField("First day of the service", description="For example, 1 4 2027.")
    initial_years = WholeField("Initial years", least=1, most=LONGEST_TERM)
    extension_years = WholeField("Years it may be extended by", most=LONGEST_TERM, description="0 for none.")
    breaks = Rows(BreakRow, blank=2, most=40)


class LotForm(PartForm):
    """One lot."""

    holds = Lot

    title = TextField("What the lot is called", required="Enter what the lot is called", most=200)
    description = LongTextField(
        "What is wanted", most=5000, description="Who is to be helped and how; tenderers read it first."
    )
    route = ChoiceField("How it is bought", choices=ROUTES, required="Say how the lot is bought")
    annual_budget = MoneyField("Annual budget", required="Enter the annual budget")
    base_value = MoneyField("Base value")
    maximum_potential_spend = MoneyField("Maximum potential spend")
    term = FormField(TermForm)
    cpv = Texts("CPV code", blank=2, longest=20)
    outcomes = Texts("Outcome", blank=2, longest=500)
    work_out = TickField("Work the base value out with this save: the annual budget times all years of the term")

    def validate(self, *args: Any, **options: Any) -> bool:
        """Check the fields, then that a term which is begun has its start and its years."""
        good = super().validate(*args, **options)
        term = self.term.form
        for field, message in (
            (term.start, "Enter the first day of the service, or empty the whole term"),
            (term.initial_years, "Enter how many years the contract runs at first, or empty the whole term"),
        ):
            if field.data is None and not field.errors and not is_blank(term):
                field.errors = [message]
                good = False
        if self.work_out.data and is_blank(term):
            self.base_value.errors = ["Enter the term first: the base value is the annual budget times all its years"]
            good = False
        return good

    def value(self, draft: Draft, part: Part) -> Lot:
        """Build the lot; its rules and requirements are parts of their own, and its uplifts stay as they are."""
        term, before = self._term(), saved(Lot, part.content)
        base = self.base_value.data
        if self.work_out.data and term:
            base = self.annual_budget.data * term.years
        return Lot(
            id=part.key or slug(self.title.data),
            title=self.title.data,
            annual_budget=self.annual_budget.data,
            route=cast(Route, self.route.data),
            description=self.description.data or "",
            base_value=base,
            maximum_potential_spend=self.maximum_potential_spend.data,
            term=term,
            cpv=self.cpv.filled(),
            outcomes=self.outcomes.filled(),
            uplifts=before.uplifts if before else (),
        )

    def _term(self) -> Term | None:
        term = self.term.form
        if is_blank(term):
            return None
        breaks = tuple(Break(row.after_year.data, row.notice_months.data) for row in term.breaks.filled())
        return Term(term.start.data, term.initial_years.data, term.extension_years.data or 0, breaks)


class LimitForm(PartForm):
    """The most that one tenderer may win, and the rule by which it is applied."""

    holds = LotLimit

    rule = ChoiceField(
        "How the lots are awarded under the limit",
        choices=((NO_LIMIT, "There is no limit"), *((rule, title) for rule, title in RULE_TITLES.items())),
        required="Choose a rule, or that there is no limit",
    )
    maximum_lots = WholeField("Most lots one tenderer may win", least=1, most=1000)
    maximum_spend = MoneyField("Most money one tenderer’s winning bids may come to")
    lot_order = FieldList(PickField("Lot"), "The published order of the lots", max_entries=1000)

    @classmethod
    def data_of(cls, content: Any, draft: Draft) -> Any:
        """Show the limit; an order shorter than the lots ends in empty boxes."""
        shown = dict(super().data_of(content or None, draft)) or {"rule": NO_LIMIT if content == {} else ""}
        order = list(shown.get("lot_order", ()))
        wanted = len(lot_choices(draft, contracts=True))
        return {**shown, "lot_order": order + [""] * (wanted - len(order))}

    def prepare(self, draft: Draft, part: Part) -> None:
        """Offer the contract lots, and any that the saved order names although it is none now."""
        lots = with_gone(lot_choices(draft, contracts=True), (part.content or {}).get("lot_order", ()))
        for entry in self.lot_order.entries:
            entry.offer([("", "Choose a lot"), *lots])

    def content(self, draft: Draft, part: Part) -> Any:
        """Return the limit; nothing in it where there is none."""
        return {} if self.rule.data == NO_LIMIT else super().content(draft, part)

    def value(self, draft: Draft, part: Part) -> LotLimit:
        """Build the limit."""
        order = tuple(entry.data for entry in self.lot_order.entries if entry.data)
        return LotLimit(cast(Rule, self.rule.data), self.maximum_lots.data, self.maximum_spend.data, order)
