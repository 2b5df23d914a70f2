"""An exported audit trail: sound as it comes, and every kind of tampering is found and named by its event."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from workbench import chain_export
from workbench.chain import UncanonicalError, canonical, head_of, leaf_of
from workbench.chain_export import Link
from workbench.cli import cli

CHAIN = "tender:avon"
Rows = list[dict[str, Any]]


def links(count: int) -> list[Link]:
    """Make the events of a chain, one a minute."""
    made: list[Link] = []
    for seq in range(1, count + 1):
        canon = canonical({"chain": CHAIN, "seq": seq, "at": f"2026-07-06T09:{seq:02d}:00.000000Z", "action": "saved"})
        salt = bytes([seq]) * 16
        leaf = leaf_of(salt, canon)
        made.append(Link(seq, canon, salt, leaf, head_of(made[-1].head if made else "", seq, leaf)))
    return made


SOUND = chain_export.export(CHAIN, links(5))
HEAD = links(5)[-1].head


def tampered(change: Callable[[Rows], object]) -> bytes:
    """Return the export with its lines changed by somebody who writes them as they should be written."""
    rows = [json.loads(line) for line in SOUND.splitlines()]
    change(rows)
    return b"".join(canonical(row) + b"\n" for row in rows)


def found(data: bytes, head: str = "") -> list[tuple[str, str]]:
    return [(it.code, it.place) for it in chain_export.verify(data, head)]


def test_a_chain_as_it_was_exported_is_sound() -> None:
    assert found(SOUND) == []
    assert found(SOUND, HEAD) == []
    assert found(SOUND, links(3)[-1].head.upper()) == []
    assert found(chain_export.export(CHAIN, [])) == []


def rewrite(rows: Rows) -> None:
    """Make every hash of the file fit again, as somebody could who holds all of it."""
    before = ""
    for seq, row in enumerate(rows[1:], 1):
        row["leaf"] = leaf_of(bytes.fromhex(row["salt"]), row["canon"].encode())
        row["head"] = before = head_of(before, seq, row["leaf"])
    rows[0] |= {"length": len(rows) - 1, "head": before}


def say_otherwise(rows: Rows) -> None:
    rows[3]["canon"] = rows[3]["canon"].replace("saved", "opened")


def leave_out(rows: Rows) -> None:
    del rows[3]


def renumber(rows: Rows) -> None:
    del rows[3]
    for seq, row in enumerate(rows[1:], 1):
        row["seq"] = seq
    rewrite(rows)


def swap(rows: Rows) -> None:
    rows[2], rows[3] = rows[3], rows[2]


def cut_off(rows: Rows) -> None:
    del rows[4:]


def cut_off_and_fit(rows: Rows) -> None:
    del rows[4:]
    rewrite(rows)


def say_otherwise_and_fit(rows: Rows) -> None:
    say_otherwise(rows)
    rewrite(rows)


def resalt(rows: Rows) -> None:
    rows[5]["salt"] = "00" * 16


def other_leaf(rows: Rows) -> None:
    rows[2]["leaf"] = "0" * 64


def take_from_another_chain(rows: Rows) -> None:
    rows[1]["canon"] = rows[1]["canon"].replace("avon", "kent")
    rewrite(rows)


def date_back(rows: Rows) -> None:
    rows[5]["canon"] = rows[5]["canon"].replace("09:05", "08:59")
    rewrite(rows)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (say_otherwise, [("changed", "event 3")]),
        (leave_out, [("other_length", "line 1"), ("out_of_place", "event 3"), ("broken", "event 3"),
                     ("out_of_place", "event 4"), ("broken", "event 4")]),
        (renumber, [("out_of_place", "event 3"), ("out_of_place", "event 4")]),
        (swap, [("out_of_place", "event 2"), ("broken", "event 2"), ("out_of_place", "event 3"), ("broken", "event 3"),
                ("went_back", "event 3"), ("broken", "event 4")]),
        (cut_off, [("other_length", "line 1"), ("other_end", "line 1")]),
        (resalt, [("changed", "event 5")]),
        (other_leaf, [("changed", "event 2"), ("broken", "event 2")]),
        (take_from_another_chain, [("other_chain", "event 1")]),
        (date_back, [("went_back", "event 5")]),
    ],
    ids=lambda it: getattr(it, "__name__", ""),
)  # fmt: skip
def test_tampering_is_found_and_named(change: Callable[[Rows], object], expected: list[tuple[str, str]]) -> None:
    assert found(tampered(change)) == expected


@pytest.mark.parametrize("change", [cut_off_and_fit, say_otherwise_and_fit])
def test_a_chain_rewritten_whole_is_found_by_the_head_written_down_elsewhere(change: Callable[[Rows], object]) -> None:
    assert found(tampered(change)) == []
    assert found(tampered(change), HEAD) == [("other_head", "head")]


def test_every_changed_byte_is_found() -> None:
    for at in range(len(SOUND)):
        data = bytearray(SOUND)
        data[at] ^= 1
        assert chain_export.verify(bytes(data), HEAD), f"byte {at} was changed unseen"


def test_every_cut_is_found() -> None:
    # The line end after the last event says nothing; one byte further in, something is missing.
    for length in range(len(SOUND) - 1):
        assert chain_export.verify(SOUND[:length]), f"cut after {length} bytes unseen"


@pytest.mark.parametrize(
    "data", [b"", b"\n", b"[]", b"{}", b"null", b"\xff\xfe", b"[" * 100_000, b'{"format":"audit-chain/1"}', b"%PDF-1.7"]
)
def test_what_is_no_export_is_said_to_be_none(data: bytes) -> None:
    assert found(data) == [("not_an_export", "line 1")]


def test_the_command_says_match_or_what_differs(tmp_path: Path) -> None:
    path = tmp_path / "trail.jsonl"
    path.write_bytes(SOUND)
    good = CliRunner().invoke(cli, ["verify", str(path), "--head", HEAD])
    assert (good.exit_code, good.output) == (0, f"match: {path}, an audit trail of 5 events\n")
    path.write_bytes(tampered(say_otherwise))
    bad = CliRunner().invoke(cli, ["verify", str(path)])
    assert bad.exit_code == 1
    assert "event 3: What the event says was changed after it was recorded" in bad.output


def test_canonical_text_is_written_as_rfc_8785_writes_it() -> None:
    # RFC 8785, section 3.2.3: names sorted by UTF-16 code units; section 3.2.2.2: strings.
    value = {
        "\u20ac": "Euro",
        "\r": "CR",
        "\ufb33": "Hebrew",
        "1": "One",
        "\U0001f600": "Smiley",
        "\x80": "C",
        "ö": "O",
    }
    assert list(json.loads(canonical(value))) == ["\r", "1", "\x80", "ö", "\u20ac", "\U0001f600", "\ufb33"]
    assert canonical('€$\x0f\nA\'B"\\\\"/') == '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'.encode()


@pytest.mark.parametrize(
    "value", [1.5, float("nan"), 2**53, -(2**53), {1: 2}, "\ud800", {"\udfff": 1}, b"x", {"a": object()}]
)
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(UncanonicalError):
        canonical(value)


def test_nesting_without_end_is_refused() -> None:
    value: list[object] = []
    for _ in range(30):
        value = [value]
    with pytest.raises(UncanonicalError, match="More than 20 levels"):
        canonical(value)


# --- a copy that keeps back what some events say ----------------------------------------------------------------

PART = chain_export.export(CHAIN, links(5), {2, 5})


def test_a_copy_without_what_some_events_say_still_ends_in_the_head() -> None:
    assert found(PART, HEAD) == []
    assert chain_export.withheld_in(PART) == 2
    assert [each["seq"] for each in chain_export.events_in(PART)] == [1, 3, 4]
    assert [
        text for it in links(5) if it.seq in (2, 5) for text in (it.canon, it.salt.hex().encode()) if text in PART
    ] == []


def test_a_whole_trail_is_written_as_ever() -> None:
    assert chain_export.withheld_in(SOUND) == 0
    assert b"withheld" not in SOUND


def partly(change: Callable[[Rows], object]) -> list[str]:
    rows = [json.loads(line) for line in PART.splitlines()]
    change(rows)
    return [code for code, _ in found(b"".join(canonical(row) + b"\n" for row in rows))]


def test_a_text_taken_out_without_saying_so_is_found() -> None:
    def take_out(rows: Rows) -> None:
        del rows[1]["canon"], rows[1]["salt"]

    assert partly(take_out) == ["other_withheld"]
    assert partly(lambda rows: rows[0].pop("withheld")) == ["other_withheld"]


def test_a_withheld_event_cannot_be_changed_moved_or_left_out() -> None:
    assert partly(lambda rows: rows[2].update(leaf="0" * 64)) == ["broken"]
    assert partly(lambda rows: rows[2].update(seq=7)) == ["out_of_place"]
    assert set(partly(lambda rows: rows.pop(2))) >= {"other_length", "other_withheld", "out_of_place", "broken"}


def test_the_command_says_how_much_is_kept_back(tmp_path: Path) -> None:
    path = tmp_path / "trail.jsonl"
    path.write_bytes(PART)
    assert "5 events, the text of 2 kept back" in CliRunner().invoke(cli, ["verify", str(path)]).stdout
