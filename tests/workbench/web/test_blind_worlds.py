"""Twin worlds for a panel: what a colleague scored, and what stands in a bid that is hidden, changes nobody's page.

And canaries: before quality is locked no page of those who score or chair holds a price or a total.
"""

from __future__ import annotations

import json
import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from itertools import chain

import pytest
import time_machine
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException

from lots.money import Money
from scoring.recommendation import Evaluation, evaluate
from tests.exports.pdf_text import words_of
from tests.site import Page, leads_to, page_in
from tests.workbench.evaluated import LOCKED, bid, evaluated
from tests.workbench.own_scores import a_score, desk, save
from tests.workbench.published import World, client_of, done
from tests.workbench.scoring import NOW, scoring
from workbench.app import Workbench
from workbench.db import db
from workbench.models.bids import OpenedBidRecord
from workbench.models.evaluation import DeclarationRecord
from workbench.models.tenders import TenderRecord
from workbench.queries.awards import assurance, result
from workbench.queries.evaluation import answers
from workbench.queries.evaluation.record import live_file
from workbench.services.evaluation import scoring as sheets

RUTH, OWEN = 0, 1
DONE, BEGUN = "adult-mendip", "adult-brunel"
"""The bid whose sheet Owen submits, and the one in which he has scored an answer."""
CANARY = "Zaunkoenigsblick"
REMEMBERED = (result._once, answers._counted, assurance._once)
"""What this process remembers of a record by its version: the twins' records have the same."""
MOST_ALIKE = 3
"""Pages of one view that are opened; those of the bids in question are opened first."""
LATER = LOCKED + timedelta(days=1)
_MASKS = (
    (re.compile(r'name="(csrf_token|_key)"[^>]*value="[^"]+"'), "token"),
    (re.compile(r'value="[^"]+"[^>]*name="(csrf_token|_key)"'), "token"),
)

Pages = Mapping[str, tuple[int, str]]


@dataclass
class Twin:
    """One of several installations, copied from one."""

    app: Workbench
    world: World
    clients: dict[tuple[str, int], FlaskClient] = field(default_factory=dict)

    def client(self, role: str, number: int) -> FlaskClient:
        """Sign somebody in once: their account lists where they are signed in."""
        key = (role, number)
        if key not in self.clients:
            self.clients[key] = client_of(self.app, self.world, role, number)
        return self.clients[key]

    def pages(self, role: str, number: int = 0, first: Iterable[str] = ()) -> Pages:
        """Return what somebody reads on every kind of page that links lead to, without what changes by chance."""
        client = self.client(role, number)
        for kept in REMEMBERED:
            kept.cache_clear()
        found: dict[str, tuple[int, str]] = {}
        seen: Counter[str] = Counter()
        waiting = deque([*first, f"/tenders/{self.world.tender.id}/", "/"])
        while waiting:
            path = waiting.popleft()
            kind = self.kind(path)
            if path in found or seen[kind] >= MOST_ALIKE or kind == "static":
                continue
            seen[kind] += 1
            page = self._read(client, path)
            found[path] = (page.status, _masked(page.text))
            waiting.extend(target for target, _ in leads_to(page))
        return found

    def kind(self, path: str) -> str:
        try:
            return str(self.app.url_map.bind("localhost").match(path.partition("?")[0], method="GET")[0])
        except HTTPException:
            return "none"

    def _read(self, client: FlaskClient, path: str) -> Page:
        answer = client.get(path)
        data = answer.data
        page = page_in(path, answer)
        if page.kind == "application/pdf":
            page.text = words_of(data)
        return page

    def sheet_pages(self, *names: str) -> list[str]:
        """Name the pages on which the answers of some bids are scored."""
        place = f"/tenders/{self.world.tender.id}"
        bids = [(name, bid(self.world, name)) for name in names]
        return [f"{place}/sheets/{bid_id}/q_outcomes" for _, bid_id in bids] + [
            f"{place}/own-scores/adult/q_outcomes", f"{place}/sheets/{bids[0][1]}/", f"{place}/work/"
        ]  # fmt: skip


def settled(app: Workbench, world: World) -> Twin:
    """Let go of the database, so that each reading is a session of its own."""
    db.session.commit()
    for row in (world.tender, *chain.from_iterable(world.people.values())):
        db.session.refresh(row)
    db.session.expunge_all()
    db.session.rollback()
    return Twin(app, world)


