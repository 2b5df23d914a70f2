"""Who may do what, to which tender, in which stage: the one table behind every page, its tests and its documentation.

Pure: it knows people, roles and stages, and neither pages nor tables. What may not be done is refused by name:
:class:`NotForYou` says who may, or, where the asker may not even know of the thing, says nothing (a page that is not
there); :class:`NotNow` says that the tender is not in a stage for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Literal, Protocol

from lots.errors import ProcurementError

AUTHORITY_ROLES: Mapping[str, str] = MappingProxyType(
    {
        "administrator": "Looks after people and their roles; sees a tender only when assigned to it",
        "officer": "Starts tenders",
        "auditor": "Reads everything of the authority, its audit trail included, and changes nothing",
    }
)
TENDER_ROLES: Mapping[str, str] = MappingProxyType(
    {
        "officer": "Builds, publishes and runs the tender",
        "opener": "Opens the bids after the deadline, together with a second opener",
        "evaluator": "Scores the bids",
        "moderator": "Chairs the panel and records agreed scores",
        "finance": "Reads and checks prices",
        "approver": "Signs the tender off before publication and approves the award",
        "auditor": "Reads everything of the tender, its audit trail included, and changes nothing",
    }
)
STAGES = (
    "draft", "signed_off", "published", "closed", "opened", "evaluation", "moderation",
    "recommended", "approved", "notified", "awarded", "contract", "cancelled",
)  # fmt: skip
_UNPUBLISHED = frozenset(STAGES[:2])
_ANY_STAGE = frozenset(STAGES)
_RUNNING = _ANY_STAGE - {"contract", "cancelled"}
_OPEN_OR_LATER = frozenset(STAGES[STAGES.index("opened") :])
TEAM = frozenset(TENDER_ROLES)

About = Literal["yourself", "authority", "tender"]


class Permission(StrEnum):
    """Something a person may be allowed to do; each page and action names exactly one."""

    ACCOUNT_OWN = "account:own"
    PEOPLE_VIEW = "people:view"
    PEOPLE_MANAGE = "people:manage"
    AUTHORITY_AUDIT = "authority:audit"
    TENDER_LIST = "tender:list"
    TENDER_START = "tender:start"
    TENDER_VIEW = "tender:view"
    TENDER_EDIT = "tender:edit"
    TENDER_REHEARSE = "tender:rehearse"
    TENDER_SIGN_OFF = "tender:sign_off"
    TENDER_PUBLISH = "tender:publish"
    TENDER_CHANGE = "tender:change"
    TENDER_EXTEND = "tender:extend_deadline"
    TENDER_CONFIRM_DEADLINE = "tender:confirm_deadline"
    TENDER_CLOSE = "tender:close"
    TENDER_CANCEL = "tender:cancel"
    TENDER_EXPORT = "tender:export"
    PANEL_VIEW = "panel:view"
    PANEL_MANAGE = "panel:manage"
    QUESTION_VIEW = "question:view"
    QUESTION_ANSWER = "question:answer"
    QUESTION_SEE_ASKER = "question:see_asker"
    AUDIT_VIEW = "audit:view"
    KEYS_HOLD = "keys:hold"
    BIDS_OPEN = "bids:open"
    OPENING_VIEW = "opening:view"
    BIDS_VIEW = "bids:view"
    BIDS_ADMIT = "bids:admit"


@dataclass(frozen=True)
class Policy:
    """Who holds a permission: anybody signed in (no roles named), or holders of a role, and in which stages.

    ``authority_roles`` hold it for every tender of the authority, ``tender_roles`` where they are assigned.
    ``fresh`` asks for the password again when it was last given some time ago.
    """

    sentence: str
    about: About = "tender"
    authority_roles: frozenset[str] = frozenset()
    tender_roles: frozenset[str] = frozenset()
    stages: frozenset[str] = _ANY_STAGE
    fresh: bool = False


def _own(sentence: str) -> Policy:
    return Policy(sentence, "yourself")


def _authority(sentence: str, *roles: str, fresh: bool = False) -> Policy:
    return Policy(sentence, "authority", frozenset(roles), fresh=fresh)


def _tender(sentence: str, *roles: str, stages: frozenset[str] = _ANY_STAGE, fresh: bool = False) -> Policy:
    return Policy(sentence, "tender", frozenset(), frozenset(roles), stages, fresh)


def _readers(sentence: str, *roles: str, stages: frozenset[str] = _ANY_STAGE) -> Policy:
    return Policy(sentence, "tender", frozenset({"auditor"}), frozenset({*roles, "auditor"}), stages)


POLICY: Mapping[Permission, Policy] = MappingProxyType(
    {
        Permission.ACCOUNT_OWN: _own("Everybody looks after their own account."),
        Permission.PEOPLE_VIEW: _authority(
            "Administrators and auditors see the people of their authority.", "administrator", "auditor"
        ),
        Permission.PEOPLE_MANAGE: _authority(
            "Administrators invite people, give them roles in the authority and deactivate them.",
            "administrator", fresh=True,
        ),
        Permission.AUTHORITY_AUDIT: _authority(
            "Administrators and auditors read what was done to people and roles in their authority.",
            "administrator", "auditor",
        ),
        Permission.TENDER_LIST: _own("Everybody sees a list of the tenders they may view."),
        Permission.TENDER_START: _authority("Officers of the authority start tenders.", "officer"),
        Permission.TENDER_VIEW: _readers(
            "Those assigned to the tender, and auditors of the authority, see it.", *TEAM
        ),
        Permission.TENDER_EDIT: _tender(
            "Officers of the tender write it; once it is published, what they write waits for a change notice.",
            "officer", stages=_UNPUBLISHED | {"published"},
        ),
        Permission.TENDER_REHEARSE: _readers(
            "Officers, moderators, finance and approvers of the tender rehearse its rules on made-up bids.",
            "officer", "moderator", "finance", "approver", stages=_UNPUBLISHED | {"published"},
        ),
        Permission.TENDER_SIGN_OFF: _tender(
            "Approvers of the tender, who never wrote any of it, sign it off before it is published.",
            "approver", stages=_UNPUBLISHED, fresh=True,
        ),
        Permission.TENDER_PUBLISH: _tender(
            "Officers of the tender publish it once it is signed off.",
            "officer", stages=frozenset({"signed_off"}), fresh=True,
        ),
        Permission.TENDER_CHANGE: _tender(
            "Officers of the tender change it after publication, by a numbered notice with a reason.",
            "officer", stages=frozenset({"published"}), fresh=True,
        ),
        Permission.TENDER_EXTEND: _tender(
            "Officers of the tender move its deadline later; after it has passed they ask a second person to.",
            "officer", stages=frozenset({"published", "closed"}), fresh=True,
        ),
        Permission.TENDER_CONFIRM_DEADLINE: _tender(
            "Officers and approvers of the tender decide on a later deadline that somebody else asked for.",
            "officer", "approver", stages=frozenset({"published", "closed"}), fresh=True,
        ),
        Permission.TENDER_CLOSE: _tender(
            "Officers and openers of the tender close it, after its deadline and once every question is answered.",
            "officer", "opener", stages=frozenset({"published"}),
        ),
        Permission.TENDER_CANCEL: _tender(
            "Officers of the tender cancel it, with a reason, at any stage before the contract.",
            "officer", stages=_RUNNING, fresh=True,
        ),
        Permission.TENDER_EXPORT: _readers(
            "Officers, finance, approvers and auditors of the tender take copies of it as files.",
            "officer", "finance", "approver",
        ),
        Permission.PANEL_VIEW: _readers(
            "Those assigned to the tender, and auditors of the authority, see who does what in it.", *TEAM
        ),
        Permission.PANEL_MANAGE: _tender(
            "Officers of the tender give and take roles in it, never their own.", "officer", stages=_RUNNING, fresh=True
        ),
        Permission.QUESTION_VIEW: _readers(
            "Those assigned to the tender, and auditors of the authority, read its questions and answers.", *TEAM
        ),
        Permission.QUESTION_ANSWER: _tender(
            "Officers of the tender answer questions while it is open.", "officer", stages=frozenset({"published"})
        ),
        Permission.QUESTION_SEE_ASKER: _readers(
            "Officers and auditors of the tender see who asked a question.", "officer"
        ),
        Permission.AUDIT_VIEW: _readers(
            "Officers, approvers and auditors read the audit trail of a tender.", "officer", "approver"
        ),
        Permission.KEYS_HOLD: _tender(
            "Openers of the tender make their keys, and prove from time to time that they still have them.",
            "opener", stages=_UNPUBLISHED | {"published", "closed"},
        ),
        Permission.BIDS_OPEN: _tender(
            "Openers of the tender open its bids after the deadline, two of them together.",
            "opener", stages=frozenset({"closed", "opened", "evaluation", "moderation"}), fresh=True,
        ),
        Permission.OPENING_VIEW: _readers(
            "Those assigned to the tender, and auditors of the authority, see how far its opening is and its record.",
            *TEAM, stages=_OPEN_OR_LATER | {"closed"},
        ),
        Permission.BIDS_VIEW: _readers(
            "Officers, finance, approvers and auditors of the tender read its bids once they are opened.",
            "officer", "finance", "approver", stages=_OPEN_OR_LATER,
        ),
        Permission.BIDS_ADMIT: _tender(
            "Officers of the tender decide, with a reason, whether an opened bid stays in.",
            "officer", stages=frozenset({"opened", "evaluation", "moderation"}),
        ),
    }
)  # fmt: skip


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
    stages = "any" if policy.stages == _ANY_STAGE else ", ".join(each for each in STAGES if each in policy.stages)
    roles = (", ".join(sorted(each)) for each in (policy.authority_roles, policy.tender_roles))
    in_authority, in_tender = roles
    cells = (f"`{permission}`", policy.sentence, in_authority or signed_in, in_tender,
             stages if policy.about == "tender" else "", "yes" if policy.fresh else "")  # fmt: skip
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    print(documentation(), end="")
