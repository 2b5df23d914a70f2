"""A card that several people write at once: no word is lost, whoever saves first."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.scoresheet import Evidence, Score
from workbench.cards import draft_of, mark_of, marks_of, merged, read_evidence, started, write_evidence

NAMES = ("reason", "dissent")
SAVED = {"reason": "Rota on page 9"}
SHOWN = marks_of(SAVED, NAMES)


def test_people_in_different_fields_keep_both_their_words() -> None:
    first = merged(SAVED, {"reason": "Rota on page 9, weekly", "dissent": ""}, SHOWN)
    now = {**SAVED, **first.changes}
    second = merged(now, {"reason": "Rota on page 9", "dissent": "I see it lower"}, SHOWN)
    assert ({**now, **second.changes}, second.conflicts) == (
        {"reason": "Rota on page 9, weekly", "dissent": "I see it lower"}, {},
    )  # fmt: skip


def test_of_two_in_one_field_the_second_is_told_both_texts() -> None:
    now = {"reason": "Theirs"}
    found = merged(now, {"reason": "Mine", "dissent": "Mine too"}, SHOWN)
    assert (found.changes, found.conflicts) == ({"dissent": "Mine too"}, {"reason": ("Mine", "Theirs")})


def test_the_same_words_twice_are_no_conflict() -> None:
    assert merged({"reason": "Alike"}, {"reason": "Alike"}, SHOWN).conflicts == {}


def test_a_page_that_lost_its_marks_overwrites_nothing() -> None:
    assert merged(SAVED, {"reason": "Mine"}, {}).conflicts == {"reason": ("Mine", "Rota on page 9")}


TEXTS = st.sampled_from(["", "a", "b", "c"])


@given(st.lists(st.tuples(st.sampled_from(NAMES), TEXTS, st.booleans()), max_size=12))
def test_whatever_the_order_what_was_saved_is_only_replaced_by_whoever_saw_it(
    saves: list[tuple[str, str, bool]],
) -> None:
    saved, page = {"reason": "a", "dissent": ""}, {"reason": "a", "dissent": ""}
    for name, text, looks_again in saves:
        if looks_again:
            page = dict(saved)
        found = merged(saved, {**page, name: text}, marks_of(page, NAMES))
        assert all(page[each] == saved[each] for each in found.changes)
        lost = {text} - {saved[name], page[name], *found.changes.values()}
        assert lost <= {yours for yours, _ in found.conflicts.values()}
        saved |= found.changes


@pytest.mark.parametrize(
    "places",
    [(Evidence("Method statement", "page 9"),), (Evidence("Answer", "paragraph 2", "a rota for every week"),),
     (Evidence("Method statement", "page 9, table 2", "“named” staff"), Evidence("Annex", "4:1"))],
)  # fmt: skip
def test_evidence_reads_as_it_is_written(places: tuple[Evidence, ...]) -> None:
    assert read_evidence(write_evidence(places)) == places


def test_evidence_without_a_place_is_left_incomplete_and_blank_lines_are_none() -> None:
    assert read_evidence('\nMethod statement\nPolicy "A", page 3\n\n') == (
        Evidence("Method statement", ""), Evidence('Policy "A"', "page 3"),
    )  # fmt: skip


def test_starting_from_an_evaluator_adds_below_what_stands_and_once_only() -> None:
    score = Score("delivery", Decimal(4), "A weekly rota.", "No cover.", (Evidence("Answer", "page 9"),), "No cover")
    first = started({"reason": "We agree:"}, score)
    assert first == {
        "reason": "We agree:\nA weekly rota.\n\nNo cover.", "evidence": "Answer, page 9", "why_not_higher": "No cover",
    }  # fmt: skip
    assert started({"reason": "We agree:", **first}, score) == {}


def test_a_card_is_read_as_a_draft_of_the_agreed_score() -> None:
    draft = draft_of({"points": "4", "reason": "So", "cause-eva": "arithmetic", "said-eva": "Mei"}, ["eva", "idris"])
    assert (draft.text.points, draft.text.reason) == (Decimal(4), "So")
    assert draft.causes == (("eva", "arithmetic", "Mei"), ("idris", "", ""))
    assert draft_of({"points": "four"}, []).text.points is None


def test_a_mark_tells_texts_apart() -> None:
    assert len({mark_of(text) for text in ("", "a", "A", "a ")}) == 4
