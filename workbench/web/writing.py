"""How a write is carried out: body whole, sent by a page of ours, once only, with exactly one event, or not at all.

Every POST, PUT, PATCH and DELETE runs inside :func:`carry_out`. What a view and its services change is committed
together with the one event they recorded and with the answer that was given; a view that records none changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from time import monotonic
from typing import Any, ParamSpec
from urllib.parse import SplitResult, urlsplit

from flask import Response, abort, current_app, g, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import Conflict

from lots.errors import ProcurementError
from workbench import clock
from workbench.audit import ClockError, recorded
from workbench.db import begin_writing, db
from workbench.models.idempotency import AnsweredRecord
from workbench.sending import ONLY_CHECKED, OWN_FIELDS, UnknownFields, new_key
from workbench.web.receiving import Receiver
from workbench.web.veil import worn

FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
"""What a write may be sent as: everything else would slip past the fields, which read texts."""
SELF_KEEPING = frozenset({"security"})
"""Blueprints of libraries that commit by themselves; only their request is checked here."""
HASHING = frozenset({"security.login", "security.verify", "security.forgot_password"})
"""Where a password is only checked, which is slow by design: nobody's write waits for it."""
_CLOCK_SLACK = timedelta(seconds=2)
_KEY_LENGTHS = range(8, 65)
_LONGEST_BODY = 100_000  # characters of a JSON answer that are kept for a repetition
csrf = CSRFProtect()
P = ParamSpec("P")


class ForeignPage(ProcurementError):  # noqa: N818 - it names a state, not a slip
    """A write that another site asked for."""


class OtherBody(ProcurementError):  # noqa: N818 - it names a state, not a slip
    """A key that was used before, for something else."""


class UnreadableText(ProcurementError):  # noqa: N818 - it names a state, not a slip
    """Bytes that are no text, or half a character."""


@dataclass(frozen=True)
class Sent:
    """What identifies a write: who sent it where under which key, and the digest of what was sent."""

    actor: str
    route: str
    key: str
    digest: str


