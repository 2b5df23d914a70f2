"""What the parts of a file of record say about one another: each fault in a sentence, at the entry it is found in.

The audit trail is what binds: its head is on printed documents and in people's hands. Its events name the digests of
the rules, the closing, the frozen record, the result and the documents; here each is set against the entry itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

from exports.record_reading import RecordReader
from lots.errors import Finding
from workbench import chain_export
from workbench.sealing import merkle
from workbench.sealing import receipt as receipts
from workbench.sealing.notes import NoteError, read_checkpoint, verified

Events = Sequence[Mapping[str, Any]]
_RULES: Final = "rules/"
_FILES: Final = "published/"
_DOCUMENTS: Final = "documents/"
_LETTERS: Final = ("award", "letter")
_PAPERS: Final = "award/documents.json"
_ISSUES: Final = "award/issues.json"


# --- what was published -------------------------------------------------------------------------------------


def published(record: RecordReader, events: Events) -> Iterator[Finding]:
    """Find rules and published files whose digest no event of the trail names."""
    rules = {details.get("rules_sha256") for details in _details(events)}
    for name in record.under(_RULES):
        if sha256(record.read(name)).hexdigest() not in rules:
            yield Finding("rules_unnamed", "No event of the audit trail published these rules: they were changed", name)
    files = {name: digest for details in _details(events) for name, digest in _pairs(details.get("files"))}
    for name in record.under(_FILES):
        if files.get(name.removeprefix(_FILES)) != sha256(record.read(name)).hexdigest():
            yield Finding("file_unnamed", "No event of the audit trail published this file as it is here", name)


def _details(events: Events, action: str = "") -> Iterator[Mapping[str, Any]]:
    for event in events:
        details = event.get("details")
        if isinstance(details, dict) and action in ("", event.get("action")):
            yield details


def _pairs(value: object) -> Iterable[tuple[str, object]]:
    return value.items() if isinstance(value, dict) else ()


# --- the bids as they came ----------------------------------------------------------------------------------


def closings(record: RecordReader, events: Events) -> Iterator[Finding]:
    """Check the signature of every closing, its digest in the trail, and (with all receipts) the bids it counts."""
    told = {details.get("closing_sha256") for details in _details(events)}
    last = _last_acts(record)
    for name in (each for each in record.under("bids/closing-")):
        said = _object(record, name)
        note, key = str(said.get("checkpoint")), str(said.get("key"))
        try:
            found = read_checkpoint(verified(note, key))
        except (NoteError, ValueError):
            yield Finding("closing_unsigned", "The signature of this closing does not fit its text", name)
            continue
        if (found.size, found.root.hex()) != (said.get("size"), said.get("root")):
            yield Finding("closing_differs", "This closing says another number or root than the one it signed", name)
        if sha256(note.encode()).hexdigest() not in told:
            yield Finding("closing_unnamed", "No event of the audit trail names this closing: it was changed", name)
        if record.restricted and name == record.under("bids/closing-")[-1] and not _counts(last, found.root.hex()):
            message = "The receipts in this record are not those that the closing counted: one is missing or changed"
            yield Finding("closing_other_bids", message, name)


def _counts(last: Mapping[str, str], root: str) -> bool:
    """Say whether a root stands for these last acts; a bid whose log was changed before the closing counts as such."""
    tried = [dict(last), *({**last, bid: _changed(bid)} for bid in last)]
    return any(merkle.root(sorted(map(_leaf, each.items()))).hex() == root for each in tried)


def _leaf(act: tuple[str, str]) -> bytes:
    return receipts.closing_leaf(*act)


def _changed(bid: str) -> str:
    """Return what stands at closing for a bid whose log had been changed (as ``queries.bids.closings`` has it)."""
    return sha256(f"changed\n{bid}".encode()).hexdigest()


def _last_acts(record: RecordReader) -> dict[str, str]:
    """Map every bid to the leaf of the last act on it that was in time."""
    found: dict[str, tuple[int, str]] = {}
    for name, data in _receipts(record):
        try:
            it = receipts.read(data)
            bid, version, act = str(it.facts["bid"]), int(it.facts["version"]), it.facts.get("act")
        except (receipts.ReceiptError, KeyError, TypeError, ValueError):
            continue
        if act != "late" and version > found.get(bid, (0, ""))[0] and name:
            found[bid] = (version, it.leaf)
    return {bid: leaf for bid, (_, leaf) in found.items()}


def _receipts(record: RecordReader) -> Iterator[tuple[str, bytes]]:
    for name in record.under("bids/"):
        if "/receipt-" in name:
            yield name, record.read(name)


def receipts_and_logs(record: RecordReader) -> Iterator[Finding]:
    """Check every receipt by itself, every log, and that each receipt's event stands in its bid's log."""
    for name, data in _receipts(record):
        try:
            found = receipts.read(data)
        except receipts.ReceiptError as fault:
            yield Finding("receipt_unreadable", f"This is no receipt any more: {fault}", name)
            continue
        yield from (Finding(each.code, each.message, name, each.severity) for each in receipts.check(found))
        log = f"{name.rpartition('/')[0]}/log.jsonl"
        if not record.has(log) or found.leaf.encode() not in record.read(log):
            yield Finding("receipt_without_event", "The event of this receipt is not in the log of its bid", name)
    for name in record.under("bids/"):
        if name.endswith("/log.jsonl"):
            yield from _log(record, name)


def _log(record: RecordReader, name: str) -> Iterator[Finding]:
    """Check the log of one bid, and that every act in it has its receipt."""
    data = record.read(name)
    yield from (Finding(it.code, it.message, f"{name}, {it.place}") for it in chain_export.verify(data))
    acts = [it for it in chain_export.events_in(data) if it.get("action") in receipts.ACTIONS.values()]
    held = record.under(f"{name.rpartition('/')[0]}/receipt-")
    if len(acts) != len(held):
        message = f"This log tells of {len(acts)} acts and the record holds {len(held)} of their receipts"
        yield Finding("act_without_receipt", message, name)


# --- what the panel did -------------------------------------------------------------------------------------


def kept_values(record: RecordReader) -> Iterator[Finding]:
    """Check each submitted sheet and agreed score against the digest it was kept with, and against the last record."""
    frozen = _frozen(record)
    for name, part in (
        ("evaluation/score-sheets.json", "score_sheets"),
        ("evaluation/agreed-scores.json", "agreed_scores"),
    ):
        texts = set()
        for at, row in enumerate(_rows(record, name), 1):
            texts.add(_same_text(row.get("content")))
            if sha256(str(row.get("content")).encode()).hexdigest() != row.get("sha256"):
                yield Finding("value_changed", f"Row {at} is not what its digest says: it was changed", name)
        for at, value in enumerate(frozen.get(part, ())):
            if _same(value) not in texts:
                message = f"{part}[{at}] of the record that was recommended from is not among what the panel kept"
                yield Finding("value_unknown", message, name)


def _frozen(record: RecordReader) -> Mapping[str, Any]:
    """Read the record of the last recommendation; empty where there is none."""
    folders = list(recommendations(record))
    return _object(record, f"{folders[-1]}tender-file.json") if folders else {}


def _same_text(text: object) -> str:
    try:
        return _same(json.loads(str(text)))
    except ValueError:
        return ""


def _same(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


# --- the award ----------------------------------------------------------------------------------------------


def recommendations(record: RecordReader) -> Iterator[str]:
    """Yield the folder of every recommendation, in order."""
    folders = {name.rpartition("/")[0] + "/" for name in record.under("award/recommendation-")}
    numbered = {each: each.rstrip("/").rpartition("-")[2] for each in folders}
    yield from sorted((each for each, number in numbered.items() if number.isdigit()), key=lambda it: int(numbered[it]))


def recommended(record: RecordReader, folder: str, number: int, events: Events) -> Iterator[Finding]:
    """Set a frozen record and its result against the event in which they were recommended, and those approving it."""
    digests = {
        "snapshot_sha256": sha256(record.read(f"{folder}tender-file.json")).hexdigest(),
        "result_sha256": sha256(record.read(f"{folder}result.json")).hexdigest(),
    }
    said = next((it for it in _details(events, "award_recommended") if it.get("number") == number), None)
    if said is None:
        yield Finding("recommendation_unnamed", "No event of the audit trail made this recommendation", folder)
        return
    words = {"snapshot_sha256": "record", "result_sha256": "result"}
    for key, digest in digests.items():
        if said.get(key) != digest:
            message = f"The {words[key]} is not the one that was recommended: its digest differs from the event’s"
            yield Finding("recommendation_differs", message, folder)
    for approved in _details(events, "award_approved"):
        if approved.get("recommendation") == number and approved.get("result_sha256") != digests["result_sha256"]:
            yield Finding("approval_differs", "What was approved is another result than this one", folder)


def approved(events: Events) -> Iterator[str]:
    """Yield the digest of every result that was approved, in order."""
    yield from (str(it.get("result_sha256")) for it in _details(events, "award_approved"))


# --- the documents ------------------------------------------------------------------------------------------


def issued(record: RecordReader) -> Iterator[tuple[str, int]]:
    """Yield the record that each run of documents was made from, and the number of its recommendation."""
    for row in _rows(record, _ISSUES):
        name = f"{_DOCUMENTS}{row.get('number')}/record/tender-file.json"
        number = row.get("recommendation")
        if record.has(name) and type(number) is int and record.has(f"award/recommendation-{number}/result.json"):
            yield name, number


def documents(record: RecordReader, events: Events) -> Iterator[Finding]:
    """Set every document against its row, and all of a run against the events in which they were made and released."""
    rows = list(_rows(record, _PAPERS))
    yield from _unregistered(record, rows)
    for issue in _rows(record, _ISSUES):
        folder = f"{_DOCUMENTS}{issue.get('number')}/sent/"
        made = [row for row in rows if row.get("issue_id") == issue.get("id") and row.get("state") == "made"]
        held = record.under(folder)
        if not held:
            continue
        for row in made:
            name = f"{folder}{row.get('path')}"
            if not record.has(name):
                yield Finding("document_missing", "This document was made and is not in the record", name)
            elif sha256(record.read(name)).hexdigest() != row.get("sha256"):
                yield Finding(
                    "document_changed", "This document is not the one that was made: its digest differs", name
                )
        yield from _digests(record, issue, made, events)


def _unregistered(record: RecordReader, rows: list[Mapping[str, Any]]) -> Iterator[Finding]:
    """Find documents that no run made: the register has to know each."""
    numbers = {it.get("id"): it.get("number") for it in _rows(record, _ISSUES)}
    known = {f"{_DOCUMENTS}{numbers.get(row.get('issue_id'))}/sent/{row.get('path')}" for row in rows}
    for name in record.under(_DOCUMENTS):
        if "/sent/" in name and name not in known:
            yield Finding("document_unknown", "The register of documents does not know this one", name)


def _digests(
    record: RecordReader, issue: Mapping[str, Any], made: list[Mapping[str, Any]], events: Events
) -> Iterator[Finding]:
    number, place = issue.get("number"), f"{_DOCUMENTS}{issue.get('number')}/"
    letters = [row for row in made if row.get("kind") in _LETTERS]
    for action, rows, words in (
        ("papers_made", made, "made"), ("letters_released", letters, "released"),
    ):  # fmt: skip
        said = next((it for it in _details(events, action) if it.get("issue") == number), None)
        if said is None and (action == "papers_made" or issue.get("state") == "released"):
            yield Finding("documents_unnamed", f"No event of the audit trail says that these were {words}", place)
        elif said is not None and said.get("digest") != manifest_digest(rows):
            message = f"The documents are not those that were {words}: their digest differs from the event’s"
            yield Finding("documents_differ", message, place)
        if said is not None and said.get("record", issue.get("file_sha256")) != issue.get("file_sha256"):
            message = f"The documents that were {words} follow from another record than the one that is here"
            yield Finding("documents_other_record", message, place)
    frozen = f"{place}record/tender-file.json"
    if record.has(frozen) and sha256(record.read(frozen)).hexdigest() != issue.get("file_sha256"):
        yield Finding("documents_other_record", "The record these documents follow from was changed", frozen)


def manifest_digest(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return one digest for many documents (as ``services.awards.making`` has it): of their paths and digests."""
    pairs = sorted((str(row.get("path")), str(row.get("sha256"))) for row in rows)
    return hashlib.sha256(json.dumps(pairs, separators=(",", ":")).encode()).hexdigest()


# --- reading ------------------------------------------------------------------------------------------------


def _rows(record: RecordReader, name: str) -> Iterator[Mapping[str, Any]]:
    found = _json(record, name) if record.has(name) else []
    yield from (row for row in found if isinstance(row, dict)) if isinstance(found, list) else ()


def _object(record: RecordReader, name: str) -> Mapping[str, Any]:
    found = _json(record, name) if record.has(name) else {}
    return found if isinstance(found, dict) else {}


def _json(record: RecordReader, name: str) -> Any:
    try:
        return json.loads(record.read(name))
    except (ValueError, RecursionError):
        return None
