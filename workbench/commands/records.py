"""``workbench verify`` for a file of record: every entry, the audit trail, the award and its documents, offline."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from exports.claims.claim import Difference
from exports.record_file import EVENTS, MANIFEST
from exports.record_reading import NotARecord, RecordReader, check_entries, may_be_record, open_record
from lots.errors import Finding, ProcurementError
from lots.words import counted
from workbench import __version__, chain_export
from workbench.commands import record_checks as checks
from workbench.commands.verdicts import Verdict, differing


def is_record(path: Path) -> bool:
    """Say whether a file begins as a file of record does; one that cannot be read is none."""
    try:
        with path.open("rb") as stream:
            return may_be_record(stream.read(4))
    except (OSError, ValueError):
        return False


def of_record(path: Path, name: str, head: str) -> Iterator[Verdict]:
    """Check a file of record from its bytes to its award; the first fault of its bytes ends it.

    NotARecord where the file is none, or is built to do harm.
    """
    try:
        record = open_record(path)
    except NotARecord as fault:
        raise NotARecord(str(fault), [Finding("not_a_record", str(fault), name)]) from fault
    with record:
        found = tuple(check_entries(record))
        yield Verdict(_what(record, name), 0, (), found)
        if found:
            return
        trail = record.read(EVENTS)
        yield _trail(record, trail, head)
        yield from _contents(record, tuple(chain_export.events_in(trail)))


def _what(record: RecordReader, name: str) -> str:
    said, about = record.manifest, record.manifest["about"]
    kept = len(said["withheld"])
    back = f", {counted(kept, 'file')} kept back" if kept else ""
    return (
        f"{name}, the {said['build']} record of {about.get('reference')}: "
        f"{counted(len(said['entries']), 'file')}{back}, root {said['root']}"
    )


def _trail(record: RecordReader, trail: bytes, head: str) -> Verdict:
    said = record.manifest["events"]
    found = list(chain_export.verify(trail, head))
    last = json.loads(trail.split(b"\n", 1)[0]) if not found else {}
    if last and (last["head"], last["length"]) != (said["head"], said["length"]):
        found.append(Finding("other_trail", "The audit trail does not end where the manifest says", EVENTS))
    kept = chain_export.withheld_in(trail)
    back = f", the text of {kept} kept back" if kept else ""
    count = counted(chain_export.length_of(trail), "event")
    return Verdict(f"{EVENTS}, an audit trail of {count}{back}, head {said['head']}", 0, (), tuple(found))


def _contents(record: RecordReader, events: tuple[Any, ...]) -> Iterator[Verdict]:
    yield Verdict(
        "the published rules and files, against the audit trail", 0, (), tuple(checks.published(record, events))
    )
    yield Verdict("the count of the bids at the deadline", 0, (), tuple(checks.closings(record, events)))
    if not record.restricted:
        yield from _documents(record)
        yield _kept_back(events)
        return
    yield Verdict("the receipts and logs of the bids", 0, (), tuple(checks.receipts_and_logs(record)))
    yield Verdict("what the panel submitted and agreed", 0, (), tuple(checks.kept_values(record)))
    yield from _awards(record, events)
    yield Verdict("the documents, against the audit trail", 0, (), tuple(checks.documents(record, events)))
    yield from _documents(record)


def _kept_back(events: tuple[Any, ...]) -> Verdict:
    """Say what a public build cannot show: the award is recomputed from the restricted one."""
    digests = list(checks.approved(events))
    named = f": the result that was approved has the digest {digests[-1]}" if digests else ""
    message = (
        "This is the public build. The bids and scores that the award follows from are kept back, so the award itself "
        f"is not worked out again here{named}"
    )
    return Verdict("what the public build keeps back", 0, (), (Finding("kept_back", message, MANIFEST, "note"),))


# --- the award ----------------------------------------------------------------------------------------------


def _awards(record: RecordReader, events: tuple[Any, ...]) -> Iterator[Verdict]:
    """Evaluate every record that was frozen again; its result has to be the one that was recommended, byte for byte."""
    for folder in checks.recommendations(record):
        number = folder.rstrip("/").rpartition("-")[2]
        findings = tuple(checks.recommended(record, folder, int(number), events))
        expected = record.read(f"{folder}result.json")
        yield _evaluated(record, f"{folder}tender-file.json", expected, f"recommendation {number}", findings)
    for name, of in checks.issued(record):
        expected = record.read(f"award/recommendation-{of}/result.json")
        yield _evaluated(record, name, expected, f"the documents’ own record ({name})", ())


def _evaluated(record: RecordReader, name: str, expected: bytes, what: str, findings: tuple[Finding, ...]) -> Verdict:
    from exports.award_snapshot import result_of
    from workbench.commands.verification import evaluated, recomputed

    data = record.read(name)
    try:
        evaluation, _ = evaluated(data, name)
    except ProcurementError as fault:
        wrong = Finding("snapshot_refused", f"The frozen record cannot be evaluated: {fault}", name)
        return Verdict(what, 0, (), (*findings, wrong))
    official = recomputed(evaluation, what, ())
    apart = tuple(differing(expected, result_of(evaluation), "result"))
    whole = (
        f"{what}, evaluated again: snapshot {sha256(data).hexdigest()[:12]}, result {sha256(expected).hexdigest()[:12]}"
    )
    engine = record.manifest["about"].get("engine")
    other = f" The record was made by version {engine} of the workbench; this is {__version__}"
    notes = (Finding("other_engine", other.strip(), MANIFEST, "note"),) if engine != __version__ else ()
    return Verdict(whole, official.recomputed, (*official.differences, *apart), (*findings, *notes))


# --- the documents ------------------------------------------------------------------------------------------


def _documents(record: RecordReader) -> Iterator[Verdict]:
    """Recompute every document that carries figures; one without is as its digest says, which was checked before."""
    from exports.pdf import PdfError
    from workbench.commands.verification import NotOurDocument, of_document

    for name in record.under("documents/"):
        if not name.endswith(".pdf"):
            continue
        try:
            yield of_document(record.read(name), name)
        except NotOurDocument:
            yield Verdict(f"{name}, without figures of its own", 0)
        except PdfError as fault:
            wrong = Finding("unreadable_document", f"This document cannot be opened: {fault}", name)
            yield Verdict(name, 0, (Difference(name, "a document", "no document"),), (wrong,))
