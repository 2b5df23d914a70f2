"""What a notice must say before it may be made, by regime, and the names that may not stand in a letter.

PCR 2015 reg 86(2): criteria, reasons with the characteristics and relative advantages of the successful tender, both
scores, the winner's name, the precise end of the standstill. Procurement Regulations 2024 reg 31: names, addresses,
e-mail and identifiers, criteria with the scores available, each score with its explanation, the winner's too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from exports.documents import empty
from exports.notices.standstill import UNDER_THE_ACT, missing_dates, period_of
from lots.errors import Finding
from lots.organisation import Organisation
from lots.regime import Regime
from scoring.decision import AwardDecision, LetterText, WithheldItem
from scoring.evaluation import BidResult, LotEvaluation
from scoring.marking import LeafMarks
from scoring.tender_file import TenderFile

ACT = UNDER_THE_ACT


def award_findings(file: TenderFile) -> Iterator[Finding]:
    """Name what is missing from the decision itself: the decision, its dates, its signatories, each withheld ground."""
    award = file.award
    yield from empty(award, "award", "The award decision")
    if award is None:
        return
    yield from missing_dates(period_of(award, file.tender))
    yield from empty(award.signatories, "award.signatories", "Whoever signs the notices")
    for i, item in enumerate(award.withheld):
        yield from empty(item.topic, f"award.withheld[{i}].topic", "What is withheld")
        yield from empty(item.ground, f"award.withheld[{i}].ground", f"The ground for withholding “{item.topic}”")
        yield from _other_law(file.tender.regime, item, f"award.withheld[{i}].ground")


PCR, PA = "the Public Contracts Regulations 2015", "provisions of the Procurement Act 2023"
_LAWS = {
    PCR: re.compile(r"public contracts regulations|\bPCR\b|\breg(?:ulation|\.)?\s*(?:86|21)\b", re.IGNORECASE),
    PA: re.compile(r"procurement act|\bPA\s?2023\b|\b(?:section|sect\.|s\.?)\s*94\b", re.IGNORECASE),
}


def _other_law(regime: Regime, item: WithheldItem, place: str) -> Iterator[Finding]:
    """Find a ground for withholding that cites a law which does not govern this procurement."""
    if regime is not Regime.PCR2015_LIGHT_TOUCH and regime not in ACT:
        return
    other, instead = (PCR, "section 94 of the Procurement Act 2023") if regime in ACT else (PA, "regulation 86(6)")
    if _LAWS[other].search(item.ground):
        message = (
            f"The ground for withholding “{item.topic}” cites {other}, which do not govern this procurement: withhold "
            f"it on a ground of {instead}, or do not withhold it"
        )
        yield Finding("withheld_under_other_law", message, place)


def addressee_findings(file: TenderFile, organisation: Organisation) -> Iterator[Finding]:
    """Name what is missing to reach a tenderer: name and e-mail, under the Act its address and identifier too."""
    place = f"organisations[{file.organisations.index(organisation)}]"
    who = f"of {organisation.name.strip() or organisation.id}"
    yield from empty(organisation.name, f"{place}.name", f"The name {who}")
    if file.tender.regime in ACT:
        yield from empty(organisation.email, f"{place}.email", f"The e-mail address {who}")
        yield from empty(organisation.address, f"{place}.address", f"The postal address {who}")
        marks = tuple(mark.id for mark in organisation.identifiers)
        yield from empty(marks, f"{place}.identifiers", f"The unique identifier {who}")
    elif not organisation.email.strip():
        yield from empty(organisation.address, f"{place}.email", f"An e-mail or postal address {who}")


def reason_findings(file: TenderFile, lot: LotEvaluation, result: BidResult) -> Iterator[Finding]:
    """Name every score of a bid without a reason, and every score below the top without why it is not higher."""
    for row in result.rows:
        place, what = _place(file, result, row), f"“{row.leaf.criterion.title}” of {result.tenderer.name}"
        reason = row.agreed.reason if row.agreed else ""
        yield from empty(reason, f"{place}.reason", f"The reason for the score of {what}")
        if row.points < row.maximum:
            higher = row.agreed.why_not_higher if row.agreed else ""
            yield from empty(higher, f"{place}.why_not_higher", f"Why the score of {what} is not higher")


def letter_findings(file: TenderFile, lot: LotEvaluation, own: BidResult, winner: BidResult) -> Iterator[Finding]:
    """Name everything one unsuccessful tenderer's letter still lacks, and the names that may not stand in it."""
    award = file.award
    if award is None:
        return
    yield from addressee_findings(file, own.tenderer)
    yield from empty(winner.tenderer.name, "organisations", "The name of the successful tenderer")
    yield from reason_findings(file, lot, own)
    if file.tender.regime in ACT:
        yield from reason_findings(file, lot, winner) if own.rows else ()
    elif file.tender.regime is Regime.PCR2015_LIGHT_TOUCH and own.rows:
        text, place = letter_text(award, own.bid.id)
        what = f"What {own.tenderer.name} is told of the successful tender’s characteristics and relative advantages"
        yield from empty(text.advantages, f"{place}.advantages", what)
    yield from _strays(file, lot, own, winner, award)


