"""Everything that can be said about how firm one lot's result is, as one value.

Evidence beside the decision: it reads an evaluation and returns something new, and nothing here can reach an award.
"""

from __future__ import annotations

from dataclasses import dataclass

from lots.errors import Finding
from scoring.assurance.areas import Areas, PriceLines, price_lines, three_heads
from scoring.assurance.around import Around, around
from scoring.assurance.basis import Basis, Floats, basis_of, obstacle, weights_obstacle
from scoring.assurance.bidders import (
    ExtraBid,
    LeftOut,
    OtherFormula,
    PriceMove,
    extra_bid,
    left_out,
    other_formulas,
    price_moves,
)
from scoring.assurance.draws import DRAWS, SEED, Acceptability, acceptability
from scoring.assurance.fewest import Fewest, fewest_changes
from scoring.assurance.margin import Margin, margins
from scoring.assurance.pairwise import pairwise
from scoring.assurance.panel import PanelTests, panel_tests
from scoring.assurance.scores import AwardMove, ScoreMove, award_moves, score_moves
from scoring.assurance.weights import NearestFlip, Radius, WeightRange, guaranteed_radius, nearest_flip, weight_ranges
from scoring.catalogue import WHOLE_METHODS
from scoring.evaluation import LotEvaluation
from scoring.recommendation import Evaluation

MOST_PAIRS = 60  # bids, for which the chance of every pair is worked out


@dataclass(frozen=True)
class Ranks:
    """How often each bid took each rank over weights drawn evenly, and the middle of the weights that made it first.

    A bid that never was first has no middle: an empty tuple.
    """

    shares: tuple[tuple[float, ...], ...]
    central: tuple[tuple[float, ...], ...]
    draws: int
    seed: int
    error: float


@dataclass(frozen=True)
class WeightTests:
    """What follows from moving the weights. Rows and columns go by ``Assurance.bids``, best first."""

    criteria: tuple[tuple[str, str], ...]
    published: tuple[float, ...]
    ranges: tuple[WeightRange, ...]
    radius: Radius
    nearest: NearestFlip | None
    around: Around
    lines: PriceLines | None
    areas: Areas | None
    pairs: tuple[tuple[float, ...], ...]
    ranks: Ranks


@dataclass(frozen=True)
class ScoreTests:
    """What follows from moving scores: ``tried`` of them, and those whose move changes the first place.

    ``awards`` are those that change a recommendation under the limit on lots; None where they were not tried.
    """

    tried: int
    moves: tuple[ScoreMove, ...]
    fewest: tuple[Fewest, ...]
    awards: tuple[AwardMove, ...] | None = None

    @property
    def one_level(self) -> tuple[ScoreMove, ...]:
        """Return the scores of which one level decides."""
        return tuple(move for move in self.moves if move.levels == 1)


@dataclass(frozen=True)
class BidderTests:
    """What follows from other bids, prices and formulas."""

    left_out: tuple[LeftOut, ...]
    formulas: tuple[OtherFormula, ...]
    prices: tuple[PriceMove, ...]
    extra: ExtraBid


@dataclass(frozen=True)
class Assurance:
    """How firm the first place in one lot is. ``obstacle`` says why there is none to test: all else is then empty.

    ``bids`` are the ranked bids with their tenderers' names, best first. ``weights`` is None where
    ``weights_obstacle`` says why weights cannot be varied, ``panel`` where fewer than two evaluators scored.
    ``everybody`` and ``lots`` name every bid and contract lot of the tender.
    ``recommended`` names who is recommended where the limit on lots (or an open point) makes that another bid.
    """

    lot: str
    title: str
    obstacle: Finding | None = None
    bids: tuple[tuple[str, str], ...] = ()
    margins: tuple[Margin, ...] = ()
    weights: WeightTests | None = None
    weights_obstacle: Finding | None = None
    scores: ScoreTests | None = None
    panel: PanelTests | None = None
    bidders: BidderTests | None = None
    recommended: str = ""
    everybody: tuple[tuple[str, str], ...] = ()
    lots: tuple[tuple[str, str], ...] = ()
    whole_method: bool = False
    by_mean: bool = False

    def name(self, bid: str) -> str:
        """Return the tenderer of a ranked bid; nothing where it is not ranked."""
        return dict(self.bids).get(bid, "")

    def anybody(self, bid: str) -> str:
        """Return the tenderer of any bid of any lot, or nobody."""
        return dict(self.everybody).get(bid, "nobody")

    @property
    def winner(self) -> str:
        """Return the name of whoever comes first."""
        return self.bids[0][1] if self.bids else ""


def assure(evaluation: Evaluation, lot_id: str, *, seed: int = SEED, draws: int = DRAWS) -> Assurance:
    """Test how firm the result of one lot is; the same evaluation, seed and number of draws give the same value."""
    lot = evaluation.lot(lot_id)
    blocked = obstacle(lot)
    if blocked:
        return Assurance(lot_id, lot.lot.title, blocked)
    file, no_weights = evaluation.file, weights_obstacle(lot)
    basis = None if no_weights else basis_of(lot)
    moves, tried = score_moves(file, lot)
    whole = lot.methodology.price.formula in WHOLE_METHODS
    fewest = () if whole or lot.methodology.score_rule == "mean" else fewest_changes(file, lot)
    panel, bidders = panel_tests(file, lot), _bidder_tests(lot)
    return Assurance(
        lot_id,
        lot.lot.title,
        bids=tuple((result.bid.id, result.tenderer.name) for result in lot.ranked),
        margins=margins(lot, basis, moves, bidders.prices, panel),
        weights=_weight_tests(basis, seed, draws) if basis else None,
        weights_obstacle=no_weights,
        scores=ScoreTests(tried, moves, fewest, award_moves(evaluation, lot)),
        panel=panel,
        bidders=bidders,
        recommended=_recommended(evaluation, lot),
        everybody=tuple((it.bid.id, it.tenderer.name) for each in evaluation.lots for it in each.results),
        lots=tuple((each.lot.id, each.lot.title) for each in evaluation.lots),
        whole_method=whole,
        by_mean=lot.methodology.score_rule == "mean",
    )


def _bidder_tests(lot: LotEvaluation) -> BidderTests:
    return BidderTests(left_out(lot), other_formulas(lot), price_moves(lot), extra_bid(lot))


def _weight_tests(basis: Basis, seed: int, draws: int) -> WeightTests:
    drawn = acceptability(basis.x, seed=seed, draws=draws)
    few = len(basis.bids) <= MOST_PAIRS
    return WeightTests(
        tuple((leaf.criterion.id, leaf.criterion.title) for leaf in basis.leaves),
        tuple(float(weight) for weight in basis.weights),
        weight_ranges(basis),
        guaranteed_radius(basis),
        nearest_flip(basis),
        around(basis, seed=seed),
        price_lines(basis),
        three_heads(basis),
        _rows(pairwise(basis.x)) if few else (),
        _ranks(drawn),
    )


def _ranks(drawn: Acceptability) -> Ranks:
    shares = _rows(drawn.ranks)
    central = tuple(row if share[0] else () for row, share in zip(_rows(drawn.central), shares, strict=True))
    return Ranks(shares, central, drawn.draws, drawn.seed, drawn.error)


def _rows(array: Floats) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(value) for value in row) for row in array)


def _recommended(evaluation: Evaluation, lot: LotEvaluation) -> str:
    """Name who is recommended, where it is not the first of the ranking."""
    winner = evaluation.recommendation(lot.lot.id).winner
    return winner.tenderer.name if winner and winner.bid.id != lot.ranking.first else ""
