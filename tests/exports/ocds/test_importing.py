"""Taking over a release: what is known is taken to the right place, every other field is named with the reason."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exports import tender_file
from exports.codec import record
from exports.codec.strict_json import Report
from exports.ocds.importing import Takeover, take_over
from exports.ocds.numbers import to_json
from exports.ocds.release import release_package, tender_release
from lots.lot import Lot
from scoring.methodology import Methodology
from scoring.tender_file import TenderFile
from tests import factories
from tests.exports.ocds import uk_release
from tests.exports.ocds.test_release import AT, OCID, demo


def taken(found: Takeover) -> dict[str, str]:
    return {each.path: each.to for each in found.taken}


def why(found: Takeover) -> dict[str, str]:
    return {each.path: each.why for each in found.not_taken}


def tender_of(found: Takeover) -> dict[str, Any]:
    assert found.file is not None
    tender = found.file["tender"]
    assert isinstance(tender, dict)
    return tender


def with_lot(**changes: Any) -> Takeover:
    return take_over(uk_release.data(lots=[{**uk_release.LOT, **changes}]))


# ------------------------------------------------------------------------- as the central platform publishes them


def test_a_uk_release_is_taken_over_in_our_words() -> None:
    tender = tender_of(take_over(uk_release.data()))
    assert tender["buyer"] == {
        "name": "Police and Crime Commissioner for Westmere",
        "short_name": "Police and Crime Commissioner for Westmere",
        "address": ["1 Quay Street", "Westmere", "WM1 1AA"],
        "email": "commissioning@westmere.example",
        "identifiers": [{"scheme": "GB-PPON", "id": "PWWW-1234-ABCD"}],
    }
    assert {name: tender[name] for name in ("reference", "regime", "vat", "deadline", "commenced_on")} == {
        "reference": "WM/2026/7",
        "regime": "pa2023_light_touch",
        "vat": "exclusive",
        "deadline": "2026-04-20T11:00:00Z",
        "commenced_on": "2026-03-02",
    }
    assert tender["timetable"] == [
        {"title": "Last day for clarification questions", "planned": "2026-04-06", "kind": "questions_until"}
    ]


def test_its_lots_come_with_values_terms_and_codes() -> None:
    first, second = tender_of(take_over(uk_release.data()))["lots"]
    assert first == {
        "id": "1",
        "title": "Adult service",
        "description": "Support for adults.",
        "maximum_potential_spend": "3000000.00",
        "term": {"start": "2026-10-01", "initial_years": 3, "extension_years": 2},
        "cpv": ["85312310"],
    }
    assert second == {
        "id": "2",
        "title": "Children's service",
        "maximum_potential_spend": "1000000.00",
        "cpv": ["98000000"],
    }


def test_its_criteria_come_with_weights_from_numbers_or_from_bare_descriptions() -> None:
    found = take_over(uk_release.data())
    assert found.file is not None
    (method,) = found.file["methodologies"]
    assert method["weighting"] == "absolute"
    assert [(it["title"], it["kind"], it["weight"]) for it in method["criteria"]] == [
        ("Service model", "quality", "60.5"),
        ("Social value", "social_value", "14.5"),
        ("Price", "price", "25"),
    ]
    assert method["criteria"][0]["minimum"] == "2"
    assert method["criteria"][0]["question"] == "How people are supported."
    assert "price" not in method


def test_what_is_not_taken_is_named_with_the_reason() -> None:
    reasons = why(take_over(uk_release.data()))
    assert reasons["tender.lots[0].awardCriteria.weightingDescription"] == (
        "choose the price formula itself: words are not computed"
    )
    assert reasons["tender.value"] == "the value of a tender is the sum of its lots here"
    assert reasons["tender.lots[0].value.amountGross"] == "amounts without VAT are used, which stand beside it"
    assert reasons["parties[0]"] == "only the buyer and the funders are taken over"
    assert reasons["tender.lots[0].suitability.vcse"] == "there is no field for it here"
    assert reasons["tender.documents"] == "the files themselves are not in a release: add them to the tender again"


def test_every_field_is_accounted_for_once() -> None:
    found = take_over(uk_release.data())
    lost = [each.path for each in found.not_taken]
    assert len(set(lost)) == len(lost)
    assert not set(lost) & set(taken(found))


def test_a_limit_comes_without_a_rule_that_the_release_does_not_name() -> None:
    found = take_over(uk_release.data())
    assert found.file is not None
    assert found.file["lot_limit"] == {"maximum_lots": 1}
    assert why(found)["tender.lotDetails.maximumLotsBidPerSupplier"] == "there is no field for it here"


# --------------------------------------------------------------------------------------------------- our own


def round_trip(file: TenderFile) -> TenderFile:
    """Export, import, and read the parts back as a tender file; criteria come back flat, scales not at all."""
    release = tender_release(file, ocid=OCID, published_at=AT, rule_set_digest="")
    package = release_package([release], uri="https://pcc.example/p", published_at=AT, publisher="PCC")
    found = take_over(to_json(package))
    assert found.findings == ()
    value, problems = tender_file.read(json.dumps(found.file).encode())
    assert problems == ()
    assert value is not None
    return value


@pytest.mark.parametrize("file", [demo(), factories.tender_file()])
def test_what_we_export_comes_back(file: TenderFile) -> None:
    again = round_trip(file)
    lots = {lot.id: lot for lot in file.tender.lots}
    assert {lot.id: lot for lot in again.tender.lots} == {
        key: replace(lot, uplifts=()) if lot.is_contract else lot for key, lot in lots.items()
    }
    for name in ("reference", "title", "description", "regime", "vat", "deadline", "no_lots_reasons"):
        assert getattr(again.tender, name) == getattr(file.tender, name), name
    assert [(step.title, step.planned) for step in again.tender.timetable] == [
        (step.title, step.planned) for step in file.tender.timetable
    ]
    assert again.lot_limit == file.lot_limit
    for old in file.methodologies:
        new = next(each for each in again.methodologies if each.lots == old.lots[:1])
        assert [(leaf.criterion.id, leaf.kind, leaf.weight) for leaf in new.leaves] == [
            (leaf.criterion.id, leaf.kind, leaf.weight) for leaf in old.leaves
        ]
        assert new.price == old.price


def test_the_funding_stack_comes_back_to_the_penny() -> None:
    file = demo()
    again = round_trip(file).tender.funding.sources
    old = {source.id: source for source in file.tender.funding.sources}
    assert [source.id for source in again] == list(old)
    for source in again:
        assert source.lines == old[source.id].lines
        assert (source.funder, source.title, source.certainty) == (
            old[source.id].funder,
            old[source.id].title,
            old[source.id].certainty,
        )


# ------------------------------------------------------------------------------------------------- several releases


def test_the_newest_release_with_a_tender_is_taken_and_the_choice_is_said() -> None:
    old, new = uk_release.release(), uk_release.release(title="Newer")
    new["date"] = "2026-03-09T09:00:00Z"
    found = take_over(json.dumps({"releases": [new, {"ocid": "x", "planning": {}}, old]}).encode())
    assert tender_of(found)["title"] == "Newer"
    assert [finding.code for finding in found.findings] == ["ocds_several_releases"]
    assert "2 releases" in found.findings[0].message
    assert "09:00 GMT on Monday 9 March 2026" in found.findings[0].message


def test_a_record_package_and_a_bare_release_do_as_well() -> None:
    record_package = {"records": [{"ocid": "x", "compiledRelease": uk_release.release()}]}
    for found in (record_package, uk_release.release()):
        assert tender_of(take_over(json.dumps(found).encode()))["title"] == "Support for victims"


# ------------------------------------------------------------------------------------------------- doubtful values


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"amount": 5, "currency": "EUR"}, "its currency is EUR, and only pounds sterling are used here"),
        ({"amount": 0.005, "currency": "GBP"}, "an amount of money is zero or more, in whole pence"),
        ({"amount": -5, "currency": "GBP"}, "an amount of money is zero or more, in whole pence"),
        ({"amount": "5", "currency": "GBP"}, "a number belongs here, not the text “5”"),
        ({"amount": True, "currency": "GBP"}, "a number belongs here, not true"),
        ({"amount": 10**20, "currency": "GBP"}, "a number belongs here, not the number 100000000000000000000"),
    ],
)
def test_an_amount_that_cannot_be_is_not_taken(value: dict[str, Any], reason: str) -> None:
    found = with_lot(value=value)
    assert "maximum_potential_spend" not in tender_of(found)["lots"][0]
    assert why(found)["tender.lots[0].value.amount"] == reason


@pytest.mark.parametrize("bad", ["NaN", "Infinity", "1e999", "-0.0000000001"])
def test_numbers_that_are_no_amounts_are_not_taken(bad: str) -> None:
    text = uk_release.data().replace(b"3000000,", f"{bad},".encode())
    assert "maximum_potential_spend" not in tender_of(take_over(text))["lots"][0]


@pytest.mark.parametrize(
    ("period", "at", "reason"),
    [
        ({"endDate": "2029-09-30T23:59:59Z"}, "", "a term needs the day it starts and the day its initial years end"),
        (
            {"startDate": "2026-10-01T00:00:00Z", "endDate": "2029-08-31T23:59:59Z"},
            "",
            "its initial years are not whole years (1 to 50), by which contracts are counted here",
        ),
        (
            {"startDate": "2026-10-01", "endDate": "2029-08-31T23:59:59Z"},
            ".startDate",
            "a date and time with its offset belongs here, such as 2026-07-06T12:00:00+01:00",
        ),
    ],
)
def test_a_term_that_is_not_whole_years_is_left_to_be_typed(period: dict[str, str], at: str, reason: str) -> None:
    found = with_lot(contractPeriod=period)
    assert "term" not in tender_of(found)["lots"][0]
    assert why(found)[f"tender.lots[0].contractPeriod{at}"] == reason


def test_lots_with_the_same_or_an_unfit_id_get_one_of_their_own() -> None:
    lots = [{"id": name, "title": "x"} for name in ("1", "1", "../etc", "", 7)]
    found = tender_of(take_over(uk_release.data(lots=lots)))["lots"]
    assert [lot["id"] for lot in found] == ["1", "lot-2", "lot-3", "lot-4", "7"]


def test_a_text_that_no_document_can_print_is_not_taken() -> None:
    found = take_over(uk_release.data(title="bad\u0000title"))
    assert "title" not in tender_of(found)
    assert why(found)["tender.title"] == "the text holds characters that no document can print"


def test_gross_amounts_alone_are_including_vat() -> None:
    lot = {**uk_release.LOT, "value": {"amountGross": 10, "currency": "GBP"}}
    tender = tender_of(take_over(uk_release.data(lots=[lot], value={})))
    assert (tender["vat"], tender["lots"][0]["maximum_potential_spend"]) == ("inclusive", "10.00")


def test_an_unknown_law_is_not_guessed_at() -> None:
    found = take_over(uk_release.data(legalBasis={"id": "2023/1348", "scheme": "UKSI"}))
    assert "regime" not in tender_of(found)
    assert "choose the regime" in why(found)["tender.legalBasis.id"]


def test_thousands_of_entries_are_read_in_part_and_the_report_stays_short() -> None:
    found = take_over(uk_release.data(lots=[{"id": str(at), "odd": at} for at in range(3000)]))
    assert len(tender_of(found)["lots"]) == 500
    assert len(found.not_taken) <= 420
    assert found.not_taken[-1].text == "more fields"


def test_a_key_that_stands_twice_is_warned_about() -> None:
    text = uk_release.data().replace(b'"title": "Adult service"', b'"title": "No", "title": "Adult service"')
    found = take_over(text)
    assert [finding.code for finding in found.findings] == ["ocds_repeated_key"]
    assert tender_of(found)["lots"][0]["title"] == "Adult service"


# ------------------------------------------------------------------------------------------------------ hostile


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b"{", "not_json"),
        (b"\xff\xfe{}", "not_utf8"),
        (b"[" * 100_000, "too_deep"),
        (b"[]", "not_ocds"),
        (b"{}", "not_ocds"),
        (b'{"releases": {"tender": 1}}', "not_ocds"),
        (b'{"releases": [1, null, "x", {"tender": []}]}', "not_ocds"),
        (b'{"records": [{"compiledRelease": null}, 3]}', "not_ocds"),
    ],
)
def test_what_is_no_release_is_refused_with_a_sentence(data: bytes, code: str) -> None:
    found = take_over(data)
    assert found.file is None
    assert [finding.code for finding in found.findings] == [code]


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_no_value_in_any_place_raises_and_what_is_taken_can_always_be_read(choice: st.DataObject) -> None:
    """Any part of a good release is replaced by anything JSON can hold."""
    junk = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.just("2026-10-01T00:00:00Z"),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
        max_leaves=8,
    )
    own = tender_release(factories.tender_file(), ocid=OCID, published_at=AT, rule_set_digest="x")
    release: Any = json.loads(choice.draw(st.sampled_from([json.dumps(uk_release.release()).encode(), to_json(own)])))
    for _ in range(choice.draw(st.integers(1, 4))):
        _replace_somewhere(release, choice, junk)
    found = take_over(json.dumps(release).encode("utf-8", "surrogatepass"))
    if found.file is not None:
        report = Report()
        for at, lot in enumerate(found.file["tender"].get("lots", [])):
            record.read(Lot, {"annual_budget": "1.00", **lot}, report, (None, at))
        for at, method in enumerate(found.file.get("methodologies", [])):
            whole = [{"weight": "1", **each} for each in method["criteria"]]
            record.read(Methodology, {"price": {"formula": "x"}, **method, "criteria": whole}, report, (None, at))
        assert report.findings() == ()


KEYS = sorted(
    {"id", "amount", "currency", "startDate", "endDate", "number", "weight", *uk_release.TENDER, *uk_release.LOT}
)


def _replace_somewhere(value: Any, choice: st.DataObject, junk: st.SearchStrategy[Any]) -> None:
    while True:
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        if not keys:
            return
        key = choice.draw(st.sampled_from(keys))
        inner = value[key]
        if not isinstance(inner, dict | list) or not inner or choice.draw(st.booleans()):
            value[key] = choice.draw(junk)
            return
        value = inner


def test_weights_of_a_release_are_exact() -> None:
    found = take_over(uk_release.data())
    assert found.file is not None
    weights = [Decimal(each["weight"]) for each in found.file["methodologies"][0]["criteria"]]
    assert sum(map(Fraction, weights)) == 100
