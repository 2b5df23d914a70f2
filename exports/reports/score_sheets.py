"""Individual score sheets as papers: one for each evaluator and lot, exactly as submitted, for the file and the court.

Restricted: they name tenderers and evaluators. What an evaluator left out is said to be missing, never filled in.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256

from exports.codec import record
from exports.documents import DocumentHead, Slot, empty, require
from exports.opening import opened
from exports.pdf import Attached
from exports.reports.working_papers import paper_head
from lots.bid import Bid
from lots.calendar import london
from lots.errors import Finding
from lots.lot import Lot
from scoring.criteria import Leaf
from scoring.evaluation import LotEvaluation
from scoring.methodology import Methodology
from scoring.recommendation import Evaluation
from scoring.scale import Scale
from scoring.scoresheet import Declaration, PanelMember, Score, ScoreSheet
from scoring.tender_file import TenderFile

SHEETS = "score-sheets.json"
FIRST_NUMBER = 60  # score sheets follow the certificates in a lot's folder


@dataclass(frozen=True)
class Declared:
    """What the evaluator declared about one organisation in the lot; None where nothing is on file."""

    organisation: str
    part: str
    declaration: Declaration | None


@dataclass(frozen=True)
class Answer:
    """One question as scored by one evaluator; ``score`` is None where the sheet passes over it."""

    title: str
    question: str
    weight: Fraction
    maximum: Decimal
    score: Score | None
    level: str


@dataclass(frozen=True)
class SheetBid:
    """One evaluator's sheet on one bid."""

    tenderer: str
    bid: str
    submitted_at: datetime
    answers: tuple[Answer, ...]

    @property
    def abstentions(self) -> tuple[Answer, ...]:
        """List the questions that the evaluator did not score, with the reason given."""
        return tuple(answer for answer in self.answers if answer.score and answer.score.points is None)


@dataclass(frozen=True)
class ScoreSheetDocument:
    """Everything one evaluator submitted in one lot. ``digest`` is of the attached copy of the sheets."""

    head: DocumentHead
    member: PanelMember
    scales: tuple[Scale, ...]
    declared: tuple[Declared, ...]
    bids: tuple[SheetBid, ...]
    digest: str
    attachments: tuple[Attached, ...] = ()


def score_sheets(evaluation: Evaluation) -> tuple[ScoreSheetDocument, ...]:
    """Make every evaluator's sheets, lot by lot in published order, evaluators as the panel lists them.

    IncompleteDocument names a missing name or job title, and a score that is neither given nor explained.
    """
    file = evaluation.file
    require("The score sheets", _missing(file))
    return tuple(
        _document(file, lot, member, FIRST_NUMBER + at, sheets)
        for lot in map(_judged, evaluation.lots)
        for at, (member, sheets) in enumerate(_by_member(file, lot))
    )


def own_sheet(file: TenderFile, sheet: ScoreSheet, tenderer: str) -> ScoreSheetDocument:
    """Make the paper of one sheet for its author, who may know nothing yet of others' scores or of the result.

    ``tenderer`` is what the author knows the tenderer as; where that is no name, what was declared is left out.
    """
    bid = next(each for each in file.bids if each.id == sheet.bid)
    methodology = file.methodology_for(bid.lot)
    member = next(each for each in file.panel if each.id == sheet.evaluator)
    assert methodology is not None
    lot = _Judged(file.tender.lot(bid.lot), methodology, {bid.id: tenderer}, (bid,))
    made = _document(file, lot, member, FIRST_NUMBER, (sheet,))
    return made if file.organisation(bid.tenderer).name == tenderer else replace(made, declared=())


def _missing(file: TenderFile) -> Iterator[Finding]:
    scorers, names = {sheet.evaluator for sheet in file.score_sheets}, {member.id for member in file.panel}
    for stranger in sorted(scorers - names):
        yield Finding("evaluator_unknown", f"Evaluator “{stranger}” is not on the panel: add them", "panel")
    for at, member in enumerate(file.panel):
        if member.id in scorers:
            yield from empty(member.name, f"panel[{at}].name", "The name of an evaluator")
            yield from empty(member.job_title, f"panel[{at}].job_title", f"The job title of {member.name}")
    for at, sheet in enumerate(file.score_sheets):
        for number, score in enumerate(sheet.scores):
            if score.points is None:
                place, what = f"score_sheets[{at}].scores[{number}].abstained", f"Why “{score.criterion}” has no score"
                yield from empty(score.abstained, place, what)


