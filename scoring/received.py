"""Bids as they were opened become the bids, organisations and preferences of a tender file.

Each tenderer names the organisations of its bid by ids of its own; here one organisation is one entry, whoever named
it. Where tenderers describe the same organisation differently, that is a finding: an organisation's own bid is believed
before others', and an earlier bid before a later one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime

from lots.bid import Bid, Party, Payment, Split
from lots.errors import Finding
from lots.namesakes import plain_name, same_organisations
from lots.organisation import Identifier, Organisation
from lots.submission import PriceEnvelope, Submission
from scoring.decision import AdmissionDecision
from scoring.tender_file import LotPreference, TenderFile

_TOLD = {"name": "name", "group": "group", "vcse": "VCSE", "by_and_for": "led by and for those it serves", "sme": "SME"}


@dataclass(frozen=True)
class Received:
    """A bid as it was opened; ``price`` is None while the price envelope is shut."""

    submission: Submission
    price: PriceEnvelope | None
    received_at: datetime


@dataclass(frozen=True)
class Gathered:
    """All bids of a tender together, and what the tenderers say differently of one another."""

    organisations: tuple[Organisation, ...]
    bids: tuple[Bid, ...]
    preferences: tuple[LotPreference, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class _Named:
    """One organisation as one bid names it."""

    bid: int
    organisation: Organisation
    own: bool


def gathered(received: Sequence[Received]) -> Gathered:
    """Gather opened bids: one entry for each organisation, its ids put into every bid."""
    named = [each for at, bid in enumerate(received) for each in _named(at, bid)]
    named.sort(key=lambda each: not each.own)  # stable: its own bid first, then in order of receipt
    places = same_organisations([each.organisation for each in named])
    ids = _ids(named, places)
    renamed: dict[int, dict[str, str]] = {}
    for each, place in zip(named, places, strict=True):
        renamed.setdefault(each.bid, {})[each.organisation.id] = ids[place]
    groups = _groups(named, places)
    organisations = tuple(_merged(ids[place], group) for place, group in groups.items())
    bids = tuple(_bid(each, renamed.get(at, {})) for at, each in enumerate(received))
    order = {name: at for at, name in enumerate(dict.fromkeys(it.organisation for bid in bids for it in bid.parties))}
    ordered = sorted(organisations, key=lambda each: order.get(each.id, len(order)))
    found = (*_told_differently(groups, received), *_namesakes(organisations))
    return Gathered(tuple(ordered), bids, tuple(_preferences(received, bids)), found)


def with_bids(
    rules: TenderFile,
    received: Sequence[Received],
    admissions: tuple[AdmissionDecision, ...] = (),
    *,
    prices_shut: bool = False,
) -> tuple[TenderFile, tuple[Finding, ...]]:
    """Put opened bids and the decisions about them into the rules, lot by lot, the earliest first.

    ``prices_shut`` says that a bid without a price has one, in an envelope that is not opened yet.
    """
    lots = {lot.id: at for at, lot in enumerate(rules.tender.lots)}
    ordered = sorted(received, key=lambda it: (lots.get(it.submission.binding.lot, len(lots)), it.received_at))
    found = gathered(ordered)
    file = replace(
        rules, organisations=found.organisations, bids=found.bids, lot_preferences=found.preferences,
        admissions=admissions, prices_shut=prices_shut,
    )  # fmt: skip
    return file, found.findings


# --- one bid ------------------------------------------------------------------------------------------------


def _named(at: int, bid: Received) -> Iterator[_Named]:
    lead = next((party.organisation for party in bid.submission.parties if party.role == "lead"), "")
    for organisation in bid.submission.organisations:
        yield _Named(at, organisation, organisation.id == lead)


def _bid(received: Received, ids: Mapping[str, str]) -> Bid:
    submission, price = received.submission, received.price
    parties = tuple(replace(each, organisation=_name(ids, each.organisation)) for each in submission.parties)
    return Bid(
        id=submission.binding.bid,
        lot=submission.binding.lot,
        received_at=received.received_at,
        prices=price.prices if price else (),
        parties=_joined(parties),
        split=_split(price.split, ids) if price and price.split else None,
        responses=submission.responses,
        commitments=submission.commitments,
        other_costs=price.other_costs if price else (),
        unit_prices=price.unit_prices if price else (),
    )


def _joined(parties: Iterable[Party]) -> tuple[Party, ...]:
    """Keep one party for each organisation and role."""
    return tuple({(each.organisation, each.role): each for each in parties}.values())


def _split(split: Split, ids: Mapping[str, str]) -> Split:
    payments = (replace(each, payer=_name(ids, each.payer), payee=_name(ids, each.payee)) for each in split.payments)
    found: tuple[Payment, ...] = tuple(payments)
    return replace(split, payments=found)


def _name(ids: Mapping[str, str], own: str) -> str:
    return ids.get(own, own)


# --- organisations ------------------------------------------------------------------------------------------


def _groups(named: Sequence[_Named], places: Sequence[int]) -> dict[int, list[_Named]]:
    groups: dict[int, list[_Named]] = {}
    for each, place in zip(named, places, strict=True):
        groups.setdefault(place, []).append(each)
    return groups


def _ids(named: Sequence[_Named], places: Sequence[int]) -> dict[int, str]:
    """Choose an id for each organisation: the one its tenderers use where nobody means another by it, else its name."""
    meant: dict[str, set[int]] = {}
    for each, place in zip(named, places, strict=True):
        meant.setdefault(each.organisation.id, set()).add(place)
    taken, chosen = set(meant), dict[int, str]()
    for place, group in _groups(named, places).items():
        alone = next((it.organisation.id for it in group if len(meant[it.organisation.id]) == 1), "")
        chosen[place] = alone or _free(_slug(group[0].organisation.name), taken)
        taken.add(chosen[place])
    return chosen


def _slug(name: str) -> str:
    bare = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "_", bare).strip("_")[:40] or "organisation"


def _free(name: str, taken: set[str]) -> str:
    number, free = 2, name
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free


def _merged(name: str, group: Sequence[_Named]) -> Organisation:
    """Take an organisation as its own bid has it, else the earliest; registrations and gaps are filled from others."""
    first = group[0].organisation
    marks: dict[tuple[str, str], Identifier] = {}
    for each in group:
        for mark in each.organisation.identifiers:
            marks.setdefault((mark.scheme, mark.id), mark)
    empty = {each.name for each in fields(Organisation) if each.name not in ("id", "identifiers", *_FLAGS)}
    filled = {
        field: next((value for it in group if (value := getattr(it.organisation, field))), getattr(first, field))
        for field in empty
    }
    return replace(first, id=name, identifiers=tuple(marks.values()), **filled)


_FLAGS = ("vcse", "by_and_for", "sme")


def _told_differently(groups: Mapping[int, Sequence[_Named]], received: Sequence[Received]) -> Iterator[Finding]:
    for group in groups.values():
        first = group[0]
        for field, words in _TOLD.items():
            for each in group[1:]:
                ours, theirs = getattr(first.organisation, field), getattr(each.organisation, field)
                if not _alike(ours, theirs):
                    bids = [received[it.bid].submission.binding.bid for it in (first, each)]
                    text = (
                        f"“{first.organisation.name}” is described differently in two bids: {words} is "
                        f"{_said(ours)} in bid {bids[0]}, which counts here, and {_said(theirs)} in bid {bids[1]}"
                    )
                    yield Finding("organisation_told_differently", text, f"bid {bids[1]}", severity="warning")
                    break


def _alike(ours: object, theirs: object) -> bool:
    if isinstance(ours, str) and isinstance(theirs, str):
        return plain_name(ours) == plain_name(theirs) or not (ours and theirs)
    return ours == theirs


def _said(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else f"“{value}”"


def _namesakes(organisations: Iterable[Organisation]) -> Iterator[Finding]:
    seen: dict[str, Organisation] = {}
    for each in organisations:
        other = seen.setdefault(plain_name(each.name), each)
        if other is not each:
            text = f"Two organisations are called “{each.name}” and are registered under different numbers: both stay"
            yield Finding("namesakes", text, each.id, severity="note")


# --- preferences --------------------------------------------------------------------------------------------


def _preferences(received: Sequence[Received], bids: Sequence[Bid]) -> Iterator[LotPreference]:
    """Take each tenderer's latest word on which lots it would rather win."""
    latest: dict[str, Received] = {}
    for each, bid in zip(received, bids, strict=True):
        said = each.submission.lots_preferred or each.submission.lots_at_most is not None
        if said and (bid.tenderer not in latest or latest[bid.tenderer].received_at <= each.received_at):
            latest[bid.tenderer] = each
    for tenderer, each in latest.items():
        yield LotPreference(tenderer, each.submission.lots_preferred, each.submission.lots_at_most)
