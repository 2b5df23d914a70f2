"""A bid written down wrongly: for no lot, with two leads, with a year too few, or with a split that cannot be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from lots.bid import Commitment, OtherCost, Party, Payment, RequirementResponse, Split
from lots.errors import Finding
from lots.money import Money
from scoring.checks.file import check
from scoring.decision import AdmissionDecision
from tests import factories as a

BID = a.bid("children-harbour")
LEAD, PARTNER = BID.parties
YEAR = (Money.pounds(100),)


def found_in(**changes: Any) -> tuple[Finding, ...]:
    """Check the file with its children-harbour bid changed."""
    bids = tuple(a.bid(name) if name != BID.id else replace(BID, **changes) for name in a.BIDS)
    return check(a.tender_file(bids=bids))


def told(**changes: Any) -> list[str]:
    return [str(finding) for finding in found_in(**changes)]


def codes(**changes: Any) -> list[tuple[str, str]]:
    return [(finding.place.removeprefix("bids[3]."), finding.code) for finding in found_in(**changes)]


def test_a_bid_for_no_lot_is_named() -> None:
    assert (
        told(lot="kids")[0]
        == "bids[3].lot: This is a bid for no lot. There is no lot “kids”: name one of adult, children"
    )


def test_a_bid_has_one_lead() -> None:
    assert told(parties=(LEAD, replace(PARTNER, role="lead"))) == [
        "bids[3].parties[1].role: The bid has two leads, “harbour” and “rowan”: only one can sign the contract"
    ]
    assert told(parties=(replace(LEAD, role="partner"), PARTNER)) == [
        "bids[3].parties: The bid has no lead: give one of its parties the role “lead”"
    ]


def test_parties_are_organisations_of_the_file_each_once() -> None:
    assert told(parties=(LEAD, PARTNER, Party("rown", "sub_contractor"), replace(PARTNER, role="sub_contractor"))) == [
        "bids[3].parties[2].organisation: There is no organisation “rown”: name one of harbour, quayside, beacon, "
        "rowan",
        "bids[3].parties[3].organisation: “rowan” is a party to this bid twice: name it once",
    ]


def test_a_bid_prices_every_year_of_the_term() -> None:
    assert told(prices=BID.prices[:1]) == [
        "bids[3].prices: Prices are given for 1 year and the term is 2 years, extensions included: "
        "give one price for each year."
    ]
    assert codes(prices=(BID.prices[0], Money(-1))) == [("prices[1]", "price_negative")]
    assert codes(prices=()) == [("prices", "price_years")]


def test_a_bid_for_a_lot_that_is_not_tendered_is_named() -> None:
    grant = a.lot("children", route="grant", base_value=None, maximum_potential_spend=None, term=None)
    file = a.tender_file(
        ["children-harbour"],
        tender=a.tender(lots=(a.lot("adult"), grant)),
        methodologies=(a.methodology("adult"),),
        score_sheets=(),
        agreed_scores=(),
        bids=(replace(BID, split=None),),
    )
    assert [(it.place, it.code) for it in check(file)] == [("bids[0]", "lot_not_tendered")]


def test_a_late_bid_and_a_dear_bid_are_for_the_evaluation_to_judge() -> None:
    assert codes(received_at=a.DEADLINE + timedelta(days=1)) == []
    dear = (Money.pounds(10_000_000),) * 2
    assert codes(prices=dear, split=None) == []


def test_a_bid_is_not_withdrawn_before_it_arrives() -> None:
    assert codes(withdrawn_at=BID.received_at - timedelta(seconds=1)) == [("withdrawn_at", "withdrawn_before_received")]


def test_a_tenderer_has_one_live_bid_for_a_lot() -> None:
    second = replace(BID, id="again")
    file = a.tender_file(bids=(*a.tender_file().bids, second))
    assert str(check(file)[0]) == (
        "bids[5]: harbour has two bids for lot “children” (first at bids[3]): give the time the earlier was withdrawn, "
        "or record at admission why one of them is excluded"
    )
    gone = replace(second, withdrawn_at=a.DEADLINE)
    assert check(a.tender_file(bids=(*a.tender_file().bids, gone))) == ()


def test_of_two_bids_for_one_lot_an_officer_may_exclude_one() -> None:
    again = replace(BID, id="again")
    out = AdmissionDecision("again", "exclude", "admission", "Sent by mistake, they say.", date(2024, 10, 1), "Ada")
    assert check(a.tender_file(bids=(*map(a.bid, a.BIDS), again), admissions=(out,))) == ()


def test_a_second_bid_that_came_too_late_is_dealt_with_at_admission() -> None:
    bids, second = a.tender_file().bids, replace(BID, id="again")
    late = replace(second, received_at=a.DEADLINE)
    assert check(a.tender_file(bids=(*bids, late))) == ()
    assert check(a.tender_file(bids=(late, *bids))) == ()
    last = replace(second, id="last", received_at=a.DEADLINE - timedelta(seconds=1))
    found = check(a.tender_file(bids=(*bids, late, last)))
    assert [(it.place, it.code) for it in found] == [("bids[6]", "tenderer_bids_twice"), ("bids[6]", "not_yet_scored")]


def test_a_split_has_an_amount_for_every_year() -> None:
    split = Split(YEAR, YEAR * 2, (Payment("harbour", "rowan", YEAR * 3, YEAR),))
    assert told(split=split) == [
        "bids[3].split.delivery: Here are amounts for 1 year and the lot runs for 2 years: give one a year",
        "bids[3].split.payments[0].amounts: Here are amounts for 3 years and the lot runs for 2 years: give one a year",
        "bids[3].split.payments[0].deductions: Here are amounts for 1 year and the lot runs for 2 years: give one "
        "a year",
    ]


def test_the_money_of_a_split_is_never_below_nothing() -> None:
    split = Split((Money(-1), Money(1)), YEAR * 2, (Payment("harbour", "rowan", (Money(0), Money(-250))),))
    assert told(split=split) == [
        "bids[3].split.delivery[0]: Year 1 is −£0.01: write £0 or more",
        "bids[3].split.payments[0].amounts[1]: Year 2 is −£2.50: write £0 or more",
    ]


def test_payments_pass_between_two_parties_of_the_bid() -> None:
    payments = (Payment("harbour", "beacon", YEAR * 2), Payment("rowan", "rowan", YEAR * 2))
    assert told(split=Split(YEAR * 2, YEAR * 2, payments)) == [
        "bids[3].split.payments[0].payee: There is no party “beacon”: name one of harbour, rowan, or make "
        "it a party to the bid",
        "bids[3].split.payments[1]: “rowan” pays itself: a payment passes between two parties",
    ]


def test_requirements_are_known_and_answered_once() -> None:
    responses = (*BID.responses, *BID.responses, RequirementResponse("insurance", True))
    assert codes(responses=responses) == [
        ("responses[1].requirement", "response_repeated"),
        ("responses[2].requirement", "requirement_unknown"),
    ]


def test_costs_and_promises_are_not_negative() -> None:
    costs = (OtherCost("Mobilisation", Money(-1)),)
    promises = (Commitment("Jobs", "Apprenticeships", "posts", Decimal("-1")),)
    assert told(other_costs=costs, commitments=promises) == [
        "bids[3].other_costs[0].amount: Mobilisation is −£0.01: write £0 or more",
        "bids[3].commitments[0].amount_a_year: “Apprenticeships” is promised -1 a year: write 0 or more",
    ]


def test_an_unopened_bid_needs_no_prices_and_one_in_time_does() -> None:
    bare = {"prices": (), "split": None, "parties": BID.parties[:1]}
    late = [found.code for found in found_in(received_at=a.DEADLINE, **bare)]
    in_time = [found.code for found in found_in(**bare)]
    assert ("price_years" in late, "price_years" in in_time) == (False, True)
