"""What the server writes down about its work: JSON lines with a number for each request, and nothing anybody typed."""

from __future__ import annotations

import logging
import re
import sys
from time import perf_counter
from uuid import uuid4

import structlog
from flask import Flask, Response, g, request

_NUMBER = re.compile(r"[A-Za-z0-9-]{8,64}", re.ASCII)
ALLOWED = frozenset(
    {"event", "level", "timestamp", "request_id", "method", "route", "status", "milliseconds", "problem", "exception",
     "endpoint", "action", "exc_info"}
)  # fmt: skip
"""The fields that may be logged; any other is dropped, so that no content slips in by way of a careless line."""
PUBLIC = "/notices/<tender_id>/…"
"""What the pages of a published tender are called here, those of its tenderers included."""
_TENDERERS = ("/notices/<tender_id>/", "/partners/")
log = structlog.get_logger("workbench")


def configure(level: int = logging.INFO) -> None:
    """Write structured lines to standard output for the whole process."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.dict_tracebacks,
            only_allowed,
            structlog.processors.JSONRenderer(ensure_ascii=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=False,
    )


def only_allowed(_: object, __: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Drop every field that is not on the list, and from exceptions everything but where they arose."""
    kept = {name: value for name, value in line.items() if name in ALLOWED}
    if isinstance(kept.get("exception"), list):
        kept["exception"] = [_bare(it) for it in kept["exception"]]
    return kept


def _bare(trace: dict[str, object]) -> dict[str, object]:
    """Return an exception's kind and place without its text and variables, which may hold what somebody typed."""
    frames = trace.get("frames")
    places = (
        [f"{it.get('filename')}:{it.get('lineno')} {it.get('name')}" for it in frames]
        if isinstance(frames, list)
        else []
    )
    return {"kind": trace.get("exc_type"), "frames": places}


def init_logs(app: Flask) -> None:
    """Give each request a number and write one line when it is answered."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if _NUMBER.fullmatch(given) else str(uuid4())
    g.begun = perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    if "request_id" not in g:  # stopped before it began
        return response
    response.headers["X-Request-Id"] = g.request_id
    took = (perf_counter() - g.begun) * 1000
    log.info("request", method=request.method, route=route(), status=response.status_code, milliseconds=round(took, 1))
    return response


def route() -> str:
    """Name the page that was asked for: its rule and not its path, which can hold a token that lets somebody in.

    What tenderers do is one page among those that the public reads: else lines and figures would tell how many of
    them started, saved or submitted a bid.
    """
    rule = request.url_rule.rule if request.url_rule else "none"
    return PUBLIC if rule.startswith(_TENDERERS) else rule
