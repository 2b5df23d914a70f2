"""The drill of many windows, short enough for every run (goal: no save that was acknowledged is lost)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drills.scores import drill


@pytest.mark.slow
def test_no_save_that_was_acknowledged_is_lost(tmp_path: Path) -> None:
    found = drill(tmp_path, windows=8, saves=120, workers=2)
    assert {name: number for name, number in found.wrong.items() if number} == {}
    assert (found.saves, found.unanswered) == (120, 0)
