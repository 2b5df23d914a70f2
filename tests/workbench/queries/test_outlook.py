"""The money of a draft: read from whatever parts there are, year by year, and what goes when sources end."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from lots.money import Money, total
from workbench.models.tenders import TenderRecord
from workbench.parts import Part, split
from workbench.paths import demo_file
from workbench.queries.outlook import funding_of, lots_of, outlook
from workbench.queries.tenders import Draft


def a_draft(*parts: Part) -> Draft:
    return Draft(TenderRecord(), parts)


def demo() -> Draft:
    return a_draft(*split(json.loads(demo_file().read_text(encoding="utf-8"))))


def a_source(name: str, *amounts: str, **more: Any) -> Part:
    lines = [{"year": year, "amount": amount} for year, amount in enumerate(amounts, start=1)]
    return Part("funding_source", name, {"id": name, "title": name.title(), "funder": "F", "lines": lines, **more})


def a_lot(name: str, budget: str, **more: Any) -> Part:
    return Part("lot", name, {"id": name, "title": name.title(), "annual_budget": budget, **more})


TERM = {"term": {"start": "2027-04-01", "initial_years": 2, "extension_years": 1}}


def test_the_table_of_years_adds_up_both_ways() -> None:
    found = outlook(demo())
    # 245,550.96 + 128,139 + 1,069,841.02 + 68,967 + 495,978 a year; NHS England gives in five of seven
    assert found.years == (1, 2, 3, 4, 5, 6, 7)
    assert found.income.amounts[0] == Money.parse("2008475.98")
    assert found.income.amounts[6] == Money.parse("1880336.98")
    assert found.income.total == total(it.row.total for it in found.sources)
    assert [it - needed for it, needed in zip(found.income.amounts, found.budgets.amounts, strict=True)] == list(
        found.difference.amounts
    )


def test_uplifts_end_together_first_and_each_source_that_may_end_has_a_card() -> None:
    found = outlook(demo())
    assert [(card.title, card.lost) for card in found.cliffs] == [
        ("If all uplifts end", Money.pounds(564_945)),
        ("If NHS England contribution to ISVAs ends on 31 March 2030", Money.pounds(128_139)),
        ("If Ministry of Justice core uplift ends", Money.pounds(68_967)),
        ("If Ministry of Justice ISVA uplift ends", Money.pounds(495_978)),
    ]
    assert found.cliffs[0].sentences == (
        "ISVA Service falls from £990,000 to £494,022 unless it is funded anew.",
        "The lots then exceed the income by £68,491.02 a year.",
    )


def test_uplifts_promised_until_one_day_say_so() -> None:
    more = {"uplift": True, "expires": date(2028, 3, 31).isoformat()}
    draft = a_draft(a_source("one", "10", **more), a_source("two", "20", **more), a_lot("adult", "30", **TERM))
    assert outlook(draft).cliffs[0].title == "If all uplifts end on 31 March 2028"


def test_the_sources_asked_for_make_one_card_and_unknown_ones_none() -> None:
    assert [it.title for it in outlook(demo(), without=["opcc", "nhse", "nobody"]).cliffs] == [
        "If OPCC budget and NHS England contribution to ISVAs end"
    ]


def test_a_year_outside_the_contracts_is_the_first() -> None:
    assert [outlook(demo(), year=year).year for year in (0, 7, 8, -1)] == [1, 7, 1, 1]


def test_nothing_entered_gives_an_empty_year() -> None:
    found = outlook(a_draft())
    assert (found.years, found.income.amounts, found.sources, found.cliffs) == ((1,), (Money(0),), (), ())


def test_parts_that_cannot_be_read_yet_are_left_out() -> None:
    draft = a_draft(Part("funding_source", "half", None, {"title": ["x"]}), a_lot("adult", "30"), Part("lot", "half"))
    assert funding_of(draft).sources == ()
    assert [lot.id for lot in lots_of(draft)] == ["adult"]


def test_a_lot_is_read_with_its_rules() -> None:
    rules = Part("collaboration", "adult", {"provider_maximum": "60"})
    (lot,) = lots_of(a_draft(a_lot("adult", "30"), rules))
    assert str(lot.collaboration.provider_maximum) == "60"


def test_a_term_at_the_end_of_the_calendar_is_told_and_is_no_fault() -> None:
    late = {"term": {"start": "9999-01-01", "initial_years": 5}}
    found = outlook(a_draft(a_source("one", "10", expires="9999-12-31"), a_lot("adult", "30", **late)))
    assert "9999" in found.refused
    assert found.income.total == Money.pounds(10)
