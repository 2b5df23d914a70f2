"""Allocating lots under a published limit, against complete enumeration and the properties each rule promises."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lots.money import Money
from scoring.limits.allocation import LimitError, LotLimit, Standing, UnsettledTieError, allocate

LOTS = tuple(f"Lot {n}" for n in range(1, 9))


def standings(text):
    """Read lines such as ``North: A 90 500, B 88 505`` (points, price in pounds), best rank first."""
    found = []
    for line in text.strip().splitlines():
        lot, bids = line.split(":")
        for rank, bid in enumerate(bids.split(","), 1):
            tenderer, points, price = bid.split()
            found.append(Standing(lot.strip(), tenderer, Fraction(points), rank, Money.parse(price)))
    return found


def winners(awards):
    return {award.lot: award.tenderer for award in awards}


TWO_LOTS = standings("""
    North: A 90 500000, B 88 505000
    South: A 85 400000, B 60 520000
""")


def two_lots(rule, **declared):
    return allocate(LotLimit(rule, maximum_lots=1, lot_order=("North", "South")), TWO_LOTS, **declared)


def test_awarding_in_lot_order_loses_23_points_and_115000_pounds_against_the_greatest_total():
    """The smallest case; optimum by complete enumeration: 173 points and £905,000 against 150 and £1,020,000."""
    sequential, best = two_lots("lot_order"), two_lots("greatest_total_score")
    assert winners(sequential.awards) == {"North": "A", "South": "B"}
    assert winners(best.awards) == {"North": "B", "South": "A"}
    assert (sequential.total, best.total, best.total_without_limit) == (150, 173, 175)
    assert [sum(a.price.pence for a in result.awards) for result in (sequential, best)] == [
        102_000_000,
        90_500_000,
    ]
    assert best.in_lot_order == sequential.awards
    assert (best.proof.method, best.proof.proved, best.proof.unique) == ("assignment", True, True)
    assert (best.proof.objective, best.proof.bound, best.proof.second_best) == (173, 173, (2, 150))


def test_every_displacement_names_the_limit_that_binds_with_its_figures():
    [moved] = two_lots("greatest_total_score").displaced
    assert (moved.lot, moved.tenderer, moved.awarded_to, moved.lost) == ("North", "A", "B", 2)
    assert moved.reason == (
        "A may win at most 1 lot and is awarded South; North passes to B (rank 2, 88.00 marks against 90.00)."
    )


def test_a_limit_in_pounds_is_explained_in_pounds():
    limit = LotLimit("lot_order", maximum_spend=Money.pounds(899_999), lot_order=("North", "South"))
    result = allocate(limit, TWO_LOTS)
    assert [moved.reason for moved in result.displaced] == [
        "A may win bids of at most £899,999 in all and is awarded North (£500,000): £900,000 with South; "
        "South passes to B (rank 2, 60.00 marks against 85.00)."
    ]
    assert not allocate(
        LotLimit("lot_order", maximum_spend=Money.pounds(900_000), lot_order=("North", "South")), TWO_LOTS
    ).displaced


def test_a_tenderer_keeps_the_lot_it_prefers_most():
    prefers_south = two_lots("tenderer_preference", preferences={"A": ("South", "North")})
    prefers_north = two_lots("tenderer_preference", preferences={"A": ("North", "South")})
    assert winners(prefers_south.awards) == {"North": "B", "South": "A"}
    assert winners(prefers_north.awards) == {"North": "A", "South": "B"}


def test_a_preference_that_leaves_out_a_lot_is_said_and_the_lot_counts_last():
    result = two_lots("tenderer_preference", preferences={"A": ("South",), "B": ("North", "South")})
    assert winners(result.awards) == {"North": "B", "South": "A"}
    assert [(finding.code, finding.place) for finding in result.findings] == [("preference_omits_lot", "A")]


def test_declared_capacity_binds_like_a_limit():
    limit = LotLimit("lot_order", lot_order=("North", "South"))
    result = allocate(limit, TWO_LOTS, capacity={"A": 1})
    assert winners(result.awards) == {"North": "A", "South": "B"}
    assert result.displaced[0].reason.startswith("A declared that it can take at most 1 lot and is awarded North;")


def test_companies_of_one_group_count_as_one():
    bids = standings("""
        North: A1 90 1, B 80 1
        South: A2 90 1, B 70 1
    """)
    limit = LotLimit("greatest_total_score", maximum_lots=1, lot_order=("North", "South"))
    result = allocate(limit, bids, counts_as={"A1": "A Group", "A2": "A Group"})
    assert winners(result.awards) == {"North": "B", "South": "A2"}
    assert result.displaced[0].reason.startswith(
        "A Group (for which A1 counts) may win at most 1 lot and is awarded South;"
    )


def test_a_partner_named_in_two_bids_counts_in_both():
    bids = [
        Standing("North", "A", Fraction(90), 1, Money(1), ("P",)),
        Standing("North", "C", Fraction(50), 2, Money(1)),
        Standing("South", "B", Fraction(80), 1, Money(1), ("P",)),
        Standing("South", "D", Fraction(70), 2, Money(1)),
    ]
    result = allocate(LotLimit("greatest_total_score", maximum_lots=1, lot_order=("North", "South")), bids)
    assert winners(result.awards) == {"North": "A", "South": "D"}
    assert result.proof.method == "enumeration"


def test_a_lot_that_nobody_may_win_is_left_with_the_reason():
    bids = standings("""
        North: A 90 1
        South: A 80 1
    """)
    result = allocate(LotLimit("lot_order", maximum_lots=1, lot_order=("North", "South", "East")), bids)
    assert winners(result.awards) == {"North": "A", "South": None, "East": None}
    assert [finding.message for finding in result.findings] == [
        "South is not awarded: A may win at most 1 lot and is awarded North.",
        "East is not awarded: it has no admitted bid.",
    ]


@pytest.mark.parametrize("rule", ["lot_order", "tenderer_preference", "greatest_total_score"])
def test_lots_without_any_bid_are_reported_and_nothing_breaks(rule):
    result = allocate(LotLimit(rule, maximum_lots=1, lot_order=("North",)), [])
    assert (winners(result.awards), result.total, result.displaced) == ({"North": None}, 0, ())
    assert [finding.code for finding in result.findings] == ["lot_without_bid"]
    assert allocate(LotLimit(rule, maximum_spend=None, lot_order=()), []).awards == ()
    assert allocate(None, []).awards == ()


def test_totals_below_zero_are_added_up_like_any_other():
    bids = standings("""
        North: A -5 1, B -6 1
        South: A -1 1, B -9 1
    """)
    result = allocate(LotLimit("greatest_total_score", maximum_lots=1, lot_order=("North", "South")), bids)
    assert (winners(result.awards), result.total) == ({"North": "B", "South": "A"}, -7)


def test_most_lots_come_before_the_greatest_total():
    bids = standings("""
        North: A 90 1, B 10 1
        South: A 20 1
    """)
    result = allocate(LotLimit("greatest_total_score", maximum_lots=1, lot_order=("North", "South")), bids)
    assert (winners(result.awards), result.total) == ({"North": "B", "South": "A"}, 30)


def test_equal_sums_are_settled_by_the_published_order_of_lots():
    bids = standings("""
        North: A 90 1, B 80 1
        South: A 70 1, B 60 1
    """)
    for order in (("North", "South"), ("South", "North")):
        result = allocate(LotLimit("greatest_total_score", maximum_lots=1, lot_order=order), bids)
        assert winners(result.awards) == {order[0]: "A", order[1]: "B"}
        assert (result.proof.unique, result.proof.second_best) == (False, (2, 150))


def test_a_tie_that_decides_an_award_is_refused_and_one_that_does_not_is_no_matter():
    tied = [Standing("North", name, Fraction(80), 1, Money(1)) for name in ("A", "B")]
    with pytest.raises(UnsettledTieError, match=r"In North A and B share rank 1"):
        allocate(None, tied)
    below = [Standing("North", "C", Fraction(90), 1, Money(1))]
    below += [Standing("North", name, Fraction(80), 2, Money(1)) for name in ("A", "B")]
    assert winners(allocate(None, below).awards) == {"North": "C"}


@pytest.mark.parametrize(
    ("limit", "code"),
    [
        (LotLimit("lot_order", maximum_lots=0, lot_order=("North", "South")), "maximum_lots_too_small"),
        (
            LotLimit("lot_order", maximum_spend=Money(0), lot_order=("North", "South")),
            "maximum_spend_too_small",
        ),
        (LotLimit("lot_order", maximum_lots=1, lot_order=("North",)), "lot_order_incomplete"),
        (LotLimit("lot_order", maximum_lots=1, lot_order=("North", "South", "North")), "lot_order_twice"),
        (LotLimit("tenderer_preference", maximum_lots=1), "lot_order_missing"),
        (LotLimit("tenderer_preference", None, Money(9), ("North", "South")), "spend_by_preference"),
    ],
)
def test_a_limit_that_cannot_be_applied_is_refused_by_name(limit, code):
    with pytest.raises(LimitError) as refused:
        allocate(limit, TWO_LOTS)
    assert {finding.code for finding in refused.value.findings} == {code}


def test_ranks_that_run_against_totals_cannot_be_added_up():
    cheaper_is_better = [
        Standing("North", "A", Fraction(10), 1, Money(1)),
        Standing("North", "B", Fraction(20), 2, Money(1)),
    ]
    with pytest.raises(LimitError, match="more is better"):
        allocate(LotLimit("greatest_total_score", maximum_lots=1, lot_order=("North",)), cheaper_is_better)


def test_the_rule_to_publish_states_the_limit_and_the_order_of_decisions():
    words = LotLimit("greatest_total_score", 2, Money.pounds(900_000)).words()
    assert words.startswith("One tenderer may win at most 2 lots and bids of £900,000 in all. As many lots as possible")


def test_totals_too_fine_for_a_float_are_still_decided_exactly():
    """Two allocations 1e-40 apart: floats cannot tell them from equal, the proof in fractions can."""
    tiny = Fraction(1, 10**40)
    for sign in (1, -1):
        north_a = Fraction(90) + sign * tiny
        bids = [
            Standing("North", "A", north_a, 1, Money(1)),
            Standing("North", "B", Fraction(80), 2, Money(1)),
            Standing("South", "A", Fraction(70), 1, Money(1)),
            Standing("South", "B", Fraction(60), 2, Money(1)),
        ]
        result = allocate(LotLimit("greatest_total_score", maximum_lots=1, lot_order=("South", "North")), bids)
        assert result.proof.unique
        assert winners(result.awards)["North"] == ("A" if sign > 0 else "B")
        assert result.total == (150 + tiny if sign > 0 else 150)


# --- what each rule promises


@st.composite
def tenders(draw):
    """Draw standings of up to 5 lots and 6 tenderers, a limit in lots, preferences, capacities and groups."""
    lots = LOTS[: draw(st.integers(1, 5))]
    names = "ABCDEF"[: draw(st.integers(1, 6))]
    bids = []
    for lot in lots:
        entrants = draw(st.permutations(names))[: draw(st.integers(0, len(names)))]
        scores = sorted((draw(st.integers(0, 400)) for _ in entrants), reverse=True)
        for rank, (name, score) in enumerate(zip(entrants, scores, strict=True), 1):
            bids.append(Standing(lot, name, Fraction(score, 3), rank, Money(draw(st.integers(1, 900)))))
    wishes = {name: tuple(draw(st.permutations(lots))) for name in names}
    capacity = {name: draw(st.integers(1, 3)) for name in names if draw(st.booleans())}
    return draw(st.permutations(lots)), bids, draw(st.integers(1, 3)), wishes, capacity


def under(rule, tender, **changes):
    order, bids, most, wishes, capacity = tender
    limit = LotLimit(rule, changes.get("most", most), changes.get("spend"), tuple(changes.get("order", order)))
    return allocate(limit, changes.get("bids", bids), wishes, changes.get("capacity", capacity))


def worth(awards):
    totals = [award.total for award in awards if award.tenderer is not None]
    return len(totals), sum(totals, Fraction(0))


RULES = ("lot_order", "tenderer_preference", "greatest_total_score")


@settings(max_examples=60, deadline=None)
@given(tenders(), st.sampled_from(RULES), st.randoms())
def test_the_order_in_which_bids_are_given_changes_nothing(tender, rule, random):
    shuffled = list(tender[1])
    random.shuffle(shuffled)
    assert under(rule, tender, bids=shuffled) == under(rule, tender)


@settings(max_examples=60, deadline=None)
@given(tenders(), st.sampled_from(RULES))
def test_no_rule_breaks_a_limit_and_every_displacement_names_one(tender, rule):
    _, _, most, _, capacity = tender
    result = under(rule, tender)
    for name in "ABCDEF":
        assert sum(award.tenderer == name for award in result.awards) <= min(most, capacity.get(name, most))
    assert {moved.lot for moved in result.displaced} == {
        a.lot for a, b in zip(result.awards, result.without_limit, strict=True) if a != b
    }
    assert all(" at most " in moved.reason for moved in result.displaced)


@settings(max_examples=60, deadline=None)
@given(tenders(), st.sampled_from(RULES))
def test_a_limit_of_as_many_lots_as_there_are_is_no_limit(tender, rule):
    result = under(rule, tender, most=len(tender[0]), capacity={})
    assert result.awards == result.without_limit
    assert result.displaced == ()


@settings(max_examples=60, deadline=None)
@given(tenders(), st.one_of(st.none(), st.integers(900, 1500)))
def test_the_greatest_total_is_never_worse_than_awarding_in_any_turn(tender, pence):
    order, bids, *_ = tender
    largest = sorted(order, key=lambda lot: -max((s.price.pence for s in bids if s.lot == lot), default=0))
    spend = Money(pence) if pence else None
    best = worth(under("greatest_total_score", tender, spend=spend).awards)
    for turn in (order, order[::-1], largest):
        assert best >= worth(under("lot_order", tender, spend=spend, order=turn).awards)


@settings(max_examples=100, deadline=None)
@given(tenders())
def test_no_lot_and_tenderer_would_both_rather_be_together(tender):
    """Stability (Gale and Shapley 1962): a better-ranked tenderer of any lot is full of lots it prefers."""
    _, bids, most, wishes, capacity = tender
    awards = {award.lot: award for award in under("tenderer_preference", tender).awards}
    for bid in bids:
        award = awards[bid.lot]
        if award.tenderer is None or bid.rank < award.rank:
            kept = [a.lot for a in awards.values() if a.tenderer == bid.tenderer]
            assert len(kept) == min(most, capacity.get(bid.tenderer, most))
            assert all(wishes[bid.tenderer].index(lot) < wishes[bid.tenderer].index(bid.lot) for lot in kept)


@settings(max_examples=60, deadline=None)
@given(tenders())
def test_the_order_in_which_lots_are_offered_changes_nothing_when_tenderers_choose(tender):
    again = under("tenderer_preference", tender, order=tender[0][::-1])
    assert winners(again.awards) == winners(under("tenderer_preference", tender).awards)


@settings(max_examples=60, deadline=None)
@given(tenders())
def test_lot_order_gives_each_lot_to_the_best_bidder_still_under_the_limit(tender):
    order, bids, most, _, capacity = tender
    count = dict.fromkeys("ABCDEF", 0)
    for award in under("lot_order", tender).awards:
        able = [s for s in bids if s.lot == award.lot and count[s.tenderer] < min(most, capacity.get(s.tenderer, most))]
        assert award.tenderer == min(able, key=lambda s: s.rank).tenderer if able else award.tenderer is None
        if award.tenderer:
            count[award.tenderer] += 1
    assert tuple(award.lot for award in under("lot_order", tender).awards) == tuple(order)
