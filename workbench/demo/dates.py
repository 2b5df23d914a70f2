"""The case of the demonstration in other dates: under today's law, as a draft or open for bids since today."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Any

from exports.codec import record
from lots.calendar import deadline, working_day_on_or_after
from lots.plan import PACE, Pace, plan
from lots.regime import Regime

FIRST_YEAR = 2025  # in which the contracts of the case start, on 1 April
NOTICE = timedelta(days=21)  # from today to the day the draft would be published
THREE_WEEKS = Pace(tendering=21)
_SPRING = re.compile(r"\b(March|April) (20\d\d)\b")


def for_today(file: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Move the case to today's law and coming dates; what a board has yet to sign off is open."""
    words = {
        "reference": f"AS-VS-{today.year + 1}", "title": "Victim services: the next contracts (a draft to try out)",
    }  # fmt: skip
    return _moved(file, today, words, working_day_on_or_after(today + NOTICE), PACE)


def open_today(file: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Move the case to a tender that is published today and takes bids for three weeks."""
    words = {
        "reference": f"AS-VS-{today.year + 1}-OPEN", "title": "Victim services: open for bids (to try out)",
    }  # fmt: skip
    moved = _moved(file, today, words, today, THREE_WEEKS)
    engagement = {**moved["tender"]["engagement"], "notice": f"{today.year}/S 000-012345"}
    ready = {"engagement": engagement, "conflicts_assessed_on": today.isoformat()}
    return {**moved, "tender": {**moved["tender"], **ready}}


def _moved(
    file: Mapping[str, Any], today: date, words: Mapping[str, str], publish_on: date, pace: Pace
) -> dict[str, Any]:
    tender = dict(file["tender"])
    tender |= {
        **words,
        "regime": Regime.PA2023_LIGHT_TOUCH.value,
        "vat": "inclusive",
        "commenced_on": today.isoformat(),
    }
    start = _first_april(today)
    years = start.year - FIRST_YEAR
    tender["lots"] = [_later_lot(lot, years) for lot in _later_words(tender["lots"], years)]
    sources = [_later_source(each, years) for each in _later_words(tender["funding"]["sources"], years)]
    tender["funding"] = {**tender["funding"], "sources": sources}
    tender["deliverables"] = [
        _open(each) if each["title"] == "Tender documents" else each for each in tender["deliverables"]
    ]
    lines = plan(publish_on, Regime.PA2023_LIGHT_TOUCH, starts_on=start, pace=pace)
    due = next(line.planned for line in lines if line.kind == "tenders_due")
    tender["timetable"] = [record.write(line) for line in lines]
    tender["deadline"] = deadline(due, time(12, 0)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {**file, "tender": tender, "methodologies": _later_words(file["methodologies"], years)}


def _first_april(today: date) -> date:
    """Return the first 1 April that leaves time to tender and to mobilise."""
    soonest = plan(today + NOTICE, Regime.PA2023_LIGHT_TOUCH)[-1].planned
    april = date(soonest.year, 4, 1)
    return april if soonest <= april else date(soonest.year + 1, 4, 1)


def _later_lot(lot: Mapping[str, Any], years: int) -> dict[str, Any]:
    if "term" not in lot:
        return dict(lot)
    return {**lot, "term": {**lot["term"], "start": _later(lot["term"]["start"], years)}}


def _later_source(source: Mapping[str, Any], years: int) -> dict[str, Any]:
    return {**source, "expires": _later(source["expires"], years)} if "expires" in source else dict(source)


def _open(deliverable: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in deliverable.items() if name != "signed_off_on"}


def _later_words(value: Any, years: int) -> Any:
    """Move the springs that texts name, such as “in force by 1 April 2025”, with the contracts."""
    if isinstance(value, str):
        return _SPRING.sub(lambda found: f"{found[1]} {int(found[2]) + years}", value)
    if isinstance(value, Mapping):
        return {name: _later_words(inner, years) for name, inner in value.items()}
    return [_later_words(inner, years) for inner in value] if isinstance(value, list) else value


def _later(day: str, years: int) -> str:
    return f"{int(day[:4]) + years}{day[4:]}"
