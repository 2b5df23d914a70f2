"""Who may do what from the opening of the bids to the contract."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from workbench.permissions import (
    JUDGED,
    OPEN_OR_LATER,
    PANEL_AT_WORK,
    RECOMMENDED,
    STAGES,
    STANDSTILL,
    TEAM,
    Permission,
    Policy,
    readers,
    tender,
)

PANEL: Mapping[Permission, Policy] = MappingProxyType(
    {
        Permission.INTEREST_DECLARE: tender(
            "Everybody who works on the tender declares their interests in the tenderers and in every partner named.",
            *TEAM - {"auditor"}, stages=OPEN_OR_LATER - {"contract", "cancelled"},
        ),
        Permission.INTEREST_VIEW: readers(
            "Officers, moderators, approvers and auditors of the tender read the register of interests.",
            "officer", "moderator", "approver", stages=OPEN_OR_LATER,
        ),
        Permission.INTEREST_DECIDE: tender(
            "Officers of the tender decide, with a reason, what follows from an interest that was declared.",
            "officer", stages=OPEN_OR_LATER - {"contract", "cancelled"},
        ),
        Permission.PANEL_PREPARE: tender(
            "Officers and moderators of the tender write the panel's note and the answers it calibrates on.",
            "officer", "moderator", stages=frozenset(STAGES[STAGES.index("published") : STAGES.index("moderation")]),
        ),
        Permission.EVALUATION_BEGIN: tender(
            "Officers of the tender let the panel begin once the bids are open and it is known who may score which.",
            "officer", stages=frozenset({"opened"}),
        ),
        Permission.EVALUATION_VIEW: readers(
            "Officers, moderators and auditors of the tender see how far the panel is, and no score.",
            "officer", "moderator", stages=OPEN_OR_LATER,
        ),
        Permission.SCORE_READ_OWN: tender(
            "Evaluators of the tender read the answers they score, and their own score sheets.",
            "evaluator", stages=OPEN_OR_LATER,
        ),
        Permission.SCORE_GIVE: tender(
            "Evaluators of the tender score, each alone, the answers they are to judge and have no interest in.",
            "evaluator", stages=frozenset({"evaluation"}),
        ),
        Permission.QUERY_ANSWER: tender(
            "Moderators of the tender answer what evaluators ask them.",
            "moderator", stages=frozenset({"evaluation", "moderation"}),
        ),
        Permission.TENDERER_ASK: tender(
            "Officers of the tender put a question to one tenderer about its bid, and keep the answer on file.",
            "officer", stages=PANEL_AT_WORK,
        ),
        Permission.MODERATION_BEGIN: tender(
            "Moderators of the tender begin moderation, which ends individual scoring.",
            "moderator", stages=frozenset({"evaluation"}),
        ),
        Permission.MODERATION_VIEW: readers(
            "Evaluators, moderators and auditors of the tender read the cards of the bids they have no interest in.",
            "evaluator", "moderator", stages=JUDGED,
        ),
        Permission.MODERATION_CHAIR: tender(
            "Moderators of the tender write the agreed scores, take one up again with a reason, and lock quality.",
            "moderator", stages=frozenset({"moderation"}),
        ),
        Permission.MODERATION_SIGN: tender(
            "Evaluators and moderators of the tender write on the cards, and sign what was agreed in their presence.",
            "evaluator", "moderator", stages=frozenset({"moderation"}),
        ),
        Permission.MODERATION_REOPEN_LATE: tender(
            "Approvers of the tender have an agreed score taken up again, with a reason, once quality is locked.",
            "approver", stages=frozenset({"moderation"}), fresh=True,
        ),
        Permission.PRICE_DECIDE: tender(
            "Officers of the tender decide, with a reason, whether a low price is explained.",
            "officer", stages=frozenset({"moderation"}),
        ),
        Permission.RESULT_VIEW: readers(
            "Everybody who works on the tender sees its result once quality is locked.", *TEAM - {"opener"},
            stages=JUDGED,
        ),
        Permission.AWARD_VIEW: readers(
            "Officers, moderators, finance, legal, approvers and auditors of the tender read the decision's papers.",
            "officer", "moderator", "finance", "legal", "approver", stages=JUDGED,
        ),
        Permission.AWARD_WRITE: tender(
            "Officers of the tender write the decision paper, and, once it is approved, the days and the award notice.",
            "officer", stages=frozenset({"moderation", "recommended", "approved"}) | STANDSTILL,
        ),
        Permission.AWARD_RECOMMEND: tender(
            "Moderators of the tender recommend the award that the published rules give.",
            "moderator", stages=frozenset({"moderation"}), fresh=True,
        ),
        Permission.AWARD_COMMENT: tender(
            "Finance and legal advisers of the tender comment on a recommendation before it is decided on.",
            "finance", "legal", stages=frozenset({"recommended"}),
        ),
        Permission.AWARD_APPROVE: tender(
            "Approvers of the tender, who neither ran nor scored nor recommended it, approve the award or return it.",
            "approver", stages=frozenset({"recommended"}), fresh=True,
        ),
        Permission.NOTICES_VIEW: readers(
            "Officers, finance, legal, approvers and auditors of the tender read the decision's documents.",
            "officer", "finance", "legal", "approver", stages=RECOMMENDED,
        ),
        Permission.NOTICES_MAKE: tender(
            "Officers of the tender have the decision's documents made: drafts to read, then what will be sent.",
            "officer", stages=frozenset({"recommended", "approved"}),
        ),
        Permission.NOTICES_RELEASE: tender(
            "Officers of the tender release the letters of an approved award, to everybody at once.",
            "officer", stages=frozenset({"approved"}), fresh=True,
        ),
        Permission.STANDSTILL_RECORD: tender(
            "Officers of the tender record what happens in the standstill: challenges, suspensions, its end.",
            "officer", stages=STANDSTILL,
        ),
        Permission.CONTRACT_SIGN: tender(
            "Officers of the tender record the signature of a contract, on or after its earliest day.",
            "officer", stages=STANDSTILL, fresh=True,
        ),
        Permission.RECORD_EXPORT: readers(
            "Officers, approvers and auditors of the tender take its whole file of record.",
            "officer", "approver", stages=RECOMMENDED,
        ),
    }
)  # fmt: skip
