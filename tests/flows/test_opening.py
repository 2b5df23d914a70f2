"""Two openers open the bids; an officer reads one, looks at who is in several, and decides; nothing is out of reach."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page as Tab

from tests.flows.conftest import Stage
from tests.looking import Lens
from tests.workbench.opening import closed
from tests.workbench.published import World
from tests.workbench.sealed import KEYS, a_sealed_world, submitted
from workbench.db import db
from workbench.sealing.key_files import KeyPair, keep, written
from workbench.sealing.ready_keys import FOLDER
from workbench.services.bids import openings
from workbench.services.bids.openings import Offer

REASON = "The certificate of insurance is dated 2022 and was not renewed."


@pytest.fixture
def tender(stage: Stage) -> str:
    """A closed tender with two bids of one tenderer, whose openers and officer can be signed in."""
    with stage.made.app.app_context():
        world = a_sealed_world()
        submitted(world)
        submitted(world, lot="children")
        closed(world)
        _introduce(stage, world)
        name = world.tender.id
        db.session.remove()
    return name


def _introduce(stage: Stage, world: World) -> None:
    for name, (role, number) in {"first": ("opener", 0), "second": ("opener", 1), "reader": ("officer", 0),
                                 "scorer": ("evaluator", 0)}.items():  # fmt: skip
        stage.made.people[name] = world.people[role][number].fs_uniquifier


def lay_keys_ready(stage: Stage, tender: str) -> None:
    folder = stage.made.app.config["WORKBENCH"].data / FOLDER / tender
    folder.mkdir(parents=True)
    for secret, recipient in KEYS[:3]:
        keep(folder / f"{recipient}.key", written(KeyPair(secret, recipient)))


def looked_at(stage: Stage, tab: Tab) -> None:
    """Expect nothing wrong with the page that a tab shows, at its widest and at its narrowest."""
    assert Lens(stage.made, stage.browser, stage.address).look(tab) == []


@pytest.mark.slow
def test_in_a_demonstration_two_clicks_open_the_bids_and_an_officer_reads_and_decides(
    stage: Stage, tender: str
) -> None:
    lay_keys_ready(stage, tender)
    first, second, officer, scorer = (stage.tab(who) for who in ("first", "second", "reader", "scorer"))
    opening = f"{stage.address}/tenders/{tender}/opening/"
    first.goto(opening)
    looked_at(stage, first)
    first.get_by_role("button", name="Take the first layer off with the key “Head of procurement”").click()
    first.get_by_text("You have done your part").wait_for()
    second.goto(opening)
    looked_at(stage, second)
    second.get_by_role("button", name="Open the envelopes with the key “Monitoring officer”").click()
    second.get_by_text("2 bids").first.wait_for()
    looked_at(stage, second)
    scorer.goto(opening)
    scorer.get_by_role("checkbox", name="I have read every name").check()
    scorer.get_by_role("checkbox", name="This is complete and true").check()
    looked_at(stage, scorer)
    scorer.get_by_role("button", name="Sign and send my declaration").click()
    scorer.goto(opening)
    assert scorer.get_by_role("link", name="The record as PDF, to print").is_visible()
    assert scorer.get_by_role("link", name="The bids").count() == 0
    officer.goto(f"{stage.address}/tenders/{tender}/")
    officer.get_by_role("link", name="Read the bids").click()
    looked_at(stage, officer)
    officer.get_by_role("link", name="Organisations in several bids").click()
    assert officer.locator("svg.tw-graph").is_visible()
    looked_at(stage, officer)
    officer.get_by_role("link", name="Harbour Trust").first.click()
    officer.get_by_text("Does it stay in?").wait_for()
    looked_at(stage, officer)
    officer.get_by_label("Admission").check()
    officer.get_by_label("Exclude").check()
    officer.get_by_label("Why", exact=True).fill("ok")
    officer.get_by_role("button", name="Record the decision").click()
    assert "says too little" in officer.locator(".govuk-error-summary").inner_text()
    looked_at(stage, officer)
    officer.get_by_label("Why", exact=True).fill(REASON)
    officer.get_by_role("button", name="Record the decision").click()
    officer.get_by_text("Decision 1: excluded").wait_for()


@pytest.mark.slow
def test_keys_are_used_in_the_browser_and_never_sent(
    stage: Stage, tender: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "my.key").write_bytes(written(KeyPair(*KEYS[0])))
    sent: list[Offer] = []
    take_part = openings.take_part

    def noted(tender: Any, kind: Any, step: int, offer: Offer, **values: Any) -> Any:
        sent.append(offer)
        return take_part(tender, kind, step, offer, **values)

    monkeypatch.setattr(openings, "take_part", noted)
    for who, way in (("first", "file"), ("second", "text")):
        tab = stage.tab(who)
        tab.goto(f"{stage.address}/tenders/{tender}/opening/")
        if way == "file":
            tab.locator("#opening-file").set_input_files(tmp_path / "my.key")
        else:
            tab.get_by_text("The key is on paper").click()
            tab.locator("#opening-text").fill(KEYS[3][0])
        tab.locator("[data-key-go]").click()
        tab.get_by_text({"file": "You have done your part", "text": "The envelopes are open"}[way]).first.wait_for()
    assert [(offer.secret, b"opening-layers/1" in offer.file) for offer in sent] == [("", True), ("", True)]
    assert not any(key[0].encode() in offer.file for key in KEYS for offer in sent)


@pytest.mark.slow
def test_a_wrong_key_is_told_in_the_page(stage: Stage, tender: str) -> None:
    tab = stage.tab("first")
    tab.goto(f"{stage.address}/tenders/{tender}/opening/")
    tab.get_by_text("The key is on paper").click()
    tab.locator("#opening-text").fill("AGE-SECRET-KEY-1WRONG")
    tab.locator("[data-key-go]").click()
    tab.get_by_text("There is no secret key in it").wait_for()
