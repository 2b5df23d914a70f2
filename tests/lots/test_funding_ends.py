"""Money put down for years that begin after its source ends."""

from __future__ import annotations

from lots.funding import FundingLine
from lots.funding_checks import funding_findings
from tests.lots.test_funding import LOTS, gbp, with_source


def test_several_years_after_the_end_of_a_source_are_one_finding() -> None:
    lines = (FundingLine(5, gbp("100")), FundingLine(6, gbp("100")), FundingLine(7, gbp("50.50")))
    found = funding_findings(with_source(lines=lines, certainty="confirmed"), LOTS)
    (late,) = [it for it in found if it.code == "line_after_expiry"]
    assert (late.severity, late.place) == ("error", "funding.sources[0].lines[1]")
    assert late.message == (
        "NHSE contribution is promised until 31 March 2030, yet gives £150.50 in years 6 and 7, which begin on "
        "1 April 2030 or later."
    )
