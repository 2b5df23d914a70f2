"""``workbench tender-file``: the schema of the file everything is recomputed from, and the check of one."""

from __future__ import annotations

from pathlib import Path

import click

from lots.errors import Finding, errors_in
from lots.words import counted
from workbench.commands.common import FILE, REFUSED, Command, json_option, path_text, read_bytes
from workbench.output import emit, findings_data, print_findings, say


@click.group("tender-file")
def tender_file() -> None:
    """The tender file: one procurement as one JSON document."""


@tender_file.command("schema", cls=Command)
@json_option
def schema(as_json: bool) -> None:
    """Print the JSON Schema of tender-file/1 (it is JSON with and without --json)."""
    from exports.codec.schema import schema as made

    emit(made())


@tender_file.command("check", cls=Command)
@click.argument("file", type=FILE)
@click.option("--write", "target", type=FILE, metavar="PATH", help="Write the file in its one canonical form there.")
@json_option
def check(file: Path, target: Path | None, as_json: bool) -> None:
    """Check FILE: its form, then what it says; every problem with its place.

    Exit status 1 when there is an error; warnings and notes stop nothing. A file that is not in canonical form (its
    one way to be written) is just as good, but its digest differs from that of the same content written canonically.
    """
    from exports import tender_file as files

    data = read_bytes(file)
    value, findings = files.check(data)
    canonical = value is not None and files.canonical(data)
    errors = errors_in(findings)
    written = target is not None and value is not None and not errors
    if written and target is not None and value is not None:
        from workbench.services.folders import write_atomically

        write_atomically(target, files.write(value))
    if as_json:
        emit({
            "valid": not errors,
            "canonical": canonical,
            "written": path_text(target) if written else None,
            "findings": findings_data(findings),
        })  # fmt: skip
    else:
        show(file, findings, canonical=canonical)
        if target is not None:
            not_written = f"“{path_text(target)}” was not written, because of the errors above."
            say(f"Written in canonical form to {path_text(target)}." if written else not_written)
    if errors:
        raise click.exceptions.Exit(REFUSED)


def show(file: Path, findings: tuple[Finding, ...], *, canonical: bool) -> None:
    """Print what was found, one line each, and the verdict."""
    print_findings(findings)
    counts = {grave: sum(it.severity == grave for it in findings) for grave in ("error", "warning", "note")}
    said = ", ".join(counted(count, grave) for grave, count in counts.items())
    say(f"{path_text(file)}: {said}.")
    if counts["error"] == 0:
        form = "It is in canonical form." if canonical else "It is not in canonical form; --write PATH writes that."
        say(f"The file can be used. {form}")
