"""The headroom ledger of a lot: every uplift against the maximum potential spend and its legal gateway, exactly.

PCR 2015 reg 72 governs a contract procured under it for its whole life; Procurement Act 2023 s.74 and Sch 8 the later
ones, except that light-touch contracts may be modified freely (s.74(2)). Percentages are of the reference value: the
initial contract value, indexed where the contract has an indexation clause (reg 72(7)).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from lots.errors import Finding, ProcurementError, Severity
from lots.funding import contract_year, last_day
from lots.gateways import GATEWAYS, Gateway, Yardstick
from lots.lot import Lot, Term, Uplift
from lots.money import ZERO, Money, total
from lots.regime import Regime
from lots.words import counted

ALERT_BELOW = Fraction(10)  # per cent of the room there was at the start


class LedgerError(ProcurementError):
    """A lot whose headroom cannot be told, because a number is missing or not above £0."""


# --- the ledger ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LimitTest:
    """One limit put to an uplift; ``strict``: the value must stay below it; ``passed`` is ``None`` if unknown.

    ``limit`` is cut to whole pence for printing; the comparison itself is exact.
    """

    code: str
    value: Money
    limit: Money | None
    strict: bool
    passed: bool | None
    sentence: str


@dataclass(frozen=True)
class LedgerRow:
    """One uplift, what is committed after it, what headroom that leaves, and every test it was put to."""

    uplift: Uplift
    gateway: str
    committed: Money
    headroom: Money
    tests: tuple[LimitTest, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Ledger:
    """A lot's uplifts by date; ``original`` is the initial contract value, ``position`` what the regime asks for."""

    lot: str
    title: str
    regime: Regime
    position: str
    original: Money
    reference: Money
    maximum: Money
    rows: tuple[LedgerRow, ...]
    findings: tuple[Finding, ...]

    @property
    def drawn(self) -> Money:
        """Add up the uplifts, net."""
        return total(row.uplift.amount for row in self.rows)

    @property
    def committed(self) -> Money:
        """Add the uplifts to the original value."""
        return self.original + self.drawn

    @property
    def headroom(self) -> Money:
        """Say what is left below the maximum potential spend (negative when it is exceeded)."""
        return self.maximum - self.committed

    @property
    def percent_left(self) -> Fraction | None:
        """Return the headroom left in per cent of the headroom there was at first; ``None`` if there was none."""
        room = self.maximum - self.original
        return 100 * self.headroom.share_of(room) if room > ZERO else None

    def months_left(self, monthly: Money) -> Fraction | None:
        """Say how many months of extra spending of ``monthly`` fit the headroom; ``None`` for £0 or less."""
        return max(self.headroom, ZERO).share_of(monthly) if monthly > ZERO else None


_POSITIONS = {
    Regime.PCR2015_LIGHT_TOUCH: "Every uplift needs a gateway of PCR 2015 reg 72, for the whole life of the contract.",
    Regime.PA2023_LIGHT_TOUCH: "A light-touch contract may be modified without a gateway "
    "(Procurement Act 2023 s.74(2)): this ledger is kept for finance and audit.",
    Regime.PA2023_FULL: "Every uplift needs a gateway of Procurement Act 2023 s.74 or Sch 8.",
    Regime.BELOW_THRESHOLD: "No gateway is needed while the contract stays below the threshold.",
    Regime.GRANT: "A grant is not governed by procurement law: this ledger is kept for finance and audit.",
}


def ledger(
    lot: Lot,
    regime: Regime,
    yardstick: Yardstick,
    *,
    initial: Money | None = None,
    reference: Money | None = None,
    sources: frozenset[str] | None = None,
    place: str = "",
) -> Ledger:
    """Draw every uplift of a lot against its headroom, in order of date, and test each against its gateway.

    ``initial`` is the contract's value as awarded (the lot's base value before that), ``reference`` that value indexed,
    ``sources`` the ids of the tender's funding, ``place`` the lot's path. LedgerError where a number is missing.
    """
    original, maximum = lot.base_value if initial is None else initial, lot.maximum_potential_spend
    reference = original if reference is None else reference
    if original is None or reference is None or maximum is None or min(original, reference) <= ZERO:
        raise LedgerError(f"{lot.title} has no headroom to tell: give its base value and its maximum potential spend")
    case = _Case(lot, Regime(regime), yardstick, original, reference, maximum, sources, place or lot.id)
    by_date = sorted(enumerate(lot.uplifts), key=lambda pair: (pair[1].decided_on, pair[0]))
    rows = tuple(_row(case, [it for _, it in by_date[: n + 1]], by_date[n][0]) for n in range(len(by_date)))
    book = Ledger(lot.id, lot.title, case.regime, _POSITIONS[case.regime], original, case.reference, maximum, rows, ())
    return replace(book, findings=(*(it for row in rows for it in row.findings), *_alert(book, case.place)))


