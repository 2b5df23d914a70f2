"""``workbench verify``: every number of a tender file, of a printed document or of a whole pack, worked out again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from exports.claims.claim import Difference
from lots.errors import Finding, ProcurementError, errors_in
from lots.words import counted
from workbench import chain_export
from workbench.commands.common import FILE, REFUSED, Command, json_option, path_text, read_bytes
from workbench.commands.receipts import is_receipt, of_receipt, receipt_in
from workbench.commands.records import is_record, of_record
from workbench.commands.verdicts import Verdict, differing
from workbench.output import bullet, emit, findings_data, print_findings, printable

if TYPE_CHECKING:
    from scoring.derivation import Derivation
    from scoring.evaluation import LotEvaluation
    from scoring.recommendation import Evaluation
    from workbench.services.awards.packs import Expected

CLAIMS = {
    "decision-claim/1": "exports.claims.claim",
    "decision-record-claim/1": "exports.claims.decision",
    "split-claim/1": "exports.reports.certificate",
    "rehearsal-claim/1": "exports.reports.rehearsal",
}
"""The module that recomputes each format of attached data."""
TOLD = frozenset({"kept_back", "other_engine"})
"""The notes that a reader of a verdict has to know, though nothing differs."""
CLAIM, TENDER_FILE, RULES = "claim.json", "tender-file.json", "rule-set.json"
_PDF = b"%PDF-"
_PDF_WITHIN = 1024  # bytes in which readers look for the mark of a PDF
_ROOM = 1 << 30  # bytes that opening a document may take: a small file can hold an enormous attachment


class NotOurDocument(ProcurementError):  # noqa: N818 - it names a state, not a slip
    """A document without the attached data that its numbers could be recomputed from."""


@click.command("verify", cls=Command)
@click.argument("file", type=FILE)
@click.option("--pack", type=FILE, metavar="DIR", help="Compare every document of this pack with the tender file.")
@click.option("--reprint", is_flag=True, help="Also print again what can be, and compare byte for byte.")
@click.option("--head", default="", metavar="HEX", help="The head that an exported audit trail must contain.")
@json_option
def verify(file: Path, pack: Path | None, reprint: bool, head: str, as_json: bool) -> None:
    """Recompute every number of FILE: a tender file, a document (PDF), an audit trail, a receipt, a file of record.

    A document carries the data its numbers follow from; a tender file is evaluated again, twice over: in scaled
    integers and in fractions. Says "match", or every number that differs; exit status 1 then.

    --reprint goes beyond the data to the page itself: with --pack every document, else a report that has the whole
    tender file inside, is printed again from its data. The same version of the workbench gives the same bytes.

    Every event of an audit trail is hashed again; --head is the fingerprint that somebody wrote down on the day. A file
    of record holds such a trail, and is checked from its bytes to its award.
    """
    name = path_text(file)
    record = is_record(file)
    data = b"" if record else read_bytes(file)
    if record:
        if pack is not None or reprint:
            raise click.UsageError("--pack and --reprint go with documents, not with a file of record.")
        verdicts = list(of_record(file, name, head))
    elif chain_export.is_export(data):
        if pack is not None or reprint:
            raise click.UsageError("--pack and --reprint go with documents, not with an audit trail.")
        verdicts = [of_audit_trail(data, name, head)]
    elif is_receipt(data):
        verdicts = [of_receipt(data, name)]
    elif head:
        raise click.UsageError("--head goes with an exported audit trail or a file of record.")
    elif _PDF in data[:_PDF_WITHIN]:
        if pack is not None:
            raise click.UsageError("--pack goes with the tender file that the pack was made from, not with a PDF.")
        verdicts = [of_document(data, name), *(reprinted_report(data, name) if reprint else ())]
    elif reprint and pack is None:
        raise click.UsageError("--reprint needs a document, or --pack DIR beside the tender file.")
    else:
        verdicts = list(of_tender_file(data, name, pack, reprint=reprint))
    if as_json:
        emit(as_data(verdicts))
    else:
        show(verdicts)
    if not all(verdict.match for verdict in verdicts):
        raise click.exceptions.Exit(REFUSED)


def of_audit_trail(data: bytes, name: str, head: str) -> Verdict:
    """Hash every event of an exported audit trail again, and check that each follows from the one before."""
    findings = chain_export.verify(data, head)
    kept = chain_export.withheld_in(data)
    back = f", the text of {kept} kept back" if kept else ""
    return Verdict(f"{name}, an audit trail of {counted(chain_export.length_of(data), 'event')}{back}", 0, (), findings)


def show(verdicts: list[Verdict]) -> None:
    """Print a line for each thing checked, then what differs."""
    for verdict in verdicts:
        word = "match" if verdict.match else "DIFFERS"
        how = f", {verdict.recomputed} numbers recomputed" if verdict.recomputed else ""
        click.echo(printable(f"{word}: {verdict.what}{how}"))
        for difference in verdict.differences:
            bullet(str(difference))
        print_findings(it for it in verdict.findings if it.severity == "error" or it.code in TOLD)


def as_data(verdicts: list[Verdict]) -> dict[str, object]:
    """Turn verdicts into JSON."""
    return {
        "match": all(verdict.match for verdict in verdicts),
        "recomputed": sum(verdict.recomputed for verdict in verdicts),
        "checked": [
            {
                "what": verdict.what,
                "match": verdict.match,
                "recomputed": verdict.recomputed,
                "differences": [
                    {"place": it.place, "printed": it.printed, "recomputed": it.recomputed}
                    for it in verdict.differences
                ],
                "findings": findings_data(verdict.findings),
            }
            for verdict in verdicts
        ],
        "findings": findings_data(it for verdict in verdicts for it in verdict.findings),
    }


# --- one document -------------------------------------------------------------------------------------------


def of_document(data: bytes, name: str) -> Verdict:
    """Recompute a PDF from the data attached to it; NotOurDocument where there is none."""
    held = attachments(data, name)
    found = [of_claim(held[CLAIM], name)] if CLAIM in held else receipt_in(held, name)
    if TENDER_FILE in held:
        evaluation, findings = evaluated(held[TENDER_FILE], f"the tender file inside {name}")
        found.append(recomputed(evaluation, f"{name} ({evaluation.file.tender.reference})", findings))
    if RULES in held:
        found.append(of_rules(held[RULES], name))
    if found:
        differences = tuple(it for verdict in found for it in verdict.differences)
        findings = tuple(it for verdict in found for it in verdict.findings)
        return Verdict(found[0].what, sum(verdict.recomputed for verdict in found), differences, findings)
    asked = "Verify the pack it belongs to" if held else "Was it made by the workbench?"
    there = f"it holds only {', '.join(held)}" if held else "it holds no attachment"
    message = f"“{name}” carries no figures that could be recomputed from itself: {there}. {asked}"
    raise NotOurDocument(message, [Finding("no_attached_data", message, name)])


def of_rules(data: bytes, name: str) -> Verdict:
    """Read the published rules inside a document, and work their fingerprint out from what they say."""
    from exports.rule_changes import rule_set_digest

    evaluation, findings = evaluated(data, f"the rules inside {name}")
    given, own = sha256(data).hexdigest(), rule_set_digest(evaluation.file)
    differences = () if given == own else (Difference("the fingerprint of the rules", given, own),)
    return Verdict(f"{name} ({evaluation.file.tender.reference}), rules {given}", 0, differences, findings)


def of_claim(data: bytes, name: str) -> Verdict:
    """Recompute what a document prints from its claim, with the module that knows the claim's format."""
    from exports.codec.strict_json import parse

    claim, problems = parse(data)
    form = claim.get("format") if isinstance(claim, dict) else None
    if not isinstance(claim, dict) or form not in CLAIMS:
        message = f"The data attached to “{name}” is in no format that is known here: {', '.join(CLAIMS)}"
        raise NotOurDocument(message, problems or [Finding("claim_format", message, name)])
    found = import_module(CLAIMS[str(form)]).recompute(data)
    differences = tuple(found)
    return Verdict(f"{name} ({claim.get('document')} {claim.get('number')})", _printed(claim), differences)


