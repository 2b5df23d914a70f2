"""What somebody declares about each organisation, and what an officer decides about a declaration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import FieldList, Form, FormField, HiddenField
from wtforms.validators import StopValidation

from scoring.open_decisions import reason_fault
from workbench.forms.base import PageForm
from workbench.forms.fields import ChoiceField, LongTextField, TickField
from workbench.queries.evaluation.interests import Named

MOST = 2000  # organisations on the page
ANSWERS = (
    ("none", "No interest"),
    ("possible", "Possibly: somebody else should decide"),
    ("conflicted", "Yes, a conflict of interest"),
)
_ACTIONS = {
    "none": "Nothing further: it cannot influence the scoring",
    "mitigated": "It is mitigated by a step that the reason names",
    "recused": "They take no part in these bids",
}


class DeclaredRow(Form):
    """One organisation: what the interest in it is, if there is any."""

    organisation = HiddenField()
    interest = ChoiceField("Interest", choices=ANSWERS)
    detail = LongTextField("What the interest is", most=4000)

    def validate_detail(self, field: LongTextField) -> None:
        """Ask what an interest is."""
        if self.interest.data in ("possible", "conflicted") and not field.data:
            raise StopValidation(f"Say what your interest in {self.interest.label.text} is")


class DeclarationForm(PageForm):
    """A declaration about every organisation at once; ``others`` says none of all that are not marked."""

    rows = FieldList(FormField(DeclaredRow), max_entries=MOST)
    others = TickField("I have read every name. Where I marked nothing, I have no interest")
    true = TickField(
        "This is complete and true as far as I know, and I will amend it as soon as anything changes",
        required="Confirm that your declaration is complete and true",
    )

    @classmethod
    def about(cls, organisations: Sequence[Named], **values: Any) -> DeclarationForm:
        """Make the form for these organisations, filled with what was declared; a sent one keeps what was typed."""
        rows = [{"organisation": it.id, "interest": it.interest, "detail": it.detail} for it in organisations]
        form = cls(data={"rows": rows}, **values)
        form.name(organisations)
        return form

    def name(self, organisations: Sequence[Named]) -> None:
        """Head each row with the name of its organisation."""
        names = {it.id: it.name for it in organisations}
        for entry in self.rows.entries:
            entry.form.interest.label.text = names.get(entry.form.organisation.data or "", "An organisation")

    def validate_rows(self, field: FieldList) -> None:
        """Ask for an answer to every name, unless all others are said to be none."""
        open_rows = [it for it in field.entries if not it.form.interest.data]
        if not self.others.data:
            for entry in open_rows:
                name = entry.form.interest.label.text
                entry.form.interest.errors = [f"Say whether you have an interest in {name}"]
            if open_rows:
                raise StopValidation("Say for each organisation whether you have an interest")

    def said(self) -> Mapping[str, tuple[str, str]]:
        """Return interest and detail by organisation."""
        rows = (entry.form for entry in self.rows.entries)
        return {row.organisation.data or "": (row.interest.data or "none", row.detail.data or "") for row in rows}


class InterestDecisionForm(PageForm):
    """What follows from a declared interest, and why."""

    action = ChoiceField("What follows", required="Say what follows")
    reason = LongTextField(
        "Why", required="Say why: the register shows it", most=4000,
        description="What the interest is, how close it is, and why this step is enough.",
    )  # fmt: skip

    def about(self, actions: Sequence[str]) -> InterestDecisionForm:
        """Offer what may be decided."""
        self.action.offer((action, _ACTIONS[action]) for action in actions)
        if not self.action.data and len(actions) == 1:
            self.action.data = actions[0]
        return self

    def validate_reason(self, field: LongTextField) -> None:
        """Refuse a reason that says nothing."""
        if why := reason_fault(field.data or ""):
            raise StopValidation(why)