def term_findings(term: Term, months: int, place: str) -> tuple[Finding, ...]:
    """Check a change of the term (months more, or fewer when negative) against s.74(3): at most 10 % of the maximum.

    An uplift carries money only, so whoever changes a term under Procurement Act 2023 asks here.
    """
    allowed = Fraction(12 * term.years, 10)
    if abs(months) <= allowed:
        return ()
    message = (
        f"A change of {abs(months)} months is more than 10 % of the maximum term of {12 * term.years} months "
        f"({allowed.numerator // allowed.denominator} months): it counts as substantial (Procurement Act 2023 s.74(3))."
    )
    return (Finding("gateway_term", message, place, "error", (("months", str(months)),)),)


@dataclass(frozen=True)
class _Case:
    """What every row of one ledger is judged by."""

    lot: Lot
    regime: Regime
    yardstick: Yardstick
    original: Money
    reference: Money
    maximum: Money
    sources: frozenset[str] | None
    place: str


def _row(case: _Case, so_far: list[Uplift], number: int) -> LedgerRow:
    """Judge the last of the uplifts ``so_far``; ``number`` is its place in the lot's own list."""
    uplift = so_far[-1]
    gateway, place = GATEWAYS.get(uplift.gateway), f"{case.place}.uplifts[{number}]"
    committed = case.original + total(it.amount for it in so_far)
    tests = tuple(_tests(case, gateway, so_far, committed))
    found = (*_formal(case, so_far, place), *_gateway_findings(case, gateway, uplift, place), *_failed(tests, place))
    title = gateway.title if gateway else uplift.gateway
    return LedgerRow(uplift, title, committed, case.maximum - committed, tests, found)


def _tests(case: _Case, gateway: Gateway | None, so_far: list[Uplift], committed: Money) -> Iterator[LimitTest]:
    most, uplift = case.maximum, so_far[-1]
    yield _test(
        "headroom_exceeded",
        committed,
        Fraction(most.pence),
        False,
        f"the maximum potential spend of {most}",
        "The committed value",
    )
    if gateway is None or case.regime not in gateway.regimes:
        return
    through = [it.amount for it in so_far if it.gateway == gateway.id]
    if gateway.each_percent:
        value = abs(uplift.amount) if gateway.reductions_too else max(uplift.amount, ZERO)
        code = "gateway_fifty_percent" if gateway.each_percent == 50 else "gateway_ten_percent"
        yield _percent_test(code, value, gateway.each_percent, case.reference, False, "This uplift alone")
    if gateway.net_below_percent:
        what = f"The net of the {counted(len(through), 'uplift')} through this gateway"
        yield _percent_test(
            "gateway_f_ten_percent", abs(total(through)), gateway.net_below_percent, case.reference, True, what
        )
    if gateway.below_threshold or case.regime is Regime.BELOW_THRESHOLD:
        value = total(map(abs, through)) if gateway.gross else abs(total(through))
        name = {"72_1_f": "gateway_f_threshold", "no_gateway": "grown_past_threshold"}.get(
            gateway.id, "gateway_threshold"
        )
        value, what = (
            (committed, "The committed value")
            if gateway.id == "no_gateway"
            else (value, "Together, uplifts through this gateway")
        )
        yield _test(name, value, case.yardstick.threshold_for_values(), True, case.yardstick.words(), what)


def _percent_test(code: str, value: Money, percent: int, of: Money, strict: bool, what: str) -> LimitTest:
    return _test(
        code, value, Fraction(of.pence * percent, 100), strict, f"{percent} % of the reference value of {of}", what
    )


