"""The papers of interests: the declaration that one person signed, and the register of everybody's.

They name organisations and people, and hold nothing of any bid: no price, no answer, no letter, no lot.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from exports.documents import DocumentHead, Slot
from exports.pdf import Attached
from exports.reports.working_papers import paper_head
from lots.calendar import london
from scoring.conflicts import Outcome, Standing
from scoring.scoresheet import Interest
from scoring.tender_file import TenderFile

FORMAT: Final = "interests/1"
FILE_NAME: Final = "interests.json"
INTERESTS: Final[Mapping[Interest, str]] = {
    "none": "No interest", "possible": "Possible interest", "conflicted": "Conflict of interest",
}  # fmt: skip
STANDINGS: Final[Mapping[Standing | str, str]] = {
    "clear": "Takes part",
    "mitigated": "Takes part, with the step decided",
    "possible": "Waits for a decision; the bids are hidden",
    "lessened": "Took an interest back, which waits for a decision; the bids are hidden",
    "recused": "Takes no part; the bids are hidden",
    "conflicted": "Takes no part; the bids are hidden",
}
OUTCOMES: Final[Mapping[Outcome, str]] = {
    "none": "No further step was needed", "mitigated": "Mitigated", "recused": "Takes no part",
}  # fmt: skip


@dataclass(frozen=True)
class DecidedLine:
    """What was decided about a declaration, by whom and why."""

    action: Outcome
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True)
class DeclaredLine:
    """One declaration about one organisation; ``standing`` says what follows, where the paper says that."""

    organisation: str
    name: str
    interest: Interest
    detail: str
    at: datetime
    number: int = 1
    standing: Standing | str = ""
    decided: DecidedLine | None = None


@dataclass(frozen=True)
class Declarer:
    """Somebody and what they declared; ``missing`` counts the organisations they have said nothing about."""

    name: str
    job_title: str
    roles: tuple[str, ...]
    lines: tuple[DeclaredLine, ...]
    missing: int = 0

    @property
    def declared_at(self) -> datetime | None:
        """Return when they last declared."""
        return max((line.at for line in self.lines), default=None)

    @property
    def interests(self) -> tuple[DeclaredLine, ...]:
        """List what is more than “none”, or was decided on."""
        return tuple(it for it in self.lines if it.interest != "none" or it.decided or it.standing == "lessened")


@dataclass(frozen=True)
class InterestDeclaration:
    """One person's declaration, with every version of it, ready to be printed."""

    head: DocumentHead
    person: Declarer
    latest: tuple[DeclaredLine, ...]
    earlier: tuple[DeclaredLine, ...]
    digest: str
    attachments: tuple[Attached, ...]
    interests: Mapping[Interest, str]


@dataclass(frozen=True)
class ConflictRegister:
    """The register of interests of a tender at one moment, ready to be printed."""

    head: DocumentHead
    at: datetime
    people: tuple[Declarer, ...]
    attachments: tuple[Attached, ...]
    interests: Mapping[Interest, str]
    standings: Mapping[Standing | str, str]
    outcomes: Mapping[Outcome, str]

    @property
    def count(self) -> int:
        """Count the interests in it."""
        return sum(len(person.interests) for person in self.people)


def interest_declaration(rules: TenderFile, person: Declarer) -> InterestDeclaration:
    """Put together what one person declared and signed by sending it."""
    at = person.declared_at
    assert at is not None
    latest = {line.organisation: line for line in sorted(person.lines, key=lambda line: line.number)}
    kept = tuple(line for line in person.lines if latest[line.organisation] is line)
    slot = Slot("Declaration of interests", "declaration", 1, about=person.name)
    head = paper_head(rules, slot, london(at).date(), mark="I", early=True)
    attached = _attached(head, [person])
    return InterestDeclaration(
        head, person, kept, tuple(line for line in person.lines if line not in kept),
        sha256(attached.data).hexdigest(), (attached,), INTERESTS,
    )  # fmt: skip


def conflict_register(rules: TenderFile, people: Sequence[Declarer], *, at: datetime) -> ConflictRegister:
    """Put the register together as it stands at a moment."""
    slot = Slot("Register of interests", "interests", 2)
    head = paper_head(rules, slot, london(at).date(), mark="I", early=True)
    return ConflictRegister(head, at, tuple(people), (_attached(head, people),), INTERESTS, STANDINGS, OUTCOMES)


def _attached(head: DocumentHead, people: Sequence[Declarer]) -> Attached:
    said = {"format": FORMAT, "document": head.number, "tender": head.tender_reference,
            "rules_sha256": head.rules_digest, "people": [asdict(person) for person in people]}  # fmt: skip
    text = json.dumps(said, ensure_ascii=False, indent=1, default=_moment)
    return Attached(FILE_NAME, text.encode() + b"\n", "The declarations as data: who declared what, and when")


def _moment(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%S.%f}Z"
    raise TypeError(f"{value!r} is no instant")
