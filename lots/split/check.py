"""Check a bid's collaboration split against the published rules: every year, the whole term, every penny.

One piece of code for the tenderer's own check, for submission, for the evaluation report and for the
contract's life. Caps are rounded down to whole pence and minima up; equality is compliance, and pence are
compared, never rounded percentages (40.00014 % breaks a cap of 40 %). Yearly caps rounded down never add up
to more than the term's cap, so a split that keeps a rule in every year keeps it over the term; the term is
worked out and reported all the same.

The minimum to sub-contract counts what is held outside the lead's group; the minima to VCSE and to by-and-
for organisations likewise count partners and sub-contractors only, never the lead nor its group companies,
because what those rules secure is that the lead passes money on to specialists.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from operator import gt

from lots.bid import Bid
from lots.collaboration import CollaborationRules, percentage, require_sound
from lots.money import Money
from lots.organisation import Organisation
from lots.split.flow import (
    Flow,
    Pence,
    SplitFinding,
    added,
    chains_back,
    finding,
    flow_of,
    name_of,
    structure_findings,
    worst_year,
)
from lots.split.parties import confirmation_figure, confirmations, no_split, party_findings, priced_years
from lots.split.report import (
    ConfirmationFigure,
    Holding,
    Kind,
    RuleFigure,
    SplitReport,
    round_apart,
    said_percent,
    said_points,
)
from lots.words import listed

_HIGH_FEE = Decimal(20)  # per cent: the fee cap of the GLA's adult education grants, and of AELP, Collab and Holex


def check_split(
    bid: Bid,
    rules: CollaborationRules,
    organisations: Mapping[str, Organisation],
    *,
    years: int | None = None,
) -> SplitReport:
    """Check a bid's split against its lot's rules; ``years`` is the lot's term (default: as many as priced).

    What is wrong comes back as findings; only rules that cannot be applied at all are refused
    (CollaborationRulesError). The rules are those of the Avon and Somerset strategy (2024), “Procurement
    Approach”: the lead's percentage includes its management fee, and nothing may be top-sliced.
    """
    require_sound(rules)
    findings = [*party_findings(bid, organisations), *priced_years(bid, years)]
    if bid.split is None:
        findings += [*no_split(bid, rules), *confirmations(bid, rules, None, organisations)]
        return _report(bid, rules, organisations, None, (), findings, years)
    flow = flow_of(bid, bid.split, organisations)
    checker = _Checker(bid, rules, organisations, flow)
    findings += structure_findings(bid, bid.split, flow, organisations, len(bid.prices))
    findings += checker.findings()
    return _report(bid, rules, organisations, flow, tuple(checker.figures), findings, years)


def _report(
    bid: Bid,
    rules: CollaborationRules,
    organisations: Mapping[str, Organisation],
    flow: Flow | None,
    figures: tuple[RuleFigure, ...],
    findings: list[SplitFinding],
    years: int | None,
) -> SplitReport:
    """Put a report together from its parts."""
    prices = tuple([price.pence for price in bid.prices])
    held = flow.held if flow else {}
    names = held or dict.fromkeys(party.organisation for party in bid.parties)
    kept = added([held[name] for name in flow.lead_group], len(prices)) if flow else (0,) * len(prices)
    confirmed: tuple[RuleFigure | ConfirmationFigure, ...] = figures
    if rules.partners_confirmed:
        confirmed = (*figures, confirmation_figure(bid))
    return SplitReport(
        bid=bid,
        rules=rules,
        organisations=tuple([organisations[name] for name in names if name in organisations]),
        holdings=tuple([Holding(name, pence, prices) for name, pence in held.items()]),
        retained_by_lead=Holding(bid.tenderer, kept, prices),
        figures=confirmed,
        findings=tuple(findings),
        years=len(prices) if years is None else years,
    )


@dataclass(frozen=True)
class _Words:
    """How a rule speaks: its finding's code, and ``Lead keeps … over the … cap``."""

    code: str
    phrase: str
    limit: str


