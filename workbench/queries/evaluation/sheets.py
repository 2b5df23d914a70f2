"""Reads about somebody's own score sheets: what they are asked, what they wrote so far, what it lacks.

Everything here belongs to one member of the panel. No function takes another member's name, and none reads a price.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Literal

from sqlalchemy import select

from lots.errors import Finding, errors_in
from scoring.criteria import Leaf
from scoring.reasons import ReasonContext, ReasonText, gate, sub_points
from scoring.scale import Scale
from scoring.scoresheet import Score, ScoreSheet
from scoring.tender_file import TenderFile
from workbench.db import db
from workbench.kept import from_text
from workbench.models.bids import OpenedBidRecord
from workbench.models.evaluation import ScoreDraftRecord, ScoreSheetRecord
from workbench.models.tenders import TenderRecord
from workbench.policies import Actor
from workbench.queries.bids import opened
from workbench.queries.evaluation.access import PanelAccess
from workbench.queries.evaluation.names import namer, shows_letters

State = Literal["not_started", "in_the_making", "complete", "submitted"]
STATES: Mapping[State, str] = {
    "not_started": "Not started",
    "in_the_making": "In the making",
    "complete": "Complete",
    "submitted": "Submitted",
}


@dataclass(frozen=True)
class Question:
    """An award criterion as its scorer meets it: weight and words, scale, and what it asks for one by one."""

    leaf: Leaf
    scale: Scale
    points: tuple[str, ...]

    @property
    def id(self) -> str:
        """Return the id of the criterion."""
        return self.leaf.criterion.id


@dataclass(frozen=True)
class Draft:
    """A score in the making: what was saved, what was typed and cannot be read yet, and how often it was saved."""

    score: Score
    typed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    version: int = 0
    changed_at: datetime | None = None


@dataclass(frozen=True)
class Desk:
    """One member's desk: the bids and questions that are theirs to score, their drafts and their sheets."""

    tender: TenderRecord
    actor: Actor
    access: PanelAccess
    file: TenderFile
    bids: Mapping[str, OpenedBidRecord]
    drafts: Mapping[tuple[str, str], Draft]
    sheets: Mapping[str, ScoreSheetRecord]

    def name(self, bid_id: str) -> str:
        """Say what the member knows the tenderer of a bid as."""
        return self._names[bid_id]

    @cached_property
    def _names(self) -> Mapping[str, str]:
        call = namer(self.tender, self.actor)
        return {bid_id: call(row) for bid_id, row in self.bids.items()}

    def questions(self, bid_id: str) -> tuple[Question, ...]:
        """List what the member is asked about a bid, in published order; of a submitted sheet, what it answers."""
        asked = self._asked.get(self.bids[bid_id].lot, ())
        sheet = self.sheet(bid_id)
        if sheet is not None:
            return tuple(each for each in asked if sheet.score(each.id) is not None)
        return tuple(each for each in asked if (bid_id, each.id) in self.access.scorable)

    def question(self, bid_id: str, criterion: str) -> Question | None:
        """Find one of them."""
        return next((each for each in self.questions(bid_id) if each.id == criterion), None)

    @cached_property
    def _asked(self) -> Mapping[str, tuple[Question, ...]]:
        scales = {scale.id: scale for scale in self.file.scales}
        found = {}
        for lot in self.file.tender.contract_lots:
            methodology = self.file.methodology_for(lot.id)
            found[lot.id] = tuple(
                Question(leaf, scales[leaf.criterion.scale], sub_points(leaf.criterion.question))
                for leaf in (methodology.scored if methodology else ())
            )
        return found

    def sheet(self, bid_id: str) -> ScoreSheet | None:
        """Return the submitted sheet about a bid."""
        row = self.sheets.get(bid_id)
        return from_text(ScoreSheet, row.content) if row else None

    def draft(self, bid_id: str, criterion: str) -> Draft:
        """Return what was written about an answer so far; an empty one where nothing was."""
        return self.drafts.get((bid_id, criterion)) or Draft(Score(criterion))

    def score(self, bid_id: str, criterion: str) -> Score:
        """Return the score of an answer: the submitted one, else what was written so far."""
        sheet = self.sheet(bid_id)
        return (sheet.score(criterion) if sheet else None) or self.draft(bid_id, criterion).score

    def findings(self, bid_id: str, question: Question) -> tuple[Finding, ...]:
        """Read what was written about an answer through the reason gate, once for a page."""
        key = (bid_id, question.id)
        if key not in self._read:
            self._read[key] = self._through_the_gate(bid_id, question)
        return self._read[key]

    @cached_property
    def _read(self) -> dict[tuple[str, str], tuple[Finding, ...]]:
        return {}

    def _through_the_gate(self, bid_id: str, question: Question) -> tuple[Finding, ...]:
        draft = self.draft(bid_id, question.id)
        if draft.typed:
            return (_unfinished(draft.typed),)
        if draft.score.abstained:
            return ()
        return gate(reason_text(draft.score), self.context(bid_id, question))

    def context(self, bid_id: str, question: Question) -> ReasonContext:
        """Return what a reason about an answer is read against: the rules, the names, and the member's own words."""
        names = {each.id: each.name for each in self.file.organisations}
        lot = self.bids[bid_id].lot
        parties = {bid.id: {each.organisation for each in bid.parties} for bid in self.file.bids if bid.lot == lot}
        own = parties.get(bid_id, set())
        seen = (parties[each] for each in self.bids if each in parties)
        others = set[str]().union(*seen) - own
        rest = [each for each in self.bids if each != bid_id and self.bids[each].lot == lot]
        return ReasonContext(
            question.leaf.criterion.title,
            question.scale,
            question.leaf.criterion.question,
            own_names=(f"Tenderer {self.bids[bid_id].letter}", *sorted(names[each] for each in own)),
            other_names=(
                *(f"Tenderer {self.bids[each].letter}" for each in rest),
                *sorted(names[each] for each in others),
            ),
            other_reasons=tuple(self._own_reasons(rest, question.id)),
            sub_points=question.points,
            covered=self.draft(bid_id, question.id).score.covered,
            as_letters=shows_letters(self.tender, self.actor),
        )

    def _own_reasons(self, bids: Sequence[str], criterion: str) -> Iterator[tuple[str, str]]:
        for bid_id in bids:
            written = reason_text(self.score(bid_id, criterion)).reason
            if written:
                yield self.name(bid_id), written

    def state(self, bid_id: str, question: Question) -> State:
        """Say how far an answer is scored."""
        if bid_id in self.sheets:
            return "submitted"
        if (bid_id, question.id) not in self.drafts:
            return "not_started"
        return "in_the_making" if errors_in(self.findings(bid_id, question)) else "complete"

    def complete(self, bid_id: str) -> bool:
        """Say whether a bid's sheet can be submitted: every answer scored, and nothing left to mend."""
        asked = self.questions(bid_id)
        return bool(asked) and all(self.state(bid_id, each) == "complete" for each in asked)

    def warnings(self, bid_id: str) -> tuple[tuple[Question, Finding], ...]:
        """List what has to be confirmed before a bid's sheet is submitted."""
        return tuple((each, it) for each in self.questions(bid_id) for it in self.findings(bid_id, each))


