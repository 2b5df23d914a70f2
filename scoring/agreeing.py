"""What keeps an agreed score from being put to signature: a reason that does not stand, a change nobody explains.

A score that was moderated needs reasons of its own, and an answer to every evaluator who scored otherwise (Lancashire
Care v Lancashire County Council [2018] EWHC 1589 (TCC)); it is a level of the scale and no mean (Bromcom v United
Learning Trust [2022] EWHC 3262 (TCC)).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import cast

from lots.errors import Finding
from lots.words import counted
from scoring.agenda import AgendaItem
from scoring.moderation import CAUSES, AgreedScore, Cause, ScoreChange
from scoring.reasons import ReasonContext, ReasonText, gate


@dataclass(frozen=True)
class AgreedDraft:
    """An agreed score in the making; ``causes`` are (evaluator, coded cause, who spoke for it and what they said)."""

    text: ReasonText
    causes: tuple[tuple[str, str, str], ...] = ()
    dissent: str = ""
    reopened: str = ""


def agreeing_findings(
    draft: AgreedDraft, item: AgendaItem, context: ReasonContext, panel: Sequence[str]
) -> tuple[Finding, ...]:
    """Return everything that keeps a draft from being put to signature, and what has to be confirmed first.

    ``panel`` are the names of its members, which no tenderer reads. Places are the fields of the text, and
    ``cause-<evaluator>`` and ``said-<evaluator>``.
    """
    return (
        *_short(item),
        *gate(draft.text, context),
        *_members_named(draft.text, panel),
        *_beyond(draft.text.points, item),
        *_unexplained(draft, item),
    )


def moved(item: AgendaItem, points: Decimal | None) -> tuple[str, ...]:
    """Name the evaluators whose score is not the agreed one."""
    return tuple(name for name, given in item.given if points is not None and given != points)


def agreed_score(draft: AgreedDraft, item: AgendaItem, on: date) -> AgreedScore:
    """Turn a draft without errors into the agreed score; causes of scores that did not move are left out."""
    points = draft.text.points
    assert points is not None
    said = {evaluator: (cause, words) for evaluator, cause, words in draft.causes}
    changes = tuple(ScoreChange(name, cast(Cause, said[name][0]), said[name][1]) for name in moved(item, points))
    return AgreedScore(
        item.bid, item.leaf.criterion.id, points, draft.text.reason, on, draft.text.evidence,
        draft.text.why_not_higher, draft.text.why_not_lower, changes, draft.dissent, draft.reopened,
    )  # fmt: skip


def _short(item: AgendaItem) -> Iterator[Finding]:
    if item.short:
        message = (
            f"{counted(len(item.given), 'evaluator')} scored this answer and the published rules ask for "
            f"{item.quorum}: nothing can be agreed about it, and its lot waits"
        )
        yield Finding("quorum_missed", message, "points")


def _members_named(text: ReasonText, panel: Sequence[str]) -> Iterator[Finding]:
    for place, written in text.written:
        for name in panel:
            if name.strip() and name.casefold() in written.casefold():
                message = f"The tenderer reads this, and it names {name}: say what the panel found, not who said it"
                yield Finding("member_named", message, place)


def _beyond(points: Decimal | None, item: AgendaItem) -> Iterator[Finding]:
    given = [each for _, each in item.given]
    if points is None or not given or min(given) <= points <= max(given):
        return
    message = (
        f"Nobody scored {points}: the scores lie between {min(given)} and {max(given)}. Confirm that the panel agreed "
        "on a level that none of them had given"
    )
    yield Finding("beyond_scores", message, "points", "warning")


def _unexplained(draft: AgreedDraft, item: AgendaItem) -> Iterator[Finding]:
    said = {evaluator: (cause, words) for evaluator, cause, words in draft.causes}
    given = dict(item.given)
    for name in moved(item, draft.text.points):
        cause, words = said.get(name, ("", ""))
        if cause not in CAUSES:
            message = f"This score moves from {given[name]} to {draft.text.points}: choose why"
            yield Finding("cause_missing", message, f"cause-{name}")
        if not words.strip():
            message = (
                f"This score moves from {given[name]} to {draft.text.points}: say who spoke for it, and what was said"
            )
            yield Finding("explanation_missing", message, f"said-{name}")
