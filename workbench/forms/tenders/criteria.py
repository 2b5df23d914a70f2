"""One criterion of a methodology: what is asked, how it is scored and what it weighs, here and in other lots."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from wtforms import HiddenField

from scoring.criteria import Criterion
from workbench.forms.base import PageForm
from workbench.forms.fields import (
    ChoiceField,
    LongTextField,
    NumberField,
    PickField,
    TextField,
    TicksField,
    WholeField,
)
from workbench.forms.tenders.part import slug
from workbench.queries.criteria import SHARED

KINDS = (
    ("quality", "Quality: scored by the panel"),
    ("social_value", "Social value: scored by the panel"),
    ("price", "Price: worked out by the price formula"),
)


class CriterionForm(PageForm):
    """A criterion below the top that has parts of its own: the parts are what is scored."""

    title = TextField(
        "What the criterion is called", required="Enter what the criterion is called", most=200,
        description="Tenderers, evaluators and letters name it so.",
    )  # fmt: skip
    weight = NumberField("Weight", required="Enter the weight", places=9)
    minimum = NumberField("Minimum", places=4)
    also = TicksField("Save this for these lots too")
    seen = HiddenField()
    """The versions of the other methodologies that were on the page, so that nobody's change there is overwritten."""
    more: tuple[str, ...] = ()

    def criterion(self, before: Criterion) -> Criterion:
        """Return the criterion as the page has it, under the id and with the parts it had."""
        typed: dict[str, Any] = {name: self[name].data for name in ("title", "weight", "minimum", *self.more)}
        texts: dict[str, Any] = {name: typed[name] or "" for name in ("question", "scale") if name in typed}
        texts.setdefault("scale", "")  # its parts carry the scales
        texts.setdefault("kind", typed.get("kind"))  # below the top it is that of the top
        return replace(before, **(typed | texts), id=before.id or slug(self.title.data))

    def offer(self, scales: Iterable[tuple[str, str]], also: Iterable[tuple[str, str]], held: str) -> None:
        """Offer the scales there are, ``held`` even where it is gone, and the lots that can share the criterion."""
        self.also.offer(also)
        if "scale" in self:
            known = [("", "None yet"), *scales]
            gone = [] if held in {key for key, _ in known} else [(held, f"{held} (no such scale)")]
            self["scale"].offer([*known, *gone])

    def rename(self, labels: dict[str, str]) -> None:
        """Say what a field means on this very page."""
        for name, label in labels.items():
            if name in self:
                self[name].label.text = label


class LeafForm(CriterionForm):
    """A criterion below the top that is scored itself."""

    question = LongTextField(
        "The question", most=5000, description="What tenderers answer. Ask for one thing that can be shown."
    )
    scale = PickField("Scale")
    word_limit = WholeField("Word limit", least=1, most=100_000)
    more: tuple[str, ...] = ("question", "scale", "word_limit")


class TopForm(CriterionForm):
    """A criterion at the top that has parts."""

    kind = ChoiceField("What kind it is", choices=KINDS, required="Say what kind of criterion it is")
    more = ("kind",)


class TopLeafForm(LeafForm):
    """A criterion at the top that is scored, or priced, itself."""

    kind = ChoiceField("What kind it is", choices=KINDS, required="Say what kind of criterion it is")
    more = (*LeafForm.more, "kind")


def form_for(top: bool, branch: bool) -> type[CriterionForm]:
    """Choose the form for a criterion's place: at the top it says its kind, with parts it asks nothing itself."""
    if top:
        return TopForm if branch else TopLeafForm
    return CriterionForm if branch else LeafForm


def data_of(criterion: Criterion) -> dict[str, Any]:
    """Return what the fields show."""
    return {name: getattr(criterion, name) for name in (*SHARED, "weight", "kind")}


class TreeMoveForm(PageForm):
    """Which criterion to move, and where: ``up 0-2``."""

    move = TextField("Move", most=80, required="Say which criterion to move")
