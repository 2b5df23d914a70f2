"""A tenderer at work: a browser with its code, and bids filled in as far as a test needs them, page by page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from uuid import uuid4

from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tests.workbench.published import World, without_memory
from workbench.app import Workbench
from workbench.queries.bids.drafts import BidDraft, draft_by, invitation_to

CONSORTIUM: dict[str, Any] = {
    "organisations-0-name": "Harbour Trust", "organisations-0-charity": "1234567", "organisations-0-kinds": "vcse",
    "organisations-1-name": "Rowan Project", "organisations-1-company": "01234567",
}  # fmt: skip
PRICE: dict[str, Any] = {
    "unit": "amounts", "columns": "1", "rows": "2", "further": "0", "prices-0": "290,000", "delivery-0": "160000",
    "management_fee-0": "14,500", "organisations-0-id": "o1", "organisations-0-name": "Harbour Trust",
    "organisations-0-role": "lead", "organisations-1-id": "o2", "organisations-1-name": "Rowan Project",
    "organisations-1-role": "partner", "organisations-1-paid_by": "o1", "organisations-1-work": "Specialist support",
    "organisations-1-figures-0": "115500", "organisations-1-kept_back-0": "",
}  # fmt: skip


@dataclass
class Tenderer:
    """A browser of somebody without an account."""

    world: World
    client: FlaskClient

    def address(self, page: str = "") -> str:
        """Give the address of a page of the bid."""
        return f"/notices/{self.world.tender.id}/bid/{page}"

    def get(self, page: str = "", **options: Any) -> TestResponse:
        """Open a page of the bid."""
        return self.client.get(self.address(page), **options)

    def post(self, page: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        """Send a form of the bid with a fresh key."""
        return self.client.post(self.address(page), data={"_key": str(uuid4()), **(data or {})}, **options)

    def start(self) -> Tenderer:
        """Begin a bid."""
        assert self.post("start").status_code == 303
        return self

    @property
    def cookie(self) -> str:
        """Return the name of the cookie with the code."""
        return f"bid_{self.world.tender.id[:8]}"

    @property
    def code(self) -> str:
        """Return the code in the browser."""
        found = self.client.get_cookie(self.cookie)
        assert found is not None
        return str(found.value)

    def open(self) -> BidDraft:
        """Open the draft as only its code can."""
        invitation = invitation_to(self.world.tender.id)
        assert invitation is not None
        found = draft_by(invitation, self.code)
        assert found is not None
        return found

    def save(self, page: str, data: dict[str, Any]) -> TestResponse:
        """Save a page over the version it has."""
        place = page.replace("lots/", "").split("/edit/") if page.startswith("lots/") else ["", page[5:]]
        version = self.open().workspace.part(place[1], place[0]).version
        sent = {"_version": str(version) if version else "", **data}
        return self.post(page, sent)

    def fill(self, lot: str = "adult") -> Tenderer:
        """Fill in a bid of two organisations for a lot, complete but for partners and documents."""
        self.save("edit/lots", {"lots": lot})
        self.save("edit/organisations", CONSORTIUM)
        people = {"people-0-name": "Ada Quill", "people-0-email": "ada@harbour.example", "people-0-role": "Bid lead"}
        self.save("edit/people", people)
        page = self.get("edit/declarations").text
        said = dict.fromkeys(re.findall(r'name="(said-\w+)"', page), "yes")
        self.save("edit/declarations", {**said, "confirmed": "y"})
        self.save(f"lots/{lot}/edit/price", PRICE)
        answers = {f"answer-{name}": "We answer in a few words." for name in ("delivery", "workforce", "social")}
        self.save(f"lots/{lot}/edit/answers", answers)
        self.save(f"lots/{lot}/edit/requirements", {"met-safeguarding": "yes"})
        self.save(f"lots/{lot}/edit/social_value", {"amount-training": "12"})
        return self

    def send_file(self, name: str, data: bytes, place: str = "own::", **options: Any) -> TestResponse:
        """Send a document; the body is held in memory here too, so that no temporary file is the test's own."""
        file = FileStorage(BytesIO(data), name)
        boundary, body = encode_multipart({"_key": str(uuid4()), "place": place, "file": file})
        kind = f'multipart/form-data; boundary="{boundary}"'
        return self.client.post(self.address("documents"), data=body, content_type=kind, **options)

    def digest(self, lot: str = "adult") -> str:
        """Return the digest that the page of a lot shows for what is submitted."""
        found = re.search(r'name="digest"[^>]*value="([0-9a-f]{64})"', self.get(f"lots/{lot}/check").text)
        assert found is not None
        return found[1]

    def submit(self, lot: str = "adult") -> TestResponse:
        """Submit the bid for a lot as its page shows it."""
        return self.post(f"lots/{lot}/submit", {"digest": self.digest(lot)})


def a_tenderer(app: Workbench, world: World) -> Tenderer:
    """Open a browser of a tenderer."""
    return Tenderer(world, without_memory(app.test_client()))
