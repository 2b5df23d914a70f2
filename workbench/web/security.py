"""Signing in, by Flask-Security: how it is set up here, and what is stricter than it comes.

A second step is asked of everybody except in a demonstration. No cookie that remembers, no token beside the session:
what signs somebody in is a row that can be ended.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, cast

from flask import Flask, Response, current_app, request, session, url_for
from flask_security import (
    LoginForm,
    MailUtil,
    PasswordUtil,
    Security,
    SQLAlchemyUserDatastore,
    Totp,
    TwoFactorRescueForm,
    TwoFactorSetupForm,
    UserMixin,
    password_changed,
    password_reset,
    tf_disabled,
    tf_profile_changed,
    user_authenticated,
)
from passlib.totp import TotpMatch
from sqlalchemy.exc import SQLAlchemyError
from wtforms import RadioField

from workbench import audit, clock, policies
from workbench.config import Config
from workbench.db import begin_writing, db
from workbench.forms.choices import choices_of
from workbench.models.accounts import RoleRecord, UserRecord
from workbench.passwords import weakness
from workbench.policies import Actor, Permission
from workbench.queries import accounts
from workbench.sending import new_key
from workbench.web import access
from workbench.web.limits import GUESSING, limiter
from workbench.web.mailing import send_mail
from workbench.web.security_settings import settings
from workbench.web.sessions import init_sessions
from workbench.web.writing import HASHING

GUESSED = ("login", "verify", "two_factor_token_validation", "two_factor_setup_validate", "mf_recovery",
           "forgot_password", "reset_password", "change_password")  # fmt: skip
"""The pages of Flask-Security where a password or a code is typed."""
SIGNED_IN = frozenset({"verify", "change_password", "mf_recovery_codes", "two_factor_setup_validate"})
"""Its pages that only somebody signed in may open."""

GUESSING_ONE = "20 per 15 minutes"
"""How often one account's password or code may be given wrongly, from wherever."""
PLACES = (
    ("Tenders", "tenders.index", Permission.TENDER_LIST, "/tenders"),
    ("People", "accounts.people", Permission.PEOPLE_VIEW, "/people"),
    ("Your account", "accounts.mine", Permission.ACCOUNT_OWN, "/account"),
)
"""What every page leads to: words, page, who is led there, and what the addresses inside begin with."""


def init_security(app: Flask) -> None:
    """Give the application its sessions, its sign-in pages and who is signed in."""
    config: Config = app.config["WORKBENCH"]
    init_sessions(app, secure=config.secure)
    app.config.update(settings(config))
    datastore = Datastore(db, UserRecord, RoleRecord)
    security = Security(
        app,
        datastore,
        login_form=PlainLoginForm,
        two_factor_setup_form=PlainSetupForm,
        two_factor_rescue_form=PlainRescueForm,
        mail_util_cls=PlainMail,
        password_util_cls=Passwords,
        totp_cls=OnceTotp,
    )
    cast(Any, security).unauthn_handler(lambda *_args, **_more: access.to_sign_in())
    cast(Any, security).reauthn_handler(lambda *_args: access.to_confirm())
    app.login_manager.request_loader(lambda _request: None)  # type: ignore[attr-defined]
    for name, view in app.view_functions.items():
        if name.startswith("security."):
            app.view_functions[name] = _declared(name.removeprefix("security."), view)
    _listen(app)
    app.context_processor(_for_every_page)
    security.login_context_processor(lambda: {"demo_people": _demo_people(config)})
    security.mail_context_processor(lambda: {"base_url": config.base_url})


def navigation(viewer: Actor | None) -> list[dict[str, Any]]:
    """List where somebody can go from every page; a page inside a place is active, its first page is current."""
    mine = [place for place in PLACES if viewer and policies.may(viewer, place[2])]
    here = request.endpoint or ""
    return [
        {
            "text": text,
            "href": url_for(endpoint),
            "current": here == endpoint,
            "active": bool(request.url_rule) and str(request.url_rule).startswith(under),
        }
        for text, endpoint, _permission, under in mine
        if endpoint in current_app.view_functions
    ]


class PlainLoginForm(LoginForm):
    """An address and a password; nothing is remembered beyond the session."""

    remember = cast(Any, None)


class Choices(list[Any]):
    """Choices of a form that Flask-Security adds to as pairs, which WTForms no longer takes."""

    def append(self, choice: tuple[str, str]) -> None:
        self.extend(choices_of([choice]))


class PlainSetupForm(TwoFactorSetupForm):
    """The second step: an authenticator app, or none where none is required."""

    setup = RadioField(
        choices=choices_of([("authenticator", "An authenticator app"), ("disable", "None")]),
        validate_choice=False,
    )


class PlainRescueForm(TwoFactorRescueForm):
    """What to do without the telephone; Flask-Security adds to the choices of each form it makes."""

    help_setup = RadioField(choices=lambda: Choices(choices_of([("help", "Ask an administrator")])))