def desk_of(tender: TenderRecord, actor: Actor, access: PanelAccess) -> Desk:
    """Lay out a member's desk: what they may score, and what they submitted."""
    sheets = _sheets(tender.id, actor.user_id)
    wanted = {bid_id for bid_id, _ in access.scorable} | {each for each in sheets if each not in access.hidden}
    return Desk(
        tender, actor, access, opened.file_with_bids(tender), _bids(tender.id, wanted if access.declared else set()),
        _drafts(tender.id, actor.user_id), sheets,
    )  # fmt: skip


def reason_text(score: Score) -> ReasonText:
    """Turn a score into what the reason gate reads: strengths and weaknesses together are the reason."""
    reason = "\n\n".join(each for each in (score.strengths.strip(), score.weaknesses.strip()) if each)
    return ReasonText(score.points, reason, score.evidence, score.why_not_higher, score.why_not_lower)


def _unfinished(typed: Mapping[str, Sequence[str]]) -> Finding:
    if "abstain" in typed.get("points", ()) and not "".join(typed.get("abstained", ())).strip():
        return Finding("abstention_unexplained", "You abstain: say why, for the record of the tender", "abstained")
    message = "Something typed here could not be read: open the page again and mend what it names"
    return Finding("not_readable", message, "strengths")


def _bids(tender_id: str, wanted: set[str]) -> dict[str, OpenedBidRecord]:
    rows = db.session.scalars(
        select(OpenedBidRecord)
        .where(OpenedBidRecord.tender_id == tender_id, OpenedBidRecord.id.in_(wanted))
        .order_by(OpenedBidRecord.lot, OpenedBidRecord.letter)
    )
    return {row.id: row for row in rows}


def _sheets(tender_id: str, user_id: int) -> dict[str, ScoreSheetRecord]:
    where = (ScoreSheetRecord.tender_id == tender_id, ScoreSheetRecord.user_id == user_id)
    return {row.bid_id: row for row in db.session.scalars(select(ScoreSheetRecord).where(*where))}


def _drafts(tender_id: str, user_id: int) -> dict[tuple[str, str], Draft]:
    where = (ScoreDraftRecord.tender_id == tender_id, ScoreDraftRecord.user_id == user_id)
    rows = db.session.scalars(select(ScoreDraftRecord).where(*where).execution_options(populate_existing=True))
    return {(row.bid_id, row.criterion): draft_in(row) for row in rows}


def draft_in(row: ScoreDraftRecord) -> Draft:
    """Read the row of a draft."""
    typed = json.loads(row.typed) if row.typed else {}
    return Draft(from_text(Score, row.content), typed, row.version, row.changed_at)
