"""What is known from the record, in words to begin from: shown on an empty page, and in no document until saved.

Only facts are drafted: what was published, received, excluded, scored and declared, and sums of money. Reasons are
people's; for the letters there are beginnings of sentences with the agreed scores in them, which nobody need take.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lots.calendar import say_instant
from lots.money import Money, total
from lots.regime import Regime, rules_of
from lots.words import counted, listed
from scoring.admission import STAGES
from scoring.evaluation import BidResult, LotEvaluation
from scoring.figures import plain
from scoring.marking import LeafMarks
from scoring.recommendation import Evaluation
from scoring.scoresheet import Interest

_LAW: Mapping[Regime, str] = {
    Regime.PCR2015_LIGHT_TOUCH: "the light touch regime, regulations 74 to 77 of the Public Contracts Regulations 2015",
    Regime.PA2023_LIGHT_TOUCH: "the light touch provisions of the Procurement Act 2023",
    Regime.PA2023_FULL: "the Procurement Act 2023",
}


def drafts(evaluation: Evaluation) -> Mapping[str, Mapping[str, Any]]:
    """Return what is drafted for each page that has something to begin from."""
    tender = evaluation.file.tender
    return {
        "decision": {
            "title": f"Award of contracts: {tender.title}", "decision_maker": tender.buyer.name,
            "summary": summary_draft(evaluation),
        },
        "background": {"background": tender.description, "process": process_draft(evaluation)},
        "advice": {"finance": {"by": "", "text": finance_draft(evaluation)}},
        "people": {"interests": interests_draft(evaluation)},
    }  # fmt: skip


def summary_draft(evaluation: Evaluation) -> str:
    """Say which lot goes to whom, for how much."""
    won = tuple(_won(evaluation))
    said = [
        f"the lot {lot.lot.title} to {winner.tenderer.name} at {winner.bid.prices[0]} in the first year and "
        f"{winner.bid.price} over {counted(len(winner.bid.prices), 'year')}"
        for lot, winner in won
    ]
    open_lots = [lot.lot.title for lot in evaluation.lots if evaluation.recommendation(lot.lot.id).winner is None]
    none = f" No award is made of {listed(open_lots)}." if open_lots else ""
    return f"To award {'; '.join(said)}.{none}" if said else ""


def process_draft(evaluation: Evaluation) -> str:
    """Say in about ten lines how the procurement went, naming nobody who was not successful."""
    return "\n".join(_process(evaluation))


def _process(evaluation: Evaluation) -> Iterator[str]:
    file = evaluation.file
    tender = file.tender
    law = _LAW.get(tender.regime, rules_of(tender.regime).title)
    yield f"The procurement ran under {law}."
    yield f"Tenders were due before {say_instant(tender.deadline)}; {counted(len(file.bids), 'tender')} came in time."
    if tender.clarifications:
        yield f"{counted(len(tender.clarifications), 'clarification').capitalize()} went to everybody."
    scorers = [member for member in file.panel if "evaluator" in member.roles]
    yield (
        f"{counted(len(scorers), 'evaluator').capitalize()} scored, each alone and without sight of prices; the panel "
        f"then agreed {counted(len(file.agreed_scores), 'score')}, each with its reason."
    )
    moved = sum(len(agreed.changes) for agreed in file.agreed_scores)
    dissents = sum(1 for agreed in file.agreed_scores if agreed.dissent)
    yield f"Moderation moved {counted(moved, 'individual score')}; dissent was noted {counted(dissents, 'time')}."
    for lot in evaluation.lots:
        yield _lot_line(lot, evaluation)
    if file.enquiries:
        yield f"{counted(len(file.enquiries), 'low price')} led to a written enquiry."
    if file.lot_limit:
        yield file.lot_limit.words()


def _lot_line(lot: LotEvaluation, evaluation: Evaluation) -> str:
    gone = [result.exclusion.stage for result in lot.results if result.exclusion]
    steps = ", ".join(f"{gone.count(stage)} at the step {STAGES[stage]}" for stage in STAGES if stage in gone)
    out = f"; excluded: {steps}" if steps else ""
    winner = evaluation.recommendation(lot.lot.id).winner
    if winner is None or winner.total is None:
        return f"{lot.lot.title}: {counted(len(lot.results), 'tender')}{out}; none is awarded."
    total_words = lot.methodology.rounding.text(winner.total)
    return (
        f"{lot.lot.title}: {counted(len(lot.results), 'tender')}{out}; the successful one, of rank {winner.rank}, has "
        f"{total_words}."
    )


def finance_draft(evaluation: Evaluation) -> str:
    """Put the successful prices beside the budgets, lot by lot and in all."""
    lines = [
        f"{lot.lot.title}: {winner.bid.prices[0]} in the first year, against an annual budget of "
        f"{lot.lot.annual_budget}; {winner.bid.price} over the term"
        + (f", against a base value of {lot.lot.base_value}" if lot.lot.base_value else "")
        + (f" and a maximum potential spend of {lot.lot.maximum_potential_spend}" if _ceiling(lot) else "")
        + "."
        for lot, winner in _won(evaluation)
    ]
    won = tuple(_won(evaluation))
    if len(won) > 1:
        year = total(winner.bid.prices[0] for _, winner in won)
        lines.append(
            f"Together: {year} in the first year, {total(winner.bid.price for _, winner in won)} over the term."
        )
    funding = evaluation.file.tender.funding
    if funding.sources:
        lines.append(f"The funding has {counted(len(funding.sources), 'source')}.")
    return "\n".join(lines)


def _ceiling(lot: LotEvaluation) -> Money | None:
    return lot.lot.maximum_potential_spend


def interests_draft(evaluation: Evaluation) -> str:
    """Count who declared what, and say what was done about it, naming nobody."""
    file = evaluation.file
    said = file.declarations
    people = {each.member for each in said}
    if not people:
        return ""
    lines = [
        f"{counted(len(people), 'person').replace('persons', 'people')} made {counted(len(said), 'declaration')} about "
        f"the organisations that lead tenders or are partners in them."
    ]
    kinds: dict[Interest, str] = {"possible": "a possible interest", "conflicted": "a conflict of interest"}
    for kind, words in kinds.items():
        found = [each for each in said if each.interest == kind]
        if found:
            done = "; ".join(dict.fromkeys(each.action for each in found if each.action))
            lines.append(f"{counted(len(found), 'declaration')} named {words}. {done}".strip())
    if len(lines) == 1:
        lines.append("No interest was declared.")
    return "\n".join(lines)


def _won(evaluation: Evaluation) -> Iterator[tuple[LotEvaluation, BidResult]]:
    for lot in evaluation.lots:
        if (winner := evaluation.recommendation(lot.lot.id).winner) is not None:
            yield lot, winner


# --- letters --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Beside:
    """One award criterion of a letter: what this tender and the successful one were agreed at, and why."""

    title: str
    own: LeafMarks
    winner: LeafMarks | None
    starter: str


@dataclass(frozen=True)
class LetterPage:
    """What stands beside the words of one letter."""

    lot: LotEvaluation
    own: BidResult
    winner: BidResult
    rows: tuple[Beside, ...]


def letter_page(evaluation: Evaluation, bid_id: str) -> LetterPage | None:
    """Return what stands beside a letter; None where the bid is none that was unsuccessful."""
    for lot in evaluation.lots:
        winner = evaluation.recommendation(lot.lot.id).winner
        own = next((each for each in lot.results if each.bid.id == bid_id), None)
        if winner is not None and own is not None and own.bid.id != winner.bid.id:
            return LetterPage(lot, own, winner, tuple(_beside(own, winner)))
    return None


def letter_bids(evaluation: Evaluation) -> tuple[tuple[LotEvaluation, BidResult], ...]:
    """List the bids whose tenderers get a letter, lot by lot."""
    return tuple(
        (lot, own)
        for lot in evaluation.lots
        if (winner := evaluation.recommendation(lot.lot.id).winner)
        for own in lot.results
        if own.bid.id != winner.bid.id and own.bid.withdrawn_at is None
    )


def _beside(own: BidResult, winner: BidResult) -> Iterator[Beside]:
    theirs = {row.leaf.criterion.id: row for row in winner.rows}
    for row in own.rows:
        other = theirs.get(row.leaf.criterion.id)
        yield Beside(row.leaf.criterion.title, row, other, _starter(row, other, winner.tenderer.name))


def _starter(own: LeafMarks, winner: LeafMarks | None, name: str) -> str:
    """Begin a sentence with the agreed scores; what made the difference is for a person to say."""
    if winner is None:
        return ""
    title = own.leaf.criterion.title
    if own.points == winner.points:
        return f"On {title} the two tenders were agreed at the same level, {plain(own.points)}."
    sides = [(f"{name} was agreed at", winner.points), ("your tender at", own.points)]
    if own.points > winner.points:
        sides = [("your tender was agreed at", own.points), (f"{name} at", winner.points)]
    return f"On {title} " + " and ".join(f"{words} {plain(points)}" for words, points in sides) + ": …"