def carry_out(view: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
    """Run the view of a write as one unit of work and return its answer, or the earlier answer to the same write.

    ``g.first_byte_at`` is when the request had begun, ``g.last_byte_at`` when the whole of it was here: one clock.
    """
    g.first_byte_at, began = clock.now(), monotonic()
    check_request()
    if _only_checks():
        return _without_writing(view)
    g.last_byte_at = _arrived(began)
    if request.blueprint in SELF_KEEPING:
        return _supervised(view)
    sent = _sent()
    try:
        begin_writing()
        recorded().clear()
        answered, is_new = _claim(sent)
        if not is_new:
            return _again(answered, sent)
        response = current_app.make_response(view())
        _check_fields()
        _finish(answered, response)
        return response
    finally:
        db.session.rollback()
        recorded().clear()


def checks_only(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Mark the view of a form that is only worked out and answered: nothing is saved, and no write lock is taken.

    Its body, origin and token are checked like any other's; a key is not asked for, because sending it twice does
    nothing twice. It may also be sent as JSON, and then knows nobody. Goes under ``open_to_all`` or ``requires``.
    """
    view.checks_only = True  # type: ignore[attr-defined]
    return view


def _only_checks() -> bool:
    return getattr(current_app.view_functions.get(request.endpoint or ""), "checks_only", False)


def _without_writing(view: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
    """Run a view that only checks; one that records or changes anything is a fault of ours."""
    if _in_session():
        recorded().clear()
    try:
        response = current_app.make_response(view())
        if request.mimetype in FORMS:
            _check_fields()
        if _in_session() and (recorded() or db.session.new or db.session.dirty or db.session.deleted):
            raise RuntimeError(f"{request.endpoint} is marked as only checking, and changed something")
        return response
    finally:
        if _in_session():
            db.session.rollback()
            recorded().clear()


def _in_session() -> bool:
    """Say whether this request has asked for a session of the database; without one it can have changed nothing."""
    return db.session.registry.has()


def _arrived(began: float) -> datetime:
    """Return the moment at which the body was whole; ClockError where the clock was set back meanwhile."""
    passed, at = timedelta(seconds=monotonic() - began), clock.now()
    if at < g.first_byte_at + passed - _CLOCK_SLACK:
        raise ClockError("The clock of the server was set back while this came in: send it again. Nothing was saved")
    return at


def _supervised(view: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
    """Run a view of a library that commits by itself; what it or its signals recorded is kept."""
    if request.endpoint not in HASHING:
        begin_writing()
    recorded().clear()
    try:
        response = current_app.make_response(view())
        if recorded():
            db.session.commit()
        return response
    except BaseException:
        db.session.rollback()
        raise
    finally:
        recorded().clear()


def check_request() -> None:
    """Refuse a write whose body is cut short or unreadable, or that another site asked for."""
    if request.mimetype == ONLY_CHECKED and _only_checks():
        _check_script()
    else:
        _check_form()


def _check_form() -> None:
    if request.mimetype not in FORMS and (request.content_length or request.mimetype):
        abort(415, "Send this as a form. Nothing was saved")
    texts = list(request.form.items(multi=True))  # reads the whole body
    if any(unreadable(text) for pair in texts for text in pair):
        raise UnreadableText("What was sent has characters that are no text; type them again. Nothing was saved")
    _check_origin()
    if current_app.config["WTF_CSRF_ENABLED"]:
        csrf.protect()


def _check_script() -> None:
    """Read what a script sent; it has the header of ours, which no browser lets a script of another site send here.

    There is no session whose token it could be, and nothing is changed that a token would protect.
    """
    request.get_data()  # reads the whole body; the view reads its texts strictly
    _check_origin()
    if current_app.config["WTF_CSRF_ENABLED"] and "X-CSRFToken" not in request.headers:
        abort(400, "This was not sent by a page of ours: open the page again")


def unreadable(text: str) -> bool:
    """Say whether a text has a NUL or half a character, which no database keeps."""
    if "\0" in text:
        return True
    try:
        text.encode()
    except UnicodeEncodeError:  # half a character is all that has no UTF-8
        return True
    return False


def _check_origin() -> None:
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site", "same-origin")
    foreign = origin is not None and address_of(origin).netloc != request.host
    if foreign or site not in {"same-origin", "none"}:
        raise ForeignPage("Another site tried to change something here in your name. Nothing was changed")


def address_of(text: str) -> SplitResult:
    """Take the address in a header of the request apart; what is no address has no host."""
    try:
        return urlsplit(text)
    except ValueError:
        return urlsplit("")


def _check_fields() -> None:
    """Refuse fields that no form of the view asked about."""
    unknown = {*request.form, *request.files} - OWN_FIELDS
    if unknown and not g.get("fields_checked"):
        raise UnknownFields(unknown)


# --- once only -------------------------------------------------------------------------------------------------


def _sent() -> Sent:
    key = request.form.get("_key") or request.headers.get("Idempotency-Key") or ""
    if len(key) not in _KEY_LENGTHS or not key.isascii() or not key.isprintable():
        abort(400, "The form has lost its key: open the page again and send it once more. Nothing was saved")
    where, veil = f"{request.method} {request.path}"[:300], worn()
    if veil is not None:
        return Sent(veil.actor, veil.blur(where), key, veil.blur(_digest()))
    return Sent(_who(), where, key, _digest())


def _who() -> str:
    known = getattr(current_app, "login_manager", None) is not None and current_user.is_authenticated
    return str(current_user.get_id()) if known else ""


def _digest() -> str:
    """Digest what was sent, without the fields that belong to the sending."""
    total = sha256()
    for name, text in request.form.items(multi=True):
        if name not in OWN_FIELDS or name == "_version":
            total.update(sha256(name.encode()).digest() + sha256(text.encode()).digest())
    for name, file in request.files.items(multi=True):
        total.update(sha256(name.encode()).digest() + _file_digest(file.stream))
    return total.hexdigest()


def _file_digest(stream: Any) -> bytes:
    """Digest a file that was sent; one that was sealed as it came in knows its own digest."""
    if isinstance(stream, Receiver):
        return stream.finish()
    total = sha256(stream.read()).digest()
    stream.seek(0)
    return total


def _claim(sent: Sent) -> tuple[AnsweredRecord, bool]:
    """Return the answer under this key and whether it is still to be given; two senders at once never both get it."""
    for _ in range(2):
        if found := db.session.get(AnsweredRecord, (sent.actor, sent.route, sent.key)):
            return found, False
        fresh = AnsweredRecord(
            actor=sent.actor, route=sent.route, key=sent.key, digest=sent.digest, at=clock.now(),
            status=0, location="", body="",
        )  # fmt: skip
        db.session.add(fresh)
        try:
            db.session.flush()
            return fresh, True
        except IntegrityError:  # on PostgreSQL the other one has just committed
            begin_writing()
    raise Conflict("The same form is being sent a second time at this moment: wait, then look whether it was saved")


def _again(answered: AnsweredRecord, sent: Sent) -> ResponseReturnValue:
    if answered.digest != sent.digest:
        raise OtherBody(
            "This form was already sent with other content: open the page again, compare, and send what is missing"
        )
    veil = worn()
    body, location = answered.body, answered.location
    if veil is not None:
        body, location = (veil.show(each, answered.key) for each in (body, location))
    if body:
        return Response(body, answered.status, mimetype="application/json")
    return redirect(location, 303)


def _finish(answered: AnsweredRecord, response: Response) -> None:
    """Commit what one event tells of; without an event nothing is kept."""
    events = len(recorded())
    if events > 1:
        raise RuntimeError(f"{request.endpoint} recorded {events} events for one write: it must be exactly one")
    if not events:
        return
    veil = worn()
    is_short = response.is_json and len(response.get_data()) <= _LONGEST_BODY
    body = response.get_data(as_text=True) if is_short else ""
    location = response.headers.get("Location") or request.path
    answered.status = response.status_code
    answered.body = veil.hide(body, answered.key) if veil else body
    answered.location = veil.hide(location, answered.key) if veil else location
    db.session.commit()


# --- the two ways of answering ---------------------------------------------------------------------------------


def is_autosave() -> bool:
    """Say whether a script saves the page while somebody types, and wants figures rather than a page."""
    return request.headers.get("X-Autosave") == "1"


def saved(location: str, *, version: int, at: datetime) -> ResponseReturnValue:
    """Answer a save that was carried out: onward to ``location``, or as JSON to the script."""
    if not is_autosave():
        return redirect(location, 303)
    return jsonify(saved=True, at=f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", version=version, key=new_key())


def not_saved(errors: Mapping[str, Sequence[str]], page: Callable[[], str], version: int = 0) -> ResponseReturnValue:
    """Answer a save whose fields need mending: the page again with its errors, or the errors as JSON to the script.

    ``version`` is the new one where what was typed was kept unfinished.
    """
    if not is_autosave():
        return page(), 422
    told = {name: list(texts) for name, texts in errors.items()}
    return jsonify(saved=False, errors=told, version=version, key=new_key()), 422