class Datastore(SQLAlchemyUserDatastore):
    """Keeps an event for what Flask-Security tells nobody."""

    def mf_set_recovery_codes(self, user: Any, rcs: list[str] | None) -> None:
        super().mf_set_recovery_codes(user, rcs)
        record_own("recovery_codes_made", user)


class OnceTotp(Totp):
    """One-time codes that work once: the step of the last one is kept, however the next is spelt."""

    def get_last_counter(self, user: UserMixin) -> int | None:
        return cast(UserRecord, user).totp_counter

    def set_last_counter(self, user: UserMixin, tmatch: TotpMatch) -> None:
        cast(UserRecord, user).totp_counter = tmatch.counter
        db.session.add(user)

    def generate_qrcode(self, username: str, totp: str) -> str:
        """Return the picture as SVG markup for the page itself, which loads no ``data:`` address."""
        import qrcode
        from qrcode.image.svg import SvgPathImage

        made = qrcode.make(self.get_totp_uri(username, totp), image_factory=SvgPathImage)
        return str(made.to_string(encoding="unicode"))


class Passwords(PasswordUtil):
    """Passwords of twelve characters and more that are not guessed early."""

    def validate(self, password: str, is_register: bool, **kwargs: Any) -> tuple[list[str] | None, str]:
        user = kwargs.get("user")
        own = (user.name, user.email, user.authority.name, user.authority.short_name) if user else ()
        why = weakness(password, own)
        return ([why] if why else None), self.normalize(password)


class PlainMail(MailUtil):
    """Mails as text only, by whatever the installation sends mails with."""

    def send_mail(
        self,
        template: str,
        subject: str,
        recipient: Any,
        sender: Any,
        body: str | None,
        html: str | None,
        **kwargs: Any,
    ) -> None:
        send_mail(str(recipient), str(subject), body or "")


def _declared(name: str, view: Callable[..., Any]) -> Callable[..., Any]:
    """Say who may open a page of Flask-Security, and how often where something could be guessed."""
    limited: Any = view
    if name in GUESSED:
        limited = limiter.limit(GUESSING, methods=["POST"], deduct_when=_wrong)(limited)
        limited = limiter.limit(GUESSING_ONE, methods=["POST"], key_func=_account, deduct_when=_wrong)(limited)
    limited.permission = Permission.ACCOUNT_OWN if name in SIGNED_IN else None
    return cast(Callable[..., Any], limited)


def _wrong(response: Response) -> bool:
    """Say whether an answer shows the form again: what was typed was wrong."""
    return response.status_code != 302


def _account() -> str:
    """Name the account that is being guessed at, whatever address the guesses come from."""
    typed = request.form.get("email", "").strip().casefold()
    return "account:" + (typed or str(session.get("tf_user_id") or session.get("_user_id") or ""))


def _listen(app: Flask) -> None:
    """Keep one event for whatever somebody changes about how they sign in."""
    for signal, action in (
        (password_changed, "password_changed"),
        (password_reset, "password_reset"),
        (tf_profile_changed, "second_step_set_up"),
        (tf_disabled, "second_step_removed"),
        (user_authenticated, "signed_in"),
    ):
        signal.connect(_recorder(action), app, weak=False)


def _recorder(action: str) -> Callable[..., None]:
    def keep(_app: Flask, user: UserRecord, authn_via: Any = (), **_more: object) -> None:
        if authn_via == ["change"]:  # signed in again by changing the password, which has an event of its own
            return
        if request.endpoint in HASHING:  # the write begins only now, after the slow check of the password
            begin_writing()
        record_own(action, user)

    return keep


def record_own(action: str, user: UserRecord) -> None:
    """Record what somebody did to their own account."""
    at = clock.now()
    chain = audit.authority_chain(user.authority_id)
    audit.record(action, user.email, chain=chain, actor=_bare(user), at=at, details={"person": user.id})


def _bare(user: UserRecord) -> Actor:
    return Actor(user.id, user.name, user.job_title, user.email, user.authority_id)


def _for_every_page() -> dict[str, Any]:
    """Say on every page who is signed in and where they can go."""
    try:
        viewer = access.actor()
    except SQLAlchemyError:
        logging.getLogger(__name__).exception("who is signed in could not be read for a page")
        viewer = None
    return {
        "viewer": viewer,
        "navigation": navigation(viewer),
        "can": access.can,
        "new_key": new_key,
        "sign_in_url": url_for("security.login"),
        "sign_out_url": url_for("security.logout"),
        "demo": current_app.config["WORKBENCH"].demo,
    }


def _demo_people(config: Config) -> list[UserRecord]:
    """List whom a demonstration offers, officers first: they have something to do at once."""
    everybody = accounts.everybody() if config.demo else ()
    return sorted(everybody, key=lambda person: "officer" not in {role.name for role in person.roles})
