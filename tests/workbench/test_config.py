"""Settings: what an installation starts with, and every unsafe one it refuses to start with."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.workbench.databases import SECRETS, a_config
from workbench.config import Config, ConfigError, checked_secret, secrets_in

GOOD = "Yl8mSx0-GkR1vQ3tWz5bNc7dEf9hJj2kLpAaBbCcDdE"


def environment(folder: Path, **values: str) -> dict[str, str]:
    return {"WORKBENCH_DATA": str(folder / "data"), **{f"WORKBENCH_{name}": text for name, text in values.items()}}


def test_without_a_word_the_database_is_a_file_beside_keys_made_for_this_installation(tmp_path: Path) -> None:
    config = Config.from_environment(environment(tmp_path))
    assert config.database_url == f"sqlite:///{tmp_path}/data/workbench.sqlite"
    assert (config.base_url, config.secure, config.demo, config.proxies) == ("http://localhost:8000", False, False, 0)
    keys = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "data/keys").iterdir()}
    assert keys == dict.fromkeys(("session.key", "password.salt", "totp.key", "receipts.key"), 0o600)
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_keys_are_made_once_and_differ_from_each_other_and_between_installations(tmp_path: Path) -> None:
    first, again, other = secrets_in(tmp_path / "a"), secrets_in(tmp_path / "a"), secrets_in(tmp_path / "b")
    assert first == again
    keys = (first.session_key, first.password_salt, first.totp_key, first.receipts_key)
    assert len({*keys, other.session_key, other.receipts_key}) == 6
    assert all(checked_secret("a key", key) for key in keys)


def test_a_replaced_session_key_still_reads_what_it_signed(tmp_path: Path) -> None:
    old = secrets_in(tmp_path).session_key
    (tmp_path / "keys/session.key").rename(tmp_path / "keys/session.key.old")
    new = secrets_in(tmp_path)
    assert new.session_key != old
    assert new.old_session_keys == (old,)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "0 characters and must have at least 43"),
        ("dev", "3 characters"),
        ("a" * 64, "repeats the same few characters"),
        ("0123456789" * 6, "repeats the same few characters"),
        ("changeme" + GOOD, "out of a manual"),
        ("my-Secret-key-" + GOOD, "out of a manual"),
        ("ключ" * 20, "characters that no key we make has"),
    ],
)
def test_a_weak_key_stops_the_start(tmp_path: Path, text: str, why: str) -> None:
    secrets_in(tmp_path)
    (tmp_path / "keys/session.key").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=why):
        secrets_in(tmp_path)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_key_that_others_can_read_stops_the_start(tmp_path: Path, mode: int) -> None:
    secrets_in(tmp_path)
    (tmp_path / "keys/totp.key").chmod(mode)
    with pytest.raises(ConfigError, match="others than its owner can read"):
        secrets_in(tmp_path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("BASE_URL", "http://tenders.example.org"),
        ("BASE_URL", "tenders.example.org"),
        ("BASE_URL", "ftp://localhost"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "mysql://root@localhost/x"),
        ("PROXIES", "-1"),
        ("PROXIES", "１"),
        ("PROXIES", "99"),
        ("PROXIES", "one"),
        ("DEMO", "true"),
        ("METRICS_TOKEN", "short"),
    ],
)
def test_an_unsafe_setting_stops_the_start_and_is_named(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(ConfigError) as refused:
        Config.from_environment(environment(tmp_path, **{name: text}))
    assert f"WORKBENCH_{name}" in str(refused.value)


def test_the_demonstration_is_served_to_this_machine_only(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="served on localhost only"):
        a_config("sqlite:///x.sqlite", tmp_path, demo=True, base_url="https://tenders.example.org")


def test_encrypted_pages_have_cookies_that_other_hosts_and_plain_pages_never_see(tmp_path: Path) -> None:
    from workbench.app import settings

    found = settings(a_config("sqlite:///x.sqlite", tmp_path, base_url="https://tenders.example.org"))
    names = ("SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "TRUSTED_HOSTS")
    assert [found[name] for name in names] == ["__Host-session", True, True, ["tenders.example.org"]]


def test_an_address_in_the_old_spelling_of_hosting_companies_is_understood(tmp_path: Path) -> None:
    config = Config.from_environment(environment(tmp_path, DATABASE_URL="postgres://u:p@db/x"))
    assert config.database_url == "postgresql://u:p@db/x"


def test_the_keys_of_the_tests_would_pass() -> None:
    assert all(checked_secret("x", key) for key in (SECRETS.session_key, SECRETS.password_salt, SECRETS.totp_key))