def _test(code: str, value: Money, limit: Fraction | None, strict: bool, words: str, what: str) -> LimitTest:
    """Compare exactly; the sentence names the value, the limit in pounds and, for a threshold, both VAT bases."""
    if limit is None:
        sentence = (
            f"{what}, {value}, cannot be compared with {words}: say the VAT rate, so that like is compared with like."
        )
        return LimitTest(code, value, None, strict, None, sentence)
    passed = value.pence < limit if strict else value.pence <= limit
    cut, up = Money(limit.numerator // limit.denominator), Money(-(-limit.numerator // limit.denominator))
    must, named = ("less" if strict else "no more"), "" if str(cut) in words else f" ({cut})"
    verdict = "it is" if passed else f"take off at least {value - up + Money(1) if strict else value - cut}"
    return LimitTest(
        code, value, cut, strict, passed, f"{what}, {value}, must be {must} than {words}{named}: {verdict}."
    )


# --- what is wrong with an uplift ---------------------------------------------------------------------------


def _failed(tests: tuple[LimitTest, ...], place: str) -> Iterator[Finding]:
    for test in tests:
        limit = test.limit.plain() if test.limit else "unknown"
        figures = (("value", test.value.plain()), ("limit", limit))
        if test.passed is None:
            yield Finding("vat_basis_differs", test.sentence, f"{place}.amount", "error", figures)
        elif not test.passed:
            yield Finding(test.code, test.sentence, f"{place}.amount", "error", figures)


def _formal(case: _Case, so_far: list[Uplift], place: str) -> Iterator[Finding]:
    """Check what every uplift must say, whatever its gateway: its own id, a source of money, a decision, a date."""
    uplift, name = so_far[-1], f"Uplift {so_far[-1].id}"
    if uplift.id in {it.id for it in so_far[:-1]}:
        yield Finding("uplift_twice", f"Two uplifts have the id “{uplift.id}”: give each its own.", f"{place}.id")
    if not uplift.source.strip():
        yield Finding("uplift_without_source", f"{name} names no source of money: say who pays.", f"{place}.source")
    elif case.sources is not None and uplift.source not in case.sources:
        message = f"{name} is paid from “{uplift.source}”, which is not in the funding: add the source or name another."
        yield Finding("uplift_unknown_source", message, f"{place}.source")
    if not uplift.decision.strip():
        yield Finding("uplift_without_decision", f"{name} names no decision: give its reference.", f"{place}.decision")
    if not uplift.amount:
        yield Finding("uplift_of_nothing", f"{name} changes nothing: check its amount.", f"{place}.amount", "warning")
    yield from _dates(case, uplift, f"{place}.decided_on")


def _dates(case: _Case, uplift: Uplift, place: str) -> Iterator[Finding]:
    if case.lot.term is None:
        return
    first, last = contract_year(case.lot.term, 1)[0], last_day(case.lot.term)
    if not first <= uplift.decided_on <= last:
        after = uplift.decided_on > last
        message = (
            f"Uplift {uplift.id} was decided on {uplift.decided_on.isoformat()}, "
            f"{'after the contract can last' if after else 'before the contract starts'} "
            f"({first.isoformat()} to {last.isoformat()}): check the date."
        )
        severity: Severity = "error" if after else "warning"
        yield Finding("uplift_outside_term", message, place, severity)


def _gateway_findings(case: _Case, gateway: Gateway | None, uplift: Uplift, place: str) -> Iterator[Finding]:
    name, at = f"Uplift {uplift.id}", f"{place}.gateway"
    fitting = ", ".join(it.id for it in GATEWAYS.values() if case.regime in it.regimes)
    if gateway is None:
        yield Finding("gateway_unknown", f"{name} names a gateway “{uplift.gateway}”: write one of {fitting}.", at)
    elif case.regime not in gateway.regimes:
        message = f"{name} uses {gateway.title.lower()} ({gateway.id}), which another law has: write one of {fitting}."
        yield Finding("gateway_wrong_regime", message, at)
    elif uplift.amount > ZERO and not gateway.brings_money:
        message = (
            f"{name} pays {uplift.amount} through {gateway.reference}, which is no reason to pay more: name another."
        )
        yield Finding("gateway_without_money", message, at)
    elif gateway.reference and gateway.id != "pa_light_touch" and not uplift.evidence.strip():
        message = f"{name} has no evidence. {gateway.reference} needs that {gateway.needs}. Say where that is shown."
        yield Finding("uplift_without_evidence", message, f"{place}.evidence", "warning")


def _alert(book: Ledger, place: str) -> Iterator[Finding]:
    """Refuse a contract value over the ceiling; warn when under ``ALERT_BELOW`` per cent of the first room is left."""
    if not book.rows and book.headroom.pence < 0:
        over = abs(book.headroom)
        message = f"The contract value of {book.original} is {over} over the maximum potential spend of {book.maximum}."
        figures = (("value", book.original.plain()), ("maximum", book.maximum.plain()))
        yield Finding("headroom_exceeded", message, f"{place}.maximum_potential_spend", "error", figures)
    if book.percent_left is not None and 0 <= book.percent_left < ALERT_BELOW:
        room = book.maximum - book.original
        message = f"{book.headroom} of the {room} of headroom of {book.title} is left, less than {ALERT_BELOW} %."
        figures = (("headroom", book.headroom.plain()), ("room", room.plain()))
        yield Finding("headroom_low", message, f"{place}.maximum_potential_spend", "warning", figures)
