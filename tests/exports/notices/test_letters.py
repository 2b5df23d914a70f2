"""Award notices and letters: all that the regime owes, nothing about anybody else, and refusals that name the field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from exports.documents import DocumentHead, IncompleteDocument
from exports.names import file_name
from exports.notices.award_notice import AwardNotice, UnsuccessfulLetter, award_notices, letters
from lots.regime import Regime
from scoring.admission import Exclusion
from scoring.decision import LetterText, WithheldItem
from scoring.limits.allocation import LotLimit
from scoring.recommendation import evaluate
from scoring.tender_file import TenderFile
from tests import factories
from tests.exports.notices.letter_cases import SIGNED, changed, fit_file, rescored
from tests.exports.pdf_text import words_of
from workbench.printing import html_of, print_document

PA = Regime.PA2023_LIGHT_TOUCH


def letter_to(file: TenderFile, bid: str) -> UnsuccessfulLetter:
    lot, tenderer = factories.BIDS[bid][:2]
    return next(made for made in letters(evaluate(file), lot) if made.head.about == tenderer)


def notice(file: TenderFile, lot: str = "adult") -> AwardNotice:
    return award_notices(evaluate(file), lot)[0]


# ------------------------------------------------------------------------------------------- who gets what


def test_each_lot_has_one_notice_and_a_letter_to_everybody_else() -> None:
    evaluation = evaluate(fit_file())
    assert [file_name(made) for made in award_notices(evaluation)] == [
        "adult-01-award-harbour.pdf",
        "children-01-award-beacon.pdf",
    ]
    assert [file_name(made) for made in letters(evaluation)] == [
        "adult-02-letter-quayside.pdf",
        "adult-03-letter-beacon.pdf",
        "children-02-letter-harbour.pdf",
    ]


def test_a_withdrawn_bid_is_sent_no_letter() -> None:
    file = fit_file()
    gone = changed(file, "adult-beacon", lambda bid: replace(bid, withdrawn_at=bid.received_at))
    assert [made.head.about for made in letters(evaluate(gone), "adult")] == ["quayside"]


def test_the_first_paragraph_says_who_won_and_the_rank_with_both_totals() -> None:
    assert letter_to(fit_file(), "adult-quayside").outcome.decision == (
        "We intend to award this lot to Harbour Trust. Your tender was not successful: it ranked 2nd of 3, with a "
        "total of 53.60 marks out of 100; the tender of Harbour Trust has 63.20 marks out of 100."
    )


def test_a_late_bid_is_told_its_time_and_has_no_scores() -> None:
    file = fit_file()
    late = changed(file, "adult-beacon", lambda bid: replace(bid, received_at=factories.DEADLINE))
    made = letter_to(late, "adult-beacon")
    assert made.outcome.kind == "not_opened"
    assert "not opened" in made.outcome.decision
    assert "27 September 2024 at 12:00:00; it had to arrive before 12:00 on 27 September 2024" in made.outcome.decision
    assert not made.assessed
    text = words_of(print_document(made))
    assert "Your score" not in text
    assert "Harbour Trust" in text
    assert "Friday 1 November 2024" in text
    assert "How the service is delivered" in text


def test_a_bid_below_a_minimum_is_told_the_figures() -> None:
    made = letter_to(rescored(fit_file(), "adult-beacon", "workforce", points=Decimal(1)), "adult-beacon")
    assert made.outcome.kind == "excluded"
    assert "“Who delivers it” scored 1; the published minimum is 2." in made.outcome.decision
    assert made.total is None
    assert made.price.marks is None


def test_a_broken_split_is_told_in_pounds() -> None:
    def keep_more(bid: Any) -> Any:
        extra = tuple(amount + factories.Money.pounds(30_000) for amount in bid.split.delivery)
        paid = replace(
            bid.split.payments[0],
            amounts=tuple(amount - factories.Money.pounds(30_000) for amount in bid.split.payments[0].amounts),
        )
        return replace(bid, split=replace(bid.split, delivery=extra, payments=(paid,)))

    made = letter_to(changed(fit_file(), "adult-beacon", keep_more), "adult-beacon")
    assert made.outcome.stage == "split"
    assert "£14,150" not in made.outcome.decision
    exact = next(reason for reason in made.outcome.reasons if reason.code.startswith("lead_retention"))
    assert "£15,025" in exact.message  # 65 % of £299,500 and £30,000 are £224,675; 70 % are £209,650
    assert exact.message.rstrip(".") in made.outcome.decision


def displaced_file() -> TenderFile:
    """Harbour is first in both lots but may win one: the children's lot passes to Beacon."""
    file = fit_file()
    better = rescored(file, "children-harbour", "delivery", points=Decimal(5), why_not_higher="")
    return replace(better, lot_limit=LotLimit("lot_order", maximum_lots=1, lot_order=("adult", "children")))


