"""Parts of the evaluation report about prices and totals: inputs, marks, enquiries, ranking, each recomputation."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from exports.notices.assessment import price_line, settings
from exports.opening import unopened_words
from exports.reports.charts import Chart, Segment, totals_chart
from exports.reports.panel_lots import KINDS
from exports.reports.panel_matrix import Matrix, Row, matrix
from lots.lot import Lot
from lots.money import Money
from lots.words import listed
from scoring.admission import STAGES
from scoring.catalogue import FORMULAS
from scoring.decision import EnquiryOutcome
from scoring.evaluation import BidResult, LotEvaluation, Recomputation
from scoring.figures import Rounding, plain
from scoring.pricing import PriceRound
from scoring.recommendation import Evaluation

_PENNY = Rounding(2)


@dataclass(frozen=True)
class WorkedPrice:
    """One bid's marks for price with the figures put into the published formula."""

    tenderer: str
    price: Fraction
    worked: str
    marks: str


@dataclass(frozen=True)
class AskedPrice:
    """A price that was asked about in writing: the tests it met, and what came of it."""

    tenderer: str
    tests: tuple[str, ...]
    outcome: EnquiryOutcome | None


@dataclass(frozen=True)
class Prices:
    """One lot's prices: by year, the formula with figures, and the enquiries into low ones."""

    lot: Lot
    tables: tuple[Matrix, ...]
    formula: str
    letters: str
    worked: tuple[WorkedPrice, ...]
    asked: tuple[AskedPrice, ...]


@dataclass(frozen=True)
class Total:
    """One ranked bid: its marks, total, rank, and how far it is behind the first."""

    rank: int
    tenderer: str
    quality: str
    social_value: str
    price: str
    total: str
    behind: str


@dataclass(frozen=True)
class Totals:
    """One lot's result: the ranked bids, those that are out, ties and how they were settled, and the picture."""

    lot: Lot
    whole_method: bool
    rows: tuple[Total, ...]
    out: tuple[tuple[str, str], ...]
    ties: tuple[str, ...]
    unsettled: tuple[str, ...]
    waiting: tuple[str, ...]
    rounding: str
    chart: Chart | None


@dataclass(frozen=True)
class Before:
    """One bid before and after an exclusion; a dash where it was not, or is no longer, in."""

    tenderer: str
    gone: bool
    marks: tuple[str, str]
    total: tuple[str, str]
    rank: tuple[str, str]


@dataclass(frozen=True)
class Recomputed:
    """What one exclusion did to the others; ``first`` are the best bids before and after."""

    lot: Lot
    number: int
    tenderer: str
    stage: str
    reason: str
    rows: tuple[Before, ...]
    first: tuple[str, str]
    winner_changed: bool
    whole_method: bool


def prices(evaluation: Evaluation) -> tuple[Prices, ...]:
    """Set out the prices of every contract lot."""
    return tuple(_prices(lot) for lot in evaluation.lots)


def _prices(lot: LotEvaluation) -> Prices:
    info = FORMULAS[lot.methodology.price.formula]
    names = {result.bid.id: result.tenderer.name for result in lot.results}
    opened = [result for result in lot.results if result.split is not None]
    tables = matrix("Prices as bid", "Pounds", [result.tenderer.name for result in opened], _price_rows(lot, opened))
    asked = tuple(
        AskedPrice(
            names[each.bid],
            tuple(_sentence(test.sentence.removeprefix(f"{each.bid}: ")) for test in each.tests),
            each.outcome,
        )
        for each in lot.enquiries
    )
    return Prices(lot.lot, tables, info.title, info.letters, tuple(_worked(lot)), asked)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _price_rows(lot: LotEvaluation, opened: Sequence[BidResult]) -> list[Row]:
    """Give each year a row, or one row where every bid is flat; then the sum, other costs and the evaluated price."""
    years = max((len(result.bid.prices) for result in opened), default=0)
    flat = years > 1 and all(len(set(result.bid.prices)) == 1 for result in opened)
    rows = []
    for year in range(1 if flat else years):
        cells = [str(it.bid.prices[year]) if year < len(it.bid.prices) else "–" for it in opened]
        rows.append(Row(f"Each of {years} years" if flat else f"Year {year + 1}", tuple(cells)))
    rows.append(Row("Sum of the years", tuple(str(result.bid.price) for result in opened), style="sum"))
    if lot.methodology.evaluated_price == "life_cycle":
        costs = [Money(sum(cost.amount.pence for cost in result.bid.other_costs)) for result in opened]
        rows.append(Row("Other costs", tuple(map(str, costs))))
    judged = ["not compared" if it.price is None else _pounds(it.price) for it in opened]
    rows.append(Row("Evaluated price", tuple(judged)))
    if lot.methodology.priced:
        say = lot.methodology.rounding.text
        rows.append(
            Row("Marks for price", tuple("–" if it.price_marks is None else say(it.price_marks) for it in opened))
        )
    return rows


def _pounds(price: Fraction) -> str:
    return str(Money(int(_PENNY.value(price) * 100)))


def _worked(lot: LotEvaluation) -> Iterator[WorkedPrice]:
    say, known = lot.methodology.rounding.text, _amounts(lot)
    for result in lot.ranked:
        figure = result.price_marks if result.price_marks is not None else result.total
        line = price_line(lot, result)
        yield WorkedPrice(
            result.tenderer.name, result.price or Fraction(0), in_pounds(line.worked, known), say(figure or Fraction(0))
        )


