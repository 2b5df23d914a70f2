"""Award releases: valid by the schemas, adding up to the penny, and silent where the public has nothing to know."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from exports import tender_file
from exports.ocds.awards import AWARD_EXTENSIONS, AwardFacts, award_release, released_on
from exports.ocds.numbers import to_json
from exports.ocds.release import ReleaseDocument, release_package
from lots.money import Money
from lots.organisation import Identifier
from lots.regime import Regime
from lots.thresholds import VatBasis
from scoring.decision import EnquiryOutcome, WithheldItem
from scoring.recommendation import Evaluation, evaluate
from scoring.tender_file import TenderFile
from tests import factories
from tests.exports.ocds.schemas import package_validator, problems

DEMO = Path(__file__).resolve().parents[3] / "workbench" / "demo" / "avon_and_somerset.json"
AT = datetime(2024, 5, 15, 8, 0, tzinfo=UTC)
LATER = datetime(2024, 10, 24, 14, 30, tzinfo=UTC)
FACTS = AwardFacts("ocds-000000-as-vs-2025", AT, LATER)
SIGNED = replace(FACTS, signed={"adult": date(2024, 11, 14)}, number=2)


@cache
def demo() -> Evaluation:
    file, _ = tender_file.read(DEMO.read_bytes())
    assert file is not None
    return evaluate(file)


def small(*names: str, **changes: Any) -> TenderFile:
    """The small case, decided and sent."""
    award = factories.award(decided_on=date(2024, 10, 22), notices_sent=date(2024, 10, 23))
    return factories.tender_file(names or tuple(factories.BIDS), **{"award": award, **changes})


def made(
    evaluation: Evaluation | None = None, facts: AwardFacts = FACTS, *, restricted: bool = False
) -> dict[str, Any]:
    """Make a release and read it back as everybody else would, with exact numbers."""
    found = json.loads(to_json(award_release(evaluation or demo(), facts, restricted=restricted)), parse_float=Decimal)
    assert isinstance(found, dict)
    return found


def withheld(*topics: str) -> Evaluation:
    items = tuple(WithheldItem(topic, "Regulation 86(6)", "Somebody inside") for topic in topics)
    award = demo().file.award
    assert award is not None
    return evaluate(replace(demo().file, award=replace(award, withheld=items)))


@cache
def every_kind() -> tuple[Evaluation, ...]:
    """Evaluations that between them use every branch: regimes, VAT, waiting and empty lots, twins, no decision."""
    twin = (Identifier("GB-COH", "1"),)
    twins = [replace(it, identifiers=twin, sme=True, address=("1 Quay",)) for it in small().organisations]
    gross = replace(small().tender, vat=VatBasis.INCLUSIVE)
    gone = replace(factories.bid("children-beacon"), withdrawn_at=datetime(2024, 9, 26, 16, 0, tzinfo=UTC))
    enquiry = EnquiryOutcome(
        "adult-beacon", date(2024, 10, 1), "Why?", None, "", "rejected", "No reply", date(2024, 10, 9), "Officer"
    )
    some = small("adult-harbour", "adult-quayside")
    files = [
        small(tender=gross, organisations=tuple(twins)),
        small(agreed_scores=factories.tender_file().agreed_scores[:-1]),
        factories.tender_file(("adult-harbour", "adult-beacon"), enquiries=(enquiry,)),
        replace(some, bids=(*some.bids, gone)),
        *(small(tender=replace(small().tender, regime=regime)) for regime in Regime),
    ]
    return (demo(), *map(evaluate, files))


BUILDS = [(at, facts, restricted) for at in range(10) for facts in (FACTS, SIGNED) for restricted in (False, True)]


def test_every_kind_is_there() -> None:
    assert len(every_kind()) == 10


@pytest.mark.parametrize(("at", "facts", "restricted"), BUILDS)
def test_a_release_is_valid_by_the_published_schemas(at: int, facts: AwardFacts, restricted: bool) -> None:
    assert problems(made(every_kind()[at], facts, restricted=restricted)) == []


def test_the_schemas_would_notice_a_mistake() -> None:
    release = made(restricted=True)
    release["awards"][0]["status"] = "won"
    release["bids"]["details"][0]["status"] = "lost"
    release["awards"][0]["subcontracting"]["maximumPercentage"] = Decimal("1.2")
    del release["bids"]["statistics"][0]["measure"]
    assert len(problems(release)) == 4


def test_a_package_with_the_award_is_valid() -> None:
    told = {"uri": "urn:x", "published_at": LATER, "publisher": "PCC", "extensions": AWARD_EXTENSIONS}
    package = json.loads(to_json(release_package([award_release(demo(), FACTS)], **told)))  # type: ignore[arg-type]
    assert [error.message for error in package_validator().iter_errors(package)] == []


@pytest.mark.parametrize("restricted", [False, True])
def test_the_same_evaluation_gives_the_same_bytes(restricted: bool) -> None:
    one, other = (to_json(award_release(evaluate(demo().file), FACTS, restricted=restricted)) for _ in "ab")
    assert one == other


# --- it adds up -------------------------------------------------------------------------------------------------


def awards_and_bids(release: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from release["awards"]
    yield from release["bids"].get("details", ())


def amount(value: dict[str, Any]) -> Decimal:
    return Decimal(value["amount"] if "amount" in value else value["amountGross"])


@pytest.mark.parametrize("at", range(10))
def test_the_shares_add_up_to_the_price_to_the_penny(at: int) -> None:
    for each in awards_and_bids(made(every_kind()[at], restricted=True)):
        if shares := each.get("x_collaboration", {}).get("shares"):
            assert sum(amount(share["value"]) for share in shares) == amount(each["value"])
            assert [sum(map(amount, share["byYear"])) for share in shares] == [amount(it["value"]) for it in shares]
            assert abs(sum((Decimal(share["percentage"]) for share in shares), Decimal(-1))) < Decimal("0.00001")


@pytest.mark.parametrize("at", range(10))
def test_what_is_sub_contracted_is_what_the_others_hold(at: int) -> None:
    for each in awards_and_bids(made(every_kind()[at], restricted=True)):
        if value := each.get("subcontracting", {}).get("value"):
            others = [it for it in each["x_collaboration"]["shares"] if it["role"] != "lead"]
            assert amount(value) == sum(amount(it["value"]) for it in others)


def references(value: Any) -> Iterator[str]:
    """Find the id of every organisation that is referred to."""
    if isinstance(value, dict):
        for key, item in value.items():
            named = key in ("suppliers", "tenderers", "mainContractors", "party", "subcontractor", "relatedTenderer")
            here = item if isinstance(item, list) else [item]
            yield from (it["id"] for it in here if named)
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


@pytest.mark.parametrize(("at", "facts", "restricted"), BUILDS)
def test_whatever_is_referred_to_is_there_once(at: int, facts: AwardFacts, restricted: bool) -> None:
    release = made(every_kind()[at], facts, restricted=restricted)
    parties = [party["id"] for party in release["parties"]]
    lots, items = ({it["id"] for it in release["tender"][name]} for name in ("lots", "items"))
    bids = {bid["id"] for bid in release["bids"].get("details", ())}
    awards = [award["id"] for award in release["awards"]]
    related = [it for award in release["awards"] for it in award["relatedLots"]]
    assert len(set(parties)) == len(parties)
    assert set(references(release)) <= set(parties)
    assert {it["id"] for award in release["awards"] for it in award["items"]} <= items
    assert {*related, *(it["relatedLot"] for it in release["bids"]["statistics"])} <= lots
    assert {bid for award in release["awards"] for bid in award.get("relatedBids", ())} <= bids
    assert {it["awardID"] for it in release.get("contracts", ())} <= set(awards)


@pytest.mark.parametrize("at", range(10))
def test_the_counts_are_those_of_the_bids(at: int) -> None:
    release = made(every_kind()[at], restricted=True)
    counted = {(it["measure"], it["relatedLot"]): it["value"] for it in release["bids"]["statistics"]}
    for lot in {lot for _, lot in counted}:
        bids = [it for it in release["bids"]["details"] if it["relatedLots"] == [lot]]
        out = [it for it in bids if it["status"] == "disqualified"]
        gone = [it for it in bids if it["status"] == "withdrawn"]
        assert counted["bids", lot] == len(bids)
        assert counted["disqualifiedBids", lot] == len(out)
        assert counted["validBids", lot] == len(bids) - len(out) - len(gone)


def test_marks_and_price_marks_add_up_to_the_total() -> None:
    for bid in made(restricted=True)["bids"]["details"]:
        given = bid.get("x_assessment", {})
        if "total" in given:
            whole = sum(Decimal(it["marks"]) for it in given["criteria"]) + Decimal(given["priceMarks"])
            assert abs(whole - Decimal(given["total"])) <= Decimal("0.005") * (len(given["criteria"]) + 2)


# --- what it says -----------------------------------------------------------------------------------------------


def test_each_lot_has_its_award_and_says_what_became_of_it() -> None:
    waiting, empty = (made(every_kind()[at]) for at in (2, 3))
    assert [(it["id"], it["status"]) for it in waiting["tender"]["lots"]] == [
        ("adult", "complete"),
        ("children", "active"),
    ]
    assert [it["id"] for it in waiting["awards"]] == ["award-adult"]
    assert (empty["tender"]["status"], [(it["status"], "suppliers" in it) for it in empty["awards"]]) == (
        "complete",
        [("pending", True), ("unsuccessful", False)],
    )


def test_an_award_is_pending_until_its_contract_is_signed() -> None:
    before, after = made(), made(facts=SIGNED)
    assert (before["tag"], after["tag"], "contracts" in before) == (["award"], ["contract"], False)
    assert {it["id"]: it["status"] for it in after["awards"]} == {
        it["id"]: "active" if it["id"] == "award-adult" else "pending" for it in before["awards"]
    }
    (contract,) = after["contracts"]
    (award,) = [it for it in after["awards"] if it["id"] == "award-adult"]
    assert (contract["awardID"], contract["dateSigned"], contract["value"], contract["period"]) == (
        "award-adult",
        "2024-11-14T00:00:00+00:00",
        award["value"],
        award["contractPeriod"],
    )


def test_the_day_the_summaries_were_sent_and_the_standstill_are_told_in_the_words_of_the_regime() -> None:
    award = factories.award(
        decided_on=date(2026, 1, 20), notices_sent=date(2026, 1, 30), notice_published=date(2026, 2, 2)
    )
    acts = evaluate(small(tender=replace(small().tender, regime=Regime.PA2023_FULL), award=award))
    found = made(acts)["awards"][0]
    assert (found["assessmentSummariesDateSent"], found["standstillPeriod"]["endDate"][:10]) == (
        "2026-01-30T00:00:00+00:00",
        "2026-02-11",
    )
    old = made()["awards"][0]
    assert "assessmentSummariesDateSent" not in old
    assert old["x_standstillLettersDateSent"] == "2024-09-24T00:00:00+01:00"


def test_the_block_of_an_award_is_that_of_its_lot_with_who_holds_what() -> None:
    release = made()
    for award in release["awards"]:
        (lot,) = [it for it in release["tender"]["lots"] if [it["id"]] == award["relatedLots"]]
        block = dict(award["x_collaboration"])
        assert [name for name in ("shares", "managementFee", "managementFeePercentage") if not block.pop(name)] == []
        assert block == lot["x_collaboration"]


def test_documents_of_the_award_are_listed_with_it() -> None:
    paper = ReleaseDocument("decision", "Decision record", "https://pcc.example/d.pdf", LATER, "awardNotice")
    release = made(facts=replace(FACTS, award_documents=(paper,)))
    assert [it["documents"][0]["documentType"] for it in release["awards"]] == ["awardNotice"] * len(release["awards"])


def test_an_award_is_released_on_the_day_it_was_made_known() -> None:
    assert str(released_on(demo())) == "2024-09-24 00:00:00+01:00"
    assert released_on(evaluate(factories.tender_file())) is None


# --- what it keeps back -----------------------------------------------------------------------------------------


def words_of(file: TenderFile, won: set[str]) -> dict[str, str]:
    """Collect what only insiders may read: names, prices, words and reasons; whatever a winner's own is left out."""
    named = {party.organisation for bid in file.bids if bid.id in won for party in bid.parties}
    found = {f"name {it.id}": it.name for it in file.organisations if it.id not in named}
    found |= {f"address {it.id}": it.email for it in file.organisations if it.email and it.id not in named}
    found |= {f"member {it.id}": it.name for it in file.panel}
    found |= {f"reason {at}": it.reason for at, it in enumerate(file.agreed_scores)}
    found |= {f"strength {at}": it.scores[0].strengths for at, it in enumerate(file.score_sheets)}
    return found | {f"price {bid.id}": bid.price.plain() for bid in file.bids if bid.id not in won}


