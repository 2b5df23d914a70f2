"""``tender-file``: the schema, and the check that names every problem by its path."""

from __future__ import annotations

import json
from pathlib import Path

from jsonschema import Draft202012Validator

from tests import factories
from tests.workbench.running import run, run_json, saved


def test_the_schema_is_one_that_a_right_file_follows(tmp_path: Path) -> None:
    schema = json.loads(run("tender-file", "schema").stdout)
    case = json.loads(saved(tmp_path, factories.tender_file()).read_bytes())
    assert list(Draft202012Validator(schema).iter_errors(case)) == []


def test_a_right_file_is_valid_and_canonical(tmp_path: Path) -> None:
    data = run_json("tender-file", "check", saved(tmp_path, factories.tender_file()))
    assert data == {"valid": True, "canonical": True, "written": None, "findings": []}


def test_every_problem_is_named_by_its_path(tmp_path: Path) -> None:
    path = saved(tmp_path, factories.tender_file())
    case = json.loads(path.read_bytes())
    case["tender"]["lots"][0]["annual_budgett"] = "1.00"
    case["bids"][1]["prices"][0] = "12,5"
    path.write_text(json.dumps(case), "utf-8")
    data = run_json("tender-file", "check", path, status=1)
    assert {it["place"] for it in data["findings"]} == {"tender.lots[0].annual_budgett", "bids[1].prices[0]"}
    result = run("tender-file", "check", path)
    assert result.exit_code == 1
    assert "error: bids[1].prices[0]: " in result.stdout


def test_the_canonical_form_can_be_written_elsewhere(tmp_path: Path) -> None:
    path = saved(tmp_path, factories.tender_file())
    right = path.read_bytes()
    path.write_text(json.dumps(json.loads(right), indent=4), "utf-8")
    target = tmp_path / "canonical.json"
    data = run_json("tender-file", "check", path, "--write", target)
    assert (data["canonical"], data["written"]) == (False, str(target))
    assert target.read_bytes() == right
    assert [it.name for it in tmp_path.iterdir() if it.name.startswith(".")] == []


def test_a_wrong_file_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "case.json"
    path.write_text("{}", "utf-8")
    target = tmp_path / "canonical.json"
    result = run("tender-file", "check", path, "--write", target)
    assert (result.exit_code, target.exists()) == (1, False)
    assert "was not written, because of the errors above" in result.stdout.replace("\n", " ")
