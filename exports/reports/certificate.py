"""The compliance certificate: one bid's price and split held against every published rule of its lot.

It is written for whoever looks after the money at the tenderer: each rule with its limit and figure in pounds, what is
left, and, where a rule is broken, the smallest move of money that mends it. The attached claim holds what was typed and
the rules, and :func:`recompute` checks the whole certificate again from that alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from exports.claims.claim import ClaimError, Difference, compare, read_as
from exports.codec import record
from exports.documents import CLAIM, Addressee, DocumentHead, Slot, addressee_of, empty, require
from exports.opening import opened
from exports.pdf import Attached
from exports.reports.charts import stacked_bar
from exports.reports.split_rows import Breach, Changes, Checked, RuleRow, checked, percent_text, printed_rows
from exports.reports.working_papers import paper_head
from lots.bid import Bid, Party
from lots.calendar import london
from lots.errors import Finding, ProcurementError
from lots.lot import Lot
from lots.money import Money, total
from lots.organisation import Organisation
from lots.split.report import SplitReport
from lots.split.self_check import BID, check_sheet, lot_to_check
from lots.split.sheet import SplitSheet
from lots.thresholds import VatBasis
from scoring.tender_file import TenderFile

FORMAT: Final = "split-claim/1"
FIRST_NUMBER = 40  # certificates follow the letters in a lot's folder
_NOT_ASKED = "Asked in the bid"
_COLUMNS = 7  # years beside one another in a table


@dataclass(frozen=True)
class PartyRow:
    """One organisation of the bid: who it is, what it does, what it holds, and whether it confirmed its figures."""

    name: str
    role: str
    kinds: str
    work: str
    first_year: Money
    term: Money
    percent: str
    confirmed: str


@dataclass(frozen=True)
class BarPart:
    """One part of the picture of the money: its name, pounds over the term, share, and SVG path."""

    name: str
    amount: Money
    percent: str
    path: str


@dataclass(frozen=True)
class InputTable:
    """What was typed for some years running: a row of amounts for each line of the split."""

    years: tuple[int, ...]
    rows: tuple[tuple[str, tuple[Money, ...]], ...]


@dataclass(frozen=True)
class ComplianceCertificate:
    """The certificate of one bid (or, where a rule is broken, the check that says which and what mends it).

    ``checked_at`` is set where nobody has received a bid: a tenderer's own check of figures it typed.
    """

    head: DocumentHead
    vat: VatBasis
    lot: Lot
    tenderer: str
    compliant: bool
    received: date
    price: Money
    rows: tuple[RuleRow, ...]
    breaches: tuple[Breach, ...]
    changes: Changes
    remarks: tuple[str, ...]
    parties: tuple[PartyRow, ...]
    bar: tuple[BarPart, ...]
    inputs: tuple[InputTable, ...]
    attachments: tuple[Attached, ...] = ()
    checked_at: datetime | None = None


@dataclass(frozen=True)
class SplitClaim:
    """What a certificate was worked out from, and every figure it prints."""

    document: str
    number: str
    tender: str
    rules_digest: str
    lot: Lot
    organisations: tuple[Organisation, ...]
    bid: Bid
    printed: record.PAIRS = ()


def compliance_certificate(file: TenderFile, bid_id: str) -> ComplianceCertificate:
    """Make the certificate of a bid; KeyError where there is no such bid.

    IncompleteDocument names what is missing: an organisation's name, the prices, whoever leads the bid; it refuses a
    bid that was not opened.
    """
    bid = next((bid for bid in file.bids if bid.id == bid_id), None)
    if bid is None:
        raise KeyError(bid_id)
    require("The compliance certificate", _missing(file, bid))
    lot, known = file.tender.lot(bid.lot), {organisation.id: organisation for organisation in file.organisations}
    found = checked(bid, lot, known)
    head = _head(file, bid, compliant=found.compliant)
    return ComplianceCertificate(
        head=head,
        vat=file.tender.vat,
        lot=lot,
        tenderer=known[bid.tenderer].name,
        compliant=found.compliant,
        received=london(bid.received_at).date(),
        price=bid.price,
        rows=found.rows,
        breaches=found.breaches,
        changes=found.changes,
        remarks=found.remarks,
        parties=tuple(_party_rows(bid, known, found.report)),
        bar=_bar(bid, found.report),
        inputs=tuple(_inputs(bid, found.report)),
        attachments=(_claim(head, bid, lot, file.organisations, found),),
    )


def self_check_certificate(file: TenderFile, lot_id: str, sheet: SplitSheet, at: datetime) -> ComplianceCertificate:
    """Make the certificate of a tenderer's own check, made ``at`` a moment; KeyError where there is no such lot.

    Whether partners have confirmed their figures is asked in the bid, so the certificate leaves that rule out.
    """
    lot = lot_to_check(file.tender.lot(lot_id))
    check = check_sheet(sheet, lot, at)
    bid, known = check.bid, check.organisations
    found = checked(bid, lot, known)
    head = _self_check_head(file, lot_id, known[bid.tenderer].name, at, compliant=found.compliant)
    return ComplianceCertificate(
        head=head,
        vat=file.tender.vat,
        lot=lot,
        tenderer=known[bid.tenderer].name,
        compliant=found.compliant,
        received=london(at).date(),
        price=bid.price,
        rows=found.rows,
        breaches=found.breaches,
        changes=found.changes,
        remarks=found.remarks,
        parties=tuple(replace(row, confirmed=_NOT_ASKED) for row in _party_rows(bid, known, found.report)),
        bar=_bar(bid, found.report),
        inputs=tuple(_inputs(bid, found.report)),
        attachments=(_claim(head, bid, lot, tuple(known.values()), found, "self_check"),),
        checked_at=at,
    )


def recompute(data: bytes) -> tuple[Difference, ...]:
    """Check a certificate again from its attached claim; nothing returned means that every figure matches.

    ClaimError when the data cannot be read, or when the rules in it cannot be applied to it.
    """
    claim = read(data)
    known = {organisation.id: organisation for organisation in claim.organisations}
    try:
        again = dict(printed_rows(checked(claim.bid, claim.lot, known)))
    except (ProcurementError, ArithmeticError, LookupError, ValueError) as error:
        raise ClaimError(f"The attached data cannot be recomputed: {error}") from error
    return compare(dict(claim.printed), again)


def read(data: bytes) -> SplitClaim:
    """Read a certificate's claim strictly; ClaimError names every problem of its form by path."""
    return read_as(SplitClaim, FORMAT, data)


