"""``workbench export-ocds`` and ``import-ocds``: a tender as open contracting data, and one taken over from it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lots.errors import Finding, ProcurementError, errors_in
from lots.words import counted
from workbench.commands.common import (
    FILE,
    Command,
    Day,
    FileRefused,
    json_option,
    known,
    load,
    path_text,
    read_bytes,
)
from workbench.output import emit, findings_data, heading, print_findings, print_table, printable, say

if TYPE_CHECKING:
    from exports.ocds.importing import Takeover
    from scoring.tender_file import TenderFile

PLACEHOLDER = "ocds-000000-"
BUILDS = ("public", "restricted")
_UNREGISTERED = Finding(
    "ocid_unregistered",
    "The release has an identifier without a registered prefix: give the one of your publication with --ocid before "
    "anybody else uses the file",
    "ocid",
    "warning",
)


class NoAward(ProcurementError):  # noqa: N818 - it names a state, not a slip
    """A file whose award cannot be exported because nothing was decided yet."""


class Signature(click.ParamType):
    """A lot and the day its contract was signed: ``adult=2024-10-14``."""

    name = "LOT=YYYY-MM-DD"

    def convert(
        self, value: str | tuple[str, date], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, date]:
        """Read both; bad usage where one is missing or no date."""
        if isinstance(value, tuple):
            return value
        lot, _, day = value.rpartition("=")
        return lot.strip(), Day().convert(day.strip(), param, ctx)


@click.command("export-ocds", cls=Command)
@click.argument("file", type=FILE)
@click.option("--ocid", default="", help="The identifier of the procedure; without it, a placeholder.")
@click.option("--published", type=Day(), help="The day of publication; without it, the day the file says it commenced.")
@click.option("--award", type=click.Choice(BUILDS), help="Add the award: what is published of it, or all there is.")
@click.option("--signed", type=Signature(), multiple=True, help="The day the contract of a lot was signed; repeat it.")
@click.option("--out", "target", type=FILE, metavar="PATH", help="Write the release package there.")
@json_option
def export_ocds(
    file: Path,
    ocid: str,
    published: date | None,
    award: str | None,
    signed: tuple[tuple[str, date], ...],
    target: Path | None,
    as_json: bool,
) -> None:
    """Write the tender in FILE as an OCDS release package.

    Only what is published is in it: the tender, its rules, and the questions with their answers. --award adds a release
    about the award: the public build names the successful tenderers and what outward documents say of them; the
    restricted build holds every bid, score, reason and interest. Without --out the package itself is printed, with
    --json as well.
    """
    value, findings = load(file)
    if signed and award is None:
        raise click.UsageError("--signed goes with --award.")
    for lot, _ in signed:
        known("lot", lot, (each.id for each in value.tender.contract_lots))
    data = _package(value, ocid.strip(), published or value.tender.commenced_on, award or "", dict(signed))
    notes = () if ocid.strip() else (_UNREGISTERED,)
    if target is None:
        click.echo(data, nl=False)
        print_findings(notes, err=True)
        return
    from workbench.services.folders import write_atomically

    write_atomically(target, data)
    if as_json:
        emit({
            "written": path_text(target),
            "ocid": ocid.strip() or _placeholder(value),
            "bytes": len(data),
            "findings": findings_data((*findings, *notes)),
        })  # fmt: skip
        return
    print_findings(notes)
    say(f"The release package of {value.tender.reference} is in {path_text(target)}, {len(data):,} bytes.")


def _package(file: TenderFile, ocid: str, published: date, award: str, signed: Mapping[str, date]) -> bytes:
    from exports.ocds.awards import AWARD_EXTENSIONS
    from exports.ocds.numbers import to_json
    from exports.ocds.release import EXTENSIONS, release_package, tender_release
    from exports.rule_changes import rule_set_digest
    from lots.calendar import LONDON

    ocid = ocid or _placeholder(file)
    at = datetime.combine(published, time(0), LONDON).astimezone(UTC)
    release = tender_release(
        file,
        ocid=ocid,
        published_at=at,
        rule_set_digest=rule_set_digest(file),
        questions=file.tender.clarifications,
    )
    releases = [release, _award(file, ocid, at, award == "restricted", signed)] if award else [release]
    extensions = AWARD_EXTENSIONS if award else EXTENSIONS
    uri, publisher = f"urn:ocds:{ocid}", file.tender.buyer.name
    return to_json(release_package(releases, uri=uri, published_at=at, publisher=publisher, extensions=extensions))


def _award(
    file: TenderFile, ocid: str, at: datetime, restricted: bool, signed: Mapping[str, date]
) -> dict[str, object]:
    """Make the release about the award; NoAward where the file holds no dated decision."""
    from exports.ocds.awards import AwardFacts, award_release, released_on
    from scoring.recommendation import evaluate

    evaluation = evaluate(file)
    released = released_on(evaluation)
    if released is None:
        message = "There is no award to export: the file holds no decision with a day on which it was made or sent"
        raise NoAward(message, [Finding("no_award", message, "award")])
    facts = AwardFacts(ocid, at, released.astimezone(UTC), signed=signed, questions=file.tender.clarifications)
    return award_release(evaluation, facts, restricted=restricted)


def _placeholder(file: TenderFile) -> str:
    from exports.names import safe

    return f"{PLACEHOLDER}{safe(file.tender.reference) or 'tender'}"


@click.command("import-ocds", cls=Command)
@click.argument("file", type=FILE)
@click.option("--out", "target", type=FILE, metavar="PATH", help="Write the beginning of a tender file there.")
@json_option
def import_ocds(file: Path, target: Path | None, as_json: bool) -> None:
    """Take a tender over from the OCDS release, release package or record package in FILE.

    Every field is listed: where it went, or why it was not taken. What is written is the beginning of a tender file:
    nothing is made up, and ``tender-file check`` names what is still missing.
    """
    from exports.ocds.importing import take_over

    found = take_over(read_bytes(file))
    if found.file is None or errors_in(found.findings):
        raise FileRefused(f"“{path_text(file)}” cannot be taken over", found.findings)
    missing = _missing(found)
    if target is not None:
        from workbench.services.folders import write_atomically

        write_atomically(target, _written(found))
    if as_json:
        emit({
            "written": path_text(target) if target else None,
            "file": found.file,
            "taken": [vars(each) for each in found.taken],
            "not_taken": [vars(each) for each in found.not_taken],
            "findings": findings_data((*found.findings, *missing)),
        })  # fmt: skip
        return
    _show(found, missing)
    if target is not None:
        say(f"The beginning of a tender file is in {path_text(target)}.")


def _written(found: Takeover) -> bytes:
    return (json.dumps(found.file, ensure_ascii=False, indent=1) + "\n").encode()


def _missing(found: Takeover) -> tuple[Finding, ...]:
    """Say what a tender file still needs, as warnings: it is the next work, not a fault of the release."""
    from dataclasses import replace

    from exports import tender_file

    _, findings = tender_file.read(_written(found))
    return tuple(replace(finding, severity="warning") for finding in findings)


def _show(found: Takeover, missing: tuple[Finding, ...]) -> None:
    heading("Taken over")
    print_table(("Field of the release", "Goes to", "Value"), [(it.path, it.to, _cut(it.text)) for it in found.taken])
    heading("Not taken over")
    print_table(("Field of the release", "Value", "Why"), [(it.path, _cut(it.text), it.why) for it in found.not_taken])
    if found.findings or missing:
        heading("Still to do")
        print_findings((*found.findings, *missing))
    say()
    say(f"{counted(len(found.taken), 'field')} taken over, {len(found.not_taken)} not.")


def _cut(text: str) -> str:
    shown = printable(text)
    return shown if len(shown) <= 60 else f"{shown[:60]}…"
