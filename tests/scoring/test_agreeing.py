"""An agreed score goes to signature only with reasons that stand: each gap is refused by name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from lots.errors import errors_in
from scoring.agenda import AgendaItem, agenda
from scoring.agreeing import AgreedDraft, agreed_score, agreeing_findings, moved
from scoring.moderation import ScoreChange
from scoring.reasons import ReasonContext, ReasonText
from tests import factories as a

FILE = a.tender_file(("adult-harbour", "adult-quayside"))
ITEM = next(
    it for it in agenda(FILE, ("adult-harbour",)) if it.leaf.criterion.id == "delivery"
)  # eva and idris 5, mei 4
REASON = ReasonText(
    Decimal(4),
    "The rota names two advocates for each week, and the answer sets out who stands in when one of them is away.",
    a.evidence(9),
    "It does not say how demand above the forecast would be met.",
    "Every part of the question has a named person and a date behind it.",
)
DRAFT = AgreedDraft(
    REASON,
    (
        ("eva", "anchor_misread", "Mei showed page 9."),
        ("idris", "evidence_missed", "Mei showed page 9."),
        ("mei", "", ""),
    ),
)  # fmt: skip
CONTEXT = ReasonContext("How the service is delivered", a.scale(), own_names=("Harbour Trust",),
                        other_names=("Quayside Listening Service",))  # fmt: skip
PANEL = ("Eva Lindqvist", "Ruth")


def codes(draft: AgreedDraft, item: AgendaItem = ITEM) -> set[tuple[str, str]]:
    return {(it.code, it.place) for it in agreeing_findings(draft, item, CONTEXT, PANEL)}


def with_text(**changes: object) -> AgreedDraft:
    return replace(DRAFT, text=replace(REASON, **changes))  # type: ignore[arg-type]


def test_a_whole_draft_is_agreed_and_names_only_those_who_moved() -> None:
    assert codes(DRAFT) == set()
    score = agreed_score(DRAFT, ITEM, date(2024, 10, 14))
    assert (score.points, score.agreed_on, score.reason) == (Decimal(4), date(2024, 10, 14), REASON.reason)
    assert score.changes == (
        ScoreChange("eva", "anchor_misread", "Mei showed page 9."),
        ScoreChange("idris", "evidence_missed", "Mei showed page 9."),
    )


@pytest.mark.parametrize(
    ("draft", "gap"),
    [
        (with_text(points=None), ("points_missing", "points")),
        (with_text(points=Decimal("4.5")), ("points_off_scale", "points")),  # the mean of 5, 5 and 4 is no level either
        (with_text(reason=""), ("reason_missing", "reason")),
        (with_text(evidence=()), ("evidence_missing", "evidence")),
        (with_text(why_not_higher=""), ("why_not_higher_missing", "why_not_higher")),
        (with_text(why_not_lower=""), ("why_not_lower_missing", "why_not_lower")),
        (with_text(reason=a.ANCHORS[4]), ("scale_repeated", "reason")),
        (
            with_text(reason=f"{REASON.reason} Better than Quayside Listening Service."),
            ("other_tenderer_named", "reason"),
        ),
        (with_text(reason=f"{REASON.reason} So eva lindqvist found."), ("member_named", "reason")),
        (replace(DRAFT, causes=(("eva", "", "Mei."), DRAFT.causes[1])), ("cause_missing", "cause-eva")),
        (replace(DRAFT, causes=(("eva", "whim", "Mei."), DRAFT.causes[1])), ("cause_missing", "cause-eva")),
        (replace(DRAFT, causes=(("eva", "other", " "), DRAFT.causes[1])), ("explanation_missing", "said-eva")),
        (replace(DRAFT, causes=DRAFT.causes[:1]), ("cause_missing", "cause-idris")),
    ],
)
def test_each_gap_is_refused_at_its_field(draft: AgreedDraft, gap: tuple[str, str]) -> None:
    assert gap in codes(draft)
    assert gap in {(it.code, it.place) for it in errors_in(agreeing_findings(draft, ITEM, CONTEXT, PANEL))}


def test_nothing_is_agreed_below_the_quorum() -> None:
    assert ("quorum_missed", "points") in codes(DRAFT, replace(ITEM, given=ITEM.given[:2]))


def test_a_level_that_nobody_gave_has_to_be_confirmed() -> None:
    causes = tuple((name, "other", "The panel read the annex again.") for name in ("eva", "idris", "mei"))
    draft = replace(with_text(points=Decimal(2)), causes=causes)
    (found,) = agreeing_findings(draft, ITEM, CONTEXT, PANEL)
    assert (found.code, found.severity) == ("beyond_scores", "warning")


def test_who_moved_depends_on_the_level() -> None:
    assert moved(ITEM, Decimal(5)) == ("mei",)
    assert moved(ITEM, None) == ()
