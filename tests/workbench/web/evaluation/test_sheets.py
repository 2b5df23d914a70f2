"""The pages of somebody's own score sheets: saved, stale, submitted, compared, and read by nobody else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from io import BytesIO
from typing import Any
from uuid import uuid4

import pikepdf
import pytest
import time_machine
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from scoring.scoresheet import Score
from tests.workbench.evaluated import bid
from tests.workbench.own_scores import a_score, complete, desk
from tests.workbench.published import World, client_of
from tests.workbench.scoring import NOW, scoring
from workbench.app import Workbench
from workbench.db import db
from workbench.models.evaluation import PanelQueryRecord
from workbench.queries.evaluation.work_list import work_on

Made = tuple[Workbench, World]
SECRET = "Zaunkoenig-strengths"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    with time_machine.travel(NOW, tick=False), scoring(tmp_path_factory.mktemp("sheets")) as found:
        yield found


@pytest.fixture(scope="module")
def eva(made: Made) -> FlaskClient:
    return client_of(*made, "evaluator", 0)


def page(made: Made, name: str = "", criterion: str = "") -> str:
    _, world = made
    inside = f"{bid(world, name)}/{criterion}" if name else ""
    return f"/tenders/{world.tender.id}/sheets/{inside}"


def fields(score: Score, version: int, **changed: Any) -> dict[str, Any]:
    """Write a score as its form sends it."""
    sent: dict[str, Any] = {
        "_key": str(uuid4()), "_version": str(version), "points": str(score.points), "strengths": score.strengths,
        "weaknesses": score.weaknesses, "why_not_higher": score.why_not_higher, "why_not_lower": score.why_not_lower,
    }  # fmt: skip
    for at, each in enumerate(score.evidence):
        sent |= {f"evidence-{at}-document": each.document, f"evidence-{at}-reference": each.reference}
    return sent | changed


def send(client: FlaskClient, path: str, data: dict[str, Any], *, auto: bool = False) -> TestResponse:
    return client.post(path, data=data, headers={"X-Autosave": "1"} if auto else {})


def test_the_page_shows_question_answer_anchors_and_no_money(made: Made, eva: FlaskClient) -> None:
    text = eva.get(page(made, "cyp-severnside", "q_voice")).text
    assert "How do children and young people shape what you do" in text
    assert "Fourteen young advisers" in text
    assert "The panel could not rely on it without a new answer." in text
    assert "what influence they have on decisions" in text
    assert "£" not in text


def test_a_save_by_script_answers_with_the_version_and_the_gate_says_what_is_missing(
    made: Made, eva: FlaskClient
) -> None:
    path, score = page(made, "cyp-severnside", "q_voice"), a_score("cyp-severnside", "q_voice", evidence=())
    answer = send(eva, path, fields(score, 0), auto=True)
    assert (answer.status_code, answer.json["saved"], answer.json["version"]) == (200, True, 1)  # type: ignore[index]
    shown = unescape(eva.get(path).text)
    assert "No evidence is named" in shown
    assert 'href="#evidence-0-document"' in shown
    assert score.strengths in shown


def test_an_older_window_is_told_and_shown_both_texts(made: Made, eva: FlaskClient) -> None:
    path, score = page(made, "cyp-severnside", "q_outcomes"), a_score("cyp-severnside", "q_outcomes")
    send(eva, path, fields(score, 0))
    send(eva, path, fields(replace(score, strengths="Saved from the other window."), 1))
    late = fields(replace(score, strengths="Typed in the older window."), 1)
    refused = send(eva, path, late)
    assert refused.status_code == 409
    assert "Saved from the other window." in refused.text
    assert "Typed in the older window." in refused.text
    by_script = send(eva, path, {**late, "_key": str(uuid4())}, auto=True)
    assert (by_script.status_code, by_script.json["saved"]) == (409, False)  # type: ignore[index]
    assert "another window" in by_script.json["detail"]  # type: ignore[index]


def test_what_cannot_be_read_is_kept_as_typed(made: Made, eva: FlaskClient) -> None:
    path, score = page(made, "cyp-severnside", "q_transition"), a_score("cyp-severnside", "q_transition")
    answer = send(eva, path, fields(score, 0, strengths="with a \u202e sign"), auto=True)
    assert (answer.status_code, answer.json["version"]) == (422, 1)  # type: ignore[index]
    assert "with a \u202e sign" in eva.get(path).text
    assert send(eva, path, fields(score, 1)).status_code == 303


def test_an_abstention_asks_for_its_reason(made: Made, eva: FlaskClient) -> None:
    path = page(made, "cyp-mendip", "q_voice")
    data = {"_key": str(uuid4()), "_version": "0", "points": "abstain"}
    assert send(eva, path, data).status_code == 303
    assert "You abstain: say why" in eva.get(path).text
    data |= {"_key": str(uuid4()), "_version": "1", "abstained": "I know the people of this group."}
    send(eva, path, data)
    assert "Nothing is left to mend" in eva.get(path).text


def test_save_and_next_goes_from_bid_to_bid_within_a_question(made: Made, eva: FlaskClient) -> None:
    _, world = made
    work = work_on(desk(world, world.actor("evaluator", 0)))
    first, second = next(group.entries for group in work.groups if group.criterion == "q_reach")[:2]
    path = f"/tenders/{world.tender.id}/sheets/{first.bid_id}/q_reach"
    data = {"_key": str(uuid4()), "_version": "0", "strengths": "A first word."}
    answer = send(eva, f"{path}?then=next", data)
    assert answer.headers["Location"] == f"/tenders/{world.tender.id}/sheets/{second.bid_id}/q_reach"


def test_a_draft_is_read_by_nobody_else(made: Made, eva: FlaskClient) -> None:
    path, score = page(made, "isva-sabrina", "q_model"), a_score("isva-sabrina", "q_model", strengths=SECRET)
    send(eva, path, fields(score, 0))
    assert SECRET in eva.get(path).text
    _, world = made
    pages = (path, page(made), page(made, "isva-sabrina"), f"/tenders/{world.tender.id}/own-scores/isva/q_model",
             f"/tenders/{world.tender.id}/history/", f"/tenders/{world.tender.id}/")  # fmt: skip
    people = [(role, at) for role, held in world.people.items() for at in range(len(held))]
    others = [each for each in people if world.people[each[0]][each[1]] is not world.people["evaluator"][0]]
    read = {each for each in others for it in pages if SECRET in client_of(*made, *each).get(it).text}
    assert (len(others) > 8, read) == (True, set())


def test_a_complete_sheet_is_submitted_once_and_read_again_with_its_digest(made: Made, eva: FlaskClient) -> None:
    _, world = made
    complete(world, "cyp-brunel", world.actor("evaluator", 0), NOW)
    path = page(made, "cyp-brunel")
    form = eva.get(path).text
    shown = re.search(r'name="shown"[^>]*value="([^"]+)"', form)
    assert shown is not None
    data = {"shown": shown[1], "_key": str(uuid4())}
    asked = send(eva, f"{path}submit", data)
    assert (asked.status_code, "confirm that you stand by your words" in asked.text) == (422, True)
    assert send(eva, f"{path}submit", {**data, "_key": str(uuid4()), "confirmed": "y"}).status_code == 303
    read = unescape(eva.get(path).text)
    row = desk(world, world.actor("evaluator", 0)).sheets[bid(world, "cyp-brunel")]
    assert row.sha256 in read
    assert a_score("cyp-brunel", "q_voice").strengths in read
    again = send(eva, page(made, "cyp-brunel", "q_voice"), fields(a_score("cyp-brunel", "q_voice"), 1))
    assert again.status_code == 409
    paper = eva.get(f"{path}sheet.pdf")
    with pikepdf.open(BytesIO(paper.data)) as pdf:
        copy = json.loads(next(iter(pdf.attachments.values())).get_file().read_bytes())
    assert [each["criterion"] for each in copy["score_sheets"][0]["scores"]][:1] == ["q_outcomes"]


def test_own_scores_stand_side_by_side(made: Made, eva: FlaskClient) -> None:
    _, world = made
    text = eva.get(f"/tenders/{world.tender.id}/own-scores/cyp/q_outcomes").text
    assert "Saved from the other window." in text
    assert eva.get(f"/tenders/{world.tender.id}/own-scores/cyp/q_nothing").status_code == 404


def test_a_question_to_the_chair_is_answered_to_who_asked(made: Made, eva: FlaskClient) -> None:
    _, world = made
    path = page(made, "cyp-severnside", "q_voice")
    asked = send(eva, f"{path}/ask", {"_key": str(uuid4()), "text": "Does “under ten” count siblings?"})
    assert asked.headers["Location"].endswith("#chair")
    chair = client_of(*made, "moderator")
    listed = chair.get(f"/tenders/{world.tender.id}/queries/").text
    assert "Does “under ten” count siblings?" in listed
    row = db.session.query(PanelQueryRecord).one()
    reply = f"/tenders/{world.tender.id}/queries/{row.id}/answer"
    assert send(chair, reply, {"_key": str(uuid4()), "reply": ""}).status_code == 422
    assert send(chair, reply, {"_key": str(uuid4()), "reply": "No, only the child."}).status_code == 303
    assert "No, only the child." in eva.get(path).text
    assert "No, only the child." not in client_of(*made, "evaluator", 1).get(path).text


def test_a_document_comes_as_a_file_and_only_to_who_scores_the_bid(made: Made, eva: FlaskClient) -> None:
    """Only the bid with files has any; it is in the adult lot, which the evaluator for children does not score."""
    path = f"{page(made, 'adult-severnside', 'q_safeguarding').rpartition('/')[0]}/documents/file-1"
    found = eva.get(path)
    assert (found.status_code, found.headers["Content-Disposition"][:10]) == (200, "attachment")
    assert client_of(*made, "evaluator", 3).get(path).status_code == 404
    assert client_of(*made, "officer").get(path).status_code in (403, 404)
