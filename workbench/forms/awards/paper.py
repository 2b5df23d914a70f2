"""The pages of the decision paper that are made of texts: the decision, background, advice, people, one letter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import Form

from workbench.forms.awards.base import PaperForm, Writing
from workbench.forms.fields import LongTextField, TextField
from workbench.forms.tenders.rows import Rows
from workbench.forms.tenders.whole import SentenceField

LONG = 20_000


class DecisionForm(PaperForm):
    """What is decided, by whom and under which power."""

    reference = TextField("Reference of the decision", most=80, description="For example: 2026-019.")
    title = SentenceField("Title", most=300)
    decision_maker = TextField("Who makes the decision", most=200)
    power = SentenceField("Power it is made under", most=1000, description="The Act and the section.")
    summary = LongTextField(
        "The decision in one paragraph", most=LONG,
        description="Who is awarded which lot, at what price a year and over the whole term, for how long.",
    )  # fmt: skip


class OptionRow(Form):
    """An option that was considered."""

    text = LongTextField("Option, and what became of it", most=LONG)


class BackgroundForm(PaperForm):
    """Why the service is bought, what was considered, and how the procurement went."""

    background = LongTextField("Background", most=LONG)
    outcomes = LongTextField("What it means for victims", most=LONG)
    plan_link = LongTextField("Link to the Police and Crime Plan", most=LONG)
    options = Rows(OptionRow, blank=2, most=20)
    procurement = LongTextField("The procurement in ten lines", most=LONG)

    @classmethod
    def data_of(cls, content: Mapping[str, Any], writing: Writing) -> Mapping[str, Any]:
        """Show a group for each option."""
        options = [{"text": text} for text in content.get("options", ())]
        return {**content, "procurement": content.get("process", ""), "options": options}

    def content(self, writing: Writing) -> dict[str, Any]:
        """Keep the options as texts."""
        texts = super().content(writing)
        options = [row.text.data for row in self.options.filled()]
        return {**texts, "process": texts.pop("procurement", ""), "options": options}


class AdviceForm(PaperForm):
    """Money, law and risk; the comments of finance and legal take the place of what is drafted here."""

    finance_by = TextField("Who comments on the money", most=200, description="For example: Chief Finance Officer.")
    finance_text = LongTextField("Financial implications", most=LONG)
    legal_by = TextField("Who comments on the law", most=200, description="For example: Monitoring Officer.")
    legal_text = LongTextField("Legal implications", most=LONG)
    risk = LongTextField("Risk", most=LONG)

    @classmethod
    def data_of(cls, content: Mapping[str, Any], writing: Writing) -> Mapping[str, Any]:
        """Lay each comment out as who and what."""
        said = {f"{kind}_{key}": content.get(kind, {}).get(key, "") for kind in KINDS for key in ("by", "text")}
        return {**said, "risk": content.get("risk", "")}

    def content(self, writing: Writing) -> dict[str, Any]:
        """Put who and what together again."""
        said = {kind: {key: self[f"{kind}_{key}"].data or "" for key in ("by", "text")} for kind in KINDS}
        return {**said, "risk": self.risk.data or ""}


KINDS = ("finance", "legal")


class PeopleForm(PaperForm):
    """What the decision means for people, who was asked, and who declared an interest."""

    equality = LongTextField("Equality", most=LONG)
    data_protection = LongTextField("Data protection", most=LONG)
    consultation = LongTextField("Consultation", most=LONG)
    social_value = LongTextField("Social value and sustainability", most=LONG)
    interests = LongTextField("Interests declared", most=LONG)


class LetterForm(PaperForm):
    """The words of one unsuccessful tenderer's letter that only a person can write."""

    advantages = LongTextField("Characteristics and relative advantages of the successful tender", most=LONG)
    feedback = LongTextField("What would have scored higher", most=LONG)
