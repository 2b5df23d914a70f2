"""Who sees what, in sentences written by hand: a second opinion that knows nothing of the policy table."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.workbench.web.world import CANARY, NOBODY, STRANGER, World, a_world

OK, MOVED, NO, GONE, LATER = 200, 303, 403, 404, 409
ADMINISTRATOR, OFFICER, AUDITOR = (f"{role} of the authority" for role in ("administrator", "officer", "auditor"))

SENTENCES = (
    ("nobody who is not signed in sees the list of tenders", NOBODY, "GET", "/tenders/", "draft", MOVED),
    ("nobody who is not signed in sees a draft", NOBODY, "GET", "/tenders/{id}/", "draft", MOVED),
    ("nobody who is not signed in sees the people", NOBODY, "GET", "/people/", "draft", MOVED),
    ("an officer of the tender sees its draft", "officer", "GET", "/tenders/{id}/", "draft", OK),
    ("an evaluator sees the tender they are to score", "evaluator", "GET", "/tenders/{id}/", "draft", OK),
    ("an opener sees the tender they are to open", "opener", "GET", "/tenders/{id}/", "published", OK),
    ("an approver sees what they are to sign", "approver", "GET", "/tenders/{id}/", "signed_off", OK),
    ("an auditor of the authority sees every tender", AUDITOR, "GET", "/tenders/{id}/", "evaluation", OK),
    ("an administrator sees no tender", ADMINISTRATOR, "GET", "/tenders/{id}/", "draft", GONE),
    ("an administrator sees no tender when it is decided", ADMINISTRATOR, "GET", "/tenders/{id}/", "awarded", GONE),
    ("an officer of the authority sees no colleague's draft", OFFICER, "GET", "/tenders/{id}/", "draft", GONE),
    ("a colleague without a role sees no draft", "colleague", "GET", "/tenders/{id}/", "draft", GONE),
    ("another authority's officer sees no draft", STRANGER, "GET", "/tenders/{id}/", "draft", GONE),
    ("another authority's officer does not see our panel", STRANGER, "GET", "/tenders/{id}/panel/", "draft", GONE),
    ("an evaluator sees who else is on the panel", "evaluator", "GET", "/tenders/{id}/panel/", "draft", OK),
    ("an evaluator does not choose the panel", "evaluator", "POST", "/tenders/{id}/panel/", "draft", NO),
    ("an approver does not choose the panel", "approver", "POST", "/tenders/{id}/panel/", "draft", NO),
    ("an auditor does not choose the panel", AUDITOR, "POST", "/tenders/{id}/panel/", "draft", NO),
    ("an administrator does not choose a panel", ADMINISTRATOR, "POST", "/tenders/{id}/panel/", "draft", GONE),
    ("nobody chooses the panel of a cancelled tender", "officer", "POST", "/tenders/{id}/panel/", "cancelled", LATER),
    ("an evaluator does not write the tender", "evaluator", "POST", "/tenders/{id}/basics/edit", "draft", NO),
    ("an approver does not write what they sign", "approver", "POST", "/tenders/{id}/basics/edit", "draft", NO),
    ("an auditor of the tender writes nothing", "auditor", "POST", "/tenders/{id}/basics/edit", "draft", NO),
    ("a colleague's write finds no tender", "colleague", "POST", "/tenders/{id}/basics/edit", "draft", GONE),
    ("nobody writes a tender under evaluation", "officer", "POST", "/tenders/{id}/basics/edit", "evaluation", LATER),
    ("nobody writes an awarded tender", "officer", "POST", "/tenders/{id}/basics/edit", "awarded", LATER),
    ("an administrator sees the people", ADMINISTRATOR, "GET", "/people/", "draft", OK),
    ("an auditor sees the people", AUDITOR, "GET", "/people/", "draft", OK),
    ("an auditor invites nobody", AUDITOR, "POST", "/people/invite", "draft", NO),
    ("an officer does not see the people", OFFICER, "GET", "/people/", "draft", NO),
    ("an officer of a tender invites nobody to the authority", "officer", "POST", "/people/invite", "draft", NO),
    ("an officer deactivates nobody", OFFICER, "POST", "/people/1/deactivate", "draft", NO),
    ("another authority finds none of our people", STRANGER, "GET", "/people/1", "draft", GONE),
    ("another authority deactivates none of us", STRANGER, "POST", "/people/1/deactivate", "draft", GONE),
    ("everybody sees their own account", "colleague", "GET", "/account/", "draft", OK),
)  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with a_world(tmp_path_factory.mktemp("world")) as made:
        yield made


@pytest.mark.parametrize(
    ("who", "method", "path", "stage", "status"), [row[1:] for row in SENTENCES], ids=[row[0] for row in SENTENCES]
)
def test_who_may(world: World, who: str, method: str, path: str, stage: str, status: int) -> None:
    form = {"_key": str(uuid4()), "_end": "1"} if method == "POST" else None
    url = path.format(id=world.tenders[stage].id)
    answer = world.clients[who].open(url, method=method, data=form)
    assert answer.status_code == status
    if status == GONE:
        assert f"{CANARY}-{stage}-here" not in answer.text


def test_the_list_of_tenders_shows_each_person_their_own(world: World) -> None:
    shown = {who: world.clients[who].get("/tenders/").text.count(f"{CANARY}-draft-here") for who in world.people}
    seeing = {who for who, times in shown.items() if times}
    assert seeing == {
        "officer", "opener", "evaluator", "moderator", "finance", "legal", "approver", "auditor",
        "auditor of the authority",
    }  # fmt: skip
    assert f"{CANARY}-foreign-here" in world.clients[STRANGER].get("/tenders/").text


def test_a_refusal_says_who_may(world: World) -> None:
    answer = world.clients["evaluator"].post(
        f"/tenders/{world.tenders['draft'].id}/panel/", data={"_key": str(uuid4()), "_end": "1"}
    )
    assert "Officers of the tender give and take roles in it, never their own." in answer.text


def test_a_program_is_told_that_it_is_not_signed_in(world: World) -> None:
    answer = world.clients[NOBODY].get("/tenders/", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")


def test_what_an_administrator_does_needs_the_password_given_lately(world: World) -> None:
    client = world.app.test_client()
    mark = world.people[ADMINISTRATOR]
    from workbench.db import db
    from workbench.models.accounts import UserRecord

    with world.app.app_context():
        uniquifier = db.session.get_one(UserRecord, mark.user_id).fs_uniquifier
    with client.session_transaction() as session:
        session.update({"_user_id": uniquifier, "_fresh": True, "fs_paa": 1.0, "identity.id": uniquifier})
    assert client.get("/people/").status_code == OK
    answer = client.get("/people/invite")
    assert (answer.status_code, answer.location) == (303, "/account/confirm?next=/people/invite")
