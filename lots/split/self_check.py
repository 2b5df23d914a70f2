"""A tenderer's own check before there is a bid: a typed sheet held against the published rules of its lot.

Whether partners have confirmed their figures is asked in the bid and not here, so that rule is left out; every other
figure is what the same split would get at submission and at evaluation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property

from lots.bid import Bid
from lots.ceilings import price_findings
from lots.errors import Finding, errors_in
from lots.lot import Lot
from lots.money import Money
from lots.organisation import Organisation
from lots.split.check import check_split
from lots.split.fixes import Mended, mend_all, mend_of
from lots.split.flow import name_of
from lots.split.moves import Mend, apply
from lots.split.report import SplitReport
from lots.split.sheet import SplitSheet, sheet_of

BID = "self-check"
NOT_RECEIVED = datetime(1, 1, 1, tzinfo=UTC)
_NEW = "A partner still to be found"
_BY_AND_FOR = "by_and_for_minimum_missed"
_MOST_NEW = 60  # partners added while everything is mended


def lot_to_check(lot: Lot) -> Lot:
    """Return a lot as a self-check holds a split against it: without the rule about confirmations."""
    return replace(lot, collaboration=replace(lot.collaboration, partners_confirmed=False))


@dataclass(frozen=True)
class SelfCheck:
    """A sheet as a bid that nobody has received, with what its check found."""

    sheet: SplitSheet
    lot: Lot
    bid: Bid
    organisations: Mapping[str, Organisation]
    report: SplitReport
    price: tuple[Finding, ...]

    @cached_property
    def errors(self) -> tuple[Finding, ...]:
        """List everything that breaks a rule, about the price first."""
        return (*errors_in(self.price), *self.report.errors)


def check_sheet(sheet: SplitSheet, lot: Lot, at: datetime = NOT_RECEIVED) -> SelfCheck:
    """Check a sheet against the rules of its lot (see :func:`lot_to_check`); SheetError for one that is no bid."""
    parts = sheet.to_bid_parts()
    known = {each.id: each for each in parts.organisations}
    bid = Bid(BID, lot.id, at, parts.prices, parts.parties, parts.split)
    report = check_split(bid, lot.collaboration, known, years=lot.years or None)
    return SelfCheck(sheet, lot, bid, known, report, price_findings(bid, lot, f"bid {BID}"))


# --- the smallest fix, filled in ----------------------------------------------------------------------------


@dataclass(frozen=True)
class RowChange:
    """A row of the sheet before and after a fix, in pounds by year."""

    name: str
    before: tuple[Money, ...]
    after: tuple[Money, ...]


@dataclass(frozen=True)
class Filled:
    """A sheet with fixes filled in: what was done in sentences, and every row that changed."""

    sheet: SplitSheet
    sentences: tuple[str, ...]
    changes: tuple[RowChange, ...]
    same_unit: bool

    @property
    def lines(self) -> tuple[str, ...]:
        """Say each change: ``Paid to Restore: £124,100 → £131,400 in each year``."""
        return tuple(_line(change) for change in self.changes)


def _line(change: RowChange) -> str:
    pairs = list(zip(change.before, change.after, strict=True))
    if len(set(pairs)) == 1:
        return f"{change.name}: {pairs[0][0]} → {pairs[0][1]}{' in each year' if len(pairs) > 1 else ''}"
    years = (f"year {at} {one} → {other}" for at, (one, other) in enumerate(pairs, 1) if one != other)
    return f"{change.name}: {'; '.join(years)}"


def fill_one(found: SelfCheck, code: str, organisations: Sequence[str]) -> Filled | None:
    """Fill in the smallest fix of the finding with this code about these organisations; None where there is none."""
    for finding in found.report.errors:
        if finding.code == code and list(finding.organisations) == list(organisations):
            mend = mend_of(found.report, finding)
            return _filled(found, *_made(found.bid, mend, found.organisations), [mend.sentence]) if mend.moves else None
    return None


def fill_all(found: SelfCheck) -> Filled | None:
    """Fill in what mends every rule that moving money mends, with partners still to be found where it must be."""
    bid, known, said = found.bid, found.organisations, list[str]()
    for _ in range(_MOST_NEW):
        mended = mend_all(bid, found.lot.collaboration, known)
        bid, said = mended.bid, [*said, *(mend.sentence for mend in mended.mends)]
        further = _with_new_partner(found, mended, known)
        if further is None:
            break
        bid, known, sentence = further
        said.append(sentence)
    return _filled(found, bid, known, said) if said else None


def _with_new_partner(
    found: SelfCheck, mended: Mended, known: Mapping[str, Organisation]
) -> tuple[Bid, Mapping[str, Organisation], str] | None:
    """Let a partner still to be found take money, where that leaves less to mend than there was."""
    for finding in mended.left:
        mend = mend_of(mended.report, finding)
        if not mend.needs_payee:
            continue
        bid, more = _made(mended.bid, mend, known)
        if _broken(check_split(bid, found.lot.collaboration, more)) < _broken(mended.report):
            return bid, more, mend.sentence
    return None


def _broken(report: SplitReport) -> int:
    """Add up the pence by which rules are broken."""
    return sum(abs(amount.pence) for finding in report.errors for amount in finding.by_year)


def _made(bid: Bid, mend: Mend, known: Mapping[str, Organisation]) -> tuple[Bid, Mapping[str, Organisation]]:
    """Make the moves of a mend; where they need a partner, one still to be found joins the bid."""
    if not mend.needs_payee:
        return apply(bid, mend), known
    free = next(name for at in range(1, len(known) + 2) if (name := f"new{at}") not in known)
    new = Organisation(free, _NEW, vcse=mend.code == "vcse_minimum_missed", by_and_for=mend.code == _BY_AND_FOR)
    return apply(bid, mend, payee=free), {**known, free: new}


def _filled(found: SelfCheck, bid: Bid, known: Mapping[str, Organisation], said: list[str]) -> Filled:
    unit = found.sheet.unit
    sheet = sheet_of(bid.prices, bid.parties, bid.split, known, unit=unit)
    return Filled(sheet, tuple(said), tuple(_changes(found.bid, bid, known)), sheet.unit == unit)


def _changes(before: Bid, after: Bid, known: Mapping[str, Organisation]) -> Iterator[RowChange]:
    """Compare the rows of two splits; rows between the same two are taken together."""
    nothing = (Money(0),) * len(before.prices)
    was, now = _rows(before, known), _rows(after, known)
    for name in dict.fromkeys([*was, *now]):
        pair = was.get(name, nothing), now.get(name, nothing)
        if pair[0] != pair[1]:
            yield RowChange(name, *pair)


def _rows(bid: Bid, known: Mapping[str, Organisation]) -> dict[str, tuple[Money, ...]]:
    split = bid.split
    if split is None:
        return {}
    rows = {"The lead’s own delivery": split.delivery, "The management fee": split.management_fee}
    for each in split.payments:
        who = name_of(each.payee, known)
        if each.payer != bid.tenderer:
            who += f", from {name_of(each.payer, known)}"
        for name, amounts in ((f"Paid to {who}", each.amounts), (f"Kept back from {who}", each.deductions)):
            if name in rows:
                amounts = tuple(a + b for a, b in zip(rows[name], amounts, strict=True))
            if amounts:
                rows[name] = amounts
    return rows
