"""Looking things up in a tender file that may be wrong: by id, the first of each, and sentences for ids that fail."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from typing import Protocol, TypeVar

from lots.bid import Bid
from lots.calendar import CalendarError, london, say_instant
from lots.errors import Finding, Severity
from lots.lot import Lot
from lots.organisation import Organisation
from scoring.criteria import Criterion, Kind, walk
from scoring.methodology import Methodology
from scoring.scale import Scale
from scoring.scoresheet import PanelMember
from scoring.tender_file import TenderFile

_LONGEST_ID = 100
_LISTED = 8  # ids named in a sentence; among more, only the likeliest


class Named(Protocol):
    """Anything with an id."""

    @property
    def id(self) -> str:
        """Return the id."""


N = TypeVar("N", bound=Named)


@dataclass(frozen=True)
class Asked:
    """What a methodology asks of a bid: every criterion by id, and of the scored ones their scale."""

    methodology: Methodology
    criteria: Mapping[str, Criterion]
    kinds: Mapping[str, Kind]
    scales: Mapping[str, Scale | None]


@dataclass(frozen=True)
class Index:
    """A tender file's things by id (the first where two share one), and what is asked in each lot."""

    file: TenderFile
    lots: Mapping[str, Lot]
    organisations: Mapping[str, Organisation]
    scales: Mapping[str, Scale]
    bids: Mapping[str, Bid]
    panel: Mapping[str, PanelMember]
    asked: Mapping[str, Asked]

    def asked_of(self, bid_id: str) -> Asked | None:
        """Find what is asked of a bid; None where the bid, its lot or the lot's methodology is missing."""
        bid = self.bids.get(bid_id)
        return self.asked.get(bid.lot) if bid else None


def index(file: TenderFile) -> Index:
    """Make the index of a tender file."""
    scales = _by_id(file.scales)
    asked: dict[str, Asked] = {}
    for methodology in file.methodologies:
        what = _asked(methodology, scales)
        for lot in methodology.lots:
            asked.setdefault(lot, what)
    return Index(
        file,
        _by_id(file.tender.lots),
        _by_id(file.organisations),
        scales,
        _by_id(file.bids),
        _by_id(file.panel),
        asked,
    )


def _by_id(things: Iterable[N]) -> dict[str, N]:
    found: dict[str, N] = {}
    for thing in things:
        found.setdefault(thing.id, thing)
    return found


def _asked(methodology: Methodology, scales: Mapping[str, Scale]) -> Asked:
    leaves = methodology.leaves
    return Asked(
        methodology,
        _by_id(criterion for criterion, _ in walk(methodology.criteria)),
        {leaf.criterion.id: leaf.kind for leaf in leaves},
        {leaf.criterion.id: scales.get(leaf.criterion.scale) for leaf in leaves if leaf.kind != "price"},
    )


def ids(things: Sequence[Named], what: str, place: str) -> Iterator[Finding]:
    """Find ids that are empty or used twice; ``what`` is the thing in words, ``place`` its list."""
    seen: dict[str, int] = {}
    for i, thing in enumerate(things):
        here = f"{place}[{i}].id"
        if not thing.id.strip():
            yield Finding("id_missing", f"This {what} has no id: give it a short one of its own", here)
        elif len(thing.id) > _LONGEST_ID or not thing.id.isprintable() or thing.id != thing.id.strip():
            message = f"This {what} id is long or holds spaces or line ends around it: write one short word"
            yield Finding("id_unfit", message, here)
        elif thing.id in seen:
            first = f"{place}[{seen[thing.id]}]"
            message = f"The {what} id “{thing.id}” is used twice (first at {first}): give each its own"
            yield Finding("id_repeated", message, here)
        seen.setdefault(thing.id, i)


def unknown(code: str, what: str, given: str, known: Collection[str], place: str) -> Finding:
    """Say that an id names nothing, and which it might be."""
    says = f"There is no {what} “{given[:_LONGEST_ID]}”" if given else f"No {what} is named"
    if not known:
        return Finding(code, f"{says}: the file holds none", place)
    if len(known) <= _LISTED:
        return Finding(code, f"{says}: name one of {', '.join(known)}", place)
    near = get_close_matches(given, known, 1) if len(known) <= 100 and len(given) <= _LONGEST_ID else []
    hint = f"did you mean “{near[0]}”?" if near else f"name one of the {len(known)} in the file"
    return Finding(code, f"{says}: {hint}", place)


def named(code: str, what: str, given: Sequence[str], known: Mapping[str, object], place: str) -> Iterator[Finding]:
    """Check a list of ids: each known, none twice."""
    seen: set[str] = set()
    for i, name in enumerate(given):
        if name not in known:
            yield unknown(code, what, name, known, f"{place}[{i}]")
        elif name in seen:
            yield Finding(f"{code}_repeated", f"The {what} “{name}” is named twice: once is enough", f"{place}[{i}]")
        seen.add(name)


def moment(instant: datetime) -> str:
    """Write an instant for a sentence; one outside the calendar as the file holds it."""
    try:
        return say_instant(instant)
    except CalendarError:
        return instant.isoformat()


def london_day(instant: datetime) -> date:
    """Return the day of an instant in London; of one outside the calendar, the day the file holds."""
    try:
        return london(instant).date()
    except CalendarError:
        return instant.date()


LONGEST_NAME = 200
"""Characters of a name or title that a letterhead, a table heading and a page header can carry."""


def overlong(text: str, what: str, place: str) -> Iterator[Finding]:
    """Find a name or title that no document can print on its pages."""
    if len(text) > LONGEST_NAME:
        message = f"{what} has {len(text):,} characters: {LONGEST_NAME} are the most a document can print"
        yield Finding("name_too_long", message, place)


def blank(code: str, text: str, message: str, place: str, severity: Severity = "error") -> Iterator[Finding]:
    """Find a text that says nothing."""
    if not text.strip():
        yield Finding(code, message, place, severity)
