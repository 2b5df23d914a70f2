"""What every decision document has in common: its head, whom it is for, what may be withheld, and when it refuses.

How to use it: a document is a frozen dataclass with ``head: DocumentHead`` and ``attachments: tuple[Attached, …]``
(see :class:`Printable`); ``head_of(file, …)`` fills a head from a tender file; ``require(document title, findings)``
raises :class:`IncompleteDocument` with every field that is still empty, each named by its path in the file.
Figures stay exact (``Money``, ``Fraction``) in a document's value and are rounded only where they are printed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Literal, NoReturn, Protocol, runtime_checkable

from exports.pdf import Attached
from exports.rule_changes import rule_set_digest
from exports.tender_file import write
from lots.errors import Finding, ProcurementError, errors_in
from lots.organisation import Buyer, Organisation
from scoring.decision import AwardDecision, Signatory
from scoring.tender_file import TenderFile

Classification = Literal["public", "restricted", "addressee only"]
CLAIM = "claim.json"
TENDER_FILE = "tender-file.json"
_KNOWN: deque[tuple[TenderFile, tuple[str, str]]] = deque(maxlen=4)
SHORT_DIGEST = 12  # characters of a digest in a footer; the whole of it stands at the end of the document


class IncompleteDocument(ProcurementError):  # noqa: N818 - it names a state, not a slip
    """A document that may not be made because something it must say is not in the file; findings name each field."""


@dataclass(frozen=True)
class Addressee:
    """Whom a document is sent to."""

    name: str
    contact: str = ""
    address: tuple[str, ...] = ()
    email: str = ""
    identifiers: tuple[str, ...] = ()
    identifier_label: str = "Registered"


@dataclass(frozen=True)
class DocumentHead:
    """What stands at the top and the foot of every page and on the first page of every document.

    ``dated`` comes from the file, never from a clock. ``draft`` holds until the decision is dated and everybody has
    signed. ``illustrative`` lists the topics whose content is invented. ``lot`` is the lot's title (empty for a
    document about the whole procurement), ``lot_id``, ``order``, ``kind`` and ``about`` make its file name; ``bid``
    names the bid that a letter is about.
    """

    number: str
    title: str
    tender_reference: str
    tender_title: str
    buyer: Buyer
    dated: date
    classification: Classification
    draft: bool
    rules_digest: str
    file_digest: str
    lot: str = ""
    addressee: Addressee | None = None
    signatories: tuple[Signatory, ...] = ()
    illustrative: tuple[str, ...] = ()
    lot_id: str = ""
    order: int = 0
    kind: str = ""
    about: str = ""
    bid: str = ""

    @property
    def short_rules_digest(self) -> str:
        """Return the beginning of the rules digest, for the foot of a page."""
        return self.rules_digest[:SHORT_DIGEST]

    def is_illustrative(self, topic: str) -> bool:
        """Say whether what the document tells about a topic is invented."""
        return topic in self.illustrative


@runtime_checkable
class Printable(Protocol):
    """A document value that ``workbench.printing`` can turn into a PDF."""

    @property
    def head(self) -> DocumentHead:
        """Return what every document has in common."""

    @property
    def attachments(self) -> tuple[Attached, ...]:
        """List the files that travel inside the PDF."""


@dataclass(frozen=True)
class Slot:
    """Where one document stands in the decision pack: its lot, its number, its kind and whom or what it is about."""

    title: str
    kind: str
    order: int
    lot_id: str = ""
    about: str = ""
    classification: Classification = "restricted"
    addressee: Addressee | None = None
    dated: date | None = None
    bid: str = ""


def head_of(file: TenderFile, slot: Slot) -> DocumentHead:
    """Make the head of a document; IncompleteDocument where the file has no award decision or no date for it.

    Documents are dated the day they are sent (``notices_sent``), else published, else decided, unless the slot says.
    """
    award = file.award
    dated = slot.dated or (award_date(award) if award else None)
    if award is None or dated is None:
        _refuse_undated(slot.title, award)
    place = slot.lot_id or "all"
    rules, whole = digests(file)
    return DocumentHead(
        number=f"{award.reference}/{place}/{slot.order:02d}",
        title=slot.title,
        tender_reference=file.tender.reference,
        tender_title=file.tender.title,
        buyer=file.tender.buyer,
        dated=dated,
        classification=slot.classification,
        draft=is_draft(award),
        rules_digest=rules,
        file_digest=whole,
        lot=file.tender.lot(slot.lot_id).title if slot.lot_id else "",
        addressee=slot.addressee,
        signatories=award.signatories,
        illustrative=file.tender.illustrative,
        lot_id=slot.lot_id,
        order=slot.order,
        kind=slot.kind,
        about=slot.about,
        bid=slot.bid,
    )


def digests(file: TenderFile) -> tuple[str, str]:
    """Return the SHA-256 of the published rule set and of the whole tender file, in canonical form, in hexadecimal.

    The first is what publication printed: it holds nothing that came afterwards (:func:`scoring.rule_set.rule_set`).
    The answer for the last few files is kept: a pack asks for every document, and comparing whole files takes long.
    """
    for known, found in list(_KNOWN):  # another thread may add one meanwhile
        if known is file:
            return found
    found = rule_set_digest(file), sha256(write(file)).hexdigest()
    _KNOWN.appendleft((file, found))
    return found


def award_date(award: AwardDecision) -> date | None:
    """Return the day the documents of a decision bear: sent, else published, else decided."""
    return award.notices_sent or award.notice_published or award.decided_on


def is_draft(award: AwardDecision) -> bool:
    """Say whether the decision still lacks its date, a signatory or a signature."""
    unsigned = [signatory for signatory in award.signatories if signatory.signed_on is None]
    return award.decided_on is None or not award.signatories or bool(unsigned)


def addressee_of(organisation: Organisation, *, under_the_act: bool = False) -> Addressee:
    """Take whom to write to from an organisation; the Procurement Act 2023 calls a registration a unique identifier."""
    marks = tuple(identifier_words(mark.scheme, mark.id) for mark in organisation.identifiers)
    label = "Unique identifier" if under_the_act else "Registered"
    return Addressee(organisation.name, organisation.contact, organisation.address, organisation.email, marks, label)


def identifier_words(scheme: str, number: str) -> str:
    """Write a registration as people know it: ``charity 1234567``, ``company 01234567``."""
    kinds = {"GB-COH": "company", "GB-CHC": "charity", "GB-PPON": "PPON"}
    return f"{kinds.get(scheme, scheme)} {number}"


def empty(value: object, place: str, what: str) -> Iterator[Finding]:
    """Yield a finding when a required value is empty; texts of blanks and tuples of them count as empty."""
    parts = value if isinstance(value, tuple) else (value,)
    said = [part for part in parts if part is not None and str(part).strip()]
    if not said:
        yield Finding("document_field_empty", f"{what} is missing: fill it in before the document is made", place)


def require(title: str, findings: Iterable[Finding]) -> None:
    """Refuse a document (IncompleteDocument) when anything it must say is missing."""
    missing = errors_in(findings)
    if missing:
        named = "; ".join(map(str, missing[:8]))
        more = f"; and {len(missing) - 8} more" if len(missing) > 8 else ""
        raise IncompleteDocument(f"{title} cannot be made yet: {named}{more}", missing)


def _refuse_undated(title: str, award: AwardDecision | None) -> NoReturn:
    found = [*empty(award, "award", "The award decision")]
    if award is not None:
        found += empty(None, "award.notices_sent", "The day the notices are sent")
    raise IncompleteDocument(f"{title} cannot be made yet: {'; '.join(map(str, found))}", found)
