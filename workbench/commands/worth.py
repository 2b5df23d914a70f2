"""What the whole procurement is estimated at, held against the threshold of its day, like with like as to VAT."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from lots.ceilings import TenderValue, tender_value
from lots.errors import Finding
from lots.gateways import Yardstick
from lots.lot import Lot
from lots.money import Money
from lots.thresholds import ThresholdError, ThresholdRow, VatBasis
from lots.words import listed
from workbench.commands.headroom import threshold_of
from workbench.output import print_table, say

if TYPE_CHECKING:
    from scoring.tender_file import TenderFile


@dataclass(frozen=True)
class Worth:
    """The estimate of all contract lots and the threshold of the day they commenced.

    ``comparable`` is the threshold on the VAT basis of the estimate, rounded up to the penny (whole pence reach the
    one exactly when they reach the other); None where it cannot be told. ``reaches`` is None where that decides.
    """

    value: TenderValue
    row: ThresholdRow | None
    comparable: Money | None
    reaches: bool | None
    sentences: tuple[str, ...]
    others: tuple[Lot, ...]
    findings: tuple[Finding, ...] = ()


def worth_of(tender: TenderFile, vat_percent: Fraction | None = None) -> Worth:
    """Estimate the procurement, every year and option of every contract lot, and hold it against its threshold."""
    lots, vat = tender.tender.contract_lots, tender.tender.vat
    others = tuple(lot for lot in tender.tender.lots if not lot.is_contract)
    try:
        row = threshold_of(tender)
    except ThresholdError as error:
        found = Finding("threshold_unknown", f"{error}.", "tender.commenced_on", "warning")
        return Worth(tender_value(lots, Money(0), vat), None, None, None, (found.message,), others, (found,))
    measure = Yardstick(row.amount, row.vat, vat, vat_percent)
    limit = measure.threshold_for_values()
    comparable = None if limit is None else Money(ceil(limit))
    value = tender_value(lots, comparable or row.amount, vat)
    reaches = _reaches(value, row, comparable)
    return Worth(value, row, comparable, reaches, _said(value, row, comparable, reaches), others)


def _reaches(value: TenderValue, row: ThresholdRow, comparable: Money | None) -> bool | None:
    """Say whether the threshold is reached; without a VAT rate, only where VAT can change nothing."""
    if not value.rows:
        return None
    if comparable is not None:
        return value.estimate >= comparable
    untaxed = value.vat is VatBasis.EXCLUSIVE
    if untaxed == (value.estimate >= row.amount):
        return untaxed
    return None


def _said(value: TenderValue, row: ThresholdRow, comparable: Money | None, reaches: bool | None) -> tuple[str, ...]:
    if not value.rows:
        return ("No lot is tendered for as a contract: there is no estimate to hold against a threshold.",)
    if comparable is not None:
        on_basis = f"The {row.kind.words} threshold is {row.amount} {row.vat.words}, "
        turned = (f"{on_basis}which is {comparable} {value.vat.words}.",) if row.vat is not value.vat else ()
        return (*turned, value.sentence)
    both = (
        f"All contract lots together are estimated at {value.estimate} {value.vat.words}; the {row.kind.words} "
        f"threshold is {row.amount} {row.vat.words}"
    )
    if reaches is None:
        return (f"{both}. VAT decides whether it is reached: give the rate with --vat-percent.",)
    return (f"{both}. It is {'reached, even before VAT' if reaches else 'not reached, even with VAT'}.",)


def show_worth(worth: Worth) -> None:
    """Print what each contract lot is worth, their sum against the threshold, and which lots are not counted."""
    value = worth.value
    rows = [[it.title, *map(str, (it.annual, it.initial, it.full, it.estimate))] for it in value.rows]
    if len(rows) > 1:
        sums = (value.annual, value.initial, value.full, value.estimate)
        rows.append(["Together", *map(str, sums)])
    if rows:
        print_table(("Lot", "A year", "Initial years", "Every year", "Estimate"), rows, "lrrrr")
        say(f"Amounts are {value.vat.words}; an estimate is the most that could be paid, options included.")
        say()
    for sentence in worth.sentences:
        say(sentence)
    if worth.others:
        routes = listed(f"{lot.title} ({lot.route.replace('_', ' ')})" for lot in worth.others)
        say(f"Not counted, because not tendered for as a contract: {routes}.")


def worth_data(worth: Worth) -> dict[str, object]:
    """Turn the estimate into JSON; ``reaches`` is null where there is nothing to compare or VAT decides."""
    value, row = worth.value, worth.row
    return {
        "estimate": value.estimate.plain(),
        "vat": value.vat.value,
        "lots": {
            it.lot: {
                "annual": it.annual.plain(),
                "initial": it.initial.plain(),
                "full": it.full.plain(),
                "estimate": it.estimate.plain(),
            }
            for it in value.rows
        },
        "not_counted": [lot.id for lot in worth.others],
        "threshold": row
        and {"kind": row.kind.value, "amount": row.amount.plain(), "vat": row.vat.value, "source": row.source},
        "threshold_compared": worth.comparable and worth.comparable.plain(),
        "reaches": worth.reaches,
        "sentences": list(worth.sentences),
    }
