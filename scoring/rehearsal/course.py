"""What a rehearsal runs over: a lot and its method made ready, and bids made up for it round by round."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from lots.bid import Bid, UnitPrice
from lots.errors import Finding, errors_in
from lots.lot import Lot
from lots.money import ZERO, Money, percent_of, share_out
from scoring.catalogue import price_method_findings
from scoring.criteria import Leaf, criteria_findings
from scoring.figures import exact
from scoring.marking import LeafMarks
from scoring.methodology import BasketItem, Methodology
from scoring.rehearsal.chance import below, numbers, pick
from scoring.rehearsal.settings import RehearsalError, Settings
from scoring.scale import scale_findings
from scoring.tender_file import TenderFile
from scoring.totals import Coding, coding

LETTERS = "ABCDEFGHIJKLMNOPQRST"  # the names of made-up bids


@dataclass(frozen=True)
class Course:
    """A lot made ready: ``rows[leaf][level]`` are the marks of each level, ``running[leaf]`` how likely each is.

    ``bare`` is the methodology without its tie-break list, by which ties can be seen before the list settles them.
    """

    file: TenderFile
    lot: Lot
    methodology: Methodology
    bare: Methodology
    settings: Settings
    budget: Money
    lowest: Money
    highest: Money
    leaves: tuple[Leaf, ...]
    rows: tuple[tuple[LeafMarks, ...], ...]
    running: tuple[tuple[int, ...], ...]
    code: Coding


@dataclass(frozen=True)
class MadeUpBid:
    """A bid nobody made: its price by year, and the level it earns on each scored criterion (0 = lowest)."""

    bid: Bid
    levels: tuple[int, ...]


# --- is there enough to rehearse? ---------------------------------------------------------------------------


def readiness(file: TenderFile, lot_id: str) -> tuple[Finding, ...]:
    """Say what a lot still lacks before it can be rehearsed; nothing returned means that it can be."""
    lot, methodology = file.tender.lot(lot_id), file.methodology_for(lot_id)
    place = f"lots[{file.tender.lots.index(lot)}]"
    lacking = [*_money(lot, place)]
    if methodology is None:
        message = f"{lot.title} has no assessment methodology yet: choose its criteria and its price formula first."
        return (*lacking, Finding("rehearsal_no_methodology", message, place))
    return (*lacking, *_method(file, methodology))


def _money(lot: Lot, place: str) -> Iterator[Finding]:
    if not lot.is_contract:
        yield Finding("rehearsal_not_a_contract", f"{lot.title} is not tendered for: nobody bids for it.", place)
    elif not 0 < lot.years <= 50:
        message = f"{lot.title} has no term yet: say for how many years a bid is priced."
        yield Finding("rehearsal_no_term", message, f"{place}.term")
    elif lot.annual_budget <= ZERO or (lot.base_value is not None and lot.base_value <= ZERO):
        message = f"{lot.title} has no budget above £0: made-up bids are priced inside it."
        yield Finding("rehearsal_no_budget", message, f"{place}.annual_budget")


def _method(file: TenderFile, methodology: Methodology) -> Iterator[Finding]:
    place = f"methodologies[{file.methodologies.index(methodology)}]"
    tops = {scale.id: scale.maximum for scale in file.scales if scale.levels}
    yield from errors_in(criteria_findings(methodology.criteria, methodology.weighting, tops, f"{place}.criteria"))
    used = {leaf.criterion.scale for leaf in methodology.scored}
    for at, scale in enumerate(file.scales):
        wrong = scale_findings(scale, f"scales[{at}]") if scale.id in used else ()
        yield from (finding for finding in wrong if finding.code in ("scale_too_short", "scale_order"))
    for finding in errors_in(price_method_findings(methodology.price)):
        yield Finding(finding.code, finding.message, f"{place}.price.{finding.place}", figures=finding.figures)


# --- the course ---------------------------------------------------------------------------------------------


def course(file: TenderFile, lot_id: str, settings: Settings) -> Course:
    """Make a lot ready; RehearsalError names everything that is missing."""
    wrong = readiness(file, lot_id)
    if wrong:
        says = " ".join(finding.message for finding in wrong[:5])
        raise RehearsalError(f"This lot cannot be rehearsed yet. {says}", wrong)
    lot, methodology = file.tender.lot(lot_id), file.methodology_for(lot_id)
    assert methodology is not None  # readiness has said so otherwise
    leaves, scales = methodology.scored, {scale.id: scale for scale in file.scales}
    levels = [sorted(Fraction(level.points) for level in scales[leaf.criterion.scale].levels) for leaf in leaves]
    tops = [points[-1] for points in levels]
    return Course(
        file,
        lot,
        methodology,
        replace(methodology, tie_breaks=()),
        settings,
        *_prices(lot, methodology, settings),
        leaves,
        tuple(_rows(leaf, points, methodology) for leaf, points in zip(leaves, levels, strict=True)),
        tuple(settings.scores.running(len(points)) for points in levels),
        coding(leaves, tops, levels),
    )


def _rows(leaf: Leaf, points: Sequence[Fraction], methodology: Methodology) -> tuple[LeafMarks, ...]:
    """Work out the marks of every level once: weight × points ÷ the top of the scale."""
    top, quorum = points[-1], methodology.quorum
    return tuple(LeafMarks(leaf, each, top, leaf.weight * each / top, quorum, None) for each in points)


def _prices(lot: Lot, methodology: Methodology, settings: Settings) -> tuple[Money, Money, Money]:
    """Return the lot's budget over its term, and the lowest and highest made-up price."""
    budget = min([lot.annual_budget * lot.years, *([lot.base_value] if lot.base_value else [])])
    if methodology.price.formula == "fixed_price":
        published = exact(methodology.price.parameter("price")) * 100
        fixed = Money(published.numerator // published.denominator)
        return budget, fixed, fixed
    lowest = percent_of(budget, Fraction(settings.prices.lowest), round_up=True)
    return budget, lowest, max(lowest, percent_of(budget, Fraction(settings.prices.highest)))


# --- its bids -----------------------------------------------------------------------------------------------


def make_up(course: Course, number: int) -> tuple[MadeUpBid, ...]:
    """Make up the bids of one round (1 = first): the same seed, round and bid always give the same one."""
    return tuple(_one(course, letter, number) for letter in LETTERS[: course.settings.bids])


def _one(course: Course, letter: str, number: int) -> MadeUpBid:
    scored = len(course.leaves)
    price, usual, *drawn = numbers(
        course.settings.seed, f"lot {course.lot.id} round {number} bid {letter}", 2 + 2 * scored
    )
    alike = course.settings.scores.alike
    levels = (
        pick(usual if below(drawn[2 * at], 100) < alike else drawn[2 * at + 1], course.running[at])
        for at in range(scored)
    )
    return MadeUpBid(_bid(course, letter, _price(course, price)), tuple(levels))


def _price(course: Course, number: int) -> Money:
    steps = (course.highest - course.lowest).pence // 100 + 1
    return course.lowest + Money.pounds(below(number, steps))


def _bid(course: Course, letter: str, price: Money) -> Bid:
    """Price every year alike; a basket is priced at one unit price, so that it comes to no more than the price."""
    lot, years = course.lot, (1,) * course.lot.years
    units = _units(course.methodology.basket, price) if course.methodology.evaluated_price == "basket" else ()
    return Bid(letter, lot.id, course.file.tender.deadline, share_out(price, years), (), unit_prices=units)


def _units(basket: Sequence[BasketItem], price: Money) -> tuple[UnitPrice, ...]:
    quantity = sum((Fraction(item.quantity) for item in basket), Fraction(0))
    each = Money(int(price.pence / quantity)) if quantity > 0 else price
    return tuple(UnitPrice(item.id, each) for item in basket)
