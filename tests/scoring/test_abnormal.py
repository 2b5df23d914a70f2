"""Low-price tests against the published cases; what they prompt is a written enquiry and nothing more."""

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lots.money import Money
from scoring.abnormal import AbnormalPriceError, Settings, enquiries, percent_below
from scoring.figures import Rounding

ONLY_MEAN = Settings(below_next=None, below_median=None)
ONLY_NEXT = Settings(below_mean_of_others=None, below_median=None)
ONLY_MEDIAN = Settings(below_mean_of_others=None, below_next=None)
PROZORRO = Settings(below_median=None)


def listed(*prices: int | str) -> dict[str, Fraction]:
    return {str(place): Fraction(price) for place, price in enumerate(prices)}


def prompted(prices: dict[str, Fraction], settings: Settings) -> list[str]:
    return [enquiry.bid for enquiry in enquiries(prices, settings)]


def test_a_bid_far_below_the_others_prompts_both_published_tests() -> None:
    """Case A01: openprocurement.api abnormally low price tests, case 1; the given order decides the next bid."""
    found = enquiries(listed(500, 1000, 1100), PROZORRO, initial_prices=listed(1100, 1000, 1200), order=["0", "1", "2"])
    assert [(enquiry.bid, enquiry.test) for enquiry in found] == [
        ("0", "below_mean_of_others"),
        ("0", "below_next"),
    ]
    assert [Rounding(5).text(enquiry.percent_below) for enquiry in found] == ["54.54545", "50.00000"]
    assert [enquiry.comparator for enquiry in found] == [1100, 1000]
    assert [enquiry.threshold for enquiry in found] == [40, 30]


def test_a_bid_near_the_next_in_the_given_order_prompts_nothing() -> None:
    """Case A05: openprocurement.api, case 5; bid 0 is 0.46729 % below the next, 16.13 % above the mean."""
    prices, initial = listed(106500, 107000, 850), listed(185000, 182415, 1000)
    found = enquiries(prices, PROZORRO, initial_prices=initial, order=["0", "1", "2"])
    assert "0" not in [enquiry.bid for enquiry in found]
    mean = (initial["1"] + initial["2"]) / 2
    assert Rounding(5).text(percent_below(prices["0"], mean)) == "-16.13009"
    assert Rounding(5).text(percent_below(prices["0"], prices["1"])) == "0.46729"


def test_the_published_percentages_are_the_settings() -> None:
    assert Settings() == Settings(Fraction(40), Fraction(30), Fraction(15))


def test_exactly_forty_per_cent_below_the_mean_of_the_others_prompts_an_enquiry() -> None:
    assert prompted(listed(60, 100, 100), ONLY_MEAN) == ["0"]
    assert prompted(listed("60.01", 100, 100), ONLY_MEAN) == []


def test_exactly_thirty_per_cent_below_the_next_bid_prompts_an_enquiry() -> None:
    assert prompted(listed(100, 70), ONLY_NEXT) == ["1"]
    assert prompted(listed(100, "70.01"), ONLY_NEXT) == []


def test_only_more_than_fifteen_per_cent_below_the_median_prompts_an_enquiry() -> None:
    assert prompted(listed(85, 100, 120), ONLY_MEDIAN) == []
    assert prompted(listed("84.99", 100, 120), ONLY_MEDIAN) == ["0"]


def test_an_even_number_of_bids_has_its_median_half_way_between_the_middle_two() -> None:
    (found,) = enquiries(listed(60, 90, 110, 130), ONLY_MEDIAN)
    assert (found.bid, found.comparator, found.percent_below) == ("0", 100, 40)


def test_the_next_bid_is_by_price_unless_an_order_is_given() -> None:
    prices = listed(100, 200, 60)
    assert [(one.bid, one.comparator) for one in enquiries(prices, ONLY_NEXT)] == [("0", 200), ("2", 100)]
    by_order = enquiries(prices, ONLY_NEXT, order=["2", "1", "0"])
    assert [(one.bid, one.comparator) for one in by_order] == [("2", 200)]


def test_equal_prices_are_treated_alike() -> None:
    assert prompted(listed(100, 100, 200), ONLY_NEXT) == ["0", "1"]


def test_one_bid_has_nothing_to_be_compared_with() -> None:
    assert enquiries({}) == ()
    assert enquiries(listed(1)) == ()


def test_a_comparator_of_nothing_prompts_nothing() -> None:
    assert enquiries(listed(0, 0, 0)) == ()
    with pytest.raises(AbnormalPriceError, match="against 0"):
        percent_below(Fraction(1), Fraction(0))


def test_an_enquiry_says_what_to_do_and_that_it_is_no_reason_to_reject() -> None:
    (found,) = enquiries({"Harbour": Money.pounds(600000), "Meadow": Money.pounds(900000)}, ONLY_NEXT)
    assert found.price == 600000
    assert found.sentence == (
        "Harbour: its price of £600,000 is 33.33 % below the next bid, £900,000; at least 30 % prompts an "
        "enquiry. Ask the tenderer in writing to explain the price: this alone is no reason to reject the bid."
    )


def test_a_percentage_that_rounds_to_its_threshold_is_printed_in_full() -> None:
    (found,) = enquiries(listed("84.999", 100, 120), ONLY_MEDIAN)
    assert "is 15.001 % below the median of the bids" in found.sentence
    assert "more than 15 %" in found.sentence


def test_names_that_do_not_fit_are_refused() -> None:
    with pytest.raises(AbnormalPriceError, match="The order must name each bid once; look at 1"):
        enquiries(listed(1, 2), order=["0"])
    with pytest.raises(AbnormalPriceError, match="The order must name each bid once; look at 0"):
        enquiries(listed(1, 2), order=["0", "0", "1"])
    with pytest.raises(AbnormalPriceError, match="The initial prices must name each bid once; look at 2"):
        enquiries(listed(1, 2), initial_prices=listed(1, 2, 3))


@pytest.mark.parametrize("threshold", ["0", "-1", "100.1"])
def test_a_threshold_out_of_range_is_refused_by_name(threshold: str) -> None:
    with pytest.raises(AbnormalPriceError, match=r"^below_next: the threshold is"):
        enquiries(listed(1, 2), Settings(below_next=Fraction(threshold)))


prices_of_bids = st.dictionaries(st.sampled_from("ABCDEFGH"), st.integers(1, 1000).map(Fraction), min_size=2)


@given(prices_of_bids, st.randoms(use_true_random=False))
def test_the_order_in_which_bids_are_given_prompts_the_same_enquiries(
    prices: dict[str, Fraction], random: Random
) -> None:
    shuffled = list(prices)
    random.shuffle(shuffled)
    assert set(enquiries({bid: prices[bid] for bid in shuffled})) == set(enquiries(prices))


@given(prices_of_bids)
def test_every_enquiry_recomputes_from_its_own_figures(prices: dict[str, Fraction]) -> None:
    for found in enquiries(prices):
        others = [price for bid, price in prices.items() if bid != found.bid]
        assert found.percent_below == 100 - 100 * prices[found.bid] / found.comparator
        assert found.percent_below >= found.threshold
        if found.test == "below_mean_of_others":
            assert found.comparator == sum(others) / len(others)
        if found.test == "below_next":
            assert found.comparator == min(price for price in others if price > found.price)


@given(prices_of_bids)
def test_the_dearest_bid_is_never_asked_about(prices: dict[str, Fraction]) -> None:
    dearest = max(prices, key=prices.__getitem__)
    assert dearest not in [found.bid for found in enquiries(prices)]
