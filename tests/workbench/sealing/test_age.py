"""Sealing with age: what is sealed opens with its key only, streams keep their memory, lengths tell little."""

from __future__ import annotations

import io
import tracemalloc
from hashlib import sha256

import pytest

from workbench.sealing import age
from workbench.sealing.age import SealError, TooLong
from workbench.sealing.padding import padded_length


def test_what_is_sealed_opens_with_its_own_key() -> None:
    secret, recipient = age.new_identity()
    assert age.unseal(age.seal(b"a bid", recipient), secret) == b"a bid"
    assert age.recipient_of(secret) == recipient


def test_no_other_key_opens_it() -> None:
    sealed = age.seal(b"a bid", age.new_identity()[1])
    with pytest.raises(SealError, match="another key's, or damaged"):
        age.unseal(sealed, age.new_identity()[0])


@pytest.mark.parametrize("cut", [1, 16, 100])
def test_sealed_bytes_that_were_cut_do_not_open(cut: int) -> None:
    secret, recipient = age.new_identity()
    with pytest.raises(SealError):
        age.unseal(age.seal(b"a bid" * 100, recipient)[:-cut], secret)


def test_a_mistyped_public_key_is_told() -> None:
    recipient = age.new_identity()[1]
    wrong = recipient[:-1] + ("q" if recipient[-1] != "q" else "p")
    assert (age.is_recipient(recipient), age.is_recipient(wrong), age.is_recipient("")) == (True, False, False)
    with pytest.raises(SealError, match="is no public key of age"):
        age.seal(b"", wrong)


def test_a_stream_is_sealed_with_its_size_and_digest_and_padded() -> None:
    secret, recipient = age.new_identity()
    data, out, back = b"%PDF" * 300_001, io.BytesIO(), io.BytesIO()
    sealed = age.seal_stream(io.BytesIO(data), out, recipient)
    age.unseal_stream(io.BytesIO(out.getvalue()), back, secret)
    assert (sealed.size, sealed.sha256) == (len(data), sha256(data).hexdigest())
    assert back.getvalue() == data + bytes(padded_length(len(data)) - len(data))


def test_a_long_stream_needs_little_memory() -> None:
    class Endless:
        left = 64 << 20

        def read(self, size: int = -1) -> bytes:
            give = min(size, self.left)
            self.left -= give
            return bytes(give)

    class Nowhere:
        def write(self, data: bytes) -> int:
            return len(data)

        def flush(self) -> None: ...

    tracemalloc.start()
    age.seal_stream(Endless(), Nowhere(), age.new_identity()[1])  # type: ignore[arg-type]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2 << 20


def test_a_stream_that_is_too_long_is_refused_as_soon_as_that_is_known() -> None:
    with pytest.raises(TooLong, match="longer than the 1000 bytes"):
        age.seal_stream(io.BytesIO(bytes(1001)), io.BytesIO(), age.new_identity()[1], most=1000)


def test_a_fault_of_the_source_reaches_the_caller_as_it_is() -> None:
    class Broken:
        def read(self, size: int = -1) -> bytes:
            raise ConnectionError("gone")

    with pytest.raises(ConnectionError, match="gone"):
        age.seal_stream(Broken(), io.BytesIO(), age.new_identity()[1])  # type: ignore[arg-type]


@pytest.mark.parametrize("length", [0, 1, 65_535, 65_536, 65_537, 200_000])
def test_how_much_was_sealed_is_seen_from_the_length_of_the_sealed(length: int) -> None:
    assert age.content_length(age.seal(bytes(length), age.new_identity()[1])) == length
