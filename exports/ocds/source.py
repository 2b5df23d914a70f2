"""Reading a release that anybody may have written: every value is either taken over, with its path, or said not to be.

A :class:`Node` is a value and where it stands. Asking a node for text, a number or a date never raises; what cannot be
used is noted with the reason. Whatever nobody asked for is found at the end by :func:`leftovers`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from typing import Final

from exports.codec.plain_types import LONGEST_TEXT, UNFIT_CHARACTERS, kind_of
from exports.codec.strict_json import Unfit, shown
from exports.ocds.times import read_instant
from lots.money import Money

MOST_PARTS: Final = 500  # entries of one list that are looked at; a tender has tens
MOST_VISITS: Final = 20_000  # values looked at for what nobody took
MOST_LINES: Final = 400  # fields named in a report of what was not taken
_UNFIT: Final = re.compile(f"[{UNFIT_CHARACTERS}]")
_NUMBER: Final = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,2})?", re.ASCII)
_LARGEST: Final = 10**15
_SHOWN: Final = 80


@dataclass(frozen=True)
class Taken:
    """One value that was taken over: where it stood, where it went, and what it is."""

    path: str
    to: str
    text: str


@dataclass(frozen=True)
class NotTaken:
    """One value that was not taken over, and why."""

    path: str
    text: str
    why: str


@dataclass
class Ledger:
    """What became of every value."""

    taken: list[Taken] = field(default_factory=list)
    lost: list[NotTaken] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def lose(self, node: Node, why: str) -> None:
        """Note that a value, with all that is in it, could not be taken over."""
        if node.path not in self.seen:
            self.seen.add(node.path)
            self.lost.append(NotTaken(node.path, node.shown, why))


@dataclass(frozen=True)
class Node:
    """A value of the release and its path; ``value`` is None where there is none."""

    ledger: Ledger
    value: object
    path: str = ""

    def get(self, *keys: str) -> Node:
        """Go down by keys; a node without a value where one is missing or stands in something else than an object."""
        node = self
        for key in keys:
            found = node.value.get(key) if isinstance(node.value, dict) else None
            node = Node(self.ledger, found, f"{node.path}.{shown(key)}".removeprefix("."))
        return node

    def each(self) -> list[Node]:
        """List the entries of a list, at most 500 of them."""
        if not isinstance(self.value, list):
            if self.value is not None:
                self.ledger.lose(self, f"a list belongs here, not {kind_of(self.value)}")
            return []
        nodes = [Node(self.ledger, item, f"{self.path}[{at}]") for at, item in enumerate(self.value[: MOST_PARTS + 1])]
        for node in nodes[MOST_PARTS:]:
            self.ledger.lose(node, f"this and what follows it: only the first {MOST_PARTS} entries are read")
        return nodes[:MOST_PARTS]

    @property
    def there(self) -> bool:
        """Say whether there is anything."""
        return self.value not in (None, "", [], {})

    @property
    def shown(self) -> str:
        """Say in a few characters what the value is."""
        match self.value:
            case str() as text:
                cut = "".join(c if c.isprintable() else " " for c in text[:_SHOWN])
                return f"{cut}…" if len(text) > _SHOWN else cut
            case Unfit(text=text):
                return shown(text)
            case list() as items:
                return f"{len(items)} entries" if len(items) != 1 else "1 entry"
            case dict() as fields:
                return ", ".join(shown(key) for key in list(fields)[:5])
            case bool() | int() as plain:
                return str(plain).lower()
        return ""

    def took(self, to: str, text: str = "") -> None:
        """Note where a value went."""
        self.ledger.seen.add(self.path)
        self.ledger.taken.append(Taken(self.path, to, text or self.shown))

    def seen(self) -> None:
        """Note that a value was used to understand others, and needs no line of its own."""
        self.ledger.seen.add(self.path)

    def lose(self, why: str) -> None:
        """Note that a value could not be taken over."""
        self.ledger.lose(self, why)

    def text(self) -> str:
        """Return a text without spaces around it; empty where there is none, or none that a document can print."""
        if self.value is None:
            return ""
        if not isinstance(self.value, str):
            self.lose(f"a text belongs here, not {kind_of(self.value)}")
            return ""
        if len(self.value) > LONGEST_TEXT:
            self.lose(f"the text has {len(self.value):,} characters, more than the {LONGEST_TEXT:,} that are kept")
            return ""
        text = self.value.replace("\r\n", "\n")
        if _UNFIT.search(text):
            self.lose("the text holds characters that no document can print")
            return ""
        return text.strip()

    def code(self) -> str:
        """Return an id that may be written as text or as a whole number."""
        return str(self.value) if type(self.value) is int else self.text()

    def number(self) -> Fraction | None:
        """Return an exact number, of at most 15 digits before the point."""
        if self.value is None:
            return None
        text = str(self.value) if type(self.value) is int else self.value.text if isinstance(self.value, Unfit) else ""
        found = Fraction(Decimal(text)) if _NUMBER.fullmatch(text) else None
        if found is None or abs(found) >= _LARGEST:
            self.lose(f"a number belongs here, not {kind_of(self.value)}")
            return None
        return found

    def amount(self, gross: bool = False) -> tuple[Node, Money] | None:
        """Return the amount of an OCDS value in pounds, without VAT unless ``gross``, with the node it stands in."""
        node = self.get("amountGross" if gross else "amount")
        number = node.number()
        if number is None:
            return None
        currency = self.get("currency")
        if currency.value not in (None, "GBP"):
            node.lose(f"its currency is {currency.shown}, and only pounds sterling are used here")
            return None
        currency.seen()
        if number < 0 or (number * 100).denominator != 1:
            node.lose("an amount of money is zero or more, in whole pence")
            return None
        return node, Money(int(number * 100))

    def when(self) -> datetime | None:
        """Return an instant on a London clock; None where there is no date and time with an offset."""
        if self.value is None:
            return None
        found = read_instant(self.value) if isinstance(self.value, str) else None
        if found is None:
            self.lose("a date and time with its offset belongs here, such as 2026-07-06T12:00:00+01:00")
        return found


Reasons = Sequence[tuple[str, str]]


def leftovers(root: Node, reasons: Reasons, otherwise: str) -> Iterator[NotTaken]:
    """Yield every value below ``root`` that nobody took or lost; ``reasons`` pairs the start of a path with the why.

    Paths in reasons are without indices. A reason that ends in ``*`` speaks for all that stands there in one line. A
    release that holds more than a tender ever could is not walked to its end, and the last line says so.
    """
    waiting = [root]
    for _ in range(MOST_VISITS):
        if not waiting:
            return
        node = waiting.pop()
        if node.path in root.ledger.seen or not node.there:
            continue
        bare = re.sub(r"\[\d+\]", "", node.path)
        start, why = next(((s, w) for s, w in reasons if _under(bare, s.rstrip("*"))), ("", otherwise))
        if isinstance(node.value, dict | list) and not (start.endswith("*") and bare == start.rstrip("*")):
            waiting.extend(reversed(list(_below(node))))
        else:
            yield NotTaken(node.path, node.shown, why)
    yield NotTaken("", "more fields", "the release holds more than can be listed here")


def _below(node: Node) -> Iterator[Node]:
    """Yield what stands in an object or a list, of a long one only the beginning."""
    if isinstance(node.value, dict):
        yield from (node.get(key) for key in islice(node.value, MOST_VISITS))
    elif isinstance(node.value, list):
        for at, value in enumerate(islice(node.value, MOST_VISITS)):
            yield Node(node.ledger, value, f"{node.path}[{at}]")


def _under(path: str, start: str) -> bool:
    return path == start or path.startswith(f"{start}.")
