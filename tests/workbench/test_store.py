"""The store of sealed files: nothing half written is ever in its place, and what is there is checked when read."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from workbench import store as module
from workbench.sealing import age
from workbench.sealing.age import TooLong
from workbench.store import Store, StoreError

DATA = b"%PDF-1.7 a secret document " * 40_000
SECRET, RECIPIENT = age.new_identity()
NOW = datetime.fromtimestamp(time.time(), UTC)


def files(root: Path) -> list[str]:
    """Name everything that lies in the store."""
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_a_file_lies_sealed_under_its_digest(tmp_path: Path) -> None:
    store = Store(tmp_path)
    stored = store.seal(io.BytesIO(DATA), RECIPIENT)
    assert files(tmp_path) == [f"{stored.sealed_sha256[:2]}/{stored.sealed_sha256}"]
    assert (stored.size, stored.sha256) == (len(DATA), sha256(DATA).hexdigest())
    sealed = store.read(stored.sealed_sha256)
    assert len(sealed) == stored.sealed_size
    assert age.unseal(sealed, SECRET)[: stored.size] == DATA
    assert b"secret document" not in sealed


def test_what_is_sealed_already_is_kept_as_it_is(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert store.keep(b"sealed") == store.keep(b"sealed") == sha256(b"sealed").hexdigest()
    assert store.read(sha256(b"sealed").hexdigest()) == b"sealed"
    assert list(store.digests()) == [sha256(b"sealed").hexdigest()]


def test_a_file_that_is_too_long_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(TooLong):
        Store(tmp_path).seal(io.BytesIO(DATA), RECIPIENT, most=1000)
    assert files(tmp_path) == []


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "/.."])
def test_nothing_but_a_digest_names_a_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(StoreError, match="is its digest"):
        Store(tmp_path).read(name)


def test_a_changed_or_missing_file_is_told_when_it_is_read_and_by_a_scrub(tmp_path: Path) -> None:
    store = Store(tmp_path)
    digest, other, gone = store.keep(b"one" * 100), store.keep(b"two"), "0" * 64
    store.path(digest).write_bytes(b"onf" * 100)
    with pytest.raises(StoreError, match="was changed on disk"):
        store.read(digest)
    with pytest.raises(StoreError, match="is not in the store"):
        store.read(gone)
    found = [(it.code, it.place) for it in store.scrub([digest, other, gone])]
    assert found == [("file_changed", digest), ("file_missing", gone)]


def test_every_flipped_bit_is_found_by_a_scrub(tmp_path: Path) -> None:
    store, data = Store(tmp_path), os.urandom(500)
    digest = store.keep(data)
    for at in range(500):
        store.path(digest).write_bytes(data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1 :])
        assert [it.code for it in store.scrub([digest])] == ["file_changed"]


def test_only_what_was_never_finished_and_is_a_day_old_is_swept_away(tmp_path: Path) -> None:
    store = Store(tmp_path)
    digest = store.keep(b"kept")
    old, young = tmp_path / "unfinished" / "old", tmp_path / "unfinished" / "young"
    for path in (old, young):
        path.write_bytes(b"half")
    long_ago = (NOW - timedelta(hours=25)).timestamp()
    for path in (old, store.path(digest)):
        os.utime(path, (long_ago, long_ago))
    assert store.sweep(NOW) == 1
    assert files(tmp_path) == [f"{digest[:2]}/{digest}", "unfinished/young"]


# --- what happens in which order ----------------------------------------------------------------------------


def watched(monkeypatch: pytest.MonkeyPatch, fail_at: int | None = None) -> list[str]:
    """Note every flush and rename the store makes, and have the n-th of them fail."""
    steps: list[str] = []
    fsync, replace = os.fsync, os.replace

    def noted(step: str, act: Callable[[], None]) -> None:
        steps.append(step)
        if fail_at == len(steps) - 1:
            raise OSError(28, "No space left on device")
        act()

    def flushed(descriptor: int) -> None:
        name = Path(os.readlink(f"/proc/self/fd/{descriptor}"))
        noted("flush folder" if name.is_dir() else "flush file", lambda: fsync(descriptor))

    monkeypatch.setattr(module.os, "fsync", flushed)
    monkeypatch.setattr(module.os, "replace", lambda one, two: noted("rename", lambda: replace(one, two)))
    return steps


def test_the_file_is_flushed_before_it_is_renamed_and_its_folder_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    store.keep(b"first")
    (store.root / sha256(b"second").hexdigest()[:2]).mkdir(exist_ok=True)
    steps = watched(monkeypatch)
    store.keep(b"second")
    assert steps == ["flush file", "rename", "flush folder"]


@pytest.mark.parametrize("fail_at", range(7))
def test_a_fault_at_any_step_is_told_and_leaves_no_half_file_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fail_at: int
) -> None:
    steps = watched(monkeypatch, fail_at)
    store = Store(tmp_path / "store")
    with pytest.raises(OSError, match="No space left"):
        store.seal(io.BytesIO(DATA), RECIPIENT)
    assert len(steps) == fail_at + 1
    monkeypatch.undo()
    assert [store.read(digest)[:3] for digest in store.digests()] in ([], [b"age"])  # whole, or not there
    assert not list((store.root / "unfinished").glob("*"))
