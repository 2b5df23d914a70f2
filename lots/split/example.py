"""An example of a split that keeps the published rules, with as few partners as they allow, and trials of others.

For whoever writes the rules: drawn beside them, it shows in pounds what they ask of a market.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from lots.collaboration import MINIMA, CollaborationRules, most_for_lead, percentage, require_sound
from lots.money import ZERO, Money, percent_of, share_out
from lots.words import counted


@dataclass(frozen=True)
class ExamplePartner:
    """One partner of the example: what it holds, and what it must be for the rules to be kept."""

    amount: Money
    vcse: bool = False
    by_and_for: bool = False


@dataclass(frozen=True)
class ExampleSplit:
    """A year's price shared out by the rules: the lead keeps as much as it may, partners hold the rest."""

    price: Money
    delivery: Money
    management_fee: Money
    partners: tuple[ExamplePartner, ...]

    @property
    def lead(self) -> Money:
        """Add up what the lead keeps, its management fee included."""
        return self.delivery + self.management_fee


def lead_may_keep(rules: CollaborationRules, price: Money) -> Money:
    """Return the most the lead may keep of a price, in whole pence, once every rule is obeyed."""
    require_sound(rules)
    caps = [cap for cap in (rules.lead_retention_maximum, rules.provider_maximum) if cap is not None]
    most = [percent_of(price, Fraction(cap)) for cap in caps]
    return min([*most, price - max(_least(rules, name, price) for name in MINIMA)])


def example_split(rules: CollaborationRules, price: Money) -> ExampleSplit | None:
    """Share a price out with the fewest partners; None where a provider may not hold a single penny of it."""
    lead = lead_may_keep(rules, price)
    fee = min(lead, percent_of(price, Fraction(rules.management_fee_maximum or 0)))
    cap = price if rules.provider_maximum is None else percent_of(price, Fraction(rules.provider_maximum))
    if price > lead and not cap:
        return None
    partners = tuple(_partners(rules, price, price - lead, cap))
    return ExampleSplit(price, lead - fee, fee, partners)


def _least(rules: CollaborationRules, name: str, price: Money) -> Money:
    return percent_of(price, Fraction(getattr(rules, name) or 0), round_up=True)


def _partners(rules: CollaborationRules, price: Money, rest: Money, cap: Money) -> Iterator[ExamplePartner]:
    """Share the rest in nested groups: those that are both come first, and every group holds its minimum.

    A group's equal part of the next larger one never lifts a member over the cap, nor does its minimum, because the
    group has as many members as the minimum needs.
    """
    needs = {name: _least(rules, name, price) for name in ("vcse_minimum", "by_and_for_minimum")}
    members = {name: _fewest(need, cap) for name, need in needs.items()}
    everybody = _fewest(rest, cap)
    small, large = sorted(needs, key=lambda name: members[name])
    outer = _group(rest, everybody, members[large], max(needs.values()))
    inner = _group(outer, members[large], members[small], needs[small])
    counts = (members[small], members[large] - members[small], everybody - members[large])
    sums = (inner, outer - inner, rest - outer)
    amounts = [amount for held, count in zip(sums, counts, strict=True) for amount in _equal(held, count)]
    for i, amount in enumerate(amounts):
        yield ExamplePartner(amount, i < members["vcse_minimum"], i < members["by_and_for_minimum"])


def _fewest(amount: Money, cap: Money) -> int:
    return -(-amount.pence // cap.pence) if amount else 0


def _group(whole: Money, of: int, members: int, least: Money) -> Money:
    """Return what a group of some members holds of a whole: its equal part, or its minimum where that is more."""
    if not members:
        return ZERO
    return whole if members == of else max(least, Money(whole.pence * members // of))


def _equal(amount: Money, parts: int) -> Sequence[Money]:
    return share_out(amount, [1] * parts) if parts else ()


# --- trials -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trial:
    """Whether so many partners, each with at least so much, fit the rules; the sentence says what follows."""

    fits: bool
    sentence: str


def trial(rules: CollaborationRules, partners: int, least: Fraction) -> Trial:
    """Try the rules with a number of partners that must each hold at least ``least`` per cent of the price."""
    require_sound(rules)
    cap = Fraction(100 if rules.provider_maximum is None else rules.provider_maximum)
    asked = f"{counted(partners, 'partner')} with at least {percentage(least)} each"
    verb = "does not fit" if partners == 1 else "do not fit"
    if partners and least > cap:
        return Trial(False, f"{asked} {verb}: no provider may hold more than {percentage(cap)}.")
    if partners * least > 100:
        return Trial(False, f"{asked} {verb}: together they need {percentage(partners * least)}.")
    lowest = max(Fraction(0), 100 - partners * cap)
    highest = min(most_for_lead(rules), 100 - partners * least)
    if lowest > highest:
        why = (
            f"the rules leave the lead at most {percentage(most_for_lead(rules))}, and {counted(partners, 'partner')} "
            f"may hold no more than {percentage(min(partners * cap, Fraction(100)))}"
        )
        return Trial(False, f"{asked} {verb}: {why}.")
    keeps = percentage(highest) if lowest == highest else f"between {percentage(lowest)} and {percentage(highest)}"
    return Trial(True, f"{asked} {'fits' if partners == 1 else 'fit'}: the lead then keeps {keeps}.")
