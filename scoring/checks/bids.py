"""What is wrong with a bid as it is written down: lot, parties, years and split. Late or dear bids are judged later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lots.bid import Bid, Split
from lots.ceilings import in_years, price_findings
from lots.errors import Finding
from lots.lot import Lot
from lots.money import ZERO, Money
from scoring.checks.index import Index, ids, unknown

_OF_THE_FILE = {"lot_not_tendered", "price_years", "price_negative", "price_zero"}
"""The price findings that concern what was written; the others (ceilings) are for the evaluation."""
_OF_THE_BIDDER = {"price_years", "price_negative", "split_years"}
"""What a tenderer did not fill in: it keeps that bid out, and nobody else's from being evaluated."""


def bid_findings(index: Index) -> Iterator[Finding]:
    """Check every bid, and that no tenderer has two for one lot that were in time and not withdrawn."""
    bids = index.file.bids
    yield from ids(bids, "bid", "bids")
    live: dict[tuple[str, str], int] = {}
    out = {each.bid for each in index.file.admissions if (each.concerning, each.decision) == ("admission", "exclude")}
    for i, bid in enumerate(bids):
        yield from _bid(bid, index, f"bids[{i}]")
        key = (bid.lot, bid.tenderer)
        if bid.tenderer and bid.id not in out and _opened(bid, index) and live.setdefault(key, i) != i:
            message = (
                f"{bid.tenderer} has two bids for lot “{bid.lot}” (first at bids[{live[key]}]): "
                "give the time the earlier was withdrawn, or record at admission why one of them is excluded"
            )
            yield Finding("tenderer_bids_twice", message, f"bids[{i}]")


def _opened(bid: Bid, index: Index) -> bool:
    """Say whether the bid is one that is opened: in time and not withdrawn."""
    return bid.withdrawn_at is None and bid.received_at < index.file.tender.deadline


def _bid(bid: Bid, index: Index, place: str) -> Iterator[Finding]:
    lot = index.lots.get(bid.lot)
    if lot is None:
        found = unknown("bid_for_no_lot", "lot", bid.lot, index.lots, f"{place}.lot")
        yield replace(found, message=f"This is a bid for no lot. {found.message}")
    else:
        if bid.prices or (_opened(bid, index) and not index.file.prices_shut):
            yield from _prices(bid, lot, index, place)
        yield from _responses(bid, lot, place)
    yield from _parties(bid, index, place)
    if bid.split:
        found_in_split = _split(bid, bid.split, lot.years if lot else len(bid.prices), f"{place}.split")
        yield from (_softened(each) for each in found_in_split)
    for i, cost in enumerate(bid.other_costs):
        yield from _negative(cost.amount, cost.title, f"{place}.other_costs[{i}].amount")
    for i, promise in enumerate(bid.commitments):
        if promise.amount_a_year < 0:
            message = f"“{promise.metric}” is promised {promise.amount_a_year} a year: write 0 or more"
            yield Finding("commitment_negative", message, f"{place}.commitments[{i}].amount_a_year")
    if bid.withdrawn_at is not None and bid.withdrawn_at < bid.received_at:
        message = "The bid is withdrawn before it is received: correct one of the two times"
        yield Finding("withdrawn_before_received", message, f"{place}.withdrawn_at")


def _prices(bid: Bid, lot: Lot, index: Index, place: str) -> Iterator[Finding]:
    """What was written as the price; of an envelope that is shut there cannot be any."""
    if index.file.prices_shut:
        message = "The file says that the prices are shut, and here is one: take out the price, or “prices_shut”"
        yield Finding("price_though_shut", message, f"{place}.prices")
    yield from (_softened(it) for it in price_findings(bid, lot, place) if it.code in _OF_THE_FILE)


def _softened(finding: Finding) -> Finding:
    return replace(finding, severity="warning") if finding.code in _OF_THE_BIDDER else finding


def _parties(bid: Bid, index: Index, place: str) -> Iterator[Finding]:
    """Exactly one lead, every party an organisation of the file, none twice."""
    leads = [(i, party) for i, party in enumerate(bid.parties) if party.role == "lead"]
    if not leads:
        message = "The bid has no lead: give one of its parties the role “lead”"
        yield Finding("lead_missing", message, f"{place}.parties")
    for i, party in leads[1:]:
        first = leads[0][1].organisation
        message = f"The bid has two leads, “{first}” and “{party.organisation}”: only one can sign the contract"
        yield Finding("lead_repeated", message, f"{place}.parties[{i}].role")
    seen: set[str] = set()
    for i, party in enumerate(bid.parties):
        here = f"{place}.parties[{i}].organisation"
        if party.organisation not in index.organisations:
            yield unknown("party_unknown", "organisation", party.organisation, index.organisations, here)
        if party.organisation in seen:
            message = f"“{party.organisation}” is a party to this bid twice: name it once"
            yield Finding("party_repeated", message, here)
        seen.add(party.organisation)


def _responses(bid: Bid, lot: Lot, place: str) -> Iterator[Finding]:
    known = {requirement.id: requirement for requirement in lot.requirements}
    seen: set[str] = set()
    for i, response in enumerate(bid.responses):
        here = f"{place}.responses[{i}].requirement"
        if response.requirement not in known:
            yield unknown("requirement_unknown", "requirement", response.requirement, known, here)
        elif response.requirement in seen:
            message = f"The requirement “{response.requirement}” is answered twice: keep one answer"
            yield Finding("response_repeated", message, here)
        seen.add(response.requirement)


def _split(bid: Bid, split: Split, term: int, place: str) -> Iterator[Finding]:
    """Every row of the split has one amount for each year, none negative, and passes between parties."""
    rows = [("delivery", split.delivery), ("management_fee", split.management_fee)]
    known = {party.organisation: party for party in bid.parties}
    for i, payment in enumerate(split.payments):
        rows.append((f"payments[{i}].amounts", payment.amounts))
        if payment.deductions:
            rows.append((f"payments[{i}].deductions", payment.deductions))
        for name in ("payer", "payee"):
            here, who = f"{place}.payments[{i}].{name}", getattr(payment, name)
            if who not in known:
                found = unknown("payment_party_unknown", "party", who, known, here)
                yield replace(found, message=f"{found.message}, or make it a party to the bid")
        if payment.payer == payment.payee:
            message = f"“{payment.payer}” pays itself: a payment passes between two parties"
            yield Finding("payment_to_itself", message, f"{place}.payments[{i}]")
    for name, amounts in rows:
        if len(amounts) != term:
            given = f"Here are amounts for {in_years(len(amounts))}"
            message = f"{given} and the lot runs for {in_years(term)}: give one a year"
            yield Finding("split_years", message, f"{place}.{name}")
        for year, amount in enumerate(amounts):
            yield from _negative(amount, f"Year {year + 1}", f"{place}.{name}[{year}]")


def _negative(amount: Money, what: str, place: str) -> Iterator[Finding]:
    if amount < ZERO:
        yield Finding("amount_negative", f"{what} is {amount}: write £0 or more", place)
