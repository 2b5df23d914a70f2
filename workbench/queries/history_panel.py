"""What the panel did before scoring, in plain words for the audit trail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from lots.words import counted

Details = Mapping[str, Any]
_FOLLOWS: Final = {
    "none": "no further step is needed",
    "mitigated": "it is mitigated",
    "recused": "they take no part in the bids concerned",
}


def _declared(details: Details, _: str) -> str:
    said = [(str(name), str(interest)) for name, interest, *_ in details["declared"]]
    interests = [f"{name} ({interest})" for name, interest in said if interest != "none"]
    text = f"Declared about {counted(len(said), 'organisation')}"
    return f"{text}; an interest in {', '.join(interests)}" if interests else f"{text}; no interest"


def _interest_decided(details: Details, _: str) -> str:
    whose = f"the interest of {details['person']} in {details['organisation']}"
    return f"Decided about {whose} (declared: {details['interest']}): {_FOLLOWS[str(details['action'])]}"


WORDS: Final[Mapping[str, Callable[[Details, str], str]]] = {
    "interests_declared": _declared,
    "interest_decided": _interest_decided,
}
