"""How Flask-Security is set up: passwords and second steps, its addresses, and its sentences in our words."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from typing import Any

from workbench.config import Config
from workbench.passwords import SHORTEST
from workbench.web import access
from workbench.web.sessions import LONGEST as LONGEST_SESSION

FIRST_PAGE = "/tenders/"
"""Where somebody who signs in is led, unless they were on their way to another page."""
_ALWAYS = {
    "SECURITY_EMAIL_HTML": False,
    "SECURITY_EMAIL_SENDER": "no-reply@localhost",
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_RECOVERABLE": True,
    "SECURITY_CHANGEABLE": True,
    "SECURITY_TWO_FACTOR": True,
    "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
    "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,
    "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
    "SECURITY_TOTP_ISSUER": "Tender Workbench",
    "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
    "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": 8,
    "SECURITY_FRESHNESS_GRACE_PERIOD": timedelta(0),
    "SECURITY_API_ENABLED_METHODS": ["session"],
    "SECURITY_LOGOUT_METHODS": ["POST"],
    "SECURITY_STATIC_FOLDER": None,
    "SECURITY_DEFAULT_REMEMBER_ME": False,
}
_ADDRESSES = {
    "SECURITY_LOGIN_URL": "/sign-in",
    "SECURITY_LOGOUT_URL": "/sign-out",
    "SECURITY_VERIFY_URL": "/account/confirm",
    "SECURITY_CHANGE_URL": "/account/password",
    "SECURITY_RESET_URL": "/forgotten-password",
    "SECURITY_TWO_FACTOR_SETUP_URL": "/account/second-step",
    "SECURITY_TWO_FACTOR_TOKEN_VALIDATION_URL": "/sign-in/code",
    "SECURITY_TWO_FACTOR_RESCUE_URL": "/sign-in/help",
    "SECURITY_TWO_FACTOR_SELECT_URL": "/sign-in/choose",
    "SECURITY_MULTI_FACTOR_RECOVERY_CODES_URL": "/account/recovery-codes",
    "SECURITY_MULTI_FACTOR_RECOVERY_URL": "/sign-in/recovery-code",
    "SECURITY_POST_LOGIN_VIEW": FIRST_PAGE,
    "SECURITY_POST_LOGOUT_VIEW": "/sign-in",
}


def settings(config: Config) -> dict[str, Any]:
    """Say how Flask-Security is set up, in its own words."""
    light = config.testing
    recovery = hashlib.sha256(b"recovery codes\0" + config.secrets.totp_key.encode()).digest()
    return {
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_PASSWORD_SALT": config.secrets.password_salt,
        # 19 MiB, two passes, one lane: the first of OWASP's equal choices.
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
            "argon2__type": "ID",
            "argon2__memory_cost": 64 if light else 19456,
            "argon2__time_cost": 1 if light else 2,
            "argon2__parallelism": 1,
        },
        "SECURITY_PASSWORD_LENGTH_MIN": SHORTEST,
        "SECURITY_PASSWORD_NORMALIZE_FORM": "NFKC",
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"globally_deliverable": False, "check_deliverability": False},
        "SECURITY_CACHE_CONTROL": {"private": None, "no-store": None},
        "SECURITY_RESET_PASSWORD_WITHIN": timedelta(hours=1),
        "SECURITY_TWO_FACTOR_REQUIRED": not config.demo,
        "SECURITY_TOTP_SECRETS": {"1": config.secrets.totp_key},
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS": [base64.urlsafe_b64encode(recovery)],
        "SECURITY_FRESHNESS": LONGEST_SESSION if config.demo else access.FRESH_FOR,
        **_ALWAYS,
        **_ADDRESSES,
        **_MESSAGES,
    }


_MESSAGES = {
    "SECURITY_MSG_GENERIC_AUTHN_FAILED": ("The e-mail address or the password is not right", "error"),
    "SECURITY_MSG_GENERIC_RECOVERY": (
        "If somebody with this address works here, a mail with a link to a new password is on its way", "info",
    ),
    "SECURITY_MSG_PASSWORD_RESET_REQUEST": (
        "If somebody with this address works here, a mail with a link to a new password is on its way", "info",
    ),
    "SECURITY_MSG_PASSWORD_RESET": ("Your password is changed. Sign in with the new one.", "success"),
    "SECURITY_MSG_PASSWORD_RESET_NO_LOGIN": ("Your password is changed. Sign in with the new one.", "success"),
    "SECURITY_MSG_PASSWORD_RESET_EXPIRED": ("This link is older than %(within)s. Ask for a new one.", "error"),
    "SECURITY_MSG_INVALID_RESET_PASSWORD_TOKEN": ("This link is not valid, or was used. Ask for a new one.", "error"),
    "SECURITY_MSG_PASSWORD_CHANGE": ("Your password is changed; your other sessions have ended.", "success"),
    "SECURITY_MSG_PASSWORD_IS_THE_SAME": ("Your new password must differ from the old one", "error"),
    "SECURITY_MSG_RETYPE_PASSWORD_MISMATCH": ("The two passwords differ: type the same one twice", "error"),
    "SECURITY_MSG_INVALID_PASSWORD": ("The password is not right", "error"),
    "SECURITY_MSG_PASSWORD_NOT_PROVIDED": ("Enter your password", "error"),
    "SECURITY_MSG_EMAIL_NOT_PROVIDED": ("Enter your e-mail address", "error"),
    "SECURITY_MSG_INVALID_EMAIL_ADDRESS": ("Enter an e-mail address such as name@example.org", "error"),
    "SECURITY_MSG_REAUTHENTICATION_SUCCESSFUL": ("Thank you. Please go on.", "success"),
    "SECURITY_MSG_TWO_FACTOR_INVALID_TOKEN": (
        "The code is not right, or was used already: wait for the next one and enter its six digits", "error",
    ),
    "SECURITY_MSG_TWO_FACTOR_LOGIN_SUCCESSFUL": ("You are signed in.", "success"),
    "SECURITY_MSG_TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": ("Your second step is set up.", "success"),
    "SECURITY_MSG_TWO_FACTOR_PERMISSION_DENIED": ("Sign in with your password first", "error"),
    "SECURITY_MSG_TWO_FACTOR_METHOD_NOT_AVAILABLE": ("Choose an authenticator app", "error"),
    "SECURITY_MSG_TWO_FACTOR_DISABLED": ("Your second step is switched off.", "success"),
    "SECURITY_MSG_TWO_FACTOR_SETUP_EXPIRED": ("That took longer than %(within)s. Please start again.", "error"),
    "SECURITY_MSG_INVALID_RECOVERY_CODE": ("This recovery code is not right, or was used already", "error"),
    "SECURITY_MSG_NO_RECOVERY_CODES_SETUP": ("You have no recovery codes yet", "info"),
    "SECURITY_MSG_UNAUTHENTICATED": ("Sign in to see this page", "error"),
}  # fmt: skip
