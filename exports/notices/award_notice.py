"""The award decision notice to the successful tenderer of each lot: what it is to sign, and how it came to be chosen.

``letters`` for the unsuccessful ones are in :mod:`exports.notices.letters` and can be had from here too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from exports.claims.figures import holdings
from exports.claims.making import (
    REFERENCES,
    inputs_of,
    printed_lines,
    printed_result,
    references_of,
    sealed,
)
from exports.documents import DocumentHead, Slot, addressee_of, head_of, require
from exports.notices.assessment import (
    CriterionLine,
    PriceLine,
    Worked,
    criterion_lines,
    price_line,
    scales_used,
    worked,
)
from exports.notices.checks import ACT, addressee_findings, award_findings, reason_findings
from exports.notices.letters import OUTCOME, TITLES, UnsuccessfulLetter, letters
from exports.notices.standstill import period_of, standstill_of
from exports.pdf import Attached
from lots.bid import Commitment
from lots.calendar import Standstill
from lots.errors import Finding
from lots.lot import Lot
from lots.money import Money
from lots.regime import Regime, RegimeRules, rules_of
from lots.split.report import SplitReport
from lots.thresholds import VatBasis
from scoring.decision import AwardDecision, ConditionPrecedent
from scoring.evaluation import BidResult, LotEvaluation
from scoring.figures import Rounding
from scoring.recommendation import Evaluation
from scoring.scale import Scale

__all__ = ["AwardNotice", "Share", "UnsuccessfulLetter", "award_notices", "letters"]


@dataclass(frozen=True)
class Share:
    """What one organisation of the successful bid holds of its price: in the first year, over the term, in per cent."""

    name: str
    role: str
    work: str
    first_year: Money
    term: Money
    percent: Fraction | None
    confirmed_on: date | None


@dataclass(frozen=True)
class RuleKept:
    """One published rule of the split over the term: its limit, the figure and what is left before it is broken."""

    title: str
    limit: Money
    actual: Money
    headroom: Money


@dataclass(frozen=True)
class AwardNotice:
    """The notice to the successful tenderer of one lot."""

    head: DocumentHead
    regime: Regime
    rules: RegimeRules
    vat: VatBasis
    rounding: Rounding
    lot: Lot
    tenderer: str
    lines: tuple[CriterionLine, ...]
    price: PriceLine
    rank: int | None
    ranked: int
    total: Fraction | None
    whole_method: bool
    limit: str
    references: tuple[tuple[str, Fraction], ...]
    shares: tuple[Share, ...]
    management_fee: Money | None
    rules_kept: tuple[RuleKept, ...]
    commitments: tuple[Commitment, ...]
    conditions: tuple[ConditionPrecedent, ...]
    standstill: Standstill
    sent: date | None
    published: date | None
    debrief_contact: str
    worked: tuple[Worked, ...]
    methodology: str
    scales: tuple[Scale, ...]
    attachments: tuple[Attached, ...] = ()

    @property
    def under_the_act(self) -> bool:
        """Say whether the Procurement Act 2023 decides what is printed."""
        return self.regime in ACT


def award_notices(evaluation: Evaluation, lot: str = "") -> tuple[AwardNotice, ...]:
    """Make the notice to the successful tenderer of every lot that is to be awarded (or of ``lot`` only).

    IncompleteDocument names every field that is still empty.
    """
    todo = [
        (evaluated, winner)
        for evaluated in evaluation.lots
        if (winner := evaluation.recommendation(evaluated.lot.id).winner) and lot in ("", evaluated.lot.id)
    ]
    require("The award decision notices", dict.fromkeys(_findings(evaluation, todo)))
    award = evaluation.file.award
    return tuple(_notice(evaluation, award, *each) for each in todo) if award else ()


def _findings(evaluation: Evaluation, todo: list[tuple[LotEvaluation, BidResult]]) -> Iterator[Finding]:
    yield from award_findings(evaluation.file)
    for lot, winner in todo:
        yield from addressee_findings(evaluation.file, winner.tenderer)
        yield from reason_findings(evaluation.file, lot, winner)


def _notice(evaluation: Evaluation, award: AwardDecision, lot: LotEvaluation, own: BidResult) -> AwardNotice:
    """Put one notice together, then seal its claim."""
    file, regime = evaluation.file, evaluation.file.tender.regime
    to = addressee_of(own.tenderer, under_the_act=regime in ACT)
    title = TITLES.get(regime, OUTCOME)
    slot = Slot(title, "award", 1, lot.lot.id, own.tenderer.id, "addressee only", to, bid=own.bid.id)
    made = AwardNotice(
        head=head_of(file, slot),
        regime=regime,
        rules=rules_of(regime),
        vat=file.tender.vat,
        rounding=lot.methodology.rounding,
        lot=lot.lot,
        tenderer=own.tenderer.name,
        lines=criterion_lines(lot, file.scales, own, None),
        price=price_line(lot, own),
        rank=own.rank,
        ranked=len(lot.ranked),
        total=own.total,
        whole_method=lot.round.method is not None,
        limit=evaluation.allocation.rule if own.rank != 1 and evaluation.allocation else "",
        references=tuple((REFERENCES[name], figure) for name, figure in references_of(lot)),
        shares=_shares(own),
        management_fee=Money(sum(fee.pence for fee in own.bid.split.management_fee)) if own.bid.split else None,
        rules_kept=_rules_kept(own.split),
        commitments=own.bid.commitments,
        conditions=tuple(each for each in award.conditions if each.lot in ("", lot.lot.id)),
        standstill=standstill_of(period_of(award, evaluation.file.tender)),
        sent=award.notices_sent,
        published=award.notice_published,
        debrief_contact=award.debrief_contact or file.tender.buyer.email,
        worked=worked(lot, own),
        methodology=lot.methodology.title,
        scales=scales_used(lot, file.scales),
    )
    return replace(made, attachments=(_claim(made, evaluation, award, lot, own),))


def _shares(own: BidResult) -> tuple[Share, ...]:
    """Say who holds what of the price, in the order the bid names them."""
    if own.split is None:
        return ()
    parties = {party.organisation: party for party in own.bid.parties}
    names = {organisation.id: organisation.name for organisation in own.split.organisations}
    return tuple(
        Share(
            names.get(held.organisation, held.organisation),
            parties[held.organisation].role.replace("_", "-") if held.organisation in parties else "",
            parties[held.organisation].work if held.organisation in parties else "",
            held.by_year[0] if held.by_year else Money(0),
            held.term,
            held.percents[-1],
            parties[held.organisation].confirmed_on if held.organisation in parties else None,
        )
        for held in own.split.holdings
    )


RULE_TITLES = {
    "lead_retention_maximum": "Most the lead may keep, its management fee included",
    "provider_maximum": "Most any single provider may hold",
    "management_fee_maximum": "Most the management fee may be",
    "subcontract_minimum": "Least that must reach others than the lead",
    "vcse_minimum": "Least that must reach voluntary, community and social enterprises",
    "by_and_for_minimum": "Least that must reach by-and-for organisations",
}


def _rules_kept(report: SplitReport | None) -> tuple[RuleKept, ...]:
    """List the rules about money that carry a percentage, with their figures over the whole term."""
    found = []
    for figure in report.figures if report else ():
        title = RULE_TITLES.get(figure.rule)
        lines = getattr(figure, "lines", ())
        if title and lines:
            found.append(RuleKept(title, lines[-1].limit, lines[-1].actual, lines[-1].headroom))
    return tuple(found)


def _claim(
    notice: AwardNotice, evaluation: Evaluation, award: AwardDecision, lot: LotEvaluation, own: BidResult
) -> Attached:
    inputs = inputs_of(evaluation, lot, own, award, references=references_of(lot), split=own.split is not None)
    stated = (("own.rank", f"{notice.rank} of {notice.ranked}"),)
    return sealed("award_notice", notice.head, inputs, _printed(notice, lot, own), stated)


def _printed(notice: AwardNotice, lot: LotEvaluation, own: BidResult) -> Iterator[tuple[str, str]]:
    """Collect every figure of the notice, in reading order."""
    yield from printed_lines(notice.lines, lot)
    yield from printed_result("own", own, lot)
    if own.split is not None:
        yield from holdings(own.split)
    counted = notice.standstill
    if counted.last_day:
        yield "standstill.last_day", counted.last_day.isoformat()
    yield "standstill.earliest_contract", counted.earliest_contract.isoformat()
