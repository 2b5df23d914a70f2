"""Who may do what, to which tender, in which stage: the one table behind every page, its tests and its documentation.

Pure: it knows people, roles and stages, and neither pages nor tables. What may not be done is refused by name:
:class:`NotForYou` says who may, or, where the asker may not even know of the thing, says nothing (a page that is not
there); :class:`NotNow` says that the tender is not in a stage for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, Protocol

from lots.errors import ProcurementError
from workbench.permissions import (
    ANY_STAGE,
    AUTHORITY_ROLES,
    STAGES,
    TEAM,
    TENDER_ROLES,
    Permission,
    Policy,
)
from workbench.policy_panel import PANEL
from workbench.policy_tenders import TENDERS

__all__ = [
    "AUTHORITY_ROLES", "POLICY", "STAGES", "TEAM", "TENDER_ROLES", "Actor", "Permission", "Policy",
]  # fmt: skip

POLICY: Mapping[Permission, Policy] = MappingProxyType({**TENDERS, **PANEL})


@dataclass(frozen=True)
class Actor:
    """Who acts: a person of one authority, with the roles they hold at this moment.

    ``assignments`` are (tender id, role, lot id or nothing for all lots); ``authority`` is its short name.
    """

    user_id: int
    name: str
    job_title: str
    email: str
    authority_id: str
    authority_roles: frozenset[str] = frozenset()
    assignments: frozenset[tuple[str, str, str]] = frozenset()
    authority: str = ""

    def roles_in(self, tender_id: str, lot: str = "") -> frozenset[str]:
        """Return the person's roles in a tender, or in one of its lots."""
        return frozenset(
            role
            for tender, role, of_lot in self.assignments
            if tender == tender_id and (not lot or of_lot in ("", lot))
        )


class HasStage(Protocol):
    """What the table needs to know of a tender."""

    @property
    def id(self) -> str: ...
    @property
    def authority_id(self) -> str: ...
    @property
    def stage(self) -> str: ...


class NotForYou(ProcurementError):  # noqa: N818 - reads as what it says
    """The actor holds no role for this; ``status`` is 404 where they may not know that the thing exists, else 403."""

    def __init__(self, message: str, *, status: Literal[403, 404] = 403) -> None:
        super().__init__(message)
        self.status = status


class NotNow(ProcurementError):  # noqa: N818
    """The actor holds the role, but the tender is not in a stage for it."""

    status = 409


def holds(actor: Actor, permission: Permission, tender: HasStage | None = None) -> bool:
    """Say whether the actor's roles give the permission, in whatever stage the tender is."""
    policy = POLICY[permission]
    if policy.about == "yourself":
        return True
    if policy.about == "authority":
        return bool(policy.authority_roles & actor.authority_roles)
    if tender is None or tender.authority_id != actor.authority_id:
        return False
    return bool(policy.authority_roles & actor.authority_roles or policy.tender_roles & actor.roles_in(tender.id))


def may(actor: Actor, permission: Permission, tender: HasStage | None = None) -> bool:
    """Say whether the actor may do this now; for a permission about tenders, to this one."""
    return holds(actor, permission, tender) and (tender is None or tender.stage in POLICY[permission].stages)


def check(actor: Actor, permission: Permission, tender: HasStage | None = None) -> None:
    """Refuse what :func:`may` denies: as unknown, as somebody else's to do, or as not to be done in this stage."""
    if may(actor, permission, tender):
        return
    if POLICY[permission].about == "tender" and not may(actor, Permission.TENDER_VIEW, tender):
        raise NotForYou("There is no such page.", status=404)
    if not holds(actor, permission, tender):
        raise NotForYou(f"You may not do this. {POLICY[permission].sentence}")
    stage = tender.stage.replace("_", " ") if tender else ""
    raise NotNow(f"The tender is {stage}, and this cannot be done now. {POLICY[permission].sentence}")


_WHY_SCORER_OPENER = "Whoever judges the bids does not open them"
_WHY_SCORER_PRICE = "Whoever reads prices does not judge quality"
_WHY_APPROVER = "Whoever recommends an award does not approve it"
_WHY_OFFICER = "Whoever runs the tender, and chooses its panel, neither scores nor opens bids"
_WHY_AUDITOR = "Whoever audits a tender does nothing else in it"

