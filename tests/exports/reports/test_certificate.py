"""The compliance certificate: every rule with its pounds, the smallest fix, and a claim that is worked out again."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pikepdf
import pytest

from exports.claims.claim import ClaimError, Difference
from exports.documents import IncompleteDocument, digests
from exports.pdf import attached
from exports.reports.certificate import ComplianceCertificate, compliance_certificate, recompute
from exports.reports.split_rows import TITLES
from lots.bid import Bid, Split
from lots.collaboration import CollaborationRules
from lots.money import Money
from scoring.tender_file import TenderFile
from tests import factories
from tests.exports.notices.letter_cases import changed, fit_file
from tests.exports.pdf_text import tags_of, words_of
from workbench.printing import html_of, print_document

EVERY_RULE = CollaborationRules(
    Decimal("70"), Decimal("70"), Decimal("10"), Decimal("20"), Decimal("10"), Decimal("10"), True, True, True
)


def file_with(rules: CollaborationRules = EVERY_RULE) -> TenderFile:
    file = fit_file()
    lots = tuple(replace(lot, collaboration=rules) for lot in file.tender.lots)
    people = tuple(replace(each, by_and_for=each.id == "rowan") for each in file.organisations)
    return replace(file, tender=replace(file.tender, lots=lots), organisations=people)


def greedy(bid: Bid) -> Bid:
    """Let the lead keep 70 % and its 5 % fee: £15,000 a year more than the cap on the harbour bid of £290,000."""
    keeps, fee = Money.pounds(203_000), Money.pounds(15_000)
    assert bid.split is not None
    paid = replace(bid.split.payments[0], amounts=(Money.pounds(72_000),) * 3)
    return replace(bid, split=Split((keeps,) * 3, (fee,) * 3, (paid,)))


def made(bid: str = "adult-harbour", file: TenderFile | None = None) -> ComplianceCertificate:
    return compliance_certificate(file or file_with(), bid)


def test_a_good_split_is_certified_rule_by_rule() -> None:
    found = made()
    assert found.compliant
    assert found.head.title == "Compliance certificate"
    assert [row.rule for row in found.rows] == list(TITLES)
    assert {row.result for row in found.rows} == {"Met"}
    lead = next(row for row in found.rows if row.rule == "lead_retention_maximum")
    assert (lead.limit, lead.actual, lead.room) == ("70 % = £203,000", "65 % = £188,500", "£14,500 left")
    assert lead.where == "the same in every year"


def test_a_broken_cap_says_by_how_much_and_the_smallest_fix() -> None:
    found = made(file=changed(file_with(), "adult-harbour", greedy))
    assert not found.compliant
    assert found.head.title == "Compliance check: rules not met"
    lead = next(row for row in found.rows if row.rule == "lead_retention_maximum")
    assert (lead.room, lead.result) == ("£15,000 over", "Not met")
    assert "£15,000" in found.breaches[0].message
    (move,) = found.changes.moves
    assert move.startswith("Move £15,000 in each year from the lead's delivery to ")
    assert found.changes.pounds == Money.pounds(45_000)


def test_one_excess_under_two_rules_is_moved_once() -> None:
    """The lead's £15,000 too much break its own cap and that of any provider: two things wrong, one change."""
    found = made(file=changed(file_with(), "adult-harbour", greedy))
    assert [it.code for it in found.breaches] == ["lead_retention_exceeded", "provider_maximum_exceeded"]
    assert len(found.changes.sentences) == 1
    assert found.changes.summary == (
        "This one move mends both things that are wrong: it is made once, not once for each rule."
    )
    capped = replace(EVERY_RULE, provider_maximum=None)
    alone = made(file=changed(file_with(capped), "adult-harbour", greedy))
    assert alone.changes.summary == ""
    assert alone.changes.moves == (
        "Move £15,000 in each year from the lead's delivery to any partner (for example Rowan Trust).",
    )


