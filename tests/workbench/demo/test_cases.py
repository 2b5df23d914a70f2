"""The draft of the demonstration: the same services under today's law, with every date in the years it is for."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest

from lots.calendar import is_working_day
from workbench.demo.dates import for_today
from workbench.paths import demo_file

FILE = json.loads(demo_file().read_bytes())


def test_what_tenderers_read_names_no_year_that_is_past() -> None:
    moved = for_today(FILE, date(2026, 11, 22))
    assert moved["tender"]["lots"][1]["term"]["start"] == "2028-04-01"
    read = json.dumps([moved["tender"]["lots"], moved["methodologies"]])
    assert set(re.findall(r"\b20\d\d\b", read)) == {"2028", "2029"}
    assert "will be in force by 1 April 2028" in read
    assert "the national uplift for ISVAs ended after March 2028" in read


@pytest.mark.parametrize("day", range(22, 29))
def test_it_is_to_be_published_on_a_working_day(day: int) -> None:
    steps = for_today(FILE, date(2026, 11, day))["tender"]["timetable"]
    (planned,) = (step["planned"] for step in steps if step["kind"] == "tender_published")
    assert is_working_day(date.fromisoformat(planned))
