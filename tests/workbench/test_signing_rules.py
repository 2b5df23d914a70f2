"""When a contract may be signed: dates under each law, the days around each boundary, suspension, the notice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from exports.notices.standstill import Period
from lots.regime import Regime
from workbench.signing_rules import (
    Event,
    Facts,
    SigningError,
    check_event,
    refusal,
    stage_after,
    stage_signed,
    standstill,
    suspension,
    waits_for,
)

PCR, LIGHT, FULL = Regime.PCR2015_LIGHT_TOUCH, Regime.PA2023_LIGHT_TOUCH, Regime.PA2023_FULL
ONE = timedelta(days=1)
LONG_AFTER = date(2027, 1, 4)


def facts(regime: Regime, begins: date, *events: Event, voluntary: bool = False) -> Facts:
    """Release the letters on a day, and under the Act publish the notice on it too."""
    period = Period(regime, sent=begins, published=begins, voluntary=voluntary)
    notice = (Event("notice_published", begins),) if regime in (LIGHT, FULL) else ()
    return Facts(period, begins, (*notice, *events))


EARLIEST = (
    # regime, voluntary, letters or notice, earliest signature: worked examples D01-D21 and their neighbours
    (PCR, False, date(2024, 9, 24), date(2024, 10, 5)),  # the case: midnight at the end of Friday 4 October
    (PCR, False, date(2024, 9, 25), date(2024, 10, 8)),  # the tenth day is a Saturday: Monday counts
    (PCR, False, date(2024, 12, 15), date(2024, 12, 28)),  # Christmas Day and Boxing Day
    (PCR, False, date(2024, 3, 19), date(2024, 4, 3)),  # Good Friday to Easter Monday
    (PCR, False, date(2024, 8, 16), date(2024, 8, 28)),  # the summer bank holiday
    (FULL, False, date(2026, 7, 6), date(2026, 7, 17)),  # 13 July is a holiday in Northern Ireland
    (FULL, False, date(2026, 11, 23), date(2026, 12, 4)),  # St Andrew's Day
    (FULL, False, date(2025, 12, 22), date(2026, 1, 7)),  # Christmas, and 2 January in Scotland
    (LIGHT, True, date(2026, 2, 2), date(2026, 2, 12)),  # West Mercia, lot 2: standstill to 11 February 2026
    (LIGHT, False, date(2026, 2, 2), date(2026, 2, 2)),  # none is owed, and none was declared
    (Regime.BELOW_THRESHOLD, False, date(2026, 2, 2), date(2026, 2, 2)),
)


@pytest.mark.parametrize(("regime", "voluntary", "begins", "earliest"), EARLIEST)
def test_the_earliest_day_is_the_laws(regime: Regime, voluntary: bool, begins: date, earliest: date) -> None:
    found = standstill(facts(regime, begins, voluntary=voluntary))
    assert found is not None
    assert found.earliest_contract == earliest


@pytest.mark.parametrize(("regime", "voluntary", "begins", "earliest"), EARLIEST)
def test_a_contract_is_refused_the_day_before_and_taken_on_the_day(
    regime: Regime, voluntary: bool, begins: date, earliest: date
) -> None:
    known = facts(regime, begins, voluntary=voluntary)
    assert refusal(known, "adult", "Adult", earliest, earliest) == ""
    assert refusal(known, "adult", "Adult", earliest, LONG_AFTER) == ""
    assert "may not be signed before" in refusal(known, "adult", "Adult", earliest - ONE, LONG_AFTER)
    assert "may not be signed before" in refusal(known, "adult", "Adult", earliest, earliest - ONE)


def test_a_signature_on_a_day_to_come_is_not_recorded() -> None:
    known = facts(PCR, date(2024, 9, 24))
    assert "still to come" in refusal(known, "adult", "Adult", date(2024, 10, 9), date(2024, 10, 8))


def test_nothing_is_counted_before_the_letters_or_the_notice() -> None:
    period = Period(FULL, sent=date(2026, 7, 1), published=date(2026, 7, 6))
    assert "not been released" in waits_for(Facts(period))
    assert "contract award notice" in waits_for(Facts(period, date(2026, 7, 1)))
    assert standstill(Facts(period, date(2026, 7, 1))) is None


@pytest.mark.parametrize(("done", "earliest"), [(date(2026, 7, 6), date(2026, 7, 17)),
                                                (date(2026, 7, 3), date(2026, 7, 17)),
                                                (date(2026, 7, 8), date(2026, 7, 21))])  # fmt: skip
def test_what_was_done_counts_and_what_was_said_where_that_is_later(done: date, earliest: date) -> None:
    period = Period(FULL, sent=date(2026, 7, 1), published=date(2026, 7, 6))
    found = standstill(Facts(period, date(2026, 7, 1), (Event("notice_published", done),)))
    assert found is not None
    assert found.earliest_contract == earliest


# --- suspension -------------------------------------------------------------------------------------------------


def test_a_suspension_holds_until_it_is_lifted_lot_by_lot() -> None:
    day = date(2024, 10, 1)
    known = facts(PCR, date(2024, 9, 24), Event("suspended", day), Event("lifted", day + ONE, "isva"))
    assert suspension(known, "adult") == Event("suspended", day)
    assert suspension(known, "isva") is None
    assert "is not lifted yet" in refusal(known, "adult", "Adult", LONG_AFTER, LONG_AFTER)
    assert refusal(known, "isva", "ISVA", LONG_AFTER, LONG_AFTER) == ""


@pytest.mark.parametrize(
    ("known", "suspends"),
    [
        (facts(PCR, date(2024, 9, 24), Event("challenge", date(2024, 10, 4))), True),
        (facts(PCR, date(2024, 9, 24), Event("challenge", date(2024, 10, 20))), True),
        (facts(FULL, date(2026, 7, 6), Event("challenge", date(2026, 7, 16))), True),
        (facts(FULL, date(2026, 7, 6), Event("challenge", date(2026, 7, 17))), False),
        (facts(LIGHT, date(2026, 7, 6), Event("challenge", date(2026, 7, 7)), voluntary=True), True),
        (facts(LIGHT, date(2026, 7, 6), Event("challenge", date(2026, 7, 7))), False),
    ],
)
def test_a_challenge_suspends_by_itself_where_the_law_says_so(known: Facts, suspends: bool) -> None:
    assert (suspension(known, "adult") is not None) == suspends


def test_a_second_challenge_suspends_again() -> None:
    events = (Event("challenge", date(2024, 10, 1)), Event("lifted", date(2024, 10, 2)),
              Event("challenge", date(2024, 10, 3)))  # fmt: skip
    assert suspension(facts(PCR, date(2024, 9, 24), *events), "adult") == events[-1]


# --- what may be recorded ---------------------------------------------------------------------------------------

SAID = "The court issued a claim form, number 12 of 2024."
TODAY = date(2024, 10, 1)


@pytest.mark.parametrize(
    ("event", "text", "words"),
    [
        (Event("challenge", date(2024, 9, 23)), SAID, "before the letters"),
        (Event("challenge", date(2024, 10, 2)), SAID, "still to come"),
        (Event("challenge", TODAY, "moon"), SAID, "lot that is awarded"),
        (Event("challenge", TODAY), "claim", "Say in a sentence"),
        (Event("lifted", TODAY), SAID, "Nothing is suspended"),
        (Event("ended", TODAY), "", "may not be signed before"),
        (Event("started", TODAY), SAID, "Choose what happened"),
    ],
)
def test_an_event_that_cannot_be_is_refused(event: Event, text: str, words: str) -> None:
    with pytest.raises(SigningError, match=words):
        check_event(facts(PCR, date(2024, 9, 24)), event, text, ["adult"], TODAY)


def test_a_notice_is_published_once() -> None:
    known = facts(FULL, date(2026, 7, 6))
    with pytest.raises(SigningError, match="already"):
        check_event(known, Event("notice_published", date(2026, 7, 7)), "", ["adult"], date(2026, 7, 8))


def test_the_standstill_does_not_end_while_a_lot_is_suspended() -> None:
    known = facts(PCR, date(2024, 9, 24), Event("challenge", TODAY, "adult"))
    with pytest.raises(SigningError, match="challenged"):
        check_event(known, Event("ended", LONG_AFTER), "", ["adult", "isva"], LONG_AFTER)
    check_event(facts(PCR, date(2024, 9, 24)), Event("ended", LONG_AFTER), "", ["adult", "isva"], LONG_AFTER)


@pytest.mark.parametrize(
    ("regime", "kind", "stage"),
    [(PCR, "ended", "awarded"), (PCR, "notice_published", "notified"), (FULL, "notice_published", "awarded"),
     (LIGHT, "notice_published", "awarded"), (FULL, "ended", "notified"), (PCR, "challenge", "notified")],
)  # fmt: skip
def test_the_award_is_made_by_the_notice_under_the_act_and_by_the_end_of_the_standstill_else(
    regime: Regime, kind: str, stage: str
) -> None:
    known = replace(facts(regime, date(2026, 7, 6)))
    assert stage_after(known, Event(kind, date(2026, 7, 6)), "notified") == stage  # type: ignore[arg-type]


def test_the_last_signature_makes_the_contract() -> None:
    assert stage_signed(["adult"], ["adult", "isva"]) == "awarded"
    assert stage_signed(["isva", "adult"], ["adult", "isva"]) == "contract"