def _missing(file: TenderFile, bid: Bid) -> Iterator[Finding]:
    place = f"bids[{file.bids.index(bid)}]"
    if not opened(bid, file.tender.deadline):
        message = "The bid was late or withdrawn, so it was not opened and nothing in it can be certified"
        yield Finding("bid_not_opened", message, place)
        return
    names = {organisation.id: organisation.name for organisation in file.organisations}
    yield from empty(bid.tenderer, f"{place}.parties", "The organisation that leads the bid")
    yield from empty(bid.prices, f"{place}.prices", "The price of each year")
    for at, party in enumerate(bid.parties):
        name = names.get(party.organisation, "")
        yield from empty(name, f"{place}.parties[{at}].organisation", f"The name of “{party.organisation}”")


def _head(file: TenderFile, bid: Bid, *, compliant: bool) -> DocumentHead:
    title = "Compliance certificate" if compliant else "Compliance check: rules not met"
    order = FIRST_NUMBER + [other.id for other in file.bids_for(bid.lot)].index(bid.id)
    to = addressee_of(file.organisation(bid.tenderer))
    slot = Slot(title, "certificate", order, bid.lot, bid.tenderer, "addressee only", to)
    return paper_head(file, slot, london(bid.received_at).date(), mark="C", early=True)


def _self_check_head(file: TenderFile, lot_id: str, name: str, at: datetime, *, compliant: bool) -> DocumentHead:
    title = "Certificate of a self-check" if compliant else "Self-check: rules not met"
    slot = Slot(title, "certificate", 0, lot_id, BID, "addressee only", Addressee(name))
    return paper_head(file, slot, london(at).date(), mark="S", early=True)