def test_what_no_move_mends_is_asked_for_beside_the_moves() -> None:
    def unsure(bid: Bid) -> Bid:
        lead, partner = greedy(bid).parties
        return replace(greedy(bid), parties=(lead, replace(partner, confirmation="unconfirmed", confirmed_on=None)))

    found = made(file=changed(file_with(), "adult-harbour", unsure))
    assert len(found.breaches) == 3
    assert found.changes.asks == ("Ask Rowan Trust to confirm its own figures.",)
    assert found.changes.summary.startswith("This one move mends 2 of the 3 things that are wrong")
    assert recompute(found.attachments[0].data) == ()


def test_a_bid_that_was_not_opened_is_not_certified() -> None:
    late = changed(file_with(), "adult-harbour", lambda bid: replace(bid, received_at=factories.DEADLINE))
    with pytest.raises(IncompleteDocument) as refused:
        made(file=late)
    assert [(it.code, it.place) for it in refused.value.findings] == [("bid_not_opened", "bids[0]")]


def test_the_tightest_year_is_named_where_the_years_differ() -> None:
    file = file_with(CollaborationRules(lead_retention_maximum=Decimal("70")))

    def uneven(bid: Bid) -> Bid:
        assert bid.split is not None
        more = (bid.split.delivery[0], Money.pounds(180_000), bid.split.delivery[2])
        less = tuple(
            price - mine - fee for price, mine, fee in zip(bid.prices, more, bid.split.management_fee, strict=True)
        )
        return replace(
            bid, split=replace(bid.split, delivery=more, payments=(replace(bid.split.payments[0], amounts=less),))
        )

    row = next(
        row for row in made(file=changed(file, "adult-harbour", uneven)).rows if row.rule == "lead_retention_maximum"
    )
    assert row.where == "tightest in year 2"
    assert row.actual == "67.07 % = £194,500"


def test_a_figure_a_hair_over_its_cap_is_never_printed_as_equal_to_it() -> None:
    file = file_with(CollaborationRules(lead_retention_maximum=Decimal("65")))

    def penny(bid: Bid) -> Bid:
        assert bid.split is not None
        delivery = tuple(it + Money(1) for it in bid.split.delivery)
        paid = replace(bid.split.payments[0], amounts=tuple(it - Money(1) for it in bid.split.payments[0].amounts))
        return replace(bid, split=replace(bid.split, delivery=delivery, payments=(paid,)))

    row = next(
        row for row in made(file=changed(file, "adult-harbour", penny)).rows if row.rule == "lead_retention_maximum"
    )
    assert row.result == "Not met"
    assert row.actual.split(" = ")[0] != "65 %"
    assert row.room == "£0.01 over"


def test_the_bar_adds_up_to_the_price() -> None:
    found = made()
    assert sum(part.amount.pence for part in found.bar) == found.price.pence
    assert [part.percent for part in found.bar] == ["60 %", "5 %", "35 %"]


def test_a_price_over_the_annual_budget_is_a_rule_not_met() -> None:
    dear = changed(
        file_with(CollaborationRules()), "adult-harbour", lambda bid: replace(bid, prices=(Money.pounds(300_001),) * 3)
    )
    found = made(file=dear)
    rows = {row.rule: row.room for row in found.rows}
    assert rows["annual_budget"] == "£1 over"
    assert rows["base_value"] == "£3 over"


def test_the_claim_gives_back_every_figure() -> None:
    for bid in factories.BIDS:
        assert recompute(made(bid).attachments[0].data) == ()
    broken = made(file=changed(file_with(), "adult-harbour", greedy))
    assert recompute(broken.attachments[0].data) == ()


def test_a_figure_changed_in_the_claim_is_found_by_its_place() -> None:
    data = made().attachments[0].data.decode()
    forged = data.replace("£14,500 left", "£94,500 left").encode()
    places = {difference.place for difference in recompute(forged)}
    rules = ("lead_retention_maximum", "provider_maximum", "management_fee_maximum")
    assert places == {f"rule.{rule}.room" for rule in rules}


