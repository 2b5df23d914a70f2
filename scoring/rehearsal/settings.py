"""What a rehearsal assumes about bids nobody has made yet, stated so that a reader can disagree with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from lots.errors import Finding, ProcurementError
from lots.words import counted, listed

BIDS, ROUNDS = 5, 200
MOST_BIDS, MOST_ROUNDS = 20, 1000
MOST_IN_ALL = 10_000  # made-up bids: a page must come back in seconds on a small machine
_LARGEST_SEED = 10**15
_HIGHEST_PRICE = 200  # per cent of the budget: far over every ceiling, for trying out what a ceiling does
_LARGEST_WEIGHT = 1000


class RehearsalError(ProcurementError):
    """A rehearsal that cannot be held: its settings are out of range, or the lot is not complete enough to judge."""


@dataclass(frozen=True)
class PriceSpread:
    """Between which percentages of the lot's budget the made-up prices lie, every whole pound as likely as the next.

    Who knows the budget bids close to it: services made of people's time leave little to save. From 80 % to 100 % is
    also the range over which the price formulas of this trade differ most in what they do.
    """

    lowest: int = 80
    highest: int = 100


@dataclass(frozen=True)
class ScoreSpread:
    """How the made-up scores are spread over the levels of a scale.

    ``weights`` say how likely each level is, lowest first, drawn for six levels; a scale with more or fewer is read off
    the straight lines between them. As set, one score in five is below the middle of the scale, as befits a field of
    established services. A tenderer who answers one question well tends to answer the others well, so that
    in ``alike`` per cent of criteria a bid earns its own usual level, and elsewhere a level drawn anew.
    """

    weights: tuple[int, ...] = (1, 1, 3, 8, 8, 4)
    alike: int = 50

    def running(self, levels: int) -> tuple[int, ...]:
        """Return the running totals of the weights for a scale of so many levels, in whole numbers.

        Where a short scale would read nothing but noughts, its levels are equally likely.
        """
        last, top = len(self.weights) - 1, levels - 1
        read = [self._between(*divmod(at * last, top), top) for at in range(levels)] if top else [1]
        return tuple(accumulate(read if any(read) else [1] * levels))

    def _between(self, at: int, rest: int, top: int) -> int:
        after = self.weights[min(at + 1, len(self.weights) - 1)]
        return self.weights[at] * (top - rest) + after * rest


USUAL_PRICES, USUAL_SCORES = PriceSpread(), ScoreSpread()


@dataclass(frozen=True)
class Settings:
    """Everything that decides what a rehearsal finds, besides the rules: run again with these, it finds the same."""

    seed: int
    bids: int = BIDS
    rounds: int = ROUNDS
    prices: PriceSpread = USUAL_PRICES
    scores: ScoreSpread = USUAL_SCORES

    @property
    def made_up(self) -> int:
        """Count the made-up bids of all rounds together."""
        return self.bids * self.rounds


def settings_findings(settings: Settings) -> tuple[Finding, ...]:
    """Say which settings are out of range, each at its own place."""
    return (
        *_within(settings.seed, 0, _LARGEST_SEED, "seed", "seed"),
        *_within(settings.bids, 2, MOST_BIDS, "number of bids in a round", "bids"),
        *_within(settings.rounds, 1, MOST_ROUNDS, "number of rounds", "rounds"),
        *_in_all(settings),
        *_price_findings(settings.prices),
        *_score_findings(settings.scores),
    )


def _within(value: int, least: int, most: int, what: str, place: str) -> Iterator[Finding]:
    if not least <= value <= most:
        message = f"The {what} is {value}: write a whole number from {least} to {most}."
        yield Finding("rehearsal_out_of_range", message, place, figures=(("given", str(value)),))


def _in_all(settings: Settings) -> Iterator[Finding]:
    if settings.made_up > MOST_IN_ALL and settings.bids <= MOST_BIDS and settings.rounds <= MOST_ROUNDS:
        message = (
            f"{counted(settings.rounds, 'round')} of {counted(settings.bids, 'bid')} are {settings.made_up:,} bids: "
            f"{MOST_IN_ALL:,} are the most, so ask for fewer of either."
        )
        yield Finding("rehearsal_too_long", message, "rounds", figures=(("bids", str(settings.made_up)),))


def _price_findings(prices: PriceSpread) -> Iterator[Finding]:
    yield from _within(
        prices.highest, 1, _HIGHEST_PRICE, "highest made-up price, in per cent of the budget,", "highest"
    )
    yield from _within(prices.lowest, 1, _HIGHEST_PRICE, "lowest made-up price, in per cent of the budget,", "lowest")
    if prices.lowest > prices.highest:
        message = (
            f"The made-up prices run from {prices.lowest} % to {prices.highest} % of the budget: write the lower "
            "percentage first."
        )
        yield Finding("rehearsal_prices_crossed", message, "lowest")


def _score_findings(scores: ScoreSpread) -> Iterator[Finding]:
    yield from _within(scores.alike, 0, 100, "share of criteria that earn the usual level, in per cent,", "alike")
    weights = scores.weights
    sound = 2 <= len(weights) <= MOST_BIDS and all(0 <= weight <= _LARGEST_WEIGHT for weight in weights)
    if not sound or not sum(weights):
        message = (
            f"The weights of the levels are {listed(map(str, weights)) or 'missing'}: write from 2 to {MOST_BIDS} "
            f"whole numbers from 0 to {_LARGEST_WEIGHT}, lowest level first, not all 0."
        )
        yield Finding("rehearsal_weights", message, "weights")
