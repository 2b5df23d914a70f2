"""Interests and what they hide: nobody judges a bid that names an organisation in which they have an interest.

What a panel member declared about an organisation comes to one standing; the bids of everybody whose standing is not
open are hidden from that member, and so is whatever would be worked out from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from lots.bid import Bid
from scoring.scoresheet import Interest

Outcome = Literal["", "none", "mitigated", "recused"]
Standing = Literal["undeclared", "clear", "mitigated", "possible", "lessened", "recused", "conflicted"]
OPEN: Final[frozenset[Standing]] = frozenset({"clear", "mitigated"})
"""The standings that hide nothing."""
WAITING: Final[frozenset[Standing]] = frozenset({"possible", "lessened"})
"""The standings that wait for a decision."""
OWN: Final[frozenset[Standing]] = frozenset({"possible", "lessened", "recused", "conflicted"})
"""The standings that follow from an interest that was declared, and hide."""


@dataclass(frozen=True)
class Declared:
    """One declaration about one organisation, and what was decided about it (nothing yet: empty)."""

    interest: Interest
    outcome: Outcome = ""


def standing(history: Sequence[Declared]) -> Standing:
    """Say how a member stands to an organisation after all they declared about it, the earliest first.

    Whoever says that they are conflicted stays out, whatever is decided. An interest that is taken back waits for a
    decision like a possible one, so that nobody lets themselves in again.
    """
    found: Standing = "undeclared"
    for each in history:
        found = _after(found, each)
    return found


def _after(before: Standing, said: Declared) -> Standing:
    if said.outcome == "recused":
        return "recused"
    if said.interest == "conflicted":
        return "conflicted"
    if said.outcome:
        return "mitigated" if said.outcome == "mitigated" else "clear"
    if said.interest == "possible":
        return "possible"
    return "lessened" if before in OWN else "clear"


def named_in(bids: Iterable[Bid]) -> tuple[str, ...]:
    """List every organisation that takes part in any of the bids, once, in the order they are named."""
    return tuple(dict.fromkeys(party.organisation for bid in bids for party in bid.parties))


def undeclared(bids: Iterable[Bid], standings: Mapping[str, Standing]) -> tuple[str, ...]:
    """List the organisations about which a member has still to declare."""
    return tuple(name for name in named_in(bids) if standings.get(name, "undeclared") == "undeclared")


def hidden_bids(bids: Iterable[Bid], standings: Mapping[str, Standing]) -> frozenset[str]:
    """Name the bids that a member may not see: one of their organisations has a standing that is not open."""
    return frozenset(
        bid.id for bid in bids if any(standings.get(it.organisation, "undeclared") not in OPEN for it in bid.parties)
    )


def own_conflicts(bids: Iterable[Bid], standings: Mapping[str, Standing]) -> frozenset[str]:
    """Name the bids that are hidden by an interest of the member's own, rather than by silence."""
    return frozenset(bid.id for bid in bids if any(standings.get(it.organisation) in OWN for it in bid.parties))
