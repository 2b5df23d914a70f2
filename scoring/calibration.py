"""How far somebody's points for a benchmark answer are from the right ones: said in words, and never used to adjust."""

from __future__ import annotations

from decimal import Decimal

from lots.words import counted
from scoring.scale import Scale

WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def levels_apart(own: Decimal, right: Decimal, scale: Scale) -> int:
    """Count the levels between two points of a scale: more than nought where one's own are higher."""
    points = [level.points for level in scale.levels]
    return points.index(own) - points.index(right)


def explained(own: Decimal, right: Decimal, scale: Scale) -> str:
    """Say how one's own points compare with the right ones, in a sentence for whoever gave them."""
    apart = levels_apart(own, right, scale)
    if not apart:
        return f"You gave {_level(own, scale)}, which is the panel’s level for this answer."
    number = abs(apart)
    counting = f"{WORDS[number]} level{'s' if number > 1 else ''}" if number < len(WORDS) else counted(number, "level")
    where = "above" if apart > 0 else "below"
    return (
        f"You gave {_level(own, scale)}. The panel’s level for this answer is {_level(right, scale)}: yours is "
        f"{counting} {where} it."
    )


def _level(points: Decimal, scale: Scale) -> str:
    level = scale.level(points)
    return f"{points} ({level.title})" if level and level.title else str(points)
