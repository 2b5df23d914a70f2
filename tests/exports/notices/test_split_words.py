"""A broken rule of the split as its tenderer is told it: the rule, who keeps what, the most allowed, the excess."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from exports.claims.claim import recompute
from exports.notices.letters import UnsuccessfulLetter, letters
from lots.bid import Bid
from scoring.recommendation import evaluate
from scoring.tender_file import TenderFile
from tests import factories
from tests.exports.notices.letter_cases import changed, fit_file


def letter_to(file: TenderFile, bid: str) -> UnsuccessfulLetter:
    lot, tenderer = factories.BIDS[bid][:2]
    return next(made for made in letters(evaluate(file), lot) if made.head.about == tenderer)


def keeps(bid: Bid, percent: int) -> Bid:
    """Let the lead keep so much of every year's price for its delivery, beside its fee of 5 %."""
    assert bid.split
    kept = tuple(price * percent for price in bid.prices)
    delivery = tuple(replace(amount, pence=amount.pence // 100) for amount in kept)
    rest = tuple(p - d - f for p, d, f in zip(bid.prices, delivery, bid.split.management_fee, strict=True))
    return replace(
        bid, split=replace(bid.split, delivery=delivery, payments=(replace(bid.split.payments[0], amounts=rest),))
    )


def with_rules(file: TenderFile, **rules: Any) -> TenderFile:
    lots = tuple(replace(lot, collaboration=replace(lot.collaboration, **rules)) for lot in file.tender.lots)
    return replace(file, tender=replace(file.tender, lots=lots))


def test_a_lead_over_its_cap_is_told_the_rule_the_parts_the_most_and_the_excess() -> None:
    file = changed(fit_file(), "adult-beacon", lambda bid: keeps(bid, 70))
    made = letter_to(file, "adult-beacon")
    assert [reason.message for reason in made.outcome.reasons] == [
        "The published rule: the lead may keep at most 70 % of the price, its management fee included. You keep 70 % "
        "for delivery (£209,650) and 5 % as management fee (£14,975): 75 % = £224,625 a year; the most allowed is "
        "£209,650; £14,975 a year too much."
    ]
    assert recompute(made.attachments[0].data) == ()


def test_one_excess_that_breaks_two_rules_is_told_once() -> None:
    file = with_rules(fit_file(), provider_maximum=Decimal(70))
    made = letter_to(changed(file, "adult-beacon", lambda bid: keeps(bid, 70)), "adult-beacon")
    (only,) = made.outcome.reasons
    assert only.message.endswith(
        "£14,975 a year too much. The same £14,975 a year breaks a second published rule as well: no single provider "
        "may hold more than 70 % of the price."
    )
    assert only.message.count("£224,625") == 1
    assert recompute(made.attachments[0].data) == ()


def test_another_provider_over_its_cap_is_named_and_a_minimum_missed_is_told_as_too_little() -> None:
    file = with_rules(fit_file(), provider_maximum=Decimal(66))
    made = letter_to(changed(file, "adult-beacon", lambda bid: keeps(bid, 20)), "adult-beacon")
    assert [reason.message.partition(". ")[2] for reason in made.outcome.reasons] == [
        "Rowan Trust holds 75 % = £224,625 a year; the most allowed is £197,670; £26,955 a year too much."
    ]
    least = with_rules(fit_file(), subcontract_minimum=Decimal(33))
    made = letter_to(changed(least, "adult-quayside", lambda bid: keeps(bid, 63)), "adult-quayside")
    assert [reason.message for reason in made.outcome.reasons] == [
        "The published rule: organisations other than the lead and its group must hold at least 33 % of the price. In "
        "your tender Rowan Trust holds 32 % = £88,320 a year; the least allowed is £91,080; £2,760 a year too little."
    ]
    assert recompute(made.attachments[0].data) == ()


def test_years_that_differ_are_told_by_the_worst_one() -> None:
    def later(bid: Bid) -> Bid:
        more = keeps(bid, 70)
        assert more.split
        assert bid.split
        first = bid.split.delivery[:1]
        paid = replace(
            more.split.payments[0], amounts=bid.split.payments[0].amounts[:1] + more.split.payments[0].amounts[1:]
        )
        return replace(more, split=replace(more.split, delivery=first + more.split.delivery[1:], payments=(paid,)))

    made = letter_to(changed(fit_file(), "adult-beacon", later), "adult-beacon")
    assert (
        "75 % = £224,625 in year 2; the most allowed is £209,650; £14,975 in year 2 too much; the rule is broken "
        "in 2 of 3 years." in made.outcome.decision
    )


def test_a_group_company_is_counted_with_the_lead_and_named() -> None:
    def one_group(file: TenderFile) -> TenderFile:
        joined = tuple(
            replace(each, group="Beacon family") if each.id in ("beacon", "rowan") else each
            for each in file.organisations
        )
        return replace(file, organisations=joined)

    made = letter_to(one_group(fit_file()), "adult-beacon")
    assert (
        "You keep 60 % for delivery (£179,700), 5 % as management fee (£14,975) and 35 % through Rowan Trust, which "
        "counts with you (£104,825): 100 % = £299,500 a year; the most allowed is £209,650; £89,850 a year too much."
    ) in made.outcome.decision
    assert recompute(made.attachments[0].data) == ()


def test_money_kept_back_is_told_with_the_rule_against_it() -> None:
    def keep_back(bid: Bid) -> Bid:
        assert bid.split
        payment = replace(bid.split.payments[0], deductions=tuple(replace(p, pence=50_000) for p in bid.prices))
        return replace(bid, split=replace(bid.split, payments=(payment,)))

    made = letter_to(changed(fit_file(), "adult-beacon", keep_back), "adult-beacon")
    assert "The published rule: what is allocated to a partner must be paid to it in full" in made.outcome.decision
    assert "keeps back £500 of what is allocated to Rowan Trust" in made.outcome.decision
