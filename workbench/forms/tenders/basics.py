"""The basics of a tender: its name, its buyer, the law it is run under, and the days that do not count."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from wtforms import Form, FormField

from lots.organisation import Buyer, Identifier
from lots.regime import Regime
from lots.tender import Division, OneOffHoliday
from lots.thresholds import VatBasis
from workbench.forms.fields import ChoiceField, DayField, LongTextField, TextField, TicksField
from workbench.forms.tenders.rows import Rows
from workbench.forms.tenders.start import DAY_HINT, REGIMES
from workbench.forms.tenders.whole import TenderForm, lines_of, values_of
from workbench.parts import LONGEST, Part
from workbench.queries.tenders import Draft

DIVISIONS = (("ENG", "England"), ("WLS", "Wales"), ("SCT", "Scotland"), ("NIR", "Northern Ireland"))
VAT = ((VatBasis.EXCLUSIVE.value, "Without VAT"), (VatBasis.INCLUSIVE.value, "With VAT"))


class IdentifierRow(Form):
    """One registration of the buyer."""

    scheme = TextField("Register", required="Enter the register, such as GB-PPON", most=40)
    id = TextField("Number", required="Enter the number", most=80)


class BuyerForm(Form):
    """The authority that buys."""

    name = TextField("Name", required="Enter the buyer’s name", most=200)
    short_name = TextField("Short name", required="Enter a short name", most=80)
    address = LongTextField("Address, a line each", most=500)
    email = TextField("E-mail address", most=255)
    telephone = TextField("Telephone", most=40)
    identifiers = Rows(IdentifierRow, blank=1, most=20)


class HolidayRow(Form):
    """A bank holiday proclaimed for one day."""

    title = TextField("Occasion", required="Enter the occasion", most=120)
    day = DayField("Day", required="Enter the day")


class BasicsForm(TenderForm):
    """Everything of kind ``basics``; what was invented and where the facts are from stay as the file said."""

    kind = "basics"
    kept = ("illustrative", "source")

    title = TextField("What the tender is called", required="Enter what the tender is called", most=LONGEST["title"])
    reference = TextField("Reference", required="Enter a reference", most=LONGEST["reference"])
    description = LongTextField(
        "What is wanted", most=10_000,
        description="Two or three sentences that stand first in every notice: for whom, what, where and from when.",
    )  # fmt: skip
    regime = ChoiceField("The law it is run under", choices=REGIMES, required="Choose the law the tender is run under")
    commenced_on = DayField(
        "Day the procurement commenced", required="Enter the day the procurement commenced", description=DAY_HINT
    )
    vat = ChoiceField(
        "Amounts in this tender are", choices=VAT, required="Say whether amounts hold VAT",
        description="The thresholds of the law hold VAT. Publish every amount on one basis.",
    )  # fmt: skip
    buyer = FormField(BuyerForm)
    bank_holidays = TicksField("Bank holidays that count", choices=DIVISIONS)
    one_off_holidays = Rows(HolidayRow, blank=1, most=40)
    no_lots_reasons = LongTextField("Why the tender is not divided into lots", most=5000)

    @classmethod
    def data_of(cls, content: Any, draft: Draft) -> Mapping[str, Any]:
        """Show the address as lines."""
        shown = dict(super().data_of(content, draft))
        if buyer := shown.get("buyer"):
            shown["buyer"] = {**buyer, "address": "\n".join(buyer["address"])}
        return shown

    def value(self, draft: Draft, part: Part) -> Mapping[str, Any]:
        """Give the basics; a field that the page did not show stays as it was."""
        before = values_of(self.kind, part.content)
        pcr = self.regime.data == Regime.PCR2015_LIGHT_TOUCH and self.bank_holidays.data
        reasons = self.no_lots_reasons.data
        return {
            "title": self.title.data,
            "reference": self.reference.data,
            "description": self.description.data or "",
            "regime": Regime(self.regime.data),
            "commenced_on": self.commenced_on.data,
            "vat": VatBasis(self.vat.data),
            "buyer": self._buyer(),
            "bank_holidays": cast(tuple[Division, ...], tuple(pcr)) if pcr else before.get("bank_holidays"),
            "one_off_holidays": self._holidays() if self.one_off_holidays.entries else before.get("one_off_holidays"),
            "no_lots_reasons": before.get("no_lots_reasons", "") if reasons is None else reasons,
        }

    def _holidays(self) -> tuple[OneOffHoliday, ...]:
        return tuple(OneOffHoliday(row.day.data, row.title.data) for row in self.one_off_holidays.filled())

    def _buyer(self) -> Buyer:
        form = self.buyer.form
        marks = tuple(Identifier(row.scheme.data, row.id.data) for row in form.identifiers.filled())
        return Buyer(
            name=form.name.data,
            short_name=form.short_name.data,
            address=lines_of(form.address.data),
            email=form.email.data or "",
            telephone=form.telephone.data or "",
            identifiers=marks,
        )
