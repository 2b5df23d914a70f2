"""Documents of a decision and a worker that is killed: short enough for every run, 12 letters and 3 kills."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drills.notices import drill


@pytest.mark.slow
def test_each_letter_is_made_exactly_once_whenever_its_worker_is_killed(tmp_path: Path) -> None:
    found = drill(tmp_path, notices=12, kills=3)
    assert {name: number for name, number in found.wrong.items() if number} == {}
    assert (found.notices, found.kills) == (12, 3)
