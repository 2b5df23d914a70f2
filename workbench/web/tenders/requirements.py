"""The pages of requirements, lot by lot, and of documents, under one task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.forms.tenders.part import PartForm
from workbench.forms.tenders.requirements import DocumentsForm, RequirementsForm
from workbench.forms.tenders.social_value import contract_lots
from workbench.forms.tenders.whole import values_of
from workbench.parts import Part
from workbench.queries.tenders import Draft
from workbench.web.tenders.registry import PartPage, TaskPage, page, task_page


def _task(draft: Draft) -> Mapping[str, Any]:
    """List what each lot asks for, and the documents."""
    documents = values_of("documents", draft.part("documents").content)["documents"]
    lots = [
        {
            "id": key, "title": title, "part": draft.part("requirements", key),
            "documents": [each.title for each in documents if each.asked_in(key)],
        }
        for key, title in contract_lots(draft)
    ]  # fmt: skip
    return {"lots": lots, "documents": documents}


def _lot(draft: Draft, part: Part, form: PartForm) -> Mapping[str, Any]:
    """Name the lot, and the others, whose requirements may serve as a pattern."""
    titles = {lot.key: lot.content["title"] for lot in draft.lots if lot.content}
    return {"lot_title": titles.get(part.key, part.key)}


task_page(TaskPage("requirements", "tenders/requirements.html", _task))
page(
    PartPage(
        "requirements", "Requirements", RequirementsForm, "tenders/requirements_lot.html", _lot, True, "requirements"
    )
)
page(PartPage("documents", "Documents of a bid", DocumentsForm, "tenders/documents.html"))
