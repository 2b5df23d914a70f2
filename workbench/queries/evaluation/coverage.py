"""Who may score what, how long it takes everybody, what keeps the evaluation from beginning, and how far it is.

A reader who scores sees coverage and progress of the bids they may read and of no other. Nothing here reads a score.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from scoring.conflicts import WAITING, Standing, hidden_bids, own_conflicts, undeclared
from scoring.coverage import LotCover, Pair, Scorer, coverage
from scoring.open_decisions import open_decisions
from scoring.tender_file import TenderFile
from workbench.db import db
from workbench.models.accounts import AssignmentRecord, UserRecord
from workbench.models.bids import OpenedBidRecord
from workbench.models.evaluation import ScoreSheetRecord
from workbench.models.tenders import TenderRecord
from workbench.policies import Actor
from workbench.queries.bids import opened
from workbench.queries.evaluation.access import SCORING, PanelAccess, access_of, to_score
from workbench.queries.evaluation.answers import minutes_in, words_of
from workbench.queries.evaluation.interests import standings_in
from workbench.queries.evaluation.names import namer

Seen = frozenset[str] | None
"""The bids that the reader may know of; None: every one."""


@dataclass(frozen=True)
class Evaluator:
    """An evaluator of the tender and what they may and could score."""

    person: UserRecord
    scorer: Scorer
    minutes: int = 0
    submitted: int = 0

    @property
    def bids(self) -> frozenset[str]:
        """Name the bids of which a sheet is due from them."""
        return frozenset(bid for bid, _ in self.scorer.may)


@dataclass(frozen=True)
class Row:
    """One bid on the board: what its tenderer is called, and (sheets submitted, sheets due) for each question."""

    name: str
    cells: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Board:
    """How far the scoring of one lot is: bids down, questions across; numbers of sheets and no score."""

    title: str
    questions: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Beginning:
    """What stands between a tender and its evaluation: ``refusal`` stops it, the rest has to be known."""

    lots: tuple[LotCover, ...]
    admissions: tuple[str, ...] = ()
    refusal: str = ""

    @property
    def waiting(self) -> tuple[LotCover, ...]:
        """List the lots that wait because an answer has fewer evaluators than the quorum."""
        return tuple(lot for lot in self.lots if lot.short)


def evaluators_of(tender: TenderRecord, file: TenderFile, at: datetime) -> tuple[Evaluator, ...]:
    """List everybody who is an evaluator at a moment, by name, with what they may score and could."""
    standings = standings_in(tender.id)
    sheets, words = _sheets(tender.id), words_of(tender.id)
    found = []
    for person, limits in _limits(tender.id, at):
        scorer = _scorer(person, file, limits, standings.get(person.id, {}))
        bids = {bid for bid, _ in scorer.may}
        minutes = minutes_in(words, scorer.may or scorer.could)
        found.append(Evaluator(person, scorer, minutes, sum(user == person.id and bid in bids for user, bid in sheets)))
    return tuple(found)


def seen_by(tender: TenderRecord, reader: Actor, access: PanelAccess | None = None) -> Seen:
    """Say which bids a reader may know of: of those who score and chair, the ones they may read."""
    if not reader.roles_in(tender.id) & SCORING:
        return None
    known = access or access_of(tender, reader)
    return frozenset(bid.id for bid in opened.file_with_bids(tender).bids if known.may_read(bid.id))


def coverage_of(file: TenderFile, evaluators: Sequence[Evaluator], seen: Seen = None) -> tuple[LotCover, ...]:
    """Work out the coverage of each lot, as far as a reader may know of its bids."""
    return coverage(file, answers_in(file, seen), [_shown(each.scorer, seen) for each in evaluators])


def answers_in(file: TenderFile, seen: Seen = None) -> tuple[Pair, ...]:
    """List every answer that is to be scored by somebody."""
    everything = {"": frozenset[str]()}
    return tuple(pair for pair in to_score(file, everything, frozenset()) if seen is None or pair[0] in seen)


def beginning_of(tender: TenderRecord, actor: Actor, at: datetime) -> Beginning:
    """Say what the evaluation waits for, and what has to be known when it begins."""
    file = opened.file_with_bids(tender)
    lots = coverage_of(file, evaluators_of(tender, file, at))
    open_now = tuple(_open_admissions(file))
    if why := _refusal(
        file, lots, undeclared(file.bids, standings_in(tender.id, actor.user_id).get(actor.user_id, {}))
    ):
        return Beginning(lots, open_now, why)
    return Beginning(lots, open_now)


def boards_of(
    tender: TenderRecord, file: TenderFile, evaluators: Sequence[Evaluator], reader: Actor, seen: Seen
) -> tuple[Board, ...]:
    """Say for each lot how many sheets are in for each bid and question, as far as a reader may know of the bids."""
    call, rows, sheets = namer(tender, reader), _rows(tender.id), _sheets(tender.id)
    due: dict[Pair, list[int]] = {}
    for each in evaluators:
        for pair in each.scorer.may:
            due.setdefault(pair, []).append(each.person.id)
    asked: dict[str, dict[str, None]] = {}
    for bid, criterion in answers_in(file, seen):
        asked.setdefault(rows[bid].lot, {})[criterion] = None
    titles = {leaf.criterion.id: leaf.criterion.title for method in file.methodologies for leaf in method.scored}

    def row(record: OpenedBidRecord, questions: Iterable[str]) -> Row:
        people = [due.get((record.id, name), []) for name in questions]
        return Row(call(record), tuple((sum((it, record.id) in sheets for it in each), len(each)) for each in people))

    wanted = {bid for bid, _ in answers_in(file, seen)}
    return tuple(
        Board(
            lot.title, tuple(titles[name] for name in asked[lot.id]),
            tuple(row(it, asked[lot.id]) for it in rows.values() if it.lot == lot.id and it.id in wanted),
        )
        for lot in file.tender.contract_lots
        if lot.id in asked
    )  # fmt: skip


# --- pieces ---------------------------------------------------------------------------------------------------


def _limits(tender_id: str, at: datetime) -> Iterator[tuple[UserRecord, Mapping[str, frozenset[str]]]]:
    rows = db.session.execute(
        select(UserRecord, AssignmentRecord.lot, AssignmentRecord.criteria)
        .join(AssignmentRecord, AssignmentRecord.user_id == UserRecord.id)
        .where(
            AssignmentRecord.tender_id == tender_id, AssignmentRecord.role == "evaluator", UserRecord.active,
            AssignmentRecord.until.is_(None) | (AssignmentRecord.until > at),
        )
        .order_by(UserRecord.name, UserRecord.id)
    )  # fmt: skip
    held: dict[int, dict[str, frozenset[str]]] = {}
    people: dict[int, UserRecord] = {}
    for person, lot, criteria in rows:
        people[person.id] = person
        held.setdefault(person.id, {})[lot] = frozenset(criteria.split())
    return ((people[user], limits) for user, limits in held.items())


def _scorer(
    person: UserRecord, file: TenderFile, limits: Mapping[str, frozenset[str]], standings: Mapping[str, Standing]
) -> Scorer:
    missing = bool(undeclared(file.bids, standings))
    barred = frozenset(
        bid for bid in own_conflicts(file.bids, {name: it for name, it in standings.items() if it not in WAITING})
    )
    may = frozenset() if missing else frozenset(to_score(file, limits, hidden_bids(file.bids, standings)))
    could = frozenset(to_score(file, limits, barred)) - may
    return Scorer(person.name, may, could, missing, any(it in WAITING for it in standings.values()))


def _shown(scorer: Scorer, seen: Seen) -> Scorer:
    """Leave out what a reader may not know of."""
    if seen is None:
        return scorer
    may, could = (frozenset(pair for pair in pairs if pair[0] in seen) for pairs in (scorer.may, scorer.could))
    return Scorer(scorer.name, may, could, scorer.silent, scorer.undecided)


def _refusal(file: TenderFile, lots: Sequence[LotCover], missing: Sequence[str]) -> str:
    with_bids = [lot for lot in lots if lot.rows]
    if not with_bids:
        return "There is nothing to score: no bid was opened, or none was admitted"
    if missing:
        return "Declare your own interests first: whoever lets the panel begin has none that is not on the register"
    if all(lot.short for lot in with_bids):
        return "No lot has the evaluators that its published quorum asks for. What would mend it stands with each lot"
    return ""


def _open_admissions(file: TenderFile) -> Iterator[str]:
    """Name the bids about which a decision is due that nobody has made."""
    names = {each.id: each.name for each in file.organisations}
    decided = {(each.bid, each.concerning) for each in file.admissions}
    for bid in file.bids:
        for left in open_decisions(file, bid):
            due = left.due or (left.concerning == "admission" and not left.may_admit)
            if due and (bid.id, left.concerning) not in decided:
                lot = file.tender.lot(bid.lot).title
                yield f"{names.get(bid.tenderer, bid.tenderer)}, {lot}: {left.why[:1].lower()}{left.why[1:]}"


def _sheets(tender_id: str) -> frozenset[tuple[int, str]]:
    query = select(ScoreSheetRecord.user_id, ScoreSheetRecord.bid_id).where(ScoreSheetRecord.tender_id == tender_id)
    return frozenset((user, bid) for user, bid in db.session.execute(query))


def _rows(tender_id: str) -> dict[str, OpenedBidRecord]:
    query = select(OpenedBidRecord).where(OpenedBidRecord.tender_id == tender_id, OpenedBidRecord.state == "opened")
    rows = db.session.scalars(query)
    return {row.id: row for row in sorted(rows, key=lambda row: (len(row.letter), row.letter))}
