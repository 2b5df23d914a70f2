"""Everything a tender file says that cannot be so, gathered: each finding with its path in the file.

A value in, findings out. Errors mean that the file contradicts itself or the rules; what only decides who wins (a late
bid, a price above its ceiling) is left to the evaluation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from lots.ceilings import lot_findings
from lots.collaboration import rules_findings
from lots.errors import Finding
from lots.funding_checks import funding_findings
from lots.lot import Lot
from lots.money import ZERO
from scoring.admission import STAGES
from scoring.agreed_checks import agreed_findings
from scoring.bid_checks import bid_findings
from scoring.file_index import Index, blank, ids, index, named, unknown
from scoring.methodology_checks import methodology_findings
from scoring.score_checks import sheet_findings
from scoring.scoresheet import PanelMember
from scoring.tender_file import TenderFile


def check(file: TenderFile) -> tuple[Finding, ...]:
    """Return all that is wrong (errors) or worth knowing (warnings, notes) about what a tender file says."""
    found = index(file)
    return (
        *_tender(found),
        *methodology_findings(found),
        *_lot_limit(found),
        *_organisations(found),
        *bid_findings(found),
        *_preferences(found),
        *_panel(found),
        *_declarations(found),
        *sheet_findings(found),
        *agreed_findings(found),
        *_decisions(found),
        *_award(found),
    )


def _tender(index: Index) -> Iterator[Finding]:
    tender = index.file.tender
    for name in ("reference", "title"):
        message = f"The tender has no {name}: every document prints it"
        yield from blank(f"{name}_missing", getattr(tender, name), message, f"tender.{name}")
    if not tender.lots:
        yield Finding("lots_missing", "The tender has no lots: there is nothing to bid for", "tender.lots")
    yield from ids(tender.lots, "lot", "tender.lots")
    for i, lot in enumerate(tender.lots):
        yield from _lot(lot, f"tender.lots[{i}]")
    for finding in funding_findings(tender.funding, tender.lots):
        yield replace(finding, place=f"tender.{finding.place}")


def _lot(lot: Lot, place: str) -> Iterator[Finding]:
    yield from blank("title_missing", lot.title, f"Lot “{lot.id}” has no title: name it", f"{place}.title")
    yield from lot_findings(lot, place)
    yield from rules_findings(lot.collaboration, f"{place}.collaboration")
    yield from ids(lot.requirements, "requirement", f"{place}.requirements")
    yield from ids(lot.uplifts, "uplift", f"{place}.uplifts")


def _lot_limit(index: Index) -> Iterator[Finding]:
    """The limit limits something, and its order names contract lots of the tender, each once."""
    limit = index.file.lot_limit
    if limit is None:
        return
    if limit.maximum_lots is None and limit.maximum_spend is None:
        message = "The lot limit limits nothing: give maximum_lots or maximum_spend, or take it out"
        yield Finding("lot_limit_empty", message, "lot_limit")
    if limit.maximum_lots is not None and limit.maximum_lots < 1:
        message = f"Nobody could win a lot: at most {limit.maximum_lots} is allowed; write 1 or more"
        yield Finding("maximum_lots", message, "lot_limit.maximum_lots")
    if limit.maximum_spend is not None and limit.maximum_spend <= ZERO:
        message = f"Nobody could win a lot: at most {limit.maximum_spend} is allowed; write an amount above £0"
        yield Finding("maximum_spend", message, "lot_limit.maximum_spend")
    lots = {lot.id: lot for lot in index.file.tender.contract_lots}
    yield from named("lot_order", "contract lot", limit.lot_order, lots, "lot_limit.lot_order")
    missing = [lot for lot in lots if lot not in limit.lot_order]
    if missing and (limit.lot_order or limit.rule != "tenderer_preference"):
        message = f"The order of the lots leaves out {', '.join(missing)}: name every contract lot once"
        yield Finding("lot_order_incomplete", message, "lot_limit.lot_order")


def _organisations(index: Index) -> Iterator[Finding]:
    """Ids and registrations belong to one organisation each: two entries for one would escape its limits."""
    yield from ids(index.file.organisations, "organisation", "organisations")
    seen: dict[tuple[str, str], str] = {}
    for i, organisation in enumerate(index.file.organisations):
        message = "This organisation has no name: the letters print it"
        yield from blank("name_missing", organisation.name, message, f"organisations[{i}].name")
        for j, identifier in enumerate(organisation.identifiers):
            here, key = f"organisations[{i}].identifiers[{j}]", (identifier.scheme, identifier.id)
            if seen.setdefault(key, here) != here:
                message = (
                    f"{identifier.scheme} {identifier.id} stands at {seen[key]} already: one number, one organisation"
                )
                yield Finding("identifier_repeated", message, here)


def _preferences(index: Index) -> Iterator[Finding]:
    seen: set[str] = set()
    leads = {bid.tenderer: bid for bid in index.file.bids}
    for i, preference in enumerate(index.file.lot_preferences):
        here = f"lot_preferences[{i}]"
        if preference.tenderer not in leads:
            yield unknown("preference_tenderer", "tenderer", preference.tenderer, leads, f"{here}.tenderer")
        if preference.tenderer in seen:
            message = f"“{preference.tenderer}” has two lists of preferences: keep one"
            yield Finding("preference_repeated", message, here)
        seen.add(preference.tenderer)
        yield from named("preference_lot", "lot", preference.lots, index.lots, f"{here}.lots")


def _panel(index: Index) -> Iterator[Finding]:
    yield from ids(index.file.panel, "panel member", "panel")
    criteria = {name: asked for asked in index.asked.values() for name in asked.scales}
    for i, member in enumerate(index.file.panel):
        yield from _member(member, index, criteria, f"panel[{i}]")


def _member(member: PanelMember, index: Index, criteria: Mapping[str, object], place: str) -> Iterator[Finding]:
    if not member.roles:
        message = f"“{member.id}” has no role: say what the member does, or take the entry out"
        yield Finding("role_missing", message, f"{place}.roles")
    yield from named("member_lot", "lot", member.lots, index.lots, f"{place}.lots")
    yield from named("member_criterion", "scored criterion", member.criteria, criteria, f"{place}.criteria")


def _declarations(index: Index) -> Iterator[Finding]:
    seen: set[tuple[str, str]] = set()
    for i, declaration in enumerate(index.file.declarations):
        here, key = f"declarations[{i}]", (declaration.member, declaration.organisation)
        if declaration.member not in index.panel:
            yield unknown("declaration_member", "panel member", declaration.member, index.panel, f"{here}.member")
        if declaration.organisation not in index.organisations:
            name, known = declaration.organisation, index.organisations
            yield unknown("declaration_organisation", "organisation", name, known, f"{here}.organisation")
        if key in seen:
            message = f"“{key[0]}” declares twice about “{key[1]}”: keep the declaration that holds"
            yield Finding("declaration_repeated", message, here)
        seen.add(key)
        if declaration.interest == "conflicted":
            message = f"“{declaration.member}” is in conflict, and nothing says what was done about it"
            yield from blank("conflict_without_action", declaration.action, message, f"{here}.action", "warning")


def _decisions(index: Index) -> Iterator[Finding]:
    """Admission decisions and enquiries are about bids of the file, concern a known step, and say why."""
    for i, decision in enumerate(index.file.admissions):
        here = f"admissions[{i}]"
        if decision.bid not in index.bids:
            yield unknown("admission_bid", "bid", decision.bid, index.bids, f"{here}.bid")
        if decision.concerning not in STAGES:
            yield unknown("admission_step", "step", decision.concerning, STAGES, f"{here}.concerning")
        message = f"The decision about bid “{decision.bid}” has no reason: the tenderer may ask for it"
        yield from blank("admission_reason_missing", decision.reason, message, f"{here}.reason")
    seen: set[str] = set()
    for i, enquiry in enumerate(index.file.enquiries):
        here = f"enquiries[{i}]"
        if enquiry.bid not in index.bids:
            yield unknown("enquiry_bid", "bid", enquiry.bid, index.bids, f"{here}.bid")
        if enquiry.bid in seen:
            yield Finding("enquiry_repeated", f"Bid “{enquiry.bid}” has two enquiries: join them into one", here)
        seen.add(enquiry.bid)
        message = f"The enquiry about bid “{enquiry.bid}” has no reason for its decision: write it down"
        yield from blank("enquiry_reason_missing", enquiry.reason, message, f"{here}.reason")
        if enquiry.replied_on and enquiry.replied_on < enquiry.asked_on:
            message = f"The reply of {enquiry.replied_on} comes before the question of {enquiry.asked_on}"
            yield Finding("reply_before_question", message, f"{here}.replied_on")


def _award(index: Index) -> Iterator[Finding]:
    letters = [letter.bid for letter in index.file.award.letters] if index.file.award else []
    for finding in named("letter_bid", "bid", letters, index.bids, "award.letters"):
        yield replace(finding, place=f"{finding.place}.bid")
