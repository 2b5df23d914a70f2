"""The readiness rail: what is said in the same words of several parts names the part."""

from __future__ import annotations

from lots.errors import Finding
from workbench.parts import Part
from workbench.tasks import rail

PARTS = (
    Part("methodology", "adult", {"id": "adult", "title": "How adult bids are judged"}),
    Part("methodology", "isva", {"id": "isva", "title": "How ISVA bids are judged"}, position=1),
)


def told(*findings: Finding) -> list[str]:
    states = {state.task.id: state for state in rail(PARTS, findings)}
    return [item.finding.message for item in states["criteria"].items]


def test_the_same_words_about_two_methodologies_name_each() -> None:
    places = ("methodologies[0].price.formula", "methodologies[1].price.formula")
    found = [Finding("depends", "A bid’s own figure depends on the others", place, "warning") for place in places]
    assert told(*found) == [
        "How adult bids are judged: A bid’s own figure depends on the others",
        "How ISVA bids are judged: A bid’s own figure depends on the others",
    ]


def test_the_same_words_about_the_requirements_of_two_lots_name_the_lots() -> None:
    lots = tuple(Part("lot", key, {"id": key, "title": key.upper()}) for key in "ab")
    asked = tuple(Part("requirements", key, [{"id": "x", "title": "Insurance"}]) for key in "ab")
    found = [Finding("twice", "Say it once", f"tender.lots[{n}].requirements[0].title") for n in (0, 1)]
    state = next(state for state in rail((*lots, *asked), found) if state.task.id == "requirements")
    assert [item.finding.message for item in state.items] == ["A: Say it once", "B: Say it once"]


def test_words_about_one_part_stay_as_they_are() -> None:
    assert told(Finding("depends", "One figure depends", "methodologies[0].price.formula")) == ["One figure depends"]


def test_what_a_tender_file_must_have_is_asked_for_in_words() -> None:
    missing = Finding("missing_key", "missing: give one of exclusive, inclusive", "tender.vat")
    said = [item.finding.message for state in rail((), (missing,)) for item in state.items]
    assert said == [
        "Still to be filled in: whether amounts are stated with or without VAT",
        "The deadline for tenders is not set",
    ]
