"""Padding by PADMÉ, so that the length of a ciphertext tells little of what is inside: at most 12 % longer, mostly 1 %.

Padded is ``data``, a line end, then spaces: padded JSON is still JSON, for whoever opens it with other tools.
"""

from __future__ import annotations

from lots.errors import ProcurementError

_END, _FILL = b"\n", b" "


class PaddingError(ProcurementError):
    """Bytes that were not padded here, or were cut."""


def padded_length(length: int) -> int:
    """Return the length that a content of ``length`` bytes is padded to (PADMÉ, Nikitin and others, 2019)."""
    if length < 2:
        return length
    exponent = length.bit_length() - 1
    mask = (1 << (exponent - exponent.bit_length())) - 1 if exponent > exponent.bit_length() else 0
    return (length + mask) & ~mask


def pad(data: bytes, floor: int = 0) -> bytes:
    """Pad to a PADMÉ length, and to at least that of ``floor`` bytes."""
    wanted = padded_length(max(len(data) + 1, floor))
    return data + _END + _FILL * (wanted - len(data) - 1)


def unpad(data: bytes) -> bytes:
    """Return what was padded; PaddingError for bytes that end in no padding."""
    inner = data.rstrip(_FILL)
    if not inner.endswith(_END):
        raise PaddingError("These bytes do not end as they were padded: something was cut off or added")
    return inner[:-1]
