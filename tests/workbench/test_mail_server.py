"""Where mails are handed to: what an address of a mail server says, and every one that is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workbench.databases import a_config
from workbench.config import Config, ConfigError
from workbench.mail_server import MailServer, read_server

FROM = "tenders@westmere.example"


def configured(folder: Path, url: str, sender: str = FROM) -> Config:
    return Config.from_environment(
        {"WORKBENCH_DATA": str(folder / "data"), "WORKBENCH_MAIL_URL": url, "WORKBENCH_MAIL_FROM": sender}
    )


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtps://ada:p%40ss@mail.example", MailServer("mail.example", 465, FROM, True, "ada", "p@ss")),
        ("smtp://ada:pass@mail.example", MailServer("mail.example", 587, FROM, False, "ada", "pass")),
        ("smtp://localhost:25", MailServer("localhost", 25, FROM)),
    ],
)
def test_an_address_says_the_server_its_port_and_who_signs_in(tmp_path: Path, url: str, server: MailServer) -> None:
    assert configured(tmp_path, url).mail == server


def test_without_settings_there_is_no_mail_server(tmp_path: Path) -> None:
    assert Config.from_environment({"WORKBENCH_DATA": str(tmp_path / "data")}).mail is None
    assert a_config("sqlite:///x.sqlite", tmp_path).mail is None


def test_only_a_server_on_this_machine_is_reached_without_encryption() -> None:
    urls = ("smtp://localhost:25", "smtp://127.0.0.1:25", "smtp://mail.example:25", "smtps://localhost")
    assert [read_server(url, FROM).plain for url in urls] == [True, True, False, False]


@pytest.mark.parametrize(
    "url",
    ["mail.example", "http://mail.example", "smtp://", "smtp://mail.example:port", "smtp://ada@mail.example",
     "smtp://mail.example/box", "smtp://a:b%0d%0ax@mail.example", "smtp://mail.example?x=1", ""],
)  # fmt: skip
def test_an_address_that_cannot_be_used_stops_the_start(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigError, match="WORKBENCH_MAIL_URL"):
        configured(tmp_path, url)


@pytest.mark.parametrize("sender", ["", "nobody", "a@b\r\nBcc: x@y.example", "Ada <ada@westmere.example>"])
def test_a_sender_that_is_no_address_stops_the_start(tmp_path: Path, sender: str) -> None:
    with pytest.raises(ConfigError, match="WORKBENCH_MAIL_FROM"):
        configured(tmp_path, "smtp://localhost:25", sender)


def test_a_refusal_and_a_printed_setting_never_repeat_the_password(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        configured(tmp_path, "smtp://ada:quillfeather@mail.example:port")
    assert "quillfeather" not in str(refused.value)
    assert "quillfeather" not in repr(configured(tmp_path, "smtp://ada:quillfeather@mail.example"))
