"""Parts of the evaluation report about compliance: each bid against the split rules; who stands in several bids."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from exports.opening import opened
from exports.reports.panel_matrix import Matrix, Row, matrix
from exports.reports.split_rows import Breach, Changes, Checked, checked, percent_text
from lots.bid import Bid, Party, PartyRole
from lots.lot import Lot
from lots.money import Money
from lots.words import listed
from scoring.evaluation import BidResult, LotEvaluation
from scoring.recommendation import Evaluation
from scoring.tender_file import TenderFile

_LIMITED = (
    "annual_budget",
    "base_value",
    "lead_retention_maximum",
    "provider_maximum",
    "management_fee_maximum",
    "subcontract_minimum",
    "vcse_minimum",
    "by_and_for_minimum",
)
ROLES: dict[PartyRole, str] = {"lead": "leads", "partner": "partner of", "sub_contractor": "sub-contractor of"}


@dataclass(frozen=True)
class PartyHolding:
    """One organisation of one bid: what it holds a year and over the term, and whether it confirmed its figures."""

    name: str
    role: str
    first_year: Money
    term: Money
    percent: str
    confirmed: str


@dataclass(frozen=True)
class BidCheck:
    """One bid's split: who holds what, what is broken, and what would have mended it."""

    tenderer: str
    compliant: bool
    parties: tuple[PartyHolding, ...]
    breaches: tuple[Breach, ...]
    changes: Changes


@dataclass(frozen=True)
class LotCheck:
    """The compliance of every opened bid of a lot."""

    lot: Lot
    tables: tuple[Matrix, ...]
    bids: tuple[BidCheck, ...]


@dataclass(frozen=True)
class Overlap:
    """An organisation named in several bids: its part in each, and whether two of them compete for the same lot."""

    name: str
    parts: tuple[str, ...]
    rival: str


def checks(evaluation: Evaluation) -> tuple[LotCheck, ...]:
    """Check every bid that was opened, lot by lot."""
    return tuple(_check(evaluation.file, lot) for lot in evaluation.lots)


def _check(file: TenderFile, lot: LotEvaluation) -> LotCheck:
    known = {organisation.id: organisation for organisation in file.organisations}
    opened = [result for result in lot.results if result.split is not None]
    found = [(result, checked(result.bid, lot.lot, known)) for result in opened]
    names = [result.tenderer.name for result in opened]
    rows = tuple(_rule_rows([made for _, made in found]))
    tables = matrix("Each published rule, by tender", "Rule and limit", names, rows)
    return LotCheck(lot.lot, tables, tuple(_bid_check(result, made) for result, made in found))


def _rule_rows(found: list[Checked]) -> Iterator[Row]:
    """Give each rule a row: its figure and whether it is met, for every bid."""
    titles = {row.rule: row.title for made in found for row in made.rows}
    limits = {row.rule: row.limit.split(" = ")[0] for made in found for row in made.rows if row.rule in _LIMITED}
    for rule, title in titles.items():
        cells = []
        for made in found:
            row = next((row for row in made.rows if row.rule == rule), None)
            actual = row.actual.replace(" = ", "\n") if row else "–"
            cells.append(f"{actual}\n{row.result}" if row else actual)
        yield Row(title, tuple(cells), limits.get(rule, ""))
    if found:
        results = tuple("All met" if made.compliant else "Not met" for made in found)
        yield Row("All rules", results, style="sum")


def _bid_check(result: BidResult, made: Checked) -> BidCheck:
    parties = {party.organisation: party for party in result.bid.parties}
    names = {organisation.id: organisation.name for organisation in made.report.organisations}
    holdings = []
    for held in made.report.holdings:
        party = parties.get(held.organisation)
        holdings.append(
            PartyHolding(
                names.get(held.organisation, held.organisation),
                party.role.replace("_", "-") if party else "not named as a party",
                held.by_year[0] if held.by_year else Money(0),
                held.term,
                percent_text(held.term, result.bid.price),
                "" if party is None or party.role == "lead" else party.confirmation,
            )
        )
    return BidCheck(result.tenderer.name, made.compliant, tuple(holdings), made.breaches, made.changes)


def overlaps(file: TenderFile) -> tuple[Overlap, ...]:
    """List the organisations that take part in more than one bid, companies of one group together.

    In a small market this is ordinary and breaks no rule; it is set out so that it can be seen (rules on collusion,
    and an unsuccessful tenderer that comes back as the winner’s sub-contractor).
    """
    groups: dict[str, list[str]] = {}
    for organisation in file.organisations:
        groups.setdefault(organisation.group or organisation.id, []).append(organisation.id)
    found = (_overlap(file, tuple(ids)) for ids in groups.values())
    return tuple(each for each in found if each is not None)


def _overlap(file: TenderFile, ids: tuple[str, ...]) -> Overlap | None:
    names = {organisation.id: organisation.name for organisation in file.organisations}
    lots = {lot.id: lot.title for lot in file.tender.lots}
    by_lot: dict[str, list[tuple[Bid, list[Party]]]] = {}
    for bid in file.bids:
        here = [party for party in _known_parties(file, bid) if party.organisation in ids]
        if here:
            by_lot.setdefault(bid.lot, []).append((bid, here))
    if sum(map(len, by_lot.values())) < 2:
        return None
    parts = tuple(f"{lots[lot]}: {'; '.join(_part(*row, names) for row in rows)}" for lot, rows in by_lot.items())
    rivals = [
        lots[lot]
        for lot, rows in by_lot.items()
        if len(rows) > 1 and any(party.role == "lead" for _, here in rows for party in here)
    ]
    rival = f"Leads one tender and takes part in a rival one for {listed(rivals)}" if rivals else ""
    return Overlap(listed(names[each] for each in ids), parts, rival)


def _known_parties(file: TenderFile, bid: Bid) -> tuple[Party, ...]:
    """Return the parties of a bid; of one that was not opened only whoever sent it is known."""
    if opened(bid, file.tender.deadline):
        return bid.parties
    return tuple(party for party in bid.parties if party.role == "lead")


def _part(bid: Bid, here: list[Party], names: dict[str, str]) -> str:
    """Say what an organisation (or the companies of a group) does in one bid."""
    roles = {party.role for party in here}
    if "lead" in roles:
        others = [names[party.organisation] for party in here if party.role != "lead"]
        return f"leads{f', with {listed(others)} of its group' if others else ''}"
    return f"{ROLES[here[0].role]} {names.get(bid.tenderer, bid.tenderer)}"
