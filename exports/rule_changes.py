"""Rule sets as bytes and digests, and what differs between two of them, field by field in plain words.

A change notice prints the differences; whoever compares two published rule sets finds the same ones. ``material`` says
whether bidders may have to think again: how bids are judged, what is bought, on what terms and by when.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final, Literal

from exports.tender_file import write
from lots.calendar import say_instant
from lots.collaboration import percentage
from lots.money import Money
from scoring.criteria import Criterion
from scoring.figures import plain
from scoring.rule_set import rule_set
from scoring.tender_file import TenderFile

ChangeKind = Literal["added", "removed", "changed"]
_CRITERION: Final = "award criterion"
_CODE: Final = re.compile(r"[a-z]+(?:_[a-z]+)+")
LONGEST_TEXT: Final = 1_000  # characters of a value in a notice; the rule set itself holds the whole


@dataclass(frozen=True)
class RuleChange:
    """One field that differs between two rule sets.

    ``path`` names it by ids (``tender.lots[adult].annual_budget``), ``label`` in words; ``before`` is empty for what
    was added and ``after`` for what was removed.
    """

    path: str
    label: str
    kind: ChangeKind
    before: str
    after: str
    material: bool


@lru_cache(maxsize=8)
def rule_set_bytes(file: TenderFile) -> bytes:
    """Write the rule set of a tender file in its one canonical form, itself a tender file that can be read again."""
    return write(rule_set(file))


@lru_cache(maxsize=8)
def rule_set_digest(file: TenderFile) -> str:
    """Return the SHA-256 of the canonical rule set in hexadecimal: what publication prints and stores."""
    return sha256(rule_set_bytes(file)).hexdigest()


def changes(old: TenderFile, new: TenderFile) -> tuple[RuleChange, ...]:
    """List what differs between the rule sets of two tender files, in the order of the file; nothing where equal.

    Parts of a list are told apart by their ids (or numbers, years, dates), so that a lot moved up the list is a change
    of order and not of every field.
    """
    before, after = rule_set(old), rule_set(new)
    return tuple(_Walk(before, after).compared(before, after, _Spot("", ())))


# --- where we are -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Spot:
    """A place in both rule sets: its path, the things it stands in as words, and the names of the fields above."""

    path: str
    within: tuple[str, ...]
    names: tuple[str, ...] = ()

    def field(self, name: str) -> _Spot:
        return _Spot(f"{self.path}.{name}".removeprefix("."), self.within, (*self.names, name))

    def part(self, key: str, words: str) -> _Spot:
        inner = words.startswith(_CRITERION) and self.within and self.within[-1].startswith(_CRITERION)
        outer = self.within[:-1] if inner else self.within  # criterion 2.1 says that it stands in 2
        return _Spot(f"{self.path}[{key}]", (*outer, words), self.names)

    @property
    def label(self) -> str:
        name = _LABELS.get(self.names[-1], self.names[-1].replace("_", " ")) if self.names else "rules"
        inner = self.names[-2] if len(self.names) > 1 else ""
        name = f"{_INSIDE[inner]}, {name}" if inner in _INSIDE else name
        return f"{', '.join(self.within)}: {name}" if self.within else name[:1].upper() + name[1:]


_LABELS: Final[Mapping[str, str]] = {
    "after_year": "after year",
    "by_and_for_minimum": "minimum to by-and-for partners",
    "lead_retention_maximum": "most the lead may keep",
    "lot_limit": "limit on lots",
    "management_fee_maximum": "highest management fee",
    "no_money_back": "no money back to the lead",
    "no_top_slice": "nothing kept back from a partner",
    "provider_maximum": "most any single provider may hold",
    "subcontract_minimum": "least to others than the lead",
    "vcse_minimum": "minimum to VCSE partners",
    "annual_budget": "annual budget",
    "browser_sealing": "sealing on the tenderer’s own device",
    "cpv": "CPV codes",
    "criteria": "award criteria",
    "custodians": "custodians",
    "custody": "who holds the keys",
    "lots": "lots it holds for",
    "over_ceiling": "what follows a price above a ceiling",
    "parts": "parts",
    "price_apart": "prices in an envelope of their own",
    "partners_confirmed": "every partner confirms its own figures",
    "rank_on": "totals that rank the bids",
    "recipient": "public key",
    "score_rule": "how the score of a criterion is found",
    "sealing": "how bids are received and sealed",
    "server_recipient": "public key of the server",
    "tenderers_as_letters": "tenderers’ names kept from those who score",
    "vat": "VAT basis",
}
_INSIDE: Final[Mapping[str, str]] = {
    "abnormally_low": "low price enquiries",
    "buyer": "buyer",
    "collaboration": "collaboration rules",
    "engagement": "market engagement",
    "lot_limit": "limit on lots",
    "price": "price formula",
    "rounding": "rounding",
    "sealing": "receiving bids",
    "term": "term",
}
_NOUNS: Final[Mapping[str, str]] = {
    "BasketItem": "basket line",
    "Break": "break",
    "Criterion": "award criterion",
    "CriterionValue": "worth of",
    "Custodian": "key of",
    "EngagementEvent": "engagement event",
    "EngagementQuestion": "engagement question",
    "FundingLine": "year",
    "FundingSource": "funding source",
    "Identifier": "identifier",
    "Level": "level",
    "Milestone": "timetable",
    "OneOffHoliday": "one-off holiday",
    "PerformanceIndicator": "performance indicator",
    "PrintedTotal": "printed total",
    "RequiredDocument": "required document",
    "Requirement": "requirement",
    "Scale": "scale",
    "SocialValueMeasure": "social value measure",
    "TieBreak": "tie-break",
}

# What a part of a list is known by: the first of these fields that it has; several together for a funding line.
_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "FundingLine": ("year", "lot"),
    "Break": ("after_year",),
    "CriterionValue": ("criterion",),
    "Custodian": ("recipient",),
    "EngagementEvent": ("title", "held_on"),
    "EngagementQuestion": ("number",),
    "Identifier": ("scheme",),
    "Level": ("points",),
    "Milestone": ("title",),
    "OneOffHoliday": ("day",),
    "PrintedTotal": ("title",),
    "TieBreak": ("rule", "criterion"),
}
_PERCENT: Final = frozenset({
    "weight", "lead_retention_maximum", "provider_maximum", "management_fee_maximum", "subcontract_minimum",
    "vcse_minimum", "by_and_for_minimum", "discount_rate", "minimum_quality", "below_mean_of_others", "below_next",
    "below_median", "deadweight",
})  # fmt: skip

# Words about a tender that change nothing for bidders; whatever is not listed is material.
_INFORMATION: Final = (
    "tender.title", "tender.description", "tender.source", "tender.illustrative", "tender.funding", "tender.timetable",
    "tender.engagement", "tender.board", "tender.buyer", "tender.funding_note", "tender.no_lots_reasons",
    "tender.commenced_on", "tender.reference",
)  # fmt: skip
_INFORMATION_FIELDS: Final = frozenset({
    ("lots", "title"), ("lots", "description"), ("lots", "outcomes"), ("lots", "cpv"), ("methodologies", "title"),
    ("scales", "title"),
})  # fmt: skip


def _material(spot: _Spot) -> bool:
    """Say whether a change there may make bidders think again."""
    if any(spot.path == start or spot.path.startswith((f"{start}.", f"{start}[")) for start in _INFORMATION):
        return False
    return spot.names[-2:] not in _INFORMATION_FIELDS


# --- the comparison -----------------------------------------------------------------------------------------


class _Walk:
    """Goes through two rule sets side by side, knowing both for the names of things."""

    def __init__(self, old: TenderFile, new: TenderFile) -> None:
        self.titles = {lot.id: lot.title for lot in (*old.tender.lots, *new.tender.lots)}
        self.numbers = {**_numbers(old), **_numbers(new)}  # (methodology, criterion) -> 2.1

    def compared(self, old: Any, new: Any, spot: _Spot) -> Iterator[RuleChange]:
        """Yield every difference between two values of the same field."""
        if old == new:
            return
        if is_dataclass(old) and type(old) is type(new) and not isinstance(old, Money):
            for field in fields(old):
                yield from self.compared(getattr(old, field.name), getattr(new, field.name), spot.field(field.name))
        elif _is_pair(old) and _is_pair(new) and spot.path.endswith("]"):
            yield self.change(old[1], new[1], spot, whole=True)
        elif isinstance(old, tuple) and isinstance(new, tuple) and _keyed((*old, *new)):
            yield from self.parts(old, new, spot)
        else:
            yield self.change(old, new, spot)

    def parts(self, old: tuple[Any, ...], new: tuple[Any, ...], spot: _Spot) -> Iterator[RuleChange]:
        """Compare lists whose parts have ids: parts that went, parts that came, parts that changed, their order."""
        was, now = _by_key(old), _by_key(new)
        for key, part in was.items():
            if key not in now:
                yield self.change(part, None, spot.part(key, self.words(part, spot)), whole=True)
        for key, part in now.items():
            here = spot.part(key, self.words(part, spot))
            if key in was:
                yield from self.compared(was[key], part, here)
            else:
                yield self.change(None, part, here, whole=True)
        common = [key for key in was if key in now]
        if common != [key for key in now if key in was]:
            yield self.reordered([was[key] for key in was], [now[key] for key in now], spot)

    def reordered(self, old: list[Any], new: list[Any], spot: _Spot) -> RuleChange:
        """Say that the parts of a list stand in another order."""
        before, after = ("; ".join(self.words(part, spot) for part in parts) for parts in (old, new))
        label = f"{spot.label}, order" if spot.names[-1] != "lots" else "Lots, order"
        return RuleChange(f"{spot.path}.order", label, "changed", before, after, _material(spot))

    def change(self, old: Any, new: Any, spot: _Spot, *, whole: bool = False) -> RuleChange:
        """Make one change; ``whole`` parts of a list are named by what they are."""
        before, after = (_said(value, spot.names[-1]) for value in (old, new))
        kind: ChangeKind = "changed"
        if old is None or old in ((), ""):
            kind, before = "added", ""
        elif new is None or new in ((), ""):
            kind, after = "removed", ""
        label = ", ".join(spot.within) if whole else spot.label
        return RuleChange(spot.path, label[:1].upper() + label[1:], kind, before, after, _material(spot))

    def words(self, part: Any, spot: _Spot) -> str:
        """Name a part of a list for a sentence: ``Adult Service``, ``award criterion 2.1 (Voice)``, ``level 3``."""
        kind = type(part).__name__
        if kind == "tuple":
            return f"{_INSIDE.get(spot.names[-2], spot.names[-2])}, {str(part[0]).replace('_', ' ')}"
        if kind == "Lot":
            return str(self.titles.get(part.id, part.id))
        if kind == "Methodology":
            return ", ".join(self.titles.get(lot, lot) for lot in part.lots) or str(part.title)
        if isinstance(part, Criterion):
            number = self.numbers.get((spot.path.partition("]")[0], part.id), "")
            return f"{_CRITERION} {number} ({part.title})"
        if kind == "FundingLine":
            return f"year {part.year}" + (f" for {self.titles.get(part.lot, part.lot)}" if part.lot else "")
        if kind == "Break":
            return f"break after year {part.after_year}"
        name = getattr(part, "title", "") or getattr(part, "outcome", "")
        name = f"“{name}”" if name else _key(part).replace("_", " ")
        return f"{_NOUNS.get(kind, kind.lower())} {name}"


def _numbers(file: TenderFile) -> dict[tuple[str, str], str]:
    """Number every criterion as people count them: ``2.1`` is the first part of the second criterion."""
    found: dict[tuple[str, str], str] = {}

    def count(owner: str, criteria: tuple[Criterion, ...], above: str) -> None:
        for at, criterion in enumerate(criteria, 1):
            found[owner, criterion.id] = f"{above}{at}"
            count(owner, criterion.parts, f"{above}{at}.")

    for methodology in file.methodologies:
        count(f"methodologies[{methodology.id}", methodology.criteria, "")
    return found


def _keyed(parts: tuple[Any, ...]) -> bool:
    """Say whether a list holds things with ids rather than plain texts and numbers."""
    return all((is_dataclass(part) and not isinstance(part, Money)) or _is_pair(part) for part in parts)


def _is_pair(part: Any) -> bool:
    return isinstance(part, tuple) and len(part) == 2 and all(isinstance(each, str) for each in part)


def _key(part: Any) -> str:
    if isinstance(part, tuple):
        return str(part[0])
    names = _KEYS.get(type(part).__name__) or ("id",)
    values = [getattr(part, name, "") for name in names]
    return " ".join(filter(None, (each if isinstance(each, str) else _said(each, "") for each in values)))


def _by_key(parts: tuple[Any, ...]) -> dict[str, Any]:
    """Map parts by what they are known by; a second one of the same key is told apart by a number."""
    found: dict[str, Any] = {}
    for part in parts:
        key, times = _key(part), 2
        while key in found:
            key, times = f"{_key(part)} ({times})", times + 1
        found[key] = part
    return found


# --- values in words ----------------------------------------------------------------------------------------


def _said(value: Any, name: str) -> str:
    """Write a value for people, at most 1,000 characters of it."""
    text = _value(value, name)
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"


def _value(value: Any, name: str) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case str():
            return value.replace("_", " ") if isinstance(value, StrEnum) or _CODE.fullmatch(value) else value
        case Decimal() | Fraction():
            number = Fraction(value)
            return percentage(number) if name in _PERCENT else plain(number)
        case datetime():
            return say_instant(value)
        case date():
            return f"{value.day} {value:%B %Y}"
        case tuple():
            return "; ".join(_pair(each, name) if _is_pair(each) else _value(each, name) for each in value) or "none"
        case _:
            return _plain_value(value)


def _plain_value(value: Any) -> str:
    return _fields_said(value) if is_dataclass(value) and not isinstance(value, Money) else str(value)


def _pair(pair: tuple[str, str], name: str) -> str:
    return f"{pair[0].replace('_', ' ')} {_value(pair[1], name)}"


def _fields_said(value: Any) -> str:
    """Sum a thing up in its own fields, leaving out those that say nothing."""
    said = []
    for field in fields(value):
        item = getattr(value, field.name)
        if field.name != "id" and item is not None and item not in ((), "", field.default):
            label = _LABELS.get(field.name, field.name.replace("_", " "))
            said.append(f"{label} {_value(item, field.name)}")
    return "; ".join(said)
