"""What is typed to sign off, publish, change, move a deadline and cancel; each carries the rules that were seen."""

from __future__ import annotations

from wtforms import HiddenField

from workbench.forms.base import PageForm
from workbench.forms.fields import InstantField, LongTextField, TickField

_REASON = "Say why: tenderers and the public read it"


class RulesForm(PageForm):
    """A decision about exact rules: their digest as the page showed them."""

    digest = HiddenField()


class SignOffForm(RulesForm):
    """An approver's signature under the rules."""

    read = TickField("I have read what will be published", required="Read what will be published, then tick this box")


class PublishForm(RulesForm):
    """The officer's word that these rules are to be public."""


class ChangeForm(RulesForm):
    """A change notice's reason."""

    reason = LongTextField("Why the rules change", required=_REASON, most=4000)


class DiscardForm(PageForm):
    """The wish to give the working copy up, as it stood on the page."""

    stand = HiddenField()


class MoveDeadlineForm(PageForm):
    """A later deadline and why, while one officer may still move it."""

    deadline = InstantField("New deadline, London time", required="Enter the new deadline")
    reason = LongTextField("Why the deadline moves", required=_REASON, most=4000)


class AskToMoveForm(MoveDeadlineForm):
    """A later deadline after the old one has passed: also what went wrong, for the record."""

    outage = LongTextField(
        "What kept tenderers from sending their bids",
        required="Record what did not work, from when until when, and how you know",
        most=4000,
    )


class CancelForm(PageForm):
    """A cancellation's reason; it cannot be taken back."""

    reason = LongTextField("Why the tender is cancelled", required=_REASON, most=4000)
    sure = TickField("I understand that this cannot be undone", required="Tick this box: a cancellation is final")
