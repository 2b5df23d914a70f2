"""Bids that are hidden from a member of the panel are in no page of theirs: every page is tried, in every state.

And twin worlds: what stands in the hidden bids changes no page of whoever has an interest in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from werkzeug.test import TestResponse

from tests.exports.pdf_text import words_of
from tests.workbench.panel import CRITERIA, Case, a_case, a_declaration, all_declared, canary, declared
from workbench.db import db
from workbench.models.accounts import UserRecord
from workbench.models.evaluation import InterestDecisionRecord, PanelNoteRecord
from workbench.queries.evaluation.interests import declarations_in

HIDDEN = ("adult-quayside", "children-beacon")  # quayside leads the one and is a partner in the other
SEEN = "adult-harbour"
SECRETS = [canary(bid, criterion) for bid in HIDDEN for criterion in CRITERIA]
STATES = ("none", "possible", "lessened", "recused", "conflicted")
NAMES_ALLOWED = {f"evaluation.{name}" for name in (
    "interests", "own_declaration", "register", "register_paper", "declaration_paper",
)}  # fmt: skip
"""Pages about interests, which name organisations and nothing of their bids."""


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """A tender in evaluation, whose usual panel has no interest."""
    with a_case(tmp_path_factory.mktemp("hidden")) as made:
        all_declared(made.world)
        made.world.tender.stage = "evaluation"
        db.session.commit()
        yield made


def in_state(case: Case, role: str, state: str) -> Case:
    """Bring somebody new into a state towards quayside."""
    new = case.anew()
    person = new.person(role)
    if state == "none":
        return new
    first = "possible" if state in ("possible", "recused") else "conflicted"
    declared(case.world, person, quayside=first)
    if state == "lessened":
        db.session.add(a_declaration(case.world.tender, person, "quayside", "none", 2))
    if state == "recused":
        _recuse(case, person)
    db.session.commit()
    return new


def _recuse(case: Case, person: UserRecord) -> None:
    row = next(it for it in declarations_in(case.world.tender.id, person.id) if it.organisation == "quayside")
    db.session.add(InterestDecisionRecord(
        tender_id=case.world.tender.id, declaration_id=row.id, number=1, action="recused", reason="Too close.",
        decided_by=case.world.people["officer"][0].id, decided_at=row.declared_at,
    ))  # fmt: skip


def pages(case: Case, bid: str, role: str) -> Iterator[tuple[str, TestResponse]]:
    """Open every page that takes no more than a tender, a bid, a question and a lot, as somebody with a role."""
    known = {"tender_id": case.world.tender.id, "bid_id": bid, "criterion": "delivery", "lot": "adult", "kind": "bid",
             "user_id": case.person(role).id}  # fmt: skip
    client, adapter = case.client(role), case.app.url_map.bind("localhost")
    for rule in case.app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and "tender_id" in rule.arguments <= set(known):
            address = adapter.build(rule.endpoint, {name: known[name] for name in rule.arguments})
            if not rule.endpoint.startswith("public.") and "/notices/" not in address:
                yield rule.endpoint, client.get(address)


def said(answer: TestResponse) -> str:
    """Return what an answer says, a PDF's words too."""
    return words_of(answer.data) if answer.mimetype == "application/pdf" else answer.data.decode("utf-8", "replace")


@pytest.mark.parametrize(
    ("state", "stage"),
    [*((state, "evaluation") for state in STATES), ("conflicted", "opened"), ("conflicted", "moderation")],
)
@pytest.mark.parametrize("role", ["evaluator", "moderator"])
def test_no_page_holds_a_word_of_a_hidden_bid_nor_its_name(case: Case, role: str, state: str, stage: str) -> None:
    new = in_state(case, role, state)
    case.world.tender.stage = stage
    db.session.commit()
    tried = 0
    for endpoint, answer in pages(new, HIDDEN[0], role):
        tried += answer.status_code == 200
        text = said(answer)
        found = [word for word in SECRETS if word in text]
        if endpoint not in NAMES_ALLOWED:
            found += [name for name in ("Quayside Trust", *HIDDEN) if name in text]
        assert (endpoint, found) == (endpoint, [])
    assert tried > 5


@pytest.mark.parametrize(
    ("state", "hidden", "seen"), [("none", 303, 303), *((state, 404, 200) for state in STATES if state != "none")]
)
def test_the_sheet_of_a_hidden_bid_is_not_there_and_the_others_are(
    case: Case, state: str, hidden: int, seen: int
) -> None:
    new = in_state(case, "evaluator", state)
    case.world.tender.stage = "evaluation"
    db.session.commit()
    client = new.client("evaluator")
    answers = {bid: client.get(new.url(f"sheets/{bid}/delivery")) for bid in (*HIDDEN, SEEN)}
    assert {bid: answer.status_code for bid, answer in answers.items()} == {**dict.fromkeys(HIDDEN, hidden), SEEN: seen}
    if seen == 200:
        assert canary(SEEN, "delivery") in answers[SEEN].text


def told(case: Case) -> dict[tuple[str, str], str]:
    """Return every page of a conflicted evaluator and moderator, without what differs by chance."""
    found = {}
    for role in ("evaluator", "moderator"):
        declared(case.world, case.person(role), quayside="conflicted")
        for stage in ("opened", "evaluation"):
            case.world.tender.stage = stage
            db.session.commit()
            for endpoint, answer in pages(case, SEEN, role):
                found[role, f"{stage} {endpoint}"] = _bare(answer)
    return found


def _bare(answer: TestResponse) -> str:
    text = re.sub(r'name="(?:_key|csrf_token)"[^>]*>', "", said(answer))
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{12,64}|Authority \d+|person\d+@\S+", "", text)
    return f"{answer.status_code} {answer.headers.get('ETag', '')} {text}"


def test_what_a_hidden_bid_holds_changes_no_page_of_whoever_has_an_interest_in_it(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    worlds = []
    for words in ("", " Zaunkönig and many more words that take longer to read." * 40):
        with a_case(
            tmp_path_factory.mktemp("twin"), more=lambda bid, said=words: said if bid in HIDDEN else ""
        ) as made:  # fmt: skip
            all_declared(made.world)
            chair = made.world.people["moderator"][0].id
            note = PanelNoteRecord(tender_id=made.world.tender.id, number=1, text="Read.", made_by=chair,
                                   made_at=made.world.tender.changed_at)  # fmt: skip
            db.session.add(note)
            db.session.commit()
            worlds.append(told(made))
    first, second = worlds
    assert len(first) > 20
    assert [page for page in first if first[page] != second[page]] == []
    assert set(first) == set(second)
