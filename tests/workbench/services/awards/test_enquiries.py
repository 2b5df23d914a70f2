"""Low prices: asked in writing with nobody else's price in the letter, decided with a reason, never the other way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from exports.notices.low_price import enquiry_text
from scoring.recommendation import evaluate
from tests.workbench.evaluated import LOCKED, evaluated
from tests.workbench.opening import details
from tests.workbench.published import World, address, client_of
from workbench.app import Workbench
from workbench.audit import recorded
from workbench.db import db
from workbench.models.bids import MailRecord
from workbench.models.evaluation import TendererLetterRecord
from workbench.policies import NotForYou, NotNow
from workbench.queries.awards.matrix_rows import pounds
from workbench.queries.awards.result import evaluated as result_of
from workbench.queries.evaluation.record import live_file
from workbench.queries.history import trail_of
from workbench.services import StageError
from workbench.services.awards import enquiries
from workbench.services.awards.enquiries import EnquiryError

AT = LOCKED + timedelta(hours=2)
DUE = AT + timedelta(days=7)
WHY = "Its rota and pay scales account for the price; we checked them with our own figures."


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workbench, World]]:
    with evaluated(tmp_path_factory.mktemp("enquiries")) as found:
        yield found


@pytest.fixture
def world(made: tuple[Workbench, World]) -> Iterator[World]:
    """The case, without the letters that a test before sent."""
    recorded().clear()
    yield made[1]
    db.session.rollback()
    recorded().clear()


def first(world: World, lot: str = "adult") -> str:
    return evaluate(live_file(world.tender)).lot(lot).ranked[0].bid.id


def start(world: World, role: str = "officer", name: str = "") -> TendererLetterRecord:
    return enquiries.start(
        world.tender, name or first(world), "Please explain your price.", DUE, actor=world.actor(role), at=AT,
        address="http://localhost",
    )  # fmt: skip


def decide(
    world: World, row: TendererLetterRecord, decision: str, at: datetime = DUE + timedelta(days=1), reason: str = WHY
) -> None:
    enquiries.decide(world.tender, row.id, decision, reason=reason, actor=world.actor("officer"), at=at)


def replied(row: TendererLetterRecord) -> TendererLetterRecord:
    row.reply, row.replied_at = "Our premises are given free of charge.", AT + timedelta(days=1)
    db.session.flush()
    return row


def test_the_question_goes_out_by_a_mail_of_its_own(world: World) -> None:
    row = start(world)
    mail = db.session.scalars(select(MailRecord).where(MailRecord.about == f"letter:{row.id}")).one()
    assert (row.kind, mail.recipient, "price" in mail.subject) == ("low_price", row.recipient, True)
    assert details(world, "tenderer_asked")["kind"] == "low_price"


def test_a_price_is_asked_about_once_at_a_time(world: World) -> None:
    start(world)
    with pytest.raises(StageError, match="being asked about already"):
        start(world)


def test_nothing_is_decided_while_the_tenderer_may_still_reply(world: World) -> None:
    row = start(world)
    for decision in enquiries.DECISIONS:
        with pytest.raises(StageError, match="may reply until"):
            decide(world, row, decision, at=DUE)


def test_whoever_does_not_reply_has_explained_nothing_and_may_be_rejected(world: World) -> None:
    row = start(world)
    with pytest.raises(EnquiryError, match="has not replied"):
        decide(world, row, "explained")
    decide(world, row, "rejected", reason="It was asked on the 9th, reminded on the 12th, and never replied.")
    assert row.decision == "rejected"


def test_nobody_is_rejected_without_having_been_asked(world: World) -> None:
    with pytest.raises(EnquiryError, match="ask the tenderer first"):
        enquiries.decide(world.tender, "no-letter", "rejected", reason=WHY, actor=world.actor("officer"), at=AT)


@pytest.mark.parametrize(("decision", "reason"), [("explained", "ok"), ("perhaps", WHY)])
def test_a_decision_says_which_and_why(world: World, decision: str, reason: str) -> None:
    row = replied(start(world))
    with pytest.raises(EnquiryError):
        decide(world, row, decision, reason=reason)


def test_a_price_that_is_explained_changes_no_figure(world: World) -> None:
    before = evaluate(live_file(world.tender)).recommendation("adult")
    decide(world, replied(start(world)), "explained", at=AT + timedelta(days=2))
    assert evaluate(live_file(world.tender)).recommendation("adult").margin == before.margin


def test_a_bid_that_is_rejected_is_out_and_the_result_is_worked_out_again(world: World) -> None:
    name, was = first(world), result_of(world.tender)
    recorded().clear()
    decide(world, replied(start(world)), "rejected")
    now = result_of(world.tender)
    exclusion = now.lot("adult").result(name).exclusion
    assert exclusion is not None
    assert (exclusion.stage, now.lot("adult").ranking == was.lot("adult").ranking) == ("abnormally_low", False)
    assert "and rejected the bid" in trail_of(world.tender.id).events[0].what


def test_a_decision_stands_until_one_more_question_is_decided(world: World) -> None:
    row = replied(start(world))
    decide(world, row, "explained", at=AT + timedelta(days=2))
    with pytest.raises(StageError, match="ask once more"):
        decide(world, row, "rejected", at=AT + timedelta(days=3))


def test_prices_are_not_asked_about_before_the_lock_nor_by_anybody_else(world: World) -> None:
    with pytest.raises(NotForYou):
        start(world, "moderator")
    name = first(world)
    world.tender.quality_locked_at = None
    db.session.flush()
    db.session.commit()
    try:
        with pytest.raises(NotNow):
            start(world, name=name)
    finally:
        world.tender.quality_locked_at = LOCKED
        db.session.commit()


def test_the_letter_tells_no_other_price_and_no_distance_to_one(world: World) -> None:
    evaluation = evaluate(live_file(world.tender))
    for lot in evaluation.lots:
        for enquiry in lot.enquiries:
            text = enquiry_text(lot, enquiry.bid, evaluation.file.tender.regime, enquiry)
            others = {pounds(each.price) for each in lot.ranked if each.bid.id != enquiry.bid} - {"–"}
            figures = {f"{float(test.percent_below):.2f}" for test in enquiry.tests}
            assert (str(lot.result(enquiry.bid).bid.price) in text, "regulation 69" in text) == (True, True)
            assert [each for each in others | figures if each in text] == []
    assert any(lot.enquiries for lot in evaluation.lots)


# --- pages -------------------------------------------------------------------------------------------------------


def post(client: FlaskClient, path: str, **data: object) -> int:
    return client.post(path, data={"_key": str(uuid4()), **data}).status_code


def test_an_officer_asks_and_decides_on_the_pages(made: tuple[Workbench, World]) -> None:
    """Changes the world of the module, and so comes last."""
    app, world = made
    officer, name = client_of(app, world, "officer"), first(world, "isva")
    path = address(world, f"low-prices/{name}/")
    page = unescape(officer.get(path).text)
    assert ("is priced at" in page, "Ask the tenderer to explain its price" in page) == (True, True)
    [person, *_] = re.findall(r'<option value="([^"]+@[^"]+)"', page)
    sent = {"question": "Please explain your price.", "reply_by": ["4", "12", "2099", "12:00"]}
    assert post(client_of(app, world, "moderator"), f"{path}ask") == 403
    assert post(officer, f"{path}ask", recipient="nobody@x.example", **sent) == 422
    assert post(officer, f"{path}ask", recipient=person, **sent) == 303
    row = db.session.scalars(select(TendererLetterRecord).where(TendererLetterRecord.bid_id == name)).one()
    assert "You can decide once the tenderer has replied" in officer.get(path).text
    replied(row)
    db.session.commit()
    assert "free of charge" in officer.get(path).text
    assert post(officer, f"{path}decide/{row.id}", decision="explained", reason="ok") == 422
    assert post(officer, f"{path}decide/{row.id}", decision="explained", reason=WHY) == 303
    assert ("Explained: the bid stays in" in officer.get(path).text, post(officer, f"{path}decide/{row.id}",
            decision="rejected", reason=WHY)) == (True, 409)  # fmt: skip
