"""The JSON Schema of the tender file, made from the same dataclasses that read and write it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import is_dataclass
from datetime import date
from inspect import getdoc
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from exports.codec.plain_types import LONGEST_TEXT, SCALARS, UNFIT_CHARACTERS, choices_of
from exports.codec.record import PAIRS, FieldCodec, record_codec
from exports.codec.strict_json import LARGEST_INTEGER
from exports.tender_file import FORMAT, FORMAT_KEY
from scoring.tender_file import TenderFile

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXT: Mapping[str, object] = {"$ref": "#/$defs/text"}
_TEXT_ITSELF = {
    "description": "Text of characters that print; tabs and line ends are fine.",
    "type": "string",
    "maxLength": LONGEST_TEXT,
    "pattern": f"^[^{UNFIT_CHARACTERS}]*$",
}


def schema() -> dict[str, object]:
    """Return the schema of ``tender-file/1`` (draft 2020-12): closed objects, a definition for each class.

    It refuses what a reader refuses by form, save three things that JSON Schema cannot say: a key that stands twice,
    ``5.0`` where ``5`` is meant, and a time on the 30th of February.
    """
    return document(TenderFile, FORMAT)


def document(cls: type, form: str = "") -> dict[str, object]:
    """Return the schema of any record; ``form`` is the name its file must give as ``format``."""
    definitions: dict[str, object] = {"text": _TEXT_ITSELF}
    top = _record(cls, definitions)
    properties, required = dict(top["properties"]), list(top.get("required", []))
    if form:
        properties = {FORMAT_KEY: {"const": form}, **properties}
        required = [FORMAT_KEY, *required]
    return {
        "$schema": DIALECT,
        **({"$id": f"urn:{form.replace('/', ':')}"} if form else {}),
        "title": form or cls.__name__,
        **top,
        "properties": properties,
        "required": required,
        "$defs": dict(sorted(definitions.items())),
    }


def _record(cls: type, definitions: dict[str, object]) -> dict[str, Any]:
    """Describe one dataclass, adding the definitions of those it holds."""
    fields = record_codec(cls).fields.values()
    properties = {field.name: _field(field, definitions) for field in fields}
    return {
        "description": _first_line(cls),
        "type": "object",
        "properties": properties,
        "required": [field.name for field in fields if field.required],
        "additionalProperties": False,
    }


def _field(field: FieldCodec, definitions: dict[str, object]) -> Mapping[str, object]:
    described = _type(field.hint, definitions)
    return {"anyOf": [described, {"type": "null"}]} if field.nullable else described


def _type(hint: Any, definitions: dict[str, object]) -> Mapping[str, object]:
    """Describe the values of one type hint."""
    if get_origin(hint) in (Union, UnionType):
        return _type(next(part for part in get_args(hint) if part is not NoneType), definitions)
    if hint in SCALARS:
        day = {"format": "date"} if hint is date else {}
        return {"type": "string", "pattern": f"^(?:{SCALARS[hint].pattern})$", **day}
    if choices := choices_of(hint):
        return {"type": "string", "enum": list(choices)}
    if hint == PAIRS:
        return {"type": "object", "propertyNames": _TEXT, "additionalProperties": _TEXT}
    if get_origin(hint) is tuple:
        return {"type": "array", "items": _type(get_args(hint)[0], definitions)}
    if is_dataclass(hint) and isinstance(hint, type):
        return _reference(hint, definitions)
    plain: dict[object, Mapping[str, object]] = {str: _TEXT, bool: {"type": "boolean"}, int: _INTEGER}
    return plain[hint]


_INTEGER: Mapping[str, object] = {
    "type": "integer",
    "minimum": -LARGEST_INTEGER,
    "maximum": LARGEST_INTEGER,
}


def _reference(cls: type, definitions: dict[str, object]) -> dict[str, object]:
    """Refer to a class, defining it when it is first met (before its fields, since it may hold itself)."""
    if cls.__name__ not in definitions:
        definitions[cls.__name__] = {}
        definitions[cls.__name__] = _record(cls, definitions)
    return {"$ref": f"#/$defs/{cls.__name__}"}


def _first_line(cls: type) -> str:
    """Return the first line of a docstring as plain words."""
    return (getdoc(cls) or cls.__name__).partition("\n")[0].replace("``", "")
