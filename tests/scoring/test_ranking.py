"""Ranking: exact figures, the published tie-break list in order, and ties nobody breaks in silence."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from scoring.ranking import Place, RankingKey, TieBroken, rank


def key(title: str, highest: bool = True, **figures: int) -> RankingKey:
    return RankingKey(title, {bid: Fraction(value) for bid, value in figures.items()}, highest)


def test_the_highest_total_comes_first() -> None:
    ranking = rank(key("total", a=70, b=80, c=60), ())
    assert [(place.bid, place.rank) for place in ranking.places] == [("b", 1), ("a", 2), ("c", 3)]
    assert (ranking.first, ranking.ties_broken, ranking.unsettled) == ("b", (), ())


def test_ties_go_to_the_list_in_order_and_say_which_step_settled_them() -> None:
    quality, price = key("quality", a=50, b=50, c=49), key("lowest price", False, a=9, b=7, c=1)
    ranking = rank(key("total", a=80, b=80, c=80), (quality, price))
    assert [place.bid for place in ranking.places] == ["b", "a", "c"]
    assert ranking.ties_broken == (
        TieBroken(("a", "b", "c"), "quality", ("a", "b", "c"), (("a", "50"), ("b", "50"), ("c", "49"))),
        TieBroken(("a", "b"), "lowest price", ("b", "a"), (("a", "9"), ("b", "7"))),
    )


def test_a_tie_the_list_does_not_settle_is_reported_and_shares_its_rank() -> None:
    ranking = rank(key("total", a=80, b=80, c=70), (key("quality", a=50, b=50, c=60),))
    assert ranking.places == (
        Place("a", 1, Fraction(80)),
        Place("b", 1, Fraction(80)),
        Place("c", 3, Fraction(70)),
    )
    assert (ranking.first, ranking.unsettled) == (None, (("a", "b"),))


def test_nothing_to_rank_ranks_nothing() -> None:
    assert rank(key("total"), ()).first is None


@given(st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(0, 4), min_size=1), st.randoms())
def test_the_order_of_input_never_matters(figures: dict[str, int], random: object) -> None:
    names = list(figures)
    random.shuffle(names)  # type: ignore[attr-defined]
    given_order, shuffled = key("total", **figures), key("total", **{name: figures[name] for name in names})
    assert rank(given_order, ()) == rank(shuffled, ())


@given(st.dictionaries(st.sampled_from("abcdef"), st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=2))
def test_ranks_agree_with_counting_the_better_bids(figures: dict[str, tuple[int, int]]) -> None:
    totals = key("total", **{bid: pair[0] for bid, pair in figures.items()})
    quality = key("quality", **{bid: pair[1] for bid, pair in figures.items()})
    for place in rank(totals, (quality,)).places:
        assert place.rank == 1 + sum(other > figures[place.bid] for other in figures.values())
