"""A rehearsal's counts: cases worked by hand, formulas that reverse and those that cannot, and the golden digest."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256

import pytest

from lots.errors import ProcurementError
from scoring.criteria import Criterion
from scoring.formulas import PriceMethod
from scoring.rehearsal import counts
from scoring.rehearsal.outcome import Rehearsal
from scoring.rehearsal.report import rehearse
from scoring.rehearsal.settings import PriceSpread, RehearsalError, ScoreSpread
from scoring.rehearsal.trial import trials
from scoring.rehearsal.words import percent
from scoring.tender_file import TenderFile
from tests.scoring.rehearsal.cases import by, many_criteria, ready, rules, whole

WIDE = PriceSpread(40, 100)
TOP = ScoreSpread((0, 0, 0, 0, 0, 1))  # everybody earns the top level


def held(file: TenderFile, seed: int = 1, **settings: object) -> Rehearsal:
    return rehearse(file, "adult", seed=seed, **settings)  # type: ignore[arg-type]


def count(found: Rehearsal, name: str) -> tuple[int, int]:
    measure = next(measure for measure in found.measures if measure.id == name)
    return measure.count, measure.of


# --- the same seed ------------------------------------------------------------------------------------------

GOLDEN = "e6a484cfb7990973692d1d2aa65dc351076db4eeb4a777247dcb57afdec6db41"


def test_the_same_seed_finds_the_same_to_the_last_digit_on_any_machine() -> None:
    found = held(by("lowest_relative"), seed=2024)
    assert found == held(by("lowest_relative"), seed=2024)
    figures = [f"{it.id} {it.count}/{it.of}" for it in found.measures]
    figures += [f"{row.bid} {row.price.plain()} {row.scored} {row.total} {row.rank}" for row in found.first_round]
    figures += [
        f"{it.criterion} {it.spread and (it.spread.least, it.spread.mean, it.spread.most)}" for it in found.criteria
    ]
    assert sha256("\n".join(figures).encode()).hexdigest() == GOLDEN


def test_another_seed_makes_other_bids() -> None:
    assert held(rules(), seed=1, rounds=2).first_round != held(rules(), seed=2, rounds=2).first_round


def test_two_lots_are_rehearsed_on_bids_of_their_own() -> None:
    adult, children = (rehearse(rules(), lot, seed=1, rounds=2) for lot in ("adult", "children"))
    assert [row.scored for row in adult.first_round] != [row.scored for row in children.first_round]


# --- worked by hand -----------------------------------------------------------------------------------------


def test_equal_bids_are_all_tied_and_the_list_settles_nothing() -> None:
    """Every score is the top level and every price the whole budget: all totals are 70 + 0."""
    same = {"spread": PriceSpread(100, 100), "scores": TOP}
    found = held(by("linear_fixed", floor="450000", ceiling="900000"), rounds=4, bids=3, **same)
    assert [row.total for row in found.first_round] == [70, 70, 70]
    assert [row.rank for row in found.first_round] == [1, 1, 1]
    assert count(found, "tied") == count(found, "tied_first") == (4, 4)
    assert count(found, "settled_first") == (0, 4)
    assert count(found, "decided_by_price") == count(found, "close") == (0, 0)
    assert found.price_spread is not None
    assert (found.price_spread.least, found.price_spread.most, found.price_spread.rounds) == (0, 0, 4)
    assert [(band.start, band.end, band.bids, band.winners) for band in found.bands] == [(70, 75, 12, 0)]
    assert "rehearsal_ties_unsettled" in {finding.code for finding in found.findings}


def test_with_equal_scores_the_tie_break_list_may_settle_by_price_what_quality_leaves_tied() -> None:
    """Under a fixed price there are no price marks; equal scores tie, and the lowest price cannot tell them apart."""
    found = held(by("fixed_price", price="810000"), rounds=3, scores=TOP)
    assert {row.price.pence for row in found.first_round} == {81_000_000}
    assert count(found, "settled_first") == (0, 3)


def test_with_equal_scores_the_cheapest_wins_and_no_better_bid_was_passed_over() -> None:
    found = held(by("lowest_relative"), rounds=30, spread=WIDE, scores=TOP)
    assert count(found, "decided_by_price") == (0, 30)
    assert count(found, "reversals") == (0, 30)
    assert found.first_round[0].price == min(row.price for row in found.first_round)
    assert {row.scored for row in found.first_round} == {70}


def test_price_decides_where_the_best_bid_for_everything_else_does_not_win() -> None:
    lot = ready(by("lowest_relative"), seed=5, prices=WIDE, rounds=50)
    found = held(by("lowest_relative"), seed=5, spread=WIDE, rounds=50)
    passed_over = 0
    for trial in trials(lot):
        best = max(trial.marking.scored[bid.id] for bid in trial.still_in)
        top = max(trial.still_in, key=lambda bid, trial=trial: trial.round.totals[bid.id])  # type: ignore[misc]
        passed_over += trial.marking.scored[top.id] != best
    assert count(found, "decided_by_price") == (passed_over, 50)
    assert passed_over > 0


def test_the_price_spread_of_a_fixed_line_is_the_range_of_prices_over_its_length() -> None:
    """Prices from 80 % to 100 % on a line from 50 % to 100 % of the budget use at most 20 ÷ 50 of the weight."""
    found = held(by("linear_fixed", floor="450000", ceiling="900000"), rounds=50)
    used = found.price_spread
    assert used is not None
    assert 0 < used.least < used.mean < used.most < Fraction(2, 5)
    first = [row.price.pence for row in found.first_round if row.rank]
    alone = held(by("linear_fixed", floor="450000", ceiling="900000"), rounds=1).price_spread
    assert alone is not None
    assert alone.mean == Fraction(max(first) - min(first), 45_000_000)


# --- reversals ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("formula", ["lowest_relative", "linear_min_max", "mean_deviation"])
def test_a_formula_that_depends_on_rivals_shows_reversals_with_the_first_in_figures(formula: str) -> None:
    found = held(by(formula), seed=3, spread=WIDE, rounds=300)
    turned, of = count(found, "reversals")
    assert 0 < turned < of
    case = found.reversal
    assert case is not None
    assert case.removed not in (case.before, case.after)
    assert case.with_it[0].bid == case.before
    assert case.without_it[0].bid == case.after
    assert case.removed not in {row.bid for row in case.without_it}
    before = {row.bid: row for row in case.with_it}
    assert all(row.price == before[row.bid].price for row in case.without_it)
    assert all(row.scored == before[row.bid].scored for row in case.without_it)
    assert f"Take out bid {case.removed}" in case.sentence


FIXED = [
    by("linear_fixed", floor="450000", ceiling="900000"),
    by("target_deviation", target="800000"),
    by("fixed_price", price="870000"),
    whole("price_per_quality_point"),
    whole("monetised_quality", value="200000"),
    whole("price_markup", maximum_percent="40"),
    whole("reference_value"),
]


@pytest.mark.parametrize("file", FIXED, ids=lambda file: file.methodologies[0].price.formula)
def test_a_formula_that_looks_at_one_bid_alone_shows_exactly_none(file: TenderFile) -> None:
    found = held(file, seed=3, spread=WIDE, rounds=100)
    assert count(found, "reversals")[0] == 0
    assert found.reversal is None
    assert not found.depends_on_rivals


def test_the_rest_of_a_reversed_round_really_ranks_the_other_way() -> None:
    lot = ready(by("linear_min_max"), seed=3, prices=WIDE, rounds=300)
    trial, (removed, after) = next(
        (trial, gone) for trial in trials(lot) if (gone := counts.reversed_by(lot, trial)) is not None
    )
    assert set(after.totals) == set(trial.round.totals) - {removed}
    assert after.ranking.first != trial.winner


# --- minimums -----------------------------------------------------------------------------------------------


def test_a_minimum_nobody_reaches_leaves_every_round_without_an_award() -> None:
    found = held(rules(), scores=ScoreSpread((1, 0, 0, 0, 0, 0)), rounds=20, bids=3)
    assert count(found, "unawardable") == (20, 20)
    assert [(it.title, it.bids, it.of, it.share) for it in found.missed] == [
        ("Who delivers it: at least 2 points", 60, 60, 1)
    ]
    assert found.price_spread is None
    assert found.bands == ()
    assert {finding.code for finding in found.findings} >= {"rehearsal_unawardable", "rehearsal_minimum_excludes"}
    assert found.summary == "0 of 20 rounds (0 %) had one winner; 60 of 60 bids fell out."


def test_a_minimum_everybody_reaches_is_listed_with_nought() -> None:
    found = held(rules(minimum_quality=Decimal(50)), scores=TOP, rounds=5)
    assert [(it.place, it.bids) for it in found.missed] == [("workforce", 0), ("all scored criteria together", 0)]


def test_a_price_that_no_formula_can_judge_is_counted_under_its_own_name() -> None:
    found = held(whole("reduced_price", maximum_share="0.1"), scores=TOP, rounds=2)
    assert [(it.title, it.bids) for it in found.missed if it.stage == "ceiling"] == [
        ("A price or score that the formula cannot judge", 10)
    ]


# --- the shape of the answer --------------------------------------------------------------------------------


def test_a_whole_method_has_no_price_marks_and_nothing_close() -> None:
    found = held(whole("price_per_quality_point"), rounds=10)
    assert found.whole_method
    assert found.price_spread is None
    assert found.bands == ()
    assert found.measure("close") is None
    assert [each.criterion for each in found.criteria] == ["delivery", "workforce", "social"]


def test_every_criterion_says_how_much_of_its_weight_told_bids_apart() -> None:
    found = held(rules(), rounds=150, scores=ScoreSpread((0, 0, 0, 1, 1, 0), alike=0))
    assert [(each.criterion, each.weight) for each in found.criteria] == [
        ("delivery", 36), ("workforce", 24), ("social", 10), ("price", 30),
    ]  # fmt: skip
    scored = [each.spread for each in found.criteria if each.criterion != "price"]
    assert all(it is not None and (it.least, it.most) == (0, Fraction(1, 5)) for it in scored)


def test_the_bands_hold_every_ranked_bid_and_every_winner_once() -> None:
    found = held(rules(), rounds=40)
    fallen = sum(it.bids for it in found.missed)
    assert sum(band.bids for band in found.bands) == 200 - fallen
    assert sum(band.winners for band in found.bands) == 40
    assert [band.end for band in found.bands[:-1]] == [band.start for band in found.bands[1:]]


def test_nothing_in_the_answer_is_a_binary_fraction() -> None:
    assert "float" not in kinds_in(held(by("lowest_relative"), spread=WIDE, rounds=60))


def kinds_in(value: object) -> set[str]:
    if isinstance(value, tuple | list):
        return {kind for each in value for kind in kinds_in(each)}
    if hasattr(value, "__dataclass_fields__"):
        return {kind for each in vars(value).values() for kind in kinds_in(each)}
    return {type(value).__name__}


def test_five_hundred_criteria_are_rehearsed_like_five() -> None:
    found = held(rules(criteria=many_criteria(500), tie_breaks=()), rounds=20)
    assert len(found.criteria) == 501
    assert all(each.spread is not None for each in found.criteria)


def test_weights_too_long_for_the_machine_are_added_in_fractions() -> None:
    parts = (
        Criterion("fine", "Fine", Decimal("33.33333333333333333333"), "quality", scale="0-5"),
        Criterion("rest", "Rest", Decimal("36.66666666666666666667"), "quality", scale="0-5"),
        Criterion("price", "Price", Decimal(30), "price"),
    )
    found = held(rules(criteria=parts, tie_breaks=()), rounds=3)
    assert all(0 <= row.scored <= 70 for row in found.first_round)


# --- refusals -----------------------------------------------------------------------------------------------

UNFIT = [
    ({"bids": 1}, "bids"),
    ({"bids": 21}, "bids"),
    ({"rounds": 0}, "rounds"),
    ({"rounds": 1000, "bids": 20}, "rounds"),
    ({"seed": -1}, "seed"),
    ({"spread": PriceSpread(100, 80)}, "lowest"),
    ({"spread": PriceSpread(0, 80)}, "lowest"),
    ({"spread": PriceSpread(80, 201)}, "highest"),
    ({"scores": ScoreSpread((0, 0))}, "weights"),
    ({"scores": ScoreSpread((1,))}, "weights"),
    ({"scores": ScoreSpread((1, -1))}, "weights"),
    ({"scores": ScoreSpread(alike=101)}, "alike"),
]


@pytest.mark.parametrize(("settings", "place"), UNFIT)
def test_a_setting_out_of_range_is_refused_at_its_own_place(settings: dict[str, object], place: str) -> None:
    with pytest.raises(RehearsalError) as refused:
        held(rules(), **settings)
    assert [finding.place for finding in refused.value.findings] == [place]


def unready() -> list[tuple[TenderFile, str]]:
    file = rules()
    adult, children = file.tender.lots
    tender = file.tender
    return [
        (replace(file, methodologies=()), "rehearsal_no_methodology"),
        (replace(file, tender=replace(tender, lots=(replace(adult, term=None), children))), "rehearsal_no_term"),
        (replace(file, tender=replace(tender, lots=(replace(adult, route="grant"), children))),
         "rehearsal_not_a_contract"),
        (replace(file, scales=()), "scale_unknown"),
        (replace(file, scales=(replace(file.scales[0], levels=file.scales[0].levels[:1]),)), "scale_too_short"),
        (rules(criteria=many_criteria(4)[:1]), "weights_do_not_close"),
        (rules(price=PriceMethod("linear_fixed")), "price_parameter_missing"),
        (rules(price=PriceMethod("by_the_moon")), "price_formula_unknown"),
    ]  # fmt: skip


@pytest.mark.parametrize(("file", "code"), unready(), ids=lambda it: it if isinstance(it, str) else "")
def test_a_lot_that_is_not_ready_is_refused_and_says_what_it_lacks(file: TenderFile, code: str) -> None:
    with pytest.raises(RehearsalError) as refused:
        held(file)
    assert code in {finding.code for finding in refused.value.findings}
    assert isinstance(refused.value, ProcurementError)


def test_an_unknown_lot_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        rehearse(rules(), "nowhere", seed=1)


def test_a_share_is_never_rounded_to_all_or_nothing() -> None:
    assert [percent(Fraction(*it)) for it in ((0, 1), (1, 3000), (1, 3), (2999, 3000), (1, 1))] == [
        "0 %", "under 0.1 %", "33.3 %", "over 99.9 %", "100 %",
    ]  # fmt: skip
