"""What each reader of a pack is told, and no more: late tenderers, displaced ones, those whose split broke a rule."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from exports.claims.claim import recompute
from exports.documents import IncompleteDocument
from exports.notices.award_notice import AwardNotice, award_notices
from exports.notices.letters import UnsuccessfulLetter, letters
from lots.bid import Bid
from lots.lot import Break
from lots.regime import Regime
from scoring.decision import ConditionPrecedent, Signatory, WithheldItem
from scoring.formulas import PriceMethod
from scoring.limits.allocation import LotLimit
from scoring.recommendation import evaluate
from scoring.tender_file import TenderFile
from tests import factories
from tests.exports.notices.letter_cases import SIGNED, changed, fit_file, rescored
from tests.exports.pdf_text import words_of
from workbench.printing import html_of, print_document

PA = Regime.PA2023_LIGHT_TOUCH
PCR = Regime.PCR2015_LIGHT_TOUCH
BREAKS = (Break(1, 6), Break(2, 6))


def letter_to(file: TenderFile, bid: str) -> UnsuccessfulLetter:
    lot, tenderer = factories.BIDS[bid][:2]
    return next(made for made in letters(evaluate(file), lot) if made.head.about == tenderer)


def notice(file: TenderFile, lot: str = "adult") -> AwardNotice:
    return award_notices(evaluate(file), lot)[0]


def claim_of(made: UnsuccessfulLetter | AwardNotice) -> Any:
    return json.loads(made.attachments[0].data)


def said(made: UnsuccessfulLetter | AwardNotice) -> str:
    """Read a document's words without its marks of structure."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", html_of(made)))


# ------------------------------------------------------------------------------------------- a late tender


def opened(bid: Bid) -> Bid:
    return replace(bid, received_at=factories.DEADLINE)


def sealed(bid: Bid) -> Bid:
    """Keep of a late bid what was never hidden: who sent it, and when."""
    return replace(opened(bid), prices=(), split=None, parties=bid.parties[:1], responses=())


@pytest.mark.parametrize("regime", [PCR, PA, Regime.PA2023_FULL, Regime.GRANT])
@pytest.mark.parametrize("change", [opened, sealed])
def test_nothing_of_a_late_tender_travels_in_its_letter(regime: Regime, change: Any) -> None:
    made = letter_to(changed(fit_file(regime), "adult-beacon", change), "adult-beacon")
    data = made.attachments[0].data
    claim = json.loads(data)
    assert recompute(data) == ()
    assert claim["inputs"]["bid"]["prices"] == []
    assert [party["organisation"] for party in claim["inputs"]["bid"]["parties"]] == ["beacon"]
    assert not {"split", "responses", "commitments", "unit_prices"} & set(claim["inputs"]["bid"])
    assert [each["id"] for each in claim["inputs"]["organisations"]] == ["beacon"]
    assert "299500" not in data.decode()
    assert "rowan" not in data.decode()
    assert "299,500" not in said(made)
    assert "price" not in claim["inputs"].get("winner", {})


def test_a_late_tenderer_reads_what_the_successful_tender_is() -> None:
    text = said(letter_to(changed(fit_file(), "adult-beacon", sealed), "adult-beacon"))
    assert "The successful tender and its characteristics It names its staff for each month." in text


def test_under_the_act_a_tender_that_was_not_assessed_gets_an_outcome_letter_and_no_summary() -> None:
    """Procurement Act 2023 s.50: a summary goes to those who submitted an assessed tender."""
    made = letter_to(changed(fit_file(PA), "adult-beacon", sealed), "adult-beacon")
    text = said(made)
    assert made.head.title == "Outcome letter"
    assert "This is your assessment summary" not in text
    assert "As your tender was not assessed, section 50" in text
    assert "Winner’s" not in text
    assert "63.20" not in text + made.attachments[0].data.decode()
    assert "winner" not in claim_of(made)["inputs"]
    assert letter_to(fit_file(PA), "adult-beacon").head.title == "Assessment summary"


