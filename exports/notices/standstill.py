"""The standstill of a decision under its regime: what it is counted from, what is missing, and the count itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from exports.documents import empty
from lots.calendar import ENGLAND_AND_WALES, Divisions, Standstill, no_standstill, pa_standstill, pcr_standstill
from lots.errors import Finding
from lots.regime import Regime
from lots.tender import OneOffHoliday, Tender
from lots.thresholds import pa_limits, pcr_limits
from scoring.decision import AwardDecision

NO_DUTY = "No standstill is required of an award below the threshold or of a grant"
LIGHT_TOUCH = "Procurement Act 2023 s.51: a light-touch award has no mandatory standstill, and none was declared"
UNDER_THE_ACT = (Regime.PA2023_LIGHT_TOUCH, Regime.PA2023_FULL)


@dataclass(frozen=True)
class Period:
    """What a standstill is counted from: sending, receipt, publication, and whether it was declared freely."""

    regime: Regime
    sent: date | None = None
    means: Literal["electronic", "other", "both"] = "electronic"
    received: date | None = None
    published: date | None = None
    voluntary: bool = False
    divisions: Divisions = ENGLAND_AND_WALES
    one_off: tuple[OneOffHoliday, ...] = ()

    @property
    def extra(self) -> Mapping[date, str]:
        """Return the one-off holidays as the calendar takes them."""
        return {holiday.day: holiday.title for holiday in self.one_off}


def period_of(award: AwardDecision, tender: Tender) -> Period:
    """Take from an award decision, and the tender's calendar, what the standstill is counted from."""
    return Period(
        tender.regime,
        award.notices_sent,
        award.means,
        award.received,
        award.notice_published,
        award.voluntary_standstill,
        tender.bank_holidays,
        tender.one_off_holidays,
    )


def missing_dates(period: Period) -> Iterator[Finding]:
    """Name the dates that the regime's standstill cannot be counted without."""
    if period.regime in UNDER_THE_ACT:
        what = "The day the contract award notice is published, which the standstill is counted from,"
        yield from empty(period.published, "award.notice_published", what)
    else:
        what = "The day the notices are sent, which the standstill is counted from,"
        yield from empty(period.sent, "award.notices_sent", what)


def standstill_of(period: Period) -> Standstill:
    """Count the standstill: PCR 2015 regs 86-87, or Procurement Act 2023 s.51, or none at all.

    CalendarError where the dates cannot be counted; ``missing_dates`` says beforehand which are missing.
    """
    if period.regime is Regime.PCR2015_LIGHT_TOUCH:
        return pcr_standstill(
            sent=period.sent,
            means=period.means,
            received=period.received,
            divisions=period.divisions,
            extra=period.extra,
        )
    published = period.published or period.sent or date.min
    if period.regime is Regime.PA2023_FULL or (period.regime is Regime.PA2023_LIGHT_TOUCH and period.voluntary):
        return pa_standstill(
            published=published, voluntary=period.regime is Regime.PA2023_LIGHT_TOUCH, extra=period.extra
        )
    basis = LIGHT_TOUCH if period.regime is Regime.PA2023_LIGHT_TOUCH else NO_DUTY
    return no_standstill(signable_from=published, basis=basis)


def last_day_for_claim(regime: Regime, known: date | None) -> date | None:
    """Return the last day for starting a claim whose grounds were known on a day, which is day 1 of 30.

    PCR 2015 reg 92(2); Procurement Act 2023 s.106. None without a day, or where neither law applies.
    """
    if regime is Regime.PCR2015_LIGHT_TOUCH:
        limits = pcr_limits(known=known)
    else:
        limits = pa_limits(known=known) if regime in UNDER_THE_ACT else ()
    return limits[0].last_day if limits else None
