"""``funding``: whether the money adds up, can be spent as it is tied, what its ends do, and what it is worth."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from lots.funding import Funding, FundingLine, FundingSource, PrintedTotal
from lots.money import Money
from lots.regime import Regime, VatBasis
from tests import factories
from tests.workbench.running import run, run_json, saved
from workbench.output import WIDTH
from workbench.paths import demo_file

UPLIFTS = ("--without", "moj_core_uplift", "--without", "moj_isva_uplift")


def flat(result: Result) -> str:
    return re.sub(r"\s+", " ", result.stdout)


def source(id: str, pounds: int, **changes: Any) -> FundingSource:
    """Make a source that gives as much in each of three years."""
    lines = tuple(FundingLine(year, Money.pounds(pounds)) for year in (1, 2, 3))
    return replace(FundingSource(id, f"{id.title()} grant", "Funder", lines), **changes)


def case(folder: Path, *sources: FundingSource, totals: tuple[PrintedTotal, ...] = (), **changes: Any) -> Path:
    """Write a file whose adult lot needs £300,000 a year and whose children lot £120,000, with this money."""
    tender = factories.tender(funding=Funding(sources, totals), **changes)
    return saved(folder, replace(factories.tender_file(), tender=tender))


def codes(data: dict[str, Any]) -> list[tuple[str, str]]:
    return [(it["code"], it["severity"]) for it in data["findings"]]


def test_the_published_uplifts_leave_564_945_pounds_and_a_gap_of_68_491_02() -> None:
    """The strategy prints £2,008,475.84 and £1,443,531.00 for lines that come to 14p more and 2p less."""
    data = run_json("funding", demo_file(), *UPLIFTS)
    (end,) = data["ends"]
    assert (end["sources"], end["lost"]) == (["moj_core_uplift", "moj_isva_uplift"], "564945.00")
    assert (end["lots"]["isva"], end["gap"]) == ({"before": "990000.00", "after": "494022.00"}, "68491.02")
    assert [it["difference"] for it in data["printed_totals"]] == ["0.14", "-0.02"]
    assert (data["income"], data["lots"]["difference"]) == ("2008475.98", "475.98")
    assert "error" not in {severity for _, severity in codes(data)}


def test_people_see_those_figures_within_the_width_of_a_terminal() -> None:
    result = run("funding", demo_file(), *UPLIFTS)
    said = flat(result)
    for figure in ("£564,945", "£494,022", "£68,491.02", "14p more", "2p less", "for years 6 and 7", "until"):
        assert figure.casefold() in said.casefold()
    body = result.stdout.partition("Findings")[0]
    assert [line for line in body.splitlines() if len(line) > WIDTH] == []
    assert result.exit_code == 0


def test_without_the_option_each_source_ends_by_itself_in_one_line() -> None:
    data = run_json("funding", demo_file())
    assert [it["sources"] for it in data["ends"]] == [[it["source"]] for it in data["sources"]]
    lost = {it["sources"][0]: (it["lost"], it["gap"]) for it in data["ends"]}
    assert lost["opcc"] == ("245550.96", "245074.98")
    assert lost["moj_isva_uplift"] == ("495978.00", "-475.98")
    lines = flat(run("funding", demo_file())).partition("When a source ends")[2].partition("Sources that end")[0]
    assert lines.count(" - Without ") == 5


def test_a_later_year_has_its_own_money() -> None:
    """The NHS contribution is promised to March 2030, which is year 5 of a contract from April 2025."""
    data = run_json("funding", demo_file(), "--year", "6")
    assert data["income"] == "1880336.98"
    assert [it["amount"] for it in data["sources"]] == ["245550.96", "0.00", "1069841.02", "68967.00", "495978.00"]
    (expiry,) = data["expiries"]
    assert (expiry["expires"], expiry["contract_end"], expiry["a_year"], expiry["years_without"]) == (
        "2030-03-31",
        "2032-03-31",
        "128139.00",
        [6, 7],
    )
    assert ("lots_over_income", "warning") in codes(data)


def test_what_is_sure_is_a_share_of_the_income() -> None:
    sure = run_json("funding", demo_file())["certainty"]
    assert (sure["confirmed"], sure["expected"], sure["at_risk"]) == ("373689.96", "1069841.02", "564945.00")
    assert "£373,689.96 is confirmed (18.61 %)" in flat(run("funding", demo_file()))


def test_money_tied_to_a_lot_that_cannot_take_it_exits_with_1_and_names_what_binds(tmp_path: Path) -> None:
    """£150,000 for a lot of £120,000, while adding up says that all is well: 420,000 for 420,000."""
    path = case(tmp_path, source("tied", 150_000, ring_fenced_to=("children",)), source("free", 270_000))
    data = run_json("funding", path, status=1)
    assert (data["income"], data["lots"]["budgets"]) == ("420000.00", "420000.00")
    stranded, missing = data["placement"]["bindings"]
    assert (stranded["kind"], stranded["sources"], stranded["lots"]) == ("stranded", ["tied"], ["children"])
    assert (stranded["amount"], missing["lots"], missing["amount"]) == ("30000.00", ["adult"], "30000.00")
    assert codes(data) == [("ring_fence_stranded", "error"), ("lot_cannot_be_filled", "warning")]
    result = run("funding", path)
    assert result.exit_code == 1
    assert "error: tender.funding: £150,000 of Tied grant money may only be spent on Children support" in result.stdout


def test_money_put_down_for_one_lot_line_by_line_is_tied_too(tmp_path: Path) -> None:
    lines = (FundingLine(1, Money.pounds(100_000), "adult"), FundingLine(1, Money.pounds(320_000)))
    path = case(tmp_path, replace(source("mixed", 1), lines=lines))
    data = run_json("funding", path)
    assert data["sources"][0]["only"] == [{"lots": ["adult"], "amount": "100000.00"}]
    assert [(it["tied"], it["needed"]) for it in data["lots"]["rows"]] == [
        ("100000.00", "200000.00"),
        ("0.00", "120000.00"),
    ]
    assert "Adult support in part, else any" in flat(run("funding", path))


def test_an_unknown_source_is_refused_and_the_known_ones_are_named(tmp_path: Path) -> None:
    path = case(tmp_path, source("one", 200_000), source("two", 220_000))
    data = run_json("funding", path, "--without", "moon", status=1)
    assert [it["code"] for it in data["findings"]] == ["unknown_source_error"]
    assert data["refused"].endswith("“moon”: choose among one, two")


def test_a_printed_total_that_differs_is_a_warning_and_an_unknown_source_in_it_an_error(tmp_path: Path) -> None:
    one = source("one", 420_000)
    apart = PrintedTotal("All money", Money.pounds(419_999), ("one",))
    data = run_json("funding", case(tmp_path, one, totals=(apart,)))
    assert codes(data) == [("printed_total_differs", "warning")]
    assert data["findings"][0]["place"] == "tender.funding.printed_totals[0]"
    wrong = replace(apart, amount=Money.pounds(420_000), sources=("one", "moon"))
    assert codes(run_json("funding", case(tmp_path, one, totals=(wrong,)), status=1)) == [
        ("printed_total_unknown_source", "error")
    ]


def test_a_printed_total_is_compared_in_the_year_asked_for_only(tmp_path: Path) -> None:
    one = replace(source("one", 420_000), lines=(FundingLine(1, Money.pounds(420_000)),))
    path = case(tmp_path, one, totals=(PrintedTotal("All money", Money.pounds(420_000), ("one",)),))
    assert codes(run_json("funding", path)) == []
    later = run_json("funding", path, "--year", "2")
    assert [it["message"] for it in later["findings"] if it["code"] == "printed_total_differs"] == [
        "The document prints £420,000 for “All money”; in year 2 its one line adds up to £0: £420,000 less."
    ]


def test_a_file_without_money_still_has_its_estimate(tmp_path: Path) -> None:
    """£300,000 for three years and £120,000 for two, each with a ceiling of twice that."""
    data = run_json("funding", case(tmp_path))
    assert (data["sources"], data["ends"], data["estimate"]["estimate"]) == ([], [], "2280000.00")
    assert "The file names no source of money." in run("funding", case(tmp_path)).stdout


# --- the estimate -------------------------------------------------------------------------------------------


def small_lots(pounds: int) -> Any:
    """Make one lot whose estimate is this much."""
    amount = Money.pounds(pounds)
    annual = Money(amount.pence // 3)
    return (factories.lot("adult", annual_budget=annual, base_value=annual * 3, maximum_potential_spend=amount),)


def estimate(folder: Path, pounds: int, *words: str, **changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = run_json("funding", case(folder, lots=small_lots(pounds), **changes), *words)["estimate"]
    return made


def test_an_estimate_at_the_threshold_before_vat_reaches_it_whatever_the_rate(tmp_path: Path) -> None:
    """£663,540 including VAT is the light-touch threshold of 2024."""
    found = estimate(tmp_path, 663_540)
    assert (found["vat"], found["threshold"]["vat"], found["threshold"]["amount"]) == (
        "exclusive",
        "inclusive",
        "663540.00",
    )
    assert (found["reaches"], found["threshold_compared"]) == (True, None)
    assert "It is reached, even before VAT." in found["sentences"][0]


def test_below_it_vat_decides_and_the_rate_must_be_given(tmp_path: Path) -> None:
    """At 20 % the threshold is £552,950 before VAT: 663,540 ÷ 1.2."""
    assert estimate(tmp_path, 600_000)["reaches"] is None
    assert "give the rate with --vat-percent" in estimate(tmp_path, 600_000)["sentences"][0]
    for pounds, reaches in ((552_949, False), (552_950, True), (600_000, True)):
        found = estimate(tmp_path, pounds, "--vat-percent", "20")
        assert (found["threshold_compared"], found["reaches"]) == ("552950.00", reaches)


@pytest.mark.parametrize(("pounds", "reaches"), [(663_539, False), (663_540, True)])
def test_amounts_that_include_vat_are_compared_as_they_are(tmp_path: Path, pounds: int, reaches: bool) -> None:
    found = estimate(tmp_path, pounds, vat=VatBasis.INCLUSIVE)
    assert (found["vat"], found["threshold_compared"], found["reaches"]) == ("inclusive", "663540.00", reaches)
    assert "(both including VAT)" in found["sentences"][0]


def test_the_full_act_is_measured_by_its_own_threshold(tmp_path: Path) -> None:
    changes = {"regime": Regime.PA2023_FULL, "commenced_on": date(2026, 2, 2)}
    found = estimate(tmp_path, 900_000, **changes)
    assert (found["threshold"]["kind"], found["threshold"]["amount"]) == ("sub_central", "207720.00")


def test_a_day_without_a_recorded_threshold_is_said_and_stops_nothing(tmp_path: Path) -> None:
    path = case(tmp_path, source("one", 420_000), commenced_on=date(2019, 5, 1))
    data = run_json("funding", path)
    assert (data["estimate"]["threshold"], data["estimate"]["reaches"]) == (None, None)
    assert codes(data) == [("threshold_unknown", "warning")]
    assert "No light-touch services threshold is recorded" in flat(run("funding", path))


def test_lots_that_are_no_contracts_are_named_and_not_counted(tmp_path: Path) -> None:
    plain = {"base_value": None, "maximum_potential_spend": None, "term": None}
    path = case(tmp_path, lots=(factories.lot("adult"), factories.lot("children", route="grant", **plain)))
    found = run_json("funding", path)["estimate"]
    assert (list(found["lots"]), found["not_counted"]) == (["adult"], ["children"])
    alone = case(tmp_path, lots=(factories.lot("children", route="grant", **plain),))
    assert run_json("funding", alone)["estimate"]["reaches"] is None
    assert "No lot is tendered for as a contract" in flat(run("funding", alone))


@pytest.mark.parametrize("wrong", ["-100", "101", "a fifth", "1e1"])
@pytest.mark.parametrize("command", ["funding", "headroom"])
def test_a_vat_rate_that_is_none_is_bad_usage(command: str, wrong: str) -> None:
    assert run(command, demo_file(), f"--vat-percent={wrong}").exit_code == 2


@pytest.mark.parametrize("year", ["0", "51", "first"])
def test_a_year_outside_any_contract_is_bad_usage(year: str) -> None:
    assert run("funding", demo_file(), "--year", year).exit_code == 2


def test_a_year_beyond_every_contract_is_refused() -> None:
    done = run("funding", str(demo_file()), "--year", "9")
    assert done.exit_code == 1
    assert "The longest contract runs for 7 years: name a year from 1 to 7" in done.output
