"""``export-ocds`` and ``import-ocds``: packages that can be published, and an honest list of what was taken over."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests import factories
from tests.exports.ocds import uk_release
from tests.exports.ocds.schemas import problems
from tests.workbench.running import run, run_json, saved

ROOT = Path(__file__).resolve().parents[2]


def test_a_package_is_written_with_the_identifier_given(tmp_path: Path) -> None:
    case, out = saved(tmp_path, factories.tender_file()), tmp_path / "package.json"
    data = run_json("export-ocds", case, "--ocid", "ocds-abcdef-1", "--published", "2024-08-01", "--out", out)
    package = json.loads(out.read_bytes())
    (release,) = package["releases"]
    assert (data["ocid"], release["ocid"], release["date"]) == (
        "ocds-abcdef-1",
        "ocds-abcdef-1",
        "2024-08-01T00:00:00+01:00",
    )
    assert data["bytes"] == out.stat().st_size
    assert [it for it in data["findings"] if it["code"] == "ocid_unregistered"] == []


def test_without_a_file_to_write_the_package_itself_is_printed(tmp_path: Path) -> None:
    case = saved(tmp_path, factories.tender_file())
    result = run("export-ocds", case)
    assert json.loads(result.stdout)["releases"][0]["ocid"].startswith("ocds-000000-")
    assert "without a registered prefix" in result.stderr


def test_what_is_exported_is_valid(tmp_path: Path) -> None:
    assert (
        problems(json.loads(run("export-ocds", saved(tmp_path, factories.tender_file())).stdout)["releases"][0]) == []
    )


def test_what_is_exported_can_be_imported(tmp_path: Path) -> None:
    case, out, again = saved(tmp_path, factories.tender_file()), tmp_path / "p.json", tmp_path / "again.json"
    run("export-ocds", case, "--out", out)
    data = run_json("import-ocds", out, "--out", again)
    written = json.loads(again.read_bytes())
    assert written == data["file"]
    assert [lot["id"] for lot in written["tender"]["lots"]] == ["adult", "children"]


def test_the_example_of_the_documentation_is_the_one_that_is_tested() -> None:
    assert json.loads((ROOT / "docs" / "example-release.json").read_bytes()) == uk_release.package()


def test_people_read_where_each_field_went_and_what_is_still_to_do() -> None:
    result = run("import-ocds", ROOT / "docs" / "example-release.json")
    assert result.exit_code == 0
    for words in ("Taken over", "Not taken over", "Still to do", "tender.lots[0].annual_budget", "£3,000,000"):
        assert words in result.stdout


@pytest.mark.parametrize("data", [b"", b"[]", b'{"releases": []}', b"\xff"])
def test_a_file_that_is_no_release_is_refused(data: bytes, tmp_path: Path) -> None:
    path, out = tmp_path / "bad.json", tmp_path / "out.json"
    path.write_bytes(data)
    refused = run_json("import-ocds", path, "--out", out, status=1)
    assert "cannot be taken over" in refused["refused"]
    assert not out.exists()


def test_a_tender_file_with_errors_is_not_exported(tmp_path: Path) -> None:
    case = json.loads(saved(tmp_path, factories.tender_file()).read_bytes())
    case["tender"]["lots"][0]["annual_budget"] = "-1.00"
    path = tmp_path / "wrong.json"
    path.write_text(json.dumps(case), "utf-8")
    assert run("export-ocds", path).exit_code == 1


DEMO = ROOT / "workbench" / "demo" / "avon_and_somerset.json"


def test_the_award_is_exported_as_it_may_be_published_or_whole() -> None:
    public, whole = (json.loads(run("export-ocds", DEMO, "--award", it).stdout) for it in ("public", "restricted"))
    assert [[release["tag"] for release in package["releases"]] for package in (public, whole)] == [
        [["tender"], ["award"]],
        [["tender"], ["award"]],
    ]
    assert ["details" in package["releases"][1]["bids"] for package in (public, whole)] == [False, True]
    assert problems(whole["releases"][1]) == []


def test_a_signature_makes_it_a_contract() -> None:
    said = run("export-ocds", DEMO, "--award", "public", "--signed", "adult=2024-11-14").stdout
    assert [it["dateSigned"][:10] for it in json.loads(said)["releases"][1]["contracts"]] == ["2024-11-14"]


@pytest.mark.parametrize("given", [("--signed", "adult=2024-11-14"), ("--award", "public", "--signed", "x=2024-11-14")])
def test_a_signature_needs_an_award_and_a_lot_that_is_there(given: tuple[str, ...]) -> None:
    assert run("export-ocds", DEMO, *given).exit_code == 2


def test_without_a_decision_there_is_no_award_to_export(tmp_path: Path) -> None:
    data = run_json("export-ocds", saved(tmp_path, factories.tender_file()), "--award", "public", status=1)
    assert [it["code"] for it in data["findings"]] == ["no_award"]
