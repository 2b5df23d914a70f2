"""Having the decision's documents made, and releasing its letters."""

from __future__ import annotations

from workbench.forms.base import PageForm
from workbench.forms.fields import ChoiceField, TickField


class MakeForm(PageForm):
    """Which documents to have made: drafts to read, or what will be sent."""

    kind = ChoiceField("Documents", choices=[("drafts", "Drafts"), ("final", "Final")], required="Say which documents")


class ReleaseForm(PageForm):
    """The officer's word that the letters have been read and go out to everybody now."""

    read = TickField(
        "I have read the letters, and they go out to every tenderer now",
        required="Read the letters, then tick this box: nothing can be called back",
    )


class RetryForm(PageForm):
    """The wish to try once more to make a document."""


class OpenForm(PageForm):
    """The wish of a tenderer to open its letter."""
