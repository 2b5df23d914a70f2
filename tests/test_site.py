"""Every page of the site, for everybody who may see it: whole, reachable, accessible, and silent about the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.looking import Lens, a_lens
from tests.site import Page, Sample, endpoint_of, leads_to, name_of, read, samples, walk
from tests.workbench.showcase import LATER, NOBODY, SECRETS, STATES, TENDERER, Showcase, showcase

EVERYBODY = (
    NOBODY, TENDERER, "officer", "approver", "evaluator", "moderator", "finance", "legal", "opener", "administrator",
    "auditor", "stranger",
)  # fmt: skip
FEW = ("draft", "open", "opened", "notified")
WALKED = {"officer": STATES, NOBODY: STATES, **dict.fromkeys(("evaluator", "moderator"), ("open", "opened", *LATER))}
"""The stages that somebody looks at; the few by everybody else."""
ALIKE = tuple(f"_{state}" for state in STATES if state not in FEW)
"""Ends of the names of pages that say no more to anybody than those of the few stages."""
LOOKED_AT = ("officer", NOBODY, "evaluator", "moderator", "approver", "administrator", "auditor")
"""Whose pages are opened in a browser; what the others see is a part of it."""
BEHIND_A_CODE = (
    "code", "bid_part", "documents", "bid_partners", "check_bid", "ask_withdraw", "receipts", "receipt", "receipt_file",
    "receipt_paper", "remind", "sealed", "bid_file",
)  # fmt: skip
"""Pages of a bid, which only its code opens; tests/flows/test_bidding.py opens them in a browser."""
NOT_BY_LINK = {
    **{f"bids.{name}": "a tenderer's, behind the code of its bid" for name in BEHIND_A_CODE},
    "bids.partner": "a partner's, behind the secret in its link",
    "assets": "style sheets and scripts",
    "bids.opened_document": "offered by a bid that has documents; of the opened bids one is looked at",
    "bids.opening_file": "taken by the openers of a tender that is closed, a stage that only its officer walks",
    "health.livez": "asked by machines",
    "health.readyz": "asked by machines",
    "health.metrics": "asked by machines",
    "accounts.invitation": "reached from a mail",
    "security.reset_password": "reached from a mail",
    "public.asked_already": "reached by asking a question",
    "bids.follow_asked": "reached by asking to be told",
    "bids.follow_confirm": "reached from a mail",
    "evaluation.letter": "reached from a mail",
    "bids.unfollow": "reached from a mail",
    "bids.unfollowed": "reached from a mail",
    "bids.paper_key": "offered to an opener before a tender is published, while there is no paper key",
    "tenders.takeover": "reached by starting from a file",
    "security.two_factor_token_validation": "the second step of signing in, which a demonstration has not",
    "security.two_factor_rescue": "the second step of signing in, which a demonstration has not",
    "security.mf_recovery": "the second step of signing in, which a demonstration has not",
    "security.tf_select": "a second step by several means, of which there is one",
    "security.verify": "asked for where a password was given long ago, which a demonstration has not",
    "security.two_factor_setup": "the second step of signing in, which a demonstration has not",
    "security.change_password": "offered to those who have a password, which the people of the showcase have not",
    "evaluation.sheet_document": "offered where an answer that somebody scores has documents; here none has",
    "evaluation.take_up_late": "an approver's, in the short time between the lock and the recommendation",
    "awards.ask_release": "an officer's, once an award is approved and until its letters are sent",
    "awards.award_notice": "of the Act of 2023 alone; the showcase's award follows the Regulations of 2015",
    "awards.award_notice_pdf": "of the Act of 2023 alone; the showcase's award follows the Regulations of 2015",
    "evaluation.card_now": "asked by the script of a card",
    "awards.issue_progress": "asked by the script of an issue",
    "awards.decision": "reached from a mail",
    "awards.decision_letter": "reached from a mail",
    "awards.decisions": "a tenderer's, behind the code of its bid",
    "awards.own_decision": "a tenderer's, behind the code of its bid",
    "security.mf_recovery_codes": "the second step of signing in, which a demonstration has not",
}
"""Pages that no link of the demonstration leads to, and why; each has tests of its own."""

INSIDE = re.compile(
    r"Traceback|&lt;(?:class|function|bound)|[\"'(=]None\b|\[object |Undefined|(?:Decimal|Money|Fraction)\("
)
"""What a page says by mistake where a program shows its own values."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Showcase]:
    """The showcase, made once."""
    with showcase(tmp_path_factory.mktemp("site")) as made:
        yield made


@pytest.fixture(scope="module")
def walks(site: Showcase) -> dict[str, dict[str, Page]]:
    """What everybody reaches by links: one page of each kind, the officer's in every stage."""
    return {who: walk(site, who, WALKED.get(who, FEW)) for who in EVERYBODY}


@pytest.fixture(scope="module")
def lens(site: Showcase, chromium: Browser) -> Iterator[Lens]:
    """A browser on the served showcase."""
    with a_lens(site, chromium) as opened:
        yield opened


def every(walks: dict[str, dict[str, Page]]) -> Iterator[tuple[str, Page]]:
    for who, pages in walks.items():
        yield from ((who, page) for page in pages.values())


# --- whole and reachable ------------------------------------------------------------------------------------


def test_no_link_leads_nowhere(walks: dict[str, dict[str, Page]]) -> None:
    dead = {(who, page.path, page.status) for who, page in every(walks) if page.status >= 400}
    assert dead == set()