def test_a_displaced_tenderer_is_told_that_it_ranked_first_and_which_limit_stopped_it() -> None:
    made = letter_to(displaced_file(), "children-harbour")
    assert made.outcome.kind == "displaced"
    assert made.outcome.decision.startswith("Your tender ranked 1st in this lot")
    assert "under that limit you receive Adult support" in made.outcome.decision
    assert "at most 1 lot" in made.outcome.limit


def test_the_winner_under_a_limit_is_told_its_real_rank() -> None:
    made = notice(displaced_file(), "children")
    assert made.rank == 2
    assert "ranked 2nd of 2 and is the highest-ranked that may take this lot" in html_of(made)


def test_an_equal_total_is_explained_with_the_figures_of_the_two_tenders_only() -> None:
    """Harbour 36 + 19.2 + 6 + 2 = 63.2. Quayside 28.8 + 19.2 + 10 + 5.2, £78,000 below the ceiling."""
    file = rescored(rescored(fit_file(), "adult-quayside", "delivery", points=Decimal(4)), "adult-quayside", "social",
                    points=Decimal(5))  # fmt: skip
    less = factories.Money.pounds(2_000)
    cheaper = changed(
        file,
        "adult-quayside",
        lambda bid: replace(
            bid,
            prices=tuple(price - less for price in bid.prices),
            split=replace(bid.split, delivery=tuple(amount - less for amount in bid.split.delivery)),
        ),
    )
    made = letter_to(cheaper, "adult-quayside")
    assert made.total == made.winner.total == Fraction("63.2")
    assert "step “highest marks for quality” decided: 55.20 for Harbour Trust, 48.00 for you" in made.outcome.tie


# ---------------------------------------------------------------------------------- nothing about anybody else


def marked_file(regime: Regime) -> TenderFile:
    """Put a word of its own into every name and every text about each bid and each evaluator."""
    file = fit_file(regime)
    token = {bid: "".join(part.title() for part in bid.split("-")) for bid in factories.BIDS}
    scores = tuple(
        replace(
            score,
            reason=f"Reason{token[score.bid]} stands.",
            why_not_higher=f"Higher{token[score.bid]} misses." if score.why_not_higher else "",
        )
        for score in file.agreed_scores
    )
    sheets = tuple(
        replace(sheet, scores=tuple(replace(each, strengths=f"Sheet{token[sheet.bid]}") for each in sheet.scores))
        for sheet in file.score_sheets
    )
    texts = tuple(LetterText(bid, f"Advantage{word}.", f"Feedback{word}.") for bid, word in token.items())
    names = tuple(replace(each, name=f"Name{each.id.title()} Trust") for each in file.organisations)
    panel = tuple(replace(person, name=f"Panel{person.id.title()} Jones") for person in file.panel)
    assert file.award is not None
    return replace(
        file,
        agreed_scores=scores,
        score_sheets=sheets,
        organisations=names,
        panel=panel,
        award=replace(file.award, letters=texts),
    )


@pytest.mark.parametrize("regime", [Regime.PCR2015_LIGHT_TOUCH, Regime.PA2023_FULL, PA, Regime.BELOW_THRESHOLD])
def test_a_letter_holds_its_own_words_and_nobody_elses(regime: Regime) -> None:
    file = marked_file(regime)
    for made in letters(evaluate(file), "adult"):
        data = made.attachments[0].data.decode()
        text = words_of(print_document(made)) + data
        own, other = made.head.about.title(), {"quayside": "Beacon", "beacon": "Quayside"}[made.head.about]
        for word in (f"ReasonAdult{own}", f"HigherAdult{own}", f"FeedbackAdult{own}"):
            assert word in text
        assert (f"AdvantageAdult{own}" in text) == (regime not in (PA, Regime.PA2023_FULL))
        assert f"Name{own}" in text
        assert "NameHarbour" in text
        assert other not in text  # not its name, its reasons, its feedback
        assert f"adult-{other.lower()}" not in text
        assert "Children" not in text.replace("ChildrenHarbour", "Children")  # nor anything of the other lot
        assert "Panel" not in text
        assert "Sheet" not in text
        assert ("ReasonAdultHarbour" in text) == (regime in (PA, Regime.PA2023_FULL))


