"""What hostile tenderers type: markup in every text, numbers that are none, forms that are too long (T05, T13, T23)."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest

from tests.workbench.bidding import CONSORTIUM, PRICE, Tenderer
from tests.workbench.published import without_memory
from tests.workbench.web.bids.conftest import Market
from workbench.queries.bids.partners import partners_of

PAYLOADS = (
    "<script>document.x=1</script>", "\"><img src=x onerror=alert(1)>", "'\"><svg/onload=alert(1)>",
    "javascript:alert(1)", "{{7*7}}", "{% raw %}", "${7*7}", "{x.__class__}", "<!--", "]]>", "&lt;b&gt;",
    "</textarea><script>alert(1)</script>", "</title><script>alert(1)</script>", "<style>*{}</style>",
    "<a href=//evil>", "%00", "\\u003cscript\\u003e", "<iframe srcdoc='x'>", "=HYPERLINK(\"//e\")", "@SUM(1)",
)  # fmt: skip
NUMBERS = (
    "NaN", "sNaN", "1e999999", "１２", "1_000", "-0", "1e-400", "9" * 5000, "0x10", "∞", "1,23", "١٢", "1.005", "-1",
)  # fmt: skip
PAGES = (
    "", "edit/organisations", "edit/people", "edit/declarations", "documents", "lots/adult/edit/price",
    "lots/adult/edit/answers", "lots/adult/edit/requirements", "lots/adult/edit/social_value", "lots/adult/partners",
    "lots/adult/check",
)  # fmt: skip


def naked(page: str, text: str) -> bool:
    """Say whether a text with markup stands on a page as it was typed: escaped, it would read otherwise."""
    return any(sign in text for sign in '<>"&') and text in page


def typed_everywhere(tenderer: Tenderer, text: str) -> None:
    """Type a text into every field that takes one."""
    tenderer.save("edit/lots", {"lots": "adult"})
    names = dict.fromkeys(("organisations-0-name", "organisations-0-group", "organisations-0-address"), text)
    tenderer.save("edit/organisations", {**CONSORTIUM, **names, "organisations-1-name": f"{text} two"})
    tenderer.save("edit/people", {"people-0-name": text, "people-0-role": text, "people-0-telephone": text})
    notes = re.findall(r'name="(note-\w+)"', tenderer.get("edit/declarations").text)
    tenderer.save("edit/declarations", dict.fromkeys(notes, text))
    split = {"organisations-0-name": text, "organisations-1-name": f"{text} two", "organisations-1-work": text}
    tenderer.save("lots/adult/edit/price", {**PRICE, **split, "organisations-1-group": text})
    tenderer.save("lots/adult/edit/answers", {"answer-delivery": text, "answer-social": text})
    tenderer.save("lots/adult/edit/requirements", {"met-safeguarding": "no", "note-safeguarding": text})
    tenderer.save("lots/adult/edit/social_value", {"amount-training": "1", "evidence-training": text})


@pytest.mark.parametrize("text", PAYLOADS)
def test_markup_in_every_text_is_shown_as_it_was_typed_and_runs_nowhere(market: Market, text: str) -> None:
    tenderer = market.tenderer()
    typed_everywhere(tenderer, text)
    for page in PAGES:
        answer = tenderer.get(page)
        assert answer.status_code == 200
        assert not naked(answer.text, text), page
    draft = tenderer.open()
    for partner in partners_of(draft, draft.chosen[0]):
        assert tenderer.post(f"lots/adult/partners/{partner.organisation}/ask").status_code == 303
    for partner in partners_of(tenderer.open(), draft.chosen[0]):
        assert partner.key is not None
        client = without_memory(market.app.test_client())
        said = {"_key": str(uuid4()), "_version": "1", "answer": "commented", "name": text, "words": text}
        client.post(f"/partners/{partner.key.secret}", data=said)
        assert not naked(client.get(f"/partners/{partner.key.secret}").text, text)
    assert not naked(tenderer.get("lots/adult/partners").text, text)
    assert ">49<" not in tenderer.get("lots/adult/partners").text
    assert tenderer.submit().status_code == 303


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_that_is_none_is_told_and_kept_as_typed(market: Market, number: str) -> None:
    tenderer = market.tenderer()
    for page, name in (
        ("lots/adult/edit/price", "prices-0"), ("lots/adult/edit/price", "management_fee-0"),
        ("lots/adult/edit/social_value", "amount-training"), ("edit/lots", "at_most"),
    ):  # fmt: skip
        base: dict[str, Any] = PRICE if "price" in page else {"lots": "adult"} if "lots" in page[5:] else {}
        assert tenderer.save(page, {**base, name: number}).status_code in (303, 422)
        assert tenderer.get(page).status_code == 200
    assert tenderer.get("lots/adult/check").status_code == 200


def test_fields_the_page_does_not_have_are_refused(market: Market) -> None:
    tenderer = market.tenderer()
    for page in (
        "edit/people",
        "lots/adult/edit/price",
        "lots/adult/edit/answers",
        "lots/adult/submit",
        "start",
        "code",
    ):
        answer = tenderer.post(page, {"surprise": "1"})
        assert (answer.status_code, "surprise" in answer.text) == (400, True), page


@pytest.mark.parametrize("cookie", ["", "x", "é", "0" * 28, "a" * 3000, "../../..", "\x01"])
def test_a_cookie_that_is_no_code_opens_nothing(market: Market, cookie: str) -> None:
    stranger = market.stranger()
    stranger.client.set_cookie(stranger.cookie, cookie)
    assert stranger.get().status_code == 200
    assert stranger.get("edit/people").status_code == 303
    assert stranger.post("edit/people", {"people-0-name": "A"}).status_code == 303


def test_a_text_beyond_all_measure_is_refused_and_nothing_is_lost(market: Market) -> None:
    tenderer = market.tenderer()
    tenderer.save("lots/adult/edit/answers", {"answer-delivery": "Short."})
    answer = tenderer.save("lots/adult/edit/answers", {"answer-delivery": "long " * 30_000})
    assert answer.status_code == 422
    assert tenderer.open().workspace.part("answers", "adult").content["answers"]["delivery"] == "Short."
