"""Partners confirm, dispute or remark on their own figures, and see nobody else's (product §3.4; T26)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.workbench.bidding import PRICE, Tenderer
from tests.workbench.published import without_memory
from tests.workbench.sealed import DEADLINE
from tests.workbench.web.bids.conftest import Market, at
from workbench.db import db
from workbench.models.bids import PartnerLinkRecord
from workbench.models.idempotency import AnsweredRecord
from workbench.queries.bids.partners import Partner, confirmations, partners_of

THREE: dict[str, Any] = {
    **PRICE, "rows": "3", "organisations-1-figures-0": "100000", "organisations-2-id": "o3",
    "organisations-2-name": "Sorrel Women's Aid", "organisations-2-role": "partner", "organisations-2-paid_by": "o1",
    "organisations-2-work": "Refuge places", "organisations-2-figures-0": "15500", "organisations-2-kept_back-0": "",
}  # fmt: skip
YES = {"answer": "confirmed", "name": "Rosa Rowan", "job": "Director"}


@pytest.fixture
def lead(market: Market) -> Tenderer:
    """A tenderer with two partners."""
    made = market.tenderer().fill()
    made.save("lots/adult/edit/price", THREE)
    return made


def states(lead: Tenderer) -> dict[str, Partner]:
    """Say how the partners stand, by their ids."""
    draft = lead.open()
    return {each.organisation: each for each in partners_of(draft, draft.chosen[0])}


def link(lead: Tenderer, name: str = "rowan_project") -> str:
    """Ask a partner and return the address of its link."""
    assert lead.post(f"lots/adult/partners/{name}/ask").status_code == 303
    key = states(lead)[name].key
    assert key is not None
    return f"/partners/{key.secret}"


def browser(market: Market) -> FlaskClient:
    """Open a browser of a partner."""
    return without_memory(market.app.test_client())


def answer(market: Market, address: str, version: int = 1, **said: Any) -> TestResponse:
    """Send a partner's answer."""
    return browser(market).post(address, data={"_key": str(uuid4()), "_version": str(version), **(said or YES)})


def test_a_partner_sees_its_own_part_and_nobody_elses(market: Market, lead: Tenderer) -> None:
    page = browser(market).get(link(lead))
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
    for said in ("Harbour Trust", "Rowan Project", "Specialist support", "34.48 %", "£100,000", "£300,000", "Adult"):
        assert said in page.text, said
    for unsaid in ("Sorrel", "15,500", "160,000", "290,000", "14,500", lead.code):
        assert unsaid not in page.text, unsaid


def test_a_confirmation_reaches_the_lead_and_the_bid(market: Market, lead: Tenderer) -> None:
    assert answer(market, link(lead)).location == "?answered=yes"
    partner = states(lead)["rowan_project"]
    assert (partner.state, partner.reply and partner.reply.name) == ("confirmed", "Rosa Rowan")
    draft = lead.open()
    (found,) = confirmations(draft, draft.chosen[0]).items()
    assert (found[0], found[1][0]) == ("rowan_project", "confirmed")
    assert "1 of 2 confirmed" in lead.get().text
    assert "Rosa Rowan" in lead.get("lots/adult/partners").text


def test_a_dispute_carries_the_partners_own_figure(market: Market, lead: Tenderer) -> None:
    said = {"answer": "disputed", "name": "Rosa", "figure": "360,000", "words": "We agreed £120,000 a year."}
    answer(market, link(lead), **said)
    page = lead.get("lots/adult/partners").text
    for words in ("Disputes", "£360000.00", "We agreed £120,000 a year."):
        assert words in page
    draft = lead.open()
    assert confirmations(draft, draft.chosen[0]) == {"rowan_project": ("disputed", None)}


def test_a_dispute_or_a_remark_without_a_word_is_asked_for_one(market: Market, lead: Tenderer) -> None:
    found = answer(market, link(lead), answer="disputed", name="Rosa")
    assert found.status_code == 422
    assert "Say in a few words" in found.text
    assert states(lead)["rowan_project"].state == "asked"


def test_a_remark_is_neither_yes_nor_no(market: Market, lead: Tenderer) -> None:
    answer(market, link(lead), answer="commented", name="Rosa", words="Who pays for training?")
    assert states(lead)["rowan_project"].state == "commented"
    draft = lead.open()
    assert confirmations(draft, draft.chosen[0]) == {}


