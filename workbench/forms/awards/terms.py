"""The pages of the decision paper that are made of lists and days: what is published, who signs, conditions, days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from wtforms import FieldList, Form, FormField, HiddenField
from wtforms.validators import StopValidation

from exports.notices.standstill import UNDER_THE_ACT
from lots.regime import Regime
from workbench.forms.awards.base import PaperForm, Writing, day
from workbench.forms.fields import ChoiceField, DayField, LongTextField, PickField, TextField, TickField
from workbench.forms.tenders.rows import Rows
from workbench.forms.tenders.whole import SentenceField, lines_of

EVERY_LOT: Final = ("", "Every lot")
FIELDS: Final = (
    ("", "Only the topic is told"), ("price", "The successful tender’s price"),
    ("reasons", "The reasons for its scores"), ("split", "Its split between partners"),
)  # fmt: skip
MEANS: Final = (("electronic", "All electronically"), ("other", "All by other means"), ("both", "Some of each"))


class WithheldRow(Form):
    """Something left out of documents that leave the authority: what, in which lot, and the ground."""

    topic = SentenceField("What is withheld", required="Say what is withheld: the reader is told that it is", most=500)
    field = PickField("Left out of the documents", choices=FIELDS)
    lot = PickField("Lot", choices=(EVERY_LOT,))
    criterion = PickField("Award criterion, for reasons", choices=(("", "All of them"),))
    ground = SentenceField("Ground", required="Say on which ground: without one nothing is withheld", most=1000)


class PublicationForm(PaperForm):
    """The public part, the exempt part and why, and what is withheld."""

    significance = LongTextField("Is it of significant public interest, and why?", most=5000)
    papers = LongTextField("Papers the decision rests on, a line each", most=5000)
    exempt_reason = LongTextField("Why some papers are not published", most=5000)
    withheld = Rows(WithheldRow, blank=2, most=50)

    @classmethod
    def data_of(cls, content: Mapping[str, Any], writing: Writing) -> Mapping[str, Any]:
        """Show the papers as lines."""
        return {**content, "papers": "\n".join(content.get("papers", ()))}

    def prepare(self, writing: Writing) -> None:
        """Offer the lots and the award criteria."""
        for entry in self.withheld.entries:
            entry.form.lot.offer((EVERY_LOT, *((lot.id, lot.title) for lot in writing.lots)))
            entry.form.criterion.offer((("", "All of them"), *writing.criteria))

    def content(self, writing: Writing) -> dict[str, Any]:
        """Say of each item who decided it and when: whoever wrote it first."""
        before = {_item(each): each for each in (writing.part.content or {}).get("withheld", ())}
        rows = [{name: row[name].data for name in _ITEM if row[name].data} for row in self.withheld.filled()]
        fresh = {"decided_by": writing.who, "decided_on": writing.today.isoformat()}
        return {
            "significance": self.significance.data or "", "exempt_reason": self.exempt_reason.data or "",
            "papers": list(lines_of(self.papers.data)),
            "withheld": [before.get(_item(row)) or {**row, **fresh} for row in rows],
        }  # fmt: skip


_ITEM: Final = ("topic", "field", "lot", "criterion", "ground")


def _item(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(row.get(name) or "" for name in _ITEM)


class SignatoryRow(Form):
    """Somebody who signs."""

    name = TextField("Name", required="Enter the name of who signs", most=200)
    title = TextField("Office", most=200)


class ConditionRow(Form):
    """Something to be provided before a contract is signed."""

    title = SentenceField("What has to be provided", required="Say what has to be provided", most=500)
    lot = PickField("Lot", choices=(EVERY_LOT,))
    due = DayField("By when", required="Say by when")


class ConditionsForm(PaperForm):
    """Who signs, what must be there before a contract is signed, and whom tenderers may ask."""

    signatories = Rows(SignatoryRow, blank=2, most=20)
    conditions = Rows(ConditionRow, blank=2, most=50)
    debrief_contact = TextField("Whom an unsuccessful tenderer may ask", most=200)
    debrief_until = DayField("Until when")
    voluntary_standstill = TickField("Declare a voluntary standstill of eight working days; once declared it binds")

    @classmethod
    def data_of(cls, content: Mapping[str, Any], writing: Writing) -> Mapping[str, Any]:
        """Read the days."""
        asked = [{**each, "due": day(each.get("due"))} for each in content.get("conditions", ())]
        return {**content, "conditions": asked, "debrief_until": day(content.get("debrief_until"))}

    def prepare(self, writing: Writing) -> None:
        """Offer the lots; only a light-touch award under the Act has a standstill that is voluntary."""
        for entry in self.conditions.entries:
            entry.form.lot.offer((EVERY_LOT, *((lot.id, lot.title) for lot in writing.lots)))
        if writing.regime is not Regime.PA2023_LIGHT_TOUCH:
            del self.voluntary_standstill

    def content(self, writing: Writing) -> dict[str, Any]:
        """Write the rows and days as they are kept."""
        asked = [
            {
                "title": row.title.data,
                "due": row.due.data.isoformat(),
                **({"lot": row.lot.data} if row.lot.data else {}),
            }
            for row in self.conditions.filled()
        ]
        until = self.debrief_until.data
        freely = "voluntary_standstill" in self and self.voluntary_standstill.data
        return {
            "signatories": [{"name": row["name"].data, "title": row.title.data or ""} for row in
                            self.signatories.filled()],
            "conditions": asked,
            "debrief_contact": self.debrief_contact.data or "",
            **({"debrief_until": until.isoformat()} if until else {}),
            **({"voluntary_standstill": True} if freely else {}),
        }  # fmt: skip


class SignedRow(Form):
    """The day on which somebody signed."""

    name = HiddenField()
    title = HiddenField()
    signed_on = DayField("Signed on")


class DaysForm(PaperForm):
    """The days: when it is signed, when letters are sent and notices published."""

    signed = FieldList(FormField(SignedRow), max_entries=20)
    notices_sent = DayField("Day the letters are sent", description="All on one day; the letters say it.")
    means = ChoiceField("How the letters are sent", choices=MEANS)
    received = DayField("Day the last letter sent by other means was received")
    notice_published = DayField("Day the contract award notice is published")
    published_on = DayField("Day the decision record is published")

    @classmethod
    def data_of(cls, content: Mapping[str, Any], writing: Writing) -> Mapping[str, Any]:
        """Show a day for everybody who signs."""
        signed = {(it["name"], it["title"]): it["signed_on"] for it in content.get("signed", ())}
        rows = [{"name": name, "title": title, "signed_on": day(signed.get((name, title)))}
                for name, title in writing.signatories]  # fmt: skip
        return {"signed": rows, "means": content.get("means", "electronic"),
                **{name: day(content.get(name)) for name in _DAYS}}  # fmt: skip

    def prepare(self, writing: Writing) -> None:
        """Ask for what the law counts from."""
        if writing.regime in UNDER_THE_ACT:
            del self.means, self.received
        self.today = writing.today

    def validate_signed(self, field: FieldList) -> None:
        """Refuse a signature that lies ahead."""
        for entry in field.entries:
            if (found := entry.form.signed_on.data) and found > self.today:
                entry.form.signed_on.errors = ["Nobody has signed on a day that is still to come"]
                raise StopValidation

    def content(self, writing: Writing) -> dict[str, Any]:
        """Write the days as they are kept."""
        signed = [
            {"name": row["name"].data, "title": row.title.data, "signed_on": row.signed_on.data.isoformat()}
            for row in (entry.form for entry in self.signed.entries)
            if row.signed_on.data
        ]
        days: dict[str, date | None] = {name: self[name].data for name in _DAYS if name in self}
        means = self.means.data if "means" in self else ""
        return {
            "signed": signed, **({"means": means} if means else {}),
            **{name: found.isoformat() for name, found in days.items() if found},
        }  # fmt: skip


_DAYS: Final = ("notices_sent", "received", "notice_published", "published_on")


class NoticeForm(PaperForm):
    """What the contract award notice asks for and nothing else in the record holds."""

    identifier = TextField(
        "Unique identifier of the procurement", most=100, description="For example: ocds-h6vhtk-04a1b2."
    )
    signing_expected = DayField("Day the contract is to be signed")
    region = TextField("Place of delivery", most=200, description="The region's name or its code.")
    reserved = TextField("Reserved to", most=200, description="Empty where the contract is reserved to nobody.")
    kinds = SentenceField(
        "Other kinds of supplier", most=500,
        description="Say which supplier is a supported employment provider or a public service mutual.",
    )  # fmt: skip
    review_body = SentenceField("Review body", most=500, description="Where the decision is challenged.")

    @classmethod
    def data_of(cls, content: Mapping[str, Any], writing: Writing) -> Mapping[str, Any]:
        """Show what is kept under the notice."""
        held = content.get("notice", {})
        return {**held, "signing_expected": day(held.get("signing_expected"))}

    def content(self, writing: Writing) -> dict[str, Any]:
        """Keep it under the notice."""
        said = {name: self[name].data or "" for name in ("identifier", "region", "reserved", "kinds", "review_body")}
        when = self.signing_expected.data
        return {"notice": {**said, **({"signing_expected": when.isoformat()} if when else {})}}
