"""Everything a tender file says that cannot be so, gathered: each finding with its path in the file.

A value in, findings out. Errors mean that the file contradicts itself or the rules; what only decides who wins (a late
bid, a price above its ceiling) is left to the evaluation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lots.errors import Finding
from lots.regime import rules_of
from scoring.checks.agreed import agreed_findings
from scoring.checks.bids import bid_findings
from scoring.checks.decisions import decision_findings
from scoring.checks.index import Index, blank, ids, index, named, overlong, unknown
from scoring.checks.methodologies import methodology_findings
from scoring.checks.price_basis import price_basis_findings
from scoring.checks.scores import gives_points, sheet_findings
from scoring.checks.tender import limit_findings, tender_findings
from scoring.scoresheet import PanelMember
from scoring.tender_file import TenderFile


def check(file: TenderFile) -> tuple[Finding, ...]:
    """Return all that is wrong (errors) or worth knowing (warnings, notes) about what a tender file says."""
    found = index(file)
    return (
        *tender_findings(found),
        *methodology_findings(found),
        *price_basis_findings(found),
        *limit_findings(found),
        *_organisations(found),
        *bid_findings(found),
        *_preferences(found),
        *_panel(found),
        *_declarations(found),
        *_undeclared(found),
        *sheet_findings(found),
        *agreed_findings(found),
        *decision_findings(found),
    )


def _organisations(index: Index) -> Iterator[Finding]:
    """Ids and registrations belong to one organisation each: two entries for one would escape its limits."""
    yield from ids(index.file.organisations, "organisation", "organisations")
    seen: dict[tuple[str, str], str] = {}
    for i, organisation in enumerate(index.file.organisations):
        message = "This organisation has no name: the letters print it"
        yield from blank("name_missing", organisation.name, message, f"organisations[{i}].name")
        yield from overlong(organisation.name, "The organisation’s name", f"organisations[{i}].name")
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


def _undeclared(index: Index) -> Iterator[Finding]:
    """Find evaluators who scored a tenderer's bid and declared nothing about it, not even that there is nothing."""
    file = index.file
    if file.score_sheets and not file.declarations:
        law = rules_of(file.tender.regime).duty("conflicts_assessment").reference
        message = (
            f"Bids were scored and nobody declared anything{f' ({law})' if law else ''}: record of every evaluator "
            "and tenderer whether there is an interest, “none” included"
        )
        yield Finding("declarations_missing", message, "declarations", "warning")
        return
    scored: dict[str, dict[str, None]] = {}
    for sheet in file.score_sheets:
        bid = index.bids.get(sheet.bid)
        if bid and bid.tenderer and sheet.evaluator in index.panel and gives_points(sheet):
            scored.setdefault(sheet.evaluator, {})[bid.tenderer] = None
    declared = {(declaration.member, declaration.organisation) for declaration in file.declarations}
    for member, tenderers in scored.items():
        missing = [name for name in tenderers if (member, name) not in declared]
        if missing:
            message = (
                f"“{member}” scored bids of {', '.join(missing)} and declared nothing about them: record whether there "
                "is an interest, “none” included"
            )
            yield Finding("declaration_missing", message, "declarations", "warning")
