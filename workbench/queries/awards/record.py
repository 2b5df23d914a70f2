"""Everything a file of record holds, gathered from the tables; large documents are read only when they are written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from typing import Final

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import InstrumentedAttribute, load_only

from exports.record_file import Entry, Record, Trail, canonical
from workbench import __version__, audit, chain_export
from workbench.db import db
from workbench.models.accounts import AssignmentRecord
from workbench.models.audit import EventRecord
from workbench.models.awards import DecisionPaperRecord, IssueRecord, RecommendationRecord
from workbench.models.bids import ClosingRecord, MailRecord, SealedBidRecord
from workbench.models.publishing import PublishedFileRecord
from workbench.models.tenders import RuleSetRecord, TenderRecord
from workbench.queries.awards.record_rows import row_entries
from workbench.queries.bids.receipts import log_of

PUBLIC: Final = frozenset(
    {
        "published", "changed_by_notice", "deadline_moved", "cancelled", "closed", "bids_opened", "prices_opened",
        "award_approved", "papers_made", "letters_released",
    }
)  # fmt: skip
"""The events whose text the public build tells: acts that are made known, by people who did not score."""
_SCORING: Final = ("evaluator", "moderator")


@dataclass(frozen=True)
class _Event:
    link: chain_export.Link
    action: str
    actor: int | None


def record_of(tender: TenderRecord) -> Record:
    """Gather the record of a tender as it is now."""
    chain = audit.tender_chain(tender.id)
    events = _events(chain)
    links = [event.link for event in events]
    secret = _withheld(tender.id, events)
    about = {"tender": tender.id, "reference": tender.reference, "title": tender.title, "engine": __version__}
    trail = Trail(
        chain_export.export(chain, links),
        chain_export.export(chain, links, secret),
        len(links),
        links[-1].head if links else "",
    )
    return Record(about, trail, tuple(_entries(tender.id)), sha256(b"".join(it.salt for it in links)).digest())


def _events(chain: str) -> list[_Event]:
    wanted = select(EventRecord).where(EventRecord.chain == chain).order_by(EventRecord.seq)
    return [
        _Event(chain_export.Link(it.seq, it.canon, it.salt, it.leaf, it.head), it.action, it.actor_id)
        for it in db.session.scalars(wanted)
    ]


def _withheld(tender_id: str, events: list[_Event]) -> frozenset[int]:
    """Number the events that the public build keeps back: what is not made known, and whatever a scorer did."""
    wanted = select(AssignmentRecord.user_id).where(
        AssignmentRecord.tender_id == tender_id, AssignmentRecord.role.in_(_SCORING)
    )
    scoring = set(db.session.scalars(wanted))
    return frozenset(it.link.seq for it in events if it.action not in PUBLIC or it.actor in scoring)


def _entries(tender_id: str) -> Iterator[Entry]:
    yield from _rules(tender_id)
    yield from _bids(tender_id)
    for name, what, data in row_entries(tender_id):
        yield Entry(name, what, partial(_kept, data))
    yield from _recommendations(tender_id)
    yield from _documents(tender_id)
    yield Entry("award/mails.json", "the mails that were sent", partial(_kept, _mails(tender_id)))


def _kept(data: bytes) -> bytes:
    return data


def _later(
    column: InstrumentedAttribute[bytes] | InstrumentedAttribute[bytes | None], row_id: str
) -> Callable[[], bytes]:
    """Read one large column when it is wanted, in a transaction of its own: whoever takes the file may be slow."""

    def read() -> bytes:
        with db.engine.connect() as connection:
            return connection.scalar(select(column).where(column.class_.id == row_id)) or b""

    return read


def _rules(tender_id: str) -> Iterator[Entry]:
    """Yield the published rules, every version, and the files as published."""
    for rules in db.session.scalars(select(RuleSetRecord).where(RuleSetRecord.tender_id == tender_id)):
        yield Entry(f"rules/rule-set-{rules.number}.json", "published rules", partial(_kept, rules.canon), True)
    wanted = select(PublishedFileRecord.id, PublishedFileRecord.name, PublishedFileRecord.title)
    for row_id, name, title in db.session.execute(wanted.where(PublishedFileRecord.tender_id == tender_id)):
        yield Entry(f"published/{name}", title, _later(PublishedFileRecord.content, row_id), True)


def _bids(tender_id: str) -> Iterator[Entry]:
    """Yield the signed closings, and every bid's receipts and log."""
    for row in db.session.scalars(select(ClosingRecord).where(ClosingRecord.tender_id == tender_id)):
        said = {
            "at": _utc(row.at), "deadline": _utc(row.deadline), "size": row.size, "root": row.root,
            "checkpoint": row.checkpoint, "key": row.key,
        }  # fmt: skip
        name = f"bids/closing-{row.at:%Y%m%dT%H%M%S}.json"
        yield Entry(name, "the signed count of the bids at the deadline", partial(_kept, canonical(said)), True)
    wanted = select(SealedBidRecord).where(SealedBidRecord.tender_id == tender_id)
    bids = dict[str, None]()
    for bid in db.session.scalars(wanted.order_by(SealedBidRecord.bid_id, SealedBidRecord.version)):
        bids[bid.bid_id] = None
        name = f"bids/{bid.bid_id}/receipt-{bid.version}.json"
        yield Entry(name, "the receipt of a bid", partial(_kept, bid.receipt))
    for bid_id in bids:
        yield Entry(f"bids/{bid_id}/log.jsonl", "the log of a bid", partial(_kept, log_of(bid_id)))


