"""Keys that bids are sealed for: enough of them, each well formed, nobody's twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lots.recipients import fault_of, fingerprint
from lots.sealing import Custodian, Sealing, sealing_findings

# Made with age-keygen's library; the secret halves were thrown away.
KEYS = (
    "age1perwszsag6gsu8lf47yla9pdw33chz36dcm6tm28tcv3szpk4uhql07h27",
    "age15antw9fnexup7rr657herj6nx0ndlgk7gzuket05dqhreuvxhe4sp29a7a",
    "age10xl4xnx297amvnkg32m5gm49k563kw639k8sfddelmxr0ntsfcequruqcd",
    "age1xndqayhz377hgr78wajj0rvzz68p8qsh4d2fh7j56gl40n6dypaq64qp8n",
)
TITLES = ("Head of procurement", "Monitoring officer", "Internal audit", "Paper key in the safe")
FOUR = tuple(Custodian(title, key) for title, key in zip(TITLES, KEYS, strict=True))


def said(sealing: Sealing) -> list[tuple[str, str, str]]:
    return [(each.severity, each.code, each.place) for each in sealing_findings(sealing)]


@pytest.mark.parametrize("key", KEYS)
def test_a_key_that_age_made_is_well_formed(key: str) -> None:
    assert fault_of(key) == ""


@pytest.mark.parametrize("at", range(4, 62))
def test_one_wrong_character_anywhere_is_noticed(at: int) -> None:
    key = KEYS[0]
    assert fault_of(f"{key[:at]}{'q' if key[at] != 'q' else 'p'}{key[at + 1 :]}") != ""


def test_two_characters_in_each_other_s_place_are_noticed() -> None:
    key = KEYS[0]
    assert "wrong or missing" in fault_of(f"{key[:10]}{key[11]}{key[10]}{key[12:]}")


@pytest.mark.parametrize("text", ["", "age1", KEYS[0].upper(), f"{KEYS[0]}q", f" {KEYS[0]}", KEYS[0].replace("p", "b")])
def test_what_is_no_key_is_told_from_one(text: str) -> None:
    assert fault_of(text) != ""


def test_the_secret_half_is_recognised_so_that_its_owner_is_warned() -> None:
    assert fault_of("AGE-SECRET-KEY-1QQQQ").startswith("it is the secret half")


def test_a_fingerprint_is_half_of_the_digest_in_groups_of_four() -> None:
    assert fingerprint(KEYS[0]) == "e1d6 97fb ed09 403b 9ac0 cb24 e724 532d"


def test_four_custodians_with_a_key_each_are_what_is_asked_for() -> None:
    assert said(Sealing(custodians=FOUR)) == []


def test_three_custodians_will_do_and_a_fourth_is_advised() -> None:
    assert said(Sealing(custodians=FOUR[:3])) == [("warning", "fourth_custodian_advised", "custodians")]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_fewer_than_three_custodians_stop_publication(count: int) -> None:
    assert said(Sealing(custodians=FOUR[:count])) == [("error", "custodians_too_few", "custodians")]


def test_more_custodians_than_a_bid_is_sealed_for_are_refused() -> None:
    many = tuple(Custodian(f"{title} {n}", key) for n in range(3) for title, key in zip(TITLES, KEYS, strict=True))
    assert ("error", "custodians_too_many", "custodians") in said(Sealing(custodians=many))


def test_one_key_under_two_names_is_refused_because_its_holder_would_open_alone() -> None:
    twice = (*FOUR[:3], replace(FOUR[3], recipient=KEYS[0]))
    assert said(Sealing(custodians=twice)) == [("error", "custodian_key_twice", "custodians[3].recipient")]


def test_two_keys_under_one_name_are_refused_however_it_is_written() -> None:
    twice = (*FOUR[:3], replace(FOUR[3], title="head of  PROCUREMENT"))
    assert said(Sealing(custodians=twice)) == [("error", "custodian_title_twice", "custodians[3].title")]


def test_a_key_without_a_name_and_one_that_is_none_are_each_named() -> None:
    wrong = (*FOUR[:2], replace(FOUR[2], title=" "), replace(FOUR[3], recipient="age1"))
    assert said(Sealing(custodians=wrong)) == [
        ("error", "custodian_unnamed", "custodians[2].title"),
        ("error", "custodian_key_malformed", "custodians[3].recipient"),
    ]


def test_the_server_s_custody_is_allowed_and_said_to_be_lighter() -> None:
    assert said(Sealing("server", server_recipient=KEYS[0])) == [("warning", "server_custody", "custody")]


@pytest.mark.parametrize(("recipient", "code"), [("", "server_key_missing"), ("age1", "server_key_malformed")])
def test_the_server_s_custody_needs_the_server_s_key(recipient: str, code: str) -> None:
    assert ("error", code, "server_recipient") in said(Sealing("server", server_recipient=recipient))


def test_both_kinds_of_custody_at_once_are_refused() -> None:
    assert ("error", "custodians_beside_server_key", "custodians") in said(Sealing("server", FOUR, KEYS[0]))
    assert said(Sealing("custodians", FOUR, KEYS[0])) == [("error", "server_key_beside_custodians", "server_recipient")]


def test_wraps_name_a_custodian_by_their_place() -> None:
    sealing = Sealing(custodians=FOUR)
    assert [sealing.index_of(key) for key in (*KEYS, "age1")] == [0, 1, 2, 3, None]
    assert sealing.recipients == KEYS
    assert Sealing("server", FOUR, KEYS[1]).recipients == (KEYS[1],)
