"""The availability ledger: lines that follow from each other, outages and silences, and its end in the audit trail."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import scoped_session

from lots.sealing import Sealing
from tests.scoring.checks import ready
from tests.workbench.published import AT, World, a_world, done, published
from workbench.audit import recorded
from workbench.db import db
from workbench.models.bids import ProbeRecord
from workbench.queries.bids.probes import Ledger, Outage, head_of, ledger_of
from workbench.services.bids import probes
from workbench.services.bids.probes import Seen

TEN = timedelta(seconds=10)


@pytest.fixture
def world(db_session: scoped_session) -> World:
    return published(a_world())


def kept(world: World, answers: str, start: datetime = AT, every: timedelta = TEN) -> Ledger:
    """Keep one line for each letter: ``y`` for yes, ``n`` for no."""
    for number, letter in enumerate(answers):
        seen = Seen(letter == "y", "" if letter == "y" else "it answered 503")
        probes.keep(world.tender.id, seen, at=start + number * every)
        db.session.commit()
    return ledger_of(world.tender)


def test_lines_that_say_no_make_an_outage_until_the_next_yes(world: World) -> None:
    found = kept(world, "yynnny")
    assert found.outages == (Outage(AT + 2 * TEN, AT + 5 * TEN, True, "it answered 503"),)
    assert (found.refusals, found.outages[0].seconds, len(found.lines)) == (3, 30, 6)


def test_an_outage_at_the_end_ends_with_the_last_line(world: World) -> None:
    assert kept(world, "yn").outages == (Outage(AT + TEN, AT + TEN, True, "it answered 503"),)


def test_a_silence_is_named_as_one_and_is_no_outage(world: World) -> None:
    kept(world, "y")
    found = kept(world, "y", AT + timedelta(seconds=31))
    assert found.outages == (Outage(AT, AT + timedelta(seconds=31), False),)
    assert kept(world, "y", AT + timedelta(seconds=61)).outages == found.outages


def test_an_outage_before_a_silence_does_not_cover_it(world: World) -> None:
    kept(world, "n")
    found = kept(world, "y", AT + timedelta(minutes=5))
    assert found.outages == (
        Outage(AT, AT, True, "it answered 503"), Outage(AT, AT + timedelta(minutes=5), False),
    )  # fmt: skip


def test_the_head_depends_on_every_line_before_it(world: World) -> None:
    found = kept(world, "yny")
    before = ""
    for line in found.lines:
        assert line.head == (before := head_of(before, line))
    assert (found.head, found.broken) == (before, 0)


def test_the_database_refuses_to_change_or_remove_a_line(world: World, db_session: scoped_session) -> None:
    kept(world, "yn")
    for statement in ("UPDATE probes SET accepting = accepting", "DELETE FROM probes"):
        with pytest.raises(DBAPIError, match="written once"):
            db_session.execute(text(statement))
        db_session.rollback()


@pytest.mark.parametrize("change", [{"accepting": True}, {"words": "fine"}, {"at": AT}, {"number": 3}])
def test_a_line_that_somebody_changed_is_named(world: World, change: dict[str, object]) -> None:
    found = kept(world, "ynny")
    spoilt = ProbeRecord(
        tender_id=found.tender_id, number=2, at=AT + TEN, accepting=False, words="it answered 503",
        head=found.lines[1].head,
    )  # fmt: skip
    for name, value in change.items():
        setattr(spoilt, name, value)
    from workbench.queries.bids import probes as reads

    lines = (found.lines[0], spoilt, *found.lines[2:])
    assert reads._broken(lines) == 2
    assert reads._broken((found.lines[0], *found.lines[2:])) == 2, "a line was left out"


def test_only_tenders_that_receive_bids_and_are_due_within_a_day_are_watched(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    due = world.tender.deadline
    assert due is not None
    assert probes.watched(due - timedelta(hours=1)) == [], "this one takes no bids here"
    file = ready.file()
    sealed = replace(file, tender=replace(file.tender, sealing=Sealing("server", server_recipient="age1x")))
    monkeypatch.setattr(probes, "rules_in_force", lambda _: sealed)
    times = (due - timedelta(hours=24, seconds=1), due - timedelta(hours=24), due - TEN, due)
    assert [probes.watched(at) for at in times] == [[], [world.tender.id], [world.tender.id], []]


def test_the_end_of_the_ledger_goes_into_the_audit_trail_once(world: World) -> None:
    due = world.tender.deadline
    assert due is not None
    assert probes.next_to_anchor(due) is None, "there is no ledger"
    found = kept(world, "yny", due - timedelta(minutes=1))
    assert probes.next_to_anchor(due - TEN) is None
    tender = probes.next_to_anchor(due + TEN)
    assert tender is not None
    probes.anchor(tender, at=due + TEN)
    said = recorded()[0].canon.decode()
    assert f'"head":"{found.head}"' in said
    assert '"lines":3' in said
    done(world)
    assert probes.next_to_anchor(due + 2 * TEN) is None
