"""What the page of a lot says: what is open and where it is mended, ties, minimums, names in the place of ids."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from scoring.recommendation import evaluate
from scoring.tender_file import TenderFile
from tests import factories
from workbench.queries.awards.lot_page import OpenPoint, lot_page, named
from workbench.queries.awards.matrix_rows import NOTHING, rows

NAMES = {"b-1": "Harbour Trust", "b-12": "Beacon Trust"}


def open_points(file: TenderFile, lot: str = "adult") -> list[tuple[str, str, str]]:
    return [(each.page, each.bid, each.lot) for each in lot_page(evaluate(file), lot).open_points]


def without_price(consequence: str) -> TenderFile:
    file = factories.tender_file()
    bids = tuple(replace(it, prices=(), split=None) if it.id == "adult-beacon" else it for it in file.bids)
    methods = tuple(replace(it, over_ceiling=consequence) for it in file.methodologies)
    return replace(file, bids=bids, methodologies=methods)


def test_prices_that_are_shut_are_opened_on_the_page_of_the_opening() -> None:
    file = factories.tender_file()
    shut = replace(file, bids=tuple(replace(it, prices=(), split=None) for it in file.bids), prices_shut=True)
    page = lot_page(evaluate(shut), "adult")
    assert [each.page for each in page.open_points] == ["opening"]
    assert (page.ranking, page.prices, page.summary.winner) == ((), (), "")


def test_a_bid_without_a_price_is_decided_about_on_its_own_page() -> None:
    assert open_points(without_price("clarify")) == [("bid", "adult-beacon", "")]


def test_a_bid_that_the_rules_reject_stands_among_those_that_are_out_without_an_effect() -> None:
    [out] = lot_page(evaluate(without_price("reject")), "adult").out
    assert (out.tenderer, out.stage, out.effect) == ("Beacon Trust", "admission", None)
    assert out.reasons[0].startswith("The bid gives no price")


def test_a_missing_score_is_named_by_the_tenderer_and_not_by_an_id() -> None:
    file = factories.tender_file()
    some = tuple(it for it in file.agreed_scores if (it.bid, it.criterion) != ("adult-beacon", "social"))
    [point] = lot_page(evaluate(replace(file, agreed_scores=some)), "adult").open_points
    said = "“Social value” of the bid of Beacon Trust has no agreed score yet: moderate it"
    assert point == OpenPoint(said, "scores", "adult-beacon", "")


def test_names_stand_for_ids_and_the_longest_id_is_meant() -> None:
    said = named("Bid b-1 and bid “b-12” are equal: b-12 wins; xb-1 stays", NAMES)
    assert said == (
        "The bid of Harbour Trust and the bid of Beacon Trust are equal: Beacon Trust wins; xb-1 stays"
    )  # fmt: skip


def test_a_tie_that_the_list_does_not_settle_names_the_tenderers() -> None:
    names = ("adult-harbour", "adult-quayside")
    one = factories.bid(names[0])
    assert one.split is not None
    split = replace(one.split, payments=tuple(replace(it, payer="quayside") for it in one.split.payments))
    parties = (replace(one.parties[0], organisation="quayside"), *one.parties[1:])
    agreed = tuple(
        replace(factories.agreed(name, criterion), points=Decimal(value))
        for name in names
        for criterion, value in factories.POINTS[names[0]].items()
    )
    twins = (one, replace(one, id=names[1], parties=parties, split=split))
    page = lot_page(evaluate(factories.tender_file(names, bids=twins, agreed_scores=agreed)), "adult")
    assert page.ties == ("Harbour Trust and Quayside Trust are equal, and the published list does not settle it.",)
    assert [each.text[:14] for each in page.open_points] == ["The first plac"]


def test_the_matrix_adds_up_and_leaves_a_dash_where_nothing_was_worked_out() -> None:
    lot = evaluate(without_price("reject")).lot("adult")
    found = {row.anchor: [cell.text for cell in row.cells] for row in rows(lot, lot.results)}
    assert found["n-quality"] == ["55.20", "40.80", NOTHING]
    assert [len(row.cells) for row in rows(lot, lot.results)] == [3] * len(found)
    assert found["total"] == ["63.20", "53.60", NOTHING]


def test_the_published_minimums_are_listed() -> None:
    assert lot_page(evaluate(factories.tender_file()), "adult").minimums == ("“Who delivers it”: at least 2 points",)
