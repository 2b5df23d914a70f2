"""``headroom``: what is left under a lot's maximum potential spend, and uplifts that go too far."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from lots.lot import Uplift
from lots.money import Money
from tests import factories
from tests.workbench.running import run, run_json, saved


def case(folder: Path, *uplifts: Uplift) -> Path:
    """Write a file whose adult lot (base value £900,000, at most £1,800,000) has these uplifts."""
    lots = (factories.lot("adult", uplifts=uplifts), factories.lot("children"))
    return saved(folder, replace(factories.tender_file(), tender=factories.tender(lots=lots)))


def uplift(pounds: int, gateway: str = "72_1_a", name: str = "u1") -> Uplift:
    return Uplift(name, date(2025, 6, 2), Money.pounds(pounds), "moj", "DN-2025-4", gateway, "Review clause 7.2")


def test_an_uplift_is_drawn_from_the_headroom(tmp_path: Path) -> None:
    (adult,) = run_json("headroom", case(tmp_path, uplift(100_000)), "--lot", "adult")["lots"]
    assert (adult["original"], adult["committed"], adult["headroom"]) == ("900000.00", "1000000.00", "800000.00")
    assert [(row["id"], row["headroom"]) for row in adult["uplifts"]] == [("u1", "800000.00")]


def test_every_contract_lot_is_shown_unless_one_is_asked_for(tmp_path: Path) -> None:
    assert [lot["lot"] for lot in run_json("headroom", case(tmp_path))["lots"]] == ["adult", "children"]


def test_an_uplift_beyond_the_ceiling_exits_with_1_and_the_pounds(tmp_path: Path) -> None:
    path = case(tmp_path, uplift(1_000_000))
    data = run_json("headroom", path, status=1)
    assert [(it["code"], it["place"]) for it in data["findings"]] == [
        ("headroom_exceeded", "tender.lots[0].uplifts[0].amount")
    ]
    said = run("headroom", path).stdout
    assert "BROKEN" in said
    assert "£100,000" in said


def test_the_value_as_awarded_takes_the_place_of_the_base_value(tmp_path: Path) -> None:
    path = case(tmp_path)
    (adult,) = run_json("headroom", path, "--lot", "adult", "--awarded", "£870,000")["lots"]
    assert (adult["original"], adult["headroom"]) == ("870000.00", "930000.00")
    assert run("headroom", path, "--awarded", "870000").exit_code == 2


def test_a_threshold_is_compared_only_when_the_vat_rate_is_said(tmp_path: Path) -> None:
    """The threshold of PCR 2015 includes VAT and this tender's amounts do not."""
    path = case(tmp_path, uplift(50_000, "72_1_f"))
    assert [it["code"] for it in run_json("headroom", path, status=1)["findings"]] == ["vat_basis_differs"]
    assert run_json("headroom", path, "--vat-percent", "20")["findings"] == []


def test_people_see_committed_and_headroom_side_by_side(tmp_path: Path) -> None:
    lines = run("headroom", case(tmp_path, uplift(100_000)), "--lot", "adult").stdout.splitlines()
    row = next(line for line in lines if line.startswith("2025-06-02"))
    assert row.split("£")[1:] == ["100,000  ", "1,000,000  ", "800,000  kept"]


def test_an_unknown_lot_is_bad_usage(tmp_path: Path) -> None:
    assert run("headroom", case(tmp_path), "--lot", "moon").exit_code == 2
