"""The smallest moves that mend a collaboration split, one finding at a time or all of them together.

A pound moved off a cap, or onto a minimum, mends exactly one pound of it, so the smallest mend of a finding moves the
sum of its yearly excesses. Money goes where no other rule breaks: to partners outside the lead's group with room
under the provider cap, first to those that a missed minimum asks for; it comes from the lead's delivery before its
fee. Where the parties named have no room the mend asks for a partner still to be found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from lots.bid import Bid
from lots.collaboration import CollaborationRules
from lots.money import Money
from lots.organisation import Organisation
from lots.split.check import check_split
from lots.split.flow import SplitFinding, name_of
from lots.split.moves import Mend, Move, Pocket, apply
from lots.split.report import RuleFigure, SplitReport
from lots.split.working import WorkingSplit
from lots.words import listed

_DELIVERY, _FEE = Pocket("delivery"), Pocket("management_fee")
_UNALLOCATED, _NEW = Pocket("unallocated"), Pocket("new_partner")
CORRECT_FIRST = frozenset({"wrong_number_of_years", "negative_amount", "deduction_too_large", "no_lead", "two_leads"})
"""Findings about figures that cannot be: while there is one, nothing else is mended."""
_ORDER = (
    "top_slice",
    "money_flows_back",
    "payer_overspends",
    "shares_do_not_add_up",
    "management_fee_exceeded",
    "provider_maximum_exceeded",
    "lead_retention_exceeded",
    "subcontract_minimum_missed",
    "by_and_for_minimum_missed",
    "vcse_minimum_missed",
)


@dataclass(frozen=True)
class Mended:
    """A bid after every mend that could be made, the mends in their order, and what is still broken.

    ``contradictions`` say which rules the organisations named in the bid cannot meet, however the money is split.
    """

    bid: Bid
    mends: tuple[Mend, ...]
    report: SplitReport
    contradictions: tuple[SplitFinding, ...]

    @property
    def left(self) -> tuple[SplitFinding, ...]:
        """List what is still broken."""
        return self.report.errors


def mends(report: SplitReport) -> tuple[Mend, ...]:
    """Find the smallest mend of each broken rule, taken by itself, in the order of the findings."""
    return tuple(mend_of(report, finding) for finding in report.errors)


def mend_of(report: SplitReport, finding: SplitFinding) -> Mend:
    """Find the smallest mend of one finding; where no money can mend it the mend has no moves and says what to do."""
    work = _WORK.get(finding.code)
    if work is None or report.bid.split is None:
        return Mend(finding, (), _ask(report, finding))
    if any(other.code in CORRECT_FIRST for other in report.errors):
        return Mend(finding, (), "Correct the amounts that cannot be and the lead of the bid first.")
    working = WorkingSplit(report)
    left = sum(work(working, finding, year) for year in range(len(report.bid.prices)))
    if left or not working.moves:
        return Mend(finding, (), "No move between the parties mends this: look at the figures before it first.")
    return Mend(finding, tuple(working.moves), _sentence(working.moves, report, finding))


def mend_all(bid: Bid, rules: CollaborationRules, organisations: Mapping[str, Organisation]) -> Mended:
    """Mend one finding after another until the bid obeys every rule, or until no move helps.

    Ends because no mend breaks a rule about caps and minima that is kept: each only takes what others can spare and
    gives where there is room. A bid seen before ends the work all the same.
    """
    made: list[Mend] = []
    seen: set[Bid] = set()
    report = check_split(bid, rules, organisations)
    while bid not in seen:
        seen.add(bid)
        mend = next(filter(_can_be_made, _in_order(report)), None)
        if mend is None:
            break
        made.append(mend)
        bid = apply(bid, mend)
        report = check_split(bid, rules, organisations)
    found = () if report.compliant else contradictions(report)
    return Mended(bid, tuple(made), report, found)


def _can_be_made(mend: Mend) -> bool:
    return bool(mend.moves) and not mend.needs_payee


def _in_order(report: SplitReport) -> Iterable[Mend]:
    known = [finding for finding in report.errors if finding.code in _ORDER]
    return (mend_of(report, finding) for finding in sorted(known, key=lambda each: _ORDER.index(each.code)))


# What each finding asks for in one year: every function moves money in the split and returns the pence it could not.

_Work = Callable[[WorkingSplit, SplitFinding, int], int]


def _less_for_lead(working: WorkingSplit, finding: SplitFinding, year: int) -> int:
    """Take what is over from the lead's own figures, then from its deductions, its refunds and its companies."""
    left = finding.by_year[year].pence
    partners = working.partners(year)
    left = working.shift(year, left, [_DELIVERY, _FEE], partners)
    left = working.give_back(year, left)
    left = working.shift(year, left, working.companies(), partners)
    return working.shift(year, left, [_DELIVERY, _FEE, *working.companies()], [_NEW])


