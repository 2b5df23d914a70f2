"""One lot's result as its page tells it: what is recommended and why, what is open, what became of each bid."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from exports.reports.panel_lots import Summary, summaries
from exports.reports.panel_prices import Recomputed, recomputed
from lots.ceilings import price_against_ceilings
from lots.errors import Finding
from lots.money import Money
from lots.words import listed
from scoring.admission import STAGES
from scoring.criteria import walk
from scoring.evaluation import BidResult, LotEvaluation
from scoring.recommendation import Evaluation
from workbench.queries.awards.matrix_rows import NOTHING, pounds

TO_DO: Mapping[str, str] = {
    "clarification_open": "bid", "price_missing": "bid", "admitted_without_price": "bid",
    "decision_without_cause": "bid",
    "enquiry_open": "price", "prices_shut": "opening", "quorum_missed": "scores", "not_agreed": "scores",
    "allocation_waits": "lot",
}  # fmt: skip
"""Where each open point is mended."""


@dataclass(frozen=True)
class OpenPoint:
    """What a lot waits for, and where that is mended: the page (see ``TO_DO``; empty for none), bid and lot."""

    text: str
    page: str = ""
    bid: str = ""
    lot: str = ""


@dataclass(frozen=True)
class Ranked:
    """One ranked bid, its figures as printed."""

    rank: int
    bid: str
    tenderer: str
    quality: str
    social_value: str
    price: str
    price_marks: str
    total: str
    behind: str


@dataclass(frozen=True)
class Priced:
    """One bid's price beside the ceilings of its lot; ``remarks`` are what the rules found about price and split."""

    bid: str
    tenderer: str
    term: Money
    evaluated: str
    base_left: Money | None
    maximum_left: Money | None
    remarks: tuple[Finding, ...]


@dataclass(frozen=True)
class Out:
    """A bid that is out: at which step, why, and what that did to the others (nothing where it was never priced)."""

    bid: str
    tenderer: str
    stage: str
    reasons: tuple[str, ...]
    effect: Recomputed | None


@dataclass(frozen=True)
class LotPage:
    """Everything on the page of one lot."""

    summary: Summary
    open_points: tuple[OpenPoint, ...]
    ranking: tuple[Ranked, ...]
    prices: tuple[Priced, ...]
    out: tuple[Out, ...]
    ties: tuple[str, ...]
    minimums: tuple[str, ...]
    rounding: str


def lot_page(evaluation: Evaluation, lot_id: str) -> LotPage:
    """Gather the page of one lot."""
    lot = evaluation.lot(lot_id)
    found = evaluation.recommendation(lot_id)
    names = names_of(evaluation)
    summary = next(each for each in summaries(evaluation) if each.lot.id == lot_id)
    points = tuple(_point(each, names) for each in (*found.open_points, *_left(lot, found.open_points)))
    ranking, prices = tuple(_ranked(lot)), tuple(_priced(lot, names))
    out = tuple(_out(evaluation, lot, names))
    return LotPage(summary, points, ranking, prices, out, tuple(_ties(lot, names)), tuple(_minimums(lot)),
                   lot.methodology.rounding.words())  # fmt: skip


def names_of(evaluation: Evaluation) -> dict[str, str]:
    """Map every bid to its tenderer's name."""
    return {result.bid.id: result.tenderer.name for lot in evaluation.lots for result in lot.results}


def named(text: str, names: Mapping[str, str]) -> str:
    """Write the tenderers' names where a sentence names bids by their ids."""
    if not names:
        return text
    ids = "|".join(re.escape(each) for each in sorted(names, key=len, reverse=True))

    def bid_of(found: re.Match[str]) -> str:
        return f"{'The' if found[1] == 'B' else 'the'} bid of {names[found[2]]}"

    text = re.sub(rf"\b([Bb])id “?({ids})”?", bid_of, text)
    return re.sub(rf"\b({ids})\b", lambda found: names[found[1]], text)


def _left(lot: LotEvaluation, told: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return what the lot waits for beside what its recommendation says already."""
    known = set(told)
    return tuple(each for each in lot.waiting if each not in known)


def _point(finding: Finding, names: Mapping[str, str]) -> OpenPoint:
    place = finding.place.removeprefix("bid ").partition(",")[0]
    page = TO_DO.get(finding.code, "")
    is_bid = place in names
    text = named(finding.message, names)
    return OpenPoint(text, page, place if is_bid else "", "" if is_bid else place)


def _ranked(lot: LotEvaluation) -> Iterator[Ranked]:
    say = lot.methodology.rounding.text
    best = lot.ranked[0].total if lot.ranked else None
    for each in lot.ranked:
        total = each.total or Fraction(0)
        behind = abs((best or Fraction(0)) - total)
        yield Ranked(
            each.rank or 0, each.bid.id, each.tenderer.name, say(each.marks_of("quality")),
            say(each.marks_of("social_value")), pounds(each.price),
            NOTHING if each.price_marks is None else say(each.price_marks), say(total),
            NOTHING if each.rank == 1 else say(behind),
        )  # fmt: skip


def _priced(lot: LotEvaluation, names: Mapping[str, str]) -> Iterator[Priced]:
    for each in lot.results:
        if not each.bid.prices:
            continue
        table = price_against_ceilings(each.bid, lot.lot)
        yield Priced(each.bid.id, names[each.bid.id], table.total, pounds(each.price), table.base_left,
                     table.maximum_left, each.findings)  # fmt: skip


def _out(evaluation: Evaluation, lot: LotEvaluation, names: Mapping[str, str]) -> Iterator[Out]:
    effects = {(each.lot.id, each.tenderer): each for each in recomputed(evaluation)}
    for result in lot.results:
        if result.exclusion:
            effect = effects.get((lot.lot.id, result.tenderer.name))
            yield Out(result.bid.id, result.tenderer.name, STAGES[result.exclusion.stage],
                      _reasons(result, names), effect)  # fmt: skip


def _reasons(result: BidResult, names: Mapping[str, str]) -> tuple[str, ...]:
    found = result.exclusion.reasons if result.exclusion else ()
    return tuple(named(f"{each.message.rstrip('.')}.", names) for each in found)


def _ties(lot: LotEvaluation, names: Mapping[str, str]) -> Iterator[str]:
    for tie in lot.ranking.ties_broken:
        figures = "; ".join(f"{names[bid]} {_figure(lot, figure, tie.rule)}" for bid, figure in tie.figures)
        yield (
            f"{listed(names[bid] for bid in tie.bids)} are equal. The published list settled it at the step "
            f"“{tie.rule}”: {figures}."
        )
    for group in lot.ranking.unsettled:
        yield f"{listed(names[bid] for bid in group)} are equal, and the published list does not settle it."


def _figure(lot: LotEvaluation, figure: str, rule: str) -> str:
    value = Fraction(figure)
    return pounds(value) if rule == "lowest price" else lot.methodology.rounding.text(value)


def _minimums(lot: LotEvaluation) -> Iterator[str]:
    for each, _ in walk(lot.methodology.criteria):
        if each.minimum is not None:
            unit = "% of its marks" if each.parts else "points"
            yield f"“{each.title}”: at least {each.minimum} {unit}"
    if lot.methodology.minimum_quality is not None:
        yield f"All scored criteria together: at least {lot.methodology.minimum_quality} % of the marks"
