"""How bids are received: who holds the keys that open them, whether a browser may seal, when prices are opened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from lots.errors import Finding
from lots.recipients import fault_of
from lots.words import counted

Custody = Literal["custodians", "server"]
NEEDED = 2
"""How many custodians open a bid together, whoever of them they are."""
FEWEST = 3
"""Custodians a tender must have, so that one may lose their key."""
ADVISED = 4
"""Custodians a tender should have, so that any two may."""
MOST = 8
"""Custodians a bid is sealed for: each pair of them has its wraps."""


@dataclass(frozen=True)
class Custodian:
    """Somebody, or a paper in a safe, that holds one of the keys: an office and the public half (``age1…``)."""

    title: str
    recipient: str


@dataclass(frozen=True)
class Sealing:
    """How the bids of a tender are sealed and opened; frozen with the rules, so that nobody swaps a key unseen.

    ``custodians``: each bid is sealed so that any two of them open it and no one alone. ``server``: the lighter
    custody, in which the server holds the key (``server_recipient``) and two people act; the public is told so.
    ``browser_sealing`` allows tenderers to seal on their own device; ``price_apart`` keeps the price envelope shut
    until quality is locked.
    """

    custody: Custody = "custodians"
    custodians: tuple[Custodian, ...] = ()
    server_recipient: str = ""
    browser_sealing: bool = False
    price_apart: bool = False

    @property
    def recipients(self) -> tuple[str, ...]:
        """List the public keys that bids are sealed for: the custodians' in their order, or the server's."""
        if self.custody == "server":
            return (self.server_recipient,) if self.server_recipient else ()
        return tuple(each.recipient for each in self.custodians)

    def index_of(self, recipient: str) -> int | None:
        """Return the place of a custodian's key, which wraps name it by; None for a key that is none of theirs."""
        found = [i for i, each in enumerate(self.custodians) if each.recipient == recipient]
        return found[0] if found else None


def sealing_findings(sealing: Sealing) -> Iterator[Finding]:
    """Say what is wrong with how bids are to be sealed; places are within it (``custodians[1].recipient``)."""
    if sealing.custody == "server":
        yield from _server(sealing)
        return
    yield from _number(len(sealing.custodians))
    yield from _keys(sealing.custodians)
    yield from _twice(sealing.custodians, "recipient", "custodian_key_twice", "the same key")
    yield from _twice(sealing.custodians, "title", "custodian_title_twice", "the same name")
    if sealing.server_recipient:
        message = "The server has a key though custodians hold theirs: choose who holds the keys once more and save"
        yield Finding("server_key_beside_custodians", message, "server_recipient")


def _server(sealing: Sealing) -> Iterator[Finding]:
    if sealing.custodians:
        message = "Custodians are listed though the server holds the key: choose who holds the keys once more and save"
        yield Finding("custodians_beside_server_key", message, "custodians")
    if not sealing.server_recipient:
        message = "The server has no key for this tender yet: save “Receiving bids” once more, and it makes one"
        yield Finding("server_key_missing", message, "server_recipient")
    elif fault := fault_of(sealing.server_recipient):
        message = f"The server's public key is no public key: {fault}"
        yield Finding("server_key_malformed", message, "server_recipient")
    message = (
        "The server holds the key that opens the bids, which is lighter than two custodians: whoever runs it could "
        "read them before the deadline, and the public page says so"
    )
    yield Finding("server_custody", message, "custody", "warning")


def _number(count: int) -> Iterator[Finding]:
    figures = (("keys", str(count)), ("needed", str(FEWEST)))
    if count < FEWEST:
        message = (
            f"There {'is' if count == 1 else 'are'} {counted(count, 'key')} of custodians, and {FEWEST} are needed: "
            f"any {NEEDED} open the bids, so with fewer the loss of one would lose every bid. Openers make them"
        )
        yield Finding("custodians_too_few", message, "custodians", "error", figures)
    elif count < ADVISED:
        message = "Three custodians have keys, so one may be lost: with a fourth, a paper key in a safe say, two may be"
        yield Finding("fourth_custodian_advised", message, "custodians", "warning", figures)
    elif count > MOST:
        message = f"{count} custodians are more than a bid is sealed for: keep {MOST} or fewer"
        yield Finding(
            "custodians_too_many", message, "custodians", "error", (("keys", str(count)), ("most", f"{MOST}"))
        )


def _keys(custodians: Sequence[Custodian]) -> Iterator[Finding]:
    for i, each in enumerate(custodians):
        if not each.title.strip():
            message = f"Custodian {i + 1} has no name: say whose key it is, such as “Monitoring officer”"
            yield Finding("custodian_unnamed", message, f"custodians[{i}].title")
        if fault := fault_of(each.recipient):
            message = f"The public key of “{each.title}” is no public key: {fault}"
            yield Finding("custodian_key_malformed", message, f"custodians[{i}].recipient")


def _twice(custodians: Sequence[Custodian], name: str, code: str, what: str) -> Iterator[Finding]:
    """Find what two custodians share: one key held twice would let one of them open alone."""
    seen: dict[str, str] = {}
    for i, each in enumerate(custodians):
        value = " ".join(str(getattr(each, name)).casefold().split())
        if value and value in seen:
            message = f"“{seen[value]}” and “{each.title}” have {what}: each custodian needs their own"
            yield Finding(code, message, f"custodians[{i}].{name}")
        seen.setdefault(value, each.title)