def test_figures_that_change_ask_again_and_a_save_that_changes_nothing_does_not(market: Market, lead: Tenderer) -> None:
    address = link(lead)
    answer(market, address)
    lead.save("lots/adult/edit/price", THREE)
    assert states(lead)["rowan_project"].state == "confirmed"
    other = {**THREE, "organisations-2-figures-0": "15000", "delivery-0": "160500"}
    lead.save("lots/adult/edit/price", other)
    assert states(lead)["rowan_project"].state == "confirmed"
    lead.save("lots/adult/edit/price", {**THREE, "organisations-1-figures-0": "90000", "delivery-0": "170000"})
    assert states(lead)["rowan_project"].state == "changed"
    page = browser(market).get(address).text
    assert "Your figures have changed since you answered" in page
    assert "£90,000" in page
    assert answer(market, address, version=2).status_code == 303
    assert states(lead)["rowan_project"].state == "confirmed"


def test_an_answer_to_figures_that_changed_meanwhile_is_not_taken(market: Market, lead: Tenderer) -> None:
    address = link(lead)
    lead.save("lots/adult/edit/price", {**THREE, "organisations-1-work": "Something else"})
    assert answer(market, address, version=1).status_code == 409
    assert states(lead)["rowan_project"].state == "asked"


def test_a_partner_left_out_of_the_split_is_told(market: Market, lead: Tenderer) -> None:
    address = link(lead)
    lead.save("lots/adult/edit/price", {**PRICE, "organisations-1-name": "Another"})
    page = browser(market).get(address).text
    assert "The bid gives you no money as it stands" in page
    assert "Send the answer" not in page


def test_a_withdrawn_link_says_so_and_takes_no_answer(market: Market, lead: Tenderer) -> None:
    address = link(lead)
    assert lead.post("lots/adult/partners/rowan_project/withdraw").status_code == 303
    page = browser(market).get(address)
    assert "This link was withdrawn by Harbour Trust" in page.text
    assert [word for word in ("115,500", "Specialist support", "Your share") if word in page.text] == []
    assert answer(market, address).status_code == 409
    assert states(lead)["rowan_project"].state == "withdrawn"


def test_a_new_link_ends_the_one_before(market: Market, lead: Tenderer) -> None:
    old, new = link(lead), link(lead)
    assert old != new
    assert "withdrawn" in browser(market).get(old).text
    assert answer(market, new).status_code == 303


def test_after_the_deadline_the_page_is_read_only(market: Market, lead: Tenderer) -> None:
    address = link(lead)
    with at(DEADLINE):
        page = browser(market).get(address).text
        assert "answers are no longer taken" in page
        assert "Send the answer" not in page
        assert answer(market, address).status_code == 409
    with at(DEADLINE - timedelta(seconds=1)):
        assert answer(market, address).status_code == 303


@pytest.mark.parametrize("secret", ["x", "s" * 43, "../../etc", "a" * 400])
def test_a_secret_that_opens_nothing_is_not_found(market: Market, secret: str) -> None:
    assert browser(market).get(f"/partners/{secret}").status_code == 404
    assert answer(market, f"/partners/{secret}").status_code == 404


def test_nobody_reads_offer_or_answer_in_the_database_nor_finds_the_secret(market: Market, lead: Tenderer) -> None:
    address = link(lead)
    answer(market, address, answer="commented", name="Rosa Nachtigall", words="Zaunkönig asks")
    links = db.session.query(PartnerLinkRecord).filter_by(draft_id=lead.open().id).all()
    rows = [*links, *db.session.query(AnsweredRecord).all()]
    kept = repr([{name: value for name, value in vars(row).items() if name[0] != "_"} for row in rows])
    unsaid = ("Nachtigall", "Zaunk", "Rowan", "100000", address.rpartition("/")[2])
    assert [word for word in unsaid if word in kept] == []


def test_an_organisation_that_takes_no_part_cannot_be_asked(market: Market, lead: Tenderer) -> None:
    answer_ = lead.post("lots/adult/partners/nobody/ask")
    assert answer_.status_code == 422
    assert "takes no part in the split" in answer_.text
