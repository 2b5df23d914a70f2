"""Steps 2 and 3 of the order of work: agreed points to exact marks, then the published minimums."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from lots.bid import Bid
from lots.errors import Finding
from scoring.criteria import Criterion, Leaf, walk
from scoring.figures import Rounding, plain
from scoring.methodology import Methodology
from scoring.moderation import AgreedScore
from scoring.scale import Scale
from scoring.scoresheet import ScoreSheet
from scoring.totals import coding, marks


@dataclass(frozen=True)
class LeafMarks:
    """What one bid earned on one scored criterion: ``marks`` = weight · points / maximum, exact.

    ``agreed`` holds the panel's words; its points count unless the tender published the mean (``by_mean``).
    """

    leaf: Leaf
    points: Fraction
    maximum: Fraction
    marks: Fraction
    scored_by: int
    agreed: AgreedScore | None
    by_mean: bool = False


@dataclass(frozen=True)
class Marking:
    """The marks of every bid that could be marked, and what is still missing for the others."""

    rows: Mapping[str, tuple[LeafMarks, ...]]
    scored: Mapping[str, Fraction]
    waiting: tuple[Finding, ...]


def mark(
    bids: Sequence[Bid],
    methodology: Methodology,
    scales: Mapping[str, Scale],
    sheets: Sequence[ScoreSheet],
    agreed: Sequence[AgreedScore],
) -> Marking:
    """Turn agreed points into marks for every bid; where a score or the quorum is missing, the lot waits.

    A missing evaluator is never averaged away. The official totals come from :mod:`scoring.totals`.
    """
    leaves = methodology.scored
    points: dict[str, tuple[Fraction, ...]] = {}
    rows: dict[str, tuple[LeafMarks, ...]] = {}
    waiting: list[Finding] = []
    given = _given(sheets)
    consensus = {(score.bid, score.criterion): score for score in agreed}
    for bid in bids:
        missing = tuple(_missing(bid, methodology, given, consensus))
        waiting += missing
        if not missing:
            rows[bid.id] = tuple(_leaf(bid, leaf, methodology, scales, given, consensus) for leaf in leaves)
            points[bid.id] = tuple(row.points for row in rows[bid.id])
    used = [scales[leaf.criterion.scale] for leaf in leaves]
    levels = [[Fraction(level.points) for level in scale.levels] for scale in used]
    code = coding(leaves, [Fraction(scale.maximum) for scale in used], levels)
    return Marking(rows, marks(code, points), tuple(waiting))


def _given(sheets: Sequence[ScoreSheet]) -> dict[tuple[str, str], list[Fraction]]:
    """Collect the points evaluators gave, by bid and criterion; abstentions give none."""
    given: dict[tuple[str, str], list[Fraction]] = {}
    for sheet in sheets:
        for score in sheet.scores:
            if score.points is not None:
                given.setdefault((sheet.bid, score.criterion), []).append(Fraction(score.points))
    return given


def _missing(
    bid: Bid,
    methodology: Methodology,
    given: Mapping[tuple[str, str], list[Fraction]],
    consensus: Mapping[tuple[str, str], AgreedScore],
) -> Iterator[Finding]:
    for leaf in methodology.scored:
        key, title = (bid.id, leaf.criterion.id), leaf.criterion.title
        count = len(given.get(key, ()))
        if count < methodology.quorum:
            message = f"“{title}” of bid {bid.id} has {count} scores; the published quorum is {methodology.quorum}"
            yield Finding("quorum_missed", message, f"bid {bid.id}, {leaf.criterion.id}")
        elif methodology.score_rule == "consensus" and key not in consensus:
            message = f"“{title}” of bid {bid.id} has no agreed score yet: moderate it"
            yield Finding("not_agreed", message, f"bid {bid.id}, {leaf.criterion.id}")


def _leaf(
    bid: Bid,
    leaf: Leaf,
    methodology: Methodology,
    scales: Mapping[str, Scale],
    given: Mapping[tuple[str, str], list[Fraction]],
    consensus: Mapping[tuple[str, str], AgreedScore],
) -> LeafMarks:
    key, scores = (bid.id, leaf.criterion.id), given[bid.id, leaf.criterion.id]
    agreed = consensus.get(key)
    mean = sum(scores, Fraction(0)) / len(scores)
    points = Fraction(agreed.points) if agreed and methodology.score_rule == "consensus" else mean
    maximum = Fraction(scales[leaf.criterion.scale].maximum)
    by_mean = methodology.score_rule == "mean"
    return LeafMarks(leaf, points, maximum, leaf.weight * points / maximum, len(scores), agreed, by_mean)


def gate_findings(row: Sequence[LeafMarks], methodology: Methodology) -> tuple[Finding, ...]:
    """Return every published minimum that a bid's marks miss: per criterion, per branch, over all scored marks."""
    by_leaf = {part.leaf.criterion.id: part for part in row}
    found: list[Finding] = []
    for criterion, _ in walk(methodology.criteria):
        if criterion.minimum is None:
            continue
        if criterion.parts:
            below = [part for part in row if criterion.id in part.leaf.above]
            found += _share_missed(below, Fraction(criterion.minimum), f"“{criterion.title}”")
        elif by_leaf[criterion.id].points < criterion.minimum:
            found.append(_points_missed(criterion, by_leaf[criterion.id].points))
    if methodology.minimum_quality is not None:
        found += _share_missed(row, Fraction(methodology.minimum_quality), "all scored criteria together")
    return tuple(found)


def _points_missed(criterion: Criterion, points: Fraction) -> Finding:
    message = f"“{criterion.title}” scored {plain(points)}; the published minimum is {criterion.minimum}"
    figures = (("points", plain(points)), ("minimum", str(criterion.minimum)))
    return Finding("minimum_score_missed", message, criterion.id, figures=figures)


def _share_missed(parts: Sequence[LeafMarks], minimum: Fraction, title: str) -> list[Finding]:
    got = sum((part.marks for part in parts), Fraction(0))
    whole = sum((part.leaf.weight for part in parts), Fraction(0))
    share = got / whole * 100 if whole else Fraction(0)
    if share >= minimum:
        return []
    message = f"{title} earned {Rounding(2).text(share)} % of the marks available; the minimum is {plain(minimum)} %"
    figures = (("share", plain(share)), ("minimum", plain(minimum)))
    return [Finding("minimum_share_missed", message, title, figures=figures)]