def _less_for_provider(working: WorkingSplit, finding: SplitFinding, year: int) -> int:
    """Take what is over from a provider and its group, for other partners or else for the lead's delivery."""
    if working.lead in finding.organisations:
        return _less_for_lead(working, finding, year)
    left, own = finding.by_year[year].pence, set(finding.organisations)
    sources = working.largest(year, finding.organisations)
    others = [pocket for pocket in working.partners(year) if pocket.organisations[0] not in own]
    left = working.shift(year, left, sources, [*others, _DELIVERY])
    return working.shift(year, left, sources, [_NEW])


def _smaller_fee(working: WorkingSplit, finding: SplitFinding, year: int) -> int:
    """Call the part of the fee that is over the cap delivery: the lead keeps no more than before."""
    return working.shift(year, finding.by_year[year].pence, [_FEE], [_DELIVERY], freely=True)


def _more_for(flag: Callable[[Organisation], bool]) -> _Work:
    """Make the work for a minimum: money for those with the flag, from the lead first and then from the others."""

    def work(working: WorkingSplit, finding: SplitFinding, year: int) -> int:
        left = finding.by_year[year].pence
        wanted = [pocket for pocket in working.partners(year) if working.has(pocket, flag)]
        others = [name for name in working.outside if not working.has(Pocket("in_hand", (name,)), flag)]
        sources = [_DELIVERY, *working.companies(), *working.largest(year, others), _FEE]
        left = working.shift(year, left, sources, wanted)
        return working.shift(year, left, sources, [_NEW])

    return work


def _whole_price(working: WorkingSplit, finding: SplitFinding, year: int) -> int:
    """Give away what is allocated to nobody, or take back what is allocated beyond the price."""
    left = finding.by_year[year].pence
    if left > 0:
        return working.shift(year, left, [_UNALLOCATED], [*working.partners(year), _DELIVERY, _NEW])
    sources = [_DELIVERY, _FEE, *working.largest(year, working.outside), *working.companies()]
    left = working.shift(year, -left, sources, [_UNALLOCATED])
    return working.shift(year, left, sources, [_UNALLOCATED], freely=True)


def _no_deduction(working: WorkingSplit, finding: SplitFinding, year: int) -> int:
    payer, payee = finding.organisations
    return working.pay_in_full(year, finding.by_year[year].pence, payer, payee)


def _no_flow_back(working: WorkingSplit, finding: SplitFinding, year: int) -> int:
    """Stop the payment that closes the chain; the payer keeps its money."""
    payer, payee = finding.organisations[-2:]
    return working.stop(year, max(0, finding.by_year[year].pence), payer, payee)


def _spend_less(working: WorkingSplit, finding: SplitFinding, year: int) -> int:
    """Pay on less: what a payer lacks comes off the largest of its own payments first."""
    (payer,), left = finding.organisations, finding.by_year[year].pence
    for payee in working.payees(year, payer):
        left = working.stop(year, left, payer, payee)
    return left


_WORK: dict[str, _Work] = {
    "top_slice": _no_deduction,
    "money_flows_back": _no_flow_back,
    "payer_overspends": _spend_less,
    "shares_do_not_add_up": _whole_price,
    "management_fee_exceeded": _smaller_fee,
    "provider_maximum_exceeded": _less_for_provider,
    "lead_retention_exceeded": _less_for_lead,
    "subcontract_minimum_missed": _less_for_lead,
    "by_and_for_minimum_missed": _more_for(lambda organisation: organisation.by_and_for),
    "vcse_minimum_missed": _more_for(lambda organisation: organisation.vcse),
}


# What is said.


def _ask(report: SplitReport, finding: SplitFinding) -> str:
    """Say what people must do where moving money mends nothing."""
    names = listed(name_of(name, report.by_id) for name in finding.organisations)
    asks = {
        "partner_unconfirmed": f"Ask {names} to confirm its own figures.",
        "partner_disputed": f"Agree the figures with {names}, change the split if need be, and ask again.",
        "split_missing": "Add the split of the price between the lead and its partners.",
        "no_lead": "Name the party that leads the bid.",
        "two_leads": "Name one lead; the other is a partner.",
        "unknown_party": f"Name {names} as a party to the bid, or leave the payment out.",
        "unknown_organisation": "Add the organisation, or correct its id.",
        "pays_itself": "Leave the payment out.",
    }
    return asks.get(finding.code, "Correct the figure: nothing else can be worked out from it.")


