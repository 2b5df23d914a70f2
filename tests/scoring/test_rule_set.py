"""The rule set: what publication freezes out of a whole tender file, and what it leaves behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from lots.governance import StandardCheck
from lots.lot import Uplift
from lots.money import Money
from lots.tender import Clarification, Deliverable, Milestone
from scoring.rule_set import rule_set
from tests import factories

DAY = date(2024, 9, 2)


def test_people_bids_scores_and_decisions_are_left_out() -> None:
    file = factories.tender_file(award=factories.award())
    rules = rule_set(file)
    assert rules == replace(
        rules, organisations=(), bids=(), panel=(), declarations=(), score_sheets=(), agreed_scores=(), award=None
    )
    assert (rules.scales, rules.methodologies, rules.lot_limit) == (file.scales, file.methodologies, file.lot_limit)


def test_what_happens_after_publication_changes_nothing() -> None:
    file = factories.tender_file()
    first = file.tender.lots[0]
    uplift = Uplift("u1", DAY, Money.pounds(10), "moj", "A decision", "72_1_a")
    later = replace(
        file.tender,
        lots=(replace(first, uplifts=(uplift,)), *file.tender.lots[1:]),
        timetable=(Milestone("Opening", DAY, DAY),),
        clarifications=(Clarification(1, DAY, "Why?", DAY, "Because."),),
        deliverables=(Deliverable("Needs assessment", DAY),),
        standards=(StandardCheck("needs", True),),
        conflicts_assessed_on=DAY,
    )
    planned = replace(file.tender, timetable=(Milestone("Opening", DAY),))
    assert rule_set(replace(file, tender=later)) == rule_set(replace(file, tender=planned))


def test_the_rule_set_of_a_rule_set_is_itself() -> None:
    rules = rule_set(factories.tender_file(award=factories.award()))
    assert rule_set(rules) == rules
