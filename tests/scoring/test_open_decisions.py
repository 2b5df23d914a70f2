"""What is left to decide about an opened bid, and which reasons say something."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lots.bid import Bid
from lots.money import Money
from scoring.open_decisions import OpenDecision, open_decisions, reason_fault
from scoring.tender_file import TenderFile
from tests import factories


def about(bid: Bid, file: TenderFile | None = None) -> dict[str, OpenDecision]:
    return {each.concerning: each for each in open_decisions(file or factories.tender_file(), bid)}


def asking(file: TenderFile, **rules: object) -> TenderFile:
    lots = tuple(
        replace(lot, collaboration=replace(lot.collaboration, **rules))  # type: ignore[arg-type]
        for lot in file.tender.lots
    )
    return replace(file, tender=replace(file.tender, lots=lots))


def broken_split() -> Bid:
    bid = factories.bid("adult-harbour")
    assert bid.split
    return replace(bid, split=replace(bid.split, delivery=tuple(it + Money(1) for it in bid.split.delivery)))


def test_about_a_bid_in_order_only_what_the_tenderer_says_of_itself_is_left_to_check() -> None:
    found = about(factories.bid("adult-harbour"))
    assert [(it.concerning, it.may_admit, it.due) for it in found.values()] == [("admission", True, False)]


def test_a_broken_split_waits_for_a_decision_where_the_rules_ask_for_a_clarification() -> None:
    found = about(broken_split(), asking(factories.tender_file(), consequence="clarify"))["split"]
    assert (found.may_admit, found.due, [it.code for it in found.findings]) == (True, True, ["shares_do_not_add_up"])


def test_a_broken_split_leaves_no_decision_where_the_rules_reject_it() -> None:
    found = about(broken_split(), asking(factories.tender_file(), consequence="reject"))["split"]
    assert (found.may_admit, found.due) == (False, False)


def test_a_failed_mandatory_requirement_can_be_recorded_and_not_lifted() -> None:
    bid = factories.bid("adult-harbour")
    failed = replace(bid, responses=tuple(replace(it, met=False, note="No cover") for it in bid.responses))
    found = about(failed)["admission"]
    assert (found.may_admit, {it.code for it in found.findings}) == (False, {"requirement_not_met"})


def test_a_price_over_the_ceiling_is_to_be_decided_as_the_methodology_says() -> None:
    file = factories.tender_file()
    dear = replace(factories.bid("adult-harbour"), prices=(Money(10**9),) * 3, split=None)
    for consequence in ("clarify", "reject"):
        methods = tuple(replace(it, over_ceiling=consequence) for it in file.methodologies)
        found = about(dear, replace(file, methodologies=methods))["ceiling"]
        assert found.may_admit == (consequence == "clarify")


def test_while_prices_are_shut_nothing_is_said_about_them() -> None:
    assert set(about(replace(broken_split(), prices=(), split=None))) == {"admission"}


@pytest.mark.parametrize(
    "reason", ["", "  ", "ok", "OK.", "...", "n/a", "fine fine fine fine fine", "12345", "not met"]
)
def test_a_reason_that_says_nothing_is_refused(reason: str) -> None:
    assert reason_fault(reason) != ""


def test_a_reason_in_a_sentence_is_taken() -> None:
    assert reason_fault("The insurance certificate is dated 2022 and was not renewed.") == ""
