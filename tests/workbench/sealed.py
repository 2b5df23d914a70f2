"""A published tender that takes sealed bids, its custodians' keys, and bids for it, for tests of what follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from lots.sealing import Custodian, Sealing
from lots.submission import Binding, PriceEnvelope, Submission
from scoring.tender_file import TenderFile
from tests import submissions as a
from tests.scoring.checks import ready
from tests.workbench.published import AT, World, a_world, published
from workbench.audit import recorded
from workbench.db import db
from workbench.models.bids import CustodianKeyRecord, SealedBidRecord
from workbench.models.publishing import PublicationRecord
from workbench.queries.publishing import publication_of
from workbench.sealing import age, drafts
from workbench.services.bids import submissions

KEYS = tuple(age.new_identity() for _ in range(4))
TITLES = ("Head of procurement", "Monitoring officer", "Chief finance officer", "Paper key in the safe")
FOUR = Sealing(custodians=tuple(Custodian(title, key[1]) for title, key in zip(TITLES, KEYS, strict=True)))
SERVER_KEY = age.new_identity()
LIGHT = Sealing(custody="server", server_recipient=SERVER_KEY[1])
DEADLINE = ready.file().tender.deadline
BEFORE = DEADLINE - timedelta(hours=1)
CODE = drafts.new_code()


def a_file(sealing: Sealing | None = FOUR) -> TenderFile:
    """Make the rules of a tender that is ready in every point and says how its bids are sealed."""
    file = ready.file()
    return replace(file, tender=replace(file.tender, sealing=sealing))


def a_sealed_world(sealing: Sealing | None = FOUR, file: TenderFile | None = None) -> World:
    """Publish such a tender, or one of a file; its custodians have proved their keys."""
    world = a_world(file or a_file(sealing))
    prove_keys(world, sealing)
    published(world)
    recorded().clear()
    return world


def prove_keys(world: World, sealing: Sealing | None) -> None:
    """Have custodians prove their keys: two openers, and two keys that are nobody's own."""
    openers: list[int | None] = [person.id for person in world.people["opener"]]
    for custodian, user in zip(sealing.custodians if sealing else (), [*openers, None, None], strict=False):
        db.session.add(_proved(world, custodian, user))
    db.session.commit()


def _proved(world: World, custodian: Custodian, user: int | None) -> CustodianKeyRecord:
    officer = world.people["officer"][0].id
    return CustodianKeyRecord(
        tender_id=world.tender.id, title=custodian.title, recipient=custodian.recipient, user_id=user, made_by=officer,
        made_at=AT, challenge="", challenge_sha256="", proved_at=AT,
    )  # fmt: skip


def publication(world: World) -> PublicationRecord:
    """Return the publication of the tender."""
    found = publication_of(world.tender.id)
    assert found is not None
    return found


def a_bid(world: World, lot: str = "adult", bid: str = "", version: int = 1) -> tuple[Submission, PriceEnvelope]:
    """Make what a tenderer submits for a lot under the rules in force."""
    held = publication(world)
    bound = Binding(world.tender.id, lot, bid or str(uuid4()), version, held.rule_set, held.sha256)
    return a.submission(bound), a.price(bound)


def times(at: datetime = BEFORE) -> dict[str, Any]:
    """Say the times of a request that ended at a moment."""
    return {"first_byte_at": at - timedelta(milliseconds=3), "last_byte_at": at, "at": at + timedelta(milliseconds=5)}


def submitted(world: World, at: datetime = BEFORE, code: str = CODE, **values: Any) -> SealedBidRecord:
    """Submit a bid and commit, as the end of a page does: exactly one event."""
    submission, price = a_bid(world, **values)
    row = submissions.submit(world.tender, publication(world), submission, price, code=code, **times(at))
    committed()
    return row


def committed() -> None:
    """Commit; exactly one event must have been recorded."""
    assert len(recorded()) == 1
    recorded().clear()
    db.session.commit()


__all__ = ["AT", "BEFORE", "CODE", "DEADLINE", "FOUR", "KEYS", "LIGHT", "SERVER_KEY", "World"]