_WORDS = {
    "lead_retention_maximum": _Words("lead_retention_exceeded", "Lead keeps", "cap"),
    "management_fee_maximum": _Words("management_fee_exceeded", "The management fee is", "limit on the fee"),
    "provider_maximum": _Words("provider_maximum_exceeded", "holds", "cap on a single provider"),
    "subcontract_minimum": _Words(
        "subcontract_minimum_missed", "Organisations outside the lead's group hold", "minimum to sub-contract"
    ),
    "vcse_minimum": _Words("vcse_minimum_missed", "VCSE partners hold", "minimum to VCSE partners"),
    "by_and_for_minimum": _Words(
        "by_and_for_minimum_missed", "By-and-for partners hold", "minimum to by-and-for partners"
    ),
}


class _Checker:
    """One check: sums each rule's figures once, then yields what is broken; pence are plain ints."""

    def __init__(
        self, bid: Bid, rules: CollaborationRules, organisations: Mapping[str, Organisation], flow: Flow
    ) -> None:
        self.bid, self.rules, self.organisations, self.flow = bid, rules, organisations, flow
        self.place = f"bid {bid.id}"
        self.prices = (*flow.prices, sum(flow.prices))
        self.own = set(flow.lead_group)
        self.figures: list[RuleFigure] = []

    def findings(self) -> list[SplitFinding]:
        """Test every rule that is switched on, in the order a page prints them."""
        found = [*self._shares()]
        found += self._lead()
        found += self._providers()
        found += self._fee()
        found += self._minima()
        if self.rules.no_top_slice:
            found += self._top_slice()
        if self.rules.no_money_back:
            found += self._money_back()
        found += confirmations(self.bid, self.rules, self.flow, self.organisations)
        found += self._group_companies()
        found += self._profile()
        return found

    def _figure(
        self,
        rule: str,
        kind: Kind,
        percent: Decimal | None,
        limits: Sequence[int],
        actuals: Sequence[int],
        holders: tuple[tuple[str, ...], ...] = (),
    ) -> Pence:
        """Keep the figures of a rule, and return the pence by which each line breaks it."""
        figure = RuleFigure(rule, kind, percent, self.prices, tuple(limits), tuple(actuals), holders)
        self.figures.append(figure)
        return (0,) * len(self.prices) if figure.passed else tuple([max(0, -room) for room in figure.headrooms])

    def _limits(self, percent: Decimal, *, up: bool = False) -> list[int]:
        """Work out a percentage of each price in whole pence: down for a cap, up for a minimum."""
        part, whole = percent.as_integer_ratio()
        whole *= 100
        if up:
            return [-(-price * part // whole) for price in self.prices]
        return [price * part // whole for price in self.prices]

    def _name(self, organisation: str) -> str:
        return name_of(organisation, self.organisations)

    def _broken(
        self,
        rule: str,
        who: str,
        over: Pence,
        limits: Sequence[int],
        actuals: Sequence[int],
        names: tuple[str, ...],
    ) -> SplitFinding:
        """Say which rule is broken, by how much, and in which year most."""
        words, percent = _WORDS[rule], getattr(self.rules, rule)
        by_year = over[:-1]
        year = worst_year(by_year)
        i = year - 1  # the whole term where no single year is over, which rounding down rules out
        minimum = rule.endswith("_minimum")
        message = (
            f"{who} {said_percent(actuals[i], self.prices[i], Fraction(percent))}{Money(actuals[i])} "
            f"{f'in year {year}' if year else 'over the term'}, "
            f"{Money(over[i])}{said_points(over[i], self.prices[i])} {'short of' if minimum else 'over'} "
            f"the {percentage(percent)} {words.limit} ({Money(limits[i])}){_other_years(by_year, year)}."
        )
        figures = (
            ("price", Money(self.prices[i]).plain()),
            ("percent", str(percent)),
            ("limit", Money(limits[i]).plain()),
            ("actual", Money(actuals[i]).plain()),
            ("short" if minimum else "over", Money(over[i]).plain()),
            ("whole term", Money(over[-1]).plain()),
        )
        return finding(words.code, message, self.place, by_year, names, figures=figures)

    def _shares(self) -> Iterator[SplitFinding]:
        """Add delivery, fee and what the lead allocates to others: every year they are the price."""
        flow = self.flow
        rows = [flow.delivery, flow.fee, *(leg.gross for leg in flow.legs if leg.payer == flow.lead)]
        given = added(rows, len(flow.prices))
        actuals = (*given, sum(given))
        if any(self._figure("shares_add_up", "equal", None, self.prices, actuals)):
            left = tuple([price - part for price, part in zip(flow.prices, given, strict=True)])
            i = worst_year(left) - 1
            what = "is allocated to nobody" if left[i] > 0 else "is allocated beyond the price"
            text = (
                f"{Money(abs(left[i]))} {what} in year {i + 1}: the lead's delivery, its fee and its "
                f"payments add up to {Money(given[i])}, "
                f"the price is {Money(flow.prices[i])}{_other_years(left, i + 1)}."
            )
            figures = (("price", Money(flow.prices[i]).plain()), ("allocated", Money(given[i]).plain()))
            yield finding("shares_do_not_add_up", text, self.place, left, (flow.lead,), figures=figures)

    def _lead(self) -> Iterator[SplitFinding]:
        percent = self.rules.lead_retention_maximum
        if percent is None:
            return
        actuals, limits = self._held_by(self.own), self._limits(percent)
        over = self._figure("lead_retention_maximum", "maximum", percent, limits, actuals)
        if any(over):
            names = tuple(name for name in self.flow.held if name in self.own)
            companies = [self._name(name) for name in names if name != self.flow.lead]
            who = f"Lead with {listed(companies)} of its group keeps" if companies else "Lead keeps"
            yield self._broken("lead_retention_maximum", who, over, limits, actuals, names)

    def _held_by(self, names: set[str]) -> Pence:
        """Add up what the named organisations hold, by year and over the term."""
        held = added([self.flow.held[name] for name in names], len(self.flow.prices))
        return (*held, sum(held))

    def _providers(self) -> Iterator[SplitFinding]:
        """Hold every provider, the lead among them and groups counted together, to the same cap."""
        percent = self.rules.provider_maximum
        if percent is None:
            return
        limits, groups = self._limits(percent), self._groups()
        most = [max(column) for column in zip(*groups.values(), strict=True)]
        holders = tuple(self._holders(i, pence, groups) for i, pence in enumerate(most))
        over = self._figure("provider_maximum", "maximum", percent, limits, most, holders)
        for names, actuals in groups.items() if any(over) else ():
            if any(map(gt, actuals, limits)):
                beyond = tuple([max(0, actual - limit) for actual, limit in zip(actuals, limits, strict=True)])
                who = listed(self._name(name) for name in names)
                together = f"{who}, one group, hold together" if len(names) > 1 else f"{who} holds"
                yield self._broken("provider_maximum", together, beyond, limits, actuals, names)

    def _groups(self) -> dict[tuple[str, ...], Pence]:
        members: dict[str, list[str]] = {}
        for name, mark in self.flow.together.items():
            members.setdefault(mark, []).append(name)
        held = self.flow.held
        return {
            tuple(names): (*held[names[0]], sum(held[names[0]])) if len(names) == 1 else self._held_by(set(names))
            for names in members.values()
        }

    def _holders(self, i: int, most: int, groups: Mapping[tuple[str, ...], Pence]) -> tuple[str, ...]:
        return next(names for names, pence in groups.items() if pence[i] == most)

    def _fee(self) -> Iterator[SplitFinding]:
        """Hold the fee to its cap; above 20 % it is worth a warning even where the tender sets none."""
        percent, actuals = self.rules.management_fee_maximum, (*self.flow.fee, sum(self.flow.fee))
        over: Pence = ()
        if percent is not None:
            limits = self._limits(percent)
            over = self._figure("management_fee_maximum", "maximum", percent, limits, actuals)
        if percent is not None and any(over):
            who = _WORDS["management_fee_maximum"].phrase
            yield self._broken("management_fee_maximum", who, over, limits, actuals, (self.flow.lead,))
            return
        high = [max(0, fee - most) for fee, most in zip(actuals, self._limits(_HIGH_FEE), strict=True)][:-1]
        if any(high):
            year = worst_year(high)
            share = said_percent(actuals[year - 1], self.prices[year - 1], Fraction(_HIGH_FEE))
            text = (
                f"The management fee is {share}{Money(actuals[year - 1])} in year {year}; funders elsewhere "
                "allow 20 % or less. Ask for it itemised."
            )
            lead = (self.flow.lead,)
            yield finding("management_fee_high", text, self.place, high, lead, severity="warning")

    def _minima(self) -> Iterator[SplitFinding]:
        others = {name for name in self.flow.held if name not in self.own}
        known = {name: self.organisations[name] for name in others if name in self.organisations}
        counted = {
            "subcontract_minimum": others,
            "vcse_minimum": {name for name, organisation in known.items() if organisation.vcse},
            "by_and_for_minimum": {name for name, organisation in known.items() if organisation.by_and_for},
        }
        for rule, names in counted.items():
            percent: Decimal | None = getattr(self.rules, rule)
            if percent is None:
                continue
            actuals, limits = self._held_by(names), self._limits(percent, up=True)
            short = self._figure(rule, "minimum", percent, limits, actuals)
            if any(short):
                who = tuple(name for name in self.flow.held if name in names)
                yield self._broken(rule, _WORDS[rule].phrase, short, limits, actuals, who)

    def _top_slice(self) -> Iterator[SplitFinding]:
        """Find every deduction by any payer: what a partner is paid must be what it is allocated."""
        slices: dict[tuple[str, str], list[Pence]] = {}
        for leg in self.flow.legs:
            if any(leg.kept):
                slices.setdefault((leg.payer, leg.payee), []).append(leg.kept)
        taken = {pair: added(rows, len(self.flow.prices)) for pair, rows in slices.items()}
        self._nothing("no_top_slice", list(taken.values()))
        for (payer, payee), kept in taken.items():
            year = worst_year(kept)
            text = (
                f"{self._name(payer)} keeps back {Money(kept[year - 1])} of what is allocated to "
                f"{self._name(payee)} in year {year}: it must be paid in full{_other_years(kept, year)}."
            )
            yield finding("top_slice", text, self.place, kept, (payer, payee))

    def _money_back(self) -> Iterator[SplitFinding]:
        """Find money that returns to the lead or runs in a circle; the finding names its chain."""
        chains = chains_back(self.flow)
        back = [self._paid(chain[-2], chain[-1]) for chain in chains]
        self._nothing("no_money_back", back)
        for chain, paid in zip(chains, back, strict=True):
            year = worst_year(paid)
            names = " → ".join(self._name(name) for name in chain)
            amount = f"{Money(paid[year - 1])} in year {year}{_other_years(paid, year)}"
            text = f"Money flows back: {names}, {amount}."
            yield finding("money_flows_back", text, self.place, paid, chain)

    def _paid(self, payer: str, payee: str) -> Pence:
        """Add up what one organisation really pays another by year."""
        rows = [leg.net for leg in self.flow.legs if leg.payer == payer and leg.payee == payee]
        return added(rows, len(self.flow.prices))

    def _nothing(self, rule: str, rows: list[Pence]) -> None:
        """Keep the figures of a rule whose limit is £0 in every year."""
        actuals = added(rows, len(self.flow.prices))
        self._figure(rule, "maximum", None, (0,) * len(self.prices), (*actuals, sum(actuals)))

    def _group_companies(self) -> Iterator[SplitFinding]:
        """Name the lead's group companies: what they hold counts as the lead's."""
        for name in self.flow.held if len(self.own) > 1 else ():
            held = self.flow.held[name]
            if name in self.own and name != self.flow.lead and any(held):
                text = (
                    f"{self._name(name)} belongs with the lead: the {Money(sum(held))} it holds "
                    "over the term counts as kept by the lead."
                )
                yield finding("group_company_paid", text, self.place, (), (name,), severity="note")

    def _profile(self) -> Iterator[SplitFinding]:
        """Warn when the others' share is a whole point or more lower in the term's first half."""
        half = len(self.flow.prices) // 2
        kept, prices = self._held_by(self.own)[:-1], self.flow.prices
        first, last = sum(prices[:half]), sum(prices[len(prices) - half :])
        if not (first > 0 and last > 0):
            return
        early = Fraction(100 * (first - sum(kept[:half])), first)
        late = Fraction(100 * (last - sum(kept[len(kept) - half :])), last)
        if early + 1 <= late:
            text = (
                f"Partners hold {percentage(round_apart(early, None))} of the price in the term's first half "
                f"and {percentage(round_apart(late, None))} in the last: ask why their part comes late."
            )
            yield finding("partners_back_loaded", text, self.place, severity="warning")


def _other_years(by_year: Sequence[int], year: int) -> str:
    """Count the years that are out of order beside the one named."""
    count = sum(1 for pence in by_year if pence)
    if count < 2 or not year:
        return ""
    return "; and so in every year" if count == len(by_year) else f"; so in {count} of {len(by_year)} years"
