"""The law's dated figures: money thresholds by date, and time limits counted from a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from lots.calendar import checked_day, say, why_not_working
from lots.errors import Finding, ProcurementError
from lots.money import Money, percent_of, total

ACT_IN_FORCE = date(2025, 2, 24)  # a procurement commenced before this day stays under PCR 2015 for life
FIVE_MILLION = Money.pounds(5_000_000)  # Procurement Act 2023 ss.52, 53 and 77, VAT included
_ONE = timedelta(days=1)


class ThresholdError(ProcurementError):
    """A threshold asked for on a date for which the law's figure is not recorded."""


class VatBasis(StrEnum):
    """Whether an amount holds VAT; ``words`` are what a money column prints."""

    EXCLUSIVE = "exclusive"
    INCLUSIVE = "inclusive"

    @property
    def words(self) -> str:
        """The words to print beside an amount: ``excluding VAT`` or ``including VAT``."""
        return "excluding VAT" if self is VatBasis.EXCLUSIVE else "including VAT"


class ThresholdKind(StrEnum):
    """What a threshold is for."""

    LIGHT_TOUCH = "light_touch"
    SUB_CENTRAL = "sub_central"
    CENTRAL = "central"
    WORKS = "works"
    UTILITIES_LIGHT_TOUCH = "utilities_light_touch"
    BELOW_THRESHOLD_NOTICE = "below_threshold_notice"
    BELOW_THRESHOLD_NOTICE_CENTRAL = "below_threshold_notice_central"

    @property
    def words(self) -> str:
        """The kind in words, for sentences."""
        return self.value.replace("_", " ").replace("light touch", "light-touch services")


