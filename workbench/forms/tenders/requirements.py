"""What a bid passes or fails on, lot by lot, and the documents it holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import Form, HiddenField

from lots.lot import Requirement
from lots.tender import RequiredDocument
from workbench.forms.fields import LongTextField, PickField, TextField, TicksField
from workbench.forms.tenders.part import PartForm, saved
from workbench.forms.tenders.rows import Rows
from workbench.forms.tenders.social_value import contract_lots, offer_lots
from workbench.forms.tenders.whole import SentenceField, TenderForm, named, values_of
from workbench.parts import Part
from workbench.queries.tenders import Draft

FAILED = (("yes", "Keeps the bid out"), ("no", "Is noted only"))
ASKED = (("yes", "Must be there"), ("no", "May be left out"))


class RequirementRow(Form):
    """Something a tenderer meets or does not."""

    id = HiddenField()
    title = SentenceField("Requirement", required="Enter the requirement", most=1000)
    mandatory = PickField("Failing it", choices=FAILED, default="yes")


class RequirementsForm(PartForm):
    """The requirements of one lot."""

    requirements = Rows(RequirementRow, most=200)

    @classmethod
    def data_of(cls, content: Any, draft: Draft) -> Mapping[str, Any]:
        """Show every requirement that can be read."""
        return {"requirements": [_row(each) for each in _saved(content)]}

    def value(self, draft: Draft, part: Part) -> tuple[Requirement, ...]:
        """Give the requirements, each with the id it has or a new one."""
        rows = self.requirements.filled()
        ids = named(((row.id.data or "", row.title.data) for row in rows), (each.id for each in _saved(part.content)))
        return tuple(
            Requirement(name, row.title.data, row.mandatory.data != "no") for name, row in zip(ids, rows, strict=True)
        )


class DocumentRow(Form):
    """A document that a bid holds."""

    id = HiddenField()
    title = TextField("Document", required="Enter what the document is", most=300)
    mandatory = PickField("In a bid it", choices=ASKED, default="yes")
    lots = TicksField("Lots")
    guidance = LongTextField("Guidance", most=1000)


class DocumentsForm(TenderForm):
    """The documents that a bid holds beside its answers."""

    kind = "documents"

    documents = Rows(DocumentRow, blank=2, most=100)

    @classmethod
    def data_of(cls, content: Any, draft: Draft) -> Mapping[str, Any]:
        """Show whether each must be there as one of two answers."""
        rows = values_of(cls.kind, content)["documents"]
        return {"documents": [{**_row(each), "lots": list(each.lots), "guidance": each.guidance} for each in rows]}

    def prepare(self, draft: Draft, part: Part) -> None:
        """Offer the contract lots."""
        for row in self.documents.entries:
            offer_lots(row.form.lots, contract_lots(draft))

    def value(self, draft: Draft, part: Part) -> Mapping[str, Any]:
        """Give the documents, each with the id it has or a new one."""
        rows, before = self.documents.filled(), values_of(self.kind, part.content)["documents"]
        ids = named(((row.id.data or "", row.title.data) for row in rows), (each.id for each in before))
        return {
            "documents": tuple(
                RequiredDocument(
                    name,
                    row.title.data,
                    tuple(row.lots.data or ()),
                    row.mandatory.data != "no",
                    row.guidance.data or "",
                )
                for name, row in zip(ids, rows, strict=True)
            )
        }


def _saved(content: Any) -> tuple[Requirement, ...]:
    found = (saved(Requirement, each) for each in content or ())
    return tuple(each for each in found if each is not None)


def _row(value: Requirement | RequiredDocument) -> dict[str, Any]:
    return {"id": value.id, "title": value.title, "mandatory": "yes" if value.mandatory else "no"}
