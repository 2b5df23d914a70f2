"""A printing process of its own: jobs come in on standard input, PDFs go out on standard output, one after another.

It imports nothing but the printer, so that it stays small, and is confined: a monstrous document fails alone. Started
by :class:`PrinterProcess` as ``python -m exports.pdf_worker``; messages are a length of eight bytes and a pickle.
"""

from __future__ import annotations

import gc
import os
import pickle
import resource
import signal
import struct
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO

from exports.pdf import Attached, PdfError, from_html

MEMORY = 1 << 30  # bytes of address space
LIFE = 25  # documents
SECONDS = 120  # of processor time for one document: the largest report of a real tender takes a few
_LENGTH = struct.Struct(">Q")
_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Job:
    """One document to print: the arguments of :func:`exports.pdf.from_html`."""

    html: str
    css: str
    attachments: tuple[Attached, ...]
    created: date

    def run(self, *, lean: bool = False) -> bytes:
        """Print it in this process."""
        return from_html(self.html, css=self.css, attachments=self.attachments, created=self.created, lean=lean)


class PrinterProcess:
    """A worker process that prints one job at a time; a fresh one takes over after ``LIFE`` documents.

    Pango and the heap keep a little of every document, so that only a bounded life bounds the memory.
    """

    def __init__(self) -> None:
        self._printed = 0
        self._peak = 0
        self._process = _started()

    def run(self, job: Job) -> bytes:
        """Print a job; PdfError when it fails there, or when the process has ended."""
        if self._printed == LIFE:
            self.close()
            self._process, self._printed = _started(), 0
        self._printed += 1
        out, back = self._process.stdin, self._process.stdout
        if out is None or back is None:
            raise PdfError("The printing process has no way to be spoken to")
        try:
            _send(out, job)
            answer = _receive(back)
        except (BrokenPipeError, EOFError) as error:
            self.close()
            self._process, self._printed = _started(), 0
            raise PdfError("The printing process ended before the document was printed") from error
        if isinstance(answer, bytes):
            return answer
        raise PdfError(f"The document could not be printed: {answer}")

    def peak(self) -> int:
        """Return the greatest resident bytes of any of its processes so far; 0 where the system does not tell."""
        status = Path(f"/proc/{self._process.pid}/status")
        lines = status.read_text().splitlines() if status.exists() else []
        found = [int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")]
        self._peak = max(self._peak, *found, 0)
        return self._peak

    def close(self) -> None:
        """End the process and wait for it."""
        self.peak()
        for stream in (self._process.stdin, self._process.stdout):
            with suppress(BrokenPipeError):  # it has gone already
                if stream is not None:
                    stream.close()
        self._process.wait()


def _started() -> subprocess.Popen[bytes]:
    path = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")]))
    return subprocess.Popen(
        [sys.executable, "-m", "exports.pdf_worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path},
    )


def serve(jobs: IO[bytes], results: IO[bytes]) -> None:
    """Print jobs until there are none; a failure is answered with its sentence."""
    while True:
        try:
            job = _receive(jobs)
        except EOFError:
            return
        _send(results, _answer(job))


def _answer(job: object) -> object:
    """Print a job within its time; what goes wrong is a sentence."""
    signal.signal(signal.SIGPROF, _out_of_time)
    signal.setitimer(signal.ITIMER_PROF, SECONDS, 1)  # again each second: a callback may swallow the first
    try:
        return job.run(lean=True) if isinstance(job, Job) else "this is not a printing job"
    except TimeoutError:
        return f"it takes longer than {SECONDS} seconds; shorten its longest texts"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _out_of_time(*_: object) -> None:
    raise TimeoutError


def _send(stream: IO[bytes], message: object) -> None:
    data = pickle.dumps(message)
    stream.write(_LENGTH.pack(len(data)) + data)
    stream.flush()


def _receive(stream: IO[bytes]) -> object:
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (size,) = _LENGTH.unpack(head)
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return pickle.loads(data)


def main() -> None:
    """Confine this process and serve it from standard input; nothing else may write to standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    results = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    gc.freeze()
    from exports import pdf_worker  # jobs are pickled by the module's real name, not as __main__

    pdf_worker.serve(sys.stdin.buffer, results)


if __name__ == "__main__":
    main()
