"""Who takes part: the buyer, and the organisations that lead, deliver or sub-contract."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Identifier:
    """A registration that tells namesakes apart: ``GB-COH`` company, ``GB-CHC`` charity, ``GB-PPON``."""

    scheme: str
    id: str

    @cached_property
    def mark(self) -> tuple[str, str]:
        """Return what two registrations that are the same have in common, however each was written."""
        return self.scheme.casefold(), self.id.strip().casefold()


@dataclass(frozen=True)
class Organisation:
    """One legal person as the tender file names it.

    ``group`` is the name shared by companies under one control (empty when it stands alone): they count together.
    ``by_and_for`` means led, designed and delivered by and for the community served (Victim Funding Strategy).
    """

    id: str
    name: str
    identifiers: tuple[Identifier, ...] = ()
    group: str = ""
    vcse: bool = False
    by_and_for: bool = False
    sme: bool = False
    address: tuple[str, ...] = ()
    contact: str = ""
    email: str = ""


@dataclass(frozen=True)
class Buyer:
    """The contracting authority that runs the procurement and signs its documents."""

    name: str
    short_name: str
    address: tuple[str, ...]
    email: str
    telephone: str = ""
    identifiers: tuple[Identifier, ...] = ()
