"""A bid without a price keeps nobody else from being evaluated, and no lot is ranked over it in silence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from lots.bid import Bid
from lots.errors import errors_in
from lots.money import Money
from scoring.checks.file import check
from scoring.decision import AdmissionDecision
from scoring.evaluation import evaluate_lot
from scoring.explain import explain_total
from scoring.open_decisions import open_decisions
from scoring.recommendation import evaluate
from scoring.tender_file import TenderFile
from tests import factories

BID = "adult-beacon"
NO_PRICE = {
    "none": (),
    "a year short": (Money.pounds(299_500),) * 2,
    "below nothing": (Money.pounds(299_500),) * 2 + (Money(-1),),
}
OUT = AdmissionDecision(
    BID, "exclude", "admission", "The tenderer left the price out of its bid.", date(2024, 10, 1), "Ada"
)


def asking(file: TenderFile, consequence: str) -> TenderFile:
    methods = tuple(replace(each, over_ceiling=consequence) for each in file.methodologies)
    return replace(file, methodologies=methods)


def with_prices(prices: tuple[Money, ...], consequence: str = "clarify", **changes: object) -> TenderFile:
    bids = tuple(
        replace(factories.bid(name), prices=prices, split=None) if name == BID else factories.bid(name)
        for name in factories.BIDS
    )
    return replace(asking(factories.tender_file(bids=bids), consequence), **changes)  # type: ignore[arg-type]


def bare(file: TenderFile) -> Bid:
    return next(each for each in file.bids if each.id == BID)


@pytest.mark.parametrize("prices", NO_PRICE.values(), ids=NO_PRICE)
def test_the_file_can_be_evaluated_and_the_lot_waits_for_a_decision_about_the_bid(prices: tuple[Money, ...]) -> None:
    file = with_prices(prices)
    adult, children = evaluate(file).lots
    assert errors_in(check(file)) == ()
    assert [(each.code, each.place) for each in adult.waiting] == [("price_missing", f"bid {BID}")]
    assert (adult.ranked, children.waiting) == ((), ())


def test_once_it_is_excluded_the_others_are_ranked_as_if_it_were_not_there() -> None:
    adult = evaluate_lot(with_prices((), admissions=(OUT,)), "adult")
    names = [name for name in factories.BIDS if name != BID]
    assert adult.ranking == evaluate_lot(factories.tender_file(names), "adult").ranking
    exclusion = adult.result(BID).exclusion
    assert exclusion is not None
    assert (exclusion.stage, [each.code for each in exclusion.reasons]) == (
        "admission", ["price_years", "excluded_by_decision"],
    )  # fmt: skip


def test_where_the_rules_reject_it_nobody_has_to_decide() -> None:
    adult = evaluate_lot(with_prices((), "reject"), "adult")
    exclusion = adult.result(BID).exclusion
    assert exclusion is not None
    assert ([each.code for each in exclusion.reasons], adult.waiting) == (["price_years"], ())
    assert len(adult.ranked) == 2


@pytest.mark.parametrize(("consequence", "due"), [("clarify", True), ("reject", False)])
def test_an_officer_may_record_why_it_is_excluded_and_cannot_let_it_in(consequence: str, due: bool) -> None:
    file = with_prices((), consequence)
    assert [(it.concerning, it.may_admit, it.due) for it in open_decisions(file, bare(file))] == [
        ("admission", False, due)
    ]
    admitted = replace(file, admissions=(replace(OUT, decision="admit"),))
    assert [each.code for each in errors_in(check(admitted))] == ["admission_cannot_be_lifted"]


def test_somebody_who_may_not_see_prices_does_not_learn_that_there_is_none() -> None:
    whole, without = factories.tender_file(), with_prices(())
    told = open_decisions(whole, factories.bid(BID), prices=False)
    assert open_decisions(without, bare(without), prices=False) == told


def test_nobody_need_score_it() -> None:
    file = with_prices(())
    unscored = replace(
        file, score_sheets=tuple(it for it in file.score_sheets if it.bid != BID),
        agreed_scores=tuple(it for it in file.agreed_scores if it.bid != BID),
    )  # fmt: skip
    assert [each.code for each in check(unscored)] == ["price_years"]
    assert evaluate_lot(unscored, "adult").waiting == evaluate_lot(file, "adult").waiting


def test_its_marks_are_explained_as_far_as_it_was_assessed() -> None:
    assert explain_total(evaluate_lot(with_prices((), admissions=(OUT,)), "adult"), BID).value == 0


def test_a_price_that_the_formula_cannot_judge_is_admitted_by_nobody() -> None:
    admit = AdmissionDecision(BID, "admit", "ceiling", "It delivers for nothing.", date(2024, 10, 1), "Ada")
    file = with_prices((Money(0),) * 3, admissions=(admit,))
    relative = tuple(replace(it, price=replace(it.price, formula="lowest_relative", parameters=()))
                     for it in file.methodologies)  # fmt: skip
    adult = evaluate_lot(replace(file, methodologies=relative), "adult")
    assert [each.code for each in adult.waiting if each.place == f"bid {BID}"] == ["admitted_without_price"]


# --- prices that are still shut ----------------------------------------------------------------------------------


def shut(file: TenderFile) -> TenderFile:
    return replace(file, bids=tuple(replace(it, prices=(), split=None) for it in file.bids), prices_shut=True)


def test_while_all_prices_are_shut_quality_is_worked_out_and_every_lot_waits_for_them() -> None:
    file = factories.tender_file()
    closed = evaluate(shut(file))
    assert errors_in(check(shut(file))) == ()
    assert [[each.code for each in lot.waiting] for lot in closed.lots] == [["prices_shut"], ["prices_shut"]]
    for lot in closed.lots:
        whole = evaluate_lot(file, lot.lot.id)
        assert [each.scored for each in lot.results] == [each.scored for each in whole.results]
        assert ([each.price for each in lot.results], lot.enquiries) == ([None] * len(lot.results), ())


def test_a_minimum_score_keeps_a_bid_out_before_its_price_is_opened() -> None:
    low = replace(factories.agreed(BID, "workforce"), points=factories.Decimal(1))
    scores = tuple(
        low if (it.bid, it.criterion) == (BID, "workforce") else it for it in factories.tender_file().agreed_scores
    )
    exclusion = evaluate_lot(shut(factories.tender_file(agreed_scores=scores)), "adult").result(BID).exclusion
    assert exclusion is not None
    assert exclusion.stage == "gate"


def test_a_file_says_either_that_prices_are_shut_or_what_they_are() -> None:
    assert {each.code for each in errors_in(check(replace(factories.tender_file(), prices_shut=True)))} == {
        "price_though_shut"
    }
