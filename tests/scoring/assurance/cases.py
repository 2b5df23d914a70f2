"""Lots made for these tests: a matrix of shares as a basis, and the small procurement of the factories with changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from lots.bid import Bid, Payment, Split
from lots.money import Money
from scoring.assurance.basis import Basis, Group
from scoring.criteria import Criterion, Leaf
from scoring.formulas import PriceMethod
from scoring.recommendation import Evaluation, evaluate
from scoring.tender_file import TenderFile
from tests import factories


def basis(matrix: Sequence[Sequence[Fraction | float | str]], weights: Sequence[Fraction | float | str]) -> Basis:
    """Make a basis of a matrix of values, whose first row need not be the best: rows are put in order of their sums."""
    exact = [tuple(Fraction(str(value)) for value in row) for row in matrix]
    given = [Fraction(str(value)) for value in weights]
    whole = tuple(weight * 100 / sum(given) for weight in given)
    order = sorted(range(len(exact)), key=lambda row: -sum(w * x for w, x in zip(whole, exact[row], strict=True)))
    leaves = tuple(
        Leaf(Criterion(f"c{at}", f"Criterion {at}", Decimal(1)), "quality", weight, ())
        for at, weight in enumerate(whole)
    )
    groups = tuple(
        Group(leaf.criterion.id, leaf.criterion.title, 0, (at,), whole[at]) for at, leaf in enumerate(leaves)
    )
    names = tuple(f"b{row}" for row in order)
    return Basis(names, names, leaves, whole, tuple(exact[row] for row in order), groups)


def relative(file: TenderFile | None = None) -> TenderFile:
    """Judge prices against the lowest, so that bids depend on one another."""
    return with_method(file or factories.tender_file(), price=PriceMethod("lowest_relative"))


def with_method(file: TenderFile, **changes: object) -> TenderFile:
    """Change how every lot is judged."""
    return replace(file, methodologies=tuple(replace(each, **changes) for each in file.methodologies))  # type: ignore[arg-type]


def with_points(file: TenderFile, points: dict[tuple[str, str], int]) -> TenderFile:
    """Change agreed points, and every evaluator's with them."""
    agreed = tuple(
        replace(it, points=Decimal(points.get((it.bid, it.criterion), int(it.points)))) for it in file.agreed_scores
    )
    sheets = tuple(
        replace(
            sheet,
            scores=tuple(
                replace(it, points=Decimal(points[sheet.bid, it.criterion]))
                if (sheet.bid, it.criterion) in points
                else it
                for it in sheet.scores
            ),
        )
        for sheet in file.score_sheets
    )
    return replace(file, agreed_scores=agreed, score_sheets=sheets)


def priced(file: TenderFile, pounds: dict[str, int]) -> TenderFile:
    """Change what bids ask for a year; each lead goes on keeping 60 % and a fee of 5 %."""
    bids = tuple(_asking(bid, Money.pounds(pounds[bid.id])) if bid.id in pounds else bid for bid in file.bids)
    return replace(file, bids=bids)


def _asking(bid: Bid, price: Money) -> Bid:
    years, [lead, partner] = len(bid.prices), bid.parties
    keeps, fee = Money(price.pence * 60 // 100), Money(price.pence * 5 // 100)
    paid = Payment(lead.organisation, partner.organisation, (price - keeps - fee,) * years)
    return replace(bid, prices=(price,) * years, split=Split((keeps,) * years, (fee,) * years, (paid,)))


def judged(file: TenderFile | None = None) -> Evaluation:
    """Evaluate the small procurement, or one made from it."""
    return evaluate(file or factories.tender_file())
