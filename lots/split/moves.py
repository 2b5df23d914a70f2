"""Moves of money inside a split, and the bid that results from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from lots.bid import Bid, Party, Payment, Split
from lots.errors import ProcurementError
from lots.money import Money, total
from lots.split.flow import SplitFinding

PocketKind = Literal[
    "delivery", "management_fee", "unallocated", "payment", "deduction", "allocation", "in_hand", "new_partner"
]


class MendRefusedError(ProcurementError):
    """A mend that cannot be applied: it moves no money, needs a payee, or no longer fits the bid."""


@dataclass(frozen=True)
class Pocket:
    """A place in a split that money is taken from or put into.

    ``delivery`` and ``management_fee`` are the lead's own; ``unallocated`` is the price given to nobody.
    ``payment`` names a chain of organisations (payer first) whose payments all change together; ``deduction`` a
    payer and the payee it keeps money back from. ``in_hand`` means that the money stays with the organisation
    named and no other figure changes; ``allocation`` is what is allocated to a payee only to be kept back from it;
    ``new_partner`` that a payee is still to be found.
    """

    kind: PocketKind
    organisations: tuple[str, ...] = ()


@dataclass(frozen=True)
class Move:
    """Move ``amount`` in one year (from 1) out of one pocket into another."""

    year: int
    amount: Money
    source: Pocket
    target: Pocket


@dataclass(frozen=True)
class Mend:
    """The smallest move that makes a finding disappear; without moves, its sentence is what to do."""

    finding: SplitFinding
    moves: tuple[Move, ...]
    sentence: str

    @property
    def code(self) -> str:
        """Return the code of the finding that this mends."""
        return self.finding.code

    @property
    def pounds(self) -> Money:
        """Add up what is moved in every year."""
        return total(move.amount for move in self.moves)

    @property
    def needs_payee(self) -> bool:
        """Say whether a partner must be found before the money can be moved."""
        return any(move.target.kind == "new_partner" for move in self.moves)


_Change = tuple[PocketKind, tuple[str, ...], int]


def apply(bid: Bid, mend: Mend, *, payee: str = "") -> Bid:
    """Return the bid with the mend's moves made; ``payee`` takes what a partner still to be found should.

    Refused with MendRefusedError: a mend without moves, one that needs a payee when none is given, and one
    that would take more out of a pocket than is in it.
    """
    if not mend.moves or bid.split is None:
        raise MendRefusedError(f"Nothing can be moved for this finding. {mend.sentence}", [mend.finding])
    if mend.needs_payee and not payee:
        raise MendRefusedError(f"Say which partner receives the money. {mend.sentence}", [mend.finding])
    changes: Counter[_Change] = Counter()
    for move in mend.moves:
        for sign, pocket in ((-1, move.source), (1, move.target)):
            for kind, names in _written(pocket, bid.tenderer, payee):
                changes[kind, names, move.year - 1] += sign * move.amount.pence
    parties = bid.parties
    if mend.needs_payee and payee not in {party.organisation for party in parties}:
        parties = (*parties, Party(payee, "partner"))
    return replace(bid, parties=parties, split=_changed(bid.split, changes, len(bid.prices)))


def _written(pocket: Pocket, lead: str, payee: str) -> Iterator[tuple[PocketKind, tuple[str, ...]]]:
    """Yield the written figures that a pocket stands for; money in hand or unallocated is written nowhere."""
    if pocket.kind == "payment":
        for pair in pairwise(pocket.organisations):
            yield "payment", pair
    elif pocket.kind == "allocation":
        yield "payment", pocket.organisations
        yield "deduction", pocket.organisations
    elif pocket.kind == "new_partner":
        yield "payment", (lead, payee)
    elif pocket.kind not in ("in_hand", "unallocated"):
        yield pocket.kind, pocket.organisations


def _changed(split: Split, changes: Counter[_Change], years: int) -> Split:
    """Write the changes into a split; one that would leave less than nothing is refused."""
    delivery = [*_padded(split.delivery, years)]
    fee = [*_padded(split.management_fee, years)]
    payments = [_Draft(payment, years) for payment in split.payments]
    for (kind, names, year), pence in sorted(changes.items()):
        if kind == "delivery":
            delivery[year] += pence
        elif kind == "management_fee":
            fee[year] += pence
        else:
            _change_payments(payments, kind, names, year, pence, years)
    if min(delivery, default=0) < 0 or min(fee, default=0) < 0:
        raise MendRefusedError("The lead's delivery or its fee is smaller than what should be taken from it.")
    return Split(_moneys(delivery), _moneys(fee), tuple(draft.payment() for draft in payments))


class _Draft:
    """A payment while it is being changed, in pence."""

    def __init__(self, payment: Payment, years: int) -> None:
        self.names = (payment.payer, payment.payee)
        self.gross = _padded(payment.amounts, years)
        self.kept = _padded(payment.deductions, years)
        self.deducts = bool(payment.deductions)

    def payment(self) -> Payment:
        """Return the payment as changed."""
        return Payment(*self.names, _moneys(self.gross), _moneys(self.kept) if self.deducts else ())


def _padded(amounts: Sequence[Money], years: int) -> list[int]:
    pence = [amount.pence for amount in amounts]
    return (pence + [0] * years)[:years]


def _moneys(pence: Sequence[int]) -> tuple[Money, ...]:
    return tuple(Money(amount) for amount in pence)


def _change_payments(
    payments: list[_Draft], kind: PocketKind, names: tuple[str, ...], year: int, pence: int, years: int
) -> None:
    """Change the payments between two in one year: more goes onto the first, less comes off each."""
    between = [draft for draft in payments if draft.names == names]
    if pence > 0 and not between:
        nothing = (Money(0),) * years
        between = [_Draft(Payment(names[0], names[1], nothing), years)]
        payments.extend(between)
    for draft in between if pence else ():
        figures = draft.gross if kind == "payment" else draft.kept
        spare = figures[year] - (draft.kept[year] if kind == "payment" else 0)
        change = pence if pence > 0 else -min(-pence, max(0, spare))
        figures[year] += change
        pence -= change
    if pence:
        raise MendRefusedError(
            f"The payments from {names[0]} to {names[1]} in year {year + 1} are {Money(-pence)} smaller than "
            "what should be taken from them."
        )