def _amounts(lot: LotEvaluation) -> frozenset[Fraction]:
    """Collect the amounts of money that a lot's formula looks at: its prices, their mean, and published prices."""
    given = list(lot.round.prices.values())
    mean = [sum(given, Fraction(0)) / len(given)] if given else []
    published = [each.pounds for each in settings(lot.methodology.price) if each.pounds is not None]
    return frozenset([*given, *mean, *published])


def in_pounds(figures: str, amounts: Collection[Fraction]) -> str:
    """Write every number of a worked formula that is one of some amounts of money in pounds, £1,000 and above.

    An amount whose decimals do not end is known by its first digits and cut to pence with an ellipsis.
    """
    known = {plain(amount): amount for amount in amounts if amount >= 1000}

    def said(found: re.Match[str]) -> str:
        amount = known.get(found[0])
        if amount is None:
            return found[0]
        pence = int(amount * 100)
        return f"{Money(pence)}{'' if pence == amount * 100 else '…'}"

    return re.sub(r"\d+(?:\.\d+)?", said, figures)


def totals(evaluation: Evaluation) -> tuple[Totals, ...]:
    """Set out the result of every contract lot."""
    return tuple(_totals(lot) for lot in evaluation.lots)


def _totals(lot: LotEvaluation) -> Totals:
    names = {result.bid.id: result.tenderer.name for result in lot.results}
    broken = lot.ranking.ties_broken
    ties = tuple(
        f"{listed([names[bid] for bid in tie.bids])} have equal totals. The published list settled it at the step "
        f"“{tie.rule}”: {'; '.join(f'{names[bid]} {_short(figure)}' for bid, figure in tie.figures)}."
        for tie in broken
    )
    unsettled = tuple(listed([names[bid] for bid in group]) for group in lot.ranking.unsettled)
    out = tuple(
        (it.tenderer.name, unopened_words(it) or STAGES[it.exclusion.stage]) for it in lot.results if it.exclusion
    )
    waiting = tuple(finding.message for finding in lot.waiting)
    whole = lot.round.method is not None
    rounding = lot.methodology.rounding.words()
    return Totals(
        lot.lot, whole, tuple(_rows(lot)), out, ties, unsettled, waiting, rounding, None if whole else _chart(lot)
    )


def _rows(lot: LotEvaluation) -> Iterator[Total]:
    say, best = lot.methodology.rounding.text, lot.ranked[0].total if lot.ranked else None
    for result in lot.ranked:
        whole = result.total or Fraction(0)
        behind = abs((best or Fraction(0)) - whole)
        yield Total(
            result.rank or 0,
            result.tenderer.name,
            say(result.marks_of("quality")),
            say(result.marks_of("social_value")),
            "–" if result.price_marks is None else say(result.price_marks),
            say(whole),
            say(behind) if result.rank != 1 else "–",
        )


def _chart(lot: LotEvaluation) -> Chart | None:
    """Draw the marks of the ranked bids; their figures stand in the table beside it."""
    ranked = [result for result in lot.ranked if result.price_marks is not None and result.price_marks >= 0]
    if not ranked:
        return None
    segments = []
    for result in ranked:
        marks = (result.marks_of("quality"), result.marks_of("social_value"), result.price_marks or Fraction(0))
        segments += [
            Segment(result.tenderer.name, name, value) for name, value in zip(KINDS.values(), marks, strict=True)
        ]
    say = lot.methodology.rounding.text
    said = "; ".join(f"{result.tenderer.name} {say(result.total or Fraction(0))}" for result in ranked)
    return totals_chart(segments, f"Marks of each ranked tender for {lot.lot.title}, stacked to its total: {said}")


def recomputed(evaluation: Evaluation) -> tuple[Recomputed, ...]:
    """Set out before and after for every bid that fell out, in the order of work, lot by lot."""
    return tuple(
        _recomputed(lot, step, number) for lot in evaluation.lots for number, step in enumerate(lot.recomputations, 1)
    )


def _recomputed(lot: LotEvaluation, step: Recomputation, number: int) -> Recomputed:
    names = {result.bid.id: result.tenderer.name for result in lot.results}
    gone = step.exclusion
    rows = tuple(
        Before(
            names[place.bid],
            place.bid == gone.bid,
            (_said(lot, step.before.marks, place.bid), _said(lot, step.after.marks, place.bid)),
            (_said(lot, step.before.totals, place.bid), _said(lot, step.after.totals, place.bid)),
            (str(place.rank), _rank(step.after, place.bid)),
        )
        for place in step.before.ranking.places
    )
    nobody = "nobody, by an unsettled tie"
    first = (names.get(step.before.ranking.first or "", nobody), names.get(step.after.ranking.first or "", nobody))
    whole, stage = lot.round.method is not None, STAGES[gone.stage]
    who, changed = names[gone.bid], step.winner_changed
    return Recomputed(lot.lot, number, who, stage, gone.sentence, rows, first, changed, whole)


def _said(lot: LotEvaluation, figures: Mapping[str, Fraction], bid: str) -> str:
    found = figures.get(bid)
    return "–" if found is None else lot.methodology.rounding.text(found)


def _rank(after: PriceRound, bid: str) -> str:
    return next((str(place.rank) for place in after.ranking.places if place.bid == bid), "out")


def _short(figure: str) -> str:
    return figure if len(figure) <= 9 else f"{figure[:9]}…"
