"""Ranks over weights drawn by chance: a published case, exact answers as the oracle, ties, and the same draws again."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.assurance.areas import area_of, first_areas
from scoring.assurance.around import directions, reversal
from scoring.assurance.draws import SEED, Tally, acceptability
from scoring.assurance.pairwise import pairwise
from scoring.assurance.weights import guaranteed_radius
from tests.scoring.assurance.cases import basis

# Lahdelma and Salminen (2001), Operations Research 49(3) 444–454, section 5: thirteen plans for a harbour of Helsinki.
HELSINKI = np.array(
    [
        [4.0, 1.0, 985.0, 30.0, 166.0, 705.0, 25000.0, 4.5, 4.2, 15.1, 1.75],
        [4.0, 2.5, 985.0, 30.0, 166.0, 765.0, 25000.0, 4.5, 4.1, 15.3, 1.69],
        [4.0, 1.5, 985.0, 30.0, 166.0, 705.0, 25000.0, 4.5, 4.3, 12.7, 1.75],
        [4.0, 1.5, 985.0, 30.0, 166.0, 705.0, 25000.0, 4.5, 4.3, 12.2, 1.65],
        [4.0, 1.5, 985.0, 35.0, 177.0, 705.0, 25000.0, 4.5, 4.4, 15.1, 1.68],
        [4.0, 2.5, 985.0, 35.0, 177.0, 765.0, 25000.0, 4.5, 4.3, 15.3, 1.62],
        [4.0, 2.0, 985.0, 35.0, 177.0, 705.0, 25000.0, 4.5, 4.5, 12.7, 1.68],
        [4.0, 2.0, 985.0, 35.0, 177.0, 705.0, 25000.0, 4.5, 4.5, 12.2, 1.58],
        [4.0, 1.0, 985.0, 35.0, 166.0, 705.0, 25000.0, 4.5, 4.6, 14.8, 1.72],
        [4.0, 2.5, 985.0, 35.0, 166.0, 765.0, 25000.0, 4.5, 4.5, 15.0, 1.66],
        [4.0, 1.5, 985.0, 35.0, 166.0, 705.0, 25000.0, 4.5, 4.7, 12.4, 1.72],
        [4.0, 2.0, 985.0, 35.0, 166.0, 705.0, 25000.0, 4.5, 4.7, 11.9, 1.62],
        [1.0, 0.0, 1300.0, 50.0, 266.0, 4200.0, 0.0, 2.0, 1.0, 18.8, 1.0],
    ]
)
BETTER = np.array([-1, -1, -1, 1, 1, -1, 1, 1, 1, -1, 1])
HELSINKI_PERCENT = [
    [5, 7, 7, 7, 7, 7, 9, 11, 13, 11, 10, 6, 1], [0, 0, 0, 0, 0, 1, 1, 2, 4, 9, 19, 47, 16],
    [5, 8, 9, 11, 12, 13, 11, 9, 8, 7, 5, 2, 1], [3, 6, 8, 10, 11, 12, 11, 10, 10, 8, 6, 4, 1],
    [4, 7, 9, 10, 11, 11, 12, 13, 12, 6, 3, 1, 0], [0, 1, 1, 2, 3, 4, 5, 7, 10, 19, 26, 19, 2],
    [9, 12, 13, 13, 13, 12, 10, 8, 6, 3, 1, 0, 0], [8, 10, 11, 11, 11, 11, 10, 10, 9, 5, 2, 1, 0],
    [18, 15, 11, 10, 9, 9, 11, 8, 5, 3, 1, 1, 0], [0, 1, 1, 2, 3, 4, 6, 9, 12, 22, 22, 15, 3],
    [27, 21, 16, 12, 9, 6, 4, 2, 1, 1, 0, 0, 0], [11, 12, 12, 11, 10, 10, 9, 9, 8, 5, 2, 1, 0],
    [10, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 76],
]  # fmt: skip

# Computed by clipping the triangle; agrees with a polytope's volume and with two million draws.
THREE_HEADS = np.array([[80, 60, 70], [65, 85, 60], [70, 70, 75], [60, 65, 90]], dtype=float)
THREE_SHARES = [0.269117647059, 0.322727272727, 0.022593582888, 0.385561497326]
THREE_CENTRES = [
    [0.647682953, 0.15707436, 0.195242687],
    [0.235686086, 0.610131242, 0.154182672],
    [0.378163993, 0.331461676, 0.290374332],
    [0.193027608, 0.224781139, 0.582191252],
]


def test_the_harbour_of_helsinki_comes_out_as_published() -> None:
    """Measurements are uncertain there by a tenth of each criterion's range; percentages are whole, so within 1."""
    rng = np.random.default_rng(2001)
    spread = np.ptp(HELSINKI, axis=0)
    worst = np.where(BETTER > 0, HELSINKI.min(axis=0), HELSINKI.max(axis=0))
    base = (HELSINKI - worst) * BETTER / spread
    tally, order = Tally(base), np.unique(base, axis=0, return_index=True)[1]
    for _ in range(25):
        weights = np.rint(rng.standard_exponential((4096, 11)) * 4096)
        noise = rng.uniform(-0.1, 0.1, (4096, 13, 11))
        totals = np.einsum("nbc,nc->nb", base + noise, weights)[:, order]
        tally.count((totals - totals.min(axis=1, keepdims=True)).astype(np.float32), weights)
    ranks, _ = tally.shares()
    assert np.abs(100 * ranks - HELSINKI_PERCENT).max() <= 1


