"""Stories of tenderers in a browser: alone, with a partner who disputes and confirms, and after a change of rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as Tab

from lots.tender import RequiredDocument
from scoring.tender_file import TenderFile
from tests.browser import NARROWEST, WIDE, axe_findings, served, sideways
from tests.workbench import databases
from tests.workbench.conftest import running
from tests.workbench.office_files import PDF
from tests.workbench.published import ADDRESS, AT, World, done
from tests.workbench.sealed import a_file, a_sealed_world
from workbench import clock
from workbench.app import Workbench
from workbench.db import db
from workbench.queries.tenders import draft_of
from workbench.services import publishing, tenders

pytestmark = pytest.mark.slow
EARLY = AT + timedelta(days=3)
WORDS = "We answer every call within a day, and plan the ending from the first meeting."


@dataclass
class Fair:
    """A served tender that takes bids, and tabs of whoever visits it."""

    app: Workbench
    world: World
    browser: Browser
    address: str

    @property
    def notice(self) -> str:
        """Give the address of the tender's page."""
        return f"{self.address}/notices/{self.world.tender.id}/"

    def tab(self, path: str = "", **settings: object) -> Tab:
        """Open a tab of somebody new."""
        context = self.browser.new_context(viewport=WIDE, **settings)  # type: ignore[arg-type]
        tab = context.new_page()
        tab.set_default_timeout(15_000)
        tab.goto(path or self.notice)
        return tab


@pytest.fixture
def fair(chromium: Browser, tmp_path: Path) -> Iterator[Fair]:
    """A tender that asks for a certificate and for partners' confirmations, in August 2024."""
    config = databases.a_config(databases.usual_url(tmp_path), tmp_path)
    with time_machine.travel(EARLY, tick=True), running(config) as app, app.app_context():
        app.config["WTF_CSRF_ENABLED"] = True
        world = a_sealed_world(file=asking())
        with served(app) as address:
            app.config["WORKBENCH"] = replace(config, base_url=address)
            yield Fair(app, world, chromium, address)
        for context in chromium.contexts:
            context.close()


def asking() -> TenderFile:
    """Make the rules: one lot that wants partners to confirm, and a certificate."""
    file = a_file()
    adult, children = file.tender.lots
    confirmed = replace(adult, collaboration=replace(adult.collaboration, partners_confirmed=True))
    documents = (RequiredDocument("insurance", "Certificate of insurance"),)
    return replace(file, tender=replace(file.tender, lots=(confirmed, children), documents=documents))


def sound(tab: Tab) -> None:
    """Look at a page, once all of it is there, at its widest and narrowest: nothing for axe, nothing sideways."""
    expect(tab.locator("footer")).to_be_visible()
    for size in (WIDE, NARROWEST):
        tab.set_viewport_size(size)
        assert (tab.url, axe_findings(tab)) == (tab.url, [])
        assert (tab.url, sideways(tab)) == (tab.url, 0)
    tab.set_viewport_size(WIDE)


def follow(tab: Tab, words: str) -> None:
    """Follow a link of the page."""
    tab.get_by_role("main").get_by_role("link", name=words, exact=False).first.click()
    tab.wait_for_load_state("load")  # its script hears what is typed from now on


def press(tab: Tab, words: str) -> None:
    """Press a button of the page."""
    tab.get_by_role("button", name=words, exact=False).first.click()


def save(tab: Tab) -> None:
    """Save the page and come back to the home of the bid."""
    press(tab, "Save and continue")
    expect(tab.get_by_role("heading", level=1)).to_have_text("Support for victims of crime Your bid")


def begin(tab: Tab) -> str:
    """Begin a bid from the tender's page; returns its code."""
    press(tab, "Make or continue your bid")
    sound(tab)
    press(tab, "Start a bid")
    code = tab.locator("#code-groups").inner_text()
    sound(tab)
    tab.get_by_label("I have kept the code").check()
    press(tab, "Go on to your bid")
    return code


def who(tab: Tab, *names: str) -> None:
    """Fill in lots, organisations, people and declarations."""
    follow(tab, "Lots")
    tab.get_by_label("Adult support").check()
    save(tab)
    for at, name in enumerate(names):
        follow(tab, "Organisations")
        tab.locator(f"#organisations-{at}-name").fill(name)
        tab.locator(f"#organisations-{at}-charity").fill(f"10000{at:02d}")
        save(tab)
    follow(tab, "People")
    tab.locator("#people-0-name").fill("Ada Quill")
    tab.locator("#people-0-email").fill("ada@harbour.example")
    sound(tab)
    save(tab)
    follow(tab, "Declarations")
    for choice in tab.get_by_label("We declare this").all():
        choice.check()
    tab.get_by_label("I may declare this").check()
    sound(tab)
    save(tab)


def what(tab: Tab) -> None:
    """Answer the questions, say that requirements are met, promise something, send the certificate."""
    follow(tab, "Answers")
    for box in tab.locator("main textarea").all():
        box.fill(WORDS)
    expect(tab.locator("[data-saving-words]")).to_have_text("Saved", timeout=15_000)
    sound(tab)
    save(tab)
    follow(tab, "Requirements")
    tab.get_by_label("Yes").check()
    save(tab)
    follow(tab, "Social value")
    tab.locator("input[name=amount-training]").fill("12")
    sound(tab)
    save(tab)
    follow(tab, "Documents")
    tab.locator("#place").select_option(label="Certificate of insurance")
    tab.locator("#file").set_input_files({"name": "insurance.pdf", "mimeType": "application/pdf", "buffer": PDF})
    press(tab, "Send and seal")
    expect(tab.get_by_text("insurance.pdf").first).to_be_visible()
    sound(tab)
    follow(tab, "Back to your bid")


