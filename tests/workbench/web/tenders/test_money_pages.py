"""The pages of funding, lots, the limit and collaboration rules, on the demonstration's tender."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.workbench import databases
from tests.workbench.conftest import running, submit
from tests.workbench.web.tenders.money_case import Case, a_case, a_reader, demo_parts, draft, fields
from workbench.app import Workbench
from workbench.parts import Part
from workbench.tasks import Where, where

LINK = re.compile(r'href="([^"]+)"')
KINDS = ("funding_source", "funding_totals", "lot", "lot_limit", "collaboration")
MONEY_PARTS = [part for part in demo_parts() if part.kind in KINDS]


@pytest.fixture(scope="module")
def shared_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """One application for all these tests: each of them has a tender and an authority of its own in it."""
    folder = tmp_path_factory.mktemp("money")
    with running(databases.a_config(databases.usual_url(folder), folder)) as app:
        yield app


@pytest.fixture
def case(shared_app: Workbench) -> Case:
    """The demonstration's tender as a draft, and its officer's browser."""
    return a_case(shared_app)


@pytest.mark.parametrize("part", MONEY_PARTS, ids=lambda part: f"{part.kind}-{part.key}")
def test_a_page_sent_back_as_it_stands_changes_nothing(case: Case, part: Part) -> None:
    address = case.url(part.kind, part.key)
    answer = case.save(address)
    assert answer.status_code == 303, answer.text
    assert case.content(part.kind, part.key) == part.content


# --- what the pages say -------------------------------------------------------------------------------------


def test_funding_finds_the_14p_and_says_what_goes_with_the_uplifts(case: Case) -> None:
    page = case.read(case.task("funding"))
    # the strategy prints £2,008,475.84 and £1,443,531.00; its lines add up to 14p more and 2p less
    assert "its lines add up to £2,008,475.98: 14p more." in page
    assert "its lines add up to £1,443,530.98: 2p less." in page
    # both uplifts: £68,967 and £495,978; the second is the ISVA lot's alone
    assert "If all uplifts end" in page
    assert "−£564,945" in page
    assert "ISVA Service falls from £990,000 to £494,022 unless it is funded anew." in page
    assert "All money tied to a lot can be spent there" in page


def test_the_stack_can_be_shown_without_some_sources_and_in_another_year(case: Case) -> None:
    page = case.read(case.task("funding") + "?without=nhse&without=nobody&year=5")
    assert "Year 5: income, lots and what is tied" in page
    assert "If NHS England contribution to ISVAs ends on 31 March 2030" in page
    assert "If all uplifts end" not in page


@pytest.mark.parametrize(
    "query", ["?year=0", "?year=99999999999999999999", "?year=x", "?year=&without=", "?without=%00"]
)
def test_questions_the_address_cannot_ask_are_no_fault_of_the_server(case: Case, query: str) -> None:
    assert case.client.get(case.task("funding") + query).status_code in (200, 400)


def test_lots_show_their_three_numbers_their_clause_and_the_estimate(case: Case) -> None:
    page = case.read(case.task("lots"))
    # 250,000 + 738,000 + 990,000 + 30,000; the three contracts' ceilings 2.2, 6.4 and 8.6 million
    assert "£2,008,000" in page
    assert "£17,200,000" in page
    assert "Adult Service: the indicative budget is £738,000 a year." in page
    assert "The maximum potential spend is £6,400,000 excluding VAT" in page or "£6,400,000, excluding VAT" in page
    assert "All lots together are estimated at £17,200,000" in page or "estimated at £17,200,000" in page
    assert "What must be published and written" in page


def test_collaboration_shows_the_lots_side_by_side_and_draws_a_split(case: Case) -> None:
    page = case.read(case.task("collaboration"))
    assert "60 %: £442,800" in page
    page = case.read(case.url("collaboration", "adult"))
    assert "the lead may keep <strong>£442,800</strong>" in page
    assert "Partner 1 (by-and-for): 40%, £295,200 a year" in page


def test_no_split_is_drawn_before_the_lot_has_a_budget_and_the_page_says_so(shared_app: Workbench) -> None:
    none = {"annual_budget": "0.00"}
    parts = [replace(it, content=it.content | none) if it.kind == "lot" else it for it in demo_parts()]
    case = a_case(shared_app, parts)
    assert "enter the annual budget of the lot first" in case.read(case.url("collaboration", "adult"))
    assert "£0</td>" not in case.read(case.task("collaboration"))


def test_a_number_of_partners_is_tried_against_the_rules(case: Case) -> None:
    address = case.url("collaboration", "adult")
    page = case.read(address + "?partners=3&least=15")
    assert "Feasible.</strong> 3 partners with at least 15 % each fit" in page
    for query in ("?partners=3&least=45", "?partners=x", "?partners=2&least=-1", "?partners=%EF%BC%93"):
        assert "Not feasible.</strong>" in case.read(address + query)


def test_rules_are_shown_from_another_lot_and_saved_only_when_sent(case: Case) -> None:
    before = case.content("collaboration", "cyp")
    page = case.read(case.url("collaboration", "cyp") + "?from=adult")
    assert "These are the rules of Adult Service." in page
    assert '<input type="hidden" name="from" value="adult">' in page  # a trial is of the rules that are shown
    assert "the lead may keep <strong>£150,000</strong>" in page  # 60 % of £250,000
    assert case.content("collaboration", "cyp") == before


def test_the_limit_prints_its_words_and_can_be_taken_out(case: Case) -> None:
    assert "One tenderer may win at most 2 lots." in case.read(case.url("lot_limit"))
    assert case.save(case.url("lot_limit"), {"rule": "none"}).status_code == 303
    assert case.content("lot_limit") == {}
    assert "One tenderer may win" not in case.read(case.url("lot_limit"))
    assert "The lot limit" not in case.read(f"/tenders/{case.tender_id}/")


# --- saving -------------------------------------------------------------------------------------------------


def test_a_new_source_takes_its_id_from_its_title_and_the_same_amount_for_each_year(case: Case) -> None:
    sent = {"title": "Community safety fund", "funder": "The county", "each_year": "12,500.50", "years": "3",
            "lines-0-year": "2", "lines-0-amount": "9000", "lines-0-lot": "cyp", "certainty": "expected"}  # fmt: skip
    answer = case.save(case.url("funding_source", "new"), sent)
    assert answer.status_code == 303, answer.text
    assert case.content("funding_source", "community_safety_fund") == {
        "id": "community_safety_fund",
        "title": "Community safety fund",
        "funder": "The county",
        "lines": [
            {"year": 2, "amount": "9000.00", "lot": "cyp"},
            {"year": 1, "amount": "12500.50"},
            {"year": 3, "amount": "12500.50"},
        ],
        "certainty": "expected",
    }


def test_a_lot_without_a_term_is_kept_without_one(case: Case) -> None:
    sent = {"title": "Stalking", "route": "to_be_confirmed", "annual_budget": "40000"}
    assert case.save(case.url("lot", "new"), sent).status_code == 303
    assert case.content("lot", "stalking") == {
        "id": "stalking",
        "title": "Stalking",
        "annual_budget": "40000.00",
        "route": "to_be_confirmed",
    }


def test_the_base_value_is_worked_out_when_asked(case: Case) -> None:
    sent = {"annual_budget": "700000", "base_value": "1", "work_out": "y"}
    assert case.save(case.url("lot", "adult"), sent).status_code == 303
    assert case.content("lot", "adult")["base_value"] == "4900000.00"  # seven years at £700,000


def test_a_row_that_is_emptied_disappears(case: Case) -> None:
    sent = {"term-breaks-0-after_year": "", "term-breaks-0-notice_months": "", "outcomes-1": "", "cpv-0": ""}
    assert case.save(case.url("lot", "cyp"), sent).status_code == 303
    saved = case.content("lot", "cyp")
    assert saved["term"]["breaks"] == [{"after_year": 5, "notice_months": 6}]
    assert len(saved["outcomes"]) == 3
    assert "cpv" not in saved


# --- bad input ----------------------------------------------------------------------------------------------

BAD = [
    ("lot", "adult", "annual_budget", "seven hundred", "annual_budget"),
    ("lot", "adult", "annual_budget", "", "annual_budget"),
    ("lot", "adult", "maximum_potential_spend", "1e9", "maximum_potential_spend"),
    ("lot", "adult", "term-initial_years", "0", "term-initial_years"),
    ("lot", "adult", "term-initial_years", "", "term-initial_years"),
    ("lot", "adult", "term-breaks-0-after_year", "", "term-breaks-0-after_year"),
    ("lot", "adult", "route", "auction", "route"),
    ("lot", "adult", "title", "a\u202eb", "title"),
    ("lot", "adult", "outcomes-0", "x" * 501, "outcomes-0"),
    ("funding_source", "opcc", "lines-0-amount", "-5", "lines-0-amount"),
    ("funding_source", "opcc", "lines-0-year", "51", "lines-0-year"),
    ("funding_source", "opcc", "lines-0-lot", "nowhere", "lines-0-lot"),
    ("funding_source", "opcc", "years", "5", "each_year"),
    ("funding_source", "opcc", "each_year", "5", "years"),
    ("funding_totals", "", "printed_totals-0-amount", "£1,23", "printed_totals-0-amount"),
    ("lot_limit", "", "maximum_lots", "0", "maximum_lots"),
    ("lot_limit", "", "lot_order-0", "nowhere", "lot_order-0"),
    ("collaboration", "adult", "provider_maximum", "101", "provider_maximum"),
    ("collaboration", "adult", "vcse_minimum", "NaN", "vcse_minimum"),
]


@pytest.mark.parametrize(("kind", "key", "field", "typed", "at"), BAD, ids=lambda it: str(it)[:20])
def test_what_cannot_be_read_is_kept_as_typed_and_named(
    case: Case, kind: str, key: str, field: str, typed: str, at: str
) -> None:
    before = case.content(kind, key)
    answer = case.save(case.url(kind, key), {field: typed})
    assert answer.status_code == 422
    assert f'href="#{at}"' in answer.text
    assert f'id="{at}"' in answer.text
    assert case.content(kind, key) == before
    again = case.read(case.url(kind, key))
    assert f'href="#{at}"' in again
    if typed and kind + field not in ("lotroute",) and "lot" not in field:
        assert typed in again


def test_a_field_the_form_does_not_have_is_refused(case: Case) -> None:
    for kind, key in (("lot", "adult"), ("funding_source", "opcc"), ("collaboration", "adult")):
        assert case.save(case.url(kind, key), {"id": "other"}).status_code == 400


# --- findings -----------------------------------------------------------------------------------------------


def test_every_link_of_the_rail_about_money_lands_on_the_page_it_names(case: Case) -> None:
    case.save(case.url("lot", "adult"), {"base_value": "1", "term-breaks-0-notice_months": "400", "cpv-0": "12"})
    case.save(case.url("funding_source", "nhse"), {"ring_fenced_to": "cyp"})
    case.save(case.url("funding_totals"), {"funding_note": ""})
    case.save(case.url("collaboration", "adult"), {"lead_retention_maximum": "90"})
    case.save(case.url("lot_limit"), {"lot_order-0": ""})
    rail = case.read(f"/tenders/{case.tender_id}/")
    links = {link for link in LINK.findall(rail) if any(f"/{kind}/" in link for kind in KINDS) and "#" in link}
    assert len(links) >= 6
    for link in links:
        address, field = link.split("#")
        assert f'id="{field}"' in case.read(address), link


PLACES = (
    *(f"tender.lots[2].{name}" for name in (
        "annual_budget", "base_value", "maximum_potential_spend", "term", "term.start", "term.initial_years",
        "term.extension_years", "term.breaks[0]", "term.breaks[1]", "description", "outcomes", "cpv", "cpv[0]", "route",
        "collaboration.lead_retention_maximum", "collaboration.management_fee_maximum", "collaboration.vcse_minimum",
        "collaboration.provider_maximum", "collaboration.subcontract_minimum", "collaboration.by_and_for_minimum",
    )),
    *(f"tender.funding.sources[1].{name}" for name in (
        "ring_fenced_to", "lines[0]", "lines[0].year", "lines[4].amount", "lines[0].lot", "expires"
    )),
    "tender.funding.printed_totals[1]", "tender.funding.printed_totals[0].sources", "tender.funding_note",
    "lot_limit.rule", "lot_limit.maximum_lots", "lot_limit.maximum_spend", "lot_limit.lot_order",
)  # fmt: skip


def test_every_place_a_finding_may_name_has_an_element_on_its_page(case: Case) -> None:
    with case.app.app_context():
        parts = draft(case).parts
    pages: dict[str, str] = {}
    for place in PLACES:
        found = where(place, parts)
        assert found.field, place
        address = case.url(found.kind, found.key)
        page = pages.setdefault(address, "") or case.read(address)
        pages[address] = page
        assert f'id="{found.field}"' in page, place


def test_money_that_is_not_spent_on_any_lot_leads_to_the_funding_page(case: Case) -> None:
    with case.app.app_context():
        parts = draft(case).parts
    assert [where(place, parts) for place in ("tender.funding", "tender.funding.sources")] == [Where("funding")] * 2


# --- a tender that has hardly begun, and what is gone -------------------------------------------------------


def test_every_page_opens_for_a_tender_that_has_only_its_basics(shared_app: Workbench) -> None:
    case = a_case(shared_app, [part for part in demo_parts() if part.kind == "basics"])
    assert "No source is entered yet." in case.read(case.task("funding"))
    assert "There is no lot yet." in case.read(case.task("lots"))
    assert "There is no lot that is tendered for as a contract yet." in case.read(case.task("collaboration"))
    for kind, key in (("funding_source", "new"), ("funding_totals", ""), ("lot", "new"), ("lot_limit", "")):
        case.read(case.url(kind, key))
    assert case.client.get(case.url("collaboration", "nowhere")).status_code == 404


def test_the_base_value_cannot_be_worked_out_without_a_term(case: Case) -> None:
    answer = case.save(case.url("lot", "modern_slavery"), {"work_out": "y"})
    assert answer.status_code == 422
    assert "Enter the term first" in answer.text


def test_a_source_tied_to_a_lot_that_is_gone_keeps_its_tie_until_it_is_changed(case: Case) -> None:
    before = case.content("funding_source", "nhse")
    assert case.save(f"/tenders/{case.tender_id}/lot/isva/remove").status_code == 303
    assert "isva (no longer in the tender)" in case.read(case.url("funding_source", "nhse"))
    assert case.save(case.url("funding_source", "nhse")).status_code == 303
    assert case.content("funding_source", "nhse") == before
    assert "may only be spent on lots that are not in the tender" in case.read(case.task("funding"))
    assert "isva (no longer in the tender)" in case.read(case.url("lot_limit"))


# --- hostile input ------------------------------------------------------------------------------------------

HOSTILE = [
    "<script>alert(1)</script>", "'; DROP TABLE parts; --", "{{ 7*7 }}", "\u202e\u2066", "\ufeff", "\uffff", "１２",
    "1e400", "NaN", "-0", "9" * 400, "٣", "A\u0301" * 300, "\r\n\t", "0x10", "true", "../../etc/passwd", "%s%n",
    "🏴" * 90,
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_in_every_field_breaks_a_page(case: Case, text: str) -> None:
    keys = {"funding_source": "nhse", "lot": "adult", "collaboration": "adult"}
    for kind in KINDS:
        address = case.url(kind, keys.get(kind, ""))
        sent = {name: text for name in fields(case.client.get(address).text) if name != "_version"}
        assert case.save(address, sent).status_code in (303, 422)
        assert "<script>alert" not in case.client.get(address).text
    for task in ("funding", "lots", "collaboration"):
        assert "<script>alert" not in case.client.get(case.task(task)).text


# --- others at the same time, and those who only read -------------------------------------------------------


def test_a_page_that_somebody_else_saved_meanwhile_is_not_overwritten(case: Case) -> None:
    address = case.url("lot", "adult")
    opened = fields(case.client.get(address).text)
    assert case.save(address, {"annual_budget": "740000"}).status_code == 303
    answer = submit(case.client, address, {**opened, "annual_budget": "750000"})
    assert answer.status_code == 409
    assert case.content("lot", "adult")["annual_budget"] == "740000.00"


def test_an_auditor_reads_every_page_and_is_offered_no_change(case: Case) -> None:
    auditor = a_reader(case)
    for name in ("funding", "lots", "collaboration"):
        page = auditor.client.get(case.task(name))
        assert (page.status_code, "Add a" in page.text, "Move up" in page.text) == (200, False, False)
    for kind, key in (("lot", "adult"), ("funding_source", "nhse"), ("lot_limit", ""), ("collaboration", "adult")):
        assert "You can read this page." in auditor.read(case.url(kind, key))
        assert submit(auditor.client, case.url(kind, key), {}).status_code == 403
