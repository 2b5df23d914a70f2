"""Every route × method × role × stage against the policy table; a new route is tried without being mentioned here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.workbench.web.world import CANARY, NOBODY, STRANGER, ATender, World, a_world
from workbench.policies import POLICY, Permission, holds, may

WRITES = ("POST", "PUT", "PATCH", "DELETE")
UNDECIDED = {401, 403, 500}
"""What nobody who may do something is ever answered."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with a_world(tmp_path_factory.mktemp("world")) as made:
        yield made


def rules(world: World) -> list[tuple[Rule, str, Permission | None]]:
    """Every route with each of its methods and the permission its view declares."""
    return [
        (rule, method, permission_of(world, rule))
        for rule in world.app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def permission_of(world: World, rule: Rule) -> Permission | None:
    return world.app.view_functions[rule.endpoint].permission  # type: ignore[attr-defined, no-any-return]


def address(world: World, rule: Rule, tender: ATender | None = None) -> str:
    values: dict[str, Any] = {"tender_id": tender.id} if tender else {}
    for name in rule.arguments - set(values):
        assert name in world.samples, f"{rule}: give world.samples an example of “{name}”"
        values[name] = world.samples[name]
    with world.app.test_request_context():
        return str(world.app.url_for(rule.endpoint, **values))


def ask(world: World, who: str, method: str, url: str, *, public: bool = False) -> TestResponse:
    form = {"_key": str(uuid4()), "_end": "1"} if method in WRITES else None
    answer = world.clients[who].open(url, method=method, data=form)
    leaked = [word for word in forbidden_words(world, who, public) if word.encode() in answer.data]
    answer.close()
    assert leaked == [], f"{who} {method} {url}"
    return answer


def forbidden_words(world: World, who: str, public: bool) -> list[str]:
    """What a person must never read: tenders they may not view, unless published, and another authority's people."""
    tenders = [each for each in (*world.tenders.values(), world.foreign) if each]
    if public:
        tenders = [each for each in tenders if each.stage in ("draft", "signed_off")]
    actor = world.people.get(who)
    unseen = [each.canary for each in tenders if actor is None or not may(actor, Permission.TENDER_VIEW, each)]
    return unseen if who == STRANGER else [*unseen, f"{CANARY}-authority", f"{CANARY}-stranger"]


def expected(world: World, who: str, permission: Permission, tender: ATender | None) -> int | None:
    """The status that the table calls for; None where it lets the person through."""
    if who == NOBODY:
        return 303
    actor = world.people[who]
    if may(actor, permission, tender):
        return None
    if POLICY[permission].about == "tender" and not may(actor, Permission.TENDER_VIEW, tender):
        return 404
    return 409 if holds(actor, permission, tender) else 403


def test_every_view_says_who_may_open_it(world: World) -> None:
    missing = [
        rule.rule for rule in world.app.url_map.iter_rules()
        if not hasattr(world.app.view_functions[rule.endpoint], "permission")
    ]  # fmt: skip
    assert missing == []


def test_every_view_about_a_tender_has_a_permission_about_tenders(world: World) -> None:
    found = {rule.rule: permission for rule, _, permission in rules(world) if permission is not None}
    wrong = [
        rule for rule, permission in found.items() if ("<tender_id>" in rule) != (POLICY[permission].about == "tender")
    ]
    assert wrong == []


def test_no_view_that_writes_has_a_permission_to_read(world: World) -> None:
    reading = {
        Permission.TENDER_VIEW, Permission.PANEL_VIEW, Permission.QUESTION_VIEW, Permission.AUDIT_VIEW,
        Permission.TENDER_LIST, Permission.PEOPLE_VIEW, Permission.AUTHORITY_AUDIT, Permission.QUESTION_SEE_ASKER,
        Permission.OPENING_VIEW, Permission.BIDS_VIEW,
    }  # fmt: skip
    assert [rule.rule for rule, method, permission in rules(world) if method in WRITES and permission in reading] == []


def test_every_refusal_is_the_table_s_and_changes_nothing(world: World) -> None:
    before, wrong = world.digest(), []
    for rule, method, permission in rules(world):
        if permission is None or not rule.endpoint.startswith(OWN):
            continue
        for who in world.clients:
            for tender, status in one_for_each_answer(world, rule, who, permission):
                if status is None:
                    continue
                answer = ask(world, who, method, address(world, rule, tender))
                if answer.status_code != status:
                    stage = tender.stage if tender else ""
                    wrong.append((rule.rule, method, who, stage, answer.status_code, status))
    assert wrong == []
    assert world.digest() == before


def test_whoever_may_is_let_through(world: World) -> None:
    wrong = []
    for rule, method, permission in rules(world):
        if permission is None or not rule.endpoint.startswith(OWN):
            continue
        for who in world.people:
            for tender in tenders_for(world, rule):
                if expected(world, who, permission, tender) is None:
                    answer = ask(world, who, method, address(world, rule, tender))
                    if answer.status_code in UNDECIDED or "/sign-in" in (answer.location or ""):
                        wrong.append((rule.rule, method, who, tender.stage if tender else "", answer.status_code))
                    if method in WRITES and answer.status_code < 400:
                        world.restore()
    assert wrong == []


def test_another_authority_s_tender_is_as_unknown_as_none(world: World) -> None:
    assert world.foreign is not None
    nothing = ATender("0" * 36, "", "draft", "")
    for rule, method, permission in rules(world):
        if permission is None or "tender_id" not in rule.arguments:
            continue
        for who in world.people.keys() - {STRANGER}:
            answers = [ask(world, who, method, address(world, rule, each)) for each in (world.foreign, nothing)]
            assert [it.status_code for it in answers] == [404, 404], (rule.rule, method, who)
            texts = [without_ids(it.text) for it in answers]
            assert texts[0] == texts[1], (rule.rule, method, who)


def test_what_is_open_to_all_never_shows_a_draft(world: World) -> None:
    for rule, method, permission in rules(world):
        if permission is None and "tender_id" not in rule.arguments:
            for who in world.clients:
                if rule.endpoint != "security.logout":
                    answer = ask(world, who, method, address(world, rule), public=True)
                    assert answer.status_code != 500, (rule.rule, who)


def one_for_each_answer(
    world: World, rule: Rule, who: str, permission: Permission
) -> Iterator[tuple[ATender | None, int | None]]:
    """Of the stages in which the table gives somebody the same answer one, another one with every route and person.

    The guard asks nothing but the table (tests/workbench/test_policies.py tries that in every stage), so that a route
    which asks it at all asks it in every stage.
    """
    alike: dict[int | None, list[ATender | None]] = {}
    for tender in tenders_for(world, rule):
        alike.setdefault(expected(world, who, permission, tender), []).append(tender)
    turn = sum(map(ord, f"{rule.endpoint} {who}"))
    yield from ((tenders[turn % len(tenders)], status) for status, tenders in alike.items())


OWN = ("accounts.", "tenders.", "public.", "questions.", "audit.", "bids.", "evaluation.", "awards.")
"""The blueprints whose views use our guard; Flask-Security's pages have tests of their own."""


def tenders_for(world: World, rule: Rule) -> list[ATender | None]:
    return list(world.tenders.values()) if "tender_id" in rule.arguments else [None]


def without_ids(text: str) -> str:
    """Leave out what differs between any two answers: ids, keys and form tokens."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|0{36}|value=\"[\w.-]{60,}\"", "*", text)
