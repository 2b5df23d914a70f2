"""What a tender asks for beside answers and prices, and what in it cannot be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from lots.tender import (
    Engagement,
    EngagementEvent,
    EngagementQuestion,
    PerformanceIndicator,
    RequiredDocument,
    SocialValueMeasure,
    StandardCheck,
    Tender,
)
from scoring.checks.file import check
from tests import factories as a

MEASURE = SocialValueMeasure("work", "Fair work", "People trained", "people", ("adult",), "social")
ENGAGEMENT = Engagement(date(2024, 1, 31), "Intentions", opened_on=date(2023, 12, 4))


def found(tender: Tender) -> list[tuple[str, str]]:
    """Check a file without bids that holds the tender; give (place below tender, code)."""
    return [(each.place.removeprefix("tender."), each.code) for each in check(a.tender_file((), tender=tender))]


def test_what_is_asked_for_in_order_gives_no_finding() -> None:
    tender = a.tender(
        documents=(RequiredDocument("accounts", "Accounts of two years", ("adult",), mandatory=False),),
        social_value=(MEASURE, replace(MEASURE, id="every", lots=(), baseline=Decimal(3), deadweight=Decimal("12.5"))),
        indicators=(PerformanceIndicator("waiting", "Days to first contact", "2 or fewer"),),
        standards=(StandardCheck("needs", True), StandardCheck("reach", False, "planned")),
        engagement=replace(ENGAGEMENT, events=(EngagementEvent("Provider event", date(2024, 1, 10)),), responses=47),
    )
    assert found(tender) == []


def test_documents_and_indicators_have_ids_titles_and_lots_that_are_there() -> None:
    tender = a.tender(
        documents=(RequiredDocument("x", " ", ("elderly",)), RequiredDocument("x", "Policy")),
        indicators=(PerformanceIndicator("", "Waiting", "", ("adult", "adult")),),
    )
    assert found(tender) == [
        ("documents[1].id", "id_repeated"),
        ("documents[0].title", "title_missing"),
        ("documents[0].lots[0]", "document_lot"),
        ("indicators[0].id", "id_missing"),
        ("indicators[0].target", "target_missing"),
        ("indicators[0].lots[1]", "indicator_lot_repeated"),
    ]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (replace(MEASURE, unit=""), "unit_missing"),
        (replace(MEASURE, lots=("elderly",), criterion=""), "measure_lot"),
        (replace(MEASURE, criterion="kindness"), "measure_criterion"),
        (replace(MEASURE, criterion="price"), "measure_criterion_priced"),
        (replace(MEASURE, baseline=Decimal(-1)), "measure_baseline"),
        (replace(MEASURE, minimum_a_year=Decimal("-0.5")), "measure_minimum_a_year"),
        (replace(MEASURE, deadweight=Decimal(100)), "measure_deadweight"),
    ],
)
def test_a_social_value_measure_that_cannot_be_held_to_is_found(wrong: SocialValueMeasure, code: str) -> None:
    assert [each for _, each in found(a.tender(social_value=(wrong,)))] == [code]


def test_a_standard_is_known_and_answered_once() -> None:
    checks = (StandardCheck("needs", True), StandardCheck("profit", True), StandardCheck("needs", False))
    assert found(a.tender(standards=checks)) == [
        ("standards[1].standard", "standard_unknown"),
        ("standards[2]", "standard_repeated"),
    ]


def test_an_engagement_runs_forwards_and_its_questions_ask_something() -> None:
    question = EngagementQuestion(1, "Model", "")
    wrong = replace(
        ENGAGEMENT,
        opened_on=date(2024, 2, 1),
        responses=-1,
        questions=(question, replace(question, question="Which lots?")),
        events=(EngagementEvent("", date(2023, 1, 10)),),
    )
    assert found(a.tender(engagement=wrong)) == [
        ("engagement.opened_on", "engagement_backwards"),
        ("engagement.responses", "engagement_responses"),
        ("engagement.questions[0].question", "question_missing"),
        ("engagement.questions[1].number", "question_repeated"),
        ("engagement.events[0].title", "title_missing"),
        ("engagement.events[0].held_on", "event_outside_engagement"),
    ]


@pytest.mark.parametrize("target", ["to be set", "TBC", " to be agreed "])
def test_a_target_that_is_still_open_is_worth_a_look_before_it_is_published(target: str) -> None:
    tender = a.tender(indicators=(PerformanceIndicator("waiting", "Days waited", target),))
    (warning,) = [each for each in check(a.tender_file((), tender=tender)) if each.code == "target_open"]
    assert (warning.severity, warning.place) == ("warning", "tender.indicators[0].target")


def test_a_target_in_figures_is_not_open() -> None:
    tender = a.tender(indicators=(PerformanceIndicator("waiting", "Days waited", "10 working days at most"),))
    assert found(tender) == []
