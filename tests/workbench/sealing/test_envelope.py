"""Envelopes open at their own place only; each fault has its name."""

from __future__ import annotations

import random
from dataclasses import replace
from hashlib import sha256

import pytest

from exports import submission as codec
from lots.submission import PriceEnvelope, Submission
from tests import submissions as a
from tests.workbench.sealing.test_custody import FOUR, KEYS, LIGHT, SERVER_KEY
from workbench.sealing import age, custody
from workbench.sealing.age import content_length
from workbench.sealing.envelope import OpenFault, Place, SealedEnvelope, check_together, open_envelope, seal_bid
from workbench.sealing.padding import pad

BID, PRICE = seal_bid(a.submission(), a.price(), FOUR)
PLACE = Place("tender-1", "bid-1", 1, 1, "a" * 64, ("adult", "children"), BID.sha256)


def secret_of(envelope: SealedEnvelope) -> str:
    """Have custodians 3 and 1 open the key of an envelope."""
    return custody.peel(custody.peel(envelope.wraps["3,1"], KEYS[3][0]), KEYS[1][0])


SECRET = secret_of(BID)


def fault(kind: str = "bid", content: bytes = BID.content, secret: str = SECRET, **place: object) -> str:
    """Open, expect a fault and return its code."""
    with pytest.raises(OpenFault) as caught:
        open_envelope(kind, content, secret, replace(PLACE, **place))
    assert str(caught.value).startswith(("The envelope", "The key"))
    return caught.value.code


def sealed_anew(data: bytes) -> dict[str, object]:
    """Seal other content as an envelope of its own."""
    secret, recipient = age.new_identity()
    content = age.seal(data, recipient)
    return {"content": content, "secret": secret, "sha256": sha256(content).hexdigest()}


def test_a_bid_comes_back_from_its_two_envelopes() -> None:
    assert open_envelope("bid", BID.content, SECRET, PLACE) == a.submission()
    opened = open_envelope("price", PRICE.content, secret_of(PRICE), replace(PLACE, sha256=PRICE.sha256))
    assert opened == a.price()


def test_the_lighter_custody_opens_with_the_servers_key() -> None:
    envelope = seal_bid(a.submission(), a.price(), LIGHT)[0]
    secret = custody.peel(envelope.wraps["server"], SERVER_KEY[0])
    assert open_envelope("bid", envelope.content, secret, replace(PLACE, sha256=envelope.sha256)) == a.submission()


def test_each_envelope_has_a_key_of_its_own() -> None:
    assert fault("price", PRICE.content, SECRET, sha256=PRICE.sha256) == "wrong_key"


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ({"tender": "tender-2"}, "other_tender"),
        ({"bid": "bid-2"}, "other_bid"),
        ({"version": 2}, "other_version"),
        ({"lots": ("children",)}, "other_lot"),
        ({"rule_set": 2}, "other_rules"),
        ({"rules_sha256": "b" * 64}, "other_rules"),
        ({"sha256": "0" * 64}, "damaged"),
    ],
)
def test_an_envelope_that_lies_elsewhere_fails_by_name(place: dict[str, object], code: str) -> None:
    assert fault(**place) == code  # type: ignore[arg-type]


def test_a_cut_envelope_fails_by_name_whether_or_not_its_digest_was_changed_too() -> None:
    for cut in (1, 16, 500, 2000, len(BID.content) - 10):
        content = BID.content[:-cut]
        assert fault(content=content) == "cut"
        assert fault(content=content, sha256=sha256(content).hexdigest()) == "cut"


def test_every_flipped_bit_is_found() -> None:
    draw = random.Random(4)
    for _ in range(200):
        at = draw.randrange(len(BID.content))
        content = BID.content[:at] + bytes([BID.content[at] ^ 1 << draw.randrange(8)]) + BID.content[at + 1 :]
        assert fault(content=content) in {"damaged", "cut"}
        assert fault(content=content, sha256="") in {"wrong_key", "cut"}


def test_content_of_an_unknown_format_fails_by_name() -> None:
    assert fault(**sealed_anew(pad(b'{"format":"sealed-bid/2"}', 100))) == "unknown_format"  # type: ignore[arg-type]
    assert fault(**sealed_anew(pad(codec.write(a.price())))) == "unknown_format"  # type: ignore[arg-type]


@pytest.mark.parametrize("data", [pad(b"no JSON"), b"{}" + bytes(102), pad(b'{"format":"sealed-bid/1","binding":{}}')])
def test_content_that_cannot_be_read_fails_by_name(data: bytes) -> None:
    assert fault(**sealed_anew(data)) == "unreadable"  # type: ignore[arg-type]


def test_two_envelopes_of_different_lots_do_not_go_together() -> None:
    check_together(a.submission(), a.price())
    with pytest.raises(OpenFault, match="name different lots"):
        check_together(a.submission(), a.price(replace(a.BINDING, lot="children")))


def test_prices_of_a_lone_tenderer_and_of_a_consortium_are_equally_long() -> None:
    lengths = {
        content_length(seal_bid(a.submission(), price, LIGHT)[1].content)
        for price in (a.price(), a.price(split=None), PriceEnvelope(a.BINDING, ()))
    }
    assert lengths == {4096}


def test_nothing_of_a_bid_stands_in_its_envelope() -> None:
    for secret in (b"harbour", b"ten years", b"adult", b"Policy.pdf"):
        assert secret not in BID.content


def test_a_submission_is_what_the_first_envelope_holds() -> None:
    assert isinstance(open_envelope("bid", BID.content, SECRET, PLACE), Submission)
