"""The files published with a tender: its rules for machines, how bids are judged for people, the OCDS release."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from exports.ocds.numbers import to_json
from exports.ocds.release import (
    ChangeNotice,
    ReleaseDocument,
    cancellation_release,
    change_release,
    release_package,
    tender_release,
)
from exports.reports.methodology import methodology_annex
from exports.rule_changes import rule_set_bytes, rule_set_digest
from lots.calendar import london
from lots.tender import Clarification
from scoring.tender_file import TenderFile
from workbench import printing
from workbench.db import db
from workbench.models.publishing import NoticeRecord, PublicationRecord, PublishedFileRecord, QuestionRecord
from workbench.models.tenders import TenderRecord

OCID_PREFIX = "ocds-000000"
"""Stands in the identifiers until the publisher registers a prefix of its own with the Open Contracting Partnership."""
JSON = "application/json"
HTML = "text/html; charset=utf-8"
PDF = "application/pdf"
_SCREEN = """
@media screen {
  body { max-width: 60rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere }
  .contents a, .contents-line a { display: inline-block; min-width: 24px; line-height: 24px }
  .contents a, .contents-line a { text-decoration: underline }
}
@media screen and (max-width: 40rem) { .contents ol { columns: 1 } }
@media screen and (max-width: 24rem) { td, th { font-size: 0.8rem } }
"""  # what paper does not need: targets for fingers, room beside the text, a narrow window
_WIDTH = re.compile(r'style="width: (\d+)%"')
_OCDS_KINDS = {"rules": "biddingDocuments", "annex": "evaluationCriteria", "annex_page": "evaluationCriteria"}


@dataclass(frozen=True)
class Paper:
    """A file to be published."""

    name: str
    title: str
    kind: str
    mimetype: str
    content: bytes

    @property
    def sha256(self) -> str:
        """Return the digest of its bytes."""
        return sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Issue:
    """What is published together: the tender, its rules and their number, when, and where its public page stands."""

    tender: TenderRecord
    publication: PublicationRecord
    file: TenderFile
    at: datetime
    address: str

    @property
    def number(self) -> int:
        """Return the number of the rule set."""
        return self.publication.rule_set


def ocid_of(tender_id: str) -> str:
    """Give a tender its identifier in open contracting data."""
    return f"{OCID_PREFIX}-{tender_id}"


def keep_rules(issue: Issue) -> list[PublishedFileRecord]:
    """Make and keep the files of a new rule set: its canonical bytes, and the annex as page and as PDF."""
    rules = Paper(
        f"rules-{issue.number}.json", "The rules as a file for machines", "rules", JSON, rule_set_bytes(issue.file)
    )
    return [_keep(issue, paper) for paper in (rules, *annex_papers(issue.file, issue.number, london(issue.at).date()))]


@lru_cache(maxsize=4)
def annex_papers(file: TenderFile, number: int, dated: date, *, draft: bool = False) -> tuple[Paper, Paper]:
    """Make the annex that says how bids are judged, as a page and as a PDF."""
    document = methodology_annex(file, dated=dated, draft=draft, version=number)
    page = standalone(printing.html_of(document), printing.style())
    title = "Methodology: how bids will be judged"
    return (
        Paper(f"methodology-{number}.html", f"{title}, as a page", "annex_page", HTML, page.encode("utf-8")),
        Paper(f"methodology-{number}.pdf", f"{title}, as a PDF", "annex", PDF, printing.print_document(document)),
    )


def keep_release(issue: Issue, notice: NoticeRecord | None = None) -> PublishedFileRecord:
    """Make and keep the OCDS release package of a publication, or of the notice that was just added."""
    release = _release(issue, notice)
    buyer = issue.file.tender.buyer.name
    name = f"ocds-{notice.number if notice else 0}.json"
    package = release_package([release], uri=f"{issue.address}files/{name}", published_at=issue.at, publisher=buyer)
    title = f"Open contracting data (OCDS), {'publication' if notice is None else f'notice {notice.number}'}"
    return _keep(issue, Paper(name, title, "ocds", JSON, to_json(package)), notice)


def _release(issue: Issue, notice: NoticeRecord | None) -> dict[str, Any]:
    common: dict[str, Any] = {
        "ocid": issue.publication.ocid,
        "published_at": issue.publication.published_at,
        "rule_set_digest": rule_set_digest(issue.file),
        "documents": _documents(issue),
        "questions": _answered(issue.tender.id),
    }
    if notice is None:
        return tender_release(issue.file, **common)
    earlier = [_said(row) for row in _notices(issue.tender.id)]
    if notice.kind == "cancellation":
        before = [each for each in earlier if each.number != notice.number]
        return cancellation_release(issue.file, cancelled_at=notice.at, reason=notice.reason, notices=before, **common)
    return change_release(issue.file, notices=earlier, **common)


def _said(row: NoticeRecord) -> ChangeNotice:
    return ChangeNotice(row.number, row.at, row.reason, row.changes)


def _notices(tender_id: str) -> Sequence[NoticeRecord]:
    db.session.flush()
    rows = select(NoticeRecord).where(NoticeRecord.tender_id == tender_id)
    return db.session.scalars(rows.order_by(NoticeRecord.number)).all()


def _documents(issue: Issue) -> list[ReleaseDocument]:
    db.session.flush()
    rows = select(PublishedFileRecord).where(
        PublishedFileRecord.tender_id == issue.tender.id, PublishedFileRecord.kind != "ocds"
    )
    return [
        ReleaseDocument(
            row.name, row.title, f"{issue.address}files/{row.name}", row.made_at, _OCDS_KINDS[row.kind],
            row.mimetype.partition(";")[0], row.sha256,
        )
        for row in db.session.scalars(rows.order_by(PublishedFileRecord.notice, PublishedFileRecord.name))
    ]  # fmt: skip


def _answered(tender_id: str) -> list[Clarification]:
    rows = select(QuestionRecord).where(QuestionRecord.tender_id == tender_id, QuestionRecord.state == "public")
    return [
        Clarification(
            row.public_number or 0, london(row.asked_at).date(), row.published_text,
            london(row.answered_at or row.asked_at).date(), row.answer,
        )
        for row in db.session.scalars(rows.order_by(QuestionRecord.public_number))
    ]  # fmt: skip


def _keep(issue: Issue, paper: Paper, notice: NoticeRecord | None = None) -> PublishedFileRecord:
    row = PublishedFileRecord(
        tender_id=issue.tender.id, name=paper.name, title=paper.title, kind=paper.kind, mimetype=paper.mimetype,
        content=paper.content, sha256=paper.sha256, size=len(paper.content), made_at=issue.at,
        notice=notice.number if notice else issue.number - 1,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def digests(files: Sequence[PublishedFileRecord]) -> Mapping[str, str]:
    """Say each file's digest by its name, for the audit trail."""
    return {row.name: row.sha256 for row in files}


def standalone(page: str, style: str) -> str:
    """Put a style sheet into a page, and its column widths too, so that it needs nothing else and no inline style."""
    widths = sorted({int(found) for found in _WIDTH.findall(page)})
    rules = "".join(f".width-{width} {{ width: {width}% }}\n" for width in widths)
    classed = _WIDTH.sub(lambda found: f'class="width-{found[1]}"', page)
    landmarked = classed.replace('<div class="letterhead">', '<div class="letterhead" role="banner">', 1)
    return landmarked.replace("</head>", f"<style>\n{style}\n{rules}{_SCREEN}</style>\n</head>", 1)
