"""Which organisations take part in several bids, drawn as two columns with lines between, and said in words."""

from __future__ import annotations

from dataclasses import dataclass

from lots.overlaps import Overlap, overlaps
from scoring.tender_file import TenderFile

MOST_DRAWN = 24  # organisations in the drawing; beyond that a table says more
_ROW, _TOP, _LEFT, _RIGHT, _WIDTH = 34, 20, 350, 560, 920


@dataclass(frozen=True)
class Label:
    """A name in the drawing, at a height."""

    y: int
    text: str


@dataclass(frozen=True)
class Line:
    """A line from an organisation to a bid; ``leads`` where it leads it."""

    y1: int
    y2: int
    leads: bool


@dataclass(frozen=True)
class Drawing:
    """The drawing: organisations on the left, bids on the right."""

    width: int
    height: int
    left: tuple[Label, ...]
    right: tuple[Label, ...]
    lines: tuple[Line, ...]
    words: str
    x1: int = _LEFT
    x2: int = _RIGHT


@dataclass(frozen=True)
class FactSheet:
    """The overlaps of a tender, and their drawing where they are few enough to be seen."""

    overlaps: tuple[Overlap, ...]
    drawing: Drawing | None


def fact_sheet(file: TenderFile) -> FactSheet:
    """Find every organisation in more than one opened bid."""
    found = overlaps(file.bids, file.organisations)
    return FactSheet(found, _drawn(found, file) if 0 < len(found) <= MOST_DRAWN else None)


def _drawn(found: tuple[Overlap, ...], file: TenderFile) -> Drawing:
    bids = tuple(dict.fromkeys(each.bid for overlap in found for each in overlap.appearances))
    names = _bid_names(file)
    ordered = sorted(bids, key=lambda bid: names[bid])
    left = tuple(Label(_y(at), _short(each.name)) for at, each in enumerate(found))
    right = tuple(Label(_y(at), _short(names[bid])) for at, bid in enumerate(ordered))
    place = {bid: at for at, bid in enumerate(ordered)}
    lines = tuple(
        Line(_y(at), _y(place[each.bid]), each.role == "lead")
        for at, overlap in enumerate(found)
        for each in overlap.appearances
    )
    words = "; ".join(f"{each.name} is in {len(each.bids)} bids" for each in found)
    return Drawing(_WIDTH, _y(max(len(left), len(right))), left, right, lines, words)


def _bid_names(file: TenderFile) -> dict[str, str]:
    titles = {lot.id: lot.title for lot in file.tender.lots}
    names = {each.id: each.name for each in file.organisations}
    return {bid.id: f"{titles.get(bid.lot, bid.lot)}: {names.get(bid.tenderer, bid.tenderer)}" for bid in file.bids}


def _y(at: int) -> int:
    return _TOP + at * _ROW


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
