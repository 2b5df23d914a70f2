"""Agreed scores that would not survive a challenge: no reason, no evidence, words of the scale, silent changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from lots.errors import Finding, errors_in
from scoring.checks.file import check
from scoring.moderation import ScoreChange
from scoring.scoresheet import Evidence
from tests import factories as a

SOCIAL = a.agreed("adult-harbour", "social")  # three points; all three evaluators gave three
DELIVERY = a.agreed("adult-harbour", "delivery")  # five points; mei gave four
MEI = DELIVERY.changes[0]


def found_in(agreed: Any, **changes: Any) -> list[Finding]:
    """Check the file with one agreed score changed; give what is found about agreed scores."""
    key = (agreed.bid, agreed.criterion)
    others = a.tender_file(["adult-harbour"]).agreed_scores
    scores = tuple(replace(it, **changes) if (it.bid, it.criterion) == key else it for it in others)
    return list(check(a.tender_file(["adult-harbour"], agreed_scores=scores)))


def told(agreed: Any, **changes: Any) -> list[str]:
    return [str(finding) for finding in found_in(agreed, **changes)]


def codes(agreed: Any, **changes: Any) -> list[tuple[str, str]]:
    return [(finding.place, finding.code) for finding in found_in(agreed, **changes)]


def test_points_off_the_scale_are_told_its_levels() -> None:
    assert told(SOCIAL, points=Decimal("3.5"))[-1] == (
        "agreed_scores[2].points: 3.5 is not on the scale “Nought to five”: give 0, 1, 2, 3, 4 or 5"
    )


def test_an_agreed_score_has_a_reason_and_evidence() -> None:
    assert codes(SOCIAL, reason=" \n", evidence=()) == [
        ("agreed_scores[2].reason", "agreed_reason_missing"),
        ("agreed_scores[2].evidence", "agreed_evidence_missing"),
    ]
    assert told(SOCIAL, evidence=(Evidence(" ", ""),)) == [
        "agreed_scores[2].evidence: “social” of bid “adult-harbour” cites no evidence: name the document and the place"
    ]


def test_below_the_top_it_says_why_not_higher() -> None:
    assert told(SOCIAL, why_not_higher="") == [
        "agreed_scores[2].why_not_higher: 3 is not the top of the scale: say what kept the bid from the next level"
    ]
    assert DELIVERY.why_not_higher == ""
    assert codes(DELIVERY) == []


@pytest.mark.parametrize(
    "reason",
    [
        "Most parts of the question are met with evidence; there are minor reservations.",
        "MOST parts of the question are met,\nwith evidence - there are minor reservations",
        "Satisfactory: most parts of the question are met with evidence; there are minor reservations.",
        "3",
        "Good.",
        "Every part of the question is met.",
    ],
)
def test_a_reason_in_the_words_of_the_scale_is_no_reason(reason: str) -> None:
    """A summary that merely restates the scale fails; the tenderer is owed what its bid said (rule A-S4)."""
    assert codes(SOCIAL, reason=reason) == [("agreed_scores[2].reason", "agreed_reason_restates_scale")]


def test_a_reason_may_begin_with_the_scale_if_it_goes_on() -> None:
    reason = "Most parts of the question are met with evidence: page 9 names twelve placements."
    assert codes(SOCIAL, reason=reason) == []


def test_a_restated_scale_is_told_its_level() -> None:
    assert told(SOCIAL, reason="Satisfactory") == [
        "agreed_scores[2].reason: The reason only restates the scale’s level 3, “Satisfactory”: say what in "
        "this bid meets it"
    ]


def test_each_bid_has_a_reason_of_its_own() -> None:
    two = ["adult-harbour", "adult-beacon"]
    scores = a.tender_file(two).agreed_scores
    same = replace(scores[5], reason=scores[2].reason.upper())
    found = check(a.tender_file(two, agreed_scores=(*scores[:5], same)))
    assert [str(finding) for finding in found] == [
        "agreed_scores[5].reason: This is word for word the reason of bid “adult-harbour” (agreed_scores[2]): "
        "say what this bid offers and where"
    ]


def test_one_tenderers_answer_may_serve_in_two_lots() -> None:
    two = ["adult-harbour", "children-harbour"]
    scores = a.tender_file(two).agreed_scores
    same = replace(scores[5], reason=scores[2].reason)
    assert check(a.tender_file(two, agreed_scores=(*scores[:5], same))) == ()


def test_whoever_moved_has_a_coded_cause() -> None:
    assert told(DELIVERY, changes=()) == [
        "agreed_scores[0].changes: “mei” scored 4 and 5 was agreed for “delivery” of bid “adult-harbour”: "
        "give the cause of the change"
    ]


def test_every_evaluator_who_moved_needs_one() -> None:
    found = found_in(SOCIAL, points=Decimal(4))
    assert [(it.place, it.code) for it in found] == [("agreed_scores[2].changes", "change_missing")] * 3
    assert [dict(it.figures) for it in found] == [{"scored": "3", "agreed": "4"}] * 3


def test_whoever_did_not_move_has_none() -> None:
    eva = ScoreChange("eva", "other", "She agreed.")
    assert told(DELIVERY, changes=(MEI, eva)) == [
        "agreed_scores[0].changes[1]: “eva” scored 5, which was agreed: there is no change to explain"
    ]


def test_a_change_is_of_somebody_who_scored_once_and_explained() -> None:
    changes = (MEI, replace(MEI, explanation=""), ScoreChange("ruth", "arithmetic", "A slip."))
    assert codes(DELIVERY, changes=changes) == [
        ("agreed_scores[0].changes[1]", "change_repeated"),
        ("agreed_scores[0].changes[1].explanation", "change_explanation_missing"),
        ("agreed_scores[0].changes[2].evaluator", "change_evaluator_unknown"),
    ]


def test_a_score_is_agreed_once() -> None:
    scores = a.tender_file(["adult-harbour"]).agreed_scores
    found = check(a.tender_file(["adult-harbour"], agreed_scores=(*scores, scores[2])))
    assert [str(finding) for finding in found] == [
        "agreed_scores[3]: Bid “adult-harbour” has two agreed scores for “social” (first at agreed_scores[2]): keep one"
    ]


def test_what_is_agreed_is_about_a_known_bid_and_a_scored_criterion() -> None:
    scores = a.tender_file(["adult-harbour"]).agreed_scores
    strays = (
        replace(SOCIAL, bid="x", reason="Of its own, one."),
        replace(SOCIAL, criterion="price", reason="Of its own, two."),
        replace(SOCIAL, criterion="quality", reason="Of its own, three."),
        replace(SOCIAL, criterion="sociable", reason="Of its own, four."),
    )
    found = check(a.tender_file(["adult-harbour"], agreed_scores=(*scores, *strays)))
    assert [(it.place, it.code) for it in found] == [
        ("agreed_scores[3].bid", "agreed_bid_unknown"),
        ("agreed_scores[4].criterion", "agreed_for_price"),
        ("agreed_scores[5].criterion", "agreed_for_branch"),
        ("agreed_scores[6].criterion", "agreed_criterion_unknown"),
    ]


@pytest.mark.parametrize(
    ("submitted", "early"),
    [
        (datetime(2024, 10, 14, 22, 59, tzinfo=UTC), False),  # 23:59 in London on the day it was agreed
        (datetime(2024, 10, 14, 23, 0, tzinfo=UTC), True),  # midnight in London, the day after
    ],
)
def test_a_score_is_agreed_once_everybody_has_scored(submitted: datetime, early: bool) -> None:
    first, *others = a.tender_file(["adult-harbour"]).score_sheets
    file = a.tender_file(["adult-harbour"], score_sheets=(replace(first, submitted_at=submitted), *others))
    found = check(file)
    assert [(it.place, it.code) for it in found] == [
        (f"agreed_scores[{i}].agreed_on", "agreed_before_scored") for i in range(3) if early
    ]
    assert not early or found[2].message == (
        "“social” of bid “adult-harbour” was agreed on Monday 14 October 2024, and the last score for it was submitted "
        "at 00:00 BST on Tuesday 15 October 2024: evaluators score alone first, so correct one of the dates"
    )


def test_an_abstention_or_another_criterion_holds_no_agreement_up() -> None:
    first, *others = a.tender_file(["adult-harbour"]).score_sheets
    scores = (replace(first.scores[0], points=None, abstained="New here."), *first.scores[1:2])
    late = replace(first, submitted_at=datetime(2024, 11, 1, tzinfo=UTC), scores=scores)
    found = check(a.tender_file(["adult-harbour"], score_sheets=(late, *others)))
    assert [it.place for it in found if it.code == "agreed_before_scored"] == ["agreed_scores[1].agreed_on"]


# ------------------------------------------------------------------------------------------------- half way through


def test_a_file_half_way_through_is_warned_about_and_not_wrong() -> None:
    file = a.tender_file(agreed_scores=a.tender_file().agreed_scores[1:])
    (found,) = check(file)
    assert (found.code, found.severity, found.place) == ("not_yet_scored", "warning", "bids[0]")
    assert found.message == "Bid “adult-harbour” is not scored in full yet: 1 of 3 criteria wait (delivery)"
    assert errors_in(check(a.tender_file(score_sheets=(), agreed_scores=()))) == ()
    assert len(check(a.tender_file(score_sheets=(), agreed_scores=()))) == 5


def test_below_the_quorum_a_bid_waits() -> None:
    sheets = tuple(sheet for sheet in a.tender_file().score_sheets if sheet.evaluator != "eva")
    assert {finding.code for finding in check(a.tender_file(score_sheets=sheets))} == {"not_yet_scored"}


def test_a_late_or_withdrawn_bid_waits_for_nothing() -> None:
    late = a.bid("adult-harbour", received_at=a.DEADLINE)
    gone = a.bid("adult-beacon", withdrawn_at=a.DEADLINE - timedelta(minutes=1))
    assert check(a.tender_file(bids=(late, gone), score_sheets=(), agreed_scores=())) == ()


def test_where_the_mean_was_published_no_score_need_be_agreed() -> None:
    methodologies = tuple(a.methodology(lot, score_rule="mean") for lot in ("adult", "children"))
    assert check(a.tender_file(methodologies=methodologies, agreed_scores=())) == ()
    found = check(a.tender_file(["adult-harbour"], methodologies=methodologies))
    assert {(finding.code, finding.severity) for finding in found} == {("agreed_under_mean", "warning")}
