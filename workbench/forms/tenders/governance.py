"""Governance: the board, what it signs off, the standards it is held to, and the day conflicts were assessed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from wtforms import FieldList, Form, FormField, HiddenField

from lots.governance import STANDARDS, Before, Deliverable, StandardCheck, default_deliverables
from lots.regime import Regime
from workbench.forms.fields import DayField, LongTextField, PickField, TextField
from workbench.forms.tenders.part import data
from workbench.forms.tenders.rows import Rows
from workbench.forms.tenders.start import DAY_HINT
from workbench.forms.tenders.whole import SentenceField, TenderForm, lines_of, regime_of, values_of
from workbench.parts import Part
from workbench.queries.tenders import Draft

BEFORE = (("", "As its title says"), ("publication", "Publication"), ("award", "Award"), ("start", "First day"))
ANSWERS = (("", "Not answered"), ("yes", "Met"), ("no", "Not met"))
_KNOWN = tuple(each.id for each in STANDARDS)


class DeliverableRow(Form):
    """Something the board signs off."""

    title = SentenceField("Deliverable", required="Enter what is signed off", most=300)
    signed_off_on = DayField("Signed off on")
    signed_off_by = TextField("By", most=200)
    needed_before = PickField("Needed before", choices=BEFORE)


class StandardRow(Form):
    """One point of the standards: which it is, whether it is met, and where that can be seen."""

    standard = HiddenField()
    met = PickField("Answer", choices=ANSWERS)
    note = LongTextField("Where it can be seen, or what is done about it", most=2000)


class GovernanceForm(TenderForm):
    """Everything about governance."""

    kind = "governance"

    board = LongTextField("Members of the board, by their office, a line each", most=5000)
    deliverables = Rows(DeliverableRow, blank=2, most=100)
    conflicts_assessed_on = DayField("Day the conflicts assessment was last prepared or revised", description=DAY_HINT)
    standards = FieldList(FormField(StandardRow), max_entries=300)

    @classmethod
    def data_of(cls, content: Any, draft: Draft) -> Mapping[str, Any]:
        """Show the board as lines, the nine deliverables where none are listed yet, and every point."""
        values = values_of(cls.kind, content)
        rows = values["deliverables"] if content is not None else default_deliverables()
        return {
            "board": "\n".join(values["board"]),
            "deliverables": data(rows),
            "conflicts_assessed_on": values["conflicts_assessed_on"],
            "standards": list(_points(values["standards"])),
        }

    def prepare(self, draft: Draft, part: Part) -> None:
        """Ask a grant for no conflicts assessment: no law of procurement does."""
        if regime_of(draft) == Regime.GRANT:
            del self.conflicts_assessed_on

    def value(self, draft: Draft, part: Part) -> Mapping[str, Any]:
        """Give the board, its deliverables, the answered points, and the day of the assessment."""
        asked = self.conflicts_assessed_on if "conflicts_assessed_on" in self else None
        before = values_of(self.kind, part.content).get("conflicts_assessed_on")
        return {
            "board": lines_of(self.board.data),
            "deliverables": tuple(_deliverable(row) for row in self.deliverables.filled()),
            "standards": tuple(self._answered(_saved_points(part))),
            "conflicts_assessed_on": asked.data if asked else before,
        }

    def _answered(self, known: set[str]) -> Iterator[StandardCheck]:
        """Yield the points with an answer, each once, and only those there are."""
        for entry in self.standards.entries:
            row = entry.form
            if row.met.data and row.standard.data in known:
                known.remove(row.standard.data)
                yield StandardCheck(row.standard.data, row.met.data == "yes", row.note.data or "")


def _deliverable(row: Any) -> Deliverable:
    before = cast(Before, row.needed_before.data or "")
    return Deliverable(row.title.data, row.signed_off_on.data, row.signed_off_by.data or "", before)


def _saved_points(part: Part) -> set[str]:
    return {*_KNOWN, *(check.standard for check in values_of("governance", part.content)["standards"])}


def _points(checks: tuple[StandardCheck, ...]) -> Iterator[dict[str, str]]:
    """Lay out the answered points in their order, then the open ones, so that findings about one lead to its field."""
    for check in checks:
        yield {"standard": check.standard, "met": "yes" if check.met else "no", "note": check.note}
    answered = {check.standard for check in checks}
    for known in _KNOWN:
        if known not in answered:
            yield {"standard": known, "met": "", "note": ""}
