"""How far points for a benchmark are from the right ones, in words."""

from __future__ import annotations

from decimal import Decimal

import pytest

from scoring.calibration import explained, levels_apart
from tests import factories

LEVEL = "The panel’s level for this answer is"


@pytest.mark.parametrize(
    ("own", "right", "said"),
    [
        ("3", "3", "You gave 3 (Satisfactory), which is the panel’s level for this answer."),
        ("4", "3", f"You gave 4 (Good). {LEVEL} 3 (Satisfactory): yours is one level above it."),
        ("0", "5", f"You gave 0 (Nothing). {LEVEL} 5 (Excellent): yours is five levels below it."),
    ],
)  # fmt: skip
def test_the_distance_is_said_in_levels_of_the_scale(own: str, right: str, said: str) -> None:
    assert explained(Decimal(own), Decimal(right), factories.scale()) == said


def test_levels_are_counted_and_not_points() -> None:
    scale = factories.scale(levels=tuple(factories.scale().levels[at] for at in (0, 2, 5)))
    assert levels_apart(Decimal(5), Decimal(0), scale) == 2