def _masked(text: str) -> str:
    for pattern, word in _MASKS:
        text = pattern.sub(word, text)
    return text


def differences(one: Pages, other: Pages) -> list[str]:
    """Name every page that is not the same in two worlds."""
    return sorted({path for path in {*one, *other} if one.get(path) != other.get(path)})


# --- what a colleague scores ------------------------------------------------------------------------------------


def owen_scores(world: World, change: Callable[..., object]) -> None:
    """Let Owen score an answer of one bid, and submit his sheet about another."""
    owen = world.actor("evaluator", OWEN)
    bid_id = bid(world, DONE)
    for question in desk(world, owen).questions(bid_id):
        save(world, DONE, change(a_score(DONE, question.id, "ev-safeguarding")), owen, NOW)  # type: ignore[arg-type]
    save(world, BEGUN, change(a_score(BEGUN, "q_outcomes", "ev-safeguarding")), owen, NOW)  # type: ignore[arg-type]
    mine = desk(world, owen)
    sheets.submit(
        world.tender, {bid_id: sheets.shown_digest(mine, bid_id)}, confirmed=True, actor=owen, at=NOW
    )  # fmt: skip
    done(world)


OTHERWISE = {
    "nothing": lambda score: None,
    "the case": lambda score: score,
    "other words": lambda score: replace(score, strengths=f"{score.strengths} {CANARY} (12 pages)."),
    "other points": lambda score: replace(
        score, points=Decimal(1), why_not_higher=f"{CANARY}: nothing is said of weekends.", weaknesses=CANARY
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def colleagues(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Twin]]:
    """Worlds alike but for what Owen scored; Ruth has begun to score in all of them."""
    with ExitStack() as stack:
        stack.enter_context(time_machine.travel(NOW, tick=False))
        made = {}
        for name, change in OTHERWISE.items():
            app, world = stack.enter_context(scoring(tmp_path_factory.mktemp("colleague")))
            save(world, DONE, a_score(DONE, "q_outcomes"), world.actor("evaluator", RUTH), NOW)
            if name != "nothing":
                owen_scores(world, change)
            made[name] = settled(app, world)
        yield made


def test_an_evaluator_cannot_tell_what_a_colleague_scored_nor_whether(colleagues: dict[str, Twin]) -> None:
    found = {}
    for name, twin in colleagues.items():
        with twin.app.app_context():
            found[name] = twin.pages("evaluator", RUTH, twin.sheet_pages(DONE, BEGUN))
    one = found["nothing"]
    assert {name: differences(one, pages) for name, pages in found.items()} == {name: [] for name in found}
    assert len([path for path, (status, _) in one.items() if status == 200 and "/tenders/" in path]) > 20


def test_the_colleague_reads_own_words(colleagues: dict[str, Twin]) -> None:
    twin = colleagues["other words"]
    with twin.app.app_context():
        pages = twin.pages("evaluator", OWEN, twin.sheet_pages(DONE, BEGUN))
    assert any(CANARY in text for _, text in pages.values())


# --- what stands in a hidden bid --------------------------------------------------------------------------------

STAGES = {"evaluation": False, "moderation": False, "locked": True}


def at_stage(world: World, stage: str) -> None:
    """Put the evaluated case at a stage; what is locked is locked at the end only."""
    tender = db.session.get_one(TenderRecord, world.tender.id)
    tender.stage = "evaluation" if stage == "evaluation" else "moderation"
    tender.quality_locked_at = LOCKED if STAGES[stage] else None
    db.session.commit()


def rewritten(world: World, name: str) -> None:
    """Have a bid answer more, to other people, and ask for more money."""
    row = db.session.get_one(OpenedBidRecord, bid(world, name))
    submission, price = json.loads(row.submission), json.loads(row.price)
    for answer in submission["answers"]:
        answer["text"] += f" {CANARY} {CANARY}."
    for contact in submission["contacts"]:
        contact["name"] = CANARY
    for amounts in (price["prices"], price["split"]["delivery"]):
        amounts[0] = str(Decimal(amounts[0]) + 7777)
    row.submission, row.price = json.dumps(submission, ensure_ascii=False), json.dumps(price)
    db.session.commit()


def conflict(world: World, role: str) -> None:
    """Have the first of a role declare anew, under an id that is the same in every world."""
    person = world.people[role][0]
    db.session.add(
        DeclarationRecord(
            id=f"00000000-0000-4000-8000-{person.id:012}", tender_id=world.tender.id, user_id=person.id,
            organisation="mendip", name="Mendip", number=2, interest="conflicted", detail="My sister leads it.",
            round="change", declared_at=LOCKED,
        )
    )  # fmt: skip
    db.session.commit()


@pytest.fixture(scope="module")
def conflicted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Twin, Twin]]:
    """Two worlds alike but for a bid that is hidden from Ruth and from the chair."""
    with ExitStack() as stack:
        stack.enter_context(time_machine.travel(LATER, tick=False))
        made = []
        for change in (False, True):
            app, world = stack.enter_context(evaluated(tmp_path_factory.mktemp("conflicted")))
            for role in ("evaluator", "moderator"):
                conflict(world, role)
            if change:
                rewritten(world, DONE)
            made.append(settled(app, world))
        yield made[0], made[1]


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("role", ["evaluator", "moderator"])
def test_nobody_can_tell_what_stands_in_a_bid_that_is_hidden_from_them(
    conflicted: tuple[Twin, Twin], role: str, stage: str
) -> None:
    found = []
    for twin in conflicted:
        with twin.app.app_context():
            at_stage(twin.world, stage)
            found.append(twin.pages(role))
    assert differences(*found) == []
    assert len(found[0]) > 12


