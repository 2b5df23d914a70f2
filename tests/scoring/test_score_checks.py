"""Score sheets that cannot stand: off the scale, by the wrong person, twice, or by somebody in conflict."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from lots.errors import Finding
from scoring.file_checks import check
from scoring.scoresheet import Declaration, Interest, PanelMember, Score, ScoreSheet
from scoring.tender_file import TenderFile
from tests import factories as a

SHEET = a.sheet("eva", "adult-harbour")
DELIVERY, WORKFORCE, SOCIAL = SHEET.scores


def file_with(sheet: ScoreSheet, **changes: Any) -> TenderFile:
    """Make the file with eva's sheet for adult-harbour, its first, replaced."""
    return a.tender_file(score_sheets=(sheet, *a.tender_file().score_sheets[1:]), **changes)


def about_sheets(found: tuple[Finding, ...]) -> list[str]:
    """Leave out what follows for the agreed scores."""
    return [str(finding) for finding in found if finding.place.startswith("score_sheets")]


def told(*scores: Score) -> list[str]:
    """Check the file with the scores of that sheet replaced."""
    return about_sheets(check(file_with(replace(SHEET, scores=scores))))


def test_points_off_the_scale_are_told_its_levels() -> None:
    (found,) = told(replace(DELIVERY, points=Decimal("4.5")), WORKFORCE, SOCIAL)
    assert found == (
        "score_sheets[0].scores[0].points: 4.5 is not on the scale “Nought to five”: give 0, 1, 2, 3, 4 or 5"
    )
    assert told(replace(DELIVERY, points=Decimal(-1)), WORKFORCE, SOCIAL)[0].startswith(
        "score_sheets[0].scores[0].points: -1 is not on the scale"
    )
    assert told(replace(DELIVERY, points=Decimal("5.00")), WORKFORCE, SOCIAL) == []


def test_what_is_scored_is_a_criterion_that_can_be_scored() -> None:
    assert told(
        DELIVERY, WORKFORCE, SOCIAL, *(Score(name, Decimal(3)) for name in ("delivrey", "price", "quality"))
    ) == [
        "score_sheets[0].scores[3].criterion: There is no criterion “delivrey”: name one of delivery, "
        "workforce, social",
        "score_sheets[0].scores[4].criterion: “Price” is priced by formula: nobody scores it",
        "score_sheets[0].scores[5].criterion: “Quality” is scored in its parts: delivery, workforce",
    ]


def test_a_criterion_has_one_score_on_a_sheet() -> None:
    assert told(DELIVERY, WORKFORCE, SOCIAL, DELIVERY) == [
        "score_sheets[0].scores[3].criterion: “delivery” is scored twice on this sheet: keep one score"
    ]


def test_a_score_has_points_or_a_reason_for_abstaining_and_not_both() -> None:
    assert told(DELIVERY, WORKFORCE, Score("social")) == [
        "score_sheets[0].scores[2]: “social” has no points: give them, or say in “abstained” why there are none"
    ]
    assert told(DELIVERY, WORKFORCE, Score("social", abstained="I wrote the tenderer’s reference.")) == []
    assert told(DELIVERY, WORKFORCE, replace(SOCIAL, abstained="Not sure.")) == [
        "score_sheets[0].scores[2]: “social” has points and an abstention: keep one of them"
    ]


def test_a_sheet_is_handed_in_once() -> None:
    file = a.tender_file(score_sheets=(*a.tender_file().score_sheets, a.sheet("eva", "adult-harbour")))
    assert about_sheets(check(file)) == [
        "score_sheets[15]: “eva” has two sheets for bid “adult-harbour” (first at score_sheets[0]): "
        "a sheet that was submitted never changes, so keep that one"
    ]


def test_a_sheet_is_about_a_bid_of_the_file() -> None:
    assert about_sheets(check(file_with(replace(SHEET, bid="adult-harbor")))) == [
        "score_sheets[0].bid: There is no bid “adult-harbor”: name one of adult-harbour, adult-quayside, adult-beacon, "
        "children-harbour, children-beacon"
    ]


def test_an_evaluator_is_on_the_panel_with_that_role() -> None:
    assert about_sheets(check(file_with(replace(SHEET, evaluator="zoe")))) == [
        "score_sheets[0].evaluator: “zoe” is not on the panel: only its members score"
    ]
    assert about_sheets(check(file_with(replace(SHEET, evaluator="ruth")))) == [
        "score_sheets[0].evaluator: “ruth” scored and is no evaluator: give that role, or take the sheet out"
    ]


def test_an_evaluator_scores_the_lots_and_criteria_assigned() -> None:
    member = PanelMember("eva", "Eva", "Officer", ("evaluator",), ("children",), ("delivery", "workforce"))
    found = about_sheets(check(a.tender_file(["adult-harbour"], panel=(member, *a.panel()[1:]))))
    assert found == [
        "score_sheets[0].evaluator: “eva” is not assigned to lot “adult” (only to children)",
        "score_sheets[0].scores[2].criterion: “eva” is not assigned to “social” (only to delivery, workforce)",
    ]


@pytest.mark.parametrize(("organisation", "role"), [("harbour", "lead"), ("rowan", "partner")])
def test_an_evaluator_in_conflict_with_any_party_does_not_score_its_bid(organisation: str, role: str) -> None:
    declared = Declaration("eva", organisation, "conflicted", date(2024, 9, 30), action="Excluded from those bids.")
    found = check(a.tender_file(["adult-harbour"], declarations=(declared,)))
    assert [(it.place, it.code) for it in found] == [("score_sheets[0]", "conflicted_evaluator")]
    assert f"“eva” declared a conflict with “{organisation}”, a {role} of this bid" in found[0].message
    assert "declarations[0]" in found[0].message


@pytest.mark.parametrize("interest", ["none", "possible"])
def test_an_interest_that_was_managed_keeps_nobody_from_scoring(interest: Interest) -> None:
    declared = Declaration("eva", "harbour", interest, date(2024, 9, 30))
    assert check(a.tender_file(["adult-harbour"], declarations=(declared,))) == ()


def test_a_conflict_with_somebody_else_keeps_nobody_from_scoring() -> None:
    declared = Declaration("eva", "quayside", "conflicted", date(2024, 9, 30), action="Excluded from those bids.")
    assert check(a.tender_file(["adult-harbour"], declarations=(declared,))) == ()
