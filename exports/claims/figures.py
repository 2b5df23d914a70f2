"""The figures of one assessed bid worked out again from a claim's inputs alone: marks, prices, refusals, dates.

Every place has a name (``own.marks.delivery``, ``winner.total``, ``refusal.1``, ``standstill.last_day``) and every
figure is the text that a document prints. Nothing here has seen the evaluation that made the document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from exports.codec.record import PAIRS
from exports.notices.split_words import split_told
from exports.notices.standstill import Period, last_day_for_claim, standstill_of
from lots.bid import Bid
from lots.errors import Finding, ProcurementError, errors_in
from lots.lot import Lot
from lots.organisation import Organisation
from lots.regime import Regime
from lots.split.check import check_split
from lots.split.report import SplitReport
from scoring.admission import admission
from scoring.catalogue import WHOLE_METHODS
from scoring.criteria import walk
from scoring.figures import Rounding, plain, terminates
from scoring.marking import LeafMarks, Marking, gate_findings
from scoring.methodology import Methodology
from scoring.methods import Offer, rank_offers
from scoring.price import price_marks
from scoring.pricing import evaluated_price, judged_quality, tie_break_keys
from scoring.scale import Scale
from scoring.screening import ceiling_findings

_NUMBER = re.compile(r"-?[0-9]{1,40}(?:\.[0-9]{1,30})?(?:/[0-9]{1,40})?", re.ASCII)
LARGEST_COUNT = 10_000
LOWEST_PRICE = "lowest price"  # the step of a list for equal totals that compares pounds and not marks
BY_PEOPLE = ("excluded_by_decision", "abnormally_low_rejected")
"""Refusals decided and worded by people: there is nothing in them to work out again."""


@dataclass(frozen=True)
class Assessed:
    """One tender's agreed ``points`` by criterion and evaluated ``price`` in pounds.

    ``marks_stated`` says that what its price marks follow from may not be shown: they and the total are then stated
    as printed, never exact, for an exact figure would give the missing price away.
    """

    points: PAIRS = ()
    price: str = ""
    marks_stated: bool = False


@dataclass(frozen=True)
class Inputs:
    """All that a document's figures follow from.

    ``references`` are the anonymous figures that the price formula takes from the bids still in (``lowest``,
    ``highest``, ``mean``, ``count``, and for whole methods ``best_quality`` and ``lowest_quality``). ``excluded_at``
    names the step of the order of work that a bid fell out at; ``tie`` the step of the published list that settled a
    tie; ``split`` says whether the document prints who holds what of the price; ``known`` is the day from which the
    document counts the time for a claim in court.
    """

    deadline: datetime
    lot: Lot
    methodology: Methodology
    scales: tuple[Scale, ...]
    organisations: tuple[Organisation, ...]
    bid: Bid
    period: Period
    own: Assessed = Assessed()
    winner: Assessed | None = None
    references: PAIRS = ()
    excluded_at: str = ""
    tie: str = ""
    split: bool = False
    known: date | None = None


class FigureError(ProcurementError):
    """Inputs whose figures cannot be worked out."""


def number(text: str) -> Fraction:
    """Read ``12``, ``-0.5`` or ``14/3``; FigureError for anything else, a division by nought included."""
    if _NUMBER.fullmatch(text) is None or re.search("/0+$", text):
        raise FigureError(f"“{text[:40]}” is not a number")
    whole, _, below = text.partition("/")
    return Fraction(whole) / Fraction(below or 1)


def number_text(value: Fraction) -> str:
    """Write a number exactly: in decimals if they end, else as a fraction."""
    return plain(value) if terminates(value) else f"{value.numerator}/{value.denominator}"


def figures_of(inputs: Inputs) -> dict[str, str]:
    """Work out every figure by its place."""
    work = _Work(inputs)
    return dict(
        [
            *work.weights(),
            *work.marks("own"),
            *work.marks("winner"),
            *work.prices(),
            *work.totals(),
            *work.tie(),
            *refusals(work.refused()),
            *(holdings(work.report()) if inputs.split else ()),
            *standstill_dates(inputs.period),
            *claim_dates(inputs.period.regime, inputs.known),
        ]
    )


def refusals(findings: tuple[Finding, ...]) -> Iterator[tuple[str, str]]:
    """Give the sentences of a refusal their places, except those that people wrote."""
    for at, finding in enumerate((f for f in findings if f.code not in BY_PEOPLE), 1):
        yield f"refusal.{at}", finding.message


def holdings(report: SplitReport) -> Iterator[tuple[str, str]]:
    """Give what each organisation of a bid holds over the term, and the headroom under each rule, their places."""
    for held in report.holdings:
        yield f"split.held.{held.organisation}", held.term.plain()
    for figure in report.figures:
        lines = getattr(figure, "lines", ())
        for line in lines[-1:]:
            yield f"split.{figure.rule}.actual", line.actual.plain()
            yield f"split.{figure.rule}.headroom", line.headroom.plain()


def standstill_dates(period: Period) -> Iterator[tuple[str, str]]:
    """Give the last day of the standstill and the earliest day of the contract their places."""
    counted = standstill_of(period)
    if counted.last_day:
        yield "standstill.last_day", counted.last_day.isoformat()
    yield "standstill.earliest_contract", counted.earliest_contract.isoformat()


def claim_dates(regime: Regime, known: date | None) -> Iterator[tuple[str, str]]:
    """Give the last day for starting a claim in court its place, counted from the day its grounds were known."""
    last = last_day_for_claim(regime, known)
    if last:
        yield "claim.last_day", last.isoformat()


def tie_figures(own: Fraction, winner: Fraction, rule: str, rounding: Rounding) -> tuple[str, str]:
    """Write the two figures that settled a tie: pounds in full, marks to the published places if these differ there."""
    if rule == LOWEST_PRICE:
        return plain(own), plain(winner)
    told = rounding.text(own), rounding.text(winner)
    return told if told[0] != told[1] else (plain(own), plain(winner))


class _Work:
    """The working: rows of marks for both tenders, then the price formula over them and the references."""

    def __init__(self, inputs: Inputs) -> None:
        self.inputs = inputs
        self.methodology = inputs.methodology
        self.say = inputs.methodology.rounding.text
        both = {"own": inputs.own, **({"winner": inputs.winner} if inputs.winner else {})}
        self.given: dict[str, Assessed] = both
        self.rows = {who: self._rows(dict(given.points)) for who, given in both.items() if given.points}
        self.scored = {who: sum((row.marks for row in rows), Fraction(0)) for who, rows in self.rows.items()}
        self.evaluated = dict(self._evaluated())
        self.earned = self._earned()

    def _rows(self, points: Mapping[str, str]) -> tuple[LeafMarks, ...]:
        tops = {scale.id: Fraction(scale.maximum) for scale in self.inputs.scales}
        rows = []
        for leaf in self.methodology.scored:
            point, top = number(points[leaf.criterion.id]), tops[leaf.criterion.scale]
            rows.append(LeafMarks(leaf, point, top, leaf.weight * point / top, 0, None))
        return tuple(rows)

    def _evaluated(self) -> Iterator[tuple[str, Fraction]]:
        """Price the own bid from its years; the winner's price is as published."""
        if self.inputs.own.price:
            yield "own", evaluated_price(self.inputs.bid, self.methodology)
        if self.inputs.winner and self.inputs.winner.price:
            yield "winner", number(self.inputs.winner.price)

    def _earned(self) -> dict[str, Fraction]:
        """Return price marks, or the figures of a whole method, of both tenders."""
        asked = [who for who in self.evaluated if not self.given[who].marks_stated]
        if not asked:
            return {}
        if self.methodology.price.formula in WHOLE_METHODS:
            return self._method_figures(asked)
        leaf = self.methodology.priced
        prices = {who: self.evaluated[who] for who in asked} | self._reference_prices()
        found = price_marks(self.methodology.price, leaf.weight if leaf else Fraction(0), prices)
        return {who: found[who] for who in asked}

    def _reference_prices(self) -> dict[str, Fraction]:
        """Turn the anonymous references into prices that give the formula the same lowest, highest and mean."""
        given = {name: number(text) for name, text in self.inputs.references}
        prices = {name: price for name, price in given.items() if name in ("lowest", "highest")}
        if "mean" in given:
            count = given["count"]
            if count.denominator != 1 or not 1 <= count <= LARGEST_COUNT:
                raise FigureError(f"“{plain(count)}” is not a number of bids")
            rest = given["mean"] * count - sum(self.evaluated.values())
            others = int(count) - len(self.evaluated)
            prices |= {f"other {i}": rest / others for i in range(others)}
        return prices

    def _method_figures(self, asked: list[str]) -> dict[str, Fraction]:
        offers = {who: Offer(self.evaluated[who], self._judged(who)) for who in asked}
        given = {name: number(text) for name, text in self.inputs.references}
        for name in ("best_quality", "lowest_quality"):
            if name in given and "lowest" in given:
                offers[name] = Offer(given["lowest"], given[name])
        return {who: rank_offers(self.methodology.price, offers).figures[who] for who in asked}

    def _judged(self, who: str) -> Fraction:
        return judged_quality(self.methodology, self.rows[who], self.scored[who])

    def weights(self) -> Iterator[tuple[str, str]]:
        """Give the effective weight of every criterion its place."""
        for criterion, _ in walk(self.methodology.criteria):
            below = [
                leaf.weight for leaf in self.methodology.leaves if criterion.id in (*leaf.above, leaf.criterion.id)
            ]
            yield f"weight.{criterion.id}", plain(sum(below, Fraction(0)))

    def marks(self, who: str) -> Iterator[tuple[str, str]]:
        """Give the marks of every criterion, and their sum, their places."""
        rows = self.rows.get(who, ())
        for criterion, _ in walk(self.methodology.criteria):
            below = [row.marks for row in rows if criterion.id in (*row.leaf.above, row.leaf.criterion.id)]
            if below:
                yield f"{who}.marks.{criterion.id}", self.say(sum(below, Fraction(0)))
        if rows:
            yield f"{who}.scored", self.say(self.scored[who])

    def prices(self) -> Iterator[tuple[str, str]]:
        """Give evaluated prices and price marks their places."""
        for who, price in self.evaluated.items():
            yield f"{who}.price", plain(price)
        if self.methodology.priced:
            for who, earned in self.earned.items():
                yield f"{who}.price_marks", self.say(earned)

    def totals(self) -> Iterator[tuple[str, str]]:
        """Give totals, or the figures of a whole method, their places."""
        for who, earned in self.earned.items():
            whole = self.methodology.price.formula in WHOLE_METHODS
            yield f"{who}.total", self.say(earned if whole else self.scored[who] + earned)

    def tie(self) -> Iterator[tuple[str, str]]:
        """Give the figures of the step that settled a tie their places."""
        if not self.inputs.tie:
            return
        marking = Marking(self.rows, self.scored, ())
        for key in tie_break_keys(self.methodology, marking, self.evaluated):
            if key.title == self.inputs.tie and key.figures.keys() == self.given.keys():
                own, winner = key.figures["own"], key.figures["winner"]
                told = tie_figures(own, winner, key.title, self.methodology.rounding)
                yield from zip(("own.tie", "winner.tie"), told, strict=True)

    def report(self) -> SplitReport:
        """Check the split again."""
        known = {organisation.id: organisation for organisation in self.inputs.organisations}
        return check_split(self.inputs.bid, self.inputs.lot.collaboration, known, years=self.inputs.lot.years)

    def refused(self) -> tuple[Finding, ...]:
        """Find again what kept the bid out, by the step at which it fell out."""
        bid, lot = self.inputs.bid, self.inputs.lot
        if self.inputs.excluded_at == "admission":
            out = admission((bid,), lot, self.inputs.deadline, (), unpriced="reject")
            return out[0].reasons if out else ()
        if self.inputs.excluded_at == "gate":
            return gate_findings(self.rows["own"], self.methodology)
        if self.inputs.excluded_at == "ceiling":
            return ceiling_findings(bid, lot, self.methodology, self.rows["own"], self.scored["own"])
        if self.inputs.excluded_at == "split":
            report = self.report()
            return split_told(report, errors_in(report.findings))
        return ()
