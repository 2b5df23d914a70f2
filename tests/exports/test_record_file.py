"""The file of record: the same bytes for the same record, every byte of it counted, and nothing hostile opened."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from exports.record_file import (
    EVENTS,
    MANIFEST,
    Entry,
    Record,
    RecordNameError,
    Trail,
    canonical,
    is_name,
    pieces,
    seal_of,
    zipped,
)
from exports.record_reading import NotARecord, check_entries, open_record
from lots.errors import Finding

SEED = b"s" * 32
OPEN = {"rules/rule-set-1.json": b'{"a":1}\n', "documents/1/record.pdf": b"%PDF-public"}
CLOSED = {"documents/1/letter.pdf": b"%PDF-secret", "award/result.json": b'{"winner":"B"}\n'}


def a_record(**entries: bytes) -> Record:
    contents = {**OPEN, **CLOSED, **entries}
    about = {"tender": "t", "reference": "T-1", "title": "A tender", "engine": "1"}
    trail = Trail(b'{"whole":true}\n', b'{"whole":false}\n', 3, "ab" * 32)
    return Record(about, trail, tuple(an_entry(name, data) for name, data in contents.items()), SEED)


def an_entry(name: str, data: bytes) -> Entry:
    return Entry(name, f"what {len(data)} bytes are", lambda: data, name in OPEN)


def written(*, restricted: bool = True, record: Record | None = None) -> bytes:
    return b"".join(pieces(record or a_record(), restricted=restricted))


def found_in(folder: Path, data: bytes) -> list[Finding]:
    """Open and check; a refusal to open is a finding too."""
    path = folder / "record.zip"
    path.write_bytes(data)
    try:
        with open_record(path) as record:
            return list(check_entries(record))
    except NotARecord as fault:
        return [Finding("not_a_record", str(fault))]


def codes_in(folder: Path, data: bytes) -> list[str]:
    return [each.code for each in found_in(folder, data)]


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def packed(contents: dict[str, bytes]) -> bytes:
    return b"".join(zipped(iter(contents.items())))


@pytest.mark.parametrize("restricted", [True, False])
def test_a_record_is_found_whole_and_is_written_the_same_way_each_time(restricted: bool, tmp_path: Path) -> None:
    assert codes_in(tmp_path, written(restricted=restricted)) == []
    backwards = Record(a_record().about, a_record().trail, a_record().entries[::-1], SEED)
    assert written(restricted=restricted, record=backwards) == written(restricted=restricted)


def test_a_record_is_written_piece_by_piece() -> None:
    asked: list[str] = []

    def reading(name: str, data: bytes) -> Entry:
        def read() -> bytes:
            asked.append(name)
            return data

        return Entry(name, "", read, True)

    record = Record({}, Trail(b"", b"", 0, ""), tuple(reading(name, data) for name, data in OPEN.items()), SEED)
    made = pieces(record, restricted=True)
    next(made)
    assert len(asked) == 1


def test_entries_stand_in_order_with_one_time_and_nothing_is_compressed() -> None:
    with zipfile.ZipFile(io.BytesIO(written())) as archive:
        infos = archive.infolist()
    assert [info.filename for info in infos] == [*sorted([*OPEN, *CLOSED, EVENTS]), MANIFEST]
    assert {(info.date_time, info.compress_type, info.external_attr) for info in infos} == {
        ((1980, 1, 1, 0, 0, 0), zipfile.ZIP_STORED, 0o100644 << 16)
    }


def test_the_public_build_holds_neither_the_bytes_nor_the_names_nor_the_digests_of_what_is_kept_back() -> None:
    whole, public = json.loads(unpacked(written())[MANIFEST]), written(restricted=False)
    secret = [it for it in whole["entries"] if it["name"] in CLOSED]
    told = [text for it in secret for text in (it["name"], it["sha256"], it["salt"])]
    assert [text for text in (*told, "%PDF-secret", "winner") if text.encode() in public] == []
    assert sorted(unpacked(public)) == sorted([*OPEN, EVENTS, MANIFEST])


def test_both_builds_have_one_root_and_the_same_leaves() -> None:
    whole, public = (json.loads(unpacked(written(restricted=it))[MANIFEST]) for it in (True, False))
    assert whole["root"] == public["root"]
    leaves = [{it["leaf"] for it in (*each["entries"], *each["withheld"])} for each in (whole, public)]
    assert leaves[0] == leaves[1]
    assert (len(public["withheld"]), whole["withheld"]) == (2, [])


def test_another_content_name_or_seed_gives_another_root() -> None:
    records = [
        a_record(),
        a_record(**{"award/result.json": b'{"winner":"C"}\n'}),
        a_record(**{"award/more.json": b""}),
        Record(a_record().about, a_record().trail, a_record().entries, b"t" * 32),
    ]
    roots = {json.loads(unpacked(written(record=it))[MANIFEST])["root"] for it in records}
    assert len(roots) == 4


def test_every_byte_counts(tmp_path: Path) -> None:
    data = written()
    unseen = [at for at in range(len(data)) if not found_in(tmp_path, flipped(data, at))]
    assert unseen == []


def flipped(data: bytes, at: int, bits: int = 0x21) -> bytes:
    return data[:at] + bytes([data[at] ^ bits]) + data[at + 1 :]


def test_a_record_cut_off_or_with_something_behind_it_is_none(tmp_path: Path) -> None:
    data = written()
    cuts = [data[:end] for end in range(0, len(data), 97)]
    assert [len(cut) for cut in cuts if not found_in(tmp_path, cut)] == []
    assert found_in(tmp_path, data + b"more") != []
    assert found_in(tmp_path, b"before" + data) != []


def test_an_entry_taken_out_put_in_or_changed_is_named(tmp_path: Path) -> None:
    contents = unpacked(written())
    less = {name: data for name, data in contents.items() if name != "award/result.json"}
    more = {"a/more.json": b"{}", **contents}
    other = {**contents, "award/result.json": b'{"winner":"C"}\n'}
    assert [
        (each.code, each.place) for changed in (less, more, other) for each in found_in(tmp_path, packed(changed))
    ] == [
        ("entry_missing", "award/result.json"),
        ("entry_foreign", "a/more.json"),
        ("entry_changed", "award/result.json"),
    ]


def test_entries_in_another_order_are_no_record(tmp_path: Path) -> None:
    contents = unpacked(written())
    assert codes_in(tmp_path, packed(dict(reversed(contents.items())))) == ["archive_altered"]


def manifests() -> Iterator[tuple[str, bytes]]:
    """Make manifests that were tampered with, each in one place."""
    said = json.loads(unpacked(written())[MANIFEST])
    yield "not JSON", b"{"
    yield "deep", b"[" * 100_000
    yield "a list", b"[]\n"
    yield "another format", sealed({**said, "format": "record/2"})
    yield "without its seal", canonical({key: value for key, value in said.items() if key != "seal"})
    yield "another title", canonical({**said, "about": {**said["about"], "title": "Another"}})
    yield "written otherwise", json.dumps(said, indent=1).encode()
    yield "another build", sealed({**said, "build": "secret"})
    yield "entries that are none", sealed({**said, "entries": [1]})
    yield "no list", sealed({**said, "withheld": {}})
    yield "a leaf that is none", sealed({**said, "withheld": [{"what": "x", "leaf": "zz"}]})
    yield "no events", sealed({**said, "events": {}})
    yield "more leaves", sealed({**said, "withheld": [{"what": "x", "leaf": "0" * 64}]})


def sealed(said: dict[str, object]) -> bytes:
    return canonical({**said, "seal": seal_of(said)})


@pytest.mark.parametrize(("what", "data"), [*manifests()], ids=[what for what, _ in manifests()])
def test_a_manifest_that_was_tampered_with_is_told(what: str, data: bytes, tmp_path: Path) -> None:
    expected = "other_root" if what == "more leaves" else "not_a_record"
    assert codes_in(tmp_path, packed({**unpacked(written()), MANIFEST: data})) == [expected]


def zipped_otherwise(compress: int = zipfile.ZIP_STORED, **contents: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compress) as archive:
        for name, data in contents.items():
            archive.writestr(name, data)
    return out.getvalue()


def a_bomb() -> bytes:
    return zipped_otherwise(zipfile.ZIP_DEFLATED, **{MANIFEST: b"{}", "big": bytes(50_000_000)})


def two_of_a_name() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a", b"1")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a", b"2")
    return out.getvalue()


def a_lie_about_sizes() -> bytes:
    """Say in the list of contents that a stored entry has far more bytes than the file."""
    data = bytearray(zipped_otherwise(**{MANIFEST: b"{}"}))
    at = data.rfind(b"PK\x01\x02")
    struct.pack_into("<II", data, at + 20, 2_000_000_000, 2_000_000_000)
    return bytes(data)


HOSTILE: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "no archive": lambda: b"PK\x03\x04 but no more",
    "no manifest": lambda: zipped_otherwise(a=b"1"),
    "compressed": lambda: zipped_otherwise(zipfile.ZIP_DEFLATED, **{MANIFEST: b"{}"}),
    "a bomb": a_bomb,
    "a name that leads elsewhere": lambda: zipped_otherwise(**{MANIFEST: b"{}", "../../etc/passwd": b"x"}),
    "an absolute name": lambda: zipped_otherwise(**{MANIFEST: b"{}", "/etc/passwd": b"x"}),
    "a name twice": two_of_a_name,
    "a lie about sizes": a_lie_about_sizes,
    "too many entries": lambda: zipped_otherwise(**{f"e{at}": b"" for at in range(50_001)}),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_nothing_hostile_is_opened(what: str, tmp_path: Path) -> None:
    assert codes_in(tmp_path, HOSTILE[what]()) == ["not_a_record"]


@pytest.mark.parametrize(
    "name", ["", "/a", "a/", "a//b", "../a", "a/../b", ".a", "a/.b", "a b", "ä", "a\\b", "a" * 301]
)
def test_names_that_lead_elsewhere_are_no_names(name: str) -> None:
    assert not is_name(name)
    with pytest.raises(RecordNameError):
        written(record=a_record(**{name: b""}))


@pytest.mark.parametrize("name", [MANIFEST, EVENTS])
def test_no_entry_takes_the_place_of_the_manifest_or_the_trail(name: str) -> None:
    with pytest.raises(RecordNameError):
        written(record=a_record(**{name: b""}))
