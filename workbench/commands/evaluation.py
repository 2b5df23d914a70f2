"""``workbench evaluate`` and ``explain``: rankings, reasons, the decision pack, and where a total comes from."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lots.errors import Finding, errors_in
from workbench.commands.common import FILE, REFUSED, Command, json_option, known, load, path_text
from workbench.output import Progress, emit, findings_data, heading, print_findings, print_table, printable, say

if TYPE_CHECKING:
    from scoring.derivation import Derivation
    from scoring.recommendation import Evaluation
    from workbench.services.awards.packs import Pack


@click.command("evaluate", cls=Command)
@click.argument("file", type=FILE)
@click.option("--out", type=FILE, metavar="DIR", help="The folder for the decision pack: new, empty, or a former pack.")
@click.option("--no-pack", is_flag=True, help="Only the results; write nothing.")
@click.option("--workers", type=click.IntRange(1, 64), help="Printing processes; as many as the machine has, up to 8.")
@json_option
def evaluate(file: Path, out: Path | None, no_pack: bool, workers: int | None, as_json: bool) -> None:
    """Evaluate every lot of the tender FILE: rankings, reasons, recommendations, then the decision pack in --out.

    Exit status 1 when the file has errors, when a lot cannot be recommended yet, or when a document cannot be made;
    everything that can be said or written is.
    """
    from scoring.recommendation import evaluate as evaluated
    from workbench.commands import results

    if out is None and not no_pack:
        raise click.UsageError("Say where the decision pack goes with --out DIR, or --no-pack for the results alone.")
    tender, notes = load(file)
    if out is not None and not no_pack:
        refuse_folder(out)
    evaluation = evaluated(tender)
    if not as_json:
        show(evaluation, notes)
    pack = None if no_pack or out is None else make_pack(evaluation, out, workers)
    findings = (*notes, *results.open_findings(evaluation), *missing(pack))
    if as_json:
        written = None if pack is None else pack_data(pack)
        emit({**results.evaluation_data(evaluation), "pack": written, "findings": findings_data(findings)})
    elif pack is not None:
        show_pack(pack)
    if errors_in(findings):
        raise click.exceptions.Exit(REFUSED)


@click.command("explain", cls=Command)
@click.argument("file", type=FILE)
@click.argument("lot")
@click.argument("bid")
@json_option
def explain(file: Path, lot: str, bid: str, as_json: bool) -> None:
    """Where the total of BID for LOT comes from, down to agreed points and yearly prices in FILE."""
    from scoring.evaluation import evaluate_lot
    from scoring.explain import explain_total

    tender, notes = load(file)
    known("lot", lot, (it.id for it in tender.tender.contract_lots))
    known(f"bid for {lot}", bid, (it.id for it in tender.bids_for(lot)))
    evaluated = evaluate_lot(tender, lot)
    made = explain_total(evaluated, bid)
    out = evaluated.result(bid).exclusion
    if as_json:
        sentence = out.sentence if out else None
        data = {"lot": lot, "bid": bid, "excluded": sentence, "derivation": derivation_data(made)}
        emit({**data, "findings": findings_data(notes)})
        return
    for line in made.lines():
        click.echo(printable(line))
    if out:
        say()
        say(f"This bid is out of the competition: {out.sentence}")


def derivation_data(made: Derivation) -> dict[str, object]:
    """Turn a derivation into JSON: one object for each number, its inputs inside it."""
    from scoring.figures import plain

    return {
        "label": made.label,
        "value": plain(made.value),
        "formula": made.formula,
        "figures": made.figures,
        "sources": list(made.sources),
        "inputs": [derivation_data(part) for part in made.inputs],
    }


# --- the pack -----------------------------------------------------------------------------------------------


def make_pack(evaluation: Evaluation, out: Path, workers: int | None) -> Pack:
    """Write the decision pack, telling on standard error how far it is once it has taken a second."""
    from workbench.services.awards.packs import write_pack

    progress = Progress()
    try:
        return write_pack(evaluation, out, workers=workers or printers(), progress=progress)
    finally:
        progress.close()


def refuse_folder(out: Path) -> None:
    """Refuse a folder that cannot take a pack (FolderError) before any work is done."""
    from workbench.services.folders import Folder

    Folder(out)


def printers() -> int:
    """Return how many processes print by default: one for each processor this program may use, at most eight."""
    return max(1, min(8, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1))


def missing(pack: Pack | None) -> tuple[Finding, ...]:
    """List everything that kept documents out of a pack, once each."""
    return tuple(dict.fromkeys(it for gone in (pack.refused if pack else ()) for it in gone.findings))


def pack_data(pack: Pack) -> dict[str, object]:
    """Turn what was written into JSON: every file with its digest, and the documents that could not be made."""
    files = [{"path": it.path, "title": it.title, "sha256": it.sha256, "bytes": it.size} for it in pack.files]
    refused = [{"title": it.title, "findings": findings_data(it.findings)} for it in pack.refused]
    return {"folder": path_text(pack.folder), "files": files, "not_made": refused}


def show_pack(pack: Pack) -> None:
    """Print what was written, and what each document that could not be made still needs."""
    heading(f"Decision pack in {path_text(pack.folder)}")
    show_files(pack)
    show_refused(pack)


def show_files(pack: Pack) -> None:
    """Print the files of a pack, by name."""
    rows = [(it.path, it.title) for it in pack.files]
    print_table(("File", "What it is"), [*rows, ("manifest.json", "Every file with its SHA-256")])


def show_refused(pack: Pack) -> None:
    """Print what each document that could not be made still needs."""
    for gone in pack.refused:
        say()
        say(f"Not made: {gone.title}. It needs:")
        print_findings(gone.findings)


def show(evaluation: Evaluation, notes: tuple[Finding, ...]) -> None:
    """Print every lot with its ranking, reasons and recommendation, and the limit on lots."""
    from workbench.commands import results

    tender = evaluation.file.tender
    say(f"{tender.reference}  {tender.title}, {tender.buyer.name}")
    if tender.illustrative:
        say(f"Illustrative content: {', '.join(tender.illustrative)}.")
    print_findings(notes)
    for lot in evaluation.lots:
        results.show_lot(evaluation, lot)
    sentences = list(results.limit_sentences(evaluation))
    if sentences:
        heading("The limit on lots")
        for sentence in sentences:
            say(sentence)
