"""Going on with a self-check: a saved file, a filled-in spreadsheet, or what a link holds."""

from __future__ import annotations

from dataclasses import dataclass, replace

from wtforms import HiddenField

from exports import split_check, split_workbook
from exports.split_check import SplitCheck
from lots.errors import ProcurementError
from lots.lot import Lot
from lots.split.editing import padded
from lots.split.typed import TypedSheet
from workbench.forms.base import PageForm
from workbench.forms.tenders.start import UploadField

_ZIP = b"PK"


@dataclass(frozen=True)
class Opened:
    """What a file holds, fit for the page of the lot, and what must be said about it."""

    sheet: TypedSheet
    note: str = ""


class NothingToOpen(ProcurementError):  # noqa: N818 - it names a state, not a slip
    """No file was chosen, or one that belongs to another lot."""


class OpenForm(PageForm):
    """One file, or the text of a link that a script takes out of the address."""

    file = UploadField("Spreadsheet or saved check")
    data = HiddenField(name="data")

    def opened(self, tender_id: str, lot: Lot, digest: str) -> Opened:
        """Read what was sent; a ProcurementError says what is wrong with it, sheet, row and column."""
        if self.file.data is not None:
            content: bytes = self.file.data.stream.read()
            if content.startswith(_ZIP):
                return Opened(split_workbook.read(content, lot.years))
            return _fitting(split_check.read(content), tender_id, lot, digest)
        if self.data.data:
            return _fitting(split_check.of_link(self.data.data), tender_id, lot, digest)
        raise NothingToOpen("Choose a file first: a spreadsheet made from the template, or a check saved here.")


def _fitting(check: SplitCheck, tender_id: str, lot: Lot, digest: str) -> Opened:
    """Fit a saved check to the lot it is opened for; one year's figures fit any term."""
    sheet = check.sheet
    columns = max(1, len(sheet.prices))
    if columns not in (1, lot.years):
        raise NothingToOpen(f"This check has figures for {columns} years; {lot.title} runs for {lot.years}.")
    note = ""
    if (check.tender, check.lot) != (tender_id, lot.id):
        note = "This was saved for another lot. It is now checked against the rules of this one."
    elif check.rules != digest:
        note = "The rules of this tender have changed since this was saved. It is now checked against those in force."
    return Opened(padded(replace(sheet, years=lot.years), columns), note)
