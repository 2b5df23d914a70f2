"""Declaring interests as people do it, the register, and what is hidden from whom, state by state."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from tests.exports.pdf_text import words_of
from tests.workbench.conftest import submit
from tests.workbench.panel import CRITERIA, ORGANISATIONS, Case, a_case, canary
from tests.workbench.published import address
from workbench.db import db
from workbench.models.evaluation import DeclarationRecord
from workbench.queries import history
from workbench.queries.evaluation import interests as reads

WORDS = [canary(bid, name) for bid in ("adult-harbour", "adult-quayside", "children-beacon") for name in CRITERIA]


@pytest.fixture(scope="module")
def opened_tender(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """An opened tender of which nobody has declared anything."""
    with a_case(tmp_path_factory.mktemp("interests")) as case:
        yield case


@pytest.fixture
def case(opened_tender: Case) -> Case:
    """People of one test in the tender of all."""
    return opened_tender.anew()


def who(case: Case, role: str, number: int = 0) -> FlaskClient:
    return case.client(role, number)


def declaration(case: Case, **interests: str) -> dict[str, str]:
    """Fill in the page: none of all, but for those named."""
    sent = {"others": "y", "true": "y"}
    for at, name in enumerate(ORGANISATIONS):
        sent[f"rows-{at}-organisation"] = name
        if name in interests:
            sent |= {f"rows-{at}-interest": interests[name], f"rows-{at}-detail": "My sister chairs it."}
    return sent


def declares(case: Case, client: FlaskClient, **interests: str) -> int:
    return submit(client, address(case.world, "interests/"), declaration(case, **interests)).status_code


def latest(case: Case, role: str, number: int = 0) -> dict[str, DeclarationRecord]:
    db.session.expire_all()
    rows = reads.declarations_in(case.world.tender.id, case.person(role, number).id)
    return {row.organisation: row for row in rows}


def decides(case: Case, row: DeclarationRecord, action: str, number: int = 0) -> int:
    page = address(case.world, f"interests/register/{row.id}/")
    sent = {"action": action, "reason": "It ended four years ago and was unpaid."}
    return submit(who(case, "officer", number), page, sent).status_code


def test_the_page_names_every_organisation_and_no_bid(case: Case) -> None:
    page = who(case, "evaluator").get(address(case.world, "interests/")).text
    names = [f"{name.title()} Trust" for name in ORGANISATIONS]
    assert [page.index(name) for name in names] == sorted(page.index(name) for name in names)
    assert not [word for word in (*WORDS, "Tenderer A", "adult-harbour", "Adult support") if word in page]


def test_a_declaration_is_kept_with_one_event_and_holds_at_once(case: Case) -> None:
    client = who(case, "evaluator")
    assert declares(case, client, quayside="conflicted") == 303
    assert {name: row.interest for name, row in latest(case, "evaluator").items()} == {
        "beacon": "none", "harbour": "none", "quayside": "conflicted", "rowan": "none",
    }  # fmt: skip
    told = history.trail_of(case.world.tender.id).events[0]
    assert told.what == "Declared about 4 organisations; an interest in Quayside Trust (conflicted)"
    assert "sister" not in told.what
    assert "are hidden from you" in client.get(address(case.world, "interests/")).text


def test_an_answer_to_every_name_and_what_an_interest_is_are_asked_for(case: Case) -> None:
    client, page = who(case, "evaluator"), address(case.world, "interests/")
    sent = declaration(case, quayside="possible")
    silent = {name: text for name, text in sent.items() if name != "others"}
    unsaid = {name: text for name, text in sent.items() if not name.endswith("-detail")}
    unsure = {name: text for name, text in sent.items() if name != "true"}
    said = [submit(client, page, each) for each in (silent, unsaid, unsure)]
    assert [each.status_code for each in said] == [422] * 3
    assert "Say whether you have an interest in Beacon Trust" in said[0].text
    assert "Say what your interest in Quayside Trust is" in said[1].text
    assert "My sister chairs it." in said[2].text
    assert latest(case, "evaluator") == {}


def test_an_organisation_that_is_not_there_is_refused(case: Case) -> None:
    sent = declaration(case) | {"rows-0-organisation": "elsewhere"}
    assert submit(who(case, "evaluator"), address(case.world, "interests/"), sent).status_code == 422


def test_a_change_is_a_new_row_and_what_is_the_same_is_not_written_again(case: Case) -> None:
    client = who(case, "evaluator")
    declares(case, client)
    assert declares(case, client) == 422
    assert declares(case, client, rowan="conflicted") == 303
    rows = reads.declarations_in(case.world.tender.id, case.person("evaluator").id)
    assert sorted((row.organisation, row.number, row.round) for row in rows) == [
        ("beacon", 1, "opening"), ("harbour", 1, "opening"), ("quayside", 1, "opening"), ("rowan", 1, "opening"),
        ("rowan", 2, "change"),
    ]  # fmt: skip


def test_an_officer_decides_and_nobody_about_themselves(case: Case) -> None:
    declares(case, who(case, "evaluator"), beacon="possible")
    declares(case, who(case, "officer"), beacon="possible")
    row, own = latest(case, "evaluator")["beacon"], latest(case, "officer")["beacon"]
    assert decides(case, row, "mitigated") == 303
    assert decides(case, own, "mitigated") == 422
    assert decides(case, own, "mitigated", 1) == 303
    told = history.trail_of(case.world.tender.id).events[1]
    assert (
        told.what == "Decided about the interest of New evaluator in Beacon Trust (declared: possible): it is mitigated"
    )


def test_a_conflict_is_no_matter_of_choice_and_one_unsaid_can_be_recorded(case: Case) -> None:
    declares(case, who(case, "evaluator"), beacon="conflicted")
    rows = latest(case, "evaluator")
    assert [decides(case, rows["beacon"], action) for action in ("none", "mitigated", "recused")] == [422, 422, 303]
    assert [decides(case, rows["harbour"], action) for action in ("none", "recused")] == [422, 303]


def test_whoever_takes_an_interest_back_waits(case: Case) -> None:
    client = who(case, "evaluator")
    declares(case, client, beacon="conflicted")
    declares(case, client)
    assert "an officer decides; until then" in client.get(address(case.world, "interests/")).text
    assert decides(case, latest(case, "evaluator")["beacon"], "none") == 303
    assert "an officer decides; until then" not in client.get(address(case.world, "interests/")).text


def test_a_declaration_that_was_amended_is_decided_on_no_more(case: Case) -> None:
    client = who(case, "evaluator")
    declares(case, client, beacon="possible")
    row = latest(case, "evaluator")["beacon"]
    declares(case, client, beacon="conflicted")
    assert decides(case, row, "none") == 404


def test_the_register_shows_who_declared_what_and_who_has_still_to(case: Case) -> None:
    declares(case, who(case, "evaluator"), beacon="possible")
    page = who(case, "officer").get(address(case.world, "interests/register/")).text
    assert "Waits for a decision" in page
    assert "wait for a decision" in page or "waits for a decision" in page
    assert "Evaluator 5</strong> (evaluator): nothing yet" in page
    assert "My sister chairs it." not in page
    row = latest(case, "evaluator")["beacon"]
    assert "My sister chairs it." in who(case, "officer").get(address(case.world, f"interests/register/{row.id}/")).text
    assert who(case, "evaluator").get(address(case.world, "interests/register/")).status_code == 403


def test_both_papers_say_what_was_declared_and_hold_nothing_of_a_bid(case: Case) -> None:
    client = who(case, "evaluator")
    assert client.get(address(case.world, "interests/declaration.pdf")).status_code == 404
    declares(case, client, beacon="possible")
    declares(case, client, beacon="conflicted")
    own = words_of(client.get(address(case.world, "interests/declaration.pdf")).data)
    everybody = words_of(who(case, "officer").get(address(case.world, "interests/register.pdf")).data)
    person = case.person("evaluator").id
    theirs = words_of(who(case, "officer").get(address(case.world, f"interests/people/{person}.pdf")).data)
    assert own == theirs
    assert "My sister chairs it." in own
    assert "What was declared before" in own
    assert "Conflict of interest" in everybody
    assert "Still to declare" in everybody
    assert not [word for word in (*WORDS, "adult-harbour", "Tenderer A") if word in own + everybody]


@pytest.mark.parametrize(
    ("state", "interests", "decided", "sees"),
    [
        ("none", None, "", 303),
        ("declared", {}, "", 200),
        ("possible", {"quayside": "possible"}, "", 403),
        ("mitigated", {"quayside": "possible"}, "mitigated", 200),
        ("recused", {"quayside": "possible"}, "recused", 403),
        ("conflicted", {"quayside": "conflicted"}, "", 403),
    ],
)
@pytest.mark.parametrize("role", ["evaluator", "moderator"])
def test_the_record_of_the_opening_follows_the_declaration(
    case: Case, role: str, state: str, interests: dict[str, str] | None, decided: str, sees: int
) -> None:
    client = who(case, role)
    if interests is not None:
        declares(case, client, **interests)
    if decided:
        decides(case, latest(case, role)["quayside"], decided)
    for page in ("opening/bid/", "opening/bid/record.pdf"):
        assert client.get(address(case.world, page)).status_code == sees