def test_the_public_build_names_nobody_who_lost_and_nobody_of_the_panel() -> None:
    won = {it.winner.bid.id for it in demo().recommendations if it.winner}
    secret = words_of(demo().file, won)
    public, inside = (to_json(award_release(demo(), SIGNED, restricted=it)).decode() for it in (False, True))
    assert [what for what, text in secret.items() if text and text in public] == []
    kinds = {
        what.split()[0]
        for what, text in secret.items()
        if text and json.dumps(text, ensure_ascii=False)[1:-1] in inside
    }
    assert kinds >= {"name", "member", "reason"}


def test_the_public_build_has_counts_and_no_bid() -> None:
    release = made()
    assert list(release["bids"]) == ["statistics"]
    assert {it["measure"] for it in release["bids"]["statistics"]}.isdisjoint(
        {"lowestValidBidValue", "highestValidBidValue"}
    )
    assert [key for key in release if key.startswith("x_")] == []
    assert [award for award in release["awards"] if "relatedBids" in award or "x_reasons" in award] == []


def test_a_withheld_price_is_nowhere_in_the_public_build() -> None:
    evaluation = withheld("The price of the successful tender")
    release, whole = made(evaluation, SIGNED), made(evaluation, SIGNED, restricted=True)
    prices = {it.winner.bid.price for it in evaluation.recommendations if it.winner}
    told = to_json(award_release(evaluation, SIGNED)).decode()
    assert [price for price in prices if price.plain().removesuffix(".00") in told] == []
    for award in (*release["awards"], *release["contracts"]):
        assert "value" not in award
        assert "x_assessment" not in award
    assert [share.keys() & {"value", "byYear"} for it in release["awards"] for share in it["x_collaboration"]["shares"]]
    assert release["awards"][0]["x_withheld"] == [
        {"topic": "The price of the successful tender", "ground": "Regulation 86(6)"}
    ]
    assert all("value" in award for award in whole["awards"])


