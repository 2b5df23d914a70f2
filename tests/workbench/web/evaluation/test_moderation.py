"""The pages of moderation: from beginning to the lock in a browser without scripts, and what they never show."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from lots.calendar import say_instant
from scoring.recommendation import evaluate
from tests.exports.pdf_text import words_of
from tests.workbench import evaluated
from tests.workbench import moderated as m
from tests.workbench.conftest import submit
from tests.workbench.published import World, address, client_of
from tests.workbench.services.evaluation.test_moderating import conflicted
from workbench.app import Workbench
from workbench.audit import recorded
from workbench.cards import WORDS, marks_of
from workbench.db import db
from workbench.queries import history
from workbench.queries.evaluation.moderation import Card

ADULT = "adult-mendip"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workbench, World]]:
    """The case with every sheet submitted and moderation begun, for pages that change little."""
    with m.scored(tmp_path_factory.mktemp("moderation")) as (app, world):
        m.begun(world)
        yield app, world
        recorded().clear()


@pytest.fixture
def chair(made: tuple[Workbench, World]) -> FlaskClient:
    return client_of(*made, "moderator")


def form_of(world: World, card: Card, **changes: object) -> dict[str, object]:
    """Fill the form of a card so that it can be put to signature."""
    db.session.expire_all()
    now = m.board(world).card(card.row.id)
    assert now is not None
    texts = m.texts_for(world, now)
    blank = [*WORDS, "points", "present", "absent"]
    blank += [f"{kind}-{name}" for name, _ in now.item.given for kind in ("cause", "said")]
    every = {**dict.fromkeys(blank, ""), **texts}
    shown = json.dumps(marks_of(now.texts, tuple(every)))
    return {**every, "present": every["present"].split(), "shown": shown, "confirmed": "y", **changes}


def page(client: FlaskClient, world: World, where: str) -> str:
    answer = client.get(address(world, where))
    assert answer.status_code == 200, answer.text
    return answer.text


def card_at(world: World, card: Card, act: str = "") -> str:
    return address(world, f"moderation/cards/{card.row.id}/{act}")


# --- the way through --------------------------------------------------------------------------------------------


def test_a_card_goes_from_scores_to_green_without_a_script(made: tuple[Workbench, World], chair: FlaskClient) -> None:
    app, world = made
    card = m.board(world).cards[1]
    assert "to discuss" in page(chair, world, "moderation/").lower()
    member = card.item.given[0][0]
    assert submit(chair, card_at(world, card), {**form_of(world, card, start=member)}).status_code == 303
    refused = submit(chair, card_at(world, card, "agree"), form_of(world, card, evidence=""))
    assert (refused.status_code, "No evidence is named" in refused.text) == (422, True)
    assert submit(chair, card_at(world, card, "agree"), form_of(world, card)).status_code == 303
    assert "Being signed" in page(chair, world, f"moderation/cards/{card.row.id}/")
    for number in range(len(world.people["evaluator"])):
        person = client_of(app, world, "evaluator", number)
        waiting = person.get(address(world, "moderation/signatures")).text
        if found := re.search(r'name="agreed"[^>]*value="([^"]+)"', waiting):
            assert submit(person, address(world, "moderation/signatures"), {"agreed": [found[1]]}).status_code == 303
    assert "Agreed: " in page(chair, world, f"moderation/cards/{card.row.id}/")
    assert "1 of 87 agreed and signed" in page(chair, world, "moderation/")
    again = submit(chair, card_at(world, card, "take-up"), {"reason": "Page 12 was overlooked"})
    assert again.status_code == 303
    shown = page(chair, world, f"moderation/cards/{card.row.id}/")
    assert ("What stood before" in shown, "Page 12 was overlooked" in shown) == (True, True)
    assert "86" not in page(chair, world, "moderation/lock") or "Not agreed and signed yet" in page(
        chair, world, "moderation/lock"
    )


def test_two_in_one_field_both_read_both_texts(made: tuple[Workbench, World], chair: FlaskClient) -> None:
    app, world = made
    card = m.board(world).cards[2]
    words = {"evidence": "", "why_not_higher": "", "why_not_lower": "", "dissent": ""}
    shown = json.dumps(marks_of({}, ("reason", *words)))
    evaluator = client_of(app, world, "evaluator", 1)
    first = submit(evaluator, card_at(world, card), {**words, "reason": "Theirs, first", "shown": shown})
    assert first.status_code == 303
    second = {**words, "reason": "Mine, second", "dissent": "Kept anyway", "shown": shown}
    answer = submit(evaluator, card_at(world, card), second)
    assert answer.status_code == 409
    assert ("Mine, second" in answer.text, "Theirs, first" in answer.text) == (True, True)
    told = evaluator.get(card_at(world, card, "now?since=1")).json
    assert (told["texts"]["reason"], told["texts"]["dissent"]) == ("Theirs, first", "Kept anyway")
    assert evaluator.get(card_at(world, card, f"now?since={told['version']}")).json == {"version": told["version"]}
    by_script = submit(
        evaluator, card_at(world, card), {**second, "dissent": "Kept anyway"}, headers={"X-Autosave": "1"}
    )
    assert (by_script.status_code, by_script.json["conflicts"]) == (
        409, {"reason": {"yours": "Mine, second", "theirs": "Theirs, first"}},
    )  # fmt: skip


def test_an_evaluator_cannot_set_the_level_nor_put_to_signature(made: tuple[Workbench, World]) -> None:
    app, world = made
    card, evaluator = m.board(world).cards[3], client_of(app, world, "evaluator", 1)
    assert submit(evaluator, card_at(world, card), form_of(world, card)).status_code == 400  # fields its page has not
    assert submit(evaluator, card_at(world, card, "agree"), form_of(world, card)).status_code == 403


# --- what is never there ----------------------------------------------------------------------------------------


def figures_of_the_result() -> set[str]:
    """Return every total, quality mark and price of the finished case, as a page would write it."""
    found: set[str] = set()
    for lot in evaluate(evaluated.the_case()).lots:
        rounding = lot.methodology.rounding
        for result in lot.results:
            found |= {str(result.bid.price)} if result.bid.prices else set()
            found |= {
                rounding.text(each) for each in (result.total, result.scored, result.price_marks) if each is not None
            }
    return {each for each in found if len(each) > 4}


def test_no_page_of_moderation_shows_a_total_a_rank_or_a_price(made: tuple[Workbench, World]) -> None:
    app, world = made
    board = m.board(world)
    secret = figures_of_the_result()
    assert len(secret) > 20
    pages = ["moderation/", "moderation/agreement", "moderation/lock",
             *(f"moderation/cards/{card.row.id}/" for card in board.cards[::15])]  # fmt: skip
    for role in ("moderator", "evaluator"):
        client = client_of(app, world, role)
        for where in pages:
            answer = client.get(address(world, where))
            assert answer.status_code in (200, 403), where
            assert {each for each in secret if each in answer.text} == set(), where


def test_a_conflict_leaves_no_card_no_count_no_name(tmp_path: Path) -> None:
    with m.scored(tmp_path) as (app, world):
        m.begun(world)
        conflicted(world, "moderator", ADULT)
        chair = client_of(app, world, "moderator")
        gone = [card for card in m.board(world).cards if card.bid.id == evaluated.bid(world, ADULT)]
        text = page(chair, world, "moderation/")
        shown = len(m.board(world).cards) - len([
            card for card in m.board(world).cards if card.bid.tenderer == gone[0].bid.tenderer])  # fmt: skip
        assert (f"{shown} answers" in text, gone[0].bid.tenderer in text) == (True, False)
        assert gone[0].bid.tenderer not in page(chair, world, "moderation/agreement")
        for act in ("", "now"):
            assert chair.get(card_at(world, gone[0], act)).status_code == 404
        assert submit(chair, card_at(world, gone[0]), form_of(world, gone[0])).status_code == 404
        assert chair.get(address(world, f"moderation/{gone[0].row.lot}/record.pdf")).status_code == 404


# --- agreement, record, lock ------------------------------------------------------------------------------------


def test_agreement_informs_and_changes_nothing(made: tuple[Workbench, World], chair: FlaskClient) -> None:
    _, world = made
    text = page(chair, world, "moderation/agreement")
    assert "This informs the discussion and changes nothing" in text
    assert text.count("Krippendorff’s alpha, ordinal") == len(evaluated.the_case().tender.contract_lots)


def test_the_record_names_roles_for_scores_and_people_for_signatures(tmp_path: Path) -> None:
    with evaluated.evaluated(tmp_path) as (app, world):
        card = m.board(world).cards[0]
        answer = client_of(app, world, "auditor").get(address(world, f"moderation/{card.row.lot}/record.pdf"))
        assert answer.status_code == 200
        text = " ".join(words_of(answer.data).split())
        chair = world.people["moderator"][0].name
        assert f"Quality was locked {say_instant(evaluated.LOCKED)}" in text
        assert ("Evaluator 2: " in text, f"Signed. {chair}" in text) == (True, True)
        named = [it.name for it in world.people["evaluator"] if f"{it.name}: " in text]
        assert named == []


def test_an_approver_takes_a_score_up_again_after_the_lock(tmp_path: Path) -> None:
    with evaluated.evaluated(tmp_path) as (app, world):
        card, approver = m.board(world).cards[0], client_of(app, world, "approver")
        where = address(world, "moderation/take-up")
        assert f'value="{card.row.id}"' in approver.get(where).text
        assert submit(approver, where, {"card": card.row.id, "reason": "A slip"}).status_code == 303
        assert world.tender.quality_locked_at is None


def test_nothing_is_asked_where_nothing_is_missing_so_no_reason_is_sent(tmp_path: Path) -> None:
    with evaluated.evaluated(tmp_path) as (app, world):
        world.tender.quality_locked_at = None
        db.session.commit()
        chair, where = client_of(app, world, "moderator"), address(world, "moderation/lock")
        assert 'name="reason"' not in page(chair, world, "moderation/lock")
        assert submit(chair, where).status_code == 303
        db.session.refresh(world.tender)
        assert world.tender.quality_locked_at is not None


def test_marks_nested_without_end_are_read_as_none(made: tuple[Workbench, World], chair: FlaskClient) -> None:
    _, world = made
    card = m.board(world).cards[5]
    answer = submit(chair, card_at(world, card), form_of(world, card, shown="[" * 100_000))
    assert answer.status_code == 409  # each field is taken for one that somebody else changed


def test_an_event_of_a_card_digests_no_level_that_could_be_guessed(
    made: tuple[Workbench, World], chair: FlaskClient
) -> None:
    _, world = made
    card, digests = m.board(world).cards[6], []
    for level in ("2", "3"):
        blank = {**dict.fromkeys(form_of(world, card), ""), "points": level, "shown": ""}
        blank["shown"] = json.dumps(marks_of(_texts(world, card), tuple(blank)))
        assert submit(chair, card_at(world, card), {**blank, "present": []}).status_code == 303
        digests.append(history.exported(world.tender.id).decode().splitlines()[-1])
    found = [re.search(r'sha256\\*":\\*"([0-9a-f]{64})', line) for line in digests]
    assert found[0] is not None
    assert found[1] is not None
    assert found[0][1] == found[1][1]


def _texts(world: World, card: Card) -> dict[str, str]:
    db.session.expire_all()
    now = m.board(world).card(card.row.id)
    assert now is not None
    return dict(now.texts)
