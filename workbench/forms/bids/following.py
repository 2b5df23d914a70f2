"""What is typed to be told about a tender."""

from __future__ import annotations

from workbench.forms.base import PageForm
from workbench.forms.questions import EmailField


class FollowForm(PageForm):
    """The address that wants to be told."""

    email = EmailField("Your e-mail address", required="Enter an e-mail address", most=254)
