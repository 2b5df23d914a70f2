"""What a declared interest comes to, and which bids it hides."""

from __future__ import annotations

import pytest

from scoring.conflicts import Declared, Standing, hidden_bids, named_in, own_conflicts, standing, undeclared
from tests import factories

BIDS = factories.tender_file().bids
CLEAR: dict[str, Standing] = dict.fromkeys(("harbour", "quayside", "beacon", "rowan"), "clear")


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ((), "undeclared"),
        ((Declared("none"),), "clear"),
        ((Declared("possible"),), "possible"),
        ((Declared("possible", "none"),), "clear"),
        ((Declared("possible", "mitigated"),), "mitigated"),
        ((Declared("possible", "recused"),), "recused"),
        ((Declared("conflicted"),), "conflicted"),
        ((Declared("conflicted", "mitigated"),), "conflicted"),
        ((Declared("conflicted", "recused"),), "recused"),
        ((Declared("none"), Declared("conflicted")), "conflicted"),
        ((Declared("possible", "none"), Declared("none")), "clear"),
        ((Declared("possible", "mitigated"), Declared("possible")), "possible"),
    ],
)
def test_what_was_declared_comes_to_one_standing(history: tuple[Declared, ...], expected: str) -> None:
    assert standing(history) == expected


@pytest.mark.parametrize("before", [Declared("possible"), Declared("conflicted"), Declared("possible", "recused")])
def test_whoever_takes_an_interest_back_waits_for_a_decision(before: Declared) -> None:
    assert standing((before, Declared("none"))) == "lessened"
    assert standing((before, Declared("none"), Declared("none"))) == "lessened"
    assert standing((before, Declared("none", "none"))) == "clear"


@pytest.mark.parametrize("how", ["undeclared", "possible", "lessened", "recused", "conflicted"])
def test_an_interest_in_a_partner_hides_every_bid_that_names_it(how: Standing) -> None:
    assert hidden_bids(BIDS, CLEAR | {"quayside": how}) == {"adult-quayside", "children-beacon"}


@pytest.mark.parametrize("how", ["clear", "mitigated"])
def test_what_needs_no_further_step_hides_nothing(how: Standing) -> None:
    assert hidden_bids(BIDS, CLEAR | {"quayside": how}) == frozenset()


def test_an_organisation_nobody_spoke_of_hides_its_bids_and_is_listed() -> None:
    said: dict[str, Standing] = {"harbour": "clear", "rowan": "clear"}
    assert hidden_bids(BIDS, said) == {"adult-quayside", "adult-beacon", "children-beacon"}
    assert undeclared(BIDS, said) == ("quayside", "beacon")
    assert own_conflicts(BIDS, said) == frozenset()


def test_leads_and_partners_are_named_once() -> None:
    assert named_in(BIDS) == ("harbour", "rowan", "quayside", "beacon")
