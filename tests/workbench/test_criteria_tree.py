"""The tree of criteria by its places."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.criteria import Criterion, walk
from workbench.criteria_tree import (
    MOST_DEEP,
    TreeError,
    added,
    changed,
    found,
    moved,
    nodes,
    path_of,
    weighted,
    without,
)
from workbench.parts import Part
from workbench.tasks import where


def leaf(name: str, weight: int = 50, *parts: Criterion) -> Criterion:
    return Criterion(name, name.upper(), Decimal(weight), parts=parts)


TREE = (leaf("a", 60, leaf("a1"), leaf("a2", 50, leaf("a2x", 100))), leaf("b", 40))
trees = st.recursive(
    st.builds(leaf, st.sampled_from("abcdef"), st.integers(1, 99)),
    lambda below: st.lists(below, max_size=3).map(lambda parts: leaf("z", 10, *parts)),
    max_leaves=12,
)


def test_each_criterion_has_a_place_a_number_and_the_field_that_findings_name() -> None:
    shown = [(node.place, node.number, node.field, node.depth) for node in nodes(TREE)]
    assert shown == [
        ("0", "1", "criteria-0", 0),
        ("0-0", "1.1", "criteria-0-parts-0", 1),
        ("0-1", "1.2", "criteria-0-parts-1", 1),
        ("0-1-0", "1.2.1", "criteria-0-parts-1-parts-0", 2),
        ("1", "2", "criteria-1", 0),
    ]


@given(st.lists(trees, min_size=1, max_size=4).map(tuple))
def test_fields_are_named_as_the_links_of_findings_name_them(tree: tuple[Criterion, ...]) -> None:
    part = Part("methodology", "m", {"id": "m"})
    fields = [where(f"methodologies[0].{place}", (part,)).field for _, place in walk(tree)]
    assert [node.field for node in nodes(tree)] == fields


@given(st.lists(trees, min_size=1, max_size=4).map(tuple), st.data())
def test_a_criterion_is_found_at_its_place_changed_there_alone_and_gone_when_taken_out(
    tree: tuple[Criterion, ...], data: st.DataObject
) -> None:
    all_of = list(nodes(tree))
    node = data.draw(st.sampled_from(all_of))
    path = path_of(node.place)
    assert found(tree, path) == node.criterion
    other = leaf("new", 7)
    after = changed(tree, path, other)
    assert found(after, path) == other
    assert changed(after, path, node.criterion) == tree
    assert len(list(nodes(without(tree, path)))) == len(all_of) - 1 - len(list(nodes(node.criterion.parts)))


def test_moving_keeps_everybody_and_stops_at_the_ends() -> None:
    assert [each.id for each in moved(TREE, (1,), -1)] == ["b", "a"]
    assert moved(TREE, (0,), -1) == TREE
    assert moved(TREE, (1,), 1) == TREE
    assert [each.id for each in moved(TREE, (0, 0), 1)[0].parts] == ["a2", "a1"]


def test_a_criterion_that_gets_its_first_part_asks_nothing_itself_any_more() -> None:
    asked = Criterion("a", "A", Decimal(100), "quality", "s", "Why?", 100, Decimal(2))
    tree = added((asked,), (0,), leaf("a1"))
    assert tree == (Criterion("a", "A", Decimal(100), "quality", parts=(leaf("a1"),)),)


def test_weights_are_set_by_the_names_of_their_fields() -> None:
    tree = weighted(TREE, {"criteria-0-parts-1-weight": Decimal("12.5")})
    assert found(tree, (0, 1)).weight == Decimal("12.5")
    assert weighted(tree, {"criteria-0-parts-1-weight": Decimal(50)}) == TREE


def test_a_tree_does_not_grow_without_end() -> None:
    tree: tuple[Criterion, ...] = (leaf("a"),)
    for depth in range(1, MOST_DEEP):
        tree = added(tree, (0,) * depth, leaf("a"))
    with pytest.raises(TreeError, match="at most 12 deep"):
        added(tree, (0,) * MOST_DEEP, leaf("a"))


@pytest.mark.parametrize("place", ["", "-1", "a", "0-", "1.2", "٣", "0" * 9])
def test_what_is_no_place_is_refused(place: str) -> None:
    with pytest.raises(TreeError):
        path_of(place)
