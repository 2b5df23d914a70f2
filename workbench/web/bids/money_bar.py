"""The price of a check as one bar and its table: what the lead delivers, its fee, what everybody else ends up with.

Joined here and not in a template, because it is most of what a live check answers. The names alone are typed by people.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup, escape

from exports.reports.split_rows import percent_text
from lots.bid import Split
from lots.money import Money, total
from lots.split.flow import name_of
from lots.split.self_check import SelfCheck

_COLOURS = 8


@dataclass(frozen=True)
class MoneyBar:
    """The pieces of the bar, and a row of the table for each: how much (a year where years are alike), what share."""

    pieces: Markup
    rows: Markup


def money_bar(found: SelfCheck, *, alike: bool) -> MoneyBar | None:
    """Cut the price into whose it is; nothing without a split or a price."""
    split, price = found.bid.split, found.bid.price
    if split is None or not price:
        return None
    parts = [*_parts(found, split)]
    given = total(amount for _, amount in parts)
    if given < price:
        parts.append(("Given to nobody", price - given))
    whole, at = max(price.pence, given.pence), 0
    years = len(found.bid.prices) if alike else 1
    pieces, rows = [], []
    for number, (name, amount) in enumerate(parts, start=1):
        width = max(0, amount.pence)
        pieces.append(_piece(number, _thousandths(at, whole), _thousandths(width, whole)))
        rows.append(_row(number, name, Money(amount.pence // years), percent_text(amount, price)))
        at += width
    return MoneyBar(Markup("".join(pieces)), Markup("".join(rows)))


def _piece(number: int, x: str, width: str) -> str:
    return f'<rect class="tw-part-{_colour(number)}" x="{x}" y="0" width="{width}" height="10"/>'


def _row(number: int, name: str, amount: Money, share: str) -> str:
    key = f'<span class="tw-key__number tw-part-{_colour(number)}" aria-hidden="true">{number}</span>'
    figures = f'<td class="money">{amount}</td><td class="number">{share}</td>'
    return f'<tr><th scope="row">{key} {escape(name)}</th>{figures}</tr>\n'


def _colour(number: int) -> int:
    return (number - 1) % _COLOURS + 1


def _parts(found: SelfCheck, split: Split) -> Iterator[tuple[str, Money]]:
    """Yield whose money it is, over the term: what each ends up with, the lead's in its pieces."""
    lead = found.bid.tenderer
    name, own, fee = name_of(lead, found.organisations), total(split.delivery), total(split.management_fee)
    yield f"{name}: own delivery", own
    yield f"{name}: management fee", fee
    for holding in found.report.holdings:
        held = holding.term
        if holding.organisation != lead and held:
            yield name_of(holding.organisation, found.organisations), held
        elif holding.organisation == lead and held != own + fee:
            yield f"{name}: kept back or paid back", held - own - fee


def _thousandths(part: int, whole: int) -> str:
    """Write a part of the bar's 1,000 units, to a hundredth."""
    units = part * 100_000 // whole
    return f"{units // 100}.{units % 100:02d}"
