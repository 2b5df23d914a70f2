"""Who does what in a tender: giving a role, inviting somebody into one, and taking a role back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta

from lots.calendar import LONDON
from workbench.forms.accounts import EmailField
from workbench.forms.base import PageForm
from workbench.forms.fields import ChoiceField, DayField, PickField, TextField, TicksField, WholeField
from workbench.forms.tenders.start import DAY_HINT

EVERY_LOT = "*"
Choices = Iterable[tuple[str, str]]


class _RoleForm(PageForm):
    """A role, the lot and the questions it is for, and the day on which it ends."""

    role = ChoiceField("Role", required="Choose a role")
    lot = PickField("Lot", required="Choose a lot, or every lot")
    criteria = TicksField(
        "Questions", description="For evaluators who score some questions only. Tick none for all of them."
    )
    until = DayField("Last day of the role", description=f"Leave it empty for a role that lasts. {DAY_HINT}")

    def offer(self, roles: Choices, lots: Choices, criteria: Choices) -> None:
        """Say which roles, lots and questions there are."""
        self.role.offer(roles)
        self.lot.offer([(EVERY_LOT, "Every lot"), *lots])
        self.criteria.offer(criteria)

    @property
    def chosen_lot(self) -> str:
        """Return the lot; nothing for all of them."""
        return "" if self.lot.data == EVERY_LOT else str(self.lot.data)

    @property
    def ends_at(self) -> datetime | None:
        """Return the moment at which the role ends: the midnight after its last day."""
        if self.until.data is None:
            return None
        return datetime.combine(self.until.data + timedelta(days=1), time(), LONDON).astimezone(UTC)


class AssignForm(_RoleForm):
    """A role for a person of the authority."""

    person = PickField("Person", required="Choose a person", description="People of your authority who can sign in.")


class NewcomerForm(_RoleForm):
    """A role for somebody who is not here yet."""

    name = TextField("Name", most=120, required="Enter the person's name")
    job_title = TextField("Job title", most=200)
    email = EmailField("E-mail address", most=255, required="Enter the address that the invitation goes to")


class UnassignForm(PageForm):
    """One role of one person, to be taken back; each text is checked against what there is."""

    person = WholeField("Person", required="Say whose role", most=2**31 - 1)
    role = TextField("Role", required="Say which role")
    lot = TextField("Lot")
