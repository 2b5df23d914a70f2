"""What in a text would tell who asked a question (reliability goal T28)."""

from __future__ import annotations

import pytest

from tests.scoring.checks import ready
from workbench.queries.questions import taken_until, tells_asker

ASKER = {"name": "Ada Quill", "organisation": "The Harbour Women’s Trust Ltd", "email": "ada@harbour.example"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Does TUPE apply?", ()),
        ("Ada Quill asks whether TUPE applies", ("Ada Quill",)),
        ("ms quill asks", ("Quill",)),
        ("As HARBOUR we ask", ("Harbour",)),
        ("We, the Harbour Women’s Trust Ltd, ask", ("The Harbour Women’s Trust Ltd",)),
        ("Write to ada@harbour.example", ("ada@harbour.example",)),
        ("See www.harbour.example", ("harbour.example",)),
        ("THWTL has a question", ("THWTL",)),
        ("Trust in the service and support for women", ()),  # words that many organisations have
        ("Adam and Quillon are others", ()),  # names within words
    ],
)
def test_names_and_addresses_are_found_whole(text: str, found: tuple[str, ...]) -> None:
    assert tells_asker(text, **ASKER) == found


def test_a_common_mail_provider_tells_nobody() -> None:
    asker = {"name": "Jo", "organisation": "", "email": "jo@gmail.com"}
    assert tells_asker("Is gmail.com allowed?", **asker) == ()


def test_the_last_day_for_questions_is_the_timetables() -> None:
    assert str(taken_until(ready.file())) == "2024-09-10"
