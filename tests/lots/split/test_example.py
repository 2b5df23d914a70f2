"""The example split keeps the rules it is drawn for, by the same check that bids are held to."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lots.bid import Bid, Party, Payment, Split
from lots.collaboration import CollaborationRules, CollaborationRulesError
from lots.money import Money
from lots.organisation import Organisation
from lots.split.check import check_split
from lots.split.example import ExamplePartner, ExampleSplit, Trial, example_split, lead_may_keep, trial

ADULT = CollaborationRules(
    lead_retention_maximum=Decimal(60),
    provider_maximum=Decimal(60),
    management_fee_maximum=Decimal(6),
    by_and_for_minimum=Decimal(10),
    no_top_slice=True,
    no_money_back=True,
    partners_confirmed=True,
)
ADULT_YEAR = Money.pounds(738_000)


def as_bid(example: ExampleSplit) -> tuple[Bid, dict[str, Organisation]]:
    """Turn an example into a bid of one year, its partners confirmed."""
    names = [f"partner_{n}" for n in range(len(example.partners))]
    pairs = list(zip(names, example.partners, strict=True))
    organisations = {"lead": Organisation("lead", "Lead")} | {
        name: Organisation(name, name, vcse=it.vcse, by_and_for=it.by_and_for) for name, it in pairs
    }
    parties = (Party("lead", "lead"), *(Party(name, "partner", confirmation="confirmed") for name in names))
    payments = tuple(Payment("lead", name, (it.amount,)) for name, it in pairs)
    split = Split((example.delivery,), (example.management_fee,), payments)
    bid = Bid("b", "lot", datetime(2026, 7, 6, tzinfo=UTC), (example.price,), parties, split)
    return bid, organisations


def test_the_adult_lots_rules_leave_the_lead_442800_a_year_and_need_one_partner() -> None:
    example = example_split(ADULT, ADULT_YEAR)
    # 60 % of £738,000; the fee is 6 % of it; one partner holds the other 40 %, by and for since 10 % must be
    assert example == ExampleSplit(
        ADULT_YEAR,
        Money.pounds(398_520),
        Money.pounds(44_280),
        (ExamplePartner(Money.pounds(295_200), by_and_for=True),),
    )
    assert lead_may_keep(ADULT, ADULT_YEAR) == Money.pounds(442_800)


def test_without_rules_the_lead_may_keep_everything() -> None:
    assert example_split(CollaborationRules(), ADULT_YEAR) == ExampleSplit(ADULT_YEAR, ADULT_YEAR, Money(0), ())


def test_a_cap_that_is_less_than_a_penny_has_no_example() -> None:
    assert example_split(CollaborationRules(provider_maximum=Decimal("0.5")), Money(100)) is None


def test_impossible_percentages_are_refused() -> None:
    with pytest.raises(CollaborationRulesError):
        example_split(CollaborationRules(vcse_minimum=Decimal(120)), ADULT_YEAR)


CAPS = st.none() | st.decimals("5", "100", places=1)
MINIMA = st.none() | st.decimals("0", "99.9", places=1)
RULES = st.builds(
    CollaborationRules,
    lead_retention_maximum=CAPS,
    provider_maximum=CAPS,
    management_fee_maximum=CAPS,
    subcontract_minimum=MINIMA,
    vcse_minimum=MINIMA,
    by_and_for_minimum=MINIMA,
    no_top_slice=st.booleans(),
    no_money_back=st.booleans(),
    partners_confirmed=st.booleans(),
)


@given(RULES, st.integers(10_000, 10**10).map(Money))
def test_an_example_keeps_every_rule_and_no_smaller_number_of_partners_could(
    rules: CollaborationRules, price: Money
) -> None:
    example = example_split(rules, price)
    assert example is not None
    bid, organisations = as_bid(example)
    assert check_split(bid, rules, organisations).errors == ()
    rest = price - example.lead
    cap = price if rules.provider_maximum is None else Money(int(Fraction(rules.provider_maximum) * price.pence // 100))
    assert max(len(example.partners) - 1, 0) * cap.pence < rest.pence or not rest


def test_a_cap_of_sixty_per_cent_and_three_partners_at_fifteen_fit() -> None:
    cap = CollaborationRules(lead_retention_maximum=Decimal(60))
    # 3 × 15 = 45 leaves 55, below the cap
    assert trial(cap, 3, Fraction(15)) == Trial(
        True, "3 partners with at least 15 % each fit: the lead then keeps between 0 % and 55 %."
    )


def test_a_trial_that_does_not_fit_says_why() -> None:
    rules = CollaborationRules(lead_retention_maximum=Decimal(60), provider_maximum=Decimal(20))
    assert trial(rules, 1, Fraction(25)).sentence == (
        "1 partner with at least 25 % each does not fit: no provider may hold more than 20 %."
    )
    assert trial(CollaborationRules(), 3, Fraction(40)) == Trial(
        False, "3 partners with at least 40 % each do not fit: together they need 120 %."
    )
    assert trial(rules, 3, Fraction(5)) == Trial(
        False,
        "3 partners with at least 5 % each do not fit: the rules leave the lead at most 20 %, and 3 partners may hold "
        "no more than 60 %.",
    )
    assert trial(rules, 4, Fraction(20)) == Trial(
        True, "4 partners with at least 20 % each fit: the lead then keeps 20 %."
    )


def test_an_example_for_the_largest_minima_holds_them_with_the_fewest_specialists() -> None:
    rules = CollaborationRules(provider_maximum=Decimal(60), vcse_minimum=Decimal(70), by_and_for_minimum=Decimal(55))
    example = example_split(rules, Money(100_00))
    assert example is not None
    # the lead keeps 30; two VCSE partners hold 70, the one that is by and for 55 of it
    assert [(it.amount, it.vcse, it.by_and_for) for it in example.partners] == [
        (Money(55_00), True, True),
        (Money(15_00), True, False),
    ]
