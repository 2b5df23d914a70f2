"""What a bid for one lot still lacks, or breaks: warnings for its tenderer, which never stop it from being sent.

Each finding says what follows, as the rules were published; ``place`` names the part of the bid that mends it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from lots.bid import Bid
from lots.ceilings import price_findings
from lots.collaboration import Consequence
from lots.declarations import declarations_for
from lots.errors import Finding
from lots.lot import Lot
from lots.organisation import Organisation
from lots.split.check import check_split
from lots.submission import PriceEnvelope, Submission
from lots.tender import Tender
from lots.words import counted, listed

KEEPS_OUT = "the bid is rejected"
ASKED_BACK = "the authority asks you to mend it before an award"
NO_MARKS = "an answer that is missing is scored as no answer"
NOT_READ = "what stands beyond the limit is not read"
MAY_ASK = "the authority may ask for it, and may reject the bid"
_FOLLOWS: Mapping[Consequence, str] = {"reject": KEEPS_OUT, "clarify": ASKED_BACK}


@dataclass(frozen=True)
class Question:
    """A scored criterion as a tenderer meets it; ``word_limit`` is None where there is none."""

    criterion: str
    title: str
    word_limit: int | None = None


@dataclass(frozen=True)
class Asked:
    """What a lot asks of a bid beside what stands in the lot itself.

    ``basket`` holds the ids and titles of the items that want a unit price, ``over_ceiling`` what follows from a price
    above the lot's ceilings.
    """

    tender: Tender
    lot: Lot
    questions: tuple[Question, ...] = ()
    basket: tuple[tuple[str, str], ...] = ()
    over_ceiling: Consequence = "reject"


def words_in(text: str) -> int:
    """Count words: what stands between blanks."""
    return len(text.split())


def bid_of(submission: Submission, price: PriceEnvelope, received_at: datetime) -> Bid:
    """Put the two envelopes together as the bid that the rules are tested on."""
    return Bid(
        id=submission.binding.bid,
        lot=submission.binding.lot,
        received_at=received_at,
        prices=price.prices,
        parties=submission.parties,
        split=price.split,
        responses=submission.responses,
        commitments=submission.commitments,
        other_costs=price.other_costs,
        unit_prices=price.unit_prices,
    )


def completeness(submission: Submission, price: PriceEnvelope, asked: Asked, *, at: datetime) -> tuple[Finding, ...]:
    """Say everything a bid lacks or breaks, in the order of its pages; nothing for a bid that is complete."""
    return (
        *_organisations(submission),
        *_people(submission),
        *_declared(submission, asked.tender),
        *_money(submission, price, asked, at),
        *_answers(submission, asked.questions),
        *_requirements(submission, asked.lot),
        *_commitments(submission, asked),
        *_documents(submission, asked),
    )


def _finding(code: str, place: str, message: str, follows: str, severity: str = "warning") -> Finding:
    text = f"{message.rstrip('.')}. What follows: {follows}." if follows else message
    if follows == KEEPS_OUT:
        return Finding(code, text, place, "error")
    return Finding(code, text, place, "note" if severity == "note" else "warning")


def _organisations(submission: Submission) -> Iterator[Finding]:
    named = {party.organisation for party in submission.parties}
    for organisation in submission.organisations:
        if organisation.id in named and not organisation.identifiers:
            yield _finding(
                "identifier_missing", "organisations",
                f"{organisation.name} has no company, charity or supplier number", MAY_ASK,
            )  # fmt: skip


def _people(submission: Submission) -> Iterator[Finding]:
    if not any(contact.email or contact.telephone for contact in submission.contacts):
        yield _finding(
            "contact_missing", "people", "Nobody is named who can be reached about this bid",
            "questions about the bid may not reach you in time",
        )  # fmt: skip


def _declared(submission: Submission, tender: Tender) -> Iterator[Finding]:
    made = {each.declaration: each for each in submission.declarations}
    for wanted in declarations_for(tender.regime):
        said = made.get(wanted.id)
        if said is None or (not said.agreed and not said.note):
            message = f"The declaration “{wanted.title}” is not made, and there is no note that says why"
            yield _finding("declaration_missing", "declarations", message, MAY_ASK)


def _money(submission: Submission, price: PriceEnvelope, asked: Asked, at: datetime) -> Iterator[Finding]:
    """Test prices against the ceilings and the split against the collaboration rules, as evaluation will."""
    if not price.prices:
        yield _finding("price_missing", "price", "There is no price yet", KEEPS_OUT)
        return
    bid, lot = bid_of(submission, price, at), asked.lot
    for found in price_findings(bid, lot, "price"):
        yield _finding(found.code, "price", found.message, _FOLLOWS[asked.over_ceiling], found.severity)
    names = {organisation.id: organisation for organisation in submission.organisations}
    yield from _split(bid, lot, names)
    priced = {each.item for each in price.unit_prices}
    missing = [title for item, title in asked.basket if item not in priced]
    if missing:
        yield _finding("unit_prices_missing", "costs", f"No unit price for {_some(missing)}", KEEPS_OUT)


def _split(bid: Bid, lot: Lot, names: Mapping[str, Organisation]) -> Iterator[Finding]:
    for found in check_split(bid, lot.collaboration, names, years=lot.years or None).findings:
        if found.code == "wrong_number_of_years":
            continue  # the ceilings have said so
        place = "partners" if found.code.startswith("partner_") else "price"
        yield _finding(found.code, place, found.message, _FOLLOWS[lot.collaboration.consequence], found.severity)


def _answers(submission: Submission, questions: Iterable[Question]) -> Iterator[Finding]:
    given = {answer.criterion: answer.text for answer in submission.answers}
    for question in questions:
        count = words_in(given.get(question.criterion, ""))
        if not count:
            yield _finding("answer_missing", "answers", f"“{question.title}” is not answered", NO_MARKS)
        elif question.word_limit is not None and count > question.word_limit:
            over = counted(count - question.word_limit, "word")
            message = f"“{question.title}” has {count:,} words, {over} over the limit of {question.word_limit:,}"
            yield _finding("answer_too_long", "answers", message, NOT_READ)


def _requirements(submission: Submission, lot: Lot) -> Iterator[Finding]:
    said = {each.requirement: each for each in submission.responses}
    for requirement in lot.requirements:
        response, follows = said.get(requirement.id), KEEPS_OUT if requirement.mandatory else MAY_ASK
        if response is None:
            message = f"You have not said whether you meet “{requirement.title}”"
            yield _finding("requirement_unanswered", "requirements", message, follows)
        elif not response.met:
            message = f"You say that you do not meet “{requirement.title}”"
            yield _finding("requirement_unmet", "requirements", message, follows)


def _commitments(submission: Submission, asked: Asked) -> Iterator[Finding]:
    promised = {(each.outcome, each.metric): each for each in submission.commitments}
    for measure in asked.tender.social_value:
        if not measure.asked_in(asked.lot.id):
            continue
        found = promised.get((measure.outcome, measure.metric))
        if found is None:
            message = f"Nothing is promised for “{measure.metric}”"
            yield _finding("commitment_missing", "social_value", message, "the answer on social value is weaker for it")
        elif measure.minimum_a_year is not None and found.amount_a_year < measure.minimum_a_year:
            message = (
                f"You promise {found.amount_a_year} {measure.unit} a year for “{measure.metric}”, less than the "
                f"{measure.minimum_a_year} asked for"
            )
            yield _finding("commitment_low", "social_value", message, MAY_ASK)


def _documents(submission: Submission, asked: Asked) -> Iterator[Finding]:
    sent = {document.required for document in submission.documents}
    for wanted in asked.tender.documents:
        if wanted.asked_in(asked.lot.id) and wanted.id not in sent:
            follows = MAY_ASK if wanted.mandatory else "nothing: it may be left out"
            severity = "warning" if wanted.mandatory else "note"
            message = f"“{wanted.title}” is not among your documents"
            yield _finding("document_missing", "documents", message, follows, severity)


def _some(titles: list[str]) -> str:
    named = [f"“{title}”" for title in titles[:3]]
    rest = len(titles) - len(named)
    return listed([*named, counted(rest, "other item")] if rest else named)
