"""Which form and which template each part of a tender has; a new kind of part adds its line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from workbench.forms.tenders.part import PartForm
from workbench.parts import Kind, Part
from workbench.queries.tenders import Draft

Context = Callable[[Draft, Part, PartForm], Mapping[str, Any]]


def nothing(draft: Draft, part: Part, form: PartForm) -> Mapping[str, Any]:
    """Give a template nothing beyond the draft, the part and the form."""
    return {}


def as_it_is(draft: Draft, content: Any) -> Any:
    """Keep the content that a form gives."""
    return content


@dataclass(frozen=True)
class PartPage:
    """The page of one kind of part: its title, form and template, and what else the template is given.

    ``finish`` adds to a content what no form can know before it is saved.
    ``many`` where a tender has several such parts, each with a key; ``noun`` is what one of them is called.
    """

    kind: Kind
    title: str
    form: type[PartForm]
    template: str
    context: Context = nothing
    many: bool = False
    noun: str = ""
    finish: Callable[[Draft, Any], Any] = as_it_is


@dataclass(frozen=True)
class TaskPage:
    """The page of a task with several parts: it lists them, with whatever they come to together."""

    task: str
    template: str
    context: Callable[[Draft], Mapping[str, Any]] = lambda draft: {}


PAGES: dict[str, PartPage] = {}
TASK_PAGES: dict[str, TaskPage] = {}


def page(part_page: PartPage) -> PartPage:
    """Register the page of a part."""
    PAGES[part_page.kind] = part_page
    return part_page


def task_page(listing: TaskPage) -> TaskPage:
    """Register the page of a task."""
    TASK_PAGES[listing.task] = listing
    return listing
