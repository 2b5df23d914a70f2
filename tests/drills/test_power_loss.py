"""A power cut at any moment leaves no bid acknowledged and lost, and no row without its file (goals G3, T58, T59)."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from tests.drills.power_loss import Disk, File, Op, python, traced
from tests.workbench import databases
from workbench.engine import engine_options, prepare
from workbench.store import Store, StoreError

PROGRAM = """
import io, os, sys
from pathlib import Path
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool
from workbench.engine import engine_options, prepare
from workbench.db import WRITE
from workbench.sealing.age import new_identity
from workbench.store import Store
url, root = sys.argv[1:3]
engine = prepare(create_engine(url, **engine_options(url))).execution_options(**{WRITE: True})
store, key = Store(Path(root)), new_identity()[1]
for number in range(14):
    stored = store.seal(io.BytesIO(os.urandom(3000)), key)
    with engine.begin() as connection:
        row = {"name": str(number), "head": stored.sealed_sha256}
        connection.execute(text("INSERT INTO chains (name, length, head) VALUES (:name, 0, :head)"), row)
    os.write(1, f"{stored.sealed_sha256}\\n".encode())
"""
IMAGES = 500


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes, list[Op]]:
    """A run of the program: its folder, the database it began with, and what it asked of the disk."""
    folder = tmp_path_factory.mktemp("power")
    url = databases.sqlite_url(folder)
    before = (folder / "workbench.sqlite").read_bytes()
    (folder / "store").mkdir()
    ops = traced(python(PROGRAM, url, str(folder / "store")), folder / "strace.log")
    if ops is None:
        pytest.skip("needs strace and the right to use it")
    return folder, before, [op for op in ops if not op.path.endswith("-shm")]


def faults(run: tuple[Path, bytes, list[Op]], ops: list[Op], place: Path, images: int) -> int:
    """Cut the power at many moments and count the images in which something acknowledged is missing or damaged."""
    folder, before, _ = run
    draw, found = random.Random(7), 0
    cuts = sorted(draw.randrange(len(ops)) for _ in range(images))
    disk, done = Disk({str(folder / "workbench.sqlite"): File(before)}), 0
    for cut in cuts:
        for op in ops[done:cut]:
            disk.do(op)
        done = cut
        found += is_faulty(folder, disk.image(draw), disk.told, place)
    return found


def is_faulty(folder: Path, image: dict[str, bytes], told: list[str], place: Path) -> bool:
    """Put an image in place, open it, and compare it with what was acknowledged."""
    shutil.rmtree(place, ignore_errors=True)
    for path, data in image.items():
        if path.startswith(str(folder)):
            target = place / Path(path).relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
    url = f"sqlite:///{place / 'workbench.sqlite'}"
    engine = prepare(create_engine(url, poolclass=NullPool, **engine_options(url)))
    with engine.connect() as connection:
        sound = connection.scalar(text("PRAGMA integrity_check")) == "ok"
        rows = set(connection.scalars(text("SELECT head FROM chains")))
    return not sound or not set(told) <= rows or any(is_lost(Store(place / "store"), row) for row in rows)


def is_lost(store: Store, digest: str) -> bool:
    """Say whether a file is missing or not what it was."""
    try:
        store.read(digest)
    except StoreError:
        return True
    return False


@pytest.mark.slow
def test_a_power_cut_loses_nothing_acknowledged_and_leaves_no_row_without_its_file(
    run: tuple[Path, bytes, list[Op]], tmp_path: Path
) -> None:
    ops = run[2]
    assert len([op for op in ops if op.kind == "told"]) == 14
    assert faults(run, ops, tmp_path / "image", IMAGES) == 0


@pytest.mark.slow
@pytest.mark.parametrize("forgotten", ["folders", "files", "database"])
def test_a_program_that_forgot_one_kind_of_flush_would_be_caught(
    run: tuple[Path, bytes, list[Op]], tmp_path: Path, forgotten: str
) -> None:
    folder, _, ops = run
    store = str(folder / "store")

    def kind(op: Op) -> str:
        if op.path.startswith(store):
            return "files" if "unfinished/" in op.path else "folders"
        return "database"

    careless = [op for op in ops if op.kind != "flush" or kind(op) != forgotten]
    assert len(careless) < len(ops)
    assert faults(run, careless, tmp_path / "image", 100) > 0
