"""The words of a letter: its own, enough of them, and nobody named in person."""

from __future__ import annotations

from scoring.decision import LetterText
from scoring.reasons.letters import letter_gate

OWN = (
    "Severnside was agreed higher for mobilisation: its plan sorts open cases by risk and keeps four bank "
    "caseworkers in reserve for late recruitment, while yours had no cover for six unfilled advocate posts."
)


def codes(text: LetterText, *others: LetterText) -> list[str]:
    """Return the codes of what is found."""
    return [each.code for each in letter_gate(text, others)]


def test_words_about_this_tender_pass() -> None:
    assert codes(LetterText("a", OWN), LetterText("b", "Your partners had not confirmed their figures in time.")) == []


def test_the_same_words_for_two_tenderers_are_told() -> None:
    assert codes(LetterText("a", OWN), LetterText("b", OWN)) == ["letters_alike"]
    assert codes(LetterText("a", OWN), LetterText("a", OWN)) == []


def test_words_that_say_nothing_and_words_that_name_somebody_are_told() -> None:
    assert codes(LetterText("a", "It was better.")) == ["letter_says_little"]
    assert codes(LetterText("a", f"{OWN} Ask Mrs Castledine.")) == ["person_named"]


def test_what_is_not_written_is_the_documents_to_ask_for() -> None:
    assert codes(LetterText("a")) == []
