"""What changed between two recommendations, or since the last one: the paper field by field, the result lot by lot."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from scoring.decision import AwardDecision
from workbench.kept import to_text
from workbench.models.awards import RecommendationRecord

Parts = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Difference:
    """A field that differs, in words, and its text as what stayed, went and came."""

    name: str
    parts: Parts


def paper_differences(before: AwardDecision | None, after: AwardDecision) -> tuple[Difference, ...]:
    """Compare two decision papers field by field; nothing to compare gives nothing."""
    if before is None:
        return ()
    old, new = (_flat(json.loads(to_text(each))) for each in (before, after))
    names = [name for name in {**old, **new} if old.get(name, "") != new.get(name, "")]
    return tuple(Difference(_words(name), compared(old.get(name, ""), new.get(name, ""))) for name in names)


def result_differences(before: RecommendationRecord, after: RecommendationRecord) -> tuple[Difference, ...]:
    """Compare two results lot by lot: who is recommended, the totals, and every agreed mark."""
    old, new = (_figures(json.loads(each.result)) for each in (before, after))
    names = [name for name in {**old, **new} if old.get(name, "") != new.get(name, "")]
    return tuple(Difference(name, compared(old.get(name, ""), new.get(name, ""))) for name in names)


def compared(before: str, after: str) -> Parts:
    """Compare two texts word by word."""
    old, new = before.split(" "), after.split(" ")
    found: list[tuple[str, str]] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(("same", " ".join(old[a:b]) + " "))
            continue
        found += [("deleted", " ".join(old[a:b]) + " ")] if b > a else []
        found += [("inserted", " ".join(new[c:d]) + " ")] if d > c else []
    return tuple(found)


def _figures(result: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for lot in result["lots"]:
        found[f"{lot['lot']}: recommended"] = lot["recommended"] or ""
        for bid in lot["bids"]:
            found[f"{lot['lot']}, bid {bid['bid']}: total"] = bid["total"] or ""
            for criterion, points, *_ in bid["marks"]:
                found[f"{lot['lot']}, bid {bid['bid']}: {criterion}"] = points
    return found


def _flat(value: Any, place: str = "") -> dict[str, str]:
    """Lay a paper out as texts by their place; the letters by their bid."""
    return dict(_texts(value, place))


def _texts(value: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _texts(inner, f"{place}.{name}" if place else str(name))
    elif isinstance(value, list):
        for at, inner in enumerate(value, 1):
            key = inner["bid"] if isinstance(inner, Mapping) and "bid" in inner else str(at)
            yield from _texts(inner, f"{place} {key}")
    else:
        yield place, str(value)


def _words(place: str) -> str:
    return place.replace("_", " ").replace(".", ", ").capitalize()
