"""A tender's audit trail as people read it: newest first, in plain words, with what was before and after."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from lots.calendar import say_instant
from lots.errors import Finding
from lots.words import counted
from workbench import audit, chain_export
from workbench.db import db
from workbench.models.audit import ChainRecord, EventRecord
from workbench.queries import history_moderation, history_panel, history_papers
from workbench.queries.awards.told import WORDS as DECISION
from workbench.tasks import TASK_OF

PAGE = 50  # events on one page

OUTSIDE = "Somebody outside"
UNREADABLE = "This event cannot be read: it was changed in the database by other means"

Details = Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    """One event for a reader: what happened, what was before and after, and what else is known of it."""

    seq: int
    at: datetime
    who: str
    what: str
    changes: tuple[tuple[str, str, str], ...]
    more: tuple[tuple[str, str], ...]
    head: str


@dataclass(frozen=True)
class Trail:
    """A page of a tender's audit trail, with the head that stands for all of it."""

    events: tuple[Told, ...]
    length: int
    head: str


def trail_of(tender_id: str, *, page: int = 1) -> Trail:
    """Return a page of a tender's events, newest first."""
    name = audit.tender_chain(tender_id)
    end = db.session.get(ChainRecord, name)
    if end is None:
        return Trail((), 0, "")
    rows = db.session.scalars(
        select(EventRecord)
        .where(EventRecord.chain == name, EventRecord.seq <= end.length)
        .order_by(EventRecord.seq.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return Trail(tuple(_told(row) for row in rows), end.length, end.head)


def exported(tender_id: str) -> bytes:
    """Write a tender's whole audit trail as the file that ``workbench verify`` checks."""
    name = audit.tender_chain(tender_id)
    columns = (EventRecord.seq, EventRecord.canon, EventRecord.salt, EventRecord.leaf, EventRecord.head)
    rows = db.session.execute(select(*columns).where(EventRecord.chain == name).order_by(EventRecord.seq))
    return chain_export.export(name, (chain_export.Link(*row) for row in rows))


def verified(tender_id: str) -> tuple[Finding, ...]:
    """Check every event of a tender, and that the chain's end is the one that was kept."""
    data = exported(tender_id)
    end = db.session.get(ChainRecord, audit.tender_chain(tender_id))
    length, head = (end.length, end.head) if end else (0, "")
    found = chain_export.verify(data, head)
    if length != (held := chain_export.length_of(data)):
        said = f"The trail should hold {counted(length, 'event')} and holds {held}: some were removed or added"
        found = (*found, Finding("other_length", said, "end"))
    return found


# --- in plain words -----------------------------------------------------------------------------------------


def _told(row: EventRecord) -> Told:
    """Tell one event; of one that was changed in the database by other means, that nothing in it can be believed."""
    try:
        return _read(row)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return Told(row.seq, row.at, row.actor or OUTSIDE, UNREADABLE, (), (), row.head)


def _read(row: EventRecord) -> Told:
    said = json.loads(row.canon)
    details: Details = said["details"]
    words = _WORDS.get(row.action)
    what = words(details, row.subject) if words else f"{row.action.replace('_', ' ').capitalize()}: {row.subject}"
    changes = tuple((_place(each[0]), str(each[1]), str(each[2])) for each in _changes(details))
    return Told(row.seq, row.at, row.actor or OUTSIDE, what, changes, tuple(_more(details)), row.head)


def _changes(details: Details) -> Sequence[Sequence[Any]]:
    found = details.get("changes")
    return found if isinstance(found, list) else ()


_SHOWN: Final = (
    ("reason", "Why"), ("outage", "Outage"), ("question", "Question"), ("answer", "Answer"),
    ("rules_sha256", "Fingerprint of the rules"), ("result_sha256", "Fingerprint of the result"),
    ("comment", "Comment"), ("text", "Details"),
)  # fmt: skip


def _more(details: Details) -> list[tuple[str, str]]:
    more = [(label, str(details[name])) for name, label in _SHOWN if details.get(name)]
    more += [("Not as at closing", str(each)) for each in details.get("mismatch") or ()]
    more += [("Not opened", f"bid {each[0]}: {each[4]}") for each in details.get("bids") or () if _has_failed(each)]
    files = details.get("files")
    return [*more, *(("File", f"{name}, {digest}") for name, digest in files.items())] if files else more


def _has_failed(bid: Any) -> bool:
    return isinstance(bid, list) and len(bid) == 5 and bid[1] in ("failed", "lapsed")


_ENVELOPES: Final = {"bid": "bids", "price": "prices"}


def _place(path: str) -> str:
    """Write a field's place for people: ``breaks[1].after_year`` becomes ``breaks 1, after year``; words stay."""
    if " " in path:
        return path
    return re.sub(r"\[(\d+)\]", r" \1", path).replace(".", ", ").replace("_", " ")


def _part(details: Details) -> str:
    task = TASK_OF.get(str(details.get("part", "")))
    kind = str(details.get("part", "")).replace("_", " ")
    key = f" “{details['key']}”" if details.get("key") else ""
    return f"{task.title}: {kind}{key}" if task else f"{kind}{key}"


def _when(text: object) -> str:
    return say_instant(datetime.fromisoformat(str(text)))


def _started(details: Details, subject: str) -> str:
    return f"Started the tender “{subject}” from {details.get('from', 'nothing')}"


def _saved(details: Details, subject: str) -> str:
    return f"Saved {_part(details)} ({counted(int(details.get('changed', 0)), 'field')} changed)"


def _moved(details: Details, subject: str) -> str:
    return f"The deadline moved from {_when(details['from'])} to {_when(details['to'])}, by notice {details['notice']}"


def _role(verb: str) -> Callable[[Details, str], str]:
    def words(details: Details, subject: str) -> str:
        lot = f" in lot {details['lot']}" if details.get("lot") else ""
        way = "to" if verb == "Gave" else "from"
        return f"{verb} the role of {details.get('role', 'somebody')}{lot} {way} {subject}"

    return words


def _fixed(text: str) -> Callable[[Details, str], str]:
    return lambda details, subject: text.format(**{"subject": subject, **details})


def _opened(details: Details, _: str) -> str:
    what = "the prices of" if details["kind"] == "price" else ""
    text = " ".join(filter(None, ("Opened", what, counted(int(details["opened"]), "bid"))))
    text += f", together with {details['first']} (keys: {details['first_key']}; {details['second_key']})"
    if details["failed"]:
        text += f"; {counted(int(details['failed']), 'bid')} could not be opened"
    return f"{text}. NOT as at closing" if details["mismatch"] else text


def _decided(details: Details, _: str) -> str:
    verb = {"admit": "Admitted", "exclude": "Excluded"}[details["decision"]]
    whose = f"bid {details['letter']} of {details['tenderer']} for lot {details['lot']}"
    return f"{verb} {whose}, concerning {details['concerning']} (decision {details['number']})"


_WORDS: Final[Mapping[str, Callable[[Details, str], str]]] = {
    **history_moderation.WORDS,
    **history_panel.WORDS,
    "tender_started": _started,
    "part_saved": _saved,
    "part_left_unfinished": lambda details, _: (
        f"Typed something in {_part(details)} that cannot be read yet; it is kept"
    ),
    "part_removed": lambda details, _: f"Removed {_part(details)}",
    "part_moved": lambda details, _: f"Put {_part(details)} in another place of its list",
    "role_given": _role("Gave"),
    "role_taken": _role("Took"),
    "signed_off": _fixed("Signed the tender off for publication"),
    "published": lambda details, _: f"Published the tender; bids are due before {_when(details['deadline'])}",
    "changed_by_notice": _fixed("Changed the rules by notice {notice}; they are now version {rule_set}"),
    "working_copy_discarded": _fixed("Gave the working copy up: every part is again as published"),
    "deadline_moved": _moved,
    "deadline_move_asked": lambda details, _: (
        f"Asked to move the deadline, which had passed, to {_when(details['to'])}"
    ),
    "deadline_move_declined": lambda details, _: f"Declined to move the deadline to {_when(details['to'])}",
    "key_registered": _fixed("Made a key of custodians, “{subject}”: {fingerprint}"),
    "key_used_again": _fixed("Put the key “{subject}” among the custodians again: {fingerprint}"),
    "key_removed": _fixed("Took the key “{subject}” out of the custodians: {fingerprint}"),
    "key_proved": _fixed("Proved the key “{subject}”: {fingerprint}"),
    "key_not_proved": _fixed("Tried to prove the key “{subject}”, and the text was not the right one"),
    "key_reported_lost": _fixed("Reported the key “{subject}” as lost: {fingerprint}"),
    "closed": lambda details, _: (
        "Closed the tender; the log of a bid had been changed by other means, and the opening will name it"
        if details.get("logs_changed")
        else "Closed the tender"
    ),
    "availability_recorded": _fixed("Availability ledger kept: {lines} lines, {not_accepting} of them “no”"),
    "opening_begun": lambda details, _: (
        f"Took the first layer off the envelopes ({_ENVELOPES[details['kind']]}) with {details['key']}"
    ),
    "opening_set_aside": lambda details, _: (
        f"Set aside the first part of the opening ({_ENVELOPES[details['kind']]}), which {details['first']} had done"
    ),
    "bids_opened": _opened,
    "prices_opened": _opened,
    "admission_decided": _decided,
    "cancelled": _fixed("Cancelled the tender"),
    "question_asked": _fixed("Question {number} was asked on the public page"),
    "question_answered": _fixed("Answered question {number} to everybody, as number {public_number} of the log"),
    "question_answered_privately": _fixed("Answered question {number} to the asker alone"),
    **history_papers.WORDS,
    **DECISION,
    "tenderer_asked": lambda details, _: (
        f"Put question {details['number']} to the tenderer of bid {details['letter']} for lot {details['lot']}; "
        f"a reply is taken until {_when(details['reply_by'])}"
    ),
    "sheets_submitted": lambda details, _: f"Submitted {counted(int(details['count']), 'score sheet')}",
    "chair_asked": _fixed("Asked the chair question {number}, about an answer"),
    "chair_answered": _fixed("Answered question {number} of a member of the panel"),
    "tenderer_replied": _fixed("The tenderer of bid {letter} for lot {lot} replied to question {number}"),
}
