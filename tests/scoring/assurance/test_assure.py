"""The whole assurance of a lot: what it holds, what it says where nothing can be tested, that it changes nothing."""

from __future__ import annotations

import pickle
from dataclasses import replace
from decimal import Decimal

import pytest

from exports.reports.assurance_charts import assurance_charts
from scoring.assurance.assure import Assurance, assure
from scoring.assurance.parts import INTRODUCTION, LABEL, parts
from scoring.formulas import PriceMethod
from scoring.recommendation import Evaluation
from tests import factories
from tests.scoring.assurance.cases import judged, priced, relative, with_method, with_points

DRAWS = 4096


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    return judged()


@pytest.fixture(scope="module")
def adult(evaluation: Evaluation) -> Assurance:
    return assure(evaluation, "adult", draws=DRAWS)


def keys(found: Assurance) -> list[str]:
    return [part.key for part in parts(found)]


def test_the_same_evaluation_gives_the_same_value(evaluation: Evaluation, adult: Assurance) -> None:
    assert assure(evaluation, "adult", draws=DRAWS) == adult


def test_assurance_leaves_the_evaluation_as_it_was() -> None:
    untouched, tested = judged(), judged()
    before = pickle.dumps((tested.recommendations, tested.lot("adult").round.totals))
    assure(tested, "adult", draws=DRAWS)
    assert pickle.dumps((tested.recommendations, tested.lot("adult").round.totals)) == before
    assert tested.recommendations == untouched.recommendations


def test_it_knows_who_is_first_and_who_comes_behind(adult: Assurance) -> None:
    assert [name for _, name in adult.bids] == ["Harbour Trust", "Quayside Trust", "Beacon Trust"]
    assert [row.name for row in adult.margins] == ["Quayside Trust", "Beacon Trust"]


def test_every_part_has_a_title_a_sentence_and_even_tables(adult: Assurance) -> None:
    found = parts(adult)
    assert keys(adult) == ["margin", "scores", "panel", "weights", "together", "chance", "bids", "formulas"]
    assert [part.key for part in found if not part.title or not part.sentence.endswith(".")] == []
    uneven = [table.caption for part in found for table in part.tables for row in table.rows
              if len(row) != len(table.columns)]  # fmt: skip
    assert uneven == []


def test_it_says_of_itself_what_it_is_not() -> None:
    assert "not part of the award method" in LABEL
    assert "nothing here changes a score, a rank or the award" in INTRODUCTION


# ------------------------------------------------------------------------------------- nothing to test


def test_a_lot_that_waits_says_so() -> None:
    file = factories.tender_file()
    found = assure(judged(replace(file, agreed_scores=file.agreed_scores[1:])), "adult")
    assert keys(found) == ["none"]
    assert parts(found)[0].sentence == "The lot is not ranked yet, so there is no result to test."


def test_a_lot_without_bids_says_so() -> None:
    found = assure(judged(factories.tender_file(("children-harbour",))), "adult")
    assert parts(found)[0].sentence == "No bid is left in this lot, so there is no result to test."


def test_an_unsettled_tie_says_so() -> None:
    names = ("adult-harbour", "adult-quayside")
    level = {(name, criterion): 3 for name in names for criterion in ("delivery", "workforce", "social")}
    file = priced(with_points(factories.tender_file(names), level), dict.fromkeys(names, 280_000))
    found = assure(judged(file), "adult")
    assert parts(found)[0].sentence == (
        "The first place is a tie that the published list does not settle: there is no single result to test."
    )


def test_a_single_bid_has_no_weights_to_fear() -> None:
    found = assure(judged(factories.tender_file(("adult-harbour",))), "adult", draws=DRAWS)
    said = {part.key: part.sentence for part in parts(found)}
    assert said["margin"] == "Harbour Trust is the only bid ranked, so nobody is behind it."
    assert said["weights"] == "Only one bid is ranked: no change of the weights could put another first."
    assert said["bids"].startswith("There is no losing bid to leave out.")


def test_a_whole_method_has_no_weights_but_everything_else() -> None:
    file = with_method(factories.tender_file(), price=PriceMethod("price_per_quality_point"))
    criteria = tuple(replace(it, weight=Decimal(50)) for it in factories.criteria()[:2])
    found = assure(judged(with_method(file, criteria=criteria)), "adult", draws=DRAWS)
    said = {part.key: part.sentence for part in parts(found)}
    assert said["weights"].startswith("This lot is ranked by a whole method")
    assert said["formulas"].startswith("The published method shares out no weight for price")
    assert list(said) == ["margin", "scores", "panel", "weights", "bids", "formulas"]


def test_a_first_place_settled_by_a_tie_break_is_said_to_be_that_close() -> None:
    names = ("adult-harbour", "adult-quayside")
    level = {(name, criterion): 4 for name in names for criterion in ("delivery", "workforce", "social")}
    level |= {("adult-harbour", "delivery"): 5, ("adult-harbour", "workforce"): 1}
    even = with_method(with_points(factories.tender_file(names), level), criteria=_even())
    found = assure(judged(priced(even, dict.fromkeys(names, 280_000))), "adult", draws=DRAWS)
    assert found.winner == "Harbour Trust"
    assert parts(found)[0].sentence.endswith("the published list of tie-breaks decided.")
    assert found.weights is not None
    assert (found.weights.radius.percent, found.weights.around.stays[0][1] < 1) == (0, True)


def _even():  # type: ignore[no-untyped-def]
    quality, social, price = factories.criteria()
    delivery, workforce = quality.parts
    parts_ = (replace(delivery, weight=Decimal(75)), replace(workforce, weight=Decimal(25), minimum=None))
    return replace(quality, parts=parts_), social, price


def test_a_lot_judged_on_price_alone_has_one_weight_that_cannot_move() -> None:
    only = (replace(factories.criteria()[2], weight=Decimal(100)),)
    found = assure(judged(with_method(relative(), criteria=only, tie_breaks=())), "adult", draws=DRAWS)
    said = {part.key: part.sentence for part in parts(found)}
    assert found.winner == "Quayside Trust"
    assert said["together"] == "Whatever weights all the criteria had together, Quayside Trust would still come first."
    assert said["scores"].startswith("No criterion of this lot is scored by the panel")
    assert len(assurance_charts(found)) == 3


def test_relative_prices_are_tested_with_one_more_bid() -> None:
    found = assure(judged(relative()), "adult", draws=DRAWS)
    assert found.bidders is not None
    assert found.bidders.extra.applies
