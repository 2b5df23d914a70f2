"""The policy table, the duties kept apart, and what is written about them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pytest

from workbench import policies
from workbench.models import tenders
from workbench.policies import (
    AUTHORITY_ROLES,
    FORBIDDEN_PAIRS,
    POLICY,
    TENDER_ROLES,
    Actor,
    NotForYou,
    NotNow,
    Permission,
    check,
    clash,
    clash_in_authority,
    may,
)


@dataclass(frozen=True)
class ATender:
    """What the table needs to know of a tender."""

    id: str = "t1"
    authority_id: str = "a1"
    stage: str = "draft"


def somebody(*tender_roles: str, authority: str = "a1", roles: tuple[str, ...] = (), lot: str = "") -> Actor:
    assigned = frozenset(("t1", role, lot) for role in tender_roles)
    return Actor(1, "Ann", "Officer", "ann@example.org", authority, frozenset(roles), assigned)


def test_every_permission_has_its_policy_and_every_sentence_ends() -> None:
    assert set(POLICY) == set(Permission)
    assert all(policy.sentence.endswith(".") for policy in POLICY.values())


def test_the_table_names_only_roles_and_stages_there_are() -> None:
    for policy in POLICY.values():
        assert policy.authority_roles <= set(AUTHORITY_ROLES)
        assert policy.tender_roles <= set(TENDER_ROLES)
        assert policy.stages <= set(policies.STAGES)
    assert policies.STAGES == tenders.STAGES


def test_another_authority_s_tender_is_unknown_whatever_one_s_roles() -> None:
    stranger = somebody(*TENDER_ROLES, authority="a2", roles=tuple(AUTHORITY_ROLES))
    for permission, policy in POLICY.items():
        if policy.about == "tender":
            with pytest.raises(NotForYou) as refused:
                check(stranger, permission, ATender())
            assert refused.value.status == 404


def test_an_administrator_sees_no_tender_they_are_not_assigned_to() -> None:
    boss = somebody(roles=("administrator",))
    assert [p for p in Permission if POLICY[p].about == "tender" and may(boss, p, ATender())] == []


def test_an_auditor_of_the_authority_may_only_read() -> None:
    auditor = somebody(roles=("auditor",))
    allowed = {p for p in Permission if POLICY[p].about == "tender" and may(auditor, p, ATender())}
    assert allowed == {
        Permission.TENDER_VIEW, Permission.TENDER_REHEARSE, Permission.TENDER_EXPORT, Permission.PANEL_VIEW,
        Permission.QUESTION_VIEW, Permission.QUESTION_SEE_ASKER, Permission.AUDIT_VIEW,
    }  # fmt: skip


def test_an_officer_writes_until_the_tender_closes_and_not_after() -> None:
    officer = somebody("officer")
    stages = [stage for stage in policies.STAGES if may(officer, Permission.TENDER_EDIT, ATender(stage=stage))]
    assert stages == ["draft", "signed_off", "published"]
    with pytest.raises(NotNow, match="The tender is closed, and this cannot be done now"):
        check(officer, Permission.TENDER_EDIT, ATender(stage="closed"))


def test_somebody_who_knows_of_a_tender_is_told_who_may() -> None:
    with pytest.raises(NotForYou, match=r"You may not do this\. Officers of the tender write it") as refused:
        check(somebody("evaluator"), Permission.TENDER_EDIT, ATender())
    assert refused.value.status == 403


def test_every_role_gets_the_answer_of_the_table_in_every_stage() -> None:
    for permission, policy in POLICY.items():
        for role in TENDER_ROLES if policy.about == "tender" else ():
            for stage in policies.STAGES:
                known = role in POLICY[Permission.TENDER_VIEW].tender_roles
                allowed = role in policy.tender_roles
                wanted = None if allowed and stage in policy.stages else 409 if allowed else 403 if known else 404
                assert answered(somebody(role), permission, ATender(stage=stage)) == wanted, (permission, role, stage)


def answered(actor: Actor, permission: Permission, tender: ATender) -> int | None:
    try:
        check(actor, permission, tender)
    except (NotForYou, NotNow) as refused:
        return refused.status
    return None


def test_a_permission_about_tenders_is_never_held_of_none() -> None:
    everything = somebody(*TENDER_ROLES, roles=tuple(AUTHORITY_ROLES))
    assert [p for p in Permission if POLICY[p].about == "tender" and may(everything, p)] == []


def test_roles_in_a_lot_are_those_of_the_lot_and_of_all_lots() -> None:
    actor = Actor(1, "A", "", "a@x.example", "a1", frozenset(),
                  frozenset({("t1", "evaluator", "adult"), ("t1", "opener", "")}))  # fmt: skip
    assert actor.roles_in("t1", "adult") == {"evaluator", "opener"}
    assert actor.roles_in("t1", "cyp") == {"opener"}
    assert actor.roles_in("t2") == frozenset()


# --- duties kept apart ------------------------------------------------------------------------------------------


def reachable() -> set[frozenset[str]]:
    """Every set of roles that granting and taking roles in any order can give one person, found by search."""
    seen: set[frozenset[str]] = {frozenset()}
    waiting = deque(seen)
    while waiting:
        held = waiting.popleft()
        granted = (held | {role} for role in TENDER_ROLES if role not in held and not clash(held, role))
        taken = (held - {role} for role in held)
        for after in map(frozenset, (*granted, *taken)):
            if after not in seen:
                seen.add(after)
                waiting.append(after)
    return seen


def test_no_order_of_grants_reaches_a_forbidden_pair() -> None:
    assert [held for held in reachable() for pair in FORBIDDEN_PAIRS if pair <= held] == []


def test_every_set_without_a_forbidden_pair_can_be_reached() -> None:
    roles = sorted(TENDER_ROLES)
    choices = product((0, 1), repeat=len(roles))
    wanted = (frozenset(r for r, has in zip(roles, bits, strict=True) if has) for bits in choices)
    fine = {held for held in wanted if not any(pair <= held for pair in FORBIDDEN_PAIRS)}
    assert reachable() == fine


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("evaluator", "opener"), ("evaluator", "approver"), ("opener", "approver"), ("moderator", "approver"),
        ("officer", "approver"), ("evaluator", "finance"), ("officer", "evaluator"), ("auditor", "officer"),
    ],
)  # fmt: skip
def test_duties_that_must_lie_in_different_hands(one: str, other: str) -> None:
    assert clash(frozenset({one}), other) == clash(frozenset({other}), one) != ""


def test_who_audits_the_authority_does_nothing_else() -> None:
    assert (
        clash(frozenset(), "evaluator", frozenset({"auditor"})) == "An auditor of the authority only audits its tenders"
    )
    assert clash(frozenset(), "auditor", frozenset({"auditor"})) == ""
    assert (
        clash_in_authority(frozenset({"auditor", "officer"})) == "Whoever audits the authority does nothing else in it"
    )
    assert clash_in_authority(frozenset({"administrator", "officer"})) == ""


def test_the_documented_permissions_are_those_of_the_table() -> None:
    written = Path(__file__).resolve().parents[2] / "docs" / "permissions.md"
    assert written.read_text(encoding="utf-8") == policies.documentation()
