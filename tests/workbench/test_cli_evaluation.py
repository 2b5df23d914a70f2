"""``evaluate``, ``explain``, ``verify``: from a tender file to a pack that anybody can check, and what spoils it."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import zlib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pikepdf
import pytest

from exports.pdf import Attached, attached, from_html
from scoring.limits.allocation import LotLimit
from tests import factories
from tests.workbench.running import ready, run, run_json, saved

PAPERS = [
    "adult-01-award-harbour.pdf",
    "adult-02-letter-quayside.pdf",
    "adult-03-letter-beacon.pdf",
    "children-01-award-beacon.pdf",
    "children-02-letter-harbour.pdf",
]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return saved(tmp_path_factory.mktemp("case"), ready())


@pytest.fixture(scope="module")
def pack(case: Path) -> Path:
    """The decision pack of the case, written once."""
    folder = case.parent / "pack"
    result = run("evaluate", case, "--out", folder, "--workers", "1")
    assert result.exit_code == 0, result.output
    assert re.search(
        r"adult-02-letter-quayside\.pdf +Award decision notice, Adult support, Quayside Trust", result.stdout
    )
    return folder


def test_rankings_and_recommendations_come_out_exactly(case: Path) -> None:
    """Adult: 36 × 5/5 + 24 × 4/5 + 10 × 3/5 = 61.2, and 30 × (900,000 − 870,000) ÷ 450,000 = 2."""
    adult, children = run_json("evaluate", case, "--no-pack")["lots"]
    assert adult["ranking"] == ["adult-harbour", "adult-quayside", "adult-beacon"]
    assert children["recommendation"]["name"] == "Beacon Trust"
    first = next(bid for bid in adult["bids"] if bid["bid"] == "adult-harbour")
    assert (first["quality"], first["social_value"], first["price_marks"], first["total"]) == ("55.2", "6", "2", "63.2")
    assert (adult["recommendation"]["reserve"], adult["recommendation"]["margin"]) == ("adult-quayside", "9.6")


def test_people_see_a_table_a_recommendation_and_its_reasons(case: Path) -> None:
    said = run("evaluate", case, "--no-pack").stdout
    assert "   1  Harbour Trust     55.20          6.00  £870,000         2.00  63.20" in said
    assert "Recommended: Harbour Trust, £870,000 over 3 years, total 63.20." in said


def test_a_bid_that_is_out_is_named_with_its_reason(tmp_path: Path) -> None:
    late = replace(factories.bid("adult-beacon"), received_at=factories.DEADLINE)
    bids = tuple(late if bid.id == late.id else bid for bid in factories.tender_file().bids)
    path = saved(tmp_path, replace(factories.tender_file(), bids=bids))
    adult = run_json("evaluate", path, "--no-pack")["lots"][0]
    assert [bid["exclusion"]["stage"] for bid in adult["bids"] if bid["exclusion"]] == ["admission"]
    assert "Beacon Trust (adult-beacon), at admission: The bid arrived" in run("evaluate", path, "--no-pack").stdout


def test_a_limit_on_lots_is_told_with_what_it_changed(tmp_path: Path) -> None:
    limit = LotLimit("lot_order", 1, None, ("children", "adult"))
    path = saved(tmp_path, factories.tender_file(lot_limit=limit))
    data = run_json("evaluate", path, "--no-pack")
    assert data["lot_limit"]["awards"] == {"children": "beacon", "adult": "harbour"}
    assert "The limit on lots" in run("evaluate", path, "--no-pack").stdout


def test_a_lot_that_waits_exits_with_1_and_says_for_what(tmp_path: Path) -> None:
    path = saved(tmp_path, factories.tender_file(agreed_scores=()))
    data = run_json("evaluate", path, "--no-pack", status=1)
    assert "not_agreed" in {it["code"] for it in data["findings"]}
    assert data["lots"][0]["ranking"] == []
    assert "No recommendation yet:" in run("evaluate", path, "--no-pack").stdout


def test_a_file_with_errors_is_not_evaluated(tmp_path: Path) -> None:
    wrong = replace(factories.tender_file(), tender=factories.tender(title=""))
    result = run("evaluate", saved(tmp_path, wrong), "--out", tmp_path / "pack")
    assert (result.exit_code, (tmp_path / "pack").exists()) == (1, False)
    assert "tender.title" in result.stderr


def test_somewhere_to_write_is_asked_for(case: Path) -> None:
    assert run("evaluate", case).exit_code == 2


def test_a_decision_without_its_dates_writes_what_it_can_and_names_the_rest(tmp_path: Path) -> None:
    path = saved(tmp_path, factories.tender_file(award=factories.award()))
    data = run_json("evaluate", path, "--out", tmp_path / "pack", status=1)
    written = {it["path"] for it in data["pack"]["files"]}
    assert "tender-file.json" in written
    assert "adult-40-certificate-harbour.pdf" in written
    assert [name for name in written if "award" in name or "letter" in name or "decision" in name] == []
    assert len(data["pack"]["not_made"]) == 6
    assert "award.notices_sent" in {it["place"] for it in data["findings"]}


def test_explain_derives_a_total_down_to_agreed_points_and_yearly_prices(case: Path) -> None:
    made = run_json("explain", case, "adult", "adult-harbour")["derivation"]
    assert made["value"] == "63.2"
    assert [part["value"] for part in made["inputs"]] == ["61.2", "2"]
    said = run("explain", case, "adult", "adult-harbour").stdout
    assert "[bids: adult-harbour/prices[2]]" in said
    assert run("explain", case, "adult", "children-beacon").exit_code == 2


# --- verify -------------------------------------------------------------------------------------------------


def test_the_pack_holds_a_document_for_everybody_and_matches_its_file(case: Path, pack: Path) -> None:
    assert {it.name for it in pack.iterdir()} >= {*PAPERS, "manifest.json", "tender-file.json", "evaluation.xlsx"}
    data = run_json("verify", case, "--pack", pack)
    assert data["match"] is True
    told = {it["what"].split(" ")[0]: it["recomputed"] for it in data["checked"]}
    assert [told[paper] > 20 for paper in PAPERS] == [True] * len(PAPERS)


def test_a_pack_printed_again_has_the_same_bytes(case: Path, pack: Path, tmp_path: Path) -> None:
    """A page that says something else than its attached data is found only by printing it again."""
    assert run_json("verify", case, "--pack", pack, "--reprint")["match"] is True
    forged = tmp_path / "pack"
    shutil.copytree(pack, forged)
    claim = Attached("claim.json", attached((pack / PAPERS[1]).read_bytes(), "claim.json"))
    page = "<html lang=en><title>Letter</title><p>Your total is 99.99"
    (forged / PAPERS[1]).write_bytes(from_html(page, attachments=[claim], created=date(2024, 11, 4)))
    manifest = json.loads((forged / "manifest.json").read_bytes())
    manifest["files"][PAPERS[1]] = hashlib.sha256((forged / PAPERS[1]).read_bytes()).hexdigest()
    (forged / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    assert run_json("verify", case, "--pack", forged)["match"] is True
    found = run_json("verify", case, "--pack", forged, "--reprint", status=1)["findings"]
    assert [(it["code"], it["place"]) for it in found] == [("reprint_differs", PAPERS[1])]


def test_reprinting_needs_what_it_prints_from(case: Path, pack: Path) -> None:
    assert run("verify", case, "--reprint").exit_code == 2
    assert run_json("verify", pack / PAPERS[0], "--reprint", status=1)["findings"][0]["code"] == "cannot_reprint"


@pytest.mark.parametrize("paper", PAPERS)
def test_each_document_is_recomputed_from_itself_alone(pack: Path, paper: str) -> None:
    said = run("verify", pack / paper).stdout
    assert said.startswith("match: ")
    assert "numbers recomputed" in said


def test_a_letter_with_another_number_in_it_is_found_out(pack: Path, tmp_path: Path) -> None:
    claim = json.loads(attached((pack / PAPERS[1]).read_bytes(), "claim.json"))
    claim["printed"]["own.total"] = "99.99"
    forged = tmp_path / "forged.pdf"
    data = json.dumps(claim).encode()
    forged.write_bytes(
        from_html(
            "<html lang=en><title>Letter</title><p>x",
            attachments=[Attached("claim.json", data)],
            created=date(2024, 11, 4),
        )
    )
    found = run_json("verify", forged, status=1)
    assert found["checked"][0]["differences"] == [{"place": "own.total", "printed": "99.99", "recomputed": "53.60"}]
    assert "own.total: the document says 99.99, recomputed 53.60" in run("verify", forged).stdout


def test_a_pack_of_another_decision_differs(pack: Path, tmp_path: Path) -> None:
    other = saved(tmp_path, ready(lot_limit=LotLimit("lot_order", 1, None, ("adult", "children"))))
    data = run_json("verify", other, "--pack", pack, status=1)
    apart = {it["place"] for checked in data["checked"] for it in checked["differences"]}
    assert "claim.json.file_digest" in apart


def test_missing_changed_and_foreign_files_of_a_pack_are_named(case: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pack"
    assert run("evaluate", case, "--out", folder, "--workers", "1").exit_code == 0
    (folder / PAPERS[0]).unlink()
    with (folder / PAPERS[1]).open("ab") as file:
        file.write(b"\n")
    codes = {it["place"]: it["code"] for it in run_json("verify", case, "--pack", folder, status=1)["findings"]}
    assert codes == {PAPERS[0]: "document_missing", PAPERS[1]: "document_changed"}


def test_pdfs_of_other_origin_and_damaged_ones_are_refused_with_a_sentence(pack: Path, tmp_path: Path) -> None:
    foreign, cut = tmp_path / "foreign.pdf", tmp_path / "cut.pdf"
    foreign.write_bytes(from_html("<html lang=en><title>x</title><p>x", created=date(2024, 11, 4)))
    cut.write_bytes((pack / PAPERS[0]).read_bytes()[:20_000])
    assert run_json("verify", foreign, status=1)["findings"][0]["code"] == "no_attached_data"
    assert run_json("verify", cut, status=1)["findings"] != []
    (tmp_path / "fake.pdf").write_bytes(b"%PDF-1.7\nnothing else")
    assert run_json("verify", tmp_path / "fake.pdf", status=1)["findings"][0]["code"] == "pdf_error"


def endless(size: int) -> bytes:
    """Make a PDF of a few megabytes at most whose attachment unpacks to ``size`` (a multiple of 2**25) noughts."""
    step = 1 << 25
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(step)) + packer.flush(zlib.Z_FULL_FLUSH)
    check = (size % 65521 << 16) | 1  # Adler-32 of noughts
    data = b"\x78\xda" + block * (size // step) + b"\x03\x00" + check.to_bytes(4, "big")
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.attachments["claim.json"] = pikepdf.AttachedFileSpec(pdf, b"", filename="claim.json")
        pdf.attachments["claim.json"].obj.EF.F.write(data, filter=pikepdf.Name.FlateDecode)
        pdf.save(out)
    return out.getvalue()


def test_an_attachment_that_unpacks_without_end_is_not_opened(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.pdf"
    bomb.write_bytes(endless(1 << 31))
    assert bomb.stat().st_size < 10_000_000
    assert run_json("verify", bomb, status=1)["findings"][0]["code"] == "attachment_too_large"


def test_a_folder_that_is_no_pack_is_refused(case: Path, tmp_path: Path) -> None:
    assert run_json("verify", case, "--pack", tmp_path, status=1)["findings"][0]["code"] == "no_manifest"
    assert run("verify", case.parent / "pack" / PAPERS[0], "--pack", tmp_path).exit_code in (1, 2)
