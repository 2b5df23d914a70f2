"""What is sent at an opening and about opened bids: a custodian's part, why one is set aside, decisions."""

from __future__ import annotations

from wtforms import HiddenField
from wtforms.validators import StopValidation

from scoring.open_decisions import reason_fault
from workbench.forms.base import PageForm
from workbench.forms.fields import ChoiceField, LongTextField, TextField, TickField
from workbench.forms.tenders.start import UploadField


class PartForm(PageForm):
    """A custodian's part: which step the page showed, and a key that lies ready, a file, or a key as text."""

    step = HiddenField()
    ready = TextField("Place of a key that lies ready", most=3)
    layers = UploadField("File that was made with your key", description="Its name ends in .json.")
    secret = TextField("Your secret key", most=200, description="It begins with AGE-SECRET-KEY-1.")
    despite = TickField("Open the rest without them; they are recorded as not opened")


class SetAsideForm(PageForm):
    """Why the first custodian's part is set aside."""

    reason = LongTextField(
        "Why the first part is set aside", required="Say why: the record of the tender shows it", most=1000
    )


class DecisionForm(PageForm):
    """Whether a bid stays in, at one step, and why."""

    concerning = ChoiceField("What the decision is about", required="Say what the decision is about")
    decision = ChoiceField("Decision", choices=(("admit", "Admit"), ("exclude", "Exclude")),
                           required="Say whether the bid is admitted or excluded")  # fmt: skip
    reason = LongTextField(
        "Why", required="Say why: the tenderer may ask, and the auditor reads it", most=4000,
        description="What you looked at, what you found, and what follows from it.",
    )  # fmt: skip

    def validate_reason(self, field: LongTextField) -> None:
        """Refuse a reason that says nothing."""
        if why := reason_fault(field.data or ""):
            raise StopValidation(why)
