"""``demo``: the Avon and Somerset case told from its money to its decision pack, with the figures of the source."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import Result

from lots.money import Money
from tests.workbench.running import run, run_json
from workbench.commands import results, story
from workbench.commands.common import load
from workbench.output import WIDTH
from workbench.paths import demo_file


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    """The demo as a newcomer runs it, once for the whole module."""
    out = tmp_path_factory.mktemp("demo") / "out"
    return run("demo", "--no-serve", "--out", out), out


def flat(result: Result) -> str:
    return re.sub(r"\s+", " ", result.stdout)


@pytest.mark.slow
def test_the_story_holds_the_figures_of_the_published_strategy(told: tuple[Result, Path]) -> None:
    """The source prints £2,008,475.84 and £1,443,531.00; its lines come to 14p more and 2p less."""
    said = flat(told[0])
    for figure in ("£2,008,475.98: 14p more", "£1,443,530.98: 2p less", "£564,945", "£494,022", "£68,491.02 a year"):
        assert figure in said


@pytest.mark.slow
def test_the_story_tells_exclusions_ties_enquiries_limits_and_recommendations(told: tuple[Result, Path]) -> None:
    said = flat(told[0])
    for words in ("£7,300 (1.0 point) over the 60 % cap", "settled by the published step", "turns the first place"):
        assert words in said
    for words in ("an enquiry, never a rejection by itself", "may win at most 2 lots", "Without the limit:", "Reserve"):
        assert words in said


@pytest.mark.slow
def test_the_story_fits_a_terminal_and_marks_what_is_invented(told: tuple[Result, Path]) -> None:
    result, _ = told
    assert result.exit_code == 0
    assert "Illustrative, which means invented" in result.stdout
    assert result.stdout.count("(illustrative)") >= 5
    body, _, commands = result.stdout.partition("Try next")
    assert [line for line in body.splitlines() if len(line) > WIDTH and str(told[1]) not in line] == []
    assert "check-split" in commands
    assert len(body.splitlines()) < 160


@pytest.mark.slow
def test_the_pack_is_written_and_matches_its_tender_file(told: tuple[Result, Path]) -> None:
    _, out = told
    files = json.loads((out / "manifest.json").read_bytes())["files"]
    assert len([name for name in files if name.endswith(".pdf")]) >= 14
    assert run_json("verify", demo_file(), "--pack", out)["match"] is True


@pytest.mark.slow
def test_the_commands_it_proposes_do_what_they_say(told: tuple[Result, Path]) -> None:
    result, _ = told
    proposed = [line.split() for line in result.stdout.partition("Try next")[2].splitlines() if line.startswith("  ")]
    words = {line[1]: line[1:] for line in proposed if line[1:2] and line[0].endswith(("run", "workbench"))}
    assert set(words) == {"verify", "check-split", "explain", "price-marks"}
    assert run(*words["explain"]).exit_code == 0
    assert run(*words["check-split"]).exit_code == 1
    assert run(*words["price-marks"]).exit_code == 0


def test_the_money_of_the_case_in_json_is_exact() -> None:
    from scoring.recommendation import evaluate

    evaluation = evaluate(load(demo_file())[0])
    money = story.money_data(story.money_story(evaluation))
    assert [it["difference"] for it in money["printed_totals"]] == ["0.14", "-0.02"]  # type: ignore[attr-defined]
    assert money["without_uplifts"]["gap"] == Money(6_849_102).plain()  # type: ignore[index]
    assert money["placement"]["left"] == "475.98"  # type: ignore[index]
    data = results.evaluation_data(evaluation)
    json.dumps(data)
    assert [lot["recommendation"]["tenderer"] is not None for lot in data["lots"]] == [True] * 3  # type: ignore[attr-defined]
