"""The keys of custodians: registered, proved again and again, reported lost, put among the custodians or taken out.

Registering a key changes the rules the officer wrote: it takes a sign-off back as any save does, and yet is the act of
a custodian, so that whoever holds a key has not written the tender.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Any

from exports.codec import record
from lots.errors import ProcurementError
from lots.recipients import fault_of, fingerprint
from lots.sealing import MOST, Custodian, Sealing
from workbench import audit, policies
from workbench.db import db
from workbench.models.bids import CustodianKeyRecord
from workbench.models.tenders import TenderRecord
from workbench.policies import Actor, Permission
from workbench.queries.bids import keys as reads
from workbench.queries.tenders import draft_of
from workbench.sealing.challenges import sealed_for
from workbench.services import tenders

PAPER = "Paper key in the safe"
_WORDS = 5  # groups of a test text
_CHANGED_IN = frozenset({"draft", "signed_off", "published"})


class KeyRefusedError(ProcurementError):
    """A key that cannot be taken, or not now; the sentence says why and what to do."""


def register_key(
    tender: TenderRecord, recipient: str, *, title: str = "", paper: bool = False, actor: Actor, at: datetime
) -> CustodianKeyRecord:
    """Take the public half of a key and put it among the custodians; a paper key is nobody's own."""
    policies.check(actor, Permission.KEYS_HOLD, tender)
    recipient, title = recipient.strip(), " ".join(title.split()) or (PAPER if paper else actor.job_title or actor.name)
    _check_new(tender, recipient, title, paper, actor)
    challenge, digest = _challenge(recipient)
    row = CustodianKeyRecord(
        tender_id=tender.id, title=title, recipient=recipient, user_id=None if paper else actor.user_id,
        made_by=actor.user_id, made_at=at, challenge=challenge, challenge_sha256=digest,
    )  # fmt: skip
    db.session.add(row)
    changes = _rewrite(tender, at, lambda held: (*held, Custodian(title, recipient)))
    _record("key_registered", tender, row, actor, at, {"paper": paper, **changes})
    return row


def use_key(tender: TenderRecord, row: CustodianKeyRecord, *, actor: Actor, at: datetime) -> None:
    """Put a key that is known already among the custodians again."""
    policies.check(actor, Permission.KEYS_HOLD, tender)
    changes = _rewrite(tender, at, lambda held: (*held, Custodian(row.title, row.recipient)))
    _record("key_used_again", tender, row, actor, at, changes)


def remove_key(tender: TenderRecord, row: CustodianKeyRecord, *, actor: Actor, at: datetime) -> None:
    """Take a key out of the custodians; what is known of it stays."""
    policies.check(actor, Permission.KEYS_HOLD, tender)
    changes = _rewrite(tender, at, lambda held: tuple(each for each in held if each.recipient != row.recipient))
    _record("key_removed", tender, row, actor, at, changes)


def prove_key(tender: TenderRecord, row: CustodianKeyRecord, text: str, *, actor: Actor, at: datetime) -> bool:
    """Compare the text that was opened with a key to the one that was sealed for it; a proof asks a new one next time.

    A wrong text is recorded, too: the officer and the other openers are told.
    """
    _check_holder(tender, row, actor)
    given = sha256("".join(text.split()).encode()).hexdigest()
    good = hmac.compare_digest(given, row.challenge_sha256)
    if good:
        row.proved_at = at
        row.challenge, row.challenge_sha256 = _challenge(row.recipient)
    else:
        row.failed_at = at
    _record("key_proved" if good else "key_not_proved", tender, row, actor, at, {})
    return good


def report_lost(tender: TenderRecord, row: CustodianKeyRecord, *, actor: Actor, at: datetime) -> None:
    """Say that a key is lost or cannot be used any more."""
    _check_holder(tender, row, actor)
    row.failed_at = at
    _record("key_reported_lost", tender, row, actor, at, {})


def _check_new(tender: TenderRecord, recipient: str, title: str, paper: bool, actor: Actor) -> None:
    if fault := fault_of(recipient):
        raise KeyRefusedError(f"This is no public key: {fault}")
    rows = reads.rows_of(tender.id)
    if any(row.recipient == recipient for row in rows):
        raise KeyRefusedError("This key is known here already: each custodian needs their own, and it is listed")
    sealing = reads.sealing_of(draft_of(tender))
    here = [row for row in rows if sealing is not None and sealing.index_of(row.recipient) is not None]
    if any(row.title.casefold() == title.casefold() for row in here):
        raise KeyRefusedError(f"There is a key named “{title}” already: name yours by another office")
    if paper and any(row.user_id is None for row in here):
        raise KeyRefusedError("There is a paper key already, and two together open every bid: remove that one first")
    if not paper and any(row.user_id == actor.user_id for row in here):
        raise KeyRefusedError("You hold a key already, and nobody holds two: remove yours first")


def _check_holder(tender: TenderRecord, row: CustodianKeyRecord, actor: Actor) -> None:
    policies.check(actor, Permission.KEYS_HOLD, tender)
    if row.user_id not in (None, actor.user_id):
        raise KeyRefusedError("This key is somebody else's: only who holds it can prove it or say that it is lost")


def _challenge(recipient: str) -> tuple[str, str]:
    """Make a text nobody can guess, sealed for a key, and the digest of it; the text itself is kept nowhere."""
    text = "-".join(secrets.token_hex(3) for _ in range(_WORDS))
    return sealed_for(recipient, text), sha256(text.encode()).hexdigest()


Held = tuple[Custodian, ...]


def _rewrite(tender: TenderRecord, at: datetime, change: Callable[[Held], Held]) -> dict[str, Any]:
    """Change who the custodians are, in the part the officer wrote; the difference, for the event."""
    if tender.stage not in _CHANGED_IN:
        raise KeyRefusedError("The tender is closed: the keys stay as the published rules name them")
    part = draft_of(tender).part("sealing")
    sealing = reads.sealing_of(draft_of(tender))
    if sealing is None or sealing.custody != "custodians":
        raise KeyRefusedError("This tender has no custodians: its officer chooses so in the task “Receiving bids”")
    held = change(sealing.custodians)
    if len(held) > MOST:
        raise KeyRefusedError(f"A bid is sealed for {MOST} custodians at most: remove one first")
    content = record.write(Sealing(sealing.custody, held, "", sealing.browser_sealing, sealing.price_apart))
    return tenders.rewrite_part(tender, part, {**(part.content or {}), "sealing": content}, at=at)


def _record(
    action: str, tender: TenderRecord, row: CustodianKeyRecord, actor: Actor, at: datetime, details: dict[str, Any]
) -> None:
    db.session.flush()
    told = {"key": row.id, "recipient": row.recipient, "fingerprint": fingerprint(row.recipient), **details}
    audit.record(action, row.title, chain=audit.tender_chain(tender.id), actor=actor, at=at, details=told)
