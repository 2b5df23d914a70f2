"""``price-marks``: published numbers come out exactly, and what cannot be computed is refused by name."""

from __future__ import annotations

import pytest

from tests.workbench.running import run, run_json


def test_relative_marks_are_exact_texts_with_a_ranking() -> None:
    data = run_json("price-marks", "lowest_relative", "--weight", "40", "A=100", "B=105", "C=108")
    assert data["formula"] == "lowest_relative"
    assert data["weight"] == "40"
    assert data["parameters"] == {}
    assert data["marks"] == {
        "A": "40",
        "B": "38.09523809523809523809523810",
        "C": "37.03703703703703703703703704",
    }
    assert data["ranking"] == ["A", "B", "C"]
    assert data["ties"] == []


def test_a_whole_method_ranks_price_and_quality_as_the_ufab_does() -> None:
    """UfAB simple reference value: 1,000,000 × 60 ÷ 65,000 = 923, and 1,000 for 70 points at 70,000."""
    data = run_json("price-marks", "reference_value", "A=65000:60", "B=70000:70")
    assert data["figures"] == {"A": "923", "B": "1000"}
    assert data["ranking"] == ["B", "A"]
    assert data["best"] == "highest"
    assert "marks" not in data


def test_the_weight_is_100_unless_said_otherwise() -> None:
    assert run_json("price-marks", "lowest_relative", "A=1")["marks"] == {"A": "100"}


def test_equal_marks_are_named_as_ties_in_one_flat_ranking() -> None:
    data = run_json("price-marks", "lowest_relative", "C=200", "A=100", "B=200")
    assert data["ranking"] == ["A", "B", "C"]
    assert data["ties"] == [["B", "C"]]


def test_money_may_be_typed_as_people_type_it_and_names_may_hold_spaces() -> None:
    data = run_json("price-marks", "lowest_relative", "North Trust=£1,234.50", "South=2469")
    assert data["marks"] == {"North Trust": "100", "South": "50"}


def test_parameters_are_taken_and_defaults_are_shown() -> None:
    data = run_json("price-marks", "linear_to_multiple", "--param", "multiple=3", "A=100", "B=200")
    assert data["parameters"] == {"multiple": "3", "clamp": "yes"}
    assert data["marks"] == {"A": "100", "B": "50"}


def test_quality_counts_out_of_the_number_said() -> None:
    data = run_json("price-marks", "price_markup", "--param", "maximum_percent=50", "--quality-max", "10", "A=100:5")
    assert data["quality_max"] == "10"
    assert data["figures"] == {"A": "125"}


def test_a_price_of_nothing_is_refused_by_name() -> None:
    data = run_json("price-marks", "lowest_relative", "A=0", "B=5", status=1)
    assert [(it["code"], it["place"]) for it in data["findings"]] == [("price_undefined", "A")]


@pytest.mark.parametrize(
    ("formula", "bids", "code", "place"),
    [
        ("lowest_relative", ["A=1", "A=2"], "bid_repeated", "A"),
        ("lowest_relative", ["A=1", "B=1e5"], "bid_unreadable", "B"),
        ("lowest_relative", ["A=NaN"], "bid_unreadable", "A"),
        ("lowest_relative", ["A=１２"], "bid_unreadable", "A"),
        ("lowest_relative", ["A=1:60"], "bid_unreadable", "A"),
        ("reference_value", ["A=65000"], "bid_unreadable", "A"),
        ("reference_value", ["A=65000:sixty"], "bid_unreadable", "A"),
        ("reference_value", ["A=65000:101"], "price_undefined", "A"),
        ("linear_fixed", ["A=1"], "price_parameter_missing", "parameters.floor"),
    ],
)
def test_what_cannot_be_computed_is_a_finding(formula: str, bids: list[str], code: str, place: str) -> None:
    found = run_json("price-marks", formula, *bids, status=1)["findings"][0]
    assert (found["code"], found["place"]) == (code, place)


@pytest.mark.parametrize(
    "words",
    [
        ["price-marks"],
        ["price-marks", "cheapest", "A=1"],
        ["price-marks", "lowest_relative"],
        ["price-marks", "lowest_relative", "A"],
        ["price-marks", "lowest_relative", "=5"],
        ["price-marks", "lowest_relative", "--weight", "forty", "A=1"],
        ["price-marks", "lowest_relative", "--param", "n", "A=1"],
    ],
)
def test_bad_usage_exits_with_2_and_a_sentence(words: list[str]) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert "Error:" in result.stderr


def test_people_see_rank_rounded_marks_and_the_exact_figure() -> None:
    lines = run("price-marks", "lowest_relative", "--weight", "40", "A=100", "B=105").stdout.splitlines()
    assert "   2  B     £105  38.10  38.09523809523809523809523810" in lines


def test_a_tie_is_said_and_left_to_the_published_list() -> None:
    said = run("price-marks", "lowest_relative", "A=1", "B=1").stdout
    assert "A and B are equal: the published tie-break list decides between them." in said


def test_explain_shows_the_formula_with_its_numbers() -> None:
    assert (
        "40 × 100 ÷ 105"
        in run("price-marks", "lowest_relative", "--weight", "40", "A=100", "B=105", "--explain").stdout
    )
    made = run_json("price-marks", "lowest_relative", "--weight", "40", "A=100", "B=105", "--explain")["derivations"]
    assert made["B"] == ["price mark of B = 38.09523809523809523809523810   (W × Pmin ÷ P = 40 × 100 ÷ 105)"]


def test_every_formula_is_listed_with_its_weakness() -> None:
    listed = run_json("price-marks", "--list")["formulas"]
    assert len(listed) == 17
    assert {it["kind"] for it in listed} == {"marks", "method"}
    assert all(it["known_weakness"] and it["source"] for it in listed)
    assert "utility_index: Utility index" in run("price-marks", "--list").stdout


def test_a_formula_whose_marks_hang_on_rivals_says_so() -> None:
    found = run_json("price-marks", "lowest_relative", "A=1")["findings"]
    assert [(it["code"], it["severity"]) for it in found] == [("price_formula_depends_on_rivals", "warning")]
