"""Before publication: criteria that can be answered, that differ, that matter; social value that is counted; people."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from lots.tender import SocialValueMeasure
from scoring.checks.likeness import nearest
from scoring.checks.publication import publication_findings
from scoring.criteria import Criterion
from scoring.formulas import PriceMethod
from scoring.scale import Level, Scale
from scoring.scoresheet import PanelMember, PanelRole
from tests import factories as a
from tests.scoring.checks import ready

PLACE = "methodologies[0].criteria"


def judged(criteria: tuple[Criterion, ...], **changes: Any) -> list[tuple[str, str, str]]:
    """Give what is not ready when the adult lot is judged by these criteria."""
    first = ready.methodology("adult", criteria=criteria, **changes)
    return ready.found(ready.file(methodologies=(first, ready.methodology("children"))))


def with_delivery(**changes: Any) -> tuple[Criterion, ...]:
    """Make the tree with the first scored criterion changed."""
    quality, *others = ready.criteria()
    delivery, workforce = quality.parts
    return (replace(quality, parts=(replace(delivery, **changes), workforce)), *others)


# --- criteria -----------------------------------------------------------------------------------------------


def test_a_scored_criterion_asks_a_question_and_should_limit_its_words() -> None:
    assert judged(with_delivery(question=" ")) == [("error", "question_missing", f"{PLACE}[0].parts[0].question")]
    assert judged(with_delivery(word_limit=None)) == [
        ("warning", "word_limit_missing", f"{PLACE}[0].parts[0].word_limit")
    ]


def test_a_criterion_under_one_per_cent_of_the_whole_is_hardly_worth_its_answer() -> None:
    """60 % of quality, of which 1.6 % is 0.96 % of the whole and 1.7 % is 1.02 %."""
    quality, *others = ready.criteria()
    delivery, workforce = quality.parts

    def weighing(weight: str) -> tuple[Criterion, ...]:
        parts = (replace(delivery, weight=100 - Decimal(weight)), replace(workforce, weight=Decimal(weight)))
        return (replace(quality, parts=parts), *others)

    assert judged(weighing("1.7")) == []
    assert judged(weighing("1.6")) == [("warning", "weight_indifferent", f"{PLACE}[0].parts[1].weight")]


@pytest.mark.parametrize(
    ("minimum", "code"),
    [("0", "minimum_never_fails"), ("2.5", "minimum_between_levels"), ("5", "minimum_at_top"), ("3", "")],
)
def test_a_minimum_keeps_somebody_out_and_lies_on_a_level_below_the_top(minimum: str, code: str) -> None:
    codes = [each for _, each, _ in judged(with_delivery(minimum=Decimal(minimum)))]
    assert codes == ([code] if code else [])


def test_two_questions_that_ask_the_same_are_told_apart_or_put_together() -> None:
    asked = "  WHO will do the work, and how are staff trained, supervised & kept?"
    assert judged(with_delivery(question=asked)) == [("warning", "criteria_alike", f"{PLACE}[0].parts[1].question")]


def test_likeness_is_by_the_words_in_their_order() -> None:
    """Of 9 word pairs in each text, one changed word leaves 7 or 8 shared: 78 % is not alike, 89 % is."""
    one = "describe how you will support people in the area"
    last = one.replace("area", "county")
    middle = one.replace("support", "reach")
    backwards = " ".join(reversed(one.split()))
    assert nearest((one, one.upper() + "!", last, middle, backwards, "")) == (None, 0, 0, None, None, None)


def test_social_value_under_ten_per_cent_is_a_warning_of_policy_and_never_more() -> None:
    """PPN 002: 10 % of the whole, or of the quality score under price per quality point."""
    quality, social, price = ready.criteria()
    less = (replace(quality, weight=Decimal("60.01")), replace(social, weight=Decimal("9.99")), price)
    assert judged((quality, social, price)) == []
    assert judged(less) == [("warning", "social_value_under_policy", PLACE)]
    points = PriceMethod("price_per_quality_point")
    tree = (replace(quality, weight=Decimal(90)), social)
    assert judged(tree, price=points, minimum_quality=Decimal(50)) == []


def test_a_scale_has_a_use_and_its_anchors_are_tests_of_evidence() -> None:
    levels = (Level(Decimal(0), "No", "Nothing of use at all"), Level(Decimal(1), "Yes", "Very good"))
    file = ready.file(scales=(a.scale(), Scale("spare", "Spare", levels)))
    assert ready.found(file) == [
        ("warning", "scale_unused", "scales[1]"),
        ("warning", "anchor_thin", "scales[1].levels[1].anchor"),
    ]


# --- social value -------------------------------------------------------------------------------------------


def test_social_value_that_is_scored_is_counted_and_outlives_the_award() -> None:
    bare = ready.file(tender=ready.tender(social_value=()))
    assert ready.found(bare) == [("warning", "social_value_uncounted", "tender.social_value")]
    loose = SocialValueMeasure("training", "Fair work", "People trained", "people")
    assert [code for _, code, _ in ready.found(ready.file(tender=ready.tender(social_value=(loose,))))] == [
        "measure_without_criterion",
        "measure_without_commitment",
        "measure_without_evidence",
        "measure_without_contract_measure",
    ]


# --- people -------------------------------------------------------------------------------------------------


def without(*names: str) -> tuple[PanelMember, ...]:
    """Make the panel without some."""
    return tuple(member for member in ready.panel() if member.id not in names)


def also(name: str, *roles: PanelRole) -> tuple[PanelMember, ...]:
    """Make the panel with more roles for one."""
    return tuple(
        replace(member, roles=(*member.roles, *roles)) if member.id == name else member for member in ready.panel()
    )


@pytest.mark.parametrize(
    ("missing", "expected"),
    [
        ("mei", ("error", "evaluators_too_few")),
        ("ruth", ("error", "moderator_missing")),
        ("fin", ("warning", "finance_missing")),
        ("opener-1", ("warning", "second_opener_missing")),
        ("chief", ("error", "approver_missing")),
    ],
)
def test_every_lot_has_its_people(missing: str, expected: tuple[str, str]) -> None:
    """Three evaluators are the quorum; one missing leaves two, in both lots."""
    found = ready.found(ready.file(panel=without(missing)))
    assert found == [(*expected, "panel"), (*expected, "panel")]


def test_without_openers_nobody_can_open() -> None:
    found = ready.found(ready.file(panel=without("opener-1", "opener-2")))
    assert {code for _, code, _ in found} == {"opener_missing"}
    assert {severity for severity, _, _ in found} == {"error"}


def test_an_evaluator_of_some_questions_or_lots_counts_only_there() -> None:
    limited = tuple(
        replace(member, lots=("adult",), criteria=("delivery",)) if member.id == "mei" else member
        for member in ready.panel()
    )
    findings = publication_findings(ready.file(panel=limited), today=ready.TODAY)
    sentences = [each.message for each in findings if each.code == "evaluators_too_few"]
    assert sentences == [
        "In Adult support 2 evaluators may score “Who delivers it” and “Social value”, and the quorum is 3: add "
        "evaluators",
        "In Children support 2 evaluators may score “How the service is delivered”, “Who delivers it” and “Social "
        "value”, and the quorum is 3: add evaluators",
    ]


@pytest.mark.parametrize(
    ("name", "role", "codes"),
    [
        ("chief", "officer", ["approver_missing", "approver_missing", "approver_not_apart"]),
        ("mei", "finance", ["evaluator_reads_prices"]),
        ("ruth", "evaluator", ["moderator_scores"]),
        ("opener-1", "officer", []),
    ],
)
def test_duties_lie_in_different_hands(name: str, role: PanelRole, codes: list[str]) -> None:
    assert [code for _, code, _ in ready.found(ready.file(panel=also(name, role)))] == codes


def test_assigned_people_may_stand_in_for_the_panel_of_the_file() -> None:
    file = ready.file(panel=())
    assert {code for _, code, _ in ready.found(file)} >= {"evaluators_too_few", "opener_missing", "approver_missing"}
    assert ready.found(file, people=ready.panel()) == []
