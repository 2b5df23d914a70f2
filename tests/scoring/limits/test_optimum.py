"""Every search for the greatest sum of totals, against complete enumeration of small markets."""

from fractions import Fraction
from itertools import permutations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.limits.assignment import assigned
from scoring.limits.enumeration import enumerated
from scoring.limits.market import Bid, Market, in_turn
from scoring.limits.optimum import greatest, only_counts, searched


@st.composite
def markets(draw, *, partners=False, money=None, fine=None, lots=4, tenderers=5):
    """Draw small markets: coarse totals (many ties between allocations) or fractions too fine for 2^53."""
    size, names = draw(st.integers(1, lots)), draw(st.integers(1, tenderers))
    groups = draw(st.integers(1, names))
    fine = draw(st.booleans()) if fine is None else fine
    money = draw(st.booleans()) if money is None else money
    bids = []
    for lot in range(size):
        entrants = [name for name in range(names) if draw(st.integers(0, 3))]
        scored = sorted(
            ((draw(st.integers(0, 6)), name) for name in draw(st.permutations(entrants))), key=lambda s: -s[0]
        )
        for place, (score, name) in enumerate(scored, 1):
            shift = Fraction(draw(st.integers(0, 1)), 10**30 + 57) if fine and place == 1 else Fraction(0)
            total = score + Fraction(1, 3) + shift if fine else Fraction(score)
            partner = draw(st.integers(0, groups - 1)) if partners else name
            owners = tuple(dict.fromkeys((name % groups, partner % groups)))
            bids.append(Bid(lot, name, owners, total, place, draw(st.integers(1, 9))))
    most = tuple(draw(st.integers(1, 3)) for _ in range(groups))
    own = tuple(draw(st.integers(0, 4)) for _ in range(names))
    return Market(size, tuple(bids), most, own, draw(st.integers(3, 15)) if money else None)


def allowed(market, choice):
    """Check the limits the long way round, without the code under test."""
    chosen = [market.bids[i] for i in choice if i is not None]
    for owner, most in enumerate(market.organisation_lots):
        own = [bid for bid in chosen if owner in bid.owners]
        if len(own) > most or (market.pence is not None and sum(bid.pence for bid in own) > market.pence):
            return False
    return all(sum(bid.tenderer == n for bid in chosen) <= most for n, most in enumerate(market.tenderer_lots))


def order_of_merit(market, choice):
    """Sort key of the published objective: most lots, greatest total, then the earliest lot's better place."""
    chosen = [market.bids[i] for i in choice if i is not None]
    places = [market.bids[i].place if i is not None else 99 for i in choice]
    return -len(chosen), -sum(bid.total for bid in chosen), places


def by_enumeration(market):
    """Return every allowed allocation, best first."""
    rows = [[*(i for i, bid in enumerate(market.bids) if bid.lot == lot), None] for lot in range(market.lots)]
    every = [choice for choice in product(*rows) if allowed(market, choice)]
    return sorted(every, key=lambda choice: order_of_merit(market, choice))


@settings(max_examples=150, deadline=None)
@given(st.booleans().flatmap(lambda partners: markets(partners=partners)))
def test_the_greatest_total_is_what_complete_enumeration_finds(market):
    every = by_enumeration(market)
    choice, proof = greatest(market)
    assert choice == every[0]
    assert proof.proved
    assert (proof.lots, proof.objective) == market.worth(every[0])
    assert proof.unique == (len(every) == 1 or market.worth(every[1]) != market.worth(every[0]))
    if proof.second_best is not None:
        assert proof.second_best == market.worth(every[1])


@settings(max_examples=150, deadline=None)
@given(markets(money=False))
def test_the_assignment_is_proved_and_settled_as_enumeration_settles_it(market):
    if only_counts(market):
        every = by_enumeration(market)
        choice, proof = assigned(market)
        assert choice == every[0]
        assert (proof.objective, proof.proved) == (market.worth(every[0])[1], True)
        assert proof.unique == (len(every) == 1 or market.worth(every[1]) != market.worth(every[0]))


