"""Forty awards in every run (a thousand in ``./run drills``): worked out again anywhere, they have the same digests."""

from __future__ import annotations

from pathlib import Path

from tests.drills.seeded_awards import drill
from tests.seeded import seeded_file


def test_awards_kept_in_a_database_are_worked_out_to_the_same_digests(database_url: str, tmp_path: Path) -> None:
    """On SQLite by a fresh process too; on PostgreSQL the bytes read back are the same, and so is what they give."""
    sqlite = database_url.startswith("sqlite")
    first = 0 if sqlite else 20
    found = drill(tmp_path, {"the database": database_url}, 20, first=first, changes=3 if sqlite else 1, fresh=sqlite)
    assert {name: seeds for name, seeds in found.wrong.items() if seeds} == {}
    assert (found.awards, found.changes, len(found.wrong)) == (20, 12 if sqlite else 3, 5 if sqlite else 4)
    assert found.awarded > 15


def test_a_number_always_gives_the_same_procurement_and_another_another() -> None:
    assert seeded_file(7) == seeded_file(7)
    assert seeded_file(7) != seeded_file(8)
