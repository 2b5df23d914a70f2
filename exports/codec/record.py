"""Dataclasses to JSON and back by their type hints: strict, every problem told by its path at once.

A field equal to its default, or without a value, is left out, so that one value has one way to be
written. Reading never raises for what a file holds: it returns findings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass, replace
from difflib import get_close_matches
from functools import cached_property
from types import MappingProxyType, NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from exports.codec.plain_types import (
    SCALARS,
    Reader,
    UnwritableError,
    Writer,
    asked_for,
    choice_reader,
    choice_writer,
    choices_of,
    exactly,
    kind_of,
    read_boolean,
    read_integer,
    read_text,
    scalar_reader,
    scalar_writer,
    write_text,
)
from exports.codec.strict_json import BAD, At, Repeated, Report
from lots.errors import ProcurementError

T = TypeVar("T")
PAIRS = tuple[tuple[str, str], ...]  # named texts, written as one object of texts in their order


@dataclass(frozen=True)
class FieldCodec:
    """One field of a record and how it is read and written; ``default`` is MISSING where it must be given."""

    name: str
    hint: Any
    default: object
    read: Reader
    write: Writer

    @property
    def required(self) -> bool:
        """Say whether the file must hold the field."""
        return self.default is MISSING

    @property
    def nullable(self) -> bool:
        """Say whether ``null`` may be written: only where leaving the field out would mean its default instead."""
        return NoneType in get_args(self.hint) and self.default is not None

    def left_out(self, at: At, report: Report) -> object:
        """Return the default of a field that the file leaves out, or report that it must be there."""
        if not self.required:
            return self.default
        return report.add("missing_key", (at, self.name), lambda: f"missing: give {asked_for(self.hint)}")


class RecordCodec:
    """How one dataclass is read and written; fields are looked up late, as a class may contain itself."""

    def __init__(self, cls: type) -> None:
        self.cls = cls

    @cached_property
    def fields(self) -> Mapping[str, FieldCodec]:
        """Map the field names, in order, to their codecs."""
        hints = get_type_hints(self.cls)
        return MappingProxyType({field.name: _field_codec(field, hints[field.name]) for field in fields(self.cls)})

    def read(self, found: object, at: At, report: Report) -> object:
        """Build the dataclass from a JSON object; BAD when a field is missing or bad.

        An unknown key is reported and spoils nothing else.
        """
        if not isinstance(found, dict):
            return report.add("wrong_type", at, lambda: f"must be an object, not {kind_of(found)}")
        good = not _report_repeated(found, at, report)
        for key in [key for key in found if key not in self.fields]:
            self._report_unknown(key, at, report)
        values: dict[str, object] = {}
        for name, field in self.fields.items():
            value = field.read(found[name], (at, name), report) if name in found else field.left_out(at, report)
            good = good and value is not BAD
            values[name] = value
        return self._build(values, at, report) if good else BAD

    def _report_unknown(self, key: str, at: At, report: Report) -> None:
        """Report a key that the dataclass does not have, with the one that was probably meant."""

        def message() -> str:
            near = get_close_matches(key, self.fields, 1) if len(key) <= 60 else []
            return (
                f"unknown; did you mean “{near[0]}”?"
                if near
                else "unknown: take it out, or see the schema for what belongs here"
            )

        report.add("unknown_key", (at, key), message)

    def _build(self, values: dict[str, object], at: At, report: Report) -> object:
        """Make the value; a class that refuses it says why."""
        try:
            return self.cls(**values)
        except ProcurementError as refusal:
            sentence = str(refusal)
            return report.add("refused", at, lambda: sentence)

    def write(self, value: object) -> object:
        """Write the fields that differ from their defaults, in order."""
        if type(value) is not self.cls:
            raise UnwritableError(f"{value!r} is no {self.cls.__name__}")
        given = ((field, getattr(value, field.name)) for field in self.fields.values())
        return {field.name: field.write(item) for field, item in given if field.required or item != field.default}


def _report_repeated(found: Mapping[str, object], at: At, report: Report) -> bool:
    """Report every key of an object that stands twice; say whether there was one."""
    repeated = found.keys_repeated if isinstance(found, Repeated) else ()
    for key in repeated:
        report.add("repeated_key", (at, key), lambda: "stands twice in the same object: leave one of them out")
    return bool(repeated)


def _field_codec(field: Field[Any], hint: Any) -> FieldCodec:
    """Pair a dataclass field with its codec; one that may be None need never be given."""
    default = field.default_factory() if field.default_factory is not MISSING else field.default
    if NoneType in get_args(hint) and default is MISSING:
        default = None
    codec = FieldCodec(field.name, hint, default, *codec_of(hint))
    return replace(codec, read=_or_null(codec.read), write=_or_none(codec.write)) if codec.nullable else codec


def _or_null(read: Reader) -> Reader:
    return lambda found, at, report: None if found is None else read(found, at, report)


def _or_none(write: Writer) -> Writer:
    return lambda value: None if value is None else write(value)


_CODECS: dict[type, RecordCodec] = {}


def record_codec(cls: type) -> RecordCodec:
    """Return the one codec of a dataclass."""
    return _CODECS.setdefault(cls, RecordCodec(cls))


def codec_of(hint: Any) -> tuple[Reader, Writer]:
    """Return how values of a type are read and written; TypeError for a type that no record may hold."""
    if get_origin(hint) in (Union, UnionType):
        (inner,) = [part for part in get_args(hint) if part is not NoneType]
        return codec_of(inner)  # None itself is written by leaving the field out
    if hint in SCALARS:
        return scalar_reader(SCALARS[hint]), scalar_writer(hint, SCALARS[hint])
    if hint in PLAIN:
        return PLAIN[hint]
    if choices := choices_of(hint):
        return choice_reader(choices), choice_writer(choices)
    if hint == PAIRS:
        return _read_pairs, _write_pairs
    if get_origin(hint) is tuple and get_args(hint)[1:] == (...,):
        return _list_codec(get_args(hint)[0])
    if is_dataclass(hint) and isinstance(hint, type):
        return record_codec(hint).read, record_codec(hint).write
    raise TypeError(f"A record cannot hold {hint!r}")


PLAIN: Mapping[Any, tuple[Reader, Writer]] = MappingProxyType(
    {
        str: (read_text, write_text),
        int: (read_integer, exactly(int)),
        bool: (read_boolean, exactly(bool)),
    }
)


def _list_codec(hint: Any) -> tuple[Reader, Writer]:
    """Read and write ``tuple[hint, ...]`` as a list."""
    read_item, write_item = codec_of(hint)

    def read(found: object, at: At, report: Report) -> object:
        if not isinstance(found, list):
            return report.add("wrong_type", at, lambda: f"must be a list, not {kind_of(found)}")
        items: list[object] = []
        good = True
        for i, item in enumerate(found):
            items.append(read_item(item, (at, i), report))
            found[i] = None  # what has been read is freed as we go: large files need half the memory
            good = good and items[-1] is not BAD
        return tuple(items) if good else BAD

    def write(value: object) -> object:
        if not isinstance(value, tuple):
            raise UnwritableError(f"{value!r} is no tuple")
        return [write_item(item) for item in value]

    return read, write


def _read_pairs(found: object, at: At, report: Report) -> object:
    """Read an object of texts into (key, text) pairs in the order of the file."""
    if not isinstance(found, dict):
        return report.add("wrong_type", at, lambda: f"must be an object of texts, not {kind_of(found)}")
    good = not _report_repeated(found, at, report)
    pairs = [(read_text(key, (at, key), report), read_text(text, (at, key), report)) for key, text in found.items()]
    return tuple(pairs) if good and all(BAD not in pair for pair in pairs) else BAD


def _write_pairs(value: object) -> object:
    pairs = cast(tuple[tuple[str, str], ...], value)
    if len(dict(pairs)) != len(pairs):
        raise UnwritableError(f"{pairs!r} names something twice")
    return {write_text(name): write_text(text) for name, text in pairs}


def write(value: object) -> dict[str, object]:
    """Return a dataclass as plain JSON values; UnwritableError where a part of it cannot be written."""
    return cast(dict[str, object], record_codec(type(value)).write(value))


def read(cls: type[T], found: object, report: Report, at: At = None) -> T | None:
    """Build ``cls`` from parsed JSON, using up its lists; None when something is missing or bad.

    Each problem is added to ``report`` by its path from ``at``.
    """
    value = record_codec(cls).read(found, at, report)
    return None if value is BAD else cast(T, value)
