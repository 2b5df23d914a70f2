"""Score sheets as papers: one for each evaluator and lot, as submitted, nothing filled in and nothing left out."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pikepdf
import pytest

from exports.documents import IncompleteDocument, digests
from exports.names import file_name
from exports.pdf import attached
from exports.reports.score_sheets import SHEETS, ScoreSheetDocument, score_sheets
from scoring.recommendation import evaluate
from scoring.scoresheet import Declaration, ScoreSheet
from scoring.tender_file import TenderFile
from tests import factories
from tests.exports.notices.letter_cases import fit_file
from tests.exports.pdf_text import tags_of, words_of
from workbench.printing import print_document


def sheets(file: TenderFile | None = None) -> tuple[ScoreSheetDocument, ...]:
    return score_sheets(evaluate(file or fit_file()))


def with_sheet(evaluator: str, bid: str, change: dict[str, Any]) -> TenderFile:
    """Change the first score of one sheet."""
    file = fit_file()

    def changed(sheet: ScoreSheet) -> ScoreSheet:
        if (sheet.evaluator, sheet.bid) != (evaluator, bid):
            return sheet
        return replace(sheet, scores=(replace(sheet.scores[0], **change), *sheet.scores[1:]))

    return replace(file, score_sheets=tuple(map(changed, file.score_sheets)))


def test_every_evaluator_has_one_paper_for_each_lot() -> None:
    assert [file_name(made) for made in sheets()] == [
        "adult-60-score-sheets-eva.pdf",
        "adult-61-score-sheets-idris.pdf",
        "adult-62-score-sheets-mei.pdf",
        "children-60-score-sheets-eva.pdf",
        "children-61-score-sheets-idris.pdf",
        "children-62-score-sheets-mei.pdf",
    ]


def test_scores_stand_as_submitted_and_not_as_agreed() -> None:
    mei = sheets()[2]
    given = {bid.bid: [str(it.score.points) for it in bid.answers if it.score] for bid in mei.bids}
    assert given == {
        "adult-harbour": ["4", "4", "3"],
        "adult-quayside": ["2", "4", "4"],
        "adult-beacon": ["3", "3", "2"],
    }
    assert mei.bids[0].answers[0].level == "Good"


def test_weights_are_of_the_whole() -> None:
    assert [str(it.weight) for it in sheets()[0].bids[0].answers] == ["36", "24", "10"]


def test_an_abstention_stands_with_its_reason_and_no_points() -> None:
    made = sheets(with_sheet("eva", "adult-harbour", {"points": None, "abstained": "Knows the author."}))[0]
    assert [it.title for it in made.bids[0].abstentions] == ["How the service is delivered"]
    text = words_of(print_document(made))
    assert "Abstained" in text
    assert "Knows the author." in text


def test_a_silent_abstention_is_refused_by_its_path() -> None:
    file = with_sheet("eva", "adult-harbour", {"points": None, "abstained": ""})
    with pytest.raises(IncompleteDocument) as refused:
        sheets(file)
    assert [finding.place for finding in refused.value.findings] == ["score_sheets[0].scores[0].abstained"]


def test_an_evaluator_without_a_job_title_or_off_the_panel_is_refused() -> None:
    file = fit_file()
    nameless = tuple(replace(each, job_title="") if each.id == "eva" else each for each in file.panel)
    with pytest.raises(IncompleteDocument, match=r"panel\[0\].job_title"):
        sheets(replace(file, panel=nameless))
    with pytest.raises(IncompleteDocument, match="“eva” is not on the panel"):
        sheets(replace(file, panel=file.panel[1:]))


def test_declarations_stand_for_every_organisation_of_the_lot_or_are_said_to_be_missing() -> None:
    file = fit_file()
    interest = Declaration("eva", "quayside", "possible", factories.declarations()[0].declared_on, "Once worked there.")
    kept = tuple(it for it in file.declarations if (it.member, it.organisation) != ("eva", "quayside"))
    found = sheets(replace(file, declarations=(*kept, interest)))[0].declared
    assert [(it.organisation, it.declaration.interest if it.declaration else "") for it in found] == [
        ("Harbour Trust", "none"),
        ("Quayside Trust", "possible"),
        ("Beacon Trust", "none"),
        ("Rowan Trust", ""),
    ]


def test_only_the_questions_a_member_was_to_score_are_listed() -> None:
    file = fit_file()
    limited = tuple(replace(each, criteria=("quality",)) if each.id == "eva" else each for each in file.panel)
    made = sheets(replace(file, panel=limited))[0]
    assert [it.title for it in made.bids[0].answers] == ["How the service is delivered", "Who delivers it"]


def test_a_question_that_a_sheet_passes_over_is_said_to_be() -> None:
    file = fit_file()
    short = tuple(
        replace(it, scores=it.scores[1:]) if (it.evaluator, it.bid) == ("eva", "adult-harbour") else it
        for it in file.score_sheets
    )
    text = words_of(print_document(sheets(replace(file, score_sheets=short))[0]))
    assert "The sheet passes over this question." in text


@pytest.fixture(scope="module")
def printed() -> bytes:
    return print_document(sheets()[0])


def test_it_prints_the_same_bytes_twice(printed: bytes) -> None:
    assert print_document(sheets()[0]) == printed


def test_each_bid_starts_on_a_page_of_its_own(printed: bytes) -> None:
    text = words_of(printed)
    assert text.count("Submitted 17:00 BST on Monday 7 October 2024") == 3
    with pikepdf.open(io.BytesIO(printed)) as read:
        assert len(read.pages) >= 4
    assert "Restricted" in text
    assert "Signature of the evaluator" in text


def test_the_fingerprint_is_of_the_attached_copy(printed: bytes) -> None:
    copy = attached(printed, SHEETS)
    assert sha256(copy).hexdigest() in words_of(printed).replace(" ", "")
    rules, whole = digests(fit_file())
    assert rules in words_of(printed).replace(" ", "")
    assert whole not in words_of(printed).replace(" ", "")
    assert [it["bid"] for it in json.loads(copy)["score_sheets"]] == ["adult-harbour", "adult-quayside", "adult-beacon"]


def test_it_holds_nobody_elses_scores(printed: bytes) -> None:
    assert {it["evaluator"] for it in json.loads(attached(printed, SHEETS))["score_sheets"]} == {"eva"}
    assert "Mei" not in words_of(printed)


def test_every_header_cell_has_a_scope(printed: bytes) -> None:
    assert all(about["scope"] for kind, about in tags_of(printed) if kind == "/TH")
