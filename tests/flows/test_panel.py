"""The panel and the award in browsers: from three declarations made at once to a tenderer reading its own letter."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, TimeoutError, expect
from playwright.sync_api import Page as Tab

from scoring.moderation import AgreedScore
from scoring.scoresheet import Score, ScoreSheet
from tests.browser import served
from tests.flows.hands import Mouse
from tests.flows.story import Story
from tests.looking import Lens
from tests.workbench.conftest import running
from tests.workbench.databases import a_config, usual_url
from tests.workbench.showcase import Showcase
from workbench import clock
from workbench.app import Workbench
from workbench.cards import marks_of
from workbench.db import db
from workbench.demo import panel as demo
from workbench.demo.cases import opened_case, the_case
from workbench.demo.panel import NOTE, Panel, done
from workbench.demo.people import people_again
from workbench.kept import to_text
from workbench.models.evaluation import ScoreDraftRecord
from workbench.models.tenders import TenderRecord
from workbench.paths import demo_file
from workbench.queries.evaluation.access import access_of
from workbench.queries.evaluation.sheets import desk_of
from workbench.services.evaluation import agreeing, beginning, preparing, scoring

pytestmark = pytest.mark.slow
PATIENCE = 30_000
RUTH, OWEN, MARIAN, CHAIR = "ev-commissioning", "ev-safeguarding", "ev-lived", "chair"
EVALUATORS = (RUTH, OWEN, MARIAN)
BID = "adult-mendip"
ASKED = {RUTH: "q_collaboration", OWEN: "q_collaboration", MARIAN: "q_safeguarding"}
"""Which answer of the bid each scores in a browser: two of them the same."""
EXPECTED = r"status of (409|422) "
"""What a console may say: somebody else wrote in the same place, or a card was sent back to be looked at."""
REASON = "The reason, which the tenderer reads"
HIGHER = "Why not a level higher"


@dataclass
class Table:
    """The panel's browsers on one tender, and what goes on behind them through the services."""

    app: Workbench
    lens: Lens
    tender_id: str

    def story(self, who: str) -> Story:
        """Give somebody's window."""
        tab = self.lens.tab(who)
        tab.set_default_timeout(PATIENCE)
        return Story(tab, Mouse(tab), self.lens.address)

    def at(self, who: str, page: str = "") -> Story:
        """Open a page of the tender in somebody's window."""
        story = self.story(who)
        story.tab.goto(f"{self.lens.address}/tenders/{self.tender_id}/{page}")
        return story

    @contextmanager
    def behind(self) -> Iterator[Panel]:
        """Act through the services, and let go of the database afterwards."""
        with self.app.app_context():
            people = people_again(json.loads(demo_file().read_bytes())["panel"])
            yield Panel(db.session.get_one(TenderRecord, self.tender_id), the_case(), people, ("adult",))
            db.session.remove()


@pytest.fixture
def table(tmp_path: Path, chromium: Browser) -> Iterator[Table]:
    """A tender whose bids for one lot were opened a moment ago; everybody has declared but those who score."""
    expect.set_options(timeout=PATIENCE)
    with running(a_config(usual_url(tmp_path), tmp_path, demo=True)) as app, app.app_context():
        people, tender = opened_case(
            address=lambda _: "http://localhost/", config=app.config["WORKBENCH"], lots=["adult"]
        )
        demo.declare(Panel(tender, the_case(), people), set(people.by_member) - set(EVALUATORS))
        cookies = {name: row.fs_uniquifier for name, row in people.by_member.items()}
        tender_id = tender.id
        db.session.remove()
        app.config["WTF_CSRF_ENABLED"] = True
        with served(app) as address:
            lens = Lens(Showcase(app, tmp_path, people=cookies), chromium, address)
            yield Table(app, lens, tender_id)
            lens.close()
    expect.set_options(timeout=5_000)


# --- steps ------------------------------------------------------------------------------------------------------


