"""What the mails about a tender say: never whether there are bids, nor how many, nor anything that stands in one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lots.calendar import say_instant
from workbench.models.tenders import TenderRecord
from workbench.services.mails import plain

NOTICES = {
    "change": "its rules have changed",
    "deadline": "its deadline has moved",
    "cancellation": "it is cancelled",
}


@dataclass(frozen=True)
class Letter:
    """A mail to be: its subject and its text."""

    subject: str
    text: str


def letter(tender: TenderRecord, about: str, *paragraphs: str) -> Letter:
    """Write a mail about a tender: which one it is, then the paragraphs."""
    name = f"{plain(tender.title)} ({plain(tender.reference)})"
    return Letter(f"{plain(tender.reference)}: {about}", "\n\n".join(filter(None, (name, *paragraphs))) + "\n")


def ending(link: str) -> str:
    """Say at the end of a mail to a follower why it came and how to end it."""
    return f"You are told because this address asked for it. Be told no longer:\n{link}"


def confirm(tender: TenderRecord, link: str) -> Letter:
    """Ask an address to confirm that it wants to be told."""
    return letter(
        tender,
        "confirm your address",
        "Somebody asked that this address be told about this tender: changes, answers to questions, its deadline.",
        f"If it was you, open this address within 7 days and confirm:\n{link}",
        "If it was not you, do nothing: nothing more is sent.",
    )


def already(tender: TenderRecord, link: str) -> Letter:
    """Tell an address that asked again that it is told already."""
    return letter(tender, "you are told already", "This address is told about this tender already.", ending(link))


def notice(tender: TenderRecord, kind: str, number: int, page: str, end: str) -> Letter:
    """Tell a follower of a numbered notice."""
    said = {
        "change": "Whoever has a bid in looks at it again: after a change of the rules a bid only counts once it is "
        "confirmed again.",
        "deadline": f"Bids are now due before {_due(tender)}.",
        "cancellation": "No bid can be sent any more, and none is opened.",
    }[kind]
    words = f"Notice {number} on this tender: {NOTICES[kind]}. {said}"
    return letter(tender, NOTICES[kind], words, f"Read the notice:\n{page}", ending(end))


def answer(tender: TenderRecord, number: int, page: str, end: str) -> Letter:
    """Tell a follower that a question was answered to everybody."""
    words = f"Question {number} about this tender was answered, for everybody."
    return letter(tender, f"question {number} is answered", f"{words} Read it:\n{page}", ending(end))


def before(tender: TenderRecord, today: bool, page: str, end: str) -> Letter:
    """Remind a follower of the deadline."""
    about = "bids are due today" if today else "bids are due soon"
    late = "A bid that arrives at that moment or after it is late, and is not opened. The server's clock counts."
    return letter(tender, about, f"Bids are due before {_due(tender)}. {late}", f"The tender:\n{page}", ending(end))


def partner(tender: TenderRecord, page: str, end: str) -> Letter:
    """Remind a tenderer that a partner's answer is still missing."""
    return letter(
        tender,
        "a partner has not confirmed",
        "At least one partner of your bid has not answered, or has answered to figures that you changed since.",
        f"Bids are due before {_due(tender)}. See which partner it is with your code:\n{page}",
        ending(end),
    )


def key_check(tender: TenderRecord, page: str) -> Letter:
    """Ask an opener to prove, before it matters, that they still have their key."""
    return letter(
        tender,
        "check your key",
        f"Bids are due before {_due(tender)}. Check now that you still have your key and that it works: "
        "a bid can only be opened with the keys of two openers.",
        f"Check it:\n{page}",
    )


def closing_waits(tender: TenderRecord, why: str, page: str) -> Letter:
    """Tell whoever may close a tender that its deadline has passed."""
    first = f"Its deadline has passed, and it waits to be closed. {why + '.' if why else ''}".strip()
    return letter(tender, "the tender waits to be closed", first, f"Close it:\n{page}")


def opening_waits(tender: TenderRecord, second: bool, page: str) -> Letter:
    """Tell an opener that the opening waits for them."""
    first = "One opener has acted; a second one is needed." if second else "The tender is closed; two openers open it."
    return letter(tender, "the opening waits for you", first, f"Open it:\n{page}")


def questions_wait(tender: TenderRecord, page: str) -> Letter:
    """Tell an officer that somebody waits for an answer."""
    words = "At least one question waits for its answer. The tender is not closed before every question is answered."
    return letter(tender, "a question waits", words, f"Answer it:\n{page}")


def decision(tender: TenderRecord, link: str, workspace: str, contact: str) -> Letter:
    """Tell a tenderer that its letter is there; what stands in the letter never stands in a mail."""
    return letter(
        tender,
        "the decision on your bid",
        "The decision on your bid is made. Your letter says what it is, why, and what you can do about it. All "
        "tenderers are told at the same time.",
        f"Read and keep the letter:\n{link}",
        f"The link is yours alone: pass it on only to whom you would show the letter. With the code of your bid you "
        f"find the letter here too:\n{workspace}",
        f"Questions about the decision: {plain_contact(contact)}" if contact else "",
    )


def plain_contact(contact: str) -> str:
    """Return whom to ask on one line; it comes from the decision paper, and its address has to stay readable."""
    return " ".join(contact.split())


def _due(tender: TenderRecord) -> str:
    at: datetime | None = tender.deadline
    return say_instant(at) if at else "the deadline"
