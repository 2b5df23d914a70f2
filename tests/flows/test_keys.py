"""The story of the keys: made in a browser, on paper, by a command; proved, published; and a bid sealed at home."""

from __future__ import annotations

import base64
import json
import re
from io import BytesIO
from pathlib import Path

import pikepdf
from playwright.sync_api import Page as Tab

from tests.browser import NARROWEST, WIDE, axe_findings, sideways
from tests.flows.conftest import Stage
from tests.flows.hands import Mouse
from tests.flows.story import APPROVER, OFFICER, Story
from tests.workbench.running import run
from workbench.db import db
from workbench.models.bids import EnvelopeRecord, SealedBidRecord
from workbench.queries.publishing import publication_of, rules_in_force
from workbench.sealing.custody import peel
from workbench.sealing.envelope import Place, open_envelope
from workbench.sealing.key_files import KeyPair, key_of, read_key

FIRST, SECOND = "Peter Lovelock", "Anjali Verrier"
PASSPHRASE = "correct horse battery"


def seen(tab: Tab) -> list[str]:
    """What is wrong with a page as it is, in a wide window and in the narrowest."""
    wrong = []
    for size in (WIDE, NARROWEST):
        tab.set_viewport_size(size)
        wrong += [*axe_findings(tab), *([f"{sideways(tab)} pixels too wide"] if sideways(tab) else [])]
    tab.set_viewport_size(WIDE)
    return wrong


def story_of(stage: Stage, **settings: object) -> Story:
    tab = stage.tab(**settings)
    return Story(tab, Mouse(tab), stage.address)


def choose_custodians(stage: Stage, home: str) -> list[str]:
    officer = story_of(stage)
    officer.sign_in(OFFICER)
    officer.tab.goto(f"{home}sealing/edit")
    officer.hand.press(officer.tab.locator("input[name=custody][value=custodians]"))
    officer.hand.press(officer.tab.locator("input[name=browser_sealing]"))
    wrong = seen(officer.tab)
    officer.button("Save and continue")
    officer.tab.wait_for_url(home)
    return wrong


def make_own_key(story: Story, home: str, folder: Path) -> tuple[KeyPair, list[str]]:
    """Make a key in the browser and prove it with the file that was saved."""
    tab = story.tab
    tab.goto(f"{home}keys/")
    story.fill({"new-passphrase": PASSPHRASE, "new-passphrase-again": PASSPHRASE, "title": "Monitoring officer"})
    with tab.expect_download() as saving:
        story.button("Make the key and save its file")
    file = folder / saving.value.suggested_filename
    saving.value.save_as(file)
    tab.get_by_text("Your key was saved").wait_for()
    wrong = seen(tab)
    story.button("Add the public key")
    tab.get_by_text("The key is among the custodians").wait_for()
    tab.locator("[data-key-file]").set_input_files(file)
    tab.locator("[data-key-prove] [data-key-passphrase]").fill(PASSPHRASE)
    story.button("Open the text with the key")
    tab.get_by_text("The key opened the text").wait_for()
    wrong += seen(tab)
    story.button("Prove the key")
    tab.get_by_text("is proved: it opens").wait_for()
    return read_key(file.read_bytes(), lambda: PASSPHRASE), wrong


def make_paper_key(story: Story, home: str) -> tuple[KeyPair, list[str]]:
    """Make a paper key, and prove it by typing what is printed."""
    tab = story.tab
    tab.goto(f"{home}keys/")
    story.link("Make a paper key")
    story.button("Make a key and show the sheet")
    tab.locator("[data-key-code] svg").wait_for()
    printed = tab.locator("[data-key-secret]").inner_text()
    pages = len(pikepdf.open(BytesIO(tab.pdf(format="A4"))).pages)
    wrong = [*seen(tab), *([f"the sheet has {pages} pages"] if pages != 1 else [])]
    story.button("Add the public key")
    tab.get_by_text("The key is among the custodians").wait_for()
    box = tab.locator("[data-key-prove]").last
    box.get_by_text("The key is on paper").click()
    box.locator("[data-key-text]").fill(printed)
    box.locator("[data-key-go]").click()
    box.get_by_text("The key opened the text").wait_for()
    tab.get_by_role("button", name=re.compile("^Prove the key.*Paper")).click()
    tab.get_by_text("is proved: it opens").wait_for()
    return key_of(printed.replace(" ", "")), wrong


def make_key_by_hand(story: Story, home: str, folder: Path) -> KeyPair:
    """Make and prove a key with the command line, in a browser without scripts."""
    tab, file, challenge = story.tab, folder / "by-hand.key", folder / "challenge.age"
    made = json.loads(run("key", "new", "--out", str(file), "--json").output)
    tab.goto(f"{home}keys/")
    assert tab.locator("[data-key-make]").is_hidden()
    story.fill({"title": "Internal audit", "recipient": made["recipient"]})
    story.button("Add the public key")
    tab.get_by_text("The key is among the custodians").wait_for()
    mine = tab.locator("section", has=tab.get_by_role("heading", name="Internal audit"))
    mine.get_by_text("By hand").click()
    with tab.expect_download() as taking:
        mine.get_by_role("link", name="Take the sealed text").click()
    taking.value.save_as(challenge)
    mine.locator("[data-key-answer]").fill(run("key", "prove", str(file), str(challenge)).output.strip())
    mine.get_by_role("button", name="Prove the key").click()
    tab.get_by_text("is proved: it opens").wait_for()
    return read_key(file.read_bytes(), lambda: "")