def declares(story: Story) -> None:
    """Declare no interest in anybody, having seen no bid before."""
    expect(story.tab.get_by_role("button", name="Declare your interests")).to_be_visible()
    assert story.tab.locator("table").count() == 0
    story.button("Declare your interests")
    story.hand.press(story.tab.get_by_label("I have read every name."))
    story.hand.press(story.tab.get_by_label("This is complete and true"))
    story.button("Sign and send my declaration")
    story.tab.get_by_text("Your declaration is kept.").wait_for()


def reads_the_note(story: Story) -> None:
    story.link("Note to the panel")
    expect(story.tab.get_by_text("Read each answer whole before you score it")).to_be_visible()
    story.hand.press(story.tab.get_by_label("I have read this note"))
    story.button("Go on")
    expect(story.tab.get_by_role("button", name="Begin: ")).to_be_visible()


def opens_answer(story: Story, bid_id: str, question: str) -> None:
    story.tab.locator(f"a[href$='/sheets/{bid_id}/{question}']").last.click()
    expect(story.tab.get_by_text("Keys 0 to 5 choose a score.")).to_be_visible()


def writes(tab: Tab, score: Score) -> None:
    """Score an answer: the level by its key, the rest typed; the page saves it by itself."""
    tab.keyboard.press(str(score.points))
    for label in ("Strengths", "Weaknesses", "Why not higher", "Why not lower"):
        text = getattr(score, label.lower().replace(" ", "_"))
        tab.get_by_label(label, exact=True).fill(text)


def cites(tab: Tab) -> None:
    """Select words of the answer and press the button that offers to cite them."""
    tab.locator("#paragraph-1 .tw-paragraph__text").dblclick(position={"x": 20, "y": 10})
    tab.get_by_role("button", name="Cite", exact=True).click()
    expect(tab.get_by_label("Paragraph or page 1")).to_have_value("paragraph 1")


def saved(tab: Tab) -> None:
    expect(tab.locator("[data-saving]")).to_contain_text("Saved")


def begin(of: Panel) -> None:
    """Let the officer write the panel's note, and the panel begin."""
    demo.settle(of)
    done(preparing.write_note, of.tender, NOTE, actor=of.actor("officer"), at=clock.now())
    done(beginning.begin, of.tender, actor=of.actor("officer"), at=clock.now())


def sheet_of(of: Panel, member: str, bid: str) -> ScoreSheet:
    return next(it for it in of.sheets if (it.evaluator, it.bid) == (member, bid))


def fill(of: Panel, sheet: ScoreSheet) -> None:
    """Lay down those answers of a sheet that its author has not begun."""
    person = of.people.by_member[sheet.evaluator].id
    known = {
        row.criterion for row in db.session.query(ScoreDraftRecord).filter_by(user_id=person, bid_id=of.bid(sheet.bid))
    }
    db.session.add_all(
        ScoreDraftRecord(
            tender_id=of.tender.id, user_id=person, bid_id=of.bid(sheet.bid), criterion=given.criterion,
            content=to_text(given), begun_at=sheet.submitted_at, changed_at=sheet.submitted_at,
        )
        for given in sheet.scores if given.criterion not in known
    )  # fmt: skip
    db.session.commit()


def brings_the_rest(of: Panel) -> None:
    """Let everybody finish and submit what the browsers did not."""
    for member in EVALUATORS:
        actor = of.actor(member)
        done_already = desk_of(of.tender, actor, access_of(of.tender, actor)).sheets
        mine = [it for it in of.sheets if it.evaluator == member and of.bid(it.bid) not in done_already]
        for sheet in mine:
            fill(of, sheet)
        desk = desk_of(of.tender, actor, access_of(of.tender, actor))
        shown = {of.bid(it.bid): scoring.shown_digest(desk, of.bid(it.bid)) for it in mine}
        done(scoring.submit, of.tender, shown, confirmed=True, actor=actor, at=clock.now())


