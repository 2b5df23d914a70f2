"""The demonstration's case with every sheet submitted and nobody moderated yet, built once for a run and copied.

``scored(folder)`` yields the application and its :class:`World`; ``begun(world)`` begins moderation.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from sqlalchemy import select

from tests.workbench import databases, evaluated
from tests.workbench.conftest import running
from tests.workbench.published import World, done
from workbench.app import Workbench
from workbench.audit import recorded
from workbench.cards import marks_of
from workbench.config import Config
from workbench.db import db, new_id
from workbench.demo.cases import opened_case
from workbench.models.accounts import UserRecord
from workbench.models.evaluation import DeclarationRecord, InterestDecisionRecord
from workbench.models.tenders import TenderRecord
from workbench.queries.bids.opened import file_with_bids
from workbench.queries.evaluation import moderation as reads
from workbench.services.evaluation import agreeing, moderating
from workbench.services.evaluation.agreeing import PRESENT

AT = evaluated.SCORED + timedelta(days=3)
CHAIR = "Ruth Castellan-Moore"


@contextmanager
def scored(folder: Path, **settings: object) -> Iterator[tuple[Workbench, World]]:
    """Yield an application of its own, in its context, with every sheet submitted."""
    if os.environ.get("WORKBENCH_TESTS_ON") == "postgresql":
        url, fresh = databases.usual_url(folder), True
    else:
        shutil.copytree(_template(), folder, dirs_exist_ok=True)
        url, fresh = f"sqlite:///{folder / 'workbench.sqlite'}", False
    with running(databases.a_config(url, folder, **settings)) as app, app.app_context():
        if fresh:
            _fill(app.config["WORKBENCH"])
        yield app, evaluated._found()


@lru_cache(maxsize=1)
def _template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="workbench-scored-"))
    with running(databases.a_config(databases.sqlite_url(folder), folder)) as app, app.app_context():
        _fill(app.config["WORKBENCH"])
    with closing(sqlite3.connect(folder / "workbench.sqlite")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder


def _fill(config: Config) -> None:
    people, tender = opened_case(address=lambda _: evaluated.ADDRESS, config=config)
    legal = evaluated.rows.a_user(people.authority, name="Lena Solicitor", job_title="Solicitor")
    evaluated.rows.an_assignment(tender, legal, "legal")
    case = evaluated.the_case()
    evaluated._declare(tender, people, case, legal)
    evaluated._score(tender, people, case)
    evaluated._decide(tender, people, case)
    db.session.flush()
    declare_the_rest(tender)
    tender.stage = "evaluation"
    db.session.commit()
    recorded().clear()


def declare_the_rest(tender: TenderRecord) -> None:
    """Let everybody declare about every organisation, and decide on what is only possible."""
    held = {(row.user_id, row.organisation): row for row in db.session.scalars(select(DeclarationRecord))}
    officer = db.session.scalars(select(UserRecord.id).order_by(UserRecord.id)).first()
    for row in held.values():
        if row.interest == "possible":
            db.session.add(InterestDecisionRecord(
                id=new_id(), tender_id=tender.id, declaration_id=row.id, number=1, action="mitigated",
                reason="Takes no part in what concerns it", decided_by=officer, decided_at=evaluated.SCORED,
            ))  # fmt: skip
    for person in db.session.scalars(select(UserRecord)):
        for each in file_with_bids(tender).organisations:
            if (person.id, each.id) not in held:
                db.session.add(DeclarationRecord(
                    id=new_id(), tender_id=tender.id, user_id=person.id, organisation=each.id, name=each.name, number=1,
                    interest="none", detail="", declared_at=evaluated.SCORED,
                ))  # fmt: skip
    db.session.commit()


def begun(world: World, at: datetime = AT) -> reads.Board:
    """Begin moderation, and return every card."""
    moderating.begin(world.tender, reason="Some sheets are not asked for", actor=world.actor("moderator"), at=at)
    done(world)
    return board(world)


def board(world: World) -> reads.Board:
    """Return every card as it is now."""
    return reads.board_of(world.tender, lambda _: True)


def card_of(world: World, name: str, criterion: str) -> reads.Card:
    """Return the card of a bid of the case and a criterion as it is now."""
    wanted = (evaluated.bid(world, name), criterion)
    return next(it for it in board(world).cards if (it.bid.id, it.row.criterion) == wanted)


def texts_for(world: World, card: reads.Card) -> dict[str, str]:
    """Write a card that can be put to signature: what the panel of the case agreed, everybody present."""
    case = evaluated.the_case()
    names = {evaluated.bid(world, bid.id): bid.id for bid in case.bids if bid.received_at < case.tender.deadline}
    agreed = next(it for it in case.agreed_scores if (it.bid, it.criterion) == (names[card.bid.id], card.row.criterion))
    table = reads.at_table(world.tender.id, board(world).file)[card.bid.id, card.row.criterion]
    lower = f"It is more than that: {agreed.reason}"
    texts = {
        "points": str(agreed.points), "reason": agreed.reason, "why_not_higher": agreed.why_not_higher,
        "why_not_lower": agreed.why_not_lower or lower, "dissent": agreed.dissent,
        "evidence": "\n".join(f"{it.document}, {it.reference}" for it in agreed.evidence),
        PRESENT: " ".join(str(reads.number_of(it)) for it in table),
    }  # fmt: skip
    for name, points in card.item.given:
        if points != agreed.points:
            texts |= {f"cause-{name}": "evidence_missed", f"said-{name}": "The chair showed where it stands."}
    return texts


def put(
    world: World, card: reads.Card, *, confirmed: bool = True, at: datetime = AT,
    seen: Mapping[str, str] | None = None, **changes: str,
) -> None:  # fmt: skip
    """Put a card to signature and commit; ``seen`` is what the page showed, unless that stands on the card."""
    texts = {**texts_for(world, card), **changes}
    marks = marks_of(card.texts if seen is None else seen, tuple(texts))
    agreeing.put_to_signature(
        world.tender, card.row.id, texts, marks, confirmed=confirmed, actor=world.actor("moderator"), at=at
    )
    done(world)


def signed_by_all(world: World, card_id: str, at: datetime = AT) -> None:
    """Have everybody who is still to sign a card sign it."""
    card = board(world).card(card_id)
    assert card is not None
    assert card.last is not None
    for number in card.last.waits_for:
        person = db.session.get(UserRecord, number)
        assert person is not None
        agreeing.sign(world.tender, [card.last.row.id], actor=evaluated.rows.an_actor(person), at=at)
        done(world)
