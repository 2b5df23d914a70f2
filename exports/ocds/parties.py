"""Who stands in a release: the buyer and the funders, each once, and referred to by id."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from exports.names import safe
from lots.funding import Funding
from lots.organisation import Buyer

_ADDRESS: Final = ("streetAddress", "locality", "postalCode")


def reference(buyer: Buyer) -> dict[str, str]:
    """Refer to the buyer."""
    return {"id": _buyer_id(buyer), "name": buyer.name}


def buyer_party(buyer: Buyer) -> dict[str, Any]:
    """Describe the buyer, which runs the procurement itself."""
    found: dict[str, Any] = {**reference(buyer), "roles": ["buyer", "procuringEntity"]}
    marks = [{"scheme": mark.scheme, "id": mark.id, "legalName": buyer.name} for mark in buyer.identifiers]
    if marks:
        found["identifier"] = marks[0]
    if marks[1:]:
        found["additionalIdentifiers"] = marks[1:]
    found["address"] = address_of(buyer.address)
    contact = {"name": buyer.short_name, "email": buyer.email, "telephone": buyer.telephone}
    found["contactPoint"] = {key: value for key, value in contact.items() if value}
    return found


def funder_parties(funding: Funding) -> Iterable[dict[str, Any]]:
    """Describe every funder of the funding stack once."""
    for name, party_id in funder_ids(funding).items():
        yield {"id": party_id, "name": name, "roles": ["funder"]}


def funder_ids(funding: Funding) -> dict[str, str]:
    """Number the funders in the order of the stack, by name."""
    names = dict.fromkeys(source.funder for source in funding.sources)
    return {name: f"funder-{at}" for at, name in enumerate(names, 1)}


def _buyer_id(buyer: Buyer) -> str:
    mark = buyer.identifiers[0] if buyer.identifiers else None
    return f"{mark.scheme}-{mark.id}" if mark else f"buyer-{safe(buyer.short_name or buyer.name)}"


def address_of(lines: tuple[str, ...]) -> dict[str, str]:
    """Put the lines of an address into the three fields OCDS has: the last is the postcode, the one before the town."""
    country = {"countryName": "United Kingdom"}
    if len(lines) < 3:
        return {"streetAddress": ", ".join(lines), **country} if lines else country
    return {**dict(zip(_ADDRESS, (", ".join(lines[:-2]), lines[-2], lines[-1]), strict=True)), **country}
