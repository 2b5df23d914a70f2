"""Before publication: time, engagement, the duties of each regime, governance and money."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from lots.errors import errors_in
from lots.funding import Funding, FundingLine, FundingSource
from lots.money import Money
from lots.regime import Regime
from lots.tender import Milestone, PerformanceIndicator, StandardCheck, Tender
from scoring.checks.file import check
from scoring.checks.publication import publication_findings
from tests.scoring.checks import ready


def found(**changes: Any) -> list[tuple[str, str, str]]:
    """Give what is not ready after changes of the tender."""
    return ready.found(ready.file(tender=ready.tender(**changes)))


def under_the_act(regime: Regime, **changes: Any) -> Tender:
    """Make the ready tender one of the Procurement Act, two years later."""
    steps = (
        Milestone("Questions", date(2026, 6, 16), kind="questions_until"),
        Milestone("Answers", date(2026, 6, 19), kind="answers_by"),
        Milestone("Notices", date(2026, 9, 7), kind="notices_sent"),
        Milestone("Standstill", date(2026, 9, 16), kind="standstill_ends"),
    )
    made = ready.tender(
        regime=regime,
        commenced_on=date(2026, 6, 1),
        deadline=datetime(2026, 6, 30, 11, tzinfo=UTC),
        timetable=steps,
        lots=tuple(
            replace(lot, term=replace(lot.term, start=date(2027, 4, 1)) if lot.term else None)
            for lot in ready.tender().lots
        ),
    )
    return replace(made, **changes)


def test_a_tender_that_is_ready_has_nothing_against_it() -> None:
    file = ready.file()
    assert ready.found(file) == []
    assert errors_in(check(file)) == ()
    assert ready.noted(file) == ["notices_due", "measure_without_baseline"]


@pytest.mark.parametrize("regime", [Regime.PA2023_LIGHT_TOUCH, Regime.PA2023_FULL])
def test_a_tender_is_ready_under_the_act_too(regime: Regime) -> None:
    assert ready.found(ready.file(tender=under_the_act(regime)), today=date(2026, 6, 1)) == []


# --- time ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("today", [date(2024, 9, 27), date(2025, 1, 1)])
def test_a_deadline_today_or_earlier_stops_publication(today: date) -> None:
    assert ("error", "deadline_past", "tender.deadline") in ready.found(ready.file(), today=today)


def test_the_time_to_tender_is_counted_from_today_or_from_the_planned_day_to_come() -> None:
    """PA 2023 s.54: 25 days. 5 June leaves 25 days until 30 June 2026; 6 June leaves 24."""
    file = ready.file(tender=under_the_act(Regime.PA2023_FULL))
    assert ready.found(file, today=date(2026, 6, 5)) == []
    assert ready.found(file, today=date(2026, 6, 6)) == [("error", "tendering_time_unlawful", "tender.deadline")]
    later = Milestone("Published", date(2026, 6, 6), kind="tender_published")
    planned = replace(file, tender=replace(file.tender, timetable=(later, *file.tender.timetable)))
    assert ready.found(planned, today=date(2026, 6, 1)) == [("error", "tendering_time_unlawful", "tender.deadline")]


def test_a_planned_day_that_has_passed_is_noted() -> None:
    steps = (Milestone("Published", date(2024, 7, 1), kind="tender_published"), *ready.tender().timetable)
    file = ready.file(tender=ready.tender(timetable=steps))
    assert ready.found(file) == []
    assert "publication_day_passed" in ready.noted(file)


def test_the_timetable_says_when_to_ask_and_holds_the_standstill_the_law_asks_for() -> None:
    """PCR 2015 regs 86-87 ask for one; PA 2023 s.51 leaves light touch free."""
    assert found(timetable=()) == [
        ("warning", "clarification_window_missing", "tender.timetable"),
        ("warning", "standstill_not_planned", "tender.timetable"),
    ]
    light = ready.file(tender=under_the_act(Regime.PA2023_LIGHT_TOUCH, timetable=ready.tender().timetable[:0]))
    assert "standstill_not_planned" in ready.noted(light, today=date(2026, 6, 1))


# --- engagement and duties ----------------------------------------------------------------------------------


def test_nothing_is_published_while_the_market_is_still_being_asked() -> None:
    engagement = ready.tender().engagement
    assert engagement is not None
    assert found(engagement=replace(engagement, closed_on=ready.TODAY)) == [
        ("error", "engagement_open", "tender.engagement.closed_on")
    ]
    assert found(engagement=replace(engagement, summary=" ")) == [
        ("warning", "engagement_summary_missing", "tender.engagement.summary")
    ]
    assert "engagement_missing" in ready.noted(ready.file(tender=ready.tender(engagement=None)))


def test_the_act_asks_for_the_engagement_notice_or_a_reason_and_the_regulations_do_not() -> None:
    """PA 2023 s.17."""
    engagement = ready.tender().engagement
    assert engagement is not None
    bare = replace(engagement, notice="")
    act = ready.file(tender=under_the_act(Regime.PA2023_LIGHT_TOUCH, engagement=bare))
    assert ready.found(act, today=date(2026, 6, 1)) == [
        ("error", "engagement_notice_missing", "tender.engagement.notice")
    ]
    assert found(engagement=bare) == []


def test_the_conflicts_assessment_comes_first_under_the_act_and_is_advised_elsewhere() -> None:
    """PA 2023 ss.81-83; PCR 2015 reg 24 names no form."""
    place = "tender.conflicts_assessed_on"
    act = ready.file(tender=under_the_act(Regime.PA2023_LIGHT_TOUCH, conflicts_assessed_on=None))
    assert ready.found(act, today=date(2026, 6, 1)) == [("error", "conflicts_assessment_missing", place)]
    assert found(conflicts_assessed_on=None) == [("warning", "conflicts_assessment_missing", place)]
    assert found(conflicts_assessed_on=date(2024, 8, 2)) == [("error", "conflicts_assessment_ahead", place)]


@pytest.mark.parametrize(
    ("regime", "severity"), [(Regime.PA2023_FULL, "error"), (Regime.PA2023_LIGHT_TOUCH, "warning")]
)
def test_one_lot_gives_its_reasons_in_the_notice_only_under_the_full_act(regime: Regime, severity: str) -> None:
    """PR 2024 reg 18(2)(q); PA 2023 s.18."""
    tender = under_the_act(regime)
    file = ready.file(tender=replace(tender, lots=tender.lots[:1]), methodologies=(ready.methodology("adult"),))
    missing = (severity, "no_lots_reasons_missing", "tender.no_lots_reasons")
    assert missing in ready.found(file, today=date(2026, 6, 1))
    explained = replace(file, tender=replace(file.tender, no_lots_reasons="One team serves all."))
    assert missing not in ready.found(explained, today=date(2026, 6, 1))


def test_a_contract_over_five_million_has_three_indicators_under_the_full_act() -> None:
    """PA 2023 s.52: over £5 million with VAT. £4.2m without VAT is £5.04m with it."""
    lots = (ready.lot("adult", maximum_potential_spend=Money.pounds(4_200_000)), ready.lot("children"))
    tender = under_the_act(Regime.PA2023_FULL)
    lots = tuple(replace(lot, term=old.term) for lot, old in zip(lots, tender.lots, strict=True))
    missing = ("warning", "indicators_missing", "tender.indicators")
    file = ready.file(tender=replace(tender, lots=lots))
    assert missing in ready.found(file, today=date(2026, 6, 1))
    three = tuple(PerformanceIndicator(f"k{i}", "Waiting", "2 days") for i in range(3))
    held = replace(file, tender=replace(file.tender, indicators=three))
    light = replace(file, tender=replace(file.tender, regime=Regime.PA2023_LIGHT_TOUCH))
    assert missing not in ready.found(held, today=date(2026, 6, 1))
    assert missing not in ready.found(light, today=date(2026, 6, 1))


def test_a_grant_leaves_the_rules_of_procurement() -> None:
    lots = tuple(
        replace(lot, route="grant", cpv=(), base_value=None, maximum_potential_spend=None, term=None)
        for lot in ready.tender().lots
    )
    tender = ready.tender(
        regime=Regime.GRANT, lots=lots, timetable=ready.tender().timetable[:2], conflicts_assessed_on=None
    )
    file = replace(ready.file(tender=tender), methodologies=(), scales=(), panel=())
    assert ready.found(file) == []
    assert "grant_outside_procurement" in ready.noted(file)


# --- lots ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "severity", "code", "field"),
    [
        ({"description": " "}, "error", "lot_description_missing", "description"),
        ({"cpv": ()}, "error", "cpv_missing", "cpv"),
        ({"cpv": ("8531231",)}, "error", "cpv_unfit", "cpv[0]"),
        ({"outcomes": ()}, "warning", "outcomes_missing", "outcomes"),
    ],
)
def test_what_a_notice_says_of_a_lot_is_there(changes: dict[str, Any], severity: str, code: str, field: str) -> None:
    """PR 2024 reg 18(2): description and CPV of each lot."""
    lots = (ready.lot("adult", **changes), ready.lot("children"))
    assert found(lots=lots) == [(severity, code, f"tender.lots[0].{field}")]


def test_a_service_does_not_start_before_tenders_are_due() -> None:
    adult = ready.lot("adult")
    assert adult.term is not None
    early = replace(adult, term=replace(adult.term, start=date(2024, 9, 27)))
    assert found(lots=(early, ready.lot("children"))) == [
        ("error", "term_before_deadline", "tender.lots[0].term.start")
    ]


# --- governance and money -----------------------------------------------------------------------------------


def test_what_the_board_has_not_signed_off_is_told_and_stops_nothing() -> None:
    deliverables = ready.tender().deliverables
    unsigned = (replace(deliverables[0], signed_off_on=None), *deliverables[1:])
    ahead = (replace(deliverables[0], signed_off_on=date(2024, 8, 2)), *deliverables[1:])
    place = "tender.deliverables[0].signed_off_on"
    assert found(deliverables=unsigned) == [("warning", "deliverable_unsigned", place)]
    assert found(deliverables=ahead) == [("error", "deliverable_signed_ahead", place)]
    assert found(deliverables=()) == [("warning", "deliverables_missing", "tender.deliverables")]
    assert found(board=()) == [("warning", "board_missing", "tender.board")]


def test_the_standards_are_answered_and_a_no_is_explained() -> None:
    standards = ready.tender().standards
    assert found(standards=standards[1:]) == [("warning", "standards_unanswered", "tender.standards")]
    first = standards[0].standard
    unmet = (StandardCheck(first, False), *standards[1:])
    assert found(standards=unmet) == [("warning", "standard_unmet", "tender.standards[0].note")]
    explained = (StandardCheck(first, False, "From 2025"), *standards[1:])
    assert found(standards=explained) == []


def test_money_that_does_not_reach_is_a_warning_until_it_is_explained() -> None:
    """Two lots of £300,000 and £120,000 against an income of £400,000: £20,000 short in years 1 and 2."""
    lines = tuple(FundingLine(year, Money.pounds(400_000)) for year in (1, 2, 3))
    short = Funding((FundingSource("moj", "Victims grant", "Ministry of Justice", lines),))
    findings = publication_findings(ready.file(tender=ready.tender(funding=short)), today=ready.TODAY)
    message = next(each.message for each in findings if each.code == "lots_over_income")
    assert message.startswith("In 2 years from year 1 on the lots’ budgets exceed the income, by £20,000 in year 1")
    assert ("warning", "lots_over_income", "tender.funding_note") in found(funding=short)
    explained = found(funding=short, funding_note="The reserve covers it.")
    assert [each for each in explained if each[1] == "lots_over_income"] == []
    assert found(funding=Funding()) == [("warning", "funding_missing", "tender.funding.sources")]


def test_a_term_below_nought_is_left_to_the_check_of_the_file() -> None:
    adult = ready.lot("adult")
    assert adult.term is not None
    wrong = replace(adult, term=replace(adult.term, initial_years=-5))
    file = ready.file(tender=ready.tender(lots=(wrong,)), methodologies=(ready.methodology("adult"),))
    assert "income_unallocated" in ready.noted(file)
    assert [each.code for each in errors_in(check(file))] == ["initial_years"]
