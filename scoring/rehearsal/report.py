"""Rehearsing a lot: bids made up, judged round by round with the functions of the evaluation, counted and reported."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from scoring.catalogue import FORMULAS, WHOLE_METHODS
from scoring.pricing import PriceRound
from scoring.rehearsal import counts, words
from scoring.rehearsal.advice import advice
from scoring.rehearsal.course import Course, course
from scoring.rehearsal.outcome import Measure, MeasureId, Rehearsal, Reversal
from scoring.rehearsal.settings import (
    BIDS,
    ROUNDS,
    USUAL_PRICES,
    USUAL_SCORES,
    PriceSpread,
    RehearsalError,
    ScoreSpread,
    Settings,
    settings_findings,
)
from scoring.rehearsal.trial import Trial, trials
from scoring.rehearsal.words import rounds_words
from scoring.tender_file import TenderFile


def rehearse(
    file: TenderFile,
    lot_id: str,
    *,
    seed: int,
    bids: int = BIDS,
    rounds: int = ROUNDS,
    spread: PriceSpread = USUAL_PRICES,
    scores: ScoreSpread = USUAL_SCORES,
) -> Rehearsal:
    """Try a lot's method out on made-up bids; the same file, lot and settings always give the same answer.

    RehearsalError, with findings, where a setting is out of range or the lot lacks something a bid is judged by;
    KeyError where there is no such lot.
    """
    return rehearse_with(file, lot_id, Settings(seed, bids, rounds, spread, scores))


def rehearse_with(file: TenderFile, lot_id: str, settings: Settings) -> Rehearsal:
    """Rehearse with settings that are already together, as a report's data has them."""
    wrong = settings_findings(settings)
    if wrong:
        raise RehearsalError(" ".join(finding.message for finding in wrong), wrong)
    ready = course(file, lot_id, settings)
    return _report(ready, trials(ready))


@dataclass(frozen=True)
class _Reversed:
    """How many rounds a losing bid turned, and the first of them."""

    count: int
    first: tuple[Trial, str, PriceRound] | None


def _report(ready: Course, held: Sequence[Trial]) -> Rehearsal:
    info = FORMULAS[ready.methodology.price.formula]
    turned = _reversed(ready, held)
    measures, spread = tuple(_measures(ready, held, turned)), counts.price_spread(ready, held)
    missed = counts.missed(ready, held)
    leaf = ready.methodology.priced
    return Rehearsal(
        lot=ready.lot.id,
        lot_title=ready.lot.title,
        formula=info.id,
        formula_title=info.title,
        whole_method=info.kind == "method",
        depends_on_rivals=info.depends_on_rivals,
        weight=leaf.weight if leaf else Fraction(0),
        settings=ready.settings,
        budget=ready.budget,
        lowest_price=counts.prices_of(held)[0],
        highest_price=counts.prices_of(held)[1],
        assumptions=tuple(words.assumptions(ready)),
        summary=_summary(ready, held),
        measures=measures,
        price_spread=spread,
        criteria=tuple(counts.criterion_spreads(ready, held)),
        missed=missed,
        bands=counts.bands(ready, held),
        first_round=counts.round_rows(held[0], held[0].round),
        reversal=_example(ready, turned),
        findings=tuple(advice(ready, measures, spread, missed)),
    )


def _reversed(ready: Course, held: Sequence[Trial]) -> _Reversed:
    found = [(trial, *gone) for trial in held if (gone := counts.reversed_by(ready, trial))]
    return _Reversed(len(found), found[0] if found else None)


def _example(ready: Course, turned: _Reversed) -> Reversal | None:
    return counts.reversal(ready, *turned.first) if turned.first else None


def _summary(ready: Course, held: Sequence[Trial]) -> str:
    won, out = len(counts.winners(held)), sum(len(trial.out) for trial in held)
    return f"{rounds_words(won, len(held))} had one winner; {out:,} of {ready.settings.made_up:,} bids fell out."


def _measures(ready: Course, held: Sequence[Trial], turned: _Reversed) -> Iterator[Measure]:
    won, of = counts.winners(held), len(held)
    price, empty = sum(map(counts.decided_by_price, won)), sum(not trial.still_in for trial in held)
    says = "another bid had better marks for everything but price"
    yield _measure("decided_by_price", "Decided by price", says, price, len(won), "with a winner")
    says = "taking out a bid that did not win changes who does"
    yield _measure("reversals", "Winner changed by a losing bid", says, turned.count, len(won), "with a winner")
    says = "every bid fell at a minimum or a ceiling"
    yield _measure("unawardable", "Nobody left to award to", says, empty, of)
    if ready.methodology.price.formula not in WHOLE_METHODS:
        yield _close(won)
    yield from _ties(held)


def _measure(name: MeasureId, title: str, says: str, count: int, of: int, which: str = "") -> Measure:
    """Say a count in one sentence; where there was no such round at all, say that instead."""
    which = f" {which}" if which else ""
    sentence = f"In {rounds_words(count, of)}{which}, {says}." if of else f"There was no round{which}."
    return Measure(name, title, says, count, of, sentence)


def _close(won: Sequence[Trial]) -> Measure:
    margins = [margin for margin in map(counts.margin, won) if margin is not None]
    close, says = sum(margin < counts.CLOSE for margin in margins), "less than 1 mark parted the first from the second"
    return _measure("close", "Decided by less than 1 mark", says, close, len(margins), "with a winner and a second")


def _ties(held: Sequence[Trial]) -> Iterator[Measure]:
    of, tied = len(held), sum(bool(trial.tied) for trial in held)
    yield _measure("tied", "Equal results anywhere", "two or more bids came out equal", tied, of)
    first = [trial for trial in held if trial.tied_first]
    yield _measure("tied_first", "Equal results for first place", "the best result was shared", len(first), of)
    if first:
        settled, says = sum(trial.winner is not None for trial in first), "the published tie-break list settled it"
        title, which = "… settled by the tie-break list", "with the best result shared"
        yield _measure("settled_first", title, says, settled, len(first), which)
