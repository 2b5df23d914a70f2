"""The organisations of a release about an award: whoever won and takes part in it; in the restricted build all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from exports.names import safe
from exports.ocds.parties import address_of
from exports.ocds.withholding import Disclosure, disclosure
from lots.bid import Bid
from lots.organisation import Organisation
from scoring.decision import AwardDecision
from scoring.recommendation import Evaluation

ROLES = {"lead": "tenderer", "partner": "subcontractor", "sub_contractor": "subcontractor"}
"""The OCDS role of each part in a bid: partners are paid by the lead, which OCDS calls sub-contracting."""


def organisation_ids(organisations: Iterable[Organisation]) -> dict[str, str]:
    """Name every organisation once: after its first registration, else after its id in the file."""
    ids: dict[str, str] = {}
    for organisation in organisations:
        mark = organisation.identifiers[0] if organisation.identifiers else None
        wanted = f"{mark.scheme}-{mark.id}" if mark else ""
        own = f"organisation-{safe(organisation.id) or len(ids) + 1}"
        found = wanted if wanted and wanted not in ids.values() else own
        ids[organisation.id] = found if found not in ids.values() else f"{found}-{len(ids) + 1}"
    return ids


def reference_to(evaluation: Evaluation, ids: Mapping[str, str], organisation: str) -> dict[str, str]:
    """Refer to an organisation."""
    return {"id": ids[organisation], "name": evaluation.file.organisation(organisation).name}


def award_parties(evaluation: Evaluation, ids: Mapping[str, str], told: Disclosure) -> Iterator[dict[str, Any]]:
    """Describe everybody who may be named, with every role they have."""
    won = {found.winner.bid.id for found in evaluation.recommendations if found.winner}
    bids = [bid for bid in evaluation.file.bids if told.restricted or bid.id in won]
    roles = _roles(bids, won, evaluation.file.award, told)
    for organisation in evaluation.file.organisations:
        if organisation.id in roles:
            yield _party(organisation, ids[organisation.id], list(roles[organisation.id]), told)


def _roles(
    bids: Iterable[Bid], won: set[str], award: AwardDecision | None, told: Disclosure
) -> dict[str, dict[str, None]]:
    roles: dict[str, dict[str, None]] = {}
    for bid in bids:
        for party in bid.parties:
            if party.role != "lead" and not disclosure(award, restricted=told.restricted, lot=bid.lot).shares:
                continue
            held = roles.setdefault(party.organisation, {})
            held[ROLES[party.role]] = None
            if party.role == "lead":
                held |= {"leadTenderer": None} if len(bid.parties) > 1 else {}
                held |= {"supplier": None} if bid.id in won else {}
    return roles


def _party(organisation: Organisation, party_id: str, roles: list[str], told: Disclosure) -> dict[str, Any]:
    marks = [
        {"scheme": mark.scheme, "id": mark.id, "legalName": organisation.name} for mark in organisation.identifiers
    ]
    found: dict[str, Any] = {
        "id": party_id,
        "name": organisation.name,
        "roles": roles,
        "identifier": marks[0] if marks else {},
        "additionalIdentifiers": marks[1:],
        "address": address_of(organisation.address) if told.address and _outward(roles, told) else {},
        "contactPoint": _contact(organisation, told) if _outward(roles, told) else {},
        "details": _details(organisation),
    }
    return {key: value for key, value in found.items() if value not in ("", [], {})}


def _outward(roles: list[str], told: Disclosure) -> bool:
    """Say whether a party's address is told: that of a supplier is published with its award, nobody else's."""
    return told.restricted or "supplier" in roles


def _contact(organisation: Organisation, told: Disclosure) -> dict[str, str]:
    """Write where to write to; the name of a person is for the restricted build."""
    found = {"email": organisation.email, "name": organisation.contact if told.restricted else ""}
    return {key: value for key, value in found.items() if value}


def _details(organisation: Organisation) -> dict[str, Any]:
    scale = {"scale": "sme"} if organisation.sme else {}
    return {"vcse": organisation.vcse, **scale, "x_byAndFor": organisation.by_and_for}
