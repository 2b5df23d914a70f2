"""Which files are taken with a bid, and under which names (threats T06–T10)."""

from __future__ import annotations

import random
import zipfile
from io import BytesIO

import pytest

from tests.workbench.office_files import JPG, PDF, PNG, SOUND, TEXT, TYPES, docx, lying_bomb, malformed, package, xlsx
from workbench.uploads import LARGEST, LONGEST_NAME, UploadError, judge, shown_name

_DTD = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
_MACRO = TYPES.replace(b"<Types", b'<Types a="application/vnd.ms-word.document.macroEnabled.main+xml"')
_TEMPLATE = b'<Relationships><Relationship Type="x/attachedTemplate" Target="http://e" TargetMode="External"/>'


def refusal(name: str, data: bytes) -> str:
    """Return the sentence of a refusal."""
    with pytest.raises(UploadError) as raised:
        judge(name, data)
    return str(raised.value)


@pytest.mark.parametrize(("name", "data"), SOUND, ids=[name for name, _ in SOUND])
def test_a_sound_file_of_each_kind_is_taken(name: str, data: bytes) -> None:
    assert judge(name, data).name == name


def test_the_media_type_is_that_of_the_content_and_never_what_was_declared() -> None:
    assert [judge(name, data).media_type.rpartition("/")[2] for name, data in SOUND[3:]] == [
        "csv", "plain", "png", "jpeg", "jpeg",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.pdf.exe", PDF, "of a kind that is not taken"),
        ("a.docm", docx(), "of a kind that is not taken"),
        ("a.svg", b"<svg/>", "of a kind that is not taken"),
        ("pdf", PDF, "of a kind that is not taken"),
        ("a.pdf", b"", "is empty"),
        ("a.pdf", PNG, "is not a PDF: it seems to be Portable Network Graphics"),
        ("a.pdf", PDF[:-8], "The end of"),
        ("a.pdf", PDF + docx(), "two kinds of file in one"),
        ("a.jpg", JPG + docx(), "two kinds of file in one"),
        ("a.png", PNG + b"<script>", "something behind the picture"),
        ("a.png", JPG, "is not a PNG picture"),
        ("a.txt", b"<html><script>alert(1)</script>", "is not plain text"),
        ("a.txt", b"\xef\xbb\xbf <svg onload=alert(1)>", "is not plain text"),
        ("a.csv", b"a\x00b", "is not plain text"),
        ("a.csv", "a;b".encode("utf-16"), "UTF-16"),
        ("a.docx", b"\xd0\xcf\x11\xe0" + bytes(600), "old or a password-protected Office file"),
        ("a.docx", PDF, "is not a docx file"),
        ("a.docx", xlsx(), "is not what its name says"),
        ("a.docx", b"MZ" + docx(), "is not a docx file"),
        ("a.docx", docx()[:-30], "is damaged"),
        ("a.docx", docx(**{"word/vbaProject.bin": b"x"}), "macros"),
        ("a.docx", docx(**{"[Content_Types].xml": _MACRO}), "holds macros"),
        ("a.docx", docx(**{"word/x.xml": _DTD}), "document type"),
        ("a.docx", docx(**{"word/x.xml": _DTD.decode().encode("utf-16")}), "document type"),
        ("a.docx", docx(**{"word/_rels/settings.xml.rels": _TEMPLATE}), "loads a part of itself from elsewhere"),
        ("a.docx", docx(**{"../../evil.xml": b"x"}), "a path that leads out of it"),
        ("a.docx", docx(**{"C:/evil.xml": b"x"}), "a path that leads out of it"),
        ("a.docx", docx(**{"word/run.exe": b"x"}), "macros or programs"),
        ("a.xlsx", xlsx({"xl/macrosheets/sheet1.xml": b"x"}), "macros or programs"),
        ("a.xlsx", xlsx({f"xl/{n}.xml": b"" for n in range(2_001)}), "unpacks to far more"),
        ("a.xlsx", xlsx({"xl/sheet.xml": bytes(30 * 1024 * 1024)}), "unpacks to far more"),
        ("a.docx", lying_bomb(), "is damaged"),
    ],
)  # fmt: skip
def test_what_is_not_taken_is_refused_with_what_to_do(name: str, data: bytes, words: str) -> None:
    assert words in refusal(name, data)


def test_two_entries_of_one_name_or_a_password_or_another_packing_are_refused() -> None:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        made.writestr("[Content_Types].xml", TYPES)
        made.writestr("word/document.xml", TYPES)
        with pytest.warns(UserWarning, match="Duplicate name"):
            made.writestr("word/document.xml", TYPES)
    assert "two files of one name" in refusal("a.docx", target.getvalue())
    entries = {"[Content_Types].xml": TYPES, "word/document.xml": b"x"}
    assert "packed in a way" in refusal("a.docx", package(entries, compression=zipfile.ZIP_BZIP2))
    locked = bytearray(docx())
    at = locked.find(b"PK\x01\x02")
    locked[at + 8] |= 1
    assert "password" in refusal("a.docx", bytes(locked))


def test_a_file_above_the_limit_is_refused() -> None:
    assert "larger than 50 MB" in refusal("a.txt", TEXT + bytes(LARGEST))


def test_a_thousand_malformed_files_are_taken_or_refused_and_nothing_else_happens() -> None:
    outcomes = set()
    for name, data in malformed(20261127, 1_000):
        try:
            outcomes.add(type(judge(name, data)).__name__)
        except UploadError:
            outcomes.add("UploadError")
    assert outcomes == {"Taken", "UploadError"}


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\me\\plan.pdf", "plan.pdf"),
        ("nul\0byte.pdf", "nul_byte.pdf"),
        ("fdp.\u202eexe.pdf", "fdp._exe.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("lpt1", "_lpt1"),
        (" .hidden. ", "hidden"),
        ('a"b<c>.pdf', "a_b_c_.pdf"),
        ("\ud800.pdf", "?.pdf".replace("?", "_")),
        ("", "_"),
        ("Ça va – plan №5.pdf", "Ça va – plan №5.pdf"),
        ("x" * 300 + ".pdf", "x" * (LONGEST_NAME - 4) + ".pdf"),
    ],
)
def test_a_name_is_kept_as_data_without_what_deceives_or_leads_elsewhere(name: str, shown: str) -> None:
    assert shown_name(name) == shown


def test_two_hundred_hostile_names_become_harmless_and_stay_what_they_became() -> None:
    draw = random.Random(7)
    pieces = [
        "../",
        "..\\",
        "\0",
        "\u202e",
        "CON",
        "a",
        "é",
        "\n",
        "\r",
        ":",
        "*",
        " ",
        ".",
        "%2e",
        "💥",
        "\ud800",
        "'",
    ]
    for _ in range(200):
        shown = shown_name("".join(draw.choices(pieces, k=draw.randrange(1, 60))) + draw.choice((".pdf", "", ".")))
        assert 0 < len(shown) <= LONGEST_NAME
        assert not set(shown) & set('\0\r\n/\\:*"<>|\u202e')
        assert shown_name(shown) == shown
        assert shown not in {".", ".."}
        assert shown.encode()
