"""What is typed to ask a question on the public page, and to answer it."""

from __future__ import annotations

import re
from typing import Any

from wtforms.validators import StopValidation

from workbench.forms.base import PageForm
from workbench.forms.fields import FieldError, LongTextField, TextField, TickField

_ADDRESS = re.compile(r"[^@\s,;<>()\"]{1,64}@[^@\s,;<>()\"]+\.[^@\s.,;<>()\"]{2,}")


class EmailField(TextField):
    """An e-mail address, as far as its form tells."""

    def read(self, text: str) -> str:
        """Return the address."""
        address = super().read(text)
        if _ADDRESS.fullmatch(address) is None:
            raise FieldError("Enter an e-mail address in full, like name@example.org")
        return address


class AskForm(PageForm):
    """A question about a published tender, and whom to answer."""

    name = TextField("Your name", required="Enter your name", most=120)
    organisation = TextField("Your organisation", required="Enter the organisation you ask for", most=200)
    email = EmailField("Your e-mail address", required="Enter an e-mail address for the answer", most=254)
    question = LongTextField("Your question", required="Enter your question", most=5000)


class AnswerAllForm(PageForm):
    """An answer that everybody reads, under the question in words that do not tell who asked.

    ``tells`` lists what in either text tells who asked; the form is not valid until it is gone, or ``sure`` is ticked.
    """

    published_text = LongTextField(
        "The question as everybody will read it", required="Say the question in words for everybody", most=5000
    )
    answer = LongTextField("Answer", required="Enter the answer", most=20_000)
    sure = TickField("I have checked: these words do not tell who asked")
    tells: tuple[str, ...] = ()

    def validate_sure(self, field: Any) -> None:
        """Stop where a text tells who asked, until the officer has looked."""
        if self.tells and not field.data:
            named = ", ".join(f"“{word}”" for word in self.tells)
            raise StopValidation(
                f"This would tell who asked: {named}. Take the words out, or tick this box if they tell nothing"
            )


class AnswerPrivatelyForm(PageForm):
    """An answer to the asker alone, with the reason why nobody else is told."""

    private_answer = LongTextField("Answer to the asker alone", required="Enter the answer", most=20_000)
    reason = LongTextField(
        "Why nobody else is told",
        required="Say why this is confidential: equal treatment asks that answers go to everybody",
        most=2000,
    )
