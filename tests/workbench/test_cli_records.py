"""``workbench verify record.zip``: an award that was told to everybody, checked offline; every forgery is named."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from exports.record_file import EVENTS, MANIFEST, canonical, described, leaf_of, root_of, seal_of, zipped
from exports.record_reading import NotARecord, check_entries, open_record
from tests.workbench import recorded
from tests.workbench.evaluated import NOW, approved, evaluated, with_paper
from tests.workbench.issued import issued, only, rows_of, signed
from tests.workbench.running import run, run_json
from workbench.chain import head_of
from workbench.chain import leaf_of as event_leaf_of
from workbench.db import db
from workbench.models.awards import IssueRecord
from workbench.printing import print_document
from workbench.services.awards import delivering, making, packs
from workbench.services.bids.followers import Links

RESULT, SNAPSHOT = "award/recommendation-1/result.json", "award/recommendation-1/tender-file.json"
LINKS = Links("https://tenders.example", ("k" * 43,))
PAPERS, ISSUES = "award/documents.json", "award/issues.json"


@dataclass(frozen=True)
class Builds:
    """Both builds of one record."""

    whole: bytes
    public: bytes


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Builds:
    with evaluated(tmp_path_factory.mktemp("record")) as (_, world):
        recorded.told(world)
        whole, public = (recorded.record(world, restricted=it) for it in (True, False))
        assert recorded.record(world) == whole
    return Builds(whole, public)


def contents(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def forged(data: bytes, **changes: bytes | None) -> bytes:
    """Write a record again with other entries (None: without it), as somebody would who knows how it is done."""
    held = contents(data)
    said = json.loads(held.pop(MANIFEST))
    names = {it["name"]: it for it in said["entries"]}
    held |= {name: change for name, change in changes.items() if change is not None}
    held = {name: change for name, change in held.items() if name not in changes or changes[name] is not None}
    said["entries"] = [again(names[name], held[name]) for name in sorted(held) if name != EVENTS]
    said["events"] |= described(EVENTS, "the audit trail", held[EVENTS])
    said["root"] = root_of([it["leaf"] for it in (*said["entries"], *said["withheld"])])
    said["seal"] = seal_of(said)
    return b"".join(zipped(iter([*sorted(held.items()), (MANIFEST, canonical(said))])))


def again(said: Mapping[str, Any], content: bytes) -> dict[str, Any]:
    leaf = leaf_of(bytes.fromhex(said["salt"]), said["name"], content)
    return {**described(said["name"], said["what"], content), "salt": said["salt"], "leaf": leaf}


def verified(folder: Path, data: bytes, *words: str) -> dict[str, Any]:
    path = folder / "record.zip"
    path.write_bytes(data)
    result = run("verify", path, *words, "--json")
    found = json.loads(result.stdout)
    assert isinstance(found, dict)
    assert (result.exit_code == 0) == (found.get("match") is True)
    return found


def codes(found: Mapping[str, Any]) -> set[str]:
    differing = {"differs" for it in found.get("checked", ()) if it["differences"]}
    return {it["code"] for it in found["findings"] if it["severity"] == "error"} | differing


# --- as it was made ---------------------------------------------------------------------------------------------


def test_the_whole_record_recomputes_to_the_award_it_tells_of(builds: Builds, tmp_path: Path) -> None:
    found = verified(tmp_path, builds.whole)
    what = [it["what"] for it in found["checked"]]
    assert (found["match"], found["findings"]) == (True, [])
    assert [it for it in what if it.startswith("recommendation 1, evaluated again")] != []
    assert sum(it.startswith("documents/1/sent/") for it in what) == 3
    assert found["recomputed"] > 700


def test_people_read_what_was_checked(builds: Builds, tmp_path: Path) -> None:
    path = tmp_path / "record.zip"
    path.write_bytes(builds.public)
    said = run("verify", path).stdout
    assert "the public record of AS-VS-2025-OPENED" in said
    assert "The bids and scores that the award follows from are kept back" in said
    assert "DIFFERS" not in said


def test_the_public_build_verifies_with_the_head_that_was_written_down(builds: Builds, tmp_path: Path) -> None:
    head = json.loads(contents(builds.whole)[MANIFEST])["events"]["head"]
    assert verified(tmp_path, builds.public, "--head", head)["match"]
    assert codes(verified(tmp_path, builds.public, "--head", "0" * 64)) == {"other_head"}


def test_both_builds_are_of_one_record(builds: Builds) -> None:
    whole, public = (json.loads(contents(it)[MANIFEST]) for it in (builds.whole, builds.public))
    assert (whole["root"], whole["events"]["head"]) == (public["root"], public["events"]["head"])


def test_a_build_is_not_for_a_pack(builds: Builds, tmp_path: Path) -> None:
    path = tmp_path / "record.zip"
    path.write_bytes(builds.public)
    assert run("verify", path, "--reprint").exit_code == 2


def test_an_archive_that_is_no_record_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "some.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", b"hello")
    assert [it["code"] for it in run_json("verify", path, status=1)["findings"]] == ["not_a_record"]


# --- bytes that were flipped ------------------------------------------------------------------------------------


@pytest.mark.parametrize("build", ["whole", "public"])
def test_a_flipped_byte_of_any_entry_is_found(build: str, builds: Builds, tmp_path: Path) -> None:
    """Every entry: its first byte, its last, and some between; its header and its line in the list of contents too."""
    data: bytes = getattr(builds, build)
    path = tmp_path / "record.zip"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = archive.infolist()
    unseen = []
    for info in infos:
        begin = data.index(info.filename.encode(), info.header_offset) + len(info.filename)
        size = info.file_size
        places = {info.header_offset + 10, begin, begin + size // 3, begin + size - 1}
        unseen += [
            (info.filename, at) for at in places if not is_seen(path, data[:at] + flip(data[at]) + data[at + 1 :])
        ]
    directory = range(data.index(b"PK\x01\x02"), len(data), 211)
    unseen += [("", at) for at in directory if not is_seen(path, data[:at] + flip(data[at]) + data[at + 1 :])]
    assert unseen == []


def flip(byte: int) -> bytes:
    return bytes([byte ^ 1])


def is_seen(path: Path, data: bytes) -> bool:
    path.write_bytes(data)
    try:
        with open_record(path) as record:
            return bool(list(check_entries(record)))
    except NotARecord:
        return True


def test_a_flipped_byte_is_said_in_words_with_the_entry(builds: Builds, tmp_path: Path) -> None:
    path = tmp_path / "record.zip"
    at = builds.whole.index(b"award-result/1")
    path.write_bytes(builds.whole[:at] + b"A" + builds.whole[at + 1 :])
    result = run("verify", path)
    assert result.exit_code == 1
    assert f"error: {RESULT}: This entry cannot be read: its bytes were changed" in result.stdout


# --- forgeries by somebody who knows the format -----------------------------------------------------------------


def rows(data: bytes, name: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> bytes:
    return canonical(sorted(map(change, json.loads(contents(data)[name])), key=canonical))


def first(data: bytes, beginning: str, ending: str = "") -> str:
    return next(name for name in sorted(contents(data)) if name.startswith(beginning) and name.endswith(ending))


def counted(data: bytes) -> list[str]:
    """List the receipts of bids that the closing counted and that came once."""
    held = contents(data)
    return [
        name
        for name in sorted(held)
        if name.endswith("receipt-1.json")
        and name.replace("receipt-1", "receipt-2") not in held
        and json.loads(held[name])["facts"]["act"] == "submitted"
    ]


def one_point_more(data: bytes) -> bytes:
    """Agree one point more for a bid in the frozen record."""
    file = json.loads(contents(data)[SNAPSHOT])
    score = next(it for it in file["agreed_scores"] if it["points"] == "3")
    score["points"] = "4"
    return json.dumps(file, ensure_ascii=False, indent=1).encode()


def with_another_letter(data: bytes) -> dict[str, bytes]:
    """Put one letter in the place of another, and its digest into the register of documents."""
    one, other = (name for name in contents(data) if "letter" in name)
    letter = contents(data)[other]

    def register(row: dict[str, Any]) -> dict[str, Any]:
        return row | ({"sha256": sha256(letter).hexdigest()} if one.endswith(row["path"]) else {})

    return {one: letter, PAPERS: rows(data, PAPERS, register)}


def with_another_event(data: bytes) -> bytes:
    """Rewrite the trail so that another result was recommended, hash by hash."""
    lines = [json.loads(line) for line in contents(data)[EVENTS].splitlines()]
    head = ""
    for row in lines[1:]:
        row["canon"] = re.sub('"result_sha256":"....', '"result_sha256":"0000', row["canon"])
        row["leaf"] = event_leaf_of(bytes.fromhex(row["salt"]), row["canon"].encode())
        row["head"] = head = head_of(head, row["seq"], row["leaf"])
    lines[0]["head"] = head
    return b"".join(
        json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n" for line in lines
    )


def forgeries(data: bytes) -> dict[str, tuple[dict[str, bytes | None], set[str]]]:
    """Describe what a forger changes, and what has to be found."""
    rules, closing, letter = first(data, "rules/"), first(data, "bids/closing"), first(data, "documents/1/sent/cyp")
    published, (receipt, others) = first(data, "published/"), counted(data)[:2]
    log = receipt.replace("receipt-1.json", "log.jsonl")
    held = contents(data)
    sheets = rows(data, "evaluation/score-sheets.json", lambda row: row | {"content": row["content"].replace("3", "4")})
    frozen = "documents/1/record/tender-file.json"
    cut = b"\n".join(held[EVENTS].split(b"\n")[:-2]) + b"\n"
    other_rank = held[RESULT].replace(b'"rank":1', b'"rank":2')
    other_size = held[closing].replace(b'"size":', b'"size":9')
    return {
        "another result": ({RESULT: other_rank}, {"recommendation_differs", "approval_differs", "differs"}),
        "another point": ({SNAPSHOT: one_point_more(data)}, {"recommendation_differs", "value_unknown"}),
        "no tender file": ({SNAPSHOT: b"{}\n"}, {"recommendation_differs", "snapshot_refused"}),
        "another letter": (dict(with_another_letter(data)), {"documents_differ"}),
        "a letter changed": ({letter: held[letter] + b"\n"}, {"document_changed"}),
        "a letter gone": ({letter: None}, {"document_missing"}),
        "other rules": ({rules: held[rules] + b" "}, {"rules_unnamed"}),
        "another file": ({published: b"x"}, {"file_unnamed"}),
        "a receipt gone": ({receipt: None}, {"act_without_receipt"}),
        "a bid gone": ({receipt: None, log: None}, {"closing_other_bids"}),
        "a receipt changed": ({receipt: b"{}"}, {"receipt_unreadable"}),
        "another's receipt": ({receipt: held[others]}, {"receipt_without_event"}),
        "a log changed": ({log: held[log][:-2] + b"\n"}, {"unreadable_event"}),
        "an empty log": ({log: b""}, {"not_an_export", "receipt_without_event"}),
        "another closing": ({closing: other_size}, {"closing_differs"}),
        "no closing": ({closing: b"{}"}, {"closing_unsigned"}),
        "another sheet": ({"evaluation/score-sheets.json": sheets}, {"value_changed", "value_unknown"}),
        "rows that are none": ({PAPERS: b"[1]", ISSUES: b"{}"}, {"document_unknown"}),
        "another record of documents": ({frozen: one_point_more(data)}, {"documents_other_record"}),
        "a trail cut off": ({EVENTS: cut}, {"other_length", "other_end"}),
        "another trail": ({EVENTS: with_another_event(data)}, {"other_trail", "recommendation_differs"}),
    }  # fmt: skip


def test_every_forgery_is_found_and_named(builds: Builds, tmp_path: Path) -> None:
    """Whatever entry somebody replaces, with a manifest that fits: an event of the trail names what it was."""
    missed = {}
    for what, (changes, expected) in forgeries(builds.whole).items():
        found = codes(verified(tmp_path, forged(builds.whole, **changes)))
        if not expected <= found:
            missed[what] = (expected, found)
    assert missed == {}


def test_a_forger_of_the_whole_trail_cannot_reach_the_head_that_was_written_down(
    builds: Builds, tmp_path: Path
) -> None:
    head = json.loads(contents(builds.whole)[MANIFEST])["events"]["head"]
    data = forged(builds.whole, **{EVENTS: with_another_event(builds.whole)})
    assert "other_head" in codes(verified(tmp_path, data, "--head", head))


def test_a_record_written_again_as_it_was_is_no_forgery(builds: Builds) -> None:
    assert forged(builds.whole) == builds.whole


# --- as the services of the decision leave it -------------------------------------------------------------------


def test_what_the_services_recommend_approve_make_and_release_is_a_record_that_verifies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No row here is made by a test: what events say and what the record holds have to fit by themselves."""
    record = packs.once("The decision record", "exports.reports.decision_record:decision_record")
    only(monkeypatch, [record, packs.once("The evaluation workbook", "workbench.services.awards.packs:workbook")])
    with evaluated(tmp_path / "world") as (_, world):
        approved(world)
        with_paper(world, signed(world))
        later = NOW + timedelta(hours=3)
        issue = issued(world, at=later)
        for row in rows_of(issue):
            making.make(row.id, now=lambda: later, printed=print_document)
        issue = db.session.get_one(IssueRecord, issue.id, populate_existing=True)
        delivering.release(world.tender, issue, LINKS, actor=world.actor("officer"), at=later)
        db.session.commit()
        data, public = (recorded.record(world, restricted=it) for it in (True, False))
    found = verified(tmp_path, data)
    assert (codes(found), found["match"]) == (set(), True)
    assert [it for it in found["checked"] if it["what"].startswith("the documents’ own record")] != []
    assert verified(tmp_path, public)["match"]
    held = contents(data)
    assert [name for name in held if name.startswith("documents/1/sent/")] != []
    assert [name for name in held if name.startswith("award/recommendation-1/")] == [RESULT, SNAPSHOT]
