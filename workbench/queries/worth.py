"""What the whole procurement is estimated at, held against the threshold of its day, like with like as to VAT."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from lots.ceilings import TenderValue, tender_value
from lots.errors import Finding
from lots.gateways import Yardstick
from lots.lot import Lot
from lots.money import Money, percent_of
from lots.regime import Regime, rules_of
from lots.thresholds import FIVE_MILLION, ThresholdError, ThresholdKind, ThresholdRow, VatBasis, threshold

if TYPE_CHECKING:
    from scoring.tender_file import TenderFile


VAT_DECIDES = "VAT decides whether it is reached"


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
        return (f"{both}. {VAT_DECIDES}.",)
    return (f"{both}. It is {'reached, even before VAT' if reaches else 'not reached, even with VAT'}.",)


def threshold_of(tender: TenderFile, on: date | None = None) -> ThresholdRow:
    """Return the threshold that decides for this tender: light-touch services, or sub-central under the full Act."""
    full = tender.tender.regime is Regime.PA2023_FULL
    kind = ThresholdKind.SUB_CENTRAL if full else ThresholdKind.LIGHT_TOUCH
    return threshold(kind, on or tender.tender.commenced_on)


# --- what is asked for by value -----------------------------------------------------------------------------

_STANDARD_VAT = Fraction(20)  # per cent
_ACT = (Regime.PA2023_LIGHT_TOUCH, Regime.PA2023_FULL)


def over_five_million(value: TenderValue, regime: Regime) -> tuple[str, ...]:
    """Say of each lot that may be worth over £5 million with VAT what the Procurement Act 2023 then asks for."""
    if regime not in _ACT:
        return ()
    asked = "a copy of its contract is published (s.53)"
    if rules_of(regime).duty("kpis").on:
        asked = f"{asked}, and at least three key performance indicators are set and published (s.52)"
    found = ((row.title, _with_vat(row.estimate, value.vat)) for row in value.rows)
    return tuple(
        f"{title} may be worth {worth} including VAT, over {FIVE_MILLION}: under the Procurement Act 2023 {asked}."
        for title, worth in found
        if worth > FIVE_MILLION
    )


def _with_vat(amount: Money, vat: VatBasis) -> Money:
    return amount if vat is VatBasis.INCLUSIVE else amount + percent_of(amount, _STANDARD_VAT)
