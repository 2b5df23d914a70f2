"""The decision pack as files: same bytes twice, nothing of anybody else's overwritten, a stop half-way survived."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pytest

from lots.errors import Finding, ProcurementError
from scoring.recommendation import Evaluation, evaluate
from tests.workbench.running import ready
from workbench.services import folders
from workbench.services.awards import packs as awards
from workbench.services.awards.packs import (
    BUILDERS,
    Builder,
    Job,
    Pack,
    PackFile,
    expected_files,
    once,
    plan_pack,
    write_pack,
)
from workbench.services.folders import MANIFEST, FolderError, read_manifest, write_atomically


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    return evaluate(ready())


def plain(*files: tuple[str, bytes]) -> Builder:
    """Plan files that need no printing."""

    def plan(_: Evaluation) -> Iterable[Job]:
        return (Job(name, lambda name=name, data=data: (PackFile(name, data, f"File {name}"),)) for name, data in files)

    return plan


def refusing(_: Evaluation) -> Iterable[Job]:
    def make() -> Sequence[PackFile]:
        raise ProcurementError("The letter cannot be made", [Finding("document_field_empty", "Fill it in", "award.x")])

    yield Job("The letter", make)


def contents(folder: Path) -> dict[str, bytes]:
    return {it.relative_to(folder).as_posix(): it.read_bytes() for it in folder.rglob("*") if it.is_file()}


def test_the_same_file_gives_the_same_bytes(evaluation: Evaluation, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_pack(evaluation, tmp_path / name, workers=1, builders=BUILDERS[:3])
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_the_manifest_lists_every_file_with_its_digest(evaluation: Evaluation, tmp_path: Path) -> None:
    pack = write_pack(evaluation, tmp_path / "pack", builders=[plain(("b.txt", b"b"), ("a/a.txt", b"a"))])
    assert [it.path for it in pack.files] == ["a/a.txt", "b.txt"]
    held = json.loads((tmp_path / "pack" / MANIFEST).read_bytes())
    assert held["format"] == "decision-pack/1"
    assert held["tender"] == "OPCC-2024-017"
    assert held["files"] == {name: hashlib.sha256(name[:1].encode()).hexdigest() for name in ("a/a.txt", "b.txt")}


def test_every_builder_names_a_function_that_exists(evaluation: Evaluation) -> None:
    made, refused = awards.make_values(plan_pack(evaluation))
    assert refused == []
    assert {type(it).__name__ for it in made} >= {
        "AwardNotice", "ComplianceCertificate", "DecisionRecord", "PackFile", "PanelReport",
        "ScoreSheetDocument", "UnsuccessfulLetter",
    }  # fmt: skip


def test_expected_files_are_the_files_that_are_written(evaluation: Evaluation, tmp_path: Path) -> None:
    pack = write_pack(evaluation, tmp_path / "pack", workers=1, builders=BUILDERS[:3])
    assert sorted(expected_files(evaluation, BUILDERS[:3])) == [it.path for it in pack.files]


def test_a_document_that_may_not_be_made_keeps_nothing_else_back(evaluation: Evaluation, tmp_path: Path) -> None:
    pack = write_pack(evaluation, tmp_path / "pack", builders=[refusing, plain(("a.txt", b"a"))])
    assert [it.path for it in pack.files] == ["a.txt"]
    assert [(it.title, it.findings[0].place) for it in pack.refused] == [("The letter", "award.x")]
    held = json.loads((tmp_path / "pack" / MANIFEST).read_bytes())
    assert [it["title"] for it in held["not_made"]] == ["The letter"]


def test_two_documents_of_one_name_get_one_each(evaluation: Evaluation, tmp_path: Path) -> None:
    pack = write_pack(evaluation, tmp_path / "pack", builders=[plain(("a.txt", b"1"), ("a.txt", b"2"))])
    assert [it.path for it in pack.files] == ["a-2.txt", "a.txt"]


def test_a_maker_may_return_one_document_or_several(evaluation: Evaluation) -> None:
    (job,) = once("The tender file", "workbench.services.awards.packs:tender_file_copy")(evaluation)
    assert [type(it) for it in job.make()] == [PackFile]


# --- what lies in the folder already ------------------------------------------------------------------------


def again(evaluation: Evaluation, folder: Path, *files: tuple[str, bytes]) -> Pack:
    return write_pack(evaluation, folder, builders=[plain(*files)])


def test_a_former_pack_is_replaced_and_what_is_no_longer_in_it_goes(evaluation: Evaluation, tmp_path: Path) -> None:
    again(evaluation, tmp_path, ("a.txt", b"1"), ("old/b.txt", b"1"))
    again(evaluation, tmp_path, ("a.txt", b"2"), ("c.txt", b"2"))
    assert set(contents(tmp_path)) == {"a.txt", "c.txt", MANIFEST}
    assert [it.name for it in tmp_path.iterdir() if it.is_dir()] == []


def test_files_that_were_never_ours_are_left_alone(evaluation: Evaluation, tmp_path: Path) -> None:
    again(evaluation, tmp_path, ("a.txt", b"1"))
    (tmp_path / "notes.txt").write_text("mine", "utf-8")
    again(evaluation, tmp_path, ("a.txt", b"2"))
    assert (tmp_path / "notes.txt").read_text("utf-8") == "mine"
    with pytest.raises(FolderError, match="files there would be lost") as refusal:
        again(evaluation, tmp_path, ("notes.txt", b"3"))
    assert [(it.code, it.place) for it in refusal.value.findings] == [("file_not_ours", "notes.txt")]


def test_a_file_changed_since_is_not_overwritten(evaluation: Evaluation, tmp_path: Path) -> None:
    again(evaluation, tmp_path, ("a.txt", b"1"))
    (tmp_path / "a.txt").write_text("signed", "utf-8")
    with pytest.raises(FolderError) as refusal:
        again(evaluation, tmp_path, ("b.txt", b"2"))
    assert [(it.code, it.place) for it in refusal.value.findings] == [("file_changed", "a.txt")]
    assert set(contents(tmp_path)) == {"a.txt", MANIFEST}


def test_a_folder_with_anything_else_in_it_is_refused(evaluation: Evaluation, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", "utf-8")
    with pytest.raises(FolderError, match="not a decision pack"):
        again(evaluation, tmp_path, ("a.txt", b"1"))
    assert set(contents(tmp_path)) == {"thesis.txt"}
    with pytest.raises(FolderError, match="is a file"):
        again(evaluation, tmp_path / "thesis.txt", ("a.txt", b"1"))


@pytest.mark.parametrize("name", ["../a.txt", "/etc/a.txt", "b/../../a.txt", "manifest.json", "", "b\\a.txt"])
def test_a_manifest_that_leads_out_of_its_folder_is_none_of_ours(tmp_path: Path, name: str) -> None:
    held = {"format": "decision-pack/1", "files": {"x.txt": "0", name: "0"}}
    (tmp_path / MANIFEST).write_text(json.dumps(held), "utf-8")
    assert read_manifest(tmp_path) is None


@pytest.mark.parametrize("text", ["", "[]", "{", '{"format": "decision-pack/1", "files": 3}', '{"format": "x"}'])
def test_a_manifest_of_another_kind_is_none_of_ours(tmp_path: Path, text: str) -> None:
    (tmp_path / MANIFEST).write_text(text, "utf-8")
    assert read_manifest(tmp_path) is None


def test_links_are_never_followed_out_of_the_folder(evaluation: Evaluation, tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "pack", tmp_path / "elsewhere"
    again(evaluation, folder, ("in/a.txt", b"1"))
    elsewhere.mkdir()
    (elsewhere / "a.txt").write_bytes(b"1")
    (folder / "in" / "a.txt").unlink()
    (folder / "in").rmdir()
    (folder / "in").symlink_to(elsewhere)
    with pytest.raises(FolderError, match="would be lost"):
        again(evaluation, folder, ("in/a.txt", b"2"))
    assert (elsewhere / "a.txt").read_bytes() == b"1"


@pytest.mark.parametrize("stop_at", range(4))
def test_a_stop_half_way_leaves_a_folder_that_the_next_run_completes(
    evaluation: Evaluation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop_at: int
) -> None:
    """The write of the manifests, then each file's move, fails in turn, as when the power goes."""
    again(evaluation, tmp_path, ("a.txt", b"1"), ("b.txt", b"1"))
    moves = iter(range(10))

    def failing(act: Callable[..., Path]) -> Callable[..., Path]:
        def move(*given: Path) -> Path:
            if next(moves) == stop_at:
                raise OSError(28, "No space left on device")
            return act(*given)

        return move

    with monkeypatch.context() as patch:
        patch.setattr(folders.Path, "replace", failing(Path.replace))
        with pytest.raises(OSError, match="No space"):
            again(evaluation, tmp_path, ("a.txt", b"2"), ("b.txt", b"2"))
    assert {data for name, data in contents(tmp_path).items() if name != MANIFEST} <= {b"1", b"2"}
    again(evaluation, tmp_path, ("a.txt", b"3"), ("b.txt", b"3"))
    assert {name: data for name, data in contents(tmp_path).items() if name != MANIFEST} == {
        "a.txt": b"3",
        "b.txt": b"3",
    }
    assert [it.name for it in tmp_path.iterdir() if it.name.startswith(".")] == []


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a.txt", b"one")
    write_atomically(tmp_path / "a.txt", b"two")
    assert contents(tmp_path) == {"a.txt": b"two"}
    with pytest.raises(FolderError, match="not an ordinary file"):
        write_atomically(tmp_path, b"three")
