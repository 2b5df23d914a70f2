"""The collaboration rules as an invitation to tender words them: one clause for each rule, with this lot's pounds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from lots.collaboration import CollaborationRules, percentage
from lots.lot import Lot
from lots.money import Money, percent_of
from lots.words import counted

_ALWAYS: Final = "in every contract year and over the whole term"
_CLAUSES: Final[tuple[tuple[str, str, str], ...]] = (
    (
        "lead_retention_maximum",
        "What the lead may keep",
        f"The lead may keep at most {{}} of the price, {_ALWAYS}. What the lead keeps is its own delivery, its "
        "management fee, whatever it keeps back from a partner or gets back from one, and whatever companies of its "
        "group hold.",
    ),
    (
        "provider_maximum",
        "What any one provider may hold",
        f"No provider may hold more than {{}} of the price, {_ALWAYS}. What a provider holds is what it is paid less "
        "what it pays on to others; companies of one group count as one provider, and the lead is a provider too.",
    ),
    (
        "management_fee_maximum",
        "Management fee",
        f"The lead’s management fee may be at most {{}} of the price, {_ALWAYS}. The fee is part of what the lead "
        "keeps.",
    ),
    (
        "subcontract_minimum",
        "Least to others than the lead",
        f"At least {{}} of the price, {_ALWAYS}, must be held by organisations other than the lead and companies of "
        "its group.",
    ),
    (
        "vcse_minimum",
        "Least to voluntary, community and social enterprises",
        f"At least {{}} of the price, {_ALWAYS}, must be held by voluntary, community and social enterprises other "
        "than the lead and companies of its group.",
    ),
    (
        "by_and_for_minimum",
        "Least to by-and-for organisations",
        f"At least {{}} of the price, {_ALWAYS}, must be held by organisations that are led, designed and delivered "
        "by and for the community they serve, other than the lead and companies of its group.",
    ),
)
_SWITCHES: Final[tuple[tuple[str, str, str], ...]] = (
    (
        "no_top_slice",
        "Nothing kept back from partners",
        "What a bid allocates to a partner or sub-contractor must be paid to it in full. Nothing may be kept back "
        "from it for administration, management or anything else.",
    ),
    (
        "no_money_back",
        "No money back",
        "Money passed to a partner or sub-contractor may not come back to the lead or to a company of its group, "
        "directly or by way of others, nor run in a circle.",
    ),
    (
        "partners_confirmed",
        "Partners confirm their figures",
        "Every organisation named in a bid must itself confirm its work and its figures for every year. A bid with a "
        "figure that is not confirmed, or that is disputed, breaks this rule.",
    ),
)
_MINIMA: Final = frozenset({"subcontract_minimum", "vcse_minimum", "by_and_for_minimum"})


@dataclass(frozen=True)
class Clause:
    """One rule: its code, its title, the wording, and what it comes to in pounds in this lot (empty for a switch)."""

    rule: str
    title: str
    text: str
    pounds: str = ""


def clauses(lot: Lot) -> tuple[Clause, ...]:
    """Word every collaboration rule that is set for a lot."""
    return (*_shares(lot), *_switches(lot.collaboration))


def consequence_words(rules: CollaborationRules) -> str:
    """Say what follows when a bid breaks a rule."""
    if rules.consequence == "clarify":
        return (
            "A tenderer whose bid breaks one of these rules is asked about it in writing before a decision is made, "
            "and may mend the split."
        )
    return "A bid that breaks one of these rules is rejected."


def _shares(lot: Lot) -> Iterator[Clause]:
    for rule, title, text in _CLAUSES:
        percent: Decimal | None = getattr(lot.collaboration, rule)
        if percent is not None:
            yield Clause(rule, title, text.format(percentage(percent)), _pounds(lot, rule, percent))


def _switches(rules: CollaborationRules) -> Iterator[Clause]:
    for rule, title, text in _SWITCHES:
        if getattr(rules, rule):
            yield Clause(rule, title, text)


def _pounds(lot: Lot, rule: str, percent: Decimal) -> str:
    """Say what a share comes to in a bid at the annual budget, and over the term in one at the base value."""
    least = rule in _MINIMA
    said = f"{_part(lot.annual_budget, percent, least)} a year in a bid at the annual budget of {lot.annual_budget}"
    if lot.base_value is not None and lot.years:
        whole = _part(lot.base_value, percent, least)
        said += f"; {whole} over {counted(lot.years, 'year')} in a bid at the base value of {lot.base_value}"
    return f"{'At least' if least else 'At most'} {said}."


def _part(amount: Money, percent: Decimal, least: bool) -> Money:
    return percent_of(amount, Fraction(percent), round_up=least)