def test_the_winner_reads_nothing_about_the_others() -> None:
    made = notice(marked_file(Regime.PCR2015_LIGHT_TOUCH))
    text = words_of(print_document(made)) + made.attachments[0].data.decode()
    assert "ReasonAdultHarbour" in text
    assert not any(word in text for word in ("Quayside", "Beacon", "Panel", "Sheet"))


@pytest.mark.parametrize(
    ("field", "who"), [("reason", "Beacon Trust"), ("why_not_higher", "BEACON TRUST"), ("reason", "Eva")]
)
def test_a_reason_that_names_another_tenderer_or_an_evaluator_stops_the_letters(field: str, who: str) -> None:
    file = rescored(fit_file(), "adult-quayside", "delivery", **{field: f"Better than {who} on rotas."})
    with pytest.raises(IncompleteDocument) as refused:
        letters(evaluate(file))
    assert [(found.code, found.place) for found in refused.value.findings] == [
        ("letter_names_another", f"agreed_scores[3].{field}")
    ]


def test_a_reason_may_name_the_winner_and_the_bidders_own_partner() -> None:
    text = "Harbour Trust shows a rota; Rowan Trust is named without one. Evaluation evades nothing."
    assert letters(evaluate(rescored(fit_file(), "adult-quayside", "delivery", reason=text)))


# ------------------------------------------------------------------------------------- refusals name the field


def no_reason(file: TenderFile) -> TenderFile:
    return rescored(file, "adult-quayside", "delivery", reason="  ")


def no_letter_text(file: TenderFile) -> TenderFile:
    assert file.award is not None
    kept = tuple(text for text in file.award.letters if text.bid != "adult-quayside")
    return replace(file, award=replace(file.award, letters=kept))


def award_field(**changes: Any) -> Callable[[TenderFile], TenderFile]:
    def change(file: TenderFile) -> TenderFile:
        assert file.award is not None
        return replace(file, award=replace(file.award, **changes))

    return change


def organisation_field(**changes: Any) -> Callable[[TenderFile], TenderFile]:
    def change(file: TenderFile) -> TenderFile:
        first, second, *rest = file.organisations
        return replace(file, organisations=(first, replace(second, **changes), *rest))

    return change


REFUSED = [
    (Regime.PCR2015_LIGHT_TOUCH, no_reason, "agreed_scores[3].reason"),
    (Regime.PCR2015_LIGHT_TOUCH, no_letter_text, "award.letters[4].advantages"),
    (Regime.PCR2015_LIGHT_TOUCH, award_field(notices_sent=None), "award.notices_sent"),
    (Regime.PCR2015_LIGHT_TOUCH, award_field(signatories=()), "award.signatories"),
    (Regime.PCR2015_LIGHT_TOUCH, award_field(withheld=(WithheldItem("rates", " ", "x"),)), "award.withheld[0].ground"),
    (Regime.PCR2015_LIGHT_TOUCH, organisation_field(email="", address=()), "organisations[1].email"),
    (PA, organisation_field(email=""), "organisations[1].email"),
    (PA, organisation_field(address=(" ",)), "organisations[1].address"),
    (PA, organisation_field(identifiers=()), "organisations[1].identifiers"),
    (PA, award_field(notice_published=None), "award.notice_published"),
    (PA, lambda file: rescored(file, "adult-harbour", "delivery", reason=""), "agreed_scores[0].reason"),
    (
        PA,
        lambda file: rescored(file, "adult-quayside", "delivery", why_not_higher=""),
        "agreed_scores[3].why_not_higher",
    ),
    (Regime.PCR2015_LIGHT_TOUCH, lambda file: replace(file, award=None), "award"),
]


@pytest.mark.parametrize(("regime", "change", "place"), REFUSED)
def test_an_empty_field_refuses_the_letters_and_is_named(
    regime: Regime, change: Callable[[TenderFile], TenderFile], place: str
) -> None:
    with pytest.raises(IncompleteDocument, match="cannot be made yet") as refused:
        letters(evaluate(change(fit_file(regime))))
    assert [found.place for found in refused.value.findings] == [place]


def test_the_notice_to_the_winner_refuses_likewise() -> None:
    with pytest.raises(IncompleteDocument) as refused:
        award_notices(evaluate(rescored(fit_file(), "adult-harbour", "social", reason="")))
    assert [found.place for found in refused.value.findings] == ["agreed_scores[2].reason"]


def test_a_lot_that_waits_has_no_letters_and_says_why_when_asked_for() -> None:
    file = fit_file()
    waiting = replace(file, agreed_scores=file.agreed_scores[1:])
    assert {made.head.lot_id for made in letters(evaluate(waiting))} == {"children"}
    with pytest.raises(IncompleteDocument) as refused:
        letters(evaluate(waiting), "adult")
    assert [found.code for found in refused.value.findings] == ["lot_not_awarded", "not_agreed"]


