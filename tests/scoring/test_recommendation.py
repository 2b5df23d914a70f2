"""Recommendations: winner, reserve and margin under the published lot limit, and what is left open."""

from dataclasses import replace
from fractions import Fraction

from scoring.figures import Rounding
from scoring.limits.allocation import LotLimit
from scoring.methodology import TieBreak
from scoring.recommendation import Evaluation, evaluate, standings
from scoring.tender_file import LotPreference, TenderFile
from tests import factories as make
from tests.scoring.test_evaluation import adult, priced, with_points

ONE_LOT = LotLimit("greatest_total_score", 1, lot_order=("adult", "children"))


def best_in_both() -> TenderFile:
    """Make a file in which Harbour Trust comes first in both lots."""
    file = with_points(make.tender_file(), "children-harbour", "delivery", 5)
    return with_points(file, "children-harbour", "workforce", 5)


def winners(evaluation: Evaluation) -> dict[str, str | None]:
    return {each.lot: each.winner.bid.id if each.winner else None for each in evaluation.recommendations}


def test_without_a_limit_the_best_bid_of_each_lot_is_recommended() -> None:
    evaluation = evaluate(best_in_both())
    assert winners(evaluation) == {"adult": "adult-harbour", "children": "children-harbour"}
    found = evaluation.recommendation("adult")
    assert found.reserve is not None
    assert (found.reserve.bid.id, found.margin) == ("adult-quayside", Fraction(316, 5) - Fraction(268, 5))
    assert found.reasons == ("Harbour Trust has the best total score of 3 ranked bids: 63.20.",)


def test_a_limit_of_one_lot_displaces_the_tenderer_best_in_both() -> None:
    evaluation = evaluate(replace(best_in_both(), lot_limit=ONE_LOT))
    assert evaluation.allocation is not None
    assert winners(evaluation) == {"adult": "adult-harbour", "children": "children-beacon"}
    assert {award.lot: award.tenderer for award in evaluation.allocation.without_limit} == {
        "adult": "harbour",
        "children": "harbour",
    }
    children = evaluation.recommendation("children")
    assert [(move.tenderer, move.awarded_to) for move in children.displaced] == [("harbour", "beacon")]
    assert children.reserve is None
    assert children.displaced[0].reason in children.reasons


def test_a_reserve_must_be_able_to_take_the_lot_under_the_limit() -> None:
    evaluation = evaluate(replace(best_in_both(), lot_limit=ONE_LOT))
    found = evaluation.recommendation("adult").reserve
    assert found is not None
    assert found.tenderer.id == "quayside"


def test_companies_of_one_group_share_one_limit() -> None:
    grouped = tuple(
        replace(org, group="Estuary Group") if org.id in ("harbour", "beacon") else org
        for org in best_in_both().organisations
    )
    evaluation = evaluate(replace(best_in_both(), lot_limit=ONE_LOT, organisations=grouped))
    assert winners(evaluation) == {"adult": "adult-quayside", "children": "children-harbour"}


def test_without_a_limit_a_lot_that_waits_leaves_the_others_alone() -> None:
    file = best_in_both()
    evaluation = evaluate(replace(file, agreed_scores=file.agreed_scores[1:]))
    assert winners(evaluation) == {"adult": None, "children": "children-harbour"}
    assert [finding.code for finding in evaluation.recommendation("adult").open_points] == ["not_agreed"]


def test_under_a_limit_a_lot_that_waits_holds_up_the_others_it_may_change() -> None:
    file = best_in_both()
    evaluation = evaluate(replace(file, agreed_scores=file.agreed_scores[1:], lot_limit=ONE_LOT))
    assert winners(evaluation) == {"adult": None, "children": None}
    assert [finding.code for finding in evaluation.recommendation("adult").open_points] == ["not_agreed"]
    assert [finding.code for finding in evaluation.recommendation("children").open_points] == ["allocation_waits"]


def test_a_tenderer_wins_no_more_than_it_said_it_can_take() -> None:
    can_take = (LotPreference("harbour", (), 1),)
    two = replace(ONE_LOT, maximum_lots=2)
    evaluation = evaluate(replace(best_in_both(), lot_limit=two, lot_preferences=can_take))
    assert winners(evaluation) == {"adult": "adult-harbour", "children": "children-beacon"}


def test_totals_ranked_as_rounded_are_allocated_as_rounded() -> None:
    """Quayside asks £900 a year more and has 62.6 to 63.2; in whole points both have 63, and its quality goes first."""
    file = make.tender_file(("adult-harbour", "adult-quayside", "children-harbour"))
    near = with_points(with_points(file, "adult-quayside", "delivery", 5), "adult-quayside", "social", 3)
    near = adult(
        priced(near, "adult-quayside", 290_900),
        rank_on="rounded",
        rounding=Rounding(0),
        tie_breaks=(TieBreak("highest_criterion", "delivery"), TieBreak("lowest_price")),
    )
    evaluation = evaluate(replace(near, lot_limit=ONE_LOT))
    assert [s.total for s in standings(evaluation.lot("adult"))] == [63, 63]
    assert winners(evaluation) == {"adult": "adult-quayside", "children": "children-harbour"}


def test_a_lot_with_nobody_left_says_so() -> None:
    evaluation = evaluate(make.tender_file(("children-harbour",)))
    assert [finding.code for finding in evaluation.recommendation("adult").open_points] == ["no_bid_left"]


def tied() -> TenderFile:
    file = with_points(make.tender_file(("adult-harbour", "adult-quayside")), "adult-quayside", "delivery", 5)
    return priced(with_points(file, "adult-quayside", "social", 3), "adult-quayside", 290_000)


def test_a_tie_for_first_place_beyond_the_list_recommends_nobody() -> None:
    evaluation = evaluate(tied())
    assert winners(evaluation) == {"adult": None, "children": None}
    assert [finding.code for finding in evaluation.recommendation("adult").open_points] == ["tie_unsettled"]


def test_a_tie_settled_by_the_list_is_named_in_the_reasons() -> None:
    settled = with_points(with_points(tied(), "adult-quayside", "workforce", 3), "adult-quayside", "social", 4)
    evaluation = evaluate(priced(settled, "adult-quayside", 276_000))
    assert winners(evaluation)["adult"] == "adult-harbour"
    assert evaluation.recommendation("adult").margin == 0
    assert evaluation.recommendation("adult").reasons[1] == (
        "A tie at 63.20 was settled by the published list, step “highest marks for quality”: "
        "Harbour Trust 55.20; Quayside Trust 50.40."
    )


def test_the_tie_break_title_names_the_criterion() -> None:
    by_criterion = adult(
        priced(
            with_points(with_points(tied(), "adult-quayside", "workforce", 3), "adult-quayside", "social", 4),
            "adult-quayside",
            276_000,
        ),
        tie_breaks=(TieBreak("highest_criterion", "workforce"),),
    )
    (tie,) = evaluate(by_criterion).lot("adult").ranking.ties_broken
    assert tie.rule == "highest marks for “Who delivers it”"
