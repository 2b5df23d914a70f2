"""The whole file: references, ids, organisations, preferences, panel and declarations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from lots.errors import Finding
from lots.organisation import Identifier
from lots.regime import Regime
from scoring.checks.file import check
from scoring.scoresheet import Declaration, PanelMember
from scoring.tender_file import LotPreference, TenderFile
from tests import factories as a


def told(found: Iterable[Finding]) -> list[str]:
    """Write findings as ``place: sentence``."""
    return [str(finding) for finding in found]


def codes(file: TenderFile) -> list[tuple[str, str]]:
    """Check a file and give (place, code) of every finding."""
    return [(finding.place, finding.code) for finding in check(file)]


def empty(**changes: Any) -> TenderFile:
    """A file without bids, so that one fault shows alone."""
    return a.tender_file((), **changes)


def test_a_right_file_has_no_findings() -> None:
    assert check(a.tender_file(award=a.award())) == ()
    assert check(a.tender_file(())) == ()


@pytest.mark.parametrize("id", ["x" * 101, "two\nlines", " adult"])
def test_an_id_is_one_short_word(id: str) -> None:
    assert codes(empty(panel=(*a.panel(), PanelMember(id, "X", "X", ("finance",))))) == [("panel[4].id", "id_unfit")]


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("scales", "scales[1].id"),
        ("methodologies", "methodologies[2].id"),
        ("organisations", "organisations[4].id"),
        ("bids", "bids[5].id"),
        ("panel", "panel[4].id"),
    ],
)
def test_every_list_of_the_file_uses_an_id_once(name: str, place: str) -> None:
    things = getattr(a.tender_file(), name)
    assert (place, "id_repeated") in codes(a.tender_file(**{name: (*things, things[0])}))


def test_preferences_are_of_tenderers_and_lots_each_once() -> None:
    preferences = (
        LotPreference("harbour", ("children", "adult")),
        LotPreference("rowan", ("adult",)),
        LotPreference("harbour", ("adult", "kids", "adult")),
    )
    assert codes(a.tender_file(lot_preferences=preferences)) == [
        ("lot_preferences[1].tenderer", "preference_tenderer"),
        ("lot_preferences[2]", "preference_repeated"),
        ("lot_preferences[2].lots[1]", "preference_lot"),
        ("lot_preferences[2].lots[2]", "preference_lot_repeated"),
    ]


def test_one_registration_belongs_to_one_organisation() -> None:
    number = (Identifier("GB-CHC", "1234567"),)
    two = (a.organisation("one", identifiers=number), a.organisation("two", name="", identifiers=number))
    assert told(check(empty(organisations=two, declarations=()))) == [
        "organisations[1].name: This organisation has no name: the letters print it",
        "organisations[1].identifiers[0]: GB-CHC 1234567 stands at organisations[0].identifiers[0] already: "
        "one number, one organisation",
    ]


def test_a_panel_member_has_a_role_and_known_lots_and_criteria() -> None:
    member = PanelMember("tom", "Tom", "Officer", (), ("adult", "kids"), ("delivery", "price", "quality"))
    assert codes(empty(panel=(*a.panel(), member))) == [
        ("panel[4].roles", "role_missing"),
        ("panel[4].lots[1]", "member_lot"),
        ("panel[4].criteria[1]", "member_criterion"),
        ("panel[4].criteria[2]", "member_criterion"),
    ]


def test_a_declaration_is_of_a_member_about_an_organisation_once() -> None:
    on = date(2024, 9, 30)
    declarations = (
        Declaration("eva", "harbour", "none", on),
        Declaration("eve", "harbour", "none", on),
        Declaration("eva", "harbor", "none", on),
        Declaration("eva", "harbour", "conflicted", on),
    )
    found = check(empty(declarations=declarations))
    assert told(found) == [
        "declarations[1].member: There is no panel member “eve”: name one of eva, idris, mei, ruth",
        "declarations[2].organisation: There is no organisation “harbor”: name one of harbour, quayside, beacon, rowan",
        "declarations[3]: “eva” declares twice about “harbour”: keep the declaration that holds",
        "declarations[3].action: “eva” is in conflict, and nothing says what was done about it",
    ]
    assert [finding.severity for finding in found] == ["error", "error", "error", "warning"]


@pytest.mark.parametrize(
    ("regime", "law"),
    [
        (Regime.PCR2015_LIGHT_TOUCH, " (PCR 2015 reg 24)"),
        (Regime.PA2023_LIGHT_TOUCH, " (PA 2023 ss.81-83)"),
        (Regime.BELOW_THRESHOLD, ""),
    ],
)
def test_scores_without_any_declaration_are_told_the_law(regime: Regime, law: str) -> None:
    found = check(a.tender_file(tender=a.tender(regime=regime), declarations=()))
    assert [str(it) for it in found if it.severity == "warning"] == [
        f"declarations: Bids were scored and nobody declared anything{law}: record of every evaluator and tenderer "
        "whether there is an interest, “none” included"
    ]
    assert check(empty(declarations=())) == ()


def test_an_evaluator_declares_about_every_tenderer_scored() -> None:
    declarations = tuple(
        it
        for it in a.declarations()
        if (it.member, it.organisation) not in {("eva", "harbour"), ("eva", "beacon"), ("mei", "quayside")}
    )
    found = check(a.tender_file(declarations=declarations))
    assert told(found) == [
        "declarations: “eva” scored bids of harbour, beacon and declared nothing about them: record whether there is "
        "an interest, “none” included",
        "declarations: “mei” scored bids of quayside and declared nothing about them: record whether there is an "
        "interest, “none” included",
    ]
    assert {finding.severity for finding in found} == {"warning"}


def test_whoever_only_abstained_need_not_declare() -> None:
    sheet = a.sheet("eva", "adult-harbour")
    abstained = replace(sheet, scores=tuple(replace(it, points=None, abstained="New here.") for it in sheet.scores))
    sheets = tuple(abstained if it == sheet else it for it in a.tender_file(["adult-harbour"]).score_sheets)
    others = tuple(it for it in a.declarations() if it.member != "eva")
    file = a.tender_file(["adult-harbour"], score_sheets=sheets, declarations=others)
    assert [code for _, code in codes(file) if code.startswith("declaration")] == []


def test_among_many_ids_the_likeliest_is_suggested() -> None:
    organisations = tuple(a.organisation(f"partner-{i:02d}") for i in range(20))
    file = empty(organisations=organisations, declarations=(Declaration("eva", "partner-7", "none", date(2024, 9, 1)),))
    assert told(check(file)) == [
        "declarations[0].organisation: There is no organisation “partner-7”: did you mean “partner-17”?"
    ]


def test_where_there_is_nothing_to_name_the_sentence_says_so() -> None:
    file = empty(organisations=(), declarations=(Declaration("eva", "x", "none", date(2024, 9, 1)),))
    assert told(check(file)) == ["declarations[0].organisation: There is no organisation “x”: the file holds none"]


def test_names_and_titles_fit_on_a_page() -> None:
    long = "A" * 201
    tender = a.tender(lots=(a.lot("adult", title=long), a.lot("children")), title="A" * 200)
    organisations = (a.organisation("harbour", name=long), *a.tender_file().organisations[1:])
    found = check(a.tender_file(tender=tender, organisations=organisations))
    places = [each.place for each in found if each.code == "name_too_long"]
    assert places == ["tender.lots[0].title", "organisations[0].name"]