def _printed(claim: object) -> int:
    """Count the figures that a claim, or the parts of one, say are printed."""
    if isinstance(claim, list):
        return sum(map(_printed, claim))
    if not isinstance(claim, dict):
        return 0
    here = claim.get("printed")
    inner = sum(_printed(value) for key, value in claim.items() if key != "printed")
    return inner + (len(here) if isinstance(here, dict | list) else 0)


def attachments(data: bytes, name: str) -> Mapping[str, bytes]:
    """Read what is attached to a PDF, in bounded memory."""
    from exports.pdf import PdfError, attachments_of

    try:
        with bounded_memory():
            return attachments_of(data)
    except (MemoryError, RecursionError, PdfError) as error:
        if isinstance(error, PdfError) and "bad_alloc" not in str(error.__cause__):
            raise
        message = f"“{name}” unpacks to more than a document of the workbench ever holds: it was not opened"
        raise NotOurDocument(message, [Finding("attachment_too_large", message, name)]) from error


@contextmanager
def bounded_memory() -> Iterator[None]:
    """Let this process take at most 1 GB more while the block runs, where the system can say how much it has."""
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + _ROOM, hard))
    except (ImportError, OSError, ValueError):
        yield
        return
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


# --- a tender file ------------------------------------------------------------------------------------------


def of_tender_file(data: bytes, name: str, pack: Path | None, *, reprint: bool = False) -> Iterator[Verdict]:
    """Evaluate a tender file and derive every number again; with a pack, compare each of its documents."""
    evaluation, findings = evaluated(data, name)
    yield recomputed(evaluation, f"{name} ({evaluation.file.tender.reference})", findings)
    if pack is not None:
        yield from of_pack(evaluation, pack)
        if reprint:
            yield from reprinted_pack(evaluation, pack)


