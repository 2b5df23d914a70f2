"""What a release may say: everything in the restricted build; in the public one what outward documents say, not more.

A withheld item names its topic in a person's words. Where the words speak of something that a release has a field for,
that field is left out of the public build, and the item is listed with its ground: better one figure too few.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from exports.withholding import withholds_price, withholds_split
from scoring.decision import AwardDecision, WithheldItem

_PRICE: Final = ("price",)
_SHARES: Final = ("split", "share", "sharing", "sub-contract", "subcontract", "collaborat")
_FEE: Final = ("fee", "overhead")
_ADDRESS: Final = ("address",)
_MARKS: Final = ("score", "mark", "assess")


@dataclass(frozen=True)
class Disclosure:
    """Which fields a build may fill; ``withheld`` are the items whose topics and grounds are told instead."""

    restricted: bool
    price: bool = True
    shares: bool = True
    fee: bool = True
    address: bool = True
    marks: bool = True
    withheld: tuple[WithheldItem, ...] = ()

    def told(self) -> Iterator[dict[str, Any]]:
        """Yield what is withheld and why; who decided it is nobody's business outside."""
        for item in self.withheld:
            yield {"topic": item.topic, "ground": item.ground}


def disclosure(award: AwardDecision | None, *, restricted: bool, lot: str = "") -> Disclosure:
    """Say what a build may tell of the award of a lot; items about another lot have no say."""
    items = tuple(item for item in award.withheld if item.lot in ("", lot) or not lot) if award else ()
    if restricted:
        return Disclosure(True, withheld=items)
    return Disclosure(
        False,
        price=not (withholds_price(items) or _speaks_of(items, _PRICE)),
        shares=not (withholds_split(items) or _speaks_of(items, _SHARES)),
        fee=not (withholds_split(items) or _speaks_of(items, _FEE)),
        address=not _speaks_of(items, _ADDRESS),
        marks=not _speaks_of(items, _MARKS),
        withheld=items,
    )


def _speaks_of(items: tuple[WithheldItem, ...], words: tuple[str, ...]) -> bool:
    return any(word in item.topic.casefold() for item in items for word in words)
