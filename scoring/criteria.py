"""Award criteria: a tree of weights that closes at exactly 100, and the effective weight of every leaf."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from lots.errors import Finding

Kind = Literal["quality", "social_value", "price"]
Weighting = Literal["shares", "absolute"]


@dataclass(frozen=True)
class Criterion:
    """One award criterion, or a sub-criterion of the one above it.

    ``weight`` is a share of 100 within its parent (``shares``) or a percentage of the whole (``absolute``), as the
    methodology says. ``kind`` stands on the top criteria and holds for everything below. ``minimum`` is, on a leaf, the
    least agreed points; on a criterion with parts, the least percentage of the marks available in it.
    """

    id: str
    title: str
    weight: Decimal
    kind: Kind | None = None
    scale: str = ""
    question: str = ""
    word_limit: int | None = None
    minimum: Decimal | None = None
    parts: tuple[Criterion, ...] = ()


@dataclass(frozen=True)
class Leaf:
    """A criterion that is scored or priced itself: its kind, its weight in the whole (0..100), and those above it."""

    criterion: Criterion
    kind: Kind
    weight: Fraction
    above: tuple[str, ...]


def walk(criteria: tuple[Criterion, ...], place: str = "criteria") -> Iterator[tuple[Criterion, str]]:
    """Yield every criterion with its place in the file, parents first."""
    for i, criterion in enumerate(criteria):
        here = f"{place}[{i}]"
        yield criterion, here
        yield from walk(criterion.parts, f"{here}.parts")


def leaves(criteria: tuple[Criterion, ...], weighting: Weighting) -> tuple[Leaf, ...]:
    """Return the leaves of a tree with their effective weights: the product of the shares above them, or as given."""
    found: list[Leaf] = []

    def descend(parts: tuple[Criterion, ...], kind: Kind | None, whole: Fraction, above: tuple[str, ...]) -> None:
        for criterion in parts:
            own = Fraction(criterion.weight)
            weight = own * whole / 100 if weighting == "shares" else own
            its_kind = criterion.kind or kind or "quality"
            if criterion.parts:
                descend(criterion.parts, its_kind, weight, (*above, criterion.id))
            else:
                found.append(Leaf(criterion, its_kind, weight, above))

    descend(criteria, None, Fraction(100), ())
    return tuple(found)


def weight_of(criteria: tuple[Criterion, ...], weighting: Weighting, criterion_id: str) -> Fraction:
    """Return the weight in the whole of a criterion or of a branch: the sum of the leaves below it."""
    return weights_of(criteria, weighting).get(criterion_id, Fraction(0))


def weights_of(criteria: tuple[Criterion, ...], weighting: Weighting) -> dict[str, Fraction]:
    """Return the weight in the whole of every criterion and branch by its id, in one walk through the leaves."""
    found: dict[str, Fraction] = {}
    for leaf in leaves(criteria, weighting):
        for name in {*leaf.above, leaf.criterion.id}:
            found[name] = found.get(name, Fraction(0)) + leaf.weight
    return found


def criteria_findings(
    criteria: tuple[Criterion, ...], weighting: Weighting, scales: Mapping[str, Decimal], place: str
) -> tuple[Finding, ...]:
    """Say what keeps a criteria tree from being published.

    ``scales`` maps the id of each scale to its top points. Found: weights that are not positive or do not close at
    exactly 100, ids used twice, scored leaves without a known scale, minimums out of reach, a kind below the top that
    differs from its parent's, and more than one price criterion.
    """
    found = [*_closing(criteria, weighting, place)]
    seen: dict[str, str] = {}
    for criterion, here in walk(criteria, place):
        if criterion.id in seen:
            message = f"Criterion id “{criterion.id}” is used twice (first at {seen[criterion.id]}): give each its own"
            found.append(Finding("criterion_repeated", message, f"{here}.id"))
        seen.setdefault(criterion.id, here)
        if criterion.weight <= 0:
            message = f"“{criterion.title}” weighs {criterion.weight}: it must weigh more than 0, or be left out"
            found.append(Finding("weight_not_positive", message, f"{here}.weight"))
    found += _kinds(criteria, place)
    found += _scored(criteria, scales, place)
    return tuple(found)


def _closing(criteria: tuple[Criterion, ...], weighting: Weighting, place: str) -> Iterator[Finding]:
    """Find every set of weights that should add up and does not."""

    def check(parts: tuple[Criterion, ...], aim: Decimal, title: str, here: str) -> Iterator[Finding]:
        got = sum((part.weight for part in parts), Decimal(0))
        if parts and got != aim:
            off = f"{abs(aim - got)} too {'much' if got > aim else 'little'}"
            message = f"The weights of {title} add up to {got}, not {aim}: {off}"
            yield Finding("weights_do_not_close", message, here, figures=(("sum", str(got)), ("must be", str(aim))))
        for i, part in enumerate(parts):
            below = Decimal(100) if weighting == "shares" else part.weight
            yield from check(part.parts, below, f"the parts of “{part.title}”", f"{here}[{i}].parts")

    if not criteria:
        yield Finding("criteria_missing", "There are no award criteria: at least one is needed", place)
    yield from check(criteria, Decimal(100), "the award criteria", place)


def _kinds(criteria: tuple[Criterion, ...], place: str) -> Iterator[Finding]:
    """Find kinds that contradict, and more than one price criterion."""
    priced = [(criterion, here) for criterion, here in walk(criteria, place) if criterion.kind == "price"]
    for criterion, here in priced[1:]:
        message = f"“{criterion.title}” is a second price criterion: the price formula shares out one price weight"
        yield Finding("price_criterion_repeated", message, f"{here}.kind")
    for i, top in enumerate(criteria):
        if top.kind is None:
            message = f"“{top.title}” needs a kind: quality, social_value or price"
            yield Finding("kind_missing", message, f"{place}[{i}].kind")
        for criterion, here in walk(top.parts, f"{place}[{i}].parts"):
            if criterion.kind not in (None, top.kind):
                message = f"“{criterion.title}” is {criterion.kind} inside “{top.title}” ({top.kind}): leave it out"
                yield Finding("kind_differs", message, f"{here}.kind")


def _scored(criteria: tuple[Criterion, ...], scales: Mapping[str, Decimal], place: str) -> Iterator[Finding]:
    """Find leaves that cannot be scored, and minimums that nobody could miss or reach."""
    kinds = {leaf.criterion.id: leaf.kind for leaf in leaves(criteria, "absolute")}
    for criterion, here in walk(criteria, place):
        kind = kinds.get(criterion.id)
        if kind == "price" and (criterion.scale or criterion.minimum is not None):
            message = f"“{criterion.title}” is priced by formula: it takes no scale and no minimum"
            yield Finding("price_criterion_scored", message, here)
        if criterion.parts and criterion.scale:
            message = f"“{criterion.title}” has parts, which carry the scales: leave out its own"
            yield Finding("scale_on_branch", message, f"{here}.scale")
        if kind not in (None, "price") and criterion.scale not in scales:
            named = f"names scale “{criterion.scale}”, which is not there" if criterion.scale else "names no scale"
            yield Finding(
                "scale_unknown",
                f"“{criterion.title}” {named}: name one of the tender's scales",
                f"{here}.scale",
            )
        top = Decimal(100) if criterion.parts else scales.get(criterion.scale)
        if criterion.minimum is not None and top is not None and not 0 < criterion.minimum <= top:
            message = f"The minimum {criterion.minimum} of “{criterion.title}” must be more than 0 and at most {top}"
            yield Finding("minimum_out_of_reach", message, f"{here}.minimum")
