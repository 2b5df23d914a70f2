"""Half-made drafts and hostile files: whatever a tender file may hold, the checks answer and never break."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lots.timetable import intervals, timetable_findings
from scoring.checks.file import check
from scoring.checks.publication import publication_findings
from scoring.criteria import Criterion
from scoring.proportionality import proportionality
from scoring.tender_file import TenderFile
from tests import factories as a
from tests.exports.codec.strategies import record, strategy

TODAY = date(2026, 6, 1)


@given(record(TenderFile))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_draft_of_the_right_form_is_answered(file: TenderFile) -> None:
    draft = TenderFile(file.tender, file.scales, file.methodologies, file.lot_limit, panel=file.panel)
    found = publication_findings(draft, today=TODAY)
    assert all(each.code and each.message and each.place for each in (*found, *check(draft)))
    assert all(burden.derivations for burden in proportionality(draft))


def test_a_sheet_of_a_year_outside_the_calendar_is_told_and_nothing_breaks() -> None:
    """A sheet submitted in 1999 lies before the deadline; one of 2150 lies after the agreement."""
    file = a.tender_file(("adult-harbour",))
    first, second, *others = file.score_sheets
    old = replace(first, submitted_at=datetime(1999, 1, 1, tzinfo=UTC))
    late = replace(second, submitted_at=datetime(2150, 1, 1, tzinfo=UTC))
    codes = {each.code for each in check(replace(file, score_sheets=(old, late, *others)))}
    assert {"sheet_before_deadline", "agreed_before_scored"} <= codes


@given(strategy(tuple[a.Criterion, ...]), st.integers(-(2**63), 2**63))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_criteria_of_a_judged_lot_are_answered(criteria: tuple[Criterion, ...], limit: int) -> None:
    limited = tuple(replace(each, word_limit=limit, scale="0-5") for each in criteria)
    file = a.tender_file((), methodologies=(a.methodology("adult", criteria=limited),))
    assert publication_findings(file, today=TODAY)
    assert all(burden.derivations for burden in proportionality(file))


@given(strategy(tuple[a.Tender, ...]).filter(bool))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_timetable_is_measured(tenders: tuple[a.Tender, ...]) -> None:
    for tender in tenders:
        assert all(each.calendar_days >= each.working_days >= 0 for each in intervals(tender))
        assert all(each.place for each in timetable_findings(tender, TODAY))


def test_five_hundred_criteria_and_a_hundred_lots_are_told_apart() -> None:
    """Every question twice: the second of each pair is found, and nothing else is called alike."""
    asked = [f"Question number {i}: what about part {i * 7} and part {i * 11} of the work {i}?" for i in range(250)] * 2
    criteria = tuple(
        Criterion(f"c{i}", f"C{i}", Decimal("0.2"), "quality", scale="0-5", question=text, word_limit=100)
        for i, text in enumerate(asked)
    )
    lots = tuple(a.lot(f"lot-{i}") for i in range(100))
    methodology = a.methodology("lot-0", criteria=criteria, lots=tuple(lot.id for lot in lots))
    file = a.tender_file((), tender=a.tender(lots=lots), methodologies=(methodology,))
    alike = [each.place for each in publication_findings(file, today=TODAY) if each.code == "criteria_alike"]
    assert alike == [f"methodologies[0].criteria[{i}].question" for i in range(250, 500)]
