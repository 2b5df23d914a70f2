"""The bids of the demonstration, sealed and received as they would have been: at their times, by the tenderers' acts.

Prices, splits and partners are those of the case; the answers are short, made up and marked as such. One bid was sent
twice, one withdrawn, one came at the very moment of the deadline, which is late.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO
from uuid import NAMESPACE_URL, uuid5

from lots.bid import Bid
from lots.submission import Answer, Binding, Contact, Document, PriceEnvelope, Submission
from scoring.tender_file import TenderFile
from workbench.audit import recorded
from workbench.db import db
from workbench.models.publishing import PublicationRecord
from workbench.models.tenders import TenderRecord
from workbench.paths import answers_file
from workbench.sealing.age import new_identity
from workbench.services.bids import submissions
from workbench.store import Store

ILLUSTRATIVE = "(Made up for demonstration.) "
REPLACED = "adult-mendip"
"""The bid that was sent once before, an evening earlier, with a last answer still missing."""
WITHDRAWN = ("isva-northstar", "cyp")
"""A bid whose tenderer also bid for another lot, and took that bid back the next morning."""
WITH_FILES = "adult-severnside"
_EARLIER = timedelta(hours=14)
_TOOK = timedelta(seconds=2)  # from the first byte of a request to its last


@dataclass(frozen=True)
class Round:
    """What every bid of a tender needs: the tender, its rules, the case, and where sealed files lie."""

    tender: TenderRecord
    publication: PublicationRecord
    file: TenderFile
    store: Store


def receive(around: Round) -> int:
    """Receive every bid of the case in the order of time, committing each act; returns how many acts there were."""
    acts = sorted(_acts(around), key=lambda act: act[0])
    for at, act in acts:
        act(at)
        db.session.commit()
        recorded().clear()
    return len(acts)


def bid_id(tender: TenderRecord, name: str) -> str:
    """Return the id of a bid of the case in a tender: always the same, so that what is shown can be followed up."""
    return str(uuid5(NAMESPACE_URL, f"{tender.id}/{name}"))


Act = tuple[datetime, Callable[[datetime], object]]


def _acts(around: Round) -> Iterator[Act]:
    answers = json.loads(answers_file().read_bytes())["answers"]
    for bid in around.file.bids:
        said = answers.get(bid.id, {})
        if bid.received_at >= around.file.tender.deadline:
            yield bid.received_at, partial(_late, around, bid)
        elif bid.id == REPLACED:
            first = dict(list(said.items())[:-1])
            yield bid.received_at - _EARLIER, partial(_send, around, bid, bid.id, first, 1)
            yield bid.received_at, partial(_send, around, bid, bid.id, said, 2)
        else:
            yield bid.received_at, partial(_send, around, bid, bid.id, said, 1)
        if bid.id == WITHDRAWN[0]:
            yield from _sent_and_withdrawn(around, bid)


def _sent_and_withdrawn(around: Round, bid: Bid) -> Iterator[Act]:
    other, name = replace(bid, lot=WITHDRAWN[1]), f"{WITHDRAWN[1]}-{bid.tenderer}"
    yield bid.received_at - _EARLIER, partial(_send, around, other, name, {}, 1)
    yield bid.received_at - timedelta(minutes=77), partial(_withdraw, around, name)


def _send(around: Round, bid: Bid, name: str, said: Mapping[str, str], version: int, at: datetime) -> None:
    bound = _binding(around, bid.lot, name, version)
    submissions.submit(
        around.tender, around.publication, _submission(around, bid, bound, said), _price(bid, bound),
        first_byte_at=at - _TOOK, last_byte_at=at, at=at, store=around.store,
    )  # fmt: skip


def _withdraw(around: Round, name: str, at: datetime) -> None:
    submissions.withdraw(
        around.tender, around.publication, bid_id(around.tender, name),
        first_byte_at=at - _TOOK, last_byte_at=at, at=at,
    )  # fmt: skip


def _late(around: Round, bid: Bid, at: datetime) -> None:
    name = next(each.name for each in around.file.organisations if each.id == bid.tenderer)
    bound = _binding(around, bid.lot, bid.id, 1)
    submissions.record_late(
        around.tender, around.publication, bound, name, first_byte_at=at - _TOOK, last_byte_at=at, at=at
    )


def _binding(around: Round, lot: str, name: str, version: int) -> Binding:
    rules = around.publication
    return Binding(around.tender.id, lot, bid_id(around.tender, name), version, rules.rule_set, rules.sha256)


def _submission(around: Round, bid: Bid, bound: Binding, said: Mapping[str, str]) -> Submission:
    taking_part = {party.organisation for party in bid.parties}
    lead = next(each for each in around.file.organisations if each.id == bid.tenderer)
    return Submission(
        bound,
        organisations=tuple(each for each in around.file.organisations if each.id in taking_part),
        parties=bid.parties,
        contacts=(Contact(lead.contact or lead.name, lead.id, "Answers for this bid", lead.email),),
        answers=tuple(Answer(criterion, ILLUSTRATIVE + text) for criterion, text in said.items()),
        responses=bid.responses,
        commitments=bid.commitments,
        documents=tuple(_documents(around)) if bid.id == WITH_FILES else (),
    )


def _price(bid: Bid, bound: Binding) -> PriceEnvelope:
    return PriceEnvelope(bound, bid.prices, bid.split, bid.unit_prices, bid.other_costs)


def _documents(around: Round) -> Iterator[Document]:
    """Seal the files of the one bid that has some, as they would have been the moment they arrived."""
    for number, (required, name, text) in enumerate(_FILES, 1):
        secret, recipient = new_identity()
        stored = around.store.seal(BytesIO((ILLUSTRATIVE + text).encode()), recipient)
        yield Document(
            f"file-{number}", name, "text/plain", stored.size, stored.sha256, stored.sealed_sha256, secret, required
        )


_FILES = (
    (
        "safeguarding-policy",
        "Safeguarding policy.txt",
        "Everybody who works here, partners and volunteers included, knows whom to call. Revised in February 2024.\n",
    ),
    (
        "partner-letters",
        "Partners' letters.txt",
        "Chew Valley, Harbourlight and Signpost have agreed to the work and to the figures of this bid.\n",
    ),
)
