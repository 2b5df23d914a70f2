"""Documents of a bid: taken in memory, judged, sealed, listed, removed (T06–T10, T54, T18)."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from werkzeug import formparser
from werkzeug.test import TestResponse

from tests.workbench.bidding import Tenderer
from tests.workbench.office_files import PDF, SOUND, docx, malformed
from tests.workbench.web.bids.conftest import Market
from workbench.db import db
from workbench.models.bids import DraftFileRecord
from workbench.sealing import age
from workbench.services.bids import drafts as service
from workbench.store import Store
from workbench.uploads import LARGEST
from workbench.workspace import SentFile


def send(tenderer: Tenderer, name: str, data: bytes, place: str = "required::insurance", **more: Any) -> TestResponse:
    """Send a file."""
    return tenderer.send_file(name, data, place, **more)


def files(tenderer: Tenderer) -> tuple[SentFile, ...]:
    """List what the draft holds."""
    return tenderer.open().workspace.files


@pytest.fixture
def store(market: Market) -> Store:
    """The store of sealed files."""
    return Store(market.folder / "store")


@pytest.mark.parametrize(("name", "data"), SOUND, ids=[name for name, _ in SOUND])
def test_a_file_is_sealed_and_only_the_draft_has_its_key(market: Market, store: Store, name: str, data: bytes) -> None:
    tenderer = market.tenderer()
    assert send(tenderer, name, data).status_code == 303
    (file,) = files(tenderer)
    assert (file.name, file.size, file.sha256, file.required) == (
        name,
        len(data),
        sha256(data).hexdigest(),
        "insurance",
    )
    assert age.unseal(store.read(file.sealed_sha256), file.key)[: file.size] == data
    page = tenderer.get("documents").text
    assert name in page
    assert file.sha256 in page
    assert "11:00 BST on Sunday 22 September 2024" in page


@pytest.mark.parametrize("code", ["", "0" * 28], ids=["no code", "a code of nobody"])
def test_a_file_of_whoever_has_no_draft_never_reaches_the_store(market: Market, store: Store, code: str) -> None:
    stranger, name, data = market.stranger(), *SOUND[0]
    if code:
        stranger.client.set_cookie(stranger.cookie, code)
    before = list(store.digests())
    assert send(stranger, name, data).headers["Location"].endswith("/bid/")
    assert list(store.digests()) == before


def test_a_large_file_is_taken_without_any_of_it_touching_a_disk(
    market: Market, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(formparser, "default_stream_factory", lambda **_: pytest.fail("spooled to a disk"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    tenderer = market.tenderer()
    data = b"%PDF-1.7\n" + b"Zilpzalp-canary " * 400_000 + b"\n%%EOF"
    assert send(tenderer, "large.pdf", data).status_code == 303
    assert files(tenderer)[0].size == len(data)
    assert list(tmp_path.iterdir()) == []
    for path in market.folder.rglob("*"):
        assert not path.is_file() or b"Zilpzalp-canary" not in path.read_bytes()


def test_a_file_above_the_limit_is_refused_on_the_page_and_keeps_nothing(market: Market) -> None:
    tenderer = market.tenderer()
    answer = send(tenderer, "huge.txt", b"a" * (LARGEST + 1))
    assert answer.status_code == 422
    assert "larger than 50 MB" in answer.text
    assert files(tenderer) == ()


def test_a_body_far_above_the_limit_is_refused_unread(market: Market) -> None:
    claimed = {"CONTENT_LENGTH": str(LARGEST + 1024 * 1024)}
    assert send(market.tenderer(), "huge.txt", b"a", environ_overrides=claimed).status_code == 413


def test_other_pages_take_no_large_body(market: Market) -> None:
    claimed = {"CONTENT_LENGTH": str(3 * 1024 * 1024)}
    assert market.tenderer().post("edit/people", environ_overrides=claimed).status_code == 413


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("evil.exe", b"MZ", "of a kind that is not taken"),
        ("a.docm", docx(), "of a kind that is not taken"),
        ("a.pdf", b"<html>", "is not a PDF"),
        ("a.docx", docx(**{"word/vbaProject.bin": b"x"}), "macros"),
    ],
)
def test_what_is_not_taken_is_refused_at_its_field(market: Market, name: str, data: bytes, words: str) -> None:
    tenderer = market.tenderer()
    answer = send(tenderer, name, data)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'id="file-error"' in answer.text
    assert files(tenderer) == ()


@pytest.mark.parametrize("place", ["", "own:other:", "required::nothing", "criterion:adult:nothing", "x"])
def test_a_place_that_is_not_offered_is_refused(market: Market, place: str) -> None:
    assert send(market.tenderer(), "policy.pdf", PDF, place).status_code == 422


def test_no_file_is_a_slip_that_is_told(market: Market) -> None:
    answer = market.tenderer().post("documents", {"place": "own::"}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "Choose a file to send" in answer.text


def test_the_same_content_again_is_accepted_quietly(market: Market) -> None:
    tenderer = market.tenderer()
    assert send(tenderer, "policy.pdf", PDF).status_code == 303
    again = send(tenderer, "policy (1).pdf", PDF)
    assert again.status_code == 303
    parts = urlsplit(again.location)
    assert "That file is here already" in tenderer.client.get(f"{parts.path}?{parts.query}").text
    assert [file.name for file in files(tenderer)] == ["policy.pdf"]


def test_the_same_content_may_answer_two_things(market: Market) -> None:
    tenderer = market.tenderer()
    tenderer.save("edit/lots", {"lots": "adult"})
    for place in ("required::insurance", "own::", "criterion:adult:delivery"):
        assert send(tenderer, "policy.pdf", PDF, place).status_code == 303
    assert [(file.required, file.criterion, file.lot) for file in files(tenderer)] == [
        ("insurance", "", ""), ("", "", ""), ("", "delivery", "adult"),
    ]  # fmt: skip


def test_a_file_removed_is_out_of_the_draft_and_marked_in_its_row(market: Market) -> None:
    tenderer = market.tenderer()
    send(tenderer, "policy.pdf", PDF)
    (file,) = files(tenderer)
    assert tenderer.post(f"documents/{file.id}/remove").status_code == 303
    assert files(tenderer) == ()
    assert db.session.get_one(DraftFileRecord, file.id).removed_at is not None
    assert tenderer.post(f"documents/{file.id}/remove").status_code == 404


def test_nobody_removes_the_file_of_another(market: Market) -> None:
    one, other = market.tenderer(), market.tenderer()
    send(one, "policy.pdf", PDF)
    assert other.post(f"documents/{files(one)[0].id}/remove").status_code == 404
    assert len(files(one)) == 1


def test_a_bid_holds_so_many_files_and_bytes_and_no_more(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    tenderer = market.tenderer()
    send(tenderer, "policy.pdf", PDF)
    monkeypatch.setattr(service, "MOST_FILES", 1)
    assert "at most 1 files" in send(tenderer, "other.pdf", PDF + b"%%EOF").text
    monkeypatch.setattr(service, "MOST_FILES", 200)
    monkeypatch.setattr(service, "LARGEST_BID", 400)
    assert send(tenderer, "other.pdf", PDF + b"%%EOF").status_code == 422
    assert len(files(tenderer)) == 1


def test_two_hundred_malformed_files_are_taken_or_refused_and_none_breaks_a_page(market: Market) -> None:
    tenderer = market.tenderer()
    statuses = {send(tenderer, name, data, "own::").status_code for name, data in malformed(41, 200)}
    assert statuses == {303, 422}
    assert tenderer.get("documents").status_code == 200


@pytest.mark.parametrize(
    "name", ["../../x.pdf", "a\r\nX: y.pdf", "\u202efdp.pdf", "CON.pdf", "<script>.pdf", "x" * 300]
)
def test_a_hostile_name_breaks_no_page_and_names_no_path(market: Market, store: Store, name: str) -> None:
    tenderer = market.tenderer()
    assert send(tenderer, name, PDF).status_code in (303, 422)
    assert tenderer.get("documents").status_code == 200
    assert all(path.parent.parent == store.root for path in store.root.rglob("*") if path.is_file())