# -------------------------------------------------------------------------------------- rivals' prices


def priced_by(formula: str) -> TenderFile:
    file = fit_file()
    method = replace(file.methodologies[0], price=PriceMethod(formula))
    return replace(file, methodologies=(method, file.methodologies[1]))


def test_the_lowest_price_goes_to_those_whose_own_marks_follow_from_it_and_says_why() -> None:
    made = letter_to(priced_by("lowest_relative"), "adult-beacon")
    why = "This is given because your own marks for price cannot be checked without it, and no tenderer is named"
    for each in (made, notice(priced_by("lowest_relative"))):
        assert "Lowest evaluated price among the tenders compared: £828,000, excluding VAT. " + why in said(each)
        assert claim_of(each)["inputs"]["references"] == {"lowest": "828000"}
    for each in (letter_to(fit_file(), "adult-beacon"), notice(fit_file())):
        assert why not in said(each)
        assert "references" not in claim_of(each)["inputs"]


def test_a_tenderer_without_price_marks_is_given_no_rivals_price_even_by_way_of_the_winners_marks() -> None:
    """Quayside's £828,000 is the lowest; W × Pmin ÷ P in full would let Beacon work it out from the winner's marks."""
    made = letter_to(
        rescored(priced_by("lowest_relative"), "adult-beacon", "workforce", points=Decimal(1)), "adult-beacon"
    )
    claim = claim_of(made)
    assert recompute(made.attachments[0].data) == ()
    assert "828" not in made.attachments[0].data.decode() + said(made)
    assert "references" not in claim["inputs"]
    assert claim["inputs"]["winner"]["marks_stated"] is True
    assert claim["stated"] == {"winner.price_marks": "28.55", "winner.total": "89.75"}
    assert "The price marks and the total of the successful tender follow from prices" in said(made)


def test_a_withheld_price_cannot_be_worked_out_from_exact_marks() -> None:
    item = WithheldItem("price of the winner", "commercial interests", "officer")
    file = fit_file(withheld=(item,))
    for made in letters(evaluate(file), "adult"):
        claim = claim_of(made)
        assert claim["stated"]["winner.price_marks"] == "2.00"
        assert "price" not in claim["inputs"]["winner"]
        assert recompute(made.attachments[0].data) == ()


# -------------------------------------------------------------------------------------- the limit on lots


def limited(rule: Any) -> TenderFile:
    """Harbour is first in both lots but may win one; the adult lot is 9.6 marks better in its hands."""
    file = rescored(fit_file(), "children-harbour", "delivery", points=Decimal(5), why_not_higher="")
    return replace(file, lot_limit=LotLimit(rule, maximum_lots=1, lot_order=("adult", "children")))


def test_a_displaced_tenderer_can_set_the_two_sums_against_each_other() -> None:
    evaluation = evaluate(limited("greatest_total_score"))
    made = next(made for made in letters(evaluation, "children") if made.outcome.kind == "displaced")
    adult, children = (evaluation.lot(lot).ranked for lot in ("adult", "children"))
    decided = (adult[0].total or 0) + (children[1].total or 0)
    instead = (adult[1].total or 0) + (children[0].total or 0)
    assert made.outcome.sums is not None
    assert (made.outcome.sums.decided, made.outcome.sums.instead) == (decided, instead)
    told = claim_of(made)["stated"]
    first, second, gap = (
        Fraction(told[f"limit.{name}"]) for name in ("sum_as_decided", "sum_with_this_lot", "difference")
    )
    assert first - second == gap
    text = said(made)
    assert f"the totals of the 2 lots awarded add up to {told['limit.sum_as_decided']}." in text
    assert f"{told['limit.sum_with_this_lot']} at the most, which is {told['limit.difference']} less." in text
    assert "was decided, beside the ranks, by the published limit on lots" in text
    assert adult[1].tenderer.name not in text


def test_awarding_in_order_is_explained_by_the_lots_already_awarded() -> None:
    made = letter_to(limited("lot_order"), "children-harbour")
    assert made.outcome.sums is None
    assert "in the published order, you had been awarded Adult support, and this lot with it" in said(made)


