"""The story of a tender, told once and played by any hand: from the sign-in to the public page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from playwright.sync_api import Page as Tab

from tests.flows.hands import Mouse
from workbench import clock

OFFICER, APPROVER = "Bronwen Stallard", "Helena Mostyn-Reed"
TITLE = "Victim services, begun in a browser"
LOT = {
    "annual_budget": "500,000", "base_value": "2,500,000", "maximum_potential_spend": "2,600,000",
    "term-initial_years": "5", "term-extension_years": "0",
}  # fmt: skip
"""The three numbers of every lot, and its term."""
PANEL = (
    ("Ruth Castledine", "evaluator"), ("Owen Tregarth", "evaluator"), ("Kofi Amberley", "evaluator"),
    ("Judith Wainmoor", "moderator"), ("Daniel Oakshott", "finance"), ("Peter Lovelock", "opener"),
    ("Anjali Verrier", "opener"), (APPROVER, "approver"),
)  # fmt: skip
MOST_STEPS = 20


class Story:
    """Plays the story in a tab by a hand."""

    def __init__(self, tab: Tab, hand: Mouse, address: str) -> None:
        self.tab, self.hand, self.address = tab, hand, address

    def link(self, words: str) -> None:
        """Follow a link by its words."""
        self.hand.press(self.tab.get_by_role("link", name=words, exact=True).first)

    def button(self, words: str) -> None:
        """Push a button by its words."""
        self.hand.press(self.tab.get_by_role("button", name=words).first)

    def fill(self, texts: Mapping[str, str]) -> None:
        """Write into fields by their ids, in the order they stand on the page."""
        for name, text in texts.items():
            self.hand.write(self.tab.locator(f"[id='{name}']"), text)

    def day(self, name: str, day: date) -> None:
        """Write a date."""
        self.fill({f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)})

    # --- steps ----------------------------------------------------------------------------------------------

    def sign_in(self, name: str) -> None:
        """Sign in with one click, as in a demonstration."""
        self.tab.goto(f"{self.address}/sign-in")
        self.button(f"Sign in as {name}")
        self.tab.get_by_text(f"Signed in as {name}").wait_for()

    def sign_out(self) -> None:
        """Sign out."""
        self.button("Sign out")
        self.tab.get_by_text("Signed in as").wait_for(state="detached")

    def start(self, reference: str) -> str:
        """Start a tender from the template; the address of its task list."""
        today = clock.now().date()
        self.tab.goto(f"{self.address}/tenders/")
        self.button("Start a tender")
        self.hand.press(self.tab.get_by_role("link", name="From our template"))
        self.fill({"title": TITLE, "reference": reference})
        self.hand.press(self.tab.locator("input[name=regime][value=pa2023_light_touch]"))
        self.day("commenced_on", today)
        self.day("publish_on", today + timedelta(days=21))
        self.button("Start the tender")
        self.tab.get_by_role("heading", name="Ready to publish?").wait_for()
        return self.tab.url

    def mend_everything(self, home: str) -> None:
        """Follow the first link of the readiness rail that names something to mend, mend it, and so on to the end."""
        for _ in range(MOST_STEPS):
            self.tab.goto(home)
            unmet = self.tab.locator("#readiness .tw-finding--error a")
            if not unmet.count():
                return
            self.hand.press(unmet.first)
            self.tab.wait_for_url(lambda url: url.partition("#")[0] != home)
            self._mend()
        raise AssertionError(f"still unmet: {unmet.all_inner_texts()}")

    def _mend(self) -> None:
        place = self.tab.url.removeprefix(self.address)
        if "/lot/" in place:
            self.fill({name: text for name, text in LOT.items() if not name.startswith("term")})
            self.day("term-start", date(clock.now().year + 2, 4, 1))
            self.fill({name: text for name, text in LOT.items() if name.startswith("term")})
        elif "/governance/" in place:
            self.day("conflicts_assessed_on", clock.now().date())
        elif "/panel/" in place:
            return self._give_roles()
        else:
            raise AssertionError(f"nothing is known of {place}")
        self.button("Save and continue")
        self.tab.wait_for_url(lambda url: "/edit" not in url)
        return None

    def _give_roles(self) -> None:
        for person, role in PANEL:
            self.hand.pick(self.tab.locator("select[name=person]"), person)
            self.hand.press(self.tab.locator(f"input[type=radio][value={role}]"))
            rows = self.tab.get_by_role("cell", name=person)
            self.button("Give this role")
            rows.first.wait_for()

    def rehearse(self, home: str) -> str:
        """Rehearse the first lot; what the page says in its heading."""
        self.tab.goto(home)
        self.hand.press(self.tab.locator("a[href*='rehearsal']").first)
        return self.tab.get_by_role("heading", level=1).inner_text()

    def sign_off(self, home: str) -> None:
        """Sign off as an approver."""
        self.tab.goto(home)
        self.link("signs the tender off")
        self.hand.press(self.tab.locator("input[name=read]"))
        self.button("Sign off")
        self.tab.get_by_text("Signed off").first.wait_for()

    def publish(self, home: str) -> str:
        """Publish as the officer; the address of the public page."""
        self.tab.goto(home)
        self.link("publishes the tender")
        self.button("Publish the tender")
        self.tab.get_by_text("Open for bids").first.wait_for()
        self.link("Public page")
        self.tab.wait_for_url("**/notices/**")
        return self.tab.url
