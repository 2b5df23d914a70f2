"""The page of all agreed scores, 200 bids by 60 criteria, beside the same table read through objects.

Run it with ``python -m tests.benchmarks.bench_matrix``. Every contender writes the same table, from the database to the
last ``</tr>``: rows that the database put together, Core rows joined in Python, and objects with ``selectinload`` and a
loop in a template. The unchanged page, answered by its tag, stands beside the plainest page behind the same guard.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import structlog
from flask import g, render_template_string
from sqlalchemy import insert, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, selectinload
from sqlalchemy.orm import Session as OrmSession

from tests.benchmarks.timing import medians
from tests.workbench.evaluated import LOCKED, evaluated
from tests.workbench.published import World, client_of
from workbench.app import Workbench
from workbench.db import db, new_id
from workbench.models.bids import OpenedBidRecord
from workbench.models.evaluation import AgreedScoreRecord, CardRecord
from workbench.policies import Permission
from workbench.queries.awards.matrix import matrix_of
from workbench.web.access import requires
from workbench.web.awards.matrix import _rows

BIDS, CRITERIA, LOT = 200, 60, "large"
AIMS = {"objects": 20, "unchanged": 2.2}
NAMES = tuple(f"criterion-{at:02d}" for at in range(CRITERIA))
LOOP = """
{% for row in rows %}<tr class="govuk-table__row"><th scope="row" class="govuk-table__header"><a class="govuk-link"
href="{{ url_for('awards.derivation', tender_id=row.tender_id, lot=row.lot, bid_id=row.id) }}">{{ row.letter }}:
{{ row.tenderer }}</a></th>{% for name in names %}<td class="govuk-table__cell number">{{ points[row.id][name] }}</td>
{% endfor %}</tr>{% endfor %}"""


class Base(DeclarativeBase):
    """The tables again, with the relationships that reading through objects needs."""


class Score(Base):
    """An agreed score as an object."""

    __table__ = AgreedScoreRecord.__table__


class Card(Base):
    """A card as an object."""

    __table__ = CardRecord.__table__
    scores: Mapped[list[Score]] = relationship(
        primaryjoin=CardRecord.__table__.c.id == AgreedScoreRecord.__table__.c.card_id,
        foreign_keys=[AgreedScoreRecord.__table__.c.card_id], viewonly=True,
    )  # fmt: skip


class Bid(Base):
    """An opened bid as an object."""

    __tablename__ = "opened_bids"
    id: Mapped[str] = mapped_column(primary_key=True)
    tender_id: Mapped[str]
    lot: Mapped[str]
    letter: Mapped[str]
    tenderer: Mapped[str]
    cards: Mapped[list[Card]] = relationship(
        primaryjoin=lambda: Bid.id == CardRecord.__table__.c.bid_id,
        foreign_keys=[CardRecord.__table__.c.bid_id], viewonly=True,
    )  # fmt: skip


def fill(world: World) -> None:
    """Add a lot's worth of bids and agreed scores; each reason is as long as a short one is."""
    tender, chair = world.tender.id, world.people["moderator"][0].id
    one = db.session.scalars(select(OpenedBidRecord).where(OpenedBidRecord.tender_id == tender)).first()
    assert one is not None
    bids = [new_id() for _ in range(BIDS)]
    db.session.execute(insert(OpenedBidRecord), [
        {"id": bid, "tender_id": tender, "sealed_bid_id": one.sealed_bid_id, "lot": LOT, "tenderer": f"Tenderer {at}",
         "letter": f"{at}", "state": "opened", "fault": "", "received_at": LOCKED - timedelta(days=60),
         "submission": one.submission, "price": one.price}
        for at, bid in enumerate(bids)
    ])  # fmt: skip
    cards, scores = [], []
    for at, bid in enumerate(bids):
        for number, name in enumerate(NAMES):
            card, of = new_id(), {"tender_id": tender, "bid_id": bid, "criterion": name}
            content = json.dumps({"bid": bid, "criterion": name, "points": str((at + number) % 6), "reason": "x" * 200})
            cards.append({**of, "id": card, "lot": LOT, "version": 2, "state": "agreed", "agreed": 1, "content": "{}",
                          "changed_at": LOCKED, "changed_by": chair})  # fmt: skip
            scores.append({**of, "id": new_id(), "card_id": card, "number": 1, "content": content, "sha256": "0" * 64,
                           "present": "[]", "reopened": "", "made_by": chair, "made_at": LOCKED})  # fmt: skip
    db.session.execute(insert(CardRecord), cards)
    db.session.execute(insert(AgreedScoreRecord), scores)
    db.session.commit()