# ------------------------------------------------------------------------------------------- what the law says


@pytest.mark.parametrize(
    ("regime", "words"),
    [
        (PCR, "within 30 days beginning with the date when you first knew, or ought to have known"),
        (PA, "within 30 days beginning with the day on which you first knew, or ought to have known"),
    ],
)
def test_the_time_for_a_claim_is_told_as_it_is_counted(regime: Regime, words: str) -> None:
    """PCR 2015 reg 92(2), Procurement Act 2023 s.106: sent on 22 October, day 1, so 20 November is day 30."""
    made = letter_to(fit_file(regime), "adult-quayside")
    text = said(made)
    assert words in text
    assert made.claim_by == date(2024, 11, 20)
    assert "on Tuesday 22 October 2024, the day it is sent, the last day is Wednesday 20 November 2024" in text
    assert claim_of(made)["printed"]["claim.last_day"] == "2024-11-20"


def test_a_claim_suspends_signature_until_the_court_allows_it_or_the_claim_ends() -> None:
    assert "until the court allows it or the claim ends (regulation 95)" in said(
        letter_to(fit_file(), "adult-quayside")
    )
    text = said(notice(fit_file()))
    assert "regulation 95 keeps us from signing until the court allows it or the claim ends" in text
    assert "until it is settled" not in text


def test_where_there_is_no_standstill_none_is_spoken_of_and_a_claim_can_still_be_brought() -> None:
    text = said(notice(fit_file(PA)))
    assert "end of the standstill" not in text
    assert "set the contract aside afterwards (section 105)" in text
    assert "subject to the end of the standstill" in said(notice(fit_file(PA, voluntary_standstill=True)))
    loser = said(letter_to(fit_file(PA), "adult-quayside"))
    assert "afterwards it may set the contract aside (section 105)" in loser
    assert "The contract award notice is to be published on Friday 25 October 2024" in loser


def test_an_assessment_summary_says_where_the_full_criteria_are() -> None:
    where = "issued under reference OPCC-2024-017, in the part on the assessment methodology"
    assert where in said(letter_to(fit_file(PA), "adult-quayside"))
    assert where in said(notice(fit_file(PA)))
    assert where not in said(letter_to(fit_file(), "adult-quayside"))


@pytest.mark.parametrize(
    ("regime", "ground", "refused"),
    [
        (PA, "Regulation 86(6): commercial interests", True),
        (PA, "Public Contracts Regulations 2015", True),
        (PA, "Section 94: sensitive commercial information", False),
        (PCR, "Section 94(1): sensitive commercial information", True),
        (PCR, "Procurement Act 2023", True),
        (PCR, "Regulation 86(6): commercial interests", False),
        (PA, "It would harm 86 residents", False),
        (Regime.GRANT, "Regulation 86(6) by analogy", False),
    ],
)
def test_a_ground_for_withholding_must_be_one_of_the_law_that_governs(
    regime: Regime, ground: str, refused: bool
) -> None:
    file = fit_file(regime, withheld=(WithheldItem("rates", ground, "officer"),))
    if not refused:
        assert letters(evaluate(file))
        return
    with pytest.raises(IncompleteDocument) as found:
        letters(evaluate(file))
    assert [(each.code, each.place) for each in found.value.findings] == [
        ("withheld_under_other_law", "award.withheld[0].ground")
    ]


# ------------------------------------------------------------------------------------------- small things


def test_a_winner_is_asked_for_the_general_conditions_and_those_of_its_own_lot() -> None:
    due = date(2024, 11, 8)
    conditions = tuple(ConditionPrecedent(f"Paper {lot}", due, lot) for lot in ("", "adult", "children"))
    made = notice(fit_file(conditions=conditions))
    assert [each.title for each in made.conditions] == ["Paper ", "Paper adult"]
    assert "Paper children" not in said(made)


