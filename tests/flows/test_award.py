"""An award in browsers: recommended, commented on, approved, told to everybody at once, and read by a tenderer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import served
from tests.exports.pdf_text import words_of
from tests.flows.hands import Mouse
from tests.flows.story import Story
from tests.looking import Lens
from tests.workbench.evaluated import NOW, bid, evaluated, with_paper
from tests.workbench.issued import LETTERS, NOTICES, signed
from tests.workbench.showcase import NOBODY, Showcase
from tests.workbench.web.awards.test_letters import secrets_of, workspace_of
from workbench import clock
from workbench.app import Workbench
from workbench.db import db
from workbench.jobs import jobs
from workbench.models.awards import DecisionPaperRecord
from workbench.services.awards import making, packs

pytestmark = pytest.mark.slow
PATIENCE = 30_000
OWN, RIVAL = "adult-mendip", "adult-quantock"


@dataclass
class Post:
    """Browsers on a tender whose quality is locked, and the codes of two workspaces that bid in it."""

    app: Workbench
    lens: Lens
    tender_id: str
    bids: dict[str, str]
    codes: dict[str, str]

    def at(self, who: str, path: str = "") -> Story:
        """Open a page in somebody's window: the tender's, unless another is named."""
        tab = self.lens.tab(who)
        tab.set_default_timeout(PATIENCE)
        tab.goto(f"{self.lens.address}{path or f'/tenders/{self.tender_id}/'}")
        return Story(tab, Mouse(tab), self.lens.address)

    def tenderer(self, name: str) -> Story:
        """Open a workspace by its code, from the public page, in a browser that knows nothing."""
        self.lens.tabs.pop(NOBODY, None)
        story = self.at(NOBODY, f"/notices/{self.tender_id}/")
        story.button("Your bid and its receipts")
        story.link("Go on with your bid")
        story.fill({"code": self.codes[name]})
        story.button("Open the bid")
        return story


@pytest.fixture
def post(tmp_path: Path, chromium: Browser) -> Iterator[Post]:
    expect.set_options(timeout=PATIENCE)
    with pytest.MonkeyPatch.context() as patch, evaluated(tmp_path, demo=True) as (app, world):
        patch.setattr(packs, "BUILDERS", (NOTICES, LETTERS))
        patch.setattr(clock, "now", lambda: NOW)
        making.forget()
        with_paper(world, signed(world))
        bids = {name: bid(world, name) for name in (OWN, RIVAL)}
        codes = {name: workspace_of(world, bid_id) for name, bid_id in bids.items()}
        people = {role: held[0].fs_uniquifier for role, held in world.people.items()}
        tender_id = world.tender.id
        db.session.remove()
        app.config["WTF_CSRF_ENABLED"] = True
        with served(app) as address:
            yield Post(app, Lens(Showcase(app, tmp_path, people=people), chromium, address), tender_id, bids, codes)
            for context in chromium.contexts:
                context.close()
    expect.set_options(timeout=5_000)


def test_an_award_is_decided_told_to_all_at_once_and_read_by_a_tenderer(post: Post) -> None:
    recommended_and_approved(post)
    made_and_released(post)
    with post.app.app_context():
        secret = secrets_of()[post.bids[OWN]]
        papers = {row.bid_id: row for row in db.session.query(DecisionPaperRecord)}
        own, rivals = (papers[post.bids[name]] for name in (OWN, RIVAL))
        kept, path, title = own.content, f"/notices/{post.tender_id}/bid/decisions/{own.id}", own.title
        rival_title = rivals.title
        db.session.remove()
    assert kept is not None
    mine = post.tenderer(OWN)
    mine.link("Read the decision on your bids")
    assert (title in mine.tab.inner_text("main"), rival_title in mine.tab.content()) == (True, False)
    assert opened(mine) == kept
    assert opened(post.at(NOBODY, f"/decision/{secret}")) == kept
    assert "Mendip" in words_of(kept)
    rival = post.tenderer(RIVAL)
    rival.link("Read the decision on your bids")
    assert (rival_title in rival.tab.inner_text("main"), title in rival.tab.content()) == (True, False)
    refused = rival.tab.context.request.get(f"{post.lens.address}{path}")
    assert refused.status == 404
    assert post.lens.heard == []


def recommended_and_approved(post: Post) -> None:
    chair = post.at("moderator")
    chair.link("The decision")
    chair.button("Recommend the award")
    expect(chair.tab.get_by_text("Recommended. Finance and legal may comment")).to_be_visible()
    for who, said in (("finance", "The money is in the budget of each year."), ("legal", "The lots may be awarded.")):
        adviser = post.at(who)
        adviser.link("the recommended award")
        adviser.fill({"text": said})
        adviser.button("Add the comment")
        expect(adviser.tab.get_by_text("Your comment is with the recommendation.")).to_be_visible()
    approver = post.at("approver")
    approver.link("the recommended award")
    expect(approver.tab.get_by_text("The lots may be awarded.")).to_be_visible()
    approver.hand.press(approver.tab.get_by_label("I have read the decision paper"))
    approver.button("Approve the award")
    expect(approver.tab.get_by_text("Approved. The documents can be made")).to_be_visible()


def made_and_released(post: Post) -> None:
    """The officer writes the days, has the documents made, sees them count up, and releases the letters."""
    officer = post.at("officer")
    officer.link("the decision")
    officer.link("the days")
    today = NOW.date()
    for name in signed_rows(officer):
        officer.day(name, today)
    officer.day("notices_sent", today)
    officer.button("Save and continue")
    officer.tab.goto(f"{post.lens.address}/tenders/{post.tender_id}/")
    officer.link("have the final documents made, then release the letters")
    officer.button("Have the final documents made")
    expect(officer.tab.locator("progress")).to_be_visible()
    with post.app.app_context():
        jobs().work_off()
    officer.button("Go on to the release of the letters")
    officer.hand.press(officer.tab.get_by_label("I have read the letters"))
    officer.button("Release all letters now")
    expect(officer.tab.get_by_text("The letters are released")).to_be_visible()


def signed_rows(story: Story) -> list[str]:
    """Name the dates of those who sign."""
    found = story.tab.locator("input[id$='signed_on-day']").all()
    return [str(each.get_attribute("id")).removesuffix("-day") for each in found]


def opened(story: Story) -> bytes:
    """Press the button that opens a letter, and return the file."""
    with story.tab.expect_download() as saving:
        story.button("Open the letter")
    return Path(saving.value.path()).read_bytes()
