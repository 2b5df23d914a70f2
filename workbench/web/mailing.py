"""How mails leave: as text only, by Flask-Mail to the server of the settings, or printed where there is none."""

from __future__ import annotations

import smtplib
import ssl
import sys
from collections.abc import Callable

from flask import Flask, current_app
from flask_mail import Connection, Mail, Message

from workbench.config import Config
from workbench.mail_server import MailServer

MAILS = "mails"
"""The key in ``app.extensions`` of what sends a mail: a callable (recipient, subject, text, number)."""
PATIENCE = 30
"""Seconds to wait for the mail server."""
_BREAKS = "\r\n\0\x0b\x0c\x85\u2028\u2029"


def init_mails(app: Flask) -> None:
    """Choose how the application sends mails: a demonstration always prints them."""
    config: Config = app.config["WORKBENCH"]
    server = None if config.demo else config.mail
    if server is not None:
        app.config.update(_settings(server))
        Mail(app)
    app.extensions.setdefault(MAILS, print_mail if server is None else _by_mail)


def send_mail(recipient: str, subject: str, text: str, number: str = "") -> None:
    """Send a mail; an address or subject with a line break is refused, because it would write headers of its own.

    ``number`` stays the same however often the mail is sent again, so that a mailbox shows one of them.
    """
    if any(mark in line for line in (recipient, subject, number) for mark in _BREAKS):
        raise ValueError("A mail's address and subject are one line each")
    send: Callable[..., None] = current_app.extensions[MAILS]
    send(recipient, subject, text, *((number,) if number else ()))


def print_mail(recipient: str, subject: str, text: str, number: str = "") -> None:
    """Print a mail to the server's console, where whoever tries the workbench out reads it."""
    print(f"\n--- Mail to {recipient}: {subject} ---\n{text.strip()}\n--- end of mail ---", file=sys.stderr, flush=True)


class Checked(Connection):
    """A connection that gives up in time and talks to nobody but the server it was told: the library's does neither."""

    def configure_host(self) -> smtplib.SMTP | smtplib.SMTP_SSL:
        """Connect, check the server's certificate, and sign in."""
        state, trust = self.mail, ssl.create_default_context()
        host: smtplib.SMTP
        if state.use_ssl:
            host = smtplib.SMTP_SSL(state.server, state.port, timeout=PATIENCE, context=trust)
        else:
            host = smtplib.SMTP(state.server, state.port, timeout=PATIENCE)
        try:
            if state.use_tls:
                host.starttls(context=trust)
            if state.username and state.password:
                host.login(state.username, state.password)
        except BaseException:
            host.close()
            raise
        return host


def _by_mail(recipient: str, subject: str, text: str, number: str = "") -> None:
    message = Message(subject, recipients=[recipient], body=text)
    if number:
        domain = str(message.sender).rpartition("@")[2]
        message.msgId = f"<{number}@{domain}>"
    with Checked(current_app.extensions["mail"]) as connection:
        connection.send(message)


def _settings(server: MailServer) -> dict[str, object]:
    """Say the server in the words of Flask-Mail."""
    return {
        "MAIL_SERVER": server.host,
        "MAIL_PORT": server.port,
        "MAIL_USE_SSL": server.at_once,
        "MAIL_USE_TLS": not (server.at_once or server.plain),
        "MAIL_USERNAME": server.user or None,
        "MAIL_PASSWORD": server.password or None,
        "MAIL_DEFAULT_SENDER": server.sender,
        "MAIL_DEBUG": False,
        "MAIL_SUPPRESS_SEND": False,
    }
