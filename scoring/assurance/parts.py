"""The assurance of one lot in words and tables: the same on the page and in the panel's report.

Each part says in one or two sentences what was asked and what came out; its tables hold the figures behind them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scoring.assurance import words_bids, words_scores, words_weights
from scoring.assurance.assure import Assurance
from scoring.assurance.words import Table

LABEL = "Assurance, not part of the award method"
INTRODUCTION = (
    "These tests ask how firm the first place in this lot is. They are not part of the award method: nothing here "
    "changes a score, a rank or the award, and whoever decides may only use them to check the record."
)


@dataclass(frozen=True)
class Part:
    """One question about the result: its answer in sentences, the tables behind it, and notes on how it was found.

    ``key`` names the part for links and charts: margin, weights, together, scores, panel, bids, formulas, chance.
    """

    key: str
    title: str
    sentence: str
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()


def parts(assurance: Assurance) -> tuple[Part, ...]:
    """Say everything in its parts; one part that says why, where there is no result to test."""
    if assurance.obstacle:
        return (Part("none", "No result to test yet", f"{assurance.obstacle.message}."),)
    return tuple(_parts(assurance))


def _parts(a: Assurance) -> Iterator[Part]:
    yield Part("margin", "Margin of victory", words_scores.margin(a), words_scores.margin_tables(a), _limit_note(a))
    yield Part("scores", "Single scores", words_scores.scores(a), words_scores.score_tables(a), words_scores.notes(a))
    yield Part("panel", "The evaluators", words_scores.panel(a), words_scores.panel_tables(a), words_scores.ON_MEANS)
    if a.weights is None:
        text = f"{a.weights_obstacle.message}." if a.weights_obstacle else ""
        yield Part("weights", "The weights", text)
    else:
        w = a.weights
        yield Part("weights", "One weight at a time", words_weights.ranges(a, w), words_weights.range_tables(a, w))
        yield Part("together", "All weights at once", words_weights.together(a, w), words_weights.reach_tables(a, w),
                   words_weights.reach_notes(a, w))  # fmt: skip
        yield Part("chance", "If no weights had been agreed", words_weights.chance(a, w),
                   words_weights.chance_tables(a, w), words_weights.chance_notes(w))  # fmt: skip
    yield Part("bids", "The other bids", words_bids.bids(a), words_bids.bid_tables(a))
    yield Part("formulas", "Other price formulas", words_bids.formulas(a), words_bids.formula_tables(a))


def _limit_note(a: Assurance) -> tuple[str, ...]:
    if not a.recommended:
        return ()
    return (
        f"{a.winner} comes first in this lot; {a.recommended} is recommended for it under the published limit on lots. "
        "These tests look at the first place in the lot, before the limit.",
    )
