"""Small forms of a bid: a code, a button, a submission, a partner's answer, where a file belongs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import FileField, HiddenField
from wtforms.validators import StopValidation

from workbench.forms.base import PageForm
from workbench.forms.fields import ChoiceField, LongTextField, MoneyField, PickField, TextField, TickField
from workbench.queries.bids.partners import ANSWERS
from workbench.sealing.drafts import read_code
from workbench.uploads import KINDS


class ButtonForm(PageForm):
    """A button that does one thing."""


class CodeField(TextField):
    """A tenderer's code, as people type and paste it; data is the code itself."""

    def read(self, text: str) -> str:
        """Return the code."""
        return read_code(super().read(text))


class CodeForm(PageForm):
    """The code of a bid that was begun in another browser."""

    code = CodeField("Your code", required="Enter the code", most=80)


class KeptForm(PageForm):
    """That the code was printed or written down."""

    kept = TickField("I have kept the code", required="Keep the code first, then tick this: nobody can replace it")


class SendForm(PageForm):
    """What is submitted: the digest of it that the page showed, so that nothing else ever is."""

    digest = HiddenField()


class WithdrawForm(PageForm):
    """Taking a bid back."""

    sure = TickField("Yes, take this bid back", required="Tick the box to take the bid back")


class FileForm(PageForm):
    """A file and where it belongs."""

    file = FileField("File")
    place = PickField("What it is", required="Choose what the file is")

    def offer(self, places: Iterable[tuple[str, str]]) -> None:
        """Say where files may belong."""
        self.place.offer([("", "Choose what the file is"), *places])

    def validate_file(self, field: Any) -> None:
        """Ask for a file."""
        if not getattr(field.data, "filename", ""):
            raise StopValidation("Choose a file to send")


ACCEPTED = ",".join(f".{name}" for name in KINDS)
"""What a browser offers first when somebody looks for a file."""


class ReplyForm(PageForm):
    """What a partner says of its own figures."""

    answer = ChoiceField("Are these figures right?", choices=ANSWERS, required="Choose an answer")
    figure = MoneyField("What it should be over the whole term")
    words = LongTextField("What you want to say to the lead", most=5000)
    name = TextField("Your name", required="Enter your name", most=120)
    job = TextField("What you do in the organisation", most=120)

    def validate(self, *args: Any, **options: Any) -> bool:
        """Check the fields, then that a dispute or a remark says something."""
        good = super().validate(*args, **options)
        silent = not (self.words.data or self.figure.data)
        if self.answer.data in ("disputed", "commented") and silent and not self.words.errors:
            self.words.errors = ["Say in a few words what is not as agreed, or what you ask"]
            return False
        return good
