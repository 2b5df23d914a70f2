"""The standstill of a decision: the regime's count, on the tender's own calendar."""

from dataclasses import replace
from datetime import date

from exports.notices.standstill import missing_dates, period_of, standstill_of
from lots.regime import Regime
from lots.tender import OneOffHoliday
from tests import factories as make

SENT = date(2024, 12, 22)


def test_a_pcr_standstill_runs_on_the_calendar_the_tender_names() -> None:
    """Case D14: sent 22 December 2024; the 10th day is 1 January; 2 January is a holiday in Scotland alone."""
    award = make.award(notices_sent=SENT)
    last = {
        whose: standstill_of(period_of(award, make.tender(bank_holidays=whose))).last_day
        for whose in (("ENG", "WLS"), ("ENG", "WLS", "SCT", "NIR"))
    }
    assert last == {("ENG", "WLS"): date(2025, 1, 2), ("ENG", "WLS", "SCT", "NIR"): date(2025, 1, 3)}


def test_a_holiday_proclaimed_for_one_day_moves_the_end() -> None:
    tender = make.tender(one_off_holidays=(OneOffHoliday(date(2025, 1, 2), "National day of mourning"),))
    assert standstill_of(period_of(make.award(notices_sent=SENT), tender)).last_day == date(2025, 1, 3)


def test_the_act_counts_from_the_notice_and_holidays_of_every_part_of_the_kingdom() -> None:
    """Procurement Act 2023 s.51 and s.123; case D04: published 23 November 2026, last day 3 December."""
    award = make.award(notice_published=date(2026, 11, 23))
    counted = standstill_of(period_of(award, make.tender(regime=Regime.PA2023_FULL)))
    assert (counted.last_day, counted.earliest_contract) == (date(2026, 12, 3), date(2026, 12, 4))


def test_a_light_touch_award_has_a_standstill_only_where_it_was_declared() -> None:
    light = make.tender(regime=Regime.PA2023_LIGHT_TOUCH)
    award = make.award(notice_published=date(2026, 2, 2))
    assert standstill_of(period_of(award, light)).kind == "none"
    declared = standstill_of(period_of(replace(award, voluntary_standstill=True), light))
    assert (declared.kind, declared.last_day) == ("voluntary", date(2026, 2, 11))


def test_the_date_each_regime_counts_from_is_asked_for() -> None:
    award = make.award()
    places = {
        regime: [finding.place for finding in missing_dates(period_of(award, make.tender(regime=regime)))]
        for regime in (Regime.PCR2015_LIGHT_TOUCH, Regime.PA2023_FULL)
    }
    assert places == {
        Regime.PCR2015_LIGHT_TOUCH: ["award.notices_sent"],
        Regime.PA2023_FULL: ["award.notice_published"],
    }
