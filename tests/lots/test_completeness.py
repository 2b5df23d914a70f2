"""What a bid lacks or breaks, each with what follows from it; and that nothing is found in one that is complete."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from lots.bid import Commitment, Party, RequirementResponse, UnitPrice
from lots.completeness import (
    ASKED_BACK,
    KEEPS_OUT,
    MAY_ASK,
    NO_MARKS,
    NOT_READ,
    Asked,
    Question,
    completeness,
    words_in,
)
from lots.declarations import declarations_for
from lots.money import Money
from lots.organisation import Identifier
from lots.social_value import SocialValueMeasure
from lots.submission import Answer, Binding, Contact, Declared, Document, PriceEnvelope, Submission
from lots.tender import RequiredDocument
from tests import factories as a

AT = datetime(2024, 9, 1, tzinfo=UTC)
MEASURE = SocialValueMeasure("training", "Fair work", "People trained", "people", minimum_a_year=Decimal(10))
POLICY = RequiredDocument("policy", "Safeguarding policy")
QUESTION = Question("delivery", "How the service is delivered", 5)
BINDING = Binding("t", "adult", "b", 1, 1, "0" * 64)
TENDER = a.tender(social_value=(MEASURE,), documents=(POLICY,))
ASKED = Asked(TENDER, TENDER.lots[0], (QUESTION,))
BID = a.bid("adult-harbour")


def submission(**changes: Any) -> Submission:
    """Make the first envelope of a bid that lacks nothing."""
    numbered = [
        replace(a.organisation(name), identifiers=(Identifier("GB-CHC", f"100000{at}"),))
        for at, name in enumerate(("harbour", "rowan"))
    ]
    made = Submission(
        BINDING, tuple(numbered), BID.parties, (Contact("Ada Quill", "harbour", "Bid lead", "ada@harbour.example"),),
        (Answer("delivery", "one two three four five"),), (RequirementResponse("safeguarding", True),),
        (Commitment("Fair work", "People trained", "people", Decimal(10)),),
        (Document("d", "policy.pdf", "application/pdf", 1, "", "", "", required="policy"),),
        tuple(Declared(each.id, True) for each in declarations_for(TENDER.regime)),
    )  # fmt: skip
    return replace(made, **changes)


PRICE = PriceEnvelope(BINDING, BID.prices, BID.split)


def found(made: Submission | None = None, price: PriceEnvelope = PRICE, asked: Asked = ASKED) -> list[tuple[str, str]]:
    """Give (code, place) of everything found."""
    return [(each.code, each.place) for each in completeness(made or submission(), price, asked, at=AT)]


def said(made: Submission, price: PriceEnvelope = PRICE, asked: Asked = ASKED) -> str:
    """Give the one sentence that is found."""
    (only,) = completeness(made, price, asked, at=AT)
    return only.message


def test_nothing_is_found_in_a_bid_that_lacks_nothing() -> None:
    assert found() == []


def test_an_empty_bid_is_told_of_every_page() -> None:
    everything = completeness(Submission(BINDING, (), ()), PriceEnvelope(BINDING, ()), ASKED, at=AT)
    places = list(dict.fromkeys(each.place for each in everything))
    assert places == ["people", "declarations", "price", "answers", "requirements", "social_value", "documents"]


def test_what_would_have_a_bid_rejected_is_to_be_mended_and_the_rest_is_worth_a_look() -> None:
    everything = completeness(Submission(BINDING, (), ()), PriceEnvelope(BINDING, ()), ASKED, at=AT)
    rejected = {each.code for each in everything if each.message.endswith("What follows: the bid is rejected.")}
    assert {each.code for each in everything if each.severity == "error"} == rejected
    assert {each.severity for each in everything if each.code not in rejected} == {"warning"}


def test_an_answer_over_its_limit_says_by_how_much_and_what_is_not_read() -> None:
    text = said(submission(answers=(Answer("delivery", "one two three four five six seven"),)))
    assert text == (
        f"“How the service is delivered” has 7 words, 2 words over the limit of 5. What follows: {NOT_READ}."
    )


def test_words_are_what_stands_between_blanks() -> None:
    assert words_in("well-being,  counts\nonce — and\ta dash too ") == 8


def test_a_missing_answer_scores_nothing() -> None:
    assert NO_MARKS in said(submission(answers=()))


def test_a_requirement_unmet_or_unanswered_keeps_the_bid_out() -> None:
    assert KEEPS_OUT in said(submission(responses=()))
    assert KEEPS_OUT in said(submission(responses=(RequirementResponse("safeguarding", False),)))


def test_a_declaration_that_is_refused_with_a_reason_is_a_statement_and_not_a_gap() -> None:
    made = list(submission().declarations)
    refused = replace(made[0], agreed=False)
    assert found(submission(declarations=(refused, *made[1:]))) == [("declaration_missing", "declarations")]
    assert found(submission(declarations=(replace(refused, note="Our trustee works there"), *made[1:]))) == []


def test_a_price_above_the_ceiling_says_what_the_method_says() -> None:
    high = replace(PRICE, prices=(Money.pounds(400_000),) * 3)
    broken = completeness(submission(), high, replace(ASKED, over_ceiling="clarify"), at=AT)
    assert ASKED_BACK in next(each.message for each in broken if each.code == "year_over_budget")


def test_a_broken_split_is_told_in_pounds_with_its_consequence() -> None:
    keeps = replace(BID.split, delivery=(Money.pounds(250_000),) * 3)  # type: ignore[type-var]
    told = completeness(submission(), replace(PRICE, split=keeps), ASKED, at=AT)
    assert {each.place for each in told} == {"price"}
    assert all(each.message.endswith(f"What follows: {KEEPS_OUT}.") for each in told)
    assert any("£" in each.message for each in told)


def test_a_partner_who_has_not_confirmed_is_named_where_the_tender_asks_for_it() -> None:
    rules = replace(TENDER.lots[0].collaboration, partners_confirmed=True)
    asked = replace(ASKED, lot=replace(TENDER.lots[0], collaboration=rules))
    silent = submission(parties=(BID.parties[0], Party("rowan", "partner")))
    assert found(silent, asked=asked) == [("partner_unconfirmed", "partners")]
    confirmed = submission(parties=(BID.parties[0], Party("rowan", "partner", "", "confirmed", date(2024, 9, 1))))
    assert found(confirmed, asked=asked) == []


def test_a_basket_wants_a_price_for_each_item() -> None:
    asked = replace(ASKED, basket=(("hour", "One hour"), ("day", "One day")))
    assert "“One day”" in said(submission(), replace(PRICE, unit_prices=(UnitPrice("hour", Money(100)),)), asked)


def test_a_promise_below_what_is_asked_says_both_figures() -> None:
    low = (Commitment("Fair work", "People trained", "people", Decimal(4)),)
    assert "You promise 4 people a year" in said(submission(commitments=low))
    assert "less than the 10 asked for" in said(submission(commitments=low))


def test_a_document_that_may_be_left_out_is_only_noted() -> None:
    optional = replace(ASKED, tender=replace(TENDER, documents=(replace(POLICY, mandatory=False),)))
    (only,) = completeness(submission(documents=()), PRICE, optional, at=AT)
    assert only.severity == "note"
    assert MAY_ASK in said(submission(documents=()))


def test_a_document_of_another_lot_is_not_asked_for() -> None:
    elsewhere = replace(ASKED, tender=replace(TENDER, documents=(replace(POLICY, lots=("children",)),)))
    assert found(submission(documents=()), asked=elsewhere) == []
