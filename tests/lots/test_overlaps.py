"""Organisations in more than one bid."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction

from lots.bid import Bid, Party, Payment, Split
from lots.money import Money
from lots.organisation import Identifier, Organisation
from lots.overlaps import losers_with_the_winner, overlaps

AT = datetime(2024, 6, 1, tzinfo=UTC)
HARBOUR, ROWAN, BEACON, QUAY = (Organisation(name.casefold(), name) for name in ("Harbour", "Rowan", "Beacon", "Quay"))
ALL = (HARBOUR, ROWAN, BEACON, QUAY)


def bid(name: str, lot: str, lead: str, partner: str = "", share: int = 30) -> Bid:
    """A bid of £100 for one year of which the partner is paid a share."""
    parties = [Party(lead, "lead"), *([Party(partner, "partner")] if partner else [])]
    paid = (Payment(lead, partner, (Money(share * 100),)),) if partner else ()
    kept = Money(10_000 - (share * 100 if partner else 0))
    return Bid(name, lot, AT, (Money(10_000),), tuple(parties), Split((kept,), (Money(0),), paid))


def test_an_organisation_in_one_bid_only_is_no_overlap() -> None:
    assert overlaps([bid("b1", "adult", "harbour", "rowan")], ALL) == ()


def test_a_partner_of_two_rivals_is_seen_with_what_it_would_hold_in_each() -> None:
    found = overlaps([bid("b1", "adult", "harbour", "rowan"), bid("b2", "adult", "beacon", "rowan", 45)], ALL)
    assert [each.name for each in found] == ["Rowan"]
    assert [(it.bid, it.role, it.held, it.share) for it in found[0].appearances] == [
        ("b1", "partner", Money(3_000), Fraction(30)),
        ("b2", "partner", Money(4_500), Fraction(45)),
    ]
    assert found[0].rival_lots == ("adult",)


def test_of_rival_bids_only_the_larger_counts_towards_the_most_it_could_hold() -> None:
    bids = [
        bid("b1", "adult", "harbour", "rowan"),
        bid("b2", "adult", "beacon", "rowan", 45),
        bid("b3", "children", "rowan"),
    ]
    rowan = overlaps(bids, ALL)[0]
    assert (rowan.name, rowan.most, rowan.lots) == ("Rowan", Money(14_500), ("adult", "children"))


def test_a_lead_that_supports_a_rival_is_seen_as_both() -> None:
    found = overlaps([bid("b1", "adult", "harbour", "rowan"), bid("b2", "adult", "rowan")], ALL)
    assert [(each.name, each.leads, each.rival_lots) for each in found] == [("Rowan", ("b2",), ("adult",))]


def test_companies_of_one_group_count_as_one_and_the_tie_is_named() -> None:
    members = (replace(ROWAN, group="Rowan Group"), replace(QUAY, group="rowan group"), HARBOUR, BEACON)
    found = overlaps([bid("b1", "adult", "harbour", "rowan"), bid("b2", "adult", "beacon", "quay")], members)
    assert [(each.name, each.ties) for each in found] == [("Rowan and Quay", ("group",))]


def test_two_entries_with_one_registration_count_as_one() -> None:
    mark = (Identifier("GB-CHC", "7"),)
    members = (replace(ROWAN, identifiers=mark), replace(QUAY, identifiers=mark), HARBOUR, BEACON)
    found = overlaps([bid("b1", "adult", "harbour", "rowan"), bid("b2", "adult", "beacon", "quay")], members)
    assert [(each.organisations, each.ties) for each in found] == [(("rowan", "quay"), ("registration",))]


def test_while_prices_are_shut_an_overlap_is_seen_without_money() -> None:
    bids = [replace(bid(name, "adult", lead, "rowan"), prices=(), split=None)
            for name, lead in (("b1", "harbour"), ("b2", "beacon"))]  # fmt: skip
    rowan = overlaps(bids, ALL)[0]
    assert (rowan.most, {it.held for it in rowan.appearances}) == (None, {None})


def test_a_bid_without_a_split_is_held_by_its_lead() -> None:
    bids = [replace(bid("b1", "adult", "harbour", "rowan"), split=None), bid("b2", "children", "harbour")]
    harbour = overlaps(bids, ALL)[0]
    assert harbour.most == Money(20_000)


def test_a_losing_lead_that_is_to_work_for_the_winner_is_named() -> None:
    bids = [bid("b1", "adult", "harbour", "rowan"), bid("b2", "adult", "rowan"), bid("b3", "adult", "beacon", "quay")]
    assert [each.organisation for each in losers_with_the_winner("b1", bids, ALL)] == ["rowan"]
    assert losers_with_the_winner("b3", bids, ALL) == ()


def test_a_lead_of_another_lot_is_no_loser_of_this_one() -> None:
    bids = [bid("b1", "adult", "harbour", "rowan"), bid("b2", "children", "rowan")]
    assert losers_with_the_winner("b1", bids, ALL) == ()