def evaluated(data: bytes, name: str) -> tuple[Evaluation, tuple[Finding, ...]]:
    """Read, check and evaluate a tender file; a file with errors is refused with each of them."""
    from exports import tender_file
    from scoring.recommendation import evaluate
    from workbench.commands.common import FileRefused

    value, findings = tender_file.check(data)
    if value is None or errors_in(findings):
        raise FileRefused(f"{name} cannot be evaluated; mend what is listed below", findings)
    return evaluate(value), findings


def recomputed(evaluation: Evaluation, what: str, findings: tuple[Finding, ...]) -> Verdict:
    """Derive every bid's marks, prices and total in fractions and set them against the official figures."""
    count, differences = 0, list[Difference]()
    for lot in evaluation.lots:
        for result in lot.results if lot.ranked else ():
            if result.rows:
                numbers, found = _derived(lot, result.bid.id)
                count += numbers
                differences += found
    return Verdict(what, count, tuple(differences), findings)


def _derived(lot: LotEvaluation, bid: str) -> tuple[int, list[Difference]]:
    """Derive one bid: how many numbers there are, and where derivation and official figure differ."""
    from scoring.explain import explain_total
    from scoring.figures import plain

    made, result = explain_total(lot, bid), lot.result(bid)
    pairs = [(f"{bid}.total", result.total if result.total is not None else result.scored, made.value)]
    wrong = [(place, official, again) for place, official, again in pairs if official != again]
    return _size(made), [Difference(place, plain(official or 0), plain(again)) for place, official, again in wrong]


def _size(made: Derivation) -> int:
    return 1 + sum(_size(part) for part in made.inputs)


# --- a pack -------------------------------------------------------------------------------------------------


def of_pack(evaluation: Evaluation, pack: Path) -> Iterator[Verdict]:
    """Set every document of a pack against what the tender file says it must hold, and recompute it by itself."""
    from workbench.services.awards.packs import expected_files
    from workbench.services.folders import MANIFEST, digest, read_manifest

    listed = read_manifest(pack)
    if listed is None:
        message = f"“{path_text(pack)}” has no {MANIFEST} of a decision pack: name the folder that evaluate wrote"
        raise NotOurDocument(message, [Finding("no_manifest", message, path_text(pack))])
    expected = expected_files(evaluation)
    for name in sorted({*expected, *listed}):
        path = pack / name
        if not path.is_file():
            yield _odd(name, "document_missing", "this document belongs in the pack and is not there")
        elif name not in expected:
            yield _odd(name, "document_foreign", "this document does not follow from the tender file")
        elif name in listed and digest(path) not in listed[name]:
            yield _odd(name, "document_changed", "this file was changed since it was written")
        else:
            yield _member(path, name, expected[name])


def _odd(name: str, code: str, message: str) -> Verdict:
    return Verdict(name, 0, (), (Finding(code, message, name),))


def _member(path: Path, name: str, expected: Expected) -> Verdict:
    data = read_bytes(path)
    if expected.data is not None:
        return Verdict(f"{name}, the same file", 0, tuple(differing(data, expected.data, name)))
    held = attachments(data, name)
    missing = [Difference(part, "", "attached") for part in expected.attached if part not in held]
    calculated = not missing and {CLAIM, TENDER_FILE} & set(held)
    own = of_document(data, name) if calculated else Verdict(f"{name}, the same data attached", 0)
    apart = [
        it for part, asked in expected.attached.items() if part in held for it in differing(held[part], asked, part)
    ]
    return Verdict(own.what, own.recomputed, (*own.differences, *missing, *apart), own.findings)


# --- printed again ------------------------------------------------------------------------------------------


def reprinted_pack(evaluation: Evaluation, pack: Path) -> Iterator[Verdict]:
    """Print every document of a pack again and compare it byte for byte with what lies there."""
    from workbench.printing import print_many
    from workbench.services.awards.packs import expected_files

    papers = {name: it.paper for name, it in expected_files(evaluation).items() if it.paper and (pack / name).is_file()}
    wrong = [
        name
        for name, again in zip(papers, print_many(papers.values(), min(2, len(papers))), strict=True)
        if again != read_bytes(pack / name)
    ]
    yield _reprinted(f"{len(papers)} documents", wrong)


def reprinted_report(data: bytes, name: str) -> Iterator[Verdict]:
    """Print a report again from the tender file inside it; nothing where a document holds only its own figures."""
    from workbench.printing import print_document
    from workbench.services.awards.packs import expected_files

    held = attachments(data, name).get(TENDER_FILE)
    if held is None:
        message = f"“{name}” holds only its own figures: print it again from the tender file, with --pack DIR --reprint"
        raise NotOurDocument(message, [Finding("cannot_reprint", message, name)])
    evaluation, _ = evaluated(held, f"the tender file inside {name}")
    papers = [it.paper for it in expected_files(evaluation).values() if it.paper and TENDER_FILE in it.attached]
    same = any(print_document(paper) == data for paper in papers)
    yield _reprinted(name, [] if same else [name])


def _reprinted(what: str, wrong: list[str]) -> Verdict:
    message = "printed again this document has other bytes: it was changed, or another version printed it"
    findings = tuple(Finding("reprint_differs", message, name) for name in wrong)
    return Verdict(f"{what} printed again, byte for byte", 0, (), findings)
