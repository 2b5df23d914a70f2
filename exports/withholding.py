"""What outward documents leave out, field by field: the ground where something is withheld, nothing where it is shown.

A withheld item names what a document would print (``field``), perhaps in one lot or for one criterion only. An item
without a field tells a topic in somebody's words; where these speak of a price, the price is left out too: better one
figure too few than one too many. The winner's name and scores and a tenderer's own scores are no field, so that nothing
here can leave them out (PCR 2015 reg 86(2), Procurement Regulations 2024 reg 31).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from exports.notices.assessment import CriterionLine
from scoring.decision import WithheldItem

Withheld = Sequence[WithheldItem]


def withholds_price(withheld: Withheld, lot: str = "") -> str:
    """Return the ground on which the successful tender's price in a lot (or in any) is withheld; empty where shown."""
    return next((it.ground for it in withheld if _speaks_of_price(it) and _is_about(it, lot)), "")


def withholds_reasons(withheld: Withheld, lot: str, criterion: str) -> str:
    """Return the ground on which the reasons for one of the successful tender's scores are withheld."""
    found = (it for it in withheld if it.field == "reasons" and _is_about(it, lot))
    return next((it.ground for it in found if it.criterion in ("", criterion)), "")


def withholds_split(withheld: Withheld) -> str:
    """Return the ground on which the split of a successful tender is withheld."""
    return next((it.ground for it in withheld if it.field == "split"), "")


def told_in(withheld: Withheld, lot: str) -> tuple[WithheldItem, ...]:
    """Return what a document about a lot has to tell of: items about it, and those about every lot."""
    return tuple(it for it in withheld if _is_about(it, lot))


def without_reasons(lines: Sequence[CriterionLine], withheld: Withheld, lot: str) -> tuple[CriterionLine, ...]:
    """Leave the successful tender's reasons out of the lines of a letter where they are withheld, and say why."""
    return tuple(_without(line, withholds_reasons(withheld, lot, line.id)) for line in lines)


def _without(line: CriterionLine, ground: str) -> CriterionLine:
    if line.winner is None or not ground:
        return line
    bare = replace(line.winner, reason="", why_not_higher="", evidence=(), withheld=ground)
    return replace(line, winner=bare)


def _speaks_of_price(item: WithheldItem) -> bool:
    return item.field == "price" or (not item.field and "price" in item.topic.casefold())


def _is_about(item: WithheldItem, lot: str) -> bool:
    return not lot or item.lot in ("", lot)