# ------------------------------------------------------------------------------------------- what is printed


def test_a_pcr_letter_prints_everything_regulation_86_asks_for() -> None:
    text = words_of(print_document(letter_to(fit_file(), "adult-quayside")))
    for needed in (
        "regulation 86 of the Public Contracts Regulations 2015",
        "characteristics and relative advantages",
        "It names its staff for each month.",
        "Harbour Trust scored higher on How the service is delivered (5 against your 3).",
        "3 of 5 (Satisfactory), 21.60 of 36 marks. Harbour Trust: 5 of 5 (Excellent), 36.00 marks.",
        "min(30, max(0, 30 × (900,000 − 828,000) ÷ (900,000 − 450,000))) = 4.80 price marks.",
        "midnight at the end of Friday 1 November 2024",
        "Saturday 2 November 2024",
        "within 30 days",
        "procurement@westmere.example by Friday 1 November 2024",
        "workbench verify",
        "£828,000 excluding VAT",
        "The evaluated price of Harbour Trust is £870,000",
    ):
        assert needed in text


def test_an_assessment_summary_explains_both_tenders_and_compares_none() -> None:
    text = words_of(print_document(letter_to(fit_file(PA), "adult-quayside")))
    for needed in (
        "section 50 of the Procurement Act 2023",
        "Unique identifier: charity 111",
        "The successful tender. adult-harbour sets out its delivery month by month",
        "No standstill applies",
        "section 106",
    ):
        assert needed in text
    assert "scored higher on" not in text


def test_a_voluntary_standstill_is_counted_in_working_days_from_publication() -> None:
    made = letter_to(fit_file(PA, voluntary_standstill=True), "adult-quayside")
    assert made.standstill.last_day == date(2024, 11, 5)  # 25 October is day 1; a weekend in between
    assert made.standstill.earliest_contract == date(2024, 11, 6)
    assert "section 101" in words_of(print_document(made))


def test_a_withheld_price_is_not_printed_and_its_ground_is() -> None:
    item = WithheldItem("The winner's price", "regulation 86(6): commercial interests", "Procurement officer")
    made = letter_to(fit_file(withheld=(item,)), "adult-quayside")
    text = words_of(print_document(made)) + made.attachments[0].data.decode()
    assert "870,000" not in text
    assert "870000" not in text
    assert "The price itself is withheld: regulation 86(6): commercial interests" in text


def test_the_award_notice_prints_the_split_the_ceiling_and_the_conditions() -> None:
    made = notice(fit_file())
    text = words_of(print_document(made))
    for needed in ("£565,500", "65 %", "£1,800,000", "not a guarantee", "£43,500", "1 April 2025 for 2 years"):
        assert needed in text
    assert [share.name for share in made.shares] == ["Harbour Trust", "Rowan Trust"]


def test_it_is_a_draft_until_everybody_has_signed() -> None:
    unsigned = (SIGNED[0], replace(SIGNED[1], signed_on=None))
    for changes, draft in (({}, False), ({"decided_on": None}, True), ({"signatories": unsigned}, True)):
        made = letter_to(fit_file(**changes), "adult-quayside")
        assert made.head.draft is draft
        assert words_of(print_document(made)).count("DRAFT") == (5 if draft else 0)  # a note, and each of four pages


def test_invented_topics_are_marked_where_they_show() -> None:
    file = fit_file()
    plain = letter_to(file, "adult-quayside")
    marked = letter_to(replace(file, tender=replace(file.tender, illustrative=("weights", "scores"))), "adult-quayside")
    assert "illustrative" not in html_of(plain)
    assert html_of(marked).count('<span class="tag">illustrative</span>') == 3
    assert "This document comes from a demonstration." in words_of(print_document(marked))


def test_documents_are_dated_by_the_file() -> None:
    head: DocumentHead = letter_to(fit_file(), "adult-quayside").head
    assert (head.dated, head.number) == (date(2024, 10, 22), "DN-2024-31/adult/02")


def test_a_lot_that_nobody_won_after_exclusions_makes_no_documents() -> None:
    file = fit_file()
    late = factories.DEADLINE + timedelta(seconds=1)
    everybody = replace(file, bids=tuple(replace(bid, received_at=late) for bid in file.bids))
    evaluation = evaluate(everybody)
    assert all(isinstance(result.exclusion, Exclusion) for result in evaluation.lots[0].results)
    assert letters(evaluation) == award_notices(evaluation) == ()
