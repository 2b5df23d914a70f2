"""The data sheet of the contract award notice: every box of the notice with what to type into it, by regime.

Under the Procurement Act 2023 it is notice UK6 (Procurement Regulations 2024 reg 27), published after every assessment
summary was given and before a contract is signed. Under PCR 2015 (regs 50 and 75) it follows the signature. The sheet
is restricted: it is what somebody types from, and the notice is what is published.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from exports.documents import TENDER_FILE, DocumentHead, Slot, empty, head_of, identifier_words, require
from exports.notices.checks import ACT, addressee_findings
from exports.notices.standstill import period_of, standstill_of
from exports.pdf import Attached
from exports.tender_file import write
from exports.withholding import withholds_price
from lots.calendar import Standstill, say
from lots.errors import Finding
from lots.money import Money
from lots.organisation import Organisation
from lots.regime import Regime, rules_of
from lots.thresholds import VatBasis
from lots.words import counted, listed
from scoring.decision import AwardDecision
from scoring.evaluation import BidResult, LotEvaluation
from scoring.figures import Rounding
from scoring.recommendation import Evaluation

LARGE: Final = Money(500_000_000)
"""£5,000,000 including VAT: above it the notice names everybody who was assessed and not successful (reg 27)."""
STANDARD_RATE: Final = Fraction(20, 100)
LATER: Final = "To be filled in once it is known"
Rows = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class SheetPart:
    """A part of the notice: its heading, and its boxes as (what is asked, what to type)."""

    title: str
    rows: Rows


@dataclass(frozen=True)
class AwardNoticeSheet:
    """The whole sheet; ``law`` says in a sentence when the notice is published."""

    head: DocumentHead
    regime: Regime
    law: str
    parts: tuple[SheetPart, ...]
    attachments: tuple[Attached, ...] = ()


def award_notice_sheet(evaluation: Evaluation) -> AwardNoticeSheet:
    """Make the sheet; IncompleteDocument names every box that has to be filled and is empty."""
    file, award = evaluation.file, evaluation.file.award
    require("The contract award notice", _findings(evaluation))
    if award is None:
        raise LookupError("award")  # never: what is required above has refused such a file
    regime = file.tender.regime
    title = "Contract award notice (UK6): data sheet" if regime in ACT else "Contract award notice: data sheet"
    counted_ = standstill_of(period_of(award, file.tender))
    copy = Attached(TENDER_FILE, write(file), "The whole tender file: everything in this sheet follows from it")
    return AwardNoticeSheet(
        head_of(file, Slot(title, "award-notice-sheet", 3)),
        regime,
        _law(regime),
        (
            SheetPart("Contracting authority", tuple(_authority(evaluation))),
            SheetPart("Procurement", tuple(_procurement(evaluation, award))),
            *(_lot_part(evaluation, award, lot) for lot in evaluation.lots if _winner(evaluation, lot)),
            *_ceased(evaluation),
            SheetPart("Dates", tuple(_dates(award, regime, counted_))),
            *_withheld(award),
        ),
        (copy,),
    )


def _findings(evaluation: Evaluation) -> Iterator[Finding]:
    file, award = evaluation.file, evaluation.file.award
    yield from empty(award, "award", "The award decision")
    if award is None:
        return
    if file.tender.regime in ACT:
        notice = award.notice
        yield from empty(notice.identifier, "award.notice.identifier", "The unique identifier of the procurement")
        yield from empty(
            notice.signing_expected, "award.notice.signing_expected", "The day the contract is to be signed"
        )
        yield from empty(award.notice_published, "award.notice_published", "The day the notice is published")
    yield from empty(award.notices_sent, "award.notices_sent", "The day the letters are sent")
    winners = [winner for lot in evaluation.lots if (winner := _winner(evaluation, lot))]
    if not winners:
        yield Finding("nothing_awarded", "No lot is awarded, so there is no award to give notice of", "award")
    for winner in winners:
        yield from addressee_findings(file, winner.tenderer)
    yield from _early(award, file.tender.regime)


def _early(award: AwardDecision, regime: Regime) -> Iterator[Finding]:
    """Find a notice that would come out before the summaries it must follow (Procurement Act 2023 s.50)."""
    sent, published = award.notices_sent, award.notice_published
    if regime in ACT and sent and published and published < sent:
        message = (
            f"The notice would be published on {say(published)}, before the assessment summaries of {say(sent)}: "
            "every summary comes first (Procurement Act 2023 s.50)"
        )
        yield Finding("notice_before_summaries", message, "award.notice_published")


def _law(regime: Regime) -> str:
    if regime in ACT:
        return (
            "Published on the central digital platform after every assessment summary was given and before any "
            "contract is signed: Procurement Act 2023 s.50, Procurement Regulations 2024 reg 27."
        )
    if regime is Regime.PCR2015_LIGHT_TOUCH:
        return (
            "Sent once the contract is signed: within 30 days, or grouped by quarter and sent within 30 days of its "
            "end (Public Contracts Regulations 2015 regs 50 and 75); the same information goes to Contracts Finder."
        )
    return "No law asks for this notice here; the authority may publish it all the same."


# --- the parts ------------------------------------------------------------------------------------------------


def _authority(evaluation: Evaluation) -> Iterator[tuple[str, str]]:
    buyer = evaluation.file.tender.buyer
    yield "Name", buyer.name
    yield "Address", ", ".join(buyer.address)
    yield "E-mail", buyer.email
    yield "Telephone", buyer.telephone
    yield "Identifier", _marks(buyer.identifiers)


def _procurement(evaluation: Evaluation, award: AwardDecision) -> Iterator[tuple[str, str]]:
    tender = evaluation.file.tender
    yield "Title", tender.title
    yield "Reference of the authority", tender.reference
    yield "Unique identifier of the procurement", award.notice.identifier or LATER
    yield "Description", tender.description
    yield "Regime", rules_of(tender.regime).title
    yield "Special regime", "Light touch" if "light_touch" in tender.regime else "None"
    yield "Reserved to", award.notice.reserved or "Nobody"
    yield "CPV", listed(dict.fromkeys(code for lot in tender.contract_lots for code in lot.cpv))
    yield "Place of delivery", award.notice.region
    yield "How many lots", counted(len(tender.contract_lots), "lot")
    if limit := evaluation.file.lot_limit:
        yield "Limit on lots", limit.words()


def _lot_part(evaluation: Evaluation, award: AwardDecision, lot: LotEvaluation) -> SheetPart:
    number = [each.id for each in evaluation.file.tender.contract_lots].index(lot.lot.id) + 1
    rows = (
        *_contract(evaluation, award, lot, number), *_supplier(evaluation, award, lot), *_competition(evaluation, lot),
    )  # fmt: skip
    return SheetPart(f"Lot {number}: {lot.lot.title}", rows)


def _contract(
    evaluation: Evaluation, award: AwardDecision, lot: LotEvaluation, number: int
) -> Iterator[tuple[str, str]]:
    winner, vat = _must(evaluation, lot), evaluation.file.tender.vat
    yield "Number", str(number)
    yield "Description", lot.lot.description
    yield "CPV", listed(lot.lot.cpv)
    ground = withholds_price(award.withheld)
    yield "Value of the contract", f"Withheld: {ground}" if ground else _amounts(winner.bid.price, vat)
    if lot.lot.maximum_potential_spend:
        yield "Estimated value, every option and uplift included", _amounts(lot.lot.maximum_potential_spend, vat)
    if term := lot.lot.term:
        yield "Starts", say(term.start)
        yield "Runs for", counted(term.initial_years, "year")
        yield "May be extended by", counted(term.extension_years, "year") if term.extension_years else "Nothing"
    yield (
        "Award criteria",
        "; ".join(f"{each.title} {each.weight:f}" if each.weight else each.title for each in lot.methodology.criteria),
    )


def _supplier(evaluation: Evaluation, award: AwardDecision, lot: LotEvaluation) -> Iterator[tuple[str, str]]:
    file, winner = evaluation.file, _must(evaluation, lot)
    who = winner.tenderer
    yield "Supplier", who.name
    yield "Address", ", ".join(who.address)
    yield "E-mail", who.email
    yield "Unique identifier", _marks(who.identifiers)
    yield "Small or medium-sized enterprise", _yes(who.sme)
    yield "Voluntary, community or social enterprise", _yes(who.vcse)
    yield "Other kinds", award.notice.kinds or "None stated"
    partners = [(file.organisation(party.organisation).name, party.role) for party in winner.bid.parties[:]]
    joined = [name for name, role in partners if role == "partner"]
    yield "Consortium", f"Yes, with {listed(joined)}" if joined else "No"
    below = [name for name, role in partners if role == "sub_contractor"]
    yield "Sub-contractors", listed(below) or "None named"
    if winner.split is not None:
        yield "Share that partners and sub-contractors hold", _passed_on(winner)


def _competition(evaluation: Evaluation, lot: LotEvaluation) -> Iterator[tuple[str, str]]:
    """Say who competed: counts for a contract of up to £5m, names above it, as the Act asks; counts under PCR."""
    winner, regime = _must(evaluation, lot), evaluation.file.tender.regime
    everybody = [result.tenderer for result in lot.results]
    yield "Tenders received", str(len(everybody))
    yield "Tenders assessed", str(sum(1 for result in lot.results if result.rows))
    yield "of them from SMEs", str(sum(each.sme for each in everybody))
    yield "of them from VCSEs", str(sum(each.vcse for each in everybody))
    if regime in ACT and _gross(_estimate(lot, winner), evaluation.file.tender.vat) > LARGE.pence:
        for each in everybody:
            if each.id != winner.tenderer.id:
                yield "Unsuccessful supplier", _unsuccessful(each)
    elif regime in ACT:
        yield "Unsuccessful suppliers", "Not named: the estimated value is £5 million or less"


def _unsuccessful(who: Organisation) -> str:
    kinds = listed(word for word, true in (("SME", who.sme), ("VCSE", who.vcse)) if true)
    return "; ".join(filter(None, (who.name, ", ".join(who.address), _marks(who.identifiers), kinds)))


def _ceased(evaluation: Evaluation) -> Iterator[SheetPart]:
    """Name the lots that end without an award."""
    rows = tuple(
        (lot.lot.title, " ".join(point.message for point in evaluation.recommendation(lot.lot.id).open_points))
        for lot in evaluation.lots
        if _winner(evaluation, lot) is None
    )
    if rows:
        yield SheetPart("Lots that are not awarded", rows)


def _dates(award: AwardDecision, regime: Regime, found: Standstill) -> Iterator[tuple[str, str]]:
    summaries = "Assessment summaries given on" if regime in ACT else "Award decision notices sent on"
    yield summaries, say(award.notices_sent) if award.notices_sent else LATER
    if regime in ACT:
        yield "Notice published on", say(award.notice_published) if award.notice_published else LATER
    kinds = {"mandatory": "Mandatory", "voluntary": "Voluntary: it binds once the notice states it", "none": "None"}
    yield "Standstill", kinds[found.kind]
    if found.last_day:
        yield "Standstill ends at the end of", say(found.last_day)
    yield "No contract before", say(found.earliest_contract)
    expected = award.notice.signing_expected
    yield "Contract to be signed on" if regime in ACT else "Contract concluded on", say(expected) if expected else LATER
    if regime not in ACT:
        yield "Review body", award.notice.review_body or LATER


def _withheld(award: AwardDecision) -> Iterator[SheetPart]:
    """Say that something is withheld and why, which the notice must."""
    if award.withheld:
        yield SheetPart("Withheld", tuple((item.topic, item.ground) for item in award.withheld))


# --- pieces -----------------------------------------------------------------------------------------------------


def _winner(evaluation: Evaluation, lot: LotEvaluation) -> BidResult | None:
    return evaluation.recommendation(lot.lot.id).winner


def _must(evaluation: Evaluation, lot: LotEvaluation) -> BidResult:
    found = _winner(evaluation, lot)
    if found is None:
        raise LookupError(lot.lot.id)  # never: only lots with a winner have a part
    return found


def _estimate(lot: LotEvaluation, winner: BidResult) -> Money:
    return lot.lot.maximum_potential_spend or lot.lot.base_value or winner.bid.price


def _gross(amount: Money, vat: VatBasis) -> Fraction:
    """Return an amount including VAT at the standard rate, in pence, exactly."""
    return Fraction(amount.pence) * (1 if vat is VatBasis.INCLUSIVE else 1 + STANDARD_RATE)


def _amounts(amount: Money, vat: VatBasis) -> str:
    """Write an amount on the tender's basis, and what it is with VAT, which notices under the Act ask for."""
    if vat is VatBasis.INCLUSIVE:
        return f"{amount} including VAT"
    gross = Money(int(Rounding(0).value(_gross(amount, vat))))
    return f"{amount} excluding VAT; {gross} including VAT at 20 %, if it is charged"


def _passed_on(winner: BidResult) -> str:
    """Say how much of the price others than the lead hold over the term."""
    assert winner.split is not None
    others = sum(each.term.pence for each in winner.split.holdings if each.organisation != winner.tenderer.id)
    whole = winner.bid.price.pence
    share = Rounding(2).text(Fraction(others, whole) * 100) if whole else "0"
    return f"{Money(others)}, {share} % of the price"


def _marks(identifiers: tuple[object, ...]) -> str:
    return listed(identifier_words(mark.scheme, mark.id) for mark in identifiers)  # type: ignore[attr-defined]


def _yes(true: bool) -> str:
    return "Yes" if true else "No"
