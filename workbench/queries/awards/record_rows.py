"""The rows of a file of record: which columns of which tables, named one by one, so that nothing else gets into it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute

from exports.record_file import canonical
from workbench.db import Base, db
from workbench.models import awards as award
from workbench.models import evaluation as panel
from workbench.models.bids import AdmissionRecord, OpenedBidRecord


@dataclass(frozen=True)
class Rows:
    """One entry of a record: the rows of a table that belong to a tender, in an order that never changes."""

    name: str
    what: str
    table: type[Base]
    columns: tuple[InstrumentedAttribute[Any], ...]
    through: tuple[InstrumentedAttribute[Any], InstrumentedAttribute[Any]] | None = None

    def read(self, tender_id: str) -> bytes:
        """Write the rows as canonical JSON, a list of objects."""
        names = [column.key for column in self.columns]
        rows = [dict(zip(names, map(_plain, row), strict=True)) for row in db.session.execute(self._wanted(tender_id))]
        return canonical(sorted(rows, key=canonical))

    def _wanted(self, tender_id: str) -> Select[Any]:
        if self.through is None:
            return select(*self.columns).where(self.table.__table__.c["tender_id"] == tender_id)
        own, other = self.through
        owner = other.class_.__table__.c["tender_id"]
        return select(*self.columns).join(other.class_, own == other).where(owner == tender_id)


def _plain(value: Any) -> Any:
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z" if isinstance(value, datetime) else value


_D, _I, _S, _A = panel.DeclarationRecord, panel.InterestDecisionRecord, panel.ScoreSheetRecord, panel.AgreedScoreRecord
_Q, _L, _R, _P = (
    panel.PanelQueryRecord, panel.TendererLetterRecord, award.RecommendationRecord, award.AwardApprovalRecord,
)  # fmt: skip
_N, _T, _B, _G = panel.PanelNoteRecord, panel.TrainingRecord, panel.BenchmarkRecord, panel.BenchmarkScoreRecord
_C, _V, _F, _U = panel.CardRecord, panel.CardSignatureRecord, panel.ScoreDraftRecord, award.AwardCommentRecord
_E, _W, _M, _K = (
    award.StandstillEventRecord, award.ContractSignatureRecord, AdmissionRecord, award.IssueRecord,
)  # fmt: skip
_X, _O = award.DecisionPaperRecord, OpenedBidRecord

SHEETS: Final = "evaluation/score-sheets.json"
AGREED: Final = "evaluation/agreed-scores.json"
RECOMMENDATIONS: Final = "award/recommendations.json"
APPROVALS: Final = "award/approvals.json"
PAPERS: Final = "award/documents.json"
ISSUES: Final = "award/issues.json"

TABLES: Sequence[Rows] = (
    Rows("evaluation/declarations.json", "what was declared about interests", _D, (
        _D.id, _D.user_id, _D.organisation, _D.name, _D.number, _D.interest, _D.detail, _D.round, _D.declared_at)),
    Rows("evaluation/interest-decisions.json", "what was decided about interests", _I, (
        _I.id, _I.declaration_id, _I.number, _I.action, _I.reason, _I.decided_by, _I.decided_at)),
    Rows("evaluation/panel-notes.json", "the notes to the panel", _N, (
        _N.number, _N.text, _N.made_by, _N.made_at)),
    Rows("evaluation/notes-read.json", "who read which note", _T, (
        _T.user_id, _T.note, _T.read_at)),
    Rows("evaluation/benchmarks.json", "the answers the panel calibrated on", _B, (
        _B.id, _B.criterion, _B.title, _B.answer, _B.points, _B.reason, _B.made_by, _B.made_at, _B.removed_at)),
    Rows("evaluation/benchmark-scores.json", "what members gave them", _G, (
        _G.benchmark_id, _G.user_id, _G.points, _G.reason, _G.at), (_G.benchmark_id, _B.id)),
    Rows("evaluation/score-saves.json", "how often each score was saved, and when", _F, (
        _F.user_id, _F.bid_id, _F.criterion, _F.version, _F.begun_at, _F.changed_at)),
    Rows(SHEETS, "the score sheets as submitted", _S, (
        _S.id, _S.lot, _S.user_id, _S.bid_id, _S.content, _S.sha256, _S.submitted_at)),
    Rows("evaluation/questions-to-the-chair.json", "what members asked the chair", _Q, (
        _Q.number, _Q.bid_id, _Q.criterion, _Q.text, _Q.asked_by, _Q.asked_at, _Q.reply, _Q.replied_by, _Q.replied_at)),
    Rows("evaluation/questions-to-tenderers.json", "what one tenderer was asked, and its reply", _L, (
        _L.number, _L.bid_id, _L.kind, _L.criterion, _L.question, _L.recipient, _L.reply_by, _L.asked_by, _L.asked_at,
        _L.reply, _L.replied_at, _L.decision, _L.reason, _L.decided_by, _L.decided_at)),
    Rows("evaluation/cards.json", "the cards of moderation", _C, (
        _C.id, _C.lot, _C.bid_id, _C.criterion, _C.version, _C.state, _C.agreed, _C.changed_at, _C.changed_by)),
    Rows(AGREED, "every agreed score that was put to signature", _A, (
        _A.id, _A.card_id, _A.bid_id, _A.criterion, _A.number, _A.content, _A.sha256, _A.present, _A.reopened,
        _A.made_by, _A.made_at)),
    Rows("evaluation/signatures.json", "who signed which agreed score", _V, (
        _V.agreed_score_id, _V.user_id, _V.signed_at), (_V.agreed_score_id, _A.id)),
    Rows("bids/opened.json", "the bids that were opened", _O, (
        _O.id, _O.sealed_bid_id, _O.lot, _O.tenderer, _O.letter, _O.state, _O.fault, _O.received_at, _O.submission,
        _O.price)),
    Rows("bids/admissions.json", "whether bids stayed in", _M, (
        _M.bid_id, _M.number, _M.decision, _M.concerning, _M.reason, _M.decided_by, _M.decided_at)),
    Rows(RECOMMENDATIONS, "the recommendations", _R, (
        _R.number, _R.snapshot_sha256, _R.result_sha256, _R.engine, _R.note, _R.made_by, _R.made_at)),
    Rows("award/comments.json", "comments of finance and legal advisers", _U, (
        _U.recommendation, _U.kind, _U.text, _U.exempt, _U.made_by, _U.made_at)),
    Rows(APPROVALS, "what approvers decided", _P, (
        _P.recommendation, _P.decision, _P.reason, _P.made_by, _P.made_at)),
    Rows("award/standstill.json", "what happened in the standstill", _E, (
        _E.number, _E.lot, _E.kind, _E.day, _E.text, _E.made_by, _E.made_at)),
    Rows("award/signatures.json", "which contracts were signed when", _W, (
        _W.lot, _W.bid_id, _W.signed_on, _W.made_by, _W.made_at)),
    Rows(ISSUES, "the runs in which documents were made", _K, (
        _K.id, _K.number, _K.kind, _K.state, _K.recommendation, _K.file_sha256, _K.made_by, _K.made_at, _K.released_by,
        _K.released_at)),
    Rows(PAPERS, "the register of documents: to whom, when read, with which digest", _X, (
        _X.issue_id, _X.key, _X.kind, _X.title, _X.path, _X.bid_id, _X.restricted, _X.state, _X.error, _X.sha256,
        _X.size, _X.made_at, _X.recipient, _X.read_at)),
)  # fmt: skip
"""What goes in, and nothing else: no password, no link's secret nor its digest, no draft of anybody."""


def row_entries(tender_id: str) -> Iterator[tuple[str, str, bytes]]:
    """Yield name, meaning and bytes of every entry that is rows."""
    for rows in TABLES:
        yield rows.name, rows.what, rows.read(tender_id)