@dataclass(frozen=True)
class _Judged:
    """A lot with the bids that sheets may be about, in their order, and what each is called."""

    lot: Lot
    methodology: Methodology
    names: Mapping[str, str]
    bids: tuple[Bid, ...]


def _judged(lot: LotEvaluation) -> _Judged:
    names = {result.bid.id: result.tenderer.name for result in lot.results}
    return _Judged(lot.lot, lot.methodology, names, tuple(result.bid for result in lot.results))


def _by_member(file: TenderFile, lot: _Judged) -> Iterator[tuple[PanelMember, tuple[ScoreSheet, ...]]]:
    order = {name: at for at, name in enumerate(lot.names)}
    for member in file.panel:
        own = [sheet for sheet in file.score_sheets if sheet.evaluator == member.id and sheet.bid in order]
        if own:
            yield member, tuple(sorted(own, key=lambda sheet: order[sheet.bid]))


def _document(
    file: TenderFile, lot: _Judged, member: PanelMember, order: int, sheets: tuple[ScoreSheet, ...]
) -> ScoreSheetDocument:
    copy = _copy(sheets)
    dated = max(london(sheet.submitted_at).date() for sheet in sheets)
    slot = Slot("Individual score sheets", "score-sheets", order, lot.lot.id, member.id, "restricted")
    scales = {scale.id: scale for scale in file.scales}
    used = dict.fromkeys(leaf.criterion.scale for leaf in lot.methodology.scored)
    return ScoreSheetDocument(
        head=paper_head(file, slot, dated, mark="S", early=True),
        member=member,
        scales=tuple(scales[name] for name in used),
        declared=tuple(_declared(file, lot, member)),
        bids=tuple(
            SheetBid(
                lot.names[sheet.bid],
                sheet.bid,
                sheet.submitted_at,
                tuple(_answer(leaf, sheet, scales[leaf.criterion.scale]) for leaf in _asked(lot, member)),
            )
            for sheet in sheets
        ),
        digest=sha256(copy).hexdigest(),
        attachments=(Attached(SHEETS, copy, "The same sheets as data"),),
    )


def _copy(sheets: tuple[ScoreSheet, ...]) -> bytes:
    data = {"format": "score-sheets/1", "score_sheets": [record.write(sheet) for sheet in sheets]}
    return json.dumps(data, ensure_ascii=False, indent=1).encode() + b"\n"


def _asked(lot: _Judged, member: PanelMember) -> Iterator[Leaf]:
    """Yield the questions that the member was to score."""
    for leaf in lot.methodology.scored:
        if not member.criteria or {leaf.criterion.id, *leaf.above} & set(member.criteria):
            yield leaf


def _answer(leaf: Leaf, sheet: ScoreSheet, scale: Scale) -> Answer:
    score = sheet.score(leaf.criterion.id)
    level = scale.level(score.points) if score and score.points is not None else None
    return Answer(
        leaf.criterion.title,
        leaf.criterion.question,
        leaf.weight,
        scale.maximum,
        score,
        level.title if level else "",
    )


def _declared(file: TenderFile, lot: _Judged, member: PanelMember) -> Iterator[Declared]:
    """Yield every organisation in the lot's bids with what the member declared about it, leads first."""
    made = {each.organisation: each for each in file.declarations if each.member == member.id}
    leads = dict.fromkeys(bid.tenderer for bid in lot.bids)
    read = [bid for bid in lot.bids if opened(bid, file.tender.deadline)]
    parties = dict.fromkeys(party.organisation for bid in read for party in bid.parties)
    for name in (*leads, *(each for each in parties if each not in leads)):
        part = "tenderer" if name in leads else "partner or sub-contractor"
        yield Declared(file.organisation(name).name, part, made.get(name))
