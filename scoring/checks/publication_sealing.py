"""Before publication: who holds the keys that open the bids, where bids are received here at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lots.errors import Finding
from lots.sealing import sealing_findings
from lots.tender import Tender

HERE = "tender.sealing"


def received_findings(tender: Tender) -> Iterator[Finding]:
    """Say what is missing from the way bids are sealed; nothing where they are received elsewhere."""
    for finding in sealing_findings(tender.sealing) if tender.sealing else ():
        yield replace(finding, place=f"{HERE}.{finding.place}")
    if tender.tenderers_as_letters and tender.sealing is None:
        message = (
            "Those who score are to see letters instead of names, and the bids are received elsewhere, where nobody "
            "gives them letters: receive the bids here, or take the tick away"
        )
        yield Finding("letters_without_bids", message, "tender.tenderers_as_letters", severity="warning")
