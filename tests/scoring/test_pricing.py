"""Evaluated prices and whole methods inside an evaluation: each way a tender may publish, to the same exact figures."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from lots.bid import OtherCost, UnitPrice
from lots.collaboration import CollaborationRules
from lots.money import Money
from scoring.evaluation import evaluate_lot
from scoring.explain import explain_total
from scoring.formulas import PriceMethod
from scoring.methodology import BasketItem, CriterionValue
from tests import factories as make
from tests.scoring.test_evaluation import RELATIVE, adult, out, priced, ranks, with_bid


def test_a_whole_method_ranks_by_its_own_figure() -> None:
    quality = tuple(c for c in make.criteria() if c.id != "price")
    scored = tuple(replace(c, weight=Decimal(w)) for c, w in zip(quality, ("85", "15"), strict=True))
    lot = evaluate_lot(
        adult(make.tender_file(), criteria=scored, price=PriceMethod("price_per_quality_point")), "adult"
    )
    harbour = lot.result("adult-harbour")
    assert harbour.scored is not None
    assert harbour.total == Fraction(870_000) / harbour.scored
    assert (harbour.price_marks, lot.round.method is not None) == (None, True)
    assert ranks(lot)[0][0] == min((r for r in lot.results), key=lambda r: r.total or 0).bid.id


def test_under_a_fixed_price_quality_decides_and_another_price_is_out() -> None:
    quality = tuple(c for c in make.criteria() if c.id != "price")
    scored = tuple(replace(c, weight=Decimal(w)) for c, w in zip(quality, ("85", "15"), strict=True))
    fixed = PriceMethod("fixed_price", (("price", "870000"),))
    file = adult(priced(make.tender_file(), "adult-quayside", 290_000), criteria=scored, price=fixed)
    lot = evaluate_lot(file, "adult")
    assert out(lot) == {"adult-beacon": ("ceiling", ["price_cannot_be_judged"])}
    assert [(r.price_marks, r.total == r.scored) for r in lot.ranked] == [(0, True), (0, True)]
    assert explain_total(lot, "adult-harbour").value == lot.result("adult-harbour").total


def test_other_costs_count_only_under_life_cycle() -> None:
    file = with_bid(make.tender_file(), "adult-harbour", other_costs=(OtherCost("Handover", Money.pounds(900)),))
    assert evaluate_lot(file, "adult").round.prices["adult-harbour"] == 870_000
    assert evaluate_lot(adult(file, evaluated_price="life_cycle"), "adult").round.prices["adult-harbour"] == 870_900


def test_a_basket_is_priced_at_the_published_quantities() -> None:
    """Norwegian guidance (anskaffelser.no): 1500·18 + 50·20 + 1200·25 + 540·32 = 75,280."""
    lines = {"a": (1500, 18), "b": (50, 20), "c": (1200, 25), "d": (540, 32)}
    basket = tuple(BasketItem(name, name, Decimal(quantity)) for name, (quantity, _) in lines.items())
    units = tuple(UnitPrice(name, Money.pounds(price)) for name, (_, price) in lines.items())
    file = with_bid(make.tender_file(("adult-harbour",)), "adult-harbour", unit_prices=units)
    lot = evaluate_lot(adult(file, evaluated_price="basket", basket=basket), "adult")
    assert lot.result("adult-harbour").price == 75_280
    assert explain_total(lot, "adult-harbour").value == lot.result("adult-harbour").total
    short = with_bid(file, "adult-harbour", unit_prices=units[1:])
    assert out(evaluate_lot(adult(short, evaluated_price="basket", basket=basket), "adult")) == {
        "adult-harbour": ("ceiling", ["price_cannot_be_judged"])
    }


def test_net_present_value_discounts_each_year_to_its_end() -> None:
    file = adult(make.tender_file(), evaluated_price="net_present_value", discount_rate=Decimal("25"))
    lot = evaluate_lot(file, "adult")
    assert lot.round.prices["adult-harbour"] == 290_000 * (Fraction(4, 5) + Fraction(16, 25) + Fraction(64, 125))
    assert explain_total(lot, "adult-harbour").value == lot.result("adult-harbour").total


def test_quality_in_pounds_can_have_a_worth_for_each_criterion() -> None:
    quality = tuple(c for c in make.criteria() if c.id != "price")
    scored = tuple(replace(c, weight=Decimal(w)) for c, w in zip(quality, ("85", "15"), strict=True))
    worth = (CriterionValue("quality", Money.pounds(60_000)), CriterionValue("social", Money.pounds(40_000)))
    method = PriceMethod("monetised_quality", (("value", "100000"),))
    lot = evaluate_lot(adult(make.tender_file(), criteria=scored, price=method, values=worth), "adult")
    quality_share = Fraction(60 * 5 + 40 * 4, 500)
    assert lot.result("adult-harbour").total == 870_000 - 60_000 * quality_share - 40_000 * Fraction(3, 5)
    assert explain_total(lot, "adult-harbour").value == lot.result("adult-harbour").total


def test_a_price_of_nothing_is_out_under_a_ratio_and_the_others_are_still_ranked() -> None:
    file = with_bid(adult(make.tender_file(), price=RELATIVE), "adult-beacon", prices=(Money(0),) * 3, split=None)
    lots = tuple(replace(lot, collaboration=CollaborationRules()) for lot in file.tender.lots)
    lot = evaluate_lot(replace(file, tender=replace(file.tender, lots=lots)), "adult")
    assert out(lot) == {"adult-beacon": ("ceiling", ["price_cannot_be_judged"])}
    assert [place.bid for place in lot.ranking.places] == ["adult-harbour", "adult-quayside"]
