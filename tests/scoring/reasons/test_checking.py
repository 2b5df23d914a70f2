"""Whatever is typed, the gate answers, and soon."""

from __future__ import annotations

from decimal import Decimal
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.reasons import ReasonText, gate, sub_points
from scoring.scoresheet import Evidence
from tests.scoring.reasons.context import CONTEXT, QUESTION, codes, spoilt

PLACES = {"points", "reason", "evidence", "why_not_higher", "why_not_lower"}
ANYTHING = st.text(st.characters(), max_size=60)
EVIDENCE = st.lists(st.builds(Evidence, ANYTHING, ANYTHING, ANYTHING), max_size=3).map(tuple)
TEXTS = st.builds(
    ReasonText, st.sampled_from([None, Decimal(0), Decimal(3), Decimal("-1"), Decimal("NaN")]), ANYTHING, EVIDENCE,
    ANYTHING, ANYTHING,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(text=TEXTS)
def test_any_text_gets_findings_at_its_fields(text: ReasonText) -> None:
    found = gate(text, CONTEXT)
    assert {each.place for each in found} <= PLACES
    assert all(each.severity in ("error", "warning") and each.message.strip() for each in found)


@settings(max_examples=150, deadline=None)
@given(question=st.text(st.characters(), max_size=200))
def test_any_question_can_be_taken_apart(question: str) -> None:
    assert all(each.strip() for each in sub_points(question))


@pytest.mark.parametrize("unit", ["a", "ab ", "0", "0 ", "@", "a@", "a.b@c.d ", "mr ", "(", "- ", "\ufdfa", "a\u0301",
                                  "\U0001f600", "\ud800", "£", ", and ", ". Cover ", "aa1 1 "])  # fmt: skip
def test_a_hundred_thousand_signs_are_read_within_a_second(unit: str) -> None:
    long = (unit * 100_000)[:100_000]
    began = process_time()
    gate(spoilt(reason=long), CONTEXT)
    sub_points(long)
    assert process_time() - began < 1


def test_the_same_text_with_other_signs_of_space_is_the_same_to_the_gate() -> None:
    changed = spoilt(reason=spoilt().reason.replace(" ", "\u00a0\n"))
    assert codes(changed) == codes()


def test_sub_points_of_the_question_do_not_depend_on_how_lines_end() -> None:
    assert sub_points(QUESTION.replace("\n", "\r\n")) == CONTEXT.sub_points