def test_first_places_and_middles_of_three_heads_are_exact() -> None:
    found = [area_of(corners) for corners in first_areas(THREE_HEADS)]
    assert [share for share, _ in found] == pytest.approx(THREE_SHARES, abs=1e-9)
    assert [list(centre or ()) for _, centre in found] == [pytest.approx(row, abs=1e-8) for row in THREE_CENTRES]


def test_draws_agree_with_the_exact_areas_and_middles_within_their_stated_error() -> None:
    drawn = acceptability(THREE_HEADS, draws=200_000)
    assert np.abs(drawn.ranks[:, 0] - THREE_SHARES).max() <= drawn.error
    assert np.abs(drawn.central - THREE_CENTRES).max() <= 0.005


def test_the_areas_of_any_three_heads_fill_the_triangle() -> None:
    rng = np.random.default_rng(3)
    for bids in (1, 2, 5, 20):
        shares = [area_of(corners)[0] for corners in first_areas(rng.random((bids, 3)))]
        assert sum(shares) == pytest.approx(1)


@pytest.mark.parametrize(("bids", "criteria"), [(3, 2), (5, 6), (8, 15)])
def test_draws_agree_with_the_exact_chances_of_every_pair(bids: int, criteria: int) -> None:
    rng = np.random.default_rng(bids)
    x = rng.integers(0, 6, (bids, criteria)) / 5
    weights = rng.dirichlet(np.ones(criteria), 200_000)
    totals = weights @ x.T
    seen = np.array([[np.mean(totals[:, i] > totals[:, j]) for j in range(bids)] for i in range(bids)])
    exact = pairwise(x)
    assert exact + exact.T == pytest.approx(np.ones((bids, bids)))
    assert np.abs(exact - seen)[~np.eye(bids, dtype=bool)].max() < 0.005


def test_two_criteria_have_a_chance_that_can_be_worked_out_by_hand() -> None:
    """One leads by 3 on the first and trails by 1 on the second: first wherever the first weighs over a quarter."""
    assert pairwise(np.array([[3.0, 0.0], [0.0, 1.0]]))[0, 1] == pytest.approx(0.75)
    assert pairwise(np.array([[1.0, 2.0], [1.0, 2.0]]))[0, 1] == 0.5
    assert pairwise(np.array([[1.0, 2.0], [1.0, 1.0]]))[0, 1] == 1


def test_every_bid_takes_some_rank_and_every_rank_is_taken() -> None:
    ranks = acceptability(np.random.default_rng(1).random((6, 4)), draws=10_000).ranks
    assert ranks.sum(axis=1) == pytest.approx(np.ones(6))
    assert ranks.sum(axis=0) == pytest.approx(np.ones(6))


def test_bids_that_are_alike_share_their_rank() -> None:
    ranks = acceptability(np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]), draws=20_000).ranks
    first = ranks[0, 0]
    assert ranks == pytest.approx(np.array([[first, 1 - first, 0], [1 - first, 0, first], [first, 1 - first, 0]]))


def test_the_same_seed_draws_the_same_and_another_seed_does_not() -> None:
    x = np.random.default_rng(5).random((4, 5))
    one, again, other = (acceptability(x, draws=5_000, seed=seed).ranks for seed in (SEED, SEED, 7))
    assert (one == again).all()
    assert (one != other).any()


def test_the_counts_of_the_fixed_seed_are_those_of_every_machine() -> None:
    """Products are exact, so no kernel, thread or order of adding can change them."""
    x = np.array([[4, 4, 3, 5], [5, 2, 4, 4], [3, 5, 5, 2]]) / 5
    counts = np.rint(acceptability(x, draws=10_000).ranks * 10_000).astype(int)
    assert counts.tolist() == COUNTS


COUNTS = [[4028, 4200, 1772], [2427, 3932, 3641], [3545, 1868, 4587]]


# ------------------------------------------------------------------------------- around the published weights


def test_no_draw_within_the_guaranteed_radius_reverses_and_beyond_it_sampling_may_see_nothing() -> None:
    rng = np.random.default_rng(11)
    for bids, criteria in ((4, 5), (10, 20)):
        case = basis(rng.integers(0, 6, (bids, criteria)) / 5, rng.integers(1, 10, criteria))
        reach = reversal(case, directions(case.w, SEED, 20_000))
        sure = guaranteed_radius(case).percent
        assert sure is not None
        assert reach.min() >= float(sure) / 100 - 1e-9


def test_directions_stay_in_the_box_once_they_add_up_to_nought() -> None:
    w = np.array([0.5, 0.3, 0.2])
    moves = directions(w, SEED, 2_000)
    shifted = moves / 4096 - (moves @ w / 4096)[:, None]
    assert 500 < len(moves) < 2_000
    assert np.abs(shifted).max() <= 1 + 1e-3


def test_a_share_of_draws_is_what_drawing_weights_one_by_one_gives() -> None:
    case = basis([[4, 4, 3], [5, 3, 3], [2, 5, 5]], [5, 3, 2])
    moves = directions(case.w, 3, 4_000)
    reach = reversal(case, moves)
    for percent in (10, 30, 80):
        shifted = moves / 4096 - (moves @ case.w / 4096)[:, None]
        weights = case.w * (1 + percent / 100 * shifted)
        stays = (weights @ case.x.T).argmax(axis=1) == 0
        assert float((reach > percent / 100).mean()) == pytest.approx(float(stays.mean()), abs=0.002)
