"""How mails leave: to a real server, as text, with nothing in their headers but what is ours."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from threading import Thread

import pytest

from tests.workbench import databases
from tests.workbench.conftest import running
from workbench.app import Workbench
from workbench.mail_server import MailServer
from workbench.web import mailing

FROM = "tenders@westmere.example"


class Postbox(Thread):
    """The least of a mail server: takes every mail on one connection after another, and offers no encryption."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.mails: list[EmailMessage] = []
        self.said: list[str] = []

    def run(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as talk:
                self._talk(talk)

    def _talk(self, talk: object) -> None:
        self._answer(talk, "220 here")
        for line in iter(talk.readline, b""):  # type: ignore[attr-defined]
            word = line.decode().strip()
            self.said.append(word)
            if word.upper().startswith("DATA"):
                self._answer(talk, "354 go on")
                body = b"".join(iter(talk.readline, b".\r\n"))  # type: ignore[attr-defined]
                self.mails.append(message_from_bytes(body, policy=policy.default))  # type: ignore[arg-type]
            self._answer(talk, "221 bye" if word.upper() == "QUIT" else "250 fine")
            if word.upper() == "QUIT":
                return

    @staticmethod
    def _answer(talk: object, text: str) -> None:
        talk.write(f"{text}\r\n".encode())  # type: ignore[attr-defined]
        talk.flush()  # type: ignore[attr-defined]


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    box = Postbox()
    box.start()
    yield box
    box.listener.close()


@pytest.fixture
def mailing_app(tmp_path: Path, postbox: Postbox) -> Iterator[Workbench]:
    server = MailServer("127.0.0.1", postbox.port, FROM)
    with running(databases.a_config(databases.usual_url(tmp_path), tmp_path, mail=server)) as app, app.app_context():
        yield app


def test_a_mail_arrives_as_text_with_its_own_headers_only(mailing_app: Workbench, postbox: Postbox) -> None:
    mailing.send_mail(
        "finance@harbour.example", "Bids are due: “Hafan”", "Grüße.\n.\nhttp://localhost/notices/\n", "n1"
    )
    (mail,) = postbox.mails
    assert (mail["From"], mail["To"], mail["Subject"]) == (FROM, "finance@harbour.example", "Bids are due: “Hafan”")
    assert (mail.get_content_type(), mail["Message-ID"]) == ("text/plain", "<n1@westmere.example>")
    assert mail.get_content().replace("\r\n", "\n").startswith("Grüße.\n")
    assert set(mail) - {"Content-Type", "MIME-Version", "Content-Transfer-Encoding", "Date"} == {
        "From", "To", "Subject", "Message-ID",
    }  # fmt: skip


@pytest.mark.parametrize("bad", ["a\r\nBcc: x@y.example", "a\nb", "a\0b", "a\u2028b", "a\x0bb"])
def test_a_line_break_in_a_header_is_refused(mailing_app: Workbench, postbox: Postbox, bad: str) -> None:
    for words in ((bad, "Hello", ""), ("a@b.example", bad, ""), ("a@b.example", "Hello", bad)):
        with pytest.raises(ValueError, match="one line each"):
            mailing.send_mail(words[0], words[1], "text", words[2])
    assert postbox.mails == []


def test_markup_in_a_text_stays_text(mailing_app: Workbench, postbox: Postbox) -> None:
    mailing.send_mail("a@b.example", "<b>Hello</b>", "<a href='http://evil.example'>press</a>")
    (mail,) = postbox.mails
    assert (mail.get_content_type(), mail["Subject"]) == ("text/plain", "<b>Hello</b>")


def test_a_server_elsewhere_that_offers_no_encryption_is_told_nothing(
    tmp_path: Path, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", _all_here(postbox.port))
    server = MailServer("mail.example", postbox.port, FROM, user="ada", password="pass")
    config = databases.a_config(databases.usual_url(tmp_path), tmp_path, mail=server)
    with running(config) as app, app.app_context(), pytest.raises(smtplib.SMTPNotSupportedError):
        mailing.send_mail("a@b.example", "Hello", "text")
    assert postbox.mails == []
    assert [word for word in postbox.said if word.upper().startswith(("AUTH", "MAIL"))] == []


def test_a_server_with_a_certificate_nobody_vouches_for_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[ssl.SSLContext] = []

    def connect(*_args: object, context: ssl.SSLContext, timeout: int) -> None:
        seen.append(context)
        raise TimeoutError(timeout)

    monkeypatch.setattr(smtplib, "SMTP_SSL", connect)
    server = MailServer("mail.example", 465, FROM, True, "ada", "pass")
    config = databases.a_config(databases.usual_url(tmp_path), tmp_path, mail=server)
    with running(config) as app, app.app_context(), pytest.raises(TimeoutError, match=str(mailing.PATIENCE)):
        mailing.send_mail("a@b.example", "Hello", "text")
    assert [(it.verify_mode, it.check_hostname) for it in seen] == [(ssl.CERT_REQUIRED, True)]


def test_a_demonstration_prints_its_mails_whatever_the_settings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server = MailServer("127.0.0.1", 1, FROM)
    config = databases.a_config(databases.usual_url(tmp_path), tmp_path, mail=server, demo=True)
    with running(config) as app, app.app_context():
        mailing.send_mail("a@b.example", "Hello", "text", "n1")
    assert "--- Mail to a@b.example: Hello ---\ntext\n--- end of mail ---" in capsys.readouterr().err


def _all_here(port: int) -> object:
    return lambda *_args, **_more: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
