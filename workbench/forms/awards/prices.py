"""What is typed to ask about a low price, and to decide on the reply."""

from __future__ import annotations

from wtforms.validators import StopValidation

from scoring.open_decisions import reason_fault
from workbench.forms.base import PageForm
from workbench.forms.fields import ChoiceField, InstantField, LongTextField, PickField


class PriceEnquiryForm(PageForm):
    """A question about a price: to whom, what, until when."""

    recipient = PickField("To", required="Choose whom to write to")
    question = LongTextField(
        "Question", required="Write the question: the tenderer reads it as it stands", most=8000,
        description="It says nothing about any other price, nor how far below it this one lies: leave it so.",
    )  # fmt: skip
    reply_by = InstantField("Reply by", required="Say until when the tenderer may reply")


class PriceDecisionForm(PageForm):
    """Whether a price is explained, and why."""

    decision = ChoiceField(
        "Decision", choices=(("explained", "The price is explained: the bid stays in"),
                             ("rejected", "The price is not explained: the bid is rejected")),
        required="Say whether the price is explained",
    )  # fmt: skip
    reason = LongTextField(
        "Why", required="Say why: the tenderer reads it, and so does the auditor", most=4000,
        description="What the tenderer said, whether its evidence accounts for the price, and how you checked.",
    )  # fmt: skip

    def validate_reason(self, field: LongTextField) -> None:
        """Refuse a reason that says nothing."""
        if why := reason_fault(field.data or ""):
            raise StopValidation(why)
