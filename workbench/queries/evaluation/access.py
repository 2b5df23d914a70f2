"""What a member of the panel may read and score: by their roles, their declarations, and what they prepared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import exists, func, select

from lots.bid import Bid
from lots.lot import Lot
from scoring.admission import admission, price_faults
from scoring.conflicts import hidden_bids, own_conflicts, undeclared
from scoring.tender_file import TenderFile
from workbench.db import db
from workbench.models.accounts import AssignmentRecord
from workbench.models.evaluation import BenchmarkRecord, BenchmarkScoreRecord, PanelNoteRecord, TrainingRecord
from workbench.models.tenders import TenderRecord
from workbench.policies import Actor
from workbench.queries.bids import opened
from workbench.queries.evaluation.interests import standings_of

SCORING = frozenset({"evaluator", "moderator"})
Limits = Mapping[str, frozenset[str]]
"""The award criteria that somebody may score, by lot (``""``: in every lot); no criteria named: all of them."""


@dataclass(frozen=True)
class PanelAccess:
    """What one person may read and score in a tender now.

    ``missing`` are the organisations they have still to declare about, ``hidden`` the bids that their declarations (or
    their silence) keep from them, ``conflicted`` those of ``hidden`` in which they have an interest, ``elsewhere`` the
    bids for lots in which they have no role, ``scorable`` every (bid, award criterion) they are to score.
    """

    declared: bool = False
    missing: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()
    conflicted: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()
    note_read: bool = False
    calibrated: bool = False
    scorable: frozenset[tuple[str, str]] = frozenset()

    def may_read(self, bid_id: str) -> bool:
        """Say whether they may see a bid or anything worked out from it."""
        return self.declared and bid_id not in self.hidden and bid_id not in self.elsewhere

    def may_score(self, bid_id: str, criterion: str) -> bool:
        """Say whether an answer is theirs to score."""
        return self.declared and (bid_id, criterion) in self.scorable

    @property
    def ready(self) -> bool:
        """Say whether they have done what comes before scoring."""
        return self.declared and self.note_read and self.calibrated


def access_of(tender: TenderRecord, actor: Actor) -> PanelAccess:
    """Work out what somebody may read and score in a tender; nothing where no bid can have been opened."""
    if opened.rules_of(tender) is None:
        return PanelAccess()
    file = opened.file_with_bids(tender)
    standings = standings_of(tender.id, actor.user_id)
    missing, hidden = undeclared(file.bids, standings), hidden_bids(file.bids, standings)
    limits = limits_of(tender.id, actor)
    return PanelAccess(
        declared=not missing,
        missing=missing,
        hidden=hidden,
        conflicted=own_conflicts(file.bids, standings),
        elsewhere=_elsewhere(file, tender.id, actor),
        note_read=_note_read(tender.id, actor.user_id),
        calibrated=not unscored_benchmarks(tender.id, actor.user_id, criteria_within(file, limits)),
        scorable=frozenset(to_score(file, limits, hidden)),
    )


def limits_of(tender_id: str, actor: Actor) -> Limits:
    """Say what an evaluator may score, by the roles they hold at this moment."""
    rows = db.session.execute(
        select(AssignmentRecord.lot, AssignmentRecord.criteria).where(
            AssignmentRecord.tender_id == tender_id,
            AssignmentRecord.user_id == actor.user_id,
            AssignmentRecord.role == "evaluator",
        )
    )
    held = {lot for tender, role, lot in actor.assignments if tender == tender_id and role == "evaluator"}
    return {lot: frozenset(criteria.split()) for lot, criteria in rows if lot in held}


def to_score(file: TenderFile, limits: Limits, hidden: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Yield every (bid, award criterion) within the limits; a bid that is hidden or not admitted has none."""
    out = not_admitted(file)
    for bid in file.bids:
        if bid.id not in hidden and bid.id not in out:
            for criterion in _criteria_in(file, bid.lot):
                if allows(limits, bid.lot, criterion):
                    yield bid.id, criterion


def criteria_within(file: TenderFile, limits: Limits) -> frozenset[str]:
    """Name the award criteria that somebody may score in any lot."""
    return frozenset(
        criterion
        for lot in file.tender.contract_lots
        for criterion in _criteria_in(file, lot.id)
        if allows(limits, lot.id, criterion)
    )


def allows(limits: Limits, lot: str, criterion: str) -> bool:
    """Say whether the limits take in a criterion of a lot."""
    return any(not limits[place] or criterion in limits[place] for place in ("", lot) if place in limits)


def not_admitted(file: TenderFile) -> frozenset[str]:
    """Name the bids that are out before anybody scores them; one without a price is out unless prices are shut."""
    return frozenset(name for lot in file.tender.contract_lots for name in _out(file, lot))


def _out(file: TenderFile, lot: Lot) -> Iterator[str]:
    bids = file.bids_for(lot.id)
    yield from (gone.bid for gone in admission(bids, lot, file.tender.deadline, file.admissions))
    if not file.prices_shut:
        yield from (bid.id for bid in bids if price_faults(bid, lot))


def unscored_benchmarks(tender_id: str, user_id: int, criteria: Iterable[str]) -> tuple[str, ...]:
    """List the benchmark answers that somebody has still to score, in the order they were written."""
    scored = exists().where(BenchmarkScoreRecord.benchmark_id == BenchmarkRecord.id,
                            BenchmarkScoreRecord.user_id == user_id)  # fmt: skip
    query = select(BenchmarkRecord.id).where(
        BenchmarkRecord.tender_id == tender_id, BenchmarkRecord.removed_at.is_(None),
        BenchmarkRecord.criterion.in_(sorted(criteria)), ~scored,
    )  # fmt: skip
    return tuple(db.session.scalars(query.order_by(BenchmarkRecord.made_at, BenchmarkRecord.id)))


def latest_note(tender_id: str) -> int:
    """Return the number of the note that holds; 0 where there is none."""
    newest = select(func.max(PanelNoteRecord.number)).where(PanelNoteRecord.tender_id == tender_id)
    return db.session.scalar(newest) or 0


def _note_read(tender_id: str, user_id: int) -> bool:
    number = latest_note(tender_id)
    read = select(TrainingRecord.id).where(
        TrainingRecord.tender_id == tender_id, TrainingRecord.user_id == user_id, TrainingRecord.note == number
    )
    return not number or db.session.scalar(read.limit(1)) is not None


def _elsewhere(file: TenderFile, tender_id: str, actor: Actor) -> frozenset[str]:
    lots = {lot for tender, _, lot in actor.assignments if tender == tender_id}
    return frozenset(_outside(file.bids, lots)) if lots and "" not in lots else frozenset()


def _outside(bids: Iterable[Bid], lots: set[str]) -> Iterator[str]:
    return (bid.id for bid in bids if bid.lot not in lots)


def _criteria_in(file: TenderFile, lot: str) -> tuple[str, ...]:
    methodology = file.methodology_for(lot)
    return tuple(leaf.criterion.id for leaf in methodology.scored) if methodology else ()
