"""The last ten seconds, short enough for every run: 100 bidders, 20 kills, nothing acknowledged lost (goals G1, G2)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drills.deadline import drill


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_nothing_late_counts_and_nothing_stands_twice(tmp_path: Path) -> None:
    found = drill(tmp_path, bidders=100, seconds=10, kills=20)
    assert {name: number for name, number in found.wrong.items() if number} == {}
    assert sum(found.told.values()) == 100
    assert found.told["in time"] > 0
    assert found.told["late"] >= 1
    assert found.kills >= 10