def test_a_link_to_a_place_on_a_page_finds_it_there(site: Showcase, walks: dict[str, dict[str, Page]]) -> None:
    lost = set()
    for who, page in every(walks):
        for path, place in leads_to(page):
            target = walks[who].get(path)
            if place and target and target.status == 200 and place not in target.ids:
                lost.add((who, name_of(site, page.path), f"{name_of(site, path)}#{place}"))
    assert lost == set()


def test_every_page_of_the_application_is_reached_by_links(site: Showcase, walks: dict[str, dict[str, Page]]) -> None:
    shown = {rule.endpoint for rule in site.app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    reached = {endpoint_of(site, page.path)[0] for _, page in every(walks)}
    assert shown - reached == set(NOT_BY_LINK) & shown - reached


def test_every_stage_is_walked(site: Showcase, walks: dict[str, dict[str, Page]]) -> None:
    seen = {name_of(site, path) for path in walks["officer"]}
    assert {state for state in STATES if f"tenders-show_{state}" not in seen} == set()


def test_every_page_has_one_heading_and_a_title_that_says_where_one_is(walks: dict[str, dict[str, Page]]) -> None:
    wrong = {
        (page.path, page.title, *page.h1)
        for _, page in every(walks)
        if page.is_html and page.status == 200 and not (len(page.h1) == 1 and (page.title_names_it or page.path == "/"))
    }
    assert wrong == set()


def test_no_two_elements_of_a_page_share_an_id(walks: dict[str, dict[str, Page]]) -> None:
    twice = {(page.path, each) for _, page in every(walks) for each in page.ids if page.ids.count(each) > 1}
    assert twice == set()


def test_no_page_carries_a_script_or_style_of_its_own(walks: dict[str, dict[str, Page]]) -> None:
    published = "/files/"  # a published file is whole in itself; its policy of contents names its styles
    inline = {(page.path, *page.inline) for _, page in every(walks) if page.inline and published not in page.path}
    assert inline == set()


def test_what_a_page_loads_is_there(site: Showcase, walks: dict[str, dict[str, Page]]) -> None:
    loaded = {source for _, page in every(walks) for source in page.images if not source.startswith("data:")}
    assert loaded
    assert {source for source in loaded if read(site.client(NOBODY), source).status != 200} == set()


def test_no_page_shows_the_inside_of_the_program(walks: dict[str, dict[str, Page]]) -> None:
    found = {(page.path, sign[0]) for _, page in every(walks) if page.is_html for sign in INSIDE.finditer(page.text)}
    assert found == set()


# --- silent -------------------------------------------------------------------------------------------------


def test_nobody_reads_what_is_not_theirs(walks: dict[str, dict[str, Page]]) -> None:
    told = {
        (who, page.path, secret.what)
        for who, page in every(walks)
        for secret in SECRETS
        if who not in secret.readers and secret.words.casefold() in page.text.casefold()
    }
    assert told == set()


def test_those_who_may_read_a_secret_do(walks: dict[str, dict[str, Page]]) -> None:
    for secret in SECRETS:
        who = "officer" if "officer" in secret.readers else "stranger"
        assert any(secret.words in page.text for page in walks[who].values()), secret.what


def test_what_one_person_finds_tells_another_nothing(site: Showcase, walks: dict[str, dict[str, Page]]) -> None:
    paths = {path for pages in walks.values() for path, page in pages.items() if page.status == 200}
    paths = {path for path in paths if not name_of(site, path).endswith(ALIKE)}
    told = set()
    for who in (NOBODY, "stranger", "administrator", "evaluator"):
        client = site.client(who)
        for path in sorted(paths - set(walks[who])):
            answer = client.get(path)
            told |= {
                (who, path, each.what)
                for each in SECRETS
                if who not in each.readers and each.words.casefold().encode() in answer.data.lower()
            }
            answer.close()
    assert told == set()


# --- accessible ---------------------------------------------------------------------------------------------


def looked_at(site: Showcase, walks: dict[str, dict[str, Page]]) -> dict[str, Sample]:
    """Of each kind of page so many, in whatever stages, that every element it is ever built of is looked at."""
    chosen: dict[str, Sample] = {}
    for who in LOOKED_AT:
        for sample in samples(site, who, walks[who]):
            chosen.setdefault(sample.name, sample)
    shapes = {name: walks[each.who][each.path].shapes for name, each in chosen.items()}
    seen: dict[str, set[str]] = {}
    for name in sorted(chosen, key=lambda each: (-len(shapes[each]), each)):
        of_kind = seen.setdefault(endpoint_of(site, chosen[name].path)[0], set())
        if shapes[name] <= of_kind:
            del chosen[name]
        of_kind |= shapes[name]
    return chosen


@pytest.mark.slow
def test_pages_are_accessible_and_fit_every_window(
    site: Showcase, walks: dict[str, dict[str, Page]], lens: Lens
) -> None:
    chosen = looked_at(site, walks)
    kinds = {endpoint_of(site, each.path)[0] for each in chosen.values()}
    reached = {endpoint_of(site, page.path)[0] for who in LOOKED_AT for page in walks[who].values() if shown(page)}
    assert kinds == reached
    assert [fault for each in chosen.values() for fault in lens.faults(each)] == []


def shown(page: Page) -> bool:
    return page.is_html and page.status == 200