FORBIDDEN_PAIRS: Mapping[frozenset[str], str] = MappingProxyType(
    {
        frozenset({"evaluator", "opener"}): _WHY_SCORER_OPENER,
        frozenset({"moderator", "opener"}): _WHY_SCORER_OPENER,
        frozenset({"evaluator", "finance"}): _WHY_SCORER_PRICE,
        frozenset({"moderator", "finance"}): _WHY_SCORER_PRICE,
        frozenset({"evaluator", "legal"}): "Whoever scores the bids does not advise on the award",
        frozenset({"moderator", "legal"}): "Whoever chairs the scoring does not advise on the award",
        frozenset({"officer", "approver"}): _WHY_APPROVER,
        frozenset({"moderator", "approver"}): _WHY_APPROVER,
        frozenset({"evaluator", "approver"}): "Whoever scores the bids does not approve the award",
        frozenset({"opener", "approver"}): "Whoever opens the bids does not approve the award",
        frozenset({"officer", "evaluator"}): _WHY_OFFICER,
        frozenset({"officer", "opener"}): _WHY_OFFICER,
        **{frozenset({"auditor", role}): _WHY_AUDITOR for role in TENDER_ROLES if role != "auditor"},
    }
)
"""Roles that nobody may hold together in one tender, in whatever lots, and why."""
FORBIDDEN_IN_AUTHORITY: Mapping[frozenset[str], str] = MappingProxyType(
    {
        frozenset({"auditor", role}): "Whoever audits the authority does nothing else in it"
        for role in AUTHORITY_ROLES
        if role != "auditor"
    }
)


class SeparationError(ProcurementError):
    """A role that would give one person two duties that must lie in different hands."""


def clash(held: frozenset[str], role: str, authority_roles: frozenset[str] = frozenset()) -> str:
    """Say why somebody who holds some roles in a tender may not be given another; nothing where they may."""
    if "auditor" in authority_roles and role != "auditor":
        return "An auditor of the authority only audits its tenders"
    pairs = (FORBIDDEN_PAIRS.get(frozenset({role, other}), "") for other in sorted(held))
    return next((why for why in pairs if why), "")


def clash_in_authority(roles: frozenset[str]) -> str:
    """Say why nobody may hold these roles in an authority together; nothing where they may."""
    return next((why for pair, why in FORBIDDEN_IN_AUTHORITY.items() if pair <= roles), "")


# --- the page about it ------------------------------------------------------------------------------------------


def documentation() -> str:
    """Write ``docs/permissions.md``: the whole table, for people."""
    parts = [
        _HEAD,
        "## Roles in the authority\n",
        _listed(AUTHORITY_ROLES),
        "## Roles in a tender\n\nGiven by its officers, for all of its lots or for one.\n",
        _listed(TENDER_ROLES),
        "## Who may do what\n",
        "| permission | who may | authority roles | tender roles | stages | password again |",
        "| --- | --- | --- | --- | --- | --- |",
        *(_row(permission, policy) for permission, policy in POLICY.items()),
        "\n## Duties in different hands\n\nNobody holds both of these in one tender, in whatever lots:\n",
        *(f"- {' and '.join(sorted(pair))}: {why.lower()}" for pair, why in FORBIDDEN_PAIRS.items()),
        "\nNobody holds both of these in an authority:\n",
        *(f"- {' and '.join(sorted(pair))}: {why.lower()}" for pair, why in FORBIDDEN_IN_AUTHORITY.items()),
        _TAIL,
    ]
    return "\n".join(parts)


_HEAD = """# Who may do what

Written by `python -m workbench.policies > docs/permissions.md` from the one table that the pages and their tests use.

What somebody may not know of does not exist for them: a tender they are not assigned to, like one of another authority,
is a page that is not there (404). What they know of and may not do is refused with the sentence below (403), and what
cannot be done in the tender's present stage is refused with its stage (409).
"""
_TAIL = """
An auditor of the authority can be given no role in a tender but auditor. Nobody gives themselves a role. Whoever wrote
any part of a tender cannot become its approver. A tender keeps at least one officer, an authority one administrator.
"""


def _listed(roles: Mapping[str, str]) -> str:
    return "".join(f"- **{name}**: {what}.\n" for name, what in roles.items())


def _row(permission: Permission, policy: Policy) -> str:
    signed_in = "everybody signed in" if policy.about == "yourself" else ""
    stages = "any" if policy.stages == ANY_STAGE else ", ".join(each for each in STAGES if each in policy.stages)
    roles = (", ".join(sorted(each)) for each in (policy.authority_roles, policy.tender_roles))
    in_authority, in_tender = roles
    cells = (f"`{permission}`", policy.sentence, in_authority or signed_in, in_tender,
             stages if policy.about == "tender" else "", "yes" if policy.fresh else "")  # fmt: skip
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    print(documentation(), end="")
