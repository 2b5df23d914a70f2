"""The sentences of a tender's history about the decision's documents and letters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from lots.words import counted

Details = Mapping[str, Any]
_KINDS: Final = {"drafts": "drafts of the decision’s documents", "final": "the decision’s final documents"}


def _wanted(details: Details, _: str) -> str:
    text = f"Had {_KINDS[details['kind']]} made: {counted(int(details['documents']), 'document')}"
    refused = int(details["refused"])
    return f"{text}; {refused} may not be made yet" if refused else text


def _made(details: Details, _: str) -> str:
    documents = counted(int(details["documents"]), "document")
    return f"All of {_KINDS[details['kind']]} are made, as issue {details['issue']}: {documents}"


def _released(details: Details, _: str) -> str:
    text = f"Released {counted(int(details['letters']), 'letter')} to everybody at once"
    bare = int(details["without_address"])
    return f"{text}; {bare} of them without a mail address" if bare else text


WORDS: Final[Mapping[str, Callable[[Details, str], str]]] = {
    "papers_wanted": _wanted,
    "papers_made": _made,
    "paper_retried": lambda details, _: f"Had a document tried again: {details['document']}",
    "letters_released": _released,
    "letter_read": lambda _, subject: f"A tenderer opened its letter: {subject}",
}
