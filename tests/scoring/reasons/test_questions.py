"""What a question asks for, and what of it a reason leaves out."""

from __future__ import annotations

import pytest

from scoring.reasons import sub_points
from tests.scoring.reasons.context import CONTEXT, codes, found, spoilt


@pytest.mark.parametrize(
    ("question", "points"),
    [
        ("Say how:\n- you train;\n- you pay them; and\n- they stay.", ("you train", "you pay them", "they stay")),
        ("Tell us:\n(a) the leads\n(b) the rota", ("the leads", "the rota")),
        ("Tell us:\n1. the leads\n2) the rota", ("the leads", "the rota")),
        ("Describe your work. Cover the leads, the rota, and how you test.", ("the leads", "the rota", "how you test")),
        ("Explain who is reached, by age, faith and place. Cover the leads, the rota, and tests.",
         ("the leads", "the rota", "tests")),
        ("How do you keep people safe?", ()),
        ("Describe leads and rota.", ()),
        ("- only one item", ()),
        ("", ()),
    ],
)  # fmt: skip
def test_a_question_is_taken_apart(question: str, points: tuple[str, ...]) -> None:
    assert sub_points(question) == points


def test_the_sample_question_has_three_points() -> None:
    assert CONTEXT.sub_points == (
        "designated leads and their time",
        "how high-risk cases are escalated at any hour",
        "how you test that your arrangements work",
    )


def test_a_point_that_no_word_touches_is_named() -> None:
    (only,) = found(spoilt(reason="Cases of high risk reach a manager who escalates them within the hour."))
    assert (only.severity, only.code, only.figures) == ("warning", "sub_points_untouched", (("points", "1"),))
    assert "how you test that your arrangements work" in only.message


def test_a_point_that_was_ticked_is_looked_at() -> None:
    text = spoilt(reason="Cases of high risk reach a manager who escalates them within the hour.")
    assert codes(text, covered=("how you test that your arrangements work",)) == []
