"""Calling the command line inside a test, and the small tender files it is called with."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from exports import tender_file
from lots.organisation import Identifier
from scoring.decision import LetterText, Signatory
from scoring.tender_file import TenderFile
from tests import factories
from workbench.cli import cli

LOSERS = ("adult-quayside", "adult-beacon", "children-harbour")


def run(*words: object) -> Result:
    """Call ``workbench`` with these words; a traceback fails the test that called."""
    result = CliRunner().invoke(cli, [str(word) for word in words], prog_name="workbench")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def run_json(*words: object, status: int = 0) -> dict[str, Any]:
    """Call ``workbench … --json``, expect the exit status, and read what it printed."""
    result = run(*words, "--json")
    assert result.exit_code == status, result.output
    data = json.loads(result.stdout)
    assert isinstance(data, dict)
    return data


def saved(folder: Path, file: TenderFile, name: str = "case.json") -> Path:
    """Write a tender file."""
    path = folder / name
    path.write_bytes(tender_file.write(file))
    return path


def ready(**changes: Any) -> TenderFile:
    """Make a file whose decision is complete, so that every document can be made."""
    award = factories.award(
        signatories=(Signatory("A. Clerk", "Chief executive", date(2024, 11, 1)),),
        decided_on=date(2024, 11, 1),
        notices_sent=date(2024, 11, 4),
        debrief_contact="pcc@westmere.example",
        debrief_until=date(2024, 12, 1),
        letters=tuple(LetterText(bid, "It named its rota and its supervisors.", "Name who covers.") for bid in LOSERS),
    )
    names = ("harbour", "quayside", "beacon", "rowan")
    return factories.tender_file(award=award, organisations=tuple(map(_addressed, enumerate(names))), **changes)


def _addressed(numbered: tuple[int, str]) -> Any:
    number, name = numbered
    marks = (Identifier("GB-CHC", str(1_000_000 + number)),)
    made = factories.organisation(name)
    return replace(made, address=("1 Quay", "Westmere"), contact="The director", identifiers=marks)