@dataclass(frozen=True)
class ThresholdRow:
    """One figure of the law, from ``valid_from`` to ``valid_to`` (both included; None: it still holds)."""

    kind: ThresholdKind
    valid_from: date
    valid_to: date | None
    amount: Money
    source: str
    vat: VatBasis = VatBasis.INCLUSIVE
    note: str = ""

    def holds_on(self, on: date) -> bool:
        """Tell whether the row is the law's figure on that day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


def _rows(kind: ThresholdKind, *years: tuple[int, int], note: str = "") -> tuple[ThresholdRow, ...]:
    """Make two-year rows from (first year, pounds) pairs."""
    return tuple(
        ThresholdRow(kind, date(year, 1, 1), date(year + 1, 12, 31), Money.pounds(pounds), _UPDATE, note=note)
        for year, pounds in years
    )


_UPDATE = "thresholds notified for each two years (Devonshires; LUPC PPN 023; Mondaq)"
_PERIOD = "unconfirmed: the source gives the figure without its years"
_SECTION_87 = "Procurement Act 2023 s.87"

THRESHOLDS: tuple[ThresholdRow, ...] = (
    *_rows(ThresholdKind.LIGHT_TOUCH, (2022, 663_540), (2024, 663_540), (2026, 663_540)),
    *_rows(ThresholdKind.SUB_CENTRAL, (2024, 214_904), (2026, 207_720)),
    *_rows(ThresholdKind.CENTRAL, (2024, 139_688), (2026, 135_018)),
    *_rows(ThresholdKind.WORKS, (2024, 5_372_609), (2026, 5_193_000)),
    *_rows(ThresholdKind.UTILITIES_LIGHT_TOUCH, (2024, 884_720), (2026, 884_720), note=_PERIOD),
    ThresholdRow(ThresholdKind.BELOW_THRESHOLD_NOTICE, ACT_IN_FORCE, None, Money.pounds(30_000), _SECTION_87),
    ThresholdRow(ThresholdKind.BELOW_THRESHOLD_NOTICE_CENTRAL, ACT_IN_FORCE, None, Money.pounds(12_000), _SECTION_87),
)


def threshold(kind: ThresholdKind, on: date, rows: Sequence[ThresholdRow] = THRESHOLDS) -> ThresholdRow:
    """Return the row of ``kind`` that holds on a day; a day without a recorded figure raises ThresholdError.

    ``rows`` may be a corrected table: the figures are data, and a procurement lawyer may know better.
    """
    for row in rows:
        if row.kind == kind and row.holds_on(on):
            return row
    known = [f"{row.valid_from.isoformat()} to {row.valid_to or 'now'}" for row in rows if row.kind == kind]
    raise ThresholdError(
        f"No {ThresholdKind(kind).words} threshold is recorded for {say(on)} (recorded: "
        f"{'; '.join(known) or 'none'}): add the figure of that year to the table"
    )


@dataclass(frozen=True)
class SmallLotRelief:
    """Lots under ``each`` may go outside the rules, together up to ``percent`` of the value of all lots."""

    each: Money
    percent: Fraction
    reference: str
    note: str


SMALL_LOT_RELIEF = SmallLotRelief(
    Money.pounds(70_778),
    Fraction(20),
    "PCR 2015 reg 6(14)-(15)",
    "€80,000 in the regulation; the sterling figure comes from a secondary source",
)


def small_lot_findings(
    relieved: Sequence[tuple[str, Money]], aggregate: Money, relief: SmallLotRelief = SMALL_LOT_RELIEF
) -> tuple[Finding, ...]:
    """Say why lots (name, estimated value) may not be awarded under small-lot relief; nothing when all may.

    Each must be worth less than the figure, and together no more than the percentage of the ``aggregate``
    of all lots.
    """
    findings = [
        Finding(
            "lot_too_large_for_relief",
            f"{name} is estimated at {value}, which is not less than {relief.each}: it cannot be awarded "
            f"outside the rules ({relief.reference})",
            place=name,
            figures=(("estimated value", value.plain()), ("less than", relief.each.plain())),
        )
        for name, value in relieved
        if value >= relief.each
    ]
    together, most = total(value for _, value in relieved), percent_of(aggregate, relief.percent)
    if together > most:
        findings.append(
            Finding(
                "relieved_lots_too_large_together",
                f"The lots to be awarded outside the rules come to {together}, over {relief.percent} "
                f"% of all lots ({most} of {aggregate}): leave out {together - most} or more "
                f"({relief.reference})",
                figures=(("together", together.plain()), ("most", most.plain())),
            )
        )
    return tuple(findings)


@dataclass(frozen=True)
class TimeLimit:
    """Something to be done by the end of ``last_day``; ``notice`` is its UK number, if it has one."""

    id: str
    title: str
    counted_from: date
    last_day: date
    reference: str
    notice: str = ""
    note: str = ""


def pcr_limits(
    *, known: date | None = None, informed: date | None = None, contract_entered: date | None = None
) -> tuple[TimeLimit, ...]:
    """Return the last days for a claim under PCR 2015, for the dates given.

    ``known``: when the tenderer knew or ought to have known of the grounds: 30 days beginning with that
    day (reg 92(2)), which a court may extend to 3 months after it (reg 92(4)-(5)). Ineffectiveness (reg
    93): 30 days beginning with the day after the tenderer was ``informed`` of the contract and the
    reasons, or a justified award notice was published; otherwise 6 months beginning with the day after
    ``contract_entered``.
    """
    found: list[TimeLimit] = []
    if known is not None:
        last = _days(known, 29)
        found.append(_limit("proceedings", "Start proceedings", known, last, "PCR 2015 reg 92(2)"))
        last, title = _months_after(known, 3), "Start proceedings, if a court extends the time"
        found.append(_limit("proceedings_extended", title, known, last, "PCR 2015 reg 92(4)-(5)"))
    if informed is not None:
        last, title = _days(informed, 30), "Ask for ineffectiveness, once informed of the contract"
        found.append(_limit("ineffectiveness_informed", title, informed, last, "PCR 2015 reg 93"))
    if contract_entered is not None:
        last = _months_beginning_with(_days(contract_entered, 1), 6)
        title = "Ask for ineffectiveness, in any other case"
        found.append(_limit("ineffectiveness", title, contract_entered, last, "PCR 2015 reg 93"))
    return tuple(found)


def pa_limits(*, known: date | None = None, contract_entered: date | None = None) -> tuple[TimeLimit, ...]:
    """Return the last days for a claim under Procurement Act 2023 s.106, for the dates given.

    ``known``: 30 days beginning with the day the supplier first knew or ought to have known, which a
    court may extend to 3 months. Setting aside: no later than 6 months beginning with the day of
    ``contract_entered``.
    """
    found: list[TimeLimit] = []
    if known is not None:
        last, reference = _days(known, 29), "Procurement Act 2023 s.106"
        found.append(_limit("proceedings", "Start proceedings", known, last, reference))
        last, title = _months_beginning_with(known, 3), "Start proceedings, if a court extends the time"
        found.append(_limit("proceedings_extended", title, known, last, reference))
    if contract_entered is not None:
        last, title = _months_beginning_with(contract_entered, 6), "Ask for the contract to be set aside"
        reference = "Procurement Act 2023 ss.105-106"
        found.append(_limit("set_aside", title, contract_entered, last, reference))
    return tuple(found)


def pa_notice_deadlines(
    *,
    contract_entered: date,
    light_touch: bool,
    estimated_value: Money,
    modified: date | None = None,
    breached: date | None = None,
    ended: date | None = None,
) -> tuple[TimeLimit, ...]:
    """Return when the notices of a Procurement Act 2023 contract must be out, the day itself being day 1.

    UK7 contract details 30 days (light touch 120) and a copy of a contract over £5 million 90 (180), both
    s.53; a copy of its modification 90 (s.77) and UK9 for a breach 30 (s.71), neither for light touch; UK11
    within 30 days of its end (s.80). ``estimated_value`` includes VAT.
    """
    details, copy = (120, 180) if light_touch else (30, 90)
    over = estimated_value > FIVE_MILLION
    rows: tuple[tuple[bool, str, str, str, date | None, int, str], ...] = (
        (True, "contract_details", "Contract details notice", "UK7", contract_entered, details, "s.53"),
        (over, "contract_copy", "Copy of the contract", "", contract_entered, copy, "s.53"),
        (over and not light_touch, "modification_copy", "Copy of the modification", "", modified, 90, "s.77"),
        (not light_touch, "performance", "Contract performance notice", "UK9", breached, 30, "s.71"),
        (True, "termination", "Contract termination notice", "UK11", ended, 30, "s.80"),
    )
    return tuple(
        _limit(id_, title, start, _days(start, days - 1), f"Procurement Act 2023 {section}", notice)
        for applies, id_, title, notice, start, days, section in rows
        if applies and start is not None
    )


def pcr_award_notice_deadline(*, awarded: date, grouped: bool = False) -> TimeLimit:
    """Return when a PCR 2015 light-touch award notice is due: 30 days after award, or after the quarter.

    Reg 75(3)-(4); that a quarter of the calendar is meant by ``grouped`` is unconfirmed, and the note
    says so.
    """
    if not grouped:
        last = _days(awarded, 30)
        return _limit("award_notice", "Contract award notice", awarded, last, "PCR 2015 reg 75(3)")
    first_month = (checked_day(awarded).month - 1) // 3 * 3 + 1
    quarter_end = _months_after(date(awarded.year, first_month, 1), 3) - _ONE
    last = _days(quarter_end, 30)
    limit = _limit("award_notice", "Grouped award notice", quarter_end, last, "PCR 2015 reg 75(4)")
    return replace(limit, note=f"unconfirmed: calendar quarters are meant. {limit.note}".strip())


def _limit(id_: str, title: str, start: date, last: date, reference: str, notice: str = "") -> TimeLimit:
    why = why_not_working(last)
    note = f"{say(last)} is not a working day ({why}); unconfirmed: whether the time then runs on. Act before it"
    return TimeLimit(id_, title, start, last, reference, notice, note if why else "")


def _days(start: date, days: int) -> date:
    return checked_day(start) + timedelta(days=days)


def _months_after(day: date, months: int) -> date:
    """Return the corresponding date ``months`` later, or the last day of that month where there is none."""
    year, month = divmod(checked_day(day).year * 12 + day.month - 1 + months, 12)
    eve_of_next = date(year + (month == 11), (month + 1) % 12 + 1, 1) - _ONE
    return eve_of_next.replace(day=min(day.day, eve_of_next.day))


def _months_beginning_with(day: date, months: int) -> date:
    """Return the last day of months of which ``day`` is the first: the eve of the corresponding date."""
    corresponding = _months_after(day, months)
    return corresponding - _ONE if corresponding.day == day.day else corresponding