def by_the_database() -> str:
    """Write the table as the page does."""
    return str(_rows(matrix_of(g.tender.id, LOT, NAMES), LOT))


def by_rows() -> str:
    """Write it from Core rows, one for each cell, joined in Python."""
    card, score = CardRecord.__table__.c, AgreedScoreRecord.__table__.c
    found: dict[str, dict[str, str]] = {}
    standing = (score.card_id == card.id) & (score.number == card.agreed)
    query = (
        select(score.bid_id, score.criterion, score.content)
        .join_from(CardRecord.__table__, AgreedScoreRecord.__table__, standing)
        .where(card.tender_id == g.tender.id, card.lot == LOT, card.state == "agreed")
    )  # fmt: skip
    for bid, name, content in db.session.execute(query):
        found.setdefault(bid, {})[name] = json.loads(content)["points"]
    return "".join("".join(f"<td>{points[name]}</td>" for name in NAMES) for points in found.values())


def by_objects() -> str:
    """Write it from objects loaded with ``selectinload``, in a template's loop."""
    with OrmSession(db.engine) as session:
        query = select(Bid).where(Bid.tender_id == g.tender.id, Bid.lot == LOT)
        rows = session.scalars(query.options(selectinload(Bid.cards).selectinload(Card.scores))).all()
        points = {
            row.id: {each.criterion: json.loads(each.content)["points"] for card in row.cards for each in card.scores}  # type: ignore[attr-defined]
            for row in rows
        }
        return render_template_string(LOOP, rows=rows, names=NAMES, points=points)


def main() -> None:
    """Print each way's milliseconds, and what the page and its 304 are a multiple of."""
    structlog.configure(processors=[_silent])
    with tempfile.TemporaryDirectory() as folder, evaluated(Path(folder)) as (app, world):
        answers = _answers(app, world)
        fill(world)
        taken = _tables(app, world) | answers
    objects = taken["objects, selectinload"] / taken["rows from the database"]
    cells = taken["Core rows, joined in Python"] / taken["rows from the database"]
    plain = taken["the page, unchanged (304)"] / taken["the plainest page behind the guard"]
    print(f"\nCPU of one request in process, {BIDS} bids × {CRITERIA} criteria, SQLite")
    for name, seconds in taken.items():
        print(f"  {name:<38}{seconds * 1e3:>9.3f} ms")
    print(f"  rows from the database: {objects:.1f}× faster than objects (to reach ≥ {AIMS['objects']}), "
          f"{cells:.1f}× than Core rows")  # fmt: skip
    print(f"  304: {plain:.2f}× the plainest page (to reach ≤ {AIMS['unchanged']})")


def _tables(app: Workbench, world: World) -> dict[str, float]:
    with app.test_request_context():
        g.tender = world.tender
        assert by_the_database().count("<td") == by_objects().count("<td") == by_rows().count("<td") == BIDS * CRITERIA
        return medians(
            {
                "rows from the database": by_the_database,
                "Core rows, joined in Python": by_rows,
                "objects, selectinload": by_objects,
            },
            rounds=7, least=0.2, clock=time.process_time,
        )  # fmt: skip


def _answers(app: Workbench, world: World) -> dict[str, float]:
    def plainest(tender_id: str) -> str:
        return tender_id

    app._got_first_request = False
    app.config["TESTING"] = False
    app.add_url_rule("/bench/<tender_id>", "bench.plainest", requires(Permission.AWARD_VIEW)(plainest))
    client, tender = client_of(app, world, "officer"), world.tender.id
    path = f"/tenders/{tender}/matrix/?lot=adult"
    tag = client.get(path).headers["ETag"]

    def ask(address: str, status: int, **headers: str) -> Callable[[], object]:
        def run() -> None:
            assert client.get(address, headers=headers).status_code == status

        return run

    return medians(
        {
            "the plainest page behind the guard": ask(f"/bench/{tender}", 200),
            "the page, unchanged (304)": ask(path, 304, **{"If-None-Match": tag}),
        },
        rounds=7, least=0.2, clock=time.process_time,
    )  # fmt: skip


def _silent(*_: object) -> object:
    raise structlog.DropEvent


if __name__ == "__main__":
    main()
