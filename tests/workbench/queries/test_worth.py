"""What is asked for by value, and the estimate that decides it."""

from __future__ import annotations

import json
from dataclasses import replace

from lots.regime import Regime
from workbench.models.tenders import TenderRecord
from workbench.parts import split
from workbench.paths import demo_file
from workbench.queries.tenders import Draft
from workbench.queries.worth import over_five_million, worth_of


def the_case() -> Draft:
    return Draft(TenderRecord(), split(json.loads(demo_file().read_text(encoding="utf-8"))))


def test_lots_over_five_million_with_vat_are_named_with_what_the_act_asks_for() -> None:
    file = the_case().file
    assert file is not None
    value = worth_of(file).value
    # ceilings of £2.2, £6.4 and £8.6 million excluding VAT; with 20 % the last two are £7.68 and £10.32 million
    assert over_five_million(value, Regime.PA2023_LIGHT_TOUCH) == (
        "Adult Service may be worth £7,680,000 including VAT, over £5,000,000: under the Procurement Act 2023 a "
        "copy of its contract is published (s.53).",
        "ISVA Service may be worth £10,320,000 including VAT, over £5,000,000: under the Procurement Act 2023 a "
        "copy of its contract is published (s.53).",
    )
    full = over_five_million(value, Regime.PA2023_FULL)
    assert all("at least three key performance indicators" in sentence for sentence in full)
    assert over_five_million(value, Regime.PCR2015_LIGHT_TOUCH) == ()
    assert over_five_million(replace(value, rows=value.rows[:1]), Regime.PA2023_FULL) == ()
