"""Scoring scales: the levels a panel may give, each with a worded anchor that says what evidence earns it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from lots.errors import Finding
from lots.words import listed


@dataclass(frozen=True)
class Level:
    """One level of a scale: its points, its name, and the anchor, a test of evidence in words."""

    points: Decimal
    title: str
    anchor: str


@dataclass(frozen=True)
class Scale:
    """A published scale, lowest level first."""

    id: str
    title: str
    levels: tuple[Level, ...]

    @property
    def maximum(self) -> Decimal:
        """Return the points of the top level."""
        return max(level.points for level in self.levels)

    def level(self, points: Decimal) -> Level | None:
        """Find the level with exactly these points; ``None`` when they are off the scale."""
        return next((level for level in self.levels if level.points == points), None)

    def words(self) -> str:
        """List the points of the scale for a sentence: ``0, 1, 2, 3, 4 or 5``."""
        return listed((str(level.points) for level in self.levels), "or")


def scale_findings(scale: Scale, place: str) -> tuple[Finding, ...]:
    """Say what keeps a scale from being published: too few levels, points out of order, anchors missing or alike."""
    found: list[Finding] = []
    points = [level.points for level in scale.levels]
    if len(points) < 2:
        found.append(Finding("scale_too_short", f"Scale “{scale.title}” needs at least two levels", f"{place}.levels"))
    if points and (points != sorted(set(points)) or points[0] < 0 or points[-1] <= 0):
        message = f"Scale “{scale.title}” must rise from 0 or more, each level once, lowest first"
        found.append(Finding("scale_order", message, f"{place}.levels"))
    seen: dict[str, Decimal] = {}
    for i, level in enumerate(scale.levels):
        here, text = f"{place}.levels[{i}].anchor", level.anchor.strip()
        if not text:
            message = f"Level {level.points} of scale “{scale.title}” has no anchor: say what evidence earns it"
            found.append(Finding("anchor_missing", message, here))
        elif text in seen:
            message = f"Levels {seen[text]} and {level.points} of “{scale.title}” share one anchor: tell them apart"
            found.append(Finding("anchor_repeated", message, here))
        seen.setdefault(text, level.points)
    return tuple(found)
