"""The heads of papers that exist before any decision does: certificates, score sheets, the evaluation report."""

from __future__ import annotations

from datetime import date

from exports.documents import DocumentHead, Slot, digests
from scoring.tender_file import TenderFile


def paper_head(
    file: TenderFile, slot: Slot, dated: date, *, mark: str = "", draft: bool = False, early: bool = False
) -> DocumentHead:
    """Make the head of a paper from the tender file alone; ``mark`` is the letter before its number (``C03``).

    An ``early`` paper is dated before the record is complete, so that it has no digest of the whole record.
    Nobody signs such a paper as a decision, so it carries no signatories, and ``draft`` is what the caller says.
    """
    reference = file.award.reference if file.award and file.award.reference.strip() else file.tender.reference
    rules, whole = digests(file)
    return DocumentHead(
        number=f"{reference}/{slot.lot_id or 'all'}/{mark}{slot.order:02d}",
        title=slot.title,
        tender_reference=file.tender.reference,
        tender_title=file.tender.title,
        buyer=file.tender.buyer,
        dated=dated,
        classification=slot.classification,
        draft=draft,
        rules_digest=rules,
        file_digest="" if early else whole,
        lot=file.tender.lot(slot.lot_id).title if slot.lot_id else "",
        addressee=slot.addressee,
        illustrative=file.tender.illustrative,
        lot_id=slot.lot_id,
        order=slot.order,
        kind=slot.kind,
        about=slot.about,
    )
