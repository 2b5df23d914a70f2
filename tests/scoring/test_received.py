"""Opened bids put together into one tender file."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from lots.bid import Bid, Party, Payment, Split
from lots.money import Money
from lots.organisation import Identifier, Organisation
from lots.submission import Binding, PriceEnvelope, Submission
from scoring.received import Received, gathered, with_bids
from scoring.tender_file import LotPreference, TenderFile
from tests import factories

AT = datetime(2024, 9, 20, 9, 0, tzinfo=UTC)
MARK = (Identifier("GB-CHC", "7"),)


def received(name: str, *organisations: Organisation, hours: int = 0, lot: str = "adult") -> Received:
    """A bid whose first organisation leads and pays each of the others £10."""
    binding = Binding("tender", lot, name, 1, 1, "0" * 64)
    lead, *others = organisations
    parties = (Party(lead.id, "lead"), *(Party(each.id, "partner") for each in others))
    paid = tuple(Payment(lead.id, each.id, (Money(1_000),)) for each in others)
    price = PriceEnvelope(binding, (Money(10_000),), Split((Money(9_000),), (Money(0),), paid))
    return Received(Submission(binding, tuple(organisations), parties), price, AT + timedelta(hours=hours))


def apart(file: TenderFile) -> list[Received]:
    """Take a tender file's bids apart into what its tenderers would have sent."""
    wishes = {each.tenderer: each for each in file.lot_preferences}
    return [_sent(file, bid, wishes.get(bid.tenderer)) for bid in file.bids]


def _sent(file: TenderFile, bid: Bid, wish: LotPreference | None) -> Received:
    binding = Binding("tender", bid.lot, bid.id, 1, 1, "0" * 64)
    payments = bid.split.payments if bid.split else ()
    named = {*(it.organisation for it in bid.parties), *(it.payee for it in payments)}
    submission = Submission(
        binding, tuple(it for it in file.organisations if it.id in named), bid.parties, responses=bid.responses,
        commitments=bid.commitments, lots_preferred=wish.lots if wish else (),
        lots_at_most=wish.at_most if wish else None,
    )  # fmt: skip
    price = PriceEnvelope(binding, bid.prices, bid.split, bid.unit_prices, bid.other_costs)
    return Received(submission, price, bid.received_at)


def test_bids_taken_apart_and_put_together_again_are_the_same() -> None:
    file = factories.tender_file()
    again, findings = with_bids(file, apart(file))
    assert ({bid.id: bid for bid in again.bids}, findings) == ({bid.id: bid for bid in file.bids}, ())
    assert {it.id: it for it in again.organisations} == {it.id: it for it in file.organisations}


def test_one_organisation_named_under_two_ids_becomes_one_entry() -> None:
    lead, other = Organisation("us", "Harbour", MARK), Organisation("them", "Harbour", MARK)
    rival = Organisation("us", "Beacon")
    found = gathered([received("b1", lead), received("b2", rival, other)])
    assert [each.name for each in found.organisations] == ["Harbour", "Beacon"]
    harbour, beacon = (each.id for each in found.organisations)
    assert [party.organisation for bid in found.bids for party in bid.parties] == [harbour, beacon, harbour]


def test_payments_follow_the_ids_of_the_parties() -> None:
    found = gathered([received("b1", Organisation("us", "Harbour")),
                      received("b2", Organisation("us", "Beacon"), Organisation("p1", "Rowan"))])  # fmt: skip
    split = found.bids[1].split
    assert split is not None
    assert [(it.payer, it.payee) for it in split.payments] == [
        tuple(party.organisation for party in found.bids[1].parties)
    ]


def test_ids_that_mean_different_organisations_are_replaced_by_names() -> None:
    found = gathered([received("b1", Organisation("us", "Harbour Trust")), received("b2", Organisation("us", "Été"))])
    assert [each.id for each in found.organisations] == ["harbour_trust", "ete"]


def test_an_organisation_s_own_bid_is_believed_before_an_earlier_bid_of_others() -> None:
    other = received("b1", Organisation("lead", "Beacon"), Organisation("h", "Harbour", MARK, vcse=False))
    own = received("b2", Organisation("h", "Harbour", MARK, vcse=True), hours=1)
    found = gathered([other, own])
    assert [(each.name, each.vcse) for each in found.organisations] == [("Beacon", False), ("Harbour", True)]
    assert [(it.code, it.place, it.severity) for it in found.findings] == [
        ("organisation_told_differently", "bid b1", "warning")
    ]
    assert found.findings[0].message == (
        "“Harbour” is described differently in two bids: VCSE is yes in bid b2, which counts here, and no in bid b1"
    )


def test_what_one_bid_leaves_empty_is_filled_from_another() -> None:
    named = Organisation("h", "Harbour", MARK)
    known = replace(named, address=("1 Quay",), identifiers=(*MARK, Identifier("GB-COH", "9")))
    found = gathered([received("b1", named), received("b2", known, hours=1, lot="children")])
    assert [(each.address, len(each.identifiers)) for each in found.organisations] == [(("1 Quay",), 2)]
    assert found.findings == ()


def test_namesakes_with_different_numbers_both_stay_and_are_pointed_out() -> None:
    others = (Identifier("GB-CHC", "8"),)
    found = gathered([received("b1", Organisation("h", "Harbour", MARK)),
                      received("b2", Organisation("h", "Harbour", others))])  # fmt: skip
    assert [each.id for each in found.organisations] == ["harbour", "harbour_2"]
    assert [it.code for it in found.findings] == ["namesakes"]


def test_a_bid_whose_price_is_shut_has_no_prices() -> None:
    shut = replace(received("b1", Organisation("h", "Harbour")), price=None)
    assert [(bid.prices, bid.split) for bid in gathered([shut]).bids] == [((), None)]


def test_the_latest_word_of_a_tenderer_on_its_lots_counts() -> None:
    first = received("b1", Organisation("h", "Harbour"))
    last = received("b2", Organisation("h", "Harbour"), hours=2, lot="children")
    sent = [
        replace(last, submission=replace(last.submission, lots_preferred=("children", "adult"), lots_at_most=1)),
        replace(first, submission=replace(first.submission, lots_preferred=("adult",))),
    ]
    assert gathered(sent).preferences == (LotPreference("h", ("children", "adult"), 1),)


def test_no_bids_at_all_make_a_file_without_bids() -> None:
    file = factories.tender_file()
    again, findings = with_bids(file, [])
    assert (again.bids, again.organisations, findings) == ((), (), ())


def test_five_thousand_bids_are_put_together_in_a_few_seconds() -> None:
    sent = [
        received(f"b{at}", Organisation("us", f"Lead {at}", (Identifier("GB-CHC", str(at + 1)),)),
                 Organisation("p", f"Partner {at % 50}"))
        for at in range(5_000)
    ]  # fmt: skip
    assert len(gathered(sent).organisations) == 5_050
