"""What is sent when an award is recommended, commented on, approved or returned."""

from __future__ import annotations

from wtforms import HiddenField
from wtforms.validators import StopValidation

from scoring.open_decisions import reason_fault
from workbench.forms.base import PageForm
from workbench.forms.fields import ChoiceField, LongTextField, TickField


class RecommendForm(PageForm):
    """The result that was read, and a note to the approver."""

    digest = HiddenField()
    note = LongTextField("Note to the approver", most=4000, description="Anything they should know. It may stay empty.")


class CommentForm(PageForm):
    """What finance or legal has to say."""

    kind = ChoiceField("You comment for", choices=(("finance", "Finance"), ("legal", "Legal")))
    text = LongTextField("Comment", required="Write what you looked at and what you found", most=20_000)
    exempt = TickField("Keep it out of what is published: it is read only by those who decide")

    def validate_text(self, field: LongTextField) -> None:
        """Refuse a comment that says nothing."""
        if why := reason_fault(field.data or ""):
            raise StopValidation(why)


class ApproveForm(PageForm):
    """The paper that was read, and that it was."""

    digest = HiddenField()
    read = TickField(
        "I have read the decision paper, the letters and the result, and had no part in making them",
        required="Say that you have read what you approve",
    )


class ReturnForm(PageForm):
    """Why a recommendation comes back."""

    reason = LongTextField("What has to be mended", required="Say what has to be mended", most=4000)

    def validate_reason(self, field: LongTextField) -> None:
        """Refuse a reason that says nothing."""
        if why := reason_fault(field.data or ""):
            raise StopValidation(why)