def _claim(
    head: DocumentHead,
    bid: Bid,
    lot: Lot,
    organisations: Sequence[Organisation],
    found: Checked,
    document: str = "compliance_certificate",
) -> Attached:
    """Seal the figures submitted and the rules, without answers, commitments or anybody's address."""
    payments = bid.split.payments if bid.split else ()
    named = {party.organisation for party in bid.parties} | {each for it in payments for each in (it.payer, it.payee)}
    claim = SplitClaim(
        document,
        head.number,
        head.tender_reference,
        head.rules_digest,
        replace(lot, description="", outcomes=(), requirements=(), uplifts=()),
        tuple(replace(each, address=(), contact="", email="") for each in organisations if each.id in named),
        replace(bid, responses=(), commitments=(), other_costs=()),
        tuple(printed_rows(found)),
    )
    text = json.dumps({"format": FORMAT, **record.write(claim)}, ensure_ascii=False, indent=1)
    about = "The figures submitted, the rules, and every figure of this certificate"
    return Attached(CLAIM, text.encode() + b"\n", about)


def _party_rows(bid: Bid, known: Mapping[str, Organisation], report: SplitReport) -> Iterator[PartyRow]:
    """Describe every organisation named in the bid, in the order it names them."""
    held = {holding.organisation: holding for holding in report.holdings}
    for party in bid.parties:
        organisation, holding = known[party.organisation], held.get(party.organisation)
        term = holding.term if holding else Money(0)
        yield PartyRow(
            organisation.name,
            party.role.replace("_", "-").capitalize(),
            ", ".join(_kinds(organisation)),
            party.work,
            holding.by_year[0] if holding else Money(0),
            term,
            percent_text(term, bid.price),
            _confirmed(party),
        )


def _kinds(organisation: Organisation) -> Iterator[str]:
    if organisation.vcse:
        yield "VCSE"
    if organisation.by_and_for:
        yield "by and for"
    if organisation.group:
        yield f"company of {organisation.group}"


def _confirmed(party: Party) -> str:
    if party.role == "lead":
        return "Made the bid"
    if party.confirmation != "confirmed":
        return {"unconfirmed": "Not confirmed", "disputed": "Disputes its figures"}[party.confirmation]
    return f"Confirmed {party.confirmed_on.day} {party.confirmed_on:%B %Y}" if party.confirmed_on else "Confirmed"


def _bar(bid: Bid, report: SplitReport) -> tuple[BarPart, ...]:
    """Cut the term's price into what the lead's side keeps for itself, its management fee, and everybody else's."""
    if bid.split is None or not bid.price:
        return ()
    fee = total(bid.split.management_fee)
    kept = report.retained_by_lead.term
    own, others = max(kept - fee, Money(0)), max(bid.price - kept, Money(0))
    group = len(report.organisations) > 1 and any(it.code == "group_company_paid" for it in report.findings)
    name = "The lead and companies of its group, without the fee" if group else "The lead, without its fee"
    parts = [(name, own), ("Its management fee", fee), ("Partners and sub-contractors", others)]
    paths = stacked_bar([amount.pence for _, amount in parts], max(bid.price.pence, sum(it.pence for _, it in parts)))
    return tuple(
        BarPart(name, amount, percent_text(amount, bid.price), path)
        for (name, amount), path in zip(parts, paths, strict=True)
    )


def _inputs(bid: Bid, report: SplitReport) -> Iterator[InputTable]:
    """Set out everything typed about money by year, seven years to a table."""
    rows = [("Price", bid.prices), *_typed(bid, report)]
    for first in range(0, len(bid.prices), _COLUMNS):
        years = tuple(range(first, min(first + _COLUMNS, len(bid.prices))))
        cut = tuple((name, tuple(_at(amounts, year) for year in years)) for name, amounts in rows)
        yield InputTable(tuple(year + 1 for year in years), cut)


def _typed(bid: Bid, report: SplitReport) -> Iterator[tuple[str, Sequence[Money]]]:
    if bid.split is None:
        return
    yield "The lead’s own delivery", bid.split.delivery
    yield "Management fee", bid.split.management_fee
    for payment in bid.split.payments:
        names = [report.by_id[each].name if each in report.by_id else each for each in (payment.payer, payment.payee)]
        yield f"{names[0]} to {names[1]}", payment.amounts
        if any(payment.deductions):
            yield f"… kept back by {names[0]}", payment.deductions


def _at(amounts: Sequence[Money], year: int) -> Money:
    return amounts[year] if year < len(amounts) else Money(0)
