"""The tree of criteria as its pages need it: each criterion by its place, and the same tree with one of them changed.

A criterion is named by its place in the tree, such as ``0-2`` for the third part of the first: ids may repeat in a
draft that was brought in, places cannot.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from lots.errors import ProcurementError
from scoring.criteria import Criterion

TOP = "top"
MOST_DEEP = 12
_PLACE = re.compile(r"[0-9]{1,4}(?:-[0-9]{1,4}){0,11}", re.ASCII)
Tree = tuple[Criterion, ...]


class TreeError(ProcurementError):
    """A place at which there is no criterion, or a tree that would become too deep."""


@dataclass(frozen=True)
class Node:
    """A criterion with its place, the id of its fields, its number for readers (``1.3``) and how deep it lies."""

    criterion: Criterion
    place: str
    field: str
    group: str
    number: str
    depth: int


def nodes(tree: Tree, above: tuple[int, ...] = ()) -> Iterator[Node]:
    """Yield every criterion, parents first."""
    group = group_of(above)
    for i, criterion in enumerate(tree):
        path = (*above, i)
        number = ".".join(str(n + 1) for n in path)
        yield Node(criterion, "-".join(map(str, path)), f"{group}-{i}", group, number, len(above))
        yield from nodes(criterion.parts, path)


def group_of(above: tuple[int, ...]) -> str:
    """Name the list that the parts of a criterion stand in, as findings do: ``criteria-0-parts``."""
    return "criteria" + "".join(f"-{n}-parts" for n in above)


def path_of(place: str) -> tuple[int, ...]:
    """Read a place; ``top`` is that of the whole tree. TreeError for anything else."""
    if place == TOP:
        return ()
    if not _PLACE.fullmatch(place):
        raise TreeError("There is no such criterion")
    return tuple(int(number) for number in place.split("-"))


def found(tree: Tree, path: tuple[int, ...]) -> Criterion:
    """Return the criterion at a path; TreeError where there is none."""
    at, parts = None, tree
    for number in path:
        if number >= len(parts):
            raise TreeError("There is no such criterion")
        at = parts[number]
        parts = at.parts
    if at is None:
        raise TreeError("There is no such criterion")
    return at


def parts_at(tree: Tree, path: tuple[int, ...]) -> Tree:
    """Return the parts of the criterion at a path, or the top criteria."""
    return found(tree, path).parts if path else tree


def with_parts(tree: Tree, path: tuple[int, ...], parts: Tree) -> Tree:
    """Return the tree with other parts at a path."""
    if not path:
        return parts
    head, rest = path[0], path[1:]
    changed = replace(tree[head], parts=with_parts(tree[head].parts, rest, parts))
    return (*tree[:head], changed, *tree[head + 1 :])


def changed(tree: Tree, path: tuple[int, ...], criterion: Criterion) -> Tree:
    """Return the tree with another criterion at a path."""
    beside = list(parts_at(tree, path[:-1]))
    beside[path[-1]] = criterion
    return with_parts(tree, path[:-1], tuple(beside))


def added(tree: Tree, under: tuple[int, ...], criterion: Criterion) -> Tree:
    """Return the tree with one more criterion, the last under a path.

    A criterion that gets its first part asks and scores nothing itself any more: its parts do.
    """
    if len(under) >= MOST_DEEP:
        raise TreeError(f"Criteria lie at most {MOST_DEEP} deep: put this one higher up")
    if under and not found(tree, under).parts:
        whole = replace(found(tree, under), scale="", question="", word_limit=None, minimum=None)
        tree = changed(tree, under, whole)
    return with_parts(tree, under, (*parts_at(tree, under), criterion))


def without(tree: Tree, path: tuple[int, ...]) -> Tree:
    """Return the tree without the criterion at a path."""
    found(tree, path)
    beside = list(parts_at(tree, path[:-1]))
    del beside[path[-1]]
    return with_parts(tree, path[:-1], tuple(beside))


def moved(tree: Tree, path: tuple[int, ...], steps: int) -> Tree:
    """Return the tree with a criterion moved among those beside it; at either end it stays."""
    found(tree, path)
    beside = list(parts_at(tree, path[:-1]))
    criterion = beside.pop(path[-1])
    beside.insert(max(0, min(len(beside), path[-1] + steps)), criterion)
    return with_parts(tree, path[:-1], tuple(beside))


def weighted(tree: Tree, weights: Mapping[str, Decimal], above: tuple[int, ...] = ()) -> Tree:
    """Return the tree with the weights that are given by the name of their fields, ``criteria-0-weight``."""
    group = group_of(above)
    return tuple(
        replace(
            criterion,
            weight=weights.get(f"{group}-{i}-weight", criterion.weight),
            parts=weighted(criterion.parts, weights, (*above, i)),
        )
        for i, criterion in enumerate(tree)
    )
