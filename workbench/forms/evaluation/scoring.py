"""A score as it is typed: level or abstention, evidence, and the reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Self

from wtforms import Form, HiddenField

from scoring.scoresheet import Evidence, Score
from workbench.forms.base import PageForm
from workbench.forms.fields import ChoiceField, LongTextField, TextField, TickField, TicksField
from workbench.forms.tenders.rows import Rows
from workbench.queries.evaluation.sheets import Draft, Question

ABSTAIN = "abstain"
MOST = 5000


class EvidenceRow(Form):
    """One place in the bid."""

    document = TextField("Document", most=200)
    reference = TextField("Paragraph or page", most=100)
    quote = LongTextField("Its words", most=2000)


class ScoreForm(PageForm):
    """One member's score for one answer."""

    points = ChoiceField("Score")
    abstained = LongTextField("Why you abstain", most=MOST)
    covered = TicksField("What the question asks for")
    strengths = LongTextField("Strengths", most=MOST)
    weaknesses = LongTextField("Weaknesses", most=MOST)
    why_not_higher = LongTextField("Why not higher", most=MOST)
    why_not_lower = LongTextField("Why not lower", most=MOST)
    evidence = Rows(EvidenceRow, blank=1, most=30)

    @classmethod
    def open(cls, question: Question, draft: Draft) -> Self:
        """Show a score as it was saved, or as it was typed where that cannot be read."""
        if draft.typed:
            return cls.from_typed(draft.typed, question=question, version=draft.version)
        return cls(None, version=draft.version, question=question, data=_shown(question, draft.score))

    def __init__(self, *arguments: Any, question: Question, **values: Any) -> None:
        super().__init__(*arguments, **values)
        levels = [(f"{each.points}", f"{each.points}: {each.title}") for each in question.scale.levels]
        self.points.offer([*levels, (ABSTAIN, "I abstain")])
        self.covered.offer([(str(at), each) for at, each in enumerate(question.points)])
        self.question = question

    def score(self) -> Score:
        """Return what was typed; an abstention has no points, and points leave the reason of one aside."""
        abstains = self.points.data == ABSTAIN
        return Score(
            self.question.id,
            Decimal(self.points.data) if self.points.data and not abstains else None,
            strengths=self.strengths.data or "",
            weaknesses=self.weaknesses.data or "",
            evidence=tuple(
                Evidence(row.document.data or "", row.reference.data or "", row.quote.data or "")
                for row in self.evidence.filled()
            ),
            why_not_higher=self.why_not_higher.data or "",
            why_not_lower=self.why_not_lower.data or "",
            abstained=(self.abstained.data or "") if abstains else "",
            covered=tuple(self.question.points[int(at)] for at in self.covered.data or ()),
        )

    def unfinished(self) -> Mapping[str, Sequence[str]]:
        """Return what was typed where a score cannot hold it: an abstention that still lacks its reason."""
        return self.typed() if self.points.data == ABSTAIN and not (self.abstained.data or "").strip() else {}


def _shown(question: Question, score: Score) -> dict[str, Any]:
    shown = {name: getattr(score, name) for name in ("strengths", "weaknesses", "why_not_higher", "why_not_lower")}
    points = ABSTAIN if score.abstained else "" if score.points is None else str(score.points)
    evidence = [{"document": it.document, "reference": it.reference, "quote": it.quote} for it in score.evidence]
    covered = [str(at) for at, each in enumerate(question.points) if each in score.covered]
    return {**shown, "covered": covered, "points": points, "abstained": score.abstained, "evidence": evidence}


class SubmitForm(PageForm):
    """That the sheets shown are to be frozen, and that the remarks about them were looked at.

    ``shown`` holds the digest of each sheet that the page showed, so that nothing is frozen that was not seen.
    """

    shown = HiddenField()
    confirmed = TickField("I have looked at each remark, and I stand by my words")

    @classmethod
    def of(cls, shown: Mapping[str, str]) -> Self:
        """Make the form of a page that shows some sheets."""
        return cls(None, data={"shown": " ".join(f"{bid_id}={digest}" for bid_id, digest in shown.items())})

    @property
    def seen(self) -> dict[str, str]:
        """Return the digest of each sheet that the page showed, by its bid."""
        pairs = (each.partition("=") for each in (self.shown.data or "").split())
        return {bid_id: digest for bid_id, _, digest in pairs}


class AskChairForm(PageForm):
    """A question to the chair about an answer."""

    text = LongTextField("Your question", required="Write your question to the chair", most=4000)


class AnswerMemberForm(PageForm):
    """The chair's answer to it."""

    reply = LongTextField("Your answer", required="Write your answer", most=8000)
