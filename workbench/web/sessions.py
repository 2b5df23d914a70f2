"""Sessions that the server can end: a row for each browser in which somebody is signed in, or half way there.

The cookie of such a session holds a secret and nothing else; the table holds the secret's digest. A visitor who has
not signed in gets a small signed cookie for the form token, and no row. A session ends 30 minutes after its last page
and 12 hours after it began; its secret is replaced when somebody signs in or proves again who they are.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any, cast

from flask import Flask, Request, Response, request, session
from flask.json.tag import TaggedJSONSerializer
from flask.sessions import SecureCookieSessionInterface, SessionInterface, SessionMixin
from itsdangerous import BadSignature
from sqlalchemy import Connection, delete, insert, or_, select, update
from werkzeug.datastructures import CallbackDict

from workbench import clock
from workbench.db import WRITE, db
from workbench.models.accounts import SessionRecord, UserRecord
from workbench.sending import ONLY_CHECKED

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
TOUCHED_EVERY = timedelta(minutes=1)
LIGHT = frozenset({"csrf_token", "_flashes", "fs_cc", "_permanent", "_fresh"})
"""What a session may hold without being worth a row."""
WHO = ("_user_id", "tf_user_id", "fs_paa")
"""What says who somebody is; when any of it changes, so does the secret."""
_MARK = "s."
_TEXTS = TaggedJSONSerializer()


class TableSession(CallbackDict[str, Any], SessionMixin):
    """What the pages keep between two requests of one browser."""

    def __init__(
        self, values: dict[str, Any] | None = None, *, row: str = "", created: datetime | None = None, kept: bool = True
    ) -> None:
        def changed(session: Any) -> None:
            session.modified = True

        super().__init__(values or {}, changed)
        self.modified = False
        self.row = row
        self.created = created
        self.kept = kept
        self.touch = False
        self.rotate = False
        self.stale_cookie = False
        self.before = self.who()

    def who(self) -> tuple[Any, ...]:
        """Return what says who somebody is."""
        return tuple(self.get(key) for key in WHO)

    @property
    def heavy(self) -> bool:
        """Say whether there is anything in it that must not travel in a cookie."""
        return not LIGHT.issuperset(self)


class TableSessions(SessionInterface):
    """Loads and saves sessions; the light ones by Flask's own signed cookie."""

    def __init__(self) -> None:
        self.light = SecureCookieSessionInterface()

    def open_session(self, app: Flask, request: Request) -> TableSession:
        """Return the session that the cookie names, or an empty one; for what is only worked out, one of nobody."""
        if request.mimetype == ONLY_CHECKED:
            return TableSession(kept=False)
        cookie = request.cookies.get(self.get_cookie_name(app), "")
        if not cookie:
            return TableSession()
        found = _from_table(cookie) if cookie.startswith(_MARK) else self._from_cookie(app, cookie)
        found.stale_cookie = not found and not found.row
        return found

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Keep what changed; a session that was ended meanwhile stays ended."""
        assert isinstance(session, TableSession)
        if response.cache_control.public:  # says the same to everybody, and may be kept by anybody
            return
        if not session.kept:  # the browser may have another one, which this must not replace
            return
        if session.accessed:
            response.vary.add("Cookie")
        if session.heavy:
            secret = _keep(session)
            if secret is None:
                self._forget(app, response)
            elif secret:
                self._set(app, response, secret)
            return
        if session.row:
            with _Writing() as connection:
                connection.execute(delete(SessionRecord).where(SessionRecord.id == session.row))
        if session and session.modified:
            self._set(app, response, self._serializer(app).dumps(dict(session)))
        elif session.row or session.stale_cookie or (session.modified and not session):
            self._forget(app, response)

    def _from_cookie(self, app: Flask, cookie: str) -> TableSession:
        try:
            values = self._serializer(app).loads(cookie, max_age=int(LONGEST.total_seconds()))
        except BadSignature:
            return TableSession()
        return TableSession({key: value for key, value in values.items() if key in LIGHT})

    def _serializer(self, app: Flask) -> Any:
        return self.light.get_signing_serializer(app)

    def _set(self, app: Flask, response: Response, value: str) -> None:
        response.set_cookie(
            self.get_cookie_name(app),
            value,
            path="/",
            secure=self.get_cookie_secure(app),
            httponly=True,
            samesite="Lax",
        )

    def _forget(self, app: Flask, response: Response) -> None:
        response.delete_cookie(
            self.get_cookie_name(app), path="/", secure=self.get_cookie_secure(app), httponly=True, samesite="Lax"
        )


def init_sessions(app: Flask, *, secure: bool) -> None:
    """Give the application these sessions; the cookie's name binds it to this host where pages travel encrypted."""
    app.config["SESSION_COOKIE_NAME"] = "__Host-session" if secure else "session"
    app.config["SESSION_COOKIE_SECURE"] = secure
    app.config["SESSION_COOKIE_HTTPONLY"] = True
    app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    app.session_interface = TableSessions()


