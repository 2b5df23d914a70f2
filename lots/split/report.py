"""What a check of a collaboration split finds: who holds what, and every rule with its figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Literal

from lots.bid import Bid
from lots.collaboration import CollaborationRules, percentage
from lots.money import Money
from lots.organisation import Organisation
from lots.split.flow import Pence, SplitFinding

Kind = Literal["maximum", "minimum", "equal"]


@dataclass(frozen=True, slots=True)
class Holding:
    """What one organisation ends up holding, in pence by year, of the bid's prices."""

    organisation: str
    pence: Pence
    prices: Pence = field(repr=False)

    @property
    def by_year(self) -> tuple[Money, ...]:
        """Give the money held in each year."""
        return tuple(Money(pence) for pence in self.pence)

    @property
    def term(self) -> Money:
        """Give the money held over the whole term."""
        return Money(sum(self.pence))

    @property
    def percents(self) -> tuple[Fraction | None, ...]:
        """Give the exact percentage of each year's price, then of the term's; None where the price is £0."""
        return _percents((*self.pence, sum(self.pence)), (*self.prices, sum(self.prices)))


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One year (from 1), or the whole term (``year`` 0), of a rule: limit, figure, and whose it is."""

    year: int
    price: Money
    limit: Money
    actual: Money
    headroom: Money
    passed: bool
    organisations: tuple[str, ...] = ()

    @property
    def percent(self) -> Fraction | None:
        """Give the exact percentage of the price; None where that is £0."""
        return _percents((self.actual.pence,), (self.price.pence,))[0]


@dataclass(frozen=True)
class RuleFigure:
    """A rule about money with its limits and figures in pence, the years first and the whole term last.

    ``rule`` is the field of CollaborationRules, or ``shares_add_up``. ``holders`` says, line by line, whose
    figure it is where that varies (the single provider that holds most).
    """

    rule: str
    kind: Kind
    percent: Decimal | None
    prices: Pence
    limits: Pence
    actuals: Pence
    holders: tuple[tuple[str, ...], ...] = ()

    @cached_property
    def headrooms(self) -> Pence:
        """Give the pence left before the rule is broken in each line; negative where it is."""
        pairs = zip(self.limits, self.actuals, strict=True)
        if self.kind == "maximum":
            return tuple([limit - actual for limit, actual in pairs])
        if self.kind == "minimum":
            return tuple([actual - limit for limit, actual in pairs])
        return tuple([-abs(limit - actual) for limit, actual in pairs])

    @property
    def passed(self) -> bool:
        """Say whether the rule is kept in every year and over the term."""
        return min(self.headrooms, default=0) >= 0

    @property
    def lines(self) -> tuple[RuleLine, ...]:
        """Give the rule year by year and over the term, fit for a certificate."""
        return tuple(self.line(i) for i in range(len(self.limits)))

    @cached_property
    def binding_line(self) -> RuleLine:
        """Give the line of the binding year; without years that of the whole term."""
        return self.line(self.binding_year - 1)

    @cached_property
    def binding_year(self) -> int:
        """Return the year (from 1) with the least headroom (the earliest of equals); 0 without years."""
        rooms = self.headrooms[:-1]
        return rooms.index(min(rooms)) + 1 if rooms else 0

    def line(self, i: int) -> RuleLine:
        """Give one line, counted from 0 (−1 is the whole term)."""
        i %= len(self.limits)
        limit, actual, price, room = self.limits[i], self.actuals[i], self.prices[i], self.headrooms[i]
        year = 0 if i == len(self.limits) - 1 else i + 1
        who = self.holders[i] if self.holders else ()
        return RuleLine(year, Money(price), Money(limit), Money(actual), Money(room), room >= 0, who)


@dataclass(frozen=True)
class ConfirmationFigure:
    """How many of the organisations named beside the lead have confirmed their own figures."""

    confirmed: tuple[str, ...]
    unconfirmed: tuple[str, ...]
    disputed: tuple[str, ...]
    rule: str = "partners_confirmed"

    @property
    def passed(self) -> bool:
        """Say whether everybody named has confirmed."""
        return not self.unconfirmed and not self.disputed


@dataclass(frozen=True)
class SplitReport:
    """A bid's split as checked: who holds what, every rule with its figures, and what is wrong.

    ``figures`` hold every rule that is switched on, kept or broken; ``organisations`` those the bid names.
    A report on a bid without a split has no holdings. Only findings of severity ``error`` break a rule.
    """

    bid: Bid
    rules: CollaborationRules
    organisations: tuple[Organisation, ...]
    holdings: tuple[Holding, ...]
    retained_by_lead: Holding
    figures: tuple[RuleFigure | ConfirmationFigure, ...]
    findings: tuple[SplitFinding, ...]
    years: int

    @property
    def compliant(self) -> bool:
        """Say whether no rule is broken."""
        return not self.errors

    @property
    def errors(self) -> tuple[SplitFinding, ...]:
        """List the broken rules; warnings and notes stop nothing."""
        return tuple(found for found in self.findings if found.severity == "error")

    @cached_property
    def by_id(self) -> dict[str, Organisation]:
        """Look the organisations up by their ids."""
        return {organisation.id: organisation for organisation in self.organisations}

    def figure(self, rule: str) -> RuleFigure | ConfirmationFigure:
        """Find the figures of a rule; KeyError where it is not switched on."""
        for figure in self.figures:
            if figure.rule == rule:
                return figure
        raise KeyError(rule)

    def holding(self, organisation: str) -> Holding:
        """Find what an organisation holds; KeyError for a stranger."""
        for held in self.holdings:
            if held.organisation == organisation:
                return held
        raise KeyError(organisation)


def _percents(parts: Sequence[int], wholes: Sequence[int]) -> tuple[Fraction | None, ...]:
    pairs = zip(parts, wholes, strict=True)
    return tuple(Fraction(100 * part, whole) if whole > 0 else None for part, whole in pairs)


def said_percent(part: int, whole: int, limit: Fraction | None = None) -> str:
    """Write ``61 % = ``: two decimals, or enough to differ from ``limit``; nothing of £0."""
    if whole <= 0:
        return ""
    return f"{percentage(round_apart(Fraction(100 * part, whole), limit))} = "


def round_apart(percent: Fraction, limit: Fraction | None) -> Fraction:
    """Round a percentage to two decimals, or to more while it would look equal to a limit that it is not."""
    part, whole = percent.as_integer_ratio()
    for scale in (10**2, 10**3, 10**4, 10**5, 10**6):
        rounded = Fraction((2 * part * scale + whole) // (2 * whole), scale)
        if rounded != limit or percent == limit:
            return rounded
    return rounded


def said_points(pence: int, whole: int) -> str:
    """Write percentage points, ``1.0 point`` or ``0.00014 points``; nothing where the whole is £0."""
    if whole <= 0:
        return ""
    rounded = round_apart(Fraction(100 * pence, whole), Fraction(0))
    number = percentage(rounded).removesuffix(" %")
    number = number if "." in number else number + ".0"
    return f" ({number} point{'' if rounded == 1 else 's'})"
