"""The task list of the tender builder, and the place on its pages that each finding is about."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from lots.errors import Finding, errors_in
from workbench.parts import FIELDS, NO_DEADLINE, Kind, Part

State = Literal["not started", "unfinished", "to do", "done", "optional"]


@dataclass(frozen=True)
class Task:
    """One task of the builder: the parts it is made of; ``optional`` where a tender may go without any."""

    id: str
    title: str
    words: str
    kinds: tuple[Kind, ...]
    optional: bool = False
    group: str = "The tender"


TASKS: tuple[Task, ...] = (
    Task("basics", "Basics and regime", "Name, buyer, the law that applies and why", ("basics",)),
    Task("engagement", "Market engagement", "What was asked, who came, what was learnt", ("engagement",), True),
    Task("timetable", "Timetable and deadline", "Every step in working days, and the least allowed", ("timetable",)),
    Task(
        "funding", "Funding", "Sources by year, ring-fences and what may end", ("funding_source", "funding_totals"),
        group="Lots and money",
    ),
    Task("lots", "Lots", "Three numbers each, term, extensions and breaks", ("lot",), group="Lots and money"),
    Task(
        "collaboration", "Collaboration rules", "What a lead may keep and must pass on", ("collaboration",), True,
        "Lots and money",
    ),
    Task("lot_limit", "Limit on lots", "How many lots one tenderer may win", ("lot_limit",), True, "Lots and money"),
    Task(
        "criteria", "Award criteria and price", "Criteria, scales, price formula, tie-breaks", ("scale", "methodology"),
        group="How bids are judged",
    ),
    Task(
        "social_value", "Social value", "Outcome, metric, commitment and indicator", ("social_value",), True,
        "How bids are judged",
    ),
    Task(
        "requirements", "Requirements and documents", "What is passed or failed, and what a bid must hold",
        ("requirements", "documents"), True, "How bids are judged",
    ),
    Task("panel", "Panel, openers and approver", "Who does what, kept apart where it must be", (), group="People"),
    Task(
        "sealing", "Receiving bids", "Who holds the keys, how bids are sealed, when prices are seen", ("sealing",),
        True, "People",
    ),
    Task("governance", "Governance", "The board, its deliverables and the standards", ("governance",), group="People"),
)  # fmt: skip
TASK_BY_ID = {task.id: task for task in TASKS}
TASK_OF: dict[str, Task] = {kind: task for task in TASKS for kind in task.kinds}


MUST_HAVE = {
    "vat": "whether amounts are stated with or without VAT",
    "commenced_on": "the day the procurement commenced",
    "regime": "the law it falls under",
    "buyer": "the buyer",
}
"""What a tender cannot be read without, in words."""


@dataclass(frozen=True)
class Where:
    """The page and field a finding is about; ``kind`` is empty for a page that edits no part (the panel, the keys)."""

    task: str
    kind: Kind | Literal[""] = ""
    key: str = ""
    field: str = ""


@dataclass(frozen=True)
class Item:
    """One line of the readiness rail."""

    finding: Finding
    where: Where


@dataclass(frozen=True)
class TaskState:
    """How far one task is, with everything still to be said about it."""

    task: Task
    state: State
    items: tuple[Item, ...]

    @property
    def errors(self) -> int:
        """Count what stops publication."""
        return len(errors_in(item.finding for item in self.items))


_LISTED: tuple[tuple[str, Kind], ...] = (
    (r"tender\.funding\.sources\[(\d+)\]", "funding_source"),
    (r"tender\.lots\[(\d+)\]", "lot"),
    (r"scales\[(\d+)\]", "scale"),
    (r"methodologies\[(\d+)\]", "methodology"),
)
_SINGLE: tuple[tuple[str, Kind], ...] = (
    (r"tender\.engagement", "engagement"),
    (r"tender\.funding(?=\.printed_totals)", "funding_totals"),
    (r"tender(?=\.funding_note)", "funding_totals"),
    (r"lot_limit", "lot_limit"),
    *((rf"tender\.{name}", kind) for kind, names in FIELDS.items() for name in names),
)


def where(place: str, parts: Sequence[Part]) -> Where:
    """Find the page and field of a place in the tender file, such as ``tender.lots[1].annual_budget``."""
    if place.startswith("part:"):
        _, name, key = place.split(":", 2)
        return Where(TASK_OF[name].id, name, key)  # type: ignore[arg-type]
    if place == "keys":
        return Where("sealing")
    for pattern, kind in _LISTED:
        if found := re.match(pattern, place):
            complete = [part for part in parts if part.kind == kind and part.content is not None]
            at = int(found[1])
            if at < len(complete):
                return _within(kind, complete[at].key, place[found.end() :].lstrip("."))
    for pattern, kind in _SINGLE:
        if found := re.match(rf"{pattern}(?![\w])", place):
            named = found[0].removeprefix("tender.") if kind in FIELDS else ""
            return Where(TASK_OF[kind].id, kind, "", _field(named + place[found.end() :]))
    if place.startswith(("tender.lots", "lots")):
        return Where("lots")
    if place.startswith("tender.funding"):
        return Where("funding")
    if place.startswith(("methodologies", "scales")):
        return Where("criteria")
    return Where("panel" if place.startswith("panel") else "basics")


def _within(kind: Kind, key: str, rest: str) -> Where:
    """Place what is said about a lot's rules or requirements on their own page."""
    for inner in ("collaboration", "requirements"):
        if kind == "lot" and re.match(rf"{inner}(?!\w)", rest):
            within = rest if inner == "requirements" else rest[len(inner) :].lstrip(".")  # a list has its name
            return Where(inner, inner, key, _field(within))
    return Where(TASK_OF[kind].id, kind, key, _field(rest))