def test_a_split_changed_in_the_claim_no_longer_matches() -> None:
    data = json.loads(made().attachments[0].data)
    data["bid"]["split"]["delivery"] = ["1.00"] * 3
    found = recompute(json.dumps(data).encode())
    assert Difference("result", "met", "not met") in found


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"format": "split-claim/1"}', b'{"format": "other"}'])
def test_a_claim_that_cannot_be_read_is_refused(data: bytes) -> None:
    with pytest.raises(ClaimError):
        recompute(data)


def test_the_claim_holds_no_other_tenderer_and_no_address() -> None:
    text = made().attachments[0].data.decode()
    for stranger in ("quayside", "beacon", "office@", "Quay Road"):
        assert stranger not in text.casefold()


def test_it_needs_no_award_decision() -> None:
    assert made(file=replace(file_with(), award=None)).head.number == "OPCC-2024-017/adult/C40"


def test_it_bears_the_fingerprint_of_the_rules_and_of_nothing_that_came_later() -> None:
    file = file_with()
    assert file.award is not None
    later = replace(file, award=replace(file.award, title="Another title"))
    assert print_document(made(file=later)) == print_document(made(file=file))
    assert digests(file)[0] in html_of(made())
    assert not any(whole in html_of(made()) for whole in (digests(file)[1], "whole record of this procurement"))


def test_an_unknown_bid_is_no_bid() -> None:
    with pytest.raises(KeyError):
        made("adult-nobody")


def test_a_nameless_partner_is_refused_by_its_place() -> None:
    file = file_with()
    people = tuple(replace(each, name=" ") if each.id == "rowan" else each for each in file.organisations)
    with pytest.raises(IncompleteDocument) as refused:
        made(file=replace(file, organisations=people))
    assert [finding.place for finding in refused.value.findings] == ["bids[0].parties[1].organisation"]


@pytest.fixture(scope="module")
def printed() -> bytes:
    return print_document(made(file=changed(file_with(), "adult-harbour", greedy)))


def test_it_prints_the_same_bytes_twice(printed: bytes) -> None:
    assert print_document(made(file=changed(file_with(), "adult-harbour", greedy))) == printed


def test_in_print_the_result_stands_in_words_with_the_fix(printed: bytes) -> None:
    text = words_of(printed)
    assert "Not met" in text
    assert "For the addressee only" in text
    assert "Smallest change. Move £15,000 in each year" in text
    assert "The figures you submitted" in text
    assert "excluding VAT" in text


def test_in_print_every_table_is_headed_and_the_bar_read_out(printed: bytes) -> None:
    tags = tags_of(printed)
    assert all(about["scope"] for kind, about in tags if kind == "/TH")
    alts = [about["alt"] for kind, about in tags if kind == "/Figure"]
    assert alts == [
        "The price as one bar: The lead, without its fee 70 %, Its management fee 5.17 %, "
        "Partners and sub-contractors 24.83 %"
    ]
    with pikepdf.open(io.BytesIO(printed)) as read:
        assert str(read.Root.Lang) == "en-GB"


def test_the_claim_in_the_pdf_is_the_claim_of_the_value(printed: bytes) -> None:
    assert recompute(attached(printed, "claim.json")) == ()


def test_markup_in_a_name_is_printed_as_typed() -> None:
    file = file_with()
    people = tuple(
        replace(each, name="<b>Bold</b> Trust") if each.id == "rowan" else each for each in file.organisations
    )
    html = html_of(made(file=replace(file, organisations=people)))
    assert "&lt;b&gt;Bold&lt;/b&gt; Trust" in html
    assert "<b>Bold</b> Trust" not in html


def test_a_bid_without_a_split_says_what_is_missing() -> None:
    def bare(bid: Bid) -> Any:
        return replace(bid, split=None)

    found = made(file=changed(file_with(), "adult-harbour", bare))
    assert [breach.code for breach in found.breaches] == ["split_missing"]
    assert found.changes.sentences == ("Add the split of the price between the lead and its partners.",)
    assert found.bar == ()
