"""Why a split was refused, as its tenderer is told: the published rule, who keeps what, the most allowed, the excess.

The figures are those of the check (:mod:`lots.split.check`); here they are said to the lead itself. A letter prints
these sentences and its claim works them out again, so both take them from here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from lots.collaboration import percentage
from lots.errors import Finding
from lots.money import Money
from lots.split.flow import SplitFinding
from lots.split.report import SplitReport, round_apart
from lots.words import listed

RULES = {
    "lead_retention_exceeded": "the lead may keep at most {} of the price, its management fee included",
    "provider_maximum_exceeded": "no single provider may hold more than {} of the price",
    "management_fee_exceeded": "the management fee may be at most {} of the price",
    "subcontract_minimum_missed": "organisations other than the lead and its group must hold at least {} of the price",
    "vcse_minimum_missed": (
        "voluntary, community and social enterprises other than the lead and its group must hold at least {} of the "
        "price"
    ),
    "by_and_for_minimum_missed": (
        "by-and-for organisations other than the lead and its group must hold at least {} of the price"
    ),
}
OTHERS = {
    "top_slice": "what is allocated to a partner must be paid to it in full, with nothing kept back",
    "money_flows_back": "money passed to a partner may not come back to the lead or run in a circle",
    "partner_unconfirmed": "every organisation named in a tender must confirm its own work and share",
    "partner_disputed": "every organisation named in a tender must confirm its own work and share",
}


def split_told(report: SplitReport, reasons: Sequence[Finding]) -> tuple[Finding, ...]:
    """Say each broken rule to the lead of the bid; one excess that breaks two rules is told once, with both."""
    broken = [reason for reason in reasons if isinstance(reason, SplitFinding)]
    lead = next((each for each in broken if each.code == "lead_retention_exceeded"), None)
    twins = [each for each in broken if each.code == "provider_maximum_exceeded" and _same_holder(each, lead)]
    return tuple(_told(report, reason, twins) for reason in reasons if reason not in twins)


def _same_holder(finding: SplitFinding, lead: SplitFinding | None) -> bool:
    return lead is not None and set(finding.organisations) == set(lead.organisations)


def _told(report: SplitReport, reason: Finding, twins: Sequence[SplitFinding]) -> Finding:
    if not isinstance(reason, SplitFinding):
        return reason
    if reason.code in OTHERS:
        return replace(reason, message=f"The published rule: {OTHERS[reason.code]}. {reason.message}")
    if reason.code not in RULES:
        return reason
    sentences = [f"The published rule: {_rule(reason)}.", _figures(report, reason)]
    if reason.code == "lead_retention_exceeded":
        sentences += [_also(report, reason, twin) for twin in twins]
    return replace(reason, message=" ".join(sentences))


def _rule(reason: SplitFinding) -> str:
    return RULES[reason.code].format(percentage(Decimal(dict(reason.figures)["percent"])))


def _figures(report: SplitReport, reason: SplitFinding) -> str:
    """Set what is held against what is allowed, in the year in which it is furthest out."""
    percent, times = Fraction(dict(reason.figures)["percent"]), _times(report, reason)
    actual, limit, price = (_money(reason, name) for name in ("actual", "limit", "price"))
    short = "short" in dict(reason.figures)
    most, out = ("least", "too little") if short else ("most", "too much")
    beyond = _money(reason, "short" if short else "over")
    whole = f"{_share(actual, price, percent)} = {actual}{times}"
    return (
        f"{_who(report, reason, price)}{whole}; the {most} allowed is {limit}; {beyond}{times} {out}"
        f"{_other_years(reason) if times != ' a year' else ''}."
    )


def _who(report: SplitReport, reason: SplitFinding, price: Money) -> str:
    """Begin the sentence with whose figure it is; for the lead, with the parts that it adds up."""
    if reason.code == "management_fee_exceeded":
        return "Your management fee is "
    if reason.code == "lead_retention_exceeded" and reason.binding_year:
        return f"You keep {_breakdown(report, reason, price)}"
    names = [_name(report, name) for name in reason.organisations]
    if reason.code == "provider_maximum_exceeded":
        return f"{listed(names)}, one group, hold together " if len(names) > 1 else f"{listed(names)} holds "
    return f"In your tender {listed(names)} {'holds' if len(names) == 1 else 'hold'} " if names else "In your tender: "


def _breakdown(report: SplitReport, reason: SplitFinding, price: Money) -> str:
    """Write the parts of what the lead keeps, where there are several and none is less than nothing."""
    parts = [(words, amount) for words, amount in _parts(report, reason) if amount]
    if len(parts) < 2 or any(amount.pence < 0 for _, amount in parts):
        return ""
    return listed(f"{_share(amount, price)} {words} ({amount})" for words, amount in parts) + ": "


def _parts(report: SplitReport, reason: SplitFinding) -> Iterator[tuple[str, Money]]:
    """List what the lead keeps in the year meant: delivery, fee, what it keeps back or gets back, its companies."""
    split, year = report.bid.split, reason.binding_year - 1
    delivery, fee = (
        amounts[year] if split and year < len(amounts) else Money(0)
        for amounts in ((split.delivery, split.management_fee) if split else ((), ()))
    )
    own = report.holding(report.bid.tenderer).by_year[year]
    yield "for delivery", delivery
    yield "as management fee", fee
    yield "kept or paid back", own - delivery - fee
    for name in reason.organisations:
        if name != report.bid.tenderer:
            yield f"through {_name(report, name)}, which counts with you", report.holding(name).by_year[year]


def _also(report: SplitReport, reason: SplitFinding, twin: SplitFinding) -> str:
    """Say that the money told just now breaks the rule about any single provider too."""
    first, second = _money(reason, "over"), _money(twin, "over")
    if first == second:
        return f"The same {first}{_times(report, reason)} breaks a second published rule as well: {_rule(twin)}."
    return f"It breaks a second published rule as well, by {second}{_times(report, twin)}: {_rule(twin)}."


def _times(report: SplitReport, reason: SplitFinding) -> str:
    """Say ``a year`` where every year is the same, else which year is meant."""
    alike = len(set(reason.by_year)) == len(set(report.bid.prices)) == 1
    if alike and all(len(set(held.by_year)) <= 1 for held in report.holdings):
        return " a year"
    return f" in year {reason.binding_year}" if reason.binding_year else " over the term"


def _other_years(reason: SplitFinding) -> str:
    count = sum(bool(amount) for amount in reason.by_year)
    return f"; the rule is broken in {count} of {len(reason.by_year)} years" if count > 1 else ""


def _money(reason: SplitFinding, name: str) -> Money:
    return Money.parse(dict(reason.figures)[name], allow_negative=True)


def _share(part: Money, price: Money, limit: Fraction | None = None) -> str:
    return percentage(round_apart(Fraction(100 * part.pence, price.pence), limit)) if price.pence > 0 else "all"


def _name(report: SplitReport, organisation: str) -> str:
    known = report.by_id.get(organisation)
    return known.name if known else organisation
