"""What every answer tells the browser: nothing from elsewhere, nothing inline, nothing kept that is confidential."""

from __future__ import annotations

from flask import Flask, Response, current_app, request
from flask_login import current_user

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Our own forms are told from others' by their referrer and origin, so these must not be withheld from ourselves.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
SANDBOX = "sandbox; default-src 'none'"
"""The policy of a file that somebody sent us: a browser keeps it and runs nothing in it."""
HSTS = "max-age=31536000; includeSubDomains"


def init_headers(app: Flask) -> None:
    """Put the headers on every answer, errors included."""
    app.after_request(add)


def add(response: Response) -> Response:
    """Add the headers; a view that needs a stricter policy of contents has set its own."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers["Strict-Transport-Security"] = HSTS
    for_anybody = request.endpoint in {"assets", "static"} or response.cache_control.public
    if not for_anybody and _confidential(response):
        response.headers["Cache-Control"] = "no-store"
    return response


def _confidential(response: Response) -> bool:
    """Say whether an answer is for one person: they are signed in, or it carries a form's token.

    A page that says how it may be kept (``private, no-cache`` with a tag, for one that can be asked for again) is left.
    """
    if getattr(current_app, "login_manager", None) is None or not current_user.is_authenticated:
        return request.method != "GET"
    return not (response.cache_control.private and response.cache_control.no_cache)
