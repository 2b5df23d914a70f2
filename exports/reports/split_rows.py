"""The rules of a lot about price and split, each in one row of words: limit, figure, room left, met or not.

The rows come from the checks that decide (:mod:`lots.split.check`, :mod:`lots.ceilings`); here they are only put into
words, so that a certificate, the evaluation report and their recomputation all say the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from lots.bid import Bid
from lots.ceilings import price_against_ceilings, price_findings
from lots.collaboration import percentage
from lots.errors import Finding, errors_in
from lots.lot import Lot
from lots.money import Money, total
from lots.organisation import Organisation
from lots.split.check import check_split
from lots.split.fixes import mend_all, mend_of
from lots.split.report import ConfirmationFigure, RuleFigure, RuleLine, SplitReport, round_apart
from lots.words import listed

Pairs = Iterator[tuple[str, str]]

TITLES = {
    "annual_budget": "The price of each year is at most the lot’s annual budget",
    "base_value": "The price of the whole term is at most the lot’s base value",
    "shares_add_up": "The shares add up to the price, to the penny",
    "lead_retention_maximum": "The lead keeps no more than its cap, management fee included",
    "provider_maximum": "No single provider holds more than the cap",
    "management_fee_maximum": "The management fee is within its limit",
    "subcontract_minimum": "Enough goes to others than the lead",
    "vcse_minimum": "Enough goes to voluntary, community and social enterprise partners",
    "by_and_for_minimum": "Enough goes to by-and-for partners",
    "no_top_slice": "Nothing is kept back from what a partner is allocated",
    "no_money_back": "No money flows back to the lead or runs in a circle",
    "partners_confirmed": "Every partner has confirmed its own figures",
}


@dataclass(frozen=True)
class RuleRow:
    """One rule as printed. ``where`` says in which year it is tightest; ``holder`` whose figure that is."""

    rule: str
    title: str
    limit: str
    actual: str
    room: str
    where: str
    passed: bool
    holder: str = ""

    @property
    def result(self) -> str:
        """Say in a word whether the rule is kept."""
        return "Met" if self.passed else "Not met"


@dataclass(frozen=True)
class Breach:
    """A broken rule: its code and the sentence about it. What to change stands in :class:`Changes`."""

    code: str
    message: str


@dataclass(frozen=True)
class Changes:
    """What mends a bid: moves of money, each the smallest after those before it; then what moving money cannot mend.

    ``pounds`` are moved in all years together. ``summary`` says how far the moves reach, ``contradictions`` which
    rules the organisations named cannot meet however the money is split.
    """

    moves: tuple[str, ...]
    asks: tuple[str, ...]
    pounds: Money
    summary: str
    contradictions: tuple[str, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """List everything that is to be done, in order."""
        return (*self.moves, *self.asks)


@dataclass(frozen=True)
class Checked:
    """One bid's price and split against the rules of its lot, in words; ``report`` has the figures behind them."""

    report: SplitReport
    rows: tuple[RuleRow, ...]
    breaches: tuple[Breach, ...]
    remarks: tuple[str, ...]
    changes: Changes

    @property
    def compliant(self) -> bool:
        """Say whether no rule is broken."""
        return not self.breaches


def checked(bid: Bid, lot: Lot, organisations: Mapping[str, Organisation]) -> Checked:
    """Check a bid's price and split and put the outcome into rows and sentences."""
    report = check_split(bid, lot.collaboration, organisations, years=lot.years or None)
    priced = price_findings(bid, lot, f"bid {bid.id}")
    broken = [Breach(it.code, it.message) for it in (*errors_in(priced), *report.errors)]
    others: list[Finding] = [it for it in (*priced, *report.findings) if it.severity != "error"]
    rows = rule_rows(report, lot)
    dear = ["Change the price, or ask the buyer."] if errors_in(priced) else []
    changes = _changes(report, bid, lot, organisations, dear)
    return Checked(report, rows, tuple(broken), tuple(it.message for it in others), changes)


def rule_rows(report: SplitReport, lot: Lot) -> tuple[RuleRow, ...]:
    """Put every rule about price and split into words, as :func:`checked` does, without looking for what mends it."""
    ceilings = map(_money_row, ceiling_figures(report.bid, lot))
    return (*ceilings, *(_row(figure, report) for figure in report.figures))


def printed_rows(found: Checked) -> Pairs:
    """Give every figure of a check its place, as printed."""
    yield "result", "met" if found.compliant else "not met"
    for row in found.rows:
        for name in ("limit", "actual", "room", "where", "result"):
            yield f"rule.{row.rule}.{name}", getattr(row, name)
    for held in found.report.holdings:
        yield f"held.{held.organisation}", held.term.plain()
    for at, breach in enumerate(found.breaches, 1):
        yield f"broken.{at}", breach.message
    for at, sentence in enumerate(found.changes.sentences, 1):
        yield f"change.{at}", sentence
    if found.changes.moves:
        yield "changes.pounds", found.changes.pounds.plain()


