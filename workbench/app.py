"""The application: put together from its settings, in one place and one order."""

from __future__ import annotations

from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, abort, request
from flask.typing import ResponseReturnValue
from werkzeug.middleware.proxy_fix import ProxyFix

from workbench import engine, models
from workbench.config import LOOPBACK, Config
from workbench.db import db
from workbench.sending import WRITES
from workbench.web import BLUEPRINTS, SET_UPS, errors, headers, health, logs, writing
from workbench.web.limits import limiter
from workbench.web.receiving import InMemory

LARGEST_BODY = 2 * 1024 * 1024
"""Bytes of a form; pages that take files set their own limit on the request."""
MOST_FIELDS = 10_000
"""A page of 500 criteria has some thousands of fields."""
_LARGEST_NUMBER = 2**63 - 1
_A_YEAR = 365 * 24 * 60 * 60


class Workbench(Flask):
    """Flask, with every write run as one unit of work and no file of a request on a disk."""

    request_class = InMemory

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view of the request; a write runs inside :func:`workbench.web.writing.carry_out`."""
        if request.method in WRITES and request.routing_exception is None:
            return writing.carry_out(super().dispatch_request)
        return super().dispatch_request()


class StrictBody:
    """Make the end of a body that is cut short an error.

    The server reports a client that vanished in the middle as the normal end of the input. Without this flag Werkzeug
    counts the bytes against Content-Length itself and raises ClientDisconnected (400).
    """

    def __init__(self, app: Any) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Pass a request on, without the server's word that its input ends by itself."""
        if environ.get("CONTENT_LENGTH") and not environ.get("HTTP_TRANSFER_ENCODING"):
            environ.pop("wsgi.input_terminated", None)
        return self.app(environ, start_response)


def create_app(config: Config | None = None) -> Workbench:
    """Make the application; refused with a ProcurementError where a setting or the database is unsafe."""
    config = config or Config.from_environment()
    config.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    app = Workbench("workbench", static_folder=None)
    app.config.from_mapping(settings(config))
    _init_database(app)
    logs.init_logs(app)
    limiter.init_app(app)
    writing.csrf.init_app(app)
    for address in SET_UPS:
        _named(address)(app)
    for address in BLUEPRINTS:
        app.register_blueprint(_named(address))
    app.before_request(_check_address)
    health.init_metrics(app)
    headers.init_headers(app)
    errors.init_errors(app)
    app.wsgi_app = StrictBody(_behind(config, app.wsgi_app))  # type: ignore[method-assign]
    return app


def settings(config: Config) -> dict[str, Any]:
    """Say the settings in the words of Flask and its extensions."""
    where = urlsplit(config.base_url)
    return {
        "WORKBENCH": config,
        "TESTING": config.testing,
        "PROPAGATE_FAULTS": config.testing,
        "SECRET_KEY": config.secrets.session_key,
        "SECRET_KEY_FALLBACKS": list(config.secrets.old_session_keys),
        "SQLALCHEMY_DATABASE_URI": config.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine.engine_options(config.database_url),
        "SESSION_COOKIE_NAME": "__Host-session" if config.secure else "session",
        "SESSION_COOKIE_SECURE": config.secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PREFERRED_URL_SCHEME": where.scheme,
        "TRUSTED_HOSTS": _names_of(where.hostname or ""),
        "MAX_CONTENT_LENGTH": LARGEST_BODY,
        "MAX_FORM_MEMORY_SIZE": LARGEST_BODY,
        "MAX_FORM_PARTS": MOST_FIELDS,
        "WTF_CSRF_CHECK_DEFAULT": False,  # writing.carry_out checks, in its own order
        "WTF_CSRF_TIME_LIMIT": None,  # a token counts as long as its session
        "RATELIMIT_ENABLED": config.rate_limits,
        "RATELIMIT_STORAGE_URI": config.rate_limits_url,
        "JSON_SORT_KEYS": True,
        "SEND_FILE_MAX_AGE_DEFAULT": _A_YEAR,
    }


def _names_of(host: str) -> list[str] | None:
    """Say under which names the pages are served: a page from elsewhere must not reach a trial under its own name.

    The library cannot tell addresses in brackets apart; a trial served under one of those takes any.
    """
    if ":" in host:
        return None
    return ["localhost", "127.0.0.1"] if host in LOOPBACK else [host]


def _init_database(app: Flask) -> None:
    assert models.__all__  # the tables are known from here on
    db.init_app(app)
    with app.app_context():
        engine.prepare(db.engine)
        engine.check(db.engine)


def _check_address() -> None:
    """Refuse addresses with what no database can look up, before a view does."""
    numbers = [it for it in (request.view_args or {}).values() if isinstance(it, int)]
    if any(abs(number) > _LARGEST_NUMBER for number in numbers):
        abort(404)
    if writing.unreadable(request.path):
        abort(404)
    if any(writing.unreadable(text) for pair in request.args.items(multi=True) for text in pair):
        abort(400, "The address has characters that are no text")


def _behind(config: Config, app: Any) -> Any:
    """Trust what the configured number of proxies say of the client, and nobody else."""
    n = config.proxies
    return ProxyFix(app, x_for=n, x_proto=n, x_host=n) if n else app


def _named(address: str) -> Any:
    module, name = address.split(":")
    return getattr(import_module(module), name)
