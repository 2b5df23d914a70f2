"""People who can really sign in, for the tests of signing in."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.workbench.conftest import submit
from tests.workbench.factories import a_user, an_authority
from workbench.app import Workbench
from workbench.db import db
from workbench.models.accounts import AuthorityRecord, SessionRecord, UserRecord

PASSWORD = "teapot gravel mint"


@dataclass(frozen=True)
class Person:
    """What a test needs to know of somebody who can sign in."""

    id: int
    email: str
    uniquifier: str
    secret: str
    authority_id: str


def a_person(app: Workbench, *roles: str, second_step: bool = True, authority_id: str = "") -> Person:
    """Add a person with a password and, unless told otherwise, a second step."""
    from flask_security import hash_password

    with app.app_context():
        authority = an_authority() if not authority_id else db.session.get_one(AuthorityRecord, authority_id)
        row = a_user(authority, *roles, password=hash_password(PASSWORD))
        secret = app.extensions["security"].totp_factory.generate_totp_secret() if second_step else ""
        if second_step:
            row.tf_primary_method, row.tf_totp_secret = "authenticator", secret
        db.session.commit()
        return Person(row.id, row.email, row.fs_uniquifier, secret, row.authority_id)


def code_for(app: Workbench, person: Person) -> str:
    """Return the code that the person's app shows now."""
    with app.app_context():
        return str(app.extensions["security"].totp_factory.generate_totp_password(person.secret))


def sign_in(client: FlaskClient, person: Person, password: str = PASSWORD, **options: object) -> TestResponse:
    """Give the address and the password."""
    return client.post("/sign-in", data={"email": person.email, "password": password}, **options)


def come_in(app: Workbench, person: Person) -> FlaskClient:
    """Sign in with both steps and return the browser."""
    client = app.test_client()
    assert urlsplit(sign_in(client, person).location).path == "/sign-in/code"
    answer = client.post("/sign-in/code", data={"code": code_for(app, person)})
    assert (answer.status_code, answer.location) == (302, "/tenders/")
    forget_last_code(app, person)
    return client


def forget_last_code(app: Workbench, person: Person) -> None:
    """Let the same code be used again, so that a test need not wait half a minute."""
    with app.app_context():
        db.session.get_one(UserRecord, person.id).totp_counter = None
        db.session.commit()


def is_in(client: FlaskClient) -> bool:
    """Say whether a browser is signed in."""
    return client.get("/account/").status_code == 200


def sessions(app: Workbench, person: Person) -> list[str]:
    """Return the ids of a person's sessions."""
    with app.app_context():
        return sorted(db.session.scalars(db.select(SessionRecord.id).where(SessionRecord.user_id == person.id)))


def cookie(client: FlaskClient) -> str:
    """Return the value of the session's cookie."""
    found = client.get_cookie("session")
    return found.value if found else ""


__all__ = ["PASSWORD", "Person", "a_person", "code_for", "come_in", "cookie", "is_in", "sessions", "sign_in", "submit"]
