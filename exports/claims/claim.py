"""The machine copy in a decision document, and its recomputation: what anybody needs to check every number printed.

A claim (``decision-claim/1``) holds the published rules, the tenderer's own bid and agreed points, what is published
about the successful tender, and the few anonymous figures a price formula needs (the lowest price, say); never another
tenderer's name, points or reasons. ``printed`` holds each number and refusal as the document prints it. ``recompute``
works all of them out again from the rest and returns what differs; ``stated`` are facts that cannot be worked out from
one bid alone (the rank).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from exports.claims.figures import Inputs, figures_of
from exports.codec import record
from exports.codec.strict_json import BAD, Report, parse
from lots.errors import ProcurementError

FORMAT: Final = "decision-claim/1"
T = TypeVar("T")


@dataclass(frozen=True)
class Claim:
    """One document's machine copy: what it was made from (``inputs``), what it prints, and what it only states."""

    document: str
    number: str
    tender: str
    rules_digest: str
    file_digest: str
    inputs: Inputs
    printed: record.PAIRS = ()
    stated: record.PAIRS = ()


@dataclass(frozen=True)
class Difference:
    """One figure of a document that does not come out as printed; an empty text means that it is not there at all."""

    place: str
    printed: str
    recomputed: str

    def __str__(self) -> str:
        printed = f"the document says {self.printed}" if self.printed else "the document says nothing"
        return f"{self.place}: {printed}, recomputed {self.recomputed or 'nothing'}"


class ClaimError(ProcurementError):
    """Attached data that cannot be read or recomputed; the findings say why, by path."""


def write(claim: Claim) -> bytes:
    """Write a claim in its one form: JSON, keys in their order, one space of indentation."""
    text = json.dumps({"format": FORMAT, **record.write(claim)}, ensure_ascii=False, indent=1)
    return text.encode() + b"\n"


def read(data: bytes) -> Claim:
    """Read a claim strictly; ClaimError names every problem of its form by path."""
    return read_as(Claim, FORMAT, data)


def read_as(kind: type[T], form: str, data: bytes) -> T:
    """Read attached data of one kind and format strictly; ClaimError names every problem of its form by path."""
    found, problems = parse(data)
    if found is BAD or not isinstance(found, dict):
        raise ClaimError("The attached data is not a JSON object", problems)
    if found.pop("format", None) != form:
        raise ClaimError(f"The attached data is not in the format {form}")
    report = Report()
    claim = record.read(kind, found, report)
    wrong = report.findings()
    if claim is None or wrong:
        raise ClaimError("The attached data cannot be read: " + "; ".join(map(str, wrong[:5])), wrong)
    return claim


def recompute(data: bytes) -> tuple[Difference, ...]:
    """Work out every number of a document from its attached data; nothing returned means that all of them match.

    ClaimError when the data cannot be read, or is such that the published rules cannot be applied to it.
    """
    claim = read(data)
    try:
        again = figures_of(claim.inputs)
    except (ProcurementError, ArithmeticError, LookupError, ValueError) as error:
        raise ClaimError(f"The attached data cannot be recomputed: {error}") from error
    return compare(dict(claim.printed), again)


def compare(printed: Mapping[str, str], again: Mapping[str, str]) -> tuple[Difference, ...]:
    """Set printed figures against recomputed ones, place by place, in the order printed."""
    places = [*printed, *(place for place in again if place not in printed)]
    pairs = ((place, printed.get(place, ""), again.get(place, "")) for place in places)
    return tuple(Difference(*pair) for pair in pairs if pair[1] != pair[2])
