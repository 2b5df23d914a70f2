"""What a bid says for one lot beside its price: answers, requirements, social value, unit prices and other costs.

Each form is made from the published rules of the lot, so that there is a field for everything asked and for nothing
else; a field is named after what it is about, never after its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from wtforms import Form

from lots.money import Money, MoneyError
from lots.social_value import SocialValueMeasure
from scoring.criteria import Criterion
from workbench.forms.bids.base import BidForm, field_name
from workbench.forms.fields import ChoiceField, LongTextField, MoneyField, NumberField, TextField
from workbench.forms.tenders.rows import Rows
from workbench.forms.widgets import CountedText
from workbench.queries.bids.drafts import BidDraft

LONGEST_ANSWER = 100_000  # characters
MET = (("yes", "Yes"), ("no", "No"))


class AnswerField(LongTextField):
    """An answer with its words counted as they are typed."""

    widget: Any = CountedText()


class AnswersForm(BidForm):
    """The answers to the scored criteria of a lot."""

    asked: tuple[Criterion, ...] = ()

    @staticmethod
    def name_of(criterion: str) -> str:
        """Name the field of a criterion."""
        return field_name("answer", criterion)

    @classmethod
    def data_of(cls, content: Mapping[str, Any]) -> Mapping[str, Any]:
        """Show each answer in its field."""
        return {field_name("answer", id): text for id, text in content.get("answers", {}).items()}

    def content(self) -> Any:
        """Return the answers by criterion; those to criteria that are asked no more are kept aside."""
        before = (self.draft.workspace.part("answers", self.lot_id).content or {}).get("answers", {})
        given = {each.id: self[field_name("answer", each.id)].data or "" for each in self.asked}
        return {"answers": {**before, **given}}


def answers_form(draft: BidDraft, lot: str) -> type[AnswersForm]:
    """Make the form of the answers of a lot."""
    method = draft.invitation.methodology(lot)
    asked = tuple(leaf.criterion for leaf in method.scored) if method else ()
    fields: dict[str, Any] = {}
    for each in asked:
        kind = AnswerField if each.word_limit else LongTextField
        fields[field_name("answer", each.id)] = kind(each.title, most=LONGEST_ANSWER)
    return type("LotAnswers", (AnswersForm,), {"asked": asked, **fields})


class RequirementsForm(BidForm):
    """Whether the tenderer meets each requirement of a lot, and what it says about it."""

    name_of = staticmethod(field_name)

    @classmethod
    def data_of(cls, content: Mapping[str, Any]) -> Mapping[str, Any]:
        """Show each response in its fields."""
        told: dict[str, Any] = {}
        for id, each in content.get("responses", {}).items():
            told |= {field_name("met", id): each["met"], field_name("note", id): each.get("note", "")}
        return told

    def content(self) -> Any:
        """Return the responses by requirement."""
        responses: dict[str, Any] = {}
        for each in self.lot.requirements:
            met, note = self[field_name("met", each.id)].data, self[field_name("note", each.id)].data
            responses |= {each.id: {"met": met or "", "note": note or ""}} if met or note else {}
        return {"responses": responses}


def requirements_form(draft: BidDraft, lot: str) -> type[RequirementsForm]:
    """Make the form of the requirements of a lot."""
    fields: dict[str, Any] = {}
    found = draft.invitation.lot(lot)
    for each in found.requirements if found else ():
        fields[field_name("met", each.id)] = ChoiceField(each.title, choices=MET)
        fields[field_name("note", each.id)] = LongTextField("Anything to add", most=5000)
    return type("LotRequirements", (RequirementsForm,), fields)


class SocialValueForm(BidForm):
    """What is promised for each measure of social value of a lot."""

    name_of = staticmethod(field_name)
    asked: tuple[SocialValueMeasure, ...] = ()

    @classmethod
    def data_of(cls, content: Mapping[str, Any]) -> Mapping[str, Any]:
        """Show each promise in its fields."""
        told: dict[str, Any] = {}
        for id, each in content.get("promises", {}).items():
            amount = Decimal(each["amount"]) if each.get("amount") else None
            told |= {field_name("amount", id): amount, field_name("evidence", id): each.get("evidence", "")}
        return told

    def content(self) -> Any:
        """Return the promises by measure."""
        promises = {}
        for each in self.asked:
            amount, evidence = self[field_name("amount", each.id)].data, self[field_name("evidence", each.id)].data
            if amount is not None or evidence:
                written = "" if amount is None else f"{amount:f}"
                promises[each.id] = {"amount": written, "evidence": evidence or ""}
        return {"promises": promises}


def social_value_form(draft: BidDraft, lot: str) -> type[SocialValueForm]:
    """Make the form of the social value of a lot."""
    asked = measures_of(draft, lot)
    fields: dict[str, Any] = {"asked": asked}
    for each in asked:
        fields[field_name("amount", each.id)] = NumberField(f"How much a year, in {each.unit}", places=6, least=0)
        fields[field_name("evidence", each.id)] = LongTextField("How you will do it and prove it", most=5000)
    return type("LotSocialValue", (SocialValueForm,), fields)


def measures_of(draft: BidDraft, lot: str) -> tuple[SocialValueMeasure, ...]:
    """List the measures of social value that a lot asks for."""
    return tuple(each for each in draft.file.tender.social_value if each.asked_in(lot))


class OtherCostRow(Form):
    """A cost beside the price that the method adds to it."""

    title = TextField("Cost", required="Enter what the cost is", most=200)
    amount = MoneyField("Amount", required="Enter the amount")


class CostsForm(BidForm):
    """Unit prices of the published basket, and other costs of the whole life."""

    name_of = staticmethod(field_name)
    other = Rows(OtherCostRow, blank=2, most=60)

    @classmethod
    def data_of(cls, content: Mapping[str, Any]) -> Mapping[str, Any]:
        """Show each figure in its field."""
        told: dict[str, Any] = {field_name("unit", id): _money(text) for id, text in content.get("unit", {}).items()}
        rows = [{"title": each["title"], "amount": _money(each["amount"])} for each in content.get("other", ())]
        return {**told, "other": rows}

    def content(self) -> Any:
        """Return the figures as plain texts."""
        unit = {
            item: self[field_name("unit", item)].data.plain()
            for item, _ in basket_of(self.draft, self.lot_id)
            if self[field_name("unit", item)].data is not None
        }
        other = [{"title": row.title.data, "amount": row.amount.data.plain()} for row in self.other.filled()]
        return {"unit": unit, "other": other}


def costs_form(draft: BidDraft, lot: str) -> type[CostsForm]:
    """Make the form of unit prices and other costs of a lot."""
    fields: dict[str, Any] = {field_name("unit", item): MoneyField(title) for item, title in basket_of(draft, lot)}
    return type("LotCosts", (CostsForm,), fields)


def basket_of(draft: BidDraft, lot: str) -> tuple[tuple[str, str], ...]:
    """List the items of the published basket that want a unit price, by id and title."""
    method = draft.invitation.methodology(lot)
    wanted = method is not None and method.evaluated_price == "basket"
    return tuple((item.id, item.title) for item in method.basket) if method and wanted else ()


def _money(text: str) -> Money | None:
    try:
        return Money.parse(text)
    except MoneyError:
        return None
