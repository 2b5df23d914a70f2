"""The first paragraph of a letter in plain words: who gets the lot, and why this tender does not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from exports.claims.figures import LOWEST_PRICE, tie_figures
from exports.claims.making import unopened
from exports.notices.assessment import CriterionLine
from exports.notices.limit_words import Compared, compared_sums, limit_told, titles_held
from exports.notices.split_words import split_told
from lots.errors import Finding
from lots.words import listed
from scoring.admission import STAGES
from scoring.evaluation import BidResult, LotEvaluation
from scoring.figures import plain
from scoring.recommendation import Evaluation

OutcomeKind = Literal["outranked", "displaced", "excluded", "not_opened"]
_BECAUSE = {
    "admission": "it did not meet the conditions for being admitted",
    "gate": "it did not reach a minimum score that the tender documents set",
    "ceiling": "its price is above a ceiling that the tender documents set",
    "split": "it breaks a published rule about how the money is shared between the lead and its partners",
    "abnormally_low": "its price was found to be abnormally low after a written enquiry",
}


@dataclass(frozen=True)
class Outcome:
    """What became of one tender: ``decision`` is the first paragraph, ``reasons`` the refusals with their figures.

    ``limit`` is the published limit on lots where it decided who gets this one, and ``limit_told`` how it did, with
    the sums it compared; ``tie`` says how equal totals were settled, with the figures of this tender and of the
    successful one only.
    """

    kind: OutcomeKind
    decision: str
    stage: str = ""
    reasons: tuple[Finding, ...] = ()
    limit: str = ""
    limit_told: str = ""
    sums: Compared | None = None
    tie: str = ""
    tie_rule: str = ""
    tie_figures: tuple[str, str] | None = None


def outcome_of(
    evaluation: Evaluation, lot: LotEvaluation, own: BidResult, winner: BidResult, *, price_shown: bool = True
) -> Outcome:
    """Say what became of a tender that was not successful; ``price_shown`` lets the successful price be named."""
    if own.exclusion is not None:
        return _excluded(own, lot, winner)
    displaced = (own.rank or 0) < (winner.rank or 0)
    limited = winner.rank != 1
    rule = evaluation.allocation.rule if limited and evaluation.allocation else ""
    told = _displaced(evaluation, lot, own, winner) if displaced else _outranked(lot, own, winner, limited=limited)
    settled = _tie(lot, own, winner, price_shown=price_shown)
    sums = compared_sums(evaluation, lot, own) if displaced else None
    sentence = settled[0] if settled else ""
    return Outcome(
        "displaced" if displaced else "outranked",
        told,
        limit=rule,
        limit_told=limit_told(evaluation, lot, own, sums) if displaced else "",
        sums=sums,
        tie=sentence,
        tie_rule=settled[1] if settled else "",
        tie_figures=settled[2] if settled else None,
    )


def ordinal(number: int) -> str:
    """Write ``1st``, ``2nd``, ``3rd``, ``11th``."""
    last = 0 if number % 100 in (11, 12, 13) else number % 10
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(last, 'th') }"


def comparison(lines: Sequence[CriterionLine], winner: str) -> Iterator[str]:
    """Say criterion by criterion where the successful tender scored higher, the same and lower than this one."""
    scored = [line for line in lines if line.own is not None and line.winner is not None]
    groups: dict[str, list[str]] = {"higher": [], "the same": [], "lower": []}
    for line in scored:
        theirs, mine = _points(line)
        which = "the same" if theirs == mine else "higher" if theirs > mine else "lower"
        figures = f"{plain(theirs)}" if theirs == mine else f"{plain(theirs)} against your {plain(mine)}"
        groups[which].append(f"{line.title} ({figures})")
    for which, found in groups.items():
        if found:
            yield f"{winner} scored {which} on {listed(found)}." if which != "the same" else _same(found, winner)


def figure_name(lot: LotEvaluation) -> str:
    """Name what a total is counted in: marks, or the figure of a whole method."""
    return "a method figure of" if lot.round.method else "a total of"


def total_words(lot: LotEvaluation, total: Fraction | None) -> str:
    """Write a total with its unit: ``84.31 marks out of 100``, or a method's bare figure."""
    text = lot.methodology.rounding.text(total or Fraction(0))
    return text if lot.round.method else f"{text} marks out of 100"


