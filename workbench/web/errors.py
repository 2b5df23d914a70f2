"""What a refusal looks like: a page with a sentence and a way back, or problem details (RFC 9457) for programs."""

from __future__ import annotations

from http import HTTPStatus

import structlog
from flask import Flask, Response, current_app, g, jsonify, render_template, request
from flask_limiter.errors import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from jinja2 import TemplateNotFound
from markupsafe import escape
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import ClientDisconnected, HTTPException, RequestEntityTooLarge, SecurityError

from lots.errors import ProcurementError
from workbench.output import findings_data
from workbench.policies import NotForYou, NotNow
from workbench.queries.publishing import UnreadableRules
from workbench.sending import UnknownFields
from workbench.services import StageError, StaleError
from workbench.web.writing import ForeignPage, OtherBody, UnreadableText, address_of

STATUS: tuple[tuple[type[ProcurementError], int], ...] = (
    (StaleError, 409),
    (StageError, 409),
    (NotNow, 409),
    (UnknownFields, 400),
    (UnreadableText, 400),
    (ForeignPage, 400),
    (OtherBody, 422),
    (UnreadableRules, 500),
)
"""The status of each refusal that is not simply 422."""
_PAGES = frozenset({400, 403, 404, 409, 413, 422, 429, 500, 503})
_STALE_FORM = "This page was open for so long that its form no longer counts: open it again and send it once more"
_CUT = "The form did not arrive whole, so nothing was saved: go back and send it again"
_LARGE = "What was sent is larger than this page takes, so nothing was saved"
_OFTEN = "You asked very often in a short time: wait a minute, then go on"
_BUSY = (
    "The workbench is busy or its database cannot be reached at this moment. Nothing was saved: try again in a minute"
)
_ELSEWHERE = "This workbench is not served under that name"
_OUT_OF_RANGE = "A value was too large or of the wrong kind to be kept. Nothing was saved"
log = structlog.get_logger("workbench")


def init_errors(app: Flask) -> None:
    """Answer every refusal and every fault of ``app`` in one of the two forms."""
    app.register_error_handler(ProcurementError, refused)
    app.register_error_handler(HTTPException, stopped)
    app.register_error_handler(OperationalError, busy)
    app.register_error_handler(DataError, out_of_range)
    app.register_error_handler(Exception, failed)


def refused(refusal: ProcurementError) -> Response:
    """Answer a refusal by name: its sentence, and both texts where somebody saved first."""
    if isinstance(refusal, NotForYou):
        return answer(403, str(refusal)) if refusal.status == 403 else answer(404)
    status = next((code for kind, code in STATUS if isinstance(refusal, kind)), 422)
    texts = _both(refusal) if isinstance(refusal, StaleError) else None
    return answer(status, str(refusal), refusal=refusal, texts=texts)


def stopped(error: HTTPException) -> Response:
    """Answer what Flask or a library stopped; a redirect passes as it is."""
    if error.code is None or error.code < 400:
        made = error.get_response()
        return current_app.make_response(made)
    if isinstance(error, SecurityError):  # no page of ours can be made for a name that is not ours
        return Response(_plain(400, _ELSEWHERE), 400)
    response = answer(error.code, _sentence(error))
    if error.code == 405 and (allowed := getattr(error, "valid_methods", None)):
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response


def busy(error: OperationalError) -> Response:
    """Answer a database that is locked, full or gone: nothing was acknowledged, and trying again is right."""
    log.error("database", problem=type(error.orig).__name__)
    response = answer(503, _BUSY)
    response.headers["Retry-After"] = "60"
    return response


def out_of_range(error: DataError) -> Response:
    """Answer a value that the database refuses to hold."""
    log.warning("value refused by the database", problem=type(error.orig).__name__)
    return answer(400, _OUT_OF_RANGE)


def failed(error: Exception) -> Response:
    """Answer a fault of ours: logged with the request's number, told without its inside."""
    if current_app.config.get("PROPAGATE_FAULTS"):
        raise error
    log.exception("fault", exc_info=error)
    return answer(500)


def _sentence(error: HTTPException) -> str:
    """Return what to say about an error of the libraries: our words, or those a view gave to ``abort``."""
    if isinstance(error, CSRFError):
        return _STALE_FORM
    if isinstance(error, ClientDisconnected):
        return _CUT
    if isinstance(error, RequestEntityTooLarge):
        return _LARGE
    if isinstance(error, RateLimitExceeded):
        return _OFTEN
    given = error.description or ""
    return "" if given == type(error).description else given


def _both(refusal: StaleError) -> list[dict[str, str]]:
    names = dict.fromkeys((*refusal.yours, *refusal.theirs))
    both = ((name, refusal.yours.get(name, ""), refusal.theirs.get(name, "")) for name in names)
    return [{"name": name, "yours": yours, "saved": saved} for name, yours, saved in both if yours != saved]


def answer(
    status: int,
    message: str = "",
    *,
    refusal: ProcurementError | None = None,
    texts: list[dict[str, str]] | None = None,
) -> Response:
    """Make the answer to a refusal, for a person or for a program."""
    if wants_json():
        response = _problem(status, message, refusal, texts)
    else:
        response = current_app.make_response(_page(status, message, refusal, texts))
        response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response


def wants_json() -> bool:
    """Say whether who asks is a program: it accepts JSON rather than pages, or saves a page by script."""
    accepted = request.accept_mimetypes
    asked = accepted.best_match(["text/html", "application/json", "application/problem+json"]) if accepted else ""
    return request.headers.get("X-Autosave") == "1" or (asked or "").endswith("json")


def _problem(
    status: int, message: str, refusal: ProcurementError | None, texts: list[dict[str, str]] | None
) -> Response:
    told: dict[str, object] = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    if message:
        told["detail"] = message
    if refusal is not None and refusal.findings:
        told["findings"] = findings_data(refusal.findings)
    if texts:
        told["texts"] = texts
    if request.headers.get("X-Autosave") == "1":
        told |= {"saved": False, "errors": {"": [message or HTTPStatus(status).phrase]}}
    if number := g.get("request_id"):
        told["request_id"] = number
    response = jsonify(told)
    response.status_code = status
    response.mimetype = "application/problem+json"
    return response


def _page(status: int, message: str, refusal: ProcurementError | None, texts: list[dict[str, str]] | None) -> str:
    """Render the page of a status; a plain one if the templates themselves are what failed."""
    page = status if status in _PAGES else 400 if status < 500 else 500
    values: dict[str, object] = {"texts": texts, "request_id": g.get("request_id"), **way_back(status)}
    if refusal is not None:
        values["findings"] = refusal.findings
    if message:
        values["message"] = message
    try:
        return render_template(f"errors/{page}.html", **values)
    except TemplateNotFound:
        return _plain(status, message)
    except Exception as error:  # the page of an error must not fail on what made the error
        log.exception("error page", exc_info=error)
        return _plain(status, message)


def way_back(status: int) -> dict[str, str]:
    """Return where an error page leads: to the page the form stood on, where there is one of ours."""
    before = address_of(request.referrer or "")
    if before.netloc == request.host and status in {400, 409, 413, 422} and before.path.startswith("/"):
        again = f"{before.path}?{before.query}" if before.query else before.path
        return {"back_url": again, "back_text": "Open the page again"}
    return {}


def _plain(status: int, message: str) -> str:
    said = escape(message or HTTPStatus(status).phrase)
    return (
        f'<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8"><title>{said}</title></head>'
        f"<body><main><h1>{said}</h1><p>Nothing was changed.</p>"
        f'<p><a href="/">Go to the first page</a></p></main></body></html>'
    )
