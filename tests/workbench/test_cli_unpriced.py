"""``workbench evaluate`` on a file in which a tenderer left its price out: the others are judged, the bid is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from scoring.decision import AdmissionDecision
from scoring.tender_file import TenderFile
from tests.workbench.running import ready, run, run_json, saved

BID = "adult-beacon"
OUT = AdmissionDecision(
    BID, "exclude", "admission", "The tenderer left the price out of its bid.", date(2024, 10, 1), "Ada"
)


def without_price(consequence: str, **changes: object) -> TenderFile:
    file = ready()
    bids = tuple(replace(it, prices=(), split=None) if it.id == BID else it for it in file.bids)
    methods = tuple(replace(it, over_ceiling=consequence) for it in file.methodologies)
    return replace(file, bids=bids, methodologies=methods, **changes)  # type: ignore[arg-type]


def test_an_undecided_bid_without_a_price_leaves_its_lot_waiting_and_the_other_recommended(tmp_path: Path) -> None:
    path = saved(tmp_path, without_price("clarify"))
    adult, children = run_json("evaluate", path, "--no-pack", status=1)["lots"]
    assert ([each["code"] for each in adult["waiting"]], children["recommendation"]["name"]) == (
        ["price_missing"], "Beacon Trust",
    )  # fmt: skip


def test_once_decided_the_whole_pack_is_made_with_a_letter_to_that_tenderer_too(tmp_path: Path) -> None:
    path = saved(tmp_path, without_price("clarify", admissions=(OUT,)))
    made = run("evaluate", path, "--out", tmp_path / "pack", "--workers", "1")
    assert made.exit_code == 0, made.output
    assert "adult-03-letter-beacon.pdf" in made.output
    assert "The tenderer left the price out of its bid" in made.output


def test_every_letter_of_such_a_pack_can_be_worked_out_again(tmp_path: Path) -> None:
    path = saved(tmp_path, without_price("reject"))
    run("evaluate", path, "--out", tmp_path / "pack", "--workers", "1")
    letter = next((tmp_path / "pack").rglob("adult-03-letter-beacon.pdf"))
    assert run("verify", letter).exit_code == 0