def agrees_the_rest(of: Panel, agreed: Sequence[AgreedScore]) -> None:
    """Let the chair put everything else to signature, and everybody sign it."""
    board = {(card.bid.id, card.row.criterion): card for card in demo.reads_cards(of)}
    for each in agreed:
        card = board[of.bid(each.bid), each.criterion]
        texts = demo._card_texts(of, each, card)
        shown = marks_of({}, tuple(texts))
        at = {"confirmed": True, "actor": of.actor(CHAIR), "at": clock.now()}
        done(agreeing.put_to_signature, of.tender, card.row.id, texts, shown, **at)
    for member in EVALUATORS:
        me = of.people.by_member[member].id
        waiting = [card.last.row.id for card in demo.reads_cards(of) if card.last and card.waits_for(me)]
        done(agreeing.sign, of.tender, waiting, actor=of.actor(member), at=clock.now())


# --- the stories ------------------------------------------------------------------------------------------------


def test_three_evaluators_declare_score_and_agree_at_once(table: Table) -> None:
    scored_in_three_browsers(table)
    with table.behind() as of:
        brings_the_rest(of)
    card = agreed_in_two_browsers(table)
    with table.behind() as of:
        agrees_the_rest(of, [it for it in of.agreed if (of.bid(it.bid), it.criterion) != card])
    chair = table.at(CHAIR, "moderation/")
    expect(chair.tab.get_by_text("35 of 35 agreed and signed")).to_be_visible()
    chair.link("Lock quality")
    chair.button("Lock quality")
    expect(chair.tab.get_by_text("The agreed scores stand.").first).to_be_visible()
    assert [line for line in table.lens.heard if not re.search(EXPECTED, line)] == []


def scored_in_three_browsers(table: Table) -> None:
    """Everybody declares and reads the note; two write about one answer at once, the third about another."""
    for who in EVALUATORS:
        declares(table.at(who, "work/"))
    with table.behind() as of:
        begin(of)
        bid_id, scores = of.bid(BID), [given(of, who, question) for who, question in ASKED.items()]
    windows = [table.at(who, "work/") for who in EVALUATORS]
    for story in windows:
        reads_the_note(story)
    for story, question in zip(windows, ASKED.values(), strict=True):
        opens_answer(story, bid_id, question)
    for story, score in zip(windows, scores, strict=True):
        writes(story.tab, score)
    for story in windows:
        cites(story.tab)
    for story in windows:
        saved(story.tab)
    words = [score.strengths for score in scores]
    for own, story in zip(words, windows, strict=True):
        sees_only_own_words(story.tab, own, set(words) - {own})
    with table.behind() as of:
        fill(of, sheet_of(of, RUTH, BID))
    submits(table.at(RUTH, f"sheets/{bid_id}/"))


def given(of: Panel, member: str, question: str) -> Score:
    """Return what the case has somebody write about an answer."""
    return next(it for it in sheet_of(of, member, BID).scores if it.criterion == question)


def sees_only_own_words(tab: Tab, own: str, theirs: set[str]) -> None:
    """Look through somebody's pages: what they wrote is there after loading again, what another wrote nowhere."""
    tab.reload()
    expect(tab.get_by_label("Strengths", exact=True)).to_have_value(own)
    assert [text for text in theirs if text in tab.content()] == []
    tab.get_by_role("link", name="Your scores for this question side by side").click()
    tab.wait_for_url("**/own-scores/**")
    assert own in tab.inner_text("main")
    assert [text for text in theirs if text in tab.content()] == []


def submits(story: Story) -> None:
    """Submit a sheet on its own page."""
    confirm = story.tab.locator("input[name=confirmed]")
    if confirm.count():
        story.hand.press(confirm)
    story.button("Submit the sheet")
    expect(story.tab.get_by_text("Submitted: your sheet stays as it is.")).to_be_visible()


