"""Which entries mean the same organisation."""

from __future__ import annotations

from lots.namesakes import same_organisations
from lots.organisation import Identifier, Organisation


def named(name: str, *marks: tuple[str, str]) -> Organisation:
    return Organisation(name, name, tuple(Identifier(*mark) for mark in marks))


def test_one_registration_means_one_organisation_whatever_it_is_called() -> None:
    entries = [named("Harbour Trust", ("GB-CHC", "1187301")), named("The Harbour Trust", ("GB-CHC", "1187301"))]
    assert same_organisations(entries) == (0, 0)


def test_registrations_are_compared_without_blanks_and_leading_noughts() -> None:
    entries = [named("A", ("GB-COH", "01234567")), named("B", ("gb-coh", "123 4567"))]
    assert same_organisations(entries) == (0, 0)


def test_entries_of_exactly_one_name_are_one_where_only_one_is_registered() -> None:
    entries = [named("Rowan House"), named("rowan  house", ("GB-CHC", "7"))]
    assert same_organisations(entries) == (0, 0)


def test_namesakes_registered_under_different_numbers_stay_apart() -> None:
    entries = [named("Rowan House", ("GB-CHC", "7")), named("Rowan House", ("GB-CHC", "8"))]
    assert same_organisations(entries) == (0, 1)


def test_a_company_number_and_a_charity_number_under_one_name_are_one_organisation() -> None:
    entries = [named("Rowan House", ("GB-CHC", "7")), named("Rowan House", ("GB-COH", "8"))]
    assert same_organisations(entries) == (0, 0)


def test_names_that_are_only_alike_are_two_organisations() -> None:
    assert same_organisations([named("Rowan House"), named("Rowan House Ltd")]) == (0, 1)


def test_three_entries_tied_in_a_chain_are_one() -> None:
    entries = [
        named("A", ("GB-CHC", "1")),
        named("B", ("GB-COH", "2")),
        named("C", ("GB-CHC", "1"), ("GB-COH", "2")),
    ]
    assert same_organisations(entries) == (0, 0, 0)
