"""What a reason must have."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from scoring.scoresheet import Evidence
from tests.scoring.reasons.context import ADEQUATE, GOOD, codes, found, spoilt


def test_a_reason_that_lacks_nothing_passes() -> None:
    assert codes(GOOD) == []


@pytest.mark.parametrize(
    ("fields", "code", "place"),
    [
        ({"points": None}, "points_missing", "points"),
        ({"points": Decimal(4)}, "points_off_scale", "points"),
        ({"reason": " \n"}, "reason_missing", "reason"),
        ({"reason": "\u200b\u200b"}, "reason_missing", "reason"),
        ({"reason": "A good answer."}, "reason_too_short", "reason"),
        ({"evidence": ()}, "evidence_missing", "evidence"),
        ({"evidence": (Evidence("Answer", " "),)}, "evidence_incomplete", "evidence"),
        ({"evidence": (Evidence("", "page 4"),)}, "evidence_incomplete", "evidence"),
        ({"why_not_higher": "—"}, "why_not_higher_missing", "why_not_higher"),
        ({"why_not_lower": ""}, "why_not_lower_missing", "why_not_lower"),
    ],
)
def test_each_gap_stops_the_score(fields: dict[str, Any], code: str, place: str) -> None:
    assert ("error", code, place) in codes(spoilt(**fields))


def test_the_top_level_needs_no_word_on_why_not_higher() -> None:
    assert codes(spoilt(points=Decimal(5), why_not_higher="")) == []


def test_the_bottom_level_needs_no_word_on_why_not_lower() -> None:
    assert codes(spoilt(points=Decimal(0), why_not_lower="")) == []


def test_what_is_missing_is_said_with_the_level_next_to_it() -> None:
    (only,) = found(spoilt(why_not_higher=""))
    assert only.message == "Say why this is not a 5 (Fully evidenced): name what is missing for it"


def test_the_second_reference_is_counted_as_the_reader_counts() -> None:
    (only,) = found(spoilt(evidence=(Evidence("Answer", "paragraph 1"), Evidence("Policy", ""))))
    assert only.message.startswith("Reference 2 names no paragraph or page")


def test_the_anchor_is_no_reason() -> None:
    assert codes(spoilt(reason=ADEQUATE))[:1] == [("error", "scale_repeated", "reason")]
