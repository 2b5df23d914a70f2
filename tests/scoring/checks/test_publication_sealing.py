"""Receiving bids in the readiness of a tender, and in what a change notice says."""

from __future__ import annotations

from dataclasses import replace

from exports.rule_changes import changes, rule_set_digest
from lots.sealing import Custodian, Sealing
from scoring.tender_file import TenderFile
from tests.lots.test_sealing import FOUR, KEYS
from tests.scoring.checks import ready


def sealed(sealing: Sealing | None) -> TenderFile:
    file = ready.file()
    return replace(file, tender=replace(file.tender, sealing=sealing))


def said(before: Sealing | None, after: Sealing | None) -> list[tuple[str, str, str, str]]:
    found = changes(sealed(before), sealed(after))
    assert all(each.material for each in found)
    return [(each.kind, each.label, each.before, each.after) for each in found]


def test_a_tender_whose_bids_go_elsewhere_is_ready_as_before() -> None:
    assert ready.found(sealed(None)) == []


def test_a_tender_with_four_custodians_is_ready() -> None:
    assert ready.found(sealed(Sealing(custodians=FOUR))) == []


def test_letters_for_tenderers_need_bids_that_are_received_here() -> None:
    here, elsewhere = (
        replace(it, tender=replace(it.tender, tenderers_as_letters=True))
        for it in (sealed(Sealing(custodians=FOUR)), sealed(None))
    )
    assert ready.found(here) == []
    assert ready.found(elsewhere) == [("warning", "letters_without_bids", "tender.tenderers_as_letters")]


def test_too_few_custodians_stop_publication_at_their_place_in_the_file() -> None:
    assert ready.found(sealed(Sealing(custodians=FOUR[:2]))) == [
        ("error", "custodians_too_few", "tender.sealing.custodians")
    ]


def test_another_key_is_another_set_of_rules() -> None:
    swapped = (*FOUR[:3], replace(FOUR[3], recipient="age1" + "q" * 58))
    digests = {rule_set_digest(sealed(Sealing(custodians=each))) for each in (FOUR, swapped)}
    assert len(digests) == 2


def test_a_replaced_key_is_told_by_whose_it_was_and_whose_it_is() -> None:
    before, new = FOUR[:3], Custodian("Finance director", KEYS[3])
    assert said(Sealing(custodians=before), Sealing(custodians=(*FOUR[:2], new))) == [
        ("removed", "Key of “Internal audit”", f"title Internal audit; public key {KEYS[2]}", ""),
        ("added", "Key of “Finance director”", "", f"title Finance director; public key {KEYS[3]}"),
    ]


def test_the_switches_are_told_in_words() -> None:
    after = Sealing(custodians=FOUR, browser_sealing=True, price_apart=True)
    assert said(Sealing(custodians=FOUR), after) == [
        ("changed", "Receiving bids, sealing on the tenderer’s own device", "no", "yes"),
        ("changed", "Receiving bids, prices in an envelope of their own", "no", "yes"),
    ]


def test_bids_that_come_to_be_received_here_are_told_as_one_change() -> None:
    assert [each[:2] for each in said(None, Sealing(custodians=FOUR))] == [
        ("added", "How bids are received and sealed")
    ]