def test_a_price_formula_is_told_with_its_amounts_in_pounds() -> None:
    text = said(letter_to(fit_file(), "adult-quayside"))
    assert "floor (the price that earns all the marks): £450,000 excluding VAT; ceiling (the price that earns" in text
    assert "none): £900,000 excluding VAT" in text
    assert "published here" not in text
    default = said(letter_to(priced_by("linear_to_multiple"), "adult-quayside"))
    assert "multiple (the multiple of the lowest price that earns no marks): 2; clamp" in default


def test_a_step_not_reached_is_told_as_such() -> None:
    text = said(letter_to(rescored(fit_file(), "adult-beacon", "workforce", points=Decimal(1)), "adult-beacon"))
    assert "A dash means that the tender did not reach that step." in text
    assert "excluded before the step at which prices are marked" in text
    assert "not compared with other prices" not in text


def test_every_letter_of_a_lot_has_a_title_of_its_own() -> None:
    titles = [re.search("<title>(.*?)</title>", html_of(made)) for made in letters(evaluate(fit_file()))]
    assert len({title[1] for title in titles if title}) == len(titles) == 3


def test_the_part_somebody_plays_in_the_decision_record_stays_out_of_letters() -> None:
    signatories = (Signatory("Ann Other", "Originator, Head of Procurement", date(2024, 10, 21)), *SIGNED[1:])
    assert "Originator" not in said(letter_to(fit_file(signatories=signatories), "adult-quayside"))


def test_an_address_for_mail_is_never_broken_at_its_hyphen() -> None:
    made = letter_to(fit_file(debrief_contact="The officer, victim-services@westmere.example"), "adult-quayside")
    assert '<span class="whole">victim-services@westmere.example</span>' in html_of(made)


def test_the_reader_is_told_where_the_checking_program_comes_from() -> None:
    text = words_of(print_document(letter_to(fit_file(), "adult-quayside")))
    assert "the checking program free of charge: just write to pcc@westmere.example. You can also add" in text


def test_break_dates_are_told_once() -> None:
    file = fit_file()
    lots = tuple(replace(lot, term=replace(lot.term, breaks=BREAKS)) for lot in file.tender.lots if lot.term)
    text = said(notice(replace(file, tender=replace(file.tender, lots=lots))))
    assert "; it may be ended after year 1 or year 2, on 6 months’ notice" in text


def test_each_row_of_the_chart_has_its_name_beside_it() -> None:
    html = html_of(letter_to(fit_file(), "adult-quayside"))
    chart = html[html.index('<table class="bars">') :].partition("</table>")[0]
    names = ["How the service is delivered", "Who delivers it", "Social value", "Price"]
    assert re.findall('<th scope="row"><div>(.*?)</div>', chart) == names
    assert 'rowspan="4"' in chart


def dearer(bid: Bid) -> Bid:
    """Bid £300,000 a year: 2 price marks fewer than Harbour's £290,000."""
    assert bid.split
    more = factories.Money.pounds(300_000) - bid.prices[0]
    delivery = tuple(amount + more for amount in bid.split.delivery)
    return replace(bid, prices=(factories.Money.pounds(300_000),) * 3, split=replace(bid.split, delivery=delivery))


def test_a_tie_that_the_lower_price_settled_is_told_in_pounds_unless_that_price_is_withheld() -> None:
    """Equal but for social value (6 and 8 marks) and price (2 and 0): both come to 63.2."""
    for withheld, told in (
        ((), "step “lowest price” decided: £870,000 for Harbour Trust, £900,000 for you."),
        ((WithheldItem("price of the winner", "commercial interests", "officer"),), "step “lowest price” decided."),
    ):
        file = changed(fit_file(withheld=withheld), "adult-quayside", dearer)
        equal = rescored(file, "adult-quayside", "delivery", points=Decimal(5), why_not_higher="")
        made = letter_to(equal, "adult-quayside")
        assert made.total == made.winner.total
        assert told in made.outcome.tie
        assert recompute(made.attachments[0].data) == ()
        assert ("870000" in made.attachments[0].data.decode()) == (not withheld)
