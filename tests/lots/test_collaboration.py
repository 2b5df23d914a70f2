"""The collaboration rules themselves, before anybody bids under them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lots.collaboration import CollaborationRules, CollaborationRulesError, require_sound, rules_findings


def said(rules: CollaborationRules) -> list[tuple[str, str]]:
    return [(found.severity, found.message) for found in rules_findings(rules, "lots[1].collaboration")]


@pytest.mark.parametrize("cap", ["0", "-5", "101", "100.01", "NaN", "Infinity"])
def test_a_cap_that_is_no_percentage_is_refused(cap: str) -> None:
    rules = CollaborationRules(management_fee_maximum=Decimal(cap))
    (found,) = rules_findings(rules, "lots[1].collaboration")
    assert (found.code, found.place) == ("cap_out_of_range", "lots[1].collaboration.management_fee_maximum")
    assert found.message == (
        f"The cap on the management fee is {cap}: a cap must be more than 0 and at most 100 per cent of the price."
    )
    with pytest.raises(CollaborationRulesError):
        require_sound(rules)


@pytest.mark.parametrize("minimum", ["-1", "100", "NaN"])
def test_a_minimum_that_is_no_percentage_is_refused(minimum: str) -> None:
    assert [found.code for found in rules_findings(CollaborationRules(vcse_minimum=Decimal(minimum)))] == [
        "minimum_out_of_range"
    ]


@pytest.mark.parametrize(("cap", "minimum"), [("100", "0"), ("0.01", "99.99")])
def test_the_ends_of_the_range_are_allowed(cap: str, minimum: str) -> None:
    rules = CollaborationRules(management_fee_maximum=Decimal(cap), vcse_minimum=Decimal(minimum))
    assert all(found.severity == "warning" for found in rules_findings(rules))
    require_sound(rules)


def test_rules_that_fit_together_need_no_word() -> None:
    rules = CollaborationRules(
        lead_retention_maximum=Decimal("60"),
        provider_maximum=Decimal("60"),
        management_fee_maximum=Decimal("6"),
        by_and_for_minimum=Decimal("10"),
    )
    assert said(rules) == []


def test_a_cap_that_other_rules_keep_from_being_reached_is_a_warning() -> None:
    rules = CollaborationRules(
        lead_retention_maximum=Decimal("60"), management_fee_maximum=Decimal("25"), vcse_minimum=Decimal("80")
    )
    assert said(rules) == [
        (
            "warning",
            "The cap on what the lead keeps is 60 %, but the other rules leave the lead at most 20 %: "
            "publish one figure.",
        ),
        (
            "warning",
            "The cap on the management fee is 25 %, but the other rules leave the lead at most 20 %: "
            "publish one figure.",
        ),
    ]


def test_a_fee_cap_above_the_leads_own_cap_is_a_warning() -> None:
    rules = CollaborationRules(lead_retention_maximum=Decimal("10"), management_fee_maximum=Decimal("12.5"))
    assert [found.code for found in rules_findings(rules)] == ["cap_never_reached"]


def test_a_lead_that_may_keep_more_than_eighty_is_a_question_of_policy() -> None:
    assert said(CollaborationRules(lead_retention_maximum=Decimal("80"))) == []
    assert said(CollaborationRules(lead_retention_maximum=Decimal("85"))) == [
        ("warning", "The lead may keep 85 %: partners share no more than 15 %. Check that this is the policy.")
    ]


def test_a_low_provider_cap_says_how_many_partners_it_takes() -> None:
    rules = CollaborationRules(
        lead_retention_maximum=Decimal("30"), provider_maximum=Decimal("30"), vcse_minimum=Decimal("31")
    )
    assert said(rules) == [
        (
            "note",
            "At least 3 partners are needed: they must hold 70 % between them and none may hold more than 30 %.",
        ),
        (
            "note",
            "At least 2 VCSE partners are needed: they must hold 31 % between them and none may hold more than 30 %.",
        ),
    ]
