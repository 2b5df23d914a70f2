"""The forms of moderation: a card with a cause for each score that moves, signatures, why something is taken up."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import ClassVar

from wtforms import HiddenField

from scoring.moderation import CAUSES
from workbench.cards import WORDS
from workbench.forms.base import PageForm
from workbench.forms.fields import ChoiceField, LongTextField, PickField, TextField, TickField, TicksField

_LONG = 8000
_CAUSES = (("", "Choose why"), *((code, words[:1].upper() + words[1:]) for code, words in CAUSES.items()))


class WordsForm(PageForm):
    """What everybody at the table may write on a card; ``shown`` are the marks of the texts that the page showed."""

    shown = HiddenField()
    reason = LongTextField(
        "The reason, which the tenderer reads", most=_LONG,
        description="By what this bid says. Who scored what, prices and other tenderers have no place in it.",
    )  # fmt: skip
    evidence = LongTextField(
        "Where in the bid it can be checked", most=_LONG,
        description="One place to a line: Method statement, page 9: “a rota for every week”",
    )  # fmt: skip
    why_not_higher = LongTextField("Why not a level higher", most=_LONG)
    why_not_lower = LongTextField("Why not a level lower", most=_LONG)
    dissent = LongTextField(
        "Dissent", most=_LONG, description="Whoever does not agree may have it noted here. No tenderer reads it."
    )
    start = TextField("Whose words to start from", most=60)

    names_of_texts: ClassVar[tuple[str, ...]] = WORDS

    @property
    def texts(self) -> dict[str, str]:
        """Return what was typed, by the names of the card's fields."""
        return {name: _text(self[name].data) for name in self.names_of_texts}

    @property
    def marks(self) -> Mapping[str, str]:
        """Return the marks of what the page showed; none where they cannot be read, which makes every field theirs."""
        try:
            read = json.loads(self.shown.data or "{}")
        except (ValueError, RecursionError):
            read = {}
        return {str(name): str(mark) for name, mark in read.items()} if isinstance(read, dict) else {}


class CardForm(WordsForm):
    """A card as its chair writes it."""

    points = ChoiceField("The level that the panel agrees")
    present = TicksField("Who is present and will sign")
    absent = TextField("Who scored this and is not here, and why", most=1000)
    confirmed = TickField("I have looked at what is noted on this page, and it should stand as it is")


def _text(data: object) -> str:
    return " ".join(map(str, data)) if isinstance(data, list) else str(data or "")


@lru_cache(maxsize=64)
def card_form(evaluators: Sequence[tuple[str, str]]) -> type[CardForm]:
    """Make the form of a card that some evaluators (id and label) scored: a cause and an explanation for each."""
    fields: dict[str, object] = {}
    for evaluator, label in evaluators:
        fields[f"cause-{evaluator}"] = PickField(f"Why the score of {label} moves", choices=_CAUSES)
        fields[f"said-{evaluator}"] = LongTextField("Who spoke for it, and with what", most=2000)
    names = (*WORDS, "points", "present", "absent", *fields)
    return type("CardOf", (CardForm,), {**fields, "names_of_texts": names})


class BeginForm(PageForm):
    """Why moderation begins although something is missing."""

    reason = LongTextField("Why moderation begins although something is missing", most=2000)


class TakeUpForm(PageForm):
    """Why an agreed score is taken up again."""

    reason = LongTextField(
        "Why this score is taken up again", required="Say why: every later paper shows it", most=2000
    )


class TakeUpLateForm(TakeUpForm):
    """Which agreed score is taken up again once quality is locked, and why."""

    card = PickField("Agreed score", required="Choose the agreed score that is to be taken up again")


class SignaturesForm(PageForm):
    """Which of the agreed scores that wait for somebody they sign."""

    agreed = TicksField("Sign", required="Tick what you sign")


class SignForm(PageForm):
    """One agreed score, as the page showed it."""

    agreed = HiddenField()


class LockForm(PageForm):
    """Why quality is locked although lots must wait."""

    reason = LongTextField("Why quality is locked although lots must wait", most=2000)
