"""``workbench demo``: the Avon and Somerset case from its file to its decision pack, told as a story."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lots.errors import errors_in
from workbench.commands.common import FILE, REFUSED, Command, json_option, load, path_text
from workbench.output import emit, findings_data, heading, print_table, printable, say

if TYPE_CHECKING:
    from scoring.recommendation import Evaluation
    from workbench.services.awards.packs import Pack

KINDS = {
    "award": "award decision notices",
    "letter": "letters to unsuccessful tenderers",
    "certificate": "compliance certificates, or checks that say what mends a split",
    "score-sheets": "evaluators' score sheets",
    "decision-record": "decision record, public",
    "evaluation-report": "evaluation report of the panel, restricted",
}


@click.command("demo", cls=Command)
@click.option("--out", type=FILE, default=Path("out"), show_default=True, metavar="DIR", help="Where the pack goes.")
@click.option("--no-serve", is_flag=True, help="Write the documents and stop, instead of serving the case at the end.")
@click.option("--port", type=click.IntRange(1, 65535), help="Where to serve it; else the first free one from 8000.")
@click.option("--workers", type=click.IntRange(1, 64), help="Printing processes; as many as the machine has, up to 8.")
@json_option
def demo(out: Path, no_serve: bool, port: int | None, workers: int | None, as_json: bool) -> None:
    """The Avon and Somerset case, end to end: money, lots, bids, scores, limits, recommendations, decision pack.

    The lots, their budgets and their funding are from the published strategy; whatever else a procurement needs is
    invented and marked as illustrative.
    """
    from scoring.recommendation import evaluate
    from workbench.commands import evaluation as evaluating
    from workbench.commands import results, story
    from workbench.paths import demo_file

    evaluating.refuse_folder(out)
    tender, notes = load(demo_file())
    evaluation = evaluate(tender)
    if not as_json:
        story.tell(evaluation, notes)
    pack = evaluating.make_pack(evaluation, out, workers)
    findings = (*notes, *results.open_findings(evaluation), *evaluating.missing(pack))
    if as_json:
        data = {"money": story.money_data(story.money_story(evaluation)), **results.evaluation_data(evaluation)}
        emit({**data, "pack": evaluating.pack_data(pack), "findings": findings_data(findings)})
    else:
        show_next(evaluation, pack, demo_file())
    if errors_in(findings):
        raise click.exceptions.Exit(REFUSED)
    if not (no_serve or as_json):
        from workbench.commands.demo_pages import serve_case

        serve_case(port)


def show_next(evaluation: Evaluation, pack: Pack, file: Path) -> None:
    """Say what was written, what to open first and which commands to try."""
    from workbench.commands import evaluation as evaluating

    papers = [it for it in pack.files if it.path.endswith(".pdf")]
    heading(f"7. The decision pack: {len(pack.files)} files in {path_text(pack.folder)}")
    show_kinds(pack)
    evaluating.show_refused(pack)
    if papers:
        say()
        first = next((it for it in papers if it.kind == "decision-record"), papers[0])
        say(f"Open first: {_shown(pack.folder / first.path)}")
    heading("Try next")
    for command, words in tries(evaluation, pack, file):
        click.echo(printable(f"  {command}"))
        say(words, indent=6)


def show_kinds(pack: Pack) -> None:
    """Print how many documents of each kind there are, with the first of each."""
    kinds: dict[str, list[str]] = {}
    for it in pack.files:
        kinds.setdefault(it.kind, []).append(it.path)
    print_table(
        ("Files", "Of this kind", "Such as"),
        [(str(len(it)), KINDS.get(kind, kind), it[0]) for kind, it in kinds.items()],
        "rll",
    )


def tries(evaluation: Evaluation, pack: Pack, file: Path) -> Iterator[tuple[str, str]]:
    """Yield commands that show more of this very case, with what each shows."""
    run, case = _program(), _shown(file)
    for it in [it for it in pack.files if it.path.endswith(".pdf")][:1]:
        paper = _shown(pack.folder / it.path)
        yield f"{run} verify {paper}", "recomputes every number of that document from the data inside it"
    yield f"{run} verify {case} --pack {_shown(pack.folder)}", "compares the whole pack with the tender file"
    lot, bid = _worst_split(evaluation)
    if bid:
        yield f"{run} check-split {case} --lot {lot} --bid {bid}", "every collaboration rule, and the smallest fix"
    winners = [found.winner for found in evaluation.recommendations if found.winner]
    for winner in winners[:1]:
        words = "where that total comes from, figure by figure"
        yield f"{run} explain {case} {shlex.quote(winner.bid.lot)} {shlex.quote(winner.bid.id)}", words
    yield f"{run} price-marks lowest_relative --weight 40 A=100 B=105 C=108", "a price formula by itself"


def _worst_split(evaluation: Evaluation) -> tuple[str, str]:
    """Choose a bid that breaks a collaboration rule, else the first that has a split."""
    checked = [result for lot in evaluation.lots for result in lot.results if result.split is not None]
    broken = [result for result in checked if result.split and any(it.by_year for it in result.split.errors)]
    chosen = next(iter((*broken, *checked)), None)
    return (shlex.quote(chosen.bid.lot), shlex.quote(chosen.bid.id)) if chosen else ("", "")


def _program() -> str:
    """Name the program as it can be called here: the script of a checkout, or the installed command."""
    from workbench.paths import HERE

    script = HERE.parent / "run"
    return _shown(script) if script.is_file() else "workbench"


def _shown(path: Path) -> str:
    """Write a path as it can be typed here: relative where it lies below this folder."""
    below = os.path.relpath(path.resolve())
    text = str(path.resolve()) if below.startswith("..") else below
    return shlex.quote(f"./{text}" if text == "run" else text)
