"""The record of a lot's moderation: numbers for scores, names for signatures, every sitting, and no total."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from exports.reports.moderation_record import ModerationRecord, Sitting, moderation_record
from tests import factories as a
from tests.exports.pdf_text import words_of
from workbench import printing

AT = datetime(2024, 10, 14, 10, 0, tzinfo=UTC)
LOCKED = datetime(2024, 10, 15, 9, 0, tzinfo=UTC)
FILE = a.tender_file(("adult-harbour", "adult-quayside"))
PRESENT = (*a.EVALUATORS, "ruth")


def sitting(bid: str, criterion: str, **changes: object) -> Sitting:
    made = Sitting(a.agreed(bid, criterion), "ruth", AT, PRESENT, tuple((name, AT) for name in PRESENT))
    return replace(made, **changes)  # type: ignore[arg-type]


def record(locked: datetime | None = LOCKED) -> ModerationRecord:
    agreed = a.agreed("adult-harbour", "delivery")
    noted, reopened = replace(agreed, dissent="Mei sees it lower."), replace(agreed, reopened="Page 12 was overlooked.")
    earlier = sitting("adult-harbour", "delivery", stands=False, score=noted)
    signed = (("eva", AT), ("ruth", AT))
    again = sitting("adult-harbour", "delivery", absent="Idris is on leave.", signed=signed, score=reopened)
    sittings = (earlier, again, sitting("adult-quayside", "social"))
    bids = ("adult-harbour", "adult-quayside")
    return moderation_record(FILE, "adult", bids, sittings, locked, date(2024, 10, 14))


def test_scores_stand_under_numbers_with_their_spread() -> None:
    delivery = next(it for it in record().questions if it.criterion == "How the service is delivered")
    assert (delivery.tenderer, delivery.given, delivery.spread) == (
        "Harbour Trust", (("Evaluator 1", Decimal(5)), ("Evaluator 2", Decimal(5)), ("Evaluator 3", Decimal(4))),
        Decimal(1),
    )  # fmt: skip
    first, second = delivery.decided
    assert [(it.who, it.old) for it in second.changes] == [("Evaluator 3", Decimal(4))]
    assert (first.missing, second.missing) == ((), ("Idris", "Mei"))


def test_the_meeting_names_its_days_its_chair_and_who_was_there() -> None:
    made = record()
    assert (made.days, [it.name for it in made.chairs]) == ((date(2024, 10, 14),), ["Ruth"])
    assert [it.name for it in made.present] == ["Eva", "Idris", "Mei", "Ruth"]
    assert (made.agreed, made.head.draft, record(None).head.draft) == (2, False, True)


def test_the_paper_tells_all_of_it_and_no_total() -> None:
    text = " ".join(words_of(printing.print_document(record())).split())
    for words in (
        "Evaluator 3, 4 → 5. Evidence in the bid had been missed. The rota on page 9 had been overlooked.",
        "Dissent. Mei sees it lower.", "Agreed earlier, and taken up again: 5, Excellent",
        "Why it was taken up again. Page 12 was overlooked.", "Not present. Idris is on leave.",
        "Signed. Eva, ", "Not signed by Idris, Mei.", "Nothing was agreed about this answer.",
        "Highest and lowest lie 1 apart.", "Ruth in the chair",
    ):  # fmt: skip
        assert words in text
    assert "£" not in text
    assert "Eva: " not in text
