"""Step 1 of the order of work: late, withdrawn or short of a mandatory requirement means out, with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from lots.bid import Bid
from lots.calendar import london
from lots.ceilings import in_years, price_findings
from lots.collaboration import Consequence
from lots.errors import Finding
from lots.lot import Lot
from scoring.decision import AdmissionDecision

Stage = Literal["admission", "gate", "ceiling", "split", "abnormally_low"]
STAGES: dict[Stage, str] = {
    "admission": "admission",
    "gate": "minimum scores",
    "ceiling": "price ceilings",
    "split": "collaboration rules",
    "abnormally_low": "abnormally low price",
}


@dataclass(frozen=True)
class Exclusion:
    """A bid that is out, at which step of the order of work, and every reason found there."""

    bid: str
    stage: Stage
    reasons: tuple[Finding, ...]

    @property
    def sentence(self) -> str:
        """Join the reasons into running text."""
        return " ".join(f"{reason.message.rstrip('.')}." for reason in self.reasons)


def admission(
    bids: Sequence[Bid],
    lot: Lot,
    deadline: datetime,
    decisions: Sequence[AdmissionDecision],
    *,
    unpriced: Consequence | None = None,
) -> tuple[Exclusion, ...]:
    """Return the bids kept out: late or withdrawn, short of a mandatory requirement, or by a recorded decision.

    A bid received exactly at the deadline is late: it had to arrive before it. A late or withdrawn bid is not
    opened, so nothing else is said about it. ``unpriced`` is what follows where the prices do not cover the term
    (None: the prices are shut, or not looked at); under ``clarify`` somebody decides first.
    """
    found: list[Exclusion] = []
    for bid in bids:
        unopened = tuple(_timing(bid, deadline))
        decided = tuple(_decided(bid, decisions))
        reject = unpriced == "reject" or (unpriced is not None and decided)
        faults = price_faults(bid, lot) if reject else ()
        reasons = unopened or (*_requirements(bid, lot), *faults, *decided)
        if reasons:
            found.append(Exclusion(bid.id, "admission", reasons))
    return tuple(found)


_UNPRICED = frozenset({"price_years", "price_negative"})


def price_faults(bid: Bid, lot: Lot) -> tuple[Finding, ...]:
    """Say why a bid has no price that can be compared: not one for each year of the term, or one below £0."""
    found = [each for each in price_findings(bid, lot, f"bid {bid.id}") if each.code in _UNPRICED]
    told = {"price_years": _years_missing(bid, lot)}
    return tuple(replace(each, message=told.get(each.code, each.message)) for each in found)


def _years_missing(bid: Bid, lot: Lot) -> str:
    given = f"prices for {in_years(len(bid.prices))}" if bid.prices else "no price"
    return f"The bid gives {given}; one was asked for each of the {in_years(lot.years)}, extensions included"


def unpriced_open(bids: Sequence[Bid], lot: Lot) -> tuple[Finding, ...]:
    """Name the bids without a price that wait for somebody's decision; they are in nothing that is priced."""
    return tuple(
        Finding(
            "price_missing",
            f"Bid {bid.id} has no price that can be compared. {faults[0].message.rstrip('.')}. The published "
            "consequence is a clarification: ask the tenderer, then record under “Admission” why the bid is excluded",
            f"bid {bid.id}",
        )
        for bid in bids
        if (faults := price_faults(bid, lot))
    )


def _timing(bid: Bid, deadline: datetime) -> Iterator[Finding]:
    if bid.withdrawn_at is not None:
        at = f"{london(bid.withdrawn_at):%-d %B %Y at %H:%M}"
        yield Finding("withdrawn", f"The bid was withdrawn on {at}", f"bid {bid.id}")
    elif bid.received_at >= deadline:
        got, due = london(bid.received_at), london(deadline)
        message = f"The bid arrived on {got:%-d %B %Y at %H:%M:%S}; it had to arrive before {due:%H:%M on %-d %B %Y}"
        yield Finding("late", message, f"bid {bid.id}")


def _requirements(bid: Bid, lot: Lot) -> Iterator[Finding]:
    answers = {response.requirement: response for response in bid.responses}
    for requirement in lot.requirements:
        answer = answers.get(requirement.id)
        if requirement.mandatory and (answer is None or not answer.met):
            why = f": {answer.note}" if answer and answer.note else "" if answer else ": it was not answered"
            message = f"The mandatory requirement “{requirement.title}” is not met{why}"
            yield Finding("requirement_not_met", message, f"bid {bid.id}")


def _decided(bid: Bid, decisions: Sequence[AdmissionDecision]) -> Iterator[Finding]:
    for decision in decisions:
        if decision.bid == bid.id and decision.decision == "exclude" and decision.concerning == "admission":
            yield Finding("excluded_by_decision", decision.reason, f"bid {bid.id}")
