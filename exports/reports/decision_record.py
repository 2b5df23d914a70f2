"""The record of a police and crime commissioner's decision to award: what is published, and what is kept back and why.

It names the successful tenderers and nobody else who bid. The long texts are people's own words, so each is searched
for the names of unsuccessful tenderers, of their partners and of panel members, and the record is refused, naming the
field, where one is found. Duty to publish decisions of significant public interest: Elected Local Policing Bodies
(Specified Information) Order 2011 (SI 2011/3050).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction

from exports.claims.decision import awarded_claim, sealed_record
from exports.documents import DocumentHead, Slot, empty, head_of, identifier_words, require
from exports.notices.assessment import CriterionLine, criterion_lines
from exports.notices.standstill import period_of, standstill_of
from exports.pdf import Attached
from exports.reports.public_words import name_findings, texts_of
from exports.withholding import withholds_price
from lots.calendar import Standstill
from lots.errors import Finding
from lots.lot import Lot
from lots.money import Money
from lots.regime import Regime, RegimeRules, rules_of
from lots.thresholds import VatBasis
from scoring.decision import AwardDecision, Comment
from scoring.evaluation import BidResult, LotEvaluation
from scoring.figures import Rounding
from scoring.recommendation import Evaluation
from scoring.tender_file import TenderFile

REGISTER = "decision-register.csv"
_COLUMNS = (
    "reference", "title", "decision", "decision_maker", "decided_on", "published_on", "papers",
    "papers_restricted_because",
)  # fmt: skip
_REQUIRED = {
    "reference": "The reference of the decision",
    "title": "The title of the decision",
    "decision_maker": "Who makes the decision",
    "power": "The power it is made under",
    "summary": "The decision in one paragraph",
    "background": "The background",
    "outcomes": "What it means for victims",
    "options": "The options considered",
    "process": "The procurement in brief",
    "equality": "Equality",
    "data_protection": "Data protection",
    "risk": "Risk",
    "consultation": "Consultation",
    "social_value": "Social value",
    "interests": "The interests declared",
    "signatories": "Whoever signs the decision",
}


@dataclass(frozen=True)
class AwardedLot:
    """One lot as awarded: the successful tenderer, the money, the term, and its own marks. Price may be withheld."""

    lot: Lot
    tenderer: str
    identifiers: tuple[str, ...]
    kinds: str
    price: Money | None
    first_year: Money | None
    price_ground: str
    lines: tuple[CriterionLine, ...]
    price_marks: Fraction | None
    price_weight: Fraction | None
    total: Fraction | None
    whole_method: bool
    rounding: Rounding
    received: int
    vcse: int
    sme: int


@dataclass(frozen=True)
class OpenLot:
    """A lot that this decision leaves without an award."""

    title: str
    why: str


@dataclass(frozen=True)
class DecisionRecord:
    """The public record; ``exempt_reason`` says why the evaluation report is kept back."""

    head: DocumentHead
    regime: Regime
    rules: RegimeRules
    vat: VatBasis
    award: AwardDecision
    lots: tuple[AwardedLot, ...]
    open_lots: tuple[OpenLot, ...]
    narrative: tuple[tuple[str, str], ...]
    comments: tuple[tuple[str, Comment], ...]
    standstill: Standstill
    deadline: datetime
    published: date | None
    limit: str
    conditions: tuple[tuple[str, date], ...]
    attachments: tuple[Attached, ...] = ()

    @property
    def annual(self) -> Money:
        """Add up the first year of every award whose price is published."""
        return Money(sum(each.first_year.pence for each in self.lots if each.first_year))

    @property
    def whole(self) -> Money:
        """Add up the whole term of every award whose price is published."""
        return Money(sum(each.price.pence for each in self.lots if each.price))


def decision_record(evaluation: Evaluation) -> DecisionRecord:
    """Make the decision record; IncompleteDocument names what is empty and every text that names a loser."""
    file, award = evaluation.file, evaluation.file.award
    require("The decision record", _findings(evaluation))
    if award is None:
        raise LookupError("award")  # never: what is required above has refused such a file
    slot = Slot("Decision record", "decision-record", 1, classification="public", dated=award.decided_on)
    head = head_of(file, slot)
    pairs = tuple(_awarded(evaluation))
    lots = tuple(_lot(file, lot, winner, withholds_price(award.withheld, lot.lot.id)) for lot, winner in pairs)
    made = DecisionRecord(
        head=replace(head, title=f"Decision record: {award.title}"),
        regime=file.tender.regime,
        rules=rules_of(file.tender.regime),
        vat=file.tender.vat,
        award=award,
        lots=lots,
        open_lots=tuple(_open(evaluation)),
        narrative=_narrative(award),
        comments=(("Financial implications", award.finance), ("Legal implications", award.legal)),
        standstill=standstill_of(period_of(award, file.tender)),
        deadline=file.tender.deadline,
        published=award.notice_published,
        limit=file.lot_limit.words() if file.lot_limit else "",
        conditions=tuple(_conditions(file, award)),
    )
    claims = [
        awarded_claim(file, lot, winner, award, shown.lines, shown=not shown.price_ground)
        for (lot, winner), shown in zip(pairs, lots, strict=True)
    ]
    return replace(made, attachments=(sealed_record(made.head, claims), register_row(award)))


def _findings(evaluation: Evaluation) -> Iterator[Finding]:
    award = evaluation.file.award
    yield from empty(award, "award", "The award decision")
    if award is None:
        return
    for name, what in _REQUIRED.items():
        yield from empty(getattr(award, name), f"award.{name}", what)
    for name, who in (("finance", "chief finance officer"), ("legal", "monitoring officer")):
        comment: Comment = getattr(award, name)
        yield from empty(comment.by, f"award.{name}.by", f"Who makes the {who}’s comment")
        yield from empty(comment.text, f"award.{name}.text", f"The {who}’s comment")
    for at, item in enumerate(award.withheld):
        yield from empty(item.ground, f"award.withheld[{at}].ground", f"The ground for withholding “{item.topic}”")
    for at, person in enumerate(award.signatories):
        yield from empty(person.name, f"award.signatories[{at}].name", "The name of a signatory")
    if not any(True for _ in _awarded(evaluation)):
        yield Finding("nothing_awarded", "No lot has a successful tender, so there is no award to record", "award")
    yield from name_findings(evaluation, texts_of(award))


def _awarded(evaluation: Evaluation) -> Iterator[tuple[LotEvaluation, BidResult]]:
    for lot in evaluation.lots:
        winner = evaluation.recommendation(lot.lot.id).winner
        if winner is not None:
            yield lot, winner


def _open(evaluation: Evaluation) -> Iterator[OpenLot]:
    for lot in evaluation.lots:
        if evaluation.recommendation(lot.lot.id).winner is None:
            yield OpenLot(lot.lot.title, "It is not awarded by this decision.")
    for other in evaluation.file.tender.lots:
        if not other.is_contract:
            yield OpenLot(other.title, "It was not tendered for as a contract.")


def _lot(file: TenderFile, lot: LotEvaluation, winner: BidResult, ground: str) -> AwardedLot:
    who, priced = winner.tenderer, lot.methodology.priced
    tenderers = [result.tenderer for result in lot.results]
    return AwardedLot(
        lot=lot.lot,
        tenderer=who.name,
        identifiers=tuple(identifier_words(mark.scheme, mark.id) for mark in who.identifiers),
        kinds=", ".join(word for word, true in (("VCSE", who.vcse), ("SME", who.sme)) if true),
        price=None if ground else winner.bid.price,
        first_year=None if ground or not winner.bid.prices else winner.bid.prices[0],
        price_ground=ground,
        lines=criterion_lines(lot, file.scales, winner, None),
        price_marks=winner.price_marks,
        price_weight=priced.weight if priced else None,
        total=winner.total,
        whole_method=lot.round.method is not None,
        rounding=lot.methodology.rounding,
        received=len(lot.results),
        vcse=sum(tenderer.vcse for tenderer in tenderers),
        sme=sum(tenderer.sme for tenderer in tenderers),
    )


def _conditions(file: TenderFile, award: AwardDecision) -> Iterator[tuple[str, date]]:
    """Yield what must be provided before signature, with the one lot it is asked for in, and by when."""
    for condition in award.conditions:
        where = f" ({file.tender.lot(condition.lot).title})" if condition.lot else ""
        yield f"{condition.title}{where}", condition.due


def _narrative(award: AwardDecision) -> tuple[tuple[str, str], ...]:
    """Return the parts after the decision and its comments, in the order of a commissioner's form."""
    parts = [
        ("Equality", award.equality),
        ("Data protection", award.data_protection),
        ("Risk", award.risk),
        ("Consultation", award.consultation),
        ("Social value and sustainability", award.social_value),
        ("Interests declared", award.interests),
    ]
    return tuple(parts)


def register_row(award: AwardDecision) -> Attached:
    """Write the row for the commissioner's public register of decisions, under the heads of its columns."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(_COLUMNS)
    days = [day.isoformat() if day else "" for day in (award.decided_on, award.published_on)]
    papers = "; ".join(award.papers)
    row = [award.reference, award.title, award.summary, award.decision_maker, *days, papers, award.exempt_reason]
    rows.writerow([_cell(text) for text in row])
    return Attached(REGISTER, out.getvalue().encode("utf-8-sig"), "This decision as a row of the register of decisions")


def _cell(text: str) -> str:
    """Keep a spreadsheet from taking somebody's words for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
