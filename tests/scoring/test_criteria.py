"""Award criteria: weights that close, effective weights, and what keeps a tree from being published."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from scoring import criteria
from scoring.criteria import Criterion, criteria_findings, leaves, weight_of

SCALES = {"0-5": Decimal(5)}


def leaf(name: str, weight: str, **more: object) -> Criterion:
    return replace(Criterion(name, name.title(), Decimal(weight), scale="0-5"), **more)  # type: ignore[arg-type]


def tree() -> tuple[Criterion, ...]:
    quality = Criterion(
        "quality",
        "Quality",
        Decimal(75),
        "quality",
        parts=(leaf("a", "20"), leaf("b", "25"), leaf("c", "55")),
    )
    return (quality, Criterion("price", "Price", Decimal(25), "price"))


def codes(criteria: tuple[Criterion, ...]) -> list[tuple[str, str]]:
    found = criteria_findings(criteria, "shares", SCALES, "criteria")
    return [(finding.code, finding.place) for finding in found]


def test_effective_weight_is_the_product_of_the_shares_above() -> None:
    """Worked weighting table of ucprocure.com (case P09): 20 and 25 within 75 are 15 and 18.75 of the whole."""
    weights = {leaf.criterion.id: leaf.weight for leaf in leaves(tree(), "shares")}
    assert weights == {"a": 15, "b": Fraction(75, 4), "c": Fraction(165, 4), "price": 25}


def test_absolute_weights_are_taken_as_they_stand() -> None:
    parts = (leaf("a", "50"), leaf("b", "25"))
    absolute = (Criterion("quality", "Quality", Decimal(75), "quality", parts=parts), tree()[1])
    assert {found.criterion.id: found.weight for found in leaves(absolute, "absolute")} == {
        "a": 50,
        "b": 25,
        "price": 25,
    }
    assert criteria_findings(absolute, "absolute", SCALES, "criteria") == ()


def test_the_weight_of_a_branch_is_the_sum_below_it() -> None:
    assert weight_of(tree(), "shares", "quality") == 75
    assert weight_of(tree(), "shares", "a") == 15


def test_the_weights_of_all_come_from_one_walk_however_many_there_are() -> None:
    many = tuple(leaf(f"c{number}", "0.01") for number in range(10_000))
    with patch.object(criteria, "leaves", wraps=leaves) as walked:
        found = criteria.weights_of(many, "shares")
    assert walked.call_count == 1
    assert (len(found), sum(found.values())) == (10_000, 100)
    assert {name: weight_of(tree(), "shares", name) for name in ("quality", "a")} == {"quality": 75, "a": 15}


def test_a_sound_tree_has_nothing_to_say() -> None:
    assert codes(tree()) == []


def test_weights_that_close_at_99_99_are_refused_with_the_sum() -> None:
    short = (tree()[0], replace(tree()[1], weight=Decimal("24.99")))
    (found,) = criteria_findings(short, "shares", SCALES, "criteria")
    assert found.code == "weights_do_not_close"
    assert found.message == "The weights of the award criteria add up to 99.99, not 100: 0.01 too little"


def test_each_level_must_close() -> None:
    quality = replace(tree()[0], parts=(leaf("a", "20"), leaf("b", "25")))
    assert codes((quality, tree()[1])) == [("weights_do_not_close", "criteria[0].parts")]


def test_every_fault_is_named_with_its_place() -> None:
    quality = replace(
        tree()[0],
        kind=None,
        scale="0-5",
        parts=(
            leaf("a", "20", scale="0-4"),
            leaf("a", "25", minimum=Decimal(6)),
            leaf("c", "55", kind="price"),
        ),
    )
    assert sorted(codes((quality, tree()[1]))) == sorted(
        [
            ("kind_missing", "criteria[0].kind"),
            ("scale_on_branch", "criteria[0].scale"),
            ("scale_unknown", "criteria[0].parts[0].scale"),
            ("criterion_repeated", "criteria[0].parts[1].id"),
            ("minimum_out_of_reach", "criteria[0].parts[1].minimum"),
            ("kind_differs", "criteria[0].parts[2].kind"),
            ("price_criterion_scored", "criteria[0].parts[2]"),
            ("price_criterion_repeated", "criteria[1].kind"),
        ]
    )


def test_an_empty_tree_is_refused() -> None:
    assert codes(()) == [("criteria_missing", "criteria")]


@given(st.lists(st.integers(1, 50), min_size=1, max_size=6), st.lists(st.integers(1, 50), min_size=1, max_size=6))
def test_leaves_of_a_closed_tree_add_up_to_exactly_100(tops: list[int], below: list[int]) -> None:
    def closed(raw: list[int]) -> list[Decimal]:
        parts = [Decimal(100 * value // sum(raw)) for value in raw]
        return [*parts[:-1], 100 - sum(parts[:-1], Decimal(0))]

    parts = tuple(leaf(f"p{i}", str(weight)) for i, weight in enumerate(closed(below)))
    top = [Criterion(f"t{i}", "T", weight, "quality", parts=parts) for i, weight in enumerate(closed(tops))]
    assert sum(found.weight for found in leaves(tuple(top), "shares")) == 100
