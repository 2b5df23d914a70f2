"""Mails to a panel: to declare, before scores are due, when every sheet is in; none of them says anything of a bid."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from lots.tender import Milestone
from tests.scoring.checks import ready
from tests.workbench.panel import OPENED, Case, a_case, all_declared
from workbench.db import db
from workbench.models.evaluation import ScoreSheetRecord
from workbench.services.bids.followers import Links
from workbench.services.evaluation.reminders import due

LINKS = Links("https://tenders.example", ("key",))
DUE = date(2024, 10, 25)  # a Friday
TIMETABLE = (*ready.tender().timetable, Milestone("Evaluation", DUE, kind="evaluation_ends"))


@pytest.fixture
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """An opened tender whose evaluation is to end on a Friday."""
    with a_case(tmp_path_factory.mktemp("reminders"), timetable=TIMETABLE) as case:
        yield case


def on(day: int, hour: int = 9) -> datetime:
    return datetime(2024, 10, day, hour, tzinfo=UTC)


def mails(at: datetime) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for about, recipient, _ in due(LINKS, at):
        found.setdefault(about.split(":")[0], set()).add(recipient)
    return found


def emails(case: Case, *roles: str) -> set[str]:
    return {person.email for role in roles for person in case.world.people[role]}


def submits(case: Case, *bids: str) -> None:
    db.session.add_all(
        ScoreSheetRecord(
            tender_id=case.world.tender.id, lot=bid.split("-")[0], user_id=person.id, bid_id=bid, content="{}",
            sha256="", submitted_at=OPENED,
        )
        for person in case.world.people["evaluator"]
        for bid in bids
    )  # fmt: skip
    db.session.commit()


def test_from_the_opening_to_the_last_sheet(case: Case) -> None:
    """Everybody declares, members are reminded two working days before and on the day, officers told when all is in."""
    roles = ("officer", "opener", "evaluator", "moderator", "finance", "approver")
    assert mails(OPENED) == {"declare": emails(case, *roles)}
    all_declared(case.world, *roles)
    assert mails(OPENED) == {}
    case.world.tender.stage = "evaluation"
    db.session.commit()
    assert [mails(on(day)) for day in (22, 23, 24, 25, 26)] == [
        {}, {"scores-before": emails(case, "evaluator")}, {"scores-before": emails(case, "evaluator")},
        {"scores-today": emails(case, "evaluator")}, {},
    ]  # fmt: skip
    assert mails(on(23, hour=5)) == {}
    submits(case, "adult-harbour", "adult-quayside", "adult-beacon", "children-harbour")
    assert mails(on(23)) == {"scores-before": emails(case, "evaluator")}
    submits(case, "children-beacon")
    assert mails(on(23)) == {"all-in": emails(case, "officer", "moderator")}


def test_no_mail_names_a_tenderer_or_a_bid(case: Case) -> None:
    texts = " ".join(f"{about} {said.subject} {said.text}" for about, _, said in due(LINKS, OPENED))
    assert "https://tenders.example/tenders/" in texts
    assert not [word for word in ("Harbour", "Quayside", "Beacon", "Rowan", "adult") if word in texts]
