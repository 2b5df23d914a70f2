"""What is typed before scoring: the panel's note, a benchmark answer, a score for one, and that the panel begins."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from wtforms import HiddenField

from scoring.scale import Scale
from workbench.forms.base import PageForm
from workbench.forms.fields import ChoiceField, LongTextField, NumberField, PickField, TextField, TickField


class NoteForm(PageForm):
    """The note that the panel reads before it scores."""

    text = LongTextField("Note to the panel", required="Write the note", most=20_000)


class NoteReadForm(PageForm):
    """That somebody has read a note, and which."""

    number = HiddenField()
    read = TickField("I have read this note and will score by it", required="Tick the box once you have read the note")


class BenchmarkForm(PageForm):
    """A made-up answer, the level it should get, and why."""

    criterion = PickField("Question", required="Choose the question that it answers")
    title = TextField("What you call it", required="Give it a name, like “A fair answer”", most=200)
    answer = LongTextField("The answer", required="Write the answer", most=50_000)
    points = NumberField("The points it should get", required="Enter the points that it should get", least=0, places=2)
    reason = LongTextField("Why", required="Say why: members read it once they have scored", most=5000)

    def about(self, questions: Iterable[tuple[str, str]]) -> BenchmarkForm:
        """Offer the questions."""
        self.criterion.offer([("", "Choose a question"), *questions])
        return self


class BenchmarkScoreForm(PageForm):
    """A level of the scale for a benchmark answer."""

    points = ChoiceField("Your level", required="Choose a level")
    reason = LongTextField("Why, in a sentence or two", most=3000)

    def about(self, scale: Scale) -> BenchmarkScoreForm:
        """Offer the levels of a scale, with their anchors."""
        self.points.offer(
            (str(level.points), f"{level.points} {level.title}. {level.anchor}") for level in reversed(scale.levels)
        )
        return self

    @property
    def level(self) -> Decimal:
        """Return the points that were chosen."""
        try:
            return Decimal(self.points.data or "")
        except InvalidOperation:  # pragma: no cover - only what is offered is accepted
            return Decimal(-1)


class RemoveForm(PageForm):
    """A form of a button alone."""


class BeginForm(PageForm):
    """That the panel begins, and that the lots named wait."""

    lots_wait = TickField("The lots named above wait; the others begin")
