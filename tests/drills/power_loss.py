"""Power cuts, replayed: what the disk may hold at any moment, by what a program asked of it as strace saw.

A disk keeps what was flushed; of the rest any part may be there. A file's flush keeps its bytes and its own creation;
only its folder's flush keeps a rename. From the log of one run come as many images of the disk as one likes.
"""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

CALLS = "openat,close,pwrite64,write,lseek,ftruncate,fsync,fdatasync,rename,unlink,mkdir"
_LINE = re.compile(r"(?:\[pid\s+\d+\] |\d+ +)?(\w+)\((.*)\)\s+= (-?\d+)")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


@dataclass(frozen=True)
class Op:
    """Asked of the disk: ``make``, ``make folder``, ``write``, ``cut``, ``move``, ``remove``, ``flush``, ``told``."""

    kind: str
    path: str
    data: bytes = b""
    at: int = 0
    to: str = ""


def traced(command: list[str], log: Path) -> list[Op] | None:
    """Run a command under strace and return what it asked of the disk; None where that cannot be watched here."""
    if shutil.which("strace") is None:
        return None
    asked = ["strace", "-f", "-xx", "-s", "2000000", "-e", f"trace={CALLS}", "-o", str(log), *command]
    ran = subprocess.run(asked, capture_output=True, text=True)
    if "ptrace" in ran.stderr and ran.returncode:
        return None
    assert ran.returncode == 0, ran.stderr
    return list(read(log.read_text("ascii", "replace").splitlines()))


def read(lines: Iterable[str]) -> Iterator[Op]:
    """Turn lines of strace into operations."""
    names: dict[int, str] = {1: "stdout"}
    places: dict[int, int] = {}
    for line in lines:
        found = _LINE.match(line)
        if not found or int(found[3]) < 0:
            continue
        call, given, result = found[1], found[2], int(found[3])
        texts = [bytes.fromhex(text.replace("\\x", "")) for text in _TEXT.findall(given)]
        first = given.split(",")[0]
        number = int(first) if first.lstrip("-").isdigit() else -1
        name = names.get(number, "")
        if call == "openat":
            names[result], places[result] = texts[0].decode(), 0
            if "O_CREAT" in given:
                yield Op("make", texts[0].decode())
        elif call == "write" and name == "stdout":
            yield from (Op("told", told) for told in texts[0].decode().split())
        elif call == "write":
            yield Op("write", name, texts[0][:result], places[number])
            places[number] += result
        elif call == "pwrite64":
            yield Op("write", name, texts[0][:result], int(given.rsplit(",", 1)[1]))
        elif call == "lseek":
            places[number] = result
        elif call == "ftruncate":
            yield Op("cut", name, at=int(given.split(",")[1]))
        elif call in {"fsync", "fdatasync"}:
            yield Op("flush", name)
        elif call == "rename":
            yield Op("move", texts[0].decode(), to=texts[1].decode())
        elif call in {"unlink", "mkdir"}:
            yield Op("remove" if call == "unlink" else "make folder", texts[0].decode())


@dataclass
class File:
    """A file: the bytes that are on the disk for good, and what was asked since."""

    kept: bytes = b""
    waiting: list[Op] = field(default_factory=list)


@dataclass
class Disk:
    """What a disk holds for good, and what it was asked to do since, in order."""

    files: dict[str, File]
    names: dict[str, File] = field(default_factory=dict)  # as programs see them
    moves: list[Op] = field(default_factory=list)  # of names, waiting for their folder's flush
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.names = dict(self.files)

    def do(self, op: Op) -> None:
        """Take one operation."""
        if op.kind == "told":
            self.told.append(op.path)
        elif op.kind == "make":
            self.names.setdefault(op.path, File())
        elif op.kind in {"write", "cut"} and op.path in self.names:
            self.names[op.path].waiting.append(op)
        elif op.kind == "move":
            self.names[op.to] = self.names.pop(op.path)
            self.moves.append(op)
        elif op.kind == "remove" and op.path in self.names:
            del self.names[op.path]
            self.moves.append(op)
        elif op.kind == "flush":
            self._flush(op.path)

    def _flush(self, path: str) -> None:
        if file := self.names.get(path):
            file.kept, file.waiting = applied(file.kept, file.waiting), []
            self.files.setdefault(path, file)
            return
        mine = [op for op in self.moves if str(Path(op.to or op.path).parent) == path]
        for op in mine:
            self._settle(self.files, op)
        self.moves = [op for op in self.moves if op not in mine]

    @staticmethod
    def _settle(files: dict[str, File], op: Op) -> None:
        file = files.pop(op.path, None)
        if op.kind == "move" and file is not None:
            files[op.to] = file

    def image(self, draw: random.Random) -> dict[str, bytes]:
        """Return what may be on the disk after a power cut at this moment."""
        files = dict(self.files)
        for op in self.moves[: draw.randint(0, len(self.moves))]:
            self._settle(files, op)
        return {path: applied(file.kept, some(file.waiting, draw)) for path, file in files.items()}


def some(waiting: list[Op], draw: random.Random) -> list[Op]:
    """Choose what of the waiting writes reached the disk: none, all, some, or one of them torn."""
    how = draw.choice(["none", "all", "some", "torn"])
    if how == "all":
        return waiting
    if how == "none" or not waiting:
        return []
    kept = [op for op in waiting if draw.random() < 0.5]
    if how == "torn" and kept and kept[-1].data:
        last = kept[-1]
        kept[-1] = Op("write", last.path, last.data[: draw.randint(0, len(last.data))], last.at)
    return kept


def applied(data: bytes, ops: Iterable[Op]) -> bytes:
    """Apply writes and cuts to the bytes of a file."""
    made = bytearray(data)
    for op in ops:
        if op.kind == "cut":
            del made[op.at :]
            made.extend(bytes(op.at - len(made)))
        else:
            made.extend(bytes(max(0, op.at - len(made))))
            made[op.at : op.at + len(op.data)] = op.data
    return bytes(made)


def python(program: str, *words: str) -> list[str]:
    """Return the command that runs a program text."""
    return [sys.executable, "-c", program, *words]
