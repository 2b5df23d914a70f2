"""The proportionality meter: hours of bidders and panel, worked out by hand here and there, against the lot's value."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from lots.errors import ProcurementError
from lots.money import Money
from lots.tender import RequiredDocument
from scoring.criteria import Criterion
from scoring.proportionality import ASSUMPTIONS, Assumptions, proportionality
from scoring.tender_file import TenderFile
from tests import factories as a
from tests.scoring.checks import ready


def questions(number: int, words: int | None) -> tuple[Criterion, ...]:
    """Make so many questions of so many words."""
    return tuple(
        Criterion(f"q{i}", f"Question {i}", Decimal(100), "quality", scale="0-5", word_limit=words)
        for i in range(number)
    )


def asking(number: int, words: int | None, annual: int, years: int = 3) -> TenderFile:
    """Make a file whose one judged lot asks so many questions for so much money a year."""
    lot = a.lot("adult", annual_budget=Money.pounds(annual), base_value=Money.pounds(annual * years))
    return a.tender_file(
        (),
        tender=a.tender(lots=(lot,)),
        methodologies=(a.methodology("adult", criteria=questions(number, words)),),
    )


def test_the_hours_are_questions_times_words_over_speed() -> None:
    """Two questions of 1,400 words: 2800 ÷ 250 + 16 = 27.2 hours a bid; 5 × 2800 ÷ 1400 = 10 hours an evaluator;
    3 × 10 + 5 × 2 × 10 ÷ 60 × 4 = 36 2/3 hours of the panel; (5 × 27.2 + 36 2/3) × 30 = £5,180.
    """
    (found,) = proportionality(asking(2, 1400, 300_000))
    assert (found.questions, found.words, found.evaluators, found.documents) == (2, 2800, 3, 0)
    assert found.bidder_hours.value == Fraction("27.2")
    assert found.evaluator_hours.value == 10
    assert found.panel_hours.value == Fraction(110, 3)
    assert found.cost.value == 5180
    assert found.share == Fraction(518000, 900_000)
    assert found.derivations == (
        "Hours of one bid = 27.20 = 2800 ÷ 250 + 0 × 1 + 16 (words ÷ words an hour + documents × hours each + hours "
        "beside)",
        "Hours of one evaluator = 10.00 = 5 × 2800 ÷ 1400 (bids × words ÷ words judged an hour)",
        "Hours of the panel = 36.67 = 3 × 10.00 + 5 × 2 × 10 ÷ 60 × 4 (evaluators × hours of one + bids × questions × "
        "minutes ÷ 60 × people in the room)",
        "Cost of all bids and the panel, in pounds = 5180.00 = (5 × 27.20 + 36.67) × 30 ((bids × hours of one bid + "
        "hours of the panel) × pounds an hour)",
    )


def test_forty_four_questions_for_350_thousand_a_year_are_out_of_proportion() -> None:
    """Lloyds Bank Foundation, Commissioning in Crisis, 2016: 44 questions of 500 to 2,000 words, here for one year."""
    (found,) = proportionality(asking(44, 2000, 350_000, years=1))
    assert (found.finding.code, found.finding.severity, found.finding.place) == (
        "out_of_proportion",
        "warning",
        "tender.lots[0]",
    )
    assert found.finding.message == (
        "Adult support: each bid takes about 368 hours, and the panel about 1090 hours for 5 bids. All of it costs "
        "about 25.11 % of £350,000, over 1.3 %: ask fewer questions, or for shorter answers"
    )


def test_the_published_share_itself_is_still_in_proportion() -> None:
    """£5,180 is 1.3 % of £398,461.54 (rounded up), and more than 1.3 % of a pound less."""
    file = asking(2, 1400, 1)
    lot = file.tender.lots[0]

    def verdict(pence: int) -> str:
        worth = replace(lot, base_value=Money(pence))
        (found,) = proportionality(replace(file, tender=replace(file.tender, lots=(worth,))))
        return found.finding.code

    assert verdict(39_846_154) == "in_proportion"
    assert verdict(39_846_153) == "out_of_proportion"


def test_documents_of_the_lot_count_and_answers_without_limit_are_taken_as_a_thousand_words() -> None:
    file = asking(1, None, 300_000)
    documents = (RequiredDocument("policy", "Policy"), RequiredDocument("other", "Other", ("children",)))
    (found,) = proportionality(replace(file, tender=replace(file.tender, documents=documents)))
    assert (found.words, found.without_limit, found.documents) == (1000, 1, 1)
    assert found.bidder_hours.value == 4 + 1 + 16


def test_more_evaluators_than_the_quorum_are_counted() -> None:
    file = asking(1, 1400, 300_000)
    more = tuple(replace(file.panel[0], id=f"e{i}") for i in range(5))
    (found,) = proportionality(replace(file, panel=more))
    assert found.evaluators == 5


def test_a_lot_worth_nothing_is_set_against_nothing() -> None:
    (found,) = proportionality(asking(1, 500, 0))
    assert found.share is None
    assert found.finding.code == "proportion_unknown"


def test_lots_without_bids_or_methodology_are_left_out() -> None:
    grant = a.lot("other", route="grant")
    file = a.tender_file((), tender=a.tender(lots=(a.lot("adult"), grant, a.lot("children"))))
    assert [found.lot for found in proportionality(file)] == ["adult", "children"]
    assert proportionality(replace(file, methodologies=())) == ()


def test_every_assumption_is_published_with_its_figure_and_source() -> None:
    published = ASSUMPTIONS.published()
    assert [each.name for each in published] == list(vars(ASSUMPTIONS))
    assert all(each.words and each.source for each in published)
    assert Assumptions(bids=8).published()[4].figure == "8"


def test_a_speed_of_nought_is_refused() -> None:
    with pytest.raises(ProcurementError, match="never finishes"):
        Assumptions(words_judged_an_hour=0)


def test_publication_warns_of_a_lot_that_is_out_of_proportion_and_stays_silent_otherwise() -> None:
    """The lot of £240,000 passes with three answers of 100 words; the same work for £120,000 does not."""
    cheap = ready.lot("children", annual_budget=Money.pounds(60_000), base_value=Money.pounds(120_000))
    assert ready.found(ready.file()) == []
    assert ready.found(ready.file(tender=ready.tender(lots=(ready.lot("adult"), cheap)))) == [
        ("warning", "out_of_proportion", "tender.lots[1]")
    ]