def _points(line: CriterionLine) -> tuple[Fraction, Fraction]:
    if line.own is None or line.winner is None:
        raise ValueError(line.id)
    return line.winner.points, line.own.points


def _same(found: list[str], winner: str) -> str:
    return f"You and {winner} have the same score on {listed(found)}."


def _outranked(lot: LotEvaluation, own: BidResult, winner: BidResult, *, limited: bool) -> str:
    place, count = own.rank or 0, len(lot.ranked)
    limit = (
        " The contract goes to the highest-ranked tender that may take this lot under the published limit on lots."
        if limited
        else ""
    )
    return (
        f"We intend to award this lot to {winner.tenderer.name}. Your tender was not successful: it ranked "
        f"{ordinal(place)} of {count}, with {figure_name(lot)} {total_words(lot, own.total)}; the tender of "
        f"{winner.tenderer.name} has {total_words(lot, winner.total)}.{limit}"
    )


def _displaced(evaluation: Evaluation, lot: LotEvaluation, own: BidResult, winner: BidResult) -> str:
    titles = titles_held(evaluation, own)
    gets = f"; under that limit you receive {listed(titles)}" if titles else ""
    return (
        f"Your tender ranked {ordinal(own.rank or 0)} in this lot, with {figure_name(lot)} "
        f"{total_words(lot, own.total)}, but the published limit on how many lots one tenderer may win means that you "
        f"cannot be awarded it{gets}. We intend to award this lot to {winner.tenderer.name}, the highest-ranked "
        f"tender that may take it, which has {total_words(lot, winner.total)}."
    )


def _excluded(own: BidResult, lot: LotEvaluation, winner: BidResult) -> Outcome:
    gone = own.exclusion
    if gone is None:
        raise ValueError(own.bid.id)
    late = unopened(own)
    reasons = split_told(own.split, gone.reasons) if gone.stage == "split" and own.split else gone.reasons
    what = (
        "Your tender was not opened, because it arrived after the deadline"
        if late
        else f"Your tender was excluded at the step “{STAGES[gone.stage]}”, because {_BECAUSE[gone.stage]}"
    )
    first = reasons[0].message.rstrip(".")
    decision = f"We intend to award this lot to {winner.tenderer.name}. {what}. {first}."
    return Outcome("not_opened" if late else "excluded", decision, gone.stage, reasons)


def _tie(
    lot: LotEvaluation, own: BidResult, winner: BidResult, *, price_shown: bool
) -> tuple[str, str, tuple[str, str] | None] | None:
    """Find the step of the published list that told these two tenders apart, and say it with both figures."""
    for tie in lot.ranking.ties_broken:
        figures = dict(tie.figures)
        if own.bid.id in figures and winner.bid.id in figures and figures[own.bid.id] != figures[winner.bid.id]:
            began = (
                f"Your total and that of {winner.tenderer.name} are equal. The published list for equal totals was "
                f"applied; its step “{tie.rule}” decided"
            )
            if tie.rule == LOWEST_PRICE and not price_shown:
                return f"{began}.", "", None
            mine, theirs = (Fraction(figures[bid.bid.id]) for bid in (own, winner))
            told = tie_figures(mine, theirs, tie.rule, lot.methodology.rounding)
            shown = [f"£{Decimal(text):,}" if tie.rule == LOWEST_PRICE else _short(text) for text in told]
            return f"{began}: {shown[1]} for {winner.tenderer.name}, {shown[0]} for you.", tie.rule, told
    return None


def _short(figure: str) -> str:
    return figure if len(figure) <= 9 else f"{figure[:9]}…"
