"""The pages of the result: nothing of it before the lock, every figure as evaluation gives it, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from scoring.recommendation import Evaluation, evaluate
from tests.workbench.conftest import submit
from tests.workbench.evaluated import bid, evaluated
from tests.workbench.published import World, address, client_of
from workbench.app import Workbench
from workbench.db import db
from workbench.models.evaluation import DeclarationRecord, TendererLetterRecord
from workbench.queries.awards.matrix_rows import pounds
from workbench.queries.awards.result import lots_shown
from workbench.queries.evaluation.record import live_file

ROLES = ("officer", "moderator", "evaluator", "finance", "legal", "approver", "auditor")
LOTS = ("cyp", "adult", "isva")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workbench, World, Evaluation]]:
    """The case with quality locked, looked at by everybody and changed by nobody."""
    with evaluated(tmp_path_factory.mktemp("results")) as (app, world):
        yield app, world, evaluate(live_file(world.tender))


@pytest.fixture(scope="module")
def officer(made: tuple[Workbench, World, Evaluation]) -> FlaskClient:
    app, world, _ = made
    return client_of(app, world, "officer")


def pages_of(world: World, name: str) -> list[str]:
    own = ["result/", "low-prices/", f"low-prices/{name}/", "matrix/"]
    return [*own, *(f"result/{lot}/" for lot in LOTS), f"result/adult/bids/{name}/", "result/adult/assurance"]


def test_the_page_of_a_lot_shows_the_ranking_that_evaluation_gives(
    made: tuple[Workbench, World, Evaluation], officer: FlaskClient
) -> None:
    _, world, evaluation = made
    for lot in evaluation.lots:
        text = unescape(officer.get(address(world, f"result/{lot.lot.id}/")).text)
        table = text[text.index("<caption") : text.index("Criteria by tenderer")]
        found = [re.sub(r"<[^>]+>", " ", row).split() for row in re.findall(r"<tr.*?</tr>", table, re.S)[1:]]
        say = lot.methodology.rounding.text
        expected = [
            [str(each.rank), *each.tenderer.name.split(), say(each.marks_of("quality")),
             say(each.marks_of("social_value")), say(each.price_marks or 0), say(each.total or 0)]  # type: ignore[arg-type]
            for each in lot.ranked
        ]  # fmt: skip
        assert [row[: len(want)] for row, want in zip(found, expected, strict=True)] == expected


def test_every_figure_of_the_matrix_leads_to_the_place_where_it_is_derived(
    made: tuple[Workbench, World, Evaluation], officer: FlaskClient
) -> None:
    _, world, evaluation = made
    for lot in evaluation.lots:
        text = officer.get(address(world, f"result/{lot.lot.id}/")).text
        links = re.findall(r'href="(/tenders/[^"#]+/bids/[^"#]+/)#([\w-]+)">([\d.]+)<', text)
        assert len(links) >= len(lot.ranked) * (len(lot.methodology.scored) + 2)
        derived = {path: officer.get(path).text for path, _, _ in links}
        missing = [
            (path, anchor, figure)
            for path, anchor, figure in links
            if figure not in derived[path][derived[path].find(f'id="{anchor}"') :][:2000]
        ]
        assert missing == []


def test_a_derivation_ends_at_the_sheets_that_were_submitted(
    made: tuple[Workbench, World, Evaluation], officer: FlaskClient
) -> None:
    _, world, evaluation = made
    result = evaluation.lot("adult").ranked[0]
    text = officer.get(address(world, f"result/adult/bids/{result.bid.id}/")).text
    sheets = [sheet for sheet in evaluation.file.score_sheets if sheet.bid == result.bid.id]
    assert text.count("Evaluator 1") == len(result.rows)
    assert [f"Evaluator {at}" in text for at in (len(sheets), len(sheets) + 1)] == [True, False]
    people = {member.id: member.name for member in evaluation.file.panel}
    assert [people[sheet.evaluator] for sheet in sheets if people[sheet.evaluator] in text] == []
    assert pounds(result.price) in text


def test_a_bid_that_fell_out_stands_with_its_reasons_and_both_results(
    made: tuple[Workbench, World, Evaluation], officer: FlaskClient
) -> None:
    _, world, evaluation = made
    lot = evaluation.lot("adult")
    text = officer.get(address(world, "result/adult/")).text
    for step in lot.recomputations:
        name = lot.result(step.exclusion.bid).tenderer.name
        assert f"Before and after {name} fell out" in text
    assert text.count("This changed the first place") == sum(step.winner_changed for step in lot.recomputations)


def test_the_limit_on_lots_is_shown_with_what_would_be_without_it(
    made: tuple[Workbench, World, Evaluation], officer: FlaskClient
) -> None:
    _, world, evaluation = made
    text = officer.get(address(world, "result/")).text
    assert evaluation.allocation is not None
    displaced = [move.reason for move in evaluation.allocation.displaced]
    assert displaced
    assert "Changed by the limit" in text


def test_what_is_assured_is_labelled_as_no_part_of_the_method(
    made: tuple[Workbench, World, Evaluation], officer: FlaskClient
) -> None:
    _, world, _ = made
    text = officer.get(address(world, "result/adult/assurance")).text
    assert text.index("not part of the award method") < text.index("Margin of victory")
    assert (text.count("<svg") >= 4, "style=" in text[text.index("<main") :]) == (True, False)


def test_the_matrix_holds_the_points_that_evaluation_used(
    made: tuple[Workbench, World, Evaluation], officer: FlaskClient
) -> None:
    _, world, evaluation = made
    lot = evaluation.lot("isva")
    text = officer.get(address(world, "matrix/?lot=isva")).text
    body = text[text.index("<tbody") : text.index("</tbody")]
    for result in (each for each in lot.results if each.rows):
        row = body[body.index(result.bid.id) :].split("</tr>")[0]
        assert re.findall(r"number\">(\d+)<", row) == [str(part.points) for part in result.rows]


@pytest.mark.parametrize("role", ROLES)
def test_everybody_of_the_team_reads_the_result_once_quality_is_locked(
    made: tuple[Workbench, World, Evaluation], role: str
) -> None:
    app, world, _ = made
    client, name = client_of(app, world, role), bid(world, "adult-mendip")
    found = {path: client.get(address(world, path)).status_code for path in pages_of(world, name)}
    assert set(found.values()) == ({200} if role != "evaluator" else {200, 403})


def test_an_unknown_lot_or_bid_is_a_page_that_is_not_there(
    made: tuple[Workbench, World, Evaluation], officer: FlaskClient
) -> None:
    _, world, _ = made
    paths = ("result/nowhere/", "result/adult/bids/nothing/", "low-prices/nothing/")
    assert [officer.get(address(world, path)).status_code for path in paths] == [404, 404, 404]


def test_a_lot_with_a_hidden_bid_is_hidden_whole_and_under_a_limit_so_are_all(
    made: tuple[Workbench, World, Evaluation],
) -> None:
    _, world, evaluation = made
    name = bid(world, "adult-mendip")
    free = replace(evaluation, file=replace(evaluation.file, lot_limit=None))
    assert (lots_shown(free, {name}), lots_shown(evaluation, {name})) == (("cyp", "isva"), ())
    assert set(lots_shown(evaluation, ())) == set(LOTS)


# --- worlds that are changed -------------------------------------------------------------------------------------


def canaries(evaluation: Evaluation) -> list[str]:
    """Every price and total as any page would print it."""
    found = []
    for lot in evaluation.lots:
        for each in lot.results:
            found += [str(each.bid.price), pounds(each.price)]
            found += [lot.methodology.rounding.text(each.total)] if each.total is not None else []
    return [text for text in found if text != "–"]


def test_before_the_lock_nobody_sees_a_price_a_total_or_a_rank(tmp_path: Path) -> None:
    with evaluated(tmp_path) as (app, world):
        told = canaries(evaluate(live_file(world.tender)))
        world.tender.quality_locked_at = None
        db.session.commit()
        name = bid(world, "adult-mendip")
        for role in ROLES:
            client = client_of(app, world, role)
            for path in pages_of(world, name):
                answer = client.get(address(world, path))
                assert answer.status_code == (403 if (role, path) == ("evaluator", "matrix/") else 409)
                assert [text for text in told if text in answer.text] == []
            assert "result/" not in client.get(address(world)).text
        assert "locked quality" in client.get(address(world, "result/")).text


def test_somebody_with_an_interest_sees_nothing_worked_out_over_that_bid(tmp_path: Path) -> None:
    with evaluated(tmp_path) as (app, world):
        evaluation = evaluate(live_file(world.tender))
        rival = evaluation.lot("adult").ranked[1]
        member = world.people["evaluator"][0]
        db.session.add(
            DeclarationRecord(
                tender_id=world.tender.id, user_id=member.id, organisation=rival.tenderer.id, name=rival.tenderer.name,
                number=2, interest="conflicted", detail="A relative works there.",
                declared_at=world.tender.quality_locked_at,
            )
        )  # fmt: skip
        db.session.commit()
        client = client_of(app, world, "evaluator")
        answers = {path: client.get(address(world, path)) for path in pages_of(world, rival.bid.id)}
        shown = "".join(answer.text for answer in answers.values())
        assert answers["result/adult/"].status_code == 404
        assert [text for text in canaries(evaluation) if text in shown] == []
        assert rival.tenderer.name not in shown


def test_a_price_is_decided_on_at_its_own_bid_and_at_no_other(tmp_path: Path) -> None:
    with evaluated(tmp_path, demo=True) as (app, world):
        first, other = (each.bid.id for each in evaluate(live_file(world.tender)).lot("adult").ranked[:2])
        at = world.tender.quality_locked_at
        letter = TendererLetterRecord(
            tender_id=world.tender.id, bid_id=other, kind="low_price", number=99, criterion="", question="Why?",
            recipient="a@example.org", secret_sha256="0" * 64, reply_by=at, asked_by=world.actor("officer").user_id,
            asked_at=at,
        )  # fmt: skip
        db.session.add(letter)
        db.session.commit()
        place = address(world, f"low-prices/{first}/decide/{letter.id}")
        answer = submit(client_of(app, world, "officer"), place, {"decision": "rejected", "reason": "It is too low."})
        assert (answer.status_code, letter.decision) == (404, "")
