"""The decision pack as files: every document that a decision needs, and a manifest with the digest of each.

A new kind of document is one line in ``BUILDERS``. A document that may not be made yet (a required field is empty) does
not keep the others back: the manifest names it with its findings. The same tender file gives the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Union

from lots.errors import Finding, ProcurementError
from workbench.services.folders import Folder

if TYPE_CHECKING:
    from exports.documents import Printable
    from scoring.recommendation import Evaluation

TENDER_FILE = "tender-file.json"
WORKBOOK = "evaluation.xlsx"


class PackError(ProcurementError):
    """A decision pack that cannot be written."""


@dataclass(frozen=True)
class PackFile:
    """A file of the pack that is not printed from a template (a spreadsheet, say): its path, bytes and title."""

    path: str
    data: bytes
    title: str


@dataclass(frozen=True)
class Refused:
    """A document that may not be made yet, and everything that is missing or wrong."""

    title: str
    findings: tuple[Finding, ...]


Paper = Union["Printable", PackFile]


@dataclass(frozen=True)
class Job:
    """Some documents to be made: what they are, and the call that makes their values."""

    title: str
    make: Callable[[], Iterable[Paper]]


@dataclass(frozen=True)
class Written:
    """One file of the pack as written: its path inside the folder, its title, kind and digest."""

    path: str
    title: str
    kind: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Pack:
    """A pack on disk: where it lies, its files by path, and the documents that could not be made."""

    folder: Path
    files: tuple[Written, ...]
    refused: tuple[Refused, ...]


Builder = Callable[["Evaluation"], Iterable[Job]]


class Watcher(Protocol):
    """Somebody who is told how far the work is."""

    def begin(self, total: int) -> None:
        """Hear how many files there will be."""

    def step(self, what: str) -> None:
        """Hear that a file is finished."""


class Nobody:
    """A watcher who does not listen."""

    def begin(self, total: int) -> None:
        """Do nothing."""

    def step(self, what: str) -> None:
        """Do nothing."""


# --- what belongs in a pack ---------------------------------------------------------------------------------


def once(title: str, maker: str) -> Builder:
    """Plan documents about the whole procurement: ``maker`` is ``module:function``, called with the evaluation."""

    def plan(evaluation: Evaluation) -> Iterator[Job]:
        yield Job(title, lambda: _call(maker, evaluation))

    return plan


def each_lot(title: str, maker: str) -> Builder:
    """Plan documents for each contract lot: the function is called with the evaluation and the lot's id."""

    def plan(evaluation: Evaluation) -> Iterator[Job]:
        for lot in evaluation.lots:
            yield _job(f"{title}, {lot.lot.title}", maker, evaluation, lot.lot.id)

    return plan


def each_split(title: str, maker: str) -> Builder:
    """Plan documents for each admitted bid with a split: the function is called with the file and the bid's id."""

    def plan(evaluation: Evaluation) -> Iterator[Job]:
        for lot in evaluation.lots:
            for result in lot.results:
                if result.split is not None and result.bid.split is not None:
                    yield _job(f"{title}, {result.bid.id}", maker, evaluation.file, result.bid.id)

    return plan


def _job(title: str, maker: str, *given: object) -> Job:
    return Job(title, lambda: _call(maker, *given))


def _call(maker: str, *given: object) -> tuple[Paper, ...]:
    """Call ``module:function``, imported only now, because what prints documents is slow to load.

    It returns one document or several.
    """
    module, _, name = maker.partition(":")
    made = getattr(import_module(module), name)(*given)
    return tuple(made) if isinstance(made, Iterable) else (made,)


def tender_file_copy(evaluation: Evaluation) -> PackFile:
    """Put the tender file itself into the pack, in its canonical form: everything follows from it."""
    from exports import tender_file

    return PackFile(TENDER_FILE, tender_file.write(evaluation.file), "The tender file, in canonical form")


def workbook(evaluation: Evaluation) -> PackFile:
    """Put the evaluation record into the pack as a spreadsheet whose every figure is a formula."""
    from exports.spreadsheet import evaluation_workbook

    return PackFile(WORKBOOK, evaluation_workbook(evaluation), "The evaluation record with live formulas, restricted")


BUILDERS: tuple[Builder, ...] = (
    once("The tender file", "workbench.services.awards.packs:tender_file_copy"),
    once("The evaluation workbook", "workbench.services.awards.packs:workbook"),
    once("The decision record", "exports.reports.decision_record:decision_record"),
    once("The evaluation report", "exports.reports.panel_report:panel_report"),
    each_lot("The award decision notice", "exports.notices.award_notice:award_notices"),
    each_lot("The letters to unsuccessful tenderers", "exports.notices.letters:letters"),
    each_split("The compliance certificate", "exports.reports.certificate:compliance_certificate"),
    once("The score sheets", "exports.reports.score_sheets:score_sheets"),
    once("The contract award notice", "exports.reports.award_notice_sheet:award_notice_sheet"),
)


def plan_pack(evaluation: Evaluation, builders: Sequence[Builder] | None = None) -> tuple[Job, ...]:
    """List every document that belongs in the pack, in order."""
    return tuple(job for build in (BUILDERS if builders is None else builders) for job in build(evaluation))


@dataclass(frozen=True)
class Planned:
    """A document of a pack: the number of its job, its place among what that job makes, its path, its value."""

    job: int
    place: int
    path: str
    paper: Paper


