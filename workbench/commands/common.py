"""What every command shares: the ``--json`` switch, refusals as sentences with their exit status, and reading files.

Exit status: 0 fine, 1 refused with findings, 2 bad usage.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterable
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from lots.errors import Finding, ProcurementError, errors_in
from workbench.output import emit, findings_data, print_findings, printable, say

if TYPE_CHECKING:
    from scoring.tender_file import TenderFile

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
REFUSED = 1
_LARGEST = 250_000_000  # bytes: above what the tender file's reader takes, below what would exhaust a machine
_BECAUSE = {
    errno.ENOENT: "there is no such file or folder: check the name and the folder you are in",
    errno.EACCES: "permission is denied: ask for the right to use it, or choose another place",
    errno.EPERM: "permission is denied: ask for the right to use it, or choose another place",
    errno.EISDIR: "this is a folder: name a file",
    errno.ENOTDIR: "a part of the path is a file and not a folder: check the path",
    errno.ENAMETOOLONG: "the name is too long for this system",
    errno.ELOOP: "symbolic links lead round in a circle",
    errno.ENOSPC: "the disk is full: make room and try again",
    errno.EROFS: "the disk can only be read: choose another place",
    errno.EDQUOT: "your disk quota is used up: make room and try again",
}


class FileError(ProcurementError):
    """A file that cannot be read or written, with the reason in words."""


class FileRefused(ProcurementError):  # noqa: N818 - it names a state, not a slip
    """A tender file with errors in it; the findings say where each is."""


class Command(click.Command):
    """A command whose refusals become sentences on standard error, or findings in JSON, and exit status 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a ProcurementError or a file that cannot be used never shows as a traceback."""
        try:
            return super().invoke(ctx)
        except ProcurementError as refusal:
            refuse(refusal, as_json=bool(ctx.params.get("as_json")))
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise
            refuse(file_error(error), as_json=bool(ctx.params.get("as_json")))
        raise click.exceptions.Exit(REFUSED)


def json_option(function: Decorated) -> Decorated:
    """Add ``--json``, passed on as ``as_json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for programs instead of text.")(function)


def refuse(refusal: ProcurementError, *, as_json: bool) -> None:
    """Print a refusal: its findings (or its own sentence as the only one) in JSON, else the sentence, then findings."""
    said = str(refusal)
    findings = refusal.findings or (Finding(code_of(refusal), said),)
    if as_json:
        emit({"refused": printable(said), "findings": findings_data(findings)})
        return
    if lead := _lead(said, findings):
        say(lead, err=True)
    print_findings(findings, err=True)


def _lead(said: str, findings: Iterable[Finding]) -> str:
    """Return what a refusal says before it repeats its findings, which are printed below it."""
    for finding in findings:
        starts = [at for text in (str(finding), finding.message) if (at := said.find(text)) >= 0]
        said = said[: min(starts)] if starts else said
    lead = said.rstrip(" ;:,")
    return f"{lead}:" if lead and not lead.endswith(".") else lead


def code_of(refusal: ProcurementError) -> str:
    """Name a refusal without findings of its own after its class: ``CalendarError`` becomes ``calendar_error``."""
    name = type(refusal).__name__
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


def path_text(path: str | bytes | os.PathLike[str] | None) -> str:
    """Write a path for people, whatever bytes its name is made of."""
    return "" if path is None else printable(os.fsencode(path).decode("utf-8", "replace"))


def file_error(error: OSError, path: str | Path | None = None) -> FileError:
    """Turn what the system says about a file into a sentence that says how to mend it."""
    named = path_text(path if path is not None else error.filename)
    because = _BECAUSE.get(error.errno or 0, error.strerror or "it cannot be used")
    message = f"“{named}” cannot be used: {because}" if named else f"A file cannot be used: {because}"
    return FileError(message, [Finding("file_unusable", message, named)])


def read_bytes(path: Path) -> bytes:
    """Read a file of at most 250 MB; FileError says why it cannot be read."""
    try:
        with path.open("rb") as file:
            if stat.S_ISDIR(os.fstat(file.fileno()).st_mode):
                raise IsADirectoryError(errno.EISDIR, "", str(path))
            data = file.read(_LARGEST + 1)
    except (OSError, ValueError) as error:
        raise file_error(error if isinstance(error, OSError) else OSError(0, str(error)), path) from error
    if len(data) > _LARGEST:
        message = f"“{path_text(path)}” has more than {_LARGEST:,} bytes: no file of the workbench is as large"
        raise FileError(message, [Finding("file_too_large", message, path_text(path))])
    return data


def load(path: Path, *, whole: bool = True) -> tuple[TenderFile, tuple[Finding, ...]]:
    """Read a tender file and return it with its warnings and notes; FileRefused when anything in it is an error.

    ``whole`` asks for everything to be consistent; without it only the form of the file must be right, as for a
    tenderer who checks a split before there are any scores.
    """
    from exports import tender_file

    data = read_bytes(path)
    value, findings = tender_file.check(data) if whole else tender_file.read(data)
    wrong = errors_in(findings)
    if value is None or wrong:
        count = f"{len(wrong)} errors" if len(wrong) > 1 else "an error"
        raise FileRefused(f"“{path_text(path)}” has {count} in it; mend what is listed below", findings)
    return value, findings


def known(what: str, wanted: str, there: Iterable[str]) -> str:
    """Return ``wanted`` if it is among those there are, else stop with bad usage and name them."""
    names = list(there)
    if wanted not in names:
        raise click.UsageError(f"There is no {what} “{printable(wanted)}”; there are: {', '.join(names) or 'none'}.")
    return wanted


class Day(click.ParamType):
    """A date as ``2026-07-06``; other ways of writing it mean different days to different people."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read a date; bad usage where it is not one."""
        if isinstance(value, date):
            return value
        try:
            return datetime.strptime(value, "%Y-%m-%d").date() if len(value) == 10 else date.fromisoformat("")
        except ValueError:
            said = printable(value[:40])
            raise click.BadParameter(f"“{said}” is not a date: write it as YYYY-MM-DD, such as 2026-07-06.") from None


class Percent(click.ParamType):
    """A percentage from 0 to 100 as a plain decimal, read exactly."""

    name = "N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Fraction:
        """Read a percentage; bad usage where it is none."""
        from scoring.figures import NumberError, exact

        if isinstance(value, Fraction):
            return value
        try:
            percent = exact(value)
        except NumberError as error:
            raise click.BadParameter(f"{printable(str(error))}.") from None
        if not 0 <= percent <= 100:
            raise click.BadParameter(f"{value} is no percentage: write 0 to 100.")
        return percent


def vat_option(function: Decorated) -> Decorated:
    """Add ``--vat-percent``, passed on as an exact ``vat_percent`` or None."""
    said = "The VAT rate, to compare amounts with a threshold on another basis."
    return click.option("--vat-percent", type=Percent(), help=said)(function)


FILE = click.Path(path_type=Path)
