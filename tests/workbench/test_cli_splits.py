"""``check-split``: every rule with its figures, the smallest fix, and the exit status that says whether all is kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lots.bid import Bid, Payment, Split
from lots.money import Money
from tests import factories
from tests.workbench.running import run, run_json, saved


def greedy() -> Bid:
    """Make a bid whose lead keeps 71 % of £290,000 in each of three years; the cap is 70 %."""
    bid = factories.bid("adult-harbour")
    own, fee, rest = Money.pounds(191_400), Money.pounds(14_500), Money.pounds(84_100)
    split = Split((own,) * 3, (fee,) * 3, (Payment("harbour", "rowan", (rest,) * 3),))
    return replace(bid, split=split)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return saved(tmp_path, factories.tender_file())


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    others = tuple(factories.bid(name) for name in factories.BIDS if name != "adult-harbour")
    return saved(tmp_path, replace(factories.tender_file(), bids=(greedy(), *others)))


def test_splits_that_keep_every_rule_exit_with_0(kept: Path) -> None:
    data = run_json("check-split", kept)
    assert data["compliant"] is True
    assert [bid["bid"] for bid in data["bids"]] == list(factories.BIDS)
    assert data["findings"] == []


def test_a_broken_cap_says_by_how_much_and_which_year_binds(broken: Path) -> None:
    (bid,) = run_json("check-split", broken, "--bid", "adult-harbour", status=1)["bids"]
    rule = next(it for it in bid["rules"] if it["rule"] == "lead_retention_maximum")
    assert (rule["passed"], rule["percent"], rule["binding_year"]) == (False, "70", 1)
    assert rule["lines"][0] == {
        "year": 1,
        "price": "290000.00",
        "limit": "203000.00",
        "actual": "205900.00",
        "percent": "71",
        "headroom": "-2900.00",
        "passed": False,
        "organisations": [],
    }
    assert rule["lines"][-1]["year"] == "term"


def test_the_smallest_fix_moves_exactly_the_excess(broken: Path) -> None:
    (bid,) = run_json("check-split", broken, "--bid", "adult-harbour", status=1)["bids"]
    (fix,) = bid["fixes"]
    assert (fix["code"], fix["amount"]) == ("lead_retention_exceeded", "8700.00")
    assert [move["amount"] for move in fix["moves"]] == ["2900.00"] * 3


def test_people_see_the_rule_the_sentence_and_the_fix(broken: Path) -> None:
    result = run("check-split", broken, "--lot", "adult")
    assert result.exit_code == 1
    said = result.stdout
    assert "at most 70 %" in said
    assert "BROKEN" in said
    assert "£2,900" in said
    assert "Smallest fix: Move £2,900 in each year" in said
    assert said.rstrip().endswith("1 of 3 bids break a rule: adult-harbour.")
    assert max(map(len, said.splitlines())) < 240


def test_only_the_lot_or_the_bid_asked_for_is_checked(kept: Path) -> None:
    bids = run_json("check-split", kept, "--lot", "children")["bids"]
    assert [bid["bid"] for bid in bids] == ["children-harbour", "children-beacon"]


@pytest.mark.parametrize(
    "words", [["--lot", "adults"], ["--bid", "nobody"], ["--lot", "children", "--bid", "adult-harbour"]]
)
def test_an_unknown_lot_or_bid_is_bad_usage_that_names_what_there_is(kept: Path, words: list[str]) -> None:
    assert run("check-split", kept, *words).exit_code == 2


def test_a_tenderer_may_check_before_there_are_any_scores(tmp_path: Path) -> None:
    bare = replace(
        factories.tender_file(), score_sheets=(), agreed_scores=(), panel=(), declarations=(), methodologies=()
    )
    assert run_json("check-split", saved(tmp_path, bare))["compliant"] is True


def test_a_bid_for_a_lot_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    lost = replace(factories.tender_file(), bids=(replace(factories.bid("adult-harbour"), lot="moon"),))
    data = run_json("check-split", saved(tmp_path, lost), status=1)
    assert [(it["code"], it["place"]) for it in data["findings"]] == [("bid_lot", "bid adult-harbour")]


def test_a_bid_that_was_not_opened_and_states_nothing_is_named_and_not_checked(tmp_path: Path) -> None:
    file = factories.tender_file()
    late = factories.bid("adult-harbour", received_at=factories.DEADLINE)
    closed = replace(late, prices=(), split=None, parties=late.parties[:1])
    path = saved(tmp_path, replace(file, bids=(closed, *file.bids[1:]), score_sheets=(), agreed_scores=()))
    data = run_json("check-split", path)
    assert data["not_opened"] == ["adult-harbour"]
    assert [bid["bid"] for bid in data["bids"]] == list(factories.BIDS)[1:]
    assert data["findings"] == []
    said = " ".join(run("check-split", path, "--bid", "adult-harbour").stdout.split())
    assert (
        said
        == "adult-harbour: Harbour Trust was late or withdrawn, so it was not opened and there is no split to check."
    )
