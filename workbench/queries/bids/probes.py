"""The availability ledger of a tender read back: its lines, its outages, and whether it is whole."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import pairwise

from sqlalchemy import select

from workbench.db import db
from workbench.models.bids import ProbeRecord
from workbench.models.tenders import TenderRecord

EVERY = timedelta(seconds=10)
"""How often the service is asked."""
SILENCE = 3 * EVERY
"""A gap longer than this between two lines: nobody asked, so nothing is known."""
FORMAT = "availability/1"
COLUMNS = ("number", "at", "accepting", "words", "head")


@dataclass(frozen=True)
class Outage:
    """A stretch in which bids could not be received (``known``), or in which nobody asked whether they could."""

    begins: datetime
    ends: datetime
    known: bool
    words: str = ""

    @property
    def seconds(self) -> int:
        """Return how long it lasted, in whole seconds."""
        return round((self.ends - self.begins).total_seconds())


@dataclass(frozen=True)
class Ledger:
    """The ledger of one tender; ``broken`` is the number of the first line that does not follow from the one before."""

    tender_id: str
    deadline: datetime | None
    lines: tuple[ProbeRecord, ...]
    outages: tuple[Outage, ...]
    broken: int = 0

    @property
    def refusals(self) -> int:
        """Count the lines that say no."""
        return sum(not line.accepting for line in self.lines)

    @property
    def head(self) -> str:
        """Return the digest of the whole ledger."""
        return self.lines[-1].head if self.lines else ""


def ledger_of(tender: TenderRecord) -> Ledger:
    """Read the ledger of a tender."""
    query = select(ProbeRecord).where(ProbeRecord.tender_id == tender.id).order_by(ProbeRecord.number)
    lines = tuple(db.session.scalars(query))
    return Ledger(tender.id, tender.deadline, lines, tuple(_outages(lines)), _broken(lines))


def head_of(before: str, row: ProbeRecord) -> str:
    """Return the digest of a line and of all before it: SHA-256 of the head before, a line break, and its JSON."""
    said = {"tender": row.tender_id, **_said(row)}
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(f"{before}\n{text}".encode()).hexdigest()


def lines_data(ledger: Ledger) -> list[dict[str, object]]:
    """Return the lines as they are exported."""
    return [{**_said(row), "head": row.head} for row in ledger.lines]


def _said(row: ProbeRecord) -> dict[str, object]:
    at = f"{row.at:%Y-%m-%dT%H:%M:%S.%f}Z"
    return {"number": row.number, "at": at, "accepting": row.accepting, "words": row.words}


def _broken(lines: Sequence[ProbeRecord]) -> int:
    before = ""
    for number, row in enumerate(lines, 1):
        if row.number != number or row.head != head_of(before, row):
            return number
        before = row.head
    return 0


def _outages(lines: Sequence[ProbeRecord]) -> Iterator[Outage]:
    """Put lines that say no together, each lasting to the next line, and name the gaps in which nobody asked."""
    begun: Outage | None = None
    for row, following in pairwise((*lines, None)):
        assert row is not None
        silent = following is not None and following.at - row.at > SILENCE
        until = row.at if following is None or silent else following.at
        if not row.accepting:
            begun = Outage(begun.begins if begun else row.at, until, True, begun.words if begun else row.words)
        if begun and (row.accepting or silent or following is None):
            yield begun
            begun = None
        if silent and following is not None:
            yield Outage(row.at, following.at, False)