_ANY = {
    "lead_retention_exceeded": "any partner",
    "subcontract_minimum_missed": "any partner",
    "vcse_minimum_missed": "any VCSE partner",
    "by_and_for_minimum_missed": "any by-and-for partner",
}


def _sentence(moves: Sequence[Move], report: SplitReport, finding: SplitFinding) -> str:
    """Say the moves: ``Move £7,300 in each year from the lead's delivery to any partner (for example …)``."""
    routes: dict[tuple[Pocket, Pocket], dict[int, Money]] = {}
    for move in moves:
        amounts = routes.setdefault((move.source, move.target), {})
        amounts[move.year] = amounts.get(move.year, Money(0)) + move.amount
    anybody = _ANY.get(finding.code, "") if len({target for _, target in routes}) == 1 else ""
    years = len(report.bid.prices)
    parts = [
        f"{_amounts(amounts, years)} {_from_to(source, target, report, anybody)}"
        for (source, target), amounts in routes.items()
    ]
    return f"Move {'; and '.join(parts)}."


def _amounts(amounts: Mapping[int, Money], years: int) -> str:
    same = set(amounts.values())
    if len(amounts) == years > 1 and len(same) == 1:
        return f"{same.pop()} in each year"
    return listed(f"{amount} in year {year}" for year, amount in sorted(amounts.items()))


def _from_to(source: Pocket, target: Pocket, report: SplitReport, anybody: str) -> str:
    names = [name_of(name, report.by_id) for name in source.organisations]
    source_words = {
        "delivery": "from the lead's delivery",
        "management_fee": "from the management fee",
        "unallocated": "from what is allocated to nobody",
        "payment": f"from the payments {' → '.join(names)}",
        "allocation": f"from what is allocated and kept back {' → '.join(names)}",
        "deduction": f"from the deduction {' → '.join(names)}",
    }
    return f"{source_words[source.kind]} {_to(target, report, anybody)}"


def _to(target: Pocket, report: SplitReport, anybody: str) -> str:
    name = name_of(target.organisations[-1], report.by_id) if target.organisations else ""
    if target.kind == "payment":
        return f"to {anybody} (for example {name})" if anybody else f"to {name}"
    new = f"to {anybody.replace('any ', 'a ') or 'a partner'} that must be added to the bid"
    words = {
        "delivery": "to the lead's delivery",
        "unallocated": "out of the split",
        "in_hand": f"back to {name}",
        "new_partner": new,
    }
    return words[target.kind]


# What no split between these parties could meet.


def contradictions(report: SplitReport) -> tuple[SplitFinding, ...]:
    """Name the rules that the organisations of this bid cannot meet in some year, however they split the money.

    Each finding is a proof: even if everybody who counts held as much as the caps allow, the figure would be missed.
    """
    if report.bid.split is None or not report.bid.prices:
        return ()
    working = WorkingSplit(report)
    found = [
        *_missing(report, working, "the whole price", None),
        *_missing(report, working, "the minimum to sub-contract", "subcontract_minimum"),
        *_missing(report, working, "the minimum to VCSE partners", "vcse_minimum"),
        *_missing(report, working, "the minimum to by-and-for partners", "by_and_for_minimum"),
    ]
    return tuple(found)


def _missing(report: SplitReport, working: WorkingSplit, what: str, rule: str | None) -> list[SplitFinding]:
    """Compare what those who count could hold at most with what is asked of them, in each year."""
    prices = [price.pence for price in report.bid.prices]
    asked = prices
    if rule is not None:
        figure = next((figure for figure in report.figures if figure.rule == rule), None)
        if not isinstance(figure, RuleFigure):
            return []
        asked = list(figure.limits[:-1])
    most = [working.most(year, rule) for year in range(len(prices))]
    short = tuple(Money(max(0, need - could)) for need, could in zip(asked, most, strict=True))
    if not any(short):
        return []
    year = max(range(len(short)), key=lambda each: short[each]) + 1
    text = (
        f"The parties of this bid cannot meet {what}: under the caps those who count can hold {Money(most[year - 1])} "
        f"in year {year}, {short[year - 1]} too little. Add a partner."
    )
    place = f"bid {report.bid.id}, year {year}"
    return [SplitFinding("parties_cannot_meet_rules", text, place, by_year=short, binding_year=year)]