def letter_text(award: AwardDecision, bid: str) -> tuple[LetterText, str]:
    """Find what was written for one bid's letter (an empty text where nothing was), and its path in the file."""
    for i, text in enumerate(award.letters):
        if text.bid == bid:
            return text, f"award.letters[{i}]"
    return LetterText(bid), f"award.letters[{len(award.letters)}]"


def _place(file: TenderFile, result: BidResult, row: LeafMarks) -> str:
    if row.agreed is not None:
        return f"agreed_scores[{file.agreed_scores.index(row.agreed)}]"
    return f"agreed_scores[bid {result.bid.id}, {row.leaf.criterion.id}]"


def _strays(
    file: TenderFile, lot: LotEvaluation, own: BidResult, winner: BidResult, award: AwardDecision
) -> Iterator[Finding]:
    """Find the name of another unsuccessful tenderer or of a panel member in anything typed for this letter."""
    known = {party.organisation for result in (own, winner) for party in result.bid.parties}
    others = [result.tenderer.name for result in lot.results if result.tenderer.id not in known]
    names = [(name, "another tenderer") for name in others] + [(person.name, "a panel member") for person in file.panel]
    bare = [(name.strip(), name.strip().casefold(), who) for name, who in names if name.strip()]
    for place, text in _typed(file, own, winner, award):
        folded = text.casefold()
        for name, small, who in bare:
            if small in folded and _stands_in(name, text):
                message = f"This text names {name}, {who}: a letter may not; say it without the name"
                yield Finding("letter_names_another", message, place)


def _stands_in(name: str, text: str) -> bool:
    """Say whether a name stands in a text as whole words; of several words, whatever their capitals."""
    flags = re.IGNORECASE if " " in name else re.NOFLAG
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, flags) is not None


def _typed(file: TenderFile, own: BidResult, winner: BidResult, award: AwardDecision) -> Iterator[tuple[str, str]]:
    """Yield every text of the letter that somebody typed, with its place in the file."""
    text, place = letter_text(award, own.bid.id)
    yield f"{place}.advantages", text.advantages
    yield f"{place}.feedback", text.feedback
    for result in (own, winner) if file.tender.regime in ACT and own.rows else (own,):
        yield from _reasons(file, result, result.rows)
    for finding in own.exclusion.reasons if own.exclusion else ():
        yield finding.place, finding.message


def _reasons(file: TenderFile, result: BidResult, rows: Sequence[LeafMarks]) -> Iterator[tuple[str, str]]:
    for row in rows:
        if row.agreed:
            place = _place(file, result, row)
            yield f"{place}.reason", row.agreed.reason
            yield f"{place}.why_not_higher", row.agreed.why_not_higher
            yield from ((f"{place}.evidence", item.quote) for item in row.agreed.evidence)
