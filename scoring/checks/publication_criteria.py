"""Before publication: criteria that can be answered and scored, that differ from each other, and that matter."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from lots.collaboration import percentage
from lots.errors import Finding
from lots.regime import Regime
from scoring.checks.index import Index
from scoring.checks.likeness import nearest
from scoring.criteria import Criterion, Kind, walk
from scoring.figures import plain
from scoring.methodology import Methodology
from scoring.scale import Scale

_LEAST_WEIGHT = Fraction(1)  # per cent of the whole; a criterion below it decides next to nothing
_POLICY_SOCIAL_VALUE = Fraction(10)  # per cent; PPN 002 (central government), which a commissioner may adopt


def criteria_findings(index: Index) -> Iterator[Finding]:
    """Say what keeps each methodology's criteria from being answered, scored fairly or worth their place."""
    file = index.file
    if file.tender.regime == Regime.GRANT:
        return
    for i, methodology in enumerate(file.methodologies):
        here = f"methodologies[{i}].criteria"
        yield from _leaves(methodology, index, here)
        yield from _minimums(methodology, index, here)
        yield from _likenesses(methodology, here)
        yield from _social_value(methodology, here)
    yield from _scales(index)


def _leaves(methodology: Methodology, index: Index, place: str) -> Iterator[Finding]:
    """Look at each scored criterion: its question, its word limit and its weight in the whole."""
    leaves = {leaf.criterion.id: leaf for leaf in methodology.leaves}
    for criterion, here in walk(methodology.criteria, place):
        leaf = leaves.get(criterion.id)
        if criterion.parts or leaf is None:
            continue
        if leaf.weight < _LEAST_WEIGHT and leaf.weight > 0:
            message = (
                f"“{criterion.title}” weighs {percentage(leaf.weight)} of the whole: it can hardly change who wins, "
                "and costs every tenderer an answer"
            )
            figures = (("weight", plain(leaf.weight)),)
            yield Finding("weight_indifferent", message, f"{here}.weight", "warning", figures)
        if leaf.kind != "price":
            yield from _question(criterion, here)


def _question(criterion: Criterion, here: str) -> Iterator[Finding]:
    if not criterion.question.strip():
        message = f"“{criterion.title}” asks nothing: write the question that tenderers answer and evaluators score"
        yield Finding("question_missing", message, f"{here}.question")
    if criterion.word_limit is None:
        message = f"“{criterion.title}” has no word limit: without one the longest answer looks the best"
        yield Finding("word_limit_missing", message, f"{here}.word_limit", "warning")


def _minimums(methodology: Methodology, index: Index, place: str) -> Iterator[Finding]:
    """Find minimums that keep nobody out, that only full marks reach, or that lie between two levels."""
    for criterion, here in walk(methodology.criteria, place):
        scale = index.scales.get(criterion.scale)
        if criterion.parts or criterion.minimum is None or scale is None or not scale.levels:
            continue
        yield from _minimum(criterion, scale, f"{here}.minimum")


def _minimum(criterion: Criterion, scale: Scale, here: str) -> Iterator[Finding]:
    least, points = criterion.minimum, [level.points for level in scale.levels]
    if least is None:
        return
    if least <= min(points):
        message = f"The minimum {least} of “{criterion.title}” is met by the lowest level: it keeps nobody out"
        yield Finding("minimum_never_fails", message, here, "warning")
    elif least == max(points):
        message = f"Only the top level meets the minimum {least} of “{criterion.title}”: one point less keeps a bid out"
        yield Finding("minimum_at_top", message, here, "warning")
    elif least < max(points) and least not in points:
        real = min(point for point in points if point > least)
        message = f"No level of “{scale.title}” gives {least} points: in truth the minimum is {real}; write that"
        yield Finding("minimum_between_levels", message, here, "warning")


def _likenesses(methodology: Methodology, place: str) -> Iterator[Finding]:
    """Find criteria that ask the same, or nearly: one answer would be paid twice."""
    kinds: dict[str, Kind] = {leaf.criterion.id: leaf.kind for leaf in methodology.leaves}
    asked = [
        (criterion, here)
        for criterion, here in walk(methodology.criteria, place)
        if not criterion.parts and kinds.get(criterion.id) != "price"
    ]
    texts = [criterion.question if criterion.question.strip() else criterion.title for criterion, _ in asked]
    for (criterion, here), earlier in zip(asked, nearest(texts), strict=True):
        if earlier is not None:
            other, there = asked[earlier]
            message = (
                f"“{criterion.title}” asks nearly the same as “{other.title}” ({there}): one answer would earn its "
                "marks twice; put them together, or tell them apart"
            )
            yield Finding("criteria_alike", message, f"{here}.question", "warning")


def _social_value(methodology: Methodology, place: str) -> Iterator[Finding]:
    """Warn, and never more, where social value weighs less than the policy of central government asks."""
    weight = sum((leaf.weight for leaf in methodology.leaves if leaf.kind == "social_value"), Fraction(0))
    by_points = methodology.price.formula == "price_per_quality_point"
    scored = sum((leaf.weight for leaf in methodology.scored), Fraction(0))
    if not scored or weight * 100 >= _POLICY_SOCIAL_VALUE * (scored if by_points else 100):
        return
    message = (
        f"Social value weighs {percentage(weight)}: central government asks for {_POLICY_SOCIAL_VALUE} % "
        f"{'of the quality score' if by_points else 'of the whole'} (PPN 002), which a police and crime commissioner "
        "may adopt but need not"
    )
    yield Finding("social_value_under_policy", message, place, "warning", (("weight", plain(weight)),))


def _scales(index: Index) -> Iterator[Finding]:
    """Find scales that no criterion uses, and anchors too short to be a test of evidence."""
    used = {criterion.scale for each in index.file.methodologies for criterion, _ in walk(each.criteria)}
    for i, scale in enumerate(index.file.scales):
        if scale.id not in used:
            message = f"No criterion uses the scale “{scale.title}”: take it out, so that nobody scores by it"
            yield Finding("scale_unused", message, f"scales[{i}]", "warning")
        for j, level in enumerate(scale.levels):
            if 0 < len(level.anchor.split()) < 3:
                message = (
                    f"The anchor of level {level.points} of “{scale.title}” is “{level.anchor.strip()}”: say what "
                    "evidence earns the level, not how good it is"
                )
                yield Finding("anchor_thin", message, f"scales[{i}].levels[{j}].anchor", "warning")