def _field(rest: str) -> str:
    """Turn ``breaks[0].after_year`` into the id of its field, ``breaks-0-after_year``."""
    return re.sub(r"\[(\d+)\]", r"-\1", rest).replace(".", "-").strip("-")


def rail(parts: Sequence[Part], findings: Iterable[Finding]) -> tuple[TaskState, ...]:
    """Sort everything that is still to be said by task, each with the page and field it is about."""
    items = [
        Item(finding, where(finding.place, parts)) for finding in (*_unfinished(parts), *_undated(parts, findings))
    ]
    told = _told_apart(items, parts)
    return tuple(_state(task, parts, tuple(item for item in told if item.where.task == task.id)) for task in TASKS)


def _told_apart(items: Sequence[Item], parts: Sequence[Part]) -> list[Item]:
    """Name the part in what is said in the same words of several, such as of the methodology of each lot."""
    said = Counter(item.finding.message for item in items)
    titles = {(part.kind, part.key): _title(part) for part in parts if part.key}

    def named(item: Item) -> Item:
        kind = "lot" if item.where.kind in ("collaboration", "requirements") else item.where.kind or "basics"
        title = titles.get((kind, item.where.key))
        if said[item.finding.message] == 1 or title is None:
            return item
        return replace(item, finding=replace(item.finding, message=f"{title}: {item.finding.message}"))

    return [named(item) for item in items]


def _title(part: Part) -> str:
    """Return what a part is called; a list of rows, such as a lot's requirements, goes by its key."""
    return str((isinstance(part.content, Mapping) and part.content.get("title")) or part.key)


def _unfinished(parts: Sequence[Part]) -> Iterable[Finding]:
    for part in parts:
        if part.unfinished:
            message = "Something typed here cannot be read yet: open the page, where each field says what to mend"
            yield Finding("unfinished", message, f"part:{part.kind}:{part.key}")


def _undated(parts: Sequence[Part], findings: Iterable[Finding]) -> Iterable[Finding]:
    """Leave out what is said of a deadline that nobody has set, and say that instead."""
    set_already = any(part.kind == "timetable" and (part.content or {}).get("deadline") for part in parts)
    if not set_already:
        yield Finding("deadline_missing", "The deadline for tenders is not set", "tender.deadline")
    for finding in findings:
        about_it = finding.place.startswith("tender.deadline") or NO_DEADLINE[:4] in finding.message
        if set_already or not about_it:
            yield _in_words(finding)


def _in_words(finding: Finding) -> Finding:
    """Say of a field that a tender file must have what a page says of it: that it is still to be filled in."""
    if finding.code != "missing_key":
        return finding
    name = finding.place.rsplit(".", 1)[-1]
    title = MUST_HAVE.get(name, f"“{name.replace('_', ' ')}”")
    return replace(finding, message=f"Still to be filled in: {title}")


def _state(task: Task, parts: Sequence[Part], items: tuple[Item, ...]) -> TaskState:
    """Say how far a task is: an error outweighs everything, then what was never begun."""
    own = [part for part in parts if part.kind in task.kinds]
    state: State
    if any(part.unfinished for part in own):
        state = "unfinished"
    elif errors_in(item.finding for item in items):
        state = "to do" if own else "not started"
    elif own or not task.kinds:
        state = "done"
    else:
        state = "optional" if task.optional else "not started"
    return TaskState(task, state, items)