def test_a_withheld_split_leaves_the_rules_and_no_partner() -> None:
    evaluation = withheld("How the money is shared between partners")
    release = made(evaluation)
    assert [it for it in release["awards"] if "subcontracting" in it or "shares" in it["x_collaboration"]] == []
    assert [it for it in release["parties"] if it["roles"] == ["subcontractor"]] == []


def test_a_withheld_fee_score_or_address_is_left_out_by_itself() -> None:
    fee, scores, address = (
        made(withheld(it)) for it in ("Management fee", "Scores by criterion", "Addresses of refuges")
    )
    assert [it for it in fee["awards"] if "managementFee" in it["x_collaboration"]] == []
    assert [it for it in scores["awards"] if "x_assessment" in it] == []
    assert all("value" in it for release in (fee, scores, address) for it in release["awards"])
    assert [it for it in address["parties"] if "supplier" in it["roles"] and "address" in it] == []


def test_an_item_that_names_its_field_and_lot_leaves_that_out_of_that_lot_alone() -> None:
    award = demo().file.award
    assert award is not None
    items = tuple(
        WithheldItem("Something", "Regulation 86(6)", "Somebody", field=field, lot=lot)
        for field, lot in (("price", "adult"), ("split", "cyp"))
    )
    release = made(evaluate(replace(demo().file, award=replace(award, withheld=items))), SIGNED)
    awards = {it["id"]: it for it in release["awards"]}
    assert [name for name, it in awards.items() if "value" not in it] == ["award-adult"]
    assert [name for name, it in awards.items() if "subcontracting" not in it] == ["award-cyp"]
    assert ["value" in it for it in release["contracts"]] == [False]


def test_what_nobody_opened_has_no_price_anywhere() -> None:
    release = made(every_kind()[4], restricted=True)
    (bid,) = [it for it in release["bids"]["details"] if it["status"] == "withdrawn"]
    assert sorted(bid) == ["date", "description", "id", "relatedLots", "status", "submissionType", "tenderers"]


def test_a_lot_of_money_is_written_as_the_digits_it_is() -> None:
    adult = factories.bid("adult-harbour")
    odd = replace(adult, prices=tuple(price + Money(1) for price in adult.prices), split=None)
    file = small(bids=(odd, *small().bids[1:]))
    release = made(evaluate(file), restricted=True)
    assert release["bids"]["details"][0]["value"]["amount"] == Decimal("870000.03")
