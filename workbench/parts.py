"""A tender in the making: the parts an officer saves one by one, and the tender file they add up to.

A part's content is JSON in the shape of the tender file, so that a draft is never translated: ``assemble`` puts the
parts together, ``split`` takes a tender file apart, and the two undo each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Kind = Literal[
    "basics", "engagement", "funding_source", "funding_totals", "lot", "collaboration", "requirements", "lot_limit",
    "scale", "methodology", "social_value", "documents", "timetable", "governance", "sealing", "takeover",
]  # fmt: skip
SINGLE: tuple[Kind, ...] = (
    "basics", "engagement", "funding_totals", "lot_limit", "social_value", "documents", "timetable", "governance",
    "sealing",
)  # fmt: skip
MANY: tuple[Kind, ...] = ("funding_source", "lot", "collaboration", "requirements", "scale", "methodology")

# The fields of a tender that each part holds, beside those that stand in a list of their own.
FIELDS: Mapping[Kind, tuple[str, ...]] = {
    "basics": (
        "reference", "title", "buyer", "regime", "vat", "commenced_on", "description", "bank_holidays",
        "one_off_holidays", "no_lots_reasons", "illustrative", "source",
    ),
    "timetable": ("deadline", "timetable", "short_period_reasons"),
    "governance": ("board", "deliverables", "standards", "conflicts_assessed_on"),
    "social_value": ("social_value", "indicators"),
    "documents": ("documents",),
    "sealing": ("sealing", "tenderers_as_letters"),
}  # fmt: skip
LONGEST = {"title": 200, "reference": 80}
"""Characters that a tender's title and reference may have."""
LOT_PARTS: tuple[Kind, ...] = ("collaboration", "requirements")
NO_DEADLINE = "9998-12-31T12:00:00Z"
"""Stands for a deadline that nobody has set yet, so that everything else can be checked already."""


@dataclass(frozen=True)
class Part:
    """One part as saved: its content (None where it was never complete) and what was typed since and cannot be read."""

    kind: Kind
    key: str = ""
    content: Any = None
    typed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    version: int = 0
    position: int = 0
    changed_at: datetime | None = None

    @property
    def unfinished(self) -> bool:
        """Say whether something typed there waits to be mended."""
        return bool(self.typed)


def assemble(parts: Iterable[Part], *, panel: Sequence[Mapping[str, object]] = ()) -> dict[str, Any]:
    """Put the parts together as the object of a tender file, without its format's name.

    A deadline nobody has set is ``NO_DEADLINE``. Parts without content are left out.
    """
    complete = [part for part in parts if part.content is not None]
    by_kind: dict[str, list[Part]] = {}
    for part in complete:
        by_kind.setdefault(part.kind, []).append(part)
    single: dict[str, Any] = {kind: found[0].content for kind, found in by_kind.items() if kind in SINGLE}
    tender: dict[str, Any] = {"deadline": NO_DEADLINE}
    for kind in FIELDS:
        tender |= single.get(kind, {})
    tender["lots"] = [_lot(part, by_kind) for part in by_kind.get("lot", [])]
    tender |= _funding(by_kind, single)
    if single.get("engagement"):
        tender["engagement"] = single["engagement"]
    file: dict[str, Any] = {"tender": tender}
    for name, kind in (("scales", "scale"), ("methodologies", "methodology")):
        if kind in by_kind:
            file[name] = [part.content for part in by_kind[kind]]
    if single.get("lot_limit"):
        file["lot_limit"] = single["lot_limit"]
    return file | ({"panel": list(panel)} if panel else {})


def _lot(part: Part, by_kind: Mapping[str, list[Part]]) -> dict[str, Any]:
    """Join a lot with its collaboration rules and requirements, which are saved by themselves."""
    lot = dict(part.content)
    for kind in LOT_PARTS:
        found = next((each.content for each in by_kind.get(kind, ()) if each.key == part.key), None)
        if found:
            lot[kind] = found
    return lot


def _funding(by_kind: Mapping[str, list[Part]], single: Mapping[str, Any]) -> dict[str, Any]:
    """Join the sources of funding with the printed totals and the note on what differs."""
    totals = single.get("funding_totals", {})
    funding: dict[str, Any] = {}
    if "funding_source" in by_kind:
        funding["sources"] = [part.content for part in by_kind["funding_source"]]
    if totals.get("printed_totals"):
        funding["printed_totals"] = totals["printed_totals"]
    note = {"funding_note": totals["funding_note"]} if totals.get("funding_note") else {}
    return ({"funding": funding} if funding else {}) | note


def split(file: Mapping[str, Any]) -> tuple[Part, ...]:
    """Take the object of a tender file apart; bids, scores and decisions are no part of a draft."""
    tender = file["tender"]
    found = [Part(kind, content=_picked(tender, names)) for kind, names in FIELDS.items()]
    if "engagement" in tender:
        found.append(Part("engagement", content=tender["engagement"]))
    funding = tender.get("funding", {})
    found += [_keyed("funding_source", source, at) for at, source in enumerate(funding.get("sources", ()))]
    found.append(Part("funding_totals", content=_totals(tender, funding)))
    for at, lot in enumerate(tender["lots"]):
        plain = {name: value for name, value in lot.items() if name not in LOT_PARTS}
        found.append(_keyed("lot", plain, at))
        found += [Part(kind, lot["id"], lot[kind], position=at) for kind in LOT_PARTS if kind in lot]
    if "lot_limit" in file:
        found.append(Part("lot_limit", content=file["lot_limit"]))
    for kind, name in (("scale", "scales"), ("methodology", "methodologies")):
        found += [_keyed(kind, value, at) for at, value in enumerate(file.get(name, ()))]  # type: ignore[arg-type]
    return tuple(part for part in found if part.content)


def _picked(tender: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    picked = {name: tender[name] for name in names if name in tender}
    if picked.get("deadline") == NO_DEADLINE:
        del picked["deadline"]
    return picked


def _totals(tender: Mapping[str, Any], funding: Mapping[str, Any]) -> dict[str, Any]:
    totals = {"printed_totals": funding["printed_totals"]} if funding.get("printed_totals") else {}
    return totals | ({"funding_note": tender["funding_note"]} if tender.get("funding_note") else {})


def _keyed(kind: Kind, content: Mapping[str, Any], position: int) -> Part:
    return Part(kind, str(content["id"]), dict(content), position=position)
