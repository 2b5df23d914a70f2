"""Who may do what from the first draft of a tender to the opening of its bids."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from workbench.permissions import (
    OPEN_OR_LATER,
    RUNNING,
    TEAM,
    UNPUBLISHED,
    Permission,
    Policy,
    authority,
    own,
    readers,
    tender,
)

TENDERS: Mapping[Permission, Policy] = MappingProxyType(
    {
        Permission.ACCOUNT_OWN: own("Everybody looks after their own account."),
        Permission.PEOPLE_VIEW: authority(
            "Administrators and auditors see the people of their authority.", "administrator", "auditor"
        ),
        Permission.PEOPLE_MANAGE: authority(
            "Administrators invite people, give them roles in the authority and deactivate them.",
            "administrator", fresh=True,
        ),
        Permission.AUTHORITY_AUDIT: authority(
            "Administrators and auditors read what was done to people and roles in their authority.",
            "administrator", "auditor",
        ),
        Permission.TENDER_LIST: own("Everybody sees a list of the tenders they may view."),
        Permission.TENDER_START: authority("Officers of the authority start tenders.", "officer"),
        Permission.TENDER_VIEW: readers(
            "Those assigned to the tender, and auditors of the authority, see it.", *TEAM
        ),
        Permission.TENDER_EDIT: tender(
            "Officers of the tender write it; once it is published, what they write waits for a change notice.",
            "officer", stages=UNPUBLISHED | {"published"},
        ),
        Permission.TENDER_REHEARSE: readers(
            "Officers, moderators, finance and approvers of the tender rehearse its rules on made-up bids.",
            "officer", "moderator", "finance", "approver", stages=UNPUBLISHED | {"published"},
        ),
        Permission.TENDER_SIGN_OFF: tender(
            "Approvers of the tender, who never wrote any of it, sign it off before it is published.",
            "approver", stages=UNPUBLISHED, fresh=True,
        ),
        Permission.TENDER_PUBLISH: tender(
            "Officers of the tender publish it once it is signed off.",
            "officer", stages=frozenset({"signed_off"}), fresh=True,
        ),
        Permission.TENDER_CHANGE: tender(
            "Officers of the tender change it after publication, by a numbered notice with a reason.",
            "officer", stages=frozenset({"published"}), fresh=True,
        ),
        Permission.TENDER_EXTEND: tender(
            "Officers of the tender move its deadline later; after it has passed they ask a second person to.",
            "officer", stages=frozenset({"published", "closed"}), fresh=True,
        ),
        Permission.TENDER_CONFIRM_DEADLINE: tender(
            "Officers and approvers of the tender decide on a later deadline that somebody else asked for.",
            "officer", "approver", stages=frozenset({"published", "closed"}), fresh=True,
        ),
        Permission.TENDER_CLOSE: tender(
            "Officers and openers of the tender close it, after its deadline and once every question is answered.",
            "officer", "opener", stages=frozenset({"published"}),
        ),
        Permission.TENDER_CANCEL: tender(
            "Officers of the tender cancel it, with a reason, at any stage before the contract.",
            "officer", stages=RUNNING, fresh=True,
        ),
        Permission.TENDER_EXPORT: readers(
            "Officers, finance, approvers and auditors of the tender take copies of it as files.",
            "officer", "finance", "approver",
        ),
        Permission.PANEL_VIEW: readers(
            "Those assigned to the tender, and auditors of the authority, see who does what in it.", *TEAM
        ),
        Permission.PANEL_MANAGE: tender(
            "Officers of the tender give and take roles in it, never their own.", "officer", stages=RUNNING, fresh=True
        ),
        Permission.QUESTION_VIEW: readers(
            "Those assigned to the tender, and auditors of the authority, read its questions and answers.", *TEAM
        ),
        Permission.QUESTION_ANSWER: tender(
            "Officers of the tender answer questions while it is open.", "officer", stages=frozenset({"published"})
        ),
        Permission.QUESTION_SEE_ASKER: readers(
            "Officers and auditors of the tender see who asked a question.", "officer"
        ),
        Permission.AUDIT_VIEW: readers(
            "Officers, approvers and auditors read the audit trail of a tender.", "officer", "approver"
        ),
        Permission.KEYS_HOLD: tender(
            "Openers of the tender make their keys, and prove from time to time that they still have them.",
            "opener", stages=UNPUBLISHED | {"published", "closed"},
        ),
        Permission.BIDS_OPEN: tender(
            "Openers of the tender open its bids after the deadline, two of them together.",
            "opener", stages=frozenset({"closed", "opened", "evaluation", "moderation"}), fresh=True,
        ),
        Permission.OPENING_VIEW: readers(
            "Those assigned to the tender, and auditors of the authority, see how far its opening is and its record.",
            *TEAM, stages=OPEN_OR_LATER | {"closed"},
        ),
        Permission.BIDS_VIEW: readers(
            "Officers, finance, approvers and auditors of the tender read its bids once they are opened.",
            "officer", "finance", "approver", stages=OPEN_OR_LATER,
        ),
        Permission.BIDS_ADMIT: tender(
            "Officers of the tender decide, with a reason, whether an opened bid stays in.",
            "officer", stages=frozenset({"opened", "evaluation", "moderation"}),
        ),
    }
)  # fmt: skip
