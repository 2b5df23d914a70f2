"""E-mail addresses as people sign in with them: one spelling for each."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email

from lots.errors import ProcurementError


class AddressError(ProcurementError):
    """A text that is not an e-mail address."""


def read_address(text: str) -> str:
    """Return an address in small letters, composed; AddressError for anything else."""
    try:
        found = validate_email(text.strip(), check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError:
        raise AddressError(f"“{text[:60]}” is not an e-mail address: write it like name@example.org") from None
    return str(found.normalized).casefold()
