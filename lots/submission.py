"""What a tenderer submits for one lot, in two envelopes: everything but money, and the price with its split."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lots.bid import Commitment, OtherCost, Party, RequirementResponse, Split, UnitPrice
from lots.money import Money
from lots.organisation import Organisation


@dataclass(frozen=True)
class Contact:
    """Somebody who answers for the bid: ``organisation`` is the id of theirs, ``role`` what they do in it."""

    name: str
    organisation: str = ""
    role: str = ""
    email: str = ""
    telephone: str = ""


@dataclass(frozen=True)
class Answer:
    """The answer to the question of one award criterion."""

    criterion: str
    text: str


@dataclass(frozen=True)
class Document:
    """A file that belongs to the bid: what it is called, how long it is, its digests open and sealed, and its key.

    ``required`` is the id of the document asked for that it answers (empty: one of the tenderer's own); ``criterion``
    the award criterion whose answer it belongs to. ``key`` opens the sealed file (an age identity).
    """

    id: str
    name: str
    media_type: str
    size: int
    sha256: str
    sealed_sha256: str
    key: str
    required: str = ""
    criterion: str = ""


@dataclass(frozen=True)
class Declared:
    """A declaration of :mod:`lots.declarations` as the tenderer made it; ``note`` says what has to be said about it."""

    declaration: str
    agreed: bool
    note: str = ""


@dataclass(frozen=True)
class Binding:
    """What ties an envelope to its place, so that a copy of it opens nowhere else.

    ``tender`` and ``bid`` are ids, ``rules_sha256`` is the digest of the rules the tenderer confirmed.
    """

    tender: str
    lot: str
    bid: str
    version: int
    rule_set: int
    rules_sha256: str


@dataclass(frozen=True)
class Submission:
    """The first envelope of a bid for one lot."""

    binding: Binding
    organisations: tuple[Organisation, ...]
    parties: tuple[Party, ...]
    contacts: tuple[Contact, ...] = ()
    answers: tuple[Answer, ...] = ()
    responses: tuple[RequirementResponse, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    documents: tuple[Document, ...] = ()
    declarations: tuple[Declared, ...] = ()
    lots_preferred: tuple[str, ...] = ()
    lots_at_most: int | None = None


@dataclass(frozen=True)
class PriceEnvelope:
    """The second envelope: the price of each year, and how it is split."""

    binding: Binding
    prices: tuple[Money, ...]
    split: Split | None = None
    unit_prices: tuple[UnitPrice, ...] = ()
    other_costs: tuple[OtherCost, ...] = ()


@dataclass(frozen=True)
class LateArrival:
    """What is kept, sealed, of a bid that came too late: who sent it, for which lot, and when; not the bid."""

    binding: Binding
    tenderer: str
    first_byte_at: datetime
    last_byte_at: datetime
