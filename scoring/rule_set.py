"""The rules of a procurement: the part of a tender file that publication freezes, and that only a notice may change."""

from __future__ import annotations

from dataclasses import replace

from lots.tender import Tender
from scoring.tender_file import TenderFile


def rule_set(file: TenderFile) -> TenderFile:
    """Return what publication freezes: the tender as planned, the scales, the methodologies and the limit on lots.

    Left out is whatever happens afterwards (people, bids, scores, decisions, questions and answers, the days on which
    things were really done, uplifts) and the commissioner's own preparation (sign-offs, standards, conflicts). The rule
    set of a rule set is itself.
    """
    return TenderFile(_as_planned(file.tender), file.scales, file.methodologies, file.lot_limit)


def _as_planned(tender: Tender) -> Tender:
    return replace(
        tender,
        lots=tuple(replace(lot, uplifts=()) for lot in tender.lots),
        timetable=tuple(replace(step, actual=None) for step in tender.timetable),
        clarifications=(),
        deliverables=(),
        standards=(),
        conflicts_assessed_on=None,
    )
