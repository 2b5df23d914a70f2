"""The bids of the demonstration: sealed as they would have been, and those of the case to the penny once opened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from exports import submission as codec
from exports import tender_file
from lots.submission import PriceEnvelope, Submission
from scoring.tender_file import TenderFile
from tests.workbench import databases
from tests.workbench.conftest import running
from workbench.db import db
from workbench.demo.bids import ILLUSTRATIVE, bid_id
from workbench.demo.cases import Case, seed
from workbench.models.bids import OpenedBidRecord, SealedBidRecord
from workbench.paths import demo_file
from workbench.queries.publishing import publication_of, rules_in_force
from workbench.sealing.ready_keys import lying_ready
from workbench.store import Store

AT = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    folder = tmp_path_factory.mktemp("demo")
    config = databases.a_config(databases.usual_url(folder), folder, demo=True)
    with running(config) as app, app.app_context():
        yield seed(at=AT, address=lambda _: "http://localhost/notices/it/", config=config)


@pytest.fixture(scope="module")
def file() -> TenderFile:
    read, _ = tender_file.read(demo_file().read_bytes())
    assert read is not None
    return read


def opened(case: Case) -> dict[str, OpenedBidRecord]:
    rows = db.session.scalars(select(OpenedBidRecord).where(OpenedBidRecord.tender_id == case.opened.id))
    return {row.id: row for row in rows}


def test_the_tenders_stand_at_every_stage_that_there_is_to_try(case: Case) -> None:
    stages = [it.stage for it in (case.draft, case.open, case.published, case.opened)]
    assert stages == ["draft", "published", "closed", "opened"]


def test_every_act_was_received_at_its_time(case: Case, file: TenderFile) -> None:
    rows = db.session.scalars(select(SealedBidRecord).where(SealedBidRecord.tender_id == case.published.id)).all()
    assert Counter(row.act for row in rows) == {"submitted": 15, "withdrawn": 1, "late": 1}
    last = {row.bid_id: row.last_byte_at for row in sorted(rows, key=lambda it: it.version)}
    wanted = {bid_id(case.published, bid.id): bid.received_at for bid in file.bids}
    assert {name: last[name] for name in wanted} == wanted


def test_what_is_opened_is_the_case_to_the_penny(case: Case, file: TenderFile) -> None:
    rows, checked = opened(case), 0
    for bid in file.bids:
        if bid.prices:
            row = rows[bid_id(case.opened, bid.id)]
            submission, _ = codec.read(Submission, row.submission.encode())
            price, _ = codec.read(PriceEnvelope, row.price.encode())
            assert (price.prices, price.split, submission.parties) == (bid.prices, bid.split, bid.parties)
            checked += 1
    assert checked == 13
    assert Counter(row.state for row in rows.values()) == {"opened": 13, "withdrawn": 1, "late": 1}


def test_every_question_is_answered_in_made_up_words_that_say_so(case: Case, file: TenderFile) -> None:
    for row in opened(case).values():
        if row.state != "opened":
            continue
        submission, _ = codec.read(Submission, row.submission.encode())
        (methodology,) = (it for it in file.methodologies if submission.binding.lot in it.lots)
        asked = {part.id for criterion in methodology.criteria for part in criterion.parts}
        assert {answer.criterion for answer in submission.answers} == asked
        assert {answer.text.startswith(ILLUSTRATIVE) for answer in submission.answers} == {True}


def test_the_files_of_a_bid_lie_sealed_in_the_store(case: Case) -> None:
    from flask import current_app

    store = Store(current_app.config["WORKBENCH"].data / "store")
    (found,) = [
        submission
        for row in opened(case).values()
        if row.state == "opened"
        for submission in [codec.read(Submission, row.submission.encode())[0]]
        if submission.documents
    ]
    assert [store.has(it.sealed_sha256) for it in found.documents] == [True, True]
    assert [name for name in store.digests() if ILLUSTRATIVE.encode() in store.read(name)] == []


def test_the_keys_of_the_closed_tender_lie_ready_for_its_two_openers(case: Case) -> None:
    from flask import current_app

    publication = publication_of(case.published.id)
    assert publication is not None
    sealing = rules_in_force(publication).tender.sealing
    assert sealing is not None
    ready = lying_ready(current_app.config["WORKBENCH"], case.published.id)
    assert [it.recipient in ready for it in sealing.custodians] == [True, True, True]


def test_the_open_tender_takes_bids_for_three_weeks(case: Case) -> None:
    assert case.open.deadline is not None
    assert 21 <= (case.open.deadline.date() - AT.date()).days <= 28


def test_the_cast_says_whom_to_sign_in_as(case: Case) -> None:
    words = dict(case.cast)
    assert words["Peter Lovelock-Hain"] == "opener: open the bids of the closed tender: two clicks, one of each opener"
    assert words["Ruth Castledine"].startswith("evaluator: score the answers")
    assert words["Carys Lindqvist"] == "legal"


def test_the_end_of_the_story_says_where_to_go_next(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    from flask import current_app

    from workbench.commands.demo_pages import show

    show(case, current_app.config["WORKBENCH"])
    said = " ".join(capsys.readouterr().out.split())
    for words in (
        f"/notices/{case.open.id}/", f"/tenders/{case.published.id}/opening/", "Anjali Verrier", "printed here",
    ):  # fmt: skip
        assert words in said
