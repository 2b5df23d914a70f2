"""How bids are received: who holds the keys that open them, whether a browser may seal, when prices are opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Custody = Literal["custodians", "server"]
NEEDED = 2
"""How many custodians open a bid together, whoever of them they are."""


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
