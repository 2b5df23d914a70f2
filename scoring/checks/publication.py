"""What must be met before a tender is published, beyond what is wrong with the file itself.

:func:`scoring.checks.file.check` says what cannot be so; this says what is not ready. Only law and arithmetic make an
error; policy and good practice make a warning, whatever the page that shows them is called.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from lots.errors import Finding
from scoring.checks.index import index
from scoring.checks.publication_criteria import criteria_findings
from scoring.checks.publication_lots import lots_findings
from scoring.checks.publication_money import money_findings
from scoring.checks.publication_people import people_findings
from scoring.checks.publication_process import process_findings
from scoring.checks.publication_sealing import received_findings
from scoring.checks.publication_social import social_findings
from scoring.proportionality import proportionality
from scoring.scoresheet import PanelMember
from scoring.tender_file import TenderFile


def publication_findings(
    file: TenderFile, *, today: date, people: tuple[PanelMember, ...] | None = None
) -> tuple[Finding, ...]:
    """Say what a tender still needs before it is published on a day; ``people`` stand in for the file's panel.

    Each place is a path in the tender file. What :func:`scoring.checks.file.check` finds is not said again.
    """
    found = index(file)
    panel = file.panel if people is None else people
    judged = replace(file, panel=panel)
    return (
        *process_findings(file.tender, today),
        *lots_findings(file.tender),
        *money_findings(file.tender),
        *criteria_findings(found),
        *social_findings(found),
        *people_findings(found, panel),
        *received_findings(file.tender),
        *(burden.finding for burden in proportionality(judged) if burden.finding.severity == "warning"),
    )
