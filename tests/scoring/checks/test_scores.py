"""Score sheets that cannot stand: off the scale, by the wrong person, twice, or by somebody in conflict."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from lots.errors import Finding
from lots.organisation import Identifier
from scoring.checks.file import check
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


def declared(member: str, organisation: str, interest: Interest, **changes: Any) -> tuple[Declaration, ...]:
    """Make every evaluator's declarations about every lead, one of them changed or added."""
    made = Declaration(member, organisation, interest, date(2024, 9, 30), action="Excluded from those bids.")
    others = tuple(it for it in a.declarations() if (it.member, it.organisation) != (member, organisation))
    return (replace(made, **changes), *others)


@pytest.mark.parametrize(("organisation", "role"), [("harbour", "lead"), ("rowan", "partner")])
def test_an_evaluator_in_conflict_with_any_party_does_not_score_its_bid(organisation: str, role: str) -> None:
    found = check(a.tender_file(["adult-harbour"], declarations=declared("eva", organisation, "conflicted")))
    assert [(it.place, it.code) for it in found] == [("score_sheets[0]", "conflicted_evaluator")]
    assert f"“eva” declared a conflict with “{organisation}”, a {role} of this bid" in found[0].message
    assert "declarations[0]" in found[0].message


@pytest.mark.parametrize("interest", ["none", "possible"])
def test_an_interest_that_was_managed_keeps_nobody_from_scoring(interest: Interest) -> None:
    assert check(a.tender_file(["adult-harbour"], declarations=declared("eva", "harbour", interest))) == ()


def test_a_conflict_with_somebody_else_keeps_nobody_from_scoring() -> None:
    assert check(a.tender_file(["adult-harbour"], declarations=declared("eva", "quayside", "conflicted"))) == ()
    assert check(a.tender_file(["adult-harbour"], declarations=declared("ruth", "harbour", "conflicted"))) == ()


GROUPED = [
    ({"group": "Tideway Group"}, {"group": " TIDEWAY group "}, True),
    ({"identifiers": (Identifier("GB-COH", "0123"),)}, {"identifiers": (Identifier("gb-coh", "0123 "),)}, True),
    ({"group": "Tideway Group"}, {"group": "Tideway"}, False),
    ({"group": ""}, {"group": ""}, False),
]


@pytest.mark.parametrize(("one", "other", "together"), GROUPED)
def test_a_conflict_with_a_sister_in_the_group_of_a_party_counts(
    one: dict[str, Any], other: dict[str, Any], together: bool
) -> None:
    organisations = (
        a.organisation("harbour"),
        a.organisation("quayside", **one),
        a.organisation("beacon"),
        a.organisation("rowan", **other),
    )
    declarations = declared("eva", "quayside", "conflicted")
    found = check(a.tender_file(["adult-harbour"], organisations=organisations, declarations=declarations))
    assert [str(it) for it in found if it.code != "identifier_repeated"] == [
        "score_sheets[0]: “eva” declared a conflict with “quayside”, which counts as one with “rowan”, a partner of "
        "this bid, and scored it (declarations[0]): this sheet may not count"
    ] * together


def test_a_sister_counts_whichever_of_the_two_the_file_names_first() -> None:
    harbour, quayside, beacon, rowan = a.tender_file().organisations
    organisations = (replace(harbour, group="Tideway"), quayside, replace(beacon, group="Tideway"), rowan)
    declarations = declared("eva", "beacon", "conflicted")
    found = check(a.tender_file(["adult-harbour"], organisations=organisations, declarations=declarations))
    assert [(it.place, it.code) for it in found] == [("score_sheets[0]", "conflicted_evaluator")]


def test_whoever_is_in_conflict_may_hand_in_a_sheet_that_only_abstains() -> None:
    abstained = tuple(replace(score, points=None, abstained="I chair its board.") for score in SHEET.scores)
    declarations = declared("eva", "harbour", "conflicted")
    file = file_with(replace(SHEET, scores=abstained), declarations=declarations)
    assert [it for it in about_sheets(check(file)) if "score_sheets[0]" in it] == []
    file = file_with(replace(SHEET, scores=(*abstained[:2], SOCIAL)), declarations=declarations)
    assert [it.code for it in check(file) if it.place == "score_sheets[0]"] == ["conflicted_evaluator"]


def test_nobody_scores_before_the_deadline() -> None:
    early = file_with(replace(SHEET, submitted_at=a.DEADLINE - timedelta(seconds=1)))
    assert about_sheets(check(early)) == [
        "score_sheets[0].submitted_at: The sheet was submitted at 11:59 BST on Friday 27 September 2024, and no bid is "
        "opened before the deadline, 12:00 BST on Friday 27 September 2024: correct the time"
    ]
    assert check(file_with(replace(SHEET, submitted_at=a.DEADLINE))) == ()
