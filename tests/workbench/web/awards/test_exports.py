"""What can be taken away of an award, by whom, and when anybody may have it."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from contextvars import Context
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from exports.record_reading import check_entries, open_record
from tests.exports.ocds.schemas import problems
from tests.workbench import recorded
from tests.workbench.evaluated import evaluated, the_case
from tests.workbench.published import World
from tests.workbench.signing import signed_in
from workbench.app import Workbench
from workbench.db import db
from workbench.models.awards import StandstillEventRecord
from workbench.models.bids import OpenedBidRecord
from workbench.models.evaluation import DeclarationRecord

LATER = datetime(2024, 10, 1, 9, 0, tzinfo=UTC)


@dataclass
class Told:
    """A tender whose letters are out, and a client of each person."""

    app: Workbench
    world: World
    clients: dict[str, FlaskClient]
    tender: str

    def get(self, who: str, name: str) -> TestResponse:
        return self._asked(who, f"/tenders/{self.tender}/award/exports/{name}")

    def public(self, name: str) -> TestResponse:
        return self._asked("nobody", f"/notices/{self.tender}/{name}")

    def _asked(self, who: str, path: str) -> TestResponse:
        """Ask as a server does: outside of the context, and of the transaction, that this test stands in."""
        db.session.rollback()
        return Context().run(lambda: self.clients[who].get(path, buffered=True))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    with evaluated(tmp_path_factory.mktemp("exports")) as (app, world):
        recorded.told(world)
        marks = {role: people[0].fs_uniquifier for role, people in world.people.items()}
        clients = {role: signed_in(app, mark) for role, mark in marks.items()} | {"nobody": app.test_client()}
        yield Told(app, world, clients, world.tender.id)


ALL = {
    "": "text/html; charset=utf-8",
    "award.json": "application/json",
    "award-restricted.json": "application/json",
    "evaluation.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "letters.csv": "text/csv; charset=utf-8",
    "decision.csv": "text/csv; charset=utf-8",
    "record.zip": "application/zip",
    "record-public.zip": "application/zip",
}
NOT_FOR_ADVISERS = {"award-restricted.json", "evaluation.xlsx", "record.zip", "record-public.zip"}


def test_an_officer_takes_everything_as_a_file_of_its_kind(told: Told) -> None:
    answers = {name: told.get("officer", name) for name in ALL}
    assert {name: answer.headers["Content-Type"] for name, answer in answers.items()} == ALL
    files = [answer for name, answer in answers.items() if name]
    assert {answer.headers["Cache-Control"] for answer in files} == {"no-store"}
    assert [answer for answer in files if not answer.headers["Content-Disposition"].startswith("attachment;")] == []


@pytest.mark.parametrize("who", ["finance", "legal"])
def test_an_adviser_takes_what_is_told_outside_and_not_the_record(who: str, told: Told) -> None:
    refused = {name for name in ALL if told.get(who, name).status_code == 403}
    assert refused == NOT_FOR_ADVISERS
    page = told.get(who, "").text
    assert "The award as open data" in page
    assert "The whole record" not in page


def test_an_evaluator_takes_nothing(told: Told) -> None:
    assert {told.get("evaluator", name).status_code for name in ALL} == {403}


def test_the_record_that_is_sent_is_whole(told: Told, tmp_path: Path) -> None:
    for who, name in (("officer", "record.zip"), ("auditor", "record-public.zip")):
        path = tmp_path / name
        path.write_bytes(told.get(who, name).data)
        with open_record(path) as record:
            assert list(check_entries(record)) == []
            assert record.restricted == (name == "record.zip")


def test_open_data_is_valid_and_the_public_build_names_no_loser(told: Told) -> None:
    public, whole = (json.loads(told.get("officer", name).data) for name in ("award.json", "award-restricted.json"))
    assert [problems(package["releases"][0]) for package in (public, whole)] == [[], []]
    assert whole["releases"][0]["ocid"] == public["releases"][0]["ocid"]
    assert ["details" in package["releases"][0]["bids"] for package in (public, whole)] == [False, True]


def test_the_decision_is_a_row_of_the_register(told: Told) -> None:
    rows = list(csv.DictReader(io.StringIO(told.get("officer", "decision.csv").data.decode("utf-8-sig"))))
    award = the_case().award
    assert award is not None
    assert [(row["reference"], row["title"], row["decision_maker"]) for row in rows] == [
        (award.reference, award.title, award.decision_maker)
    ]


def test_the_register_of_letters_has_a_line_for_every_bid(told: Told) -> None:
    rows = list(csv.DictReader(io.StringIO(told.get("officer", "letters.csv").data.decode("utf-8-sig"))))
    sent = [row for row in rows if row["document"]]
    assert (len(rows), len(sent)) == (db.session.query(OpenedBidRecord).count(), 2)
    assert {(row["released_at"], row["sent_to"]) for row in sent} == {
        ("2024-09-24T10:00:00+01:00", "tenders@example.org")
    }
    assert [len(row["sha256"]) for row in sent] == [64, 64]
    assert ["Regulation 86(6)" in row["withheld"] for row in rows] == [bool(row["document"]) for row in rows]


def test_anybody_has_the_open_data_and_the_public_record_once_all_are_told(told: Told) -> None:
    assert told.public("award.json").data == told.get("officer", "award.json").data
    assert told.public("record.zip").data == told.get("officer", "record-public.zip").data
    page = told.public("").text
    assert f"/notices/{told.tender}/award.json" in page
    assert f"/notices/{told.tender}/record.zip" in page


def test_before_that_nobody_has_them(told: Told) -> None:
    tender = told.world.tender
    tender.stage = "approved"
    db.session.commit()
    assert [told.public(name).status_code for name in ("award.json", "record.zip")] == [404, 404]
    assert "award.json" not in told.public("").text
    assert told.get("officer", "award.json").status_code == 200
    tender.stage = "notified"
    db.session.commit()


def test_under_the_act_they_wait_for_the_award_notice(told: Told) -> None:
    tender = told.world.tender
    tender.regime = "pa2023_light_touch"
    db.session.commit()
    assert told.public("award.json").status_code == 404
    db.session.add(
        StandstillEventRecord(
            tender_id=tender.id, number=1, kind="notice_published", day="2024-09-25", made_at=LATER,
            made_by=told.world.actor("officer").user_id,
        )
    )  # fmt: skip
    db.session.commit()
    assert told.public("award.json").status_code == 200
    tender.regime = "pcr2015_light_touch"
    db.session.commit()


def test_who_has_an_interest_takes_nothing_that_shows_every_bid(told: Told) -> None:
    """The approver declares one: the public files stay, the others are for somebody else."""
    person = told.world.people["approver"][0]
    row = DeclarationRecord(
        tender_id=told.tender, user_id=person.id, organisation="mendip", name="Mendip", number=9,
        interest="conflicted", detail="A trustee", declared_at=LATER,
    )  # fmt: skip
    db.session.add(row)
    db.session.commit()
    refused = {name for name in ALL if told.get("approver", name).status_code == 403}
    assert refused == NOT_FOR_ADVISERS - {"record-public.zip"} | {"letters.csv"}
    assert "You declared an interest" in told.get("approver", "").text


def test_the_record_holds_no_secret_of_a_link_or_a_person(told: Told) -> None:
    with zipfile.ZipFile(io.BytesIO(told.get("officer", "record.zip").data)) as archive:
        text = b"".join(archive.read(info) for info in archive.infolist())
    assert [word for word in (b"secret_sha256", b"fs_uniquifier", b"password") if word in text] == []
