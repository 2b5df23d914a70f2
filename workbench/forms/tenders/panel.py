"""Who does what in a tender: giving a role, and taking one back."""

from __future__ import annotations

from workbench.forms.base import PageForm
from workbench.forms.fields import ChoiceField, PickField, TextField, WholeField

EVERY_LOT = "*"


class AssignForm(PageForm):
    """A person, a role, and the lot it is for."""

    person = PickField("Person", required="Choose a person", description="People of your authority who can sign in.")
    role = ChoiceField("Role", required="Choose a role")
    lot = PickField("Lot", required="Choose a lot, or every lot")


class UnassignForm(PageForm):
    """One role of one person, to be taken back; each text is checked against what there is."""

    person = WholeField("Person", required="Say whose role", most=2**31 - 1)
    role = TextField("Role", required="Say which role")
    lot = TextField("Lot")