def seal_at_home(stage: Stage, tender_id: str, folder: Path) -> list[str]:
    """Start a bid, fill its file in at home, seal it in the browser and send it."""
    story = story_of(stage)
    tab = story.tab
    tab.goto(f"{stage.address}/notices/{tender_id}/bid/")
    story.button("Start a bid")
    tab.locator("input[name=kept]").click()
    tab.locator("main form button[type=submit]").first.click()
    tab.wait_for_load_state()
    tab.goto(f"{stage.address}/notices/{tender_id}/bid/sealed")
    with tab.expect_download() as taking:
        tab.locator("a[href$='bid.json']").first.click()
    file = json.loads(taking.value.path().read_text())
    file["bid"]["organisations"][0]["name"] = "Canary Quillon Trust"
    file["price"]["prices"] = ["123456.78"] * len(file["price"]["prices"])
    home = folder / "bid.json"
    home.write_text(json.dumps(file))
    (folder / "plan.pdf").write_bytes(b"%PDF-1.4 canary quillon plan")
    tab.locator("[data-seal-lot]").first.check()
    tab.locator("#bid-file").set_input_files(home)
    tab.locator("#document-own").set_input_files(folder / "plan.pdf")
    story.button("Check and seal")
    tab.get_by_text("Sealed on this device").wait_for()
    wrong = seen(tab)
    story.button("Send the sealed bid")
    tab.wait_for_url("**/receipts*")
    return wrong


def test_keys_are_made_proved_and_published_and_any_two_open_what_a_browser_sealed(
    stage: Stage, tmp_path: Path
) -> None:
    home, tender_id = stage.tender("signed_off"), stage.made.tenders["signed_off"]
    wrong = choose_custodians(stage, home)
    first = story_of(stage)
    first.sign_in(FIRST)
    own, more = make_own_key(first, home, tmp_path)
    paper, most = make_paper_key(first, home)
    second = story_of(stage, java_script_enabled=False)
    second.sign_in(SECOND)
    by_hand = make_key_by_hand(second, home, tmp_path)
    approver, officer = story_of(stage), story_of(stage)
    approver.sign_in(APPROVER)
    approver.sign_off(home)
    officer.sign_in(OFFICER)
    public = officer.publish(home)
    officer.tab.goto(f"{public}#sealing")
    assert "Any two of them open it together" in officer.tab.locator("main").inner_text()
    wrong += more + most + seen(officer.tab) + seal_at_home(stage, tender_id, tmp_path)
    assert wrong == []
    for pair in ((own, by_hand), (by_hand, paper), (paper, own)):
        assert opened(stage, tender_id, *pair) == ("Canary Quillon Trust", "123456.78")
    assert canaries(stage, [own, by_hand, paper]) == []


def opened(stage: Stage, tender_id: str, one: KeyPair, two: KeyPair) -> tuple[str, str]:
    """Open the bid that was sealed in the browser with two of the keys; its tenderer, and the price of a year."""
    with stage.made.app.app_context():
        publication = publication_of(tender_id)
        assert publication is not None
        rules = rules_in_force(publication).tender
        assert rules.sealing is not None
        name = f"{rules.sealing.index_of(one.recipient)},{rules.sealing.index_of(two.recipient)}"
        row = db.session.query(SealedBidRecord).filter_by(tender_id=tender_id, mode="browser").one()
        lots = tuple(lot.id for lot in rules.contract_lots)
        found = {}
        for envelope in db.session.query(EnvelopeRecord).filter_by(sealed_bid_id=row.id):
            secret = peel(peel(json.loads(envelope.wraps)[name], one.secret), two.secret)
            place = Place(tender_id, row.bid_id, row.version, row.rule_set, row.rules_sha256, lots, envelope.sha256)
            found[envelope.kind] = open_envelope(envelope.kind, envelope.content, secret, place)
        bid, price = found["bid"], found["price"]
        assert [each.name for each in bid.documents] == ["plan.pdf"]  # type: ignore[union-attr]
        return bid.organisations[0].name, price.prices[0].plain()  # type: ignore[union-attr]


def canaries(stage: Stage, pairs: list[KeyPair]) -> list[str]:
    """Name each file of the installation that holds a word of the bid, or the secret half of one of the keys."""
    words = [b"Quillon", b"quillon", b"123456.78", *(pair.secret.encode() for pair in pairs)]
    words += [base64.b64encode(word)[:16] for word in (b"Canary Quillon", pairs[0].secret.encode())]
    held = [path for path in stage.made.file.parent.rglob("*") if path.is_file()]
    assert any(pairs[0].recipient.encode() in path.read_bytes() for path in held)
    return [str(path) for path in held if any(word in path.read_bytes() for word in words)]