def test_two_companies_of_one_group_with_equal_totals_are_two_equal_answers_and_the_better_rank_wins():
    pair = (Bid(0, 0, (0,), Fraction(7), 1, 1), Bid(0, 1, (0,), Fraction(7), 2, 1))
    choice, proof = assigned(Market(1, pair, (1,), (1, 1)))
    assert (choice, proof.unique, proof.second_best) == ((0,), False, (1, 7))


def test_an_exchange_that_settles_a_tie_never_leaves_a_wanted_place_empty():
    """Three lots, A and B may win one each: 5 + 5 + 3 either way round, and 11 if A were left without a lot."""
    for a, b, c, d in permutations(range(4)):
        for first, other in ((a, b), (b, a)):
            rows = [[(first, 5), (other, 5)], [(other, 5), (c, 3)], [(first, 5), (d, 3)]]
            for order in permutations(rows):
                bids = tuple(
                    Bid(lot, name, (name,), Fraction(score), place, 1)
                    for lot, row in enumerate(order)
                    for place, (name, score) in enumerate(row, 1)
                )
                market = Market(3, bids, tuple(1 if name in (a, b) else 3 for name in range(4)), (3,) * 4)
                assert assigned(market)[0] == by_enumeration(market)[0]


@settings(max_examples=40, deadline=None)
@given(st.booleans().flatmap(lambda partners: markets(partners=partners, fine=False, lots=3)))
def test_the_search_with_highs_finds_and_settles_the_same(market):
    every = by_enumeration(market)
    choice, proof = searched(market)
    assert (choice, proof.proved) == (every[0], True)
    assert proof.unique == (len(every) == 1 or market.worth(every[1]) != market.worth(every[0]))


def test_five_lots_and_eight_tenderers_agree_with_enumeration():
    scores = [(7 * lot * lot + 13 * name * (lot + 3) + 5 * name * name) % 61 for lot in range(5) for name in range(8)]
    bids = []
    for lot in range(5):
        ranked = sorted(range(8), key=lambda name: (-scores[8 * lot + name], name))
        bids += [
            Bid(lot, name, (name,), Fraction(scores[8 * lot + name]), place, 40 + (11 * lot + 17 * name) % 60)
            for place, name in enumerate(ranked, 1)
        ]
    for pence in (None, 140):
        market = Market(5, tuple(bids), (2,) * 8, (5,) * 8, pence)
        assert greatest(market)[0] == min(
            (c for c in product(*market.of_lot()) if allowed(market, c)),
            key=lambda c: order_of_merit(market, c),
        )
        assert enumerated(market)[0] == searched(market)[0] == greatest(market)[0]


def test_a_gap_that_is_left_open_is_stated_with_the_bound():
    bids = tuple(
        Bid(lot, name, (name,), Fraction(50 + (7 * lot + 3 * name) % 11), 1, 5) for lot in range(4) for name in range(3)
    )
    bids = tuple(sorted(bids, key=lambda bid: (bid.lot, -bid.total)))
    market = Market(4, bids, (4,) * 3, (4,) * 3, 10)
    choice, proof = searched(market, Fraction(1, 2))
    assert market.worth(choice) >= market.worth(in_turn(market, range(4)))
    assert proof.objective <= proof.bound


@settings(max_examples=20, deadline=None)
@given(markets(money=True, fine=True, lots=3))
def test_a_search_in_floats_never_claims_to_have_proved_what_floats_cannot_tell_apart(market):
    choice, proof = searched(market)
    best = by_enumeration(market)[0]
    assert proof.lots == market.worth(best)[0]
    assert proof.objective <= market.worth(best)[1]
    if proof.proved:
        assert market.worth(choice) == market.worth(best)
