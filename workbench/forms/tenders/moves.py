"""The small forms beside each part of a list: move it, remove it."""

from __future__ import annotations

from workbench.forms.base import PageForm
from workbench.forms.fields import ChoiceField

DIRECTIONS = {"up": -1, "down": 1}


class MoveForm(PageForm):
    """Where to move a part: ``up`` or ``down``."""

    to = ChoiceField("Move", choices=[("up", "Up"), ("down", "Down")], required="Say whether to move it up or down")


class PlainForm(PageForm):
    """A form that holds nothing but the wish to do what its button says."""
