"""What the mails to a panel say: nothing of any bid, no name of a tenderer, no score."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from lots.calendar import london, say
from workbench.models.tenders import TenderRecord
from workbench.services.accounts import INVITED_FOR
from workbench.services.bids.letters import Letter, letter
from workbench.services.mails import plain


def invited(tender: TenderRecord, name: str, role: str, until: datetime | None, link: str) -> Letter:
    """Invite somebody without an account into a tender."""
    return letter(
        tender, "you are invited",
        f"{plain(name)}, you are asked to work on this tender as {role}{_until(until)}.",
        f"Open this address within {INVITED_FOR.days} days and choose a password; it works once:\n{link}",
        "If you do not know of this tender, do nothing: the invitation ends by itself.",
    )  # fmt: skip


def role_given(tender: TenderRecord, role: str, until: datetime | None, page: str) -> Letter:
    """Tell somebody with an account that they have a role."""
    said = f"You have been given the role of {role} in this tender{_until(until)}."
    return letter(tender, f"you are {role}", said, f"What there is to do:\n{page}")


def declare(tender: TenderRecord, page: str) -> Letter:
    """Ask somebody to declare their interests now that it is known who takes part."""
    return letter(
        tender, "declare your interests",
        "The bids are open, so it is known who takes part. Say for each organisation whether you have an interest in "
        "it. Until you have, you see nothing else of the bids, and nobody can count on you.",
        f"It takes some minutes:\n{page}",
    )  # fmt: skip


def due(tender: TenderRecord, day: date, today: bool, page: str) -> Letter:
    """Remind an evaluator of the day by which scores are due."""
    when = "today" if today else f"on {say(day)}"
    said = f"Some of your sheets are not submitted yet. They are due {when}."
    return letter(tender, f"your scores are due {when}", said, f"Your scoring:\n{page}")


def all_in(tender: TenderRecord, page: str) -> Letter:
    """Tell officers and moderators that every sheet is submitted."""
    said = "Every evaluator has submitted every sheet. A moderator may begin moderation."
    return letter(tender, "every sheet is submitted", said, f"Coverage and progress:\n{page}")


def _until(until: datetime | None) -> str:
    """Say the last day of a role: the one before the moment at which it ends."""
    return f", until {say(london(until - timedelta(seconds=1)).date())}" if until else ""
