"""The receipt of a bid on one page: what was received when, sealed to whom, and how anybody can check it.

The receipt itself is the file inside the PDF; the page says the same in words. It is given to the tenderer only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from exports.codec.strict_json import parse
from exports.documents import Addressee, DocumentHead, Slot
from exports.pdf import Attached
from exports.reports.working_papers import paper_head
from lots.calendar import london
from lots.errors import ProcurementError
from lots.recipients import fingerprint
from scoring.tender_file import TenderFile

FILE_NAME: Final = "receipt.json"
_TITLES: Final[Mapping[str, str]] = {
    "submitted": "Receipt: bid submitted",
    "withdrawn": "Receipt: bid withdrawn",
    "late": "Receipt: arrived too late",
}
_KINDS: Final[Mapping[str, str]] = {"bid": "The bid", "price": "The price", "late": "The late arrival"}


@dataclass(frozen=True)
class Sealed:
    """An envelope or a file as it was received: what it is called, its size in bytes and its digest."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class KeyHolder:
    """Somebody whose key the bid is sealed to."""

    title: str
    fingerprint: str


@dataclass(frozen=True)
class BidReceipt:
    """A receipt as it is printed; ``lot`` and ``files`` are known where the tenderer's code was given."""

    head: DocumentHead
    act: str
    bid: str
    version: int
    deadline: datetime
    first_byte_at: datetime
    last_byte_at: datetime
    committed_at: datetime
    rule_set: int
    custody: str
    own_device: bool
    lot: str
    envelopes: tuple[Sealed, ...]
    files: tuple[Sealed, ...]
    holders: tuple[KeyHolder, ...]
    event: int
    leaf: str
    checkpoint: str
    key: str
    attachments: tuple[Attached, ...] = ()


def bid_receipt(rules: TenderFile, data: bytes) -> BidReceipt:
    """Make the page of a receipt from its JSON; ``rules`` are those the bid was made under."""
    found, problems = parse(data)
    if problems or not isinstance(found, dict):
        raise ProcurementError("This is no receipt", problems)
    facts, annex = found["facts"], found.get("annex", {}).get("said", {})
    title = next((lot.title for lot in rules.tender.lots if lot.id == annex.get("lot")), "")
    to = Addressee(annex["tenderer"]) if annex.get("tenderer") else None
    slot = Slot(_TITLES[facts["act"]], "receipt", facts["version"], "", facts["bid"], "addressee only", to)
    committed = _moment(facts["committed_at"])
    return BidReceipt(
        head=paper_head(rules, slot, london(committed).date(), mark="R", early=True),
        act=facts["act"],
        bid=facts["bid"],
        version=facts["version"],
        deadline=_moment(facts["deadline"]),
        first_byte_at=_moment(facts["first_byte_at"]),
        last_byte_at=_moment(facts["last_byte_at"]),
        committed_at=committed,
        rule_set=facts["rule_set"],
        custody=facts["custody"],
        own_device=facts["mode"] == "browser",
        lot=title,
        envelopes=tuple(Sealed(_KINDS[it["kind"]], it["size"], it["sha256"]) for it in facts["envelopes"]),
        files=tuple(Sealed(it["name"], it["size"], it["sha256"]) for it in annex.get("documents", ())),
        holders=tuple(KeyHolder(it["title"], fingerprint(it["recipient"])) for it in facts["keys"]),
        event=found["event"]["seq"],
        leaf=found["event"]["leaf"],
        checkpoint=found["checkpoint"],
        key=found["key"],
        attachments=(Attached(FILE_NAME, data, "The receipt itself: whoever has it can check it without us"),),
    )


def _moment(text: Any) -> datetime:
    return datetime.fromisoformat(str(text))
