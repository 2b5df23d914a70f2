"""Other bids, other prices, other formulas: each against judging everything again."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.abnormal import Settings
from scoring.assurance import pack
from scoring.assurance.assure import assure
from scoring.assurance.bidders import extra_bid, left_out, other_formulas, price_moves
from scoring.assurance.parts import parts
from scoring.catalogue import FORMULAS
from scoring.evaluation import LotEvaluation, evaluate_lot
from scoring.formulas import PriceMethod
from scoring.price import price_marks
from scoring.tender_file import TenderFile
from tests import factories
from tests.scoring.assurance import cases

NAMES = ("adult-harbour", "adult-quayside", "adult-beacon")
RELATIVE = ("lowest_relative", "linear_min_max", "linear_to_multiple", "mean_deviation")

# Constructed: lowest price ÷ price × 40 with quality out of 60.
QUALITY, PRICES = np.array([50.0, 54.0]), np.array([88.0, 100.0])  # the winner, B, first


def test_an_extra_bid_below_73_pounds_33_turns_the_award_around() -> None:
    [threshold] = pack.flip_prices(QUALITY, PRICES, 40)
    assert threshold == pytest.approx(73.33333333333333, abs=1e-9)
    for price, totals in ((88, (89.2, 90.0)), (60, (78.0, 77.27272727272727))):
        a, b = 54 + 40 * price / 100, 50 + 40 * price / 88
        assert (a, b) == pytest.approx(totals, abs=1e-9)


def test_the_same_award_as_a_lot_finds_the_penny() -> None:
    lot = evaluate_lot(irrelevant(), "adult")
    assert lot.ranking.first == "adult-quayside"
    found = extra_bid(lot)
    assert (found.applies, found.dearer, found.first) == (True, False, "adult-harbour")
    assert found.price == Fraction(21999999, 100)  # 73⅓ % of £300,000 is level; a penny less is not
    [said] = [part for part in parts(assure(cases.judged(irrelevant()), "adult", draws=64)) if part.key == "bids"]
    assert "at £219,999.99 or less, would have put Harbour Trust first without winning" in said.sentence


def irrelevant() -> TenderFile:
    """A: 54 of 60 at £300,000; B: 50 of 60 at £264,000; 40 for price."""
    quality, _, price = factories.criteria()
    scale = factories.scale()
    fine = replace(
        scale, levels=tuple(replace(level, points=points) for level, points in zip(scale.levels, LEVELS, strict=True))
    )
    leaf = replace(quality.parts[0], weight=60, kind="quality")
    file = replace(factories.tender_file(NAMES[:2]), scales=(fine,))
    file = cases.with_method(file, criteria=(leaf, replace(price, weight=40)), price=PriceMethod("lowest_relative"))
    points = {(NAMES[0], "delivery"): 54, (NAMES[1], "delivery"): 50}
    file = cases.with_points(cases.priced(file, {NAMES[0]: 100_000, NAMES[1]: 88_000}), points)
    return replace(file, agreed_scores=tuple(it for it in file.agreed_scores if it.criterion == "delivery"))


LEVELS = (0, 10, 20, 50, 54, 60)

points = st.lists(st.integers(2, 5), min_size=9, max_size=9)
asking = st.lists(st.integers(200_000, 300_000), min_size=3, max_size=3)


def drawn_lot(scores: list[int], prices: list[int], formula: str) -> tuple[TenderFile, LotEvaluation]:
    calm = Settings(None, None, None)
    file = cases.with_method(factories.tender_file(NAMES), price=PriceMethod(formula), abnormally_low=calm)
    criteria = ("delivery", "workforce", "social")
    given_points = {
        (name, criterion): scores[3 * b + c] for b, name in enumerate(NAMES) for c, criterion in enumerate(criteria)
    }
    file = cases.priced(cases.with_points(file, given_points), dict(zip(NAMES, prices, strict=True)))
    return file, evaluate_lot(file, "adult")


@settings(max_examples=30, deadline=None)
@given(points, asking, st.sampled_from(RELATIVE))
def test_leaving_a_losing_bid_out_is_what_evaluating_without_it_gives(scores, prices, formula) -> None:  # type: ignore[no-untyped-def]
    file, lot = drawn_lot(scores, prices, formula)
    if lot.ranking.first is None:
        return
    for each in left_out(lot):
        fewer = replace(file, bids=tuple(bid for bid in file.bids if bid.id != each.bid))
        assert each.first == (evaluate_lot(fewer, "adult").ranking.first or "")


@settings(max_examples=30, deadline=None)
@given(points, asking, st.sampled_from(RELATIVE))
def test_an_extra_bid_that_turns_the_award_around_does_so_and_loses(scores, prices, formula) -> None:  # type: ignore[no-untyped-def]
    _, lot = drawn_lot(scores, prices, formula)
    if lot.ranking.first is None or len(lot.ranked) < 2:
        return
    found = extra_bid(lot)
    if found.price is not None:
        totals = with_extra(lot, found.price)
        assert max(totals, key=totals.__getitem__) == found.first != lot.ranking.first


def with_extra(lot: LotEvaluation, price: Fraction) -> dict[str, Fraction]:
    marks = price_marks(lot.methodology.price, Fraction(30), {**lot.round.prices, "": price})
    return {
        name: (lot.result(name).scored or Fraction(0) if name else Fraction(0)) + mark for name, mark in marks.items()
    }


@settings(max_examples=30, deadline=None)
@given(points, asking, st.sampled_from(RELATIVE))
def test_no_extra_price_on_a_fine_grid_does_what_none_is_said_to_do(scores, prices, formula) -> None:  # type: ignore[no-untyped-def]
    _, lot = drawn_lot(scores, prices, formula)
    if lot.ranking.first is None or len(lot.ranked) < 2 or extra_bid(lot).price is not None:
        return
    lowest = min(lot.round.prices.values())
    for step in range(1, 40):
        totals = with_extra(lot, lowest * step / 40)
        best = max(totals.values())
        leaders = [name for name, total in totals.items() if total == best]
        assert lot.ranking.first in leaders or "" in leaders


@settings(max_examples=30, deadline=None)
@given(points, asking, st.sampled_from((*RELATIVE, "linear_fixed")))
def test_a_price_that_is_said_to_reverse_does_and_a_penny_less_of_a_change_does_not(scores, prices, formula) -> None:  # type: ignore[no-untyped-def]
    lot = drawn_lot(scores, prices, formula)[1] if formula != "linear_fixed" else fixed(scores, prices)
    if lot.ranking.first is None or len(lot.ranked) < 2 or not leads(lot):
        return
    for move in price_moves(lot):
        if move.moved_to is not None:
            step = Fraction(1, 100) if move.moved_to > move.price else Fraction(-1, 100)
            assert first_at(lot, move.bid, move.moved_to) != lot.ranking.first
            assert first_at(lot, move.bid, move.moved_to - step) == lot.ranking.first


def fixed(scores: list[int], prices: list[int]) -> LotEvaluation:
    file, _ = drawn_lot(scores, prices, "lowest_relative")
    file = cases.with_method(file, price=PriceMethod("linear_fixed", (("floor", "450000"), ("ceiling", "900000"))))
    return evaluate_lot(file, "adult")


def leads(lot: LotEvaluation) -> bool:
    return bool((lot.ranked[0].total or 0) > (lot.ranked[1].total or 0))


def first_at(lot: LotEvaluation, bid: str, price: Fraction) -> str | None:
    marks = price_marks(lot.methodology.price, Fraction(30), {**lot.round.prices, bid: price})
    totals = {name: (lot.result(name).scored or Fraction(0)) + mark for name, mark in marks.items()}
    best = [name for name, total in totals.items() if total == max(totals.values())]
    return best[0] if len(best) == 1 else None


# ------------------------------------------------------------------------------------------------ formulas


def test_every_formula_of_the_catalogue_is_tried_or_said_why_not() -> None:
    found = other_formulas(evaluate_lot(cases.relative(), "adult"))
    assert {each.formula for each in found} == set(FORMULAS)
    assert [each.formula for each in found if not (each.first or each.why)] == []
    assert (found[0].formula, found[0].published, found[0].terms) == ("lowest_relative", True, "as published")


@pytest.mark.parametrize("formula", RELATIVE)
def test_another_formula_gives_what_publishing_it_would_have_given(formula: str) -> None:
    file = factories.tender_file(NAMES)
    [found] = [it for it in other_formulas(evaluate_lot(file, "adult")) if it.formula == formula]
    published = evaluate_lot(cases.with_method(file, price=PriceMethod(formula)), "adult")
    assert found.first == published.ranking.first


def test_a_formula_that_needs_a_published_figure_says_which() -> None:
    found = {it.formula: it.why for it in other_formulas(evaluate_lot(cases.relative(), "adult"))}
    assert found["target_deviation"] == "not published here: the price that earns all the marks"


# ---------------------------------------------------------------------------------------------- closed form


def test_only_the_lowest_price_matters_when_a_bid_is_left_out_under_lowest_price() -> None:
    rng = np.random.default_rng(2)
    for _ in range(200):
        quality, prices = rng.integers(20, 61, 6).astype(float), rng.integers(60, 120, 6).astype(float)
        order = np.argsort(-(quality + 40 * prices.min() / prices), kind="stable")
        quality, prices = quality[order], prices[order]
        found = pack.without_one(quality, prices, 40)
        for gone in range(1, 6):
            kept = np.delete(np.arange(6), gone)
            totals = quality[kept] + 40 * prices[kept].min() / prices[kept]
            assert totals[kept.tolist().index(found[gone - 1])] == pytest.approx(totals.max())
