"""Moderation, in plain words for the audit trail; which level was agreed stands on the card, not here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from lots.words import counted, listed

Details = Mapping[str, Any]


def _begun(details: Details, _: str) -> str:
    said = f"Began moderation: {counted(int(details['cards']), 'card')}"
    missing = sum(int(count) for _, count in details["missing"])
    return f"{said}, with {counted(missing, 'score sheet')} missing" if missing else said


def _card(details: Details, title: str) -> str:
    return f"“{title}” of bid {details['bid']} for lot {details['lot']}"


def _saved(details: Details, title: str) -> str:
    started = ", starting from an evaluator's words" if details.get("started_from") else ""
    return f"Wrote on the card {_card(details, title)} ({counted(len(details['fields']), 'field')}){started}"


def _put(details: Details, title: str) -> str:
    again = " again" if int(details["number"]) > 1 else ""
    people = counted(len(details["present"]), "member")
    return f"Put the agreed score for {_card(details, title)} to signature{again}, {people} of the panel present"


def _signed(details: Details, _: str) -> str:
    green = int(details["green"])
    said = f"Signed {counted(int(details['count']), 'agreed score')}"
    return f"{said}; {counted(green, 'card')} agreed with that" if green else said


def _locked(details: Details, _: str) -> str:
    waiting = f"; to wait for want of scores: {listed(details['waiting'])}" if details["waiting"] else ""
    return f"Locked quality: {counted(int(details['cards']), 'agreed score')} stand{waiting}"


WORDS: Final[Mapping[str, Callable[[Details, str], str]]] = {
    "moderation_begun": _begun,
    "card_saved": _saved,
    "score_put_to_signature": _put,
    "scores_signed": _signed,
    "score_taken_up": lambda details, title: f"Took the score for {_card(details, title)} up again",
    "score_taken_up_late": lambda details, title: (
        f"Had the score for {_card(details, title)} taken up again after quality had been locked"
    ),
    "quality_locked": _locked,
}
