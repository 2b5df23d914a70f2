"""The published collaboration rules of a lot: what a lead may keep, and what must reach its partners."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from lots.errors import Finding, ProcurementError, errors_in

Consequence = Literal["reject", "clarify"]


@dataclass(frozen=True)
class CollaborationRules:
    """Rules for a lot's split; percentages of the bid price, ``None`` where the tender sets no such rule.

    Each percentage holds in every year and over the term. ``consequence`` is what the tender documents say
    follows from a broken rule: the bid is rejected, or the tenderer is asked to mend it before the award.
    """

    lead_retention_maximum: Decimal | None = None
    provider_maximum: Decimal | None = None
    management_fee_maximum: Decimal | None = None
    subcontract_minimum: Decimal | None = None
    vcse_minimum: Decimal | None = None
    by_and_for_minimum: Decimal | None = None
    no_top_slice: bool = False
    no_money_back: bool = False
    partners_confirmed: bool = False
    consequence: Consequence = "reject"


class CollaborationRulesError(ProcurementError):
    """Collaboration rules that no bid could be held to."""


MAXIMA = {
    "lead_retention_maximum": "The cap on what the lead keeps",
    "provider_maximum": "The cap on any single provider",
    "management_fee_maximum": "The cap on the management fee",
}
MINIMA = {
    "subcontract_minimum": "The minimum to sub-contract",
    "vcse_minimum": "The minimum to VCSE partners",
    "by_and_for_minimum": "The minimum to by-and-for partners",
}
_HIGH_LEAD_CAP = 80  # per cent; above it the rest is less than the 20 % that funders elsewhere call a fee


def rules_findings(rules: CollaborationRules, place: str = "collaboration") -> tuple[Finding, ...]:
    """Check the rules themselves, before they are published: impossible percentages, overruled caps.

    Sound rules never contradict each other outright, for the lead may always keep less and pass more on.
    What they can do is make a published cap meaningless, or need more partners than a market has.
    """
    wrong = (*_impossible_caps(rules, place), *_impossible_minima(rules, place))
    if wrong:
        return wrong
    return (*_overruled(rules, place), *_policy(rules, place), *_partners_needed(rules, place))


@lru_cache(maxsize=256)
def require_sound(rules: CollaborationRules) -> None:
    """Refuse rules whose percentages cannot be (CollaborationRulesError); warnings and notes pass."""
    wrong = errors_in(rules_findings(rules))
    if wrong:
        raise CollaborationRulesError(
            "These collaboration rules cannot be applied: " + " ".join(map(str, wrong)), wrong
        )


@lru_cache(maxsize=1024)
def percentage(percent: Decimal | Fraction) -> str:
    """Write a percentage as people do: ``60 %``, ``7.5 %``; an endless fraction is cut to six decimals."""
    exact = Fraction(percent)
    millionths = exact.numerator * 10**6 // exact.denominator
    whole, rest = divmod(millionths, 10**6)
    return f"{whole}.{rest:06d}".rstrip("0").rstrip(".") + " %"


def _impossible_caps(rules: CollaborationRules, place: str) -> Iterator[Finding]:
    for name, title in MAXIMA.items():
        percent: Decimal | None = getattr(rules, name)
        if percent is not None and (not percent.is_finite() or not 0 < percent <= 100):
            text = f"{title} is {percent}: a cap must be more than 0 and at most 100 per cent of the price."
            yield Finding("cap_out_of_range", text, f"{place}.{name}")


def _impossible_minima(rules: CollaborationRules, place: str) -> Iterator[Finding]:
    for name, title in MINIMA.items():
        percent: Decimal | None = getattr(rules, name)
        if percent is not None and (not percent.is_finite() or not 0 <= percent < 100):
            text = f"{title} is {percent}: a minimum must be at least 0 and less than 100 per cent of the price."
            yield Finding("minimum_out_of_range", text, f"{place}.{name}")


def most_for_lead(rules: CollaborationRules) -> Fraction:
    """Return the most the lead can really keep, in per cent of the price, once every rule is obeyed."""
    minima = [Fraction(getattr(rules, name) or 0) for name in MINIMA]
    caps = [Fraction(cap) for cap in (rules.lead_retention_maximum, rules.provider_maximum) if cap is not None]
    return min([*caps, 100 - max(minima)])


def _overruled(rules: CollaborationRules, place: str) -> Iterator[Finding]:
    """Name each cap that another rule keeps from ever being reached: printed together they contradict."""
    most = most_for_lead(rules)
    for name in ("lead_retention_maximum", "management_fee_maximum"):
        cap: Decimal | None = getattr(rules, name)
        if cap is not None and cap > most:
            text = (
                f"{MAXIMA[name]} is {percentage(cap)}, but the other rules leave the lead at most "
                f"{percentage(most)}: publish one figure."
            )
            yield Finding("cap_never_reached", text, f"{place}.{name}", "warning")


def _policy(rules: CollaborationRules, place: str) -> Iterator[Finding]:
    cap = rules.lead_retention_maximum
    if cap is not None and cap > _HIGH_LEAD_CAP:
        text = (
            f"The lead may keep {percentage(cap)}: partners share no more than {percentage(100 - cap)}. "
            "Check that this is the policy."
        )
        yield Finding("lead_cap_high", text, f"{place}.lead_retention_maximum", "warning")


def _partners_needed(rules: CollaborationRules, place: str) -> Iterator[Finding]:
    """Say how many partners outside the lead's group the rules ask for, where it is more than one."""
    if rules.provider_maximum is None:
        return
    cap = Fraction(rules.provider_maximum)
    asked = {"partners": 100 - most_for_lead(rules)}
    asked["VCSE partners"] = Fraction(rules.vcse_minimum or 0)
    asked["by-and-for partners"] = Fraction(rules.by_and_for_minimum or 0)
    for who, percent in asked.items():
        least = -(-percent // cap)
        if least > 1:
            text = (
                f"At least {least} {who} are needed: they must hold {percentage(percent)} between them "
                f"and none may hold more than {percentage(cap)}."
            )
            figures = (("least", str(least)),)
            yield Finding("partners_needed", text, f"{place}.provider_maximum", "note", figures)
