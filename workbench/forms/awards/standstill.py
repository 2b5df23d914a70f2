"""What is sent in the standstill: something that happened, and a signature."""

from __future__ import annotations

from workbench.forms.base import PageForm
from workbench.forms.fields import ChoiceField, DayField, LongTextField, PickField
from workbench.signing_rules import TOLD


class EventForm(PageForm):
    """Something that happened."""

    kind = ChoiceField("What happened", choices=tuple(TOLD.items()), required="Say what happened")
    day = DayField("When", required="Say when it happened")
    lot = PickField("Lot", id="event-lot", choices=(("", "Every lot"),))
    text = LongTextField("In a sentence", most=4000, description="Who did what, and where it can be read.")


class SignForm(PageForm):
    """The day on which a lot's contract was signed."""

    lot = ChoiceField("Contract", required="Choose whose contract was signed")
    signed_on = DayField("Signed on", required="Say when the contract was signed")
