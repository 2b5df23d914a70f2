"""``standstill``: the dates of the law, counted from the command line."""

from __future__ import annotations

import pytest

from tests.workbench.running import run, run_json


def test_ten_days_after_electronic_sending() -> None:
    """PCR 2015 reg 87(2): sent on Monday 6 July 2026, the tenth day after is Thursday 16 July."""
    data = run_json("standstill", "--regime", "pcr2015", "--sent", "2026-07-06")
    assert (data["first_day"], data["last_day"], data["earliest_contract"]) == (
        "2026-07-07",
        "2026-07-16",
        "2026-07-17",
    )
    assert data["ends_at"] == "2026-07-16T23:00:00Z"
    assert data["kind"] == "mandatory"
    assert [day["number"] for day in data["days"]] == list(range(1, 11))


def test_eight_working_days_over_christmas_count_scotland_too() -> None:
    """Procurement Act 2023 ss.51 and 123: a bank holiday in any part of the United Kingdom is no working day."""
    data = run_json("standstill", "--regime", "pa2023", "--published", "2026-12-21")
    assert (data["first_day"], data["last_day"], data["earliest_contract"]) == (
        "2026-12-21",
        "2027-01-05",
        "2027-01-06",
    )
    assert {"day": "2026-12-25", "number": None, "why": "Christmas Day"} in data["days"]
    assert [note["code"] for note in data["findings"]] == ["calendars_differ"]
    assert data["notes"] == [note["message"] for note in data["findings"]]


def test_by_post_the_earlier_of_fifteen_days_and_ten_after_receipt() -> None:
    words = ("standstill", "--regime", "pcr2015", "--sent", "2026-07-06", "--means", "other")
    assert run_json(*words)["last_day"] == "2026-07-21"
    assert run_json(*words, "--received", "2026-07-07")["last_day"] == "2026-07-17"


def test_both_ways_the_later_of_the_two_holds() -> None:
    words = ("standstill", "--regime", "pcr2015", "--sent", "2026-07-06", "--means", "both")
    assert run_json(*words)["last_day"] == "2026-07-21"
    assert run_json(*words, "--sent-otherwise", "2026-07-08")["last_day"] == "2026-07-23"


def test_a_light_touch_award_has_no_standstill_unless_one_is_declared() -> None:
    """Ten working days from 6 July 2026 pass over Monday 13 July, a bank holiday in Northern Ireland."""
    words = ("standstill", "--regime", "pa2023_light_touch", "--published", "2026-07-06")
    none = run_json(*words)
    assert (none["kind"], none["last_day"], none["earliest_contract"]) == ("none", None, "2026-07-06")
    declared = run_json(*words, "--voluntary", "--working-days", "10")
    assert (declared["kind"], declared["last_day"]) == ("voluntary", "2026-07-20")


def test_full_regime_ids_are_the_same_as_the_short_names() -> None:
    short = run_json("standstill", "--regime", "pcr2015", "--sent", "2026-07-06")
    assert run_json("standstill", "--regime", "pcr2015_light_touch", "--sent", "2026-07-06") == short
    assert run_json("standstill", "--regime", "grant", "--sent", "2026-07-06")["kind"] == "none"


def test_the_last_days_for_a_challenge_are_listed() -> None:
    """PCR 2015 reg 92(2): 30 days beginning with the day the tenderer knew."""
    limits = run_json("standstill", "--regime", "pcr2015", "--sent", "2026-07-06")["limits"]
    assert [(it["id"], it["last_day"]) for it in limits] == [
        ("proceedings", "2026-08-04"),
        ("proceedings_extended", "2026-10-06"),
        ("ineffectiveness", "2027-01-17"),
    ]


def test_people_read_the_answer_before_the_count() -> None:
    lines = run("standstill", "--regime", "pcr2015", "--sent", "2026-07-06").stdout.splitlines()
    assert lines.index("Last day of the standstill:   Thursday 16 July 2026") < lines.index("How it was counted")
    assert "It ends at midnight, the end of that day in London (23:00 UTC)." in lines
    assert "No standstill has to be held." in run("standstill", "--regime", "grant", "--sent", "2026-07-06").stdout


@pytest.mark.parametrize(
    "words",
    [
        ["--sent", "2026-07-06"],
        ["--regime", "pcr2015"],
        ["--regime", "pa2023", "--sent", "2026-07-06"],
        ["--regime", "pcr2015", "--published", "2026-07-06"],
        ["--regime", "pcr2015", "--sent", "2026-07-06", "--voluntary"],
        ["--regime", "pa2023", "--published", "2026-07-06", "--means", "other"],
        ["--regime", "pcr2015", "--sent", "06/07/2026"],
        ["--regime", "pcr2015", "--sent", "2026-02-30"],
        ["--regime", "pcr2006", "--sent", "2026-07-06"],
    ],
)
def test_bad_usage_exits_with_2(words: list[str]) -> None:
    assert run("standstill", *words).exit_code == 2


@pytest.mark.parametrize(
    "words",
    [
        ["--regime", "pcr2015", "--sent", "2026-07-06", "--received", "2026-07-07"],
        ["--regime", "pcr2015", "--sent", "1999-07-06"],
        ["--regime", "pa2023", "--published", "2026-07-06", "--working-days", "7"],
    ],
)
def test_what_the_law_does_not_count_is_refused_with_a_sentence(words: list[str]) -> None:
    data = run_json("standstill", *words, status=1)
    assert [it["code"] for it in data["findings"]] == ["calendar_error"]
    assert data["refused"] == data["findings"][0]["message"]
