"""Custody: any two custodians open in either order, one alone never, and the lighter custody has one wrap."""

from __future__ import annotations

from itertools import combinations, permutations

import pytest

from lots.sealing import Custodian, Sealing
from workbench.sealing import age, custody
from workbench.sealing.age import SealError

KEYS = tuple(age.new_identity() for _ in range(4))
FOUR = Sealing(custodians=tuple(Custodian(f"Custodian {it}", key[1]) for it, key in enumerate(KEYS)))
SERVER_KEY = age.new_identity()
LIGHT = Sealing(custody="server", server_recipient=SERVER_KEY[1])
SECRET = age.new_identity()[0]
WRAPS = custody.wraps_for(FOUR, SECRET)


@pytest.mark.parametrize(("first", "second"), list(permutations(range(4), 2)))
def test_any_two_custodians_open_in_either_order(first: int, second: int) -> None:
    layer = custody.peel(WRAPS[f"{first},{second}"], KEYS[first][0])
    assert custody.peel(layer, KEYS[second][0]) == SECRET


@pytest.mark.parametrize("alone", range(4))
def test_no_custodian_alone_gets_at_the_secret(alone: int) -> None:
    got = []
    for name, wrap in WRAPS.items():
        outer, inner = map(int, name.split(","))
        if outer == alone:
            layer = custody.peel(wrap, KEYS[alone][0])
            with pytest.raises(SealError):
                custody.peel(layer, KEYS[alone][0])
            got.append(inner)
        else:
            with pytest.raises(SealError):
                custody.peel(wrap, KEYS[alone][0])
    assert sorted(got) == sorted(set(range(4)) - {alone})


@pytest.mark.parametrize("lost", list(combinations(range(4), 2)))
def test_any_two_keys_may_be_lost(lost: tuple[int, int]) -> None:
    one, two = (it for it in range(4) if it not in lost)
    assert custody.peel(custody.peel(WRAPS[f"{one},{two}"], KEYS[one][0]), KEYS[two][0]) == SECRET


def test_the_lighter_custody_has_one_wrap_for_the_server() -> None:
    found = custody.wraps_for(LIGHT, SECRET)
    assert list(found) == ["server"]
    assert custody.peel(found["server"], SERVER_KEY[0]) == SECRET


def test_one_custodian_or_one_key_twice_is_refused() -> None:
    for recipients in ([KEYS[0][1]], [KEYS[0][1], KEYS[0][1]]):
        with pytest.raises(SealError, match="each with a key of their own"):
            custody.wraps(SECRET, recipients)


def test_wraps_fit_only_the_custody_they_were_made_for() -> None:
    assert custody.fits(WRAPS, FOUR)
    assert not custody.fits(WRAPS, LIGHT)
    assert not custody.fits({**WRAPS, "0,1": "no base64"}, FOUR)
    assert not custody.fits({**WRAPS, "0,1": "QUJD"}, FOUR)
    assert not custody.fits({name: text for name, text in WRAPS.items() if name != "3,2"}, FOUR)


def test_a_wrap_that_is_no_base64_is_told() -> None:
    with pytest.raises(SealError, match="no base64"):
        custody.peel("not base64!", KEYS[0][0])
