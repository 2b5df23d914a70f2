"""The forms about people: an invitation, a person's roles, a first password."""

from __future__ import annotations

from typing import Any

from govuk_frontend_wtf.wtforms_widgets import GovPasswordInput
from wtforms import StringField
from wtforms.validators import ValidationError

from workbench.addresses import read_address
from workbench.forms.base import PageForm
from workbench.forms.fields import StrictField, TextField, TicksField
from workbench.passwords import LONGEST, weakness
from workbench.policies import AUTHORITY_ROLES

ROLE_CHOICES = tuple(
    (name, f"{name.capitalize()}: {what[0].lower()}{what[1:]}") for name, what in AUTHORITY_ROLES.items()
)


class EmailField(TextField):
    """An e-mail address; data is the address in small letters."""

    def read(self, text: str) -> str:
        """Return the address."""
        return read_address(super().read(text))


class SecretField(StrictField):
    """A password to be chosen, exactly as typed; never shown again."""

    widget: Any = GovPasswordInput()
    most_typed = LONGEST

    def read(self, text: str) -> str:
        """Return the password."""
        return text

    def _value(self) -> str:
        return ""


class InvitationForm(PageForm):
    """Who is invited, and what they may do in the authority."""

    name = TextField("Name", most=120, required="Enter the person's name")
    job_title = TextField("Job title", most=200)
    email = EmailField("E-mail address", most=255, required="Enter the address the invitation goes to")
    roles = TicksField(
        "Roles in the authority",
        choices=ROLE_CHOICES,
        description="None for somebody who only works in tenders: officers of a tender give the roles in it.",
    )


class RolesForm(PageForm):
    """What a person may do in the authority."""

    roles = TicksField("Roles in the authority", choices=ROLE_CHOICES)


class FirstPasswordForm(PageForm):
    """The password of somebody who was invited."""

    password = SecretField(
        "Password",
        required="Choose a password",
        description="At least 12 characters. Three or four words that do not belong together are easy to remember.",
    )
    again = SecretField("The same password again", required="Type the password a second time")

    def __init__(self, own_words: tuple[str, ...] = (), **options: Any) -> None:
        self.own_words = own_words
        super().__init__(**options)

    def validate_password(self, field: StringField) -> None:
        """Refuse a password that would be guessed."""
        why = weakness(field.data or "", self.own_words)
        if why:
            raise ValidationError(why)

    def validate_again(self, field: StringField) -> None:
        """Refuse two passwords that differ."""
        if field.data != self.password.data:
            raise ValidationError("The two passwords differ: type the same one twice")
