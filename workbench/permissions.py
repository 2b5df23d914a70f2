"""What may be allowed: the roles there are, the stages of a tender, and every permission."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

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
        "finance": "Reads and checks prices, and comments on the award",
        "legal": "Comments on the lawfulness of the award",
        "approver": "Signs the tender off before publication and approves the award",
        "auditor": "Reads everything of the tender, its audit trail included, and changes nothing",
    }
)
STAGES = (
    "draft", "signed_off", "published", "closed", "opened", "evaluation", "moderation",
    "recommended", "approved", "notified", "awarded", "contract", "cancelled",
)  # fmt: skip
UNPUBLISHED = frozenset(STAGES[:2])
ANY_STAGE = frozenset(STAGES)
RUNNING = ANY_STAGE - {"contract", "cancelled"}
OPEN_OR_LATER = frozenset(STAGES[STAGES.index("opened") :])
PANEL_AT_WORK = frozenset({"opened", "evaluation", "moderation"})
JUDGED = frozenset(STAGES[STAGES.index("moderation") :])
RECOMMENDED = frozenset(STAGES[STAGES.index("recommended") :])
STANDSTILL = frozenset({"notified", "awarded"})
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
    INTEREST_DECLARE = "interest:declare"
    INTEREST_VIEW = "interest:view"
    INTEREST_DECIDE = "interest:decide"
    PANEL_PREPARE = "panel:prepare"
    EVALUATION_BEGIN = "evaluation:begin"
    EVALUATION_VIEW = "evaluation:view"
    SCORE_READ_OWN = "score:read_own"
    SCORE_GIVE = "score:give"
    QUERY_ANSWER = "query:answer"
    TENDERER_ASK = "tenderer:ask"
    MODERATION_BEGIN = "moderation:begin"
    MODERATION_VIEW = "moderation:view"
    MODERATION_CHAIR = "moderation:chair"
    MODERATION_SIGN = "moderation:sign"
    MODERATION_REOPEN_LATE = "moderation:reopen_late"
    PRICE_DECIDE = "price:decide"
    RESULT_VIEW = "result:view"
    AWARD_VIEW = "award:view"
    AWARD_WRITE = "award:write"
    AWARD_RECOMMEND = "award:recommend"
    AWARD_COMMENT = "award:comment"
    AWARD_APPROVE = "award:approve"
    NOTICES_VIEW = "notices:view"
    NOTICES_MAKE = "notices:make"
    NOTICES_RELEASE = "notices:release"
    STANDSTILL_RECORD = "standstill:record"
    CONTRACT_SIGN = "contract:sign"
    RECORD_EXPORT = "record:export"


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
    stages: frozenset[str] = ANY_STAGE
    fresh: bool = False


def own(sentence: str) -> Policy:
    """Everybody's, about themselves."""
    return Policy(sentence, "yourself")


def authority(sentence: str, *roles: str, fresh: bool = False) -> Policy:
    """For holders of a role in the authority."""
    return Policy(sentence, "authority", frozenset(roles), fresh=fresh)


def tender(sentence: str, *roles: str, stages: frozenset[str] = ANY_STAGE, fresh: bool = False) -> Policy:
    """For holders of a role in the tender, in some of its stages."""
    return Policy(sentence, "tender", frozenset(), frozenset(roles), stages, fresh)


def readers(sentence: str, *roles: str, stages: frozenset[str] = ANY_STAGE) -> Policy:
    """For holders of a role in the tender, and for auditors."""
    return Policy(sentence, "tender", frozenset({"auditor"}), frozenset({*roles, "auditor"}), stages)
