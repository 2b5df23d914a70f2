"""Who may open a page: each view says so, with :func:`requires` or :func:`open_to_all`; a test sees to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, ParamSpec, cast

from flask import abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user

from workbench import clock, policies
from workbench.models.accounts import UserRecord
from workbench.policies import POLICY, Actor, Permission
from workbench.queries import accounts

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]
FRESH_FOR = timedelta(minutes=15)
"""How long a password given counts as just given."""
GRACE = timedelta(minutes=15)
"""How much longer a form that was opened in time may be sent."""


def requires(permission: Permission) -> Callable[[View[P]], View[P]]:
    """Open a view to those who hold a permission; the tender is the one its argument ``tender_id`` names.

    Sets ``g.actor`` and ``g.tender``. Goes directly under the route.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            if not current_user.is_authenticated:
                return to_sign_in()
            g.actor = _signed_in()
            g.tender = _tender(g.actor, kwargs.get("tender_id"))
            policies.check(g.actor, permission, g.tender)
            if POLICY[permission].fresh and not password_is_fresh():
                return to_confirm()
            return view(*args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def open_to_all(view: View[P]) -> View[P]:
    """Open a view to anybody, signed in or not."""
    view.permission = None  # type: ignore[attr-defined]
    return view


def actor() -> Actor | None:
    """Return who is signed in, or nobody; for pages that anybody may see."""
    if "actor" not in g:
        g.actor = _signed_in() if current_user.is_authenticated else None
    return cast(Actor | None, g.actor)


def _signed_in() -> Actor:
    """Return who is signed in, with the roles that they hold now."""
    return accounts.actor_for(cast(UserRecord, current_user._get_current_object()), clock.now())


def can(permission: Permission | str, tender: policies.HasStage | None = None) -> bool:
    """Say in a template whether the reader may do something, so that it offers nothing that would be refused."""
    who = actor()
    return who is not None and policies.may(who, Permission(permission), tender)


def password_is_fresh() -> bool:
    """Say whether the person gave their password lately; a form that is being sent has a little longer.

    In a demonstration nobody has a password to give.
    """
    if current_app.config["WORKBENCH"].demo:
        return True
    given = session.get("fs_paa")
    if not given:
        return False
    allowed = FRESH_FOR if request.method in ("GET", "HEAD") else FRESH_FOR + GRACE
    return clock.now() - datetime.fromtimestamp(given, UTC) < allowed


def _tender(who: Actor, tender_id: Any) -> policies.HasStage | None:
    if tender_id is None:
        return None
    to_write = request.method not in ("GET", "HEAD")
    tender = accounts.tender_within(who.authority_id, str(tender_id), to_write=to_write)
    return tender if tender is not None else abort(404)


def to_sign_in() -> ResponseReturnValue:
    """Send somebody who is not signed in to the sign-in page, to come back afterwards; a program is told 401."""
    if request.accept_mimetypes.best == "application/json":
        abort(401)
    return redirect(url_for("security.login", next=_here()), 303)


def to_confirm() -> ResponseReturnValue:
    """Ask somebody whose password was given some time ago for it again, to come back afterwards."""
    return redirect(url_for("security.verify", next=_here()), 303)


def _here() -> str:
    """Return the page to come back to: this one, or for a form that was sent the page it stood on."""
    return request.full_path.rstrip("?") if request.method in ("GET", "HEAD") else request.path
