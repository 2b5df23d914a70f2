"""The nine deliverables and the funding strategy's standards, as the source documents list them."""

from __future__ import annotations

from collections import Counter

from lots.governance import STANDARDS, Deliverable, default_deliverables, headings, needed_before, standard
from lots.social_value import SocialValueMeasure
from lots.tender import RequiredDocument


def test_the_default_deliverables_are_the_nine_of_the_source_and_none_is_signed() -> None:
    """Avon and Somerset OPCC, Governance: key deliverables i to ix."""
    nine = default_deliverables()
    assert len(nine) == 9
    assert {each.signed_off_on for each in nine} == {None}
    assert [each.title for each in nine if needed_before(each) != "publication"] == [
        "Decision notice",
        "Mobilisation plans",
    ]


def test_a_deliverable_written_without_its_step_is_told_by_its_title() -> None:
    assert needed_before(Deliverable("Mobilisation Plan(s)")) == "start"
    assert needed_before(Deliverable("Decision notice")) == "award"
    assert needed_before(Deliverable("Data protection assessment")) == "publication"
    assert needed_before(Deliverable("Decision notice", needed_before="publication")) == "publication"


def test_the_five_standards_hold_the_points_that_the_source_lists() -> None:
    """Victim Funding Strategy as quoted by Avon and Somerset OPCC: 6, 5, 6, 6 and 5 points."""
    assert list(Counter(each.heading for each in STANDARDS).values()) == [6, 5, 6, 6, 5]
    assert len(headings()) == 5
    assert len({each.id for each in STANDARDS}) == len(STANDARDS) == 28


def test_a_point_is_found_by_its_id_and_an_unknown_id_finds_nothing() -> None:
    found = standard("proportionate")
    assert found is not None
    assert found.heading == "Sustainable funding"
    assert standard("profitable") is None


def test_what_names_no_lot_is_asked_in_every_lot() -> None:
    assert RequiredDocument("policy", "Safeguarding policy").asked_in("adult")
    assert not RequiredDocument("policy", "Safeguarding policy", lots=("cyp",)).asked_in("adult")
    assert SocialValueMeasure("jobs", "Fair work", "Jobs created", "jobs").asked_in("adult")
    assert not SocialValueMeasure("jobs", "Fair work", "Jobs created", "jobs", lots=("cyp",)).asked_in("adult")
