"""The audit trail on both databases: chained, written once, in step with its cause."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.workbench.factories import NOW, a_user, an_actor, an_authority
from workbench import audit
from workbench.audit import ClockError, record
from workbench.db import begin_writing, db
from workbench.models.audit import ChainRecord, EventRecord

pytestmark = pytest.mark.usefixtures("db_session")
CHAIN = "tender:1"


def recorded(count: int) -> list[EventRecord]:
    begin_writing()
    actor = an_actor(a_user(an_authority(), name="Bronwen Stallard"))
    events = [
        record("lot.saved", f"Lot {n}", chain=CHAIN, actor=actor, at=NOW + timedelta(seconds=n), details={"n": n})
        for n in range(1, count + 1)
    ]
    db.session.commit()
    return events


def test_the_head_of_a_chain_follows_from_its_events_by_the_published_arithmetic() -> None:
    events, head = recorded(3), bytes(32)
    for seq, event in enumerate(events, 1):
        leaf = sha256(b"\x00" + event.salt + event.canon).digest()
        head = sha256(b"\x02" + head + seq.to_bytes(8, "big") + leaf).digest()
        assert (event.seq, event.leaf, event.head) == (seq, leaf.hex(), head.hex())
    end = db.session.get(ChainRecord, CHAIN)
    assert end is not None
    assert (end.length, end.head) == (3, head.hex())


def test_the_kept_bytes_say_who_did_what_to_what_and_when() -> None:
    [event] = recorded(1)
    assert event.canon.decode() == (
        f'{{"action":"lot.saved","actor":{{"id":{event.actor_id},"job_title":"Officer","name":"Bronwen Stallard"}},'
        '"at":"2026-07-06T09:00:01.000000Z","chain":"tender:1","details":{"n":1},"format":"event/1","seq":1,'
        '"subject":"Lot 1"}'
    )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET action = 'x'",
        "DELETE FROM events",
        "UPDATE rule_sets SET number = 2",
        "DELETE FROM rule_sets",
    ],
)
def test_the_database_itself_refuses_to_change_or_remove_what_is_written_once(statement: str) -> None:
    recorded(1)
    begin_writing()
    tender = text(
        "INSERT INTO rule_sets (id, tender_id, number, canon, sha256, reason, made_at) "
        "VALUES ('r', :tender, 1, :canon, 'x', '', :at)"
    )
    from tests.workbench.factories import a_tender

    made = a_tender(an_authority())
    db.session.execute(tender, {"tender": made.id, "canon": b"{}", "at": NOW})
    with pytest.raises(DBAPIError, match="are written once and never"):
        db.session.execute(text(statement))


def test_an_event_is_forgotten_with_the_change_it_tells_of() -> None:
    recorded(1)
    begin_writing()
    record("lot.saved", "Lot 2", chain=CHAIN, actor=None, at=NOW + timedelta(seconds=2), details={})
    db.session.rollback()
    end = db.session.get(ChainRecord, CHAIN)
    assert end is not None
    assert (end.length, db.session.query(EventRecord).count()) == (1, 1)


def test_a_clock_set_back_stops_the_trail_and_says_so() -> None:
    recorded(10)
    begin_writing()
    with pytest.raises(ClockError, match="the clock of the server was set back"):
        record("x", "y", chain=CHAIN, actor=None, at=NOW + timedelta(seconds=7, milliseconds=999), details={})
    late = record("x", "y", chain=CHAIN, actor=None, at=NOW + timedelta(seconds=8), details={})
    assert late.seq == 11


def test_chains_know_nothing_of_each_other() -> None:
    recorded(2)
    begin_writing()
    other = record("x", "y", chain=audit.tender_chain("2"), actor=None, at=NOW, details={})
    assert other.seq == 1


def test_a_subject_of_any_length_is_recorded_whole_and_listed_shortened() -> None:
    begin_writing()
    subject = ", ".join(f"methodology a-long-key-for-a-lot-{n}" for n in range(100))  # one criterion shared by 100 lots
    event = record("parts_saved", subject, chain=CHAIN, actor=None, at=NOW, details={})
    db.session.commit()
    db.session.refresh(event)
    assert (len(event.subject), event.subject[-1]) == (300, "…")
    assert subject.encode() in event.canon
