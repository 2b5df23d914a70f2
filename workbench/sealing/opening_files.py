"""The two files that travel between the server and a custodian at an opening, and what a key does to the first.

``opening-file/1`` holds what a custodian's key can take a layer off: for the first custodian each envelope's wraps by
pairs (``"0,1"``: the outer custodian, then the inner one), for the second what the first one left, by the one custodian
who can go on (``"1"``). ``opening-layers/1`` is the answer: after the first step the inner layers by whom they are left
to, after the second the secrets of the envelopes. Everything encrypted is base64. The same is done in a browser by
``static/keys.js``, and by hand with ``age`` alone (docs/emergency-opening.md).
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pyrage

from exports.codec.strict_json import parse
from lots.errors import ProcurementError

OPENING = "opening-file/1"
LAYERS = "opening-layers/1"
Kind = Literal["bid", "price", "late"]
Texts = Mapping[str, str]


class OpeningFileError(ProcurementError):
    """A file that is no opening file, or none for this key."""


@dataclass(frozen=True)
class Wraps:
    """The wraps of one envelope (named by the SHA-256 of its content) that are still to be opened, as base64."""

    envelope: str
    wraps: Texts


@dataclass(frozen=True)
class OpeningFile:
    """What a custodian takes away to open: ``recipients`` are all custodians' public keys, in the published order.

    ``closing`` is the root of the closing checkpoint. ``step`` is 1 for the first custodian and 2 for the second.
    """

    tender: str
    kind: Kind
    closing: str
    step: Literal[1, 2]
    recipients: tuple[str, ...]
    wraps: tuple[Wraps, ...] = ()


@dataclass(frozen=True)
class Layer:
    """What came out for one envelope: ``to`` the custodian who goes on, in base64; or the secret in plain text."""

    envelope: str
    to: Texts = field(default_factory=dict)
    secret: str = ""


@dataclass(frozen=True)
class LayersFile:
    """What a custodian brings back: ``key`` is the place of theirs; ``failed`` names envelopes that did not open."""

    tender: str
    kind: Kind
    closing: str
    step: Literal[1, 2]
    key: int
    layers: tuple[Layer, ...] = ()
    failed: tuple[str, ...] = ()


def peel_file(opening: OpeningFile, secret: str) -> LayersFile:
    """Take one custodian's layer off every envelope; OpeningFileError where the key is none of the custodians'.

    An envelope that does not open is named among the failed, and the rest go on.
    """
    identity = _identity(secret)
    key = _place(opening, str(identity.to_public()))
    layers = [_peeled(wraps, key, opening.step, identity) for wraps in opening.wraps]
    failed = tuple(each.envelope for each, layer in zip(opening.wraps, layers, strict=True) if layer is None)
    good = tuple(layer for layer in layers if layer is not None)
    return LayersFile(opening.tender, opening.kind, opening.closing, opening.step, key, good, failed)


def _identity(secret: str) -> pyrage.x25519.Identity:
    try:
        return pyrage.x25519.Identity.from_str(secret.strip())
    except pyrage.IdentityError:
        raise OpeningFileError("This is no secret key: one begins with AGE-SECRET-KEY-1") from None


def _place(opening: OpeningFile, recipient: str) -> int:
    if recipient not in opening.recipients:
        raise OpeningFileError("This key is none of the tender's custodians': take the one that was proved for it")
    return opening.recipients.index(recipient)


def _peeled(wraps: Wraps, key: int, step: int, identity: pyrage.x25519.Identity) -> Layer | None:
    """Open what is for this key; None where nothing is, or anything of it is damaged."""
    mine = {name: text for name, text in wraps.wraps.items() if name.partition(",")[0] == str(key)}
    try:
        found = {name: pyrage.decrypt(base64.b64decode(text, validate=True), [identity]) for name, text in mine.items()}
        if step == 2:
            return Layer(wraps.envelope, secret=found[str(key)].decode("ascii"))
    except (pyrage.DecryptError, binascii.Error, UnicodeDecodeError, KeyError):
        return None
    to = {name.partition(",")[2]: base64.b64encode(layer).decode("ascii") for name, layer in found.items()}
    return Layer(wraps.envelope, to) if to else None


# --- as JSON ------------------------------------------------------------------------------------------------


def write_opening(opening: OpeningFile) -> bytes:
    """Write an opening file."""
    wraps = [{"envelope": each.envelope, "wraps": dict(each.wraps)} for each in opening.wraps]
    head = {"format": OPENING, "tender": opening.tender, "kind": opening.kind, "closing": opening.closing}
    return _json({**head, "step": opening.step, "recipients": list(opening.recipients), "wraps": wraps})


def write_layers(layers: LayersFile) -> bytes:
    """Write what a custodian brings back."""
    head = {"format": LAYERS, "tender": layers.tender, "kind": layers.kind, "closing": layers.closing}
    told = [
        {"envelope": each.envelope, **({"secret": each.secret} if each.secret else {"to": dict(each.to)})}
        for each in layers.layers
    ]
    return _json({**head, "step": layers.step, "key": layers.key, "layers": told, "failed": list(layers.failed)})


def read_opening(data: bytes) -> OpeningFile:
    """Read an opening file; OpeningFileError says what it is not."""
    file = _object(data, OPENING, ("tender", "kind", "closing", "step", "recipients", "wraps"))
    wraps = tuple(
        Wraps(_text(each, "envelope"), _texts(each, "wraps")) for each in _list(file, "wraps") if _is(each, dict)
    )
    recipients = tuple(each for each in _list(file, "recipients") if _is(each, str))
    return OpeningFile(_text(file, "tender"), _kind(file), _text(file, "closing"), _step(file), recipients, wraps)


def read_layers(data: bytes) -> LayersFile:
    """Read what a custodian brings back; OpeningFileError says what it is not."""
    file = _object(data, LAYERS, ("tender", "kind", "closing", "step", "key", "layers", "failed"))
    key = file["key"]
    if type(key) is not int or key < 0:
        raise _wrong("key", "a whole number")
    layers = tuple(
        Layer(_text(each, "envelope"), _texts(each, "to") if "to" in each else {},
              _text(each, "secret") if "secret" in each else "")
        for each in _list(file, "layers") if _is(each, dict)
    )  # fmt: skip
    failed = tuple(each for each in _list(file, "failed") if _is(each, str))
    return LayersFile(_text(file, "tender"), _kind(file), _text(file, "closing"), _step(file), key, layers, failed)


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"


def _object(data: bytes, wanted: str, names: tuple[str, ...]) -> dict[str, Any]:
    file, findings = parse(data)
    if findings:
        raise OpeningFileError(f"This file cannot be read: {findings[0].message}")
    if not isinstance(file, dict) or file.get("format") != wanted:
        raise OpeningFileError(f"This is no {wanted} file: take the one the page gave you")
    if missing := [name for name in names if name not in file]:
        raise OpeningFileError(f"The file lacks “{missing[0]}”: it was cut short or changed; take it anew")
    return file


def _wrong(name: str, what: str) -> OpeningFileError:
    return OpeningFileError(f"In the file “{name}” must be {what}: it was changed; take it anew")


def _is(value: Any, kind: type) -> bool:
    if not isinstance(value, kind):
        raise OpeningFileError("The file holds something of another shape than it should: take it anew")
    return True


def _text(file: Mapping[str, Any], name: str) -> str:
    value = file.get(name)
    if not isinstance(value, str):
        raise _wrong(name, "a text")
    return value


def _list(file: Mapping[str, Any], name: str) -> list[Any]:
    value = file[name]
    if not isinstance(value, list):
        raise _wrong(name, "a list")
    return value


def _texts(file: Mapping[str, Any], name: str) -> Texts:
    value = file.get(name)
    if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
        raise _wrong(name, "texts by their names")
    return dict(value)


def _kind(file: Mapping[str, Any]) -> Kind:
    kind = _text(file, "kind")
    if kind not in ("bid", "price", "late"):
        raise _wrong("kind", "bid, price or late")
    return kind  # type: ignore[return-value]


def _step(file: Mapping[str, Any]) -> Literal[1, 2]:
    if type(file["step"]) is not int or file["step"] not in (1, 2):
        raise _wrong("step", "1 or 2")
    return 1 if file["step"] == 1 else 2
