"""Where mails are handed to: read from one address such as ``smtp://user:password@mail.example.org:587``."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from email_validator import EmailNotValidError, validate_email

_PORTS = {"smtp": 587, "smtps": 465}
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


class MailServerError(ValueError):
    """An address of a mail server, or of a sender, that cannot be used; the words say why."""


@dataclass(frozen=True)
class MailServer:
    """A mail server and whom its mails come from.

    ``at_once`` speaks TLS from the first byte (``smtps``); otherwise it is asked for before anything else is said,
    except of a server on this machine. The password shows in no text made of this.
    """

    host: str
    port: int
    sender: str
    at_once: bool = False
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def plain(self) -> bool:
        """Say whether the server is reached without encryption: only one on this machine may be."""
        return self.host in _HERE and not self.at_once


def read_server(url: str, sender: str) -> MailServer:
    """Read the address of a mail server; MailServerError says what is wrong without repeating the password."""
    try:
        where = urlsplit(url)
        port = where.port
    except ValueError:
        raise MailServerError("it is no address: write it like smtps://user:password@mail.example.org") from None
    if where.scheme not in _PORTS or not where.hostname or where.path not in {"", "/"} or where.query:
        raise MailServerError("write it like smtp://user:password@mail.example.org:587, or with smtps://")
    user, password = unquote(where.username or ""), unquote(where.password or "")
    if bool(user) != bool(password):
        raise MailServerError("it names a user without a password, or the other way round")
    if any(mark in user + password for mark in "\r\n\0"):
        raise MailServerError("the user or the password holds a line break")
    return MailServer(where.hostname, port or _PORTS[where.scheme], sender, where.scheme == "smtps", user, password)


def read_sender(text: str) -> str:
    """Return the address that mails come from; MailServerError where it is none."""
    if not text:
        raise MailServerError("say whom mails come from, like tenders@example.org")
    try:
        return validate_email(text, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        raise MailServerError("it is no e-mail address: write it like tenders@example.org") from None