def agreed_in_two_browsers(table: Table) -> tuple[str, str]:
    """The chair and an evaluator write one card at once; it is put to signature, signed by all, and green."""
    chair = table.at(CHAIR)
    chair.link("Begin moderation")
    chair.button("Begin moderation")
    chair.tab.locator(".tw-agenda__name a").first.click()
    chair.tab.wait_for_url("**/cards/*/")
    place = chair.tab.url.partition(f"/tenders/{table.tender_id}/")[2]
    ruth = table.at(RUTH, place)
    with table.behind() as of:
        card = next(it for it in demo.reads_cards(of) if it.row.id in place)
        key, texts = (
            (card.bid.id, card.row.criterion),
            demo._card_texts(of, agreed_of(of, card.bid.id, card.row.criterion), card),
        )
    both_write(chair.tab, ruth.tab, texts)
    puts_to_signature(chair, texts)
    for who in EVALUATORS:
        signs(table.at(who, "moderation/"))
    expect(table.at(CHAIR, place).tab.locator(".govuk-tag--green", has_text="Agreed")).to_be_visible()
    return key


def agreed_of(of: Panel, bid_id: str, criterion: str) -> AgreedScore:
    return next(it for it in of.agreed if (of.bid(it.bid), it.criterion) == (bid_id, criterion))


def both_write(chair: Tab, ruth: Tab, texts: dict[str, str]) -> None:
    """Write different fields at once, each sees both; then the same field, and whoever is slower sees both texts."""
    chair.get_by_label(REASON).fill(texts["reason"])
    ruth.get_by_label("Dissent").fill("Ruth saw it a level lower.")
    for tab in (chair, ruth):
        kept(tab)
        tab.get_by_label("Why not a level lower").focus()
    for tab in (chair, ruth):
        expect(tab.get_by_label(REASON)).to_have_value(texts["reason"])
        expect(tab.get_by_label("Dissent")).to_have_value("Ruth saw it a level lower.")
    ruth.get_by_label(HIGHER).fill("Nobody says who covers absence.")
    chair.get_by_label(HIGHER).fill(texts["why_not_higher"])
    slower = next(tab for tab in (chair, ruth) if asked_to_choose(tab))
    slower.get_by_role("button", name="Put theirs below mine").click()
    kept(slower)
    for tab in (chair, ruth):
        tab.get_by_label("Why not a level lower").focus()
        for words in ("Nobody says who covers absence.", texts["why_not_higher"]):
            expect(tab.get_by_label(HIGHER)).to_have_value(re.compile(re.escape(words)))


def asked_to_choose(tab: Tab) -> bool:
    """Say whether a tab shows two texts to choose from, once both have saved."""
    try:
        tab.locator(".tw-theirs").wait_for(timeout=10_000)
    except TimeoutError:
        return False
    return True


def puts_to_signature(chair: Story, texts: dict[str, str]) -> None:
    """Fill the rest of the card in and put it to signature; what is noted on the way is looked at and stands."""
    tab = chair.tab
    tab.locator(f"input[name=points][value='{texts['points']}']").check()
    for name in ("evidence", "why_not_lower"):
        tab.locator(f"[name={name}]").fill(texts[name])
    for member in texts["present"].split():
        tab.locator(f"input[name=present][value='{member}']").check()
    for name, text in texts.items():
        if name.startswith("cause-"):
            tab.locator(f"[name='{name}']").select_option(value=text)
        if name.startswith("said-"):
            tab.locator(f"[name='{name}']").fill(text)
    kept(tab)
    chair.button("Put to signature")
    confirm = tab.locator("input[name=confirmed]")
    expect(confirm.or_(tab.get_by_text("Being signed"))).to_be_visible()
    if confirm.count():
        chair.hand.press(confirm)
        chair.button("Put to signature")
    expect(tab.get_by_text("Being signed")).to_be_visible()


def signs(story: Story) -> None:
    """Sign what waits, from the agenda."""
    story.link("Sign 1 agreed score")
    story.hand.press(story.tab.locator("input[name=agreed]"))
    story.button("Sign what is ticked")
    story.tab.get_by_text("Nothing waits for your signature.").wait_for()


def kept(tab: Tab) -> None:
    expect(tab.locator("[data-saving-words]")).to_have_text("Saved")