def test_who_has_no_interest_reads_what_stands_in_it(conflicted: tuple[Twin, Twin]) -> None:
    found = []
    for twin in conflicted:
        with twin.app.app_context():
            at_stage(twin.world, "locked")
            found.append(twin.pages("evaluator", OWEN, [f"/tenders/{twin.world.tender.id}/result/"]))
    assert differences(*found) != []


# --- prices and totals ------------------------------------------------------------------------------------------


def figures(world: World) -> dict[str, str]:
    """Map every price of a bid and every total, as a page would write it, to what it is; what is published is not."""
    file = live_file(world.tender)
    found = {price: f"a price of {each.id}" for each in file.bids for price in _prices(each.prices)}
    found |= totals(evaluate(file))
    rules = json.dumps([str(lot) for lot in file.tender.lots])
    return {text: what for text, what in found.items() if text.strip("£") not in rules}


def _prices(prices: Iterable[Money]) -> set[str]:
    money = list(prices)
    whole = sum((each.pence for each in money), 0)
    return {f"£{pence / 100:,.0f}" for pence in [whole, *(each.pence for each in money)] if pence > 10_000_00}


def totals(evaluation: Evaluation) -> dict[str, str]:
    """Write each total as the result's page does."""
    return {
        lot.methodology.rounding.text(result.total): f"the total of {result.bid.id}"
        for lot in evaluation.lots for result in lot.results if result.total is not None
    }  # fmt: skip


def in_sight(pages: Pages, words: Mapping[str, str]) -> list[str]:
    """Name every figure on every page where it stands by itself."""
    return sorted(
        f"{what} ({text}) on {path}"
        for path, (_, page) in pages.items()
        for text, what in words.items()
        if re.search(rf"(?<![\d.,]){re.escape(text)}(?![\d]|[.,]\d)", page)
    )


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Twin, dict[str, str]]]:
    with (
        time_machine.travel(LATER, tick=False),
        evaluated(tmp_path_factory.mktemp("canaries")) as (app, world),
    ):
        words = figures(world)
        yield settled(app, world), words


@pytest.mark.parametrize("stage", ["evaluation", "moderation"])
@pytest.mark.parametrize("role", ["evaluator", "moderator"])
def test_before_the_lock_nobody_who_scores_or_chairs_sees_a_price_or_a_total(
    case: tuple[Twin, dict[str, str]], role: str, stage: str
) -> None:
    twin, words = case
    with twin.app.app_context():
        at_stage(twin.world, stage)
        pages = twin.pages(role)
    assert in_sight(pages, words) == []


def test_the_search_finds_prices_and_totals_once_quality_is_locked(case: tuple[Twin, dict[str, str]]) -> None:
    twin, words = case
    with twin.app.app_context():
        at_stage(twin.world, "locked")
        pages = twin.pages("moderator", 0, [f"/tenders/{twin.world.tender.id}/result/"])
    found = " ".join(in_sight(pages, words))
    assert ("a price of" in found, "the total of" in found) == (True, True)
