"""The timetable: the deadline for tenders, and every step with its day, planned and actual."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from wtforms import Form

from lots.plan import step_title
from lots.regime import Regime
from lots.tender import Milestone, MilestoneKind
from lots.timetable import STEP_TITLES
from workbench.forms.base import PageForm
from workbench.forms.fields import DayField, InstantField, LongTextField, PickField, TextField
from workbench.forms.tenders.rows import Rows
from workbench.forms.tenders.whole import TenderForm, regime_of, values_of
from workbench.parts import Part
from workbench.queries.tenders import Draft

KINDS: tuple[tuple[MilestoneKind, str], ...] = (("", "Another step"), *STEP_TITLES.items())


class MilestoneRow(Form):
    """One step, and which of the steps that the law looks at it is."""

    title = TextField("Step", required="Enter what happens", most=200)
    kind = PickField("Which step this is", choices=KINDS)
    planned = DayField("Planned", required="Enter the day planned")
    actual = DayField("Happened on")


class TimetableForm(TenderForm):
    """The deadline and the steps, put in the order of their days when they are saved."""

    kind = "timetable"

    deadline = InstantField(
        "Deadline for tenders, London time",
        description="For example, 27 3 2026 at 12:00. Midnight is refused: people read it as the day before or after.",
    )
    timetable = Rows(MilestoneRow, most=120)
    short_period_reasons = LongTextField("Why less time to tender is allowed", most=2000)

    def value(self, draft: Draft, part: Part) -> Mapping[str, Any]:
        """Give the deadline and the steps; reasons that the page did not ask for stay as they were."""
        steps = sorted((_milestone(row) for row in self.timetable.filled()), key=lambda step: step.planned)
        reasons = self.short_period_reasons.data
        before = values_of(self.kind, part.content)
        return {
            "deadline": self.deadline.data,
            "timetable": tuple(steps),
            "short_period_reasons": before.get("short_period_reasons", "") if reasons is None else reasons,
        }

    def prepare(self, draft: Draft, part: Part) -> None:
        """Name the steps as the regime does; no standstill where no law knows one, unless it is there already."""
        regime = regime_of(draft)
        if regime not in (Regime.GRANT, Regime.BELOW_THRESHOLD):
            return
        if regime == Regime.GRANT:
            self.deadline.label.text = "Deadline for applications, London time"
        named = [(kind, step_title(kind, regime) if kind else title) for kind, title in KINDS]
        for row in self.timetable.entries:
            kind = row.form.kind
            kind.offer([pair for pair in named if pair[0] != "standstill_ends" or pair[0] == kind.data])


def _milestone(row: Any) -> Milestone:
    return Milestone(row.title.data, row.planned.data, row.actual.data, cast(MilestoneKind, row.kind.data or ""))


class SuggestForm(PageForm):
    """From which day on a timetable is to be suggested, and when the service must start, if that is fixed."""

    publish_on = DayField("Day of publication", required="Enter the day of publication")
    starts_on = DayField("First day of the service", description="Leave it empty if it is not fixed.")