def planned(evaluation: Evaluation) -> Iterator[Planned | Refused]:
    """Yield every document of the pack with its place, and each that is refused, one job after another.

    No more is held than the values of one job.
    """
    taken: dict[str, None] = {}
    for number, job in enumerate(plan_pack(evaluation)):
        made, refused = make_values([job])
        for place, paper in enumerate(made):
            path = _own_name(name_of(paper), taken)
            taken[path] = None
            yield Planned(number, place, path, paper)
        yield from refused


def make_values(jobs: Iterable[Job]) -> tuple[list[Paper], list[Refused]]:
    """Make the value of every document, and list those that are refused."""
    made: list[Paper] = []
    refused: list[Refused] = []
    for job in jobs:
        try:
            made += job.make()
        except ProcurementError as error:
            refused.append(Refused(job.title, error.findings or (Finding("document_refused", str(error)),)))
    return made, refused


def title_of(paper: Paper) -> str:
    """Say what a file of the pack is: its title, its lot and whom it is for."""
    if isinstance(paper, PackFile):
        return paper.title
    head = paper.head
    return ", ".join(part for part in (head.title, head.lot, head.addressee.name if head.addressee else "") if part)


def name_of(paper: Paper) -> str:
    """Name the file of a document."""
    from exports.names import file_name

    return paper.path if isinstance(paper, PackFile) else file_name(paper)


def _own_name(name: str, taken: Mapping[str, object]) -> str:
    """Return ``name``, with a number before its ending where another document has it already."""
    stem, dot, ending = name.rpartition(".")
    number, own = 2, name
    while own in taken:
        own, number = f"{stem}-{number}{dot}{ending}", number + 1
    return own


# --- writing ------------------------------------------------------------------------------------------------


def write_pack(
    evaluation: Evaluation,
    folder: Path,
    *,
    workers: int = 2,
    progress: Watcher | None = None,
    builders: Sequence[Builder] | None = None,
) -> Pack:
    """Write the pack into a folder that is new, empty or holds a former pack.

    Everything is printed beside the folder's files first and then put in place file by file, the manifest last; files
    of a former pack that are no longer in it are removed. FolderError where the folder holds anything else in the way.
    """
    folder_, watcher = Folder(folder), progress or Nobody()
    made, refused = make_values(plan_pack(evaluation, builders))
    watcher.begin(len(made))
    with folder_.staging() as stage:
        files: dict[str, Written] = {}
        for paper, data in _printed(made, workers):
            path = _own_name(name_of(paper), files)
            stage.put(path, data)
            kind = paper.title if isinstance(paper, PackFile) else paper.head.kind
            files[path] = Written(path, title_of(paper), kind, hashlib.sha256(data).hexdigest(), len(data))
            watcher.step(path)
        ordered = tuple(files[path] for path in sorted(files))
        stage.commit({it.path: it.sha256 for it in ordered}, _about(evaluation, ordered, refused))
    return Pack(folder, ordered, tuple(refused))


def _printed(made: Sequence[Paper], workers: int) -> Iterator[tuple[Paper, bytes]]:
    """Yield every document with its bytes, in order; printing runs in ``workers`` processes."""
    yield from ((it, it.data) for it in made if isinstance(it, PackFile))
    papers = [it for it in made if not isinstance(it, PackFile)]
    if not papers:
        return
    from exports.pdf import PdfError
    from workbench.printing import print_many

    pages = print_many(papers, min(workers, len(papers)))
    for paper in papers:
        try:
            data = next(pages)
        except (PdfError, MemoryError) as error:
            reason = str(error) or "the memory there is does not suffice to print it; try --workers 1"
            raise PackError(f"{title_of(paper)}: {reason}") from error
        yield paper, data


def _about(evaluation: Evaluation, files: Sequence[Written], refused: Sequence[Refused]) -> dict[str, object]:
    """Say in the manifest what the pack is about, what each file is, and what is missing from it."""
    return {
        "tender": evaluation.file.tender.reference,
        "title": evaluation.file.tender.title,
        "titles": {it.path: it.title for it in files},
        "not_made": [{"title": it.title, "findings": [_reason(f) for f in it.findings]} for it in refused],
    }


def _reason(finding: Finding) -> dict[str, str]:
    return {"code": finding.code, "place": finding.place, "message": finding.message}


@dataclass(frozen=True)
class Expected:
    """What a file of the pack must be: its own bytes where it is not printed, else what it has attached, by name.

    ``paper`` is the value that it was printed from, for printing it again.
    """

    data: bytes | None
    attached: Mapping[str, bytes]
    paper: Printable | None = None


def expected_files(evaluation: Evaluation, builders: Sequence[Builder] | None = None) -> dict[str, Expected]:
    """Say of every file of the pack, by its path, what it must hold; nothing is printed for it."""
    made, _ = make_values(plan_pack(evaluation, builders))
    found: dict[str, Expected] = {}
    for paper in sorted(made, key=lambda it: not isinstance(it, PackFile)):
        found[_own_name(name_of(paper), found)] = _expected(paper)
    return found


def _expected(paper: Paper) -> Expected:
    if isinstance(paper, PackFile):
        return Expected(paper.data, {})
    return Expected(None, {part.name: part.data for part in paper.attachments}, paper)
