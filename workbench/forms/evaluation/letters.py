"""What is typed to put a question to one tenderer, and by the tenderer to answer it."""

from __future__ import annotations

from workbench.forms.base import PageForm
from workbench.forms.fields import InstantField, LongTextField, PickField


class AskTendererForm(PageForm):
    """A question about a bid: what it is about, to whom, and until when."""

    criterion = PickField("Who reads the reply")
    recipient = PickField("To", required="Choose whom to write to")
    question = LongTextField(
        "Question", required="Write the question: the tenderer reads it as it stands", most=8000,
        description="Ask what the answer already given means. A tenderer may explain its bid, and may not improve it.",
    )  # fmt: skip
    reply_by = InstantField("Reply by", required="Say until when the tenderer may reply")


class TendererReplyForm(PageForm):
    """The one reply of a tenderer."""

    text = LongTextField("Your reply", required="Write your reply", most=20_000)
