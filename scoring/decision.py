"""What people decide along the way and at the end: admissions, enquiries, letters, the award and its record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

WithheldField = Literal["", "price", "reasons", "split"]


@dataclass(frozen=True)
class AdmissionDecision:
    """An officer's decision on whether a bid stays in, where the published rules leave one (a clarified split, say)."""

    bid: str
    decision: Literal["admit", "exclude"]
    concerning: str
    reason: str
    decided_on: date
    decided_by: str


@dataclass(frozen=True)
class EnquiryOutcome:
    """A written enquiry into an abnormally low price, the tenderer's reply, and what was decided and why."""

    bid: str
    asked_on: date
    question: str
    replied_on: date | None
    reply: str
    decision: Literal["explained", "rejected"]
    reason: str
    decided_on: date
    decided_by: str


@dataclass(frozen=True)
class LetterText:
    """The words only a person can write in one unsuccessful tenderer's letter.

    ``advantages`` are the characteristics and relative advantages of the successful tender (PCR 2015 reg 86(2));
    ``feedback`` says what would have scored higher.
    """

    bid: str
    advantages: str = ""
    feedback: str = ""


@dataclass(frozen=True)
class WithheldItem:
    """One piece of information left out of outward documents, with the ground it is withheld on.

    ``field`` names what a document would print: the successful tender's price, the reasons for its scores (of one
    ``criterion``, or all), its split; empty where only the topic is told. ``lot`` limits it to one lot. The text
    itself stays on record.
    """

    topic: str
    ground: str
    decided_by: str
    decided_on: date | None = None
    field: WithheldField = ""
    lot: str = ""
    criterion: str = ""


@dataclass(frozen=True)
class Comment:
    """A named officer's comment in a decision record."""

    by: str
    text: str


@dataclass(frozen=True)
class Signatory:
    """Somebody who signs; ``signed_on`` is empty while the document is a draft."""

    name: str
    title: str
    signed_on: date | None = None


@dataclass(frozen=True)
class ConditionPrecedent:
    """Something a successful tenderer must provide before signature; ``lot`` names the one lot it is asked for in."""

    title: str
    due: date
    lot: str = ""


@dataclass(frozen=True)
class NoticeDetails:
    """What a contract award notice asks for and nothing else in the record holds.

    ``identifier`` is the procurement's unique identifier on the central platform, ``kinds`` what suppliers are beside
    SME or VCSE (supported employment provider, public service mutual), ``review_body`` where a decision is challenged.
    """

    identifier: str = ""
    signing_expected: date | None = None
    region: str = ""
    reserved: str = ""
    kinds: str = ""
    review_body: str = ""


@dataclass(frozen=True)
class AwardDecision:
    """Everything the decision pack needs that is not arithmetic.

    ``notices_sent`` is the day the letters go out, by ``means``; ``notice_published`` the day of the contract award
    notice (Procurement Act 2023). Which of them a regime needs is checked when a document is made. ``published_on``,
    ``papers`` and ``significance`` belong to the decision record: the day it was published, the papers the decision
    rests on, and whether it is of significant public interest (SI 2011/3050) and why.
    """

    reference: str
    title: str
    decision_maker: str
    power: str
    summary: str
    background: str
    outcomes: str
    options: tuple[str, ...]
    process: str
    finance: Comment
    legal: Comment
    equality: str
    data_protection: str
    risk: str
    consultation: str
    social_value: str
    interests: str
    signatories: tuple[Signatory, ...]
    decided_on: date | None = None
    notices_sent: date | None = None
    means: Literal["electronic", "other", "both"] = "electronic"
    received: date | None = None
    notice_published: date | None = None
    voluntary_standstill: bool = False
    plan_link: str = ""
    exempt_reason: str = ""
    debrief_contact: str = ""
    debrief_until: date | None = None
    conditions: tuple[ConditionPrecedent, ...] = ()
    letters: tuple[LetterText, ...] = ()
    withheld: tuple[WithheldItem, ...] = ()
    published_on: date | None = None
    papers: tuple[str, ...] = ()
    significance: str = ""
    notice: NoticeDetails = NoticeDetails()
