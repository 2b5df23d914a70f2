"""What is wrong with what was decided along the way: admissions, low-price enquiries and the award's letters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lots.errors import Finding
from lots.regime import Regime
from scoring.admission import STAGES, Stage, admission, price_faults
from scoring.checks.index import Index, blank, named, unknown
from scoring.decision import AdmissionDecision, EnquiryOutcome

_OPEN: tuple[Stage, ...] = ("admission", "ceiling", "split")
"""The steps at which the rules leave somebody a decision; an abnormally low price has its own enquiry."""
_ASK = {
    Regime.PCR2015_LIGHT_TOUCH: " (PCR 2015 reg 69)",
    Regime.PA2023_LIGHT_TOUCH: " (Procurement Act 2023 s.19)",
    Regime.PA2023_FULL: " (Procurement Act 2023 s.19)",
}


def decision_findings(index: Index) -> Iterator[Finding]:
    """Check every admission decision and enquiry, then the bids which the award's letters go to."""
    yield from _admissions(index)
    yield from _enquiries(index)
    letters = [letter.bid for letter in index.file.award.letters] if index.file.award else []
    asked = [condition.lot for condition in index.file.award.conditions] if index.file.award else []
    for i, lot in enumerate(asked):
        if lot and lot not in index.lots:
            yield unknown("condition_lot_unknown", "lot", lot, index.lots, f"award.conditions[{i}].lot")
    for finding in named("letter_bid", "bid", letters, index.bids, "award.letters"):
        yield replace(finding, place=f"{finding.place}.bid")


def _admissions(index: Index) -> Iterator[Finding]:
    seen: dict[tuple[str, str], int] = {}
    for i, decision in enumerate(index.file.admissions):
        here, key = f"admissions[{i}]", (decision.bid, decision.concerning)
        if key in seen:
            message = (
                f"Bid “{decision.bid}” has two decisions concerning {decision.concerning} (first at "
                f"admissions[{seen[key]}]): keep the one that holds"
            )
            yield Finding("admission_repeated", message, here)
        seen.setdefault(key, i)
        yield from _admission(decision, index, here)


def _admission(decision: AdmissionDecision, index: Index, place: str) -> Iterator[Finding]:
    """A decision is about a bid of the file, at a step where the rules leave one, and says why."""
    if decision.bid not in index.bids:
        yield unknown("admission_bid", "bid", decision.bid, index.bids, f"{place}.bid")
    if decision.concerning not in _OPEN:
        message = f"At the step “{decision.concerning}” there is no decision to make: name one of {', '.join(_OPEN)}"
        yield Finding("admission_step", message, f"{place}.concerning")
    elif decision.decision == "admit" and (why := _cannot_be_lifted(decision, index)):
        message = f"Bid “{decision.bid}” cannot be admitted. {why}: take the decision out"
        yield Finding("admission_cannot_be_lifted", message, f"{place}.decision")
    message = f"The decision about bid “{decision.bid}” has no reason: the tenderer may ask for it"
    yield from blank("admission_reason_missing", decision.reason, message, f"{place}.reason")


def _cannot_be_lifted(decision: AdmissionDecision, index: Index) -> str:
    """Say why no decision can let the bid in; empty where one can, or where the file is too wrong to tell."""
    bid, asked = index.bids.get(decision.bid), index.asked_of(decision.bid)
    lot = index.lots.get(bid.lot) if bid else None
    if bid is None or lot is None:
        return ""
    if decision.concerning == "admission":
        out = admission((bid,), lot, index.file.tender.deadline, ())
        faults = () if index.file.prices_shut else price_faults(bid, lot)
        reasons = [*(gone.sentence for gone in out), *(fault.message for fault in faults)]
        return f"{reasons[0]} The published rules leave no choice about that" if reasons else ""
    published = lot.collaboration.consequence
    if decision.concerning == "ceiling":
        published = asked.methodology.over_ceiling if asked else "clarify"
    broken = STAGES["ceiling" if decision.concerning == "ceiling" else "split"]
    says = f"For a bid that breaks the {broken} the published consequence is rejection and cannot be lifted"
    return says if published == "reject" else ""


def _enquiries(index: Index) -> Iterator[Finding]:
    seen: set[str] = set()
    for i, enquiry in enumerate(index.file.enquiries):
        here = f"enquiries[{i}]"
        if enquiry.bid not in index.bids:
            yield unknown("enquiry_bid", "bid", enquiry.bid, index.bids, f"{here}.bid")
        if enquiry.bid in seen:
            yield Finding("enquiry_repeated", f"Bid “{enquiry.bid}” has two enquiries: join them into one", here)
        seen.add(enquiry.bid)
        yield from _enquiry(enquiry, index.file.tender.regime, here)


def _enquiry(enquiry: EnquiryOutcome, regime: Regime, place: str) -> Iterator[Finding]:
    """The tenderer was asked, had time to answer, and can read why it was believed or not.

    A tenderer that never replies may be rejected: the reason then says so.
    """
    message = (
        f"The enquiry about bid “{enquiry.bid}” has no question: a low price may only be rejected, or explained, "
        f"once the tenderer was asked{_ASK.get(regime, '')}; write down what was asked"
    )
    yield from blank("enquiry_question_missing", enquiry.question, message, f"{place}.question")
    message = f"The enquiry about bid “{enquiry.bid}” has no reason for its decision: write it down"
    yield from blank("enquiry_reason_missing", enquiry.reason, message, f"{place}.reason")
    asked, replied, decided = enquiry.asked_on, enquiry.replied_on, enquiry.decided_on
    if replied and replied < asked:
        message = f"The reply of {replied} comes before the question of {asked}: correct one of the two dates"
        yield Finding("reply_before_question", message, f"{place}.replied_on")
    if decided < asked:
        message = f"The decision of {decided} comes before the question of {asked}: correct one of the two dates"
        yield Finding("decision_before_question", message, f"{place}.decided_on")
    elif replied and decided < replied:
        message = f"The decision of {decided} comes before the reply of {replied}: correct one of the two dates"
        yield Finding("decision_before_reply", message, f"{place}.decided_on")
    if enquiry.decision == "explained" and not replied and not enquiry.reply.strip():
        message = (
            f"The price of bid “{enquiry.bid}” counts as explained, and no reply is recorded: write down what the "
            "tenderer said and when"
        )
        yield Finding("explained_without_reply", message, f"{place}.reply", "warning")
