"""How the application is set up: read once from the environment, frozen, refused at start-up where it is unsafe.

Secrets are never settings with defaults. Each is a file of its own in the data folder, made at the first start,
readable by its owner only, and refused where it is short, well known or open to others.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from lots.errors import Finding, ProcurementError
from workbench.mail_server import MailServer, MailServerError, read_sender, read_server

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1", "[::1]"})
SHORTEST_SECRET = 43  # characters: 256 bits as token_urlsafe writes them
FEWEST_CHARACTERS = 16  # different ones in a secret: "aaaa…" and "12121212…" are none
_KNOWN = ("changeme", "change-me", "secret", "password", "insecure", "example", "default", "flask", "django", "dev-key")
_MOST_HOPS = 5


class ConfigError(ProcurementError):
    """A setting the application must not start with; the sentence says which and how to mend it."""


@dataclass(frozen=True)
class Secrets:
    """The keys of this installation. ``old_session_keys`` still read what was signed before a key was replaced.

    From ``receipts_key`` follows the pair that signs receipts and the closing of tenders.
    """

    session_key: str
    password_salt: str
    totp_key: str
    receipts_key: str
    old_session_keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Config:
    """Everything an installation decides.

    ``proxies`` counts the trusted proxies in front (0: none, their headers are ignored). ``demo`` allows the sign-in of
    made-up people with one click, on this machine only. ``rate_limits_url`` is where the limits are counted: ``memory://``
    for each process, Redis where several machines serve. ``queue_url`` is where work waits that no request does.
    """

    data: Path
    database_url: str
    secrets: Secrets
    base_url: str = "http://localhost:8000"
    proxies: int = 0
    demo: bool = False
    rate_limits: bool = True
    rate_limits_url: str = "memory://"
    metrics_token: str = ""
    mail: MailServer | None = None
    queue_url: str = ""
    testing: bool = False

    def __post_init__(self) -> None:
        where = urlsplit(self.base_url)
        if where.scheme not in {"http", "https"} or not where.hostname:
            raise _refused(
                "WORKBENCH_BASE_URL", f"“{self.base_url}” is no address: write it like https://tenders.example.org"
            )
        if where.scheme == "http" and not self.on_loopback:
            raise _refused(
                "WORKBENCH_BASE_URL", f"{self.base_url} is not encrypted: use https, or http on localhost for a trial"
            )
        if self.demo and not self.on_loopback:
            raise _refused("WORKBENCH_DEMO", "the demonstration lets anybody sign in: it is served on localhost only")
        if self.is_sqlite and (":memory:" in self.database_url or self.database_url.rstrip("/") == "sqlite:"):
            raise _refused("WORKBENCH_DATABASE_URL", "a database in memory is gone when the process ends: name a file")

    @property
    def secure(self) -> bool:
        """Say whether pages travel encrypted; only a trial on localhost may do without."""
        return self.base_url.startswith("https:")

    @property
    def on_loopback(self) -> bool:
        """Say whether the pages are served to this machine only."""
        return (urlsplit(self.base_url).hostname or "") in LOOPBACK

    @property
    def is_sqlite(self) -> bool:
        """Say whether the database is a SQLite file."""
        return self.database_url.startswith("sqlite:")

    @property
    def queue(self) -> str:
        """Say where work waits: by default a SQLite file of its own in the data folder; in tests the memory."""
        return self.queue_url or ("memory://" if self.testing else f"sqlite:///{self.data / 'queue.sqlite'}")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Config:
        """Read the settings; ConfigError names the variable that cannot be used."""
        env = os.environ if environment is None else environment
        data = Path(env.get("WORKBENCH_DATA") or "instance").resolve()
        return cls(
            data=data,
            database_url=_database(env.get("WORKBENCH_DATABASE_URL", ""), data),
            secrets=secrets_in(data),
            base_url=(env.get("WORKBENCH_BASE_URL") or "http://localhost:8000").rstrip("/"),
            proxies=_hops(env.get("WORKBENCH_PROXIES") or "0"),
            demo=_switch("WORKBENCH_DEMO", env.get("WORKBENCH_DEMO") or "no"),
            rate_limits_url=env.get("WORKBENCH_RATE_LIMITS_URL") or "memory://",
            metrics_token=_metrics_token(env.get("WORKBENCH_METRICS_TOKEN", "")),
            mail=_mail(env.get("WORKBENCH_MAIL_URL", ""), env.get("WORKBENCH_MAIL_FROM", "")),
            queue_url=_queue(env.get("WORKBENCH_QUEUE_URL", "")),
        )


def secrets_in(data: Path) -> Secrets:
    """Read the key files of a data folder, making those that are not there yet; ConfigError for an unsafe one."""
    folder = data / "keys"
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    old = sorted(folder.glob("session.key.old*"))
    return Secrets(
        session_key=_key(folder / "session.key"),
        password_salt=_key(folder / "password.salt"),
        totp_key=_key(folder / "totp.key"),
        receipts_key=_key(folder / "receipts.key"),
        old_session_keys=tuple(_read_key(path) for path in old),
    )


def _key(path: Path) -> str:
    """Return the key in a file, made now if there is none; of two processes that start together one makes it."""
    if not path.exists():
        # Written whole beside it and linked, so that no other process ever reads half a key.
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return _read_key(path)


def _read_key(path: Path) -> str:
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise _refused(str(path), "others than its owner can read or write this key: type chmod 600 and its name")
    try:
        text = path.read_text(encoding="ascii").strip()
    except UnicodeDecodeError:
        raise _refused(str(path), "this key has characters that no key we make has: remove the file") from None
    return checked_secret(str(path), text)


def checked_secret(name: str, text: str) -> str:
    """Return a secret that is long and mixed enough; ConfigError for a short, repetitive or well-known one."""
    if len(text) < SHORTEST_SECRET:
        raise _refused(name, f"it has {len(text)} characters and must have at least {SHORTEST_SECRET}: remove the file")
    if len(set(text)) < FEWEST_CHARACTERS:
        raise _refused(name, "it repeats the same few characters: remove the file and a good one is made")
    if any(word in text.lower() for word in _KNOWN):
        raise _refused(name, "it looks like a key out of a manual: remove the file and a good one is made")
    return text


def _metrics_token(text: str) -> str:
    return checked_secret("WORKBENCH_METRICS_TOKEN", text) if text else ""


def _mail(url: str, sender: str) -> MailServer | None:
    """Read where mails go and whom they come from; both or neither."""
    if not url and not sender:
        return None
    try:
        address = read_sender(sender)
    except MailServerError as why:
        raise _refused("WORKBENCH_MAIL_FROM", str(why)) from None
    try:
        return read_server(url, address)
    except MailServerError as why:
        raise _refused("WORKBENCH_MAIL_URL", str(why)) from None


def _database(url: str, data: Path) -> str:
    if not url:
        return f"sqlite:///{data / 'workbench.sqlite'}"
    scheme = url.partition(":")[0]
    if scheme == "postgres":  # what many hosts still write
        return f"postgresql{url[len(scheme) :]}"
    if scheme in {"sqlite", "postgresql", "postgresql+psycopg"}:
        return url
    raise _refused("WORKBENCH_DATABASE_URL", "it begins neither with sqlite:/// nor with postgresql://")


def _queue(url: str) -> str:
    scheme, _, rest = url.partition("://")
    if scheme in {"postgres", "postgresql+psycopg"}:
        return f"postgresql://{rest}"
    if not url or scheme in {"sqlite", "postgresql", "redis", "rediss"}:
        return url
    raise _refused("WORKBENCH_QUEUE_URL", "it begins with none of sqlite:///, postgresql:// and redis://")


def _hops(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 3 and int(text) <= _MOST_HOPS:
        return int(text)
    raise _refused("WORKBENCH_PROXIES", f"write how many trusted proxies stand in front, 0 to {_MOST_HOPS}")


def _switch(name: str, text: str) -> bool:
    if text.lower() in {"yes", "no"}:
        return text.lower() == "yes"
    raise _refused(name, "write yes or no")


def _refused(name: str, why: str) -> ConfigError:
    message = f"{name} cannot be used: {why}"
    return ConfigError(message, [Finding("setting_refused", message, name)])
