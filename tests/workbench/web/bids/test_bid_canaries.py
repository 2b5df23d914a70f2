"""Before the opening no byte of a bid stands on the server: database, WAL, store, temporary files, log (A1, T54).

A unique word is typed into every field there is and stands in a file; then everything the server has written is read.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from structlog.testing import capture_logs

from tests.workbench.bidding import PRICE, Tenderer, a_tenderer
from tests.workbench.conftest import submit
from tests.workbench.published import without_memory
from tests.workbench.sealed import BEFORE, a_sealed_world
from tests.workbench.web.bids.conftest import at
from workbench.app import Workbench
from workbench.db import db
from workbench.queries.bids.partners import partners_of

WORD = "Wendehals"
AMOUNT = "271,828"
CANARIES = (WORD.encode(), b"271828", b"271,828", b"GBKANARIE", b"wendehals")


@pytest.fixture
def alone(lite_app: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tenderer]:
    """A tenderer in a tender of its own; temporary files go to a folder that is looked into afterwards."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    with lite_app.app_context(), at(BEFORE):
        yield a_tenderer(lite_app, a_sealed_world()).start()


def filled(page: str) -> dict[str, Any]:
    """Fill every text of a page with a word of its own."""
    form = page[page.index('<form method="post"') :]
    names = dict.fromkeys(re.findall(r'<(?:input|textarea)[^>]*\bname="([^"]+)"', form))
    ours = {"_key", "_version", "csrf_token", "_end", "unit", "columns", "rows", "further"}
    wanted = (name for name in names if name not in ours and not name.endswith(("-id", "-role", "-kinds")))
    return {name: f"{WORD}-{at}" for at, name in enumerate(wanted)}


def everything_written(folder: Path) -> dict[str, bytes]:
    """Read every file under a folder, and the database's pages not yet written back."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def type_everywhere(tenderer: Tenderer) -> None:
    """Type the word into every field of every page, readable or not, and send it as a file."""
    tenderer.save("edit/lots", {"lots": "adult"})
    row = {
        "name": f"{WORD} Trust",
        "charity": "1234567",
        "group": WORD,
        "address": WORD,
        "email": "a@wendehals.example",
    }
    tenderer.save("edit/organisations", {f"organisations-0-{name}": text for name, text in row.items()})
    person = {"name": WORD, "role": WORD, "email": "b@wendehals.example", "telephone": "0117 271828"}
    tenderer.save("edit/people", {f"people-0-{name}": text for name, text in person.items()})
    notes = re.findall(r'name="(note-\w+)"', tenderer.get("edit/declarations").text)
    tenderer.save("edit/declarations", dict.fromkeys(notes, WORD))
    split = {**PRICE, "prices-0": AMOUNT, "organisations-0-name": f"{WORD} Trust", "organisations-1-work": WORD}
    tenderer.save("lots/adult/edit/price", split)
    tenderer.save(
        "lots/adult/edit/answers", {f"answer-{name}": f"{WORD} answers" for name in ("delivery", "workforce")}
    )
    tenderer.save("lots/adult/edit/requirements", {"met-safeguarding": "yes", "note-safeguarding": WORD})
    tenderer.save("lots/adult/edit/social_value", {"amount-training": "271828", "evidence-training": WORD})
    for page in ("edit/organisations", "edit/people", "lots/adult/edit/social_value", "lots/adult/edit/price"):
        tenderer.save(page, filled(tenderer.get(page).text))  # what cannot be read is kept as typed
    tenderer.save("lots/adult/edit/price", split)
    body = b"%PDF-1.7\n" + f"{WORD} ".encode() * 120_000 + b"\n%%EOF"
    assert tenderer.send_file(f"{WORD}.pdf", body).status_code == 303
    assert tenderer.send_file(f"{WORD}.exe", WORD.encode()).status_code == 422


def answered_by_a_partner(tenderer: Tenderer) -> str:
    """Have a partner answer; returns the secret of its link."""
    tenderer.post("lots/adult/partners/o2/ask")
    draft = tenderer.open()
    key = partners_of(draft, draft.chosen[0])[0].key
    assert key is not None
    client = without_memory(tenderer.client.application.test_client())
    said = {"_version": "1", "answer": "disputed", "name": WORD, "job": WORD, "figure": AMOUNT, "words": WORD}
    assert submit(client, f"/partners/{key.secret}", said).status_code == 303
    return key.secret


def test_no_byte_of_a_bid_stands_anywhere_before_it_is_opened(
    alone: Tenderer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with capture_logs() as lines:
        type_everywhere(alone)
        secret = answered_by_a_partner(alone)
        alone.submit()
        alone.post("lots/adult/withdraw", {"sure": "y"})
        alone.submit()
    assert alone.open().workspace.bids["adult"].version == 3
    code = alone.code
    db.session.rollback()
    written = everything_written(tmp_path)
    assert any(path.endswith("-wal") for path in written) or not any(path.endswith(".sqlite") for path in written)
    said = capsys.readouterr()
    written |= {"log": repr(lines).encode(), "output": said.out.encode(), "errors": said.err.encode()}
    canaries = (*CANARIES, code.encode(), secret.encode())
    found = {(path, canary) for path, data in written.items() for canary in canaries if canary in data}
    assert found == set()
    assert structlog.is_configured()


def test_the_canaries_would_be_found(alone: Tenderer) -> None:
    type_everywhere(alone)
    text = repr(alone.open().workspace)
    assert [canary for canary in (WORD, "271828", AMOUNT) if canary not in text] == []
