"""The engagement with the market: what was asked, who came, what was learnt."""

from __future__ import annotations

from typing import Any

from wtforms import Form

from lots.tender import Engagement, EngagementEvent, EngagementQuestion
from workbench.forms.fields import DayField, LongTextField, TextField, WholeField
from workbench.forms.tenders.part import PartForm
from workbench.forms.tenders.rows import Rows
from workbench.forms.tenders.start import DAY_HINT
from workbench.parts import Part
from workbench.queries.tenders import Draft


class QuestionRow(Form):
    """A question put to the market."""

    number = WholeField("Number", least=1, most=999, description="Empty: the next one.")
    title = TextField("About", required="Enter what the question is about", most=200)
    question = LongTextField("Question", required="Enter the question", most=5000)


class EventRow(Form):
    """A meeting with the market."""

    title = TextField("Event", required="Enter what it was", most=200)
    held_on = DayField("Day", required="Enter the day of the event")
    place = TextField("Place", most=200)
    note = LongTextField("Note", most=1000)


class EngagementForm(PartForm):
    """Everything about the engagement; all of it empty where there was none."""

    holds = Engagement

    opened_on = DayField("Opened", description=DAY_HINT)
    closed_on = DayField("Closed", required="Enter the day the engagement closed, or will close")
    source = TextField(
        "Where the questions were published", most=300, description="For example, the title of the intentions paper."
    )
    questions = Rows(QuestionRow, blank=1, most=100)
    events = Rows(EventRow, blank=1, most=100)
    responses = WholeField("Responses received", most=100_000)
    summary = LongTextField("What came of it, for publication", most=20_000)
    notice = TextField("Reference of the engagement notice, or why there was none", most=500)

    @property
    def empty(self) -> bool:
        """Say whether nothing is entered at all: there was no engagement."""
        return all(not self[name].entries or not self[name].filled() for name in ("questions", "events")) and not any(
            str(text).strip()
            for name in ("opened_on", "closed_on", "source", "responses", "summary", "notice")
            for text in self[name].raw_data or ()
        )

    def validate(self, *args: Any, **options: Any) -> bool:
        """Check the fields, unless all of them are empty."""
        return self.empty or super().validate(*args, **options)

    def content(self, draft: Draft, part: Part) -> Any:
        """Return the engagement; nothing in it where there was none."""
        return {} if self.empty else super().content(draft, part)

    def value(self, draft: Draft, part: Part) -> Engagement:
        """Build the engagement; questions without a number get the next one."""
        return Engagement(
            closed_on=self.closed_on.data,
            source=self.source.data or "",
            questions=self._questions(),
            summary=self.summary.data or "",
            opened_on=self.opened_on.data,
            events=tuple(
                EngagementEvent(row.title.data, row.held_on.data, row.place.data or "", row.note.data or "")
                for row in self.events.filled()
            ),
            responses=self.responses.data,
            notice=self.notice.data or "",
        )

    def _questions(self) -> tuple[EngagementQuestion, ...]:
        found: list[EngagementQuestion] = []
        for row in self.questions.filled():
            number = row.number.data or max((each.number for each in found), default=0) + 1
            found.append(EngagementQuestion(number, row.title.data, row.question.data))
        return tuple(found)
