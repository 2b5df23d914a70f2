"""Which passwords are refused, and that good ones are not."""

from __future__ import annotations

import pytest

from workbench.addresses import AddressError, read_address
from workbench.passwords import weakness

OWN = ("Bronwen Stallard", "bronwen.stallard@avonandsomerset-pcc.example", "Avon and Somerset OPCC")


@pytest.mark.parametrize(
    "password",
    [
        "teapot gravel mint",
        "gH7$kq9Zp2!x",
        "correct horse battery staple",
        "ß-Straße übers Moor",
        "пароль из трёх слов",
    ],
)
def test_a_good_password_is_accepted(password: str) -> None:
    assert weakness(password, OWN) == ""


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "P@ssw0rd1234",
        "Welcome12345",
        "LiverpoolChelsea1",
        "Summer2024!!!!",
        "Tenders-2026-!",
    ],
)
def test_words_that_are_tried_first_are_refused(password: str) -> None:
    assert "tried first" in weakness(password)


@pytest.mark.parametrize("password", ["aaaaaaaaaaaa", "abcabcabcabc", "qwertyuiopas", "098765432109", "zyxwvutsrqpo"])
def test_patterns_are_refused(password: str) -> None:
    assert "follows a pattern" in weakness(password)


@pytest.mark.parametrize("password", ["BronwenStallard", "stallard-bronwen-1", "AvonAndSomerset1"])
def test_the_person_s_own_words_are_refused(password: str) -> None:
    assert "tried first" in weakness(password, OWN)


def test_length_counts_from_twelve_to_two_hundred() -> None:
    assert weakness("gH7$kq9Zp2!") == "Use at least 12 characters: use three or four words that do not belong together"
    assert weakness("teapot gravel mint " * 11) == "Use at most 200 characters"


@pytest.mark.parametrize(
    "text", ["", "a", "a@", "@b.example", "a@b@c.example", "a b@c.example", "a@b.example\r\nBcc: x@y.example"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(AddressError):
        read_address(text)


def test_an_address_has_one_spelling() -> None:
    assert read_address(" Bronwen.Stallard@Avon.EXAMPLE ") == "bronwen.stallard@avon.example"