def price(tab: Tab, partner: str = "") -> None:
    """Say the price, and what a partner gets of it."""
    follow(tab, "Price and split")
    tab.locator("[name=prices-0]").fill("290000")
    if partner:
        tab.locator("[name=delivery-0]").fill("160,000")
        tab.locator("[name=management_fee-0]").fill("14500")
        tab.locator("[name=organisations-1-figures-0]").fill(partner)
    sound(tab)
    save(tab)


def send(tab: Tab, words: str = "Submit") -> None:
    """Submit the bid from its check page."""
    follow(tab, "Check and submit")
    sound(tab)
    press(tab, words)
    expect(tab.get_by_role("heading", level=1)).to_have_text("Your bid is in")


def test_a_lone_tenderer_bids_and_goes_on_in_another_browser(fair: Fair) -> None:
    tab = fair.tab()
    code = begin(tab)
    who(tab, "Harbour Trust")
    price(tab)
    what(tab)
    sound(tab)
    send(tab)
    sound(tab)
    follow(tab, "Read and keep the receipt")
    expect(tab.get_by_text("Head of procurement").first).to_be_visible()
    sound(tab)
    other = fair.tab(f"{fair.notice}bid/continue", java_script_enabled=False)
    other.get_by_label("Your code").fill(code.lower())
    press(other, "Open the bid")
    expect(other.locator("#check-adult-state")).to_have_text("Submitted")
    press(other, "Make this browser forget the bid")
    expect(other.get_by_text("This browser has forgotten your bid")).to_be_visible()


def partner_of(fair: Fair, tab: Tab) -> Tab:
    """Make the link of the partner and open it as the partner does."""
    follow(tab, "Partners confirm")
    press(tab, "Make its link")
    link = tab.locator("#link-1").input_value()
    sound(tab)
    return fair.tab(link)


def reply(tab: Tab, choice: str, words: str = "") -> None:
    """Answer as a partner."""
    tab.get_by_label(choice).check()
    tab.get_by_label("What you want to say to the lead").fill(words)
    tab.get_by_label("Your name").fill("Rosa Rowan")
    press(tab, "Send the answer")
    expect(tab.get_by_role("heading", name="Your answer is sent")).to_be_visible()
    sound(tab)


def test_a_partner_disputes_then_confirms_and_the_bid_is_replaced(fair: Fair) -> None:
    tab = fair.tab()
    begin(tab)
    who(tab, "Harbour Trust", "Rowan Project")
    price(tab, partner="115500")
    partner = partner_of(fair, tab)
    sound(partner)
    reply(partner, "No, this is not what we agreed", "We agreed £120,000.")
    tab.reload()
    expect(tab.get_by_text("We agreed £120,000.")).to_be_visible()
    sound(tab)
    follow(tab, "Back to your bid")
    send(tab)
    tab.goto(f"{fair.notice}bid/")
    follow(tab, "Price and split")
    tab.locator("[name=delivery-0]").fill("155,500")
    tab.locator("[name=organisations-1-figures-0]").fill("120000")
    save(tab)
    partner.reload()
    expect(partner.get_by_text("Your figures have changed since you answered")).to_be_visible()
    reply(partner, "Yes, these are our figures")
    tab.reload()
    expect(tab.locator("#partners-adult-hint")).to_have_text("1 of 1 confirmed")
    expect(tab.locator("#check-adult-state")).to_have_text("Changed since")
    send(tab, "Submit again")
    expect(tab.get_by_text("version 2").first).to_be_visible()


def change_the_rules(fair: Fair) -> None:
    """Publish a change notice."""
    db.session.rollback()  # what the pages wrote meanwhile is read anew
    world, moment = fair.world, clock.now()
    part = draft_of(world.tender).part("basics")
    content = {**part.content, "description": "Support for victims of crime, in every part of the county."}
    tenders.save_part(world.tender, part, content, actor=world.actor("officer"), at=moment)
    done(world)
    told = {"reason": "The county was missing.", "digest": world.digest, "address": ADDRESS}
    publishing.publish_change(world.tender, **told, actor=world.actor("officer"), at=moment)
    done(world)


def test_after_a_change_of_rules_a_bid_is_confirmed_again_with_one_click(fair: Fair) -> None:
    tab = fair.tab()
    begin(tab)
    who(tab, "Harbour Trust")
    price(tab)
    send(tab)
    change_the_rules(fair)
    tab.goto(f"{fair.notice}bid/")
    expect(tab.get_by_text("Confirm it again before the deadline, or it lapses")).to_be_visible()
    sound(tab)
    follow(tab, "Check and submit")
    expect(tab.get_by_text("The county was missing.")).to_be_visible()
    sound(tab)
    press(tab, "Confirm the bid under the new rules")
    expect(tab.get_by_role("heading", level=1)).to_have_text("Your bid is in")
    tab.goto(f"{fair.notice}bid/")
    expect(tab.locator("#check-adult-state")).to_have_text("Submitted")
