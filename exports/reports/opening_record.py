"""The record of an opening: who opened with which keys, what was there at closing, and every bid by name.

It holds no price and no answer: whoever may see how the opening went may see it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final, Literal

from exports.documents import DocumentHead, Slot
from exports.pdf import Attached
from exports.reports.working_papers import paper_head
from lots.calendar import london
from lots.sealing import Sealing
from scoring.tender_file import TenderFile

FORMAT: Final = "opening-record/1"
FILE_NAME: Final = "opening-record.json"
Kind = Literal["bid", "price"]
State = Literal["opened", "failed", "withdrawn", "lapsed", "late"]
_TITLES: Final[Mapping[Kind, str]] = {"bid": "Opening record", "price": "Opening record: prices"}


@dataclass(frozen=True)
class Opener:
    """One of the two who opened: the person, the key they used, and when they had done their part."""

    name: str
    key: str
    fingerprint: str
    at: datetime


@dataclass(frozen=True)
class Line:
    """One bid at the opening. ``digests`` are (which envelope, SHA-256 of its sealed content)."""

    bid: str
    state: State
    received_at: datetime
    lot: str = ""
    tenderer: str = ""
    letter: str = ""
    version: int = 1
    digests: tuple[tuple[str, str], ...] = ()
    words: str = ""


@dataclass(frozen=True)
class Closing:
    """The closing checkpoint beside what was found at the opening; ``wrong`` says how they differ."""

    deadline: datetime
    at: datetime
    size: int
    root: str
    found: int
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True)
class Holder:
    """Who could have opened: a custodian's office and the fingerprint of the key."""

    title: str
    fingerprint: str


@dataclass(frozen=True)
class LotLines:
    """The bids opened for one lot, in order of their letters."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class OpeningMinutes:
    """The whole record, ready to be printed."""

    head: DocumentHead
    kind: Kind
    sealing: Sealing
    openers: tuple[Opener, Opener]
    holders: tuple[Holder, ...]
    closing: Closing
    lots: tuple[LotLines, ...]
    failed: tuple[Line, ...]
    lapsed: tuple[Line, ...]
    withdrawn: tuple[Line, ...]
    late: tuple[Line, ...]
    attachments: tuple[Attached, ...] = ()

    @property
    def opened(self) -> int:
        """Count the bids that were opened."""
        return sum(len(lot.lines) for lot in self.lots)

    @property
    def at(self) -> datetime:
        """Return when the second opener had done their part."""
        return self.openers[1].at


def opening_minutes(
    rules: TenderFile,
    kind: Kind,
    openers: tuple[Opener, Opener],
    holders: Sequence[Holder],
    closing: Closing,
    lines: Sequence[Line],
) -> OpeningMinutes:
    """Put the record together; ``lines`` are all bids of the tender, in any order."""
    slot = Slot(_TITLES[kind], "opening-record", 1 if kind == "bid" else 2)
    head = paper_head(rules, slot, london(openers[1].at).date(), mark="O", early=True)

    def of(state: State) -> tuple[Line, ...]:
        return tuple(sorted((line for line in lines if line.state == state), key=_order))

    titles = {lot.id: lot.title for lot in rules.tender.contract_lots}

    def shut(state: State) -> tuple[Line, ...]:
        return tuple(replace(line, lot=titles.get(line.lot, line.lot)) for line in of(state))

    opened = of("opened")
    lots = tuple(
        LotLines(lot.title, tuple(line for line in opened if line.lot == lot.id)) for lot in rules.tender.contract_lots
    )
    attached = _attached(kind, openers, holders, closing, sorted(lines, key=_order), head)
    return OpeningMinutes(
        head, kind, rules.tender.sealing or Sealing(), openers, tuple(holders), closing, lots,
        shut("failed"), shut("lapsed"), shut("withdrawn"), shut("late"), (attached,),
    )  # fmt: skip


def _order(line: Line) -> tuple[str, int, str, datetime, str]:
    return line.lot, len(line.letter), line.letter, line.received_at, line.bid


def _attached(
    kind: Kind,
    openers: Sequence[Opener],
    holders: Sequence[Holder],
    closing: Closing,
    lines: Sequence[Line],
    head: DocumentHead,
) -> Attached:
    said = {
        "format": FORMAT, "document": head.number, "tender": head.tender_reference, "kind": kind,
        "rules_sha256": head.rules_digest, "openers": [asdict(each) for each in openers],
        "custodians": [asdict(each) for each in holders], "closing": asdict(closing),
        "bids": [{**asdict(line), "digests": dict(line.digests)} for line in lines],
    }  # fmt: skip
    text = json.dumps(said, ensure_ascii=False, indent=1, default=_moment)
    return Attached(FILE_NAME, text.encode() + b"\n", "The opening as data: openers, keys, checkpoint and every bid")


def _moment(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%S.%f}Z"
    raise TypeError(f"{value!r} is no instant")
