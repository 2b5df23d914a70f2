"""``docs/emergency-opening.md`` opens a bid without this software: its very commands, with the system's own age."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from exports import submission as codec
from lots.submission import Document, PriceEnvelope, Submission
from tests.workbench import databases
from tests.workbench.conftest import running
from tests.workbench.sealed import KEYS, a_bid, a_sealed_world, committed, publication, times
from workbench.db import db
from workbench.models.bids import EnvelopeRecord
from workbench.sealing import age
from workbench.services.bids import submissions
from workbench.store import Store

PAGE = Path(__file__).resolve().parents[2] / "docs" / "emergency-opening.md"
STEPS = re.findall(r"```sh\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
TOOLS = ("age", "sqlite3", "xxd", "base64", "sha256sum", "bash")
DATA = b"%PDF-1.7 our safeguarding policy\n" * 999

pytestmark = pytest.mark.skipif(
    bool([tool for tool in TOOLS if shutil.which(tool) is None]), reason=f"needs {', '.join(TOOLS)}"
)


@pytest.fixture
def desk(tmp_path: Path) -> dict[str, str]:
    """A table with the database, the store and two custodians' keys on it: what the steps are told."""
    store, (secret, recipient) = Store(tmp_path / "store"), age.new_identity()
    stored = store.seal(io.BytesIO(DATA), recipient)
    with running(databases.a_config(databases.sqlite_url(tmp_path), tmp_path)) as app, app.app_context():
        world = a_sealed_world()
        submission, price = a_bid(world)
        file = Document("d", "Policy.pdf", "application/pdf", stored.size, stored.sha256, stored.sealed_sha256, secret)
        submission = replace(submission, documents=(file,))
        submissions.submit(world.tender, publication(world), submission, price, store=store, **times())
        committed()
        digests = {it.kind: it.sha256 for it in db.session.scalars(select(EnvelopeRecord))}
        tender = world.tender.id
    for number in (0, 2):
        (tmp_path / f"custodian-{number}.key").write_text(f"{KEYS[number][0]}\n")
    return {"TENDER": tender, "BID": digests["bid"], "PRICE": digests["price"], "FOLDER": str(tmp_path)}


def follow(step: int, given: dict[str, str]) -> str:
    """Run a step of the page as it is printed."""
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", STEPS[step]], cwd=given["FOLDER"], env={**os.environ, **given},
        capture_output=True, text=True,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def opened(given: dict[str, str], kind: str) -> bytes:
    """Follow the steps for one envelope."""
    told = {**given, "ENVELOPE": given[kind]}
    assert "envelope.age: OK" in follow(1, told)
    follow(2, told)
    follow(3, told)
    return Path(given["FOLDER"], "envelope.json").read_bytes().rstrip(b" ").removesuffix(b"\n")


def test_the_page_opens_both_envelopes_and_a_file(desk: dict[str, str]) -> None:
    assert len(STEPS) == 5
    seen = follow(0, desk)
    assert desk["BID"] in seen
    assert desk["PRICE"] in seen
    submission, findings = codec.read(Submission, opened(desk, "BID"))
    assert findings == ()
    assert submission is not None
    price, _ = codec.read(PriceEnvelope, opened(desk, "PRICE"))
    assert price is not None
    assert price.binding == submission.binding
    [file] = submission.documents
    given = {**desk, "FILE_KEY": file.key, "SEALED": file.sealed_sha256, "SIZE": str(file.size)}
    assert file.sha256 in follow(4, given)
    assert Path(desk["FOLDER"], "document").read_bytes() == DATA


def test_what_an_envelope_holds_is_json_for_any_reader(desk: dict[str, str]) -> None:
    opened(desk, "BID")
    found = json.loads(Path(desk["FOLDER"], "envelope.json").read_bytes())
    assert (found["format"], found["binding"]["tender"]) == ("sealed-bid/1", desk["TENDER"])


def test_one_custodian_alone_gets_nowhere(desk: dict[str, str]) -> None:
    Path(desk["FOLDER"], "custodian-0.key").write_text(f"{KEYS[2][0]}\n")
    told = {**desk, "ENVELOPE": desk["BID"]}
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", STEPS[2]], cwd=desk["FOLDER"], env={**os.environ, **told},
        capture_output=True, text=True,
    )  # fmt: skip
    assert ran.returncode != 0
    assert "no identity matched" in ran.stderr
