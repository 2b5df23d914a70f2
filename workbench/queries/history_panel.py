"""What the panel did before scoring, in plain words for the audit trail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from lots.words import counted, listed

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


def _invited(details: Details, subject: str) -> str:
    lot = f" in lot {details['lot']}" if details.get("lot") else ""
    return f"Invited {details['name']} ({subject}) into the tender as {details['role']}{lot}"


def _begun(details: Details, _: str) -> str:
    waiting = [str(each) for each in details.get("waiting") or ()]
    return f"Let the panel begin; {listed(waiting)} waiting for evaluators" if waiting else "Let the panel begin"


def _fixed(text: str) -> Callable[[Details, str], str]:
    return lambda details, _: text.format(**details)


WORDS: Final[Mapping[str, Callable[[Details, str], str]]] = {
    "interests_declared": _declared,
    "interest_decided": _interest_decided,
    "evaluation_begun": _begun,
    "person_invited_into_tender": _invited,
    "panel_note_written": _fixed("Wrote the note to the panel, version {number}"),
    "panel_note_read": _fixed("Read the note to the panel, version {number}"),
    "benchmark_added": _fixed("Added the benchmark answer “{title}” to “{criterion}”"),
    "benchmark_removed": _fixed("Took the benchmark answer “{title}” away"),
    "benchmark_scored": _fixed("Scored the benchmark answer “{title}”"),
}
