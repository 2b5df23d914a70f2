"""What the published rules leave an officer to decide about an opened bid, and when a reason for it says something."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lots.bid import Bid
from lots.ceilings import price_findings
from lots.errors import Finding, errors_in
from lots.lot import Lot
from lots.organisation import Organisation
from lots.split.check import check_split
from scoring.admission import Stage, admission, price_faults
from scoring.tender_file import TenderFile

_FEWEST_WORDS, _FEWEST_LETTERS = 3, 15


@dataclass(frozen=True)
class OpenDecision:
    """A decision about one bid: at which step of the order of work, why it comes up, and whether it may let the bid in.

    ``due`` says that the lot waits for it; otherwise somebody may decide and need not.
    """

    concerning: Stage
    why: str
    findings: tuple[Finding, ...] = ()
    may_admit: bool = True
    due: bool = False

    @property
    def decidable(self) -> bool:
        """Say whether anything can be recorded at all: a rule that rejects leaves nothing."""
        return self.may_admit or self.concerning == "admission"


def open_decisions(file: TenderFile, bid: Bid, *, prices: bool = True) -> tuple[OpenDecision, ...]:
    """List what may be decided about a bid; its split and price only where they were opened and may be looked at."""
    lot = file.tender.lot(bid.lot)
    looked_at = prices and not file.prices_shut
    faults = price_faults(bid, lot) if looked_at else ()
    found = [_admission(file, bid, lot, faults)]
    if looked_at and not faults:
        organisations = {each.id: each for each in file.organisations}
        found += [*_ceiling(file, bid, lot), *_split(bid, lot, organisations)]
    return tuple(found)


def _admission(file: TenderFile, bid: Bid, lot: Lot, faults: tuple[Finding, ...]) -> OpenDecision:
    failed = [reason for gone in admission((bid,), lot, file.tender.deadline, ()) for reason in gone.reasons]
    if failed:
        why = "A mandatory requirement is not met, so the rules keep the bid out: record why, for the tenderer"
        return OpenDecision("admission", why, (*failed, *faults), may_admit=False)
    if faults:
        return _unpriced(file, bid, faults)
    return OpenDecision(
        "admission", "The tenderer says that every mandatory requirement is met; exclude the bid if you find otherwise"
    )


def _unpriced(file: TenderFile, bid: Bid, faults: tuple[Finding, ...]) -> OpenDecision:
    """A bid without a price cannot be ranked: the rules keep it out at once, or once somebody has asked and decided."""
    methodology = file.methodology_for(bid.lot)
    if methodology is not None and methodology.over_ceiling == "clarify":
        why = "The bid has no price that can be compared: ask the tenderer, then record why it is excluded"
        return OpenDecision("admission", why, faults, may_admit=False, due=True)
    why = "The bid has no price that can be compared, so the rules keep it out: record why, for the tenderer"
    return OpenDecision("admission", why, faults, may_admit=False)


def _ceiling(file: TenderFile, bid: Bid, lot: Lot) -> Iterator[OpenDecision]:
    broken = errors_in(price_findings(bid, lot, f"bid {bid.id}"))
    methodology = file.methodology_for(bid.lot)
    if broken and methodology is not None:
        yield _broken("ceiling", "price ceilings", broken, methodology.over_ceiling == "clarify")


def _split(bid: Bid, lot: Lot, organisations: Mapping[str, Organisation]) -> Iterator[OpenDecision]:
    broken = errors_in(check_split(bid, lot.collaboration, organisations, years=lot.years or None).findings)
    if broken:
        yield _broken("split", "collaboration rules", broken, lot.collaboration.consequence == "clarify")


def _broken(concerning: Stage, what: str, broken: tuple[Finding, ...], clarify: bool) -> OpenDecision:
    if clarify:
        why = f"The bid breaks the {what}, and the rules ask for a clarification: ask the tenderer, then decide"
    else:
        why = f"The bid breaks the {what}, and the rules reject it for that: there is nothing to decide"
    return OpenDecision(concerning, why, broken, may_admit=clarify, due=clarify)


def reason_fault(reason: str) -> str:
    """Say what is missing from a reason; nothing for one that says something."""
    words = re.findall(r"[^\W\d_]{2,}", reason)
    if not words:
        return "Say why: the tenderer may ask, and the auditor reads it"
    if len({word.casefold() for word in words}) < _FEWEST_WORDS or sum(map(len, words)) < _FEWEST_LETTERS:
        return f"“{reason.strip()[:40]}” says too little: write what you looked at and what you found, in a sentence"
    return ""
