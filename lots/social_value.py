"""Social value that can be counted: an outcome, how it is measured, and the contract measure it becomes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class SocialValueMeasure:
    """One outcome that tenderers are asked to commit an amount to, and what holds them to it.

    ``lots`` are those it is asked in (every contract lot, when empty); ``criterion`` is the scored criterion it belongs
    to. ``metric`` says what is counted and ``unit`` in what; ``baseline`` is how much of it there is without the
    contract, and ``deadweight`` the percentage that would have happened anyway. ``commitment`` asks for the promise,
    ``minimum_a_year`` is the least that may be promised, ``evidence`` is what proves it was kept, and
    ``contract_measure`` names the key performance indicator it becomes when the contract is signed.
    """

    id: str
    outcome: str
    metric: str
    unit: str
    lots: tuple[str, ...] = ()
    criterion: str = ""
    baseline: Decimal | None = None
    deadweight: Decimal | None = None
    commitment: str = ""
    minimum_a_year: Decimal | None = None
    evidence: str = ""
    contract_measure: str = ""

    def asked_in(self, lot_id: str) -> bool:
        """Say whether tenderers for a lot are asked for it."""
        return not self.lots or lot_id in self.lots
