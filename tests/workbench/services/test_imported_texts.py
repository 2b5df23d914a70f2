"""Texts of files without signs that cannot be seen: as strict as what is typed, and said in the report."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.workbench.factories import an_authority
from workbench.models.accounts import AuthorityRecord
from workbench.paths import demo_file
from workbench.services.imported_texts import honest, on_one_line
from workbench.services.starting import Heading, Start, from_file, from_release

pytestmark = pytest.mark.usefixtures("db_session")


def started(authority: AuthorityRecord, **values: Any) -> Start:
    file = json.loads(demo_file().read_bytes())
    file["tender"] |= values
    return from_file(Heading(), authority, json.dumps(file).encode(), "a.json")


def basics(start: Start) -> dict[str, Any]:
    return next(dict(part.content) for part in start.parts if part.kind == "basics")


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u202d", "\x85"])
def test_signs_that_deceive_a_reader_are_taken_out_of_a_file_and_reported(sign: str) -> None:
    start = started(an_authority(), title=f"Adult{sign} service", description=f"One{sign}\ntwo")
    assert basics(start)["title"] == "Adult service"
    assert any("Invisible signs" in note and "2 texts" in note for note in start.notes)


def test_a_heading_out_of_a_file_stands_on_one_line() -> None:
    start = started(an_authority(), reference="AS\r\nBcc: x", title="Adult\n service")
    assert (basics(start)["reference"], basics(start)["title"]) == ("AS Bcc: x", "Adult service")


def test_a_release_is_read_as_strictly() -> None:
    release = json.loads((demo_file().parents[2] / "docs" / "example-release.json").read_bytes())
    text = json.dumps(release).replace('"title": "', '"title": "\\u202e')
    start = from_release(Heading("T", "R"), an_authority(), text.encode(), "a.json")
    assert "\u202e" not in json.dumps([part.content for part in start.parts], ensure_ascii=False)
    assert any("Invisible signs" in note for note in start.notes)


def test_honest_texts_stay_as_they_are() -> None:
    file = {"a": ["x\ny\tz", "שלום", 1, None, True]}
    assert honest(file) == (file, ())
    assert on_one_line(" a \n b ") == "a b"