def _recommendations(tender_id: str) -> Iterator[Entry]:
    wanted = select(RecommendationRecord).where(RecommendationRecord.tender_id == tender_id)
    only = load_only(RecommendationRecord.id, RecommendationRecord.number)
    for row in db.session.scalars(wanted.options(only)):
        folder = f"award/recommendation-{row.number}"
        snapshot, result = (_later(it, row.id) for it in (RecommendationRecord.snapshot, RecommendationRecord.result))
        yield Entry(f"{folder}/tender-file.json", "the whole record that was recommended from", snapshot)
        yield Entry(f"{folder}/result.json", "every mark, total and rank that it gave", result)


def _documents(tender_id: str) -> Iterator[Entry]:
    """Yield what was released, or is ready to be, byte for byte, with the record that it was made from."""
    paper, issue = DecisionPaperRecord, IssueRecord
    final: ColumnElement[bool] = (issue.kind == "final") & or_(issue.state == "released", issue.state == "made")
    for row_id, number in db.session.execute(select(issue.id, issue.number).where(issue.tender_id == tender_id, final)):
        yield Entry(
            f"documents/{number}/record/tender-file.json", "the record that documents follow from",
            _later(issue.file, row_id),
        )  # fmt: skip
        wanted = select(paper.id, paper.path, paper.kind, paper.title, paper.restricted).where(
            paper.issue_id == row_id, paper.state == "made"
        )
        for paper_id, path, kind, title, restricted in db.session.execute(wanted):
            what = title if not restricted else _KINDS.get(kind, "a restricted document")
            yield Entry(f"documents/{number}/sent/{path}", what, _later(paper.content, paper_id), not restricted)


_KINDS: Mapping[str, str] = {"award": "the notice to a successful tenderer", "letter": "a letter to a tenderer"}


def _mails(tender_id: str) -> bytes:
    """List the mails that carried letters: to whom and when; their text is gone, because it held a way in."""
    paper = DecisionPaperRecord
    ids = db.session.scalars(select(paper.id).where(paper.tender_id == tender_id, paper.recipient != "")).all()
    wanted = select(MailRecord).where(MailRecord.about.in_([f"decision:{each}" for each in ids]))
    rows = [
        {
            "about": it.about, "recipient": it.recipient, "subject": it.subject, "wanted_at": _utc(it.wanted_at),
            "sent_at": _utc(it.sent_at) if it.sent_at else None,
        }
        for it in db.session.scalars(wanted)
    ]  # fmt: skip
    return canonical(sorted(rows, key=canonical))


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"
