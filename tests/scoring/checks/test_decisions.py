"""Decisions along the way: who was let in or kept out, what was asked about a low price, and whom letters go to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Literal

import pytest

from lots.collaboration import CollaborationRules, Consequence
from lots.errors import Finding
from lots.regime import Regime
from scoring.checks.file import check
from scoring.decision import AdmissionDecision, EnquiryOutcome, LetterText
from scoring.tender_file import TenderFile
from tests import factories as a

DECISION = AdmissionDecision(
    "adult-harbour", "admit", "split", "The partner confirmed.", date(2024, 10, 1), "A. Officer"
)


def codes(file: TenderFile) -> list[tuple[str, str]]:
    """Check a file and give (place, code) of every finding."""
    return [(finding.place, finding.code) for finding in check(file)]


def decided(
    *decisions: AdmissionDecision, split: Consequence = "clarify", ceiling: Consequence = "clarify", **changes: Any
) -> tuple[Finding, ...]:
    """Check a file with these decisions, where the adult lot publishes these consequences."""
    lots = (a.lot("adult", collaboration=CollaborationRules(consequence=split)), a.lot("children"))
    methodologies = (a.methodology("adult", over_ceiling=ceiling), a.methodology("children"))
    file = a.tender_file(admissions=decisions, tender=a.tender(lots=lots), methodologies=methodologies)
    return check(replace(file, **changes))


# ------------------------------------------------------------------------------------------------------- admissions


def test_admissions_concern_bids_and_steps_and_have_reasons() -> None:
    assert decided(DECISION) == ()
    assert [str(it) for it in decided(replace(DECISION, bid="adult-harbor", concerning="splits", reason=" "))] == [
        "admissions[0].bid: There is no bid “adult-harbor”: name one of adult-harbour, adult-quayside, adult-beacon, "
        "children-harbour, children-beacon",
        "admissions[0].concerning: At the step “splits” there is no decision to make: name one of admission, ceiling, "
        "split",
        "admissions[0].reason: The decision about bid “adult-harbor” has no reason: the tenderer may ask for it",
    ]


@pytest.mark.parametrize("step", ["gate", "abnormally_low"])
@pytest.mark.parametrize("decision", ["admit", "exclude"])
def test_minimum_scores_and_low_prices_are_not_decided_at_admission(
    step: str, decision: Literal["admit", "exclude"]
) -> None:
    (found,) = decided(replace(DECISION, concerning=step, decision=decision))
    assert (found.place, found.code, found.severity) == ("admissions[0].concerning", "admission_step", "error")


@pytest.mark.parametrize(
    ("step", "split", "ceiling", "broken"),
    [
        ("split", "clarify", "reject", ""),
        ("split", "reject", "clarify", "collaboration rules"),
        ("ceiling", "reject", "clarify", ""),
        ("ceiling", "clarify", "reject", "price ceilings"),
    ],
)
def test_a_published_rejection_cannot_be_lifted(
    step: str, split: Consequence, ceiling: Consequence, broken: str
) -> None:
    found = decided(replace(DECISION, concerning=step), split=split, ceiling=ceiling)
    assert [str(it) for it in found] == (
        [
            "admissions[0].decision: Bid “adult-harbour” cannot be admitted. For a bid that breaks the "
            f"{broken} the published consequence is rejection and cannot be lifted: take the decision out"
        ]
        if broken
        else []
    )
    assert decided(replace(DECISION, concerning=step, decision="exclude"), split=split, ceiling=ceiling) == ()


def test_a_late_bid_cannot_be_let_in() -> None:
    admit = replace(DECISION, concerning="admission")
    assert decided(admit) == ()
    late = replace(a.bid("adult-harbour"), received_at=a.DEADLINE)
    (found,) = decided(admit, bids=(late, *a.tender_file().bids[1:]))
    assert (found.place, found.code) == ("admissions[0].decision", "admission_cannot_be_lifted")
    assert found.message == (
        "Bid “adult-harbour” cannot be admitted. The bid arrived on 27 September 2024 at 12:00:00; it had to arrive "
        "before 12:00 on 27 September 2024. The published rules leave no choice about that: take the decision out"
    )


def test_a_decision_about_a_bid_for_no_lot_or_without_methodology_is_no_crash() -> None:
    stray = replace(a.bid("adult-harbour"), lot="kids")
    found = decided(DECISION, split="reject", bids=(stray, *a.tender_file().bids[1:]))
    assert "admission_cannot_be_lifted" not in [it.code for it in found]
    found = decided(replace(DECISION, concerning="ceiling"), methodologies=(a.methodology("children"),))
    assert [it.code for it in found] == ["methodology_missing"]


def test_a_step_is_decided_once_for_each_bid() -> None:
    other = replace(DECISION, concerning="ceiling")
    found = decided(DECISION, other, replace(DECISION, bid="adult-beacon"), replace(DECISION, decision="exclude"))
    assert [(it.severity, str(it)) for it in found] == [
        (
            "error",
            "admissions[3]: Bid “adult-harbour” has two decisions concerning split (first at admissions[0]): keep the "
            "one that holds",
        )
    ]


# -------------------------------------------------------------------------------------------------------- enquiries

ASKED, REPLIED, DECIDED = date(2024, 10, 2), date(2024, 10, 7), date(2024, 10, 9)
ONE = timedelta(days=1)
ENQUIRY = EnquiryOutcome(
    "adult-beacon", ASKED, "Why so low?", REPLIED, "Volunteers.", "explained", "Believed.", DECIDED, "A. Officer"
)


def asked(**changes: Any) -> list[tuple[str, str]]:
    """Check a file with one enquiry, changed; places without its own."""
    file = a.tender_file(enquiries=(replace(ENQUIRY, **changes),))
    return [(place.removeprefix("enquiries[0]."), code) for place, code in codes(file)]


def test_an_enquiry_is_about_one_bid_and_ends_with_a_reason() -> None:
    second = replace(ENQUIRY, reason=" ")
    assert codes(a.tender_file(enquiries=(ENQUIRY, second, replace(ENQUIRY, bid="none")))) == [
        ("enquiries[1]", "enquiry_repeated"),
        ("enquiries[1].reason", "enquiry_reason_missing"),
        ("enquiries[2].bid", "enquiry_bid"),
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"replied_on": ASKED, "decided_on": ASKED}, []),
        ({"replied_on": ASKED - ONE}, [("replied_on", "reply_before_question")]),
        ({"decided_on": REPLIED - ONE}, [("decided_on", "decision_before_reply")]),
        ({"decided_on": ASKED - ONE}, [("decided_on", "decision_before_question")]),
        ({"decided_on": ASKED - ONE, "replied_on": None}, [("decided_on", "decision_before_question")]),
    ],
)
def test_the_question_comes_before_the_reply_and_the_reply_before_the_decision(
    changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert asked(**changes) == expected


@pytest.mark.parametrize(
    ("regime", "law"),
    [
        (Regime.PCR2015_LIGHT_TOUCH, " (PCR 2015 reg 69)"),
        (Regime.PA2023_FULL, " (Procurement Act 2023 s.19)"),
        (Regime.BELOW_THRESHOLD, ""),
    ],
)
def test_the_tenderer_must_have_been_asked(regime: Regime, law: str) -> None:
    file = a.tender_file(enquiries=(replace(ENQUIRY, question=" "),), tender=a.tender(regime=regime))
    (found,) = [it for it in check(file) if it.place.startswith("enquiries")]
    assert (found.place, found.severity) == ("enquiries[0].question", "error")
    assert found.message == (
        "The enquiry about bid “adult-beacon” has no question: a low price may only be rejected, or explained, once "
        f"the tenderer was asked{law}; write down what was asked"
    )


def test_a_tenderer_that_never_replied_may_be_rejected_with_a_reason() -> None:
    silent = {"replied_on": None, "reply": "", "decision": "rejected"}
    assert asked(**silent, reason="No reply came within the ten days given.") == []
    assert asked(**silent, reason="") == [("reason", "enquiry_reason_missing")]


def test_nothing_is_explained_without_a_reply() -> None:
    (found,) = check(a.tender_file(enquiries=(replace(ENQUIRY, replied_on=None, reply=" "),)))
    assert (found.place, found.code, found.severity) == ("enquiries[0].reply", "explained_without_reply", "warning")
    assert asked(replied_on=None) == []
    assert asked(reply="") == []


# ----------------------------------------------------------------------------------------------------- the letters


def test_letters_go_to_known_bids_once() -> None:
    letters = (LetterText("adult-beacon"), LetterText("lost"), LetterText("adult-beacon"))
    assert codes(a.tender_file(award=a.award(letters=letters))) == [
        ("award.letters[1].bid", "letter_bid"),
        ("award.letters[2].bid", "letter_bid_repeated"),
    ]