def ceiling_figures(bid: Bid, lot: Lot) -> Iterator[RuleFigure]:
    """Hold the prices to the lot's annual budget and base value, as figures of the same shape as a split rule's."""
    table = price_against_ceilings(bid, lot)
    prices = (*(row.price.pence for row in table.years), table.total.pence)
    budgets = [row.budget.pence for row in table.years]
    if budgets:
        yield RuleFigure("annual_budget", "maximum", None, prices, (*budgets, sum(budgets)), prices)
    if lot.base_value is not None:
        whole = (table.total.pence,)
        yield RuleFigure("base_value", "maximum", None, whole, (lot.base_value.pence,), whole)


def percent_text(part: Money, whole: Money, apart_from: Fraction | None = None) -> str:
    """Write a share of a price: two decimals, or as many as tell it apart from a limit it is not; a dash of £0."""
    if whole.pence <= 0:
        return "–"
    hundredths = (20_000 * part.pence + whole.pence) // (2 * whole.pence)
    if hundredths >= 0 and (apart_from is None or apart_from * 100 != hundredths):
        return f"{hundredths // 100}.{hundredths % 100:02d}".rstrip("0").rstrip(".") + " %"
    return percentage(round_apart(Fraction(100 * part.pence, whole.pence), apart_from))


def _row(figure: RuleFigure | ConfirmationFigure, report: SplitReport) -> RuleRow:
    if isinstance(figure, ConfirmationFigure):
        return _confirmed(figure, report)
    made = _money_row(figure)
    names = figure.binding_line.organisations
    named = listed(report.by_id[name].name for name in names if name in report.by_id)
    return RuleRow(made.rule, made.title, made.limit, made.actual, made.room, made.where, made.passed, named)


def _money_row(figure: RuleFigure) -> RuleRow:
    line = figure.binding_line
    limit, actual = str(line.limit), str(line.actual)
    if figure.percent is not None:
        asked = Fraction(figure.percent)
        limit = f"{percentage(figure.percent)} = {limit}"
        actual = f"{percent_text(line.actual, line.price, asked)} = {actual}"
    return RuleRow(figure.rule, TITLES[figure.rule], limit, actual, _room(figure, line), _where(figure), figure.passed)


def _room(figure: RuleFigure, line: RuleLine) -> str:
    """Say what is left before the rule is broken, or by how much it is."""
    if line.passed:
        nothing = figure.kind == "equal" or not (line.limit or line.actual)
        return "–" if nothing else f"{line.headroom} left"
    words = {"maximum": "over", "minimum": "short", "equal": "out"}
    return f"{-line.headroom} {words[figure.kind]}"


def _where(figure: RuleFigure) -> str:
    years = list(zip(figure.limits, figure.actuals, strict=True))[:-1]
    if not years:
        return "over the whole term"
    alike = len(set(years)) == 1 and len(years) > 1
    return "the same in every year" if alike else f"tightest in year {figure.binding_year}"


def _confirmed(figure: ConfirmationFigure, report: SplitReport) -> RuleRow:
    count = len(figure.confirmed) + len(figure.unconfirmed) + len(figure.disputed)
    missing = [*figure.unconfirmed, *figure.disputed]
    named = listed(report.by_id[name].name for name in missing if name in report.by_id)
    room = f"{len(missing)} missing" if missing else "–"
    actual = f"{len(figure.confirmed)} of {count} confirmed"
    title = TITLES[figure.rule]
    return RuleRow(figure.rule, title, "all of them", actual, room, "", figure.passed, named)


def _changes(
    report: SplitReport, bid: Bid, lot: Lot, organisations: Mapping[str, Organisation], asks: list[str]
) -> Changes:
    """Mend the whole split at once, so that one excess under two rules is moved once; ask for what no move mends."""
    if report.compliant or bid.split is None:
        single = [mend_of(report, finding).sentence for finding in report.errors]
        return Changes((), tuple(dict.fromkeys([*asks, *single])), Money(0), "", ())
    mended = mend_all(bid, lot.collaboration, organisations)
    asks = [*asks, *(mend_of(mended.report, finding).sentence for finding in mended.left)]
    return Changes(
        tuple(mend.sentence for mend in mended.mends),
        tuple(dict.fromkeys(asks)),
        total(mend.pounds for mend in mended.mends),
        _reach(len(report.errors), len(mended.left), len(mended.mends)),
        tuple(finding.message for finding in mended.contradictions),
    )


def _reach(broken: int, left: int, moves: int) -> str:
    """Say which of the broken rules the moves mend, unless it is one move for the only one."""
    if not moves or broken - left < 1 or moves == broken == 1:
        return ""
    whole = {1: "what is wrong", 2: "both things that are wrong"}.get(broken, f"all {broken} things that are wrong")
    what = f"{broken - left} of the {broken} things that are wrong" if left else whole
    if moves == 1:
        once = ": it is made once, not once for each rule" if broken - left > 1 else ""
        return f"This one move mends {what}{once}."
    return f"Made one after another, these {moves} moves mend {what}."