def this_session() -> str:
    """Return the id of the session of this request."""
    current = cast(Any, session)._get_current_object()
    return current.row if isinstance(current, TableSession) else ""


def digest(secret: str) -> str:
    """Return what the table knows a session's secret by."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _from_table(cookie: str) -> TableSession:
    row = digest(cookie.removeprefix(_MARK))
    at = clock.now()
    with db.engine.connect() as connection:
        found = connection.execute(
            select(SessionRecord.data, SessionRecord.created_at, SessionRecord.seen_at, SessionRecord.rotate).where(
                SessionRecord.id == row, SessionRecord.expires_at > at, SessionRecord.seen_at > at - IDLE
            )
        ).one_or_none()
    if found is None:
        return TableSession()
    session = TableSession(_TEXTS.loads(found.data), row=row, created=found.created_at)
    session.touch = at - found.seen_at > TOUCHED_EVERY
    session.rotate = found.rotate
    return session


def _keep(session: TableSession) -> str | None:
    """Write the session; return its new secret, nothing where it keeps its own, None where it was ended meanwhile."""
    renewed = not session.row or session.rotate or session.who() != session.before
    if not (renewed or session.modified or session.touch):
        return ""
    with _Writing() as connection:
        if renewed:
            return _renew(connection, session)
        values = {"data": _TEXTS.dumps(dict(session)), "seen_at": clock.now()}
        kept = connection.execute(update(SessionRecord).where(SessionRecord.id == session.row).values(values)).rowcount
    return "" if kept else None


def _renew(connection: Connection, session: TableSession) -> str | None:
    at = clock.now()
    if session.row and not connection.execute(delete(SessionRecord).where(SessionRecord.id == session.row)).rowcount:
        return None
    if session.get("_user_id") != session.before[0]:
        session.pop("csrf_token", None)
        session.created = at
        _sweep(connection, at)
    secret = secrets.token_urlsafe(32)
    created = session.created or at
    values = {
        "id": digest(secret), "user_id": _person(connection, session), "data": _TEXTS.dumps(dict(session)),
        "browser": _browser(), "created_at": created, "seen_at": at, "expires_at": created + LONGEST, "rotate": False,
    }  # fmt: skip
    connection.execute(insert(SessionRecord).values(values))
    return _MARK + secret


def _person(connection: Connection, session: TableSession) -> int | None:
    mark = session.get("_user_id") or session.get("tf_user_id")
    return connection.scalar(select(UserRecord.id).where(UserRecord.fs_uniquifier == mark)) if mark else None


def _sweep(connection: Connection, at: datetime) -> None:
    """Remove the sessions that ended by themselves."""
    over = or_(SessionRecord.expires_at <= at, SessionRecord.seen_at <= at - IDLE)
    connection.execute(delete(SessionRecord).where(over))


def _browser() -> str:
    """Say in two words what browser asks: enough for its owner to know it again."""
    agent = request.headers.get("User-Agent", "")
    browsers = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
    systems = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
               ("Mac OS", "Mac"), ("Linux", "Linux"))  # fmt: skip
    browser = next((name for mark, name in browsers if mark in agent), "A browser")
    system = next((name for mark, name in systems if mark in agent), "")
    return f"{browser} on {system}" if system else browser


class _Writing:
    """A short transaction of its own, begun after the request's, so that neither waits for the other."""

    def __enter__(self) -> Connection:
        db.session.rollback()
        self.connection = db.engine.connect().execution_options(**{WRITE: True})
        self.transaction = self.connection.begin()
        return self.connection

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        try:
            self.transaction.__exit__(kind, error, trace)
        finally:
            self.connection.close()
