"""What a check says, ready for its page: the headline, what to mend, the money as a bar, every rule in one row."""

from __future__ import annotations

from dataclasses import dataclass

from exports.reports.split_rows import RuleRow, rule_rows
from lots.errors import Finding, errors_in
from lots.money import Money
from lots.split.fixes import CORRECT_FIRST
from lots.split.flow import SplitFinding
from lots.split.self_check import SelfCheck, check_sheet
from lots.split.typed import Reading
from lots.words import counted
from workbench.queries.bids.published_lots import PublishedLot
from workbench.web.bids.money_bar import MoneyBar, money_bar

_NO_MOVES = CORRECT_FIRST | {
    "split_missing", "unknown_party", "unknown_organisation", "pays_itself", "partner_unconfirmed", "partner_disputed",
}  # fmt: skip
"""Findings that moving money does not mend."""


@dataclass(frozen=True)
class Breach:
    """Something to mend: the sentence, and what its button asks for (empty where moving money mends nothing)."""

    message: str
    fix: str = ""


@dataclass(frozen=True)
class CheckResult:
    """A checked sheet in words."""

    headline: str
    kept: bool
    breaches: tuple[Breach, ...]
    rows: tuple[RuleRow, ...]
    bar: MoneyBar | None
    remarks: tuple[str, ...]
    price: Money
    alike: bool

    @property
    def fixes(self) -> int:
        """Count the breaches that moving money mends."""
        return sum(1 for each in self.breaches if each.fix)


@dataclass(frozen=True)
class Told:
    """What stands in the place of the result: the result, or what must be typed or corrected first."""

    summary: str
    result: CheckResult | None = None
    wrong: tuple[Finding, ...] = ()


def told(reading: Reading, here: PublishedLot) -> Told:
    """Check what was read, if it could be."""
    wrong = errors_in(reading.findings)
    if reading.sheet is None or wrong:
        only_price = all(each.code == "sheet_no_price" for each in wrong)
        summary = "Type a price to see the result." if only_price else _unread(len(wrong))
        return Told(summary, None, () if only_price and len(wrong) == 1 else wrong)
    result = result_of(check_sheet(reading.sheet, here.lot))
    return Told(result.headline, result)


def _unread(count: int) -> str:
    return f"{counted(count, 'thing')} cannot be read yet, so nothing is worked out."


def result_of(found: SelfCheck) -> CheckResult:
    """Put a check into words."""
    rows = rule_rows(found.report, found.lot)
    mendable = CORRECT_FIRST.isdisjoint(each.code for each in found.report.errors)
    breaches = tuple(_breach(each, mendable) for each in found.errors)
    alike = _alike(found)
    notes = tuple(each.message for each in (*found.price, *found.report.findings) if each.severity != "error")
    return CheckResult(
        _headline(len(breaches), len(rows)), not breaches, breaches, rows,
        money_bar(found, alike=alike), notes, found.bid.price, alike,
    )  # fmt: skip


def _headline(wrong: int, rules: int) -> str:
    if not wrong:
        return f"All {counted(rules, 'rule')} are kept." if rules != 1 else "The rule is kept."
    return f"{counted(wrong, 'thing')} to mend."


def _breach(finding: Finding, mendable: bool) -> Breach:
    if not mendable or not isinstance(finding, SplitFinding) or finding.code in _NO_MOVES:
        return Breach(finding.message)
    return Breach(finding.message, " ".join(("fix", finding.code, *finding.organisations)))


def _alike(found: SelfCheck) -> bool:
    """Say whether every year is the same, in price and in everybody's part of it."""
    split = found.bid.split
    own = (split.delivery, split.management_fee) if split else ()
    rows = (found.bid.prices, *own, *(each.pence for each in found.report.holdings))
    return all(row.count(row[0]) == len(row) for row in rows if row)


__all__ = ["Breach", "CheckResult", "Told", "result_of", "told"]
